"""Intervals come from whole homes: right where the answer is known, wide where homes differ."""

import numpy as np
import pytest

from benchmarks.intervals import difference, mean_by_home, ratio


def test_the_interval_of_a_mean_over_many_homes_is_the_normal_one() -> None:
    homes = np.random.default_rng(1).normal(5.0, 2.0, size=400)
    found = ratio(homes.tolist(), [1.0] * 400)
    half = 1.96 * homes.std() / np.sqrt(400)
    assert found.value == pytest.approx(homes.mean())
    assert found.low == pytest.approx(found.value - half, abs=0.03)
    assert found.high == pytest.approx(found.value + half, abs=0.03)


def test_it_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(300):
        chances = rng.beta(2.0, 2.0, size=40)  # Homes differ; the mean chance is one half.
        found = ratio(rng.binomial(20, chances).tolist(), [20.0] * 40)
        held += found.low <= 0.5 <= found.high
    assert 0.90 <= held / 300 <= 0.98


def test_homes_and_not_their_days_make_it_narrow() -> None:
    few = ratio([0, 100, 0, 100], [100] * 4)
    many = ratio([0, 1] * 200, [1] * 400)
    assert few.value == many.value == 0.5
    assert (few.low, few.high) == (0.0, 1.0)
    assert many.high - many.low < 0.11


def test_a_home_counts_by_its_number_and_an_empty_one_not_at_all() -> None:
    found = ratio([1, 9, 0], [10, 10, 0], scale=30.0)
    assert found.value == 15.0
    assert (found.low, found.high, found.homes) == (3.0, 27.0, 2)


def test_one_home_has_no_interval() -> None:
    found = ratio([3], [4])
    assert found.value == 0.75
    assert np.isnan([found.low, found.high]).all()


def test_a_difference_of_paired_homes_is_narrower_than_of_unpaired_ones() -> None:
    rng = np.random.default_rng(3)
    before = rng.integers(0, 90, size=60)
    numbers = [100.0] * 60
    paired = difference(((before + 10).tolist(), numbers), (before.tolist(), numbers))
    shuffled = rng.permutation(before)
    loose = difference(((shuffled + 10).tolist(), numbers), (before.tolist(), numbers))
    assert paired.value == loose.value == pytest.approx(0.1)
    assert paired.high - paired.low < 1e-9
    assert loose.high - loose.low > 0.1


def test_values_of_a_home_are_drawn_together() -> None:
    together = mean_by_home([("a", 0.0)] * 50 + [("b", 1.0)] * 50)
    assert (together.low, together.value, together.high) == (0.0, 0.5, 1.0)
