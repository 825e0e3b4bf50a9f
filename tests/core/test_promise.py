"""The rank of today among days that are scored without themselves."""

from collections.abc import Iterator
from math import log1p

import numpy as np
import pytest
from scipy.stats import binom

from core.alert import RULES, Promise, bar, excess, reference_scores
from core.baseline import day_weight, issue, mixture, stack, tail, weighted_sums
from core.digest import Digest
from core.ledger import Ledger
from tests.core import by_hand
from tests.core.rooms import MONDAY, PM25, a_day, a_ledger


def exchangeable_days(seed: int) -> Iterator[Digest]:
    """Yield days that are alike in law and know nothing of each other."""
    chance = np.random.default_rng(seed)
    day = MONDAY
    while True:
        y = 2.0 + 0.3 * chance.normal() + 0.5 * chance.normal(size=(8, 12))
        parts = [dict.fromkeys(np.expm1(part).round(1).tolist(), 3) for part in np.maximum(y, 0)]
        yield a_day(day, parts)
        day += 1


def take(days: Iterator[Digest], number: int) -> list[Digest]:
    return [next(days) for _ in range(number)]


def score_without(digest: Digest, ledger: Ledger, today: int, theta: float) -> float:
    """Fit the range anew on all days but one and score that day against it."""
    others = [
        (day_weight(today - other.day), other) for other in ledger.days if other.day != digest.day
    ]
    scores = []
    for law, peak in zip(by_hand.laws(others, PM25.prior), digest.part_peaks, strict=True):
        high = by_hand.quantile(law, 0.90 + theta / 2.0)
        middle = by_hand.quantile(law, 0.5)
        assert peak is not None
        scores.append((log1p(peak) - high) / max(high - middle, 0.15))
    return max(scores)


@pytest.mark.parametrize("theta", [0.0, 0.1])
def test_each_day_is_scored_against_the_range_fitted_without_it(theta: float) -> None:
    days = take(exchangeable_days(1), 12)
    thin = a_day(MONDAY + 12, [{8.0: 10}] + [{8.0: 36}] * 7)
    ledger = a_ledger([*days, thin])
    today = MONDAY + 13
    reference = ledger.reference(69)
    assert reference == days
    found = reference_scores(reference, stack(ledger.days, ledger, today), PM25.prior, theta)
    expected = [score_without(digest, ledger, today, theta) for digest in reference]
    assert found == pytest.approx(expected)


def test_a_reference_day_too_old_for_the_range_is_scored_against_the_whole() -> None:
    days = take(exchangeable_days(1), 6)
    ledger = a_ledger(days)
    today = MONDAY + 6
    fit = stack(ledger.days[2:], ledger, today)
    found = reference_scores(ledger.reference(69), fit, PM25.prior, 0.0)
    expected = [
        score_without(digest, a_ledger(days[2:]), today, 0.0) for digest in ledger.reference(69)
    ]
    assert found == pytest.approx(expected)


def test_without_reference_days_there_are_no_scores() -> None:
    ledger = a_ledger([])
    assert reference_scores([], stack([], ledger, MONDAY), PM25.prior, 0.0) == ()


def raises_alert(ledger: Ledger, today: Digest, promise: Promise) -> bool:
    days = stack(ledger.days, ledger, today.day)
    scores = reference_scores(ledger.reference(99), days, PM25.prior, 0.0)
    ranges = issue(mixture(weighted_sums(days), PM25.prior), tail(0.0), 0.1)
    limit = bar(scores, RULES[promise]).unusual
    assert limit is not None
    peaks = zip(today.part_peaks, ranges, strict=True)
    return max(excess(peak, part) for peak, part in peaks if peak is not None) > limit


@pytest.mark.parametrize(
    ("promise", "number", "share"),
    [
        (Promise.FORTNIGHT, 13, 1 / 14),
        (Promise.MONTH, 34, 1 / 35),
        (Promise.MONTH, 69, 2 / 70),
    ],
)
def test_exchangeable_days_raise_no_more_alerts_than_promised(
    promise: Promise, number: int, share: float
) -> None:
    trials = 700
    chance = exchangeable_days(number)
    days = take(chance, number)
    alerts = 0
    for today in take(chance, trials):
        alerts += raises_alert(a_ledger(days), today, promise)
        days = [*days[1:], today]
    assert alerts <= binom.ppf(0.99, trials, share)
    assert alerts >= trials * share / 2.0, "a rule that never speaks keeps any promise"
