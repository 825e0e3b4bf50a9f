"""The consequences of a correction, computed before it is made; nothing is changed here."""

from dataclasses import dataclass
from math import ceil

from ..alerting.forecast import Forecast, begin, forecast
from ..alerting.promise import needed_days
from ..channel import Channel
from ..codes import LearningState
from ..day import iso_day, locate
from ..learning.standing import LEARNED_DAYS
from ..ledger.correction import normal_here, touched_parts
from ..ledger.entries import Draft
from ..ledger.episode import Episode
from ..ledger.ledger import Ledger
from ..reading.binning import LEAST_STEP

LISTED_DAYS = 60  # Days, by judgement: older ones are no evidence and hardly weigh in the range.


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What would remain: the state, the usable days of those needed, and the time until alerts.

    `alert_days` is the number of complete days until an alert is possible, if all goes well.
    """

    state: LearningState
    usable_days: float
    needed_days: int
    alert_days: int

    @property
    def alert_weeks(self) -> int:
        """Return the weeks until an alert is possible."""
        return ceil(self.alert_days / 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """The alert level of one part of the day before and after "that is normal here".

    Levels are in the base unit; `before` is None if no alert is possible at present. `until_day`
    is an ISO date.
    """

    part: int
    before: float | None
    after: float
    until_day: str


def foreseen(channel: Channel, at: float, draft: Draft | None = None) -> Forecast | None:
    """Return today's forecast as it would be with a draft in force, None if there is none."""
    today, open_day = channel.forecast, channel.open_day
    if today is None or open_day is None:
        return None
    ledger = channel.ledger.with_correction(at, draft) if draft else channel.ledger
    written = forecast(ledger, today.day, channel.spec, channel.promise_days, today.resolution)
    return begin(written, today.begun, open_day.counts, ledger)


def consequence(channel: Channel, at: float, draft: Draft) -> Consequence:
    """Return what would remain with a draft in force."""
    return _remaining(foreseen(channel, at, draft), channel)


def with_ledger(channel: Channel, at: float, ledger: Ledger) -> Consequence:
    """Return what would remain if a channel continued with another ledger."""
    day, step = locate(at, channel.zone)[0], channel.binner.step or LEAST_STEP
    return _remaining(forecast(ledger, day, channel.spec, channel.promise_days, step), channel)


def _remaining(today: Forecast | None, channel: Channel) -> Consequence:
    needed = needed_days(channel.promise_days)
    if today is None:
        return Consequence(
            state=LearningState.COLLECTING,
            usable_days=0.0,
            needed_days=LEARNED_DAYS,
            alert_days=needed,
        )
    known = today.standing
    learning = max((known.earliest or today.day) - today.day, 0)
    return Consequence(
        state=known.state,
        usable_days=known.tally.days,
        needed_days=LEARNED_DAYS,
        alert_days=max(needed - today.threshold.days, learning, 0),
    )


def lift(channel: Channel, at: float, episode: Episode) -> Lift:
    """Return what "that is normal here" would change."""
    normal = normal_here(episode, at, channel.zone)
    before, after = foreseen(channel, at), foreseen(channel, at, Draft((normal,)))
    levels = [known.alert_level(episode.part) if known else None for known in (before, after)]
    return Lift(
        part=episode.part,
        before=levels[0],
        after=max(normal.alert_level, levels[1] or 0.0),
        until_day=iso_day(normal.until_day),
    )


def left_out(channel: Channel, at: float, episode: Episode) -> dict[str, list[int]]:
    """Return what "it was real" would exclude: the parts (0 to 7) of each day by its ISO date."""
    touched = touched_parts(episode, at, channel.zone)
    return {
        iso_day(day): [part for part in range(mask.bit_length()) if mask >> part & 1]
        for day, mask in touched.items()
    }


def strikable(channel: Channel, at: float) -> dict[int, float]:
    """Return the days that can be excluded, newest first.

    The values are their highest sustained levels (base unit), 0 for none.
    """
    today = locate(at, channel.zone)[0]
    peaks = {
        summary.day: max((peak for peak in summary.part_peaks if peak is not None), default=0.0)
        for summary in channel.ledger.evidence(today, LISTED_DAYS)
    }
    return dict(sorted(peaks.items(), reverse=True))
