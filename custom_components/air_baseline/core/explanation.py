"""The explanation behind an inference: codes and numbers, no prose.

Sensors, repairs, events, actions, diagnostics and the dashboard all show this one object.
Levels are in the quantity's base unit, shares from 0 to 1, days as ISO dates.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import Any, Final

from .alert import RULES
from .baseline import TARGET
from .channel import Channel
from .day import DAY_S, iso_day, locate
from .digest import DayKind
from .evidence import EVIDENCE_DAYS, LEARNED_DAYS, Standing
from .forecast import Forecast
from .judgement import Judgement
from .ledger import INFERRED, UNDO_DAYS, EntryKind, Episode, EpisodeEnd
from .quantity import Kind
from .state import Basis, Compared, LearningState, Missing, Reason

HELD_MINUTES = 30  # An episode is noticed after its level was held for this long.


class Subject(StrEnum):
    """What an explanation is about."""

    STATE = "state"
    RANGE = "range"
    EPISODE = "episode"


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
    ALERTS_WAIT = "alerts_wait"
    SOURCE_RETURNS = "source_returns"
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the sensor said: the held level, for how long it lasted, and its peak."""

    at: float
    held: float | None
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
    """The days behind a statement and what is still missing."""

    usable_days: float
    needed_days: int
    weekend_days: float
    week_days: float
    part_days: tuple[float, ...]
    missing: dict[Missing, int]
    earliest: str | None
    since: str | None
    replayed_days: int
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

    marks: int
    held: float | None
    target: float
    confidence: float | None
    alerts: int
    eligible_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionInForce:
    """A correction that this statement takes into account."""

    id: int
    kind: EntryKind
    at: float
    undoable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFacts:
    """The episode that an explanation is about."""

    id: int
    part: int
    opened_level: float
    high: float
    end: float | None
    outcome: EpisodeEnd | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything behind one statement about a channel."""

    subject: Subject
    quantity: Kind
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
    corrections: tuple[CorrectionInForce, ...]
    not_known: tuple[NotKnown, ...]
    next_steps: tuple[Next, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as plain JSON values."""
        plain: dict[str, Any] = asdict(self)
        return plain


def explain(
    channel: Channel, at: float, episode: Episode | None = None, subject: Subject | None = None
) -> Explanation:
    """Return everything behind what is said about a channel now, or about one episode.

    Without a subject it is the episode if there is one, the range if one is learned, and
    else the state: "why not yet" is an explanation too.
    """
    judged = channel.judge(at)
    today = channel.forecast
    episode = episode or channel.watch.current
    if subject is None:
        learned = judged.state is LearningState.LEARNED
        subject = Subject.RANGE if learned else Subject.STATE
        subject = Subject.EPISODE if episode else subject
    about = episode if subject is Subject.EPISODE else None
    part = about.part if about else locate(at, channel.zone)[1]
    ranges = _ranges(today)
    return Explanation(
        subject=subject,
        quantity=channel.quantity.kind,
        unit=channel.quantity.unit,
        at=at,
        state=judged.state,
        compared=judged.compared,
        unusual=judged.unusual,
        reason=judged.reason,
        basis=judged.basis,
        measured=_measured(channel, judged, about, at),
        typical=ranges[part] if ranges else None,
        day_ranges=ranges,
        evidence=_evidence(channel, today, at),
        comparison=_comparison(channel, today, about, part),
        record=_record(channel, judged),
        episode=_episode(about),
        corrections=_corrections(channel, at),
        not_known=_not_known(channel, subject),
        next_steps=_next_steps(judged, subject),
    )


def _ranges(today: Forecast | None) -> tuple[TypicalRange, ...]:
    if today is None or not today.shown:
        return ()
    return tuple(
        TypicalRange(
            part=index,
            low=part.low,
            middle=part.middle,
            high=part.high,
            alert_level=today.alert_levels[index] if today.eligible else None,
        )
        for index, part in enumerate(today.ranges)
    )


def _measured(channel: Channel, judged: Judgement, episode: Episode | None, at: float) -> Measured:
    facts = channel.facts
    minutes = None
    if episode is not None:
        end = episode.end or at
        minutes = round((end - episode.id) / 60.0) + HELD_MINUTES
    return Measured(
        at=at,
        held=judged.held,
        minutes=minutes,
        peak=episode.peak if episode else None,
        mean=facts.mean(at) if facts else None,
        above_guideline=facts.verdict(at) if facts else None,
        guideline=facts.guideline.source if facts else None,
    )


def _evidence(channel: Channel, today: Forecast | None, at: float) -> Evidence:
    ledger = channel.ledger
    known = today.standing if today else Standing()
    now = locate(at, channel.zone)[0]
    counted = ledger.evidence(now, EVIDENCE_DAYS)
    missing = dict(known.missing)
    if channel.source.warming_up(at):
        missing[Missing.WARM_UP] = ceil(((channel.source.warm_until or at) - at) / 3600.0)
    return Evidence(
        usable_days=known.tally.days,
        needed_days=LEARNED_DAYS,
        weekend_days=known.tally.weekend,
        week_days=known.tally.week,
        part_days=known.tally.parts,
        missing=missing,
        earliest=iso_day(known.earliest) if known.earliest else None,
        since=iso_day(counted[0].day) if counted else None,
        replayed_days=sum(digest.kind is not DayKind.LIVE for digest in counted),
        struck_days=sum(bool(ledger.struck_parts(digest.day)) for digest in ledger.days),
        own_share=today.own_share if today else 0.0,
    )


def _comparison(
    channel: Channel, today: Forecast | None, episode: Episode | None, part: int
) -> Comparison:
    rule = RULES[channel.promise]
    level = today.alert_levels[part] if today and today.eligible else None
    reference = len(channel.ledger.reference(rule.window))
    return Comparison(
        days=episode.compared if episode else reference,
        needed=rule.least,
        beaten=episode.beaten if episode else None,
        alert_level=episode.alert_level if episode else level,
        promise_days=rule.days,
    )


def _record(channel: Channel, judged: Judgement) -> TrackRecord:
    known = channel.forecast.standing if channel.forecast else Standing()
    first = channel.ledger.change_day
    return TrackRecord(
        marks=known.marks,
        held=known.held,
        target=TARGET,
        confidence=judged.confidence,
        alerts=len({episode.day for episode in channel.ledger.episodes if episode.day >= first}),
        eligible_days=sum(digest.eligible for digest in channel.ledger.days if digest.day >= first),
    )


def _episode(episode: Episode | None) -> EpisodeFacts | None:
    if episode is None:
        return None
    return EpisodeFacts(
        id=episode.id,
        part=episode.part,
        opened_level=episode.opened_level,
        high=episode.high,
        end=episode.end,
        outcome=episode.outcome,
    )


def _corrections(channel: Channel, at: float) -> tuple[CorrectionInForce, ...]:
    return tuple(
        CorrectionInForce(
            id=entry.id,
            kind=entry.kind,
            at=entry.at,
            undoable=at - entry.at <= UNDO_DAYS * DAY_S,
        )
        for entry in channel.ledger.entries
        if entry.kind not in INFERRED
    )


def _not_known(channel: Channel, subject: Subject) -> tuple[NotKnown, ...]:
    unknown = [NotKnown.OUTDOOR_AIR, NotKnown.WINDOWS]
    if subject is not Subject.EPISODE:
        unknown.append(NotKnown.OTHER_SEASONS)
    if channel.quantity.kind is Kind.VOC_INDEX:
        unknown.append(NotKnown.SLOW_TRENDS)
    return tuple(unknown)


def _next_steps(judged: Judgement, subject: Subject) -> tuple[Next, ...]:
    if subject is Subject.EPISODE:
        return (Next.STAYS_IN_BASELINE,)
    if judged.state is LearningState.LEARNED:
        waiting = judged.reason is Reason.REFERENCE_DAYS
        return (Next.RANGE_FOLLOWS, *([Next.ALERTS_AFTER_REFERENCE] if waiting else []))
    return (_NEXT_OF_STATE[judged.state],)


_NEXT_OF_STATE: Final = MappingProxyType(
    {
        LearningState.COLLECTING: Next.RANGE_AFTER_DAYS,
        LearningState.PROVISIONAL: Next.RANGE_AFTER_DAYS,
        LearningState.CHANGING: Next.ALERTS_WAIT,
        LearningState.STALE: Next.ALERTS_WAIT,
        LearningState.NO_SOURCE: Next.SOURCE_RETURNS,
        LearningState.PAUSED: Next.RESUME,
    }
)
