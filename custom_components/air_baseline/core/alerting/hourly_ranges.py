"""The range that was in force as each hour began: it can change within the hour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from math import inf

from ..day import HOUR_S, hour_start, locate
from .forecast import Forecast

HOURS_KEPT = 24  # Hours, by judgement: they are read within seconds, or after a long round.


@dataclass(frozen=True, slots=True, kw_only=True)
class HourRange:
    """The range of one UTC hour; `start` in POSIX seconds, levels in the base unit."""

    start: float
    low: float
    middle: float
    high: float


def range_of_hour(written: Forecast | None, start: float, zone: tzinfo) -> HourRange | None:
    """Return a forecast's range for the hour that starts at a time (POSIX seconds).

    None if the range is not learned, the source is usually off then, or the forecast is for
    another day.
    """
    day, part = locate(start, zone)
    if written is None or not written.learned or not written.ranges or written.day != day:
        return None
    if not written.sees(part):
        return None
    typical = written.ranges[part]
    return HourRange(start=start, low=typical.low, middle=typical.middle, high=typical.high)


class HourlyRanges:
    """The range in force as each of the last hours began, noted before it can change.

    `next_at` (POSIX seconds) is when the next hour to note begins.
    """

    __slots__ = ("_known", "next_at")

    def __init__(self) -> None:
        """Start without an hour."""
        self._known: dict[float, HourRange | None] = {}
        self.next_at = -inf

    def note(self, at: float, end: float, in_force: Callable[[float], HourRange | None]) -> None:
        """Note the hours that have begun up to a moment, and before the `end` of the day.

        The hour of the first call is left out: it may have begun long ago. `in_force` returns
        the range in force as an hour began, by its start, or None. All in POSIX seconds.
        """
        if self.next_at == -inf:
            self.next_at = hour_start(at) + HOUR_S
        hour = max(self.next_at, hour_start(at) - (HOURS_KEPT - 1) * HOUR_S)
        while hour <= at and hour < end:
            self._known[hour] = in_force(hour)
            hour += HOUR_S
        self.next_at = hour
        for old in [start for start in self._known if start < hour - HOURS_KEPT * HOUR_S]:
            del self._known[old]

    def noted(self, start: float) -> bool:
        """Tell whether the hour that began at a time is noted."""
        return start in self._known

    def of(self, start: float) -> HourRange | None:
        """Return the range that was in force as a noted hour began, None for none."""
        return self._known[start]
