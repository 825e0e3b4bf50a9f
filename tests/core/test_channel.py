"""What a channel learns from its readings, day by day, and what it does not believe."""

from collections import Counter
from itertools import chain
from math import inf, nan

import pytest

from custom_components.air_baseline.core.alerting.forecast import forecast
from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import Basis, LearningState, Reason, Refused
from custom_components.air_baseline.core.day import DAY_S, day_start, locate
from custom_components.air_baseline.core.event import EventKind
from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.ledger.histogram_text import decode_counts
from custom_components.air_baseline.core.ledger.hour_peaks import NO_PEAK, peak_code
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant, cell_index
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from tests.core.learners import an_episode
from tests.core.rooms import (
    LONDON,
    MONDAY,
    PM25,
    ROOMS,
    a_day,
    breathe,
    learned_channel,
    play,
)

START = day_start(MONDAY, LONDON)
HOUR = 3600.0


def closed_days(channel: Channel) -> list[DaySummary]:
    return [event.summary for event in channel.take_events() if event.summary is not None]


def at_hour(hour: float) -> float:
    """Return the time `hour` hours after Monday 04:00."""
    return START + hour * HOUR


def test_a_closed_day_holds_its_readings_by_part_and_cell() -> None:
    room = ROOMS[Pollutant.PM25]
    channel = room.channel()
    readings = room.readings(2)
    play(channel, readings)
    expected = Counter(
        (part, concentration)
        for at, concentration in readings
        for day, part in [locate(at, LONDON)]
        if day == MONDAY
    )
    parts = [
        {concentration: n for (p, concentration), n in expected.items() if p == part}
        for part in range(8)
    ]
    (summary,) = closed_days(channel)
    assert summary.histogram == a_day(MONDAY, parts).histogram
    sustained = [
        min(concentration for _, concentration in readings[i - 2 : i + 1]) for i in range(2, 288)
    ]
    assert max(code for code in summary.peaks if code != NO_PEAK) == peak_code(max(sustained))


def test_a_day_closes_at_four_o_clock_without_waiting_for_a_reading() -> None:
    channel = Channel(PM25, LONDON)
    breathe(channel, START, 23 * 60, 5.0)
    channel.advance(at_hour(24) - 1)
    assert closed_days(channel) == []
    channel.advance(at_hour(24))
    assert [summary.day for summary in closed_days(channel)] == [MONDAY]


def test_the_range_is_written_before_the_day_and_scored_after_it() -> None:
    room = ROOMS[Pollutant.PM25]
    channel = room.channel()
    readings = room.readings(11)
    play(channel, readings[: 10 * 288 + 1])
    before = channel.ledger
    assert channel.binner.step is not None
    issued = forecast(before, MONDAY + 10, PM25, channel.promise_days, channel.binner.step)
    judgements = play(channel, readings[10 * 288 + 1 :]) + list(
        channel.advance(readings[-1][0] + 300)
    )
    assert len(judgements) == 288
    for judgement in judgements:
        assert judgement.bin is not None
        part = locate(judgement.bin.start, LONDON)[1]
        assert judgement.typical == issued.ranges[part]
    inside = [j.typical.inside(j.bin.value) for j in judgements if j.typical and j.bin]
    assert channel.ledger.days[-1].coverage == pytest.approx(sum(inside) / 288, abs=1e-4)
    assert channel.ledger.days[-1].issued == issued.issued
    assert issued.next_14_days is not None
    assert not issued.learned
    assert channel.ledger.days[-1].next_14_days is None, "only a learned range says it"


def test_before_the_first_day_the_range_is_that_of_other_homes() -> None:
    judged = breathe(Channel(PM25, LONDON), START, 60, 5.0)[-1]
    assert judged.typical is not None
    assert (judged.typical.low, judged.typical.high) == (0.0, 24.0)
    assert judged.basis is Basis.EVERYONE
    assert (judged.unusual, judged.reason) == (None, Reason.NOT_LEARNED)


@pytest.mark.parametrize(
    "pollutant", [Pollutant.VOC_MASS, Pollutant.VOC_RATIO, Pollutant.VOC_INDEX]
)
def test_no_range_of_other_homes_is_shown_for_voc(pollutant: Pollutant) -> None:
    channel = Channel(POLLUTANTS[pollutant], LONDON)
    assert breathe(channel, START, 60, 50.0)[-1].typical is None


@pytest.mark.parametrize("concentration", [-0.1, 10_000.1, 6553.5, nan, inf, -inf])
def test_an_impossible_level_is_counted_and_ends_the_last_value(concentration: float) -> None:
    channel = Channel(PM25, LONDON)
    channel.read(START, 5.0)
    channel.read(START + 150, concentration)
    bins = [judged.bin for judged in channel.advance(START + 3600) if judged.bin]
    assert [(bin_.value, bin_.observed_s) for bin_ in bins] == [(5.0, 150.0)]
    assert channel.health.rejected == 1
    assert channel.health.last_read == START


def test_a_day_that_was_hardly_observed_is_stored_but_is_not_evidence() -> None:
    channel = Channel(PM25, LONDON)
    breathe(channel, START, 13 * 60, 5.0)
    channel.advance(at_hour(24))
    (summary,) = closed_days(channel)
    assert not summary.valid
    assert summary.coverage is None
    assert channel.ledger.evidence(MONDAY + 1, 60) == []


def test_days_without_readings_leave_nothing() -> None:
    channel = Channel(PM25, LONDON)
    breathe(channel, START, 60, 5.0)
    channel.advance(at_hour(24 * 5))
    breathe(channel, at_hour(24 * 5), 60, 5.0)
    channel.advance(at_hour(24 * 6))
    assert [summary.day for summary in closed_days(channel)] == [MONDAY, MONDAY + 5]


def test_a_new_channel_has_no_source_and_collects_from_its_first_reading() -> None:
    channel = Channel(PM25, LONDON)
    assert channel.state(START) is LearningState.NO_SOURCE
    channel.read(START, 5.0)
    assert channel.state(START) is LearningState.COLLECTING


def test_a_source_silent_for_a_day_is_missing_and_a_short_dropout_changes_nothing() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, 8.0)
    last = START + 55 * 60
    channel.lose(START + HOUR)
    assert channel.state(last + 24 * HOUR) is LearningState.LEARNED
    assert channel.state(last + 24 * HOUR + 1) is LearningState.NO_SOURCE
    assert channel.judge(last + 24 * HOUR + 1).reason is Reason.SILENT


def test_paused_comes_before_everything_and_its_time_is_a_gap() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, 8.0)
    channel.pause(START + HOUR, paused=True)
    judged = breathe(channel, START + HOUR, 60, 200.0)[-1]
    assert (judged.state, judged.reason) == (LearningState.PAUSED, Reason.PAUSED)
    assert channel.state(START + 99 * HOUR) is LearningState.PAUSED
    channel.pause(START + 2 * HOUR, paused=False)
    breathe(channel, START + 2 * HOUR, 60, 8.0)
    assert channel.open_day is not None
    assert channel.open_day.observed == 24
    assert channel.state(START + 3 * HOUR) is LearningState.LEARNED


def test_resuming_without_a_pause_changes_nothing() -> None:
    channel = learned_channel()
    channel.read(START, 8.0)
    channel.pause(START + 60, paused=False)
    assert channel.binner.current_value == 8.0


def test_the_guideline_mean_is_shown_while_nothing_is_learned() -> None:
    channel = learned_channel()
    channel.pause(START, paused=True)
    play(channel, [(START + after, 20.0) for after in range(0, 20 * 3600, 300)])
    assert channel.guideline is not None
    assert channel.guideline.is_above(at_hour(20)) is True


def test_nothing_is_learned_from_a_new_voc_sensor_for_two_days() -> None:
    channel = Channel(POLLUTANTS[Pollutant.VOC_RATIO], LONDON)
    play(channel, ROOMS[Pollutant.VOC_RATIO].readings(3))
    assert [summary.day for summary in closed_days(channel)] == []
    channel.advance(at_hour(72))
    assert [summary.day for summary in closed_days(channel)] == [MONDAY + 2]


def test_what_was_read_before_a_long_gap_is_still_learned() -> None:
    channel = learned_channel(pollutant=Pollutant.VOC_RATIO)
    channel.health.skip_warm_up(START)
    play(channel, [(START + after, 8.0) for after in range(0, 3600, 300)])
    play(channel, [(START + 12 * HOUR + after, 8.0) for after in range(0, 3600, 300)])
    assert channel.open_day is not None
    assert channel.open_day.observed == 11 + 6, (
        "an hour and the half hour that the last value lasted"
    )


def slow_and_flat(
    channel: Channel, hours: float, concentration: float, *, start: float = START
) -> None:
    """Read one level every ten minutes, like a sensor that hangs."""
    play(channel, [(start + after, concentration) for after in range(0, int(hours * HOUR), 600)])


@pytest.mark.parametrize(("concentration", "limit_h"), [(5.0, 24), (0.0, 72)])
def test_one_value_for_too_long_is_removed_from_every_day_it_fell_into(
    concentration: float, limit_h: int
) -> None:
    channel = learned_channel()
    slow_and_flat(channel, limit_h + 0.1, concentration)
    before = channel.health.stuck
    slow_and_flat(channel, 2, concentration, start=at_hour(limit_h) + 600)
    assert (before, channel.health.stuck) == (False, True)
    assert channel.open_day is not None
    assert (channel.open_day.observed, channel.open_day.void) == (0, True)
    late = [summary for summary in channel.ledger.days if summary.day >= MONDAY]
    assert [summary.observed_share for summary in late] == [0.0] * len(late)
    assert all(summary.coverage is None for summary in late)


def test_a_stuck_value_is_not_learned_while_it_lasts_but_the_next_one_is() -> None:
    channel = learned_channel()
    slow_and_flat(channel, 30, 5.0)
    channel.read(at_hour(30), 9.0)
    assert channel.open_day is not None
    assert channel.open_day.observed == 0
    channel.read(at_hour(30) + 300, 9.0)
    assert channel.open_day.counts[2][cell_index(9.0)] == 1
    assert channel.open_day.observed == 1


def test_a_run_as_long_as_one_on_record_is_believed() -> None:
    channel = learned_channel(longest_run_h=40)
    slow_and_flat(channel, 39, 5.0)
    assert not channel.health.stuck


def test_the_same_value_after_a_silence_does_not_continue_a_run() -> None:
    channel = learned_channel()
    slow_and_flat(channel, 10, 5.0)
    channel.lose(at_hour(10))
    slow_and_flat(channel, 10, 5.0, start=at_hour(60))
    assert not channel.health.stuck
    assert channel.ledger.days[-1].observed_share == 10 / 24
    assert channel.ledger.days[-1].longest_run_h == 0


def test_only_runs_of_the_last_sixty_days_are_on_record() -> None:
    channel = learned_channel(days=80)
    old = channel.ledger.days[10]
    long_ago = a_day(old.day, longest_run_h=40)
    channel.ledger = channel.ledger.with_days({old.day: long_ago})
    slow_and_flat(channel, 30, 5.0)
    assert channel.health.stuck


def test_the_longest_run_of_one_value_is_stored_with_the_day_it_ended_in() -> None:
    channel = Channel(PM25, LONDON)
    slow_and_flat(channel, 22, 5.0)
    slow_and_flat(channel, 24, 6.0, start=at_hour(22))
    slow_and_flat(channel, 20, 7.0, start=at_hour(46))
    channel.advance(at_hour(72))
    assert [summary.longest_run_h for summary in closed_days(channel)] == [22, 24, 0]


def test_after_a_clock_is_set_back_by_some_hours_a_channel_only_waits() -> None:
    channel = learned_channel()
    breathe(channel, START, 10 * 60, 8.0)
    breathe(channel, at_hour(4), 6 * 60, 8.0)
    breathe(channel, at_hour(10), 60, 8.0)
    assert channel.open_day is not None
    assert channel.open_day.observed == 11 * 12


def test_learning_and_demotion_are_reported_once() -> None:
    channel = learned_channel(days=20)
    breathe(channel, START, 24 * 60, 8.0)
    kinds = [event.kind for event in channel.take_events()]
    assert kinds == [EventKind.RANGE_LEARNED, EventKind.DAY_CLOSED]
    channel.advance(at_hour(24 * 30))
    kinds = [event.kind for event in channel.take_events()]
    assert kinds == [EventKind.MONTH_CLOSED, EventKind.DEMOTED]
    assert channel.take_events() == []


def test_values_beyond_the_span_are_its_end_and_do_not_look_stuck() -> None:
    channel = Channel(PM25, LONDON)
    at = START
    for minute in range(30 * 60):
        at = START + 60.0 * minute
        channel.read(at, 1500.0 + minute % 50)
    assert channel.unit_check.doubted  # New, and above the span from the start.
    assert channel.judge(at).sustained is None

    channel = Channel(PM25, LONDON)
    breathe(channel, START, 30 * 60, 8.0)
    start = START + 30 * HOUR
    for minute in range(30 * 60):
        at = start + 60.0 * minute
        channel.read(at, 1500.0 + minute % 50)
    assert channel.judge(at).sustained == PM25.highest
    assert not channel.health.stuck
    assert channel.guideline is not None
    assert channel.guideline.mean(at) == pytest.approx(PM25.highest)
    assert channel.guideline.is_least(at)
    assert channel.refused is None
    channel.read(at + 60.0, 65535.0)
    assert channel.refused is Refused.IMPOSSIBLE


def test_a_range_ends_where_the_span_does() -> None:
    """The last cell of PM2.5 reaches from 991 to 1095."""
    channel = Channel(PM25, LONDON)
    breathe(channel, START, 24 * 60, 8.0)
    for minute in range(6 * 24 * 12):
        channel.read(START + DAY_S + 300.0 * minute, 1100.0 + minute % 9)
    assert channel.forecast is not None
    assert max(part.high for part in channel.forecast.ranges) == PM25.highest


def test_no_alert_opens_later_than_an_hour_after_a_sign_of_life() -> None:
    """A slow sensor's value holds for hours, but it can have died in the meantime."""
    channel, start = learned_channel(), day_start(MONDAY, LONDON)
    for hour in range(0, 8, 2):
        channel.read(start + hour * 3600.0, 8.0)
    dead_at = start + 8 * 3600.0
    channel.read(dead_at, 300.0)
    channel.episode_watch.open(an_episode(dead_at, 300.0))  # No other can begin meanwhile.
    channel.advance(dead_at + 1.5 * 3600.0)
    channel.episode_watch.current = None
    judged = channel.advance(dead_at + 4 * 3600.0)
    assert [judgement.compared for judgement in judged if judgement.bin][-1] is not None, "it holds"
    assert not channel.episodes
    channel.read(dead_at + 4 * 3600.0, 310.0)
    channel.advance(dead_at + 4.5 * 3600.0)
    assert channel.episodes


def test_a_value_that_was_there_already_is_as_old_as_it_is() -> None:
    channel, start = learned_channel(), day_start(MONDAY, LONDON)
    channel.find(start + 20 * 3600.0, 8.0, 1.0, start)
    assert channel.binner.holds(start + 24 * 3600.0)
    assert not channel.binner.holds(start + 24 * 3600.0 + 1.0)
    assert channel.health.last_read == start


@pytest.mark.parametrize("pollutant", Pollutant)
@pytest.mark.parametrize("ago_s", [1.0, 600.0, 5 * DAY_S])
def test_a_channel_that_has_found_an_earlier_value_can_be_loaded_again(
    pollutant: Pollutant, ago_s: float
) -> None:
    start = day_start(MONDAY, LONDON) + 12 * 3600.0
    channel = Channel(POLLUTANTS[pollutant], LONDON, MONTH_DAYS)
    channel.find(start, 8.0, 1.0, start - ago_s)
    again = load_channel(dump_channel(channel), LONDON, channel.promise_days)
    assert again.health.dump() == channel.health.dump()


@pytest.mark.parametrize("down_h", [1.0, 30.0])
def test_a_value_that_a_restart_wrote_again_is_no_news_and_costs_no_day(down_h: float) -> None:
    channel, start = learned_channel(), day_start(MONDAY, LONDON)
    breathe(channel, start, 10 * 60, 8.0)
    channel.read(start + 10 * 3600.0, 300.0)
    channel.advance(start + 10.1 * 3600.0)
    again = load_channel(dump_channel(channel), LONDON, channel.promise_days)
    assert again.open_day is not None
    learned = again.open_day.observed
    at = start + (10.1 + down_h) * 3600.0
    again.read(at, 300.0)
    again.advance(at + 2 * 3600.0)
    assert not again.episodes, "the sensor may be dead"
    closed = [decode_counts(day.histogram) for day in again.ledger.days[40:]]
    assert sum(map(sum, chain(*closed, again.open_day.counts))) >= learned
    assert not again.binner.take_unproven()


def test_a_source_found_dead_costs_no_time_that_was_counted_before() -> None:
    channel, start = learned_channel(), day_start(MONDAY, LONDON)
    breathe(channel, start, 10 * 60, 8.0)
    before = channel.open_day.observed if channel.open_day else 0
    channel.lose(start + 10 * 3600.0)
    channel.find(start + 12 * 3600.0, 8.0, 1.0, start - 20 * 3600.0)
    channel.advance(start + 13 * 3600.0)
    assert channel.open_day is not None
    assert channel.open_day.observed == before
