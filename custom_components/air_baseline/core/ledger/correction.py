"""What people and the channel itself put on record, as steps that a ledger can take."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo
from math import ceil

from ..day import (
    DAY_S,
    INSIDE_SLOTS,
    SLOT_S,
    SUSTAINED_SLOTS,
    WINDOW_DAYS,
    locate,
    parts_of_slots,
)
from .entries import (
    Cause,
    ChangePassed,
    ChangeReported,
    ChangeSuspected,
    DaysExcluded,
    Draft,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    Reset,
    Season,
)
from .episode import Episode, EpisodeEnd
from .ledger import Ledger

CHANGE_WEIGHT = 0.25  # What days before a suspected change, or in a similar place, count for.
NORMAL_MARGIN = 1.15  # "That is normal here" lifts the alert level above that peak.
NORMAL_DAYS = 60
AHEAD_DAYS = 60  # Days that can be excluded before they come: a long renovation.


def start_over(day: int) -> Draft:
    """Return the step after which no day before this one counts."""
    return Draft((Reset(from_day=day),))


def suspect_change(from_day: int, found_day: int, cause: Cause) -> Draft:
    """Return the step that suspects a change: since when, found on which day, by what."""
    return Draft(
        (
            ChangeSuspected(
                from_day=from_day, found_day=found_day, weight=CHANGE_WEIGHT, cause=cause
            ),
        )
    )


def change_passed(from_day: int, to_day: int, *, replaces: int) -> Draft:
    """Return the step that withdraws a suspected change (its id) and sets its days aside."""
    return Draft((ChangePassed(from_day=from_day, to_day=to_day),), replaces)


def report_change(
    from_day: int, reported_day: int, *, similar: bool = False, replaces: int | None = None
) -> Draft:
    """Return the step that reports a change: since when, reported on which day.

    In a similar place earlier days count a quarter, otherwise not at all. `replaces` is the id
    of the suspected change that it replaces.
    """
    weight = CHANGE_WEIGHT if similar else 0.0
    change = ChangeReported(from_day=from_day, found_day=reported_day, weight=weight)
    return Draft((change,), replaces)


def its_the_season(replaces: int) -> Draft:
    """Return the step that withdraws a suspected change (its id): it is the season."""
    return Draft((Season(),), replaces)


def exclude_days(days: Iterable[int], *, replaces: int | None = None) -> Draft:
    """Return the step that excludes some days whole: a correction for each run of days.

    `replaces` is the id of the suspected change that it replaces: the sensor was at fault.

    >>> [(one.from_day, one.to_day) for one in exclude_days([7, 3, 4, 5]).corrections]
    [(3, 5), (7, 7)]
    """
    runs: list[list[int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][1] + 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    excluded = tuple(DaysExcluded(from_day=first, to_day=last) for first, last in runs)
    return Draft(excluded, replaces)


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


def episode_real(episode: Episode, at: float, zone: tzinfo) -> Draft:
    """Return the step by which the parts that an episode touched up to now leave the range."""
    return Draft(_touched(episode, touched_parts(episode, at, zone)))


def normal_here(episode: Episode, at: float, zone: tzinfo) -> EpisodeNormal:
    """Return the correction that lifts the alert level of an episode's part above its peak.

    That holds for 60 days; the range stays as it is.
    """
    return EpisodeNormal(
        episode=episode.id,
        parts=1 << episode.part,
        alert_level=round(episode.peak * NORMAL_MARGIN, 1),
        until_day=locate(at, zone)[0] + NORMAL_DAYS,
    )


def episode_normal(episode: Episode, at: float, zone: tzinfo) -> Draft:
    """Return the step of that correction."""
    return Draft((normal_here(episode, at, zone),))


def with_rest(ledger: Ledger, episode: Episode, at: float, zone: tzinfo) -> Ledger:
    """Return the ledger without what an episode touched after it was called real, either."""
    entry = ledger.correction_of(episode.id)
    if entry is None or not isinstance(entry.correction, EpisodeReal):
        return ledger
    rest = {
        day: mask & ~ledger.excluded_parts(day)
        for day, mask in touched_parts(episode, at, zone).items()
    }
    left = _touched(episode, {day: mask for day, mask in rest.items() if mask})
    return ledger.with_more(at, entry, left) if left else ledger


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


def _touched(episode: Episode, parts: Mapping[int, int]) -> tuple[EpisodeReal, ...]:
    return tuple(
        EpisodeReal(episode=episode.id, day=day, parts=mask) for day, mask in parts.items()
    )
