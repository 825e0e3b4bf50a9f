"""Whether other rooms rose too when one did: kept with the episode, for its explanation."""

from collections.abc import Mapping

from homeassistant.core import callback

from .coordinator import RoomCoordinator
from .core.home import TOGETHER_S, Company, Neighbour, company


@callback
def async_keep_company(rooms: Mapping[str, RoomCoordinator], now: float) -> None:
    """Bring what is known of the other rooms up to date, for the episodes of the last hour."""
    recent = [
        (room_id, kind, episode)
        for room_id, room in rooms.items()
        for kind, channel in room.channels.items()
        for episode in channel.episodes[-1:]
        if now - episode.id <= TOGETHER_S
    ]
    neighbours = _neighbours(rooms) if recent else []
    for room_id, kind, episode in recent:
        known = Company(together=episode.together, rooms=episode.rooms)
        found = company(room_id, kind, float(episode.id), neighbours, known)
        if found != known:
            room = rooms[room_id]
            room.channels[kind].keep_company(episode.id, found.together, found.rooms)
            room.async_schedule_save()


def _neighbours(rooms: Mapping[str, RoomCoordinator]) -> list[Neighbour]:
    return [
        Neighbour(
            room=room_id,
            kind=kind,
            above_at=channel.inside.above_at,
            inside_from=channel.inside.inside_from,
        )
        for room_id, room in rooms.items()
        for kind, channel in room.channels.items()
    ]
