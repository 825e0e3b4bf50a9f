"""Which entities can be a source, and why others cannot."""

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import TemperatureConverter

from ..const import DOMAIN
from ..core.pollutant import POLLUTANTS, Pollutant
from .described import Described, Seen, describe
from .names import (
    ABOUT_SENSOR,
    IAQ,
    INDEX,
    LEVELS,
    OF_AIR,
    OTHER_GAS,
    PM25,
    RAW,
    UNITS,
    VOC,
    says,
)
from .readings import BY_DEVICE_CLASS, index_unit, may_be

FEW_LEVELS = 10  # By judgement: a "level" or "quality" that stays below has a few levels only.
OUTSIDE_SHARE = 0.1  # Of the values seen. By judgement: single glitches are rarer than that.
# With the ohm sign and the letter omega.
_RESISTANCE_UNITS = frozenset({"\u2126", "k\u2126", "m\u2126", "ω", "kω", "mω", "ohm", "ohms"})
_TIMES = frozenset({SensorDeviceClass.DATE, SensorDeviceClass.TIMESTAMP})
_MAY_BE_INDEX = frozenset({None, SensorDeviceClass.AQI})
_COUNTED = frozenset({SensorStateClass.TOTAL, SensorStateClass.TOTAL_INCREASING})
OPENINGS = frozenset(
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
    TEXT = "source_text"
    TIME = "source_time"
    ABOUT_SENSOR = "source_about_sensor"
    LEVELS = "source_levels"
    NO_VALUE = "source_no_value"
    ABOVE_SPAN = "source_above_span"
    OUTSIDE = "source_outside"
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
        return Refusal.NOT_AIR if found in OF_AN_INDEX else found
    return None if found.pollutant is Pollutant.PM25 else Refusal.NOT_AIR


def refuse_outdoor_temperature(hass: HomeAssistant, entity_id: str) -> Refusal | None:
    """Return why an entity cannot be the temperature outdoors, None where it can."""
    if refusal := _find(hass, entity_id, "sensor"):
        return refusal
    known = describe(hass, entity_id)
    if known.device_class not in (None, SensorDeviceClass.TEMPERATURE):
        return Refusal.NOT_TEMPERATURE
    return None if known.unit in TemperatureConverter.VALID_UNITS else Refusal.NOT_TEMPERATURE


def refuse_contact(hass: HomeAssistant, entity_id: str) -> Refusal | None:
    """Return why an entity cannot be a contact of a window or door, None where it can."""
    if refusal := _find(hass, entity_id, "binary_sensor"):
        return Refusal.NOT_OPENING if refusal is Refusal.NOT_SENSOR else refusal
    device_class = describe(hass, entity_id).device_class
    return None if device_class is None or device_class in OPENINGS else Refusal.NOT_OPENING


def classify(
    hass: HomeAssistant, entity_id: str, seen: Seen | None = None
) -> Measurement | Refusal:
    """Return what an entity measures, or why it cannot be a source.

    `seen` are its values of the last hours, where somebody has looked; else that of now counts.
    """
    refusal = _find(hass, entity_id, "sensor")
    return refusal or measures(describe(hass, entity_id, seen))


def measures(known: Described) -> Measurement | Refusal:
    """Return what a sensor measures: by class, unit and values first, then by its names."""
    if refusal := _not_a_number(known):
        return refusal
    if pollutant := BY_DEVICE_CLASS.get(known.device_class or ""):
        return _measured(known, pollutant)
    if known.device_class not in _MAY_BE_INDEX:
        return Refusal.NOT_AIR
    return _by_name(known) or (Refusal.AIR_QUALITY_INDEX if known.device_class else Refusal.NOT_AIR)


def speaks_of_air(known: Described) -> bool:
    """Tell whether class or names of a sensor speak of the air: somebody may look for it."""
    if known.device_class in (*BY_DEVICE_CLASS, SensorDeviceClass.AQI):
        return True
    return known.device_class in (None, SensorDeviceClass.ENUM) and says(known.names, OF_AIR)


def could_be(known: Described) -> list[Pollutant]:
    """Return what somebody may say that a sensor is: what its unit and its class leave open."""
    if _not_a_number(known) or known.state_class in _COUNTED:
        return []
    return [
        pollutant
        for pollutant, spec in POLLUTANTS.items()
        if _unit_of(known, pollutant) in spec.units and may_be(pollutant, known.device_class)
        if known.device_class in _MAY_BE_INDEX
    ]


def as_said(
    hass: HomeAssistant, entity_id: str, pollutant: Pollutant, seen: Seen | None = None
) -> Measurement | Refusal:
    """Return a sensor as what somebody says it is, or why its values do not bear that out."""
    if refusal := _find(hass, entity_id, "sensor"):
        return refusal
    known = describe(hass, entity_id, seen)
    if refusal := _not_a_number(known):
        return refusal
    spec, unit = POLLUTANTS[pollutant], _unit_of(known, pollutant)
    if unit not in spec.units:
        return Refusal.UNIT
    if pollutant not in could_be(known):
        return Refusal.NOT_AIR
    values = [number * spec.units[unit] for number in known.seen.numbers]
    if not values:
        return Refusal.NO_VALUE
    outside = sum(not spec.plausible(value) for value in values)
    return (
        Refusal.OUTSIDE if outside > OUTSIDE_SHARE * len(values) else Measurement(pollutant, unit)
    )


def may_stay(
    hass: HomeAssistant, entity_id: str, pollutant: Pollutant, refusal: Refusal
) -> Measurement | None:
    """Return a source that a room has as what it was taken for, None if it cannot be that now.

    What somebody said of it is not asked again, nor what its name or its values suggest today.
    """
    if refusal not in _REVOCABLE:
        return None
    known = describe(hass, entity_id)
    known_unit = _unit_of(known, pollutant)
    fits = known_unit in POLLUTANTS[pollutant].units and may_be(pollutant, known.device_class)
    return Measurement(pollutant, known_unit) if fits else None


# Beside a sensor that measures: by the words for it.
_BESIDE = {ABOUT_SENSOR: Refusal.ABOUT_SENSOR, RAW: Refusal.RESISTANCE}
# Refusals that only a sensor named as an index, or one said to be something, can get.
OF_AN_INDEX = frozenset({Refusal.ABOUT_SENSOR, Refusal.LEVELS, Refusal.NO_VALUE, Refusal.OUTSIDE})
_REVOCABLE = OF_AN_INDEX | {Refusal.NOT_AIR, Refusal.AIR_QUALITY_INDEX, Refusal.ABOVE_SPAN}


def _find(hass: HomeAssistant, entity_id: str, domain: str) -> Refusal | None:
    """Return why an entity cannot be used at all, None if it can."""
    registered = er.async_get(hass).async_get(entity_id)
    if registered is None and hass.states.get(entity_id) is None:
        return Refusal.MISSING
    if registered is not None and registered.platform == DOMAIN:
        return Refusal.OWN
    return Refusal.NOT_SENSOR if split_entity_id(entity_id)[0] != domain else None


def _not_a_number(known: Described) -> Refusal | None:
    """Return why a sensor cannot measure anything, None if it can."""
    if known.device_class in _TIMES:
        return Refusal.TIME
    if known.device_class == SensorDeviceClass.ENUM or known.has_options or known.seen.is_text:
        return Refusal.TEXT
    return Refusal.RESISTANCE if known.unit.casefold() in _RESISTANCE_UNITS else None


def _by_name(known: Described) -> Measurement | Refusal | None:
    """Return what a sensor measures by its names, None where these say nothing of it.

    Class and unit leave it open: there is no class, or that of an index.
    """
    names = known.names
    index = says(names, IAQ)
    named = index or says(names, VOC) or says(names, PM25)
    if not named or says(names, OTHER_GAS):
        return None
    for words, refusal in _BESIDE.items():
        if says(names, words):
            return refusal
    if not says(names, PM25) and not index_unit(known.unit):
        return _index(known)
    if known.device_class is not None:
        return None
    if index or says(names, INDEX):
        return Refusal.UNIT
    return _measured(known, _by_unit(known, particles=says(names, PM25)))


def _by_unit(known: Described, *, particles: bool) -> Pollutant:
    """Return what a sensor named after particles or after VOC measures, as its unit has it."""
    if particles:
        return Pollutant.PM25
    ratio = known.unit in POLLUTANTS[Pollutant.VOC_RATIO].units
    return Pollutant.VOC_RATIO if ratio else Pollutant.VOC_MASS


def _index(known: Described) -> Measurement | Refusal:
    """Return a sensor that is named as an index without a unit, or why it is none."""
    numbers = known.seen.numbers
    if known.state_class in _COUNTED:
        return Refusal.NOT_AIR
    if says(known.names, UNITS):
        return Refusal.UNIT
    if not numbers and known.state_class is None:
        return Refusal.NO_VALUE
    if says(known.names, LEVELS) and numbers and max(numbers) <= FEW_LEVELS:
        return Refusal.LEVELS
    return _measured(known, Pollutant.VOC_INDEX)


def _measured(known: Described, pollutant: Pollutant) -> Measurement | Refusal:
    """Return a sensor of a pollutant, unless its unit or its values are not that of one."""
    spec, unit = POLLUTANTS[pollutant], _unit_of(known, pollutant)
    if unit not in spec.units:
        return Refusal.UNIT
    seen = known.seen.numbers
    if seen and median(seen) * spec.units[unit] > spec.highest:
        return Refusal.ABOVE_SPAN
    return Measurement(pollutant, unit)


def _unit_of(known: Described, pollutant: Pollutant) -> str:
    """Return the unit of a sensor, as its pollutant has it."""
    return index_unit(known.unit) if pollutant is Pollutant.VOC_INDEX else known.unit
