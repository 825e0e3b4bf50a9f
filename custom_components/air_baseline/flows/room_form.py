"""The page of a room: its fields, and what is wrong with what was filled in."""

from collections.abc import Mapping
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
from ..inputs.eligibility import Measurement, Refusal, classify, refuse_contact

SOURCE_KEYS = (CONF_PM25_SOURCE, CONF_VOC_SOURCE)


def sensor_of_class(device_class: str) -> EntitySelector:
    """Return a list of the sensors of one device class."""
    return EntitySelector(
        EntitySelectorConfig(
            domain="sensor",
            filter=[
                EntityWithDeviceFilterSelectorConfig(domain="sensor", device_class=device_class)
            ],
        )
    )


def check_room(
    hass: HomeAssistant,
    entry: ConfigEntry,
    user_input: Mapping[str, Any],
    room: ConfigSubentry | None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the room's data and what is wrong with the input, by field."""
    others = [other for other in entry.subentries.values() if other is not room]
    errors: dict[str, str] = {}
    data: dict[str, Any] = {
        CONF_AREA: user_input[CONF_AREA],
        CONF_HISTORY: user_input[CONF_HISTORY],
    }
    if any(other.unique_id == data[CONF_AREA] for other in others):
        errors[CONF_AREA] = "area_taken"
    taken = [other.data.get(key) for other in others for key in SOURCE_KEYS]
    outdoors = entry.options.get(CONF_OUTDOOR_PM25)
    if not any(user_input.get(key) for key in SOURCE_KEYS):
        errors["base"] = "no_source"
    for key in SOURCE_KEYS:
        if entity_id := user_input.get(key):
            found = (
                "source_outdoors" if entity_id == outdoors else _source(hass, key, entity_id, taken)
            )
            if isinstance(found, Measurement):
                data |= source_data(key, entity_id, found)
            else:
                errors[key] = found
    if contacts := user_input.get(CONF_WINDOWS):
        data[CONF_WINDOWS] = contacts
        refused = [refuse_contact(hass, contact) for contact in contacts]
        if reason := next(filter(None, refused), None):
            errors[CONF_WINDOWS] = reason.value
    return data, errors


def _source(hass: HomeAssistant, key: str, entity_id: str, taken: list[Any]) -> Measurement | str:
    """Return the source of a field, or why the entity cannot be that."""
    found = classify(hass, entity_id)
    if isinstance(found, Refusal):
        return found.value
    if entity_id in taken:
        return "source_taken"
    if (found.pollutant is Pollutant.PM25) != (key == CONF_PM25_SOURCE):
        return "source_other_quantity"
    return found


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


def room_schema(hass: HomeAssistant) -> vol.Schema:
    """Return the fields of a room; the lists offer what can be a source."""
    return vol.Schema(
        {
            vol.Required(CONF_AREA): AreaSelector(),
            vol.Optional(CONF_PM25_SOURCE): sensor_of_class("pm25"),
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
            vol.Required(CONF_HISTORY, default=True): BooleanSelector(),
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
            and isinstance(found, Measurement)
            and found.pollutant is Pollutant.VOC_INDEX
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
