"""What the integration adds to the start of Home Assistant, with 1, 50 and 200 learned rooms."""

from time import perf_counter
from typing import Final

from .cost_home import a_home, a_home_assistant, probe, settle_garbage
from .figures import Figure

ROOMS: Final = (1, 50, 200)
TRIES: Final = 3
START_S, BLOCK_MS = 1.0, 50.0


async def start(rooms: int) -> list[Figure]:
    """Measure starts with some rooms; entities are known from the start before."""
    took: list[float] = []
    blocks: list[float] = []
    async with a_home_assistant(rooms) as hass:
        entry = a_home(rooms)
        await hass.config_entries.async_add(entry)
        for _ in range(TRIES):
            await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()
            settle_garbage()
            with probe() as seen:
                begin = perf_counter()
                await hass.config_entries.async_setup(entry.entry_id)
                took.append(perf_counter() - begin)
                await hass.async_block_till_done()
            blocks.append(1e3 * seen.longest)
    return [
        Figure(f"start with {rooms} learned rooms", took, "s", START_S),
        Figure(f"start with {rooms} learned rooms, longest block", blocks, "ms", BLOCK_MS),
        Figure("  for each room", [1e3 * each / rooms for each in took], "ms"),
    ]
