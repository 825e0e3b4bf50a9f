"""What steps of the clock do to a channel; `known_time` finds them.

A leap changes nothing: what was known before it is only kept in mind. If the clock is set back
later, the channel continues from there. The days that it learned meanwhile are set aside, by the
dates that they really had; a person can undo that.
"""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import tzinfo
from itertools import pairwise
import json

from .channel import Channel
from .checked import EARLIEST_DAY
from .codes import HistoryState
from .day import DAY_S, WINDOW_DAYS, locate, parse_day, part_slots
from .known_time import CORRECTION_S, EARLIEST, LEAP_S, KnownTime, Leap, Look
from .ledger.day_summary import DayOrigin, DaySummary
from .ledger.entries import ClockSetBack, Draft, Entry
from .ledger.histogram_text import encode_counts
from .ledger.kept_leap import KeptLeap, covering, with_kept
from .ledger.ledger import Ledger
from .ledger.open_day import OpenDay
from .year.joining import followed

# Seconds. By judgement: more than any change of time zones, which moves the start of a day.
ZONES_S = 26 * 3600.0
HALF = 0.5  # Share of an open day's slots that make it worth setting aside, by judgement.

_DAYS = frozenset({"day", "from_day", "to_day", "found_day", "until_day"})
_TIMES = frozenset({"moment", "since", "until"})


def known_time(channels: Iterable[Channel], now: float, saved_at: float | None = None) -> KnownTime:
    """Return what stored channels know of the time, seen at a POSIX time that may be wrong.

    All of them saw the same clock, and so did whoever saved them at `saved_at`. A time of the
    future that only one of several knows is damage.
    """
    times, leaps = [EARLIEST], dict[float, Leap]()
    for channel in channels:
        times.append(latest_time(channel))
        leaps |= {kept.leap.until: kept.leap for kept in channel.leaps}
    seen = sorted(times[1:] if saved_at is None else [*times[1:], saved_at])
    agreed = [later for earlier, later in pairwise(seen) if later - earlier <= LEAP_S]
    latest = max(times)
    if agreed and latest > now + CORRECTION_S:
        latest = agreed[-1]
    known = KnownTime(latest)
    for until in sorted(leaps):
        known = known.after(leaps[until])
    return replace(known, latest=latest)


def latest_time(channel: Channel) -> float:
    """Return the latest POSIX time that a channel knows, 0 for none."""
    counted_to, read = channel.binner.counted_to, channel.health.last_read
    return max(counted_to or 0.0, read or 0.0, _begun(channel))


def is_damaged(channel: Channel, known: KnownTime) -> bool:
    """Tell whether a channel knows a time that is not known otherwise: nothing would be taken."""
    return latest_time(channel) > known.latest + CORRECTION_S


def _begun(channel: Channel) -> float:
    """Return a POSIX time that is not later than the start of the open or the last closed day."""
    if channel.open_day is not None:
        day = channel.open_day.day
    elif channel.binner.counted_to is None and channel.ledger.days:
        day = channel.ledger.days[-1].day  # Otherwise not read: that is most of a start's work.
    else:
        return 0.0
    return (day - EARLIEST_DAY) * DAY_S - ZONES_S


def note_leap(channel: Channel, leap: Leap) -> None:
    """Keep in mind how things were before a leap, in case that the clock is ahead since."""
    open_day = channel.open_day
    today = None
    if open_day is not None:
        stored = {**open_day.dump(), "histogram": encode_counts(open_day.counts)}
        today = json.dumps(stored).encode()
    kept = KeptLeap(leap=leap, today=today, history=channel.history)
    channel.leaps = with_kept(channel.leaps, kept)


def set_back(channel: Channel, found: Look) -> None:
    """Continue from before a leap, because the clock was ahead since then.

    What was observed since has wrong times, so no claim comes from it.
    """
    leap, at, back_s = found.leap, found.now, found.back_s
    if leap is None:
        return
    channel.clock_wrong = False
    channel.false_until = max(channel.false_until, at + back_s)
    kept = next((one for one in channel.leaps if one.leap == leap), None)
    if kept is None and (kept := covering(channel.leaps, at)) is not None:
        leap = kept.leap  # A person says that the clock is right: it was ahead since then.
    if channel.history.over and (kept is None or not kept.history.over):
        channel.history = HistoryState.UNUSED  # It was read for other days.
    if latest_time(channel) <= at + CORRECTION_S:
        return  # It has not seen the false time.
    today = _open_day(kept, channel.zone)
    first, shift = locate(leap.until, channel.zone)[0], round(back_s / DAY_S)
    last = min(first, today.day if today else first)
    left = [day for one in channel.leaps if one.leap.until >= leap.until for day in one.days]
    aside = _false_days(channel, first, shift)
    ledger = channel.ledger
    if ledger.former is not None:
        aside = _merged(_false(ledger.former.days, first, shift), aside)
        former = _redated(
            _true_ledger(ledger.former, left, leap.until, last), at, leap.until, first, back_s
        )
        ledger = replace(ledger, former=former)
    ledger = _redated(_true_ledger(ledger, left, leap.until, last), at, leap.until, first, back_s)
    ledger = replace(ledger, set_aside=_merged(ledger.set_aside, aside))
    if aside:
        span = ClockSetBack(from_day=aside[0].day, to_day=aside[-1].day)
        ledger = ledger.with_correction(at, Draft((span,)))
    channel.year = followed(channel.year.before(last), ledger, at)
    channel.health.set_back(leap.until, back_s)
    if channel.guideline is not None:
        channel.guideline.set_back(leap.until, at)
    channel.leaps = tuple(one for one in channel.leaps if one.leap.until < leap.until)
    rest = next((one for one in found.known.leaps if one.since == leap.since), None)
    if kept is not None and rest is not None:  # The clock can go back further.
        channel.leaps = with_kept(channel.leaps, replace(kept, leap=rest, days=()))
    channel.begin_again(at, ledger, today)
    if today is not None:
        today.void = today.void or bool(aside)
    channel.advance(at)


def _open_day(kept: KeptLeap | None, zone: tzinfo) -> OpenDay | None:
    if kept is None or kept.today is None:
        return None
    stored = json.loads(kept.today)
    day = parse_day(stored["day"])
    open_day = OpenDay(day, part_slots(day, zone))
    open_day.restore(stored)
    return open_day


def _false_days(channel: Channel, first: int, shift: int) -> tuple[DaySummary, ...]:
    """Return the days that were learned since a day, `shift` days earlier, without a score."""
    days = [*channel.ledger.days]
    today, open_day = channel.forecast, channel.open_day
    later = open_day is not None and open_day.day > first
    if today and open_day and later and open_day.observed >= HALF * sum(open_day.slots):
        head, state = channel.ledger.head, today.standing.state
        days.append(open_day.close(issued=today.issued, head=head, state=state))
    return _false(days, first, shift)


def _false(days: Iterable[DaySummary], first: int, shift: int) -> tuple[DaySummary, ...]:
    """Return those of some days that were learned since a day, as `_false_days` does."""
    return tuple(
        replace(day, day=day.day - shift, coverage=None, eligible=False)
        for day in days
        if day.origin is DayOrigin.LIVE and day.day >= first and any(day.text.strip(b","))
    )


def _true_ledger(ledger: Ledger, left: Iterable[DaySummary], since: float, first: int) -> Ledger:
    """Return the ledger without the days from a day on, and with those that left the window."""
    days = {day.day: day for day in (*left, *ledger.days)}
    last = max((day for day in days if day < first), default=0)
    return replace(
        ledger,
        days=tuple(days[day] for day in sorted(days) if last - WINDOW_DAYS < day < first),
        episodes=tuple(episode for episode in ledger.episodes if episode.id < since),
        entries=tuple(
            entry
            for entry in ledger.entries
            if entry.at < since or not entry.correction.found_again
        ),
    )


def _merged(before: Iterable[DaySummary], aside: Iterable[DaySummary]) -> tuple[DaySummary, ...]:
    days = {day.day: day for day in (*before, *aside)}
    return tuple(days[day] for day in sorted(days))


def _redated(ledger: Ledger, at: float, since: float, first: int, back_s: float) -> Ledger:
    """Return the ledger with what was corrected since a POSIX time dated as it really was.

    So are the days that were set aside meanwhile: the clock was still ahead.
    """
    shift = round(back_s / DAY_S)

    def true(entry: Entry) -> Entry:
        if entry.at < since:
            return entry
        oldest = 0 if isinstance(entry.correction, ClockSetBack) else first
        days = {
            one.name: day - shift
            for one in fields(entry.correction)
            if one.name in _DAYS and (day := getattr(entry.correction, one.name)) >= oldest
        }
        times = {
            one.name: max(round(time - back_s), 0)
            for one in fields(entry.correction)
            if one.name in _TIMES and (time := getattr(entry.correction, one.name)) >= since
        }
        true_at = min(entry.at - back_s, at)
        correction = replace(entry.correction, **days, **times)
        return replace(entry, at=max(true_at, 0.0), correction=correction)

    held = [entry.correction for entry in ledger.of(ClockSetBack) if entry.at >= since]
    aside = {
        day.day: day
        for one in ledger.set_aside
        for day in [
            replace(one, day=one.day - shift)
            if any(span.sets_aside(one.day) for span in held)
            else one
        ]
    }
    return replace(
        ledger,
        entries=tuple(map(true, ledger.entries)),
        set_aside=tuple(aside[day] for day in sorted(aside)),
    )
