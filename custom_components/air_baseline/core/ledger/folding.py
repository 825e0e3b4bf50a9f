"""Old entries without those that change nothing any more.

An entry that can no longer be undone is dropped once others like it do all that it does. What the
days count for stays the same, so a ledger does not grow with the number of its corrections.
"""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from ..day import DAY_S, WINDOW_DAYS
from .effects import Masks, is_shift, steps_by_people
from .entries import (
    ChangePassed,
    ChangeReported,
    ChangeSuspected,
    DaysExcluded,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    Missed,
    Named,
    Reset,
    SensorMapped,
    Span,
)

UNDO_DAYS = 30  # Days, by judgement.
ENTRY_DAYS = 120  # Days, by judgement: an older entry touches no kept day and cannot be undone.
# Days for which the last entry is kept that says since when the room is the present one, so that a
# later fill brings nothing back; follows from the 104 weeks of a year, with two to spare.
ROOM_DAYS = 106 * 7
EPOCH: Final = date(1970, 1, 1).toordinal()  # Day (ordinal); follows from POSIX times.


@dataclass(frozen=True, slots=True)
class Folded:
    """What remains of entries that were folded, the last time at a POSIX time.

    `heads` are the ids under which coverages of the kept days were issued. `numbers` are the
    numbers of steps by people that count as in force up to the day `first`, the next day, and so
    on.
    """

    at: float = 0.0
    heads: Sequence[int] = ()
    first: int = 0
    numbers: tuple[int, ...] = ()

    def in_force(self, today: int) -> int:
        """Return the number of steps by people that still count as in force on a day."""
        return sum(self.numbers[max(today - self.first, 0) :])

    def plus(
        self, at: float, heads: Iterable[int], gone: Mapping[int, int], last_day: int
    ) -> Folded:
        """Return it with more steps gone, by their last day in force; those before a day end."""
        numbers = dict(enumerate(self.numbers, start=self.first))
        for until, number in gone.items():
            numbers[until] = numbers.get(until, 0) + number
        days = [until for until, number in numbers.items() if number and until >= last_day]
        span = range(min(days), max(days) + 1) if days else range(0)
        return Folded(
            at=at,
            heads=array("Q", sorted(heads)),
            first=span.start,
            numbers=tuple(numbers.get(day, 0) for day in span),
        )


NOTHING_FOLDED: Final = Folded()


def settled(entries: Sequence[Entry], at: float) -> set[int]:
    """Return the ids of the entries whose step can no longer be undone; preferences always can."""
    steps = {entry.id: entry.id if entry.step is None else entry.step for entry in entries}
    recent = {
        steps[entry.id]
        for entry in entries
        if at - entry.at <= UNDO_DAYS * DAY_S or entry.correction.preference
    }
    return {number for number, step in steps.items() if step not in recent}


def unexpired(entries: Sequence[Entry], at: float, last_day: int) -> list[Entry]:
    """Return the entries without those that are so old that they touch no kept day.

    `last_day` is the last closed day, 0 for none.
    """
    bounding = _bounding(entries, settled(entries, at), last_day)
    return _linked([one for one in entries if one is bounding or not _expired(one, at, last_day)])


def needed_entries(
    entries: Sequence[Entry], at: float, last_day: int, episodes: Collection[int]
) -> list[Entry]:
    """Return the entries without those that are folded at a POSIX time.

    `last_day` is the last closed day, 0 for none, and `episodes` are the ids of those in memory.
    """
    old = settled(entries, at)
    recent = {entry.id for entry in entries} - old
    needs = _Needs([entry for entry in entries if entry.id in old], last_day, episodes)
    bounding = _bounding(entries, old, last_day)
    kept = [
        entry
        for entry in reversed(entries)
        if entry.id in recent
        or (entry.correction.withdraws and entry.replaces in recent)
        or (not _expired(entry, at, last_day) and needs.test(entry))
        or entry is bounding
    ]
    return _linked(kept[::-1])


def steps_gone(before: Sequence[Entry], after: Sequence[Entry]) -> Mapping[int, int]:
    """Return the number of steps by people of which nothing is left, by their last day in force."""
    left = {entry.id for entry in after}
    members: dict[int, list[Entry]] = {}
    for entry in before:
        members.setdefault(entry.id if entry.step is None else entry.step, []).append(entry)
    gone = [
        entry
        for entry in steps_by_people(before)
        if not any(one.id in left for one in members.get(entry.id, [entry]))
    ]
    days = [_in_force_until(entry) for entry in gone]
    return {day: days.count(day) for day in days}


def _in_force_until(entry: Entry) -> int:
    correction = entry.correction
    if isinstance(correction, EpisodeNormal):
        return correction.until_day
    made = int(entry.at // DAY_S) + EPOCH
    return max(made + ENTRY_DAYS, (correction.last_day or 0) + WINDOW_DAYS)


def _bounding(entries: Sequence[Entry], old: Collection[int], last_day: int) -> Entry | None:
    """Return the entry, of those that cannot be undone, that says since when the room is this one.

    None if none says so, or of a day so long ago that no fill reaches it.
    """
    known = [entry for entry in entries if entry.id in old and entry.correction.room_since]
    last = max(known, key=lambda entry: entry.correction.room_since, default=None)
    reached = last is not None and last.correction.room_since > last_day - ROOM_DAYS
    return last if reached else None


def _expired(entry: Entry, at: float, last_day: int) -> bool:
    if entry.correction.preference:
        return False
    concerns = entry.correction.last_day
    old = at - entry.at > ENTRY_DAYS * DAY_S
    return old and (concerns is None or concerns <= _oldest(last_day))


def _oldest(last_day: int) -> int:
    """Return the last day that is not kept any more."""
    return last_day - WINDOW_DAYS if last_day else 0


def _linked(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries with the step of each as the first entry that is left of it."""
    ids = {entry.id for entry in entries}
    firsts: dict[int, int] = {}
    linked = []
    for entry in entries:
        if entry.step is not None and entry.step not in ids:
            first = firsts.setdefault(entry.step, entry.id)
            linked.append(replace(entry, step=None if first == entry.id else first))
        else:
            linked.append(entry)
    return linked


class _Needs:
    """Tells whether settled entries, newest first, do what none of those before them does."""

    def __init__(self, old: Sequence[Entry], last_day: int, episodes: Collection[int]) -> None:
        self._last_day = last_day
        self._oldest = _oldest(last_day)
        self._episodes = episodes
        self._withdrawn = {entry.replaces for entry in old if entry.correction.withdraws}
        self._epoch_day = max((entry.correction.counts_from for entry in old), default=0)
        corrections = [entry.correction for entry in old]
        self._reset_day = max((c.from_day for c in corrections if isinstance(c, Reset)), default=0)
        self._passed = Masks.of(c.excluded for c in corrections if isinstance(c, ChangePassed))
        # The latest suspected shift: the days before it are not compared again, answered or not.
        shifts = [(e.correction.from_day, e.id) for e in old if is_shift(e.correction)]
        from_day, shift = max(shifts, default=(0, 0))
        self._shift = shift if from_day > self._oldest else None
        self._excluded: dict[int, int] = {}
        self._answered: set[int] = set()
        self._named: set[int] = set()
        self._normal: list[EpisodeNormal] = []
        self._changes: list[ChangeReported] = []

    def test(self, entry: Entry) -> bool:
        """Tell whether the ledger needs an entry."""
        match entry.correction:
            case ChangeSuspected() as change:
                withdrawn = entry.id in self._withdrawn and entry.id != self._shift
                needed = not withdrawn and self._suspected(change)
            case ChangeReported() as change:
                needed = self._reported(change)
            case ChangePassed() as passed:
                needed = passed.to_day > self._oldest
            case DaysExcluded() as days:
                needed = self._excludes(days.excluded)
            case EpisodeReal() as real:
                # Both are noted, whether the first is true or not.
                needed = any([self._excludes(real.excluded), self._answers(real.episode)])
            case Missed() as missed:
                self._excludes(missed.excluded)
                needed = missed.day > self._oldest
            case Named() as named:
                needed = self._names(named)
            case EpisodeNormal() as normal:
                needed = any([self._lifts(normal), self._answers(normal.episode)])
            case Reset() as reset:
                needed = reset.from_day == self._reset_day
                self._reset_day += needed  # Of several alike, only the first is needed.
            case _:
                needed = False
        answers = self._shift is not None and entry.replaces == self._shift
        return needed or (answers and entry.correction.withdraws)

    def _suspected(self, change: ChangeSuspected) -> bool:
        return change.from_day >= self._epoch_day

    def _reported(self, change: ChangeReported) -> bool:
        """Tell whether no later one leaves as little of as many days, and is as new a doubt."""
        alike = any(
            later.from_day >= change.from_day
            and later.found_day >= change.found_day
            and later.weight <= change.weight
            and later.doubts is change.doubts
            for later in self._changes
        )
        self._changes.append(change)
        if isinstance(change, SensorMapped) and change.from_day > self._oldest + 1:
            alike = False  # It converts days that are kept.
        return change.from_day >= self._epoch_day and not alike

    def _excludes(self, span: Span) -> bool:
        new = [
            day
            for day in range(max(span.first, self._oldest + 1), span.last + 1)
            if span.parts & ~self._excluded.get(day, 0)
        ]
        for day in new:
            self._excluded[day] = self._excluded.get(day, 0) | span.parts
        return bool(new)

    def _answers(self, episode: int) -> bool:
        """Tell whether it is the last correction of an episode that is kept."""
        known = episode not in self._episodes or episode in self._answered
        self._answered.add(episode)
        return not known

    def _names(self, named: Named) -> bool:
        """Tell whether it is the last name of a moment in the kept days."""
        known = named.moment in self._named or named.moment // DAY_S + EPOCH <= self._oldest
        self._named.add(named.moment)
        return not known

    def _lifts(self, normal: EpisodeNormal) -> bool:
        if normal.until_day < self._last_day or any(
            later.until_day >= normal.until_day
            and later.alert_level >= normal.alert_level
            and later.parts & normal.parts == normal.parts
            for later in self._normal
        ):
            return False
        self._normal.append(normal)
        return True
