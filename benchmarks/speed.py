"""What the core costs in time, memory and disk, with its budgets.

    python -m benchmarks.speed

It runs two seeded rooms: one of PM2.5, and one of VOC whose levels spread more than in any
public recording tried, because such days take the most space. Times are processor times. Exits
with 1 if a budget is exceeded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import gc
import json
from math import exp, log1p, sqrt
import sys
from time import process_time
import tracemalloc
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import DAY_S, SLOT_S, day_start, parse_day
from custom_components.air_baseline.core.ledger.day_summary import day_counts
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from custom_components.air_baseline.core.year.packing import forget
from custom_components.air_baseline.core.year.year import Year

from .figures import Figure, show

ZONE: Final = ZoneInfo("Europe/London")
FIRST: Final = parse_day("2026-01-05")
LEARNED_DAYS: Final = 40
TIMED_DAYS: Final = 7
READING_S: Final = 10
FULL_DAYS: Final = 90
CLOSED_DAYS: Final = 30
CLOSE_MS, MEMORY_KB, DISK_KB = 5.0, 60.0, 44.0
TRIES: Final = 5  # The fastest counts, because the others were disturbed.
MEMORY_H: Final = 2.0  # A room's air resembles itself for this long.


@dataclass(frozen=True, slots=True)
class Room:
    """One source: its median, and the spread of its levels on the scale y = ln(1 + x)."""

    pollutant: Pollutant
    usual: float
    spread: float

    def channel(self) -> Channel:
        """Return a channel that knows nothing yet."""
        return Channel(POLLUTANTS[self.pollutant], ZONE)

    def readings(self, day: int, every_s: int) -> Iterator[tuple[float, float]]:
        """Yield the readings of one day."""
        chance = np.random.default_rng([day, every_s])
        keep = exp(-every_s / 3600.0 / MEMORY_H)
        y, fresh = chance.normal(), sqrt(1.0 - keep * keep)
        start = day_start(day, ZONE)
        for index, noise in enumerate(chance.normal(size=DAY_S // every_s)):
            y = keep * y + fresh * noise
            level = np.expm1(max(log1p(self.usual) + self.spread * y, 0.0))
            yield start + index * every_s, float(np.round(level))


ROOMS: Final = (Room(Pollutant.PM25, 6.0, 0.5), Room(Pollutant.VOC_RATIO, 150.0, 0.9))


def live(channel: Channel, room: Room, days: range, every_s: int = SLOT_S) -> None:
    """Let a channel read some days."""
    for day in days:
        for at, level in room.readings(day, every_s):
            channel.read(at, level)
        channel.take_events()


def readings_us(room: Room) -> list[float]:
    """Return the mean time of one reading in each of some learned weeks, with day closes."""
    channel = room.channel()
    live(channel, room, range(FIRST, FIRST + LEARNED_DAYS))
    return [
        _week_us(channel, room, FIRST + LEARNED_DAYS + TIMED_DAYS * week) for week in range(TRIES)
    ]


def _week_us(channel: Channel, room: Room, first: int) -> float:
    days = range(first, first + TIMED_DAYS)
    readings = [pair for day in days for pair in room.readings(day, READING_S)]
    start = process_time()
    for at, level in readings:
        channel.read(at, level)
    took = process_time() - start
    if channel.state(readings[-1][0]) is not LearningState.LEARNED:
        raise RuntimeError(f"{room.pollutant}: the week was not a learned one")
    return 1e6 * took / len(readings)


@dataclass(frozen=True, slots=True)
class Evening:
    """A channel late on a day, as it is on the disk."""

    day: int
    text: str
    year: Year

    @classmethod
    def of(cls, day: int, channel: Channel) -> Evening:
        """Return a channel's evening."""
        return cls(day, json.dumps(dump_channel(channel)), channel.year)

    def channel(self, *, running: bool = True) -> Channel:
        """Return the channel, ready to close the day: as it runs, or as it is after a start.

        Others have closed theirs meanwhile, so what is kept for all channels is of others.
        """
        channel = load_channel(json.loads(self.text), ZONE, MONTH_DAYS)
        channel.year = self.year
        if running:
            channel.ledger.evidence(0, 0)  # The first use after a start reads the days.
        forget()
        day_counts(())
        return channel

    def close_ms(self, *, running: bool = True) -> float:
        """Return the time that it takes to step into the next day: the fastest of some tries."""
        at, tries = day_start(self.day + 1, ZONE), []
        for _ in range(TRIES):
            channel = self.channel(running=running)
            start = process_time()
            channel.advance(at)
            tries.append(1e3 * (process_time() - start))
        return min(tries)


def evenings(room: Room, channel: Channel) -> list[Evening]:
    """Return the evenings of a month with a full ledger."""
    found = []
    for day in range(FIRST + FULL_DAYS, FIRST + FULL_DAYS + CLOSED_DAYS):
        live(channel, room, range(day, day + 1))
        found.append(Evening.of(day, channel))
        channel.advance(day_start(day + 1, ZONE))
    return found


def memory_kb(channel: Channel) -> float:
    """Return what a channel takes in memory after a restart, once its days have been read.

    What the program keeps once for all channels is not counted.
    """
    text = json.dumps(dump_channel(channel))
    load_channel(json.loads(text), ZONE, MONTH_DAYS)
    gc.collect()
    tracemalloc.start()
    restored = load_channel(json.loads(text), ZONE, MONTH_DAYS)
    restored.ledger.evidence(0, 0)
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del restored
    return size / 1024.0


def disk_kb(channel: Channel) -> float:
    """Return what a channel takes on disk."""
    return len(json.dumps(dump_channel(channel), separators=(",", ":")).encode()) / 1024.0


def figures(room: Room) -> Iterator[Figure]:
    """Measure one room."""
    name = room.pollutant.value
    yield Figure(f"{name}: a reading, means of weeks", readings_us(room), "μs", 10.0)
    channel = room.channel()
    live(channel, room, range(FIRST, FIRST + FULL_DAYS))
    month = evenings(room, channel)
    closes = [evening.close_ms() for evening in month]
    yield Figure(f"{name}: a day's close, {CLOSED_DAYS} days", closes, "ms", CLOSE_MS)
    yield Figure(f"{name}: a day's close, the longest", [max(closes)], "ms", CLOSE_MS)
    first = [evening.close_ms(running=False) for evening in month]
    yield Figure(f"{name}: the first close after a start", first, "ms", CLOSE_MS)
    yield Figure(f"{name}: memory, {FULL_DAYS} days", [memory_kb(channel)], "KB", MEMORY_KB)
    yield Figure(f"{name}: disk, {FULL_DAYS} days", [disk_kb(channel)], "KB", DISK_KB)


def all_figures() -> Iterator[Figure]:
    """Measure all rooms."""
    for room in ROOMS:
        yield from figures(room)


def main() -> int:
    """Print the table; return the exit status."""
    return show({"core": all_figures()})


if __name__ == "__main__":
    sys.exit(main())
