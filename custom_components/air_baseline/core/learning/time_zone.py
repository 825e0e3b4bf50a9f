"""Which hours of the day the parts of the kept days were, if the time zone changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Self

from .. import checked
from ..day import DAY_S, HOUR_S, WINDOW_DAYS

HALF_YEAR_S = 182 * DAY_S  # Seconds, by judgement: between them lies a change to or from summer.
SAME_HOURS_S = HOUR_S  # Seconds, by judgement: a change to summer time is no more either.
MOST_OFFSET_S = DAY_S  # Seconds; an offset is shorter than a day.


@dataclass(frozen=True, slots=True)
class DayHours:
    """The time zone of the kept days: its offsets (s) at a POSIX time and half a year before."""

    at: float
    offset: float
    offset_before: float

    @classmethod
    def of(cls, at: float, zone: tzinfo) -> Self:
        """Return what is known of a time zone at a POSIX time."""
        return cls(at, _offset(at, zone), _offset(at - HALF_YEAR_S, zone))

    @classmethod
    def restored(cls, data: object) -> Self:
        """Take over what `dump` wrote. Raises StoredFormError."""
        at, *offsets = checked.numbers(data, 3, -MOST_OFFSET_S, checked.LATEST)
        if not all(abs(offset) < MOST_OFFSET_S for offset in offsets):
            raise checked.StoredFormError(f"{offsets} are no offsets")
        return cls(checked.time(at), *offsets)

    def dump(self) -> Sequence[float]:
        """Return it as plain JSON values."""
        return [self.at, self.offset, self.offset_before]

    def other_hours(self, zone: tzinfo) -> bool:
        """Tell whether another zone has other hours of the day: more than an hour apart.

        Zones on both sides of the date line can have the same.

        >>> from zoneinfo import ZoneInfo
        >>> hours = DayHours.of(1_770_000_000.0, ZoneInfo("Europe/London"))
        >>> [hours.other_hours(ZoneInfo(name)) for name in ("Europe/Lisbon", "Asia/Tokyo")]
        [False, True]
        """
        now, before = _offset(self.at, zone), _offset(self.at - HALF_YEAR_S, zone)
        apart = (now - self.offset, before - self.offset_before)
        half = DAY_S / 2
        return any(abs((by + half) % DAY_S - half) > SAME_HOURS_S for by in apart)

    def outdated(self, at: float) -> bool:
        """Tell whether no day is kept any more that may have been of another zone."""
        return at - self.at > WINDOW_DAYS * DAY_S


def _offset(at: float, zone: tzinfo) -> float:
    offset = datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
    return offset.total_seconds() if offset else 0.0
