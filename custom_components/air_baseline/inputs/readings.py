"""From Home Assistant's states to readings of a quantity; nothing is learned here."""

from collections.abc import Iterator
from math import isfinite

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

from ..core.day import SLOT_S
from ..core.pollutant import POLLUTANTS, Pollutant, PollutantSpec, UnitError, normal_unit

_BY_DEVICE_CLASS: dict[str, Pollutant] = {
    SensorDeviceClass.PM25: Pollutant.PM25,
    SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS: Pollutant.VOC_MASS,
    SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS_PARTS: Pollutant.VOC_RATIO,
}
LOWEST_C, HIGHEST_C = -100.0, 100.0  # Outdoors it was -89 to 57 °C, says the WMO.
_NO_VALUE = frozenset({STATE_UNKNOWN, STATE_UNAVAILABLE, ""})


type Reading = tuple[float, float | None]  # POSIX seconds, level in the base unit.


class UnitChangedError(Exception):
    """The source reports in a unit, or as a device class, that its quantity does not have."""

    def __init__(self, unit: str) -> None:
        """Keep what it reports in, for the repair."""
        super().__init__(unit)
        self.unit = unit


def concentration(state: State | None, spec: PollutantSpec) -> float | None:
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
    factor = unit_factor(unit, spec)
    device_class = _said(state, ATTR_DEVICE_CLASS)
    if not _may_be(spec.pollutant, device_class):
        raise UnitChangedError(f"{device_class} {normal_unit(unit)}".strip())
    return value * factor if isfinite(value) else None


def unit_factor(unit: str | None, spec: PollutantSpec) -> float:
    """Return what one of a source's unit is in the base unit of a quantity.

    Raises UnitChangedError where the quantity has no such unit.
    """
    try:
        return spec.factor(_index_unit(unit) if spec.pollutant is Pollutant.VOC_INDEX else unit)
    except UnitError:
        raise UnitChangedError(normal_unit(unit)) from None


def plausible_concentration(state: State | None, spec: PollutantSpec) -> float | None:
    """Return the level of a state in the base unit, None where it has none that can be."""
    try:
        value = concentration(state, spec)
    except UnitChangedError:
        return None
    return value if value is not None and spec.plausible(value) else None


def readings_of(state: State, spec: PollutantSpec, last_reported: float) -> Iterator[Reading]:
    """Yield what a recorded state said until its last report.

    A state is recorded once: what was said between its change and its last report is the
    same. A level of None says that there was none.
    """
    at, value = state.last_updated_timestamp, plausible_concentration(state, spec)
    yield at, value
    while value is not None and at < last_reported:
        at = min(at + SLOT_S, last_reported)
        yield at, value


def outdoor_pm25(state: State | None) -> float | None:
    """Return PM2.5 of a state in μg/m³, None where it has none that can be."""
    return plausible_concentration(state, POLLUTANTS[Pollutant.PM25])


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


def _may_be(pollutant: Pollutant, device_class: str | None) -> bool:
    """Tell whether a device class fits a quantity; none at all does, and an index has none."""
    if device_class is None:
        return True
    if pollutant is Pollutant.VOC_INDEX:
        return device_class not in _BY_DEVICE_CLASS
    return _BY_DEVICE_CLASS.get(device_class) is pollutant


def _said(state: State, attribute: str) -> str | None:
    """Return an attribute as text: an integration, or a template, can put anything there."""
    value = state.attributes.get(attribute)
    return None if value is None else str(value)


def _index_unit(unit: str | None) -> str:
    """Return the unit of an index: none, however its maker spells that."""
    plain = normal_unit(unit)
    return "" if plain.lower() in ("iaq", "index", "voc index") else plain
