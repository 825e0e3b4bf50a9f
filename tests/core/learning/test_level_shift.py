"""The rule for a lasting shift, compared with a literal restatement of it."""

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.air_baseline.core.learning.level_shift import (
    RECENT_DAYS,
    find_passed,
    find_shift,
    has_passed,
    high_days,
    levels_by_day,
)
from custom_components.air_baseline.core.learning.typical_range import Array
from custom_components.air_baseline.core.ledger.day_summary import day_counts
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY, Spent, a_day

medians = st.lists(st.integers(0, 40).map(lambda tenth: tenth / 10.0), max_size=80)
STEADY = [1.0 + day % 5 / 10 for day in range(40)]


def at_share(levels: list[float], share: float) -> float:
    """Return a quantile of the levels, interpolated between two of them."""
    ordered = sorted(levels)
    place = share * (len(ordered) - 1)
    left = int(place)
    right = min(left + 1, len(ordered) - 1)
    return ordered[left] + (place - left) * (ordered[right] - ordered[left])


def high_since(known: list[tuple[int, float]]) -> int | None:
    """Return the first of the high days; they are all of the latest from it on."""
    high = high_days(known)
    assert list(high) == known[len(known) - len(high) :]
    return high[0][0] if high else None


def a_room(days: int, *steps: tuple[int, float, float]) -> Array:
    """Return steady days; from each day of a step on, quiet level and rises are higher by it."""
    levels = np.array([[1.0 + day % 5 / 50, 2.0 + day % 7 / 50] for day in range(days)])
    for day, quiet, rise in steps:
        levels[day:] += [quiet, rise]
    return levels


def found(levels: Array) -> int | None:
    return find_shift(range(len(levels)), levels)


@given(
    days=st.integers(42, 80),
    quiet=st.floats(-1.0, 1.0),
    rise=st.floats(-1.0, 1.0),
    ago=st.integers(1, 40),
)
@repeatable
def test_a_shift_is_a_step_of_both_levels_between_21_days_and_those_before(
    days: int, quiet: float, rise: float, ago: int
) -> None:
    levels = a_room(days, (max(days - ago, 0), quiet, rise))
    up = [
        sum(column[-21:]) / 21 - sum(column[:-21]) / (days - 21)
        for column in (levels[:, 0].tolist(), levels[:, 1].tolist())
    ]
    rose = up[0] >= 0.31 and up[1] >= 0.37
    fell = up[0] <= -0.31 and up[1] <= -0.37
    assert (found(levels) is not None) is (rose or fell)


@pytest.mark.parametrize(("quiet", "rise"), [(2.0, 0.0), (0.0, 2.0), (2.0, -2.0), (-2.0, 0.0)])
def test_what_shifts_one_level_alone_is_weather_or_people(quiet: float, rise: float) -> None:
    assert found(a_room(80, (50, quiet, rise))) is None


@pytest.mark.parametrize("far", [0.5, -0.5])
def test_a_shift_is_found_in_three_weeks_and_a_large_one_in_days(far: float) -> None:
    def days_until_found(size: float) -> int:
        levels = a_room(90, (60, size, size))
        return next(n for n in range(90) if found(levels[:n]) is not None) - 60

    assert 14 <= days_until_found(far) <= 21
    assert days_until_found(5 * far) <= 5


@pytest.mark.parametrize("size", [0.5, -0.5, 2.0])
def test_the_first_day_of_the_shift_is_returned(size: float) -> None:
    levels = a_room(80, (62, size, size))
    assert found(levels) == 62
    days = [*range(100, 162), *range(170, 188)]
    assert find_shift(days, levels) == 170


@pytest.mark.parametrize(("days", "is_found"), [(41, False), (42, True)])
def test_it_takes_three_weeks_before_and_three_since_to_find_a_shift(
    days: int, *, is_found: bool
) -> None:
    levels = a_room(days, (days - 21, 0.5, 0.5))
    assert (found(levels) is not None) is is_found


@pytest.mark.parametrize("size", [0.5, -0.5])
def test_a_shift_has_passed_once_three_weeks_are_nearly_as_before(size: float) -> None:
    back = a_room(90, (50, size, size), (60, -size, -size))
    days = range(90)
    assert not has_passed(days[:60], back[:60], 50)
    assert has_passed(days[: 60 + RECENT_DAYS], back[: 60 + RECENT_DAYS], 50)
    stays = a_room(90, (50, size, size))
    assert not any(has_passed(days[:n], stays[:n], 50) for n in range(51, 90))


def test_with_too_few_days_before_it_a_shift_does_not_pass() -> None:
    assert has_passed(range(60), a_room(60), 21)
    assert not has_passed(range(60), a_room(60), 20)
    assert not has_passed(range(60), a_room(60), 60), "no day since it began"


def the_levels(*days: Spent) -> list[list[float]]:
    summaries = [a_day(MONDAY + day, spent) for day, spent in enumerate(days)]
    levels: list[list[float]] = levels_by_day(day_counts(summaries), 2.0).tolist()
    return levels


def test_a_day_has_a_quiet_level_and_rises_and_a_gain_shifts_both_alike() -> None:
    (quiet, rise), (more_quiet, more_rise) = the_levels(
        {8.0: 24, 40.0: 12}, {8.0 * 1.6: 24, 40.0 * 1.6: 12}
    )
    assert quiet == pytest.approx(np.log(8.0 + 1.0), abs=0.1)
    assert rise == pytest.approx(np.log(32.0 + 2.0), abs=0.2)
    assert more_quiet - quiet == pytest.approx(np.log(13.8 / 9.0), abs=0.1)
    assert more_rise - rise == pytest.approx(np.log(53.2 / 34.0), abs=0.1)


def test_a_higher_base_shifts_the_quiet_level_alone() -> None:
    (quiet, rise), (higher, same) = the_levels({8.0: 36}, {40.0: 36})
    assert higher - quiet > 1.0
    assert same == pytest.approx(rise, abs=0.6), "a cell is wider there"


def test_a_day_without_rises_or_in_few_parts_has_levels_too() -> None:
    assert np.isfinite(the_levels({0.0: 36})).all()
    half = a_day(MONDAY, [{8.0: 20, 40.0: 16}, *[{}] * 7])
    full = a_day(MONDAY, {8.0: 20, 40.0: 16})
    one, other = levels_by_day(day_counts([half, full]), 2.0).tolist()
    assert one == pytest.approx(other), "what was not observed does not count"
    assert len(levels_by_day(day_counts([a_day(MONDAY, {}), full]), 2.0)) == 1


def passed(since: list[float]) -> tuple[int, int] | None:
    return find_passed(list(enumerate([*STEADY, *since])))


@pytest.mark.parametrize(
    ("days", "back", "over"),
    [
        (9, 1, None),
        (9, 2, (40, 48)),
        (9, 3, None),
        (6, 2, None),
        (7, 2, (40, 46)),
        (20, 2, (40, 59)),
        (21, 2, None),
        (30, 2, None),
    ],
)
def test_one_to_three_weeks_of_high_air_are_over_after_two_days(
    days: int, back: int, over: tuple[int, int] | None
) -> None:
    assert passed([2.0] * days + [1.2] * back) == over
    assert passed([0.2] * days + [1.2] * back) is None, "clean air is no smoke"


def test_high_air_is_over_only_if_both_days_are_back() -> None:
    assert passed([2.0] * 9 + [1.2, 2.0]) is None
    assert passed([2.0] * 9 + [2.0, 1.2]) is None


@pytest.mark.parametrize("cell", range(100))
def test_identical_days_are_neither_a_shift_nor_high(cell: int) -> None:
    alike = [(day, 0.1 * cell + 0.05) for day in range(60)]
    assert found(np.array(alike)[:, [1, 1]]) is None
    assert high_since(alike) is None
    assert find_passed(alike) is None


@given(levels=medians)
@repeatable
def test_the_latest_days_in_a_row_above_the_span_of_those_before_are_high(
    levels: list[float],
) -> None:
    first = next(
        (
            day
            for day in range(max(21, len(levels) - 21), len(levels))
            if min(levels[day:]) > at_share(levels[:day][-60:], 0.9) + 1e-12
        ),
        None,
    )
    assert high_since(list(enumerate(levels))) == first


def test_high_days_are_not_part_of_the_span_for_their_own_row() -> None:
    assert high_since(list(enumerate([*STEADY, *[2.0] * 6, 1.45]))) == 40
    assert high_since(list(enumerate([*STEADY, *[2.0] * 6, 1.35]))) is None


def test_high_days_in_a_row_are_counted_from_their_first() -> None:
    days = [*range(100, 140), 150, 151]
    assert high_since(list(zip(days, [*STEADY, 2.0, 2.1], strict=True))) == 150
    assert high_since(list(enumerate([*STEADY, 2.0, 1.2]))) is None
    assert high_since([]) is None
