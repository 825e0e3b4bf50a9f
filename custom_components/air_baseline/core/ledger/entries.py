"""What is kept next to the days of a channel: one small type for each kind of correction.

An `Entry` is the envelope that the ledger puts around a correction when it takes effect. The
type of a correction says what it does to the days: whether the range moves, which parts of a day
are excluded, and from which day on days count. The file is long because every kind is in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Final, NamedTuple, override

from .histogram import ALL_PARTS
from .mapping import mapped_level


class CorrectionCode(StrEnum):
    """The kinds of corrections; the values are the stored form and the keys of translations."""

    LOOKS_RIGHT = "looks_right"
    EPISODE_REAL = "episode_real"
    EPISODE_NORMAL = "episode_normal"
    STRIKE = "strike"
    CHANGE = "change"
    SENSOR_MAPPED = "sensor_mapped"
    CHANGE_DETECTED = "change_detected"
    CHANGE_PASSED = "change_passed"
    SEASON = "season"
    RESET = "reset"
    RELEARNED = "relearned"
    STOP_ASKING = "stop_asking"
    STOP_REPORTING = "stop_reporting"
    CLOCK_SET_BACK = "clock_set_back"
    NAMED = "named"
    MISSED = "missed"


class Trouble(StrEnum):
    """What can be wrong with a source; the values are the stored form and the ids of repairs."""

    MISSING = "source_missing"
    UNIT_CHANGED = "source_unit_changed"
    ABOVE_SPAN = "source_above_span"
    STUCK = "source_stuck"
    IMPLAUSIBLE = "source_implausible"


TOO_MANY_ALERTS: Final = "too_many_alerts"


class Cause(StrEnum):
    """Why the channel suspects a change."""

    LEVEL_SHIFT = "level_shift"
    TIME_ZONE = "time_zone"

    @override
    @classmethod
    def _missing_(cls, value: object) -> Cause | None:
        """Return a shift for too many alerts, a cause of before margins alone kept the promise."""
        return cls.LEVEL_SHIFT if value == TOO_MANY_ALERTS else None


class Span(NamedTuple):
    """The same parts (a mask) of each day from the first to the last."""

    first: int
    last: int
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One statement about the days, by a person or by the channel itself.

    Days are proleptic ordinals, parts are masks (bit 0 is the first part).
    """

    code: ClassVar[CorrectionCode]
    inferred: ClassVar[bool] = False  # The channel made it by itself.
    agrees: ClassVar[bool] = False  # It corrects nothing.
    preference: ClassVar[bool] = False  # It holds until it is undone, however old.
    harmless: ClassVar[bool] = False  # It changes nothing else, so it can always be undone.
    withdraws: ClassVar[bool] = False  # It withdraws the suspected change that its entry replaces.

    @property
    def moves_range(self) -> bool:
        """Tell whether the typical range depends on it."""
        return True

    @property
    def counts_from(self) -> int:
        """Return the first day that still counts, 0 if all days do."""
        return 0

    @property
    def room_since(self) -> int:
        """Return the first day of the present room and sensor as far as it says that, or 0."""
        return 0

    @property
    def last_day(self) -> int | None:
        """Return the last day that it concerns, None if it concerns no day in particular."""
        return None

    @property
    def excluded(self) -> Span | None:
        """Return the days that it excludes from the range, in some of their parts; or None."""
        return None

    @property
    def found_again(self) -> bool:
        """Tell whether the channel finds it again by itself if it still holds."""
        return self.inferred

    def in_force(self, today: int) -> bool:  # noqa: ARG002
        """Tell whether it still has an effect on the day `today`."""
        return True

    def columns(self) -> dict[str, Any]:
        """Return its values by the names of the stored form."""
        return {known.name: getattr(self, known.name) for known in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksRight(Correction):
    """A person looked at the range and agreed."""

    code = CorrectionCode.LOOKS_RIGHT
    moves_range = False
    agrees = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAsking(Correction):
    """No more questions: about episodes if `episode` is an id, about ranges if it is None."""

    code = CorrectionCode.STOP_ASKING
    moves_range = False
    agrees = True
    preference = True
    harmless = True

    episode: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReporting(Correction):
    """No more reports about one trouble of this source."""

    code = CorrectionCode.STOP_REPORTING
    moves_range = False
    agrees = True
    preference = True
    harmless = True

    trouble: Trouble

    @override
    def columns(self) -> dict[str, Any]:
        """Return its values by the names of the stored form."""
        return {"cause": self.trouble}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Correction):
    """What happened at a moment (POSIX time) has a name in its owner's own words.

    Nothing is inferred from it.
    """

    code = CorrectionCode.NAMED
    moves_range = False
    agrees = True
    harmless = True

    moment: int
    name: str

    @override
    def columns(self) -> dict[str, Any]:
        """Return its values by the names of the stored form."""
        return {"episode": self.moment, "name": self.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsOfDay(Correction):
    """Parts of a day (a mask) that are excluded."""

    day: int
    parts: int

    @property
    @override
    def last_day(self) -> int:
        """Return the day."""
        return self.day

    @property
    @override
    def excluded(self) -> Span:
        """Return the parts."""
        return Span(self.day, self.day, self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed(PartsOfDay):
    """High air from `since` to `until` (POSIX times) deserved a word and got none.

    The parts of a day that it touched are excluded.
    """

    code = CorrectionCode.MISSED

    since: int
    until: int

    @override
    def columns(self) -> dict[str, Any]:
        """Return its values by the names of the stored form."""
        return {
            "episode": self.since,
            "until": self.until,
            "from_day": self.day,
            "to_day": self.day,
            "parts": self.parts,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeReal(PartsOfDay):
    """An episode (its id) was real: the parts of a day that it touched are excluded."""

    code = CorrectionCode.EPISODE_REAL

    episode: int

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
    """Air like that of an episode (its id) is normal here: alerts need a higher level.

    Up to `until_day` they need a level above `alert_level` (base unit) in the masked `parts`.
    """

    code = CorrectionCode.EPISODE_NORMAL
    moves_range = False

    episode: int
    parts: int
    alert_level: float
    until_day: int

    @override
    def in_force(self, today: int) -> bool:
        """Tell whether alerts still need the higher level."""
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
class WholeDays(Correction):
    """Whole days that are excluded, from the first to the last."""

    withdraws = True

    from_day: int
    to_day: int

    @property
    @override
    def last_day(self) -> int:
        """Return the last excluded day."""
        return self.to_day

    @property
    @override
    def excluded(self) -> Span:
        """Return all parts of the excluded days."""
        return Span(self.from_day, self.to_day, ALL_PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysExcluded(WholeDays):
    """Days that a person excluded."""

    code = CorrectionCode.STRIKE


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassed(WholeDays):
    """Air that was high for days is as before: these days are excluded."""

    code = CorrectionCode.CHANGE_PASSED
    inferred = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Correction):
    """The sensor or the room has changed since `from_day`.

    `found_day` is the day on which the change was reported or suspected. A day before it still
    counts for `weight` (0 to 1). If that is more than 0, the range mixes two places and is in
    doubt until it has proved itself. Only a suspected change has a `cause`.
    """

    from_day: int
    found_day: int
    weight: float = 0.0
    cause: Cause | None = None

    @property
    def doubts(self) -> bool:
        """Tell whether the range has to prove itself again."""
        return bool(self.weight)

    @property
    @override
    def last_day(self) -> int:
        """Return the day on which it was reported or suspected."""
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
        """Return the day of the change if nothing before it counts, otherwise 0."""
        return 0 if self.weight else self.from_day

    @property
    @override
    def room_since(self) -> int:
        """Return the day of the change."""
        return self.from_day


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorMapped(ChangeReported):
    """Another sensor since `from_day`, with a mapping: earlier days are converted from the old one.

    `offset` is what the new sensor reads more, on the scale, and `spread` how far it may be wrong,
    either way. `level` is what the old one usually read (base unit), where the mapping is said.
    """

    code = CorrectionCode.SENSOR_MAPPED

    level: float
    offset: float
    spread: float

    @property
    def said(self) -> tuple[float, float, float]:
        """Return what the new sensor reads at `level`, at least and at most (base unit)."""
        return mapped_level(self.level, self.offset, self.spread)

    @override
    def columns(self) -> dict[str, Any]:
        """Return its values by the names of the stored form."""
        mapping = {"level": self.level, "offset": self.offset, "spread": self.spread}
        return ChangeReported.columns(self) | mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSuspected(Change):
    """A change that the channel found by itself.

    If earlier days count in full, it is only a question: nothing depends on it.
    """

    code = CorrectionCode.CHANGE_DETECTED
    inferred = True

    @property
    @override
    def moves_range(self) -> bool:
        """Tell whether earlier days count for less."""
        return self.weight < 1.0

    @property
    @override
    def found_again(self) -> bool:
        """Tell whether the days show it: they do not show a change of the time zone."""
        return self.cause is not Cause.TIME_ZONE

    @property
    @override
    def doubts(self) -> bool:
        """Tell whether the range has to prove itself again: not for a question."""
        return self.moves_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Season(Correction):
    """A suspected change was the season: earlier days count in full again."""

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

    @property
    @override
    def room_since(self) -> int:
        """Return the first day that counts."""
        return self.from_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Relearned(Correction):
    """The days before `from_day` were relearned from history."""

    code = CorrectionCode.RELEARNED

    from_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSetBack(Correction):
    """The clock was ahead: the days that were learned meanwhile are set aside."""

    code = CorrectionCode.CLOCK_SET_BACK
    inferred = True

    from_day: int
    to_day: int

    @property
    @override
    def found_again(self) -> bool:
        """Return False: nothing shows later that the clock was ahead."""
        return False

    @property
    @override
    def last_day(self) -> int:
        """Return the last day that is set aside."""
        return self.to_day

    def sets_aside(self, day: int) -> bool:
        """Tell whether a day is one of those."""
        return self.from_day <= day <= self.to_day


CORRECTIONS: Final[Mapping[CorrectionCode, type[Correction]]] = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            LooksRight,
            StopAsking,
            StopReporting,
            EpisodeReal,
            EpisodeNormal,
            DaysExcluded,
            ChangePassed,
            ChangeReported,
            SensorMapped,
            ChangeSuspected,
            Season,
            Reset,
            Relearned,
            ClockSetBack,
            Named,
            Missed,
        )
    }
)


@dataclass(frozen=True, slots=True)
class Draft:
    """Corrections that take effect as one step, and the id of the suspected change they replace.

    A step needs several corrections for days that are not consecutive or for parts of two days.
    """

    corrections: tuple[Correction, ...]
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry[C: Correction = Correction]:
    """A correction as the ledger keeps it, with an id and the POSIX time of its effect.

    `replaces` is the id of the suspected change that it replaces. The entries of one step are
    undone together: all but the first have the id of the first as their `step`.
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


# What a column holds for an entry that has no value for it.
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
        "until": None,
        "name": None,
        "offset": None,
        "spread": None,
    }
)


def entry_columns(entry: Entry) -> dict[str, Any]:
    """Return an entry by the names of the stored form, None for what its kind does not have.

    One column, `target`, holds either the id that it replaces or the step that it belongs to.
    """
    return {
        "id": entry.id,
        "at": entry.at,
        "kind": entry.code,
        **_EMPTY,
        **entry.correction.columns(),
        "target": entry.replaces if entry.step is None else entry.step,
    }
