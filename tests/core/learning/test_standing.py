"""Each learning state on both sides of every boundary, and confidence beside scipy."""

from collections.abc import Iterable
from dataclasses import replace
from math import sqrt
from statistics import pvariance
from typing import Any

from hypothesis import given, strategies as st
import pytest
from scipy.stats import norm

from custom_components.air_baseline.core.codes import LearningState, Missing
from custom_components.air_baseline.core.day import is_weekend
from custom_components.air_baseline.core.learning.confidence import confidence, wander
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
from tests.core import by_hand
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
    """Return only the last so many of the weekend days and of the week days."""
    ends = [summary for summary in days if is_weekend(summary.day)][-weekend:]
    others = [summary for summary in days if not is_weekend(summary.day)][-week:]
    return sorted([*ends, *others], key=lambda summary: summary.day)


def without_part(days: list[DaySummary], kept: int) -> list[DaySummary]:
    """Return the days, of which only the last so many have the night."""
    short = [
        a_day(summary.day, [{8.0: 36}] * 7 + [{}], coverage=summary.coverage) for summary in days
    ]
    return [*short[: len(days) - kept], *days[len(days) - kept :]]


def marked(days: list[DaySummary], coverages: list[float]) -> list[DaySummary]:
    """Return the days, of which only the last ones have these marks."""
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
def test_a_first_picture_takes_a_week_with_a_weekend_and_each_part_four_times(
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
        (marked(full(21), [0.8] * 13), PROVISIONAL),
        (marked(full(21), [0.8] * 14), LEARNED),
        (marked(full(30), [0.9] * 16 + [0.69] * 14), PROVISIONAL),
        (marked(full(30), [0.2] * 16 + [0.70] * 14), LEARNED),
        (marked(full(30), [0.4] * 7 + [0.98] * 7), PROVISIONAL),
        (full(41, origin=DayOrigin.HOURLY), PROVISIONAL),
        (full(60, state=LEARNED, origin=DayOrigin.HOURLY, coverage=None), PROVISIONAL),
    ],
)
def test_learned_takes_each_of_its_conditions(days: list[DaySummary], state: LearningState) -> None:
    assert known(days).state is state


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (marked(full(40, state=LEARNED), [0.60] * 14), LEARNED),
        (marked(full(40, state=LEARNED), [0.59] * 14), PROVISIONAL),
        (marked(full(40, state=PROVISIONAL), [0.69] * 14), PROVISIONAL),
        (full(14, state=LEARNED), LEARNED),
        (full(13, state=LEARNED), PROVISIONAL),
        (full(14, state=LEARNED, coverage=None), PROVISIONAL),
        ([*full(30, state=LEARNED)[:-1], *full(1, state=PROVISIONAL, coverage=0.6)], LEARNED),
        ([*full(20, state=LEARNED)[:-1], *full(1, state=PROVISIONAL, coverage=0.6)], PROVISIONAL),
    ],
)
def test_what_was_learned_stays_so_for_less_than_it_took(
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


def test_what_was_never_shown_does_not_become_stale() -> None:
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
def test_changing_ends_after_fourteen_marks_since_the_change(
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
    told = known(days, found(days_ago))
    assert told.state is state
    assert told.since == (None if state is LEARNED else found_on - 7)


def test_a_change_that_was_trusted_again_is_not_doubted_twice() -> None:
    days = marked(full(60, state=LEARNED), [0.9] * 20 + [0.62] * 14)
    assert known(days, found(40)).state is LEARNED


def test_a_change_before_a_reset_is_no_longer_a_doubt() -> None:
    reset = an_entry(Reset(from_day=TODAY - 3), 2)
    told = known(full(60, state=LEARNED), found(5), reset)
    assert (told.state, told.since) == (COLLECTING, None)


def test_the_season_withdraws_a_change() -> None:
    season = an_entry(Season(), 2, replaces=1)
    days = full(60, state=LEARNED)[:-1] + full(1, state=LearningState.CHANGING)
    assert known(days, found(1)).state is LearningState.CHANGING
    assert known(days, found(1), season).state is LEARNED


@pytest.mark.parametrize(
    ("cause", "quota"), [(Cause.TOO_MANY_ALERTS, True), (Cause.LEVEL_SHIFT, False)]
)
def test_too_many_alerts_are_told_apart_from_a_shift(cause: Cause, *, quota: bool) -> None:
    told = known(full(40, state=LEARNED), found(0, cause))
    assert told.state is LearningState.CHANGING
    assert told.quota is quota


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
    assert dict(known(marked(full(30), [0.5] * 14)).missing) == {Missing.RECORD: 1}
    assert known(full(21)).missing == ()


def test_range_held_is_the_mean_mark_of_four_weeks() -> None:
    told = known(marked(full(40), [0.1, *[0.7] * 14, *[0.9] * 14]))
    assert told.coverage_28d == pytest.approx(0.8)
    assert told.recent_coverage == pytest.approx(0.9)
    assert told.scored_days == 29
    assert known([]).coverage_28d is None


def live_on(ledger: Ledger, limit: int) -> int | None:
    """Add complete, well-marked days until the state is learned and return that day."""
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
        (without_part(full(40), 2), ()),
        (marked(full(25), [0.8] * 3), ()),
        (marked(full(40), [0.5] * 14), ()),
        (full(30, origin=DayOrigin.HOURLY, coverage=None), ()),
        (full(60, state=LEARNED), (found(0),)),
        (full(60, state=LEARNED), (an_entry(Reset(from_day=TODAY)),)),
    ],
)
def test_the_earliest_day_is_that_of_a_life_of_complete_days(
    days: list[DaySummary], entries: tuple[Entry, ...]
) -> None:
    ledger = a_ledger(days, entries=entries)
    assert standing(ledger, TODAY).earliest == live_on(ledger, 60)


def test_no_earliest_day_is_told_once_learned() -> None:
    assert known(full(30)).earliest is None


@given(
    told=st.lists(st.tuples(st.integers(1, 90), st.floats(0.0, 1.0)), min_size=7, max_size=60),
    wandered=st.floats(0.05, 1.0),
)
@repeatable
def test_confidence_is_the_normal_probability_of_the_promised_band(
    told: list[tuple[int, float]], wandered: float
) -> None:
    told = sorted(told, reverse=True)
    pairs = [(2.0 ** (-age / 60.0), coverage) for age, coverage in told]
    total = sum(w for w, _ in pairs)
    own = sum(w * c for w, c in pairs) / total
    of_record = (sum(w * c for w, c in pairs) + 30.0 * 0.80) / (total + 30.0)
    of_dial = 0.80 + 0.5 * by_hand.dial([coverage for _, coverage in told])
    mean = of_record if abs(of_record - 0.80) >= abs(of_dial - 0.80) else of_dial
    squares = sum(w * (c - own) ** 2 for w, c in pairs)
    of_days = (squares + 60.0 * min(0.8 * wandered, 0.4) ** 2) / (total + 60.0)
    variance = of_days * (1.0 / (total + 30.0) + 1.0 / 14.0)
    expected = norm.cdf(0.90, mean, sqrt(variance)) - norm.cdf(0.70, mean, sqrt(variance))
    given_marks = [(float(age), coverage) for age, coverage in told]
    assert confidence(given_marks, wandered) == pytest.approx(expected)


@given(medians=st.lists(st.floats(0.0, 10.0), min_size=2, max_size=80), width=st.floats(0.1, 5.0))
@repeatable
def test_wander_is_the_spread_of_the_last_sixty_days_beside_two_usual_weeks(
    medians: list[float], width: float
) -> None:
    last = medians[-60:]
    pooled = (len(last) * pvariance(last) / width**2 + 14.0 * 0.3**2) / (len(last) + 14.0)
    assert wander(medians, width) == pytest.approx(sqrt(pooled))


def test_a_level_that_wanders_more_beside_its_range_gives_less_confidence() -> None:
    coverages = [(float(age), 0.8) for age in range(40, 0, -1)]
    told = [confidence(coverages, wandered) for wandered in (0.1, 0.2, 0.3, 0.5)]
    assert None not in told
    assert told == sorted(told, key=lambda one: -(one or 0.0))
    assert (told[0] or 0.0) > 0.95
    assert (told[-1] or 1.0) < 0.8


def test_a_week_of_unchanging_air_is_not_taken_for_certainty() -> None:
    week = [(float(age), 0.8) for age in range(7, 0, -1)]
    sure = confidence(week, wander([2.0] * 7, 1.0))
    assert sure is not None
    assert sure < 0.95


@pytest.mark.parametrize("order", [(0.6, 1.0), (1.0, 0.6)])
def test_confidence_is_less_where_the_same_marks_have_moved_the_dial(
    order: tuple[float, float],
) -> None:
    coverages = [(1.0, coverage) for coverage in order]
    at_rest = confidence(coverages * 13, 0.3)
    moved = confidence([pair for pair in coverages for _ in range(13)], 0.3)
    assert at_rest is not None
    assert moved is not None
    assert at_rest > 0.85
    assert moved < 0.85 * at_rest


def constant(days: int, coverage: float = 0.8) -> float | None:
    return confidence([(float(age), coverage) for age in range(days, 0, -1)], 0.3)


@pytest.mark.parametrize(("marks", "is_told"), [(6, False), (7, True)])
def test_confidence_is_not_told_before_seven_marks(marks: int, *, is_told: bool) -> None:
    assert (constant(marks) is not None) is is_told


@pytest.mark.parametrize("coverage", [0.3, 0.55, 1.0])
def test_confidence_falls_when_marks_miss_on_either_side(coverage: float) -> None:
    good, bad = constant(30), constant(30, coverage)
    assert good is not None
    assert bad is not None
    assert good > 0.9
    assert bad < 0.7 * good


def test_confidence_is_next_to_none_where_the_range_missed_for_two_months() -> None:
    missed = constant(60, 0.3)
    assert missed is not None
    assert missed < 0.1
