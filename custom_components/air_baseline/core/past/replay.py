"""Days of the past, replayed in order into a ledger: each range from earlier days only.

Days of five-minute means are scored and are reference days, with the origin `replayed`. Days of
hourly means count half and are neither, because an hourly mean hides peaks. No alert was possible
on either, so no episode is opened and they do not count for the promise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Self

from ..alerting.forecast import Forecast, forecast
from ..channel import Channel, proven
from ..codes import HistoryState, LearningState
from ..day import PART_HOURS, SLOT_S, WINDOW_DAYS, day_start, locate, part_slots
from ..event import Event, EventKind
from ..learning.level_shift import reviewed
from ..learning.standing import standing
from ..ledger.day_summary import NO_SURROUNDINGS, DayOrigin, DaySummary
from ..ledger.entries import ClockSetBack, Entry, Relearned, Reset
from ..ledger.ledger import Ledger
from ..ledger.open_day import OpenDay
from ..pollutant import PollutantSpec, cell_index
from ..reading.binning import LEAST_STEP, Bin
from ..reading.sustained_level import SustainedWindow
from .history_import import Past, PastDay, PastDays, past_days


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySetting:
    """What a replay needs to know of a channel; `resolution` is the sensor's step (base unit)."""

    spec: PollutantSpec
    zone: tzinfo
    promise_days: int
    resolution: float = LEAST_STEP

    @classmethod
    def of(cls, channel: Channel, found: PastDays) -> Self:
        """Return the setting of a channel, with the smallest step seen live or in its past."""
        return cls(
            spec=channel.spec,
            zone=channel.zone,
            promise_days=channel.promise_days,
            resolution=_smaller_step(channel.binner.step, found.step) or LEAST_STEP,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryWorth:
    """What the past of a source is worth: its usable days, an hourly one as half a day.

    `earliest` is the first day that could be learned, None if it is too far ahead.
    """

    usable_days: float
    earliest: int | None


def filled(ledger: Ledger, found: PastDays, own: int, setting: ReplaySetting) -> Ledger:
    """Return a ledger with the days of the past before its own days, which stay unchanged.

    `own` is the open day, which counts as the channel's own because of its live readings.
    """
    first = min((own, *(summary.day for summary in ledger.days)))
    of_this = _of_this_sensor(found.days, ledger)
    past = {day: past_day for day, past_day in of_this.items() if day < first}
    if not past:
        return ledger
    replayed = replay(past, ledger, setting)
    oldest = max([*past, *(summary.day for summary in ledger.days)]) - WINDOW_DAYS + 1
    days = (summary for summary in (*replayed.days, *ledger.days) if summary.day >= oldest)
    return replace(ledger, days=tuple(days), entries=replayed.entries)


def relearned(
    at: float, ledger: Ledger, found: PastDays, own: int, setting: ReplaySetting
) -> Ledger:
    """Return a relearned ledger, with the best source for each day before the open day `own`.

    The best source is five-minute means, otherwise the day as it is in the ledger, otherwise
    hourly means. Corrections of days stay in force, a start over does not, and suspected changes
    are found again. Days that were set aside stay so. Undoing this restores the ledger from
    before the first relearning that can still be undone.
    """
    earlier = ledger.of(Relearned)
    first = earlier[-1].correction.from_day if ledger.former and earlier else own
    kept = tuple(
        entry
        for entry in ledger.entries
        if isinstance(entry.correction, ClockSetBack)
        or not (entry.correction.inferred or isinstance(entry.correction, Reset | Relearned))
    )
    entry = Entry(id=ledger.next_id, at=at, correction=Relearned(from_day=first))
    start = replace(ledger, entries=(*kept, entry), former=ledger.former or ledger)
    days: dict[int, PastDay | DaySummary] = {summary.day: summary for summary in ledger.days}
    for day, past_day in _of_this_sensor(found.days, ledger).items():
        if day < own and (day not in days or past_day.origin is not DayOrigin.HOURLY):
            days[day] = past_day
    return replay(days, start, setting)


def _of_this_sensor(days: Mapping[int, PastDay], ledger: Ledger) -> Mapping[int, PastDay]:
    """Return the days of a source since the last mapping: those before it are the old sensor's."""
    first = max((day for day, *_ in ledger.effects.mappings), default=0)
    return {day: past for day, past in days.items() if day >= first}


def replay(
    days: Mapping[int, PastDay | DaySummary], start: Ledger, setting: ReplaySetting
) -> Ledger:
    """Return the ledger `start` with its days replaced by `days`, added in order.

    `start` gives the corrections and episodes, and its days give the surroundings. A day that is
    a summary already is added as it is.
    """
    known = {summary.day: summary for summary in start.days}
    ledger, sustained = replace(start, days=()), SustainedWindow()
    newest = max(days, default=0)
    for day in sorted(days):
        if day <= newest - WINDOW_DAYS:
            continue
        summary = days[day]
        if isinstance(summary, PastDay):
            summary = _summarize(summary, ledger, sustained, setting, known.get(day))
        ledger = ledger.with_day(summary)
        closed_at = day_start(day + 1, setting.zone)
        ledger = reviewed(ledger, day + 1, closed_at, setting.spec.effect)
    return ledger


def take_over(channel: Channel, at: float, ledger: Ledger, found: PastDays) -> Entry | None:
    """Let a channel continue with a replayed ledger; return the entry of a relearning, if any."""
    new = (entry for entry in ledger.of(Relearned) if entry not in channel.ledger.entries)
    entry = next(new, None)
    channel.binner.step = _smaller_step(channel.binner.step, found.step)
    if found.since is not None and found.until is not None:
        channel.health.ran_before(found.since, found.until)
        channel.unit_check.settle()
    channel.history = HistoryState.READ if found.days else HistoryState.EMPTY
    _take_today(channel, found.today)
    channel.adopt(entry.at if entry else at, ledger)
    if entry is not None:
        channel.events.append(Event(kind=EventKind.CORRECTED, at=entry.at, correction=entry))
    return entry


def _take_today(channel: Channel, today: PastDay | None) -> None:
    """Count, once, the slots of today before a new channel began; they have no range."""
    began_at, channel.began_at = channel.began_at, None
    open_day = channel.open_day
    if began_at is None or today is None or open_day is None or today.day != open_day.day:
        return
    first, sustained = int(began_at // SLOT_S), SustainedWindow()
    earlier = [run for run in today.slot_runs if run[1] + run[3] <= first]
    if today.origin is DayOrigin.REPLAYED:
        _take_slots(open_day, replace(today, slot_runs=tuple(earlier)), None, sustained)


def history_worth(past: Past, setting: ReplaySetting, now: float) -> HistoryWorth:
    """Return what the past of a source is worth at a POSIX time."""
    found = past_days(past, setting.spec, setting.zone, now)
    today = locate(now, setting.zone)[0]
    step = found.step or setting.resolution
    ledger = replay(found.days, Ledger(), replace(setting, resolution=step))
    known = standing(ledger, today)
    return HistoryWorth(
        usable_days=known.tally.days,
        earliest=today if known.state is LearningState.LEARNED else known.earliest,
    )


def _summarize(
    past: PastDay,
    ledger: Ledger,
    sustained: SustainedWindow,
    setting: ReplaySetting,
    known: DaySummary | None,
) -> DaySummary:
    """Return the summary that a channel would have made of a day with the same bins.

    No range is issued for an hourly day, because its coverage would not be known. `known` is the
    summary of the same day in the ledger, if any.
    """
    open_day = OpenDay(past.day, part_slots(past.day, setting.zone))
    open_day.eligible = known is not None and known.eligible
    issued: Sequence[float] = ()
    next_14_days = None
    if past.origin is DayOrigin.HOURLY:
        state = standing(ledger, past.day).state
        for hour, _, value, number, _ in past.slot_runs:
            for _ in range(number):
                open_day.take(hour, cell_index(value), None, None)
    else:
        today = forecast(ledger, past.day, setting.spec, setting.promise_days, setting.resolution)
        state, issued = today.standing.state, today.issued
        next_14_days = today.next_14_days if today.learned else None
        _take_slots(open_day, past, today, sustained)
    return open_day.close(
        origin=past.origin,
        issued=issued,
        head=ledger.head,
        state=state,
        longest_run_h=past.longest_run_h,
        surroundings=known.surroundings if known else NO_SURROUNDINGS,
        seen=ledger.seen_parts(past.day),
        next_14_days=next_14_days,
    )


def _take_slots(
    open_day: OpenDay, past: PastDay, today: Forecast | None, sustained: SustainedWindow
) -> None:
    for hour, slot, value, _, quiet in past.slot_runs:
        bin_, part = Bin(slot, value, float(SLOT_S), quiet=quiet), hour // PART_HOURS
        if not proven(bin_, part, today):
            continue
        sustained.take(bin_)
        seen = today is not None and bool(today.ranges) and today.sees(part)
        inside = today.ranges[part].inside(bin_.value) if today and seen else None
        open_day.take(hour, cell_index(bin_.value), sustained.level(bin_.end), inside)


def _smaller_step(first: float | None, second: float | None) -> float | None:
    return min((step for step in (first, second) if step is not None), default=None)
