"""The tail of each hour, compared with METHOD-2's equations in plain Python."""

from math import exp, log

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.air_baseline.core.alerting.tail import (
    DIGITS,
    LEAST_SCALE,
    MOST_LEVEL,
    Tail,
    own_scores,
    tail_of,
)
from custom_components.air_baseline.core.learning.typical_range import Array
from tests.core import by_hand
from tests.core.properties import repeatable

ROUNDED = 10**-DIGITS / 2 + 1e-9
CELLS = 5


def levels(days: int, seed: int = 1) -> Array:
    """Return levels of independent days, some of them alike."""
    chance = np.random.default_rng(seed)
    return chance.exponential(0.4, size=(days, CELLS)).round(2) + np.arange(CELLS) / 2.0


def rows(found: Array) -> list[list[float]]:
    listed: list[list[float]] = found.tolist()
    return listed


@pytest.mark.parametrize("days", [6, 13, 20, 23, 34, 90])
def test_the_tail_is_that_of_the_highest_seventh(days: int) -> None:
    found, (starts, scales, share) = tail_of(levels(days)), by_hand.tails(rows(levels(days)))
    assert list(found.start) == pytest.approx(starts, abs=ROUNDED)
    assert list(found.scale) == pytest.approx(scales, abs=ROUNDED)
    assert found.share == share == max(4, round(0.14 * days)) / days


@pytest.mark.parametrize("days", [13, 34, 61, 90])
def test_each_day_is_scored_from_the_others_alone(days: int) -> None:
    known = levels(days)
    assert own_scores(known).max(axis=1) == pytest.approx(np.array(by_hand.scores(rows(known))))


def test_days_that_are_alike_can_be_scored() -> None:
    known = np.full((20, CELLS), 2.0)
    assert np.isfinite(own_scores(known)).all()
    assert own_scores(known) == pytest.approx(-log(4 / 19))
    assert list(tail_of(known).scale) == [LEAST_SCALE] * CELLS


def test_a_day_does_not_hide_itself() -> None:
    """However high a day is, its own height does not widen what it is compared with."""
    known = levels(40)
    for height in (9.0, 90.0):
        known[7, 2] = height
        starts, scales, share = by_hand.tails(rows(np.delete(known, 7, axis=0)))
        assert own_scores(known)[7, 2] == pytest.approx(
            (height - starts[2]) / scales[2] - log(share)
        )


def test_a_score_is_the_rarity_of_one_hour() -> None:
    """It is in nats: of independent days, a share exp(-S) exceeds S, in each hour."""
    known, later = levels(8000), levels(100_000, seed=2)
    scores = tail_of(known).scores(later)
    for score in (log(10.0), log(100.0)):
        beyond = (scores > score).mean(axis=0)
        assert beyond == pytest.approx(np.full(CELLS, exp(-score)), rel=0.4)


shapes = st.builds(
    Tail,
    start=st.tuples(*[st.floats(-5.0, 9.0)] * 3),
    scale=st.tuples(*[st.floats(LEAST_SCALE, 3.0)] * 3),
    share=st.floats(0.15, 0.35),
)


@given(tail=shapes, score=st.floats(-30.0, 30.0))
@repeatable
def test_a_score_and_its_level_match(tail: Tail, score: float) -> None:
    for cell, level in enumerate(tail.levels(score)):
        known = float(tail.scores(level)[cell])
        bounded = level == MOST_LEVEL and known <= score
        assert bounded or known == pytest.approx(score, abs=1e-6)


@given(tail=shapes, low=st.floats(-9.0, 12.0), rise=st.floats(0.001, 5.0))
@repeatable
def test_higher_is_never_less_rare(tail: Tail, low: float, rise: float) -> None:
    assert (tail.scores(np.full(3, low + rise)) > tail.scores(np.full(3, low))).all()
