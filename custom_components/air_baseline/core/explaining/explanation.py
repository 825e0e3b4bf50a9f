"""The explanation behind an inference: codes and numbers, no prose.

Sensors, repairs, events, actions, diagnostics and the dashboard all show this one object.
Concentrations are in the pollutant's base unit, shares from 0 to 1, times POSIX seconds and days
ISO dates. None is for what is not known or does not apply.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ..codes import Basis, Compared, Condition, LearningState, Missing, OtherRooms, Reason
from ..ledger.entries import Cause, CorrectionCode
from ..ledger.episode import EpisodeEnd
from ..pollutant import Pollutant
from .advice import Advice
from .released import released
from .year_facts import YearFacts


class Subject(StrEnum):
    """What an explanation is about."""

    STATE = "state"
    RANGE = "range"
    EPISODE = "episode"
    CHANGE = "change"
    CREEP = "creep"


class NotKnown(StrEnum):
    """What would help to understand the air but is not known."""

    OUTDOOR_AIR = "outdoor_air"
    OUTDOOR_TEMPERATURE = "outdoor_temperature"
    WINDOWS = "windows"
    SLOW_TRENDS = "slow_trends"


class Next(StrEnum):
    """What happens next by itself."""

    RANGE_AFTER_DAYS = "range_after_days"
    NEEDS_HOURS = "needs_hours"
    NEEDS_WEEKENDS = "needs_weekends"
    NEEDS_WEEKDAYS = "needs_weekdays"
    NEEDS_DAYS = "needs_days"
    NEEDS_TIMES = "needs_times"
    NEEDS_RECORD = "needs_record"
    TIMES_BECOME_SEEN = "times_become_seen"
    ALERTS_AFTER_REFERENCE = "alerts_after_reference"
    RANGE_FOLLOWS = "range_follows"
    STAYS_IN_BASELINE = "stays_in_baseline"
    STAYED_IN_BASELINE = "stayed_in_baseline"
    LEFT_OUT = "left_out"
    LEVEL_LIFTED = "level_lifted"
    ALERTS_WAIT = "alerts_wait"
    SOURCE_RETURNS = "source_returns"
    SOURCE_FREED = "source_freed"
    RESUME = "resume"
    CLOCK_RIGHT = "clock_right"
    CONDITIONS_BECOME_SEEN = "conditions_become_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A source without a new report for over an hour: `since` when (POSIX seconds).

    `device_at` is when its device was heard after that, if it was. `counts` says that its value
    still counts as air, and `changes_only` that it seems to report only changes.
    """

    since: float
    device_at: float | None
    counts: bool
    changes_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured.

    `sustained` is the sustained level. Of an episode, `minutes` is the length and `peak` the
    highest sustained level. `mean` is the running mean of the `guideline` (its publisher);
    `mean_is_least` says that it can be higher, because a level in it was at the end of the span.
    """

    at: float
    sustained: float | None
    minutes: int | None = None
    peak: float | None = None
    mean: float | None = None
    mean_is_least: bool | None = None
    above_guideline: bool | None = None
    guideline: str | None = None
    silence: Silence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalRange:
    """The range of one part as it was issued, and the level that an alert needs."""

    part: int
    low: float
    middle: float
    high: float
    alert_level: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The days behind a statement, and what is still missing.

    They are the days that count among the last 60; the first is `since`. `part_days` has the
    days with each part. `replayed_days` came from the source's history, and `hourly_days` of them
    from hourly means. `excluded_days` are partly or wholly excluded. `own_share` is the weight of
    the room's own days in the range.

    `not_seen` are the times of day at which the source is usually off. `earliest` is `moved`
    days later than what could be said on the first day, and `short_days` of the last `of_days`
    days had too few readings.
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
    excluded_days: int
    own_share: float
    not_seen: tuple[str, ...]
    moved: int
    short_days: int
    of_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The reference days of the alert rule, and how the level ranks among them.

    There are `days` of the `needed` ones, and `beaten` of them were lower than the episode. The
    promise is one alert in `promise_days`.
    """

    days: int
    needed: int
    beaten: int | None
    alert_level: float | None
    promise_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """How earlier statements came out: coverage, confidence, and alerts in eligible days.

    `coverage_28d` is the mean coverage over 28 days, `target` the share that a range should hold.
    `next_14_days` are the low and high percent that it should hold of these days (None: it is not
    in force). Of such forecasts, `forecasts_kept` of `forecasts_scored` came true, both 0 then.
    """

    scored_days: int
    coverage_28d: float | None
    target: float
    confidence: float | None
    next_14_days: tuple[int, int] | None
    forecasts_scored: int
    forecasts_kept: int
    alerts: int
    eligible_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionInForce:
    """A correction that this statement takes into account, and the days that it concerns.

    `mapping` is a usual level of the old sensor, and what this one reads there, at least and at
    most (base unit); None if it converts nothing.
    """

    id: int
    code: CorrectionCode
    at: float
    undoable: bool
    from_day: str | None
    to_day: str | None
    until_day: str | None
    mapping: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreepFacts:
    """Four weeks that are all higher, or lower, than the same weeks of last year.

    `first_day` and `last_day` are those of the four weeks, `now` and `then` the middles of these
    and of last year's (base unit).
    """

    first_day: str
    last_day: str
    now: float
    then: float
    higher: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedChange:
    """A suspected change that went back by itself, and its days, which are excluded."""

    id: int
    from_day: str
    to_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFacts:
    """The episode that an explanation is about, and its correction.

    `opened_level` is the sustained level at the start, `high` the end of the range. The episode
    is as rare as one in `rarity` days here, or rarer; `by_level` says that six hours were high.
    """

    id: int
    part: int
    opened_level: float
    high: float
    end: float | None
    outcome: EpisodeEnd | None
    rarity: int | None
    by_level: bool
    correction: CorrectionCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """The suspected change: its first day, its cause, and the usual level before and since.

    The levels are medians of the day medians.
    """

    id: int
    from_day: str
    cause: Cause | None
    before: float | None
    since: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurroundingsFacts:
    """What is known of the surroundings.

    Of an episode, `outdoor` is the PM2.5 of its highest hour outdoors (μg/m³), `outdoor_before`
    that of the 24 hours before, and `outdoor_rose` whether this is a rise. `window_open` is the
    share of the hour before the episode with an open window. `other_rooms` is what is known of
    the other rooms, `rooms` lists the ids of those concerned.

    Without an episode, `outdoor` is that of the last hour, `window_open` the share of the last 24
    hours, and nothing is known of other rooms. `outdoor_temperature` is always the mean of the
    last 24 hours (°C).

    `seen_temperatures` are the lowest and highest daily mean (°C) among the days in force, and
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
    """Everything behind one statement about a channel.

    `span_end` is the end of the sensor's span: a level at it means "at least". `what_to_do` is
    about an episode, and empty without one. Since the day `as_last_year` the level has been another
    one, as the same weeks of last year were.
    """

    subject: Subject
    pollutant: Pollutant
    unit: str
    span_end: float
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
    year: YearFacts
    passed: tuple[PassedChange, ...]
    as_last_year: str | None
    creep: CreepFacts | None
    surroundings: SurroundingsFacts
    corrections: tuple[CorrectionInForce, ...]
    folded_corrections: int
    not_known: tuple[NotKnown, ...]
    next_steps: tuple[Next, ...]
    what_to_do: tuple[Advice, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as plain JSON values under the released names."""
        plain: dict[str, Any] = asdict(self, dict_factory=released)
        return plain
