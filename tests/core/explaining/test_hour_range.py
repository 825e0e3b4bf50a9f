"""Which range was in force in which hour: issued before it, learned, and never recomputed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import day_start, locate
from custom_components.air_baseline.core.explaining.day_chart import hour_range
from custom_components.air_baseline.core.ledger.correction import exclude_days
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from tests.core.rooms import LONDON, MONDAY, a_ledger, breathe, learned_channel, play

START = day_start(MONDAY, LONDON)
HOUR = 3600.0


def at_start_of_day() -> Channel:
    channel = learned_channel()
    breathe(channel, START, 60, 8.0)
    return channel


def test_it_is_the_range_of_the_part_in_which_the_hour_begins() -> None:
    channel = at_start_of_day()
    play(channel, [(START + 300.0 * slot, 8.0) for slot in range(12, 12 * 23)])
    forecast = channel.forecast
    assert forecast is not None
    now = START + 22.9 * HOUR
    assert forecast.day == locate(now, LONDON)[0]
    found = hour_range(channel, now)
    assert found is not None
    assert found.start == START + 22 * HOUR
    expected = forecast.ranges[7]
    assert (found.low, found.middle, found.high) == (expected.low, expected.middle, expected.high)


@pytest.mark.parametrize(
    "state", [LearningState.COLLECTING, LearningState.PROVISIONAL, LearningState.CHANGING]
)
def test_only_a_learned_range_has_rows(state: LearningState) -> None:
    channel = learned_channel(10, state=state)
    breathe(channel, START, 60, 8.0)
    assert channel.forecast is not None
    assert channel.forecast.ranges
    assert hour_range(channel, START + HOUR) is None


def test_there_is_no_range_before_the_first_reading_while_paused_or_when_silent() -> None:
    assert hour_range(learned_channel(), START) is None
    channel = at_start_of_day()
    assert hour_range(channel, START + HOUR) is not None
    channel.pause(START + 1.1 * HOUR, paused=True)
    channel.advance(START + 2 * HOUR)
    assert hour_range(channel, START + 2 * HOUR) is None
    channel.pause(START + 2.1 * HOUR, paused=False)
    channel.advance(START + 26 * HOUR)
    assert channel.state(START + 26 * HOUR) is LearningState.NO_SOURCE
    assert hour_range(channel, START + 26 * HOUR) is None


NEARLY_ALL = range(MONDAY - 40, MONDAY - 5)


def test_a_correction_applies_from_the_next_hour_on() -> None:
    channel = at_start_of_day()
    before = hour_range(channel, START + HOUR)
    channel.correct(START + 1.2 * HOUR, exclude_days(NEARLY_ALL))
    channel.advance(START + 2 * HOUR)
    assert hour_range(channel, START + 1.5 * HOUR) == before is not None
    assert hour_range(channel, START + 2.5 * HOUR) is None, "no longer learned"
    channel.undo(START + 2.6 * HOUR)
    channel.advance(START + 3 * HOUR)
    assert hour_range(channel, START + 2.7 * HOUR) is None
    assert hour_range(channel, START + 3.5 * HOUR) is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda channel, at: channel.correct(at, exclude_days(NEARLY_ALL)),
        lambda channel, at: channel.adopt(at, a_ledger([])),
        lambda channel, at: channel.pause(at, paused=True),
    ],
)
def test_what_changes_before_an_hour_is_asked_for_does_not_change_it(
    change: Callable[[Channel, float], object],
) -> None:
    """The channel was not told that the hour began before it was told of the change."""
    changed, same = at_start_of_day(), at_start_of_day()
    change(changed, START + 2 * HOUR + 40.0)
    same.advance(START + 2 * HOUR)
    assert hour_range(changed, START + 2 * HOUR) == hour_range(same, START + 2 * HOUR) is not None
    changed.advance(START + 3 * HOUR)
    assert hour_range(changed, START + 3 * HOUR) is None


def test_an_undone_correction_does_not_change_an_hour_that_began_before() -> None:
    channel = at_start_of_day()
    channel.correct(START + 1.2 * HOUR, exclude_days(NEARLY_ALL))
    channel.undo(START + 2 * HOUR + 40.0)
    assert hour_range(channel, START + 2 * HOUR) is None
    channel.advance(START + 3 * HOUR)
    assert hour_range(channel, START + 3 * HOUR) is not None


def test_a_correction_before_the_day_is_counted_does_not_lose_its_first_hour() -> None:
    channel = at_start_of_day()
    channel.correct(START + 24 * HOUR + 40.0, exclude_days([MONDAY - 3]))
    channel.advance(START + 24 * HOUR + 2.0)
    assert hour_range(channel, START + 24 * HOUR) is not None


def test_hours_that_are_counted_late_have_the_range_with_which_they_began() -> None:
    late, punctual = at_start_of_day(), at_start_of_day()
    expected = []
    for hour in range(2, 30):
        punctual.advance(START + hour * HOUR + 2.0)
        expected.append(hour_range(punctual, START + hour * HOUR + 2.0))
    late.advance(START + 29 * HOUR + 2.0)
    found = [hour_range(late, START + hour * HOUR) for hour in range(2, 30)]
    assert found[-24:] == expected[-24:]
    assert None in expected[-6:], "its source is silent by then"


def test_after_a_restart_a_range_written_anew_may_be_hindsight() -> None:
    channel = at_start_of_day()
    channel.correct(START + 1.2 * HOUR, exclude_days([MONDAY - 3]))
    kept = load_channel(dump_channel(channel), LONDON, channel.promise_days)
    kept.advance(START + 1.5 * HOUR)
    assert hour_range(kept, START + 1.5 * HOUR) is None
    kept.advance(START + 2 * HOUR)
    assert hour_range(kept, START + 2 * HOUR + 3.0) is not None


def test_a_day_that_has_not_begun_has_no_range() -> None:
    channel = at_start_of_day()
    assert hour_range(channel, START + 24 * HOUR) is None, "its morning has not been counted"
    channel.advance(START + 24 * HOUR)
    assert hour_range(channel, START + 24 * HOUR) is not None


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 3, 30), 24), (date(2026, 10, 24), 25)]
)
def test_every_hour_of_a_day_has_one_row_however_long_the_day(day: date, hours: int) -> None:
    first = day.toordinal()
    channel = learned_channel()
    channel.ledger = a_ledger(
        replace(summary, day=first - MONDAY + summary.day) for summary in channel.ledger.days
    )
    at, end = day_start(first, LONDON), day_start(first + 1, LONDON)
    starts = []
    while at < end:
        channel.read(at + 1.0, 8.0)
        found = hour_range(channel, at + 3.0)
        starts.append(found.start if found else None)
        at += HOUR
    assert starts == [day_start(first, LONDON) + hour * HOUR for hour in range(hours)]
