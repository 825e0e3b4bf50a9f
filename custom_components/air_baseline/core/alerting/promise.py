"""The promise: how many false alarms a sensor may give, as a rule in numbers."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Promise(StrEnum):
    """How often the user accepts a false alarm from each sensor."""

    FORTNIGHT = "fortnight"
    MONTH = "month"
    TWO_MONTHS = "two_months"


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise in numbers: at most one unanswered alert day in `days`.

    Today must beat all but one in `rank_days` of the last `window` reference days, by a margin
    that grows by `gain` (spreads) with each unanswered alert. With more than `quota` unanswered
    alert days in 30, the range itself is in doubt.
    """

    days: int
    window: int
    rank_days: int
    gain: float
    quota: int

    @property
    def needed_days(self) -> int:
        """Return how many reference days an alert needs: N - 1 for a promise of one day in N.

        Among N days that are alike, today is the highest by chance once in N days; among fewer
        days, more often. With the promise "once a month" an alert therefore needs 34 days:

        >>> {promise.value: rule.needed_days for promise, rule in RULES.items()}
        {'fortnight': 13, 'month': 34, 'two_months': 59}
        """
        return self.days - 1

    def rank(self, number: int) -> int:
        """Return k = floor((n + 1) / rank_days): today must beat the k-th highest of n days.

        >>> RULES[Promise.MONTH].rank(34), RULES[Promise.MONTH].rank(69)
        (1, 2)
        """
        return (number + 1) // self.rank_days


# The rank days give the rate in quiet homes, the gain holds it through a season. `promises`
# (benchmarks/promises.py) checks that each rule keeps its promise in every season on seeded homes.
RULES: Final = MappingProxyType(
    {
        # All are days but the gain, which is in spreads; by judgement.
        Promise.FORTNIGHT: Rule(days=14, window=69, rank_days=14, gain=1.0, quota=6),
        # Rank days and gain: short run, "Pooling and hold" in docs/developers/statistics.md; the
        # rest by judgement.
        Promise.MONTH: Rule(days=35, window=69, rank_days=31, gain=1.2, quota=3),
        # By judgement.
        Promise.TWO_MONTHS: Rule(days=60, window=89, rank_days=60, gain=2.5, quota=2),
    }
)
