"""Whether other rooms rose too when one did: kept with the episode, for its explanation."""

from collections.abc import Mapping

from homeassistant.core import callback

from .coordinator import RoomCoordinator
from .core.home import TOGETHER_S, Company, company, neighbour


@callback
def async_keep_company(rooms: Mapping[str, RoomCoordinator], now: float) -> None:
    """Bring what is known of the other rooms up to date, for the episodes of the last hour."""
    working = {room_id: room for room_id, room in rooms.items() if room.last_update_success}
    recent = [
        (room_id, kind, episode)
        for room_id, room in working.items()
        for kind, channel in room.channels.items()
        for episode in channel.episodes[-1:]
        if now - episode.id <= TOGETHER_S
    ]
    if not recent:
        return
    neighbours = [
        neighbour(room_id, channel, now)
        for room_id, room in working.items()
        for channel in room.channels.values()
    ]
    for room_id, kind, episode in recent:
        known = Company(together=episode.together, rooms=episode.rooms)
        found = company(room_id, kind, float(episode.id), neighbours, known)
        if found != known:
            room = rooms[room_id]
            room.channels[kind].keep_company(episode.id, found.together, found.rooms)
            room.async_schedule_save()
