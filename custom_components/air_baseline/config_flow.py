"""Set-up: one page for the home, then one page per room."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.selector import (
    AreaSelector,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from .const import (
    CONF_AREA,
    CONF_EVERYONE,
    CONF_OUTDOOR_PM25,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PM25_SOURCE,
    CONF_PM25_UNIT,
    CONF_PROMISE,
    CONF_VOC_KIND,
    CONF_VOC_SOURCE,
    CONF_VOC_UNIT,
    CONF_WINDOWS,
    DOMAIN,
    SUBENTRY_ROOM,
)
from .coordinator import AirBaselineConfigEntry
from .core.alert import Promise
from .core.quantity import Kind
from .readings import (
    Refusal,
    Source,
    classify,
    refuse_contact,
    refuse_outdoor_pm25,
    refuse_outdoor_temperature,
)

TITLE = "Air Baseline"


def _sensor_of_class(device_class: str) -> EntitySelector:
    return EntitySelector(
        EntitySelectorConfig(
            domain="sensor",
            filter=[
                EntityWithDeviceFilterSelectorConfig(domain="sensor", device_class=device_class)
            ],
        )
    )


HOME_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PROMISE, default=Promise.MONTH.value): SelectSelector(
            SelectSelectorConfig(
                options=[promise.value for promise in Promise], translation_key="promise"
            )
        ),
        vol.Optional(CONF_OUTDOOR_PM25): _sensor_of_class("pm25"),
        vol.Optional(CONF_OUTDOOR_TEMPERATURE): _sensor_of_class("temperature"),
    }
)
OPTIONS_SCHEMA = HOME_SCHEMA.extend({vol.Required(CONF_EVERYONE, default=False): BooleanSelector()})

_REFUSE_OUTDOORS = {
    CONF_OUTDOOR_PM25: refuse_outdoor_pm25,
    CONF_OUTDOOR_TEMPERATURE: refuse_outdoor_temperature,
}
_SOURCE_KEYS = (CONF_PM25_SOURCE, CONF_VOC_SOURCE)


class AirBaselineConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up the integration, then go straight on to the first room."""

    VERSION = 1
    MINOR_VERSION = 1

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
        errors = _home_errors(self.hass, user_input or {}, ())
        if user_input is not None and not errors:
            return self.async_create_entry(title=TITLE, data={}, options=user_input)
        schema = self.add_suggested_values_to_schema(HOME_SCHEMA, user_input)
        return self.async_show_form(step_id="user", data_schema=schema, errors=errors)

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on to the first room."""
        room = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_ROOM),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, room["flow_id"])
        return result


class AirBaselineOptionsFlow(OptionsFlow):
    """Change the promise, what is outdoors and who may correct; what was learned stays."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how often a false alarm is acceptable, who measures outdoors, who may correct."""
        rooms = self.config_entry.subentries.values()
        errors = _home_errors(self.hass, user_input or {}, rooms)
        if user_input is not None and not errors:
            return self.async_create_entry(data=user_input)
        known = self.config_entry.options if user_input is None else user_input
        schema = self.add_suggested_values_to_schema(OPTIONS_SCHEMA, known)
        return self.async_show_form(step_id="init", data_schema=schema, errors=errors)


class RoomFlow(ConfigSubentryFlow):
    """Add a room, or change its sources."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the area and its sources."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = self._check(user_input, None)
            if not errors:
                return self.async_create_entry(
                    title=_area_name(self.hass, data[CONF_AREA]),
                    data=data,
                    unique_id=data[CONF_AREA],
                )
        return self._form("user", user_input or {}, errors)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change the area or the sources; a new source starts to learn anew."""
        entry, room = self._get_entry(), self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = self._check(user_input, room)
            if not errors:
                _async_set_aside_replaced(entry, room, data)
                return self.async_update_and_abort(
                    entry,
                    room,
                    title=self._title(room, data[CONF_AREA]),
                    unique_id=data[CONF_AREA],
                    data=data,
                )
        return self._form("reconfigure", user_input or room.data, errors)

    def _title(self, room: ConfigSubentry, area_id: str) -> str:
        """Return the room's name: that of its area, unless the user gave it another."""
        moved = area_id != room.data[CONF_AREA]
        return _area_name(self.hass, area_id) if moved else room.title

    def _form(
        self, step_id: str, values: Mapping[str, Any], errors: dict[str, str]
    ) -> SubentryFlowResult:
        schema = self.add_suggested_values_to_schema(_room_schema(self.hass), values)
        return self.async_show_form(step_id=step_id, data_schema=schema, errors=errors)

    def _check(
        self, user_input: Mapping[str, Any], room: ConfigSubentry | None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the room's data and what is wrong with the input, by field."""
        others = [other for other in self._get_entry().subentries.values() if other is not room]
        errors: dict[str, str] = {}
        data: dict[str, Any] = {CONF_AREA: user_input[CONF_AREA]}
        if any(other.unique_id == data[CONF_AREA] for other in others):
            errors[CONF_AREA] = "area_taken"
        taken = {other.data.get(key) for other in others for key in _SOURCE_KEYS}
        outdoors = self._get_entry().options.get(CONF_OUTDOOR_PM25)
        if not any(user_input.get(key) for key in _SOURCE_KEYS):
            errors["base"] = "no_source"
        for key in _SOURCE_KEYS:
            if entity_id := user_input.get(key):
                found = (
                    "source_outdoors"
                    if entity_id == outdoors
                    else _source(self.hass, key, entity_id, taken)
                )
                if isinstance(found, Source):
                    data |= _source_data(key, entity_id, found)
                else:
                    errors[key] = found
        if contacts := user_input.get(CONF_WINDOWS):
            data[CONF_WINDOWS] = contacts
            refused = [refuse_contact(self.hass, contact) for contact in contacts]
            if reason := next(filter(None, refused), None):
                errors[CONF_WINDOWS] = reason.value
        return data, errors


def _home_errors(
    hass: HomeAssistant, user_input: Mapping[str, Any], rooms: Iterable[ConfigSubentry]
) -> dict[str, str]:
    """Return what is wrong with the page for the home, by field."""
    errors: dict[str, str] = {}
    indoors = {room.data.get(key) for room in rooms for key in _SOURCE_KEYS}
    for key, refuse in _REFUSE_OUTDOORS.items():
        if entity_id := user_input.get(key):
            if entity_id in indoors:
                errors[key] = "source_indoors"
            elif refusal := refuse(hass, entity_id):
                errors[key] = refusal.value
    return errors


def _source(hass: HomeAssistant, key: str, entity_id: str, taken: set[Any]) -> Source | str:
    """Return the source of a field, or why the entity cannot be that."""
    found = classify(hass, entity_id)
    if isinstance(found, Refusal):
        return found.value
    if entity_id in taken:
        return "source_taken"
    if (found.kind is Kind.PM25) != (key == CONF_PM25_SOURCE):
        return "source_other_quantity"
    return found


def _source_data(key: str, entity_id: str, source: Source) -> dict[str, Any]:
    if key == CONF_PM25_SOURCE:
        return {CONF_PM25_SOURCE: entity_id, CONF_PM25_UNIT: source.unit}
    return {
        CONF_VOC_SOURCE: entity_id,
        CONF_VOC_KIND: source.kind.value,
        CONF_VOC_UNIT: source.unit,
    }


@callback
def _async_set_aside_replaced(
    entry: AirBaselineConfigEntry, room: ConfigSubentry, data: Mapping[str, Any]
) -> None:
    """Set aside the ledgers of sources that were replaced by others of the same quantity."""
    runtime = getattr(entry, "runtime_data", None)
    if runtime is None or room.subentry_id not in runtime.rooms:
        return
    coordinator = runtime.rooms[room.subentry_id]
    kept = {data.get(key) for key in _SOURCE_KEYS}
    for kind, source in coordinator.sources.items():
        if source.entity_id not in kept:
            coordinator.async_replace_source(kind)


def _area_name(hass: HomeAssistant, area_id: str) -> str:
    area = ar.async_get(hass).async_get_area(area_id)
    return area.name if area else area_id


def _room_schema(hass: HomeAssistant) -> vol.Schema:
    """Return the fields of a room; the lists offer what can be a source."""
    return vol.Schema(
        {
            vol.Required(CONF_AREA): AreaSelector(),
            vol.Optional(CONF_PM25_SOURCE): _sensor_of_class("pm25"),
            vol.Optional(CONF_VOC_SOURCE): EntitySelector(
                EntitySelectorConfig(domain="sensor", filter=_voc_filters(hass))
            ),
            vol.Optional(CONF_WINDOWS): EntitySelector(
                EntitySelectorConfig(
                    domain="binary_sensor",
                    multiple=True,
                    filter=[
                        EntityWithDeviceFilterSelectorConfig(
                            domain="binary_sensor",
                            device_class=["window", "door", "opening", "garage_door"],
                        )
                    ],
                )
            ),
        }
    )


def _voc_filters(hass: HomeAssistant) -> list[EntityWithDeviceFilterSelectorConfig]:
    """Return filters that let VOC sensors pass, and those that give an index.

    An index has no device class, so all sensors of the integrations that have one pass; what
    is picked is checked anyway.
    """
    with_index = sorted(
        {
            entity.platform
            for entity in er.async_get(hass).entities.values()
            if entity.domain == "sensor"
            and (found := classify(hass, entity.entity_id))
            and isinstance(found, Source)
            and found.kind is Kind.VOC_INDEX
        }
    )
    by_class = EntityWithDeviceFilterSelectorConfig(
        domain="sensor",
        device_class=["volatile_organic_compounds", "volatile_organic_compounds_parts"],
    )
    return [
        by_class,
        *(
            EntityWithDeviceFilterSelectorConfig(domain="sensor", integration=platform)
            for platform in with_index
        ),
    ]
