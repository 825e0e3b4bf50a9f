"""Which typical range held in an hour, for graphs that draw it as a band."""

from dataclasses import dataclass

from .channel import Channel
from .day import locate
from .state import LearningState

HOUR_S = 3600.0
LATE_S = 60.0  # So long after an hour began, its range may be one that was written during it.


@dataclass(frozen=True, slots=True, kw_only=True)
class HourRange:
    """The range of one UTC hour; `start` in POSIX seconds, levels in the base unit."""

    start: float
    low: float
    middle: float
    high: float


def hour_range(channel: Channel, at: float) -> HourRange | None:
    """Return the range in force as the hour of a moment (POSIX seconds) began.

    None where the range is not learned, or was written anew on this day and it is too late to
    tell whether that was before the hour. No hour of the past is worked out again: its range
    was written from what was known then.
    """
    start = at // HOUR_S * HOUR_S
    day, part = locate(start, channel.zone)
    today, open_day = channel.forecast, channel.open_day
    if today is None or open_day is None or not today.ranges or today.day != day:
        return None
    if channel.state(at) is not LearningState.LEARNED:
        return None
    if open_day.void and at - start > LATE_S:
        return None
    typical = today.ranges[part]
    return HourRange(start=start, low=typical.low, middle=typical.middle, high=typical.high)
