"""Whether the first readings of a source fit the unit that it reports in."""

import pytest

from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.reading.unit_check import UnitCheck

HOUR = 3600.0
PPM = 1000.0
SPEC = POLLUTANTS[Pollutant.VOC_RATIO]


def after(check: UnitCheck, start: float, hours: float, value: float, factor: float = PPM) -> float:
    """Report a value every minute; return the time of the end."""
    for minute in range(round(hours * 60)):
        check.take(start + 60.0 * minute, value * factor, factor)
    return start + hours * HOUR


def test_a_source_that_is_above_the_span_from_the_start_is_doubted_at_once() -> None:
    check = UnitCheck(SPEC)
    assert not check.take(0.0, 450.0 * PPM, PPM)
    after(check, 60.0, 50.0, 450.0)
    assert check.doubted
    assert not check.settled


@pytest.mark.parametrize(("low_h", "high_h", "doubted"), [(3.0, 2.9, False), (3.0, 3.2, True)])
def test_the_median_of_what_was_seen_decides(low_h: float, high_h: float, *, doubted: bool) -> None:
    check = UnitCheck(SPEC)
    at = after(check, 0.0, low_h, 40.0)
    after(check, at, high_h, 100.0)
    assert check.doubted is doubted


def test_an_index_that_is_low_for_a_night_is_doubted_by_day() -> None:
    check = UnitCheck(SPEC)
    at = after(check, 0.0, 8.0, 45.0)
    assert not check.doubted
    after(check, at, 10.0, 130.0)
    assert check.doubted


def test_after_a_day_inside_the_span_the_unit_is_settled() -> None:
    check = UnitCheck(SPEC)
    at = after(check, 0.0, 24.1, 0.3)
    assert check.settled
    at = after(check, at, 60.0, 100.0)
    assert not check.doubted


def test_gaps_do_not_count() -> None:
    check = UnitCheck(SPEC)
    check.take(0.0, 300.0, PPM)
    check.take(100 * HOUR, 300.0, PPM)
    assert not check.settled
    assert check.inside_s == 1800.0


def test_it_ends_after_an_hour_of_values_inside_the_span() -> None:
    check = UnitCheck(SPEC)
    at = after(check, 0.0, 20.0, 450.0)
    at = after(check, at, 0.9, 0.45)
    assert check.doubted
    at = after(check, at, 0.1, 450.0)  # One more of these begins the hour again.
    at = after(check, at, 1.0, 0.45)
    assert check.doubted
    assert not check.take(at, 450.0 * PPM, PPM)
    at = after(check, at + 60.0, 1.1, 0.45)
    assert not check.doubted


def test_another_unit_begins_again() -> None:
    check = UnitCheck(SPEC)
    at = after(check, 0.0, 20.0, 450.0)
    assert check.take(at, 450.0, 1.0)
    at = after(check, at, 30.0, 450.0, 1.0)
    assert check.settled
    assert not check.take(at, 450.0 * PPM, PPM)


def test_values_that_are_impossible_say_nothing_of_the_unit() -> None:
    check = UnitCheck(SPEC)
    after(check, 0.0, 5.0, -1.0)
    after(check, 5 * HOUR, 5.0, 65535.0)
    assert not check.doubted
    assert check.inside_s == check.above_s == 0.0


def test_it_continues_after_a_restart() -> None:
    check, again = UnitCheck(SPEC), UnitCheck(SPEC)
    assert not check.dump()
    after(check, 0.0, 5.0, 450.0)
    again.restore(check.dump()["unit_check"])
    assert again.doubted
    assert again.dump() == check.dump()


def test_days_that_are_known_settle_the_first_unit_that_is_seen() -> None:
    check = UnitCheck(SPEC)
    check.settle()
    assert check.take(0.0, 100.0 * PPM, PPM)
    assert not check.take(60.0, 100_000.0, 1.0)  # And another unit begins again.
