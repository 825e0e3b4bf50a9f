"""What a year of a room costs: two years of weeks of the rooms of `speed`, day by day.

    python -m benchmarks.cost year

The two rooms read for two years and 90 days, so that their years are full. A home writes the
file of its years and the good copy of it once a week.
"""

from collections.abc import Callable, Iterator, Sequence
import gc
import json
from time import process_time
import tracemalloc
from typing import Final

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import day_start
from custom_components.air_baseline.core.learning.last_year import months_seen, same_weeks
from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.storage.year import dump_year, load_year
from custom_components.air_baseline.core.year.packing import forget
from custom_components.air_baseline.core.year.year import Year

from .figures import Figure
from .speed import (
    CLOSE_MS,
    FIRST,
    FULL_DAYS,
    MEMORY_KB,
    ROOMS,
    TRIES,
    ZONE,
    Evening,
    Room,
    live,
    memory_kb,
)

YEAR_DAYS: Final = 2 * 365
MEMORY_OF_YEAR_KB, DISK_OF_YEAR_KB = 24.0, 24.0
HOME_ROOMS, HOME_MB_A_DAY = 10, 3.0  # Of two channels each; the budget is that of all files.
WEEK_DAYS: Final = 7
CLOSED_DAYS: Final = 4 * WEEK_DAYS


def figures() -> Iterator[Figure]:
    """Measure both rooms, and what a home of ten rooms writes."""
    sizes = []
    for room in ROOMS:
        channel = room.channel()
        last = FIRST + YEAR_DAYS + FULL_DAYS
        live(channel, room, range(FIRST, last))
        yield from _of_year(room, channel.year, last)
        all_kb = memory_kb(channel) + _memory_kb(channel.year)
        most_kb = MEMORY_KB + MEMORY_OF_YEAR_KB
        yield Figure(f"{room.pollutant.value}: memory with the year", [all_kb], "KB", most_kb)
        sizes.append(_disk_kb(channel.year))
        yield from _closes(room, channel, last)
    week_mb = HOME_ROOMS * 2 * sum(sizes) * 1024.0 / 1e6
    yield Figure(f"{HOME_ROOMS} rooms: both files, written once a week", [week_mb], "MB")
    day_mb = week_mb / WEEK_DAYS
    yield Figure(f"{HOME_ROOMS} rooms: the same by day", [day_mb], "MB", HOME_MB_A_DAY)


def _of_year(room: Room, year: Year, today: int) -> Iterator[Figure]:
    name = f"{room.pollutant.value}: the year"
    days = [(summary, 255) for summary in _days(room, today)]
    yield Figure(f"{name}, weeks", [float(len(year.all_weeks))], "")
    yield Figure(f"{name}, memory", [_memory_kb(year)], "KB", MEMORY_OF_YEAR_KB)
    yield Figure(f"{name}, disk", [_disk_kb(year)], "KB", DISK_OF_YEAR_KB)
    yield Figure(f"{name}, a week joins", _ms(lambda: year.with_days(days)), "ms", CLOSE_MS)
    yield Figure(f"{name}, read from disk", _ms(lambda: load_year(dump_year(year))), "ms")
    yield Figure(f"{name}, the same weeks", _ms(lambda: same_weeks(year, today)), "ms")
    yield Figure(f"{name}, its months", _ms(lambda: months_seen(year, Ledger())), "ms")


def _closes(room: Room, channel: Channel, first: int) -> Iterator[Figure]:
    """Measure whole closes of days: those with which a week joins, and the others."""
    joins, others = list[float](), list[float]()
    for day in range(first, first + CLOSED_DAYS):
        live(channel, room, range(day, day + 1))
        evening = Evening.of(day, channel)
        channel.advance(day_start(day + 1, ZONE))
        joined = channel.year.packed != evening.year.packed
        (joins if joined else others).append(evening.close_ms())
    name = f"{room.pollutant.value}: a day's close"
    yield Figure(f"{name} with a week that joins", joins, "ms", CLOSE_MS)
    yield Figure(f"{name} on other days", others, "ms", CLOSE_MS)


def _days(room: Room, first: int) -> Sequence[DaySummary]:
    """Return a week of days."""
    channel = room.channel()
    live(channel, room, range(first, first + WEEK_DAYS + 1))
    return channel.ledger.days


def _ms(act: Callable[[], object]) -> list[float]:
    """Return the times of an act that has to unpack the weeks."""
    found = []
    for _ in range(TRIES):
        forget()
        start = process_time()
        act()
        found.append(1e3 * (process_time() - start))
    return found


def _memory_kb(year: Year) -> float:
    """Return what a year takes in memory after a restart."""
    text = json.dumps(dump_year(year))
    forget()
    gc.collect()
    tracemalloc.start()
    restored = load_year(json.loads(text))
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del restored
    return size / 1024.0


def _disk_kb(year: Year) -> float:
    return len(json.dumps(dump_year(year), separators=(",", ":")).encode()) / 1024.0
