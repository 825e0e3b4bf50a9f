"""Days of the past: what they are made of, and that a replay equals the live days."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
import json
from math import inf, nan
from random import Random

import pytest

from custom_components.air_baseline.core.alerting.forecast import forecast
from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import HistoryState, LearningState
from custom_components.air_baseline.core.day import SLOT_S, day_start
from custom_components.air_baseline.core.learning.standing import standing
from custom_components.air_baseline.core.ledger.correction import exclude_days, start_over
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin, DaySummary
from custom_components.air_baseline.core.ledger.entries import Cause, ChangeSuspected, Entry
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.past.history_import import (
    Past,
    Row,
    means,
    new_binner,
    past_days,
)
from custom_components.air_baseline.core.past.replay import (
    ReplaySetting,
    filled,
    history_worth,
    relearned,
    replay,
    take_over,
)
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.reading.binning import Reading
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from tests.core import by_hand
from tests.core.rooms import LONDON, MONDAY, PM25, ROOMS, a_day, a_ledger, play

HOUR = 3600.0
KITCHEN = ROOMS[Pollutant.PM25]
type Readings = Sequence[tuple[float, float]]


def at(day: int, hour: float = 0.0) -> float:
    """Return the time `hour` hours after a day began, at 04:00."""
    return day_start(day, LONDON) + hour * HOUR


def rows(readings: Readings) -> list[Row]:
    return [Row(when, concentration, concentration) for when, concentration in readings]


def hours(readings: Readings) -> list[Row]:
    """Return the means of whole hours, and the lowest reading of each."""
    found: dict[float, list[float]] = {}
    for when, concentration in readings:
        found.setdefault(when // HOUR * HOUR, []).append(concentration)
    return [Row(hour, sum(levels) / len(levels), min(levels)) for hour, levels in found.items()]


def a_setting(pollutant: Pollutant = Pollutant.PM25) -> ReplaySetting:
    return ReplaySetting(
        spec=POLLUTANTS[pollutant], zone=LONDON, promise_days=MONTH_DAYS, resolution=1.0
    )


def live_channel(
    readings: Readings, until: float, pollutant: Pollutant = Pollutant.PM25
) -> Channel:
    """Return a channel that read live, with the step of its sensor known from the start."""
    channel = Channel(POLLUTANTS[pollutant], LONDON)
    channel.binner.step = 1.0
    channel.health.skip_warm_up(readings[0][0])
    play(channel, readings)
    channel.lose(readings[-1][0] + SLOT_S)
    channel.advance(until)
    return channel


def without(readings: Readings, start: float, end: float) -> Readings:
    return [(when, value) for when, value in readings if not start <= when < end]


def plain(summary: DaySummary) -> DaySummary:
    """Return a day without what differs in a live one: its origin and its chance of an alert."""
    return replace(summary, origin=DayOrigin.LIVE, eligible=False)


@pytest.mark.parametrize("pollutant", Pollutant)
def test_a_replay_of_bins_equals_the_live_days(pollutant: Pollutant) -> None:
    days = 45
    # VOC sensors warm up again after six hours off, which a past does not show.
    gap_h = 29.0 if pollutant is Pollutant.PM25 else 5.0
    off = at(MONDAY + 9, 2.0)
    readings = without(ROOMS[pollutant].readings(days), off, off + gap_h * HOUR)
    readings = without(readings, at(MONDAY + 20, 12.0), at(MONDAY + 20, 13.0))
    now = at(MONDAY + days, 1.0)
    # A live value counts for half an hour into a gap; a recorded one is known to have ended.
    channel = Channel(POLLUTANTS[pollutant], LONDON)
    channel.binner.step = 1.0
    channel.health.skip_warm_up(readings[0][0])
    for (when, value), (following, _) in zip(readings, [*readings[1:], (inf, 0.0)], strict=True):
        channel.read(when, value)
        if following > when + SLOT_S:
            channel.lose(when + SLOT_S)
    channel.advance(now)
    found = past_days(Past(rows(readings)), POLLUTANTS[pollutant], LONDON, now)
    ledger = replay(found.days, Ledger(), a_setting(pollutant))
    assert [plain(day) for day in ledger.days] == [plain(day) for day in channel.ledger.days]
    assert {day.origin for day in ledger.days} == {DayOrigin.REPLAYED}
    assert standing(ledger, MONDAY + days).state is LearningState.LEARNED
    issued = forecast(ledger, MONDAY + days, POLLUTANTS[pollutant], MONTH_DAYS, 1.0).issued
    assert channel.forecast is not None
    assert issued == channel.forecast.issued
    assert found.step == 1.0


def test_an_hourly_day_counts_half_and_gives_neither_coverage_nor_reference() -> None:
    readings = KITCHEN.readings(30)
    found = past_days(Past((), hours(readings)), PM25, LONDON, at(MONDAY + 30, 1.0))
    ledger = replay(found.days, Ledger(), a_setting())
    assert [day.origin for day in ledger.days] == [DayOrigin.HOURLY] * 30
    assert all(day.valid for day in ledger.days)
    assert ledger.coverages() == []
    assert ledger.reference(69) == []
    assert standing(ledger, MONDAY + 30).tally.days == 15.0
    weighed = [(0.5 * 2.0 ** (-(MONDAY + 30 - day.day) / 30.0), day) for day in ledger.days]
    laws = by_hand.laws(weighed, PM25.prior)
    ranges = forecast(ledger, MONDAY + 30, PM25, MONTH_DAYS, 1.0).ranges
    assert [part.y_high for part in ranges] == pytest.approx(
        [by_hand.quantile(law, 0.9) for law in laws]
    )


def test_five_minute_means_are_used_where_they_cover_enough_of_a_day() -> None:
    readings = KITCHEN.readings(4)
    purged = [pair for pair in readings if pair[0] >= at(MONDAY + 1, 14.0)]
    found = past_days(Past(rows(purged), hours(readings)), PM25, LONDON, at(MONDAY + 4, 1.0))
    origins = [found.days[MONDAY + day].origin for day in range(4)]
    assert origins == [DayOrigin.HOURLY, DayOrigin.HOURLY, DayOrigin.REPLAYED, DayOrigin.REPLAYED]
    assert all(day.observed == 288 for day in found.days.values())
    ledger = replay(found.days, Ledger(), a_setting())
    assert [coverage is not None for coverage in (day.coverage for day in ledger.days)] == [
        False,
        False,
        True,
        True,
    ]


def test_a_partial_day_is_used_where_nothing_else_is_stored() -> None:
    readings = [pair for pair in KITCHEN.readings(1) if pair[0] < at(MONDAY, 6.0)]
    found = past_days(Past(rows(readings)), PM25, LONDON, at(MONDAY + 1, 1.0))
    (summary,) = replay(found.days, Ledger(), a_setting()).days
    assert not summary.valid
    assert summary.coverage is None


def test_impossible_rows_are_ignored_and_counted() -> None:
    now = at(MONDAY + 2, 1.0)
    good = rows(KITCHEN.readings(2))
    odd = [
        Row(now + 60.0, 5.0),  # of the future
        Row(now - 100.0, 5.0),  # not over yet
        Row(0.0, 5.0),  # ancient
        Row(at(MONDAY - 120), 5.0),
        Row(at(MONDAY, 30.0) + 1.0, nan),
        Row(at(MONDAY, 30.0) + 2.0, inf),
        Row(at(MONDAY, 30.0) + 3.0, -1.0),
        Row(at(MONDAY, 30.0) + 4.0, 10_001.0),
        good[7],  # twice
    ]
    found = past_days(Past([*odd, *reversed(good)]), PM25, LONDON, now)
    assert found.ignored == len(odd)
    assert found.days == past_days(Past(good), PM25, LONDON, now).days
    assert list(found.days) == [MONDAY, MONDAY + 1]


def test_the_current_day_is_not_part_of_the_past() -> None:
    found = past_days(Past(rows(KITCHEN.readings(3))), PM25, LONDON, at(MONDAY + 2, 20.0))
    assert list(found.days) == [MONDAY, MONDAY + 1]


def test_a_stuck_value_is_not_believed() -> None:
    readings = KITCHEN.readings(5)
    start, end = at(MONDAY + 2, 1.0), at(MONDAY + 3, 6.0)
    flat = [(when, 7.0 if start <= when < end else value) for when, value in readings]
    # Readings next to the run that happen to be the same would be part of it.
    flat = [
        (when, value + 1.0 if value == 7.0 and not start <= when < end else value)
        for when, value in flat
    ]
    found = past_days(Past(rows(flat)), PM25, LONDON, at(MONDAY + 5, 1.0))
    assert [found.days[MONDAY + day].observed for day in range(5)] == [288, 288, 12, 216, 288]
    assert found.days[MONDAY + 3].longest_run_h == 29
    short = [
        (when, value if when >= at(MONDAY + 2, 24.0) else other)
        for (when, value), (_, other) in zip(readings, flat, strict=True)
    ]
    found = past_days(Past(rows(short)), PM25, LONDON, at(MONDAY + 5, 1.0))
    assert [day.observed for day in found.days.values()] == [288] * 5, "23 hours are possible"


def test_raw_readings_become_means_as_they_do_live() -> None:
    air = [(0.0, 4.0), (150.0, 8.0), (300.0, None), (900.0, 6.0)]
    readings = [Reading(when, value) for when, value in air]
    assert means(readings, 1200.0, new_binner(PM25)) == [Row(0.0, 6.0, 4.0), Row(900.0, 6.0, 6.0)]


def test_a_value_that_a_dead_sensor_held_is_left_out() -> None:
    readings = [Reading(0.0, 4.0), Reading(400.0, 8.0), Reading(600.0, 9.0)]
    alive = means(readings, 20 * HOUR, new_binner(PM25))
    assert [row.quiet for row in alive] == [False] * 14 + [True] * 226
    assert means(readings, 60 * HOUR, new_binner(PM25)) == alive[:2]
    again = [*readings, Reading(60 * HOUR, 5.0)]
    assert [row.start for row in means(again, 61 * HOUR, new_binner(PM25))[2:]] == [
        60 * HOUR + 300.0 * slot for slot in range(12)
    ]


@pytest.mark.parametrize("own", [0, 3])
def test_filling_neither_loses_nor_duplicates_a_day(own: int) -> None:
    readings = KITCHEN.readings(20)
    first = MONDAY + 15
    channel = live_channel(
        [pair for pair in readings if at(first) <= pair[0] < at(first + own, 1.0)],
        at(first + own, 1.0),
    )
    assert len(channel.ledger.days) == own
    found = past_days(Past(rows(readings)), PM25, LONDON, at(first + own, 1.0))
    ledger = filled(channel.ledger, found, first + own, a_setting())
    assert [day.day for day in ledger.days] == list(range(MONDAY, first + own))
    assert ledger.days[15:] == channel.ledger.days, "live days stay as they were"
    assert {day.origin for day in ledger.days[:15]} == {DayOrigin.REPLAYED}


def test_filling_keeps_to_the_window() -> None:
    own = a_ledger([a_day(MONDAY + 95), a_day(MONDAY + 96)])
    found = past_days(Past(rows(KITCHEN.readings(94))), PM25, LONDON, at(MONDAY + 95, 1.0))
    days = filled(own, found, MONDAY + 97, a_setting()).days
    assert days[0].day == MONDAY + 7
    assert days[-1].day == MONDAY + 96


def test_a_lasting_shift_in_the_past_is_found() -> None:
    quiet, loud = KITCHEN.readings(35), KITCHEN.louder(8.0).readings(45)
    moved = [*quiet, *loud[len(quiet) :]]
    found = past_days(Past(rows(moved)), PM25, LONDON, at(MONDAY + 45, 1.0))
    ledger = filled(Ledger(), found, MONDAY + 45, a_setting())
    live = live_channel(moved, at(MONDAY + 45, 1.0)).ledger
    shifts = live.of(ChangeSuspected)
    found_live = [entry for entry in shifts if entry.correction.cause is Cause.LEVEL_SHIFT]
    assert ledger.entries[:1] == tuple(found_live[:1])
    assert MONDAY + 30 <= ledger.of(ChangeSuspected)[0].correction.from_day <= MONDAY + 36
    assert standing(ledger, MONDAY + 45).state is LearningState.CHANGING


def test_a_channel_that_takes_over_a_past_is_learned_at_once() -> None:
    readings = KITCHEN.readings(41)
    now = at(MONDAY + 40, 5.0)
    today = [pair for pair in readings if at(MONDAY + 40) <= pair[0] < now]
    channel = live_channel(today, now)
    channel.read(now, 8.0)
    channel.take_events()
    found = past_days(Past(rows(readings)), PM25, LONDON, now)
    ledger = filled(channel.ledger, found, MONDAY + 40, ReplaySetting.of(channel, found))
    assert take_over(channel, now, ledger, found) is None
    assert channel.state(now) is LearningState.LEARNED
    assert channel.history is HistoryState.READ
    assert [event.kind.value for event in channel.take_events()] == ["range_learned"]
    assert channel.open_day is not None
    assert channel.open_day.observed == len(today), "what was read live today counts"
    channel.advance(at(MONDAY + 41))
    assert channel.ledger.days[-1].coverage is None, "its range was not written before the day"


@pytest.mark.parametrize(
    ("days", "ended_h", "warming"), [(3, 0.0, False), (1, 0.0, True), (3, 7.0, True)]
)
def test_a_sensor_that_ran_before_needs_no_warm_up(
    days: int, ended_h: float, *, warming: bool
) -> None:
    pollutant = Pollutant.VOC_RATIO
    channel = Channel(POLLUTANTS[pollutant], LONDON)
    now = at(MONDAY + 5, 2.0)
    channel.read(now, 120.0)
    assert channel.health.warming_up(now + 60.0)
    past = [
        pair
        for pair in ROOMS[pollutant].readings(6)
        if now - days * 24 * HOUR <= pair[0] < now - ended_h * HOUR
    ]
    found = past_days(Past(rows(past)), POLLUTANTS[pollutant], LONDON, now)
    ledger = filled(channel.ledger, found, MONDAY + 5, ReplaySetting.of(channel, found))
    take_over(channel, now, ledger, found)
    assert channel.health.warming_up(now + 60.0) is warming


def a_relearned(channel: Channel, readings: Readings, now: float) -> Entry:
    found = past_days(Past(rows(readings)), channel.spec, LONDON, now)
    own = channel.open_day.day if channel.open_day else 0
    ledger = relearned(now, channel.ledger, found, own, ReplaySetting.of(channel, found))
    entry = take_over(channel, now, ledger, found)
    assert entry is not None
    return entry


def test_relearning_is_undone_byte_for_byte() -> None:
    readings = KITCHEN.readings(31)
    now = at(MONDAY + 30, 5.0)
    channel = live_channel([pair for pair in readings if at(MONDAY + 10) <= pair[0] < now], now)
    channel.correct(now, exclude_days([MONDAY + 12]))
    channel.correct(now, start_over(MONDAY + 31))
    before = json.dumps(dump_channel(channel)["days"]), channel.ledger
    entry = a_relearned(channel, readings, now)
    assert [day.day for day in channel.ledger.days] == list(range(MONDAY, MONDAY + 30))
    assert channel.state(now) is LearningState.LEARNED, "the start over is undone"
    assert channel.ledger.excluded_parts(MONDAY + 12), "corrections of days stay"
    assert channel.take_events()[-1].correction == entry
    assert len(channel.ledger.coverages()) == 29
    kept = load_channel(json.loads(json.dumps(dump_channel(channel))), LONDON, MONTH_DAYS)
    for undone in (channel, kept):
        assert undone.undo(now + 60.0).id == entry.id
        assert undone.ledger == before[1]
        assert json.dumps(dump_channel(undone)["days"]) == before[0]


def test_what_came_later_stays_when_relearning_is_undone() -> None:
    readings = KITCHEN.readings(35)
    now = at(MONDAY + 30, 5.0)
    channel = live_channel([pair for pair in readings if at(MONDAY + 20) <= pair[0] < now], now)
    a_relearned(channel, readings, now)
    play(channel, [pair for pair in readings if pair[0] >= now])
    later = at(MONDAY + 34, 5.0)
    again = a_relearned(channel, readings, later)
    channel.correct(later, exclude_days([MONDAY + 32]))
    channel.undo(later + 60.0, again.id)
    days = [day.day for day in channel.ledger.days]
    assert days == list(range(MONDAY + 20, MONDAY + 34)), "of the first, not the second time"
    assert channel.ledger.excluded_parts(MONDAY + 32)
    assert channel.ledger.former is None
    channel.undo(later + 120.0)
    assert not channel.ledger.excluded_parts(MONDAY + 32)


def test_relearning_loses_no_day_that_history_lacks() -> None:
    readings = KITCHEN.readings(30)
    now = at(MONDAY + 29, 5.0)
    heard = [pair for pair in readings if pair[0] < now]
    channel = live_channel(heard, now)
    own = {day.day: day for day in channel.ledger.days}
    coarse, fine = hours(heard), rows([pair for pair in heard if pair[0] >= at(MONDAY + 19)])
    found = past_days(Past(fine, coarse), PM25, LONDON, now)
    ledger = relearned(now, channel.ledger, found, MONDAY + 29, a_setting())
    assert [day.day for day in ledger.days] == list(own)
    assert all(day == own[day.day] for day in ledger.days if day.day < MONDAY + 19)
    assert {day.origin for day in ledger.days if day.day >= MONDAY + 19} == {DayOrigin.REPLAYED}


def test_a_former_ledger_is_kept_for_thirty_days() -> None:
    now = at(MONDAY + 5, 5.0)
    channel = live_channel(KITCHEN.readings(5), now)
    a_relearned(channel, KITCHEN.readings(5), now)
    assert channel.ledger.pruned(now + 30 * 24 * HOUR).former is not None
    assert channel.ledger.pruned(now + 30 * 24 * HOUR + 1.0).former is None


def test_an_undone_exclusion_stays_undone() -> None:
    now = at(MONDAY + 5, 5.0)
    channel = live_channel(KITCHEN.readings(5), now)
    exclusion = channel.correct(now, exclude_days([MONDAY + 2]))
    a_relearned(channel, KITCHEN.readings(5), now + 60.0)
    channel.undo(now + 120.0, exclusion.id)
    channel.undo(now + 180.0)
    assert not channel.ledger.excluded_parts(MONDAY + 2)


def test_a_past_is_worth_its_usable_days_and_an_earlier_day() -> None:
    now = at(MONDAY + 40, 5.0)
    nothing = history_worth(Past(), a_setting(), now)
    assert nothing.earliest == standing(Ledger(), MONDAY + 40).earliest
    assert nothing.usable_days == 0.0
    readings = KITCHEN.readings(40)
    whole = history_worth(Past(rows(readings)), a_setting(), now)
    assert (whole.usable_days, whole.earliest) == (40.0, MONDAY + 40)
    usual = Past(rows([pair for pair in readings if pair[0] >= at(MONDAY + 30)]), hours(readings))
    mixed = history_worth(usual, a_setting(), now)
    assert mixed.usable_days == 25.0, "10 of five-minute means, 30 of hourly ones"
    assert mixed.earliest == MONDAY + 44, "four scored days are missing"


def test_five_minute_means_of_a_source_that_is_off_at_night_are_no_hourly_ones() -> None:
    readings = [
        (when, value)
        for when, value in KITCHEN.readings(30)
        if 495 <= when // 60 % 1440 < 1330  # From 08:15 to 22:10, in winter.
    ]
    past = Past(rows(readings), hours(readings))
    found = past_days(past, PM25, LONDON, at(MONDAY + 30, 1.0))
    assert {day.origin for day in found.days.values()} == {DayOrigin.REPLAYED}
    ledger = replay(found.days, Ledger(), a_setting())
    assert standing(ledger, MONDAY + 30).state is LearningState.LEARNED
    assert len(ledger.reference(69)) == 30


def recorded(readings: Readings) -> list[Reading]:
    """Return what a recorder keeps of live readings: each change, and when it was last repeated."""
    kept: list[Reading] = []
    for when, value in readings:
        if kept and value == kept[-1].value:
            kept[-1] = kept[-1]._replace(repeated_at=when)
        else:
            kept.append(Reading(when, value, when))
    return kept


@pytest.mark.parametrize("pollutant", Pollutant)
@pytest.mark.parametrize("only_changes", [True, False])
def test_states_of_a_recorder_give_the_days_that_were_learned_live(
    pollutant: Pollutant, *, only_changes: bool
) -> None:
    """The air is calm at night; a source that reports only changes is then silent for hours."""
    chance, level = Random(1), 5.0  # noqa: S311 - air, not secrets
    air = []
    for when, _ in ROOMS[pollutant].readings(40):
        if 8 <= when / HOUR % 24 < 22:
            level = max(1.0, min(level + chance.choice([-1, 0, 1]), 12.0))
        air.append((when, level))
    if only_changes:
        air = air[:1] + [after for before, after in pairwise(air) if before[1] != after[1]]
    now = at(MONDAY + 40, 1.0)
    channel = Channel(POLLUTANTS[pollutant], LONDON)
    channel.binner.step = 1.0
    channel.health.skip_warm_up(air[0][0])
    left, tick = list(reversed(air)), air[0][0]
    while tick <= now:
        while left and left[-1][0] <= tick:
            channel.read(*left.pop())
        channel.advance(tick)
        tick += SLOT_S
    rows_of_past = means(recorded(air), now, new_binner(POLLUTANTS[pollutant]))
    found = past_days(Past(rows_of_past), POLLUTANTS[pollutant], LONDON, now)
    ledger = replay(found.days, Ledger(), a_setting(pollutant))
    assert channel.binner.cadence.changes_only is only_changes
    live, read = ([plain(day) for day in one.days] for one in (channel.ledger, ledger))
    assert live == read
    assert sum(day.valid for day in live) == 40
