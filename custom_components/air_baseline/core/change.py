"""Has the level shifted for good, rather than for now?

Seven days in a row whose median lies on one side of the span of the room's earlier days. Of
the tests tried (sums, e-values, Page-Hinkley) it gave the fewest false flags for its reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

SHIFT_DAYS = 7
EARLIER_DAYS = 60
LEAST_DAYS = 28
SPAN_SHARES = 10  # The span leaves out the lowest and the highest tenth.
SEASON_QUIET_DAYS = 28  # No test for so long after the user said it is the season.


@dataclass(frozen=True, slots=True)
class Shift:
    """A lasting shift: its first day, and whether the level rose."""

    from_day: int
    rose: bool


def find_shift(medians: Sequence[tuple[int, float]]) -> Shift | None:
    """Return the shift that the last seven day medians show, None for none.

    `medians` are (day, median on the scale) of valid days, oldest first. None as well before
    28 days: too little to know a shift from the room's own days.

    >>> find_shift([(day, 1.0 + day % 3 / 10) for day in range(30)]) is None
    True
    >>> find_shift([(day, 1.0 if day < 30 else 2.0) for day in range(37)])
    Shift(from_day=30, rose=True)
    """
    if len(medians) < LEAST_DAYS:
        return None
    recent = medians[-SHIFT_DAYS:]
    earlier = [median for _, median in medians[-SHIFT_DAYS - EARLIER_DAYS : -SHIFT_DAYS]]
    low, *_, high = quantiles(earlier, n=SPAN_SHARES, method="inclusive")
    if all(median > high for _, median in recent):
        return Shift(recent[0][0], rose=True)
    if all(median < low for _, median in recent):
        return Shift(recent[0][0], rose=False)
    return None
