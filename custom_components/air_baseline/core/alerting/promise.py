"""The promise: how many false alarms a sensor may give, in numbers."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Promise(StrEnum):
    """How often the user accepts a false alarm, per sensor."""

    FORTNIGHT = "fortnight"
    MONTH = "month"
    TWO_MONTHS = "two_months"


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise in numbers: one alert day in `days`, from the last `window` reference days.

    Today must beat all but one in `rank_days` of them, and a margin that grows by `gain` with
    each unanswered alert (in spreads). At most `quota` unanswered alert days in 30; one more
    and the record itself is in doubt.
    """

    days: int
    window: int
    rank_days: int
    gain: float
    quota: int

    @property
    def needed_days(self) -> int:
        """Return how many reference days an alert needs: with fewer the promise means nothing."""
        return self.days - 1

    def rank(self, number: int) -> int:
        """Return k: today must beat the k-th highest of n days, k = floor((n + 1) / rank days).

        >>> RULES[Promise.MONTH].rank(34), RULES[Promise.MONTH].rank(69)
        (1, 2)
        """
        return (number + 1) // self.rank_days


# Chosen on seeded homes of each season and held-out seeds (docs/developers/statistics.md):
# the rank days give the rate in quiet homes, the gain holds it through a season.
RULES: Final = MappingProxyType(
    {
        Promise.FORTNIGHT: Rule(days=14, window=69, rank_days=14, gain=1.0, quota=6),
        Promise.MONTH: Rule(days=35, window=69, rank_days=31, gain=1.2, quota=3),
        Promise.TWO_MONTHS: Rule(days=60, window=89, rank_days=60, gain=2.5, quota=2),
    }
)
