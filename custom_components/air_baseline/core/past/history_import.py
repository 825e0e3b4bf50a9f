"""From the means that a recorder kept to days that can be replayed.

A recorder keeps five-minute means for some days and hourly means for good. An hourly mean hides
peaks, so a day is made from five-minute means if they cover enough of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import pairwise, zip_longest
from math import isfinite
from statistics import median
from typing import NamedTuple

from ..day import HOUR_S, SLOT_S, WINDOW_DAYS, day_start, locate, locate_hour, part_slots
from ..ledger.day_summary import DayOrigin
from ..ledger.histogram import VALID_DAY
from ..pollutant import REFUSED_FROM, PollutantSpec, cell_index
from ..reading.binning import Bin, Binner, Reading, Unproven, smaller_step
from ..reading.sensor_health import OFF_S, SensorHealth, flat_limit_s

# Slots that an hourly mean can count more where a source goes on and off: two begun hours, which
# follow from one time of day at which it is off. By judgement.
BEGUN_SLOTS = 24

# Slots in a row of one hour with the same value: the hour, the first slot, the value (base unit),
# the number of slots, and whether their source was quiet (see `Bin`). One `Bin` a slot would keep
# Python's garbage collector busy for long.
type SlotRun = tuple[int, int, float, int, bool]


class Row(NamedTuple):
    """A mean that starts at a POSIX time, and the lowest reading in it (base unit).

    `low` is a value as the sensor sent it (None: not kept), which a mean hardly ever is. `quiet`
    is that of the bin (see `Bin`), False for a mean of statistics, which know no silence.
    """

    start: float
    mean: float
    low: float | None = None
    quiet: bool = False


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
        return sum(number for *_, number, _ in self.slot_runs)

    def covers(self, slots: int) -> bool:
        """Tell whether enough of the day's slots are known to make it evidence."""
        return self.observed >= VALID_DAY * slots


@dataclass(frozen=True, slots=True)
class PastDays:
    """The days of the past by their ordinal.

    `ignored` counts the rows that are of the future, older than what is kept, or beyond the
    plausible span. `step` is the smallest step seen of the sensor (base unit; None: not known).
    `today` is the day that is not over yet.
    `since` and `until` are when the first row starts and the last one ends (None: no row).
    """

    days: dict[int, PastDay] = field(default_factory=dict)
    ignored: int = 0
    step: float | None = None
    since: float | None = None
    until: float | None = None
    today: PastDay | None = None


def oldest_start(now: float, zone: tzinfo) -> float:
    """Return the POSIX time before which rows are of no use at a POSIX time."""
    return day_start(locate(now, zone)[0] - WINDOW_DAYS, zone)


def past_days(past: Past, spec: PollutantSpec, zone: tzinfo, now: float) -> PastDays:
    """Return the days of the past before the day of the POSIX time `now`."""
    since, today = oldest_start(now, zone), locate(now, zone)[0]
    five_minute = usable_rows(past.five_minute, spec, since, now - SLOT_S)
    hourly = usable_rows(past.hourly, spec, since, now - HOUR_S)
    days = days_of_rows(hourly, DayOrigin.HOURLY, spec, zone)
    for day, replayed in days_of_rows(five_minute, DayOrigin.REPLAYED, spec, zone).items():
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
        today=days.get(today),
    )


def means(readings: Iterable[Reading], until: float, binner: Binner) -> list[Row]:
    """Return the five-minute means of readings, oldest first, as a new channel would count them.

    Time passes to the POSIX time `until`.

    >>> air = Reading(0.0, 4.0), Reading(150.0, 8.0), Reading(300.0, None)
    >>> means(air, 600.0, Binner())
    [Row(start=0.0, mean=6.0, low=4.0, quiet=False)]
    """
    rows: list[Row] = []
    low: float | None = None
    for reading in readings:
        for bin_ in binner.take(reading):
            rows.append(_row(bin_, low))
            low = None
        _remove(binner.take_unproven(), rows)
        if reading.value is not None:
            low = reading.value if low is None else min(low, reading.value)
    rows += [_row(bin_, low) for bin_ in binner.advance(until)]
    _remove(binner.take_unproven(), rows)
    return rows


def new_binner(spec: PollutantSpec) -> Binner:
    """Return a binner that holds values as that of a channel does."""
    return Binner(SensorHealth(spec).longest_hold_s)


def _row(bin_: Bin, low: float | None) -> Row:
    return Row(bin_.start, bin_.value, bin_.value if low is None else low, bin_.quiet)


def _remove(unproven: Unproven | None, rows: list[Row]) -> None:
    """Remove the newest rows, in place, if they held a value that proved to be no air."""
    if unproven is None:
        return
    first, cell = unproven.since // SLOT_S * SLOT_S, cell_index(unproven.value)
    while rows and rows[-1].start >= first and cell_index(rows[-1].mean) == cell:
        rows.pop()


def usable_rows(rows: Sequence[Row], spec: PollutantSpec, since: float, until: float) -> list[Row]:
    """Return the plausible rows between two POSIX times, oldest first, without duplicates.

    There are none if their median lies above the span: the source has another unit than it says.
    """
    usable = {
        row.start: row
        for row in rows
        if since <= row.start <= until
        and isfinite(row.mean)
        and 0.0 <= row.mean <= REFUSED_FROM * spec.highest
    }
    if usable and not spec.plausible(median(row.mean for row in usable.values())):
        return []
    return [usable[start] for start in sorted(usable)]


def _step(rows: Sequence[Row]) -> float | None:
    """Return the step of the sensor as `Binner` learns it from live readings (base unit)."""
    step: float | None = None
    for before, after in pairwise(row.low for row in rows if row.low is not None):
        step = smaller_step(step, after - before)
    return step


def days_of_rows(
    rows: Sequence[Row], origin: DayOrigin, spec: PollutantSpec, zone: tzinfo
) -> dict[int, PastDay]:
    """Return the days that usable rows, oldest first, give by their ordinals.

    What a sensor that is stuck repeats is left out.
    """
    length_s = HOUR_S if origin is DayOrigin.HOURLY else SLOT_S
    placed: dict[int, list[SlotRun]] = {}
    ended: dict[int, int] = {}
    longest_h = 0
    runs = _runs(rows, length_s)
    for run, following in zip_longest(runs, runs[1:]):
        until = run[-1].start + length_s
        if until - run[0].start <= flat_limit_s(run[0].mean, longest_h, spec):
            _place(run, length_s, zone, spec.highest, placed)
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
    run: Sequence[Row],
    length_s: float,
    zone: tzinfo,
    highest: float,
    placed: dict[int, list[SlotRun]],
) -> None:
    """Add the slots of a run of rows to `placed`, by day, in place.

    A mean beyond the end of the span (`highest`, base unit) counts as the end.
    """
    for row in run:
        level = min(row.mean, highest)
        first, number = int(row.start // SLOT_S), int(length_s // SLOT_S)
        place, last = (locate_hour((first + after) * SLOT_S, zone) for after in (0, number - 1))
        if place == last:
            placed.setdefault(place[0], []).append((place[1], first, level, number, row.quiet))
            continue
        for slot in range(first, first + number):
            day, hour = locate_hour(slot * SLOT_S, zone)
            placed.setdefault(day, []).append((hour, slot, level, 1, row.quiet))
