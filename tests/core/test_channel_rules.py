"""What a channel takes from its source, and what it says of rooms that it does not read."""

from dataclasses import replace
import json

import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState, OtherRooms, Refused
from custom_components.air_baseline.core.day import day_start, locate
from custom_components.air_baseline.core.event import EventKind
from custom_components.air_baseline.core.ledger.correction import exclude_days, start_over
from custom_components.air_baseline.core.ledger.episode import EpisodeEnd
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.reading.binning import FRESH_S
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from tests.core.rooms import (
    LONDON,
    MONDAY,
    PM25,
    ROOMS,
    breathe,
    learned_channel,
    play,
    with_episode,
)

START = day_start(MONDAY, LONDON)
HOUR, DAY = 3600.0, 24 * 3600.0
SUMMER = day_start(MONDAY + 180, LONDON)
USUAL, HIGH = 8.0, 60.0


def restarted(channel: Channel) -> Channel:
    return load_channel(json.loads(json.dumps(dump_channel(channel))), LONDON, MONTH_DAYS)


def live(channel: Channel, start: float, hours: int) -> None:
    """Let hours pass with usual air, which is not the same all the time."""
    for hour in range(hours):
        breathe(channel, start + hour * HOUR, 60, USUAL + hour % 3)


def now_held(channel: Channel) -> float | None:
    return channel.binner.current_value


def why_refused(channel: Channel) -> Refused | None:
    return channel.refused


def test_a_sign_of_life_before_a_restart_makes_the_same_value_as_old_as_that() -> None:
    channel = learned_channel()
    channel.read(START, USUAL)
    channel.advance(START + 10 * HOUR)
    channel.show_life(START + 10 * HOUR)
    again = restarted(channel)
    again.read(START + 10 * HOUR + 60.0, USUAL)
    assert again.heard(START + 34 * HOUR)
    assert again.binner.holds(START + 34 * HOUR)
    assert not again.binner.holds(START + 34 * HOUR + 1.0)


@pytest.mark.parametrize("restarts", [False, True])
def test_a_sensor_whose_value_held_was_not_off_and_need_not_warm_up(*, restarts: bool) -> None:
    """A source that reports only changes is silent for hours, and a restart repeats its value."""
    channel = learned_channel(pollutant=Pollutant.VOC_RATIO)
    channel.health.skip_warm_up(START)
    channel.read(START, USUAL)
    at, value = START + 7 * HOUR, USUAL + 1.0
    if restarts:
        channel, at, value = restarted(channel), START + 30 * HOUR, USUAL
    channel.read(at, value)
    assert not channel.health.warming_up(at)


def test_a_sensor_that_was_lost_for_hours_warms_up_again() -> None:
    channel = learned_channel(pollutant=Pollutant.VOC_RATIO)
    channel.health.skip_warm_up(START)
    channel.read(START, USUAL)
    channel.lose(START + HOUR)
    channel.read(START + 7 * HOUR, USUAL + 1.0)
    assert channel.health.warming_up(START + 7 * HOUR)


def test_a_source_that_changes_its_unit_has_to_show_that_it_fits() -> None:
    """Each unit is checked for itself, however long the one before it was right."""
    channel = Channel(POLLUTANTS[Pollutant.VOC_RATIO], LONDON)
    play(channel, ROOMS[Pollutant.VOC_RATIO].readings(2))
    assert why_refused(channel) is None
    channel.read(START + 2 * DAY, 450_000.0, 1000.0)  # An index that is called ppm.
    assert why_refused(channel) is Refused.UNIT
    assert channel.judge(START + 2 * DAY).sustained is None
    channel.read(START + 2 * DAY + 60.0, 120.0)
    assert why_refused(channel) is None


@pytest.mark.parametrize("start", [START, SUMMER])
def test_a_stuck_value_is_removed_by_the_clock_of_the_room(start: float) -> None:
    """Each part has its own value, so that only the right parts can be left empty."""
    channel = Channel(PM25, LONDON)
    for part in range(8):
        breathe(channel, start + part * 3 * HOUR, 180, USUAL + 4.0 * part)
    breathe(channel, start + DAY, 9 * 60, 5.0)
    stuck_since = start + DAY + 9 * HOUR
    for after in range(0, int(25 * HOUR), 300):
        channel.read(stuck_since + after, 36.0)
    assert channel.health.stuck
    first, second = channel.ledger.days
    assert first.observed_share == 1.0
    assert second.observed_share == 9 / 24
    assert [peak is None for peak in second.part_peaks] == [False] * 3 + [True] * 5
    assert channel.open_day is not None
    assert channel.open_day.observed == 0


def test_a_room_whose_source_is_taken_waits_and_its_episode_ends() -> None:
    channel = learned_channel()
    breathe(channel, START, 120, USUAL)
    assert breathe(channel, START + 2 * HOUR, 60, HIGH)[-1].unusual is True
    channel.wait(START + 3 * HOUR, waiting=True)
    (episode,) = channel.episodes
    assert (episode.end, episode.outcome) == (START + 3 * HOUR, EpisodeEnd.UNKNOWN)
    assert channel.state(START + 3 * HOUR) is LearningState.NO_SOURCE
    channel.advance(START + 4 * HOUR)
    assert channel.open_day is not None
    assert channel.open_day.observed == 3 * 12, "what held is not counted further"
    channel.wait(START + 4 * HOUR, waiting=False)
    breathe(channel, START + 4 * HOUR, 60, USUAL)
    channel.wait(START + 5 * HOUR - 60.0, waiting=False)
    assert channel.state(START + 5 * HOUR) is LearningState.LEARNED
    assert now_held(channel) == USUAL, "it does not wait, so nothing ends"
    assert channel.open_day.observed == 4 * 12


def test_what_is_known_of_other_rooms_goes_to_its_episode_alone() -> None:
    channel, ended = with_episode()
    earlier = replace(ended, id=7, day=MONDAY - 35)
    channel = learned_channel()
    channel.ledger = channel.ledger.with_episode(earlier)
    breathe(channel, START, 120, USUAL)
    breathe(channel, START + 2 * HOUR, 60, HIGH)
    _, running = channel.episodes
    channel.keep_other_rooms(7, OtherRooms.SHARED, ("study",))
    assert {one.id: one.rooms for one in channel.episodes} == {7: ("study",), running.id: ()}
    assert channel.episode_watch.current == running
    channel.keep_other_rooms(running.id, OtherRooms.ONLY_THIS_ROOM, ("hall",))
    breathe(channel, START + 3 * HOUR, 60, USUAL)
    rooms = {one.id: (one.rooms, one.other_rooms) for one in channel.episodes}
    assert rooms == {
        7: (("study",), OtherRooms.SHARED),
        running.id: (("hall",), OtherRooms.ONLY_THIS_ROOM),
    }


def test_a_pause_is_noted_once_and_ends_the_hold_when_it_ends() -> None:
    channel = learned_channel()
    breathe(channel, START, 120, USUAL)
    breathe(channel, START + 2 * HOUR, 60, HIGH)
    channel.pause(START + 3 * HOUR, paused=True)
    (episode,) = channel.episodes
    assert episode.outcome is EpisodeEnd.UNKNOWN
    assert now_held(channel) is None
    channel.read(START + 4 * HOUR, USUAL)
    channel.pause(START + 4 * HOUR + 60.0, paused=True)
    assert now_held(channel) == USUAL
    channel.pause(START + 5 * HOUR, paused=False)
    assert now_held(channel) is None


def test_a_day_of_which_an_hour_was_paused_can_have_no_alert_only_if_it_still_is() -> None:
    channel = learned_channel()
    live(channel, START, 20)
    channel.pause(START + 20 * HOUR, paused=True)
    channel.advance(START + DAY)
    assert not channel.ledger.days[-1].eligible
    channel.pause(START + DAY, paused=False)
    live(channel, START + DAY, 24)
    assert channel.ledger.days[-1].eligible


def test_starting_over_and_other_corrections_are_told_apart() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, USUAL)
    channel.take_events()
    channel.correct(START + HOUR, exclude_days([MONDAY - 3]))
    channel.correct(START + HOUR, start_over(MONDAY))
    channel.undo(START + HOUR)
    kinds = [event.kind for event in channel.take_events()]
    assert kinds == [EventKind.CORRECTED, EventKind.RESET, EventKind.UNDONE]


def test_a_correction_leaves_its_day_without_coverage_but_not_the_next() -> None:
    channel = learned_channel()
    live(channel, START, 12)
    channel.correct(START + 12 * HOUR, exclude_days([MONDAY - 3]))
    live(channel, START + 12 * HOUR, 12)
    assert channel.ledger.days[-1].coverage is None
    live(channel, START + DAY, 24)
    assert channel.ledger.days[-1].coverage == 1.0


@pytest.mark.parametrize(("age_s", "opens"), [(FRESH_S, True), (FRESH_S + 1.0, False)])
def test_a_range_that_is_new_is_applied_at_once_to_air_that_was_just_shown(
    age_s: float, *, opens: bool
) -> None:
    """A ledger that comes from history can show that the air is unusual already."""
    channel = Channel(PM25, LONDON)
    for hour in range(0, 6, 2):
        channel.read(START + hour * HOUR, USUAL + hour / 2)
    channel.read(START + 6 * HOUR, 300.0)
    at = START + 6 * HOUR + age_s
    channel.advance(at)
    assert channel.judge(at).sustained == 300.0
    assert channel.episodes == ()
    channel.adopt(at, learned_channel().ledger)
    assert len(channel.episodes) == opens


def test_a_day_in_which_a_past_was_taken_over_gets_no_coverage() -> None:
    channel = learned_channel()
    live(channel, START, 12)
    channel.adopt(START + 12 * HOUR, learned_channel(days=60).ledger)
    live(channel, START + 12 * HOUR, 36)
    assert [day.coverage is None for day in channel.ledger.days[-2:]] == [True, False]


def test_a_past_that_shows_less_ends_what_was_claimed() -> None:
    channel = learned_channel()
    breathe(channel, START, 120, USUAL)
    assert breathe(channel, START + 2 * HOUR, 60, HIGH)[-1].unusual is True
    channel.take_events()
    channel.adopt(START + 3 * HOUR, learned_channel(days=3).ledger)
    kinds = [event.kind for event in channel.take_events()]
    assert kinds == [EventKind.DEMOTED, EventKind.UNUSUAL_ENDED]
    assert channel.judge(START + 3 * HOUR).unusual is None


def test_parts_of_the_day_follow_the_clock_of_the_room() -> None:
    channel = Channel(PM25, LONDON)
    breathe(channel, SUMMER + 4 * HOUR, 60, USUAL)
    assert locate(SUMMER + 4 * HOUR, LONDON) == (MONDAY + 180, 1)
    assert channel.open_day is not None
    assert [sum(part) for part in channel.open_day.counts] == [0, 12, 0, 0, 0, 0, 0, 0]
    assert channel.open_day.day == MONDAY + 180
