"""Confidence: from the coverages of past ranges to a probability for the next two weeks."""

from collections.abc import Sequence
from math import erf, sqrt

from ..pollutant import CELL_WIDTH
from .standing import EVIDENCE_DAYS
from .typical_range import TARGET, widening_of

# `trust` is benchmarks/trust.py: Brier scores on seeded homes of every season. The table in
# docs/developers/statistics.md has those of homes that chose nothing, too.
CONFIDENCE_DAYS = 7  # Scored days of the first confidence, by judgement.
MEAN_DAYS = 30.0  # Scored days that 0.80 counts as (`trust`): the widening restores that coverage.
SPREAD_DAYS = 60.0  # Scored days that the wander counts as (`trust`): past spread predicts less.
COVERAGE_HALF_LIFE_DAYS = 60.0  # Days (`trust`).
AHEAD_DAYS = 14  # Days that confidence is about, by judgement.
# Share of the widening that is left in the coverage of the next 14 days (`trust`: best of 0.4,
# 0.5, 0.6 and 0.73). 0.73 follows from the step of the widening; some of it was needed.
WIDENING_AHEAD = 0.5
# Widths of the range, and the days that this counts as (`trust`): about the median of the homes.
USUAL_WANDER, WANDER_DAYS = 0.3, 14.0
WANDER_SPREAD = 0.8  # Spread of coverages for a wander of 1 (`trust`: best of 0.65 to 0.85).
MOST_SPREAD = 0.4  # Share of the day. By judgement: shares with a mean of 0.80 differ no more.
PROMISED_LOW, PROMISED_HIGH = 0.70, 0.90  # Share of time that confidence is about, by judgement.


def wander(medians: Sequence[float], width: float) -> float:
    """Return how far the level wanders from day to day, in widths of the range.

    This is the standard deviation of the last 60 day medians, pulled to 0.3 as if by 14 more.
    The medians, oldest first, and the mean width of the range are on the scale.

    >>> round(wander([], 1.0), 2), round(wander([1.0, 3.0] * 20, 2.0), 2)
    (0.3, 0.46)
    """
    recent = medians[-EVIDENCE_DAYS:]
    mean = sum(recent) / len(recent) if recent else 0.0
    squares = sum((median - mean) ** 2 for median in recent) / max(width, CELL_WIDTH) ** 2
    return sqrt((squares + WANDER_DAYS * USUAL_WANDER**2) / (len(recent) + WANDER_DAYS))


def confidence(coverages: Sequence[tuple[float, float]], wandered: float) -> float | None:
    """Return the probability that the range holds 70 to 90 % of the next 14 days.

    `coverages` are (age in days, coverage), oldest first; `wandered` is what `wander` returns.
    None with fewer than 7 coverages. They are weighted by age. Their mean is pulled to 0.80 as
    if by 30 more, and their spread to the one expected from the wander as if by 60 more. The
    mean of the next 14 coverages is taken as normal. Its expected value is that of the record
    or that of the widening, whichever is farther from 0.80 (docs/developers/statistics.md).

    >>> confidence([(1.0, 0.8)] * 6, 0.3) is None
    True
    >>> [round(confidence([(1.0, 0.8)] * 14, wandered), 2) for wandered in (0.2, 0.3, 0.5)]
    [0.98, 0.87, 0.63]
    """
    if len(coverages) < CONFIDENCE_DAYS:
        return None
    pairs = [
        (2.0 ** (-max(age, 0.0) / COVERAGE_HALF_LIFE_DAYS), coverage) for age, coverage in coverages
    ]
    total = sum(weight for weight, _ in pairs)
    if not total:
        return None
    own = sum(weight * coverage for weight, coverage in pairs) / total
    of_record = (total * own + MEAN_DAYS * TARGET) / (total + MEAN_DAYS)
    of_widening = TARGET + WIDENING_AHEAD * widening_of([coverage for _, coverage in coverages])
    mean = max(of_record, of_widening, key=lambda expected: abs(expected - TARGET))
    squares = sum(weight * (coverage - own) ** 2 for weight, coverage in pairs)
    spread = min(WANDER_SPREAD * wandered, MOST_SPREAD)
    variance = (squares + SPREAD_DAYS * spread**2) / (total + SPREAD_DAYS)
    sd = sqrt(variance * (1.0 / (total + MEAN_DAYS) + 1.0 / AHEAD_DAYS))
    return _normal_cdf((PROMISED_HIGH - mean) / sd) - _normal_cdf((PROMISED_LOW - mean) / sd)


def _normal_cdf(z: float) -> float:
    return 0.5 * (1.0 + erf(z / sqrt(2.0)))
