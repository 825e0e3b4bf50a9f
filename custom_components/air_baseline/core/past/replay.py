"""Days of the past, replayed in order into a ledger: each range from earlier days only.

Days of five-minute means give marks and are reference days, tagged `replayed`. Days of hourly
means count half and give neither: an hour's mean hides peaks. No alert was possible on either,
so no episode is opened, and neither counts for the promise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Self

from ..alerting.forecast import Forecast, forecast
from ..alerting.promise import Promise
from ..channel import Channel
from ..codes import HistoryState, LearningState
from ..day import SLOT_S, WINDOW_DAYS, day_start, locate, part_slots
from ..event import Event, EventKind
from ..learning.level_shift import find_doubt
from ..learning.standing import standing
from ..ledger.day_summary import NO_SURROUNDINGS, DayOrigin, DaySummary
from ..ledger.entries import Entry, Relearned, Reset
from ..ledger.ledger import Ledger
from ..ledger.open_day import OpenDay
from ..pollutant import PollutantSpec, cell_index
from ..reading.binning import LEAST_STEP, Bin
from ..reading.sustained_level import SustainedWindow
from .history_import import Past, PastDay, PastDays, past_days


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySetting:
    """What a replay needs to know of a channel; `resolution` is the sensor's step."""

    spec: PollutantSpec
    zone: tzinfo
    promise: Promise
    resolution: float = LEAST_STEP

    @classmethod
    def of(cls, channel: Channel, found: PastDays) -> Self:
        """Return the setting of a channel: its step is the smallest seen, then or now."""
        return cls(
            spec=channel.spec,
            zone=channel.zone,
            promise=channel.promise,
            resolution=_least(channel.binner.step, found.step) or LEAST_STEP,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryWorth:
    """What the past of a source is worth on a day.

    How many usable days it has (an hourly one is half a day), and the earliest day that could
    be `learned`.
    """

    usable_days: float
    earliest: int | None


def filled(ledger: Ledger, found: PastDays, own: int, setting: ReplaySetting) -> Ledger:
    """Return a ledger with the days of the past before its first own one, which stay as they are.

    `own` is the open day: with what was heard live it is the channel's own.
    """
    first = min((own, *(summary.day for summary in ledger.days)))
    past = {day: lived for day, lived in found.days.items() if day < first}
    if not past:
        return ledger
    replayed = replay(past, ledger, setting)
    oldest = max([*past, *(summary.day for summary in ledger.days)]) - WINDOW_DAYS + 1
    days = (summary for summary in (*replayed.days, *ledger.days) if summary.day >= oldest)
    return replace(ledger, days=tuple(days), entries=replayed.entries)


def relearned(
    at: float, ledger: Ledger, found: PastDays, own: int, setting: ReplaySetting
) -> Ledger:
    """Return a ledger learned again, each day before the open one as it is known best.

    That is from five-minute means, otherwise as the channel lived it, otherwise from hourly
    means. Corrections of days stay in force, a start over is undone by it, and doubts are found
    again. To undo it restores the ledger as it was before the first time, if that can still be
    undone.
    """
    earlier = ledger.of(Relearned)
    first = earlier[-1].correction.from_day if ledger.former and earlier else own
    kept = tuple(
        entry
        for entry in ledger.entries
        if not (entry.correction.inferred or isinstance(entry.correction, Reset | Relearned))
    )
    entry = Entry(id=ledger.next_id, at=at, correction=Relearned(from_day=first))
    start = replace(ledger, entries=(*kept, entry), former=ledger.former or ledger)
    days: dict[int, PastDay | DaySummary] = {summary.day: summary for summary in ledger.days}
    for day, lived in found.days.items():
        if day < own and (day not in days or lived.origin is not DayOrigin.HOURLY):
            days[day] = lived
    return replay(days, start, setting)


def replay(
    days: Mapping[int, PastDay | DaySummary], start: Ledger, setting: ReplaySetting
) -> Ledger:
    """Return a ledger with some days added one after the other.

    `start` gives what was said about the days, and episodes; its own days give what is known
    of a day beside the air. A day that is a digest already is taken as it is.
    """
    known = {summary.day: summary for summary in start.days}
    ledger, sustained = replace(start, days=()), SustainedWindow()
    newest = max(days, default=0)
    for day in sorted(days):
        if day <= newest - WINDOW_DAYS:
            continue
        found = days[day]
        if isinstance(found, PastDay):
            found = _live_through(found, ledger, sustained, setting, known.get(day))
        ledger = ledger.with_day(found)
        closed_at = day_start(day + 1, setting.zone)
        doubt = find_doubt(ledger, day + 1, closed_at)
        if doubt is not None:
            ledger = ledger.with_correction(closed_at, doubt)
    return ledger


def take_over(channel: Channel, at: float, ledger: Ledger, found: PastDays) -> Entry | None:
    """Let a channel go on from a replayed ledger; return the entry of that, if there is one."""
    new = (entry for entry in ledger.of(Relearned) if entry not in channel.ledger.entries)
    entry = next(new, None)
    channel.binner.step = _least(channel.binner.step, found.step)
    if found.since is not None and found.until is not None:
        channel.health.ran_before(found.since, found.until)
    channel.history = HistoryState.READ if found.days else HistoryState.EMPTY
    channel.adopt(entry.at if entry else at, ledger)
    if entry is not None:
        channel.events.append(Event(kind=EventKind.CORRECTED, at=entry.at, correction=entry))
    return entry


def history_worth(past: Past, setting: ReplaySetting, now: float) -> HistoryWorth:
    """Return what the past of a source is worth now (POSIX seconds)."""
    found = past_days(past, setting.spec, setting.zone, now)
    today = locate(now, setting.zone)[0]
    step = found.step or setting.resolution
    ledger = replay(found.days, Ledger(), replace(setting, resolution=step))
    known = standing(ledger, today)
    return HistoryWorth(
        usable_days=known.tally.days,
        earliest=today if known.state is LearningState.LEARNED else known.earliest,
    )


def _live_through(
    past: PastDay,
    ledger: Ledger,
    sustained: SustainedWindow,
    setting: ReplaySetting,
    known: DaySummary | None,
) -> DaySummary:
    """Return the digest of a day as a channel leaves it that hears its bins live.

    Of an hourly day no range is issued: what it would have held is not known.
    """
    open_day = OpenDay(past.day, part_slots(past.day, setting.zone))
    open_day.eligible = known is not None and known.eligible
    issued: Sequence[float] = ()
    if past.origin is DayOrigin.HOURLY:
        state = standing(ledger, past.day).state
        for part, _, value, number in past.slot_runs:
            for _ in range(number):
                open_day.take(part, cell_index(value), None, None)
    else:
        today = forecast(ledger, past.day, setting.spec, setting.promise, setting.resolution)
        state, issued = today.standing.state, today.issued
        _hear(open_day, past, today, sustained)
    return open_day.close(
        origin=past.origin,
        issued=issued,
        head=ledger.head,
        state=state,
        longest_run_h=past.longest_run_h,
        surroundings=known.surroundings if known else NO_SURROUNDINGS,
    )


def _hear(open_day: OpenDay, past: PastDay, today: Forecast, sustained: SustainedWindow) -> None:
    for part, slot, value, _ in past.slot_runs:
        bin_ = Bin(slot, value, float(SLOT_S))
        sustained.take(bin_)
        span = sustained.span(bin_.end)
        low = round(span[0], 1) if span else None
        inside = today.ranges[part].inside(bin_.value) if today.ranges else None
        open_day.take(part, cell_index(bin_.value), low, inside)


def _least(one: float | None, other: float | None) -> float | None:
    return min((step for step in (one, other) if step is not None), default=None)
