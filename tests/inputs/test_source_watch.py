"""When trouble with a source is proven, and when it is over."""

from collections.abc import Callable

from custom_components.air_baseline.core.ledger.entries import Trouble
from custom_components.air_baseline.inputs.source_watch import SourceWatch

MINUTE, HOUR = 60.0, 3600.0
UNIT, IMPLAUSIBLE = Trouble.UNIT_CHANGED, Trouble.IMPLAUSIBLE


def followed(
    until: float, trouble: Callable[[float], Trouble | None], every_s: float = MINUTE
) -> SourceWatch:
    watch = SourceWatch()
    for number in range(round(until / every_s) + 1):
        watch.take(number * every_s, trouble(number * every_s))
    return watch


def test_a_trouble_is_proven_after_two_hours() -> None:
    assert not followed(2 * HOUR - MINUTE, lambda _: UNIT).proven(UNIT)
    watch = followed(2 * HOUR, lambda _: UNIT)
    assert watch.proven(UNIT)
    assert not watch.has(IMPLAUSIBLE)


def test_it_is_over_at_once_the_first_time_that_it_goes() -> None:
    watch = followed(5 * HOUR, lambda _: UNIT)
    watch.take(5 * HOUR + MINUTE, None)
    assert not watch.has(UNIT)


def test_a_unit_that_flips_is_one_trouble_until_it_is_right_for_an_hour() -> None:
    watch = followed(3 * HOUR, lambda at: UNIT if at % 2 else None, every_s=1.0)
    assert watch.has(UNIT)
    assert watch.proven(UNIT)
    for minute in range(59):
        watch.take(3 * HOUR + minute * MINUTE, None)
        assert watch.has(UNIT)
    for minute in range(3):
        watch.take(4 * HOUR + minute * MINUTE, None)
    assert not watch.has(UNIT)
    assert not watch.proven(UNIT)


def test_glitches_prove_nothing() -> None:
    watch = followed(24 * HOUR, lambda at: IMPLAUSIBLE if at % (20 * MINUTE) == 0 else None)
    assert not watch.proven(IMPLAUSIBLE)


def test_trouble_of_another_day_is_not_counted() -> None:
    watch = followed(HOUR, lambda _: UNIT)
    watch.take(HOUR + MINUTE, None)
    watch.take(12 * HOUR, UNIT)
    watch.take(12.5 * HOUR, UNIT)
    assert watch.has(UNIT)
    assert not watch.proven(UNIT)


def test_a_clock_that_is_set_back_begins_again() -> None:
    watch = followed(3 * HOUR, lambda _: None)
    watch.take(3 * HOUR, UNIT)
    watch.take(3 * HOUR + MINUTE, None)
    watch.take(HOUR, None)
    assert not watch.has(UNIT)
