"""The alert threshold and its levels, compared with a slow reference in plain Python."""

from collections.abc import Sequence
from dataclasses import replace
from math import expm1, log, log1p

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.air_baseline.core.alerting.promise import RULES, Promise
from custom_components.air_baseline.core.alerting.threshold import (
    SCORE_DIGITS,
    AlertThreshold,
    alert_levels,
    alert_threshold,
    event_days,
    levels_before,
    levels_before_today,
    margin,
    notable_levels,
)
from custom_components.air_baseline.core.learning.typical_range import Array, PartRange
from custom_components.air_baseline.core.ledger.correction import exclude_days, report_change
from custom_components.air_baseline.core.ledger.day_summary import DaySummary, day_counts
from custom_components.air_baseline.core.ledger.entries import (
    ChangePassed,
    Correction,
    EpisodeNormal,
    EpisodeReal,
)
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.ledger.histogram_text import decode_counts
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import CELLS
from tests.core import by_hand
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY, a_day, a_ledger, an_entry

EDGES = ((0.0, 0.0, 1.0), (0.0, 0.0, 1.0))
PART = PartRange(3.0, 6.0, 12.0, log(4.0), log(7.0), log(13.0), EDGES)
RANGES = tuple(replace(PART, y_middle=2.0 + part / 100.0) for part in range(8))
ROUNDED = 10**-SCORE_DIGITS / 2 + 1e-9
MONTH = RULES[Promise.MONTH]


def random_days(number: int, seed: int = 1) -> list[DaySummary]:
    """Return days of whole-number levels, some of them with parts that were hardly observed."""
    chance = np.random.default_rng(seed)
    days = []
    for day in range(number):
        levels = np.round(np.expm1(1.5 + 0.8 * chance.random((8, 12)))).tolist()
        slots = [1 if chance.random() < 0.1 else 3 for _ in range(8)]
        parts = [dict.fromkeys(part, each) for part, each in zip(levels, slots, strict=True)]
        days.append(a_day(MONDAY + day, parts))
    return days


def befores_by_hand(days: Sequence[DaySummary]) -> list[list[float]]:
    """Return the level before each part of each day, from one long row of parts."""
    first = days[0].day
    row: list[list[int]] = [[0] * CELLS for _ in range(8 * (days[-1].day - first + 1))]
    for day in days:
        start = 8 * (day.day - first)
        row[start : start + 8] = [list(part) for part in decode_counts(day.histogram)]
    return [
        [
            by_hand.level_before(8 * (day.day - first) + part, row, RANGES[part].y_middle)
            for part in range(8)
        ]
        for day in days
    ]


def floored(befores: Sequence[Sequence[float]]) -> list[list[float]]:
    lowest = np.quantile(np.array(befores), 0.25, axis=0)
    return [
        [max(concentration, floor) for concentration, floor in zip(day, lowest, strict=True)]
        for day in befores
    ]


def before_parts(days: Sequence[DaySummary], reference: Sequence[DaySummary]) -> Array:
    return levels_before(days, day_counts(days), reference, RANGES)


def test_the_level_before_a_part_is_the_median_of_the_previous_six_hours() -> None:
    days = random_days(12)
    del days[5]
    assert before_parts(days, days) == pytest.approx(np.array(befores_by_hand(days)))
    assert before_parts(days, days[4:]) == pytest.approx(np.array(befores_by_hand(days)[4:]))
    assert before_parts(days, []).shape == (0, 8)


def test_with_too_little_observed_before_a_part_the_middle_of_the_range_is_used() -> None:
    after_night = a_day(MONDAY, [{8.0: 11}, {8.0: 12}, {8.0: 13}, *[{8.0: 36}] * 5])
    (found,) = before_parts([after_night], [after_night])
    assert found[0] == RANGES[0].y_middle, "nothing before it"
    assert found[2] == RANGES[2].y_middle, "23 slots of 72"
    assert found[3] == pytest.approx(log1p(8.0), abs=0.06)


@pytest.mark.parametrize("part", range(8))
def test_the_level_before_a_part_of_today_is_computed_as_for_past_days(part: int) -> None:
    yesterday, today = random_days(2, seed=5)
    expected = before_parts([yesterday, today], [today])[0, part]
    counts = decode_counts(today.histogram)
    for later in range(part, 8):
        counts[later] = bytearray(CELLS)
    assert levels_before_today([part], counts, yesterday, RANGES) == [pytest.approx(expected)]


def test_without_yesterday_the_first_part_is_compared_with_the_middle_of_its_range() -> None:
    counts = decode_counts(a_day(MONDAY).histogram)
    first, second = levels_before_today([0, 1], counts, None, RANGES)
    assert first == RANGES[0].y_middle
    assert second == pytest.approx(log1p(8.0), abs=0.06)


@pytest.mark.parametrize("number", [2, 12, 34, 69])
def test_each_day_is_scored_against_all_others(number: int) -> None:
    days = random_days(number, seed=number)
    befores = befores_by_hand(days)
    expected = by_hand.scores(
        [by_hand.rises(day, before) for day, before in zip(days, floored(befores), strict=True)]
    )
    found = alert_threshold(days, np.array(befores), MONTH)
    assert found.scores == pytest.approx(expected, abs=ROUNDED)


def test_a_day_does_not_hide_itself() -> None:
    """However high a day is, its own height does not widen what it is compared with."""
    found = []
    for peak in (100.0, 900.0):
        days = [a_day(MONDAY + day, {8.0: 30, 10.0 + day % 3: 6}) for day in range(20)]
        days[10] = a_day(MONDAY + 10, [{8.0: 30, peak: 6}, *[{8.0: 36}] * 7])
        found.append(alert_threshold(days, np.full((20, 8), 2.0), MONTH).scores[10])
    spread = (log1p(900.0) - log1p(100.0)) / (found[1] - found[0])
    assert spread <= 0.2


def test_event_days_are_scored_but_do_not_set_the_threshold() -> None:
    days = random_days(40)
    befores = befores_by_hand(days)
    raised = [
        by_hand.rises(day, before) for day, before in zip(days, floored(befores), strict=True)
    ]
    alerts = {MONDAY + 3, MONDAY + 17}
    places = [day - MONDAY for day in alerts]
    found = alert_threshold(days, np.array(befores), MONTH, events=alerts)
    ordinary = [rise for place, rise in enumerate(raised) if place not in places]
    centre, spread = zip(*by_hand.pooled(ordinary), strict=True)
    assert found.centre == pytest.approx(centre)
    assert found.spread == pytest.approx(spread)
    expected = by_hand.scores(raised, places)
    assert found.scores == pytest.approx(expected, abs=ROUNDED)
    left = [score for place, score in enumerate(expected) if place not in places]
    assert found.rank_score == pytest.approx(max(left), abs=ROUNDED)


def test_too_many_event_days_leave_no_threshold() -> None:
    days, before = random_days(35), np.full((35, 8), 2.0)
    one, two = ({MONDAY + day for day in range(number)} for number in (1, 2))
    assert alert_threshold(days, before, MONTH, events=one).rank_score is not None
    assert alert_threshold(days, before, MONTH, events=two).rank_score is None
    every = {summary.day for summary in days}
    assert alert_threshold(days, before, MONTH, events=every) == AlertThreshold()
    assert tuple(alert_threshold(days[:2], before[:2], MONTH, events={MONDAY}).scores) == (0.0, 0.0)


def test_an_event_does_not_hide_the_next_one_of_its_kind() -> None:
    """Uncorrected, it raises the margin for a while; the rank score stays."""
    days = random_days(40)
    plume = a_day(MONDAY + 20, [{8.0: 30, 900.0: 6}, *[{8.0: 36}] * 7])
    befores = np.full((40, 8), 2.0)
    quiet = alert_threshold(days, befores, MONTH)
    days[20] = plume
    hidden = alert_threshold(days, befores, MONTH)
    known = alert_threshold(days, befores, MONTH, events={plume.day})
    levels = [
        threshold.concentration_at(threshold.rank_score or 0.0, 0)
        for threshold in (quiet, hidden, known)
    ]
    assert levels[2] == pytest.approx(levels[0], rel=0.1)
    assert levels[1] > 2.0 * levels[0]


def test_the_threshold_for_today_is_fitted_to_all_reference_days() -> None:
    days = random_days(40)
    befores = befores_by_hand(days)
    raised = [
        by_hand.rises(day, before) for day, before in zip(days, floored(befores), strict=True)
    ]
    found = alert_threshold(days, np.array(befores), MONTH, 0.25)
    centre, spread = zip(*by_hand.pooled(raised), strict=True)
    assert found.centre == pytest.approx(centre)
    assert found.spread == pytest.approx(spread)
    assert found.before == pytest.approx(np.median(floored(befores), axis=0))
    assert found.floor == pytest.approx(np.quantile(befores, 0.25, axis=0))
    assert found.margin == 0.25
    assert found.rank_score is not None
    assert found.score == found.rank_score + 0.25


@pytest.mark.parametrize("promise", Promise)
def test_the_threshold_is_the_kth_highest_of_enough_days(promise: Promise) -> None:
    rule = RULES[promise]
    days = random_days(89)
    before = np.array(befores_by_hand(days))
    few = slice(89 - rule.needed_days + 1, 89)
    assert alert_threshold(days[few], before[few], rule).score is None
    for number in (rule.needed_days, rule.window):
        found = alert_threshold(days[-number:], before[-number:], rule)
        assert found.rank_score is not None
        rank = (number + 1) // rule.rank_days
        assert sorted(found.scores)[-rank] == found.rank_score
        lower = sum(score < found.rank_score for score in found.scores)
        assert found.beaten(found.rank_score) == lower


def test_without_reference_days_there_is_no_threshold() -> None:
    assert alert_threshold([], np.zeros((0, 8)), MONTH) == AlertThreshold()
    assert list(alert_threshold([a_day(MONDAY)], np.zeros((1, 8)), MONTH).scores) == [0.0]


@pytest.mark.parametrize(("number", "is_known"), [(12, False), (13, True)])
def test_notable_is_above_the_second_highest_of_thirteen_days(
    number: int, *, is_known: bool
) -> None:
    days = random_days(number)
    found = alert_threshold(days, np.array(befores_by_hand(days)), MONTH)
    assert found.notable == (sorted(found.scores[-13:])[-2] if is_known else None)


def test_a_level_beats_the_days_that_stayed_below_it() -> None:
    assert AlertThreshold((0.1, 0.5, 0.5, 2.0)).beaten(0.5) == 1


thresholds = st.builds(
    AlertThreshold,
    centre=st.tuples(*[st.floats(0.0, 4.0)] * 8),
    spread=st.tuples(*[st.floats(0.15, 2.0)] * 8),
    before=st.tuples(*[st.floats(0.0, 6.0)] * 8),
)


@given(threshold=thresholds, concentration=st.floats(0.0, 2000.0), part=st.integers(0, 7))
@repeatable
def test_a_score_and_its_level_match(
    threshold: AlertThreshold, concentration: float, part: int
) -> None:
    score = threshold.score_of(concentration, part)
    expected = (
        log1p(concentration) - 0.5 * threshold.before[part] - threshold.centre[part]
    ) / threshold.spread[part]
    assert score == pytest.approx(expected)
    assert threshold.concentration_at(score, part) == pytest.approx(concentration, abs=1e-9)


@given(threshold=thresholds, concentration=st.floats(0.0, 6.0), part=st.integers(0, 7))
@repeatable
def test_air_that_was_high_before_must_rise_from_there(
    threshold: AlertThreshold, concentration: float, part: int
) -> None:
    after = threshold.after({part: concentration})
    assert after.before[part] == concentration
    assert after.before[:part] + after.before[part + 1 :] == (
        threshold.before[:part] + threshold.before[part + 1 :]
    )
    assert (after.concentration_at(1.0, part) >= threshold.concentration_at(1.0, part)) is (
        concentration >= threshold.before[part]
        or after.concentration_at(1.0, part) == threshold.concentration_at(1.0, part)
    )


def test_air_that_was_unusually_clean_counts_as_at_the_lower_quartile() -> None:
    threshold = AlertThreshold(floor=(1.5,) * 8)
    assert threshold.after({2: 0.3}).before[2] == 1.5
    assert threshold.after({2: 1.6}).before[2] == 1.6


FLAT = AlertThreshold(rank_score=1.0, margin=1.0, notable=1.5, centre=(2.0,) * 8, spread=(0.5,) * 8)


def test_an_alert_level_is_that_of_the_threshold_with_its_margin() -> None:
    assert alert_levels(FLAT, RANGES, 2.0, {}) == pytest.approx((expm1(3.0),) * 8)
    assert alert_levels(AlertThreshold(), RANGES, 2.0, {0: 99.0}) == (None,) * 8


@pytest.mark.parametrize("noticeable", [2.0, 8.0, 10.0, 45.0])
def test_a_rise_that_is_too_small_to_matter_raises_no_alert(noticeable: float) -> None:
    low = replace(FLAT, rank_score=-9.0)
    assert alert_levels(low, RANGES, noticeable, {}) == pytest.approx((12.0 + noticeable,) * 8)


def test_a_raised_alert_level_applies_in_its_part_and_only_upwards() -> None:
    found = alert_levels(FLAT, RANGES, 2.0, {3: 69.0, 4: 1.0})
    assert found[3] == 69.0
    assert found[:3] + found[4:] == pytest.approx((expm1(3.0),) * 7)


def test_notable_levels_follow_their_score_but_are_never_below_the_range() -> None:
    assert notable_levels(FLAT, RANGES) == pytest.approx((expm1(2.75),) * 8)
    assert notable_levels(replace(FLAT, notable=-9.0), RANGES) == (12.0,) * 8
    assert notable_levels(AlertThreshold(), RANGES) == (None,) * 8


def an_alert(day: int) -> Episode:
    return Episode(
        id=1000 * day,
        day=MONDAY + day,
        part=5,
        opened_level=60.0,
        alert_level=50.0,
        high=20.0,
        beaten=34,
        compared=34,
        peak=60.0,
    )


def diary(alerts: Sequence[bool], *corrections: Correction) -> Ledger:
    """Return a ledger of days on which an alert was possible, and given where `alerts` says so."""
    days = [a_day(MONDAY + day, eligible=True) for day in range(len(alerts))]
    episodes = tuple(an_alert(day) for day, alert in enumerate(alerts) if alert)
    entries = [an_entry(correction, number) for number, correction in enumerate(corrections, 1)]
    return a_ledger(days, episodes=episodes, entries=tuple(entries))


@given(promise=st.sampled_from(Promise), alerts=st.lists(st.booleans(), max_size=80))
@repeatable
def test_the_margin_grows_with_alerts_and_shrinks_with_every_day(
    promise: Promise, alerts: list[bool]
) -> None:
    rule = RULES[promise]
    found = margin(diary(alerts), MONDAY + len(alerts), rule)
    assert found == pytest.approx(by_hand.margin(alerts, rule.gain, rule.days))
    assert -0.5 <= found <= 6.0


def test_the_margin_is_clamped() -> None:
    assert margin(diary([False] * 80), MONDAY + 80, MONTH) == -0.5
    assert margin(diary([True] * 20), MONDAY + 20, MONTH) == 6.0


def test_an_alert_of_today_counts_at_once() -> None:
    ledger = diary([False] * 3)
    before = margin(ledger, MONDAY + 3, MONTH)
    after = margin(ledger.with_episode(an_alert(3)), MONDAY + 3, MONTH)
    assert after - before == pytest.approx(MONTH.gain * (1.0 - 1.0 / 35))


@pytest.mark.parametrize(
    "correction",
    [
        EpisodeReal(episode=an_alert(2).id, day=MONDAY + 2, parts=1),
        EpisodeNormal(episode=an_alert(2).id, parts=1, alert_level=69.0, until_day=MONDAY + 62),
    ],
)
def test_a_corrected_alert_does_not_raise_the_threshold(correction: Correction) -> None:
    alerts = [False, False, True, False]
    assert margin(diary(alerts, correction), MONDAY + 4, MONTH) == pytest.approx(
        by_hand.margin([False] * 4, MONTH.gain, 35)
    )


def test_an_alert_on_a_day_that_the_user_excluded_does_not_raise_the_threshold() -> None:
    out = exclude_days([MONDAY + 2]).corrections
    aside = ChangePassed(from_day=MONDAY + 2, to_day=MONDAY + 2)
    alerts = [False, False, True, False]
    assert margin(diary(alerts, *out), MONDAY + 4, MONTH) < 0.0
    assert margin(diary(alerts, aside), MONDAY + 4, MONTH) > 0.5, "set aside is not corrected"


def test_an_uncorrected_alert_counts_as_an_event_after_two_weeks() -> None:
    real = EpisodeReal(episode=an_alert(2).id, day=MONDAY + 2, parts=1)
    ledger = diary([day in (0, 2, 5, 6) for day in range(20)], real)
    assert event_days(ledger, MONDAY + 14) == set()
    assert event_days(ledger, MONDAY + 20) == {MONDAY, MONDAY + 5}
    assert event_days(ledger, MONDAY + 21) == {MONDAY, MONDAY + 5, MONDAY + 6}


def test_the_margin_restarts_after_a_change() -> None:
    change = report_change(MONDAY + 3, MONDAY + 3).corrections
    assert margin(diary([True] * 3 + [False] * 2, *change), MONDAY + 5, MONTH) == pytest.approx(
        by_hand.margin([False] * 2, MONTH.gain, 35)
    )


def test_days_on_which_no_alert_was_possible_do_not_lower_the_margin() -> None:
    ledger = a_ledger(a_day(MONDAY + day, eligible=day < 2) for day in range(9))
    assert margin(ledger, MONDAY + 9, MONTH) == pytest.approx(MONTH.gain * -2.0 / 35)
