"""From a channel to the explanation of what is stated about it."""

from dataclasses import replace
from math import ceil
from statistics import median
from types import MappingProxyType
from typing import Final

from ..alerting.forecast import Forecast
from ..alerting.judgement import Judgement
from ..alerting.promise import needed_days
from ..channel import Channel
from ..codes import LearningState, Missing, Reason
from ..day import DAY_S, WINDOW_DAYS, clock_times, is_weekend, iso_day, locate
from ..learning.forecast_record import ForecastRecord
from ..learning.standing import (
    EVIDENCE_DAYS,
    LEARNED_DAYS,
    Standing,
    short_of_readings,
)
from ..learning.typical_range import TARGET, medians_by_day
from ..learning.weather_limits import WeatherLimits
from ..ledger.correction import episode_span
from ..ledger.day_summary import DayOrigin, day_counts
from ..ledger.entries import (
    Change,
    ChangePassed,
    ChangeSuspected,
    CorrectionCode,
    Entry,
    SensorMapped,
    entry_columns,
)
from ..ledger.episode import Episode
from ..ledger.folding import UNDO_DAYS
from ..ledger.ledger import Ledger
from ..pollutant import Pollutant, from_scale
from ..reading.binning import FRESH_S
from ..reading.surroundings import Surroundings
from .advice import advise
from .explanation import (
    ChangeFacts,
    Comparison,
    CorrectionInForce,
    CreepFacts,
    EpisodeFacts,
    Evidence,
    Explanation,
    Measured,
    Next,
    NotKnown,
    PassedChange,
    Silence,
    Subject,
    SurroundingsFacts,
    TrackRecord,
    TypicalRange,
)
from .told import ALL, Told
from .year_facts import year_facts

# Days by which `earliest` became later, by judgement: one can be the day of the set-up.
SLID_DAYS = 2
KIND_DAYS = 4  # Days that are all at weekends or all in the week, by judgement: two weekends.
WEEK_DAYS = 7  # Days in a row; follows from the week, as they include a weekend.


def explain(
    channel: Channel,
    at: float,
    episode: Episode | None = None,
    subject: Subject | None = None,
    told: Told = ALL,
) -> Explanation:
    """Return everything behind the statements about a channel at a POSIX time.

    `episode` is the running one unless another is given. Without a subject, the explanation is
    about the episode if there is one, otherwise about the range if it is learned, otherwise
    about the state: "why not yet" is an explanation too. While the clock is behind, it is that of
    the latest time that the channel knows. What may not be told counts as not known, except in
    `compared`, which is what the entity shows.
    """
    at = channel.shown_at(at)
    around, shown = told.around(channel.surroundings), channel.judge(at)
    judgement = shown if told == ALL else channel.judge(at, around)
    today = channel.forecast
    if not channel.clock_wrong:
        episode = episode or channel.episode_watch.current
    if subject is None:
        learned = judgement.state is LearningState.LEARNED
        subject = Subject.RANGE if learned else Subject.STATE
        subject = Subject.EPISODE if episode else subject
    about = told.of(episode) if episode and subject is Subject.EPISODE else None
    part = about.part if about else locate(at, channel.zone)[1]
    ranges = () if channel.clock_wrong else _ranges(today, judgement)
    surroundings = _surroundings(channel, around, judgement, about, at)
    return Explanation(
        subject=subject,
        pollutant=channel.spec.pollutant,
        unit=channel.spec.unit,
        span_end=channel.spec.highest,
        at=at,
        state=judgement.state,
        compared=shown.compared,
        unusual=judgement.unusual,
        reason=judgement.reason,
        basis=judgement.basis,
        measured=_measured(channel, judgement, about, at),
        typical=next((typical for typical in ranges if typical.part == part), None),
        day_ranges=ranges,
        evidence=_evidence(channel, today, at),
        comparison=_comparison(channel, today, about, part),
        record=_record(channel, judgement),
        episode=_episode(channel, about),
        change=_change(channel, at),
        year=year_facts(channel, at, part),
        passed=_passed(channel, at),
        as_last_year=_iso(channel.year_says.as_last_year),
        creep=_creep(channel),
        surroundings=surroundings,
        corrections=_corrections(channel, at),
        folded_corrections=channel.ledger.folded.in_force(locate(at, channel.zone)[0]),
        not_known=_not_known(channel, around, subject, surroundings),
        next_steps=_next_steps(channel, judgement, about, locate(at, channel.zone)[0]),
        what_to_do=advise(channel, about, judgement.sustained, at, around),
    )


def _ranges(today: Forecast | None, judgement: Judgement) -> tuple[TypicalRange, ...]:
    if today is None or not today.shown:
        return ()
    alerts = today.eligible and not judgement.unseen
    return tuple(
        TypicalRange(
            part=index,
            low=part.low,
            middle=part.middle,
            high=part.high,
            alert_level=today.alert_level(index) if alerts else None,
        )
        for index, part in enumerate(today.ranges)
        if today.sees(index)
    )


def _measured(
    channel: Channel, judgement: Judgement, episode: Episode | None, at: float
) -> Measured:
    guideline = None if channel.clock_wrong else channel.guideline
    minutes = None
    if episode is not None:
        start, end = episode_span(episode, at)
        minutes = round((end - start) / 60.0)
    return Measured(
        at=at,
        sustained=judgement.sustained,
        minutes=minutes,
        peak=episode.peak if episode else None,
        mean=guideline.mean(at) if guideline else None,
        mean_is_least=guideline.is_least(at) if guideline else None,
        above_guideline=guideline.is_above(at) if guideline else None,
        guideline=guideline.spec.source if guideline else None,
        silence=silence(channel, judgement, at),
    )


def silence(channel: Channel, judgement: Judgement, at: float) -> Silence | None:
    """Return what is known of a source without a new report for over an hour, otherwise None."""
    since, device_at = channel.health.last_read, channel.health.life_at
    if channel.clock_wrong or since is None or at - since <= FRESH_S:
        return None
    return Silence(
        since=since,
        device_at=device_at if device_at is not None and device_at > since else None,
        counts=judgement.sustained is not None,
        changes_only=channel.binner.cadence.changes_only,
    )


def _evidence(channel: Channel, today: Forecast | None, at: float) -> Evidence:
    ledger = channel.ledger
    known = today.standing if today else Standing()
    day = locate(at, channel.zone)[0]
    counted = ledger.evidence(day, EVIDENCE_DAYS)
    short_days, of_days = short_of_readings(ledger, day)
    missing = dict(known.missing)
    if channel.health.warming_up(at):
        missing[Missing.WARM_UP] = ceil(((channel.health.warm_until or at) - at) / 3600.0)
    return Evidence(
        usable_days=known.tally.days,
        needed_days=LEARNED_DAYS,
        weekend_days=known.tally.weekend,
        week_days=known.tally.week,
        part_days=known.tally.parts,
        missing=missing,
        earliest=_iso(known.earliest),
        since=_iso(known.first),
        replayed_days=sum(summary.origin is not DayOrigin.LIVE for summary in counted),
        hourly_days=sum(summary.origin is DayOrigin.HOURLY for summary in counted),
        excluded_days=sum(bool(ledger.excluded_parts(summary.day)) for summary in ledger.days),
        own_share=today.own_share if today else 0.0,
        not_seen=clock_times(known.unseen),
        moved=known.slid,
        short_days=short_days,
        of_days=of_days,
    )


def _comparison(
    channel: Channel, today: Forecast | None, episode: Episode | None, part: int
) -> Comparison:
    alert_level = today.alert_level(part) if today and today.eligible else None
    days = today.threshold.days if today else 0
    if today is not None and not today.scored >> part & 1:
        days = len(channel.ledger.reference(WINDOW_DAYS, today.scored | 1 << part))
    return Comparison(
        days=episode.compared if episode else days or len(channel.ledger.reference(WINDOW_DAYS)),
        needed=needed_days(channel.promise_days),
        beaten=episode.said_beaten if episode else None,
        alert_level=episode.said_alert_level if episode else alert_level,
        promise_days=channel.promise_days,
    )


def _record(channel: Channel, judgement: Judgement) -> TrackRecord:
    known = channel.forecast.standing if channel.forecast else Standing()
    first = channel.ledger.change_day
    forecasts = known.forecasts if judgement.next_14_days else ForecastRecord()
    return TrackRecord(
        scored_days=known.scored_days,
        coverage_28d=known.coverage_28d if judgement.state is LearningState.LEARNED else None,
        target=TARGET,
        confidence=judgement.confidence,
        next_14_days=judgement.next_14_days,
        forecasts_scored=forecasts.scored,
        forecasts_kept=forecasts.kept,
        alerts=len({episode.day for episode in channel.ledger.episodes if episode.day >= first}),
        eligible_days=sum(
            summary.eligible for summary in channel.ledger.days if summary.day >= first
        ),
    )


def _episode(channel: Channel, episode: Episode | None) -> EpisodeFacts | None:
    if episode is None:
        return None
    correction = channel.ledger.correction_of(episode.id)
    return EpisodeFacts(
        id=episode.id,
        part=episode.part,
        opened_level=episode.opened_level,
        high=episode.high,
        end=episode.end,
        outcome=episode.outcome,
        rarity=episode.said_rarity,
        by_level=episode.by_level,
        correction=correction.code if correction else None,
    )


def suspected_change(channel: Channel) -> Entry[Change] | None:
    """Return the suspected change: the one that makes the state `changing`, or a shift."""
    since = channel.forecast.standing.since if channel.forecast else None
    suspected = (
        entry
        for entry in channel.ledger.changes()
        if isinstance(entry.correction, ChangeSuspected) and entry.correction.from_day == since
    )
    return next(suspected, channel.ledger.shift)


def _change(channel: Channel, at: float) -> ChangeFacts | None:
    entry = suspected_change(channel)
    if entry is None:
        return None
    change, today = entry.correction, locate(at, channel.zone)[0]
    days = channel.ledger.evidence(today, WINDOW_DAYS)
    medians = medians_by_day(days, day_counts(days), channel.ledger.common_parts(today))
    before = [middle for day, middle in medians if day < change.from_day]
    since = [middle for day, middle in medians if day >= change.from_day]
    return ChangeFacts(
        id=entry.id,
        from_day=iso_day(change.from_day),
        cause=change.cause,
        before=from_scale(median(before)) if before else None,
        since=from_scale(median(since)) if since else None,
    )


def _creep(channel: Channel) -> CreepFacts | None:
    creep = channel.year_says.creep
    if creep is None:
        return None
    return CreepFacts(
        first_day=iso_day(creep.first_day),
        last_day=iso_day(creep.last_day),
        now=creep.now,
        then=creep.then,
        higher=creep.now > creep.then,
    )


def _passed(channel: Channel, at: float) -> tuple[PassedChange, ...]:
    """Return the passed changes that exclude days which would otherwise count."""
    ledger = channel.ledger
    oldest = max(ledger.epoch_day, locate(at, channel.zone)[0] - WINDOW_DAYS)
    return tuple(
        PassedChange(
            id=entry.id,
            from_day=iso_day(entry.correction.from_day),
            to_day=iso_day(entry.correction.to_day),
        )
        for entry in ledger.of(ChangePassed)
        if entry.correction.to_day >= oldest
    )


def _surroundings(
    channel: Channel,
    around: Surroundings,
    judgement: Judgement,
    episode: Episode | None,
    at: float,
) -> SurroundingsFacts:
    today = channel.forecast
    present = SurroundingsFacts()
    if not channel.clock_wrong:
        present = _present(around, today.weather_limits if today else None, judgement, at)
    if episode is None:
        return present
    return replace(
        present,
        outdoor=episode.outdoor,
        outdoor_before=episode.outdoor_before,
        outdoor_rose=episode.outdoor_rose,
        window_open=episode.window_open,
        other_rooms=episode.other_rooms,
        rooms=episode.rooms,
    )


def _present(
    around: Surroundings, limits: WeatherLimits | None, judgement: Judgement, at: float
) -> SurroundingsFacts:
    now = around.of_last_hours(at)
    rise = around.outdoor_pm25.rise(at) if around.outdoor_pm25 else None
    return SurroundingsFacts(
        outdoor=round(rise.now, 1) if rise else None,
        outdoor_before=round(rise.before, 1) if rise else None,
        outdoor_rose=rise.rose if rise else None,
        outdoor_temperature=now.outdoor_temperature,
        window_open=now.window_open,
        seen_temperatures=limits.temperatures if limits else None,
        unseen=judgement.unseen,
    )


def _corrections(channel: Channel, at: float) -> tuple[CorrectionInForce, ...]:
    today = locate(at, channel.zone)[0]
    return tuple(_in_force(entry, at) for entry in channel.ledger.corrections(today))


def _in_force(entry: Entry, at: float) -> CorrectionInForce:
    columns, mapped = entry_columns(entry), entry.correction
    return CorrectionInForce(
        id=entry.id,
        code=entry.code,
        at=entry.at,
        undoable=at - entry.at <= UNDO_DAYS * DAY_S,
        from_day=_iso(columns["from_day"]),
        to_day=_iso(columns["to_day"]),
        until_day=_iso(columns["until_day"]),
        mapping=(mapped.level, *mapped.said) if isinstance(mapped, SensorMapped) else None,
    )


def _iso(day: int | None) -> str | None:
    return None if day is None else iso_day(day)


def _not_known(
    channel: Channel, around: Surroundings, subject: Subject, surroundings: SurroundingsFacts
) -> tuple[NotKnown, ...]:
    limits = channel.forecast.weather_limits if channel.forecast else WeatherLimits()
    episode = subject is Subject.EPISODE
    unknown = []
    if surroundings.outdoor_rose is None:
        unknown.append(NotKnown.OUTDOOR_AIR)
    if around.outdoor_temperature is not None and (
        limits.temperatures is None or surroundings.outdoor_temperature is None
    ):
        unknown.append(NotKnown.OUTDOOR_TEMPERATURE)
    if surroundings.window_open is None or (limits.windows is None and not episode):
        unknown.append(NotKnown.WINDOWS)
    if channel.spec.pollutant is Pollutant.VOC_INDEX:
        unknown.append(NotKnown.SLOW_TRENDS)
    return tuple(unknown)


def _next_steps(
    channel: Channel, judgement: Judgement, episode: Episode | None, today: int
) -> tuple[Next, ...]:
    if episode is not None:
        correction = channel.ledger.correction_of(episode.id)
        stays = Next.STAYS_IN_BASELINE if episode.end is None else Next.STAYED_IN_BASELINE
        return (_NEXT_OF_CORRECTION[correction.code] if correction else stays,)
    if judgement.state is LearningState.LEARNED:
        waiting = _NEXT_OF_REASON.get(judgement.reason) if judgement.reason else None
        return (Next.RANGE_FOLLOWS, *([waiting] if waiting else []))
    step = _NEXT_OF_STATE[judgement.state]
    if step is Next.ALERTS_WAIT:
        few = channel.forecast is None or not channel.forecast.threshold.enough
        return (step, *([Next.ALERTS_AFTER_REFERENCE] if few else []))
    if step is Next.SOURCE_RETURNS and channel.waiting:
        return (Next.SOURCE_FREED,)
    known = channel.forecast.standing if channel.forecast else Standing()
    return (_range_needs(channel.ledger, known, today) if step is Next.RANGE_AFTER_DAYS else step,)


def _range_needs(ledger: Ledger, known: Standing, today: int) -> Next:
    """Return what a range waits for; plain days, unless that was said too often."""
    missing = dict(known.missing)
    if Missing.HOURS in missing:
        return Next.NEEDS_HOURS
    if known.slid < SLID_DAYS:
        return Next.RANGE_AFTER_DAYS
    short, of_days = short_of_readings(ledger, today)
    recent = [is_weekend(summary.day) for summary in ledger.evidence(today, of_days)]
    if of_days >= WEEK_DAYS and len(recent) >= KIND_DAYS and len(set(recent)) == 1:
        return Next.NEEDS_WEEKDAYS if recent[0] else Next.NEEDS_WEEKENDS
    if short:
        return Next.NEEDS_DAYS
    if Missing.RECORD in missing:
        return Next.NEEDS_RECORD
    return Next.NEEDS_TIMES if Missing.PARTS in missing else Next.RANGE_AFTER_DAYS


_NEXT_OF_CORRECTION: Final = MappingProxyType(
    {
        CorrectionCode.EPISODE_REAL: Next.LEFT_OUT,
        CorrectionCode.EPISODE_NORMAL: Next.LEVEL_LIFTED,
    }
)
_NEXT_OF_REASON: Final = MappingProxyType(
    {
        Reason.REFERENCE_DAYS: Next.ALERTS_AFTER_REFERENCE,
        Reason.NOT_SEEN: Next.TIMES_BECOME_SEEN,
        Reason.CONDITIONS_UNSEEN: Next.CONDITIONS_BECOME_SEEN,
    }
)
_NEXT_OF_STATE: Final = MappingProxyType(
    {
        LearningState.COLLECTING: Next.RANGE_AFTER_DAYS,
        LearningState.PROVISIONAL: Next.RANGE_AFTER_DAYS,
        LearningState.CHANGING: Next.ALERTS_WAIT,
        LearningState.STALE: Next.RANGE_AFTER_DAYS,
        LearningState.NO_SOURCE: Next.SOURCE_RETURNS,
        LearningState.PAUSED: Next.RESUME,
        LearningState.CLOCK_WRONG: Next.CLOCK_RIGHT,
    }
)
