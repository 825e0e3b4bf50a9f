"""What a year of memory says of the days of a room, read along strictly in order.

The year moves no range, so a room is run once without it, and its days are looked through again:
which shifts are suspected, and which creeps are stated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from custom_components.air_baseline.core.day import DAY_S
from custom_components.air_baseline.core.learning.level_shift import reviewed
from custom_components.air_baseline.core.learning.year_change import explains, find_creep
from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.year.joining import joined
from custom_components.air_baseline.core.year.year import NO_YEAR

EVERY: Final = 7  # Days between two looks for a creep: its weeks change once a week.


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The days (counted from the first one) on which a change was suspected, a creep stated."""

    changes: list[int]
    creeps: list[int]


def review(days: Sequence[DaySummary], first: int, pollutant: Pollutant) -> Reviewed:
    """Return what the year says of closed days, oldest first; they are counted from `first`."""
    effect = POLLUTANTS[pollutant].effect
    ledger, year, season = Ledger(), NO_YEAR, 0
    found = Reviewed([], [])
    for summary in days:
        today, at = summary.day + 1, float(DAY_S * summary.day)
        year = joined(year, ledger, summary.day, at)
        ledger = ledger.with_day(summary)
        before, seasonal = ledger.shift, explains(ledger, year, today, effect)
        ledger = reviewed(ledger, today, at, effect, seasonal)
        if ledger.shift is not None and ledger.shift != before:
            found.changes.append(today - first)
        creep = find_creep(ledger, year, today, effect) if today % EVERY == 0 else None
        if creep is not None and creep.season_day != season:
            season = creep.season_day
            found.creeps.append(today - first)
    return found
