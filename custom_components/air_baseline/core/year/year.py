"""The weeks of a channel that have left the window of days: 109 weeks at the most.

A year is a value, as a ledger is. Its weeks are packed, and unpacked when they are asked for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..codes import YearGap
from ..ledger.day_summary import DaySummary, day_counts
from .packing import MOST_WEEKS, pack, unpack
from .week import Week, week_of

# Weeks before today that are kept; follows from `year_change`: two years, and the five weeks before
# that it asks for as well.
YEAR_WEEKS: Final = 109


@dataclass(frozen=True, slots=True)
class Bound:
    """A day before which weeks are of something else, 0 for none.

    `now` holds at present; `settled` is what of it cannot be undone any more.
    """

    settled: int = 0
    now: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Weeks, and the corrections that reach into them.

    Weeks before the day `room.now` are of another room or sensor: they do not count, and those
    before `room.settled` are gone. In weeks before `hours.now` the parts were other hours of the
    day, because the time zone was another one. `struck` are (day, parts) of the days that were
    excluded after they had been added: their weeks do not count; the mask of parts is what was
    excluded before. `waiting` are days that have left the window while a correction excluded them
    that can still be undone. `read` says that the history of the source was read for it once, and
    `gap` why that gave nothing from before its first week. `former` is the year before another
    one was taken in with a file, as long as that can be undone.
    """

    packed: bytes = b""
    room: Bound = Bound()
    hours: Bound = Bound()
    struck: tuple[tuple[int, int], ...] = ()
    waiting: tuple[DaySummary, ...] = ()
    read: bool = False
    gap: YearGap | None = None
    former: Year | None = None

    @property
    def all_weeks(self) -> Sequence[Week]:
        """Return all weeks, oldest first, with those that do not count."""
        return unpack(self.packed)

    @property
    def weeks(self) -> Sequence[Week]:
        """Return the weeks that count, oldest first; each has at least one day."""
        if not self.struck and not self.room.now:  # So it is in most rooms, and is asked often.
            return list(self.all_weeks)
        return [week for week in self.all_weeks if self._counts(week)]

    def _counts(self, week: Week) -> bool:
        struck = any(week.has(day) for day, _ in self.struck)
        return not struck and week.first_seen >= self.room.now

    def with_days(self, days: Iterable[tuple[DaySummary, int]], first: int = 0) -> Year:
        """Return it with days, each in the parts of a mask, and without weeks before the `first`.

        A day that it has stays as it is. Weeks are packed once, because that takes a millisecond.
        """
        before, added = {week.number: week for week in self.all_weeks}, list(days)
        weeks = dict(before)
        read = day_counts([summary for summary, _ in added])
        for (summary, parts), counts in zip(added, read, strict=True):
            week = weeks.get(number := week_of(summary.day), Week(number=number))
            weeks[number] = week.with_day(summary, parts, counts)
        kept = {number: week for number, week in weeks.items() if number >= first}
        return self if kept == before else self.with_weeks(kept.values())

    def with_weeks(self, weeks: Iterable[Week]) -> Year:
        """Return it with other weeks; the oldest are dropped if they are too many."""
        known = sorted((week for week in weeks if week.seen), key=lambda week: week.number)
        return replace(self, packed=pack(known[-MOST_WEEKS:], self.packed))

    def without(self, gone: Callable[[Week], bool]) -> Year:
        """Return it without the weeks of which a function says that they go."""
        weeks = self.all_weeks
        kept = [week for week in weeks if not gone(week)]
        return self if len(kept) == len(weeks) else self.with_weeks(kept)

    def before(self, day: int) -> Year:
        """Return it without the weeks and days that are not over before a day."""
        return replace(
            self.without(lambda week: week.last_seen >= day),
            struck=tuple(one for one in self.struck if one[0] < day),
            waiting=tuple(summary for summary in self.waiting if summary.day < day),
            former=self.former and self.former.before(day),
        )


NO_YEAR: Final = Year()
