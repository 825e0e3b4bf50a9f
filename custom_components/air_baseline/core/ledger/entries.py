"""What is kept beside the days of a channel: one small type for each kind of correction.

An `Entry` is the envelope that the ledger puts around one of them when it takes effect. What a
correction does to the days stands on its type: whether the range moves, which parts of a day it
excludes, from which day on days count.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Final, override

from .histogram import ALL_PARTS


class CorrectionCode(StrEnum):
    """The kinds of corrections; values are the stored form, and keys of translations."""

    LOOKS_RIGHT = "looks_right"
    EPISODE_REAL = "episode_real"
    EPISODE_NORMAL = "episode_normal"
    STRIKE = "strike"
    CHANGE = "change"
    CHANGE_DETECTED = "change_detected"
    CHANGE_PASSED = "change_passed"
    SEASON = "season"
    RESET = "reset"
    RELEARNED = "relearned"
    STOP_ASKING = "stop_asking"


class Cause(StrEnum):
    """What made the channel doubt itself."""

    LEVEL_SHIFT = "level_shift"
    TOO_MANY_ALERTS = "too_many_alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One thing that is put on record about the days, by a person or by the channel itself."""

    code: ClassVar[CorrectionCode]
    moves_range: ClassVar[bool] = True  # Whether the typical range depends on it.
    inferred: ClassVar[bool] = False  # By the channel itself.
    agrees: ClassVar[bool] = False  # It corrects nothing.
    preference: ClassVar[bool] = False  # It holds until it is undone, however old.
    withdraws: ClassVar[bool] = False  # The suspected change that its entry replaces.

    @property
    def counts_from(self) -> int:
        """Return the first day that counts at all, 0 where all do."""
        return 0

    @property
    def last_day(self) -> int | None:
        """Return the last day that it is about, None where it is about none in particular."""
        return None

    def excluded_parts(self, day: int) -> int:  # noqa: ARG002
        """Return the mask of the parts of a day that it takes out of the range."""
        return 0

    def in_force(self, today: int) -> bool:  # noqa: ARG002
        """Tell whether it still has an effect on a day."""
        return True

    def columns(self) -> dict[str, Any]:
        """Return its values by the names of the stored form."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksRight(Correction):
    """A person looked at the range and agreed."""

    code = CorrectionCode.LOOKS_RIGHT
    moves_range = False
    agrees = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAsking(Correction):
    """No more questions about ranges, or about episodes (`episode` is the one asked about)."""

    code = CorrectionCode.STOP_ASKING
    moves_range = False
    agrees = True
    preference = True

    episode: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeReal(Correction):
    """An episode (its id) was real: the parts of a day that it touched leave the range."""

    code = CorrectionCode.EPISODE_REAL

    episode: int
    day: int
    parts: int  # A mask.

    @property
    @override
    def last_day(self) -> int:
        """Return the day."""
        return self.day

    @override
    def excluded_parts(self, day: int) -> int:
        """Return the parts that the episode touched."""
        return self.parts if day == self.day else 0

    @override
    def columns(self) -> dict[str, Any]:
        """Return its values by the names of the stored form."""
        return {
            "episode": self.episode,
            "from_day": self.day,
            "to_day": self.day,
            "parts": self.parts,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeNormal(Correction):
    """Air like that of an episode (its id) is normal here: alerts wait for a higher level.

    `parts` is the mask of the parts of the day in which they do, `alert_level` (base unit) has
    to be exceeded there up to `until_day`.
    """

    code = CorrectionCode.EPISODE_NORMAL
    moves_range = False

    episode: int
    parts: int
    alert_level: float
    until_day: int

    @override
    def in_force(self, today: int) -> bool:
        """Tell whether alerts still wait for the higher level."""
        return today <= self.until_day

    @override
    def columns(self) -> dict[str, Any]:
        """Return its values by the names of the stored form."""
        return {
            "episode": self.episode,
            "parts": self.parts,
            "level": self.alert_level,
            "until_day": self.until_day,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysExcluded(Correction):
    """Days that a person struck out whole, the first and the last of them included."""

    code = CorrectionCode.STRIKE
    withdraws = True

    from_day: int
    to_day: int

    @property
    @override
    def last_day(self) -> int:
        """Return the last of the days."""
        return self.to_day

    @override
    def excluded_parts(self, day: int) -> int:
        """Return all parts of a day that was struck out."""
        return ALL_PARTS if self.from_day <= day <= self.to_day else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Correction):
    """The sensor or the room is another one since `from_day`.

    `found_day` is the day on which that was reported or suspected, `weight` what a day before
    the change still counts for. With a weight the range mixes two places, so it is in doubt
    until it has proved itself.
    """

    from_day: int
    found_day: int
    weight: float = 0.0
    cause: Cause | None = None  # Of a suspicion.

    @property
    def doubts(self) -> bool:
        """Tell whether the range has to prove itself again."""
        return bool(self.weight)

    @property
    @override
    def last_day(self) -> int:
        """Return the day on which it was found."""
        return self.found_day

    @override
    def columns(self) -> dict[str, Any]:
        """Return its values by the names of the stored form."""
        return {
            "from_day": self.from_day,
            "to_day": self.found_day,
            "weight": self.weight,
            "cause": self.cause,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReported(Change):
    """A change that a person reported."""

    code = CorrectionCode.CHANGE
    withdraws = True

    @property
    @override
    def counts_from(self) -> int:
        """Return the day of the change where nothing before it counts."""
        return 0 if self.weight else self.from_day


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSuspected(Change):
    """A change that the channel found by itself."""

    code = CorrectionCode.CHANGE_DETECTED
    inferred = True

    @property
    @override
    def doubts(self) -> bool:
        """Tell that the range has to prove itself again."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassed(Correction):
    """A suspected change went back by itself: its days leave the range."""

    code = CorrectionCode.CHANGE_PASSED
    inferred = True
    withdraws = True

    from_day: int
    to_day: int

    @property
    @override
    def last_day(self) -> int:
        """Return the last day of the change."""
        return self.to_day

    @override
    def excluded_parts(self, day: int) -> int:
        """Return all parts of the days of the change."""
        return ALL_PARTS if self.from_day <= day <= self.to_day else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Season(Correction):
    """A suspected change is the season: earlier days count in full again."""

    code = CorrectionCode.SEASON
    withdraws = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(Correction):
    """A person started over: no day before `from_day` counts."""

    code = CorrectionCode.RESET

    from_day: int

    @property
    @override
    def counts_from(self) -> int:
        """Return the first day that counts."""
        return self.from_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Relearned(Correction):
    """The days before `from_day` were learned again from history."""

    code = CorrectionCode.RELEARNED

    from_day: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What takes effect as one step, and the id of the suspected change that it replaces.

    One step can need several corrections: days that do not follow each other, or parts of two
    days.
    """

    corrections: tuple[Correction, ...]
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry[C: Correction = Correction]:
    """A correction as the ledger keeps it: with an id, and the time at which it took effect.

    `replaces` is the id of the suspected change that it replaces. Entries of one step are
    undone together: all but the first have its id as their `step`.
    """

    id: int
    at: float
    correction: C
    replaces: int | None = None
    step: int | None = None

    @property
    def code(self) -> CorrectionCode:
        """Return the kind of the correction."""
        return self.correction.code

    @property
    def moves_range(self) -> bool:
        """Tell whether the typical range depends on this entry."""
        return self.correction.moves_range


_EMPTY: Final = MappingProxyType(
    {
        "from_day": None,
        "to_day": None,
        "parts": None,
        "weight": 0.0,
        "level": None,
        "until_day": None,
        "episode": None,
        "target": None,
        "cause": None,
    }
)


def entry_columns(entry: Entry) -> dict[str, Any]:
    """Return an entry by the names of the stored form, None for what its kind does not have.

    One column, `target`, holds what it replaces and the step that it belongs to.
    """
    return {
        "id": entry.id,
        "at": entry.at,
        "kind": entry.code,
        **_EMPTY,
        **entry.correction.columns(),
        "target": entry.replaces if entry.step is None else entry.step,
    }
