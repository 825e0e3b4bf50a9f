"""The promise is kept when days are alike and when the air drifts up for a season."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import binom

from custom_components.air_baseline.core.alerting.promise import RULES, Promise
from custom_components.air_baseline.core.alerting.threshold import (
    AlertThreshold,
    alert_threshold,
    margin,
)
from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.ledger.ledger import Ledger
from tests.core.rooms import MONDAY, a_day

BEFORE = 2.0  # The level on the scale before every part: these days are independent.


def some_days(seed: int, *, drift: float = 0.0) -> Iterator[DaySummary]:
    """Yield days of one distribution, each `drift` higher than the one before."""
    chance = np.random.default_rng(seed)
    day = MONDAY
    while True:
        y = 2.0 + 0.3 * chance.normal() + 0.5 * chance.normal(size=8) + drift * (day - MONDAY)
        peaks = np.expm1(np.maximum(y, 0.0)).round(1).tolist()
        yield a_day(day, peaks=peaks, eligible=True)
        day += 1


def alert_days(
    promise: Promise, days: Iterator[DaySummary], number: int, *, with_margin: bool = True
) -> int:
    """Return on how many of `number` days the air exceeded its threshold; no alert is corrected.

    `with_margin` says whether the margin follows the alerts, as it does in a room.
    """
    rule = RULES[promise]
    ledger = Ledger()
    alerts = 0
    for _ in range(rule.window):
        ledger = ledger.with_day(next(days))
    ledger = Ledger(days=ledger.days[-rule.window :])
    kept = 0.0
    for _ in range(number):
        today = next(days)
        reference = ledger.reference(rule.window)
        kept = margin(ledger, today.day, rule) if with_margin else 0.0
        threshold = alert_threshold(reference, np.full((len(reference), 8), BEFORE), rule, kept)
        if exceeds(threshold, today):
            alerts += 1
            ledger = ledger.with_episode(an_episode(today.day))
        ledger = ledger.with_day(today)
    return alerts


def exceeds(threshold: AlertThreshold, today: DaySummary) -> bool:
    assert threshold.score is not None
    scores = [threshold.score_of(peak or 0.0, part) for part, peak in enumerate(today.part_peaks)]
    return max(scores) > threshold.score


def an_episode(day: int) -> Episode:
    return Episode(
        id=day,
        day=day,
        part=0,
        opened_level=60.0,
        alert_level=50.0,
        high=20.0,
        beaten=69,
        compared=69,
        peak=60.0,
    )


@pytest.mark.parametrize("promise", Promise)
def test_days_that_are_alike_raise_no_more_alerts_than_promised(promise: Promise) -> None:
    trials = 1400
    alerts = alert_days(promise, some_days(1), trials)
    share = 1.0 / RULES[promise].days
    assert alerts <= binom.ppf(0.99, trials, share)
    assert alerts >= trials * share / 2.0, "a rule that never alerts keeps any promise"


@pytest.mark.parametrize("promise", Promise)
def test_a_season_in_which_the_air_drifts_up_raises_no_more_alerts_than_promised(
    promise: Promise,
) -> None:
    season = 90
    alerts, without_margin = (
        sum(
            alert_days(promise, some_days(seed, drift=0.02), season, with_margin=with_margin)
            for seed in range(6)
        )
        for with_margin in (True, False)
    )
    allowed = binom.ppf(0.99, 6 * season, 1.0 / RULES[promise].days)
    assert 0 < alerts <= allowed
    assert without_margin > allowed, "it is the margin that keeps the promise"
