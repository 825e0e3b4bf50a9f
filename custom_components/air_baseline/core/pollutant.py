"""What can be measured: pollutants, their units, plausible span, guideline and prior.

Concentrations are kept in one base unit per pollutant and compared on the scale y = ln(1 + x),
on which a tenth is a step of about 10 %. The cells of histograms have that width.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from math import erf, expm1, floor, log, log1p, sqrt
from types import MappingProxyType
from typing import Final

CELL_WIDTH = 0.1  # On the scale y. By judgement: about 10 %, the smallest change worth keeping.
CELLS = 100  # Cells of a histogram, by judgement: the last holds everything above 19 900.

# Times the span. By judgement: sensors were seen to report three times the end of theirs in real
# smoke, while most words that stand for "no reading" lie beyond ten times.
REFUSED_FROM = 10.0
# On the scale: from one value to its double. By judgement: the air seldom doubles from one
# reading to the next, while a word that stands for "no reading" is far from any air.
NEAR = log(2.0)

MICRO_SIGN, GREEK_MU = "\u00b5", "\u03bc"


class UnitError(ValueError):
    """A unit that the pollutant does not have."""


class Pollutant(StrEnum):
    """What a sensor measures; pollutants are never mixed or converted into each other."""

    PM25 = "pm25"
    VOC_MASS = "voc_mass"
    VOC_RATIO = "voc_ratio"
    VOC_INDEX = "voc_index"


@dataclass(frozen=True, slots=True)
class Prior:
    """What nearly all homes read: a log-normal law of concentrations, wide on purpose.

    `median` is in the base unit, `gsd` is the geometric standard deviation. `shown` says whether
    to show the law as a range of its own (makers of VOC sensors disagree too much).
    """

    median: float
    gsd: float
    shown: bool

    def shares(self) -> tuple[float, ...]:
        """Return the share of each histogram cell; the shares sum to 1."""
        return _log_normal_shares(self.median, self.gsd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """A published limit for everybody, on a running mean over whole hours.

    A mean over `limit` is above the guideline until it has stayed at or below `clear` (both in
    the base unit). At least `minimum_h` of the `hours` must have been observed. `source` names
    the publisher.
    """

    hours: int
    minimum_h: float
    limit: float
    clear: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollutantSpec:
    """The properties of one pollutant.

    `units` maps each accepted unit to its factor into the base unit `unit`. `highest` ends the
    plausible span, and `effect` is the smallest rise above the range that is worth an alert
    (both in the base unit). `sentinels` are the exact values that stand for "no reading", as
    sources report them, by the factor of their unit. A new source is believed after `warm_up_s`
    seconds. `prior` and `guideline` are None where there is none.
    """

    pollutant: Pollutant
    unit: str
    units: MappingProxyType[str, float]
    highest: float
    sentinels: MappingProxyType[float, frozenset[float]]
    effect: float
    warm_up_s: float
    prior: Prior | None
    guideline: Guideline | None

    def to_base(self, value: float, unit: str | None) -> float:
        """Return a value in the base unit.

        Raises UnitError for a unit that this pollutant does not have.

        >>> POLLUTANTS[Pollutant.VOC_RATIO].to_base(0.25, "ppm")
        250.0
        """
        return value * self.factor(unit)

    def factor(self, unit: str | None) -> float:
        """Return the factor from a unit into the base unit.

        Raises UnitError for a unit that this pollutant does not have.
        """
        try:
            return self.units[normal_unit(unit)]
        except KeyError:
            raise UnitError(f"{unit!r} is not a unit of {self.pollutant}") from None

    def plausible(self, value: float) -> bool:
        """Tell whether a concentration (base unit) lies within the span of a working sensor.

        >>> pm25 = POLLUTANTS[Pollutant.PM25]
        >>> pm25.plausible(0.0), pm25.plausible(-1.0), pm25.plausible(float("nan"))
        (True, False, False)
        """
        return 0.0 <= value <= self.highest

    def level(self, value: float, factor: float = 1.0, last: float | None = None) -> float | None:
        """Return the level that a reported value stands for, None if it is refused.

        Beyond the span, up to ten times its end, a value counts as the end: the sensor cannot
        say how much higher the air is. A value that stands for "no reading" in the source's unit
        is refused, unless it is in the span and the air came near it: `last` is the level before.
        `factor` is that of the source's unit; levels and values are in the base unit.

        >>> pm25 = POLLUTANTS[Pollutant.PM25]
        >>> pm25.level(12.0), pm25.level(1500.0), pm25.level(6553.5), pm25.level(20_000.0)
        (12.0, 1000.0, None, None)
        >>> pm25.level(655.35), pm25.level(655.35, last=640.0)
        (None, 655.35)
        """
        if not 0.0 <= value <= REFUSED_FROM * self.highest:
            return None
        # Dividing by a factor of 1000 leaves float noise.
        reported = value if factor == 1.0 else round(value / factor, 6)
        if reported in self.sentinels.get(factor, ()):
            far = last is None or abs(to_scale(value) - to_scale(last)) > NEAR
            if value > self.highest or far:
                return None
        return min(self.highest, value)

    def at_end(self, level: float) -> bool:
        """Tell whether a level (base unit) is the end of the span: the air can be any higher.

        A mean of levels at the end can be below it by float noise.

        >>> pm25 = POLLUTANTS[Pollutant.PM25]
        >>> pm25.at_end(999.9), pm25.at_end(1000.0), pm25.at_end(1000.0 - 1e-9)
        (False, True, True)
        """
        return level >= self.highest * (1.0 - 1e-9)


def normal_unit(unit: str | None) -> str:
    """Return a unit with the Greek mu that Home Assistant uses, "" for None.

    >>> normal_unit("\u00b5g/m³") == normal_unit("\u03bcg/m³"), normal_unit(None)
    (True, '')
    """
    return (unit or "").strip().replace(MICRO_SIGN, GREEK_MU)


def to_scale(concentration: float) -> float:
    """Return y = ln(1 + x) of a concentration (base unit)."""
    return log1p(concentration)


def from_scale(y: float) -> float:
    """Return the concentration (base unit) of a point on the scale.

    >>> from_scale(to_scale(12.0))
    12.0
    """
    return expm1(y)


def cell_index(concentration: float) -> int:
    """Return the histogram cell (0 to 99) of a concentration (base unit).

    >>> cell_index(0.0), cell_index(1.0), cell_index(1e9)
    (0, 6, 99)
    """
    return min(int(log1p(concentration) / CELL_WIDTH), CELLS - 1)


def round_outward(low: float, high: float, step: float) -> tuple[float, float]:
    """Round a range outward to multiples of a step, so that no sensor value is cut in half.

    >>> round_outward(0.7, 23.6, 1.0)
    (0.0, 24.0)
    """
    slack = 1e-9  # A value that is a multiple apart from float noise stays where it is.
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


# Factors into μg/m³, into ppb, and of an index, which has no unit.
_MASS = MappingProxyType(
    {"μg/m³": 1.0, "μg/m3": 1.0, "ug/m3": 1.0, "mg/m³": 1000.0, "mg/m3": 1000.0}
)
_RATIO = MappingProxyType({"ppb": 1.0, "ppm": 1000.0})
_INDEX = MappingProxyType({"": 1.0})
# In the unit of the source: words of 16 bits that stand for "no reading", by judgement: all ones
# of a number without a sign, the one below, and all ones of a number with a sign.
_WORDS = (0xFFFF, 0xFFFE, 0x7FFF)
# In the unit of the source, by its factor. By judgement: devices divide such words as they divide
# readings, by 1 to 100; a source in ppm or mg/m³ divided that by a thousand.
_SENTINELS = MappingProxyType(
    {
        1.0: frozenset(word / part for word in _WORDS for part in (1, 10, 100)),
        1000.0: frozenset(word / part for word in _WORDS for part in (100, 1000, 10_000, 100_000)),
    }
)
# Points, by judgement for the same reason.
_INDEX_SENTINELS = MappingProxyType({1.0: _SENTINELS[1.0]})
# Seconds. Recordings: metal-oxide sensors climb for days; without it the range held 0.44 of the
# first day.
_VOC_WARM_UP_S = 48 * 3600

POLLUTANTS: Final = MappingProxyType(
    {
        spec.pollutant: spec
        for spec in (
            PollutantSpec(
                pollutant=Pollutant.PM25,
                unit="μg/m³",
                units=_MASS,
                highest=1000.0,  # μg/m³: the end that common laser sensors specify.
                sentinels=_SENTINELS,
                effect=2.0,  # μg/m³, by judgement.
                warm_up_s=0.0,  # By judgement: laser sensors need none.
                # μg/m³. Recordings: its range with the edges, 0 to 24, holds 0.97 of first-day
                # readings in 73 homes. Homes differ too much for one law to hold 0.80 of each.
                prior=Prior(4.0, 4.0, shown=True),
                # μg/m³. WHO 2021 for 24 hours; hours needed and clearing (10 % lower) by judgement.
                guideline=Guideline(
                    hours=24, minimum_h=18.0, limit=15.0, clear=13.5, source="WHO 2021"
                ),
            ),
            PollutantSpec(
                pollutant=Pollutant.VOC_MASS,
                unit="μg/m³",
                units=_MASS,
                highest=100_000.0,  # μg/m³, by judgement.
                sentinels=_SENTINELS,
                effect=45.0,  # μg/m³, by judgement: about that of the ratio.
                warm_up_s=_VOC_WARM_UP_S,
                # μg/m³: the prior of the ratio (recordings), at the 4.6 μg/m³ per ppb of makers.
                prior=Prior(275.0, 5.0, shown=False),
                # μg/m³. UBA: ventilate from there; the rest by judgement, as for PM2.5.
                guideline=Guideline(
                    hours=1, minimum_h=0.75, limit=1000.0, clear=900.0, source="UBA"
                ),
            ),
            PollutantSpec(
                pollutant=Pollutant.VOC_RATIO,
                unit="ppb",
                units=_RATIO,
                highest=60_000.0,  # ppb: the end that the widest common sensor specifies.
                sentinels=_SENTINELS,
                effect=10.0,  # ppb, by judgement.
                warm_up_s=_VOC_WARM_UP_S,
                # ppb. Recordings: a tighter law covered only 0.58 of the first week in 30 homes.
                prior=Prior(60.0, 5.0, shown=False),
                guideline=None,
            ),
            PollutantSpec(
                pollutant=Pollutant.VOC_INDEX,
                unit="",
                units=_INDEX,
                highest=500.0,  # Points: the end that the makers of indices specify.
                sentinels=_INDEX_SENTINELS,
                effect=20.0,  # Points, by judgement.
                warm_up_s=_VOC_WARM_UP_S,
                prior=None,  # No law of index readings in homes has been published.
                guideline=None,
            ),
        )
    }
)
