"""The one way to say a time or a date to people: "today 12:15", "Sunday 12:15", "12 October 12:15".

Everything that the server words says it so. The card has the times themselves, and says them in the
formats of whoever reads it.
"""

from collections.abc import Callable
from datetime import date, datetime

WEEK_DAYS = 7  # Days; follows from the week: a weekday names one of its last seven days.

type Say = Callable[..., str]


def said_date(say: Say, day: date, today: date) -> str:
    """Return a date in the words of `say`, with the year if it is not that of today."""
    month = say(f"month_{day.month}")
    if day.year == today.year:
        return say("date_of_year", day=day.day, month=month)
    return say("date_of_other_year", day=day.day, month=month, year=day.year)


def said_time(say: Say, at: datetime, now: datetime) -> str:
    """Return a time in the words of `say`; both times are local.

    The day is today, a weekday within the last week, otherwise a date.
    """
    time, day, today = f"{at:%H:%M}", at.date(), now.date()
    if day == today:
        return say("time_today", time=time)
    if 0 < (today - day).days < WEEK_DAYS:
        return say("time_of_weekday", weekday=say(f"weekday_{day.weekday()}"), time=time)
    return say("time_of_date", date=said_date(say, day, today), time=time)
