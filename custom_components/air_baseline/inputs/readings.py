"""From Home Assistant's states to readings of a pollutant; nothing is learned here."""

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfTemperature,
)
from homeassistant.core import State
from homeassistant.util.unit_conversion import TemperatureConverter

from ..core.pollutant import POLLUTANTS, Pollutant, PollutantSpec, UnitError, normal_unit
from ..core.reading.binning import Reading
from ..core.reading.number import plain_float

BY_DEVICE_CLASS: dict[str, Pollutant] = {
    SensorDeviceClass.PM25: Pollutant.PM25,
    SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS: Pollutant.VOC_MASS,
    SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS_PARTS: Pollutant.VOC_RATIO,
}
LOWEST_C, HIGHEST_C = -100.0, 100.0  # °C. By judgement: beyond the WMO's records of -89 and 57.
_NO_VALUE = frozenset({STATE_UNKNOWN, STATE_UNAVAILABLE, ""})


class UnitChangedError(Exception):
    """The source reports in a unit, or as a device class, that its pollutant does not have."""

    def __init__(self, unit: str) -> None:
        """Keep the reported unit for the repair."""
        super().__init__(unit)
        self.unit = unit


def concentration(state: State | None, spec: PollutantSpec) -> tuple[float, float] | None:
    """Return the concentration of a state in the base unit, and the factor of its unit.

    None if the state has no number. The concentration is not checked. Raises UnitChangedError if
    the unit is not one of the pollutant, or if the device class is that of another pollutant.
    """
    if state is None or state.state in _NO_VALUE:
        return None
    value = plain_float(state.state)
    if value is None:
        return None
    unit = attribute_text(state, ATTR_UNIT_OF_MEASUREMENT)
    factor = unit_factor(unit, spec)
    device_class = attribute_text(state, ATTR_DEVICE_CLASS)
    if not may_be(spec.pollutant, device_class):
        raise UnitChangedError(f"{device_class} {normal_unit(unit)}".strip())
    return value * factor, factor


def unit_factor(unit: str | None, spec: PollutantSpec) -> float:
    """Return the factor from a source's unit into the base unit of a pollutant.

    Raises UnitChangedError if the pollutant does not have this unit.
    """
    try:
        return spec.factor(index_unit(unit) if spec.pollutant is Pollutant.VOC_INDEX else unit)
    except UnitError:
        raise UnitChangedError(normal_unit(unit)) from None


def level_of(state: State | None, spec: PollutantSpec, before: float | None = None) -> float | None:
    """Return the level that a state stands for in the base unit, None if it has none.

    `before` is the level of the source before this state, None if it is not known.
    """
    try:
        reported = concentration(state, spec)
    except UnitChangedError:
        return None
    return spec.level(*reported, before) if reported else None


def reading_of(
    state: State, spec: PollutantSpec, last_reported: float, before: float | None
) -> Reading:
    """Return the reading of a recorded state; its value is None if it had none to believe.

    A state is recorded once, when it changes, with the time of its last report (POSIX seconds).
    `before` is the level before it, as in `level_of`.
    """
    return Reading(state.last_updated_timestamp, level_of(state, spec, before), last_reported)


def outdoor_pm25(state: State | None) -> float | None:
    """Return the plausible PM2.5 of a state in μg/m³, None if it has none."""
    return level_of(state, POLLUTANTS[Pollutant.PM25])


def celsius(state: State | None) -> float | None:
    """Return the plausible outdoor temperature of a state in °C, None if it has none."""
    if state is None or state.state in _NO_VALUE:
        return None
    unit = attribute_text(state, ATTR_UNIT_OF_MEASUREMENT)
    if unit not in TemperatureConverter.VALID_UNITS:
        return None
    value = plain_float(state.state)
    if value is None:
        return None
    degrees = TemperatureConverter.convert(value, unit, UnitOfTemperature.CELSIUS)
    return degrees if LOWEST_C <= degrees <= HIGHEST_C else None


def may_be(pollutant: Pollutant, device_class: str | None) -> bool:
    """Tell whether a device class fits a pollutant; no class fits any, and an index has none."""
    if device_class is None:
        return True
    if pollutant is Pollutant.VOC_INDEX:
        return device_class not in BY_DEVICE_CLASS
    return BY_DEVICE_CLASS.get(device_class) is pollutant


def attribute_text(state: State, attribute: str) -> str | None:
    """Return an attribute as text, because an integration or a template can set any value."""
    value = state.attributes.get(attribute)
    return None if value is None else str(value)


def index_unit(unit: str | None) -> str:
    """Return the unit of an index: "" for the ways in which makers write that there is none."""
    plain = normal_unit(unit)
    return "" if plain.lower() in ("iaq", "index", "voc index") else plain
