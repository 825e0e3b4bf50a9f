"""What is known of the other rooms when the air of one room rises.

Call `find_other_rooms` when an episode opens and until `SAME_RISE_S` later, and pass what it
returns to `Channel.keep_other_rooms`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from .channel import Channel
from .codes import OtherRooms
from .pollutant import Pollutant

# Rooms kept with an episode. By judgement: nobody reads more names, and each of many rooms that
# rise at once would otherwise keep all the others.
MOST_ROOMS = 20
SAME_RISE_S = 3600.0  # Seconds. Recordings: 81 % of rises in main rooms reach the bedroom in that.


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherChannel:
    """What another channel of the home has measured.

    `above_at` is the last POSIX time at which its sustained level was above its learned range,
    None if it never was. `inside_from` is the POSIX time since which it has been watched without
    a break and was not above, None if that is not known.
    """

    room: str
    pollutant: Pollutant
    above_at: float | None
    inside_from: float | None

    def rose(self, at: float) -> bool:
        """Tell whether its air was above its range within an hour of a POSIX time."""
        return self.above_at is not None and abs(self.above_at - at) <= SAME_RISE_S

    def stayed_inside(self, at: float) -> bool:
        """Tell whether its air has been inside its range since an hour before a POSIX time."""
        return self.inside_from is not None and self.inside_from <= at - SAME_RISE_S


def other_channel(room: str, channel: Channel, at: float) -> OtherChannel:
    """Return what other rooms need to know of a channel up to a POSIX time."""
    inside = channel.inside_watch
    return OtherChannel(
        room=room,
        pollutant=channel.spec.pollutant,
        above_at=inside.above_at,
        inside_from=None if channel.sustained.silent(at) or channel.paused else inside.inside_from,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRoomsFinding:
    """What is known of the other rooms.

    `rooms` are those that rose too if `SHARED`, those that stayed inside if `ONLY_THIS_ROOM`; of
    many, the first 20.
    """

    other_rooms: OtherRooms = OtherRooms.UNKNOWN
    rooms: tuple[str, ...] = ()


def find_other_rooms(
    room: str,
    pollutant: Pollutant,
    opened: float,
    others: Sequence[OtherChannel],
    known: OtherRoomsFinding,
) -> OtherRoomsFinding:
    """Return what is known of the other rooms when a channel's episode opened (POSIX time).

    The rise is shared if a channel of another room was above its own range within an hour of it.
    It was in only this room if none was, and all channels elsewhere that measure the same were
    watched and stayed inside. Otherwise, as in a home of one room, it is not known. `known` is
    what was returned before: a shared rise stays shared.
    """
    shared = known.other_rooms is OtherRooms.SHARED
    before = dict.fromkeys(known.rooms if shared else ())
    new = (
        other.room
        for other in others
        if other.room not in before and other.room != room and other.rose(opened)
    )
    while len(before) < MOST_ROOMS and (rose := next(new, None)) is not None:
        before[rose] = None
    if before or shared:
        return OtherRoomsFinding(other_rooms=OtherRooms.SHARED, rooms=tuple(before))
    alike = [other for other in others if other.room != room and _alike(other.pollutant, pollutant)]
    if alike and all(other.stayed_inside(opened) for other in alike):
        rooms = tuple(islice(dict.fromkeys(other.room for other in alike), MOST_ROOMS))
        return OtherRoomsFinding(other_rooms=OtherRooms.ONLY_THIS_ROOM, rooms=rooms)
    return OtherRoomsFinding()


def _alike(pollutant: Pollutant, other: Pollutant) -> bool:
    """Tell whether two pollutants are comparable: both particles, or both any VOC."""
    return (pollutant is Pollutant.PM25) == (other is Pollutant.PM25)
