"""One room after another: a home of many rooms must not hold up Home Assistant.

At the end of a day every channel has a few milliseconds of work, at the same moment.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_utc_time_change

from ..coordinator import AirBaselineConfigEntry, AirBaselineData

SLOT_MINUTES = range(0, 60, 5)
TICK_SECOND = 2  # Just after a slot has ended, so that its bin is closed.


async def in_turn[K, V](things: Mapping[K, V]) -> AsyncIterator[tuple[K, V]]:
    """Yield what a mapping holds; between two of them, others have their turn."""
    for item in tuple(things.items()):
        yield item
        await asyncio.sleep(0)


async def async_pass_time(data: AirBaselineData, at: float) -> None:
    """Let time pass in all rooms, up to a POSIX time; what is due meanwhile is saved after it."""
    async with data.store.turn:
        async for _, room in in_turn(data.rooms):
            for pollutant in tuple(room.channels)[1:]:  # The first goes with the room itself.
                room.async_advance(pollutant, at)
                await asyncio.sleep(0)
            room.async_pass_time(at)


@callback
def async_watch_clock(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Let time pass in all rooms whenever a slot has ended; return what ends that."""

    async def pass_time(now: datetime) -> None:
        await async_pass_time(entry.runtime_data, now.timestamp())

    return async_track_utc_time_change(hass, pass_time, minute=SLOT_MINUTES, second=TICK_SECOND)
