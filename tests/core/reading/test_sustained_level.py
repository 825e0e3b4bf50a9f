"""What 15 minutes and what an hour have held, with bins that are missing."""

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.reading.binning import Bin
from custom_components.air_baseline.core.reading.sustained_level import (
    SustainedLevel,
    SustainedWindow,
)
from tests.core.properties import repeatable

SLOT = 5_866_668
AT = (SLOT + 12) * 300.0  # The end of the last of twelve slots.


def window(levels: dict[int, float]) -> SustainedWindow:
    """Return a window that has taken the levels of slots, counted from SLOT."""
    found = SustainedWindow()
    for slot, level in levels.items():
        found.take(Bin(SLOT + slot, level, 300.0))
    return found


@pytest.mark.parametrize(
    ("levels", "span"),
    [
        ({9: 7.0, 10: 8.0, 11: 9.0}, (7.0, 9.0)),
        ({8: 1.0, 9: 7.0, 10: 8.0, 11: 9.0}, (7.0, 9.0)),
        ({9: 7.0, 11: 9.0}, (7.0, 9.0)),
        ({9: 7.0, 10: 9.0}, (7.0, 9.0)),
        ({10: 7.0, 11: 9.0}, (7.0, 9.0)),
        ({7: 9.0, 8: 9.0, 11: 9.0}, None),
        ({8: 9.0}, None),
        ({}, None),
    ],
)
def test_the_level_of_15_minutes_is_the_lowest_of_three_slots_of_which_one_can_be_missing(
    levels: dict[int, float], span: tuple[float, float] | None
) -> None:
    found = window(levels).level(AT)
    assert (found and (found.low, found.high)) == span


@pytest.mark.parametrize(
    ("missing", "lowest"),
    [
        ((), 0),
        ((3,), 0),
        ((0,), 1),
        ((0, 2, 4, 6), 1),
        ((3, 4, 5, 6, 7), None),
        ((1, 2, 3, 4, 5), None),
    ],
)
def test_the_level_of_an_hour_is_the_lowest_of_twelve_slots_of_which_four_can_be_missing(
    missing: tuple[int, ...], lowest: int | None
) -> None:
    levels = {slot: 20.0 + slot for slot in range(-4, 12) if slot not in missing}
    found = window(levels).level(AT)
    assert found is not None
    assert found.low == 29.0
    assert found.of_hour == (None if lowest is None else 20.0 + lowest)
    assert found.held == (found.low, found.of_hour)


@given(levels=st.dictionaries(st.integers(0, 11), st.floats(0.0, 900.0)))
@repeatable
def test_an_hour_never_holds_more_than_its_last_15_minutes(levels: dict[int, float]) -> None:
    found = window(dict(sorted(levels.items()))).level(AT)
    if found is not None:
        assert found.of_hour is None or found.of_hour <= found.low <= found.high


@pytest.mark.parametrize(
    ("low", "of_hour", "exceeds"),
    [
        (30.0, None, False),
        (30.1, None, True),
        (30.0, 20.0, False),
        (25.0, 20.1, True),
        (30.1, 10.0, True),
    ],
)
def test_a_level_exceeds_those_of_its_hour_with_either_hold(
    low: float, of_hour: float | None, *, exceeds: bool
) -> None:
    levels = [0.0] * 48
    levels[7], levels[24 + 7] = 30.0, 20.0
    assert SustainedLevel(low, 99.0, of_hour).exceeds(levels, 7) is exceeds


def test_air_is_silent_after_half_an_hour_without_a_bin() -> None:
    assert window({}).silent(AT)
    last = window({11: 5.0})
    assert not last.silent(AT + 1799)
    assert last.silent(AT + 1800)
    assert last.silent_from == AT + 1800


def test_only_an_hour_of_bins_is_kept() -> None:
    found = window(dict.fromkeys(range(-90, 12), 5.0))
    assert len(found.bins) == 12


def test_a_window_is_restored_also_from_the_half_hour_that_was_kept_before() -> None:
    for first in (0, 6):
        whole = window({slot: 20.0 + slot for slot in range(first, 12)})
        again = SustainedWindow()
        again.restore(whole.dump(), SLOT + 12)
        assert again.level(AT) == whole.level(AT)
    assert again.level(AT) == SustainedLevel(29.0, 31.0, None)
    with pytest.raises(StoredFormError):
        SustainedWindow().restore([[SLOT, 5.0]] * 13, SLOT + 12)
