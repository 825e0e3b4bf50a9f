"""Whether the level seems to have shifted for good: something to ask about, no reason to stop.

A sensor that was moved or replaced reads a multiple of before, so its quiet level and its rises
shift alike. Weather shifts the quiet level and people shift the rises, but seldom both the same
way. Nothing depends on a suspected shift until a person answers. Days of high air that is over,
as after smoke, are excluded without a question.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
import statistics

import numpy as np
from numpy.typing import NDArray

from ..day import WINDOW_DAYS
from ..ledger.correction import change_passed, suspect_shift
from ..ledger.day_summary import day_counts
from ..ledger.histogram import DayCounts
from ..ledger.ledger import Ledger
from ..ledger.seen_parts import parts_of
from .typical_range import Array, medians_by_day, quantiles

# Whether the season explains a shift: its first day, the counts (day, part, cell) of the observed
# days up to now in the compared parts, and whether it is upwards.
type Seasonal = Callable[[int, DayCounts, bool], bool]

# Valid days whose mean is compared with that of all days before them, and the fewest of those.
# High days that stay for longer are the room's own level, and a span needs as many before it.
# Short run: with 18, more false shifts; with 24 or 28, fewer moves noticed.
RECENT_DAYS, EARLIER_DAYS = 21, 21
QUIET = 0.1  # Quantile of the day that is its quiet level. Short run: 0.25 is as good.
RISE = 0.5, 0.9  # Quantiles of a part that its rise lies between. Short run: found most moves.
# Added to each of the two, in smallest rises worth an alert, so that clean air with its rounding
# does not decide. Short run: with less, more false shifts.
FLOORS = np.array([0.5, 1.0])
# Steps (of the logarithm) that both have to make, either way. Short run: the smallest with at
# most one false shift in two room-years, for either pollutant.
STEPS = np.array([0.31, 0.37])
PASSED = 0.5  # Of these steps, by judgement: below half of what was needed, a shift has passed.

SPAN_DAYS = 60  # Earlier days that make the span of medians, at most, by judgement.
SPAN_SHARES = 10  # Parts of equal size; the span leaves out the highest, by judgement.
# High days in a row that are excluded once two days are back. By judgement: fewer do little.
PASSING_DAYS, RETURNED_DAYS = 7, 2
ALIKE = 1e-9  # On the scale, by judgement: keeps days that are all alike inside despite rounding.


def find_shift(days: Sequence[int], levels: Array) -> int | None:
    """Return the first day of the shift that the last 21 days show, None if they show none.

    `levels` (day, 2) are the quiet level and the rises of valid days, oldest first.

    >>> levels = np.array([[1.0, 2.0]] * 40 + [[1.5, 2.5]] * 21)
    >>> find_shift(range(61), levels), find_shift(range(52), levels[:52])
    (40, None)
    """
    first = len(days) - RECENT_DAYS
    if first < EARLIER_DAYS or _size(levels[:first], levels[first:]) < 1.0:
        return None
    total, number = levels.sum(axis=0), len(levels)
    before = levels.cumsum(axis=0)[first - 1 : -1]
    n = np.arange(first, number)[:, None]
    gaps = (total - before) / (number - n) - before / n
    gains = ((gaps / STEPS) ** 2 * n * (number - n)).sum(axis=1)
    return days[first + int(gains.argmax())]


def has_passed(days: Sequence[int], levels: Array, from_day: int) -> bool:
    """Tell whether the last 21 days are nearly as those before a shift that began on a day."""
    first = bisect_left(days, from_day)
    recent = levels[max(first, len(days) - RECENT_DAYS) :]
    return EARLIER_DAYS <= first < len(days) and _size(levels[:first], recent) < PASSED


def reviewed(
    ledger: Ledger, today: int, at: float, effect: float, seasonal: Seasonal | None = None
) -> Ledger:
    """Return the ledger with the shift suspected that the days before today show.

    One that has passed is closed, one that is `seasonal` is not suspected, and high days that are
    over are excluded. `today` is the day of the POSIX time `at`, `effect` the smallest rise worth
    an alert (base unit).
    """
    summaries = ledger.evidence(today, WINDOW_DAYS)
    counts, parts = day_counts(summaries, ledger.days), ledger.common_parts(today)
    medians = medians_by_day(summaries, counts, parts)
    passed = find_passed([pair for pair in medians if pair[0] >= ledger.change_day])
    if passed is not None:
        return ledger.with_correction(at, change_passed(*passed))
    days = [day for day, _ in medians]
    counts = counts[:, parts_of(parts)]
    levels = levels_by_day(counts, effect)
    shift = ledger.shift
    if shift and not shift.moves_range and has_passed(days, levels, shift.correction.from_day):
        return ledger.with_passed(shift, today)
    first = bisect_left(days, max(ledger.change_day, ledger.effects.suspected_day))
    found = find_shift(days[first:], levels[first:])
    if found is None:
        return ledger
    rising = bool(levels[-RECENT_DAYS:, 0].mean() > levels[first:-RECENT_DAYS, 0].mean())
    if seasonal is not None and seasonal(found, counts[counts.any(axis=(1, 2))], rising):
        return ledger
    return ledger.with_correction(at, suspect_shift(found, today))


def levels_by_day(counts: NDArray[np.integer], effect: float) -> Array:
    """Return the quiet level and the rises of each observed day (day, 2), as logarithms.

    A rise is that of a part; the day has their mean, by observed time.
    """
    counts = counts[counts.any(axis=(1, 2))]
    observed = counts.sum(axis=2, dtype=float)
    low, high = (np.expm1(edge) for edge in quantiles(counts, *RISE))
    rises = (observed * (high - low)).sum(axis=1) / observed.sum(axis=1)
    quiet = np.expm1(quantiles(counts.sum(axis=1, dtype=np.int32), QUIET)[0])
    levels: Array = np.log(np.stack([quiet, rises], axis=1) + FLOORS * effect)
    return levels


def find_passed(medians: Sequence[tuple[int, float]]) -> tuple[int, int] | None:
    """Return the first and last of high days that are over since two days, None if there are none.

    >>> days = [(day, 1.0 + day % 3 / 10 + (30 <= day < 39)) for day in range(41)]
    >>> find_passed(days), find_passed(days[:-1])
    ((30, 38), None)
    """
    until, back = medians[:-RETURNED_DAYS], medians[-RETURNED_DAYS:]
    high = high_days(until)
    if not PASSING_DAYS <= len(high) < RECENT_DAYS:
        return None
    over = max(median for _, median in back) <= _span_end(until[: -len(high)])
    return (high[0][0], high[-1][0]) if over else None


def _size(before: Array, since: Array) -> float:
    """Return how many steps two means lie apart, in that of both that is nearer or opposite."""
    steps = (since.mean(axis=0) - before.mean(axis=0)) / STEPS
    return float(max(steps.min(), -steps.max()))


def high_days(medians: Sequence[tuple[int, float]]) -> Sequence[tuple[int, float]]:
    """Return the latest days in a row above the span of the days before, if any.

    All of them are compared with the span before the first, because high days raise the span.

    >>> days = [(day, 1.0 + day % 3 / 10 + (day >= 30)) for day in range(32)]
    >>> high_days(days), high_days(days[:30])
    ([(30, 2.0), (31, 2.1)], ())
    """
    for place in range(max(EARLIER_DAYS, len(medians) - RECENT_DAYS), len(medians)):
        if min(median for _, median in medians[place:]) > _span_end(medians[:place]):
            return medians[place:]
    return ()


def _span_end(medians: Sequence[tuple[int, float]]) -> float:
    """Return the upper end of the span of the last 60 day medians without the highest tenth."""
    known = (median for _, median in medians[-SPAN_DAYS:])
    return statistics.quantiles(known, n=SPAN_SHARES, method="inclusive")[-1] + ALIKE
