"""How the forecasts of two weeks came out: was the range as often right as was said before?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..codes import LearningState
from ..ledger.ledger import Ledger
from .confidence import FORECAST_DAYS

LEAST_SCORED: Final = 10  # Scored days of two weeks that can check a forecast, by judgement.
_FIRST: Final = 1  # Of the two weeks: it follows from their beginning on a Monday.


@dataclass(frozen=True, slots=True)
class ForecastRecord:
    """How many forecasts of two weeks were scored, and how many of these were kept."""

    scored: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class ForecastResult:
    """A forecast of two weeks that is over: its first day, what it said (percent), what came."""

    day: int
    low: int
    high: int
    coverage: float

    @property
    def kept(self) -> bool:
        """Tell whether what came lies inside what was said."""
        return self.low <= 100.0 * self.coverage <= self.high


def forecast_record(ledger: Ledger, coverages: Mapping[int, float], today: int) -> ForecastRecord:
    """Return how the forecasts of the two weeks that were over before `today` came out."""
    results = forecast_results(ledger, coverages, today)
    return ForecastRecord(len(results), sum(result.kept for result in results))


def forecast_results(
    ledger: Ledger, coverages: Mapping[int, float], today: int
) -> list[ForecastResult]:
    """Return the forecasts of the two weeks that were over before `today`, oldest first.

    A forecast is said each day, but only those of every other Monday are scored, so that no day
    counts twice and a result stays as it is, and only those of a learned range: no others are
    shown. It is kept if the mean of the `coverages` (by day, those that count) in its two weeks
    lies inside it. A change begins the record again.
    """
    first, chain = ledger.change_day, ledger.chain
    return [
        ForecastResult(summary.day, *summary.next_14_days, sum(scored) / len(scored))
        for summary in ledger.days
        if summary.day % FORECAST_DAYS == _FIRST
        and first <= summary.day <= today - FORECAST_DAYS
        and summary.head in chain
        and summary.next_14_days is not None
        and summary.state is LearningState.LEARNED
        and len(scored := _in_two_weeks(coverages, summary.day)) >= LEAST_SCORED
    ]


def _in_two_weeks(coverages: Mapping[int, float], first: int) -> list[float]:
    days = range(first, first + FORECAST_DAYS)
    return [coverages[day] for day in days if day in coverages]
