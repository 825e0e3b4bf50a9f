"""What a channel went through in some days and how its statements came out: facts, no prose.

A page, an event and an action show them. Concentrations are in the pollutant's base unit, shares
from 0 to 1, times POSIX seconds and days ISO dates.
"""

from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from ..channel import Channel
from ..codes import LearningState
from ..day import iso_day, locate
from ..learning.confidence import CONFIDENCE_DAYS
from ..learning.forecast_record import ForecastResult, forecast_results
from ..learning.standing import COVERAGE_DAYS
from ..learning.typical_range import TARGET
from ..ledger.correction import episode_span
from ..ledger.day_summary import DaySummary
from ..ledger.entries import (
    Cause,
    CorrectionCode,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    LooksRight,
    Missed,
    Named,
)
from ..ledger.episode import Episode, EpisodeEnd
from ..pollutant import Pollutant
from .explain import explain
from .explanation import NotKnown, Subject
from .released import released

_OF_ONE_TIME = (LooksRight, EpisodeReal, EpisodeNormal, Named, Missed)  # They change no rule.


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRecord:
    """An episode: when, how high, and what came of it.

    `minutes` is the time until the air was clear again, so far if it is `running`. `asked` says
    that there was a question about it, and `correction` what it was answered.
    """

    id: int
    start: float
    end: float
    running: bool
    minutes: int
    peak: float
    outcome: EpisodeEnd | None
    rarity: int | None
    asked: bool
    correction: CorrectionCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """Something that changed what counts: a correction, or what the channel found itself."""

    day: str
    code: CorrectionCode
    cause: Cause | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRecord:
    """The first day with another learning state than the day before."""

    day: str
    state: LearningState


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastCame:
    """The latest forecast of two weeks that is over: what it said (percent) and what came."""

    first_day: str
    low: int
    high: int
    came: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The facts about a channel from `first_day` to `last_day`.

    A person marked `missed` stretches of high air. Of `days`, `usable_days` had enough
    readings, and on `alert_days` an alert was possible.
    `inside` is the share that the range held of the `scored_days`, which should be `target` (None:
    fewer than seven): those with a learned range, of 28 days if the span is shorter. Of the
    two-week forecasts that the ledger knows, `forecasts_kept` of `forecasts_scored` came true;
    `latest` is the last of them.
    """

    pollutant: Pollutant
    unit: str
    first_day: str
    last_day: str
    days: int
    usable_days: int
    alert_days: int
    episodes: tuple[EpisodeRecord, ...]
    missed: int
    changes: tuple[ChangeRecord, ...]
    states: tuple[StateRecord, ...]
    scored_days: int
    inside: float | None
    target: float
    forecasts_scored: int
    forecasts_kept: int
    latest: ForecastCame | None
    not_known: tuple[NotKnown, ...]

    @property
    def summary(self) -> dict[str, int | float | None]:
        """Return the numbers of its episodes and answers, and the peak and the longest of them."""
        known = self.episodes
        verdicts = [one.correction for one in known]
        real, normal = (
            verdicts.count(code)
            for code in (CorrectionCode.EPISODE_REAL, CorrectionCode.EPISODE_NORMAL)
        )
        return {
            "episodes": len(known),
            "highest": max((one.peak for one in known), default=None),
            "longest_minutes": max((one.minutes for one in known), default=None),
            "asked": sum(one.asked for one in known),
            "real": real,
            "normal": normal,
            "unanswered": len(known) - real - normal,
            "missed": self.missed,
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON values under the released names."""
        plain: dict[str, Any] = asdict(self, dict_factory=released)
        return plain | {"summary": self.summary}


def month_of(day: int) -> tuple[int, int]:
    """Return the first and the last day (ordinals) of the month that a day is in.

    >>> [date.fromordinal(day).isoformat() for day in month_of(date(2026, 2, 14).toordinal())]
    ['2026-02-01', '2026-02-28']
    """
    within = date.fromordinal(day)
    first = within.replace(day=1)
    following = date.fromordinal(first.toordinal() + 31).replace(day=1)
    return first.toordinal(), following.toordinal() - 1


def record(
    channel: Channel, at: float, first: int, last: int, asked: Container[int] = ()
) -> Record:
    """Return the facts about a channel from one day to another (ordinals), as known at a time.

    Today and days after it are no part of what was scored. `asked` are the ids of the episodes
    that there was a question about.
    """
    at = channel.shown_at(at)
    ledger, today = channel.ledger, locate(at, channel.zone)[0]
    days = [summary for summary in ledger.days if first <= summary.day <= last]
    coverages = dict(ledger.coverages())
    learned = {one.day for one in ledger.days if one.state is LearningState.LEARNED}
    since = min(first, min(last, today - 1) - COVERAGE_DAYS + 1)
    scored = [
        coverage for day, coverage in coverages.items() if day in learned and since <= day <= last
    ]
    forecasts = [one for one in forecast_results(ledger, coverages, today) if one.day <= last]
    enough = len(scored) >= CONFIDENCE_DAYS
    return Record(
        pollutant=channel.spec.pollutant,
        unit=channel.spec.unit,
        first_day=iso_day(first),
        last_day=iso_day(min(last, today)),
        days=len(days),
        usable_days=sum(summary.valid for summary in days),
        alert_days=sum(summary.eligible for summary in days),
        episodes=_episodes(channel, at, first, last, asked),
        missed=len(
            {one.step or one.id for one in ledger.of(Missed) if first <= one.correction.day <= last}
        ),
        changes=_changes(channel, first, last),
        states=_states(ledger.days, first, last),
        scored_days=len(scored),
        inside=round(sum(scored) / len(scored), 3) if enough else None,
        target=TARGET,
        forecasts_scored=len(forecasts),
        forecasts_kept=sum(one.kept for one in forecasts),
        latest=_came(forecasts[-1]) if forecasts else None,
        not_known=explain(channel, at, subject=Subject.STATE).not_known,
    )


def _episodes(
    channel: Channel, at: float, first: int, last: int, asked: Container[int]
) -> tuple[EpisodeRecord, ...]:
    return tuple(
        _episode(channel, at, one, asked=one.id in asked)
        for one in sorted(channel.episodes, key=lambda one: one.id)
        if first <= one.day <= last and not one.withdrawn
    )


def _episode(channel: Channel, at: float, episode: Episode, *, asked: bool) -> EpisodeRecord:
    start, end = episode_span(episode, at)
    correction = channel.ledger.correction_of(episode.id)
    return EpisodeRecord(
        id=episode.id,
        start=start,
        end=end,
        running=episode.end is None,
        minutes=round((end - start) / 60.0),
        peak=episode.peak,
        outcome=episode.outcome,
        rarity=episode.said_rarity,
        asked=asked,
        correction=correction.code if correction else None,
    )


def _changes(channel: Channel, first: int, last: int) -> tuple[ChangeRecord, ...]:
    """Return the first entry of each step that changed something apart from single episodes."""
    steps = set[int]()
    changes = []
    for entry in channel.ledger.entries:
        day = locate(entry.at, channel.zone)[0]
        step = entry.id if entry.step is None else entry.step
        if step in steps or isinstance(entry.correction, _OF_ONE_TIME):
            continue
        steps.add(step)
        if first <= day <= last:
            changes.append(ChangeRecord(day=iso_day(day), code=entry.code, cause=_cause(entry)))
    return tuple(changes)


def _cause(entry: Entry) -> Cause | None:
    cause = entry.correction.columns().get("cause")
    return cause if isinstance(cause, Cause) else None


def _states(days: Sequence[DaySummary], first: int, last: int) -> tuple[StateRecord, ...]:
    return tuple(
        StateRecord(day=iso_day(now.day), state=now.state)
        for before, now in pairwise(days)
        if now.state is not before.state and first <= now.day <= last
    )


def _came(forecast: ForecastResult) -> ForecastCame:
    return ForecastCame(
        first_day=iso_day(forecast.day),
        low=forecast.low,
        high=forecast.high,
        came=round(100.0 * forecast.coverage),
    )
