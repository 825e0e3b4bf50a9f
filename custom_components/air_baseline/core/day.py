"""Which day and which part of the day a time belongs to, by the wall clock.

Day D runs from D 04:00 to D+1 04:00 local time, which keeps evenings whole. Its eight parts of
three hours start at 04, 07, 10, 13, 16, 19, 22 and 01. When clocks change, a part is shorter or
longer, by up to three hours so far, or has no time at all. A date that a place skipped, to change
its side of the date line, is no day: its last night belongs to the day before.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from itertools import groupby
from math import ceil

SLOT_S = 300  # Seconds in a slot, by judgement; slots are aligned to UTC.
SLOTS_PER_HOUR = 12  # Slots.
HOUR_S = 3600.0  # Seconds.
PARTS = 8  # Parts of a day.
PART_HOURS = 3  # Hours in a part, by judgement.
HOURS = PARTS * PART_HOURS  # Hours of a day.
DAY_START_HOUR = 4  # Wall-clock hour, by judgement the quietest: few episodes are cut in two.
DAY_S = 86_400  # Seconds.
PLAIN_SLOTS = (PART_HOURS * SLOTS_PER_HOUR,) * PARTS  # Slots of each part if no clock changes.
SATURDAY = 5  # As `date.weekday` counts.


def locate(at: float, zone: tzinfo) -> tuple[int, int]:
    """Return the day (proleptic ordinal) and the part (0 to 7) of a POSIX time.

    >>> from datetime import UTC, date
    >>> day, part = locate(1_700_000_000, UTC)  # 2023-11-14 22:13 UTC
    >>> date.fromordinal(day).isoformat(), part
    ('2023-11-14', 6)
    """
    day, hour = locate_hour(at, zone)
    return day, hour // PART_HOURS


def locate_hour(at: float, zone: tzinfo) -> tuple[int, int]:
    """Return the day (proleptic ordinal) and the hour of it (0 to 23, from 04:00) of a POSIX time.

    >>> from datetime import UTC
    >>> locate_hour(1_700_000_000, UTC)[1]  # 22:13 UTC
    18
    """
    local = datetime.fromtimestamp(at, zone)
    hours = local.hour - DAY_START_HOUR
    if hours >= 0:
        return local.toordinal(), hours
    day = local.toordinal() - 1
    if at < day_start(day, zone):  # A date that was skipped.
        day -= 1
    elif at >= day_start(day + 1, zone):  # It was 04:00 already, and clocks went back.
        day += 1
    return day, hours + HOURS


@lru_cache(maxsize=256)  # The channels of a home ask for the same few days in every slot.
def day_start(day: int, zone: tzinfo) -> float:
    """Return the POSIX time at which a day begins: the first 04:00 on its date.

    If clocks skip 04:00, it is the first moment after it, and of a skipped date the next 04:00.
    """
    first = date.fromordinal(day)
    wanted = datetime(first.year, first.month, first.day, DAY_START_HOUR, tzinfo=zone)
    start = wanted.timestamp()
    if datetime.fromtimestamp(start, zone).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return start
    before, after = int(wanted.replace(fold=1).timestamp()), int(start)
    offset = datetime.fromtimestamp(after, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    skipped = datetime.fromtimestamp(after, zone).toordinal() > day
    return day_start(day + 1, zone) if skipped else float(after)


def hour_start(at: float) -> float:
    """Return when the UTC hour of a moment began (both POSIX seconds)."""
    return at // HOUR_S * HOUR_S


@lru_cache(maxsize=64)
def part_slots(day: int, zone: tzinfo) -> tuple[int, ...]:
    """Return the number of slots in each part of a day: 36, or others when clocks change.

    A slot belongs to the part that it begins in. A skipped date has none.

    >>> from zoneinfo import ZoneInfo
    >>> from datetime import date
    >>> part_slots(date(2026, 3, 28).toordinal(), ZoneInfo("Europe/London"))
    (36, 36, 36, 36, 36, 36, 36, 24)
    """
    start, end = day_start(day, zone), day_start(day + 1, zone)
    if end - start == DAY_S:
        return PLAIN_SLOTS
    counts = [0] * PARTS
    for slot in _slots_between(start, end):
        counts[locate(slot * SLOT_S, zone)[1]] += 1
    return tuple(counts)


def part_spans(day: int, zone: tzinfo) -> Sequence[tuple[int, float, float]]:
    """Return (part, start, end) of the parts of a day in order, in POSIX seconds.

    If clocks go back by more than an hour, a part can be there twice, and one that they skip not
    at all.

    >>> from datetime import UTC, date
    >>> part_spans(date(1970, 1, 1).toordinal(), UTC)[:2]
    [(0, 14400.0, 25200.0), (1, 25200.0, 36000.0)]
    """
    start, end = day_start(day, zone), day_start(day + 1, zone)
    located = ((locate(slot * SLOT_S, zone)[1], slot) for slot in _slots_between(start, end))
    runs = [(part, next(run)[1] * SLOT_S) for part, run in groupby(located, lambda pair: pair[0])]
    starts = [start, *(float(first) for _, first in runs[1:]), end]
    return [(part, *starts[place : place + 2]) for place, (part, _) in enumerate(runs)]


def _slots_between(start: float, end: float) -> range:
    """Return the slots (indices) that begin from one POSIX time on and before another."""
    return range(ceil(start / SLOT_S), ceil(end / SLOT_S))


def parts_of_slots(slots: Iterable[int], zone: tzinfo) -> dict[int, list[int]]:
    """Return for each day how many of the slots (indices) fall into each of its parts."""
    counts: dict[int, list[int]] = {}
    for slot in slots:
        day, part = locate(slot * SLOT_S, zone)
        counts.setdefault(day, [0] * PARTS)[part] += 1
    return counts


def same_month(day: int, other: int) -> bool:
    """Tell whether two days (ordinals) are in one month."""
    one, another = date.fromordinal(day), date.fromordinal(other)
    return (one.year, one.month) == (another.year, another.month)


def is_weekend(day: int) -> bool:
    """Tell whether a day starts on a Saturday or a Sunday.

    >>> is_weekend(parse_day("2026-01-03")), is_weekend(parse_day("2026-01-05"))
    (True, False)
    """
    return date.fromordinal(day).weekday() >= SATURDAY


def iso_day(day: int) -> str:
    """Return the date of a day as ISO 8601."""
    return date.fromordinal(day).isoformat()


def part_hours(part: int) -> tuple[int, int]:
    """Return the wall-clock hours at which a part starts and ends.

    >>> part_hours(5), part_hours(7)
    ((19, 22), (1, 4))
    """
    start = (DAY_START_HOUR + part * PART_HOURS) % 24
    return start, (start + PART_HOURS) % 24


def clock_times(parts: int) -> tuple[str, ...]:
    """Return the parts of a mask as wall-clock times, with parts in a row as one.

    >>> clock_times(0b10000001), clock_times(0b1011), clock_times(0)
    (('01:00-07:00',), ('04:00-10:00', '13:00-16:00'), ())
    """
    if parts == (1 << PARTS) - 1:
        return (f"{DAY_START_HOUR:02d}:00-{DAY_START_HOUR:02d}:00",)
    times = []
    for part in range(PARTS):
        if parts >> part & 1 and not parts >> (part - 1) % PARTS & 1:
            last = part
            while parts >> (last + 1) % PARTS & 1:
                last += 1
            times.append(f"{part_hours(part)[0]:02d}:00-{part_hours(last % PARTS)[1]:02d}:00")
    return tuple(times)


@lru_cache(maxsize=256)  # The ledgers of a home hold the same 90 days: parse and keep each once.
def parse_day(text: str) -> int:
    """Return the day of an ISO 8601 date.

    Raises ValueError for text that is not a date.
    """
    return date.fromisoformat(text).toordinal()


# Slots (15 min) of the sustained level. Trial run: with 6, plumes were reported 5 to 10 minutes
# later.
SUSTAINED_SLOTS = 3
LEVEL_SLOTS = 72  # Slots (6 h) of the level that is compared by itself, by judgement.
INSIDE_SLOTS = 6  # Slots (30 min) inside the range that end an episode, by judgement.

# Days kept. By judgement a season: with a half-life of 30 days, older days weigh under 1/8.
WINDOW_DAYS = 90
