"""From the means that a recorder kept to days that can be replayed.

A recorder keeps five-minute means for some days and hourly means for good. An hourly mean hides
peaks, so a day is made from five-minute means if they cover enough of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import pairwise, zip_longest
from math import isfinite
from typing import NamedTuple

from ..day import HOUR_S, SLOT_S, WINDOW_DAYS, day_start, locate, part_slots
from ..ledger.day_summary import DayOrigin
from ..ledger.histogram import VALID_DAY
from ..pollutant import PollutantSpec
from ..reading.binning import Binner, smaller_step
from ..reading.sensor_health import OFF_S, flat_limit_s

# Slots that an hourly mean can count more where a source goes on and off: two begun hours, which
# follow from one time of day at which it is off. By judgement.
BEGUN_SLOTS = 24

# Slots in a row of one part with the same value: the part, the first slot, the value (base unit)
# and the number of slots. One `Bin` a slot would keep Python's garbage collector busy for long.
type SlotRun = tuple[int, int, float, int]


class Row(NamedTuple):
    """A mean that starts at a POSIX time, and the lowest reading in it (base unit).

    `low` is a value as the sensor sent it (None: not kept), which a mean hardly ever is.
    """

    start: float
    mean: float
    low: float | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What a recorder kept of a source: five-minute means and hourly means, in any order."""

    five_minute: Sequence[Row] = ()
    hourly: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class PastDay:
    """A day of the past: the values of its slots, oldest first.

    `longest_run_h` is the longest run of one value that ended in it, in hours.
    """

    day: int
    origin: DayOrigin
    slot_runs: tuple[SlotRun, ...]
    longest_run_h: int = 0

    @property
    def observed(self) -> int:
        """Return the number of known slots."""
        return sum(number for *_, number in self.slot_runs)

    def covers(self, slots: int) -> bool:
        """Tell whether enough of the day's slots are known to make it evidence."""
        return self.observed >= VALID_DAY * slots


@dataclass(frozen=True, slots=True)
class PastDays:
    """The days of the past by their ordinal.

    `ignored` counts the rows that are of the future, older than what is kept, or beyond the
    plausible span. `step` is the smallest step seen of the sensor (base unit; None: not known).
    `since` and `until` are when the first row starts and the last one ends (None: no row).
    """

    days: dict[int, PastDay] = field(default_factory=dict)
    ignored: int = 0
    step: float | None = None
    since: float | None = None
    until: float | None = None


def oldest_start(now: float, zone: tzinfo) -> float:
    """Return the POSIX time before which rows are of no use at a POSIX time."""
    return day_start(locate(now, zone)[0] - WINDOW_DAYS, zone)


def past_days(past: Past, spec: PollutantSpec, zone: tzinfo, now: float) -> PastDays:
    """Return the days of the past before the day of the POSIX time `now`."""
    since, today = oldest_start(now, zone), locate(now, zone)[0]
    five_minute = _usable(past.five_minute, spec, since, now - SLOT_S)
    hourly = _usable(past.hourly, spec, since, now - HOUR_S)
    days = _days(hourly, DayOrigin.HOURLY, spec, zone)
    for day, replayed in _days(five_minute, DayOrigin.REPLAYED, spec, zone).items():
        other, slots = days.get(day), sum(part_slots(day, zone))
        # A source that is off for part of the day may cover no day, and its means are not worse.
        if (
            other is None
            or replayed.covers(slots)
            or replayed.observed + BEGUN_SLOTS >= other.observed
        ):
            days[day] = replayed
    used = [*five_minute, *hourly]
    return PastDays(
        days={day: days[day] for day in sorted(days) if day < today},
        ignored=len(past.five_minute) + len(past.hourly) - len(used),
        step=_step(five_minute or hourly),
        since=min((row.start for row in used), default=None),
        until=max(
            [row.start + SLOT_S for row in five_minute] + [row.start + HOUR_S for row in hourly],
            default=None,
        ),
    )


def means(readings: Iterable[tuple[float, float | None]], until: float) -> list[Row]:
    """Return the five-minute means of readings (POSIX seconds, base unit), oldest first.

    A value of None ends the hold of the one before, as `unavailable` does. Time passes to the
    POSIX time `until`.

    >>> means([(0.0, 4.0), (150.0, 8.0), (300.0, None)], 600.0)
    [Row(start=0.0, mean=6.0, low=4.0)]
    """
    binner, rows = Binner(), list[Row]()
    low: float | None = None
    for at, concentration in readings:
        for bin_ in binner.lose(at) if concentration is None else binner.read(at, concentration):
            rows.append(Row(bin_.start, bin_.value, bin_.value if low is None else low))
            low = None
        if concentration is not None:
            low = concentration if low is None else min(low, concentration)
    rows += [Row(bin_.start, bin_.value, low) for bin_ in binner.advance(until)]
    return rows


def _usable(rows: Sequence[Row], spec: PollutantSpec, since: float, until: float) -> list[Row]:
    """Return the plausible rows between two POSIX times, oldest first, without duplicates."""
    usable = {
        row.start: row
        for row in rows
        if since <= row.start <= until and isfinite(row.mean) and spec.plausible(row.mean)
    }
    return [usable[start] for start in sorted(usable)]


def _step(rows: Sequence[Row]) -> float | None:
    """Return the step of the sensor as `Binner` learns it from live readings (base unit)."""
    step: float | None = None
    for before, after in pairwise(row.low for row in rows if row.low is not None):
        step = smaller_step(step, after - before)
    return step


def _days(
    rows: Sequence[Row], origin: DayOrigin, spec: PollutantSpec, zone: tzinfo
) -> dict[int, PastDay]:
    length_s = HOUR_S if origin is DayOrigin.HOURLY else SLOT_S
    placed: dict[int, list[SlotRun]] = {}
    ended: dict[int, int] = {}
    longest_h = 0
    runs = _runs(rows, length_s)
    for run, following in zip_longest(runs, runs[1:]):
        until = run[-1].start + length_s
        if until - run[0].start <= flat_limit_s(run[0].mean, longest_h, spec):
            _place(run, length_s, zone, placed)
        if following is None:
            break
        next_start = following[0].start
        # As with live readings, a run lasts until the next value, unless the source was off.
        until = next_start if next_start - until <= OFF_S else run[-1].start
        run_h, day = int((until - run[0].start) // HOUR_S), locate(next_start, zone)[0]
        ended[day] = max(ended.get(day, 0), run_h)
        longest_h = max(longest_h, run_h)
    return {
        day: PastDay(day, origin, tuple(runs), ended.get(day, 0)) for day, runs in placed.items()
    }


def _runs(rows: Sequence[Row], length_s: float) -> list[list[Row]]:
    """Return the rows in runs of one value; a run also ends where the source was off."""
    runs: list[list[Row]] = []
    for row in rows:
        last = runs[-1][-1] if runs else None
        if last is None or row.mean != last.mean or row.start - last.start - length_s > OFF_S:
            runs.append([])
        runs[-1].append(row)
    return runs


def _place(
    run: Sequence[Row], length_s: float, zone: tzinfo, placed: dict[int, list[SlotRun]]
) -> None:
    """Add the slots of a run of rows to `placed`, by day, in place."""
    for row in run:
        first, number = int(row.start // SLOT_S), int(length_s // SLOT_S)
        place, last = (locate((first + after) * SLOT_S, zone) for after in (0, number - 1))
        if place == last:
            placed.setdefault(place[0], []).append((place[1], first, row.mean, number))
            continue
        for slot in range(first, first + number):
            day, part = locate(slot * SLOT_S, zone)
            placed.setdefault(day, []).append((part, slot, row.mean, 1))
