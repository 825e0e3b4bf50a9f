"""Set-up: what is stored, the rooms found, then the home; without rooms, on to the first one.

To reconfigure is to look again: for rooms that could be added since.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryData,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    AreaSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import (
    CONF_AREA,
    CONF_HISTORY,
    CONF_OUTDOOR_PM25,
    CONF_WINDOWS,
    DOMAIN,
    ENTRY_VERSION,
    PAGE,
    SUBENTRY_ROOM,
)
from .coordinator import AirBaselineConfigEntry
from .flows.candidates import Candidate, async_candidates
from .flows.contacts import Contact, async_contacts, by_area, contact_selector
from .flows.discovery import FoundRoom, async_find_rooms
from .flows.found_words import FoundWords
from .flows.home import HOME_SCHEMA, SET_UP_SCHEMA, AirBaselineOptionsFlow, home_errors
from .flows.placing import Placing
from .flows.room import RoomFlow
from .flows.room_form import CONF_SAID, SOURCE_KEYS, area_name
from .words.explanation import escape, set_off

TITLE = "Air Baseline"
CONF_ROOMS = "rooms"
CONF_NO_AREA = "no_area"


class AirBaselineConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up the integration with the rooms that are found."""

    VERSION, MINOR_VERSION = ENTRY_VERSION

    _home: dict[str, Any]
    _found: list[Candidate]
    _rooms: dict[str, FoundRoom]
    _placing: Placing
    _chosen: dict[str, dict[str, Any]]

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
    def async_get_options_flow(config_entry: AirBaselineConfigEntry) -> OptionsFlow:
        """Return the flow that changes what was asked for the home."""
        return AirBaselineOptionsFlow()

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what is stored; all that is asked has an answer that suits most homes."""
        if user_input is not None:
            self._home = user_input
            return await self._async_search() or await self._async_go_on({})
        return self.async_show_form(step_id="user", data_schema=SET_UP_SCHEMA)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Look again, and offer the rooms that are not there yet."""
        entry = self._get_reconfigure_entry()
        self._home = {CONF_HISTORY: True, **entry.data, **entry.options}
        return await self._async_search() or self.async_abort(reason="no_rooms_added")

    async def _async_search(self) -> ConfigFlowResult | None:
        """Show the page of what is found; None if there is nothing that looks like a sensor."""
        sources = [room.data.get(key) for room in self._there for key in SOURCE_KEYS]
        outdoors = self._home.get(CONF_OUTDOOR_PM25)
        found = await async_candidates(self.hass, {one for one in (*sources, outdoors) if one})
        self._found = [one for one in found if one.area_id not in self._taken_areas]
        rooms = await async_find_rooms(self.hass, self._found)
        self._rooms = {room.area_id: room for room in rooms}
        return await self.async_step_rooms() if any(one.speaks for one in self._found) else None

    @property
    def _there(self) -> Collection[ConfigSubentry]:
        """Return the rooms that are there already."""
        if self.source != SOURCE_RECONFIGURE:
            return ()
        return self._get_reconfigure_entry().subentries.values()

    @property
    def _taken_areas(self) -> set[str]:
        """Return the areas that have a room already."""
        return {str(room.unique_id) for room in self._there}

    async def async_step_rooms(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the rooms found, ticked unless in doubt, and what else was found and why not."""
        words = await FoundWords.async_load(self.hass)
        errors: dict[str, str] = {}
        refused = {"sensor": "", "reason": ""}
        if user_input is not None:
            rooms = [self._rooms[area_id] for area_id in user_input.get(CONF_ROOMS, ())]
            self._placing = Placing(self.hass, rooms)
            self._placing.ask_for(user_input.get(CONF_NO_AREA, ()), self._found)
            unfit = await self._placing.async_say(user_input.get(CONF_SAID, ()), self._found)
            if unfit is None:
                return await self.async_step_area()
            name, reason = unfit
            errors[CONF_SAID] = "said_refused" if reason else "area_has_sensor"
            if reason:
                refused = {"sensor": escape(name), "reason": words.refusal(reason)}
        return self.async_show_form(
            step_id="rooms",
            data_schema=self.add_suggested_values_to_schema(self._offer(words), user_input),
            errors=errors,
            description_placeholders={
                "found": set_off(words.found(self._rooms.values(), self._found)),
                **refused,
            },
        )

    async def async_step_area(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the area of each sensor that has none; without an answer it is left out."""
        errors: dict[str, str] = {}
        area_id = (user_input or {}).get(CONF_AREA)
        if area_id in self._taken_areas:
            errors[CONF_AREA] = "area_taken"
        elif user_input is not None and not self._placing.place(area_id):
            errors[CONF_AREA] = "area_has_sensor"
        if (waiting := self._placing.waiting) is None:
            return await self._async_go_on(self._placing.rooms)
        words = await FoundWords.async_load(self.hass)
        schema = vol.Schema({vol.Optional(CONF_AREA): AreaSelector()})
        return self.async_show_form(
            step_id="area",
            data_schema=self.add_suggested_values_to_schema(schema, user_input if errors else None),
            errors=errors,
            description_placeholders={
                "sensor": escape(waiting.name),
                "quantity": words.quantity(waiting.measurement.pollutant),
            },
        )

    async def _async_go_on(self, rooms: dict[str, dict[str, Any]]) -> ConfigFlowResult:
        """Ask what is left once the rooms are chosen: of the home, or only of their windows."""
        self._chosen = rooms
        if self.source != SOURCE_RECONFIGURE:
            return await self.async_step_home()
        return await self.async_step_windows() if self._contacts else self._create(rooms)

    async def async_step_home(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how often a false alarm is acceptable, and for sensors that explain air."""
        errors = home_errors(self.hass, user_input or {}, self._chosen.values())
        if user_input is not None and not errors:
            self._add_windows(user_input.pop(CONF_WINDOWS, ()))
            self._home |= user_input
            return self._create(self._chosen)
        schema = HOME_SCHEMA.extend(contact_selector(self._contacts))
        sensors = sum(bool(room.get(key)) for room in self._chosen.values() for key in SOURCE_KEYS)
        return self.async_show_form(
            step_id="home",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders={"sensors": str(sensors)},
        )

    async def async_step_windows(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the contacts of rooms that are added to a home."""
        if user_input is not None:
            self._add_windows(user_input.get(CONF_WINDOWS, ()))
            return self._create(self._chosen)
        schema = vol.Schema(contact_selector(self._contacts))
        return self.async_show_form(step_id="windows", data_schema=schema)

    @property
    def _contacts(self) -> list[Contact]:
        """Return the contacts in the areas of the chosen rooms."""
        return async_contacts(self.hass, self._chosen)

    def _add_windows(self, contacts: Collection[str]) -> None:
        for area_id, of_room in by_area(self.hass, contacts).items():
            self._chosen[area_id][CONF_WINDOWS] = of_room

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

    def _offer(self, words: FoundWords) -> vol.Schema:
        """Return the fields for what was found; those without a choice are left out."""
        ticked = [area_id for area_id, room in self._rooms.items() if room.doubt is None]
        rooms = {area_id: words.room(room) for area_id, room in self._rooms.items()}
        no_area = {
            one.entity_id: words.sensor(one)
            for one in self._found
            if one.measurement and one.area_id is None
        }
        fields: dict[vol.Marker, SelectSelector] = {}
        if rooms:
            fields[vol.Required(CONF_ROOMS, default=ticked)] = _list_of(rooms)
        if no_area:
            fields[vol.Optional(CONF_NO_AREA, default=[])] = _list_of(no_area)
        if said := words.said_selector(self._found):
            fields[vol.Optional(CONF_SAID)] = said
        return vol.Schema(fields)

    @callback
    def _create(self, rooms: Mapping[str, dict[str, Any]]) -> ConfigFlowResult:
        """Create the entry, or add to it, with a room for each area, with its sources."""
        options = dict(self._home)
        learn = options.pop(CONF_HISTORY)
        subentries = [
            ConfigSubentryData(
                data={CONF_AREA: area_id, CONF_HISTORY: learn, **sources},
                subentry_type=SUBENTRY_ROOM,
                title=area_name(self.hass, area_id),
                unique_id=area_id,
            )
            for area_id, sources in rooms.items()
            if area_id not in self._taken_areas  # It can have been added meanwhile.
        ]
        if self.source == SOURCE_RECONFIGURE:
            return self._add(subentries)
        return self.async_create_entry(
            title=TITLE,
            data={CONF_HISTORY: learn},
            options=options,
            subentries=subentries,
            description_placeholders={"page": PAGE},
        )

    @callback
    def _add(self, rooms: Collection[ConfigSubentryData]) -> ConfigFlowResult:
        """Add rooms to the entry that is reconfigured."""
        entry = self._get_reconfigure_entry()
        for room in rooms:
            subentry = ConfigSubentry(
                data=MappingProxyType(room["data"]),
                subentry_type=SUBENTRY_ROOM,
                title=room["title"],
                unique_id=room["unique_id"],
            )
            self.hass.config_entries.async_add_subentry(entry, subentry)
        return self.async_abort(reason="rooms_added" if rooms else "no_rooms_added")


def _list_of(labels: Mapping[str, str]) -> SelectSelector:
    """Return a list to tick, from values to labels."""
    options = [SelectOptionDict(value=value, label=label) for value, label in labels.items()]
    return SelectSelector(
        SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
    )
