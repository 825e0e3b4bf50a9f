"""The chart of a day: the ranges that were issued, at their hours, and its episodes."""

from datetime import date, datetime
from itertools import pairwise

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import day_start, part_spans
from custom_components.air_baseline.core.explaining.day_chart import day_chart
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0


def test_each_part_has_its_range_at_its_hours() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, 8.0)
    shown = day_chart(channel, START + HOUR)
    assert (shown.start, shown.end, shown.firm) == (START, START + 24 * HOUR, True)
    assert channel.forecast is not None
    assert [(part.low, part.high) for part in shown.parts] == [
        (part.low, part.high) for part in channel.forecast.ranges
    ]
    starts = [datetime.fromtimestamp(part.start, LONDON).hour for part in shown.parts]
    assert starts == [4, 7, 10, 13, 16, 19, 22, 1]


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 28), [3, 3, 3, 3, 3, 3, 3, 2]),
        (date(2026, 10, 24), [3, 3, 3, 3, 3, 3, 3, 4]),
    ],
)
def test_the_night_of_a_clock_change_has_its_real_length(day: date, hours: list[int]) -> None:
    spans = part_spans(day.toordinal(), LONDON)
    assert [(end - start) / HOUR for _, start, end in spans] == hours
    assert datetime.fromtimestamp(spans[-1][2], LONDON).hour == 4
    assert all(end == start for (_, _, end), (_, start, _) in pairwise(spans))


@pytest.mark.parametrize("state", [LearningState.COLLECTING, LearningState.PROVISIONAL])
def test_a_range_that_is_not_learned_is_not_firm(state: LearningState) -> None:
    channel = learned_channel(10, state=state)
    breathe(channel, START, 60, 8.0)
    shown = day_chart(channel, START + HOUR)
    assert len(shown.parts) == 8
    assert not shown.firm


def test_a_range_is_not_firm_while_the_source_is_silent_or_paused() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, 8.0)
    channel.pause(START + HOUR, paused=True)
    assert not day_chart(channel, START + HOUR).firm
    channel.pause(START + HOUR, paused=False)
    assert day_chart(channel, START + HOUR).firm
    channel.advance(START + 30 * HOUR)
    assert not day_chart(channel, START + 30 * HOUR).firm


@pytest.mark.parametrize("pollutant", [Pollutant.VOC_RATIO, Pollutant.VOC_INDEX])
def test_there_is_no_range_before_anything_is_known(pollutant: Pollutant) -> None:
    channel = Channel(POLLUTANTS[pollutant], LONDON)
    breathe(channel, START, 60, 100.0)
    assert day_chart(channel, START + HOUR).parts == ()


def test_nothing_is_shown_for_a_day_that_has_not_begun() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, 8.0)
    assert day_chart(channel, START + 25 * HOUR).parts == ()


def test_an_episode_is_shown_from_its_rise_to_its_end() -> None:
    channel = learned_channel()
    breathe(channel, START, 12 * 60, 8.0)
    rise = START + 12 * HOUR
    breathe(channel, rise, 60, 80.0)
    (running,) = day_chart(channel, rise + HOUR).episodes
    assert (running.start, running.end, running.running) == (rise, rise + HOUR, True)
    breathe(channel, rise + HOUR, 60, 8.0)
    (over,) = day_chart(channel, rise + 2 * HOUR).episodes
    assert (over.start, over.end, over.running) == (rise, rise + HOUR, False)


def test_an_episode_from_the_evening_before_begins_with_the_day() -> None:
    channel = learned_channel()
    breathe(channel, START, 23 * 60, 8.0)
    breathe(channel, START + 23 * HOUR, 120, 80.0)
    (span,) = day_chart(channel, START + 25 * HOUR).episodes
    assert span.start == START + 24 * HOUR
    breathe(channel, START + 25 * HOUR, 26 * 60, 8.0)
    assert day_chart(channel, START + 51 * HOUR).episodes == ()
