"""The ordered days of a channel with everything said about them: the only memory.

A ledger is a value. Corrections are entries beside the days, never edits of them, so each
can be taken back. Ranges, states and confidence are worked out from it anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count

from .day import DAY_S
from .digest import ALL_PARTS, DayKind, Digest
from .state import Together

WINDOW_DAYS = 90  # A season's worth: with a half-life of 30 days older days weigh under 1/8.
UNDO_DAYS = 30
PROMISE_DAYS = 30  # Days over which alerts are counted against the promise.
ENTRY_DAYS = 120  # Past this an entry touches no kept day and can no longer be undone.


class EntryKind(StrEnum):
    """What can be said about the days; values are the stored form."""

    LOOKS_RIGHT = "looks_right"
    EPISODE_REAL = "episode_real"
    EPISODE_NORMAL = "episode_normal"
    STRIKE = "strike"
    CHANGE = "change"
    CHANGE_DETECTED = "change_detected"
    SOURCE_CHANGED = "source_changed"
    SEASON = "season"
    RESET = "reset"
    STOP_ASKING = "stop_asking"


class Cause(StrEnum):
    """What made the channel doubt itself."""

    LEVEL_SHIFT = "level_shift"
    TOO_MANY_ALERTS = "too_many_alerts"


class EpisodeEnd(StrEnum):
    """How an episode ended."""

    RECOVERED = "recovered"
    UNKNOWN = "unknown"
    LASTING = "lasting"
    WITHDRAWN = "withdrawn"


INFERRED = frozenset({EntryKind.CHANGE_DETECTED})
FORGETS = frozenset({EntryKind.RESET, EntryKind.SOURCE_CHANGED})
KEEPS_RANGE = frozenset({EntryKind.LOOKS_RIGHT, EntryKind.EPISODE_NORMAL, EntryKind.STOP_ASKING})
VERDICTS = frozenset({EntryKind.EPISODE_REAL, EntryKind.EPISODE_NORMAL})


class UndoError(ValueError):
    """There is nothing that can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing said about the days, by the user or inferred.

    `from_day` to `to_day` is what it is about, `parts` a mask of parts, `weight` what days
    before a change still count for, `level` and `until_day` the lifted alert level of a part,
    `episode` and `target` the ids of the episode or entry it answers.
    """

    id: int
    at: float
    kind: EntryKind
    from_day: int | None = None
    to_day: int | None = None
    parts: int | None = None
    weight: float = 0.0
    level: float | None = None
    until_day: int | None = None
    episode: int | None = None
    target: int | None = None
    cause: Cause | None = None

    @property
    def moves_range(self) -> bool:
        """Tell whether the typical range depends on this entry."""
        return self.kind not in KEEPS_RANGE

    def covers(self, day: int) -> bool:
        """Tell whether a day lies in what the entry is about."""
        after = self.from_day is None or day >= self.from_day
        return after and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A stretch of sustained exceedance that the alert rule opened.

    `id` is the POSIX time of its start; levels are in the base unit. `alert_level` had to be
    exceeded, `beaten` of the `compared` reference days were lower, `peak` is the highest
    level held so far.

    Beside the air: `outdoor_rose` says whether outdoor PM2.5 rose too (None: not known), as
    its highest hour since the start (`outdoor`, μg/m³) against the day before it
    (`outdoor_before`). `window_open` is the share of the hour before the start in which a
    window was open. `together` is what is known of the other rooms, `rooms` which they are.
    """

    id: int
    day: int
    part: int
    opened_level: float
    alert_level: float
    high: float
    beaten: int
    compared: int
    peak: float
    end: float | None = None
    outcome: EpisodeEnd | None = None
    outdoor_rose: bool | None = None
    outdoor: float | None = None
    outdoor_before: float | None = None
    window_open: float | None = None
    together: Together = Together.UNKNOWN
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """Days (oldest first), entries (in the order in which they hold) and episodes."""

    days: tuple[Digest, ...] = ()
    entries: tuple[Entry, ...] = ()
    episodes: tuple[Episode, ...] = ()
    root: int = 0
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
        return max(used + [digest.head for digest in self.days]) + 1

    def changes(self) -> Iterator[Entry]:
        """Yield the changes in force: told, or inferred and not withdrawn."""
        withdrawn = {entry.target for entry in self.entries if entry.kind is EntryKind.SEASON}
        for entry in self.entries:
            if entry.kind is EntryKind.CHANGE or (
                entry.kind is EntryKind.CHANGE_DETECTED and entry.id not in withdrawn
            ):
                yield entry

    def with_day(self, digest: Digest) -> Ledger:
        """Return the ledger with a day at its end (or in the place of that day)."""
        oldest = digest.day - WINDOW_DAYS + 1
        days = tuple(day for day in self.days if oldest <= day.day < digest.day)
        episodes = tuple(episode for episode in self.episodes if episode.day >= oldest)
        return replace(self, days=(*days, digest), episodes=episodes)

    def with_days(self, changed: dict[int, Digest]) -> Ledger:
        """Return the ledger with some of its days replaced."""
        return replace(self, days=tuple(changed.get(day.day, day) for day in self.days))

    def with_entry(self, entry: Entry) -> Ledger:
        """Return the ledger with one more entry in force."""
        return replace(self, entries=(*self.entries, entry))

    def with_episode(self, episode: Episode) -> Ledger:
        """Return the ledger with an episode added or brought up to date."""
        others = tuple(other for other in self.episodes if other.id != episode.id)
        return replace(self, episodes=(*others, episode))

    def undo(self, at: float, entry_id: int | None = None) -> Ledger:
        """Return the ledger without a correction: the last one, or the one named.

        Later entries that move the range get new ids, since marks issued under them no longer
        fit. Raises UndoError where there is no such entry or it is older than 30 days.
        """
        undone = self.undoable(at, entry_id)
        place = self.entries.index(undone)
        kept, later = self.entries[:place], self.entries[place + 1 :]
        if undone.moves_range:
            moving = [entry.id for entry in later if entry.moves_range]
            renewed: dict[int | None, int] = dict(zip(moving, count(self.next_id), strict=False))
            later = tuple(
                replace(
                    entry,
                    id=renewed.get(entry.id, entry.id),
                    target=renewed.get(entry.target, entry.target),
                )
                for entry in later
            )
        return replace(self, entries=(*kept, *later))

    def undoable(self, at: float, entry_id: int | None = None) -> Entry:
        """Return the correction that `undo` would take back; UndoError where there is none."""
        for entry in reversed(self.entries):
            wanted = entry.kind not in INFERRED if entry_id is None else entry.id == entry_id
            if wanted and at - entry.at <= UNDO_DAYS * DAY_S:
                return entry
        message = "nothing to undo" if entry_id is None else f"entry {entry_id} cannot be undone"
        raise UndoError(message)

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
        done = [entry for entry in self.entries if at - entry.at > ENTRY_DAYS * DAY_S]
        root = max((entry.id for entry in done if entry.moves_range), default=self.root)
        if not done and not any(day.day < gone for day in self.days):
            return self
        return replace(
            self,
            days=tuple(day for day in self.days if day.day >= gone),
            entries=tuple(entry for entry in self.entries if entry not in done),
            root=root,
        )

    def rewound(self, day: int) -> Ledger:
        """Return the ledger without the days and episodes from a day on."""
        return replace(
            self,
            days=tuple(digest for digest in self.days if digest.day < day),
            episodes=tuple(episode for episode in self.episodes if episode.day < day),
        )

    def factor(self, day: int) -> float:
        """Return what a day still counts for: 1, less before a change, 0 if out of force."""
        if day < self.epoch_day or self.struck_parts(day) == ALL_PARTS:
            return 0.0
        return min(
            (entry.weight for entry in self.changes() if day < (entry.from_day or 0)), default=1.0
        )

    def struck_parts(self, day: int) -> int:
        """Return the mask of the parts of a day that are struck out."""
        mask = 0
        for entry in self.entries:
            if entry.kind in (EntryKind.STRIKE, EntryKind.EPISODE_REAL) and entry.covers(day):
                mask |= ALL_PARTS if entry.parts is None else entry.parts
        return mask

    def longest_run_h(self, since: int) -> int:
        """Return the longest run of one value (hours) that ended since a day."""
        runs = (digest.longest_run_h for digest in self.days if digest.day >= since)
        return max(runs, default=0)

    def evidence(self, before: int, days: int) -> list[Digest]:
        """Return the valid days in force among the last `days` before a day, oldest first."""
        return [
            digest
            for digest in self.days
            if before - days <= digest.day < before and digest.valid and self.factor(digest.day)
        ]

    def marks(self) -> list[tuple[int, float]]:
        """Return day and mark of all marks that count, oldest first."""
        first = self.change_day
        return [
            (digest.day, digest.mark)
            for digest in self.days
            if digest.mark is not None
            and digest.day >= first
            and digest.head in self.chain
            and not self.struck_parts(digest.day)
        ]

    def reference(self, most: int) -> list[Digest]:
        """Return the last reference days: complete, comparable, oldest first."""
        first = self.change_day
        fit = [
            digest
            for digest in self.days
            if digest.day >= first
            and digest.kind is not DayKind.HOURLY
            and digest.valid
            and digest.complete
            and not self.struck_parts(digest.day)
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

    def alert_days(self, today: int) -> list[int]:
        """Return the days of the last 30 with an alert that nobody has answered."""
        answered = {entry.episode for entry in self.entries if entry.kind in VERDICTS}
        return sorted(
            {
                episode.day
                for episode in self.episodes
                if today - PROMISE_DAYS < episode.day <= today
                and episode.day >= self.change_day
                and episode.id not in answered
            }
        )
