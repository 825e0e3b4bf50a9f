"""Intervals from a bootstrap over homes, because whatever one home does is alike.

The days, plumes and rooms of one home are no independent trials: counted as such, they give
intervals that are two to four times too narrow.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Final

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]

UNCERTAIN: Final = 0.05  # Intervals are 95 % intervals.
RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval over homes.

    NaN where there is nothing to divide by. One home alone tells nothing about others, so its
    interval is NaN too. If all homes are alike, the interval is a point, which is too narrow.
    """

    value: float
    low: float
    high: float
    homes: int

    def __str__(self) -> str:
        """Return it for a table.

        >>> str(ratio([1, 1, 1], [2, 2, 2])), str(ratio([1], [2])), str(ratio([], []))
        ('0.50 (0.50 to 0.50)', '0.50', '-')
        """
        if not isfinite(self.value):
            return "-"
        interval = f" ({between(self.low, self.high)})" if isfinite(self.low) else ""
        return f"{self.value:.2f}{interval}"


def between(low: float, high: float, shown: str = ".2f") -> str:
    """Return an interval for a table.

    >>> between(0.1, 0.25), between(-0.1, 0.2, "+.1f"), between(nan, nan)
    ('0.10 to 0.25', '-0.1 to +0.2', '-')
    """
    return f"{low:{shown}} to {high:{shown}}" if isfinite(low) else "-"


def ratio(totals: Sequence[float], numbers: Sequence[float], scale: float = 1.0) -> Estimate:
    """Return the sum of totals over the sum of numbers; each pair of them is of one home."""
    top, bottom = np.array(totals, dtype=np.float64), np.array(numbers, dtype=np.float64)
    known = bottom > 0.0
    return _estimate([(scale * top[known], bottom[known])])


def difference(
    after: tuple[Sequence[float], Sequence[float]],
    before: tuple[Sequence[float], Sequence[float]],
    scale: float = 1.0,
) -> Estimate:
    """Return one ratio minus another, each as totals and numbers of the same homes in one order.

    >>> str(difference(([2, 3], [4, 4]), ([1, 2], [4, 4])))
    '0.25 (0.25 to 0.25)'
    """
    columns = [np.array(column, dtype=np.float64) for column in (*after, *before)]
    known = (columns[1] > 0.0) | (columns[3] > 0.0)
    new, new_number, old, old_number = (column[known] for column in columns)
    return _estimate([(scale * new, new_number), (-scale * old, old_number)])


def _estimate(ratios: Sequence[tuple[Array, Array]]) -> Estimate:
    """Return a sum of ratios; each is an array of totals and one of numbers, of the same homes."""
    homes = len(ratios[0][0])
    if not all(number.sum() > 0.0 for _, number in ratios):
        return Estimate(nan, nan, nan, homes)
    value = sum(float(total.sum() / number.sum()) for total, number in ratios)
    if homes == 1:
        return Estimate(value, nan, nan, homes)
    drawn = np.random.default_rng(0).integers(homes, size=(RESAMPLES, homes))
    sums = np.zeros(RESAMPLES)
    with np.errstate(invalid="ignore", divide="ignore"):
        for total, number in ratios:
            sums += total[drawn].sum(axis=1) / number[drawn].sum(axis=1)
    low, high = np.nanquantile(sums, [UNCERTAIN / 2, 1.0 - UNCERTAIN / 2])
    return Estimate(value, float(low), float(high), homes)


def mean_by_home(pairs: Iterable[tuple[str, float]]) -> Estimate:
    """Return the mean of values, each with its home; homes are resampled whole.

    >>> str(mean_by_home([("a", 1.0), ("a", 0.0), ("b", 1.0), ("b", 0.0)]))
    '0.50 (0.50 to 0.50)'
    """
    values: dict[str, list[float]] = defaultdict(list)
    for home, value in pairs:
        values[home].append(value)
    return ratio([sum(some) for some in values.values()], [len(some) for some in values.values()])
