"""How days join the year, and how corrections reach into it.

A week joins as a whole when the first of its days leaves the window, so that a year changes once
a week. What a correction excludes stays out. While that can still be undone, a day that leaves
waits beside the weeks, and a week that has joined only stops to count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..day import WINDOW_DAYS
from ..ledger.day_summary import DaySummary
from ..ledger.effects import Effects, effects_of
from ..ledger.entries import Cause
from ..ledger.folding import settled
from ..ledger.histogram import ALL_PARTS
from ..ledger.ledger import Ledger
from .week import week_of
from .year import YEAR_WEEKS, Bound, Year


def joined(year: Year, ledger: Ledger, last_day: int, at: float, spare: int = 0) -> Year:
    """Return the year with the weeks that leave the window as `last_day` closes.

    `ledger` still has them. What cannot be undone any more at the POSIX time `at` is settled; the
    clock may be `spare` days ahead, by which weeks stay longer than two years.
    """
    leaving = [summary.day for summary in ledger.days if summary.day <= last_day - WINDOW_DAYS]
    if not leaving and not _undecided(year, ledger):
        return year
    before = _settled(ledger, at)
    if leaving:
        last = week_of(leaving[-1])
        days = [summary for summary in ledger.days if week_of(summary.day) <= last]
        year = _with_days(year, ledger, _new_in(year, days), before, _first(last_day - spare))
    return _followed(year, ledger, before) if _undecided(year, ledger) else year


def followed(year: Year, ledger: Ledger, at: float) -> Year:
    """Return the year as the corrections of a ledger have it at a POSIX time.

    What can be undone no longer is settled: the weeks that it excludes go, and days that waited
    join or go.
    """
    return _followed(year, ledger, _settled(ledger, at))


def _followed(year: Year, ledger: Ledger, before: Effects) -> Year:
    now = ledger.effects
    year = replace(
        year,
        room=_bound(year.room, _room_since(before), _room_since(now)),
        hours=_bound(year.hours, _hours_since(before), _hours_since(now)),
    )
    if year.waiting:
        year = _with_days(replace(year, waiting=()), ledger, year.waiting, before)
    year = _with_struck(year, before, now)
    return year.without(lambda week: week.first_seen < year.room.settled)


def filled(year: Year, ledger: Ledger, days: Iterable[DaySummary], today: int) -> Year:
    """Return the year with days from history that have left the window before `today`.

    Days of another room or sensor are left out, as is what a correction excludes. Days that it
    has stay as they are.
    """
    known = {summary.day for summary in (*ledger.days, *year.waiting)}
    effects = ledger.effects
    first = max(year.room.now, _room_since(effects))
    fitting = [
        (summary, _parts(year, effects, summary.day))
        for summary in days
        if first <= summary.day <= today - WINDOW_DAYS and summary.day not in known
    ]
    return year.with_days(fitting, _first(today))


def _undecided(year: Year, ledger: Ledger) -> bool:
    """Tell whether time alone can settle anything."""
    effects = ledger.effects
    bounds = ((year.room, _room_since(effects)), (year.hours, _hours_since(effects)))
    return bool(year.waiting or year.struck) or any(
        max(bound.now, day) > bound.settled for bound, day in bounds
    )


def _new_in(year: Year, days: Sequence[DaySummary]) -> list[DaySummary]:
    """Return the days that neither have joined nor wait."""
    known, asked = {summary.day for summary in year.waiting}, {week_of(one.day) for one in days}
    known.update(day for week in year.all_weeks if week.number in asked for day in week.seen_days)
    return [one for one in days if one.day not in known]


def _with_days(
    year: Year, ledger: Ledger, days: Sequence[DaySummary], before: Effects, first: int = 0
) -> Year:
    """Return the year with days; those wait of which an undoable correction excludes anything.

    `before` is what the entries do that cannot be undone any more, and `first` the number of the
    first week that is kept.
    """
    if not days:
        return year
    now = ledger.effects
    waiting = {summary.day: summary for summary in year.waiting}
    joining: list[tuple[DaySummary, int]] = []
    for summary in days:
        parts = _parts(year, now, summary.day)
        if parts != _parts(year, before, summary.day):
            waiting[summary.day] = summary
        else:
            joining.append((summary, parts))
    waits = tuple(waiting[day] for day in sorted(waiting))
    return replace(year.with_days(joining, first), waiting=waits)


def _first(today: int) -> int:
    """Return the number of the first week that is kept."""
    return week_of(today) - YEAR_WEEKS


def _parts(year: Year, effects: Effects, day: int) -> int:
    """Return the mask of the parts of a day that count."""
    since = max(year.room.settled, _room_since(effects))
    return 0 if day < since else ALL_PARTS & ~effects.excluded_by_people[day]


def _with_struck(year: Year, before: Effects, now: Effects) -> Year:
    """Return the year with its struck days; the weeks of those that are settled go."""
    if not year.struck and before.excluded_by_people == now.excluded_by_people:
        return year
    known = dict(year.struck)
    gone = {day for day, parts in known.items() if before.excluded_by_people[day] & ~parts}
    year = year.without(lambda week: not gone.isdisjoint(week.seen_days))
    added = (day for week in year.all_weeks for day in week.seen_days)
    parts_of = {day: known.get(day, before.excluded_by_people[day]) for day in added}
    struck = tuple(one for one in parts_of.items() if now.excluded_by_people[one[0]] & ~one[1])
    return replace(year, struck=struck)


def _settled(ledger: Ledger, at: float) -> Effects:
    """Return what the entries of a ledger do that cannot be undone any more."""
    entries = tuple(ledger.entries)
    old = settled(entries, at)
    if len(old) == len(entries):
        return ledger.effects
    return effects_of([entry for entry in entries if entry.id in old])


def _bound(known: Bound, settled_day: int, day: int) -> Bound:
    last = max(known.settled, settled_day)
    return Bound(last, max(last, day))


def _room_since(effects: Effects) -> int:
    """Return the first day of the present room and sensor, as far as corrections say it."""
    return max(effects.epoch_day, *(one.correction.room_since for one in effects.changes), 0)


def _hours_since(effects: Effects) -> int:
    """Return the first day of the present time zone, as far as the ledger knows."""
    changes = (one.correction for one in effects.changes)
    return max((one.from_day for one in changes if one.cause is Cause.TIME_ZONE), default=0)
