"""A channel with surroundings: unseen conditions, outdoor air during an episode, other rooms."""

from dataclasses import replace
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.alerting.judgement import Judgement
from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import Compared, Condition, OtherRooms, Reason
from custom_components.air_baseline.core.day import DAY_S, day_start
from custom_components.air_baseline.core.event import EventKind
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.explaining.explanation import Next, NotKnown, Subject
from custom_components.air_baseline.core.learning.weather_limits import (
    WeatherLimits,
    weather_limits,
)
from custom_components.air_baseline.core.ledger.correction import exclude_days
from custom_components.air_baseline.core.ledger.episode import EpisodeEnd
from custom_components.air_baseline.core.other_rooms import OtherChannel, other_channel
from custom_components.air_baseline.core.reading.surroundings import (
    DaySurroundings,
    SurroundingMean,
    Surroundings,
)
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from tests.core.properties import repeatable
from tests.core.rooms import LONDON, MONDAY, a_day, a_ledger, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0
USUAL, HIGH = 8.0, 60.0


def followed(concentration: float, hours: float = 24.0) -> SurroundingMean:
    """Return the mean of a source that gave one level every ten minutes up to START."""
    mean = SurroundingMean(LONDON)
    for slot in range(round(hours * 6)):
        mean.read(START - hours * HOUR + slot * 600.0, concentration)
    return mean


def learned_in(days: int = 40, *, temperature: float = 10.0) -> Channel:
    """Return a channel whose days had that temperature outdoors."""
    return learned_channel(days, outdoor_temperature=temperature)


def in_cold(channel: Channel, temperature: float = 0.0) -> Channel:
    """Make it that cold outdoors from yesterday on."""
    channel.surroundings = Surroundings(outdoor_temperature=followed(temperature))
    return channel


def live(
    channel: Channel,
    minutes: int,
    concentration: float,
    surrounding: float | None = None,
    *,
    after: float = 0.0,
) -> list[Judgement]:
    """Feed a channel and its surroundings, both from `after` hours after START on."""
    judged = []
    for minute in range(0, minutes, 10):
        at = START + after * HOUR + minute * 60.0
        for mean in channel.surroundings.known():
            if surrounding is not None:
                mean.read(at, surrounding)
        judged += breathe(channel, at, 10, concentration)
    return judged


def last(judgements: list[Judgement]) -> Judgement:
    return judgements[-1]


def test_the_conditions_seen_come_from_the_days_that_recorded_them() -> None:
    days = [a_day(MONDAY + n, outdoor_temperature=n - 3.0, window_open=n / 9) for n in range(10)]
    assert weather_limits(days) == WeatherLimits(temperatures=(-3.0, 6.0), windows=(5, 5))
    assert weather_limits(days[:6]) == WeatherLimits(), "six days say nothing"
    assert weather_limits([a_day(MONDAY + n) for n in range(40)]) == WeatherLimits()


@given(
    temperatures=st.lists(st.integers(-200, 300), min_size=7, max_size=20),
    now=st.integers(-300, 400),
)
@repeatable
def test_a_temperature_is_unseen_more_than_one_degree_beyond_all_days(
    temperatures: list[int], now: int
) -> None:
    days = [a_day(MONDAY + n, outdoor_temperature=t / 10) for n, t in enumerate(temperatures)]
    found = weather_limits(days).unseen(DaySurroundings(outdoor_temperature=now / 10))
    near = any(abs(t - now) <= 10 for t in temperatures)
    between = min(temperatures) <= now <= max(temperatures)
    assert (found == ()) is (near or between)
    if found:
        assert found == (Condition.COLDER if now < temperatures[0] else Condition.WARMER,)


@pytest.mark.parametrize(
    ("share", "shut", "opened", "unseen"),
    [
        (0.5, 30, 4, (Condition.WINDOWS_OPEN,)),
        (0.5, 30, 5, ()),
        (0.49, 30, 0, ()),
        (0.49, 4, 30, (Condition.WINDOWS_SHUT,)),
        (None, 0, 30, ()),
    ],
)
def test_windows_are_unseen_with_fewer_than_five_similar_days(
    share: float | None, shut: int, opened: int, unseen: tuple[Condition, ...]
) -> None:
    assert (
        WeatherLimits(windows=(shut, opened)).unseen(DaySurroundings(window_open=share)) == unseen
    )


def test_a_day_colder_than_any_seen_gets_no_alert_and_no_confidence() -> None:
    channel = in_cold(learned_in())
    judged = last(live(channel, 120, HIGH, 0.0))
    assert (judged.unusual, judged.reason) == (None, Reason.CONDITIONS_UNSEEN)
    assert (judged.confidence, judged.compared) == (None, Compared.HIGHER)
    assert judged.unseen == (Condition.COLDER,)
    assert judged.typical is not None, "the range is shown as before"
    assert not [e for e in channel.take_events() if e.kind is EventKind.UNUSUAL_STARTED]


@pytest.mark.parametrize("temperature", [9.0, 10.0, 11.0])
def test_a_day_like_those_seen_alerts_as_without_surroundings(temperature: float) -> None:
    plain, channel = learned_in(), in_cold(learned_in(), temperature)
    judged, expected = (live(each, 120, HIGH, temperature) for each in (channel, plain))
    assert judged == expected
    assert last(judged).unusual is True


def test_with_too_few_days_of_temperature_no_condition_is_unseen() -> None:
    channel = learned_in()
    days = channel.ledger.days
    channel = learned_channel()
    forgetful = channel.ledger.days[:34]
    channel.ledger = a_ledger([*forgetful, *days[34:]])
    judged = last(live(in_cold(channel), 120, HIGH, 0.0))
    assert (judged.unusual, judged.unseen) == (True, ())
    explanation = explain(channel, START + 2 * HOUR, subject=Subject.RANGE)
    assert NotKnown.OUTDOOR_TEMPERATURE in explanation.not_known


def test_an_unseen_day_is_learned_and_counts_as_seen_the_next_morning() -> None:
    channel = in_cold(learned_in())
    live(channel, 24 * 60, USUAL, 0.0)
    judged = last(live(channel, 120, HIGH, 0.0, after=24.0))
    day = channel.ledger.days[-1]
    assert (day.day, day.surroundings.outdoor_temperature, day.eligible) == (MONDAY, 0.0, False)
    assert day.valid
    assert day.coverage is not None
    assert channel.ledger.reference(1) == [day]
    assert (judged.unseen, judged.unusual) == ((), True)


def test_a_day_whose_conditions_were_seen_is_eligible() -> None:
    channel = in_cold(learned_in(), 10.0)
    live(channel, 24 * 60, USUAL, 10.0)
    assert channel.ledger.days[-1].eligible


def test_a_running_episode_continues_into_unseen_conditions() -> None:
    channel = in_cold(learned_in(), 10.0)
    live(channel, 60, HIGH, 10.0)
    judged = last(live(channel, 180, HIGH, -20.0, after=1.0))
    assert (judged.unusual, judged.reason, judged.unseen) == (True, None, (Condition.COLDER,))
    live(channel, 40, USUAL, after=4.0)
    assert channel.episodes[-1].outcome is EpisodeEnd.RECOVERED


def test_the_explanation_names_the_unseen_condition() -> None:
    channel = in_cold(learned_in())
    live(channel, 120, USUAL, 0.0)
    explanation = explain(channel, START + 2 * HOUR)
    surroundings = explanation.surroundings
    assert surroundings.unseen == (Condition.COLDER,)
    assert (surroundings.outdoor_temperature, surroundings.seen_temperatures) == (0.0, (10.0, 10.0))
    assert Next.CONDITIONS_BECOME_SEEN in explanation.next_steps
    assert {part.alert_level for part in explanation.day_ranges} == {None}
    assert NotKnown.OUTDOOR_TEMPERATURE not in explanation.not_known


def test_the_windows_of_a_day_are_stored_and_can_be_unseen() -> None:
    channel = learned_channel(window_open=0.1)
    channel.surroundings = Surroundings(window_open=followed(1.0))
    judged = last(live(channel, 120, HIGH, 1.0))
    assert (judged.reason, judged.unseen) == (Reason.CONDITIONS_UNSEEN, (Condition.WINDOWS_OPEN,))
    live(channel, 22 * 60, USUAL, 1.0, after=2.0)
    assert channel.ledger.days[-1].surroundings.window_open == 1.0


def test_an_unseen_day_stays_unseen_after_a_restart() -> None:
    channel = in_cold(learned_in())
    live(channel, 20 * 60, USUAL, 0.0)
    restored = load_channel(json.loads(json.dumps(dump_channel(channel))), LONDON, MONTH_DAYS)
    restored.advance(START + DAY_S)
    assert restored.ledger.days[-1].eligible is False


def with_outdoor_air(*levels: float, before: float = 24.0) -> Channel:
    """Return a channel in high air from START on, with outdoor levels hour by hour.

    Outdoors it was 12 until then, for `before` hours.
    """
    channel = learned_channel()
    channel.surroundings = Surroundings(outdoor_pm25=followed(12.0, before))
    for hour, concentration in enumerate(levels):
        live(channel, 60, HIGH, concentration, after=hour)
    return channel


def test_an_outdoor_rise_is_recorded_with_the_episode() -> None:
    channel = with_outdoor_air(38.0, 38.0)
    (episode,) = channel.episodes
    assert (episode.outdoor_rose, episode.outdoor, episode.outdoor_before) == (True, 38.0, 12.0)
    explanation = explain(channel, START + 2 * HOUR)
    assert explanation.surroundings.outdoor_rose is True
    assert NotKnown.OUTDOOR_AIR not in explanation.not_known


def test_outdoor_air_that_did_not_rise_is_recorded_too() -> None:
    channel = with_outdoor_air(12.0, 12.0)
    assert channel.episodes[0].outdoor_rose is False
    assert NotKnown.OUTDOOR_AIR not in explain(channel, START + 2 * HOUR).not_known


def test_a_later_outdoor_rise_counts_while_the_episode_runs() -> None:
    channel = with_outdoor_air(12.0, 12.0, 40.0, 40.0)
    assert channel.episodes[0].outdoor_rose is True
    assert channel.episodes[0].outdoor_before == pytest.approx(12.0)


def test_an_outdoor_rise_stays_recorded_after_the_air_falls_again() -> None:
    channel = with_outdoor_air(38.0, 38.0, 5.0, 5.0)
    assert (channel.episodes[0].outdoor_rose, channel.episodes[0].outdoor) == (True, 38.0)


def test_without_an_outdoor_source_an_outdoor_rise_is_not_known() -> None:
    channel = learned_channel()
    breathe(channel, START, 120, HIGH)
    assert channel.episodes[0].outdoor_rose is None
    assert NotKnown.OUTDOOR_AIR in explain(channel, START + 2 * HOUR).not_known


def test_an_outdoor_source_that_ended_before_the_episode_is_not_used() -> None:
    channel = with_outdoor_air()
    live(channel, 30, USUAL)
    live(channel, 120, HIGH, after=3.0)
    assert channel.episodes[0].outdoor_rose is None


def test_the_windows_of_the_preceding_hour_are_stored_with_the_episode() -> None:
    channel = learned_channel()
    channel.surroundings = Surroundings(window_open=followed(1.0))
    live(channel, 60, HIGH, 1.0)
    live(channel, 60, HIGH, 0.0, after=1.0)
    explanation = explain(channel, START + 2 * HOUR)
    assert explanation.surroundings.window_open == 1.0
    assert NotKnown.WINDOWS not in explanation.not_known


def test_the_surroundings_of_an_episode_survive_a_restart() -> None:
    channel = with_outdoor_air(38.0, 38.0)
    channel.keep_other_rooms(channel.episodes[0].id, OtherRooms.SHARED, ("bedroom", "study"))
    restored = load_channel(json.loads(json.dumps(dump_channel(channel))), LONDON, MONTH_DAYS)
    assert restored.episodes == channel.episodes
    assert restored.episode_watch.current == channel.episode_watch.current
    assert explain(restored, START + 2 * HOUR).surroundings.rooms == ("bedroom", "study")


def test_other_rooms_are_stored_with_an_episode_that_has_ended() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, HIGH)
    breathe(channel, START + HOUR, 60, USUAL)
    (episode,) = channel.episodes
    channel.keep_other_rooms(episode.id, OtherRooms.ONLY_THIS_ROOM, ("study",))
    assert channel.episode_watch.current is None
    assert channel.episodes == (
        replace(episode, other_rooms=OtherRooms.ONLY_THIS_ROOM, rooms=("study",)),
    )
    channel.keep_other_rooms(1, OtherRooms.SHARED, ())
    assert len(channel.episodes) == 1


def as_other_room(channel: Channel, at: float) -> OtherChannel:
    return other_channel("study", channel, at)


def test_another_room_inside_its_range_says_since_when() -> None:
    channel = learned_channel()
    breathe(channel, START, 120, USUAL)
    found = as_other_room(channel, START + 2 * HOUR)
    assert (found.above_at, found.inside_from) == (None, START + 600.0)


def test_another_room_above_its_range_says_when() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, 14.0)
    breathe(channel, START + HOUR, 60, USUAL)
    found = as_other_room(channel, START + 2 * HOUR)
    assert found.above_at == START + HOUR
    assert found.inside_from == START + HOUR + 300.0


def test_another_room_that_is_silent_or_not_learned_says_nothing() -> None:
    channel = learned_channel()
    breathe(channel, START, 60, USUAL)
    channel.lose(START + HOUR)
    assert as_other_room(channel, START + 2 * HOUR).inside_from is None
    young = learned_channel(12)
    breathe(young, START, 120, 300.0)
    assert as_other_room(young, START + 2 * HOUR) == OtherChannel(
        room="study", pollutant=young.spec.pollutant, above_at=None, inside_from=None
    )


def test_excluding_days_removes_their_conditions_from_those_seen() -> None:
    channel = learned_channel()
    warm, cold = (learned_channel(outdoor_temperature=each).ledger.days for each in (20.0, 10.0))
    channel.ledger = a_ledger([*warm[:-10], *cold[-10:]])
    live(in_cold(channel, 10.0), 60, USUAL, 10.0)
    assert channel.unseen(START + HOUR) == ()
    channel.correct(START + HOUR, exclude_days(range(MONDAY - 10, MONDAY + 1)))
    assert channel.unseen(START + HOUR) == (Condition.COLDER,)
