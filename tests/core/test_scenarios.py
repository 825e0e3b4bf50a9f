"""Weeks of seeded rooms: what is decided, and on which day, but not what the numbers are."""

from collections.abc import Iterable
from functools import lru_cache
import json

import pytest
from scipy.stats import binom

from custom_components.air_baseline.core.alerting.judgement import Judgement
from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import Basis, Compared, LearningState, Reason
from custom_components.air_baseline.core.day import day_start, iso_day, locate
from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.ledger.correction import start_over
from custom_components.air_baseline.core.ledger.entries import ChangePassed
from custom_components.air_baseline.core.ledger.episode import EpisodeEnd
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from tests.core.rooms import LONDON, MONDAY, ROOMS, Room, play

KITCHEN = Room(pollutant=Pollutant.PM25, usual=6.0, seed=3)  # Has no unusual day of its own.
HOUR = 3600.0
LEARNED_DAYS = 40
NOW = MONDAY + LEARNED_DAYS
type Readings = list[tuple[float, float]]


def at(day: int, hour: float = 0.0) -> float:
    """Return the time `hour` hours after a day began, at 04:00."""
    return day_start(day, LONDON) + hour * HOUR


@lru_cache
def weeks(room: Room, days: int) -> str:
    channel = room.channel()
    play(channel, room.readings(days))
    channel.advance(at(MONDAY + days))
    return json.dumps(dump_channel(channel))


def after(days: int, room: Room = KITCHEN) -> Channel:
    """Return a channel that has read the air of a room for `days` days."""
    return load_channel(json.loads(weeks(room, days)), LONDON, MONTH_DAYS)


def plume(readings: Readings, start: float, concentration: float, hours: float = 1.0) -> Readings:
    """Return the readings with a level added for some time."""
    return [
        (when, value + concentration if start <= when < start + hours * HOUR else value)
        for when, value in readings
    ]


def without(readings: Readings, start: float, end: float) -> Readings:
    return [(when, value) for when, value in readings if not start <= when < end]


def kinds(events: Iterable[Event]) -> list[EventKind]:
    return [event.kind for event in events if event.kind is not EventKind.DAY_CLOSED]


def episodes(channel: Channel) -> int:
    return kinds(channel.take_events()).count(EventKind.UNUSUAL_STARTED)


def states_by_day(judgements: Iterable[Judgement]) -> dict[int, LearningState]:
    """Return the first state of each day, counted from MONDAY."""
    found: dict[int, LearningState] = {}
    for judged in judgements:
        assert judged.bin is not None
        found.setdefault(locate(judged.bin.start, LONDON)[0] - MONDAY, judged.state)
    return found


@pytest.mark.parametrize("pollutant", Pollutant)
def test_trust_is_earned_on_the_documented_days(pollutant: Pollutant) -> None:
    judgements = play(ROOMS[pollutant].channel(), ROOMS[pollutant].readings(28))
    states = states_by_day(judgements)
    warm_up = 2 if ROOMS[pollutant].spec.warm_up_s else 0
    provisional = next(d for d, state in states.items() if state is LearningState.PROVISIONAL)
    learned = next(d for d, state in states.items() if state is LearningState.LEARNED)
    assert provisional == 7 + warm_up
    assert 21 + warm_up <= learned <= 24 + warm_up
    assert {state for day, state in states.items() if day < provisional} == {
        LearningState.COLLECTING
    }


@pytest.mark.parametrize("pollutant", Pollutant)
def test_two_days_of_readings_support_no_claim(pollutant: Pollutant) -> None:
    room = ROOMS[pollutant]
    readings = plume(room.readings(2), at(MONDAY, 30), 20.0 * room.usual)
    channel = room.channel()
    judgements = play(channel, readings)
    assert {judged.compared for judged in judgements} == {Compared.NOT_ENOUGH_DATA}
    assert {judged.unusual for judged in judgements} == {None}
    assert {judged.basis for judged in judgements} <= {Basis.EVERYONE, Basis.MIXED, None}
    assert {judged.confidence for judged in judgements} == {None}
    assert episodes(channel) == 0


@pytest.mark.parametrize(("days", "found"), [(14, 0), (24, 0), (33, 0), (34, 1)])
def test_a_huge_plume_is_unusual_only_compared_with_enough_days(days: int, found: int) -> None:
    channel = after(days)
    today = KITCHEN.readings(1, first=MONDAY + days)
    play(channel, plume(today, at(MONDAY + days, 9), 300.0, hours=2))
    assert episodes(channel) == found


def test_a_huge_plume_is_one_episode_from_rise_to_recovery() -> None:
    channel = after(LEARNED_DAYS)
    today = plume(KITCHEN.readings(1, first=NOW), at(NOW, 9), 300.0, hours=2)
    judgements = {judged.bin.start: judged for judged in play(channel, today) if judged.bin}
    assert kinds(channel.take_events()) == [EventKind.UNUSUAL_STARTED, EventKind.UNUSUAL_ENDED]
    (episode,) = channel.episodes
    assert episode.outcome is EpisodeEnd.RECOVERED
    assert episode.id == at(NOW, 9.25)
    assert episode.beaten == episode.compared >= 34
    assert judgements[at(NOW, 9)].unusual is False
    assert judgements[at(NOW, 10)].unusual is True
    assert judgements[at(NOW, 12)].unusual is False


def test_a_room_that_does_not_change_raises_few_alerts() -> None:
    alerts = eligible = 0
    for seed in (11, 12, 13):
        channel = after(100, Room(pollutant=Pollutant.PM25, usual=6.0, seed=seed))
        alerts += len({episode.day for episode in channel.episodes})
        eligible += sum(summary.eligible for summary in channel.ledger.days)
    assert eligible > 90
    assert alerts <= binom.ppf(0.99, eligible, 1.0 / MONTH_DAYS)


def test_a_moved_sensor_is_asked_about_and_followed() -> None:
    channel = after(LEARNED_DAYS)
    judgements = play(channel, KITCHEN.louder(3.0).readings(32, first=NOW))
    assert channel.ledger.shift is not None
    change = channel.ledger.shift.correction
    assert 4 <= change.found_day - NOW <= 14
    assert abs(change.from_day - NOW) <= 2
    assert kinds(channel.take_events()).count(EventKind.CHANGE_SUSPECTED) == 1
    assert {judged.state for judged in judgements} == {LearningState.LEARNED}
    assert judgements[-1].typical is not None
    assert judgements[-1].typical.middle > 2.0 * KITCHEN.usual


def test_a_gap_of_two_days_costs_those_days_and_nothing_else() -> None:
    channel = after(LEARNED_DAYS)
    before = channel.forecast
    week = KITCHEN.readings(7, first=NOW)
    judgements = play(channel, without(week, at(NOW, 20), at(NOW + 2, 20)))
    assert {judged.state for judged in judgements} == {LearningState.LEARNED}
    assert channel.forecast is not None
    assert before is not None
    assert [day.day - NOW for day in channel.ledger.days[-5:]] == [0, 2, 3, 4, 5]
    assert [day.valid for day in channel.ledger.days[-5:]] == [True, False, True, True, True]
    for now, then in zip(channel.forecast.ranges, before.ranges, strict=True):
        assert abs(now.high - then.high) <= 0.5 * then.high


def test_a_dead_sensor_is_no_source_and_returns_as_stale() -> None:
    channel = after(LEARNED_DAYS)
    play(channel, KITCHEN.readings(1, first=NOW))
    channel.lose(at(NOW + 1))
    states = {}
    for hour in range(24 * 12):
        channel.advance(at(NOW + 1, hour))
        states[hour] = channel.state(at(NOW + 1, hour))
    assert states[23] is LearningState.LEARNED
    assert {state for hour, state in states.items() if hour > 24} == {LearningState.NO_SOURCE}
    judged = channel.judge(at(NOW + 12))
    assert (judged.unusual, judged.reason, judged.confidence) == (None, Reason.SILENT, None)
    judgements = play(channel, KITCHEN.readings(6, first=NOW + 13))
    later = states_by_day(judgements)
    assert later[LEARNED_DAYS + 13] is LearningState.STALE
    assert later[LEARNED_DAYS + 18] is LearningState.LEARNED


def test_the_same_plume_on_every_day_is_reported_once_and_then_expected() -> None:
    channel = after(LEARNED_DAYS)
    readings: Readings = []
    for index in range(10):
        today = KITCHEN.readings(1, first=NOW + index)
        readings += plume(today, at(NOW + index, 9), 100.0, hours=1)
    judgements = play(channel, readings)
    reported = [
        kind for kind in kinds(channel.take_events()) if kind is not EventKind.UNUSUAL_ENDED
    ]
    assert reported == [EventKind.UNUSUAL_STARTED]
    assert (judgements[-1].state, judgements[-1].unusual) == (LearningState.LEARNED, False)


def test_a_plume_that_returns_after_weeks_is_reported_again() -> None:
    channel = after(LEARNED_DAYS)
    readings = KITCHEN.readings(22, first=NOW)
    for day in (NOW, NOW + 21):
        readings = plume(readings, at(day, 9), 100.0, hours=1)
    play(channel, readings)
    assert [episode.day for episode in channel.ledger.episodes] == [NOW, NOW + 21]


def test_nine_days_of_smoke_pass_and_leave_the_room_as_it_was() -> None:
    channel, left_alone = after(LEARNED_DAYS), after(LEARNED_DAYS)
    days = KITCHEN.readings(14, first=NOW)
    judgements = play(channel, plume(days, at(NOW), 120.0, hours=9 * 24))
    play(left_alone, days)
    assert {judged.state for judged in judgements} == {LearningState.LEARNED}
    passed = [entry.correction for entry in channel.ledger.of(ChangePassed)]
    assert passed == [ChangePassed(from_day=NOW, to_day=NOW + 8)]
    now = at(NOW + 14)
    channel.advance(now)
    assert [(one.from_day, one.to_day) for one in explain(channel, now).passed] == [
        (iso_day(NOW), iso_day(NOW + 8))
    ]
    left_alone.advance(now)
    assert channel.state(now) is LearningState.LEARNED
    assert episodes(channel) == 1
    assert channel.forecast is not None
    assert left_alone.forecast is not None
    for own, other in zip(channel.forecast.ranges, left_alone.forecast.ranges, strict=True):
        assert own.low == pytest.approx(other.low, rel=0.15, abs=1.0)
        assert own.high == pytest.approx(other.high, rel=0.15, abs=1.0)


def test_smoke_for_three_days_is_above_the_guideline_and_one_lasting_episode() -> None:
    channel = after(LEARNED_DAYS)
    smoke = plume(KITCHEN.readings(4, first=NOW), at(NOW), 120.0, hours=72)
    play(channel, smoke[: 24 * 12])
    assert channel.guideline is not None
    assert channel.guideline.is_above(at(NOW + 1)) is True
    play(channel, smoke[24 * 12 :])
    assert episodes(channel) == 1
    assert channel.episodes[0].outcome is EpisodeEnd.LASTING


def test_an_open_window_is_lower_and_raises_no_alert() -> None:
    room = Room(pollutant=Pollutant.VOC_RATIO, usual=120.0, wander=0.2)
    channel = after(LEARNED_DAYS, room)
    today = [
        (when, 15.0 if at(NOW, 6) <= when < at(NOW, 9) else concentration)
        for when, concentration in room.readings(1, first=NOW)
    ]
    judgements = {judged.bin.start: judged for judged in play(channel, today) if judged.bin}
    assert judgements[at(NOW, 8)].compared is Compared.LOWER
    assert episodes(channel) == 0


def test_a_sensor_with_one_value_an_hour_learns_as_well() -> None:
    channel = KITCHEN.channel()
    judgements = play(channel, KITCHEN.readings(26, every_s=3600))
    assert judgements[-1].state is LearningState.LEARNED


@pytest.mark.parametrize(("change", "bins"), [("spring", 276), ("autumn", 300)])
def test_the_nights_in_which_clocks_change_are_days_like_others(change: str, bins: int) -> None:
    first = MONDAY + {"spring": 82, "autumn": 292}[change]
    channel = KITCHEN.channel()
    play(channel, KITCHEN.readings(3, first=first - 1))
    channel.advance(at(first + 2))
    short_or_long = channel.ledger.days[1]
    assert sum(short_or_long.slots) == bins
    assert (short_or_long.day, short_or_long.observed_share) == (first, 1.0)
    assert short_or_long.coverage is not None


def test_undoing_a_reset_after_a_week_restores_the_room() -> None:
    channel, left_alone = after(LEARNED_DAYS), after(LEARNED_DAYS)
    week = KITCHEN.readings(7, first=NOW)
    entry = channel.correct(at(NOW), start_over(NOW + 1))
    play(left_alone, week)
    states = states_by_day(play(channel, week))
    assert set(states.values()) <= {LearningState.COLLECTING, LearningState.PROVISIONAL}
    channel.undo(at(NOW + 7), entry.id)
    channel.advance(at(NOW + 7))
    left_alone.advance(at(NOW + 7))
    assert channel.state(at(NOW + 7)) is LearningState.LEARNED
    assert channel.forecast is not None
    assert left_alone.forecast is not None
    for own, other in zip(channel.forecast.ranges, left_alone.forecast.ranges, strict=True):
        assert abs(own.high - other.high) <= 2.0, "the days are the same, their coverages are not"
