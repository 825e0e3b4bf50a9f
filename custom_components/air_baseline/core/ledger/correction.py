"""The entries that corrections and doubts put into a ledger.

One answer can need several entries: days that do not follow each other, or parts of two days.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo
from math import ceil

from ..day import DAY_S, INSIDE_SLOTS, SLOT_S, SUSTAINED_SLOTS, WINDOW_DAYS, locate, parts_of_slots
from .entries import Cause, Entry, EntryKind
from .episode import Episode, EpisodeEnd
from .ledger import Ledger

CHANGE_WEIGHT = 0.25  # What days before a suspected change, or in a similar place, count for.
NORMAL_MARGIN = 1.15  # "That is normal here" lifts the alert level above that peak.
NORMAL_DAYS = 60
AHEAD_DAYS = 60  # Days that can be struck out before they come: a long renovation.


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


def changed(
    from_day: int, told_day: int, *, similar: bool = False, answers: int | None = None
) -> Entry:
    """Return the entry of a change that was told: since when, on which day it was told.

    In a similar place earlier days count a quarter, else not at all. `answers` is the id of
    the inferred change that is withdrawn by it.
    """
    return Entry(
        id=0,
        at=0.0,
        kind=EntryKind.CHANGE,
        from_day=from_day,
        to_day=told_day,
        weight=CHANGE_WEIGHT if similar else 0.0,
        target=answers,
    )


def season(answers: int) -> Entry:
    """Return the entry that withdraws an inferred change: it is the season."""
    return Entry(id=0, at=0.0, kind=EntryKind.SEASON, target=answers)


def struck(days: Iterable[int], *, answers: int | None = None) -> tuple[Entry, ...]:
    """Return the entries that strike some days out whole: one for each run of days.

    `answers` is the id of the inferred change that is withdrawn by it: the sensor was at fault.

    >>> [(entry.from_day, entry.to_day) for entry in struck([7, 3, 4, 5])]
    [(3, 5), (7, 7)]
    """
    runs: list[list[int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][1] + 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return tuple(
        Entry(id=0, at=0.0, kind=EntryKind.STRIKE, from_day=first, to_day=last, target=answers)
        for first, last in runs
    )


def episode_span(episode: Episode, at: float) -> tuple[float, float]:
    """Return from when to when the air was high (POSIX seconds), up to now while it runs.

    An episode is noticed after its level was held for 30 minutes, and ends after as long
    inside the range. One that seems to last for longer than days are kept (the clock was set,
    the file is damaged) is cut short, so that the work is bounded.
    """
    end = at if episode.end is None else episode.end
    if episode.outcome is EpisodeEnd.RECOVERED:
        end -= INSIDE_SLOTS * SLOT_S
    end = min(end, episode.id + WINDOW_DAYS * DAY_S)
    return episode.id - SUSTAINED_SLOTS * SLOT_S, max(end, float(episode.id))


def touched_parts(episode: Episode, at: float, zone: tzinfo) -> dict[int, int]:
    """Return the parts that an episode touched up to now: a mask for each day, oldest first."""
    start, end = episode_span(episode, at)
    slots = range(int(start // SLOT_S), max(ceil(end / SLOT_S), int(start // SLOT_S) + 1))
    return {
        day: sum(1 << part for part, number in enumerate(parts) if number)
        for day, parts in parts_of_slots(slots, zone).items()
    }


def verdict(episode: Episode, at: float, zone: tzinfo, *, normal: bool) -> tuple[Entry, ...]:
    """Return a verdict on an episode.

    Normal lifts the alert level of its part above its peak for 60 days; real strikes the
    parts that it touched, with an entry for each day.
    """
    if not normal:
        return _real(episode, touched_parts(episode, at, zone))
    entry = Entry(
        id=0,
        at=0.0,
        kind=EntryKind.EPISODE_NORMAL,
        episode=episode.id,
        parts=1 << episode.part,
        level=round(episode.peak * NORMAL_MARGIN, 1),
        until_day=locate(at, zone)[0] + NORMAL_DAYS,
    )
    return (entry,)


def with_rest(ledger: Ledger, episode: Episode, at: float, zone: tzinfo) -> Ledger:
    """Return the ledger with what an episode touched after it was called real struck as well."""
    answer = ledger.verdict_on(episode.id)
    if answer is None or answer.kind is not EntryKind.EPISODE_REAL:
        return ledger
    rest = {
        day: mask & ~ledger.struck_parts(day)
        for day, mask in touched_parts(episode, at, zone).items()
    }
    left = _real(episode, {day: mask for day, mask in rest.items() if mask})
    return ledger.with_more(at, answer, *left) if left else ledger


def revived(ledger: Ledger, undone: Entry) -> Episode | None:
    """Return the episode that a correction had withdrawn, as it was; None where it had none."""
    return next(
        (
            replace(episode, end=None, outcome=None)
            for episode in ledger.episodes
            if episode.outcome is EpisodeEnd.WITHDRAWN and episode.end == undone.at
        ),
        None,
    )


def _real(episode: Episode, parts: dict[int, int]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            id=0,
            at=0.0,
            kind=EntryKind.EPISODE_REAL,
            episode=episode.id,
            from_day=day,
            to_day=day,
            parts=mask,
        )
        for day, mask in parts.items()
    )
