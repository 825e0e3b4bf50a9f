"""A week adds its days up, each once."""

import pytest

from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import PARTS, WINDOW_DAYS
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin, DaySummary
from custom_components.air_baseline.core.pollutant import cell_index
from custom_components.air_baseline.core.year.week import Week, WeekOrigin, week_of
from tests.core.rooms import MONDAY, a_day

SATURDAY = MONDAY + 5


def a_week(*days: DaySummary, parts: int = 255) -> Week:
    week = Week(number=week_of(MONDAY))
    for day in days:
        week = week.with_day(day, parts)
    return week


def test_a_week_begins_on_monday() -> None:
    assert week_of(MONDAY - 1) + 1 == week_of(MONDAY) == week_of(MONDAY + 6)
    assert a_week().first_day == MONDAY


def test_days_are_added_up() -> None:
    week = a_week(a_day(MONDAY, {8.0: 30, 20.0: 6}), a_day(SATURDAY, {8.0: 36}))
    assert week.seen_days == [MONDAY, SATURDAY]
    assert (week.days, week.weekend_days, week.hours) == (2, 1, 48.0)
    assert all(part[cell_index(8.0)] == 66 for part in week.counts)
    assert all(part[cell_index(20.0)] == 6 for part in week.counts)


def test_a_day_is_added_once() -> None:
    week = a_week(a_day(MONDAY))
    assert week.with_day(a_day(MONDAY, {30.0: 36})) == week


def test_what_is_not_usable_or_excluded_stays_out() -> None:
    seen: list[dict[float, int]] = [{8.0: 36}, {8.0: 17}, *[{8.0: 36}] * 6]
    week = a_week(a_day(MONDAY, seen), parts=0b01111111)
    assert [int(part.sum()) for part in week.counts] == [36, 0, *[36] * 5, 0]
    assert [level is None for level in week.part_peaks[0]] == [False, True, *[False] * 5, True]
    assert a_week(a_day(MONDAY, {8.0: 17})).days == 0
    assert a_week(a_day(MONDAY), parts=0).days == 0


def test_the_highest_peak_of_each_part_is_kept() -> None:
    week = a_week(a_day(MONDAY, peaks=[40.0, *[8.0] * 7]), a_day(MONDAY + 1, peaks=[9.0] * PARTS))
    assert week.part_peaks[0] == pytest.approx([40.0, *[9.0] * 7], rel=0.03)


def test_an_hourly_day_has_no_peaks() -> None:
    week = a_week(a_day(MONDAY, origin=DayOrigin.HOURLY))
    assert week.part_peaks == [[None] * PARTS] * 2
    assert week.origin is WeekOrigin.HOURLY
    mixed = week.with_day(a_day(MONDAY + 1))
    assert mixed.origin is WeekOrigin.LIVED
    assert (mixed.days, mixed.hourly.bit_count()) == (2, 1)


def test_coverages_are_averaged_over_the_scored_days() -> None:
    learned = LearningState.LEARNED
    days = [
        a_day(MONDAY, coverage=0.9, state=learned),
        a_day(MONDAY + 1, state=learned),
        a_day(MONDAY + 2, coverage=0.6, state=learned),
        a_day(MONDAY + 3, coverage=0.1),  # Its range was not in force.
    ]
    week = a_week(*days)
    assert (week.coverage, week.scored) == (0.75, 2)


def test_surroundings_are_kept_as_their_extremes() -> None:
    week = a_week(
        a_day(MONDAY, outdoor_temperature=-3.5, window_open=0.1, outdoor_pm25=4.0),
        a_day(MONDAY + 1, outdoor_temperature=2.0, window_open=0.5),
        a_day(MONDAY + 2, outdoor_pm25=14.0),
    )
    assert week.temperatures == (-3.5, 2.0)
    assert week.windows == (1, 1)
    assert week.surroundings == {"outdoor_pm25": (4.0, 14.0)}


def test_counts_end_at_a_byte() -> None:
    long = [a_day(MONDAY + place, {8.0: 40}, slots=(40,) * PARTS) for place in range(7)]
    assert {int(part[cell_index(8.0)]) for part in a_week(*long).counts} == {255}
    assert WINDOW_DAYS % 7, "a week's days do not all leave on one day"
