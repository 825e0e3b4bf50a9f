"""The ordered days of a channel with everything said about them: the only memory.

The file is a little long because all that a ledger can be asked stands on its derived fields.
A ledger is a value. Corrections are entries beside the days, never edits of them, so each
can be taken back. Ranges, states and confidence are worked out from it anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import cast

from ..day import DAY_S, PARTS, WINDOW_DAYS
from .day_summary import DayOrigin, DaySummary
from .entries import (
    Cause,
    Change,
    ChangePassed,
    ChangeSuspected,
    Correction,
    Draft,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    Relearned,
    Reset,
    StopAsking,
)
from .episode import Episode
from .histogram import ALL_PARTS

UNDO_DAYS = 30
PROMISE_DAYS = 30  # Days over which alerts are counted against the promise.
ENTRY_DAYS = 120  # Past this an entry touches no kept day and can no longer be undone.


class UndoError(ValueError):
    """There is nothing that can be taken back."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Days (oldest first), entries (in the order in which they hold) and episodes.

    `former` is the ledger before it was learned anew, as long as that can be taken back.
    """

    days: Sequence[DaySummary] = ()
    entries: tuple[Entry, ...] = ()
    episodes: tuple[Episode, ...] = ()
    root: int = 0
    former: Ledger | None = None
    chain: frozenset[int] = field(init=False, repr=False, compare=False)
    epoch_day: int = field(init=False, repr=False, compare=False)
    change_day: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out what is asked of every day.

        `chain` holds the heads under which a mark still counts, `epoch_day` is the first day
        that counts at all, `change_day` the first whose mark and peaks can be compared with
        today's; 0 where all can.
        """
        ids = [entry.id for entry in self.entries if entry.moves_range]
        epoch_day = max((entry.correction.counts_from for entry in self.entries), default=0)
        changes = (entry.correction.from_day for entry in self.changes())
        object.__setattr__(self, "chain", frozenset([self.root, *ids]))
        object.__setattr__(self, "epoch_day", epoch_day)
        object.__setattr__(self, "change_day", max((epoch_day, *changes)))

    @property
    def head(self) -> int:
        """Return the id of the last entry that moved the range, 0 for none."""
        return next((entry.id for entry in reversed(self.entries) if entry.moves_range), self.root)

    @property
    def next_id(self) -> int:
        """Return an id that no entry and no mark has used."""
        used = [self.root, *(entry.id for entry in self.entries)]
        return max(used + [summary.head for summary in self.days]) + 1

    def of[C: Correction](self, kind: type[C]) -> list[Entry[C]]:
        """Return the entries of one type of correction, in the order in which they hold."""
        found = [entry for entry in self.entries if isinstance(entry.correction, kind)]
        return cast("list[Entry[C]]", found)

    def changes(self) -> Iterator[Entry[Change]]:
        """Yield the changes in force: reported, or suspected and not replaced.

        Too many alerts are no doubt any more once the days on which they were given have been
        set aside.
        """
        withdrawn = {entry.replaces for entry in self.entries if entry.correction.withdraws}
        passed = [entry.correction for entry in self.of(ChangePassed)]
        for entry in self.of(Change):
            change = entry.correction
            if isinstance(change, ChangeSuspected):
                of_alerts = change.cause is Cause.TOO_MANY_ALERTS
                set_aside = any(gone.excluded_parts(change.from_day) for gone in passed)
                if entry.id in withdrawn or (of_alerts and set_aside):
                    continue
            yield entry

    @property
    def shift(self) -> Entry[Change] | None:
        """Return the last shift of the level that was suspected and is in force, if any."""
        shifts = [entry for entry in self.changes() if entry.correction.cause is Cause.LEVEL_SHIFT]
        return shifts[-1] if shifts else None

    def correction_of(self, episode: int) -> Entry[EpisodeReal | EpisodeNormal] | None:
        """Return the last correction of an episode (its id), None where there is none."""
        found = (
            cast("Entry[EpisodeReal | EpisodeNormal]", entry)
            for entry in reversed(self.entries)
            if isinstance(entry.correction, EpisodeReal | EpisodeNormal)
            and entry.correction.episode == episode
        )
        return next(found, None)

    def asks(self, *, episodes: bool) -> bool:
        """Tell whether questions are welcome: about episodes, or about ranges."""
        return not any(
            (entry.correction.episode is not None) is episodes for entry in self.of(StopAsking)
        )

    def corrections(self, today: int) -> list[Entry]:
        """Return the corrections by people that have an effect on a day, one for each step."""
        return [
            entry
            for entry in self.entries
            if not (entry.correction.inferred or entry.correction.agrees)
            and self._first_of(entry) is entry
            and entry.correction.in_force(today)
        ]

    def with_day(self, summary: DaySummary) -> Ledger:
        """Return the ledger with a day at its end (or in the place of that day)."""
        oldest = summary.day - WINDOW_DAYS + 1
        days = tuple(day for day in self.days if oldest <= day.day < summary.day)
        episodes = tuple(episode for episode in self.episodes if episode.day >= oldest)
        return replace(self, days=(*days, summary), episodes=episodes)

    def with_days(self, changed: dict[int, DaySummary]) -> Ledger:
        """Return the ledger with some of its days replaced."""
        return replace(self, days=tuple(changed.get(day.day, day) for day in self.days))

    def with_correction(self, at: float, draft: Draft) -> Ledger:
        """Return the ledger with one step in force, whose entries get their ids here."""
        first = self.next_id
        entries = [
            Entry(
                id=first + place,
                at=at,
                correction=correction,
                replaces=None if place else draft.replaces,
                step=first if place else None,
            )
            for place, correction in enumerate(draft.corrections)
        ]
        return replace(self, entries=(*self.entries, *entries))

    def with_more(self, at: float, entry: Entry, corrections: Iterable[Correction]) -> Ledger:
        """Return the ledger with corrections added to the step of an entry."""
        step = self._first_of(entry).id
        more = (
            Entry(id=number, at=at, correction=correction, step=step)
            for number, correction in enumerate(corrections, start=self.next_id)
        )
        return replace(self, entries=(*self.entries, *more))

    def with_episode(self, episode: Episode) -> Ledger:
        """Return the ledger with an episode added or brought up to date."""
        others = tuple(other for other in self.episodes if other.id != episode.id)
        return replace(self, episodes=(*others, episode))

    def undo(self, at: float, entry_id: int | None = None) -> Ledger:
        """Return the ledger without a step: the last one, or the one with a named entry.

        Later entries that move the range get new ids, since coverages under them no longer
        fit. Raises UndoError where there is no such entry or it is older than 30 days.
        """
        undone = self.undoable(at, entry_id)
        place = self.entries.index(undone)
        if isinstance(undone.correction, Relearned) and self.former is not None:
            return self._restored(self.former, place, undone.correction.from_day)
        step = [entry for entry in self.entries if self._first_of(entry) is undone]
        later = tuple(entry for entry in self.entries[place + 1 :] if entry not in step)
        if undone.moves_range:
            later = self._renewed(later)
        former = self.former
        if former is not None and undone in former.entries:
            former = former.undo(at, undone.id)
        return replace(self, entries=(*self.entries[:place], *later), former=former)

    def _renewed(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Return entries with new ids for those that move the range."""
        moving = [entry.id for entry in entries if entry.moves_range]
        renewed: dict[int | None, int] = dict(zip(moving, count(self.next_id), strict=False))
        return tuple(
            replace(
                entry,
                id=renewed.get(entry.id, entry.id),
                replaces=renewed.get(entry.replaces, entry.replaces),
                step=renewed.get(entry.step, entry.step),
            )
            for entry in entries
        )

    def _restored(self, former: Ledger, place: int, first: int) -> Ledger:
        """Return the ledger before it was learned again, with what has come since.

        That are the entries after a place and the days from the first one on.
        """
        later = (entry for entry in self.entries[place + 1 :] if not entry.correction.inferred)
        lived = [day for day in self.days if day.day >= first]
        since = {episode.id: episode for episode in (*former.episodes, *self.episodes)}
        ledger = replace(
            former,
            entries=(*former.entries, *self._renewed(tuple(later))),
            episodes=tuple(since.values()),
        )
        for day in lived:
            ledger = ledger.with_day(day)
        return ledger

    def undoable(self, at: float, entry_id: int | None = None) -> Entry:
        """Return the first entry of the step that `undo` would undo.

        Raises UndoError where there is none. A preference can be undone by its id at any time,
        everything else for 30 days.
        """
        for entry in reversed(self.entries):
            first = self._first_of(entry)
            if entry_id is None:
                wanted = not entry.correction.inferred and first is entry
            else:
                wanted = entry.id == entry_id
            lasting = entry_id is not None and entry.correction.preference
            if wanted and (lasting or at - first.at <= UNDO_DAYS * DAY_S):
                return first
        raise UndoError(
            "nothing to undo" if entry_id is None else f"entry {entry_id} cannot be undone"
        )

    def _first_of(self, entry: Entry) -> Entry:
        """Return the first entry of the step that an entry belongs to."""
        if entry.step is None:
            return entry
        return next((first for first in self.entries if first.id == entry.step), entry)

    def pruned(self, at: float) -> Ledger:
        """Return the ledger without what can no longer matter or be undone."""
        old = at - UNDO_DAYS * DAY_S
        resets = [entry for entry in self.of(Reset) if entry.at < old]
        gone = max((entry.correction.from_day for entry in resets), default=0)
        oldest = self.days[-1].day - WINDOW_DAYS if self.days else 0
        done = [
            entry
            for entry in self.entries
            if at - entry.at > ENTRY_DAYS * DAY_S
            and not entry.correction.preference
            and (entry.correction.last_day is None or entry.correction.last_day <= oldest)
        ]
        root = max((entry.id for entry in done if entry.moves_range), default=self.root)
        kept = any(entry.at >= old for entry in self.of(Relearned))
        former = self.former if kept else None
        if not done and former is self.former and not any(day.day < gone for day in self.days):
            return self
        return replace(
            self,
            days=tuple(day for day in self.days if day.day >= gone),
            entries=tuple(entry for entry in self.entries if entry not in done),
            root=root,
            former=former,
        )

    def rewound(self, day: int) -> Ledger:
        """Return the ledger without the days and episodes from a day on."""
        return replace(
            self,
            days=tuple(summary for summary in self.days if summary.day < day),
            episodes=tuple(episode for episode in self.episodes if episode.day < day),
        )

    def factor(self, day: int) -> float:
        """Return what a day still counts for: 1, less before a change, 0 if out of force."""
        if not self.entries:
            return 1.0
        if day < self.epoch_day or self.excluded_parts(day) == ALL_PARTS:
            return 0.0
        weights = (
            entry.correction.weight for entry in self.changes() if day < entry.correction.from_day
        )
        return min(weights, default=1.0)

    def excluded_parts(self, day: int, *, by_people: bool = False) -> int:
        """Return the mask of the parts of a day that are out of the range, by people or at all."""
        mask = 0
        for entry in self.entries:
            if not (by_people and entry.correction.inferred):
                mask |= entry.correction.excluded_parts(day)
        return mask

    def longest_run_h(self, since: int) -> int:
        """Return the longest run of one value (hours) that ended since a day."""
        runs = (summary.longest_run_h for summary in self.days if summary.day >= since)
        return max(runs, default=0)

    def evidence(self, before: int, days: int) -> list[DaySummary]:
        """Return the valid days in force among the last `days` before a day, oldest first."""
        return [
            summary
            for summary in self.days
            if before - days <= summary.day < before and summary.valid and self.factor(summary.day)
        ]

    def coverages(self) -> list[tuple[int, float]]:
        """Return day and mark of all marks that count, oldest first."""
        first = self.change_day
        return [
            (summary.day, summary.coverage)
            for summary in self.days
            if summary.coverage is not None
            and summary.day >= first
            and summary.head in self.chain
            and not self.excluded_parts(summary.day)
        ]

    def reference(self, most: int) -> list[DaySummary]:
        """Return the last reference days: complete, comparable, oldest first."""
        first = self.change_day
        fit = [
            summary
            for summary in self.days
            if summary.day >= first
            and summary.origin is not DayOrigin.HOURLY
            and summary.valid
            and summary.complete
            and not self.excluded_parts(summary.day)
        ]
        return fit[-most:]

    def lifted_levels(self, today: int) -> dict[int, float]:
        """Return the alert levels that the user lifted, by part."""
        lifted: dict[int, float] = {}
        for normal in (entry.correction for entry in self.of(EpisodeNormal)):
            for part in range(PARTS) if normal.in_force(today) else ():
                if normal.parts >> part & 1:
                    lifted[part] = max(normal.alert_level, lifted.get(part, 0.0))
        return lifted

    def alert_days(self, today: int, within: int = PROMISE_DAYS) -> list[int]:
        """Return the days with an alert that nobody corrected, within the last `within` days.

        To exclude a day corrects its alerts; a day that the channel set aside itself does not.
        """
        corrected = {entry.correction.episode for entry in self.of(EpisodeReal)}
        corrected |= {entry.correction.episode for entry in self.of(EpisodeNormal)}
        return sorted(
            {
                episode.day
                for episode in self.episodes
                if today - within < episode.day <= today
                and episode.day >= self.change_day
                and episode.id not in corrected
                and self.excluded_parts(episode.day, by_people=True) != ALL_PARTS
            }
        )
