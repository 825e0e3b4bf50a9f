"""Which days the last good copy has, and which of them were lost since."""

from ..core.day import iso_day
from ..core.storage.days import StoredDays
from ..core.storage.good_copy import days_kept, unexplained
from .rooms import StoredRoom, mapping

type GoodDays = dict[tuple[str, str], tuple[int, ...]]  # By room and pollutant.


def days_of_rooms(good: object) -> GoodDays:
    """Return the days that the content of a good copy has; none for what cannot be read."""
    found: GoodDays = {}
    for room_id, room in mapping(mapping(good).get("rooms")).items():
        for pollutant, channel in mapping(mapping(room).get("channels")).items():
            lines = mapping(channel).get("days")
            try:
                found[room_id, pollutant] = tuple(StoredDays(lines or ()).ordinals)
            except AttributeError, TypeError, ValueError:
                continue
    return found


def kept_days(room_id: str, room: StoredRoom) -> GoodDays:
    """Return the days that a room has, as the next good copy keeps them."""
    return {
        (room_id, pollutant.value): tuple(days_kept(channel))
        for pollutant, channel in room.channels.items()
    }


def lost_days(good: GoodDays, room_id: str, room: StoredRoom, since: float) -> list[str]:
    """Return the days of a room that were lost without a known reason.

    A ledger that was set aside since the good copy (POSIX seconds) is explained.
    """
    lost: set[int] = set()
    for pollutant, channel in room.channels.items():
        days = good.get((room_id, pollutant.value), ())
        if days and not _retired(room, pollutant.value, since):
            lost.update(unexplained(days, channel))
    return [iso_day(day) for day in sorted(lost)]


def _retired(room: StoredRoom, pollutant: str, since: float) -> bool:
    return any(
        mapping(item.get("channel")).get("quantity") == pollutant and item["at"] >= since
        for item in room.retired
    )
