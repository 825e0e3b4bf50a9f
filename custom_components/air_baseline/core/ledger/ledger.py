"""The days of a channel in order, with all corrections of them: the only memory.

A ledger is a value. Corrections are entries next to the days and never edit them, so each can be
undone. Ranges, states and confidence are always computed from the ledger. The file is a little
long because every method depends on the derived fields.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import cast

from ..day import DAY_S, PARTS, WINDOW_DAYS
from .day_summary import DayOrigin, DaySummary, valid_days
from .effects import Effects, first_entries, steps_by_people
from .entries import (
    Change,
    ClockSetBack,
    Correction,
    Draft,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    Relearned,
    StopAsking,
    StopReporting,
    Trouble,
)
from .entry_list import MOST_PLAIN, Entries
from .episode import Episode
from .folding import NOTHING_FOLDED, UNDO_DAYS, Folded, needed_entries, steps_gone, unexpired
from .histogram import ALL_PARTS
from .own_words import within_space
from .seen_parts import common_parts, is_enough, usual_parts

ON_DAYS = 60  # Days that show when a source is on, by judgement: as many as are evidence.
# Days between two times that entries are folded, and of many between two times that a day's close
# does it: by judgement, because it takes some milliseconds then, and most corrections do it before.
FOLD_DAYS, FOLD_CLOSE_DAYS = 1, 7


class UndoError(ValueError):
    """There is nothing that can be undone."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Days (oldest first), entries (in the order in which they took effect) and episodes.

    `root` is the highest id of the entries that were dropped, 0 for none, and `folded` is what
    remains of them. `former` is the ledger before it was relearned, as long as that can be undone.
    `set_aside` are the days that were learned while the clock was ahead, by the dates that they
    really had.
    """

    days: Sequence[DaySummary] = ()
    entries: Sequence[Entry] = ()
    episodes: tuple[Episode, ...] = ()
    root: int = 0
    former: Ledger | None = None
    folded: Folded = NOTHING_FOLDED
    set_aside: Sequence[DaySummary] = ()

    def __post_init__(self) -> None:
        """Work out what the entries do, unless they are those of another ledger."""
        if not isinstance(self.entries, Entries):
            object.__setattr__(self, "entries", Entries(self.entries))

    @property
    def effects(self) -> Effects:
        """Return what the entries do."""
        return cast("Entries", self.entries).effects

    @property
    def chain(self) -> frozenset[int]:
        """Return the heads under which a coverage still counts."""
        return frozenset([self.root, *self.folded.heads, *self.effects.moving])

    @property
    def epoch_day(self) -> int:
        """Return the first day that still counts, 0 if every day does."""
        return self.effects.epoch_day

    @property
    def change_day(self) -> int:
        """Return the first day whose coverage and peaks are comparable, 0 if every day's are."""
        return self.effects.change_day

    @property
    def head(self) -> int:
        """Return the id of the last entry that moved the range, `root` if there is none."""
        moving = self.effects.moving
        return moving[-1] if moving else self.root

    @property
    def next_id(self) -> int:
        """Return an id that no entry and no day has used."""
        used = [self.root, self.effects.highest_id, *(summary.head for summary in self.days)]
        return max(used) + 1

    def of[C: Correction](self, correction: type[C]) -> list[Entry[C]]:
        """Return the entries of one type of correction, in the order in which they took effect."""
        entries = [entry for entry in self.entries if isinstance(entry.correction, correction)]
        return cast("list[Entry[C]]", entries)

    def changes(self) -> Sequence[Entry[Change]]:
        """Return the changes in force: reported, or suspected and not withdrawn.

        A change suspected from too many alerts is not in force once the day from which it was
        suspected is excluded by a passed change.
        """
        return self.effects.changes

    @property
    def shift(self) -> Entry[Change] | None:
        """Return the suspected level shift that is open, None if there is none."""
        return self.effects.shift

    def is_answered(self, episode: int) -> bool:
        """Tell whether an episode (its id) was corrected."""
        answered = self.effects.answered
        place = bisect_left(answered, episode)
        return place < len(answered) and answered[place] == episode

    def correction_of(self, episode: int) -> Entry[EpisodeReal | EpisodeNormal] | None:
        """Return the last correction of an episode (its id), None if there is none."""
        if not self.is_answered(episode):
            return None
        entries = (
            cast("Entry[EpisodeReal | EpisodeNormal]", entry)
            for entry in reversed(self.entries)
            if isinstance(entry.correction, EpisodeReal | EpisodeNormal)
            and entry.correction.episode == episode
        )
        return next(entries, None)

    def asks(self, *, episodes: bool) -> bool:
        """Tell whether questions are welcome: about episodes, or about ranges."""
        stopped = (entry.correction for entry in self.effects.preferences)
        return not any(
            isinstance(one, StopAsking) and (one.episode is not None) is episodes for one in stopped
        )

    def reports(self, trouble: Trouble) -> bool:
        """Tell whether reports about a trouble of the source are welcome."""
        stopped = (entry.correction for entry in self.effects.preferences)
        return not any(isinstance(one, StopReporting) and one.trouble is trouble for one in stopped)

    def of_another_source(self) -> Ledger:
        """Return the ledger as another source continues it: its troubles are reported again."""
        kept = (one for one in self.entries if not isinstance(one.correction, StopReporting))
        return replace(self, entries=tuple(kept))

    def corrections(self, today: int) -> list[Entry]:
        """Return the corrections by people in force on a day: the first entry of each step.

        Those that were folded are not among them.
        """
        steps = steps_by_people(self.entries)
        return [entry for entry in steps if entry.correction.in_force(today)]

    def in_force(self, today: int) -> int:
        """Return the number of corrections by people in force on a day, with the folded ones."""
        return self.effects.in_force(today) + self.folded.in_force(today)

    def with_day(self, summary: DaySummary, *, spare: int = 0) -> Ledger:
        """Return the ledger with a day at its end, or in place of the same day.

        Later days are dropped, and so are days and episodes that leave the window; the clock may
        be `spare` days ahead, for which episodes stay longer.
        """
        oldest = summary.day - WINDOW_DAYS + 1
        days = tuple(day for day in self.days if oldest <= day.day < summary.day)
        episodes = tuple(episode for episode in self.episodes if episode.day >= oldest - spare)
        return replace(self, days=(*days, summary), episodes=episodes)

    def with_days(self, changed: dict[int, DaySummary]) -> Ledger:
        """Return the ledger with some of its days (by ordinal) replaced."""
        return replace(self, days=tuple(changed.get(day.day, day) for day in self.days))

    def repeated(self, draft: Draft) -> Entry | None:
        """Return the first entry of the last step by people if a draft says the same again.

        It would change nothing, and undoing the last step undoes it either way.
        """
        entries = tuple(self.entries)
        steps = [one for one in first_entries(entries) if not one.correction.inferred]
        if not steps or draft.replaces is not None or steps[-1].replaces is not None:
            return None
        same = [e.correction for e in entries if steps[-1].id in (e.id, e.step)]
        later = entries[entries.index(steps[-1]) :]
        moved = any(entry.correction.inferred for entry in later)
        return steps[-1] if tuple(same) == draft.corrections and not moved else None

    def with_correction(self, at: float, draft: Draft) -> Ledger:
        """Return the ledger with a draft in force from a POSIX time, as entries with new ids."""
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
        return replace(self, entries=within_space((*self.entries, *entries)))

    def with_passed(self, shift: Entry[Change], today: int) -> Ledger:
        """Return the ledger with a suspected shift closed, because it has passed by itself.

        It begins today, so it asks nothing, and days before are not compared again.
        """
        closed = replace(shift.correction, from_day=today, found_day=today)
        passed = replace(shift, correction=closed)
        return replace(
            self, entries=tuple(passed if one.id == shift.id else one for one in self.entries)
        )

    def with_more(self, at: float, entry: Entry, corrections: Iterable[Correction]) -> Ledger:
        """Return the ledger with corrections added to the step of an entry."""
        step = entry.id if entry.step is None else entry.step
        more = (
            Entry(id=number, at=at, correction=correction, step=step)
            for number, correction in enumerate(corrections, start=self.next_id)
        )
        return replace(self, entries=(*self.entries, *more))

    def with_episode(self, episode: Episode) -> Ledger:
        """Return the ledger with an episode added or updated."""
        others = tuple(other for other in self.episodes if other.id != episode.id)
        return replace(self, episodes=(*others, episode))

    def undo(self, at: float, entry_id: int | None = None) -> Ledger:
        """Return the ledger without one step: the last one, or that of the entry `entry_id`.

        Later entries that move the range get new ids, because coverages issued under them do not
        count any more. Raises UndoError if there is no such entry or it is older than 30 days.
        """
        undone = self.undoable(at, entry_id)
        entries = tuple(self.entries)
        place = entries.index(undone)
        if isinstance(undone.correction, Relearned) and self.former is not None:
            return self._restored(self.former, place)
        later = tuple(entry for entry in entries[place + 1 :] if entry.step != undone.id)
        if undone.moves_range:
            later = self._renewed(later)
        former = self.former
        if former is not None and undone in former.entries:
            former = former.undo(at, undone.id)
        return replace(self, entries=(*entries[:place], *later), former=former)

    def _renewed(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Return the entries, with new ids for those that move the range."""
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

    def before_relearned(self) -> Ledger:
        """Return the ledger as it would be without its relearning, itself if it has none.

        What is learned from elsewhere next sets this one aside: undoing that leads back to what
        the room had itself, however often it was relearned since.
        """
        relearned = self.of(Relearned)
        if self.former is None or not relearned:
            return replace(self, former=None)
        return self._restored(self.former, tuple(self.entries).index(relearned[-1]))

    def _restored(self, former: Ledger, place: int) -> Ledger:
        """Return the ledger from before it was relearned, with what has been added since.

        The entry at index `place` relearned it. Added are the later entries that are not found
        again, the days from its day on, those that were set aside, and the episodes that ended
        later.
        """
        relearned = cast("Entry[Relearned]", self.entries[place])
        first = relearned.correction.from_day
        own = (one for one in self.episodes if one.end is None or one.end > relearned.at)
        later = (entry for entry in self.entries[place + 1 :] if not entry.correction.found_again)
        aside = {one.day: one for one in (*former.set_aside, *self.set_aside)}
        episodes = {episode.id: episode for episode in (*former.episodes, *own)}
        ledger = replace(
            former,
            entries=(*former.entries, *self._renewed(tuple(later))),
            episodes=tuple(episodes.values()),
            set_aside=tuple(aside[day] for day in sorted(aside)),
        )
        for day in self.days:
            if day.day >= first:
                ledger = ledger.with_day(day)
        return ledger

    def undoable(self, at: float, entry_id: int | None = None) -> Entry:
        """Return the first entry of the step that `undo` would undo.

        What changes nothing else can be undone by its id at any time, everything else for 30 days.
        Raises UndoError if there is no such step.
        """
        entries = tuple(self.entries)
        steps = {entry.id: entry for entry in entries}
        for entry in reversed(entries):
            first = entry if entry.step is None else steps.get(entry.step, entry)
            if entry_id is None:
                wanted = not entry.correction.inferred and first is entry
            else:
                wanted = entry.id == entry_id
            lasting = entry_id is not None and entry.correction.harmless
            if wanted and (lasting or at - first.at <= UNDO_DAYS * DAY_S):
                return first
        raise UndoError(
            "there is nothing to undo" if entry_id is None else f"entry {entry_id} cannot be undone"
        )

    def pruned(self, at: float) -> Ledger:
        """Return the ledger without what neither has an effect nor can be undone any more."""
        old = at - UNDO_DAYS * DAY_S
        first = max((day for made, day in self.effects.resets if made < old), default=0)
        ledger = self
        if first and self.days and self.days[0].day < first:
            ledger = replace(self, days=tuple(day for day in self.days if day.day >= first))
        if self.former and not any(entry.at >= old for entry in self.of(Relearned)):
            ledger = replace(ledger, former=None)
        if self.set_aside and not any(one.at >= old for one in self.of(ClockSetBack)):
            ledger = replace(ledger, set_aside=())
        return ledger.fold(at, FOLD_CLOSE_DAYS if self._many else 0)

    @property
    def _many(self) -> bool:
        return len(self.entries) > MOST_PLAIN

    def fold(self, at: float, every: int = FOLD_DAYS) -> Ledger:
        """Return the ledger with the entries folded that can no longer be undone, if they are many.

        That is done once in `every` days. Few entries stay until they touch no kept day.
        """
        if not self.entries or 0.0 <= at - self.folded.at < every * DAY_S:
            return self
        entries = tuple(self.entries)
        last_day = self.days[-1].day if self.days else 0
        if self._many:
            episodes = {episode.id for episode in self.episodes}
            kept = needed_entries(entries, at, last_day, episodes)
        else:
            kept = unexpired(entries, at, last_day)
        if len(kept) == len(entries):
            return replace(self, folded=replace(self.folded, at=at)) if self._many else self
        left = {entry.id for entry in kept}
        dropped = {entry.id for entry in entries} - left
        counted = self.chain & {summary.head for summary in self.days}
        gone = steps_gone(entries, kept)
        return replace(
            self,
            entries=kept,
            root=max(self.root, *dropped),
            folded=self.folded.plus(at, counted - left, gone, last_day),
        )

    def returned(self, before: int) -> Ledger:
        """Return the ledger with the days before a day that are not to be set aside any more.

        Of two summaries of one day, the one that observed more counts.
        """
        if not self.set_aside:
            return self
        held = [entry.correction for entry in self.of(ClockSetBack)]
        back = [
            one
            for one in self.set_aside
            if one.day < before and not any(span.sets_aside(one.day) for span in held)
        ]
        days = {summary.day: summary for summary in self.days}
        for one in back:
            known = days.get(one.day)
            if known is None or known.observed_share < one.observed_share:
                days[one.day] = one
        oldest = max(days, default=0) - WINDOW_DAYS + 1
        return replace(
            self,
            days=tuple(days[day] for day in sorted(days) if day >= oldest),
            set_aside=tuple(one for one in self.set_aside if one not in back),
        )

    def factor(self, day: int) -> float:
        """Return what a day still counts for: 1, less before a change, 0 for nothing."""
        effects = self.effects
        if day < effects.epoch_day or effects.excluded[day] == ALL_PARTS:
            return 0.0
        weights = effects.weights
        return min((one for first, one in weights if day < first), default=1.0) if weights else 1.0

    def excluded_parts(self, day: int, *, by_people: bool = False) -> int:
        """Return the mask of the excluded parts of a day; `by_people` leaves out inferred ones."""
        effects = self.effects
        return (effects.excluded_by_people if by_people else effects.excluded)[day]

    def longest_run_h(self, since: int) -> int:
        """Return the longest run of one value that ended on or after a day, in hours."""
        runs = (summary.longest_run_h for summary in self.days if summary.day >= since)
        return max(runs, default=0)

    def evidence(self, before: int, days: int) -> list[DaySummary]:
        """Return the valid days that count among the `days` before a day, oldest first."""
        counted = [
            summary
            for summary in self.days
            if before - days <= summary.day < before and self.factor(summary.day)
        ]
        valid = valid_days(counted, self.seen_parts(before))
        return [summary for summary, is_valid in zip(counted, valid, strict=True) if is_valid]

    def usual_parts(self, before: int) -> int:
        """Return the mask of the parts that the source was usually on in before a day."""
        first = max(self.epoch_day, before - ON_DAYS)
        return usual_parts([summary for summary in self.days if first <= summary.day < before])

    def seen_parts(self, before: int) -> int:
        """Return the mask of the parts that are learned: `usual_parts`, all if they are too few."""
        usual = self.usual_parts(before)
        return usual if is_enough(usual) else ALL_PARTS

    def common_parts(self, before: int) -> int:
        """Return the mask of the seen parts that are compared from day to day."""
        days = [summary for summary in self.days if self.change_day <= summary.day < before]
        return common_parts(days, self.seen_parts(before))

    def coverages(self) -> list[tuple[int, float]]:
        """Return (day, coverage) of all scored days that count, oldest first."""
        first, chain = self.change_day, self.chain
        return [
            (summary.day, summary.coverage)
            for summary in self.days
            if summary.coverage is not None
            and summary.day >= first
            and summary.head in chain
            and not self.excluded_parts(summary.day)
        ]

    def reference(self, most: int, parts: int | None = None) -> list[DaySummary]:
        """Return the last `most` reference days (complete and comparable), oldest first.

        They are complete in the parts of a mask, by default in those that are compared.
        """
        first, before = self.change_day, self.days[-1].day + 1 if self.days else 0
        parts = self.common_parts(before) if parts is None else parts
        complete = [
            summary
            for summary in self.days
            if summary.day >= first
            and summary.origin is not DayOrigin.HOURLY
            and summary.complete(parts)
            and not self.excluded_parts(summary.day)
        ]
        valid = valid_days(complete, parts)
        reference = [summary for summary, is_valid in zip(complete, valid, strict=True) if is_valid]
        return reference[-most:]

    def lifted_levels(self, today: int) -> dict[int, float]:
        """Return the alert levels that people raised (base unit), by part."""
        lifted: dict[int, float] = {}
        values = iter(self.effects.lifted)
        for until, parts, level in zip(values, values, values, strict=True):
            for part in range(PARTS) if today <= until else ():
                if int(parts) >> part & 1:
                    lifted[part] = max(level, lifted.get(part, 0.0))
        return lifted

    def alert_days(self, today: int, within: int) -> list[int]:
        """Return the days with an alert that nobody corrected, within the last `within` days.

        Excluding a day corrects its alerts, unless the channel excluded it by itself.
        """
        return sorted(
            {
                episode.day
                for episode in self.episodes
                if today - within < episode.day <= today
                and episode.day >= self.change_day
                and not self.is_answered(episode.id)
                and self.excluded_parts(episode.day, by_people=True) != ALL_PARTS
            }
        )
