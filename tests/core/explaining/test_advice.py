"""What to do about an episode: by the air outdoors where it is known, the same for everybody."""

from dataclasses import replace

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import day_start
from custom_components.air_baseline.core.explaining.advice import Advice, advise
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.reading.surroundings import SurroundingMean
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel, with_episode

NOW = day_start(MONDAY, LONDON) + 5 * 3600.0
LEVEL = 60.0


def outdoors(channel: Channel, level: float) -> None:
    """Let the air outdoors be like this for the last hours."""
    channel.surroundings.outdoor_pm25 = SurroundingMean(LONDON)
    channel.surroundings.outdoor_pm25.read(NOW - 4 * 3600.0, level)
    for half_hour in range(8):
        channel.surroundings.outdoor_pm25.read(NOW - 1800.0 * (8 - half_hour), level)
    channel.surroundings.outdoor_pm25.advance(NOW)


def a_running_episode(**changes: object) -> tuple[Channel, Episode]:
    channel, episode = with_episode()
    return channel, replace(episode, end=None, outcome=None, peak=LEVEL, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level", "windows"),
    [
        (None, [Advice.VENTILATE_IF_CLEAN, Advice.FIND_SOURCE]),
        (30.0, [Advice.VENTILATE, Advice.FIND_SOURCE]),
        (31.0, [Advice.FIND_SOURCE]),
        (59.0, [Advice.FIND_SOURCE]),
        (60.0, [Advice.SHUT_WINDOWS]),
        (200.0, [Advice.SHUT_WINDOWS]),
    ],
)
def test_the_air_outdoors_decides_about_the_windows(
    level: float | None, windows: list[Advice]
) -> None:
    channel, episode = a_running_episode()
    if level is not None:
        outdoors(channel, level)
    assert advise(channel, episode, LEVEL, NOW) == (*windows, Advice.RUN_PURIFIER)


def test_particles_outdoors_and_purifiers_say_nothing_about_vapor() -> None:
    _, episode = a_running_episode()
    channel = learned_channel(40, Pollutant.VOC_RATIO)
    outdoors(channel, 500.0)
    advice = (Advice.VENTILATE_IF_CLEAN, Advice.FIND_VAPOR)
    assert advise(channel, episode, LEVEL, NOW) == advice


@pytest.mark.parametrize(("level", "waits"), [(30.0, True), (31.0, False)])
def test_waiting_is_enough_once_most_of_it_has_gone(level: float, *, waits: bool) -> None:
    channel, episode = a_running_episode()
    assert (Advice.WAIT in advise(channel, episode, level, NOW)) is waits


def test_the_air_outdoors_is_not_compared_with_a_room_that_is_silent() -> None:
    channel, episode = a_running_episode()
    outdoors(channel, 5.0)
    assert advise(channel, episode, None, NOW)[0] is Advice.VENTILATE_IF_CLEAN


def test_nothing_is_to_do_after_an_episode_or_without_one() -> None:
    channel, episode = with_episode()
    over = replace(episode, end=float(episode.id + 7200))
    assert advise(channel, over, 8.0, NOW) == (Advice.OVER,)
    assert advise(channel, None, 8.0, NOW) == ()


def test_nothing_is_said_while_the_clock_is_wrong() -> None:
    channel, episode = a_running_episode()
    channel.mistrust_clock()
    assert advise(channel, episode, LEVEL, NOW) == ()


def test_the_explanation_of_an_episode_says_what_to_do() -> None:
    channel = learned_channel()
    breathe(channel, NOW, 60, 8.0)
    assert explain(channel, NOW + 3600.0).what_to_do == ()
    breathe(channel, NOW + 3600.0, 60, LEVEL)
    assert explain(channel, NOW + 7200.0).what_to_do[0] is Advice.VENTILATE_IF_CLEAN
