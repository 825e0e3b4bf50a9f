"""Set-up: a page for the home, a page of the rooms found; else straight on to the first room."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import CONF_AREA, CONF_HISTORY, CONF_OUTDOOR_PM25, CONF_PROMISE, DOMAIN, SUBENTRY_ROOM
from .flows.discovery import FoundRoom, async_find_rooms
from .flows.home import SET_UP_SCHEMA, AirBaselineOptionsFlow, home_errors
from .flows.room import RoomFlow
from .flows.room_form import source_data
from .inputs.eligibility import name_of
from .words.explanation import Words

TITLE = "Air Baseline"
CONF_ROOMS = "rooms"


class AirBaselineConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up the integration with the rooms that are found."""

    VERSION = 1
    MINOR_VERSION = 1

    _home: dict[str, Any]
    _found: dict[str, FoundRoom]

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow that adds a room."""
        return {SUBENTRY_ROOM: RoomFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow that changes what was asked for the home."""
        return AirBaselineOptionsFlow()

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what is stored and ask how often a false alarm is acceptable."""
        errors = home_errors(self.hass, user_input or {}, ())
        if user_input is not None and not errors:
            self._home = user_input
            outdoors = user_input.get(CONF_OUTDOOR_PM25)
            rooms = async_find_rooms(self.hass, {outdoors} if outdoors else ())
            self._found = {room.area_id: room for room in rooms}
            return await self.async_step_rooms() if rooms else self._create([])
        schema = self.add_suggested_values_to_schema(SET_UP_SCHEMA, user_input)
        return self.async_show_form(step_id="user", data_schema=schema, errors=errors)

    async def async_step_rooms(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the rooms found by area, all ticked."""
        if user_input is not None:
            return self._create(user_input[CONF_ROOMS])
        words = await Words.async_load(self.hass)
        options = [
            SelectOptionDict(value=room.area_id, label=_label(self.hass, room, words))
            for room in self._found.values()
        ]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
        )
        schema = vol.Schema({vol.Required(CONF_ROOMS, default=list(self._found)): selector})
        sensors = sum(len(room.sources) for room in self._found.values())
        total = words.say(f"promise_total_{self._home[CONF_PROMISE]}", sensors=sensors)
        return self.async_show_form(
            step_id="rooms", data_schema=schema, description_placeholders={"total": total}
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on to the first room, where none was chosen from the list."""
        entry = result["result"]
        if not entry.subentries:
            room = await self.hass.config_entries.subentries.async_init(
                (entry.entry_id, SUBENTRY_ROOM), context=SubentryFlowContext(source=SOURCE_USER)
            )
            result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, room["flow_id"])
        return result

    @callback
    def _create(self, area_ids: list[str]) -> ConfigFlowResult:
        """Create the entry with a room for each area chosen."""
        options = dict(self._home)
        learn = options.pop(CONF_HISTORY)
        rooms = [_room(self._found[area_id], learn=learn) for area_id in area_ids]
        return self.async_create_entry(
            title=TITLE, data={CONF_HISTORY: learn}, options=options, subentries=rooms
        )


def _room(room: FoundRoom, *, learn: bool) -> ConfigSubentryData:
    """Return a found room as it is configured."""
    data: dict[str, Any] = {CONF_AREA: room.area_id, CONF_HISTORY: learn}
    for key, found in room.sources.items():
        data |= source_data(key, found.entity_id, found.measurement)
    return ConfigSubentryData(
        data=data, subentry_type=SUBENTRY_ROOM, title=room.name, unique_id=room.area_id
    )


def _label(hass: HomeAssistant, room: FoundRoom, words: Words) -> str:
    """Return a room with what it measures; where there was a choice, with the sensor chosen."""
    said = []
    for found in room.sources.values():
        name = words.say(f"quantity_{found.measurement.pollutant}")
        said.append(f"{name} ({name_of(hass, found.entity_id)})" if found.among > 1 else name)
    return f"{room.name}: {', '.join(said)}"
