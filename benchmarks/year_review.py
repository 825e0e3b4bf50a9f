"""What a year of memory says of the days of a room, read along strictly in order.

The year moves no range, so a room is run once without it, and its days are looked through again:
which shifts are suspected, and which creeps are stated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from custom_components.air_baseline.core.day import DAY_S, WINDOW_DAYS
from custom_components.air_baseline.core.learning.last_year import left_weeks
from custom_components.air_baseline.core.learning.level_shift import reviewed
from custom_components.air_baseline.core.learning.weather_limits import weather_limits
from custom_components.air_baseline.core.learning.year_change import SameSeason, find_creep
from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.year.joining import joined
from custom_components.air_baseline.core.year.year import NO_YEAR, Year

EVERY: Final = 7  # Days between two looks for a creep: its weeks change once a week.


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The days, counted from the first, on which the year let a change be suspected, and so on.

    On `creeps` a creep was stated, on `unseen` a condition was new, and on `unseen_without` it
    would have been without the year.
    """

    changes: list[int] = field(default_factory=list)
    creeps: list[int] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)
    unseen_without: list[int] = field(default_factory=list)


NOTHING_SAID: Final = Reviewed()


def review(days: Sequence[DaySummary], first: int, pollutant: Pollutant) -> Reviewed:
    """Return what the year says of closed days, oldest first; they are counted from `first`."""
    effect = POLLUTANTS[pollutant].effect
    ledger, year, season = Ledger(), NO_YEAR, 0
    found = Reviewed()
    for summary in days:
        today, at = summary.day + 1, float(DAY_S * (summary.day + 1))
        if summary.surroundings.outdoor_temperature is not None:
            _look_at_weather(summary, ledger, year, first, found)
        year = joined(year, ledger, summary.day, at)
        ledger = ledger.with_day(summary).pruned(at)
        before, same = ledger.entries, SameSeason(ledger, year, today, effect)
        ledger = reviewed(ledger, today, at, effect, same)
        if ledger.shift is not None and ledger.shift not in before:
            found.changes.append(today - first)
        creep = find_creep(ledger, year, today, effect) if today % EVERY == 0 else None
        if creep is not None and creep.season_day != season:
            season = creep.season_day
            found.creeps.append(today - first)
    return found


def _look_at_weather(
    summary: DaySummary, ledger: Ledger, year: Year, first: int, found: Reviewed
) -> None:
    """Note whether the conditions of a day are new."""
    kept = ledger.evidence(summary.day, WINDOW_DAYS)
    if weather_limits(kept).unseen(summary.surroundings):
        found.unseen_without.append(summary.day - first)
    if weather_limits(kept, left_weeks(year, ledger)).unseen(summary.surroundings):
        found.unseen.append(summary.day - first)
