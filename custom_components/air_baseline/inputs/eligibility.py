"""Which entities can be a source, and why others cannot."""

from dataclasses import dataclass
from enum import StrEnum

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import TemperatureConverter

from ..const import DOMAIN
from ..core.pollutant import POLLUTANTS, Pollutant, normal_unit
from .readings import _BY_DEVICE_CLASS, _index_unit, _said

_INDEX_WORDS = ("voc", "iaq", "volatile_organic")
_NOT_INDEX_WORDS = ("accuracy", "status", "level")  # Companions of an index sensor.
_RESISTANCE_UNITS = frozenset({"Ω", "kΩ", "ohm", "ohms"})
_OPENINGS = frozenset(
    {
        BinarySensorDeviceClass.DOOR,
        BinarySensorDeviceClass.GARAGE_DOOR,
        BinarySensorDeviceClass.OPENING,
        BinarySensorDeviceClass.WINDOW,
    }
)


class Refusal(StrEnum):
    """Why an entity cannot be a source; translation keys of the flow's errors."""

    MISSING = "source_missing"
    OWN = "source_own"
    NOT_SENSOR = "source_not_sensor"
    RESISTANCE = "source_resistance"
    AIR_QUALITY_INDEX = "source_air_quality_index"
    UNIT = "source_unit"
    NOT_AIR = "source_not_air"
    NOT_TEMPERATURE = "source_not_temperature"
    NOT_OPENING = "source_not_opening"


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a source measures, in which unit it reports."""

    pollutant: Pollutant
    unit: str


def name_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return what people call an entity, its id where it is not there."""
    state = hass.states.get(entity_id)
    return state.name if state else entity_id


def refuse_outdoor_pm25(hass: HomeAssistant, entity_id: str) -> Refusal | None:
    """Return why an entity cannot be the PM2.5 outdoors, None where it can."""
    found = classify(hass, entity_id)
    if isinstance(found, Refusal):
        return found
    return None if found.pollutant is Pollutant.PM25 else Refusal.NOT_AIR


def refuse_outdoor_temperature(hass: HomeAssistant, entity_id: str) -> Refusal | None:
    """Return why an entity cannot be the temperature outdoors, None where it can."""
    known = _find(hass, entity_id, "sensor")
    if isinstance(known, Refusal):
        return known
    device_class, unit = _described(*known)
    if device_class not in (None, SensorDeviceClass.TEMPERATURE):
        return Refusal.NOT_TEMPERATURE
    return None if unit in TemperatureConverter.VALID_UNITS else Refusal.NOT_TEMPERATURE


def refuse_contact(hass: HomeAssistant, entity_id: str) -> Refusal | None:
    """Return why an entity cannot be a contact of a window or door, None where it can."""
    known = _find(hass, entity_id, "binary_sensor")
    if isinstance(known, Refusal):
        return Refusal.NOT_OPENING if known is Refusal.NOT_SENSOR else known
    device_class = _described(*known)[0]
    return None if device_class is None or device_class in _OPENINGS else Refusal.NOT_OPENING


def classify(hass: HomeAssistant, entity_id: str) -> Measurement | Refusal:
    """Return what an entity measures, or why it cannot be a source."""
    known = _find(hass, entity_id, "sensor")
    if isinstance(known, Refusal):
        return known
    device_class, unit = _described(*known)
    return _measures(device_class, unit, index=_names_an_index(entity_id, known[0]))


def _find(
    hass: HomeAssistant, entity_id: str, domain: str
) -> tuple[er.RegistryEntry | None, State | None] | Refusal:
    """Return an entity as it is known, or why it cannot be used at all."""
    registered = er.async_get(hass).async_get(entity_id)
    state = hass.states.get(entity_id)
    if registered is None and state is None:
        return Refusal.MISSING
    if registered is not None and registered.platform == DOMAIN:
        return Refusal.OWN
    if split_entity_id(entity_id)[0] != domain:
        return Refusal.NOT_SENSOR
    return registered, state


def _measures(device_class: str | None, unit: str, *, index: bool) -> Measurement | Refusal:
    """Return what a sensor of a device class and unit measures, or why it is refused."""
    if unit in _RESISTANCE_UNITS:
        return Refusal.RESISTANCE
    pollutant = _BY_DEVICE_CLASS.get(device_class or "")
    if pollutant is not None:
        return Measurement(pollutant, unit) if unit in POLLUTANTS[pollutant].units else Refusal.UNIT
    if index:
        return Refusal.UNIT if _index_unit(unit) else Measurement(Pollutant.VOC_INDEX, "")
    is_aqi = device_class == SensorDeviceClass.AQI
    return Refusal.AIR_QUALITY_INDEX if is_aqi else Refusal.NOT_AIR


def _described(registered: er.RegistryEntry | None, state: State | None) -> tuple[str | None, str]:
    """Return device class and unit: of the state if there is one, else as registered."""
    if state is not None and state.state != STATE_UNAVAILABLE:
        return (
            _said(state, ATTR_DEVICE_CLASS),
            normal_unit(_said(state, ATTR_UNIT_OF_MEASUREMENT)),
        )
    if registered is None:
        return None, ""
    return (
        registered.device_class or registered.original_device_class,
        normal_unit(registered.unit_of_measurement),
    )


def _names_an_index(entity_id: str, registered: er.RegistryEntry | None) -> bool:
    """Tell whether an entity's names speak of a VOC index, which has no device class."""
    names = [entity_id]
    if registered is not None:
        names += [registered.translation_key or "", registered.original_name or ""]
    text = " ".join(names).lower()
    named = any(word in text for word in _INDEX_WORDS)
    return named and not any(word in text for word in _NOT_INDEX_WORDS)
