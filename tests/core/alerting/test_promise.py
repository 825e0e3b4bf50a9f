"""The promise is kept when days are alike and when the air drifts up for a season."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import binom

from custom_components.air_baseline.core.alerting.promise import (
    Promise,
    needed_days,
    rarities,
)
from custom_components.air_baseline.core.alerting.threshold import (
    AlertThreshold,
    alert_days,
    alert_threshold,
    margin,
)
from custom_components.air_baseline.core.day import WINDOW_DAYS
from custom_components.air_baseline.core.learning.typical_range import Array
from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.ledger.hour_peaks import NO_PEAK, PEAK_STEP
from custom_components.air_baseline.core.ledger.ledger import Ledger
from tests.core.rooms import MONDAY, a_day

PROMISES = (14, 35, 60, 150)
type Exceeded = tuple[int, int]  # The day of an alert and its rarity (days).


@pytest.mark.parametrize(("days", "needed"), [(1, 0), (14, 13), (35, 34), (60, 59), (150, 59)])
def test_an_alert_needs_the_days_of_its_promise_but_no_more_than_two_months(
    days: int, needed: int
) -> None:
    assert needed_days(days) == needed
    assert needed < WINDOW_DAYS


def test_the_names_of_promises_are_days() -> None:
    assert [promise.days for promise in Promise] == [14, 35, 60]


def some_days(seed: int, *, drift: float = 0.0) -> Iterator[tuple[DaySummary, Array]]:
    """Yield days of one distribution and the level before each part, each day `drift` higher."""
    chance = np.random.default_rng(seed)
    day = MONDAY
    while True:
        height = 2.0 + 0.3 * chance.normal() + drift * (day - MONDAY)
        short = height + 0.5 + 0.5 * chance.normal(size=24)
        long = short - 0.3 * chance.random(24)
        codes = np.clip(np.round(np.concatenate([short, long]) / PEAK_STEP), 0, NO_PEAK - 1)
        before = np.maximum(height + 0.2 * chance.normal(size=8), 0.0)
        yield a_day(day, peaks=codes.astype(np.uint8).tobytes(), eligible=True), before
        day += 1


def alerts_of(
    promise: int,
    days: Iterator[tuple[DaySummary, Array]],
    number: int,
    *,
    with_margin: bool = True,
) -> list[Exceeded]:
    """Return the alerts of `number` days of air; none is corrected.

    `with_margin` says whether the margins follow the alerts, as they do in a room.
    """
    ledger, befores, alerts = Ledger(), dict[int, Array](), list[Exceeded]()
    for past in range(WINDOW_DAYS + number):
        today, before = next(days)
        befores[today.day] = before
        if past >= WINDOW_DAYS:
            reference = ledger.reference(WINDOW_DAYS)
            threshold = alert_threshold(
                reference,
                np.array([befores[summary.day] for summary in reference]),
                *alert_days(ledger, today.day),
                promise_days=promise,
                margin=margin(ledger, today.day, promise) if with_margin else 0.0,
            ).after(dict(enumerate(before.tolist())))
            rarity = exceeded(threshold, today)
            if rarity is not None:
                alerts.append((today.day, rarity))
                ledger = ledger.with_episode(an_episode(today.day, rarity))
        ledger = ledger.with_day(today)
    return alerts


def exceeded(threshold: AlertThreshold, today: DaySummary) -> int | None:
    """Return the rarity of the alert of a day, from its first hour that is unusual."""
    peaks = np.expm1(np.frombuffer(today.peaks, dtype=np.uint8) * PEAK_STEP)
    for hour in range(24):
        rise = threshold.score_of((peaks[hour], peaks[24 + hour]), hour)
        by_level = threshold.before[hour // 3] > threshold.record
        if rise > threshold.bar or by_level:
            return threshold.rarity(rise, by_level=by_level)
    return None


def an_episode(day: int, rarity: int) -> Episode:
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
        rarity=rarity,
    )


def most(promise: int, days: int) -> int:
    """Return how many alerts a rate of one in so many days gives in 99 of 100 trials."""
    return int(binom.ppf(0.99, days, 1.0 / promise))


@pytest.mark.parametrize("promise", PROMISES)
def test_days_that_are_alike_raise_no_more_alerts_than_promised(promise: int) -> None:
    trials = 1000
    alerts = alerts_of(promise, some_days(1), trials)
    assert len(alerts) <= most(promise, trials)
    assert len(alerts) >= trials / promise / 2.0, "a rule that never alerts keeps any promise"
    for rarity in rarities(promise):
        as_rare = sum(known >= rarity for _, known in alerts)
        assert as_rare <= most(rarity, trials)


@pytest.mark.parametrize("promise", PROMISES[:3])
def test_a_season_in_which_the_air_drifts_up_raises_no_more_alerts_than_promised(
    promise: int,
) -> None:
    season, seeds = 90, 3
    alerts, without_margin = (
        sum(
            len(alerts_of(promise, some_days(seed, drift=0.02), season, with_margin=with_margin))
            for seed in range(seeds)
        )
        for with_margin in (True, False)
    )
    allowed = most(promise, seeds * season)
    assert 0 < alerts <= allowed
    assert without_margin > allowed, "it is the margin that keeps the promise"
