"""The tables, checked on hand-made numbers."""

import numpy as np
import pytest

from benchmarks.runs import NO_REASON, REASONS, STATES, ClosedDay, Run, Said
from benchmarks.tables import (
    changes_per_year,
    claims_in_unseen_conditions,
    coverage,
    first_claims,
    in_the_week,
    in_unseen_conditions,
    on_weekends,
    promise,
    rooms_in_band,
)
from custom_components.air_baseline.core.codes import LearningState, Reason
from custom_components.air_baseline.core.day import DAY_S
from custom_components.air_baseline.core.pollutant import Pollutant

LEARNED = STATES.index(LearningState.LEARNED)


def bins_of(levels: list[float], *, low: float = 2.0, high: float = 6.0, age: float = 30.0) -> Said:
    number = len(levels)
    level = np.array(levels)
    return Said(
        start=np.arange(number, dtype=np.float64) * 300.0 + age * DAY_S,
        age=np.full(number, age),
        weekend=np.arange(number) % 2 == 0,
        state=np.full(number, LEARNED, dtype=np.int8),
        reason=np.full(number, NO_REASON, dtype=np.int8),
        level=level,
        low=np.full(number, low),
        high=np.full(number, high),
        inside=((low < level) & (level < high)) + 0.5 * ((level == low) | (level == high)),
        confidence=np.full(number, np.nan),
    )


def run(levels: list[float], **kwargs: object) -> Run:
    return Run(name="room", pollutant=Pollutant.PM25, said=bins_of(levels), **kwargs)  # type: ignore[arg-type]


def days(number: int, *, eligible: bool = True) -> list[ClosedDay]:
    return [ClosedDay(age, 0.8, None, eligible) for age in range(35, 35 + number)]


def test_an_edge_is_inside_the_closed_range_and_outside_the_open_one() -> None:
    found = coverage([run([1.0, 2.0, 3.0, 6.0, 7.0])])
    assert (found.bins, found.closed, found.open) == (5, 0.6, 0.2)
    assert found.fair == pytest.approx(0.4)
    assert found.width == pytest.approx(np.log(7.0 / 3.0))


def test_the_pinball_loss_is_the_mean_of_both_edges() -> None:
    found = coverage([run([8.0])])
    low, high = 0.1 * np.log(9.0 / 3.0), 0.9 * np.log(9.0 / 7.0)
    assert found.pinball == pytest.approx((low + high) / 2.0)


def test_coverage_is_filtered_by_state_age_and_bins() -> None:
    room = run([1.0, 3.0, 1.0, 3.0])
    assert coverage([room], LearningState.LEARNED, (21, 60)).bins == 4
    assert coverage([room], LearningState.PROVISIONAL).bins == 0
    assert coverage([room], LearningState.LEARNED, (60, 90)).bins == 0
    assert coverage([room], also=on_weekends).closed == 0.0
    assert coverage([room], also=in_the_week).closed == 1.0
    room.said.low[1] = np.nan
    assert coverage([room]).bins == 3


def test_conditions_never_seen_are_counted_by_their_reason() -> None:
    room = run([1.0, 3.0, 3.0])
    room.said.reason[:2] = REASONS.index(Reason.CONDITIONS_UNSEEN)
    room.said.confidence[0] = 0.9
    assert coverage([room], also=in_unseen_conditions).closed == 0.5
    assert claims_in_unseen_conditions([room]) == 1


def test_rooms_with_a_coverage_from_70_to_90_percent_are_counted() -> None:
    good = run([3.0] * 240 + [9.0] * 60)
    bad = run([3.0] * 300)
    short = run([3.0] * 80 + [9.0] * 20)
    band = rooms_in_band([good, bad, short, good])
    assert (band.number, band.of) == (2, 3)
    assert (band.low, band.high) == pytest.approx((0.0, 1.0))


def test_the_promise_is_counted_on_eligible_days_only() -> None:
    calm = run([3.0], days=days(60))
    wild = run([3.0], days=[*days(30), *days(30, eligible=False)], episodes=[0.0] * 3)
    young = run([3.0], days=days(10))
    kept = promise([calm, wild, young])
    assert (kept.episodes, kept.days) == (3, 100)
    assert kept.rate == pytest.approx(0.9)
    assert (kept.low, kept.high) == pytest.approx((0.0, 3.0))
    assert kept.worst_room == pytest.approx(np.quantile([0.0, 3.0], 0.9))


def test_first_claims_are_taken_from_rooms_that_made_one() -> None:
    rooms = [run([3.0], learned=[25, 40], days=days(5)), run([3.0], learned=[21]), run([3.0])]
    first = first_claims(rooms)
    assert (first.earliest, first.learned, first.learned_rooms) == (21.0, 23.0, 2)
    assert (first.alert, first.alert_rooms, first.rooms) == (35.0, 1, 3)


def test_suspected_changes_are_counted_per_year() -> None:
    rooms = [run([3.0], changes=[50], days=days(100)), run([3.0], days=days(100))]
    assert changes_per_year(rooms) == pytest.approx(365.25 / 200.0)
