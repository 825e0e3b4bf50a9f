"""The entries that corrections and doubts put into a ledger."""

from datetime import tzinfo

from .day import PARTS, locate
from .ledger import Cause, Entry, EntryKind, Episode

CHANGE_WEIGHT = 0.25  # What days before a suspected change still count for.
NORMAL_MARGIN = 1.15  # "That is normal here" lifts the alert level above that peak.
NORMAL_DAYS = 60


def reset_from(day: int) -> Entry:
    """Return the entry after which no day before this one counts."""
    return Entry(id=0, at=0.0, kind=EntryKind.RESET, from_day=day)


def suspected(at: float, from_day: int, found_day: int, cause: Cause) -> Entry:
    """Return the entry of an inferred change: since when, found on which day, by what."""
    return Entry(
        id=0,
        at=at,
        kind=EntryKind.CHANGE_DETECTED,
        from_day=from_day,
        to_day=found_day,
        weight=CHANGE_WEIGHT,
        cause=cause,
    )


def passed(at: float, change: Entry, to_day: int) -> Entry:
    """Return the entry that withdraws an inferred change and sets its days aside."""
    return Entry(
        id=0,
        at=at,
        kind=EntryKind.CHANGE_PASSED,
        from_day=change.from_day,
        to_day=to_day,
        target=change.id,
    )


def verdict(episode: Episode, at: float, zone: tzinfo, *, normal: bool) -> Entry:
    """Return a verdict on an episode.

    Normal lifts the alert level of its part above its peak for 60 days; real strikes the
    parts that it touched, both days whole where it lasted past 04:00.
    """
    if normal:
        return Entry(
            id=0,
            at=at,
            kind=EntryKind.EPISODE_NORMAL,
            episode=episode.id,
            parts=1 << episode.part,
            level=round(episode.peak * NORMAL_MARGIN, 1),
            until_day=locate(at, zone)[0] + NORMAL_DAYS,
        )
    end = episode.end or at
    last_day, last_part = locate(max(end - 1.0, episode.id), zone)
    spans_days = last_day > episode.day
    parts = range(episode.part, PARTS if spans_days else last_part + 1)
    return Entry(
        id=0,
        at=at,
        kind=EntryKind.EPISODE_REAL,
        episode=episode.id,
        from_day=episode.day,
        to_day=last_day,
        parts=None if spans_days else sum(1 << part for part in parts),
    )
