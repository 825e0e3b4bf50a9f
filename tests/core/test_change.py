"""The test for a lasting shift beside a literal re-statement of it."""

from hypothesis import given, strategies as st
import numpy as np
import pytest

from core.change import Shift, find_shift
from tests.core.properties import repeatable

medians = st.lists(st.integers(0, 40).map(lambda tenth: tenth / 10.0), max_size=80)


def as_written(levels: list[float]) -> Shift | None:
    """Say it in words: the last seven all above, or all below, the span of the 60 before."""
    if len(levels) < 28:
        return None
    last, before = levels[-7:], sorted(levels[:-7][-60:])

    def at_share(share: float) -> float:
        place = share * (len(before) - 1)
        left = int(place)
        right = min(left + 1, len(before) - 1)
        return before[left] + (place - left) * (before[right] - before[left])

    if min(last) > at_share(0.9):
        return Shift(len(levels) - 7, rose=True)
    if max(last) < at_share(0.1):
        return Shift(len(levels) - 7, rose=False)
    return None


@given(levels=medians, last=st.floats(0.0, 5.0))
@repeatable
def test_a_shift_is_seven_days_outside_the_span_of_the_sixty_before(
    levels: list[float], last: float
) -> None:
    for days in (levels, [*levels, *[last] * 7]):
        assert find_shift(list(enumerate(days))) == as_written(days)


@pytest.mark.parametrize(("days", "found"), [(20, False), (21, True)])
def test_it_takes_four_weeks_to_know_a_shift(days: int, *, found: bool) -> None:
    steady = [1.0 + day % 5 / 10 for day in range(days)]
    shift = find_shift(list(enumerate([*steady, *[2.0] * 7])))
    assert (shift is not None) is found


@pytest.mark.parametrize(("beyond", "found"), [(6, None), (7, Shift(40, rose=False))])
def test_six_days_are_not_enough(beyond: int, found: Shift | None) -> None:
    steady = [2.0 + day % 5 / 10 for day in range(47 - beyond)]
    assert find_shift(list(enumerate([*steady, *[1.0] * beyond]))) == found


def test_one_day_inside_the_span_breaks_the_row() -> None:
    levels = [1.0 + day % 5 / 10 for day in range(40)] + [2.0] * 3 + [1.2] + [2.0] * 3
    assert find_shift(list(enumerate(levels))) is None


def test_the_span_itself_is_not_outside() -> None:
    edge = float(np.quantile([1.0, 2.0] * 20, 0.9))
    assert find_shift(list(enumerate([*[1.0, 2.0] * 20, *[edge] * 7]))) is None


def test_days_older_than_the_sixty_before_do_not_count() -> None:
    levels = [5.0] * 30 + [1.0 + day % 5 / 10 for day in range(60)] + [2.0] * 7
    assert find_shift(list(enumerate(levels))) == Shift(90, rose=True)


def test_the_first_day_of_the_shift_is_named() -> None:
    days = [*range(100, 140), *range(150, 157)]
    levels = [1.0 + day % 5 / 10 for day in range(40)] + [3.0] * 7
    assert find_shift(list(zip(days, levels, strict=True))) == Shift(150, rose=True)
