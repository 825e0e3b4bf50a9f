"""Has the level shifted for good, rather than for now?

Seven days in a row whose median lies on one side of the span of the room's earlier days, or
most of them far outside. Of the tests tried (sums, e-values, Page-Hinkley) it gave the fewest
false flags for its reach. A shift that goes back by itself, as smoke or a holiday does, was
none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from statistics import fmean, quantiles

from ..day import DAY_S, WINDOW_DAYS
from ..ledger.correction import change_passed, suspect_change
from ..ledger.day_summary import day_counts
from ..ledger.entries import Cause, Draft, Season
from ..ledger.ledger import Ledger
from .typical_range import medians_by_day

SHIFT_DAYS = 7
FAR_DAYS = 5  # Of those seven are enough where their mean is far outside,
FAR = 0.5  # that is, by so much of the width of the span.
EARLIER_DAYS = 60
LEAST_DAYS = 28
SPAN_SHARES = 10  # The span leaves out the lowest and the highest tenth.
ALIKE = 1e-9  # On the scale: between days that are all alike rounding would put the edge off them.
RETURNED_DAYS = 2  # In a row, no longer on that side of the span of the days before.
NEARER_DAYS = 5  # In a row are enough nearer to that span than to the shifted level.
PASSING_DAYS = 21  # A level that stayed for longer is the room's own by then.
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
    low, high = _span(medians[:-SHIFT_DAYS])
    levels = [median for _, median in recent]
    far = FAR * (high - low)
    above = [day for day, median in recent if median > high]
    below = [day for day, median in recent if median < low]
    if len(above) >= (FAR_DAYS if fmean(levels) > high + far else SHIFT_DAYS):
        return Shift(above[0], rose=True)
    if len(below) >= (FAR_DAYS if fmean(levels) < low - far else SHIFT_DAYS):
        return Shift(below[0], rose=False)
    return None


def find_return(medians: Sequence[tuple[int, float]], from_day: int) -> tuple[int, int] | None:
    """Return the first and last day of a shift that has gone back, None while it has not.

    `medians` are (day, median on the scale) of valid days, oldest first, the shift began on
    `from_day`. Air that was high already before smoke may be above the span after it as well.

    >>> days = [(day, 1.0 + day % 3 / 10 + (30 <= day < 39)) for day in range(41)]
    >>> find_return(days, 30), find_return(days[:-1], 30)
    ((30, 38), None)
    """
    earlier = [pair for pair in medians if pair[0] < from_day]
    since = [pair for pair in medians if pair[0] >= from_day]
    if len(earlier) < LEAST_DAYS - SHIFT_DAYS:
        return None
    low, high = _span(earlier)
    rose = bool(since) and since[0][1] > high
    for days, nearer in ((RETURNED_DAYS, 0.0), (NEARER_DAYS, 0.5)):
        if len(since) <= days:
            return None
        concentration = fmean(median for _, median in since[:-days])
        latest = [median for _, median in since[-days:]]
        last = since[-days - 1][0]
        if rose:
            back = max(latest) <= high + nearer * max(concentration - high, 0.0)
        else:
            back = min(latest) >= low - nearer * max(low - concentration, 0.0)
        if back and last - from_day < PASSING_DAYS:
            return from_day, last
    return None


def high_since(medians: Sequence[tuple[int, float]]) -> int | None:
    """Return the first of the latest days in a row above the span of those before, if any.

    The yardstick of all of them is the span before the first: they would raise their own.

    >>> days = [(day, 1.0 + day % 3 / 10 + (day >= 30)) for day in range(32)]
    >>> high_since(days), high_since(days[:30]) is None
    (30, True)
    """
    since, lowest = None, inf
    first = max(LEAST_DAYS - SHIFT_DAYS, len(medians) - PASSING_DAYS)
    for place in range(len(medians) - 1, first - 1, -1):
        lowest = min(lowest, medians[place][1])
        if lowest > _span(medians[:place])[1]:
            since = medians[place][0]
    return since


def _span(medians: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Return the span of the last day medians without the lowest and the highest tenth."""
    low, *_, high = quantiles(
        (median for _, median in medians[-EARLIER_DAYS:]), n=SPAN_SHARES, method="inclusive"
    )
    return low - ALIKE, high + ALIKE


def find_doubt(ledger: Ledger, today: int, at: float) -> Draft | None:
    """Return the doubt that the days before today give reason for, None for no reason.

    That is a change of the level that is suspected, or one that has passed by itself.
    """
    if any(abs(at - entry.at) < SEASON_QUIET_DAYS * DAY_S for entry in ledger.of(Season)):
        return None
    days = ledger.evidence(today, WINDOW_DAYS)
    medians = medians_by_day(days, day_counts(days))
    shift = ledger.shift
    gone = find_return(medians, shift.correction.from_day) if shift else None
    if shift is not None and gone is not None:
        return change_passed(*gone, replaces=shift.id)
    shifts = [
        entry.correction.from_day
        for entry in ledger.changes()
        if entry.correction.cause is not Cause.TOO_MANY_ALERTS
    ]
    first = max([ledger.epoch_day, *shifts])
    found = find_shift([pair for pair in medians if pair[0] >= first])
    return suspect_change(found.from_day, today, Cause.LEVEL_SHIFT) if found else None
