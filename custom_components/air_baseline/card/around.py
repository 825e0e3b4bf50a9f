"""The surroundings of what happened in a room: the other rooms, and the air outdoors."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ

from ..coordinator import RoomCoordinator, loaded_rooms
from ..core.codes import OtherRooms
from ..core.day import DAY_S, HOUR_S
from ..core.explaining.timeline import Happening, HappeningKind
from ..core.past_rise import PastHours, outdoors_beside, rooms_beside
from ..core.pollutant import POLLUTANTS, Pollutant
from ..home_history.recorder import HistoryError, async_read_hours
from .past import outdoors

_LOOKED_UP = frozenset({HappeningKind.RISE, HappeningKind.MISSED})


class Around(NamedTuple):
    """What is known: whether outdoor PM2.5 rose too (None: not known), and the ids of rooms."""

    outdoor_rose: bool | None = None
    other_rooms: OtherRooms = OtherRooms.UNKNOWN
    rooms: tuple[str, ...] = ()


async def async_around(
    room: RoomCoordinator, pollutant: Pollutant, found: Sequence[Happening], user: User
) -> list[Around]:
    """Return the surroundings of each thing that happened in a channel, as far as a user may know.

    Those of episodes were kept; those of rises are looked up in what the other channels and the
    recorder have kept. After each, other tasks can run.
    """
    looked_up = [one for one in found if one.kind in _LOOKED_UP]
    others = _others(room) if looked_up else []
    hours = await _async_outdoor_hours(room, pollutant, looked_up, user)
    around = []
    for one in found:
        if one.kind in _LOOKED_UP:
            beside = rooms_beside(room.subentry.subentry_id, pollutant, one.start, others)
            rise = outdoors_beside(hours, one.start, one.end)
            rose = None if rise is None else rise.rose
            around.append(Around(rose, beside.other_rooms, beside.rooms))
            await asyncio.sleep(0)
        elif one.episode is not None:
            kept = one.episode
            around.append(Around(kept.outdoor_rose, kept.other_rooms, kept.rooms))
        else:
            around.append(Around())
    return around


def _others(room: RoomCoordinator) -> list[PastHours]:
    """Return the channels of the other rooms that are loaded and have not failed."""
    return [
        PastHours(room_id, channel)
        for room_id, other in loaded_rooms(room.hass).items()
        if room_id != room.subentry.subentry_id and other.last_update_success
        for channel in other.channels.values()
    ]


async def _async_outdoor_hours(
    room: RoomCoordinator, pollutant: Pollutant, found: Sequence[Happening], user: User
) -> Mapping[int, float]:
    """Return the hourly means of PM2.5 outdoors from a day before the first of what happened."""
    entity_id = outdoors(room)
    if pollutant is not Pollutant.PM25 or entity_id is None or not found:
        return {}
    if not user.permissions.check_entity(entity_id, POLICY_READ):
        return {}
    since = min(one.start for one in found) - DAY_S - HOUR_S
    until = max(one.end for one in found)
    try:
        spec = POLLUTANTS[Pollutant.PM25]
        rows = await async_read_hours(room.hass, entity_id, spec, since, until)
    except HistoryError:
        return {}
    return {int(row.start // HOUR_S): row.mean for row in rows or ()}
