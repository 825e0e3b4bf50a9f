"""Confidence: from the coverages of past ranges to what the next two weeks should hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, sqrt

from .typical_range import TARGET, lasting_widenings

# Short run: Brier scores and intervals on seeded homes (docs/developers/statistics.md).
CONFIDENCE_DAYS = 7  # Scored days of the first confidence, by judgement.
# Scored days that a usual room counts as (short run: 0 was far worse, 7 and 60 were as good).
USUAL_DAYS = 30.0
USUAL_SPREAD = 0.20  # Share of the day (short run): how much the coverages of a usual room differ.
FORECAST_DAYS = 14  # Days that a forecast is about, by judgement: two whole weeks.
# Independent days whose mean would differ as little as that of these 14 (tuning run): the widening
# gives back to the next days what one day misses.
INDEPENDENT_DAYS = 16
PROMISED_LOW, PROMISED_HIGH = 0.70, 0.90  # Share of time that confidence is about, by judgement.
HALF_WIDTH = 1.2816  # Spreads: it follows from the 80 % of a normal law that lie within.


@dataclass(frozen=True, slots=True)
class CoverageAhead:
    """The mean coverage of the next 14 days as a normal law: its mean and its spread."""

    mean: float
    spread: float

    @property
    def confidence(self) -> float:
        """Return the probability that the range holds 70 to 90 % of the next 14 days."""
        return self._below(PROMISED_HIGH) - self._below(PROMISED_LOW)

    @property
    def interval(self) -> tuple[int, int]:
        """Return what the next 14 days should hold, low and high in percent: 8 in 10 do."""
        half = HALF_WIDTH * self.spread
        return _percent(self.mean - half), _percent(self.mean + half)

    def _below(self, coverage: float) -> float:
        return 0.5 * (1.0 + erf((coverage - self.mean) / (self.spread * sqrt(2.0))))


def coverage_ahead(coverages: Sequence[float]) -> CoverageAhead | None:
    """Return what past coverages say of the next 14 days, None with fewer than 7 of them.

    Each counts as what its day would have held if its range had been as wide as the lasting part
    of the widening makes it now. Their mean and their spread are pulled to those of a usual room,
    0.80 and 0.20, as if by 30 more. The spread is that of a mean of 16 independent days.

    >>> coverage_ahead([0.8] * 6) is None
    True
    >>> usual = coverage_ahead([0.6, 1.0] * 20)
    >>> round(usual.confidence, 2), usual.interval
    (0.96, (73, 86))
    """
    number = len(coverages)
    if number < CONFIDENCE_DAYS:
        return None
    *before, now = lasting_widenings(coverages)
    known = [coverage + now - then for coverage, then in zip(coverages, before, strict=True)]
    own = sum(known) / number
    mean = (number * own + USUAL_DAYS * TARGET) / (number + USUAL_DAYS)
    squares = sum((coverage - own) ** 2 for coverage in known)
    variance = (squares + USUAL_DAYS * USUAL_SPREAD**2) / (number + USUAL_DAYS)
    return CoverageAhead(mean, sqrt(variance / INDEPENDENT_DAYS))


def _percent(share: float) -> int:
    return round(100.0 * min(max(share, 0.0), 1.0))
