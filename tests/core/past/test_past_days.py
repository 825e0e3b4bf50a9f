"""Which rows of a recorder count, for which day and part, up to the second and the slot."""

from zoneinfo import ZoneInfo

import pytest

from custom_components.air_baseline.core.day import SLOT_S, WINDOW_DAYS, day_start
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin
from custom_components.air_baseline.core.past.history_import import (
    Past,
    PastDay,
    PastDays,
    Row,
    past_days,
)
from custom_components.air_baseline.core.pollutant import REFUSED_FROM
from tests.core.rooms import LONDON, MONDAY, PM25

HOUR, DAY = 3600.0, 24 * 3600.0
NEPAL = ZoneInfo("Asia/Kathmandu")
SUMMER = MONDAY + 180
NOW = day_start(SUMMER + 3, LONDON) + HOUR


def at(day: int, hour: float = 0.0) -> float:
    """Return the time `hour` hours after a day began in London, at 04:00."""
    return day_start(day, LONDON) + hour * HOUR


def slots(start: float, number: int, every_s: float = SLOT_S, levels: int = 7) -> list[Row]:
    """Return rows in a row, with another level each time."""
    return [Row(start + place * every_s, 5.0 + place % levels) for place in range(number)]


def found(five_minute: list[Row], hourly: list[Row], now: float = NOW) -> PastDays:
    return past_days(Past(five_minute, hourly), PM25, LONDON, now)


def hours(day: PastDay) -> list[int]:
    """Return the number of slots in each hour of a day."""
    return [sum(run[3] for run in day.slot_runs if run[0] == hour) for hour in range(24)]


@pytest.mark.parametrize("length_s", [SLOT_S, HOUR])
@pytest.mark.parametrize(("after_s", "known"), [(0.0, 1), (1.0, 0)])
def test_a_row_counts_once_it_is_over(length_s: float, after_s: float, known: int) -> None:
    row = [Row(NOW - length_s + after_s, 5.0)]
    past = found(row, []) if length_s == SLOT_S else found([], row)
    assert past.ignored == 1 - known
    assert (past.until is not None) is bool(known)


def test_a_row_counts_if_its_day_is_kept() -> None:
    oldest = at(SUMMER + 3 - WINDOW_DAYS)
    past = found([Row(oldest - 1.0, 5.0), Row(oldest, 6.0)], [Row(oldest - 1.0, 5.0)])
    assert (past.ignored, past.since, list(past.days)) == (2, oldest, [SUMMER + 3 - WINDOW_DAYS])


def test_a_past_lasts_from_its_first_row_to_the_end_of_its_last() -> None:
    early, late = at(SUMMER, 1.0), at(SUMMER, 7.0)
    assert (found([Row(early, 5.0)], []).until) == early + SLOT_S
    assert (found([], [Row(early, 5.0)]).until) == early + HOUR
    both = found([Row(early, 5.0)], [Row(late, 5.0)])
    assert (both.since, both.until) == (early, late + HOUR)
    both = found([Row(late, 5.0)], [Row(early, 5.0)])
    assert (both.since, both.until) == (early, late + SLOT_S)
    assert (found([], []).since, found([], []).until) == (None, None)


def test_the_day_that_is_not_over_is_told_apart() -> None:
    past = found(slots(at(SUMMER + 2), 288 + 12), [])
    assert list(past.days) == [SUMMER + 2]
    assert past.today is not None
    assert (past.today.day, past.today.observed) == (SUMMER + 3, 12)


@pytest.mark.parametrize("zone", [LONDON, NEPAL])
@pytest.mark.parametrize("length_s", [SLOT_S, HOUR])
def test_each_slot_counts_for_its_part_by_the_clock_of_the_room(
    zone: ZoneInfo, length_s: float
) -> None:
    """Hours of a recorder begin with those of UTC; a day in Nepal begins a quarter after one."""
    start = day_start(SUMMER, zone) // HOUR * HOUR
    number = int(DAY // length_s) * 2
    rows = slots(start, number, length_s)
    given = Past(rows) if length_s == SLOT_S else Past((), rows)
    past = past_days(given, PM25, zone, start + 3 * DAY)
    assert hours(past.days[SUMMER]) == [12] * 24
    first = [run for run in past.days[SUMMER].slot_runs if run[0] == 0]
    assert first[0][1] == day_start(SUMMER, zone) // SLOT_S


@pytest.mark.parametrize(("fewer", "origin"), [(24, DayOrigin.REPLAYED), (25, DayOrigin.HOURLY)])
def test_means_of_hours_are_better_if_they_know_more_than_two_begun_hours(
    fewer: int, origin: DayOrigin
) -> None:
    hourly = slots(at(SUMMER), 13, HOUR)  # Not enough of a day.
    past = found(slots(at(SUMMER), 13 * 12 - fewer), hourly)
    assert past.days[SUMMER].origin is origin


def test_a_level_beyond_the_span_counts_as_its_end_up_to_where_it_is_refused() -> None:
    highest = PM25.highest
    rows = [*slots(at(SUMMER), 10), Row(at(SUMMER, 1.0), REFUSED_FROM * highest)]
    past = found([*rows, Row(at(SUMMER, 1.0) + SLOT_S, REFUSED_FROM * highest + 1.0)], [])
    assert past.ignored == 1
    assert past.days[SUMMER].slot_runs[-1][2] == highest


@pytest.mark.parametrize(("hours", "believed"), [(24, True), (25, False)])
def test_one_level_is_believed_for_as_long_as_live(hours: int, *, believed: bool) -> None:
    rows = [Row(at(SUMMER) + place * HOUR, 5.0) for place in range(hours)]
    past = found([], [*rows, Row(at(SUMMER) + hours * HOUR, 6.0)])
    assert sum(day.observed for day in past.days.values()) == 12 * (hours * believed + 1)


def test_a_run_ends_where_the_source_was_off_and_otherwise_with_the_next_level() -> None:
    """It is noted for the day in which the next level came, in whole hours."""
    rows = [Row(at(SUMMER, hour), 5.0) for hour in range(20)]
    for pause_h, run_h in ((0, 20), (5, 25), (7, 19)):
        past = found([], [*rows, Row(at(SUMMER, 20 + pause_h), 6.0)])
        assert max(day.longest_run_h for day in past.days.values()) == run_h
        assert past.days[SUMMER + (20 + pause_h) // 24].longest_run_h == run_h


def test_the_step_is_that_of_the_finer_rows() -> None:
    fine = [Row(at(SUMMER) + place * SLOT_S, 5.0, low) for place, low in enumerate((5.0, 5.5, 7.0))]
    rough = [Row(at(SUMMER, hour), 5.0, 5.0 + 3.0 * hour) for hour in range(3)]
    assert found(fine, rough).step == 0.5
    assert found([], rough).step == 3.0
    assert found([Row(at(SUMMER), 5.0)], []).step is None
