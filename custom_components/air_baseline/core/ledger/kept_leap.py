"""What a channel keeps of a leap of the clock, in case that the clock was ahead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from ..codes import HistoryState
from ..day import DAY_S, WINDOW_DAYS
from ..known_time import KEPT_S, Leap, with_leap
from .day_summary import DaySummary


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLeap:
    """A leap, the open day before it in its stored form (JSON), and the state of the import.

    `days` are the days that have left the window since, and would not have without the leap.
    """

    leap: Leap
    today: bytes | None
    history: HistoryState
    days: Sequence[DaySummary] = ()

    def with_left(self, left: Iterable[DaySummary], today: int, ahead_s: float) -> KeptLeap:
        """Return it with days that leave the window as the day `today` closes.

        Since before the leap, the clock has gone on by `ahead_s` seconds that nobody watched.
        """
        left = list(left)
        oldest = today - ceil(ahead_s / DAY_S) - WINDOW_DAYS + 1
        if not left and (not self.days or self.days[0].day >= oldest):
            return self
        known = {day.day: day for day in (*self.days, *left)}
        days = tuple(known[day] for day in sorted(known) if day >= oldest)
        return replace(self, days=days)


def with_kept(leaps: Sequence[KeptLeap], kept: KeptLeap) -> tuple[KeptLeap, ...]:
    """Return the leaps that can still be undone after another one."""
    still = with_leap((one.leap for one in leaps), kept.leap)
    return (*(one for one in leaps if one.leap in still), kept)


def aged(
    leaps: Sequence[KeptLeap], left: Sequence[DaySummary], today: int, at: float
) -> tuple[KeptLeap, ...]:
    """Return the leaps that can still be undone at a POSIX time, as the day `today` closes.

    `left` are the days that leave the window with it.
    """
    return tuple(
        one.with_left(left, today, slack_s(leaps[place:]))
        for place, one in enumerate(leaps)
        if at - one.leap.until <= KEPT_S
    )


def slack_s(leaps: Sequence[KeptLeap]) -> float:
    """Return by how many seconds the clock can be ahead: it may have been at each leap."""
    return sum(one.leap.size_s for one in leaps)


def covering(leaps: Sequence[KeptLeap], at: float) -> KeptLeap | None:
    """Return the first leap over a POSIX time, None for none: the clock is ahead since then."""
    return next((one for one in leaps if one.leap.since <= at < one.leap.until), None)
