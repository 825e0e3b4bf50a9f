"""What can be said about the days of a channel, and the episodes that it had."""

from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """What can be said about the days; values are the stored form."""

    LOOKS_RIGHT = "looks_right"
    EPISODE_REAL = "episode_real"
    EPISODE_NORMAL = "episode_normal"
    STRIKE = "strike"
    CHANGE = "change"
    CHANGE_DETECTED = "change_detected"
    CHANGE_PASSED = "change_passed"
    SOURCE_CHANGED = "source_changed"
    SEASON = "season"
    RESET = "reset"
    RELEARNED = "relearned"
    STOP_ASKING = "stop_asking"


class Cause(StrEnum):
    """What made the channel doubt itself."""

    LEVEL_SHIFT = "level_shift"
    TOO_MANY_ALERTS = "too_many_alerts"


INFERRED = frozenset({EntryKind.CHANGE_DETECTED, EntryKind.CHANGE_PASSED})
PREFERENCES = frozenset({EntryKind.STOP_ASKING})  # Held until taken back, however old.
AGREEING = frozenset({EntryKind.LOOKS_RIGHT, EntryKind.STOP_ASKING})  # These correct nothing.
FORGETS = frozenset({EntryKind.RESET, EntryKind.SOURCE_CHANGED})
KEEPS_RANGE = frozenset({EntryKind.LOOKS_RIGHT, EntryKind.EPISODE_NORMAL, EntryKind.STOP_ASKING})
VERDICTS = frozenset({EntryKind.EPISODE_REAL, EntryKind.EPISODE_NORMAL})
STRIKES = frozenset({EntryKind.STRIKE, EntryKind.EPISODE_REAL, EntryKind.CHANGE_PASSED})
WITHDRAWS = frozenset(
    {EntryKind.SEASON, EntryKind.CHANGE, EntryKind.STRIKE, EntryKind.CHANGE_PASSED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing said about the days, by the user or inferred.

    `from_day` to `to_day` is what it is about, `parts` a mask of parts, `weight` what days
    before a change still count for, `level` and `until_day` the lifted alert level of a part,
    `episode` and `target` the ids of the episode or entry it answers. One answer can need
    several entries (days that do not follow each other): the target of all but the first is
    the first, and they are taken back together. A change has the day it was told on as its
    `to_day`.
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
