"""From Home Assistant's states to readings of a quantity; nothing is learned here."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import TemperatureConverter

from .const import DOMAIN
from .core.day import SLOT_S
from .core.quantity import QUANTITIES, Kind, Quantity, QuantityError, normal_unit

_BY_DEVICE_CLASS: dict[str, Kind] = {
    SensorDeviceClass.PM25: Kind.PM25,
    SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS: Kind.VOC_MASS,
    SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS_PARTS: Kind.VOC_RATIO,
}
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
LOWEST_C, HIGHEST_C = -100.0, 100.0  # Outdoors it was -89 to 57 °C, says the WMO.
_NO_VALUE = frozenset({STATE_UNKNOWN, STATE_UNAVAILABLE, ""})


type Reading = tuple[float, float | None]  # POSIX seconds, level in the base unit.


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
class Source:
    """What a source measures, in which unit it reports."""

    kind: Kind
    unit: str


class UnitChangedError(Exception):
    """The source reports in a unit, or as a device class, that its quantity does not have."""

    def __init__(self, unit: str) -> None:
        """Keep what it reports in, for the repair."""
        super().__init__(unit)
        self.unit = unit


def name_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return what people call an entity, its id where it is not there."""
    state = hass.states.get(entity_id)
    return state.name if state else entity_id


def level(state: State | None, quantity: Quantity) -> float | None:
    """Return the level of a state in the quantity's base unit, None where it has none.

    Raises UnitChangedError where the state's unit is not one of the quantity, or its device
    class is that of another.
    """
    if state is None or state.state in _NO_VALUE:
        return None
    try:
        value = float(state.state)
    except ValueError:
        return None
    unit = _said(state, ATTR_UNIT_OF_MEASUREMENT)
    factor = unit_factor(unit, quantity)
    device_class = _said(state, ATTR_DEVICE_CLASS)
    if not _may_be(quantity.kind, device_class):
        raise UnitChangedError(f"{device_class} {normal_unit(unit)}".strip())
    return value * factor if isfinite(value) else None


def unit_factor(unit: str | None, quantity: Quantity) -> float:
    """Return what one of a source's unit is in the base unit of a quantity.

    Raises UnitChangedError where the quantity has no such unit.
    """
    try:
        return quantity.factor(_index_unit(unit) if quantity.kind is Kind.VOC_INDEX else unit)
    except QuantityError:
        raise UnitChangedError(normal_unit(unit)) from None


def plausible_level(state: State | None, quantity: Quantity) -> float | None:
    """Return the level of a state in the base unit, None where it has none that can be."""
    try:
        value = level(state, quantity)
    except UnitChangedError:
        return None
    return value if value is not None and quantity.plausible(value) else None


def readings_of(state: State, quantity: Quantity, last_reported: float) -> Iterator[Reading]:
    """Yield what a recorded state said until its last report.

    A state is recorded once: what was said between its change and its last report is the
    same. A level of None says that there was none.
    """
    at, value = state.last_updated_timestamp, plausible_level(state, quantity)
    yield at, value
    while value is not None and at < last_reported:
        at = min(at + SLOT_S, last_reported)
        yield at, value


def outdoor_pm25(state: State | None) -> float | None:
    """Return PM2.5 of a state in μg/m³, None where it has none that can be."""
    return plausible_level(state, QUANTITIES[Kind.PM25])


def celsius(state: State | None) -> float | None:
    """Return the temperature outdoors of a state in °C, None where it has none that can be."""
    if state is None or state.state in _NO_VALUE:
        return None
    unit = _said(state, ATTR_UNIT_OF_MEASUREMENT)
    if unit not in TemperatureConverter.VALID_UNITS:
        return None
    try:
        value = float(state.state)
    except ValueError:
        return None
    degrees = TemperatureConverter.convert(value, unit, UnitOfTemperature.CELSIUS)
    return degrees if LOWEST_C <= degrees <= HIGHEST_C else None


def refuse_outdoor_pm25(hass: HomeAssistant, entity_id: str) -> Refusal | None:
    """Return why an entity cannot be the PM2.5 outdoors, None where it can."""
    found = classify(hass, entity_id)
    if isinstance(found, Refusal):
        return found
    return None if found.kind is Kind.PM25 else Refusal.NOT_AIR


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


def _may_be(kind: Kind, device_class: str | None) -> bool:
    """Tell whether a device class fits a quantity; none at all does, and an index has none."""
    if device_class is None:
        return True
    if kind is Kind.VOC_INDEX:
        return device_class not in _BY_DEVICE_CLASS
    return _BY_DEVICE_CLASS.get(device_class) is kind


def classify(hass: HomeAssistant, entity_id: str) -> Source | Refusal:
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


def _measures(device_class: str | None, unit: str, *, index: bool) -> Source | Refusal:
    """Return what a sensor of a device class and unit measures, or why it is refused."""
    if unit in _RESISTANCE_UNITS:
        return Refusal.RESISTANCE
    kind = _BY_DEVICE_CLASS.get(device_class or "")
    if kind is not None:
        return Source(kind, unit) if unit in QUANTITIES[kind].units else Refusal.UNIT
    if index:
        return Refusal.UNIT if _index_unit(unit) else Source(Kind.VOC_INDEX, "")
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


def _said(state: State, attribute: str) -> str | None:
    """Return an attribute as text: an integration, or a template, can put anything there."""
    value = state.attributes.get(attribute)
    return None if value is None else str(value)


def _names_an_index(entity_id: str, registered: er.RegistryEntry | None) -> bool:
    """Tell whether an entity's names speak of a VOC index, which has no device class."""
    names = [entity_id]
    if registered is not None:
        names += [registered.translation_key or "", registered.original_name or ""]
    text = " ".join(names).lower()
    named = any(word in text for word in _INDEX_WORDS)
    return named and not any(word in text for word in _NOT_INDEX_WORDS)


def _index_unit(unit: str | None) -> str:
    """Return the unit of an index: none, however its maker spells that."""
    plain = normal_unit(unit)
    return "" if plain.lower() in ("iaq", "index", "voc index") else plain
