"""What a channel costs after 3, 100 and 3,000 corrections, with its budgets.

    python -m benchmarks.cost_corrections

A room gives one correction an hour, as an automation could: of every kind in turn, or only those
that move no range. The last ones are given up to the moment that is measured. Times are processor
times. Exits with 1 if a budget is exceeded.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
import json
from random import Random
from string import ascii_lowercase
import sys
from time import process_time
from types import MappingProxyType
from typing import Final

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import SLOT_S, day_start, locate
from custom_components.air_baseline.core.ledger.correction import (
    episode_normal,
    episode_real,
    exclude_days,
    missed,
    named,
    report_change,
    start_over,
)
from custom_components.air_baseline.core.ledger.entries import Draft, LooksRight
from custom_components.air_baseline.core.ledger.episode import Episode, EpisodeEnd
from custom_components.air_baseline.core.ledger.ledger import UndoError
from custom_components.air_baseline.core.ledger.own_words import MOST_CHARACTERS, MOST_MISSED
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel

from .figures import Figure, show
from .speed import CLOSE_MS, DISK_KB, FIRST, MEMORY_KB, ROOMS, ZONE, Evening, Room, memory_kb

NUMBERS: Final = (3, 100, 3_000)
HOUR: Final = 3_600
WEEK: Final = 7
DAYS: Final = 126  # As many as 3,000 hours take, and one.
CORRECTION_MS: Final = 20.0
# Bytes for each entry, besides what a channel takes otherwise. A correction can be undone for 30
# days, so hundreds are kept: packed, about ten bytes each, and as much for what they do to days.
ENTRY_BYTES: Final = 24
KINDS: Final = (
    "strike",
    "strike of two days",
    "real",
    "normal",
    "looks right",
    "change",
    "reset",
    "undo",
)
STRIKES: Final = ("strike", "strike of two days", "real", "normal")
WORKLOADS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {"corrections": KINDS, "strikes and answers": STRIKES}
)
TRIES: Final = 5  # The fastest counts, because the others were disturbed.
NAMES: Final = 100  # More than are kept.
NAMES_KB: Final = 4.0  # Of names, notes and missed stretches of a channel; specified.
STRUCK_DAYS: Final = 80  # Days back from which one is excluded at random.


def figures() -> Iterator[Figure]:
    """Measure both rooms."""
    for room in ROOMS:
        for number in NUMBERS:
            for workload in WORKLOADS:
                yield from _figures(room, number, workload)


def _figures(room: Room, number: int, workload: str) -> Iterator[Figure]:
    last_week = list[Evening]()
    for day, channel in corrected(room, number, WORKLOADS[workload]):
        if day > FIRST + DAYS - WEEK:
            last_week.append(Evening.of(day, channel))
    evening = channel
    text = _text(evening)
    name = f"{room.pollutant.value}, {number:,} {workload}:"
    closes = [one.close_ms() for one in last_week]
    yield Figure(f"{name} a day's close", closes, "ms", CLOSE_MS)
    yield Figure("  the longest of a week", [max(closes)], "ms", CLOSE_MS)
    day = FIRST + DAYS
    steps = [step_ms(text, day, kind) for kind in KINDS]
    yield Figure(f"{name} one more", steps, "ms", CORRECTION_MS)
    yield Figure("  the slowest kind", [max(steps)], "ms", CORRECTION_MS)
    yield Figure(f"{name} disk", [len(text) / 1024.0], "KB", DISK_KB)
    if number == NUMBERS[-1]:
        most = len(_text(_told(text, day))) / 1024.0
        yield Figure("  with all names and missed stretches", [most], "KB", DISK_KB + NAMES_KB)
    most_kb = MEMORY_KB + len(evening.ledger.entries) * ENTRY_BYTES / 1024.0
    yield Figure(f"{name} memory", [memory_kb(evening)], "KB", most_kb)
    yield Figure("  entries", [len(evening.ledger.entries)], "")


def _text(channel: Channel) -> str:
    """Return a channel as it is on the disk."""
    return json.dumps(dump_channel(channel), separators=(",", ":"))


def _told(text: str, day: int) -> Channel:
    """Return a channel whose owner has also said all that is kept of names and missed stretches."""
    channel, chance = load_channel(json.loads(text), ZONE, MONTH_DAYS), Random(day)  # noqa: S311 - repeatable
    at = day_start(day, ZONE) - 1.0
    for number in range(MOST_MISSED):
        since = int(at) - (number + 2) * 6 * HOUR
        channel.correct(at, missed(since, since + HOUR, ZONE))
    for number in range(NAMES):
        name = "".join(chance.choice(ascii_lowercase) for _ in range(MOST_CHARACTERS))
        channel.correct(at, named(int(at) - number * HOUR, name))
    return channel


def corrected(room: Room, number: int, kinds: Sequence[str]) -> Iterator[tuple[int, Channel]]:
    """Yield a channel on the evening of each day; in the last hours, it gets a correction each."""
    channel, chance, done = room.channel(), Random(number), 0  # noqa: S311 - repeatable
    start = day_start(FIRST + DAYS, ZONE) - HOUR * (number + 1)
    for day in range(FIRST, FIRST + DAYS):
        for at, level in room.readings(day, SLOT_S):
            channel.read(at, level)
            if at >= start + HOUR * done and done < number:
                # A real clock has fractions of a second.
                correct(channel, at + round(chance.random(), 6), kinds[done % len(kinds)], chance)
                done += 1
        channel.take_events()
        yield day, channel


def correct(channel: Channel, at: float, kind: str, chance: Random) -> None:
    """Give one correction of a kind."""
    today = locate(at, ZONE)[0]
    day, either = today - chance.randrange(STRUCK_DAYS), chance.choice([True, False])
    running = an_episode(today, chance)
    match kind:
        case "strike":
            channel.correct(at, exclude_days([day]))
        case "strike of two days":
            channel.correct(at, exclude_days([day, day + 1]))
        case "real":
            channel.ledger = channel.ledger.with_episode(running)
            channel.correct(at, episode_real(running, at, ZONE))
        case "normal":
            channel.ledger = channel.ledger.with_episode(running)
            channel.correct(at, episode_normal(running, at, ZONE))
        case "looks right":
            channel.correct(at, Draft((LooksRight(),)))
        case "change":
            channel.correct(at, report_change(day, today, similar=either))
        case "reset" if either:
            channel.correct(at, start_over(today - STRUCK_DAYS))
        case _:
            with suppress(UndoError):
                channel.undo(at)


def an_episode(day: int, chance: Random) -> Episode:
    """Return the last episode: there is one a week, in the first hours of a day."""
    day -= day % WEEK
    start = int(day_start(day, ZONE))
    return Episode(
        id=start + HOUR,
        day=day,
        part=chance.randrange(8),
        opened_level=90.0,
        alert_level=50.0,
        high=30.0,
        beaten=30,
        compared=34,
        peak=round(100 + 50 * chance.random(), 1),
        end=float(start + 3 * HOUR),
        outcome=EpisodeEnd.RECOVERED,
    )


def step_ms(text: str, day: int, kind: str) -> float:
    """Return the time of one correction of a kind on the evening of a channel's last day."""
    tries = []
    for _ in range(TRIES):
        channel = load_channel(json.loads(text), ZONE, MONTH_DAYS)
        at = day_start(day, ZONE) - SLOT_S
        channel.ledger.evidence(0, 0)  # The first use after a start reads the days.
        chance = Random(1)  # noqa: S311 - repeatable
        start = process_time()
        correct(channel, at, kind, chance)
        tries.append(1e3 * (process_time() - start))
    return min(tries)


if __name__ == "__main__":
    sys.exit(show({"corrections": figures()}))
