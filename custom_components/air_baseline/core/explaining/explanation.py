"""The explanation behind an inference: codes and numbers, no prose.

Sensors, repairs, events, actions, diagnostics and the dashboard all show this one object.
Levels are in the quantity's base unit, shares from 0 to 1, days as ISO dates.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ..codes import Basis, Compared, Condition, LearningState, Missing, OtherRooms, Reason
from ..ledger.entries import Cause, CorrectionCode
from ..ledger.episode import EpisodeEnd
from ..pollutant import Pollutant
from .released import released


class Subject(StrEnum):
    """What an explanation is about."""

    STATE = "state"
    RANGE = "range"
    EPISODE = "episode"
    CHANGE = "change"


class NotKnown(StrEnum):
    """What would have helped to understand the air and was not there."""

    OUTDOOR_AIR = "outdoor_air"
    OUTDOOR_TEMPERATURE = "outdoor_temperature"
    WINDOWS = "windows"
    OTHER_SEASONS = "other_seasons"
    SLOW_TRENDS = "slow_trends"


class Next(StrEnum):
    """What happens by itself from here."""

    RANGE_AFTER_DAYS = "range_after_days"
    ALERTS_AFTER_REFERENCE = "alerts_after_reference"
    RANGE_FOLLOWS = "range_follows"
    STAYS_IN_BASELINE = "stays_in_baseline"
    STAYED_IN_BASELINE = "stayed_in_baseline"
    LEFT_OUT = "left_out"
    LEVEL_LIFTED = "level_lifted"
    ALERTS_WAIT = "alerts_wait"
    SOURCE_RETURNS = "source_returns"
    RESUME = "resume"
    CONDITIONS_BECOME_SEEN = "conditions_become_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the sensor said: the held level, for how long it lasted, and its peak."""

    at: float
    sustained: float | None
    minutes: int | None = None
    peak: float | None = None
    mean: float | None = None
    above_guideline: bool | None = None
    guideline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalRange:
    """The range of one part as it was issued, and whose days it stands on."""

    part: int
    low: float
    middle: float
    high: float
    alert_level: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The days behind a statement and what is still missing.

    They are those of the last 60 that count, the first of them `since`. `replayed_days` came
    from the home's own history, `hourly_days` of them as means of hours.
    """

    usable_days: float
    needed_days: int
    weekend_days: float
    week_days: float
    part_days: tuple[float, ...]
    missing: dict[Missing, int]
    earliest: str | None
    since: str | None
    replayed_days: int
    hourly_days: int
    struck_days: int
    own_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The reference days of the alert rule and how the level ranks among them."""

    days: int
    needed: int
    beaten: int | None
    alert_level: float | None
    promise_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """What earlier statements were worth: marks, confidence, alerts against eligible days."""

    scored_days: int
    coverage_28d: float | None
    target: float
    confidence: float | None
    alerts: int
    eligible_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionInForce:
    """A correction that this statement takes into account, and the days it is about."""

    id: int
    code: CorrectionCode
    at: float
    undoable: bool
    from_day: str | None
    to_day: str | None
    until_day: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedChange:
    """A suspected change that passed by itself, and its days, which are left out."""

    id: int
    from_day: str
    to_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFacts:
    """The episode that an explanation is about, and what the user said about it."""

    id: int
    part: int
    opened_level: float
    high: float
    end: float | None
    outcome: EpisodeEnd | None
    correction: CorrectionCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """The change that is suspected: since when, why, and the usual level before and since.

    The levels are medians of the medians of the days; None where there are no days.
    """

    id: int
    from_day: str
    cause: Cause | None
    before: float | None
    since: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurroundingsFacts:
    """What is known beside the air of the room; None where nobody measures.

    Of an episode, `outdoor` is PM2.5 of its highest hour outdoors (μg/m³), `outdoor_before`
    that of the 24 hours before and `outdoor_rose` whether this is a rise; `window_open` is the
    share of the hour before it in which a window was open; `together` is what is known of the
    other rooms and `rooms` which they are (ids). Else they are those of the last hour, the
    shares and means of the last 24 hours, and of other rooms nothing.

    `seen_temperatures` are the lowest and highest day mean (°C) among the days in force,
    `unseen` the present conditions that none of them had.
    """

    outdoor: float | None = None
    outdoor_before: float | None = None
    outdoor_rose: bool | None = None
    outdoor_temperature: float | None = None
    window_open: float | None = None
    seen_temperatures: tuple[float, float] | None = None
    unseen: tuple[Condition, ...] = ()
    other_rooms: OtherRooms = OtherRooms.UNKNOWN
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything behind one statement about a channel."""

    subject: Subject
    pollutant: Pollutant
    unit: str
    at: float
    state: LearningState
    compared: Compared | None
    unusual: bool | None
    reason: Reason | None
    basis: Basis | None
    measured: Measured
    typical: TypicalRange | None
    day_ranges: tuple[TypicalRange, ...]
    evidence: Evidence
    comparison: Comparison
    record: TrackRecord
    episode: EpisodeFacts | None
    change: ChangeFacts | None
    passed: tuple[PassedChange, ...]
    surroundings: SurroundingsFacts
    corrections: tuple[CorrectionInForce, ...]
    not_known: tuple[NotKnown, ...]
    next_steps: tuple[Next, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as plain values that JSON can hold."""
        plain: dict[str, Any] = asdict(self, dict_factory=released)
        return plain
