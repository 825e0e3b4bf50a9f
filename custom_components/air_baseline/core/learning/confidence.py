"""Confidence: from the coverages of past ranges to a probability for the next two weeks."""

from collections.abc import Sequence
from math import erf, sqrt

from .typical_range import TARGET

# Short run: Brier scores on seeded homes (docs/developers/statistics.md).
CONFIDENCE_DAYS = 7  # Scored days of the first confidence, by judgement.
# Scored days that a usual room counts as (short run: 0 was far worse, 7 and 60 were as good).
USUAL_DAYS = 30.0
USUAL_SPREAD = 0.20  # Share of the day (short run): how much the coverages of a usual room differ.
# Independent days that the mean of the next 14 coverages is worth (short run: best of 14 to
# 22). They are more than 14: what one day misses, the widening gives back to the next.
AHEAD_DAYS = 16.0
PROMISED_LOW, PROMISED_HIGH = 0.70, 0.90  # Share of time that confidence is about, by judgement.


def confidence(coverages: Sequence[float]) -> float | None:
    """Return the probability that the range holds 70 to 90 % of the next 14 days.

    None with fewer than 7 coverages. Their mean and their spread are pulled to those of a usual
    room, 0.80 and 0.20, as if by 30 more. The mean of the next 14 coverages is taken as normal,
    with the spread of a mean of 16.

    >>> confidence([0.8] * 6) is None
    True
    >>> [round(confidence([0.8 - spread, 0.8 + spread] * 20), 2) for spread in (0.0, 0.2, 0.4)]
    [1.0, 0.95, 0.78]
    """
    number = len(coverages)
    if number < CONFIDENCE_DAYS:
        return None
    own = sum(coverages) / number
    mean = (number * own + USUAL_DAYS * TARGET) / (number + USUAL_DAYS)
    squares = sum((coverage - own) ** 2 for coverage in coverages)
    variance = (squares + USUAL_DAYS * USUAL_SPREAD**2) / (number + USUAL_DAYS)
    sd = sqrt(variance / AHEAD_DAYS)
    return _normal_cdf((PROMISED_HIGH - mean) / sd) - _normal_cdf((PROMISED_LOW - mean) / sd)


def _normal_cdf(z: float) -> float:
    return 0.5 * (1.0 + erf(z / sqrt(2.0)))
