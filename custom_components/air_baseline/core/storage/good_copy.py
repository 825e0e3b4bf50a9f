"""Whether the last good copy may be written again: not with fewer days than can be explained."""

from collections.abc import Collection, Iterable, Sequence

from ..channel import Channel
from ..day import WINDOW_DAYS
from ..ledger.day_summary import DaySummary
from ..ledger.entries import Reset
from .days import StoredDays


def days_kept(channel: Channel) -> set[int]:
    """Return all days that a channel keeps: in its ledger, set aside, or of before a leap."""
    aside = (kept.days for kept in channel.leaps)
    lists = (channel.ledger.days, channel.ledger.set_aside, *aside)
    return {day for days in lists for day in _ordinals(days)}


def unexplained(good: Collection[int], channel: Channel) -> list[int]:
    """Return the days of a channel's good copy that it has lost without a known reason.

    Known reasons are the calendar, which takes the days that leave the window, and starting over,
    which takes the days before it after 30 days. Replace the good copy only if there are none; a
    channel or a room that was removed has nothing to explain.
    """
    kept = days_kept(channel)
    newest = max(kept, default=0)
    over = (entry.correction.from_day for entry in channel.ledger.of(Reset))
    first = max((newest - WINDOW_DAYS + 1, *over))
    return sorted(day for day in good if first <= day and day not in kept)


def _ordinals(days: Sequence[DaySummary]) -> Iterable[int]:
    return days.ordinals if isinstance(days, StoredDays) else (summary.day for summary in days)
