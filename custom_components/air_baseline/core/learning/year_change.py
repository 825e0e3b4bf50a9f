"""What last year says of a level: whether the season explains it, and whether it creeps.

Levels of weeks are compared with those of the same weeks of earlier years: the quiet level and
the rises (see `level_shift`), in steps, as the mean of both. A moved sensor or one that gets dirty
moves both; so can a harder winter, so that of a creep nothing is said but that it is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..ledger.day_summary import DayOrigin, DaySummary, day_counts
from ..ledger.histogram import DayCounts
from ..ledger.ledger import Ledger
from ..ledger.seen_parts import parts_of
from ..pollutant import from_scale
from ..year.week import WEEK_DAYS, Week, WeekOrigin, week_of
from ..year.year import Year
from .last_year import MONTHS_OF_A_SEASON, WEEKS_OF_A_YEAR, season_of
from .level_shift import RECENT_DAYS, STEPS, levels_by_day
from .typical_range import quantiles

type Array = NDArray[np.float64]

YEARS = 2  # Years before, by judgement: all that are kept.
# Weeks before and after. Of a shift (tuning run): with 1, twice the false suspicions, and as many
# moves of sensors were found; with 3, fewer moves. Of a creep: by judgement.
AROUND_SHIFT, AROUND_CREEP = 2, 1
LEAST_WEEK_DAYS = 3  # Seen days of a week that is compared, by judgement.
LEAST_WEEKS = 3  # Weeks of earlier years that can be compared with, by judgement.
# Steps beyond all of those weeks that the season does not explain (tuning run): with 0.2, more
# false suspicions, and as many moves of sensors were found; with 0.7, fewer moves.
BEYOND = 0.4
CREEP_WEEKS = 4  # Whole weeks in a row, by judgement: a month.
LEAST_SAME_WEEKS = 4  # Of the six weeks around them a year earlier, by judgement.


@dataclass(frozen=True, slots=True, kw_only=True)
class Creep:
    """Four weeks that are all beyond all of the same weeks of last year.

    `season_day` is the first day of the season (proleptic ordinal), in which it is said once.
    `first_day` and `last_day` are those of the four weeks. `now` and `then` are the middles of
    these weeks and of the same weeks of last year (base unit).
    """

    season_day: int
    first_day: int
    last_day: int
    now: float
    then: float


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSays:
    """What the year says of a day: the first day of a shift that is as last year, and a creep."""

    as_last_year: int | None = None
    creep: Creep | None = None


class SameSeason:
    """Tells whether the last 21 days are as the same weeks of earlier years: it is the season.

    `explained` is the first day of the last shift that was explained, None for none.
    """

    def __init__(self, ledger: Ledger, year: Year, today: int, effect: float) -> None:
        """Ask on a day; `effect` is the smallest rise worth an alert (base unit)."""
        self.explained: int | None = None
        self._ledger, self._year, self._today, self._effect = ledger, year, today, effect

    def __call__(self, first: int, recent: DayCounts, rising: bool) -> bool:  # noqa: FBT001 - see `Seasonal`
        """Tell whether a shift since a day is the season; see `level_shift.Seasonal`."""
        if self._explains(recent, rising):
            self.explained = first
        return self.explained == first

    def _explains(self, recent: DayCounts, rising: bool) -> bool:  # noqa: FBT001 - see `Seasonal`
        first, last = week_of(self._today - RECENT_DAYS), week_of(self._today - 1)
        weeks = [
            week
            for years in range(1, YEARS + 1)
            for week in _weeks(self._year, first - AROUND_SHIFT, last + AROUND_SHIFT, years)
        ]
        if len(weeks) < LEAST_WEEKS:
            return False
        parts = parts_of(self._ledger.common_parts(self._today))
        then = _levels([week.counts[parts] for week in weeks], self._effect)
        days = recent[-RECENT_DAYS:]
        sevens = [days[place : place + WEEK_DAYS] for place in range(0, len(days), WEEK_DAYS)]
        now = _levels([some.sum(axis=0, dtype=np.intp) for some in sevens], self._effect)
        known = bool(len(then) and len(now))
        return known and _beyond(now.mean(axis=0)[None], then, rising) < BEYOND


def find_creep(ledger: Ledger, year: Year, today: int, effect: float) -> Creep | None:
    """Return the creep that the last four whole weeks before today show, None if they show none.

    `effect` is the smallest rise worth an alert (base unit).
    """
    last = week_of(today) - 1
    first = last - CREEP_WEEKS + 1
    same = [
        week
        for week in _weeks(year, first - AROUND_CREEP, last + AROUND_CREEP, 1)
        if week.origin is WeekOrigin.LIVED
    ]
    if len(same) < LEAST_SAME_WEEKS:
        return None
    mine = _own_weeks(ledger, first, last, today)
    if len(mine) < CREEP_WEEKS:
        return None
    parts = parts_of(ledger.common_parts(today))
    ours, theirs = [week[parts] for week in mine], [week.counts[parts] for week in same]
    now, then = _levels(ours, effect), _levels(theirs, effect)
    if len(now) < CREEP_WEEKS or len(then) < LEAST_SAME_WEEKS:
        return None
    rising = bool(now.mean() > then.mean())
    middle, before = _middle(ours), _middle(theirs)
    if _beyond(now, then, rising) <= 0.0 or (middle > before) is not rising:
        return None
    monday = first * WEEK_DAYS + 1
    return Creep(
        season_day=season_day(today),
        first_day=monday,
        last_day=monday + CREEP_WEEKS * WEEK_DAYS - 1,
        now=middle,
        then=before,
    )


def _weeks(year: Year, first: int, last: int, years: int) -> list[Week]:
    """Return the weeks of enough days that lie some years before those from first to last."""
    ago = WEEKS_OF_A_YEAR * years
    return [
        week
        for week in year.weeks
        if first <= week.number + ago <= last
        and week.days >= LEAST_WEEK_DAYS
        and week.first_seen >= year.hours.now
    ]


def _own_weeks(ledger: Ledger, first: int, last: int, today: int) -> list[NDArray[np.intp]]:
    """Return the sums (part, cell) of the lived days of each week that has enough of them."""
    weeks: dict[int, list[DaySummary]] = {}
    for summary in ledger.evidence(today, (CREEP_WEEKS + 1) * WEEK_DAYS):
        number = week_of(summary.day)
        lived = summary.origin is not DayOrigin.HOURLY and not ledger.excluded_parts(summary.day)
        if lived and first <= number <= last and summary.day >= ledger.change_day:
            weeks.setdefault(number, []).append(summary)
    return [
        day_counts(days).sum(axis=0, dtype=np.intp)
        for days in weeks.values()
        if len(days) >= LEAST_WEEK_DAYS
    ]


def _levels(weeks: Sequence[NDArray[np.integer]], effect: float) -> Array:
    """Return the quiet level and the rises of each observed week (week, 2), as logarithms."""
    return levels_by_day(np.array(weeks, dtype=np.intp), effect)


def _beyond(now: Array, then: Array, rising: bool) -> float:  # noqa: FBT001 - which way
    """Return by how many steps all of some levels lie beyond all others, the mean of both kinds."""
    higher, lower = (now, then) if rising else (then, now)
    gaps = higher.min(axis=0) - lower.max(axis=0)
    return float((gaps / STEPS).mean())


def _middle(weeks: Sequence[NDArray[np.integer]]) -> float:
    counts = np.array(weeks).sum(axis=(0, 1), dtype=np.int32)
    return round(from_scale(float(quantiles(counts, 0.5)[0])), 1)


def season_day(day: int) -> int:
    """Return the first day of the meteorological season of a day: the same in both hemispheres."""
    on = date.fromordinal(day)
    months = on.month % MONTHS_OF_A_SEASON
    _, year = season_of(day)
    first = on.month - months
    return date(year if first <= 0 else on.year, first or 12, 1).toordinal()
