"""The data for a chart of one channel's day, and the range in force in an hour."""

from dataclasses import dataclass

from ..alerting.hourly_ranges import HourRange, range_of_hour
from ..channel import Channel
from ..codes import Basis, LearningState
from ..day import day_start, hour_start, locate, part_spans
from ..ledger.correction import episode_span

LATE_S = 60.0  # Seconds into an hour, by judgement: then its range may have been written in it.


def hour_range(channel: Channel, at: float) -> HourRange | None:
    """Return the range that was in force when the hour of a POSIX time began.

    None if the range was not learned. Of an hour that began before the channel was followed,
    also None if the range was rewritten on this day and it is too late to know whether that was
    before the hour. Past hours are not computed again: their range came from what was known then.
    """
    start = hour_start(at)
    if channel.hours.noted(start):
        return channel.hours.of(start)
    open_day = channel.open_day
    if open_day is None or (open_day.void and at - start > LATE_S):
        return None
    if channel.state(at) is not LearningState.LEARNED:
        return None
    return range_of_hour(channel.forecast, start, channel.zone)


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """The range issued for one part: its start and end (POSIX seconds), its edges (base unit)."""

    start: float
    end: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class EpisodeSpan:
    """A time of unusual air: start and end (POSIX seconds), whether it still is, rarity (days)."""

    start: float
    end: float
    running: bool
    rarity: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChart:
    """One day of a channel, from `start` to `end` (POSIX seconds).

    `parts` is empty if no range is shown. `firm` says that the ranges are this room's and in
    force: any other range is a guess and must look like one.
    """

    start: float
    end: float
    parts: tuple[PartOfDay, ...]
    firm: bool
    episodes: tuple[EpisodeSpan, ...]


def day_chart(channel: Channel, at: float) -> DayChart:
    """Return the chart of the day of a POSIX time, as `explain` takes it."""
    at = channel.shown_at(at)
    day = locate(at, channel.zone)[0]
    start, end = day_start(day, channel.zone), day_start(day + 1, channel.zone)
    today = channel.forecast
    shown = today is not None and today.shown and today.day == day
    firm = channel.state(at) is LearningState.LEARNED
    return DayChart(
        start=start,
        end=end,
        parts=tuple(
            PartOfDay(first, last, today.ranges[part].low, today.ranges[part].high)
            for part, first, last in part_spans(day, channel.zone)
            if today.sees(part)
        )
        if today is not None and shown and today.ranges
        else (),
        firm=firm and today is not None and today.basis is Basis.THIS_ROOM,
        episodes=_episode_spans(channel, start, at),
    )


def _episode_spans(channel: Channel, start: float, at: float) -> tuple[EpisodeSpan, ...]:
    spans = ((episode, *episode_span(episode, at)) for episode in channel.episodes)
    return tuple(
        EpisodeSpan(max(first, start), last, episode.end is None, episode.said_rarity)
        for episode, first, last in spans
        if start < last and first <= at
    )
