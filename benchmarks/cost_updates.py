"""What an update of a source costs, end to end, compared with Home Assistant's own helpers.

Every helper has a source of its own. All sources report the same values in turn, in blocks, so
that whatever disturbs the machine disturbs all of them. Two costs are subtracted: that of a
report that nobody listens to, and the time Python spends on collecting the garbage of the whole
Home Assistant, which hits anyone. Reports are ten seconds apart, so a run passes the end of a day.
"""

import asyncio
from collections.abc import Iterator
from statistics import fmean
from time import perf_counter, process_time, thread_time
from typing import Final
from unittest.mock import patch

from homeassistant.core import HomeAssistant

from custom_components import air_baseline
from custom_components.air_baseline.clock import TICK_SECOND
from custom_components.air_baseline.core.day import DAY_S, SLOT_S
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.listeners.rooms import async_pass_time
from custom_components.air_baseline.storage.store import SOON_S
from tests.home import ATTRIBUTES, PM25, usual

from .cost_home import (
    KINDS,
    a_home,
    a_home_assistant,
    last_noon,
    probe,
    report,
    settle_garbage,
    source,
    whole_collections,
)
from .cost_peers import PEERS, peers
from .figures import Figure

UPDATE_US, UPDATE_RATIO = 100.0, 0.15
SHARE_PERCENT, BLOCK_MS = 5.0, 20.0
EVERY_S: Final = 10.0
BLOCKS, BLOCK, WARM_UP = 14, 600, 600  # With sources alive, 8400 reports are most of a day.
ROOMS: Final = 200
LIVED_S: Final = 20.0
SHARE_S: Final = 300.0
TRIES: Final = 3
CLOSES: Final = 5
OURS: Final = source(0, Pollutant.PM25)


async def _block(hass: HomeAssistant, entity_id: str, first: float, number: int) -> float:
    """Return the mean loop time (μs) of a report."""
    times = [first + EVERY_S * index for index in range(number)]
    values = [f"{usual(at) + index % 2:g}" for index, at in enumerate(times)]
    with whole_collections() as pauses:
        start = thread_time()
        for at, value in zip(times, values, strict=True):
            hass.states.async_set(entity_id, value, ATTRIBUTES[PM25], timestamp=at)
            await asyncio.sleep(0)
        worked = thread_time() - start
    return 1e6 * (worked - sum(pauses)) / number


async def updates() -> list[Figure]:
    """Measure one source's updates."""
    heard = {name: f"sensor.{name}_source" for name in PEERS}
    # The helpers need the recorder, but it records nothing: its thread would lag for minutes.
    keeps_nothing = {"recorder": {"include": {"domains": ["nothing"]}}}
    async with a_home_assistant(1, peers(heard) | keeps_nothing) as hass:
        await hass.config_entries.async_add(a_home(1, (Pollutant.PM25,)))
        await hass.async_block_till_done()
        entities = {"nobody": "sensor.nobody_source", **heard, "ours": OURS}
        took: dict[str, list[float]] = {name: [] for name in entities}
        first = last_noon().timestamp()
        for entity_id in entities.values():
            await _block(hass, entity_id, first, WARM_UP)
        await hass.async_block_till_done(wait_background_tasks=True)
        for block in range(BLOCKS):
            at = first + EVERY_S * (WARM_UP + block * BLOCK)
            for name, entity_id in entities.items():
                took[name].append(await _block(hass, entity_id, at, BLOCK))
        for name in PEERS:
            state = hass.states.get(f"sensor.{name}")
            if state is None or state.state in ("unknown", "unavailable"):
                raise RuntimeError(f"the {name} helper did not listen")
    return list(_comparison(took))


def _comparison(took: dict[str, list[float]]) -> Iterator[Figure]:
    added = {
        name: [with_it - without for with_it, without in zip(each, took["nobody"], strict=True)]
        for name, each in took.items()
    }
    mean = {name: fmean(each) for name, each in added.items()}
    yield Figure(f"one update, mean of {BLOCKS * BLOCK}", [mean["ours"]], "μs", UPDATE_US)
    yield Figure("  means of blocks", added["ours"], "μs")
    for name in PEERS:
        yield Figure(f"  the same, {name} helper, means of blocks", added[name], "μs")
        budget = UPDATE_RATIO if name == "statistics" else None
        ratio = mean["ours"] / mean[name]
        yield Figure(f"  ours / the {name} helper, of means", [ratio], "", budget)


async def home() -> list[Figure]:
    """Measure 200 live rooms: the share of a core beyond what reports cost anyway.

    In them, time passes with the reports and not with the clock, for which they are the future.
    """
    with patch.object(air_baseline, "async_let_time_pass", return_value=lambda: None):
        return await _home()


async def _home() -> list[Figure]:
    async with a_home_assistant(ROOMS) as hass:
        first = last_noon().timestamp()
        alone = [await _share(hass, first + SHARE_S * turn) for turn in range(TRIES)]
        entry = a_home(ROOMS)
        await hass.config_entries.async_add(entry)
        await hass.async_block_till_done()
        second = first + SHARE_S * TRIES
        ours = [await _share(hass, second + SHARE_S * turn) for turn in range(TRIES)]
        block = await _live(hass, second + SHARE_S * TRIES)
        with_save = await _save(hass)
        closed = [await _close(hass, first + 16 * 3600.0 + DAY_S * day) for day in range(CLOSES)]
    added = [with_it - without for with_it, without in zip(ours, alone, strict=True)]
    return [
        Figure(f"{ROOMS} rooms, share of a core", added, "%", SHARE_PERCENT),
        Figure(f"{ROOMS} rooms, longest block", [block], "ms", BLOCK_MS),
        Figure(f"{ROOMS} rooms, longest block in a save", [with_save], "ms", BLOCK_MS),
        Figure(f"{ROOMS} rooms, longest blocks at 04:00", closed, "ms", BLOCK_MS),
    ]


async def _share(hass: HomeAssistant, first: float) -> float:
    """Return the CPU share (%) of five minutes of reports, sent without a pause."""
    start = process_time()
    for round_ in range(int(SHARE_S / EVERY_S)):
        at = first + EVERY_S * round_
        for room in range(ROOMS):
            for pollutant in KINDS:
                report(hass, room, pollutant, usual(at, pollutant) + round_ % 2, at)
        await asyncio.sleep(0)
    return 100.0 * (process_time() - start) / SHARE_S


async def _live(hass: HomeAssistant, first: float) -> float:
    """Let all sources report every ten seconds in real time; return the longest block (ms)."""
    sources = [(room, pollutant) for room in range(ROOMS) for pollutant in KINDS]
    start = perf_counter()
    with probe() as seen:
        for index in range(int(LIVED_S / EVERY_S) * len(sources)):
            due = index * EVERY_S / len(sources)
            await asyncio.sleep(max(start + due - perf_counter(), 0.0))
            room, pollutant = sources[index % len(sources)]
            report(hass, room, pollutant, usual(first + due, pollutant) + index % 2, first + due)
    return 1e3 * seen.longest


async def _close(hass: HomeAssistant, end: float) -> float:
    """Let a day pass, then close it in all rooms by the clock; return the longest block (ms)."""
    (entry,) = hass.config_entries.async_entries("air_baseline")
    for at in range(int(end) - DAY_S, int(end), SLOT_S):
        for room in range(ROOMS):
            for pollutant in KINDS:
                report(hass, room, pollutant, usual(at, pollutant), at)
        await asyncio.sleep(0)
    await hass.async_block_till_done()
    settle_garbage()
    with probe() as seen:
        await asyncio.sleep(0.01)
        await async_pass_time(entry.runtime_data, end + TICK_SECOND)
        await asyncio.sleep(SOON_S + 0.5)  # What was reported is saved by then.
    if any(
        channel.ledger.days[-1].day != channel.open_day.day - 1
        for room in entry.runtime_data.rooms.values()
        for channel in room.channels.values()
    ):
        raise RuntimeError("a day was not closed")
    return 1e3 * seen.longest


async def _save(hass: HomeAssistant) -> float:
    """Return the longest block (ms) while everything is saved."""
    (entry,) = hass.config_entries.async_entries("air_baseline")
    with probe() as seen:
        await asyncio.sleep(0.01)
        await entry.runtime_data.store.async_save()
        await asyncio.sleep(0.01)
    return 1e3 * seen.longest
