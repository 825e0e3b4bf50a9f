"""Confidence is checked on windows that do not overlap, and whole rooms are resampled."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.runs import ClosedDay, Run
from benchmarks.trust import Statement, statements, trust
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.benchmarks.test_tables import bins_of


def room(coverages: Sequence[float | None], confidence: float | None = 0.6) -> Run:
    days = [
        ClosedDay(age, coverage, confidence, eligible=True)
        for age, coverage in enumerate(coverages)
    ]
    return Run(name="room", pollutant=Pollutant.PM25, said=bins_of([3.0]), days=days)


def test_a_statement_is_checked_on_the_fourteen_days_after_it() -> None:
    (first, second) = statements([room([0.8] * 15 + [0.5] * 14)])
    assert (first.stated, first.came) == (0.6, True)
    assert (second.stated, second.came) == (0.6, False)


def test_an_interval_is_checked_on_the_same_days_as_the_confidence() -> None:
    run = room([0.8] * 15 + [0.65] * 14 + [0.88] * 14)
    run.days = [replace(day, next_14_days=(65, 87)) for day in run.days]
    assert [one.inside for one in statements([run])] == [True, True, False]
    assert [one.inside for one in statements([room([0.8] * 15)])] == [False]


def test_a_window_with_few_coverages_or_no_confidence_gives_no_statement() -> None:
    assert not statements([room([0.8, *[0.8, None] * 7])])
    assert not statements([room([0.8] * 15, confidence=None)])


def test_trust_compares_observed_with_stated() -> None:
    ten_statements = [Statement(str(place), 0.8, came=place < 7) for place in range(10)]
    found = trust(ten_statements)
    assert found is not None
    assert found.gap == pytest.approx(-0.1)
    assert found.brier == pytest.approx(0.7 * 0.04 + 0.3 * 0.64)
    assert found.constant == pytest.approx(0.21)
    (row,) = found.tenths
    assert (row.stated, row.came, row.number) == pytest.approx((0.8, 0.7, 10))
    assert found.gap_low < -0.1 < found.gap_high


def test_statements_of_one_room_are_resampled_as_one() -> None:
    rng = np.random.default_rng(1)
    came = [bool(hit) for hit in rng.random(12) < 0.7]
    independent = [Statement(str(place), 0.7, hit) for place, hit in enumerate(came * 10)]
    clustered = [Statement(str(place % 12), 0.7, hit) for place, hit in enumerate(came * 10)]
    narrow, wide = trust(independent), trust(clustered)
    assert narrow is not None
    assert wide is not None
    assert wide.gap_high - wide.gap_low > 2.0 * (narrow.gap_high - narrow.gap_low)


def test_without_statements_there_is_no_trust() -> None:
    assert trust([]) is None
