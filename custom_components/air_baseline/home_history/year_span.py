"""The days that a year can be filled with: two years at the most, and none of the window."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Self

from ..core.day import WINDOW_DAYS, day_start
from ..core.year.week import WEEK_DAYS, week_of

FILLED_WEEKS = 104  # Weeks before today, by judgement: two years.


@dataclass(frozen=True, slots=True)
class YearSpan:
    """Days from `first` on and before `end` (ordinals), from `since` to `until` (POSIX seconds)."""

    first: int
    end: int
    since: float
    until: float

    @classmethod
    def before(cls, today: int, zone: tzinfo) -> Self:
        """Return the span that is not in the window on a day."""
        first, end = (week_of(today) - FILLED_WEEKS) * WEEK_DAYS + 1, today - WINDOW_DAYS + 1
        return cls(first, end, day_start(first, zone), day_start(end, zone))
