"""Let time pass in one room after another, and add the entities of rooms that are added.

Many rooms must not block Home Assistant: at the end of a day every channel has a few milliseconds
of work, at the same moment.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from functools import partial
import gc

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..clock import Phase
from ..const import SIGNAL_ROOMS_CHANGED
from ..coordinator import (
    AirBaselineConfigEntry,
    AirBaselineData,
    RoomCoordinator,
)
from ..core.event import Event
from ..core.pollutant import Pollutant

# Rooms, by judgement, after which what they have just made is collected as garbage. At the end of
# a day that is 130 objects a room, in place of as many old ones, which Python's own count does not
# see: with 500 rooms, one collection among all of them blocked Home Assistant for 58 to 78 ms.
COLLECT_ROOMS = 50
_YOUNG = 1  # The garbage generation of what was made lately; follows from Python's `gc`.


async def in_turn[K, V](things: Mapping[K, V]) -> AsyncIterator[tuple[K, V]]:
    """Yield the items of a mapping; after each, other tasks can run."""
    for item in tuple(things.items()):
        yield item
        await asyncio.sleep(0)


async def async_pass_time(data: AirBaselineData, at: float) -> None:
    """Let time pass in all rooms, up to a POSIX time; a save that is due waits until then."""
    async with data.store.turn:
        passed = 0
        async for _, room in in_turn(data.rooms):
            for pollutant in tuple(room.channels)[1:]:  # The first goes with the room itself.
                room.async_advance(pollutant, at)
                await asyncio.sleep(0)
            room.async_pass_time(at)
            passed += 1
            if passed % COLLECT_ROOMS == 0:
                await asyncio.sleep(0)
                gc.collect(_YOUNG)


@callback
def async_let_time_pass(entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Let time pass in all rooms in each round of the clock; return what ends that."""
    data = entry.runtime_data
    return data.clock.async_on(Phase.ROOMS, lambda round_: async_pass_time(data, round_.at))


async def async_add_of_rooms(
    hass: HomeAssistant,
    entry: AirBaselineConfigEntry,
    add: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[RoomCoordinator], Iterable[Entity]],
) -> None:
    """Add the entities of every room, and later those of rooms and pollutants that are added."""
    rooms, added = entry.runtime_data.rooms, dict[str, set[str | None]]()

    @callback
    def add_missing(room_id: str) -> None:
        """Add what is missing of a room; if that fails, it is missing the next time as well."""
        if room_id not in entry.subentries or not rooms[room_id].data:
            return  # It is being removed, or has failed before it had anything to show.
        with rooms[room_id].guarded():
            wanted = {entity.unique_id: entity for entity in entities_of(rooms[room_id])}
            before = added.get(room_id, ())
            missing = [entity for unique_id, entity in wanted.items() if unique_id not in before]
            if missing:
                add(missing, config_subentry_id=room_id)
            added[room_id] = set(wanted)

    @callback
    def follow() -> None:
        for room_id in added.keys() - rooms.keys():
            del added[room_id]
        for room_id in rooms:
            add_missing(room_id)

    async for room_id, _ in in_turn(rooms):
        add_missing(room_id)
    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_ROOMS_CHANGED, follow))


@callback
def async_on_events(
    hass: HomeAssistant,
    entry: AirBaselineConfigEntry,
    listener: Callable[[str, Pollutant, Event], None],
) -> CALLBACK_TYPE:
    """Call a listener with the id of a room and its event, for all rooms; return what ends that.

    Rooms that are added later are among them.
    """
    following: list[CALLBACK_TYPE] = []

    @callback
    def leave() -> None:
        while following:
            following.pop()()

    @callback
    def follow() -> None:
        leave()
        following.extend(
            room.async_add_event_listener(partial(listener, room_id))
            for room_id, room in entry.runtime_data.rooms.items()
        )

    follow()
    disconnect = async_dispatcher_connect(hass, SIGNAL_ROOMS_CHANGED, follow)

    @callback
    def stop() -> None:
        disconnect()
        leave()

    return stop
