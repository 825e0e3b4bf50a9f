"""The judgement of a moment, in every state and on both sides of every edge."""

from dataclasses import replace
from math import inf, log

import pytest

from custom_components.air_baseline.core.alerting.forecast import Forecast
from custom_components.air_baseline.core.alerting.judgement import judge, reason_against
from custom_components.air_baseline.core.alerting.threshold import NO_LEVELS, AlertThreshold
from custom_components.air_baseline.core.codes import (
    Basis,
    Compared,
    Condition,
    LearningState,
    Reason,
)
from custom_components.air_baseline.core.learning.standing import Standing
from custom_components.air_baseline.core.learning.typical_range import PartRange
from custom_components.air_baseline.core.ledger.hour_peaks import PEAKS
from custom_components.air_baseline.core.reading.sustained_level import SustainedLevel
from tests.core.rooms import MONDAY

CELLS = ((2.5, 3.5, 1.0), (11.5, 12.5, 1.0))
PART = PartRange(3.0, 6.0, 12.0, log(4.0), log(7.0), log(13.0), CELLS)
TODAY = Forecast(
    day=MONDAY,
    resolution=1.0,
    standing=Standing(state=LearningState.LEARNED),
    confidence=0.8,
    next_14_days=(71, 87),
    ranges=(PART,) * 8,
    basis=Basis.THIS_ROOM,
    shown=True,
    threshold=AlertThreshold(scores=(0.1,) * 40, days=40, bars={35: 0.1}),
    alert_levels=(30.0,) * PEAKS,
    notable_levels=(*(23.1,) * 24, *(20.0,) * 24),
)
LEARNED = LearningState.LEARNED


@pytest.mark.parametrize(
    ("low", "high", "compared"),
    [
        (1.0, 2.9, Compared.LOWER),
        (1.0, 3.0, Compared.USUAL),
        (4.0, 9.0, Compared.USUAL),
        (12.0, 99.0, Compared.USUAL),
        (12.1, 99.0, Compared.HIGHER),
        (23.1, 99.0, Compared.HIGHER),
        (23.2, 99.0, Compared.NOTABLE),
        (900.0, 900.0, Compared.NOTABLE),
    ],
)
def test_the_sustained_level_is_compared_with_the_range(
    low: float, high: float, compared: Compared
) -> None:
    judged = judge(TODAY, LEARNED, SustainedLevel(low, high), 0, None)
    assert judged.compared is compared
    assert (judged.sustained, judged.typical, judged.basis) == (low, PART, Basis.THIS_ROOM)
    assert (judged.unusual, judged.reason) == (False, None)


def test_a_running_episode_is_unusual_whatever_the_air_does_now() -> None:
    judged = judge(TODAY, LEARNED, SustainedLevel(5.0, 5.0), 0, 1234)
    assert (judged.unusual, judged.compared, judged.reason) == (True, Compared.UNUSUAL, None)
    assert judged.episode == 1234


@pytest.mark.parametrize(
    ("of_hour", "compared"),
    [(None, Compared.HIGHER), (20.0, Compared.HIGHER), (20.1, Compared.NOTABLE)],
)
def test_what_an_hour_has_held_is_notable_too(of_hour: float | None, compared: Compared) -> None:
    level = SustainedLevel(22.0, 22.0, of_hour)
    assert judge(TODAY, LEARNED, level, 0, None).compared is compared


@pytest.mark.parametrize(("hour", "compared"), [(4, Compared.NOTABLE), (5, Compared.HIGHER)])
def test_each_hour_has_its_own_notable_level(hour: int, compared: Compared) -> None:
    levels = [99.0] * PEAKS
    levels[4] = 13.0
    today = replace(TODAY, notable_levels=levels)
    assert judge(today, LEARNED, SustainedLevel(14.0, 14.0, 14.0), hour, None).compared is compared


def test_a_level_that_is_notable_is_never_called_usual() -> None:
    """The range of a part can be wider than the record of six hours."""
    today = replace(TODAY, notable_levels=(9.0,) * PEAKS)
    level = SustainedLevel(10.0, 10.0, 10.0)
    assert judge(today, LEARNED, level, 0, None).compared is Compared.NOTABLE


def test_without_days_to_compare_with_nothing_is_notable() -> None:
    today = replace(TODAY, notable_levels=NO_LEVELS)
    level = SustainedLevel(99.0, 99.0, 99.0)
    assert judge(today, LEARNED, level, 0, None).compared is Compared.HIGHER


@pytest.mark.parametrize(
    ("state", "reason", "compared"),
    [
        (LearningState.PAUSED, Reason.PAUSED, None),
        (LearningState.NO_SOURCE, Reason.SILENT, None),
        (LearningState.STALE, Reason.STALE, None),
        (LearningState.CHANGING, Reason.CHANGING, None),
        (LearningState.PROVISIONAL, Reason.NOT_LEARNED, Compared.NOT_ENOUGH_DATA),
        (LearningState.COLLECTING, Reason.NOT_LEARNED, Compared.NOT_ENOUGH_DATA),
    ],
)
def test_only_what_is_learned_is_compared(
    state: LearningState, reason: Reason, compared: Compared | None
) -> None:
    judged = judge(TODAY, state, SustainedLevel(99.0, 99.0), 0, None)
    assert (judged.unusual, judged.reason) == (None, reason)
    assert judged.compared is compared
    assert judged.confidence is None, "its range is not in force"


@pytest.mark.parametrize(
    ("today", "sustained", "reason"),
    [
        (None, SustainedLevel(5.0, 5.0), Reason.REFERENCE_DAYS),
        (
            replace(TODAY, threshold=AlertThreshold()),
            SustainedLevel(5.0, 5.0),
            Reason.REFERENCE_DAYS,
        ),
        (
            replace(TODAY, threshold=replace(TODAY.threshold, days=33)),
            SustainedLevel(5.0, 5.0),
            Reason.REFERENCE_DAYS,
        ),
        (TODAY, None, Reason.SILENT),
        (TODAY, SustainedLevel(5.0, 5.0), None),
        (replace(TODAY, reported=True), SustainedLevel(5.0, 5.0), Reason.CHANGING),
        (
            replace(TODAY, alert_levels=(inf,) * PEAKS),
            SustainedLevel(5.0, 5.0),
            Reason.SCALE_END,
        ),
    ],
)
def test_a_learned_channel_says_why_no_alert_is_possible(
    today: Forecast | None, sustained: SustainedLevel | None, reason: Reason | None
) -> None:
    assert reason_against(today, LEARNED, sustained, 0) is reason


@pytest.mark.parametrize("state", LearningState)
def test_what_two_weeks_should_hold_is_only_said_of_a_range_in_force(state: LearningState) -> None:
    in_force = state is LearningState.LEARNED
    said = judge(TODAY, state, None, 0, None).next_14_days
    assert said == ((71, 87) if in_force else None)
    cold = judge(TODAY, state, None, 0, None, unseen=(Condition.COLDER,))
    assert cold.next_14_days is None
    assert judge(None, state, None, 0, None).next_14_days is None


def test_a_range_that_means_nothing_for_this_room_is_not_shown() -> None:
    judged = judge(replace(TODAY, shown=False), LearningState.COLLECTING, None, 0, None)
    assert (judged.typical, judged.basis) == (None, None)


def test_without_a_forecast_nothing_is_claimed() -> None:
    judged = judge(None, LearningState.COLLECTING, None, 0, None)
    assert (judged.typical, judged.basis) == (None, None)
    assert (judged.confidence, judged.sustained) == (None, None)
    assert judged.compared is Compared.NOT_ENOUGH_DATA


def test_without_a_sustained_level_nothing_is_compared() -> None:
    assert judge(TODAY, LEARNED, None, 0, None).compared is None
