"""One pollutant in one room: it learns, judges and can be corrected.

A channel and its parts (binner, sensor health, sustained window, watches, open day) change with
time. Everything that they pass on is a value: bins, forecasts, judgements, and the ledger with
all that it holds.

Time is an argument, in POSIX seconds. `read`, `lose` and `advance` return the judgement of each
bin that closed; `take_events` returns what else happened, such as a closed day or an opened
episode. The file is long because all parts of the core meet in this class and nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import tzinfo
from math import ceil

from .alerting.episode import EpisodeWatch, opened
from .alerting.forecast import Forecast, begin, forecast, with_levels, with_threshold
from .alerting.guideline import GuidelineMean
from .alerting.hourly_ranges import HourlyRanges, HourRange, range_of_hour
from .alerting.judgement import Judgement, judge, reason_against
from .alerting.promise import MONTH_DAYS, rarities
from .codes import Condition, HistoryState, LearningState, OtherRooms, Refused
from .day import (
    DAY_S,
    PART_HOURS,
    SLOT_S,
    WINDOW_DAYS,
    day_start,
    locate,
    locate_hour,
    part_slots,
    parts_of_slots,
    same_month,
)
from .event import Event, EventKind
from .learning.last_year import left_weeks
from .learning.level_shift import reviewed
from .learning.seasons import SeasonWatch
from .learning.time_zone import DayHours
from .learning.year_change import SameSeason, YearSays
from .learning.year_watch import NOTHING, YearWatch
from .ledger.correction import revived, suspect_change, with_rest
from .ledger.day_summary import DaySummary
from .ledger.entries import Cause, Draft, Entry, Reset
from .ledger.episode import Episode, EpisodeEnd
from .ledger.kept_leap import KeptLeap, aged, slack_s
from .ledger.ledger import Ledger
from .ledger.open_day import OpenDay
from .pollutant import Pollutant, PollutantSpec, cell_index
from .reading.binning import FRESH_S, LEAST_STEP, Bin, Binner
from .reading.inside_watch import InsideWatch
from .reading.sensor_health import FLAT_RECORD_DAYS, FLAT_S, OFF_S, SensorHealth
from .reading.surroundings import Surroundings
from .reading.sustained_level import SustainedLevel, SustainedWindow
from .reading.unit_check import UnitCheck
from .year.joining import filled, followed, joined
from .year.year import NO_YEAR, Year


class Channel:
    """Everything known about one pollutant in one room.

    `surroundings` can be shared with other channels and get their readings directly.

    >>> from datetime import UTC
    >>> from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
    >>> channel = Channel(POLLUTANTS[Pollutant.PM25], UTC)
    >>> for minute in range(60):
    ...     judgements = channel.read(60.0 * minute, 8.0)
    >>> channel.judge(3600.0).state, channel.judge(3600.0).sustained
    (<LearningState.COLLECTING: 'collecting'>, 8.0)
    """

    __slots__ = (
        "_hours_before",
        "_zone_checked",
        "began_at",
        "binner",
        "clock_wrong",
        "day_hours",
        "episode_watch",
        "events",
        "false_until",
        "forecast",
        "guideline",
        "health",
        "history",
        "hours",
        "inside_watch",
        "keeps_year",
        "leaps",
        "ledger",
        "open_day",
        "paused",
        "promise_days",
        "refused",
        "season_watch",
        "spec",
        "surroundings",
        "sustained",
        "unit_check",
        "waiting",
        "year",
        "year_watch",
        "zone",
    )

    def __init__(self, spec: PollutantSpec, zone: tzinfo, promise_days: int = MONTH_DAYS) -> None:
        """Start with nothing known about the room; at most one alert in `promise_days`."""
        self.spec = spec
        self.zone = zone
        self.promise_days = promise_days
        self.health = SensorHealth(spec)
        self.binner = Binner(self.health.longest_hold_s)
        self.unit_check = UnitCheck(spec)
        self.refused: Refused | None = None  # Why the last reading was, None if it was not.
        self.sustained = SustainedWindow()
        self.episode_watch = EpisodeWatch()
        self.inside_watch = InsideWatch()
        self.surroundings = Surroundings()
        self.guideline = GuidelineMean(spec.guideline) if spec.guideline else None
        self.ledger = Ledger()
        self.year = NO_YEAR  # Of the weeks that have left the ledger; stored in a file of its own.
        self.year_watch = YearWatch()
        self.season_watch = SeasonWatch()
        self.keeps_year = True  # If not, nothing joins it; never stored.
        self.open_day: OpenDay | None = None
        self.forecast: Forecast | None = None
        self.hours = HourlyRanges()
        self.day_hours: DayHours | None = None  # Of the kept days.
        self._hours_before: DayHours | None = None  # The same, before the time zone changed.
        self._zone_checked = False  # After a start, which may be in another time zone.
        self.events: list[Event] = []
        self.paused = False
        self.waiting = False  # Its source belongs to another room; never stored.
        self.clock_wrong = False  # Then nothing is taken and nothing is claimed; never stored.
        self.false_until = 0.0  # POSIX time up to which a clock was ahead; records say it again.
        self.leaps: tuple[KeptLeap, ...] = ()  # Those of the clock that it can undo.
        self.history = HistoryState.UNUSED
        self.began_at: float | None = None  # When a new source was first listened to, in this run.

    def read(self, at: float, value: float, factor: float = 1.0) -> Sequence[Judgement]:
        """Take a reading (POSIX seconds, base unit); a refused one ends the hold.

        `factor` is that of the source's unit.
        """
        if self.clock_wrong:
            return ()
        level = self._level(at, value, factor)
        if level is None:
            self.health.rejected += 1
            return self.lose(at)
        if level < value and self.guideline is not None:
            self.guideline.note_end(at)
        before = self.health.last_read
        held = before is not None and at - before > OFF_S and self.binner.holds(at)
        # A restart writes the value of before again, and that shows nothing of the sensor.
        same = self.binner.restored and level == self.binner.last_value
        judgements = self._pass(self.binner.read(at, level), at)
        # At the end of the span, the value shows that it moves.
        self.health.see(at, value, held=held or same)
        if same and before is not None:
            alive_at = max(before, self.health.life_at or before)
            self.binner.date_back(max(alive_at, at - FRESH_S - SLOT_S))
        return judgements

    def find(
        self, at: float, value: float, factor: float, reported_at: float
    ) -> Sequence[Judgement]:
        """Take the value that a source has when it is first listened to, as in `read`.

        It was reported at an earlier POSIX time, and counts only from now on.
        """
        before = self.health.last_read
        judgements = self.read(at, value, factor)
        if self.clock_wrong:
            return judgements
        self.binner.date_back(reported_at)
        self.health.date_back(max(reported_at, before or reported_at))
        return judgements

    def show_life(self, at: float) -> None:
        """Note that the source's device was alive at a POSIX time, so that its value holds."""
        if not self.clock_wrong:
            self.binner.show_life(at)
            self.health.show_life(at)

    def _level(self, at: float, value: float, factor: float) -> float | None:
        """Return the level of a reading, None if it is refused."""
        level, check = self.spec.level(value, factor, self.binner.last_value), self.unit_check
        if level is None:
            self.refused = Refused.IMPOSSIBLE
            return None
        known = check.settled and factor == check.factor  # So it is for nearly all readings.
        if not known and not check.take(at, value, factor):
            self.refused = Refused.UNIT
            return None
        self.refused = None
        return level

    def lose(self, at: float) -> Sequence[Judgement]:
        """Note that the source has no value from a time on."""
        return () if self.clock_wrong else self._pass(self.binner.lose(at), at)

    def advance(self, at: float) -> Sequence[Judgement]:
        """Let time pass, and close the bins, days and episodes that end by then."""
        return () if self.clock_wrong else self._pass(self.binner.advance(at), at)

    def mistrust_clock(self) -> None:
        """Take nothing and claim nothing until the clock is right again: the time is a gap."""
        self.clock_wrong = True
        if self.binner.counted_to is not None:
            self.binner.lose(self.binner.counted_to)

    def shown_at(self, at: float) -> float:
        """Return the POSIX time as of which it is shown: its latest while the clock is behind."""
        if not self.clock_wrong:
            return at
        return max(at, self.binner.counted_to or 0.0, self.health.last_read or 0.0)

    def take_events(self) -> Sequence[Event]:
        """Return what has happened since the last call, oldest first."""
        events, self.events = self.events, []
        return events

    def judge(self, at: float, around: Surroundings | None = None) -> Judgement:
        """Return what can be said at a time; `around` are the surroundings if not its own."""
        return self._judge(at, locate_hour(at, self.zone)[1], around)

    def state(self, at: float) -> LearningState:
        """Return the learning state at a time: that of the forecast, unless paused or silent."""
        if self.clock_wrong:
            return LearningState.CLOCK_WRONG
        if self.paused:
            return LearningState.PAUSED
        if self.waiting or not self.heard(at):
            return LearningState.NO_SOURCE
        return self.forecast.standing.state if self.forecast else LearningState.COLLECTING

    def heard(self, at: float) -> bool:
        """Tell whether there was a reading in the 24 hours before a time, or one still holds."""
        return self.health.alive(at) or self.binner.holds(at)

    def gone(self, at: float) -> bool:
        """Tell whether the source has had no value for longer than one holds.

        Before the first one, that counts from when it was first waited for.
        """
        known = (self.binner.lost_at, self.health.last_read, self.health.listened_from)
        since = next((time for time in known if time is not None), at)
        return at - since > self.binner.cadence.hold_limit_s and not self.binner.holds(at)

    def unseen(self, at: float, around: Surroundings | None = None) -> tuple[Condition, ...]:
        """Return the conditions at a time that no day in force has had, () if not known."""
        limits = self.forecast.weather_limits if self.forecast else None
        if limits is None or (limits.temperatures is None and limits.windows is None):
            return ()
        around = self.surroundings if around is None else around
        around.advance(at)
        return limits.unseen(around.of_last_hours(at))

    def keep_other_rooms(
        self, episode: int, other_rooms: OtherRooms, rooms: tuple[str, ...]
    ) -> None:
        """Keep what is known of the other rooms with an episode (its id)."""
        for known in self.episodes:
            if known.id == episode:
                updated = replace(known, other_rooms=other_rooms, rooms=rooms)
                self.ledger = self.ledger.with_episode(updated)
                if self._episode_id == episode:
                    self.episode_watch.current = updated

    def correct(self, at: float, draft: Draft) -> Entry:
        """Put one step into effect and update the range at once; return its first entry.

        If it says the same as the last step, it changes nothing, and that step's is returned.
        """
        if (repeated := self.ledger.repeated(draft)) is not None:
            return repeated
        self._note_hours(at)
        first = self._record(at, draft)
        self._follow(at, first)
        reset = isinstance(first.correction, Reset)
        kind = EventKind.RESET if reset else EventKind.CORRECTED
        self.events.append(Event(kind=kind, at=at, correction=first))
        return first

    def undo(self, at: float, entry_id: int | None = None) -> Entry:
        """Undo the last step, or that of the entry `entry_id`; return its first entry.

        Raises UndoError if there is no such step or it is older than 30 days.
        """
        undone = self.ledger.undoable(at, entry_id)
        self._note_hours(at)
        former = self.ledger.former
        self.ledger = self.ledger.undo(at, undone.id).returned(self._last_day)
        if former is not None and self.ledger.former is None:
            self.year = self.year_before(at, self.ledger, former)
        self._follow_year(at)
        self._follow(at, undone)
        self._revive(undone)
        self.events.append(Event(kind=EventKind.UNDONE, at=at, correction=undone))
        return undone

    def year_before(self, at: float, ledger: Ledger, former: Ledger) -> Year:
        """Return the year of before a file was taken in, for a ledger that is restored.

        `former` is what was set aside: some of its days may have left the window since.
        """
        year, restored = self.year.former or self.year, replace(ledger, days=former.days)
        return self._joined(year, restored, self._last_day - 1, at)

    def adopt(self, at: float, ledger: Ledger, year: Year | None = None) -> None:
        """Take over a ledger made from this one and from elsewhere; update the range at once.

        A `year` takes the place of the present one, unless none is kept.
        """
        self._note_hours(at)
        before, self.ledger = self.forecast, ledger
        if year is not None and self.keeps_year:
            self.year = year
            self._follow_year(at)
        self._reissue(moved=True)
        self._report_transition(before, at)
        self._end_if_unlearned(at)
        self._consider_now(at)

    def pause(self, at: float, *, paused: bool) -> None:
        """Stop or resume learning; the time in between is a gap."""
        if paused == self.paused:
            return
        self._interrupt(at)
        self.paused = paused

    def wait(self, at: float, *, waiting: bool) -> None:
        """Go without a source while it belongs to another room; the time in between is a gap."""
        if waiting and not self.waiting:
            self._interrupt(at)
        self.waiting = waiting

    def _interrupt(self, at: float) -> None:
        self.lose(at)
        if not self.clock_wrong:
            self._end_episode(at, EpisodeEnd.UNKNOWN)

    def move(self, at: float, zone: tzinfo) -> None:
        """Follow another time zone from a POSIX time on.

        If it has other hours of the day, the kept days count less, and the range is in doubt.
        """
        self._note_hours(at)
        self.zone = zone
        self._check_zone(at)

    def adopt_promise(self, at: float, days: int) -> None:
        """Follow another promise from now on: today's alert levels are written again."""
        self._note_hours(at)
        self.promise_days = days
        if self.forecast is not None:
            self.resume(self.forecast)

    def resume(self, written: Forecast | None) -> None:
        """Continue with today's forecast after a restart, None if it was lost.

        Another promise has another alert threshold, which is written again, as is one that an
        earlier version of the method wrote. If the forecast was lost, the day has had two ranges
        and gets no coverage.
        """
        if written is None:
            self._reissue(moved=True)
            return
        written = replace(written, highest=self.spec.highest)
        known = (*written.threshold.bars,) == rarities(self.promise_days)
        if known or self.open_day is None:
            self.forecast = with_levels(written, self.ledger)
        else:
            again = with_threshold(written, self.ledger, self.promise_days)
            self.forecast = begin(again, written.begun, self.open_day.counts, self.ledger)

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """Return all episodes in memory, with the running one up to date."""
        running = self.episode_watch.current
        return (self.ledger.with_episode(running) if running else self.ledger).episodes

    @property
    def _episode_id(self) -> int | None:
        return self.episode_watch.current.id if self.episode_watch.current else None

    @property
    def _last_day(self) -> int:
        """Return the open day, otherwise the last closed one, 0 for none."""
        if self.open_day is not None:
            return self.open_day.day
        return self.ledger.days[-1].day if self.ledger.days else 0

    def _check_zone(self, at: float) -> None:
        """Doubt the range if the parts of the kept days were other hours, until it holds again."""
        self._zone_checked = True
        known = self.day_hours
        if known is not None and not known.other_hours(self.zone):
            return
        day = locate(at, self.zone)[0]
        self.day_hours = DayHours.of(day_start(day, self.zone), self.zone)
        today = self.forecast
        if known is None or today is None or today.standing.state is LearningState.COLLECTING:
            return
        first = max(day, self._last_day + 1)
        back = self._hours_before is not None and not self._hours_before.other_hours(self.zone)
        doubts = [
            entry.id
            for entry in self.ledger.changes()
            if entry.correction.cause is Cause.TIME_ZONE and entry.correction.from_day >= first
        ]
        if back and doubts:  # No day has passed in the other zone.
            self.ledger = self.ledger.undo(at, doubts[-1])
            self._follow_year(at)
            self._hours_before = None
        else:
            self._doubt(at, suspect_change(first, first, Cause.TIME_ZONE))
            self._hours_before = known
        self._reissue(moved=True)
        self._report_transition(today, at)
        self._end_if_unlearned(at)

    def _sustained(self, at: float) -> SustainedLevel | None:
        return None if self.health.stuck or self.clock_wrong else self.sustained.level(at)

    def _pass(self, bins: Sequence[Bin], at: float) -> Sequence[Judgement]:
        """Judge the bins that closed, then end the episode and the day if they end by the time."""
        if not self._zone_checked:
            self._check_zone(at)
        self.health.listen(at)
        judgements = [self._take(bin_) for bin_ in bins] if bins else ()
        if (unproven := self.binner.take_unproven()) is not None:
            self._remove(unproven.value, unproven.since, unproven.until)
        self._end_if_silent(at)
        self._reach(at, locate(at, self.zone)[0])
        return judgements

    def _take(self, bin_: Bin) -> Judgement:
        day, hour = locate_hour(bin_.start, self.zone)
        part = hour // PART_HOURS
        self._end_if_silent(bin_.start)
        self._reach(bin_.start, day)
        before = self.forecast
        if self.guideline is not None and not self.health.stuck and self.guideline.proven(bin_):
            self.guideline.take(bin_)
            if self.spec.at_end(bin_.value):
                self.guideline.note_end(bin_.start)
        if proven(bin_, part, before) and self._believable(bin_):
            self._learn(bin_, hour)
        judgement = self._judge(bin_.end, hour)
        if judgement.unseen and self.open_day is not None:
            self.open_day.unseen = True
        in_force = before.ranges[part] if before is not None and judgement.typical else None
        return replace(judgement, bin=bin_, typical=in_force)

    def _reach(self, at: float, day: int) -> None:
        """Begin the day of a moment, and note the ranges of the hours that began up to then."""
        self._note_hours(at)
        self._begin_day(day)
        self._note_hours(at)

    def _note_hours(self, at: float) -> None:
        """Note the ranges of the hours that began up to a moment, in the day that is open."""
        if at >= self.hours.next_at:
            end = day_start(self.open_day.day + 1, self.zone) if self.open_day else at
            self.hours.note(at, end, self._in_force)

    def _in_force(self, start: float) -> HourRange | None:
        if self.state(start) is not LearningState.LEARNED:
            return None
        return range_of_hour(self.forecast, start, self.zone)

    def _judge(self, at: float, hour: int, around: Surroundings | None = None) -> Judgement:
        if self.clock_wrong:
            return judge(None, LearningState.CLOCK_WRONG, None, hour, None)
        sustained, unseen = self._sustained(at), self.unseen(at, around)
        return judge(
            self.forecast, self.state(at), sustained, hour, self._episode_id, unseen=unseen
        )

    def _believable(self, bin_: Bin) -> bool:
        """Tell whether a bin can be learned from: not while paused, warming up or stuck."""
        if self.paused or self.health.warming_up(bin_.start):
            return False
        since = self.open_day.day - FLAT_RECORD_DAYS if self.open_day else 0
        long = bin_.end - self.health.flat_since > FLAT_S
        if long and self.health.becomes_stuck(bin_.end, self.ledger.longest_run_h(since)):
            self._remove(self.health.flat_value or 0.0, self.health.flat_since, bin_.end)
        return not self.health.stuck

    def _learn(self, bin_: Bin, hour: int) -> None:
        today, open_day, part = self.forecast, self.open_day, hour // PART_HOURS
        if today is None or open_day is None:
            return
        if today.part != part:
            today = self.forecast = begin(today, [part], open_day.counts, self.ledger)
        self.sustained.take(bin_)
        sustained = self._sustained(bin_.end)
        level = sustained.low if sustained else None
        inside = None
        if today.ranges:
            typical = today.ranges[part]
            seen = today.sees(part)
            inside = typical.inside(bin_.value) if seen else None
            ended = self.episode_watch.follow(bin_, level, typical.high)
            if ended is not None:
                self._record_end(ended, bin_.end)
            if (running := self.episode_watch.current) is not None:
                self.surroundings.advance(bin_.end)
                around = self.surroundings
                self.episode_watch.current = running.with_surroundings(around, bin_.end)
            high = typical.high if today.learned and seen else None
            self.inside_watch.take(bin_.end, sustained, high)
            if sustained is not None and bin_.fresh:
                self._consider_alert(today, bin_.end, hour, sustained)
        open_day.take(hour, cell_index(bin_.value), sustained, inside)

    def _consider_now(self, at: float) -> None:
        """Open an episode at once if the air is unusual by a range that is new."""
        alive_at, sustained = self.binner.alive_at, self._sustained(at)
        if self.forecast is None or sustained is None or alive_at is None:
            return
        if self.episode_watch.current is None and at - alive_at <= FRESH_S:
            self._consider_alert(self.forecast, at, locate_hour(at, self.zone)[1], sustained)

    def _consider_alert(
        self, today: Forecast, at: float, hour: int, sustained: SustainedLevel
    ) -> None:
        part = hour // PART_HOURS
        if not (sustained.exceeds(today.alert_levels, hour) and self.episode_watch.may_open):
            return
        against = reason_against(today, self.state(at), sustained, part, unseen=self.unseen(at))
        if against is not None:
            return
        if any(episode.day == today.day for episode in self.ledger.episodes):
            return
        self.surroundings.advance(at)
        episode = opened(today, hour, sustained, at).with_surroundings(self.surroundings, at)
        self.episode_watch.open(episode)
        self.ledger = self.ledger.with_episode(episode)
        if self.open_day is not None:
            self.forecast = begin(today, [part], self.open_day.counts, self.ledger)
        self.events.append(Event(kind=EventKind.UNUSUAL_STARTED, at=at, episode=episode))

    def _end_if_unlearned(self, at: float) -> None:
        """Withdraw the running episode if the range is not learned: it would claim too much."""
        if not (self.forecast and self.forecast.learned):
            self._end_episode(at, EpisodeEnd.WITHDRAWN)

    def _end_episode(self, at: float, outcome: EpisodeEnd) -> None:
        ended = self.episode_watch.end(at, outcome)
        if ended is not None:
            self._record_end(ended, at)

    def _end_if_silent(self, at: float) -> None:
        if self.sustained.silent(at):
            self._end_episode(self.sustained.silent_from or at, EpisodeEnd.UNKNOWN)

    def _record_end(self, ended: Episode, at: float) -> None:
        before = self.ledger.with_episode(ended)
        self.ledger = with_rest(before, ended, at, self.zone)
        if self.ledger is not before:
            self._reissue(moved=True)
        self.events.append(Event(kind=EventKind.UNUSUAL_ENDED, at=at, episode=ended))

    def _begin_day(self, day: int) -> None:
        if day <= self._last_day:
            return
        before = self.forecast
        if self.open_day is not None and before is not None:
            self._close_day(self.open_day, before)
            self._close_month(self.open_day.day, day)
        self.open_day = OpenDay(day, part_slots(day, self.zone))
        self._write_forecast(day)
        self._report_transition(before, day_start(day, self.zone))
        self._end_if_unlearned(day_start(day, self.zone))

    def _close_day(self, open_day: OpenDay, today: Forecast) -> None:
        at = day_start(open_day.day + 1, self.zone)
        longest = self.health.end_day()
        if not open_day.observed:
            return
        watched = open_day.observed_in(today.scored) and not self.paused
        open_day.eligible = today.eligible and watched and not open_day.unseen
        self.surroundings.advance(at)
        summary = open_day.close(
            issued=today.issued,
            head=self.ledger.head,
            state=today.standing.state,
            longest_run_h=longest,
            surroundings=self.surroundings.of_day(open_day.day),
            seen=today.standing.seen,
            next_14_days=today.next_14_days if today.learned else None,
        )
        before, slack = self.ledger, slack_s(self.leaps)
        self.year = self._joined(self.year, before, summary.day, at)
        kept = before.with_day(summary, spare=ceil(slack / DAY_S)).returned(summary.day + 1)
        self.ledger = kept.pruned(at - slack)
        if self.year.former is not None and self.ledger.former is None:
            self.year = replace(self.year, former=None)
        left = [day for day in before.days if day.day <= summary.day - WINDOW_DAYS]
        self.leaps = aged(self.leaps, left, summary.day, at) if self.leaps else ()
        if self.day_hours is None or self.day_hours.outdated(at):
            self.day_hours = DayHours.of(at, self.zone)
        self.events.append(Event(kind=EventKind.DAY_CLOSED, at=at, summary=summary))
        self._look_for_shift(open_day.day + 1, at)

    def _joined(self, year: Year, ledger: Ledger, last_day: int, at: float) -> Year:
        """Return a year with what leaves the window of a ledger as a day closes."""
        slack = slack_s(self.leaps)
        days = ceil(slack / DAY_S)
        return joined(year, ledger, last_day, at - slack, days) if self.keeps_year else year

    def _follow_year(self, at: float) -> None:
        """Let the year follow the corrections in force."""
        if self.year != NO_YEAR:
            self.year = followed(self.year, self.ledger, at - slack_s(self.leaps))

    def fill_year(self, at: float, days: Iterable[DaySummary]) -> None:
        """Add days from history that had left the window by a POSIX time."""
        if self.keeps_year:
            self.year = filled(self.year, self.ledger, days, locate(at, self.zone)[0])

    def forget_year(self) -> None:
        """Keep the days of the window only, from now on."""
        self.year, self.keeps_year = NO_YEAR, False

    def _close_month(self, last: int, day: int) -> None:
        """Report that a month is over, on the first day with readings after it."""
        if not same_month(last, day):
            at = day_start(day, self.zone)
            self.events.append(Event(kind=EventKind.MONTH_CLOSED, at=at, last_day=last))

    def _look_for_shift(self, today: int, at: float) -> None:
        before = self.ledger
        year, effect = self._comparable_year, self.spec.effect
        same = SameSeason(before, year, today, effect)
        self.ledger = reviewed(before, today, at, effect, same)
        shift = self.ledger.shift
        if shift is not None and shift not in before.entries:
            self.events.append(Event(kind=EventKind.CHANGE_SUSPECTED, at=at))

    @property
    def year_says(self) -> YearSays:
        """Return what the year says of the open day, nothing if there is none."""
        if self.open_day is None:
            return NOTHING
        year, effect = self._comparable_year, self.spec.effect
        return self.year_watch.says(self.ledger, year, self.open_day.day, effect)

    @property
    def _comparable_year(self) -> Year:
        """Return the year whose levels can be compared: an index is relative to its last day."""
        return NO_YEAR if self.spec.pollutant is Pollutant.VOC_INDEX else self.year

    def _doubt(self, at: float, doubt: Draft) -> None:
        self._record(at, doubt)
        self.events.append(Event(kind=EventKind.CHANGE_SUSPECTED, at=at))

    def _record(self, at: float, draft: Draft) -> Entry:
        self._follow_year(at)  # What is settled by now may be folded.
        made = self.ledger.with_correction(at, draft)
        self.ledger = made.fold(at - slack_s(self.leaps))
        self._follow_year(at)
        return made.entries[len(made.entries) - len(draft.corrections)]

    def _revive(self, undone: Entry) -> None:
        """Continue an episode of today that an undone entry had withdrawn."""
        episode = revived(self.ledger, undone)
        today = self.forecast
        if episode and today and today.learned and episode.day == today.day:
            self.ledger = self.ledger.with_episode(episode)
            self.episode_watch.open(episode)

    def _follow(self, at: float, entry: Entry) -> None:
        """Update range and episode after an entry took effect or was undone."""
        self._reissue(moved=entry.moves_range)
        self._end_if_unlearned(at)

    def _reissue(self, *, moved: bool) -> None:
        if self.open_day is not None:
            self.open_day.void = self.open_day.void or moved
            self._write_forecast(self.open_day.day)

    def _write_forecast(self, day: int, resolution: float | None = None) -> None:
        resolution = resolution or self.binner.step or LEAST_STEP
        weeks = left_weeks(self.year, self.ledger)
        written = forecast(self.ledger, day, self.spec, self.promise_days, resolution, weeks=weeks)
        if self.forecast and self.forecast.day == day and self.open_day is not None:
            written = begin(written, self.forecast.begun, self.open_day.counts, self.ledger)
        self.forecast = written

    def _report_transition(
        self, before: Forecast | None, at: float, *, again: bool = False
    ) -> None:
        """Report that the range was learned or is no longer; learned `again` is no news."""
        learned = self.forecast is not None and self.forecast.learned
        if learned and again:
            return
        if learned != (before is not None and before.learned):
            kind = EventKind.RANGE_LEARNED if learned else EventKind.DEMOTED
            self.events.append(Event(kind=kind, at=at))

    def _remove(self, value: float, since: float, until: float) -> None:
        """Remove the time of a value that was no air from the days it fell into."""
        oldest = max(since, until - WINDOW_DAYS * DAY_S)
        slots = range(int(oldest // SLOT_S), int(until // SLOT_S))
        overlap = parts_of_slots(slots, self.zone)
        cell = cell_index(min(value, self.spec.highest))
        if self.open_day is not None and self.open_day.day in overlap:
            self.open_day.remove(cell, overlap[self.open_day.day])
        changed = {
            summary.day: summary.without(cell, overlap[summary.day])
            for summary in self.ledger.days
            if summary.day in overlap
        }
        self.ledger = self.ledger.with_days(changed)
        self._end_episode(until, EpisodeEnd.UNKNOWN)

    def begin_again(self, at: float, ledger: Ledger, open_day: OpenDay | None) -> None:
        """Continue at a POSIX time with a ledger and an open day of before the clock was wrong.

        Nothing of the last minutes and hours is kept, because their times are wrong.
        """
        self.binner.restart()
        self.sustained, self.hours = SustainedWindow(), HourlyRanges()
        self.episode_watch, self.inside_watch = EpisodeWatch(), InsideWatch()
        before, self.ledger, self.open_day = self.forecast, ledger, open_day
        self.forecast = None
        if open_day is not None:
            self._write_forecast(open_day.day)
        self._report_transition(before, at, again=True)


def proven(bin_: Bin, part: int, today: Forecast | None) -> bool:
    """Tell whether a bin is air: a source that may be dead can only show that the air is calm."""
    return not (
        bin_.quiet and today is not None and today.ranges and bin_.value > today.ranges[part].high
    )
