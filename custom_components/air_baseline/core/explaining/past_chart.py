"""The data for a chart of one channel's past days: the ranges then in force, and the episodes."""

from dataclasses import dataclass

from ..channel import Channel
from ..codes import LearningState
from ..day import day_start, locate, part_spans
from ..ledger.correction import episode_span
from ..ledger.day_summary import DaySummary
from ..ledger.entries import CorrectionCode
from .day_chart import PartOfDay, day_chart


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEpisode:
    """A time of unusual air: start and end (POSIX seconds), and what was answered, if anything.

    `running` says whether it still is, and `rarity` how rare it is (days, None: not known).
    """

    start: float
    end: float
    running: bool
    rarity: int | None
    answer: CorrectionCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChart:
    """Some days of a channel, from `start` to `end` (POSIX seconds).

    `parts` are the ranges that were this room's and in force; other days have none.
    """

    start: float
    end: float
    parts: tuple[PartOfDay, ...]
    episodes: tuple[PastEpisode, ...]


def past_chart(channel: Channel, at: float, back: int, days: int) -> PastChart:
    """Return `days` days of a channel, the first of them `back` days before that of `at`."""
    at = channel.shown_at(at)
    today = locate(at, channel.zone)[0]
    first = today - back
    start, end = day_start(first, channel.zone), day_start(first + days, channel.zone)
    past = (one for one in channel.ledger.days if first <= one.day < min(first + days, today))
    ranges = [part for one in past for part in _ranges(channel, one)]
    if first <= today < first + days:
        shown = day_chart(channel, at)
        ranges += shown.parts if shown.firm else ()
    return PastChart(
        start=start,
        end=end,
        parts=tuple(ranges),
        episodes=_episodes(channel, start, end, at),
    )


def _ranges(channel: Channel, summary: DaySummary) -> list[PartOfDay]:
    issued = summary.issued
    if summary.state is not LearningState.LEARNED or not issued:
        return []
    return [
        PartOfDay(first, last, issued[2 * part], issued[2 * part + 1])
        for part, first, last in part_spans(summary.day, channel.zone)
    ]


def _episodes(channel: Channel, start: float, end: float, at: float) -> tuple[PastEpisode, ...]:
    found = []
    for episode in channel.episodes:
        first, last = episode_span(episode, at)
        if start < last and first < end:
            said = channel.ledger.correction_of(episode.id)
            found.append(
                PastEpisode(
                    start=max(first, start),
                    end=min(last, end),
                    running=episode.end is None,
                    rarity=episode.said_rarity,
                    answer=said.correction.code if said else None,
                )
            )
    return tuple(found)
