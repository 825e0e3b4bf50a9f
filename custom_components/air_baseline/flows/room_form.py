"""The page of a room: its fields, and what is wrong with what was filled in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.selector import (
    AreaSelector,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    SelectSelector,
)
import voluptuous as vol

from ..const import (
    CONF_AREA,
    CONF_HISTORY,
    CONF_OUTDOOR_PM25,
    CONF_PM25_SOURCE,
    CONF_PM25_UNIT,
    CONF_VOC_KIND,
    CONF_VOC_SOURCE,
    CONF_VOC_UNIT,
    CONF_WINDOWS,
)
from ..core.pollutant import Pollutant
from ..home_history.glance import async_seen
from ..inputs.described import Seen
from ..inputs.eligibility import (
    Measurement,
    Refusal,
    as_said,
    classify,
    may_stay,
    refuse_contact,
)
from ..inputs.room_config import RoomSource, room_sources
from .candidates import Candidate, field_of

SOURCE_KEYS = (CONF_PM25_SOURCE, CONF_VOC_SOURCE)
_WITH_CLASS = ("pm25", "volatile_organic_compounds", "volatile_organic_compounds_parts")
CONF_SAID = "said"  # What somebody says of sensors, as pollutant and entity; not stored.


def sensor_of_class(device_class: str) -> EntitySelector:
    """Return a list of the sensors of one device class."""
    return _sensors_of([device_class], ())


def _sensors_of(device_classes: list[str], platforms: Iterable[str]) -> EntitySelector:
    """Return a list of the sensors of device classes, and of all those of some integrations.

    What has no class is known by its name only, which a list cannot ask for; what is picked is
    checked anyway.
    """
    of_class = EntityWithDeviceFilterSelectorConfig(domain="sensor", device_class=device_classes)
    of_platforms = [
        EntityWithDeviceFilterSelectorConfig(domain="sensor", integration=platform)
        for platform in platforms
    ]
    return EntitySelector(EntitySelectorConfig(domain="sensor", filter=[of_class, *of_platforms]))


async def async_check_room(
    hass: HomeAssistant,
    entry: ConfigEntry,
    user_input: Mapping[str, Any],
    room: ConfigSubentry | None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the room's data and what is wrong with the input, by field."""
    others = [other for other in entry.subentries.values() if other is not room]
    data: dict[str, Any] = {
        CONF_AREA: user_input[CONF_AREA],
        CONF_HISTORY: user_input[CONF_HISTORY],
    }
    used = dict.fromkeys(sources_of(others), "source_taken")
    if outdoors := entry.options.get(CONF_OUTDOOR_PM25):
        used[outdoors] = "source_outdoors"
    sources, errors = await _async_sources(hass, user_input, used, room)
    data |= sources
    if any(other.unique_id == data[CONF_AREA] for other in others):
        errors[CONF_AREA] = "area_taken"
    if not (errors or sources):
        errors["base"] = "no_source"
    if contacts := user_input.get(CONF_WINDOWS):
        data[CONF_WINDOWS] = contacts
        refused = [refuse_contact(hass, contact) for contact in contacts]
        if reason := next(filter(None, refused), None):
            errors[CONF_WINDOWS] = reason.value
    return data, errors


async def _async_sources(
    hass: HomeAssistant,
    user_input: Mapping[str, Any],
    used: Mapping[str, str],
    room: ConfigSubentry | None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a room keeps of its sources, and what is wrong with them, by field.

    `used` are the sensors that are used elsewhere, with the error that says so.
    """
    data: dict[str, Any] = {}
    errors: dict[str, str] = {}
    picked = {key: user_input[key] for key in SOURCE_KEYS if user_input.get(key)}
    said = said_sources(user_input.get(CONF_SAID, ()))
    seen = await async_seen(hass, {*picked.values(), *(entity_id for entity_id, _ in said)})
    former = {} if room is None else room_sources(room.data)
    for key, entity_id in picked.items():
        found = _source(hass, entity_id, seen[entity_id], former)
        if isinstance(found, Refusal):
            errors[key] = found.value
        elif entity_id in used:
            errors[key] = used[entity_id]
        elif field_of(found.pollutant) != key:
            errors[key] = "source_other_quantity"
        else:
            data |= source_data(key, entity_id, found)
    for entity_id, pollutant in said:
        key, found = field_of(pollutant), as_said(hass, entity_id, pollutant, seen[entity_id])
        if isinstance(found, Refusal):
            errors[CONF_SAID] = found.value
        elif entity_id in used:
            errors[CONF_SAID] = used[entity_id]
        elif key in data or key in picked:
            errors[CONF_SAID] = "source_field_filled"
        else:
            data |= source_data(key, entity_id, found)
    return data, errors


def _source(
    hass: HomeAssistant, entity_id: str, seen: Seen, former: Mapping[Pollutant, RoomSource]
) -> Measurement | Refusal:
    """Return what a sensor measures; the room's own stays what it was taken for, if it can."""
    found = classify(hass, entity_id, seen)
    if isinstance(found, Measurement):
        return found
    for pollutant, source in former.items():
        if source.entity_id == entity_id and (stays := may_stay(hass, entity_id, pollutant, found)):
            return stays
    return found


def said_sources(said: Iterable[str]) -> list[tuple[str, Pollutant]]:
    """Return sensors with what somebody says that they measure."""
    pairs = (text.split(":", 1) for text in said)
    return [(entity_id, Pollutant(pollutant)) for pollutant, entity_id in pairs]


def sources_of(rooms: Iterable[ConfigSubentry]) -> set[str]:
    """Return the sources of rooms."""
    return {room.data[key] for room in rooms for key in SOURCE_KEYS if room.data.get(key)}


def source_data(key: str, entity_id: str, source: Measurement) -> dict[str, Any]:
    """Return what a room keeps of a source."""
    if key == CONF_PM25_SOURCE:
        return {CONF_PM25_SOURCE: entity_id, CONF_PM25_UNIT: source.unit}
    return {
        CONF_VOC_SOURCE: entity_id,
        CONF_VOC_KIND: source.pollutant.value,
        CONF_VOC_UNIT: source.unit,
    }


def area_name(hass: HomeAssistant, area_id: str) -> str:
    """Return the name of an area; its id where it is gone."""
    area = ar.async_get(hass).async_get_area(area_id)
    return area.name if area else area_id


def room_schema(
    hass: HomeAssistant, found: Sequence[Candidate], said: SelectSelector | None
) -> vol.Schema:
    """Return the fields of a room; the lists offer what can be a source."""
    fields: dict[vol.Marker, object] = {
        vol.Required(CONF_AREA): AreaSelector(),
        vol.Optional(CONF_PM25_SOURCE): _sensors_of(
            [*_WITH_CLASS[:1]], _without_class(hass, found, CONF_PM25_SOURCE)
        ),
        vol.Optional(CONF_VOC_SOURCE): _sensors_of(
            [*_WITH_CLASS[1:]],
            _without_class(hass, found, CONF_VOC_SOURCE),
        ),
    }
    if said is not None:
        fields[vol.Optional(CONF_SAID)] = said
    return vol.Schema(
        {
            **fields,
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
            vol.Required(CONF_HISTORY, default=True): BooleanSelector(),
        }
    )


def _without_class(hass: HomeAssistant, found: Iterable[Candidate], field: str) -> list[str]:
    """Return the integrations that have a sensor for a field which no device class tells."""
    entities = er.async_get(hass).entities
    return sorted(
        {
            entity.platform
            for one in found
            if one.field == field
            and (entity := entities.get(one.entity_id))
            and (entity.device_class or entity.original_device_class) not in _WITH_CLASS
        }
    )
