"""Which moment a person means: "at seven" is the last seven o'clock that has passed."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

DAY_H = 24  # Hours; follows from clocks, on which 24 is midnight.
HALF_DAY_H = 12  # Hours; follows from clocks with twelve hours, on which seven comes twice a day.


def moment_of(said: str, now: datetime) -> float | None:
    """Return the POSIX time of "19:00", "2026-03-02 19:00" or the like, None if it is none.

    A time without a day is the last one that has passed. A day in the future is none.
    """
    said = said.strip()
    said = "00:00" if said == f"{DAY_H}:00" else said
    if (time := dt_util.parse_time(said)) is not None:
        return _last(now, time.hour, time.minute)
    try:
        at = dt_util.parse_datetime(said)
        if at is None:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=dt_util.get_default_time_zone())
        dt_util.as_local(at - timedelta(days=1))  # Of the first day of all, nothing can be told.
        return at.timestamp() if at <= now else None
    except ValueError, OverflowError:
        return None  # No such day, or none whose time can be told.


def hour_meant(hour: int, now: datetime, half: str | None = None) -> float:
    """Return the POSIX time of an hour that was said: 7 is 07:00 or 19:00, whichever was last.

    0 and 24 are midnight, and 12 is noon or midnight. `half` is "am" or "pm" if that was said.
    """
    if half is not None and hour <= HALF_DAY_H:
        return _last(now, hour % HALF_DAY_H + HALF_DAY_H * (half == "pm"), 0)
    if hour == 0 or hour > HALF_DAY_H:
        return _last(now, hour % DAY_H, 0)
    hours = (hour % HALF_DAY_H, hour % HALF_DAY_H + HALF_DAY_H)
    return max(_last(now, one, 0) for one in hours)


def _last(now: datetime, hour: int, minute: int) -> float:
    """Return when the clock last showed a time."""
    local = dt_util.as_local(now)
    at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if at > local:
        at = (local - timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return at.timestamp()
