"""What is known of the surroundings of a past rise: the other rooms, and the air outdoors.

An episode keeps that when it opens. Of a rise, only the highest levels of its hours were kept, so
it is looked up in whole hours, by the rules that hold for episodes.
"""

from collections.abc import Iterable, Mapping
from math import ceil

from .channel import Channel
from .codes import LearningState
from .day import HOUR_S, PART_HOURS, locate_hour
from .ledger.day_summary import DayOrigin
from .ledger.hour_peaks import hour_levels
from .other_rooms import OtherChannel, OtherRoomsFinding, find_other_rooms
from .pollutant import Pollutant
from .reading.surroundings import HOURS, LEAST_BEFORE_H, OutdoorRise

# Hours around the start of a rise. By their whole hours, the two could be two hours apart.
_BESIDE = (-1, 0, 1)


class PastHours:
    """Which past hours of a channel had a sustained level above its range."""

    def __init__(self, room: str, channel: Channel) -> None:
        """Take the id of the room, and one of its channels as it is now."""
        self.room = room
        self._channel = channel
        self._days = {day.day: day for day in channel.ledger.days}

    def beside(self, start: float) -> OtherChannel:
        """Return what is known of the channel when another one rose (POSIX time)."""
        above = [self.above(start + hours * HOUR_S) for hours in _BESIDE]
        inside = above[0] is False and above[1] is False
        return OtherChannel(
            room=self.room,
            pollutant=self._channel.spec.pollutant,
            above_at=start if any(above) else None,
            inside_from=start - HOUR_S if inside else None,
        )

    def above(self, at: float) -> bool | None:
        """Tell whether the hour of a POSIX time was above the range, None if that is not known."""
        day, hour = locate_hour(at, self._channel.zone)
        open_day, today = self._channel.open_day, self._channel.forecast
        if open_day is not None and open_day.day == day:
            if today is None or not today.learned or not today.ranges:
                return None
            return _above(bytes(open_day.peaks), hour, today.ranges[hour // PART_HOURS].high)
        known = self._days.get(day)
        if known is None or known.state is not LearningState.LEARNED or not known.issued:
            return None
        if known.origin is DayOrigin.HOURLY or day < self._channel.ledger.change_day:
            return None
        return _above(known.peaks, hour, known.part_ranges[hour // PART_HOURS][1])


def _above(peaks: bytes, hour: int, high: float) -> bool | None:
    peak = hour_levels(peaks)[0][hour]
    return None if peak is None else peak > high


def rooms_beside(
    room: str, pollutant: Pollutant, start: float, others: Iterable[PastHours]
) -> OtherRoomsFinding:
    """Return what is known of the other rooms when a channel rose (POSIX time)."""
    beside = [other.beside(start) for other in others if other.room != room]
    return find_other_rooms(room, pollutant, start, beside, OtherRoomsFinding())


def outdoors_beside(hours: Mapping[int, float], start: float, end: float) -> OutdoorRise | None:
    """Return PM2.5 outdoors during a rise and in the 24 hours before it, None if not known.

    `hours` are means (μg/m³) by their hours (POSIX / 3600), `start` and `end` POSIX times.

    >>> outdoors_beside({hour: 38.0 if hour == 100 else 12.0 for hour in range(101)}, 36e4, 36e4)
    >>> outdoors_beside({hour: 38.0 if hour == 100 else 12.0 for hour in range(101)}, 36e4, 363e3)
    OutdoorRise(now=38.0, before=12.0)
    """
    first, last = int(start // HOUR_S), ceil(end / HOUR_S)
    during = [hours[hour] for hour in range(first, last) if hour in hours]
    before = [hours[hour] for hour in range(first - HOURS, first) if hour in hours]
    if not during or len(before) < LEAST_BEFORE_H:
        return None
    return OutdoorRise(max(during), sum(before) / len(before))
