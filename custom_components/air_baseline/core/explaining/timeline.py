"""What happened in a channel in the kept days: episodes, notable rises, missed stretches, names.

Only episodes are kept as such. A rise is found in the highest levels of each hour: it is what
would be notable by the threshold of today.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from itertools import pairwise
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from ..alerting.forecast import Forecast
from ..alerting.threshold import BEFORE_SHARE, levels_before
from ..channel import Channel
from ..day import (
    DAY_S,
    HOUR_S,
    HOURS,
    PART_HOURS,
    PARTS,
    SLOT_S,
    WINDOW_DAYS,
    day_start,
    locate,
    locate_hour,
)
from ..ledger.correction import episode_span
from ..ledger.day_summary import DayOrigin, DaySummary, counts_by_day, day_peaks
from ..ledger.effects import first_entries
from ..ledger.entries import (
    Cause,
    ChangeSuspected,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    Missed,
    Named,
)
from ..ledger.episode import Episode, EpisodeEnd
from ..ledger.folding import UNDO_DAYS
from ..ledger.hour_peaks import hour_levels
from ..ledger.ledger import Ledger


class HappeningKind(StrEnum):
    """What something that happened is."""

    EPISODE = "episode"
    RISE = "rise"
    MISSED = "missed"
    NAMED = "named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened, from `start` to `end` (POSIX seconds; now, if it is `running`).

    It is named by its `moment` (POSIX seconds). `peak` is its highest sustained level and `high`
    the end of the range at that time (base unit; None: not known). `clear_s` is how long the air
    took to be back in the range after it was noticed, None if it did not, or if it is not known.
    `correction` is the answer that was given, or the entry of a missed stretch.
    """

    kind: HappeningKind
    moment: int
    start: float
    end: float
    running: bool = False
    peak: float | None = None
    high: float | None = None
    clear_s: float | None = None
    episode: Episode | None = None
    correction: Entry | None = None
    name: Entry[Named] | None = None


def undoable(entry: Entry, at: float) -> bool:
    """Tell whether an entry can be undone by its id at a POSIX time."""
    return entry.correction.harmless or at - entry.at <= UNDO_DAYS * DAY_S


def by_people(entry: Entry) -> bool:
    """Tell whether an entry stands among the answers of people.

    A doubt because of another time zone does too: only its owner knows whether anything changed.
    """
    correction = entry.correction
    time_zone = isinstance(correction, ChangeSuspected) and correction.cause is Cause.TIME_ZONE
    return time_zone or not correction.inferred


def answers(ledger: Ledger, at: float) -> list[Entry]:
    """Return the first entries of what people have answered and can undo at a POSIX time."""
    entries = first_entries(tuple(ledger.entries))
    return [entry for entry in entries if by_people(entry) and undoable(entry, at)]


def timeline(channel: Channel, at: float) -> tuple[Happening, ...]:
    """Return what happened in the kept days before a POSIX time, newest first."""
    since = at - WINDOW_DAYS * DAY_S
    ledger = channel.ledger
    answers = {
        entry.correction.episode: entry
        for entry in ledger.entries
        if isinstance(entry.correction, EpisodeReal | EpisodeNormal) and entry.step is None
    }
    names = {entry.correction.moment: entry for entry in ledger.of(Named)}
    marked = [entry for entry in ledger.of(Missed) if entry.step is None]
    known = [_of_episode(one, answers.get(one.id), at) for one in channel.episodes]
    known += [_of_missed(channel, entry) for entry in marked]
    known += [rise for rise in _rises(channel) if not any(_same(rise, one) for one in known)]
    return _named(channel, [one for one in known if one.end > since], names, since)


def happening_at(happened: Iterable[Happening], at: float) -> Happening | None:
    """Return what happened at a POSIX time, give or take a slot; None for nothing."""
    there = [one for one in happened if one.start - SLOT_S <= at <= one.end + SLOT_S]
    return min(there, key=lambda one: abs(one.moment - at), default=None)


def _of_episode(episode: Episode, answer: Entry | None, at: float) -> Happening:
    start, end = episode_span(episode, at)
    recovered = episode.outcome is EpisodeEnd.RECOVERED
    return Happening(
        kind=HappeningKind.EPISODE,
        moment=episode.id,
        start=start,
        end=end,
        running=episode.end is None,
        peak=episode.peak,
        high=episode.high,
        clear_s=max(end - episode.id, 0.0) if recovered else None,
        episode=episode,
        correction=answer,
    )


def _of_missed(channel: Channel, entry: Entry[Missed]) -> Happening:
    since, until = entry.correction.since, entry.correction.until
    return Happening(
        kind=HappeningKind.MISSED,
        moment=since,
        start=since,
        end=until,
        peak=_peak(channel, since, until),
        high=_high(channel, since),
        correction=entry,
    )


def _named(
    channel: Channel, known: Iterable[Happening], names: dict[int, Entry[Named]], since: float
) -> tuple[Happening, ...]:
    """Return what is known with its names; a name of anything else stands for itself."""
    found = []
    for one in sorted(known, key=lambda one: one.start, reverse=True):
        moments = [moment for moment in names if one.start - SLOT_S <= moment <= one.end + SLOT_S]
        moment = one.moment if one.moment in names else max(moments, default=None)
        found.append(one if moment is None else replace(one, name=names.pop(moment)))
    for moment, entry in names.items():
        if moment > since:
            end = moment + HOUR_S
            peak, high = _peak(channel, moment, end), _high(channel, moment)
            found.append(
                Happening(
                    kind=HappeningKind.NAMED,
                    moment=moment,
                    start=moment,
                    end=end,
                    peak=peak,
                    high=high,
                    name=entry,
                )
            )
    return tuple(sorted(found, key=lambda one: one.start, reverse=True))


def _same(rise: Happening, other: Happening) -> bool:
    """Tell whether a rise, whose hours are whole, is part of something else."""
    return rise.start - HOUR_S < other.end and other.start < rise.end + HOUR_S


def _rises(channel: Channel) -> Iterator[Happening]:
    """Yield the notable rises, those of consecutive hours as one."""
    hours = sorted([*_past_hours(channel), *_hours_of_today(channel)])
    run: list[tuple[float, float, float]] = []
    for hour, after in pairwise([*hours, (inf, 0.0, 0.0)]):
        run.append(hour)
        if after[0] > hour[0] + HOUR_S:
            yield Happening(
                kind=HappeningKind.RISE,
                moment=int(run[0][0]),
                start=run[0][0],
                end=hour[0] + HOUR_S,
                peak=max(peak for _, peak, _ in run),
                high=run[0][2],
            )
            run = []


def _past_hours(channel: Channel) -> Iterator[tuple[float, float, float]]:
    """Yield (start, peak, end of the range) of the notable hours of the closed days."""
    today, ledger = channel.forecast, channel.ledger
    days = [
        day
        for day in ledger.days
        if day.origin is not DayOrigin.HOURLY and day.day >= ledger.change_day and day.issued
    ]
    if today is None or not today.learned or not days:
        return
    for day, notable in zip(days, _notable(today, ledger, days), strict=True):
        levels, starts = hour_levels(day.peaks)[0], hour_starts(day.day, channel.zone)
        for hour, start in starts.items():
            peak, high = levels[hour], day.part_ranges[hour // PART_HOURS][1]
            if notable[hour] and peak is not None and peak > high:
                yield start, peak, high


def _notable(today: Forecast, ledger: Ledger, days: Sequence[DaySummary]) -> NDArray[np.bool_]:
    """Return which hours of days (day, hour) would be notable by the threshold of today."""
    threshold = today.threshold
    if threshold.tail is None:
        return np.zeros((len(days), HOURS), dtype=np.bool_)
    before = levels_before(counts_by_day(ledger.days), [one.day for one in days], today.ranges)
    before = np.repeat(np.maximum(before, np.asarray(threshold.floor)), PART_HOURS, axis=1)
    rises = day_peaks(days) - BEFORE_SHARE * before[:, None]
    scores = threshold.tail.scores(rises.reshape(len(days), -1)).reshape(rises.shape)
    scored = np.repeat([bool(today.scored >> part & 1) for part in range(PARTS)], PART_HOURS)
    notable: NDArray[np.bool_] = (scores > threshold.notable).any(axis=1) & scored
    return notable


def _hours_of_today(channel: Channel) -> Iterator[tuple[float, float, float]]:
    """Yield (start, peak, end of the range) of the notable hours of the open day."""
    today, open_day = channel.forecast, channel.open_day
    if today is None or open_day is None or not today.ranges or not today.learned:
        return
    short, long = hour_levels(bytes(open_day.peaks))
    for hour, start in hour_starts(open_day.day, channel.zone).items():
        levels = today.notable_levels[hour], today.notable_levels[HOURS + hour]
        held = zip((short[hour], long[hour]), levels, strict=True)
        if any(peak is not None and peak > level for peak, level in held):
            yield start, short[hour] or 0.0, today.ranges[hour // PART_HOURS].high


def hour_starts(day: int, zone: tzinfo) -> dict[int, float]:
    """Return when the hours (0 to 23) of a day begin, as POSIX times; not those that clocks skip.

    >>> from datetime import UTC
    >>> hour_starts(1, UTC)[0] == hour_starts(1, UTC)[1] - 3600.0
    True
    """
    start, end = day_start(day, zone), day_start(day + 1, zone)
    if end - start == DAY_S:
        return {hour: start + hour * HOUR_S for hour in range(HOURS)}
    starts: dict[int, float] = {}
    for slot in range(ceil(start / SLOT_S), ceil(end / SLOT_S)):
        starts.setdefault(locate_hour(slot * SLOT_S, zone)[1], float(slot * SLOT_S))
    return starts


def _peak(channel: Channel, start: float, end: float) -> float | None:
    """Return the highest sustained level (base unit) of the hours of a stretch of POSIX times."""
    first, last = (locate(at, channel.zone)[0] for at in (start, end))
    peaks = {day.day: day.peaks for day in channel.ledger.days if first <= day.day <= last}
    if channel.open_day is not None:
        peaks[channel.open_day.day] = bytes(channel.open_day.peaks)
    found = [
        level
        for day in range(first, last + 1)
        if day in peaks
        for hour, begin in hour_starts(day, channel.zone).items()
        if begin < end
        and start < begin + HOUR_S
        and (level := hour_levels(peaks[day])[0][hour]) is not None
    ]
    return max(found, default=None)


def _high(channel: Channel, at: float) -> float | None:
    """Return the end of the range (base unit) that was issued for a POSIX time."""
    day, part = locate(at, channel.zone)
    today = channel.forecast
    if today is not None and today.day == day:
        return today.ranges[part].high if today.ranges and today.learned else None
    issued = next((one.part_ranges for one in channel.ledger.days if one.day == day), ())
    return issued[part][1] if issued else None
