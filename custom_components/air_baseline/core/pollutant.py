"""What can be measured: quantities, their units, plausible span, guideline and prior.

Levels are kept in one base unit per quantity and compared on the scale y = ln(1 + x), on
which a tenth is a step of about 10 %. Histograms have bins of that width.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from math import erf, expm1, floor, log, log1p, sqrt
from types import MappingProxyType
from typing import Final

CELL_WIDTH = 0.1  # Width of a level on the scale y: the smallest change worth keeping.
CELLS = 100  # Levels of a histogram; the last holds all above 22 000.

MICRO_SIGN, GREEK_MU = "\u00b5", "\u03bc"


class UnitError(ValueError):
    """A unit that the quantity does not have."""


class Pollutant(StrEnum):
    """The quantities; they are never mixed and never converted into each other."""

    PM25 = "pm25"
    VOC_MASS = "voc_mass"
    VOC_RATIO = "voc_ratio"
    VOC_INDEX = "voc_index"


@dataclass(frozen=True, slots=True)
class Prior:
    """How homes in general read: a log-normal law of levels.

    Parameters: median in the base unit, geometric standard deviation. `shown` says whether
    the law may be shown as a range of its own (makers of VOC sensors disagree too much).
    """

    median: float
    gsd: float
    shown: bool

    def shares(self) -> tuple[float, ...]:
        """Return the share of each histogram level; they sum to 1."""
        return _log_normal_shares(self.median, self.gsd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """A limit that holds for everybody, on a running mean of whole hours.

    `limit` and `clear` are in the base unit; `minimum_h` of `hours` must have been observed.
    """

    hours: int
    minimum_h: float
    limit: float
    clear: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollutantSpec:
    """One thing that a sensor measures.

    `units` maps each accepted unit to its factor into the base unit, `highest` ends the
    plausible span (base unit), `effect` is the smallest rise above the range that is worth
    an alert (base unit), `warm_up_s` the time a new source needs before it can be believed.
    """

    pollutant: Pollutant
    unit: str
    units: MappingProxyType[str, float]
    highest: float
    effect: float
    warm_up_s: float
    prior: Prior | None
    guideline: Guideline | None

    def to_base(self, value: float, unit: str | None) -> float:
        """Return a value in the base unit.

        Raises QuantityError for a unit that this quantity does not have.

        >>> POLLUTANTS[Pollutant.VOC_RATIO].to_base(0.25, "ppm")
        250.0
        """
        return value * self.factor(unit)

    def factor(self, unit: str | None) -> float:
        """Return what one of a unit is in the base unit; QuantityError where it is none."""
        try:
            return self.units[normal_unit(unit)]
        except KeyError:
            raise UnitError(f"{unit!r} is not a unit of {self.pollutant}") from None

    def plausible(self, value: float) -> bool:
        """Tell whether a level (base unit) lies within the span of a working sensor.

        >>> pm25 = POLLUTANTS[Pollutant.PM25]
        >>> pm25.plausible(0.0), pm25.plausible(-1.0), pm25.plausible(float("nan"))
        (True, False, False)
        """
        return 0.0 <= value <= self.highest


def normal_unit(unit: str | None) -> str:
    """Return a unit with the Greek mu that Home Assistant uses, "" for none.

    >>> normal_unit("\u00b5g/m³") == normal_unit("\u03bcg/m³"), normal_unit(None)
    (True, '')
    """
    return (unit or "").strip().replace(MICRO_SIGN, GREEK_MU)


def to_scale(concentration: float) -> float:
    """Return y = ln(1 + x) of a level."""
    return log1p(concentration)


def from_scale(y: float) -> float:
    """Return the level of a point on the scale.

    >>> from_scale(to_scale(12.0))
    12.0
    """
    return expm1(y)


def cell_index(concentration: float) -> int:
    """Return the histogram level (0 to 99) of a value in the base unit.

    >>> cell_index(0.0), cell_index(1.0), cell_index(1e9)
    (0, 6, 99)
    """
    return min(int(log1p(concentration) / CELL_WIDTH), CELLS - 1)


def round_outward(low: float, high: float, step: float) -> tuple[float, float]:
    """Round a range outward to multiples of a step, so that no atom is cut in half.

    >>> round_outward(0.7, 23.6, 1.0)
    (0.0, 24.0)
    """
    slack = 1e-9  # A level that is a multiple but for float noise stays where it is.
    return floor(low / step + slack) * step, -floor(-high / step + slack) * step


def plain_number(value: float) -> str:
    """Return a number as text, with up to three significant digits and no needless zeros.

    >>> plain_number(1234.5), plain_number(12.0), plain_number(0.1234)
    ('1234', '12', '0.123')
    """
    return f"{value:.0f}" if value >= 100.0 else f"{value:.3g}"  # noqa: PLR2004


@lru_cache(maxsize=8)
def _log_normal_shares(median: float, gsd: float) -> tuple[float, ...]:
    centre, spread = log(median), log(gsd)

    def below(y: float) -> float:
        concentration = expm1(y)
        return (
            0.5 * (1.0 + erf((log(concentration) - centre) / (spread * sqrt(2.0))))
            if concentration
            else 0.0
        )

    ends = [below(CELL_WIDTH * index) for index in range(CELLS)] + [1.0]
    return tuple(high - low for low, high in pairwise(ends))


_MASS = MappingProxyType({"μg/m³": 1.0, "ug/m3": 1.0, "mg/m³": 1000.0, "mg/m3": 1000.0})
_VOC_WARM_UP_S = 48 * 3600  # Metal-oxide sensors climb for days: first-day coverage was 0.44.

POLLUTANTS: Final = MappingProxyType(
    {
        spec.pollutant: spec
        for spec in (
            PollutantSpec(
                pollutant=Pollutant.PM25,
                unit="μg/m³",
                units=_MASS,
                highest=1000.0,  # The specified end of common laser sensors.
                effect=2.0,
                warm_up_s=0.0,
                # Covers 0.97 of first-day readings in 73 homes; wide on purpose.
                prior=Prior(4.0, 4.0, shown=True),
                guideline=Guideline(
                    hours=24, minimum_h=18.0, limit=15.0, clear=13.5, source="WHO 2021"
                ),
            ),
            PollutantSpec(
                pollutant=Pollutant.VOC_MASS,
                unit="μg/m³",
                units=_MASS,
                highest=100_000.0,
                effect=45.0,
                warm_up_s=_VOC_WARM_UP_S,
                # The law of the ratio at the 4.6 μg/m³ per ppb that makers use.
                prior=Prior(275.0, 5.0, shown=False),
                guideline=Guideline(
                    hours=1, minimum_h=0.75, limit=1000.0, clear=900.0, source="UBA"
                ),
            ),
            PollutantSpec(
                pollutant=Pollutant.VOC_RATIO,
                unit="ppb",
                units=MappingProxyType({"ppb": 1.0, "ppm": 1000.0}),
                highest=60_000.0,  # The specified end of the widest common sensor.
                effect=10.0,
                warm_up_s=_VOC_WARM_UP_S,
                # A tighter law covered only 0.58 of first-week readings in 30 homes.
                prior=Prior(60.0, 5.0, shown=False),
                guideline=None,
            ),
            PollutantSpec(
                pollutant=Pollutant.VOC_INDEX,
                unit="",
                units=MappingProxyType({"": 1.0}),
                highest=500.0,
                effect=20.0,
                warm_up_s=_VOC_WARM_UP_S,
                prior=None,  # No published law of index readings in homes exists.
                guideline=None,
            ),
        )
    }
)
