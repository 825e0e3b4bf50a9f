"""Intervals from a bootstrap over homes, because whatever one home does is alike.

The days, plumes and rooms of one home are no independent trials: counted as such, they give
intervals that are two to four times too narrow.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np

UNCERTAIN: Final = 0.05  # Intervals are 95 % intervals.
RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A ratio with its 95 % interval over homes; NaN where there is nothing to divide by."""

    value: float
    low: float
    high: float
    homes: int

    def __str__(self) -> str:
        """Return it for a table.

        >>> str(ratio([1, 1, 1], [2, 2, 2])), str(ratio([], []))
        ('0.50 (0.50 to 0.50)', '-')
        """
        if not isfinite(self.value):
            return "-"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


def ratio(totals: Sequence[float], numbers: Sequence[float], scale: float = 1.0) -> Estimate:
    """Return the sum of totals over the sum of numbers; each pair of them is of one home."""
    top, bottom = np.array(totals, dtype=np.float64), np.array(numbers, dtype=np.float64)
    top, bottom = scale * top[bottom > 0.0], bottom[bottom > 0.0]
    if not len(bottom):
        return Estimate(*[float("nan")] * 3, homes=0)
    drawn = np.random.default_rng(0).integers(len(bottom), size=(RESAMPLES, len(bottom)))
    ratios = top[drawn].sum(axis=1) / bottom[drawn].sum(axis=1)
    low, high = np.quantile(ratios, [UNCERTAIN / 2, 1.0 - UNCERTAIN / 2])
    return Estimate(float(top.sum() / bottom.sum()), float(low), float(high), len(bottom))


def mean_by_home(pairs: Iterable[tuple[str, float]]) -> Estimate:
    """Return the mean of values, each with its home; homes are resampled whole.

    >>> str(mean_by_home([("a", 1.0), ("a", 0.0), ("b", 1.0), ("b", 0.0)]))
    '0.50 (0.50 to 0.50)'
    """
    values: dict[str, list[float]] = defaultdict(list)
    for home, value in pairs:
        values[home].append(value)
    return ratio([sum(some) for some in values.values()], [len(some) for some in values.values()])
