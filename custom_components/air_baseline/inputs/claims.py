"""Which room has a source that several claim: air must not count twice.

The outdoor sensors of the home come first, then the rooms in the order in which they were added.
"""

from collections.abc import Collection, Iterable, Mapping

from ..core.pollutant import Pollutant
from .room_config import RoomSource

HOME = ""  # In place of the id of a room: the home has the source, as an outdoor sensor.

type Taken = Mapping[Pollutant, str]  # The pollutants of a room, and who has their source.


def taken_sources(
    rooms: Mapping[str, Iterable[RoomSource]], outdoors: Collection[str]
) -> dict[str, Taken]:
    """Return for each room the pollutants whose source somebody before it has, and who that is.

    `rooms` are in the order in which they were added.
    """
    owners = dict.fromkeys(outdoors, HOME)
    taken: dict[str, Taken] = {}
    for room_id, sources in rooms.items():
        claimed = {source.pollutant: source.entity_id for source in sources}
        taken[room_id] = {
            pollutant: owners[entity_id]
            for pollutant, entity_id in claimed.items()
            if entity_id in owners
        }
        for entity_id in claimed.values():
            owners.setdefault(entity_id, room_id)
    return taken
