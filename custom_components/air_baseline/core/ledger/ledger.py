"""The ordered days of a channel with everything said about them: the only memory.

The file is a little long because all that a ledger can be asked stands on its derived fields.
A ledger is a value. Corrections are entries beside the days, never edits of them, so each
can be taken back. Ranges, states and confidence are worked out from it anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from ..day import DAY_S, WINDOW_DAYS
from .day_summary import DayOrigin, DaySummary
from .entries import (
    AGREEING,
    FORGETS,
    INFERRED,
    PREFERENCES,
    STRIKES,
    VERDICTS,
    WITHDRAWS,
    Cause,
    Entry,
    EntryKind,
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
        epochs = [
            entry.from_day or 0
            for entry in self.entries
            if entry.kind in FORGETS or (entry.kind is EntryKind.CHANGE and not entry.weight)
        ]
        epoch_day = max(epochs, default=0)
        changes = (entry.from_day or 0 for entry in self.changes())
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

    def changes(self) -> Iterator[Entry]:
        """Yield the changes in force: told, or inferred and not withdrawn by an answer.

        A told change that lets earlier days count on is the doubt that an inferred one is:
        the range mixes two places until it has proved itself. Too many alerts are no doubt any
        more once the days on which they were told have been set aside.
        """
        withdrawn = {entry.target for entry in self.entries if entry.kind in WITHDRAWS}
        passed = [entry for entry in self.entries if entry.kind is EntryKind.CHANGE_PASSED]
        for entry in self.entries:
            if entry.kind is EntryKind.CHANGE:
                yield replace(entry, kind=EntryKind.CHANGE_DETECTED) if entry.weight else entry
            elif entry.kind is EntryKind.CHANGE_DETECTED and entry.id not in withdrawn:
                of_alerts = entry.cause is Cause.TOO_MANY_ALERTS
                if not (of_alerts and any(gone.covers(entry.from_day or 0) for gone in passed)):
                    yield entry

    @property
    def shift(self) -> Entry | None:
        """Return the last shift of the level that was inferred and is in force, if any."""
        shifts = [entry for entry in self.changes() if entry.cause is Cause.LEVEL_SHIFT]
        return shifts[-1] if shifts else None

    def verdict_on(self, episode: int) -> Entry | None:
        """Return what was last said about an episode, None where it was not answered."""
        said = (
            entry
            for entry in reversed(self.entries)
            if entry.kind in VERDICTS and entry.episode == episode
        )
        return next(said, None)

    def asks(self, *, episodes: bool) -> bool:
        """Tell whether questions are welcome: about episodes, or about ranges."""
        return not any(
            entry.kind is EntryKind.STOP_ASKING and (entry.episode is not None) is episodes
            for entry in self.entries
        )

    def corrections(self, today: int) -> list[Entry]:
        """Return the user's corrections that what is said on a day takes into account."""
        return [
            entry
            for entry in self.entries
            if entry.kind not in INFERRED | AGREEING
            and self._first_of(entry) is entry
            and (entry.until_day is None or today <= entry.until_day)
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

    def with_entry(self, entry: Entry) -> Ledger:
        """Return the ledger with one more entry in force."""
        return replace(self, entries=(*self.entries, entry))

    def with_answer(self, at: float, entry: Entry, *more: Entry) -> Ledger:
        """Return the ledger with one answer in force, whose entries get their ids here."""
        first = self.next_id
        said = [replace(entry, id=first, at=at)]
        said += [
            replace(other, id=first + place, at=at, target=first)
            for place, other in enumerate(more, start=1)
        ]
        return replace(self, entries=(*self.entries, *said))

    def with_more(self, at: float, answer: Entry, *more: Entry) -> Ledger:
        """Return the ledger with entries added to an answer that is in force."""
        return replace(
            self,
            entries=(
                *self.entries,
                *(
                    replace(other, id=number, at=at, target=self._first_of(answer).id)
                    for number, other in enumerate(more, start=self.next_id)
                ),
            ),
        )

    def with_episode(self, episode: Episode) -> Ledger:
        """Return the ledger with an episode added or brought up to date."""
        others = tuple(other for other in self.episodes if other.id != episode.id)
        return replace(self, episodes=(*others, episode))

    def undo(self, at: float, entry_id: int | None = None) -> Ledger:
        """Return the ledger without an answer: the last one, or the one with a named entry.

        Later entries that move the range get new ids, since marks issued under them no longer
        fit. Raises UndoError where there is no such entry or it is older than 30 days.
        """
        undone = self.undoable(at, entry_id)
        if undone.kind is EntryKind.RELEARNED and self.former is not None:
            return self._restored(self.former, undone)
        place = self.entries.index(undone)
        answer = [entry for entry in self.entries if self._first_of(entry) is undone]
        later = tuple(entry for entry in self.entries[place + 1 :] if entry not in answer)
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
                target=renewed.get(entry.target, entry.target),
            )
            for entry in entries
        )

    def _restored(self, former: Ledger, relearned: Entry) -> Ledger:
        """Return the ledger before it was learned anew, with what has come since."""
        place = self.entries.index(relearned)
        said = (entry for entry in self.entries[place + 1 :] if entry.kind not in INFERRED)
        lived = [day for day in self.days if day.day >= (relearned.from_day or 0)]
        since = {episode.id: episode for episode in (*former.episodes, *self.episodes)}
        ledger = replace(
            former,
            entries=(*former.entries, *self._renewed(tuple(said))),
            episodes=tuple(since.values()),
        )
        for day in lived:
            ledger = ledger.with_day(day)
        return ledger

    def undoable(self, at: float, entry_id: int | None = None) -> Entry:
        """Return the first entry of the answer that `undo` would take back.

        Raises UndoError where there is none. A preference can be taken back by its id at any
        time, everything else for 30 days.
        """
        for entry in reversed(self.entries):
            first = self._first_of(entry)
            if entry_id is None:
                wanted = entry.kind not in INFERRED and first is entry
            else:
                wanted = entry.id == entry_id
            lasting = entry_id is not None and entry.kind in PREFERENCES
            if wanted and (lasting or at - first.at <= UNDO_DAYS * DAY_S):
                return first
        message = "nothing to undo" if entry_id is None else f"entry {entry_id} cannot be undone"
        raise UndoError(message)

    def _first_of(self, entry: Entry) -> Entry:
        """Return the first entry of the answer that an entry belongs to."""
        if entry.target is None:
            return entry
        return next(
            (
                first
                for first in self.entries
                if first.id == entry.target and first.kind is entry.kind
            ),
            entry,
        )

    def pruned(self, at: float) -> Ledger:
        """Return the ledger without what can no longer matter or be undone."""
        old = at - UNDO_DAYS * DAY_S
        gone = max(
            (
                entry.from_day or 0
                for entry in self.entries
                if entry.kind is EntryKind.RESET and entry.at < old
            ),
            default=0,
        )
        oldest = self.days[-1].day - WINDOW_DAYS if self.days else 0
        done = [
            entry
            for entry in self.entries
            if at - entry.at > ENTRY_DAYS * DAY_S
            and entry.kind not in PREFERENCES
            and (entry.to_day is None or entry.to_day <= oldest)
        ]
        root = max((entry.id for entry in done if entry.moves_range), default=self.root)
        kept = any(entry.kind is EntryKind.RELEARNED and entry.at >= old for entry in self.entries)
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
        if day < self.epoch_day or self.struck_parts(day) == ALL_PARTS:
            return 0.0
        return min(
            (entry.weight for entry in self.changes() if day < (entry.from_day or 0)), default=1.0
        )

    def struck_parts(self, day: int, kinds: frozenset[EntryKind] = STRIKES) -> int:
        """Return the mask of the parts of a day that are struck out by entries of some kinds."""
        mask = 0
        for entry in self.entries:
            if entry.kind in kinds and entry.covers(day):
                mask |= ALL_PARTS if entry.parts is None else entry.parts
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
            and not self.struck_parts(summary.day)
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
            and not self.struck_parts(summary.day)
        ]
        return fit[-most:]

    def lifted_levels(self, today: int) -> dict[int, float]:
        """Return the alert levels that the user lifted, by part."""
        lifted: dict[int, float] = {}
        for entry in self.entries:
            if entry.kind is not EntryKind.EPISODE_NORMAL or entry.level is None:
                continue
            if entry.until_day is not None and today <= entry.until_day:
                for part in range(ALL_PARTS.bit_length()):
                    if entry.parts is None or entry.parts >> part & 1:
                        lifted[part] = max(entry.level, lifted.get(part, 0.0))
        return lifted

    def alert_days(self, today: int, within: int = PROMISE_DAYS) -> list[int]:
        """Return the days with an alert that nobody has answered, of the last 30 or so many.

        To strike a day out is an answer to its alerts; a day set aside by itself is none.
        """
        answered = {entry.episode for entry in self.entries if entry.kind in VERDICTS}
        return sorted(
            {
                episode.day
                for episode in self.episodes
                if today - within < episode.day <= today
                and episode.day >= self.change_day
                and episode.id not in answered
                and self.struck_parts(episode.day, STRIKES - INFERRED) != ALL_PARTS
            }
        )
