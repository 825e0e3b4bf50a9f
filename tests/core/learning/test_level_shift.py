"""The rule for a lasting shift, compared with a literal restatement of it."""

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.air_baseline.core.learning.level_shift import (
    Shift,
    find_return,
    find_shift,
    high_since,
)
from tests.core.properties import repeatable

medians = st.lists(st.integers(0, 40).map(lambda tenth: tenth / 10.0), max_size=80)


def at_share(levels: list[float], share: float) -> float:
    """Return a quantile of the levels, interpolated between two of them."""
    ordered = sorted(levels)
    place = share * (len(ordered) - 1)
    left = int(place)
    right = min(left + 1, len(ordered) - 1)
    return ordered[left] + (place - left) * (ordered[right] - ordered[left])


def as_written(levels: list[float]) -> Shift | None:
    """Restate the rule: the last seven all lie on one side of the span of the 60 before.

    Five of the seven are enough if their mean lies beyond it by half its width.
    """
    if len(levels) < 28:
        return None
    last, before = levels[-7:], levels[:-7][-60:]
    low, high = at_share(before, 0.1), at_share(before, 0.9)
    above, below = (
        [concentration > high for concentration in last],
        [concentration < low for concentration in last],
    )
    mean = sum(last) / 7
    if all(above) or (sum(above) >= 5 and mean - high > (high - low) / 2):
        return Shift(len(levels) - 7 + above.index(True), rose=True)
    if all(below) or (sum(below) >= 5 and low - mean > (high - low) / 2):
        return Shift(len(levels) - 7 + below.index(True), rose=False)
    return None


@given(levels=medians, last=st.floats(0.0, 5.0), inside=st.integers(0, 4))
@repeatable
def test_a_shift_is_a_week_outside_the_span_of_the_sixty_days_before(
    levels: list[float], last: float, inside: int
) -> None:
    week = [last] * 7
    week[:inside] = levels[-inside:] if inside and len(levels) >= inside else week[:inside]
    for days in (levels, [*levels, *week], [*levels, *week[::-1]]):
        assert find_shift(list(enumerate(days))) == as_written(days)


@pytest.mark.parametrize(("days", "found"), [(20, False), (21, True)])
def test_it_takes_four_weeks_to_find_a_shift(days: int, *, found: bool) -> None:
    steady = [1.0 + day % 5 / 10 for day in range(days)]
    shift = find_shift(list(enumerate([*steady, *[2.0] * 7])))
    assert (shift is not None) is found


@pytest.mark.parametrize(
    ("concentration", "beyond", "found"),
    [
        (1.95, 6, None),
        (1.95, 7, Shift(40, rose=False)),
        (1.0, 4, None),
        (1.0, 5, Shift(42, rose=False)),
    ],
)
def test_it_takes_a_week_near_the_span_and_five_days_far_from_it(
    concentration: float, beyond: int, found: Shift | None
) -> None:
    steady = [2.0 + day % 5 / 10 for day in range(47 - beyond)]
    assert find_shift(list(enumerate([*steady, *[concentration] * beyond]))) == found


@pytest.mark.parametrize(("concentration", "is_found"), [(1.45, False), (2.0, True)])
def test_one_day_inside_the_span_breaks_the_row_unless_the_shift_is_large(
    concentration: float, *, is_found: bool
) -> None:
    levels = (
        [1.0 + day % 5 / 10 for day in range(40)]
        + [concentration] * 3
        + [1.2]
        + [concentration] * 3
    )
    assert (find_shift(list(enumerate(levels))) is not None) is is_found


def test_the_edge_of_the_span_is_not_outside_it() -> None:
    edge = float(np.quantile([1.0, 2.0] * 20, 0.9))
    assert find_shift(list(enumerate([*[1.0, 2.0] * 20, *[edge] * 7]))) is None


@pytest.mark.parametrize("cell", range(100))
def test_identical_days_are_neither_a_shift_nor_high(cell: int) -> None:
    alike = [(day, 0.1 * cell + 0.05) for day in range(60)]
    assert find_shift(alike) is None
    assert high_since(alike) is None


def test_days_older_than_the_sixty_before_do_not_count() -> None:
    levels = [5.0] * 30 + [1.0 + day % 5 / 10 for day in range(60)] + [2.0] * 7
    assert find_shift(list(enumerate(levels))) == Shift(90, rose=True)


def test_the_first_day_of_the_shift_is_returned() -> None:
    days = [*range(100, 140), *range(150, 157)]
    levels = [1.0 + day % 5 / 10 for day in range(40)] + [3.0] * 7
    assert find_shift(list(zip(days, levels, strict=True))) == Shift(150, rose=True)


STEADY = [1.0 + day % 5 / 10 for day in range(40)]


def returned(since: list[float], before: list[float] = STEADY) -> tuple[int, int] | None:
    return find_return(list(enumerate([*before, *since])), len(before))


@pytest.mark.parametrize("far", [2.0, -0.5])
@pytest.mark.parametrize(
    ("days", "back", "passed"),
    [
        (9, 1, None),
        (9, 2, (40, 48)),
        (21, 2, (40, 60)),
        (22, 2, None),
        (1, 2, (40, 40)),
    ],
)
def test_a_shift_has_gone_back_after_two_days_within_three_weeks(
    far: float, days: int, back: int, passed: tuple[int, int] | None
) -> None:
    assert returned([far] * days + [1.2] * back) == passed


def test_to_go_back_means_to_leave_the_side_of_the_shift() -> None:
    assert returned([2.0] * 9 + [0.5] * 2) == (40, 48), "below the span is no longer above it"
    assert returned([2.0] * 9 + [1.2, 2.0]) is None
    assert returned([0.5] * 9 + [1.2, 0.5]) is None


@pytest.mark.parametrize("far", [2.4, 0.0])
@pytest.mark.parametrize(
    ("share", "back", "passed"),
    [(0.4, 4, None), (0.4, 5, (40, 48)), (0.6, 5, None)],
)
def test_a_shift_has_gone_back_after_five_days_nearer_to_the_span(
    far: float, share: float, back: int, passed: tuple[int, int] | None
) -> None:
    edge = 1.4 if far > 1.4 else 1.0
    assert returned([far] * 9 + [edge + share * (far - edge)] * back) == passed


def test_a_shift_that_is_now_within_the_span_needs_two_days_inside_it() -> None:
    assert returned([1.5, *[1.2, 1.5] * 4]) is None, "nothing is nearer to the span than inside it"


def test_with_too_few_days_before_the_shift_there_is_no_span_to_go_back_to() -> None:
    assert returned([2.0] * 9 + [1.2] * 2, STEADY[:20]) is None
    assert returned([2.0] * 9 + [1.2] * 2, STEADY[:21]) == (21, 29)


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
