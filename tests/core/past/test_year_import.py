"""Days of before the ledger, from hourly means: what they hold, and where they end."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from math import nan

import pytest

from custom_components.air_baseline.core.codes import YearGap
from custom_components.air_baseline.core.day import PARTS, day_start
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin, day_counts
from custom_components.air_baseline.core.past.history_import import Row
from custom_components.air_baseline.core.past.year_import import earlier_days
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant, cell_index
from tests.core.rooms import LONDON, PM25

HOUR = 3600.0
BEFORE = date(2026, 9, 1).toordinal()
FIRST = BEFORE - 730
type Level = Callable[[int], float]


def hours(days: range, level: Level) -> Iterator[Row]:
    """Yield the hours of some days; `level` gives that of the hour since the first day."""
    start, end = day_start(days.start, LONDON), day_start(days.stop, LONDON)
    for number in range(int((end - start) / HOUR)):
        value = level(number)
        yield Row(start + number * HOUR, value, value)


def air(number: int) -> float:
    """Return a level that differs from hour to hour, between 2 and 12."""
    return 2.0 + (number * 7) % 11 / 1.1


def test_hourly_means_give_days_of_two_years_without_peaks() -> None:
    found = earlier_days([*hours(range(FIRST, BEFORE), air)], PM25, LONDON, FIRST, BEFORE)
    assert found.gap is None
    assert [day.day for day in found.days] == [*range(FIRST, BEFORE)]
    assert {day.origin for day in found.days} == {DayOrigin.HOURLY}
    assert all(day.valid and day.usable == (1 << PARTS) - 1 for day in found.days)
    assert all(set(day.part_peaks) == {None} for day in found.days)
    assert all(not day.issued and day.coverage is None for day in found.days)
    counts = day_counts(found.days)
    assert counts[:, :, : cell_index(2.0)].sum() == 0
    assert counts[:, :, cell_index(12.0) + 1 :].sum() == 0


def test_the_hours_that_clocks_skip_or_repeat_are_in_their_parts() -> None:
    spring, autumn = date(2026, 3, 28).toordinal(), date(2025, 10, 25).toordinal()
    found = earlier_days([*hours(range(FIRST, BEFORE), air)], PM25, LONDON, FIRST, BEFORE)
    days = {day.day: day for day in found.days}
    assert sum(days[spring].slots) == 23 * 12 == day_counts([days[spring]]).sum()
    assert sum(days[autumn].slots) == 25 * 12 == day_counts([days[autumn]]).sum()


def test_nothing_reaches_into_the_ledger_or_behind_the_first_day() -> None:
    rows = [*hours(range(FIRST - 9, BEFORE + 9), air)]
    found = earlier_days(rows, PM25, LONDON, FIRST, BEFORE)
    assert (found.days[0].day, found.days[-1].day) == (FIRST, BEFORE - 1)
    assert all(day_counts([day]).sum() == sum(day.slots) for day in found.days)


def test_without_means_there_is_nothing() -> None:
    assert earlier_days([], PM25, LONDON, FIRST, BEFORE).gap is YearGap.NOT_KEPT
    later = [*hours(range(BEFORE, BEFORE + 9), air)]
    assert earlier_days(later, PM25, LONDON, FIRST, BEFORE).gap is YearGap.NOT_KEPT
    nothing = [*hours(range(FIRST, BEFORE), lambda _: nan)]
    assert earlier_days(nothing, PM25, LONDON, FIRST, BEFORE).gap is YearGap.NOT_KEPT


def test_means_above_the_span_are_refused() -> None:
    rows = [*hours(range(FIRST, BEFORE), lambda number: 1500.0 + number % 9)]
    found = earlier_days(rows, PM25, LONDON, FIRST, BEFORE)
    assert (found.days, found.gap) == ((), YearGap.IMPLAUSIBLE)


@pytest.mark.parametrize("factor", [0.001, 1000.0])
@pytest.mark.parametrize("pollutant", [Pollutant.PM25, Pollutant.VOC_RATIO])
@pytest.mark.parametrize("changed", [BEFORE - 400, BEFORE - 31, FIRST + 20])
def test_days_in_another_unit_end_the_year(
    factor: float, pollutant: Pollutant, changed: int
) -> None:
    rows = [
        *hours(range(FIRST, changed), lambda number: air(number) * factor),
        *hours(range(changed, BEFORE), air),
    ]
    found = earlier_days(rows, POLLUTANTS[pollutant], LONDON, FIRST, BEFORE)
    assert found.gap is YearGap.UNIT_CHANGED
    assert [day.day for day in found.days] == [*range(changed, BEFORE)]


def test_two_changes_of_the_unit_leave_the_days_after_the_last_one() -> None:
    changes = (FIRST, BEFORE - 500, BEFORE - 100, BEFORE)
    rows: list[Row] = []
    for first, until, factor in zip(changes, changes[1:], (1.0, 0.001, 1.0), strict=False):
        days = range(first, until)
        rows += [Row(row.start, row.mean * factor, row.low) for row in hours(days, air)]
    found = earlier_days(rows, PM25, LONDON, FIRST, BEFORE)
    assert (found.gap, found.days[0].day) == (YearGap.UNIT_CHANGED, BEFORE - 100)


def test_a_year_of_smoke_clean_months_and_gaps_is_no_other_unit() -> None:
    def level(number: int) -> float:
        day = number // 24
        if 100 <= day < 130:
            return 140.0 + number % 20  # A fire nearby.
        if 300 <= day < 360:
            return 1.0 if number % 24 == 19 else 0.0  # A sensor of whole numbers, in clean air.
        return nan if 400 <= day < 520 else air(number)

    found = earlier_days([*hours(range(FIRST, BEFORE), level)], PM25, LONDON, FIRST, BEFORE)
    assert found.gap is None
    assert len(found.days) >= 730 - 120 - 60


def test_a_value_that_was_stuck_for_weeks_is_left_out() -> None:
    stuck = range(FIRST + 200, FIRST + 260)

    def level(number: int) -> float:
        return 9.3 if number // 24 + FIRST in stuck else air(number)

    found = earlier_days([*hours(range(FIRST, BEFORE), level)], PM25, LONDON, FIRST, BEFORE)
    days = {day.day for day in found.days}
    assert not days & set(stuck)
    assert len(days) == 730 - len(stuck)


def test_means_in_any_order_and_given_twice_count_once() -> None:
    rows = [*hours(range(FIRST, FIRST + 40), air)]
    mixed = [*rows[::-1], *rows]
    first = earlier_days(rows, PM25, LONDON, FIRST, BEFORE)
    assert earlier_days(mixed, PM25, LONDON, FIRST, BEFORE) == first
    assert timedelta(days=len(first.days)) == timedelta(days=40)
