"""The record of a channel: facts about some days, and how what was said came out."""

from dataclasses import replace

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import day_start, iso_day
from custom_components.air_baseline.core.event import EventKind
from custom_components.air_baseline.core.explaining.record import month_of, record
from custom_components.air_baseline.core.ledger.correction import (
    episode_normal,
    episode_real,
    missed,
    start_over,
)
from custom_components.air_baseline.core.ledger.entries import CorrectionCode
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel, with_episode

FIRST = MONDAY - 29


def noon(day: int) -> float:
    return day_start(day, LONDON) + 8 * 3600.0


def test_an_episode_is_recorded_with_its_length_its_peak_and_its_answer() -> None:
    channel, episode = with_episode()
    known = record(channel, noon(MONDAY), FIRST, MONDAY, {episode.id})
    (one,) = known.episodes
    assert (one.asked, one.running, one.correction) == (True, False, None)
    assert one.peak == episode.peak
    assert one.minutes == pytest.approx((one.end - one.start) / 60.0)
    assert known.summary == {
        "episodes": 1,
        "highest": episode.peak,
        "longest_minutes": one.minutes,
        "asked": 1,
        "real": 0,
        "normal": 0,
        "unanswered": 1,
        "missed": 0,
    }
    channel.correct(noon(MONDAY), episode_real(episode, noon(MONDAY), LONDON))
    answered = record(channel, noon(MONDAY), FIRST, MONDAY)
    assert [one.correction for one in answered.episodes] == [CorrectionCode.EPISODE_REAL]
    assert (answered.summary["real"], answered.summary["unanswered"]) == (1, 0)
    assert answered.changes == (), "an answer about one episode is no change"


def test_only_the_days_asked_for_are_in_it() -> None:
    channel, _ = with_episode()
    known = record(channel, noon(MONDAY), MONDAY - 14, MONDAY - 1)
    assert (known.days, known.episodes) == (14, ())
    assert (known.first_day, known.last_day) == (iso_day(MONDAY - 14), iso_day(MONDAY - 1))


def test_a_share_is_said_only_of_a_learned_range_and_enough_days() -> None:
    channel = learned_channel()
    channel.advance(noon(MONDAY))
    assert record(channel, noon(MONDAY), MONDAY - 30, MONDAY - 1).inside == pytest.approx(0.8)
    week = record(channel, noon(MONDAY), MONDAY - 7, MONDAY - 1)
    assert (week.days, week.scored_days) == (7, 28)
    assert week.inside == pytest.approx(0.8)
    few = learned_channel(6)
    few.advance(noon(MONDAY))
    assert record(few, noon(MONDAY), MONDAY - 30, MONDAY - 1).inside is None
    before = learned_channel(state=LearningState.PROVISIONAL)
    assert record(before, noon(MONDAY), MONDAY - 30, MONDAY - 1).inside is None


def test_forecasts_say_what_they_said_and_what_came() -> None:
    channel = learned_channel(90, next_14_days=(71, 87))
    days = [
        replace(day, coverage=0.9 if day.day < MONDAY - 40 else 0.8) for day in channel.ledger.days
    ]
    channel.ledger = replace(channel.ledger, days=tuple(days))
    known = record(channel, noon(MONDAY), FIRST, MONDAY - 1)
    assert known.forecasts_scored > known.forecasts_kept > 0
    assert known.latest is not None
    assert (known.latest.low, known.latest.high, known.latest.came) == (71, 87, 80)


def test_what_changed_is_there_by_day_once_for_each_step() -> None:
    channel = learned_channel()
    days = [
        replace(day, state=LearningState.PROVISIONAL if day.day < MONDAY - 10 else day.state)
        for day in channel.ledger.days
    ]
    channel.ledger = replace(channel.ledger, days=tuple(days))
    channel.correct(noon(MONDAY), start_over(MONDAY))
    known = record(channel, noon(MONDAY), FIRST, MONDAY)
    assert [(one.day, one.state) for one in known.states] == [
        (iso_day(MONDAY - 10), LearningState.LEARNED)
    ]
    assert [(one.day, one.code) for one in known.changes] == [
        (iso_day(MONDAY), CorrectionCode.RESET)
    ]


def test_a_month_closes_once_on_the_first_day_with_readings_after_it() -> None:
    channel = learned_channel()
    first, last = month_of(MONDAY)
    closed = []
    for day in (last - 1, last, last + 3, last + 4):
        breathe(channel, day_start(day, LONDON), 60, 8.0)
        closed += [one for one in channel.take_events() if one.kind is EventKind.MONTH_CLOSED]
    assert [(one.last_day, one.at) for one in closed] == [(last, day_start(last + 3, LONDON))]
    assert month_of(last) == (first, last)


def test_a_missed_stretch_counts_once_and_is_no_change() -> None:
    channel, at = learned_channel(), int(noon(MONDAY - 2))
    channel.correct(noon(MONDAY), missed(at, at + 7200, LONDON))
    known = record(channel, noon(MONDAY), FIRST, MONDAY)
    assert (known.missed, known.changes) == (1, ())


def test_nothing_is_known_of_an_empty_channel() -> None:
    empty = Channel(learned_channel().spec, LONDON)
    known = record(empty, noon(MONDAY), FIRST, MONDAY)
    assert (known.days, known.episodes, known.inside, known.latest) == (0, (), None, None)
    assert known.summary["highest"] is None


def test_it_is_plain_json_under_the_released_names() -> None:
    channel, episode = with_episode()
    normal = episode_normal(episode, noon(MONDAY), LONDON)
    channel.correct(noon(MONDAY), normal)
    plain = record(channel, noon(MONDAY), FIRST, MONDAY).as_dict()
    assert plain["quantity"] == "pm25"
    assert plain["episodes"][0]["verdict"] == "episode_normal"
    assert plain["summary"]["normal"] == 1
