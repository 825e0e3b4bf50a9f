"""Let time pass in one room after another: many rooms must not block Home Assistant.

At the end of a day every channel has a few milliseconds of work, at the same moment.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping

from homeassistant.core import CALLBACK_TYPE, callback

from ..clock import Phase
from ..coordinator import AirBaselineConfigEntry, AirBaselineData


async def in_turn[K, V](things: Mapping[K, V]) -> AsyncIterator[tuple[K, V]]:
    """Yield the items of a mapping; after each, other tasks can run."""
    for item in tuple(things.items()):
        yield item
        await asyncio.sleep(0)


async def async_pass_time(data: AirBaselineData, at: float) -> None:
    """Let time pass in all rooms, up to a POSIX time; a save that is due waits until then."""
    async with data.store.turn:
        async for _, room in in_turn(data.rooms):
            for pollutant in tuple(room.channels)[1:]:  # The first goes with the room itself.
                room.async_advance(pollutant, at)
                await asyncio.sleep(0)
            room.async_pass_time(at)


@callback
def async_let_time_pass(entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Let time pass in all rooms in each round of the clock; return what ends that."""
    data = entry.runtime_data
    return data.clock.async_on(Phase.ROOMS, lambda round_: async_pass_time(data, round_.at))
