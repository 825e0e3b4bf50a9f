"""Forecasts of two weeks are scored once, by the days that count, and only when they are over."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.learning.forecast_record import (
    ForecastRecord,
    forecast_record,
)
from custom_components.air_baseline.core.ledger.correction import exclude_days
from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.ledger.entries import ChangeReported, Reset
from custom_components.air_baseline.core.ledger.ledger import Ledger
from tests.core.rooms import MONDAY, a_day, a_ledger, an_entry

FIRST = MONDAY + (1 - MONDAY) % 14  # A Monday on which two weeks begin.
SAID = (71, 87)


def days(
    number: int, coverage: float | None = 0.8, first: int = FIRST, **given: Any
) -> list[DaySummary]:
    given = {"next_14_days": SAID, "state": LearningState.LEARNED} | given
    return [a_day(first + place, coverage=coverage, **given) for place in range(number)]


def record(known: Iterable[DaySummary], today: int, **given: Any) -> tuple[int, int]:
    """Return how many forecasts were scored, and how many of these were kept."""
    ledger = a_ledger(known, **given)
    return scored_and_kept(ledger, dict(ledger.coverages()), today)


def scored_and_kept(ledger: Ledger, coverages: Mapping[int, float], today: int) -> tuple[int, int]:
    found = forecast_record(ledger, coverages, today)
    return found.scored, found.kept


def test_without_days_nothing_is_scored() -> None:
    assert forecast_record(Ledger(), {}, FIRST) == ForecastRecord(0, 0)


def test_what_was_worked_out_before_the_range_was_learned_was_not_said() -> None:
    assert record(days(14), FIRST + 14) == (1, 1)
    assert record(days(14, state=LearningState.PROVISIONAL), FIRST + 14) == (0, 0)


def test_two_weeks_are_scored_once_they_are_over() -> None:
    assert record(days(13), FIRST + 13) == (0, 0)
    assert record(days(14), FIRST + 13) == (0, 0)
    assert record(days(14), FIRST + 14) == (1, 1)


def test_no_day_counts_twice_and_a_result_stays() -> None:
    """Of 90 kept days, at most 6 begin two weeks that are over."""
    known = [*days(14), *days(14, 0.5, FIRST + 14), *days(62, 0.8, FIRST + 28)]
    results = [record(known[: day + 1], FIRST + day + 1) for day in range(90)]
    assert results == [(day // 14, day // 14 - (day >= 28)) for day in range(1, 91)]


@pytest.mark.parametrize(
    ("coverage", "kept"), [(0.7, 0), (0.7099, 0), (0.71, 1), (0.87, 1), (0.8701, 0), (1.0, 0)]
)
def test_a_forecast_is_kept_if_the_mean_lies_inside_it(coverage: float, kept: int) -> None:
    assert record(days(14, coverage), FIRST + 14) == (1, kept)


def test_days_may_lie_outside_as_long_as_their_mean_does_not() -> None:
    known = [*days(7, 0.6), *days(7, 1.0, FIRST + 7)]
    assert record(known, FIRST + 14) == (1, 1)


@pytest.mark.parametrize(("scored", "counts"), [(9, 0), (10, 1)])
def test_two_weeks_with_few_scored_days_are_not_scored(scored: int, counts: int) -> None:
    known = [*days(14 - scored, None), *days(scored, 0.8, FIRST + 14 - scored)]
    assert record(known, FIRST + 14) == (counts, counts)


def test_a_day_without_a_forecast_begins_no_two_weeks_that_are_scored() -> None:
    known = [*days(14, next_14_days=None), *days(14, 0.8, FIRST + 14)]
    assert record(known, FIRST + 28) == (1, 1)


def test_what_was_said_before_a_change_is_not_scored_by_the_days_after_it() -> None:
    moved = ChangeReported(from_day=FIRST + 2, found_day=FIRST + 2, weight=0.25)
    known = days(28)
    assert record(known, FIRST + 28) == (2, 2)
    assert record(known, FIRST + 28, entries=(an_entry(moved),)) == (1, 1)
    start = Reset(from_day=FIRST + 15)
    assert record(known, FIRST + 28, entries=(an_entry(start),)) == (0, 0)


def test_excluded_days_do_not_count() -> None:
    (spans,) = exclude_days(range(FIRST, FIRST + 5)).corrections
    assert record(days(14), FIRST + 14, entries=(an_entry(spans),)) == (0, 0)


def test_what_was_said_under_a_correction_that_was_undone_is_not_scored() -> None:
    known = [*days(1, head=7), *days(13, 0.8, FIRST + 1)]
    assert record(known, FIRST + 14) == (0, 0)
