"""Days of before the ledger, from the hourly means that a recorder keeps for good.

An hourly mean hides peaks, so these days have none. They say how the air was in other seasons and
nothing else: no range was issued on them, and no alert was possible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from math import isfinite, log

import numpy as np

from ..codes import YearGap
from ..day import HOUR_S, PART_HOURS, day_start, locate, part_slots
from ..ledger.day_summary import DayOrigin, DaySummary, pack_record
from ..ledger.histogram import no_counts
from ..ledger.histogram_text import MOST_SLOTS, encode_counts
from ..ledger.hour_peaks import NO_PEAKS
from ..pollutant import PollutantSpec, cell_index
from .history_import import PastDay, Row, days_of_rows, usable_rows

# Days compared with as many days before them, by judgement: a fortnight has all days of the week
# twice. With fewer than half of them, nothing is compared.
COMPARED_DAYS, LEAST_COMPARED = 14, 7
# Times by which levels differ before and after another unit, by judgement: units differ by 1000,
# and no season makes the air of a room 50 times as dusty.
OTHER_UNIT = 50.0
HIGH_HOURS = 0.9  # Quantile of a day's hours that shows its unit, by judgement: many hours are 0.


@dataclass(frozen=True, slots=True)
class EarlierDays:
    """The days of before the ledger, oldest first, and why there are no earlier ones, if known."""

    days: tuple[DaySummary, ...] = ()
    gap: YearGap | None = None


def earlier_days(
    rows: Sequence[Row], spec: PollutantSpec, zone: tzinfo, first: int, before: int
) -> EarlierDays:
    """Return what hourly means say of the days from `first` on and before another day.

    Levels that change to those of another unit end them: what lies before is not used.
    """
    since, until = day_start(first, zone), day_start(before, zone)
    known = {
        row.start: row
        for row in rows
        if since <= row.start <= until - HOUR_S and isfinite(row.mean) and row.mean >= 0.0
    }
    if not known:
        return EarlierDays(gap=YearGap.NOT_KEPT)
    ordered = [known[start] for start in sorted(known)]
    began = _unit_since(ordered, zone)
    gap = None if began is None else YearGap.UNIT_CHANGED
    since = since if began is None else day_start(began, zone)
    usable = usable_rows(ordered, spec, since, until)
    placed = days_of_rows(usable, DayOrigin.HOURLY, spec, zone)
    days = [placed[day] for day in sorted(placed) if first <= day < before]
    if not days:
        return EarlierDays(gap=gap or YearGap.IMPLAUSIBLE)
    return EarlierDays(tuple(_summary(day, zone) for day in days), gap)


def _unit_since(rows: Sequence[Row], zone: tzinfo) -> int | None:
    """Return the day on which the present unit began, None if it is that of all rows.

    Days whose levels are all 0 say nothing of their unit.
    """
    levels: dict[int, list[float]] = {}
    for row in rows:
        levels.setdefault(locate(row.start, zone)[0], []).append(row.mean)
    highs = {day: float(np.quantile(means, HIGH_HOURS)) for day, means in levels.items()}
    days = [day for day, high in highs.items() if high > 0.0]
    logs = np.log([highs[day] for day in days])
    steps = []
    for place in range(LEAST_COMPARED, len(days) - LEAST_COMPARED + 1):
        before = logs[max(place - COMPARED_DAYS, 0) : place].mean()
        steps.append(abs(float(logs[place : place + COMPARED_DAYS].mean() - before)))
    jumps = [place for place, step in enumerate(steps) if step >= log(OTHER_UNIT)]
    if not jumps:
        return None
    around = range(max(jumps[-1] - COMPARED_DAYS, 0), jumps[-1] + 1)
    return days[LEAST_COMPARED + max(around, key=steps.__getitem__)]


def _summary(past: PastDay, zone: tzinfo) -> DaySummary:
    counts = no_counts()
    for hour, _, value, number, _ in past.slot_runs:
        part, cell = counts[hour // PART_HOURS], cell_index(value)
        part[cell] = min(part[cell] + number, MOST_SLOTS)
    return DaySummary(
        day=past.day,
        origin=DayOrigin.HOURLY,
        slots=part_slots(past.day, zone),
        record=pack_record(encode_counts(counts), NO_PEAKS),
        longest_run_h=past.longest_run_h,
    )
