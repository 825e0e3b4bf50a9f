"""The explanation behind every statement: its parts, in every state."""

from dataclasses import replace
import json

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import (
    Basis,
    Compared,
    LearningState,
    Missing,
    Reason,
)
from custom_components.air_baseline.core.day import DAY_S, day_start, iso_day
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.explaining.explanation import Next, NotKnown, Subject
from custom_components.air_baseline.core.explaining.view import view
from custom_components.air_baseline.core.ledger.correction import (
    exclude_days,
    report_change,
    start_over,
    suspect_change,
)
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin
from custom_components.air_baseline.core.ledger.entries import Cause, ChangePassed, CorrectionCode
from custom_components.air_baseline.core.ledger.episode import EpisodeEnd
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from tests.core.rooms import LONDON, MONDAY, an_entry, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0


def breathing(days: int, pollutant: Pollutant = Pollutant.PM25, **given: object) -> Channel:
    """Return a channel with that many days that has read usual air for two hours."""
    channel = learned_channel(days, pollutant, **given)
    channel.health.skip_warm_up(START)
    breathe(channel, START, 120, 8.0)
    return channel


NOW = START + 2 * HOUR


def test_a_learned_range_is_explained_by_its_days() -> None:
    explanation = explain(breathing(40), NOW)
    assert (explanation.subject, explanation.state, explanation.basis) == (
        Subject.RANGE,
        LearningState.LEARNED,
        Basis.THIS_ROOM,
    )
    assert explanation.typical == explanation.day_ranges[0]
    assert explanation.typical is not None
    assert explanation.typical.low <= 5.0
    assert 12.0 <= explanation.typical.high < (explanation.typical.alert_level or 0.0)
    assert [part.part for part in explanation.day_ranges] == list(range(8))
    assert (explanation.evidence.usable_days, explanation.evidence.needed_days) == (40, 21)
    assert explanation.evidence.since == iso_day(MONDAY - 40)
    assert explanation.evidence.missing == {}
    assert explanation.evidence.part_days == (40.0,) * 8
    assert explanation.evidence.own_share > 0.8
    assert explanation.next_steps == (Next.RANGE_FOLLOWS,)


def test_the_record_says_how_well_earlier_ranges_held() -> None:
    explanation = explain(breathing(40, eligible=True), NOW)
    assert (explanation.record.scored_days, explanation.record.target) == (40, 0.80)
    assert explanation.record.coverage_28d == pytest.approx(0.8)
    assert explanation.record.confidence == explanation.as_dict()["record"]["confidence"]
    assert (explanation.record.alerts, explanation.record.eligible_days) == (0, 40)
    assert explanation.record.next_14_days == (76, 84)
    assert (explanation.record.forecasts_scored, explanation.record.forecasts_kept) == (0, 0)


def test_the_record_says_how_forecasts_of_two_weeks_came_out() -> None:
    record = explain(breathing(60, next_14_days=(81, 90)), NOW).record
    assert (record.forecasts_scored, record.forecasts_kept) == (4, 0)


def test_there_is_no_record_of_a_range_that_is_not_in_force() -> None:
    record = explain(breathing(10, state=LearningState.PROVISIONAL), NOW).record
    assert (record.scored_days, record.confidence, record.coverage_28d) == (10, None, None)


@pytest.mark.parametrize(("days", "needed"), [(30, True), (34, False)])
def test_with_too_few_reference_days_it_says_that_alerts_wait(days: int, *, needed: bool) -> None:
    explanation = explain(breathing(days), NOW)
    assert (explanation.reason is Reason.REFERENCE_DAYS) is needed
    assert (Next.ALERTS_AFTER_REFERENCE in explanation.next_steps) is needed
    assert (explanation.comparison.days, explanation.comparison.needed) == (days, 34)
    assert (explanation.comparison.alert_level is None) is needed
    assert explanation.comparison.promise_days == 35


def test_what_is_missing_is_listed_until_it_is_learned() -> None:
    explanation = explain(breathing(5, state=LearningState.COLLECTING, coverage=None), NOW)
    assert (explanation.subject, explanation.state) == (Subject.STATE, LearningState.COLLECTING)
    assert explanation.compared is Compared.NOT_ENOUGH_DATA
    assert (explanation.unusual, explanation.reason) == (None, Reason.NOT_LEARNED)
    assert explanation.evidence.missing[Missing.DAYS] == 16
    assert explanation.evidence.earliest == iso_day(MONDAY + 16)
    assert explanation.next_steps == (Next.RANGE_AFTER_DAYS,)
    assert explanation.typical is not None
    assert explanation.typical.alert_level is None


def test_a_running_episode_is_the_subject_of_the_explanation() -> None:
    channel = breathing(40)
    breathe(channel, NOW, 60, 64.0)
    explanation = explain(channel, NOW + HOUR)
    assert explanation.subject is Subject.EPISODE
    assert (explanation.unusual, explanation.compared) == (True, Compared.UNUSUAL)
    assert (
        explanation.measured.sustained,
        explanation.measured.peak,
        explanation.measured.minutes,
    ) == (64.0, 64.0, 60)
    assert (explanation.comparison.beaten, explanation.comparison.days) == (40, 40)
    assert explanation.comparison.alert_level is not None
    assert explanation.comparison.alert_level < 64.0
    assert explanation.episode is not None
    assert (explanation.episode.end, explanation.episode.outcome) == (None, None)
    assert explanation.next_steps == (Next.STAYS_IN_BASELINE,)
    assert NotKnown.OUTDOOR_AIR in explanation.not_known


def test_an_episode_that_is_over_can_be_explained_later() -> None:
    channel = breathing(40)
    breathe(channel, NOW, 60, 64.0)
    breathe(channel, NOW + HOUR, 60, 8.0)
    (episode,) = channel.episodes
    explanation = explain(channel, NOW + 2 * HOUR, episode)
    assert explanation.episode is not None
    assert explanation.episode.outcome is EpisodeEnd.RECOVERED
    assert explanation.measured.minutes == 60, "without the half hour inside that ended it"
    assert explanation.next_steps == (Next.STAYED_IN_BASELINE,)
    assert explanation.record.alerts == 1
    assert explain(channel, NOW + 2 * HOUR).subject is Subject.RANGE
    state = explain(channel, NOW + 2 * HOUR, episode, Subject.STATE)
    assert (state.episode, state.measured.peak) == (None, None)


def test_a_guideline_mean_is_shown_with_its_source() -> None:
    channel = learned_channel(40)
    for hour in range(20):
        breathe(channel, START + hour * HOUR, 60, 20.0 + hour % 2)
    explanation = explain(channel, START + 20 * HOUR)
    assert explanation.measured.mean == pytest.approx(20.5)
    assert (explanation.measured.above_guideline, explanation.measured.guideline) == (
        True,
        "WHO 2021",
    )
    nothing = explain(breathing(40, Pollutant.VOC_INDEX), NOW).measured
    assert (nothing.mean, nothing.above_guideline, nothing.guideline) == (None, None, None)


def test_an_index_that_centres_itself_cannot_show_slow_trends() -> None:
    assert NotKnown.SLOW_TRENDS in explain(breathing(40, Pollutant.VOC_INDEX), NOW).not_known
    assert NotKnown.SLOW_TRENDS not in explain(breathing(40), NOW).not_known


def test_corrections_in_force_are_listed_with_whether_they_can_be_undone() -> None:
    channel = breathing(40)
    entry = channel.correct(NOW, exclude_days([MONDAY - 3, MONDAY - 2]))
    explanation = explain(channel, NOW)
    assert [(found.id, found.code, found.undoable) for found in explanation.corrections] == [
        (entry.id, CorrectionCode.STRIKE, True)
    ]
    assert explanation.evidence.excluded_days == 2
    assert not explain(channel, NOW + 30 * DAY_S + 1).corrections[0].undoable


def test_days_set_aside_by_a_passed_change_are_shown_until_they_leave_the_window() -> None:
    channel = breathing(40)
    passing = an_entry(ChangePassed(from_day=MONDAY - 20, to_day=MONDAY - 12), 9, NOW)
    assert explain(channel, NOW).passed == ()
    channel.ledger = replace(channel.ledger, entries=(passing,))
    explanation = explain(channel, NOW)
    (passed,) = explanation.passed
    assert (passed.id, passed.from_day) == (9, iso_day(MONDAY - 20))
    assert passed.to_day == iso_day(MONDAY - 12)
    assert explanation.corrections == (), "nobody has corrected anything"
    assert len(explain(channel, NOW + 78 * DAY_S).passed) == 1
    assert explain(channel, NOW + 79 * DAY_S).passed == ()
    channel.correct(NOW, start_over(MONDAY + 1))
    assert explain(channel, NOW).passed == ()


@pytest.mark.parametrize(
    ("weight", "days"), [(None, 60), (0.25, 60), (0.0, 8)], ids=["steady", "similar", "another"]
)
def test_the_days_shown_begin_with_the_first_that_counts(weight: float | None, days: int) -> None:
    channel = breathing(70)
    if weight is not None:
        channel.correct(NOW, report_change(MONDAY - 8, MONDAY, similar=weight > 0.0))
    explanation, shown = explain(channel, NOW).evidence, view(channel, NOW)
    assert (explanation.usable_days, explanation.since) == (days, iso_day(MONDAY - days))
    assert (shown.usable_days, shown.since) == (explanation.usable_days, explanation.since)


def test_days_from_history_are_counted_separately() -> None:
    explanation = explain(breathing(40), NOW)
    replayed = learned_channel(40)
    replayed.ledger = replayed.ledger.with_days(
        {day.day: replace(day, origin=DayOrigin.REPLAYED) for day in replayed.ledger.days[:10]}
    )
    breathe(replayed, START, 60, 8.0)
    assert explanation.evidence.replayed_days == 0
    assert explain(replayed, START + HOUR).evidence.replayed_days == 10


def test_the_warm_up_is_shown_in_hours() -> None:
    channel = Channel(POLLUTANTS[Pollutant.VOC_RATIO], LONDON)
    breathe(channel, START, 60, 50.0)
    assert explain(channel, START + HOUR).evidence.missing[Missing.WARM_UP] == 47


def test_an_unused_channel_can_be_explained() -> None:
    for pollutant in Pollutant:
        explanation = explain(Channel(POLLUTANTS[pollutant], LONDON, 14), START)
        assert (explanation.state, explanation.reason) == (LearningState.NO_SOURCE, Reason.SILENT)
        assert (explanation.typical, explanation.day_ranges) == (None, ())
        assert explanation.next_steps == (Next.SOURCE_RETURNS,)


def test_every_state_says_what_happens_next() -> None:
    changing, paused, stale = breathing(40), breathing(40), breathing(40)
    changing.correct(NOW, suspect_change(MONDAY - 1, MONDAY, Cause.LEVEL_SHIFT))
    paused.pause(NOW, paused=True)
    breathe(stale, START + 14 * DAY_S, 60, 8.0)
    explanation = [explain(channel, NOW) for channel in (changing, paused)]
    explanation.append(explain(stale, START + 14 * DAY_S))
    assert {found.state: found.next_steps for found in explanation} == {
        LearningState.CHANGING: (Next.ALERTS_WAIT, Next.ALERTS_AFTER_REFERENCE),
        LearningState.PAUSED: (Next.RESUME,),
        LearningState.STALE: (Next.RANGE_AFTER_DAYS,),
    }


def test_an_explanation_is_plain_json() -> None:
    channel = breathing(40)
    breathe(channel, NOW, 60, 64.0)
    plain = json.loads(json.dumps(explain(channel, NOW + HOUR).as_dict(), allow_nan=False))
    assert plain["subject"] == "episode"
    assert plain["state"] == "learned"
    assert plain["comparison"]["beaten"] == 40
