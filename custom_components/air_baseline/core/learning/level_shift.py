"""Whether the level has shifted for good.

A shift is seven days in a row whose medians lie on one side of the span of the room's earlier
days, or five of seven that lie far outside it. Of the tests tried (sums, e-values, Page-Hinkley)
this one suspected the fewest false changes for what it found. A shift that goes back by itself,
as after smoke or a holiday, is withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from statistics import fmean, quantiles

from ..day import DAY_S, WINDOW_DAYS
from ..ledger.correction import change_passed, suspect_change
from ..ledger.day_summary import day_counts
from ..ledger.entries import Cause, Draft
from ..ledger.ledger import Ledger
from .typical_range import medians_by_day

# Valid days, all of them beyond the span. Trial run: with six of seven, changes were suspected
# three times as often and the range held less.
SHIFT_DAYS = 7
FAR_DAYS = 5  # Valid days of seven that are enough if their mean lies far outside, by judgement.
FAR = 0.5  # Widths of the span that count as far outside, by judgement.
EARLIER_DAYS = 60  # Earlier days that make the span, at most, by judgement.
LEAST_DAYS = 28  # Valid days needed in all, by judgement.
SPAN_SHARES = 10  # Parts of equal size; the span leaves out the lowest and highest, by judgement.
ALIKE = 1e-9  # On the scale, by judgement: keeps days that are all alike inside despite rounding.
RETURNED_DAYS = 2  # Days in a row no longer on that side of the span, by judgement.
# Days in a row nearer to the span than to the shifted level (`relearning`, nine days of smoke).
NEARER_DAYS = 5
PASSING_DAYS = 21  # Days. By judgement: a level that stayed longer is the room's own.
SEASON_QUIET_DAYS = 28  # Days without a test after the answer "it is the season", by judgement.


@dataclass(frozen=True, slots=True)
class Shift:
    """A lasting shift: its first day, and whether the level rose (or fell)."""

    from_day: int
    rose: bool


def find_shift(medians: Sequence[tuple[int, float]]) -> Shift | None:
    """Return the shift that the last seven day medians show, None if they show none.

    `medians` are (day, median on the scale) of valid days, oldest first. None with fewer than 28
    days too, which cannot tell a shift from the room's own variation.

    >>> find_shift([(day, 1.0 + day % 3 / 10) for day in range(30)]) is None
    True
    >>> find_shift([(day, 1.0 if day < 30 else 2.0) for day in range(37)])
    Shift(from_day=30, rose=True)
    """
    if len(medians) < LEAST_DAYS:
        return None
    recent = medians[-SHIFT_DAYS:]
    low, high = _span(medians[:-SHIFT_DAYS])
    mean = fmean(median for _, median in recent)
    far = FAR * (high - low)
    above = [day for day, median in recent if median > high]
    below = [day for day, median in recent if median < low]
    if len(above) >= (FAR_DAYS if mean > high + far else SHIFT_DAYS):
        return Shift(above[0], rose=True)
    if len(below) >= (FAR_DAYS if mean < low - far else SHIFT_DAYS):
        return Shift(below[0], rose=False)
    return None


def find_return(medians: Sequence[tuple[int, float]], from_day: int) -> tuple[int, int] | None:
    """Return the first and last day of a shift that has gone back, None if it has not.

    `medians` are (day, median on the scale) of valid days, oldest first; the shift began on
    `from_day`. Air that was high before smoke can be above the span after it too, so it has also
    gone back if it is nearer to the span than to the shifted level for long enough.

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
        shifted = fmean(median for _, median in since[:-days])
        latest = [median for _, median in since[-days:]]
        last = since[-days - 1][0]
        if rose:
            back = max(latest) <= high + nearer * max(shifted - high, 0.0)
        else:
            back = min(latest) >= low - nearer * max(low - shifted, 0.0)
        if back and last - from_day < PASSING_DAYS:
            return from_day, last
    return None


def high_since(medians: Sequence[tuple[int, float]]) -> int | None:
    """Return the first of the latest days in a row above the span of the days before, or None.

    All of them are compared with the span before the first, because high days raise the span.

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
    """Return the span (low, high) of the last 60 day medians without the outer tenths."""
    low, *_, high = quantiles(
        (median for _, median in medians[-EARLIER_DAYS:]), n=SPAN_SHARES, method="inclusive"
    )
    return low - ALIKE, high + ALIKE


def find_doubt(ledger: Ledger, today: int, at: float) -> Draft | None:
    """Return the step that the days before today call for, None if they call for none.

    It suspects a shift of the level, or withdraws one that has gone back by itself. `today` is
    the day of the POSIX time `at`.
    """
    if any(abs(at - made) < SEASON_QUIET_DAYS * DAY_S for made in ledger.effects.seasons):
        return None
    days = ledger.evidence(today, WINDOW_DAYS)
    medians = medians_by_day(days, day_counts(days), ledger.common_parts(today))
    shift = ledger.shift
    passed = find_return(medians, shift.correction.from_day) if shift else None
    if shift is not None and passed is not None:
        return change_passed(*passed, replaces=shift.id)
    shifts = [entry.correction.from_day for entry in ledger.changes()]
    first = max([ledger.epoch_day, *shifts])
    found = find_shift([pair for pair in medians if pair[0] >= first])
    return suspect_change(found.from_day, today, Cause.LEVEL_SHIFT) if found else None
