"""What a channel shows, as a value that stays equal until something visible changes."""

from dataclasses import dataclass

from ..channel import Channel
from ..codes import Basis, Compared, HistoryState, LearningState, Missing, Reason
from ..day import clock_times, iso_day, locate
from ..learning.forecast_record import ForecastRecord
from ..learning.last_year import TimeOfYear
from ..learning.standing import LEARNED_DAYS, Standing
from ..ledger.episode import EpisodeEnd
from ..pollutant import Pollutant
from .year_facts import seasons_told_apart


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityView:
    """A channel as its entities show it: base units, shares from 0 to 1, days as ISO dates.

    `low`, `middle` and `high` are the range of the present part. They, `confidence` and
    `coverage_28d` are None until it is learned.
    `mean` is the guideline mean over whole buckets. `high_is_least` and `mean_is_least` say that
    it can be higher, because of levels at the end of the sensor's span. `gone` says that the source
    has had no value for longer than one holds, so that nothing is measured. `outcome` is how the
    latest episode ended, `rarity` that of the running one (days), and `coverage_28d` the mean
    coverage over 28 days. `next_14_days` are the low and high percent that the range should hold,
    and `forecasts` how such forecasts came out, both None while no range is in force. `since` is
    the first day that counts, `suspected_since` the first of a suspected lasting shift, and
    `not_seen` the times of day at which the source is usually off. `earliest` is
    `earliest_moved` days later than what could be said on the first day. `seasons_seen` are those
    of which a fortnight was seen, in two years at the most; None where there are no seasons.
    """

    pollutant: Pollutant
    state: LearningState
    compared: Compared | None
    unusual: bool | None
    reason: Reason | None
    episode: int | None
    outcome: EpisodeEnd | None
    rarity: int | None
    basis: Basis | None
    confidence: float | None
    next_14_days: tuple[int, int] | None
    forecasts: ForecastRecord | None
    low: float | None
    middle: float | None
    high: float | None
    high_is_least: bool
    mean: float | None
    mean_is_least: bool
    above_guideline: bool | None
    gone: bool
    usable_days: float
    needed_days: int
    missing: tuple[Missing, ...]
    earliest: str | None
    earliest_moved: int
    not_seen: tuple[str, ...]
    coverage_28d: float | None
    since: str | None
    suspected_since: str | None
    corrections: int
    history: HistoryState
    history_days: int
    seasons_seen: tuple[TimeOfYear, ...] | None
    seasons_not_seen: tuple[TimeOfYear, ...] | None


def view(channel: Channel, at: float) -> EntityView:
    """Return what a channel shows at a time (POSIX seconds), as `explain` does."""
    at = channel.shown_at(at)
    judgement = channel.judge(at)
    today = channel.forecast
    running = channel.episode_watch.current
    known = today.standing if today else Standing()
    learned = judgement.state is LearningState.LEARNED
    typical = judgement.typical if learned else None
    coverage = known.coverage_28d if learned else None
    guideline = None if channel.clock_wrong else channel.guideline
    seen, not_seen = seasons_told_apart(channel, locate(at, channel.zone)[0])
    warming_up = (Missing.WARM_UP,) if channel.health.warming_up(at) else ()
    return EntityView(
        pollutant=channel.spec.pollutant,
        state=judgement.state,
        compared=judgement.compared,
        unusual=judgement.unusual,
        reason=judgement.reason,
        episode=judgement.episode,
        outcome=_outcome(channel),
        rarity=running.rarity if running else None,
        basis=judgement.basis,
        confidence=None if judgement.confidence is None else round(judgement.confidence, 2),
        next_14_days=judgement.next_14_days,
        forecasts=known.forecasts if judgement.next_14_days else None,
        low=typical.low if typical else None,
        middle=typical.middle if typical else None,
        high=typical.high if typical else None,
        high_is_least=typical is not None and channel.spec.at_end(typical.high),
        mean=guideline.settled_mean(at) if guideline else None,
        mean_is_least=guideline is not None and guideline.settled_is_least(at),
        above_guideline=guideline.is_above(at) if guideline else None,
        gone=channel.gone(at),
        usable_days=known.tally.days,
        needed_days=LEARNED_DAYS,
        missing=(*warming_up, *(missing for missing, _ in known.missing)),
        earliest=iso_day(known.earliest) if known.earliest else None,
        earliest_moved=known.slid,
        not_seen=clock_times(known.unseen),
        coverage_28d=None if coverage is None else round(coverage, 2),
        since=iso_day(known.first) if known.first else None,
        suspected_since=_suspected_since(channel),
        corrections=channel.ledger.in_force(locate(at, channel.zone)[0]),
        history=channel.history,
        history_days=known.from_history,
        seasons_seen=seen,
        seasons_not_seen=not_seen,
    )


def _suspected_since(channel: Channel) -> str | None:
    shift = channel.ledger.shift
    return iso_day(shift.correction.from_day) if shift else None


def _outcome(channel: Channel) -> EpisodeEnd | None:
    if channel.episode_watch.current is not None:
        return None
    latest = max(channel.ledger.episodes, key=lambda episode: episode.id, default=None)
    return latest.outcome if latest else None
