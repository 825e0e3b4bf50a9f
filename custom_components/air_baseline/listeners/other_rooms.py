"""Keep with each episode what is known of the other rooms in the hour around its start."""

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..clock import Phase
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.event import Event, EventKind
from ..core.other_rooms import (
    SAME_RISE_S,
    OtherChannel,
    OtherRoomsFinding,
    find_other_rooms,
    other_channel,
)
from ..core.pollutant import Pollutant
from .rooms import async_on_events


@callback
def async_watch_other_rooms(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Compare the other rooms when one rises, and for an hour after; return what ends it.

    The room saves the result with what it learns in the same minutes.
    """
    rooms = entry.runtime_data.rooms

    @callback
    def look(at: float) -> None:
        working = {room_id: room for room_id, room in rooms.items() if room.last_update_success}
        recent = [
            (room_id, channel, episode)
            for room_id, room in working.items()
            for channel in room.channels.values()
            for episode in channel.episodes[-1:]
            if 0.0 <= at - episode.id <= SAME_RISE_S
        ]
        if not recent:
            return
        others = [one for room_id in rooms for one in _channels_of(room_id, rooms[room_id], at)]
        for room_id, channel, episode in recent:
            known = OtherRoomsFinding(other_rooms=episode.other_rooms, rooms=episode.rooms)
            pollutant, opened = channel.spec.pollutant, float(episode.id)
            found = find_other_rooms(room_id, pollutant, opened, others, known)
            if found != known:
                channel.keep_other_rooms(episode.id, found.other_rooms, found.rooms)

    @callback
    def happened(_pollutant: Pollutant, event: Event) -> None:
        if event.kind is EventKind.UNUSUAL_STARTED:
            look(dt_util.utcnow().timestamp())

    clock = entry.runtime_data.clock
    unsubscribes = (
        async_on_events(hass, entry, happened),
        clock.async_on(Phase.OTHER_ROOMS, lambda round_: look(round_.at)),
    )

    @callback
    def stop() -> None:
        for unsubscribe in unsubscribes:
            unsubscribe()

    return stop


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
