"""The corrections of people and of the channel itself, as drafts of steps for a ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo
from math import ceil

from ..day import (
    DAY_S,
    INSIDE_SLOTS,
    LEVEL_SLOTS,
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
    Missed,
    Named,
    Reset,
    Season,
    SensorMapped,
)
from .episode import Episode, EpisodeEnd
from .ledger import Ledger

# Of a day, by judgement: what days before a suspected change, or in a similar place, count for.
CHANGE_WEIGHT = 0.25
NORMAL_MARGIN = 1.15  # Times the peak, by judgement: the alert level after "That is normal here".
NORMAL_DAYS = 60  # Days for which that holds, by judgement.
AHEAD_DAYS = 60  # Days ahead that can be excluded. By judgement: a long renovation.


def start_over(day: int) -> Draft:
    """Return the step after which no day before `day` counts."""
    return Draft((Reset(from_day=day),))


def suspect_change(from_day: int, found_day: int, cause: Cause) -> Draft:
    """Return the step that suspects a change since `from_day`, found on `found_day`."""
    return Draft(
        (
            ChangeSuspected(
                from_day=from_day, found_day=found_day, weight=CHANGE_WEIGHT, cause=cause
            ),
        )
    )


def change_passed(from_day: int, to_day: int) -> Draft:
    """Return the step that excludes days of high air that is over."""
    return Draft((ChangePassed(from_day=from_day, to_day=to_day),))


def suspect_shift(from_day: int, found_day: int) -> Draft:
    """Return the step that suspects a lasting shift: a question, so all days count as before."""
    shift = ChangeSuspected(
        from_day=from_day, found_day=found_day, weight=1.0, cause=Cause.LEVEL_SHIFT
    )
    return Draft((shift,))


def report_change(
    from_day: int, reported_day: int, *, similar: bool = False, replaces: int | None = None
) -> Draft:
    """Return the step that reports a change since `from_day`.

    Earlier days count a quarter if the new place is `similar`, otherwise not at all. `replaces`
    is the id of the suspected change that it replaces.
    """
    weight = CHANGE_WEIGHT if similar else 0.0
    change = ChangeReported(from_day=from_day, found_day=reported_day, weight=weight)
    return Draft((change,), replaces)


def map_sensor(from_day: int, level: float, offset: float, spread: float) -> Draft:
    """Return the step after which days before `from_day` are converted from an old sensor.

    They count as in a similar place. `level` is in the base unit, the others on the scale.
    """
    mapped = SensorMapped(
        from_day=from_day,
        found_day=from_day,
        weight=CHANGE_WEIGHT,
        level=level,
        offset=offset,
        spread=spread,
    )
    return Draft((mapped,))


def its_the_season(replaces: int) -> Draft:
    """Return the step that withdraws a suspected change (its id): it is the season."""
    return Draft((Season(),), replaces)


def exclude_days(days: Iterable[int], *, replaces: int | None = None) -> Draft:
    """Return the step that excludes whole days, with one correction for each run of days.

    `replaces` is the id of the suspected change that it replaces, if the sensor was at fault.

    >>> [(run.from_day, run.to_day) for run in exclude_days([7, 3, 4, 5]).corrections]
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
    """Return when the air began and ceased to be high (POSIX seconds), up to now if it still is.

    An episode starts after 15 minutes of a sustained level, or after six hours of an unusual one,
    and recovers after 30 minutes inside the range. An episode that seems to be longer than days
    are kept (the clock was set, the file is damaged) is cut short to bound the work.
    """
    end = at if episode.end is None else episode.end
    if episode.outcome is EpisodeEnd.RECOVERED:
        end -= INSIDE_SLOTS * SLOT_S
    end = min(end, episode.id + WINDOW_DAYS * DAY_S)
    before = LEVEL_SLOTS if episode.by_level else SUSTAINED_SLOTS
    return episode.id - before * SLOT_S, max(end, float(episode.id))


def touched_parts(episode: Episode, at: float, zone: tzinfo) -> dict[int, int]:
    """Return the mask of the parts that an episode has touched, for each day, oldest first."""
    return _parts_between(*episode_span(episode, at), zone)


def _parts_between(start: float, end: float, zone: tzinfo) -> dict[int, int]:
    slots = range(int(start // SLOT_S), max(ceil(end / SLOT_S), int(start // SLOT_S) + 1))
    return {
        day: sum(1 << part for part, number in enumerate(parts) if number)
        for day, parts in parts_of_slots(slots, zone).items()
    }


def missed(since: int, until: int, zone: tzinfo) -> Draft:
    """Return the step that excludes what a stretch (POSIX times) touched, as one without a word."""
    return Draft(
        tuple(
            Missed(since=since, until=until, day=day, parts=mask)
            for day, mask in _parts_between(since, until, zone).items()
        )
    )


def named(moment: int, name: str) -> Draft:
    """Return the step that names what happened at a moment (POSIX time)."""
    return Draft((Named(moment=moment, name=name),))


def episode_real(episode: Episode, at: float, zone: tzinfo) -> Draft:
    """Return the step that excludes the parts that an episode has touched from the range."""
    return Draft(_touched(episode, touched_parts(episode, at, zone)))


def normal_here(episode: Episode, at: float, zone: tzinfo) -> EpisodeNormal:
    """Return the correction that raises the alert level of an episode's part above its peak.

    It holds for 60 days and does not change the range.
    """
    return EpisodeNormal(
        episode=episode.id,
        parts=1 << episode.part,
        alert_level=round(episode.peak * NORMAL_MARGIN, 1),
        until_day=locate(at, zone)[0] + NORMAL_DAYS,
    )


def episode_normal(episode: Episode, at: float, zone: tzinfo) -> Draft:
    """Return the step with the correction `normal_here`."""
    return Draft((normal_here(episode, at, zone),))


def with_rest(ledger: Ledger, episode: Episode, at: float, zone: tzinfo) -> Ledger:
    """Return the ledger with all parts excluded that an episode has touched, if it was real.

    Those before the correction are excluded already; this adds the parts since.
    """
    entry = ledger.correction_of(episode.id)
    if entry is None or not isinstance(entry.correction, EpisodeReal):
        return ledger
    rest = {
        day: mask & ~ledger.excluded_parts(day)
        for day, mask in touched_parts(episode, at, zone).items()
    }
    more = _touched(episode, {day: mask for day, mask in rest.items() if mask})
    return ledger.with_more(at, entry, more) if more else ledger


def revived(ledger: Ledger, undone: Entry) -> Episode | None:
    """Return the episode that an undone entry had withdrawn, running again; None for none."""
    return next(
        (
            replace(episode, end=None, outcome=None)
            for episode in ledger.episodes
            if episode.withdrawn and episode.end == undone.at
        ),
        None,
    )


def _touched(episode: Episode, parts: Mapping[int, int]) -> tuple[EpisodeReal, ...]:
    return tuple(
        EpisodeReal(episode=episode.id, day=day, parts=mask) for day, mask in parts.items()
    )
