"""The tail of how high the hours of past days got, from which a rarity follows.

The highest seventh of the days makes an exponential tail (peaks over a threshold: S. Coles, An
Introduction to Statistical Modeling of Extreme Values, 2001, chapter 4). A score is in nats: S is
as rare as one such hour in exp(S) days. Scores can be compared between hours and rooms.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from ..learning.typical_range import Array

TOP_SHARE = 0.14  # Share of the days that make the tail. Tuning run: of 0.1, 0.14, 0.2 and 0.3.
LEAST_TOP = 4  # Days that make it at least, by judgement.
POOL_DAYS = 3.0  # Days that all hours count for in the scale of one. Tuning run: of 1, 3 and 12.
LEAST_SCALE = 0.05  # On the scale y, by judgement: keeps scores finite in rooms of constant air.
DIGITS = 3  # Decimals on the scale y, by judgement: 0.1 % of a level.
MOST_LEVEL = 20.0  # On the scale y, by judgement: beyond all levels, and its exponential is finite.


@dataclass(frozen=True, slots=True)
class Tail:
    """Where the tail of each cell starts and how it falls, on the scale y.

    `share` is the share of the days that are beyond the start. Below it the same law continues.
    """

    start: Sequence[float] | Array
    scale: Sequence[float] | Array
    share: float

    def scores(self, levels: Array | float) -> Array:
        """Return the scores (nats) of levels on the scale (..., cell), or of one in each cell."""
        scores: Array = (levels - np.asarray(self.start)) / self.scale - log(self.share)
        return scores

    def levels(self, score: float) -> Array:
        """Return the level of each cell that has a score: the inverse of `scores`."""
        levels: Array = self.start + (score + log(self.share)) * np.asarray(self.scale)
        return np.minimum(levels, MOST_LEVEL)


def tail_of(levels: Array) -> Tail:
    """Return the tails of levels on the scale (day, cell), of more than `LEAST_TOP` days."""
    top, ordered = _top_days(len(levels)), np.sort(levels, axis=0)[::-1]
    known = _tail(ordered[top], ordered[:top].sum(axis=0), top, len(levels))
    start, scale = (array("d", np.round(part, DIGITS)) for part in (known.start, known.scale))
    return Tail(start, scale, known.share)


def own_scores(levels: Array) -> Array:
    """Return the scores (day, cell) of the days that make a tail, each from the others alone.

    Without a day of the top, the next day moves up; the others leave the tail as it is.
    """
    number = len(levels) - 1
    top, ordered = _top_days(number), np.sort(levels, axis=0)[::-1]
    above = levels >= ordered[top]
    start = np.where(above, ordered[top + 1], ordered[top])
    total = ordered[:top].sum(axis=0) + np.where(above, ordered[top] - levels, 0.0)
    return _tail(start, total, top, number).scores(levels)


def _top_days(number: int) -> int:
    return max(LEAST_TOP, round(TOP_SHARE * number))


def _tail(start: Array, total: Array, top: int, number: int) -> Tail:
    """Return the tail from the sum over the `top` of a number of days."""
    mean = total / top - start
    pooled = mean.mean(axis=-1, keepdims=True)
    scale = np.maximum((top * mean + POOL_DAYS * pooled) / (top + POOL_DAYS), LEAST_SCALE)
    return Tail(start, scale, top / number)
