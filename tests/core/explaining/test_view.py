"""What entities show: rounded, and equal as long as nothing visible has changed."""

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import (
    Basis,
    Compared,
    LearningState,
    Missing,
    Reason,
)
from custom_components.air_baseline.core.day import day_start, iso_day
from custom_components.air_baseline.core.explaining.view import view
from custom_components.air_baseline.core.learning.forecast_record import ForecastRecord
from custom_components.air_baseline.core.ledger.correction import report_change, start_over
from custom_components.air_baseline.core.ledger.episode import EpisodeEnd
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0


def test_the_range_is_shown_once_it_is_learned() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, 8.0)
    shown = view(channel, START + HOUR)
    assert shown.state is LearningState.LEARNED
    assert shown.basis is Basis.THIS_ROOM
    assert (shown.compared, shown.unusual, shown.reason) == (Compared.USUAL, False, None)
    assert shown.low is not None
    assert shown.middle is not None
    assert shown.high is not None
    assert shown.low <= shown.middle <= shown.high
    assert (shown.usable_days, shown.needed_days, shown.missing) == (40, 21, ())
    assert (shown.coverage_28d, shown.since) == (0.8, iso_day(MONDAY - 40))


def test_what_two_weeks_should_hold_goes_with_how_such_forecasts_came_out() -> None:
    channel = learned_channel(60, coverage=0.8, next_14_days=(71, 87))
    breathe(channel, START, 60, 8.0)
    shown = view(channel, START + HOUR)
    assert shown.next_14_days == (76, 84)
    assert shown.forecasts == ForecastRecord(4, 4)
    channel.pause(START + HOUR, paused=True)
    paused = view(channel, START + HOUR)
    assert (paused.next_14_days, paused.forecasts) == (None, None)


@pytest.mark.parametrize("state", [LearningState.COLLECTING, LearningState.PROVISIONAL])
def test_no_range_is_shown_before_it_is_learned(state: LearningState) -> None:
    channel = learned_channel(10, state=state)
    breathe(channel, START, 60, 8.0)
    shown = view(channel, START + HOUR)
    assert (shown.low, shown.middle, shown.high) == (None, None, None)
    assert (shown.confidence, shown.coverage_28d) == (None, None), "no range is in force"
    assert (shown.unusual, shown.reason) == (None, Reason.NOT_LEARNED)
    assert Missing.DAYS in shown.missing
    assert shown.earliest is not None


def test_an_unused_channel_shows_that_it_has_no_source() -> None:
    shown = view(Channel(POLLUTANTS[Pollutant.PM25], LONDON), START)
    assert (shown.state, shown.compared, shown.reason) == (
        LearningState.NO_SOURCE,
        None,
        Reason.SILENT,
    )
    assert (shown.confidence, shown.coverage_28d, shown.since, shown.earliest) == (None,) * 4


def test_a_small_change_of_the_air_does_not_change_what_is_shown() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, 8.0)
    first = view(channel, START + HOUR)
    breathe(channel, START + HOUR, 60, 8.5)
    assert view(channel, START + 2 * HOUR) == first


def test_an_episode_shows_its_number_and_afterwards_how_it_ended() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, 8.0)
    before = view(channel, START + HOUR)
    breathe(channel, START + HOUR, 60, 60.0)
    running = view(channel, START + 2 * HOUR)
    breathe(channel, START + 2 * HOUR, 60, 8.0)
    after = view(channel, START + 3 * HOUR)
    assert (before.episode, before.outcome) == (None, None)
    assert (running.episode, running.outcome) == (int(START + 1.25 * HOUR), None)
    assert (after.episode, after.outcome) == (None, EpisodeEnd.RECOVERED)


def test_the_mean_is_updated_once_an_hour() -> None:
    channel = learned_channel()
    for hour in range(20):
        breathe(channel, START + hour * HOUR, 60, 20.0)
    breathe(channel, START + 20 * HOUR, 55, 80.0)
    before = view(channel, START + 21 * HOUR - 1)
    breathe(channel, START + 21 * HOUR - 300, 5, 80.0)
    after = view(channel, START + 21 * HOUR)
    assert before.mean == pytest.approx(20.0)
    assert after.mean == pytest.approx((20 * 20.0 + 80.0) / 21)
    assert after.above_guideline is True


def test_a_pollutant_without_a_guideline_shows_none() -> None:
    channel = learned_channel(pollutant=Pollutant.VOC_INDEX)
    channel.health.skip_warm_up(START)
    breathe(channel, START, 60, 8.0)
    shown = view(channel, START + HOUR)
    assert (shown.mean, shown.above_guideline) == (None, None)


def test_the_warm_up_is_among_what_is_missing() -> None:
    channel = Channel(POLLUTANTS[Pollutant.VOC_RATIO], LONDON)
    breathe(channel, START, 60, 50.0)
    assert Missing.WARM_UP in view(channel, START + HOUR).missing


def test_days_before_a_change_are_not_shown_as_its_evidence() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, 8.0)
    channel.correct(START + HOUR, report_change(MONDAY - 8, MONDAY))
    assert view(channel, START + HOUR).since == iso_day(MONDAY - 8)
    channel.correct(START + HOUR, start_over(MONDAY + 1))
    assert view(channel, START + HOUR).since is None
