"""The promise: how often a sensor may give an alert, by itself and as one of a home."""

from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import Final


class Promise(StrEnum):
    """How often the user accepts an alert from each sensor."""

    FORTNIGHT = "fortnight"
    MONTH = "month"
    TWO_MONTHS = "two_months"

    @property
    def days(self) -> int:
        """Return N of "at most one alert in N days that could have one"."""
        return _DAYS[self]


# Days, by judgement: a month has its alert in 35 days, so that a mean of one a month is kept.
_DAYS: Final = MappingProxyType({Promise.FORTNIGHT: 14, Promise.MONTH: 35, Promise.TWO_MONTHS: 60})
MONTH_DAYS: Final = Promise.MONTH.days
# Days, by judgement: each is checked in every season (regimes.md), and no more than 90 are kept.
RARITIES: Final = (14, 35, 60, 90)
BUDGET_DAYS: Final = 30  # Days that the budget of a home is for, by judgement: about a month.


def shared_days(promise_days: int, sensors: int, budget: int | None) -> int:
    """Return N of "at most one alert in N days" from each of the sensors of a home.

    They share its budget (alerts in 30 days, None for any number) equally, within the promise.

    >>> shared_days(35, sensors=10, budget=2), shared_days(35, sensors=2, budget=2)
    (150, 35)
    """
    return max(promise_days, ceil(BUDGET_DAYS * sensors / budget)) if budget else promise_days


def needed_days(promise_days: int) -> int:
    """Return how many reference days an alert needs: N - 1 for one alert in N days.

    Among N days that are alike, today is the highest by chance once in N days. No sensor waits
    for more than two months, whatever its share of a home's budget.

    >>> {promise.value: needed_days(promise.days) for promise in Promise}
    {'fortnight': 13, 'month': 34, 'two_months': 59}
    """
    return min(promise_days, Promise.TWO_MONTHS.days) - 1


def rarities(promise_days: int) -> tuple[int, ...]:
    """Return the rarities (days) that an alert can have, those of the promise itself first.

    >>> rarities(35), rarities(150)
    ((35, 60, 90), (150,))
    """
    return promise_days, *(days for days in RARITIES if days > promise_days)
