"""The sensors of a home share its budget of alerts equally, and never have more than promised."""

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.alerting.promise import (
    BUDGET_DAYS,
    Promise,
    needed_days,
    shared_days,
)

SENSORS = st.integers(0, 2000)
BUDGETS = st.integers(1, 30)
PROMISES = st.sampled_from(Promise)


@pytest.mark.parametrize(
    ("promise", "sensors", "budget", "days"),
    [
        (Promise.MONTH, 10, 2, 150),
        (Promise.MONTH, 10, None, 35),
        (Promise.MONTH, 10, 9, 35),  # 34 days would be enough for the budget.
        (Promise.FORTNIGHT, 10, 9, 34),  # 33 days would be too few: 9.1 alerts in 30 days.
        (Promise.TWO_MONTHS, 3, 1, 90),
        (Promise.TWO_MONTHS, 0, 1, 60),
    ],
)
def test_each_sensor_has_an_equal_share(
    promise: Promise, sensors: int, budget: int | None, days: int
) -> None:
    assert shared_days(promise.days, sensors, budget) == days


@given(PROMISES, SENSORS, BUDGETS)
def test_all_sensors_together_keep_the_budget_and_each_its_promise(
    promise: Promise, sensors: int, budget: int
) -> None:
    days = shared_days(promise.days, sensors, budget)
    assert days >= promise.days
    assert BUDGET_DAYS * sensors <= budget * days
    tight = days == promise.days or BUDGET_DAYS * sensors > budget * (days - 1)
    assert tight, "no sensor is held back more than the budget asks for"


@given(PROMISES, SENSORS)
def test_without_a_budget_each_sensor_has_its_promise_alone(promise: Promise, sensors: int) -> None:
    assert shared_days(promise.days, sensors, None) == promise.days


@given(PROMISES, SENSORS, BUDGETS)
def test_another_sensor_never_gives_the_others_more(
    promise: Promise, sensors: int, budget: int
) -> None:
    before, after = (shared_days(promise.days, number, budget) for number in (sensors, sensors + 1))
    assert after >= before


def test_an_alert_never_waits_for_more_days_than_are_kept() -> None:
    assert needed_days(shared_days(Promise.MONTH.days, 2000, 1)) == 59
