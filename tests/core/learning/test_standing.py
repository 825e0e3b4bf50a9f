"""Each learning state on both sides of every boundary, and confidence compared with scipy."""

from collections.abc import Iterable
from dataclasses import replace
from math import sqrt
from typing import Any

from hypothesis import given, strategies as st
import numpy as np
import pytest
from scipy.stats import norm

from custom_components.air_baseline.core.codes import LearningState, Missing
from custom_components.air_baseline.core.day import is_weekend
from custom_components.air_baseline.core.learning.confidence import CoverageAhead, coverage_ahead
from custom_components.air_baseline.core.learning.standing import Standing, standing
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin, DaySummary
from custom_components.air_baseline.core.ledger.entries import (
    Cause,
    ChangeReported,
    ChangeSuspected,
    Entry,
    Reset,
    Season,
)
from custom_components.air_baseline.core.ledger.ledger import Ledger
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY, a_day, a_ledger, an_entry

COLLECTING, PROVISIONAL, LEARNED = (
    LearningState.COLLECTING,
    LearningState.PROVISIONAL,
    LearningState.LEARNED,
)
TODAY = MONDAY + 70  # A Monday.


def ago(*days: int, **given: Any) -> list[DaySummary]:
    return [a_day(TODAY - back, **given) for back in sorted(days, reverse=True)]


def full(days: int, **given: Any) -> list[DaySummary]:
    return ago(*range(1, days + 1), **{"coverage": 0.8} | given)


def known(days: Iterable[DaySummary], *entries: Entry) -> Standing:
    return standing(a_ledger(days, entries=entries), TODAY)


def some(days: list[DaySummary], *, weekend: int, week: int) -> list[DaySummary]:
    """Return only the last `weekend` weekend days and the last `week` weekdays."""
    ends = [summary for summary in days if is_weekend(summary.day)][-weekend:]
    others = [summary for summary in days if not is_weekend(summary.day)][-week:]
    return sorted([*ends, *others], key=lambda summary: summary.day)


def without_part(days: list[DaySummary], kept: int) -> list[DaySummary]:
    """Return the days; only the last `kept` of them have the night."""
    short = [
        a_day(summary.day, [{8.0: 36}] * 7 + [{}], coverage=summary.coverage) for summary in days
    ]
    return [*short[: len(days) - kept], *days[len(days) - kept :]]


def scored(days: list[DaySummary], coverages: list[float]) -> list[DaySummary]:
    """Return the days; only the last ones have coverages."""
    first = len(days) - len(coverages)
    late = [
        replace(day, coverage=coverage)
        for day, coverage in zip(days[first:], coverages, strict=True)
    ]
    return [*(replace(day, coverage=None) for day in days[:first]), *late]


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ([], COLLECTING),
        (full(6), COLLECTING),
        (full(7), PROVISIONAL),
        (ago(*range(3, 8), 10, 11), COLLECTING),
        (ago(*range(3, 8), 9, 10), PROVISIONAL),
        (without_part(full(7), 3), COLLECTING),
        (without_part(full(7), 4), PROVISIONAL),
        (ago(*range(1, 7), 60), PROVISIONAL),
        (ago(*range(1, 7), 61), COLLECTING),
        (full(13, origin=DayOrigin.HOURLY), COLLECTING),
        (full(14, origin=DayOrigin.HOURLY), PROVISIONAL),
        ([a_day(TODAY - 7, {8.0: 21}), *full(6)], COLLECTING),
        ([a_day(TODAY - 7, {8.0: 22}), *full(6)], PROVISIONAL),
    ],
)
def test_provisional_takes_a_week_with_a_weekend_and_each_part_four_times(
    days: list[DaySummary], state: LearningState
) -> None:
    assert known(sorted(days, key=lambda summary: summary.day)).state is state


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (full(20), PROVISIONAL),
        (full(21), LEARNED),
        (some(full(60), weekend=3, week=30), PROVISIONAL),
        (some(full(60), weekend=4, week=30), LEARNED),
        (some(full(60), weekend=16, week=7), PROVISIONAL),
        (some(full(60), weekend=16, week=8), LEARNED),
        (without_part(full(21), 13), PROVISIONAL),
        (without_part(full(21), 14), LEARNED),
        (scored(full(21), [0.8] * 13), PROVISIONAL),
        (scored(full(21), [0.8] * 14), LEARNED),
        (scored(full(30), [0.9] * 16 + [0.69] * 14), PROVISIONAL),
        (scored(full(30), [0.2] * 16 + [0.70] * 14), LEARNED),
        (scored(full(30), [0.4] * 7 + [0.98] * 7), PROVISIONAL),
        (full(41, origin=DayOrigin.HOURLY), PROVISIONAL),
        (full(60, state=LEARNED, origin=DayOrigin.HOURLY, coverage=None), PROVISIONAL),
    ],
)
def test_learned_requires_each_of_its_conditions(
    days: list[DaySummary], state: LearningState
) -> None:
    assert known(days).state is state


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (scored(full(40, state=LEARNED), [0.60] * 14), LEARNED),
        (scored(full(40, state=LEARNED), [0.59] * 14), PROVISIONAL),
        (scored(full(40, state=PROVISIONAL), [0.69] * 14), PROVISIONAL),
        (full(14, state=LEARNED), LEARNED),
        (full(13, state=LEARNED), PROVISIONAL),
        (full(14, state=LEARNED, coverage=None), PROVISIONAL),
        ([*full(30, state=LEARNED)[:-1], *full(1, state=PROVISIONAL, coverage=0.6)], LEARNED),
        ([*full(20, state=LEARNED)[:-1], *full(1, state=PROVISIONAL, coverage=0.6)], PROVISIONAL),
    ],
)
def test_what_was_learned_stays_so_on_weaker_conditions(
    days: list[DaySummary], state: LearningState
) -> None:
    assert known(days).state is state


def test_what_was_learned_before_a_change_does_not_stay_learned() -> None:
    change = an_entry(ChangeReported(from_day=TODAY, found_day=TODAY, weight=0.25))
    assert known(full(16, state=LEARNED)).state is LEARNED
    assert known(full(16, state=LEARNED), change).state is LearningState.CHANGING


def test_what_was_learned_under_a_correction_that_was_undone_does_not_count() -> None:
    days = [*full(30, state=LEARNED)[:16], *ago(*range(1, 15), state=LEARNED, coverage=0.8, head=5)]
    assert known(days).state is LEARNED, "by its earlier days"
    assert known(days).scored_days == 16


@pytest.mark.parametrize(("recent", "state"), [(4, LearningState.STALE), (5, LEARNED)])
def test_stale_is_fewer_than_five_usable_days_in_fourteen(
    recent: int, state: LearningState
) -> None:
    days = ago(*range(15, 50), *range(10, 10 + recent), state=LEARNED, coverage=0.8)
    assert known(days).state is state


def test_what_was_never_provisional_does_not_become_stale() -> None:
    assert known(ago(20, 21, 22)).state is COLLECTING


def found(days_ago: int, cause: Cause = Cause.LEVEL_SHIFT, number: int = 1) -> Entry:
    """Return a change that was found a week after it began, at the start of that day."""
    day = TODAY - days_ago
    change = ChangeSuspected(from_day=day - 7, found_day=day, weight=0.25, cause=cause)
    return an_entry(change, number)


@pytest.mark.parametrize(
    ("days_ago", "coverage", "state"),
    [
        (6, 0.8, LearningState.CHANGING),
        (7, 0.8, LEARNED),
        (7, 0.69, LearningState.CHANGING),
        (30, 0.69, LearningState.CHANGING),
    ],
)
def test_changing_ends_after_fourteen_scored_days_since_the_change(
    days_ago: int, coverage: float, state: LearningState
) -> None:
    found_on = TODAY - days_ago
    days = [
        a_day(
            TODAY - back,
            coverage=coverage,
            state=LEARNED if TODAY - back < found_on else LearningState.CHANGING,
        )
        for back in range(60, 0, -1)
    ]
    result = known(days, found(days_ago))
    assert result.state is state
    assert result.since == (None if state is LEARNED else found_on - 7)


def test_trust_regained_after_a_change_is_not_doubted_again() -> None:
    days = scored(full(60, state=LEARNED), [0.9] * 20 + [0.62] * 14)
    assert known(days, found(40)).state is LEARNED


def test_a_change_before_a_reset_no_longer_raises_doubt() -> None:
    reset = an_entry(Reset(from_day=TODAY - 3), 2)
    result = known(full(60, state=LEARNED), found(5), reset)
    assert (result.state, result.since) == (COLLECTING, None)


def test_the_season_withdraws_a_change() -> None:
    season = an_entry(Season(), 2, replaces=1)
    days = full(60, state=LEARNED)[:-1] + full(1, state=LearningState.CHANGING)
    assert known(days, found(1)).state is LearningState.CHANGING
    assert known(days, found(1), season).state is LEARNED


def test_stale_comes_before_changing() -> None:
    days = ago(*range(8, 50), coverage=0.8, state=LEARNED)
    assert known(days[:-5], found(1)).state is LearningState.STALE


def test_what_is_missing_is_counted() -> None:
    assert dict(known(ago(*range(1, 6), coverage=0.8)).missing) == {
        Missing.DAYS: 16,
        Missing.WEEKEND_DAYS: 2,
        Missing.WEEK_DAYS: 5,
        Missing.PARTS: 9,
        Missing.SCORED_DAYS: 9,
    }
    assert dict(known(full(1, origin=DayOrigin.HOURLY)).missing)[Missing.DAYS] == 21
    assert dict(known(scored(full(30), [0.5] * 14)).missing) == {Missing.RECORD: 1}
    assert known(full(21)).missing == ()


def test_coverage_28d_is_the_mean_coverage_of_four_weeks() -> None:
    result = known(scored(full(40), [0.1, *[0.7] * 14, *[0.9] * 14]))
    assert result.coverage_28d == pytest.approx(0.8)
    assert result.recent_coverage == pytest.approx(0.9)
    assert result.scored_days == 29
    assert known([]).coverage_28d is None
    few = [*ago(*range(40, 60), coverage=0.8), *ago(*range(1, 7), coverage=0.8)]
    assert known(few).coverage_28d is None, "six days are too few"
    assert known([*few, *ago(7, coverage=0.8)]).coverage_28d == pytest.approx(0.8)


def live_on(ledger: Ledger, limit: int) -> int | None:
    """Add complete days with good coverage until the state is learned; return that day."""
    for today in range(TODAY, TODAY + limit):
        state = standing(ledger, today).state
        if state is LEARNED:
            return today
        ledger = ledger.with_day(a_day(today, coverage=0.8, state=state, head=ledger.head))
    return None


@pytest.mark.parametrize(
    ("days", "entries"),
    [
        ([], ()),
        (full(5), ()),
        (full(20), ()),
        (ago(*range(45, 60), coverage=0.8), ()),
        (without_part(full(21), 10), ()),
        (scored(full(25), [0.8] * 3), ()),
        (scored(full(40), [0.5] * 14), ()),
        (full(30, origin=DayOrigin.HOURLY, coverage=None), ()),
        (full(60, state=LEARNED), (found(0),)),
        (full(60, state=LEARNED), (an_entry(Reset(from_day=TODAY)),)),
    ],
)
def test_the_earliest_day_is_the_one_that_complete_days_would_reach(
    days: list[DaySummary], entries: tuple[Entry, ...]
) -> None:
    ledger = a_ledger(days, entries=entries)
    assert standing(ledger, TODAY).earliest == live_on(ledger, 60)


def test_no_earliest_day_is_shown_once_learned() -> None:
    assert known(full(30)).earliest is None


def confidence(record: list[float]) -> float | None:
    ahead = coverage_ahead(record)
    return ahead.confidence if ahead else None


@given(record=st.lists(st.floats(0.0, 1.0), min_size=7, max_size=90))
@repeatable
def test_confidence_is_the_normal_probability_of_the_promised_band(record: list[float]) -> None:
    law = by_scipy(record)
    assert confidence(record) == pytest.approx(law.cdf(0.90) - law.cdf(0.70))


@given(record=st.lists(st.floats(0.0, 1.0), min_size=7, max_size=90))
@repeatable
def test_eight_in_ten_of_the_same_law_lie_in_the_interval(record: list[float]) -> None:
    ahead = coverage_ahead(record)
    assert ahead is not None
    low, high = (100.0 * edge for edge in by_scipy(record).interval(0.80))
    assert ahead.interval == pytest.approx((max(low, 0.0), min(high, 100.0)), abs=0.5 + 1e-3)
    assert 0 <= ahead.interval[0] <= ahead.interval[1] <= 100


def test_an_interval_lies_within_what_a_range_can_hold() -> None:
    assert CoverageAhead(1.02, 0.01).interval == (100, 100)
    assert CoverageAhead(-0.02, 0.01).interval == (0, 0)


def by_scipy(record: list[float]) -> Any:  # noqa: ANN401 - scipy has no type for it
    lasting = [0.0]
    for coverage in record:
        lasting.append(float(np.clip(lasting[-1] + 0.03 * (0.80 - coverage), -0.18, 0.18)))
    of_today = np.array(record) + lasting[-1] - np.array(lasting[:-1])
    number = len(record)
    mean = (of_today.sum() + 30.0 * 0.80) / (number + 30.0)
    squares = number * of_today.var() + 30.0 * 0.20**2
    return norm(mean, sqrt(squares / (number + 30.0) / 16.0))


def test_coverages_that_differ_more_from_day_to_day_give_less_confidence() -> None:
    confidences = [confidence([0.8 - far, 0.8 + far] * 20) or 0.0 for far in (0.0, 0.1, 0.3, 0.5)]
    assert confidences == sorted(confidences, reverse=True)
    assert confidences[0] > 0.95
    assert confidences[-1] < 0.8


def test_a_week_of_unchanging_coverage_is_not_taken_for_certainty() -> None:
    sure = confidence([0.8] * 7)
    assert sure is not None
    assert sure < 0.98


def constant(days: int, coverage: float = 0.8) -> float | None:
    return confidence([coverage] * days)


@pytest.mark.parametrize(("days", "is_shown"), [(6, False), (7, True)])
def test_confidence_is_not_shown_before_seven_scored_days(days: int, *, is_shown: bool) -> None:
    assert (constant(days) is not None) is is_shown


@pytest.mark.parametrize("coverage", [0.3, 0.55, 1.0])
def test_confidence_falls_when_coverage_misses_on_either_side(coverage: float) -> None:
    good, bad = constant(60), constant(60, coverage)
    assert good is not None
    assert bad is not None
    assert good > 0.9
    assert bad < 0.7 * good


def test_confidence_is_close_to_zero_after_the_range_missed_for_two_months() -> None:
    missed = constant(60, 0.3)
    assert missed is not None
    assert missed < 0.1
