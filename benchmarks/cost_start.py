"""What the integration adds to the start of Home Assistant, with 1, 50 and 200 learned rooms.

It is compared with an integration that adds the same entities and does nothing else.
"""

import asyncio
from time import perf_counter, process_time
from typing import Final, NamedTuple

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from .cost_empty import an_empty_home
from .cost_home import a_home, a_home_assistant, probe, settle_garbage
from .figures import Figure

ROOMS: Final = (1, 50, 200)
TRIES: Final = 5
START_S, BLOCK_MS = 1.0, 50.0
SETTLED_S: Final = 0.01  # The probe is watching by then.


class Start(NamedTuple):
    """What one start took: wall time and processor time (s), the longest block (ms)."""

    took_s: float
    processor_s: float
    block_ms: float


async def start(rooms: int) -> list[Figure]:
    """Measure starts with some rooms; the entities are known from an earlier start."""
    async with a_home_assistant(rooms) as hass:
        entry = a_home(rooms)
        await hass.config_entries.async_add(entry)
        empty_home = an_empty_home(hass, entry)
        await hass.config_entries.async_add(empty_home)
        tries = [(await _start(hass, empty_home), await _start(hass, entry)) for _ in range(TRIES)]
    empty, ours = ([each[place] for each in tries] for place in (0, 1))
    beyond = [each.processor_s - peer.processor_s for each, peer in zip(ours, empty, strict=True)]
    name = f"start with {rooms} learned rooms"
    return [
        Figure(name, [each.took_s for each in ours], "s", START_S),
        Figure("  the same entities, empty", [each.took_s for each in empty], "s"),
        Figure("  processor time", [each.processor_s for each in ours], "s"),
        Figure("  the same entities, empty", [each.processor_s for each in empty], "s"),
        Figure("  ours beyond that, for each room", [1e3 * each / rooms for each in beyond], "ms"),
        Figure(f"{name}, longest block", [each.block_ms for each in ours], "ms", BLOCK_MS),
        Figure("  the same entities, empty", [each.block_ms for each in empty], "ms"),
    ]


async def _start(hass: HomeAssistant, entry: ConfigEntry) -> Start:
    """Set up an entry again."""
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    settle_garbage()
    with probe() as seen:
        await asyncio.sleep(SETTLED_S)
        begin, worked = perf_counter(), process_time()
        await hass.config_entries.async_setup(entry.entry_id)
        took_s, processor_s = perf_counter() - begin, process_time() - worked
        await hass.async_block_till_done()
        await asyncio.sleep(SETTLED_S)
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(f"{entry.domain} did not start")
    return Start(took_s, processor_s, 1e3 * seen.longest)
