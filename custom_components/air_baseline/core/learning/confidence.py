"""Confidence: from the track record of the ranges to a probability about the next two weeks."""

from collections.abc import Sequence
from math import erf, sqrt

from ..pollutant import CELL_WIDTH
from .standing import EVIDENCE_DAYS
from .typical_range import TARGET, widening_of

CONFIDENCE_DAYS = 7
# Chosen by Brier score on seeded homes of every season; better than a constant on held-out
# seeds too (docs/developers/statistics.md). The dial brings coverage back to the target, so
# the mean of what is to come is drawn to it strongly.
MEAN_DAYS = 30.0
SPREAD_DAYS = 60.0  # A level that wanders says more of days to come than 60 marks do.
COVERAGE_HALF_LIFE_DAYS = 60.0
AHEAD_DAYS = 14
# Of days like those before, a range at dial position theta holds 0.80 + theta. Of theta 0.73 is
# left in the mean of 14 days, as each mark takes back a twentieth; some of it was needed.
WIDENING_AHEAD = 0.5
USUAL_WANDER, WANDER_DAYS = 0.3, 14.0  # About the median of seeded homes.
WANDER_SPREAD = 0.8  # Spread of marks for a wander of 1; of 0.65 to 0.85 the best.
MOST_SPREAD = 0.4  # Marks lie between 0 and 1: with a mean of 0.80 they cannot differ more.
PROMISED_LOW, PROMISED_HIGH = 0.70, 0.90


def wander(medians: Sequence[float], width: float) -> float:
    """Return how far the level strays from day to day, in widths of the range.

    The standard deviation of the last 60 day medians, drawn to 0.3 as if there were 14 more;
    medians and width are on the scale.

    >>> round(wander([], 1.0), 2), round(wander([1.0, 3.0] * 20, 2.0), 2)
    (0.3, 0.46)
    """
    recent = medians[-EVIDENCE_DAYS:]
    mean = sum(recent) / len(recent) if recent else 0.0
    squares = sum((median - mean) ** 2 for median in recent) / max(width, CELL_WIDTH) ** 2
    return sqrt((squares + WANDER_DAYS * USUAL_WANDER**2) / (len(recent) + WANDER_DAYS))


def confidence(coverages: Sequence[tuple[float, float]], wandered: float) -> float | None:
    """Return the probability that the range holds 70 to 90 % of the next 14 days.

    `marks` are (age in days, mark), oldest first; `wandered` is what `wander` returns. None
    before 7 marks. Marks are weighed by age; their mean is drawn to 0.80 as if there were 30
    more, their spread to what the wander of the level makes of it as if there were 60 more;
    the mean of 14 future marks is taken as normal. It is expected where the record or the dial
    puts it, whichever is farther from 0.80.

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
    of_dial = TARGET + WIDENING_AHEAD * widening_of([coverage for _, coverage in coverages])
    mean = max(of_record, of_dial, key=lambda expected: abs(expected - TARGET))
    squares = sum(weight * (coverage - own) ** 2 for weight, coverage in pairs)
    spread = min(WANDER_SPREAD * wandered, MOST_SPREAD)
    variance = (squares + SPREAD_DAYS * spread**2) / (total + SPREAD_DAYS)
    sd = sqrt(variance * (1.0 / (total + MEAN_DAYS) + 1.0 / AHEAD_DAYS))
    return _normal_cdf((PROMISED_HIGH - mean) / sd) - _normal_cdf((PROMISED_LOW - mean) / sd)


def _normal_cdf(z: float) -> float:
    return 0.5 * (1.0 + erf(z / sqrt(2.0)))
