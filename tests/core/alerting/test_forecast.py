"""The forecast that is written before a day, made from earlier days only."""

from dataclasses import replace

import numpy as np
import pytest

from custom_components.air_baseline.core.alerting.forecast import Forecast, forecast, with_threshold
from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS, rarities
from custom_components.air_baseline.core.codes import Basis, LearningState
from custom_components.air_baseline.core.learning.confidence import coverage_ahead
from custom_components.air_baseline.core.learning.typical_range import PartRange
from custom_components.air_baseline.core.ledger.entries import (
    Cause,
    ChangeReported,
    ChangeSuspected,
)
from custom_components.air_baseline.core.ledger.hour_peaks import PEAKS
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from tests.core import by_hand
from tests.core.rooms import MONDAY, PM25, a_day, a_ledger, an_entry

USUAL = {5.0: 12, 8.0: 12, 12.0: 12}


def diary(
    days: int, *, state: LearningState = LearningState.LEARNED, coverage: float = 0.8
) -> Ledger:
    return a_ledger(
        a_day(MONDAY - back, USUAL, state=state, coverage=coverage) for back in range(days, 0, -1)
    )


def written(
    ledger: Ledger, pollutant: Pollutant = Pollutant.PM25, resolution: float = 1.0
) -> Forecast:
    return forecast(ledger, MONDAY, POLLUTANTS[pollutant], MONTH_DAYS, resolution)


def test_three_days_of_constant_air_are_shown_as_one_to_eleven() -> None:
    ledger = a_ledger(a_day(MONDAY - back) for back in (3, 2, 1))
    found = written(ledger, resolution=0.1)
    assert {(part.low, part.high) for part in found.ranges} == {(1.0, 11.0)}
    assert found.basis is Basis.MIXED
    assert found.own_share == pytest.approx(0.36, abs=0.005)


def test_a_days_own_readings_do_not_affect_its_range() -> None:
    before = diary(30)
    after = before.with_day(a_day(MONDAY, {500.0: 36}))
    assert written(after).ranges == written(before).ranges


@pytest.mark.parametrize(
    ("days", "pollutant", "basis", "shown"),
    [
        (0, Pollutant.PM25, Basis.EVERYONE, True),
        (0, Pollutant.VOC_RATIO, Basis.EVERYONE, False),
        (0, Pollutant.VOC_MASS, Basis.EVERYONE, False),
        (3, Pollutant.PM25, Basis.MIXED, True),
        (3, Pollutant.VOC_RATIO, Basis.MIXED, True),
        (30, Pollutant.PM25, Basis.THIS_ROOM, True),
        (30, Pollutant.VOC_INDEX, Basis.THIS_ROOM, True),
    ],
)
def test_a_range_says_whose_days_it_is_based_on(
    days: int, pollutant: Pollutant, basis: Basis, *, shown: bool
) -> None:
    found = written(diary(days), pollutant)
    assert (found.basis, found.shown) == (basis, shown)
    assert len(found.ranges) == 8


def test_confidence_and_its_interval_follow_the_coverages_that_count() -> None:
    change = ChangeReported(from_day=MONDAY - 10, found_day=MONDAY - 10, weight=0.25)
    days = [
        a_day(MONDAY - back, {8.0: 36}, coverage=0.3 if back > 10 else 0.8)
        for back in range(30, 0, -1)
    ]
    low = said(written(a_ledger(days)))
    assert low == of([0.3] * 20 + [0.8] * 10)
    again = said(written(a_ledger(days, entries=(an_entry(change),))))
    assert again == of([0.8] * 10)
    assert again > low


def said(found: Forecast) -> tuple[float, tuple[int, int]]:
    assert found.confidence is not None
    assert found.next_14_days is not None
    return found.confidence, found.next_14_days


def of(coverages: list[float]) -> tuple[float, tuple[int, int]]:
    ahead = coverage_ahead(coverages)
    assert ahead is not None
    return ahead.confidence, ahead.interval


@pytest.mark.parametrize(("days", "ranges"), [(0, 0), (6, 0), (7, 8)])
def test_without_a_prior_there_is_no_range_in_the_first_week(days: int, ranges: int) -> None:
    ledger = diary(days, state=LearningState.COLLECTING)
    assert len(written(ledger, Pollutant.VOC_INDEX).ranges) == ranges


def test_without_a_prior_and_without_days_there_is_no_range() -> None:
    change = ChangeSuspected(from_day=MONDAY - 1, found_day=MONDAY, cause=Cause.LEVEL_SHIFT)
    found = written(a_ledger([], entries=(an_entry(change),)), Pollutant.VOC_INDEX)
    assert found.standing.state is LearningState.STALE
    assert found.ranges == ()
    assert found.basis is None


def test_low_coverage_raises_the_widening_which_widens_the_range() -> None:
    fair, missed = written(diary(40)), written(diary(40, coverage=0.65))
    assert fair.widening == pytest.approx(0.0)
    assert missed.widening == pytest.approx(by_hand.widening([0.65] * 40))
    for narrow, wide in zip(fair.ranges, missed.ranges, strict=True):
        assert wide.y_low < narrow.y_low
        assert wide.y_high > narrow.y_high


def test_the_widening_begins_again_with_the_days_after_a_change() -> None:
    change = ChangeReported(from_day=MONDAY - 5, found_day=MONDAY - 5, weight=0.25)
    ledger = replace(diary(40, coverage=0.5), entries=(an_entry(change),))
    assert written(ledger).widening == pytest.approx(by_hand.widening([0.5] * 5))


@pytest.mark.parametrize(
    ("promise", "days", "eligible"),
    [
        (14, 21, True),
        (35, 33, False),
        (35, 34, True),
        (60, 58, False),
        (60, 59, True),
        (150, 58, False),
        (150, 59, True),
    ],
)
def test_an_alert_is_possible_once_there_are_enough_reference_days(
    promise: int, days: int, *, eligible: bool
) -> None:
    found = forecast(diary(days), MONDAY, PM25, promise, 1.0)
    assert found.eligible is eligible
    assert (found.alert_level(0) is not None) is eligible
    assert len(found.threshold.scores) == found.threshold.days == days


def test_all_days_that_are_kept_are_compared_whatever_the_promise() -> None:
    for promise in (14, 35, 60, 150):
        found = forecast(diary(90), MONDAY, PM25, promise, 1.0)
        assert len(found.threshold.scores) == 90
        assert (found.promise_days, found.threshold.promise_days) == (promise, promise)
        assert tuple(found.threshold.bars) == rarities(promise)


def test_another_promise_changes_the_threshold_alone() -> None:
    ledger = diary(60)
    month = written(ledger)
    found = with_threshold(month, ledger, 14)
    assert found == forecast(ledger, MONDAY, PM25, 14, 1.0)
    assert found.ranges == month.ranges
    assert found.threshold.bar <= month.threshold.bar


def test_the_alert_level_of_a_part_is_that_of_its_most_sensitive_hour() -> None:
    found = written(diary(40))
    levels = [90.0] * PEAKS
    levels[3:6], levels[24 + 3 : 24 + 6] = [70.0, 60.0, 80.0], [10.0, 20.0, 30.0]
    found = replace(found, alert_levels=levels)
    assert (found.alert_level(0), found.alert_level(1)) == (90.0, 60.0)


@pytest.mark.parametrize(("most", "end"), [(500.0, False), (280.0, True)])
def test_an_index_that_often_reaches_its_end_has_no_alert_level_there(
    most: float, *, end: bool
) -> None:
    """No level can exceed the end, so an alert level beyond it would be a false comfort."""
    days = [
        a_day(
            MONDAY - back,
            {100.0: 36},
            peaks=[120.0 + back] * 4 + [most - back % 3] + [120.0 + back] * 3,
            state=LearningState.LEARNED,
            coverage=0.8,
        )
        for back in range(60, 0, -1)
    ]
    found = written(a_ledger(days), Pollutant.VOC_INDEX)
    assert found.in_reach(4) is end
    assert (found.alert_level(4) is not None) is end
    assert found.in_reach(3)
    assert found.alert_level(3) is not None


def test_each_hour_has_the_alert_level_of_its_own_past() -> None:
    """One evening hour with plumes leaves the other hours of its part as sensitive as before."""
    chance = np.random.default_rng(3)
    days = []
    for back in range(60, 0, -1):
        peaks = bytearray(chance.integers(44, 50, size=PEAKS, dtype=np.uint8).tobytes())
        for hold in (0, 24):
            peaks[hold + 16] = 50 + int(chance.integers(0, 40))
        days.append(
            a_day(
                MONDAY - back,
                USUAL,
                peaks=bytes(peaks),
                state=LearningState.LEARNED,
                coverage=0.8,
            )
        )
    levels = written(a_ledger(days)).alert_levels
    for hold in (0, 24):
        evening = levels[hold + 16]
        others = [level for hour, level in enumerate(levels[hold : hold + 24]) if hour != 16]
        assert evening > 2.0 * max(others)


def test_enough_days_that_are_not_learned_are_not_eligible() -> None:
    assert not written(diary(40, state=LearningState.PROVISIONAL, coverage=0.5)).eligible


def test_the_issued_range_holds_all_parts_in_order() -> None:
    found = written(diary(30))
    ranges: tuple[PartRange, ...] = found.ranges
    assert found.issued[::2] == tuple(part.low for part in ranges)
    assert found.issued[1::2] == tuple(part.high for part in ranges)
    assert written(diary(0), Pollutant.VOC_INDEX).issued == ()
