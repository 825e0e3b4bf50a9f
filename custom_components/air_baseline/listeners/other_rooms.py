"""Keep with each episode what is known of the other rooms in the hour around its start."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..clock import Phase
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.channel import Channel
from ..core.codes import OtherRooms
from ..core.event import Event, EventKind
from ..core.ledger.episode import Episode
from ..core.other_rooms import (
    MOST_ROOMS,
    SAME_RISE_S,
    OtherChannel,
    OtherRoomsFinding,
    find_other_rooms,
    other_channel,
)
from ..core.pollutant import Pollutant
from .rooms import async_on_events


@dataclass(frozen=True, slots=True)
class _Recent:
    """A channel of a room and its last episode, which opened in the last hour."""

    room: str
    channel: Channel
    episode: Episode

    def is_full(self) -> bool:
        """Tell whether as many rooms as are kept are known to have risen with it."""
        shared = self.episode.other_rooms is OtherRooms.SHARED
        return shared and len(self.episode.rooms) >= MOST_ROOMS

    def compare(self, others: Sequence[OtherChannel]) -> None:
        """Keep with the episode what other channels say of it."""
        if self.is_full():
            return
        episode, pollutant = self.episode, self.channel.spec.pollutant
        known = OtherRoomsFinding(other_rooms=episode.other_rooms, rooms=episode.rooms)
        found = find_other_rooms(self.room, pollutant, float(episode.id), others, known)
        if found != known:
            self.channel.keep_other_rooms(episode.id, found.other_rooms, found.rooms)


@callback
def async_watch_other_rooms(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Compare the other rooms when one rises, and for an hour after; return what ends it.

    The room saves the result with what it learns in the same minutes.
    """
    rooms = entry.runtime_data.rooms

    @callback
    def happened(room_id: str, pollutant: Pollutant, event: Event) -> None:
        """Look at the room that rose, and tell the others of it; the next round does the rest."""
        if event.kind is not EventKind.UNUSUAL_STARTED:
            return
        at = dt_util.utcnow().timestamp()
        risen = other_channel(room_id, rooms[room_id].channels[pollutant], at)
        for one in _recent(rooms, at):
            if (one.room, one.channel.spec.pollutant) == (room_id, pollutant):
                one.compare(_others(rooms, at))
            elif not one.is_full() and risen.rose(float(one.episode.id)):
                one.compare([risen])

    clock = entry.runtime_data.clock
    unsubscribes = (
        async_on_events(hass, entry, happened),
        clock.async_on(Phase.OTHER_ROOMS, lambda round_: _async_look(rooms, round_.at)),
    )

    @callback
    def stop() -> None:
        for unsubscribe in unsubscribes:
            unsubscribe()

    return stop


async def _async_look(rooms: Mapping[str, RoomCoordinator], at: float) -> None:
    """Compare all rooms that rose; after each, other tasks can run."""
    risen = dict.fromkeys(one.room for one in _recent(rooms, at))
    others = _others(rooms, at) if risen else []
    for room_id in risen:
        if room_id in rooms:
            for one in _recent({room_id: rooms[room_id]}, at):
                one.compare(others)
        await asyncio.sleep(0)


def _working(rooms: Mapping[str, RoomCoordinator]) -> Iterator[tuple[str, Channel]]:
    """Yield the channels of the rooms that have not failed, with the ids of the rooms."""
    for room_id, room in rooms.items():
        if room.last_update_success:
            for channel in room.channels.values():
                yield room_id, channel


def _recent(rooms: Mapping[str, RoomCoordinator], at: float) -> list[_Recent]:
    found = []
    for room_id, channel in _working(rooms):
        episode = channel.episode_watch.current or next(reversed(channel.ledger.episodes), None)
        if episode is not None and 0.0 <= at - episode.id <= SAME_RISE_S:
            found.append(_Recent(room_id, channel, episode))
    return found


def _others(rooms: Mapping[str, RoomCoordinator], at: float) -> list[OtherChannel]:
    return [one for room_id, room in rooms.items() for one in _channels_of(room_id, room, at)]


def _channels_of(room_id: str, room: RoomCoordinator, at: float) -> list[OtherChannel]:
    """Return a room's channels; one that has failed is not watched: it may have risen or not."""
    found = {
        pollutant: OtherChannel(room=room_id, pollutant=pollutant, above_at=None, inside_from=None)
        for pollutant in room.channels
    }
    if room.last_update_success:
        with room.guarded():
            found = {
                pollutant: other_channel(room_id, channel, at)
                for pollutant, channel in room.channels.items()
            }
    return list(found.values())
