"""The one way to say a time or a date to people: "today 12:15", "Sunday 12:15", "12 October 12:15".

Everything that the server words says it so, for the card in the formats of whoever reads it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

NOON = 12  # Hour; follows from the two halves of a clock's day.
WEEK_DAYS = 7  # Days; follows from the week: a weekday names one of its last seven days.

type Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Formats:
    """How somebody writes times and numbers.

    `decimal_mark` is a point or a comma, None for that of the language; `zone` is where they read
    the clock, None for at home.
    """

    twelve_hours: bool = False
    decimal_mark: str | None = None
    zone: tzinfo | None = None

    def clock(self, hour: int, minute: int) -> str:
        """Return a time of day.

        >>> Formats().clock(20, 5), Formats(twelve_hours=True).clock(20, 5)
        ('20:05', '8:05 PM')
        >>> Formats(twelve_hours=True).clock(0, 30), Formats(twelve_hours=True).clock(12, 0)
        ('12:30 AM', '12:00 PM')
        """
        if not self.twelve_hours:
            return f"{hour:02d}:{minute:02d}"
        return f"{hour % 12 or 12}:{minute:02d} {'AM' if hour < NOON else 'PM'}"


SERVER = Formats()  # Home Assistant has no formats of its own for the server.


def said_date(say: Say, day: date, today: date) -> str:
    """Return a date in the words of `say`, with the year if it is not that of today."""
    month = say(f"month_{day.month}")
    if day.year == today.year:
        return say("date_of_year", day=day.day, month=month)
    return say("date_of_other_year", day=day.day, month=month, year=day.year)


def said_time(say: Say, at: datetime, now: datetime, formats: Formats = SERVER) -> str:
    """Return a time in the words of `say`; both times are local.

    The day is today, a weekday within the last week, otherwise a date.
    """
    time, day, today = formats.clock(at.hour, at.minute), at.date(), now.date()
    if day == today:
        return say("time_today", time=time)
    if 0 < (today - day).days < WEEK_DAYS:
        return say("time_of_weekday", weekday=say(f"weekday_{day.weekday()}"), time=time)
    return say("time_of_date", date=said_date(say, day, today), time=time)


def said_in_full(say: Say, at: datetime, other: datetime, formats: Formats = SERVER) -> str:
    """Return a time with its date, where the clock itself is in doubt and no day is today.

    The year is said if it is not that of `other`, the time that it is compared with.
    """
    time = formats.clock(at.hour, at.minute)
    return say("time_of_date", date=said_date(say, at.date(), other.date()), time=time)
