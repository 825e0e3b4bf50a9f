"""What is known of the other rooms when one of them rises.

Call `company` when an episode opens and until `SAME_RISE_S` later, and keep what it returns with
`Channel.keep_company`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .channel import Channel
from .codes import OtherRooms
from .pollutant import Pollutant

SAME_RISE_S = 3600.0  # 81 % of rises in a main room reach the bedroom within the hour.


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherChannel:
    """What another channel of the home has been doing.

    `above_at` is the last time (POSIX) at which its held level was above its learned range,
    None where that was never so. `inside_from` is since when it was watched without a break
    and not above it, None while that cannot be said.
    """

    room: str
    pollutant: Pollutant
    above_at: float | None
    inside_from: float | None

    def rose(self, at: float) -> bool:
        """Tell whether its air was above its range within an hour of a time."""
        return self.above_at is not None and abs(self.above_at - at) <= SAME_RISE_S

    def stayed_inside(self, at: float) -> bool:
        """Tell whether its air was inside its range from an hour before a time on."""
        return self.inside_from is not None and self.inside_from <= at - SAME_RISE_S


def other_channel(room: str, channel: Channel, at: float) -> OtherChannel:
    """Return what a channel has been doing up to a time, as other rooms ask."""
    inside = channel.inside_watch
    return OtherChannel(
        room=room,
        pollutant=channel.spec.pollutant,
        above_at=inside.above_at,
        inside_from=None if channel.sustained.silent(at) or channel.paused else inside.inside_from,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRoomsFinding:
    """What is known of the other rooms: those that rose too, or all that stayed inside."""

    other_rooms: OtherRooms = OtherRooms.UNKNOWN
    rooms: tuple[str, ...] = ()


def find_other_rooms(
    room: str,
    pollutant: Pollutant,
    opened: float,
    others: Iterable[OtherChannel],
    known: OtherRoomsFinding,
) -> OtherRoomsFinding:
    """Return what is known of the other rooms when a channel's episode opened (POSIX time).

    Shared if any channel of another room was above its own range within the hour. Only this
    room if no other was, and all that measure the same were seen to stay inside. Else, as in a
    home of one room, it is not known. What was shared once stays so: `known` is what was
    returned before.
    """
    others = [other for other in others if other.room != room]
    rose = dict.fromkeys(other.room for other in others if other.rose(opened))
    if rose or known.other_rooms is OtherRooms.SHARED:
        before = known.rooms if known.other_rooms is OtherRooms.SHARED else ()
        return OtherRoomsFinding(
            other_rooms=OtherRooms.SHARED, rooms=tuple(dict.fromkeys([*before, *rose]))
        )
    alike = [other for other in others if _alike(other.pollutant, pollutant)]
    if alike and all(other.stayed_inside(opened) for other in alike):
        rooms = tuple(dict.fromkeys(other.room for other in alike))
        return OtherRoomsFinding(other_rooms=OtherRooms.ONLY_THIS_ROOM, rooms=rooms)
    return OtherRoomsFinding()


def _alike(one: Pollutant, other: Pollutant) -> bool:
    """Tell whether two quantities can stand for one another: particles, or any VOC."""
    return (one is Pollutant.PM25) == (other is Pollutant.PM25)
