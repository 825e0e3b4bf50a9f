"""Readings at irregular times, checked against time-weighted means worked out by hand."""

from math import sin

import pytest
from scipy.integrate import quad

from custom_components.air_baseline.core.reading.binning import (
    LEAST_STEP,
    Bin,
    Binner,
    Reading,
    Unproven,
)
from custom_components.air_baseline.core.reading.cadence import KEPT

T0 = 1_760_000_400  # A multiple of five minutes.


def test_a_bin_is_the_exact_integral_over_its_slot() -> None:
    def air(at: float) -> float:
        return 20.0 + 10.0 * sin(at / 50.0)

    binner = Binner()
    bins = [
        bin_ for tick in range(3001) for bin_ in binner.read(T0 + tick / 10.0, air(tick / 10.0))
    ]
    integral, _ = quad(air, 0.0, 300.0)
    assert [bin_.slot for bin_ in bins] == [T0 // 300]
    assert bins[0].observed_s == pytest.approx(300.0)
    assert bins[0].value == pytest.approx(integral / 300.0, abs=0.01)


def test_frequent_readings_do_not_weigh_more_than_rare_ones() -> None:
    binner = Binner()
    binner.read(T0, 10.0)
    for second in range(240, 300):
        binner.read(T0 + second, 60.0)
    assert binner.advance(T0 + 300) == [Bin(T0 // 300, 20.0, 300.0)]


def test_a_flood_of_readings_gives_one_bin_per_slot_and_stores_no_reading() -> None:
    binner = Binner()
    bins = [bin_ for tick in range(60_001) for bin_ in binner.read(T0 + tick / 100, tick % 2)]
    assert [bin_.value for bin_ in bins] == [pytest.approx(0.5, abs=1e-4)] * 2
    assert len(binner.cadence.intervals) == KEPT


def test_a_repeated_value_lasts_for_half_an_hour() -> None:
    binner = Binner()
    for tick in range(-2, 1):
        binner.read(T0 + 60 * tick, 5.0)
    bins = binner.advance(T0 + 7200)
    assert [bin_.observed_s for bin_ in bins if bin_.start >= T0] == [300.0] * 6


def a_day(_value: float) -> float:
    return 24 * 3600.0


def test_a_value_of_a_source_that_reports_only_changes_lasts_for_its_longest_hold() -> None:
    binner = Binner(a_day)
    binner.read(T0, 5.0)
    binner.read(T0 + 300, 6.0)
    bins = binner.advance(T0 + 300 + 24 * 3600)
    assert [bin_.value for bin_ in bins] == [6.0] * 288
    assert binner.take_unproven() is None
    assert binner.advance(T0 + 48 * 3600) == []
    assert binner.take_unproven() == Unproven(6.0, T0 + 300, T0 + 300 + 24 * 3600)
    assert binner.take_unproven() is None, "once"


def test_a_sign_of_life_makes_a_value_last_but_brings_none_back() -> None:
    binner = Binner(a_day)
    binner.read(T0, 5.0)
    for hour in range(40):
        binner.advance(T0 + 3600 * hour)
        binner.show_life(T0 + 3600 * hour)
    assert binner.holds(T0 + 63 * 3600)
    assert not binner.holds(T0 + 63 * 3600 + 1)
    binner.advance(T0 + 80 * 3600)
    binner.show_life(T0 + 80 * 3600)
    assert not binner.holds(T0 + 80 * 3600)


def test_a_source_that_is_quiet_for_an_hour_may_be_dead_only_if_it_reports_only_changes() -> None:
    quiet, slow = Binner(a_day), Binner(a_day)
    for tick in range(5):
        quiet.read(T0 + 3000 * tick, float(tick))
        slow.read(T0 + 3000 * tick, 5.0)
    for binner, may_be_dead in ((quiet, True), (slow, False)):
        bins = binner.advance(T0 + 12_000 + 7200)
        first, last = bins[11], bins[12]
        assert (first.fresh, first.quiet) == (True, False)
        assert (last.fresh, last.quiet) == (False, may_be_dead)


def test_a_value_that_a_recorder_saw_repeated_lasts_as_long() -> None:
    binner = Binner(a_day)
    binner.take(Reading(T0, 5.0, T0 + 4 * 3600))
    bins = binner.read(T0 + 4 * 3600 + 60, 6.0)
    assert len(bins) == 48
    assert not binner.cadence.changes_only
    assert list(binner.cadence.intervals) == [60.0]


def test_a_lost_value_lasts_no_longer() -> None:
    binner = Binner()
    binner.read(T0, 5.0)
    assert binner.lose(T0 + 400) == [Bin(T0 // 300, 5.0, 300.0)]
    assert binner.advance(T0 + 3600) == [Bin(T0 // 300 + 1, 5.0, 100.0)]


@pytest.mark.parametrize(("observed_s", "bins"), [(59, 0), (60, 1)])
def test_a_slot_observed_for_less_than_a_minute_is_missing(observed_s: int, bins: int) -> None:
    binner = Binner()
    binner.read(T0, 5.0)
    binner.lose(T0 + observed_s)
    assert len(binner.advance(T0 + 300)) == bins


def test_one_value_an_hour_fills_every_slot() -> None:
    binner = Binner()
    bins = [bin_ for hour in range(25) for bin_ in binner.read(T0 + 3600 * hour, 1.5**hour)]
    first_hour = [bin_ for bin_ in bins if bin_.end <= T0 + 3600]
    assert len(first_hour) == 12
    assert [bin_.value for bin_ in bins] == [1.5 ** (index // 12) for index in range(24 * 12)]
    assert len(binner.advance(T0 + 48 * 3600)) == 4 * 12, "four of its intervals"


@pytest.mark.parametrize(("every_s", "hours"), [(60, 0.5), (450, 0.5), (900, 1.0), (86_400, 6.0)])
def test_the_hold_limit_is_four_intervals_between_half_an_hour_and_six_hours(
    every_s: int, hours: float
) -> None:
    binner = Binner()
    for tick in range(5):
        binner.read(T0 + tick * every_s, 5.0)
    assert binner.hold_limit_s() == hours * 3600.0


def test_an_announced_gap_does_not_count_towards_the_cadence() -> None:
    binner = Binner()
    binner.read(T0, 5.0)
    binner.lose(T0 + 10)
    binner.read(T0 + 40_000, 5.0)
    assert list(binner.cadence.intervals) == []


def test_a_slightly_late_reading_counts_from_the_present_time() -> None:
    binner = Binner()
    binner.read(T0, 10.0)
    binner.advance(T0 + 200)
    assert binner.read(T0 + 50, 40.0) == ()
    assert binner.advance(T0 + 300) == [Bin(T0 // 300, 20.0, 300.0)]
    assert binner.late == 0


@pytest.mark.parametrize(("behind_s", "late"), [(300, 0), (301, 1)])
def test_a_reading_from_before_the_last_five_minutes_is_dropped_and_counted(
    behind_s: int, late: int
) -> None:
    binner = Binner()
    binner.read(T0, 10.0)
    binner.advance(T0 + 600)
    binner.read(T0 + 600 - behind_s, 40.0)
    assert binner.late == late
    assert binner.current_value == (10.0 if late else 40.0)


def test_nothing_is_counted_twice_when_the_clock_steps_back() -> None:
    binner = Binner()
    hour = [(T0 + tick, float(tick % 7)) for tick in range(0, 3600, 60)]
    first = [bin_ for at, value in hour for bin_ in binner.read(at, value)]
    again = [bin_ for at, value in hour for bin_ in binner.read(at, value)]
    assert len(first) == 11
    assert again == []


def test_counting_continues_after_the_clock_has_caught_up() -> None:
    binner = Binner()
    binner.read(T0 + 3600, 1.0)
    for tick in range(0, 3600, 60):
        binner.read(T0 + tick, 9.0)
    bins = [bin_ for tick in range(3600, 4260, 60) for bin_ in binner.read(T0 + tick, 5.0)]
    assert [(bin_.start - T0, bin_.value) for bin_ in bins] == [(3600.0, 5.0), (3900.0, 5.0)]


def test_after_a_restart_time_starts_again_and_the_cadence_is_still_known() -> None:
    binner = Binner()
    for hour in range(3):
        binner.read(T0 + 3600 * hour, 5.0)
    binner.restart()
    assert binner.read(T0 - 86_400, 7.0) == ()
    assert [bin_.value for bin_ in binner.advance(T0 - 86_400 + 600)] == [7.0, 7.0]
    assert binner.hold_limit_s() == 4 * 3600.0


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([5.0], None),
        ([5.0, 5.0], None),
        ([5.0, 8.0, 6.0], 2.0),
        ([5.0, 8.0, 6.0, 6.5, 9.0], 0.5),
        ([5.0, 5.003], LEAST_STEP),
    ],
)
def test_the_resolution_is_the_smallest_step_seen(values: list[float], step: float | None) -> None:
    binner = Binner()
    for tick, value in enumerate(values):
        binner.read(T0 + tick, value)
    assert binner.step == step
