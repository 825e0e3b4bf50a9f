"""What the year of a room says: the same weeks of last year, and the seasons that it has seen.

All of it counts the days of the ledger too, which have not left the window yet, except the same
weeks: those are a year old.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..ledger.day_summary import DayOrigin, DaySummary, day_counts
from ..ledger.ledger import Ledger
from ..pollutant import from_scale
from ..reading.surroundings import MOSTLY_OPEN
from ..year.week import Week, week_of
from ..year.year import Year
from .typical_range import TARGET, quantiles

WEEKS_OF_A_YEAR: Final = 52  # Weeks; follows from the calendar: 364 days.
AROUND_WEEKS: Final = 2  # Weeks before and after, by judgement: one week is too few days.
MIDDLE: Final = 3  # Days from Monday to Thursday, whose month ISO 8601 specifies.
MONTHS_OF_A_SEASON: Final = 3  # Months; follows from four seasons.
# Probabilities; follows from the target.
_TAILS: Final = (0.5 - TARGET / 2.0, 0.5, 0.5 + TARGET / 2.0)

type Counts = NDArray[np.intp]
type Edges = tuple[float, float, float]  # Low, middle and high (base unit).


class TimeOfYear(StrEnum):
    """The meteorological seasons, of three whole months each."""

    WINTER = "winter"
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"


@dataclass(frozen=True, slots=True, kw_only=True)
class SameWeeks:
    """Weeks of an earlier year pooled: `counts` are the slots spent in each cell (part, cell).

    `days` are the days that they add up, `hourly_days` those of them that are hourly means.
    """

    counts: Counts
    days: int
    hourly_days: int

    def edges(self, parts: Iterable[int]) -> Edges | None:
        """Return the central 80 % of the time in some parts, None if they were not observed."""
        return _edges(self.counts[list(parts)].sum(axis=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonSeen:
    """One season of one year (a winter has the year that it begins in), and its seen days."""

    season: TimeOfYear
    year: int
    days: int
    hourly_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSeen:
    """One month, its seen days, and the central 80 % of its time (base unit)."""

    year: int
    month: int
    days: int
    hourly_days: int
    edges: Edges


def same_weeks(year: Year, day: int, years: int = 1) -> SameWeeks | None:
    """Return the weeks around that of a day, some years earlier; None if none was seen.

    Weeks in which the parts were other hours of the day, in another time zone, are left out.
    """
    middle = week_of(day) - WEEKS_OF_A_YEAR * years
    found = [
        week
        for week in year.weeks
        if abs(week.number - middle) <= AROUND_WEEKS and week.first_seen >= year.hours.now
    ]
    if not found:
        return None
    return SameWeeks(
        counts=np.sum([week.counts for week in found], axis=0, dtype=np.intp),
        days=sum(week.days for week in found),
        hourly_days=sum(week.hourly.bit_count() for week in found),
    )


def left_weeks(year: Year, ledger: Ledger) -> list[Week]:
    """Return the weeks of which all days have left the ledger."""
    first = ledger.days[0].day if ledger.days else 0
    return [week for week in year.weeks if week.last_seen < first or not first]


def season_of(day: int, *, southern: bool = False) -> tuple[TimeOfYear, int]:
    """Return the meteorological season of a day and the year that it began in.

    >>> from custom_components.air_baseline.core.day import parse_day
    >>> season_of(parse_day("2027-02-28")), season_of(parse_day("2026-12-01"), southern=True)
    ((<TimeOfYear.WINTER: 'winter'>, 2026), (<TimeOfYear.SUMMER: 'summer'>, 2026))
    """
    on = date.fromordinal(day)
    place = on.month % 12 // MONTHS_OF_A_SEASON
    year = on.year - (on.month < MONTHS_OF_A_SEASON)
    return list(TimeOfYear)[(place + 2 * southern) % len(TimeOfYear)], year


def seasons_seen(year: Year, ledger: Ledger, *, southern: bool = False) -> Sequence[SeasonSeen]:
    """Return the seasons of which days were seen, oldest first."""
    known: dict[tuple[TimeOfYear, int], list[bool]] = {}
    for day, hourly in sorted(_days(year, ledger)):
        known.setdefault(season_of(day, southern=southern), []).append(hourly)
    return [
        SeasonSeen(season=season, year=begun, days=len(days), hourly_days=sum(days))
        for (season, begun), days in known.items()
    ]


def months_seen(year: Year, ledger: Ledger) -> Sequence[MonthSeen]:
    """Return the months that were seen, oldest first; a week is in the month of its Thursday."""
    months: dict[tuple[int, int], tuple[list[bool], Counts]] = {}

    def add(day: int, hourly: Iterable[bool], counts: Counts) -> None:
        on = date.fromordinal(day)
        days, total = months.get((on.year, on.month), ([], np.zeros_like(counts)))
        months[on.year, on.month] = [*days, *hourly], total + counts

    for week in year.weeks:
        hourly = [bool(week.hourly & one) for one in _bits(week)]
        add(week.first_day + MIDDLE, hourly, week.counts.sum(axis=0, dtype=np.intp))
    for summary in _kept(year, ledger):
        counts = day_counts([summary])[0].sum(axis=0, dtype=np.intp)
        add(summary.day, [summary.origin is DayOrigin.HOURLY], counts)
    return [
        MonthSeen(year=on[0], month=on[1], days=len(days), hourly_days=sum(days), edges=edges)
        for on, (days, counts) in sorted(months.items())
        if (edges := _edges(counts)) is not None
    ]


def temperatures_seen(year: Year, ledger: Ledger) -> tuple[float, float] | None:
    """Return the coldest and the warmest day outdoors (daily means, °C), None if none is known."""
    known = [summary.surroundings.outdoor_temperature for summary in _kept(year, ledger)]
    known += [one for week in year.weeks for one in week.temperatures or ()]
    found = [one for one in known if one is not None]
    return (min(found), max(found)) if found else None


def windows_seen(year: Year, ledger: Ledger) -> tuple[int, int]:
    """Return the number of days on which windows were mostly shut and mostly open."""
    kept = (summary.surroundings.window_open for summary in _kept(year, ledger))
    shares = [share for share in kept if share is not None]
    mostly_open = sum(share >= MOSTLY_OPEN for share in shares)
    weeks = [week.windows for week in year.weeks]
    shut = len(shares) - mostly_open + sum(one[0] for one in weeks)
    return shut, mostly_open + sum(one[1] for one in weeks)


def _days(year: Year, ledger: Ledger) -> Iterator[tuple[int, bool]]:
    """Yield each seen day, and whether it is an hourly mean."""
    for week in year.weeks:
        yield from (
            (day, bool(week.hourly & one))
            for day, one in zip(week.seen_days, _bits(week), strict=True)
        )
    for summary in _kept(year, ledger):
        yield summary.day, summary.origin is DayOrigin.HOURLY


def _bits(week: Week) -> list[int]:
    return [1 << day - week.first_day for day in week.seen_days]


def _kept(year: Year, ledger: Ledger) -> list[DaySummary]:
    """Return the days of a ledger that count, have a usable part, and are not in the year."""
    added = {day for week in year.all_weeks for day in week.seen_days}
    return [
        summary
        for summary in ledger.days
        if summary.usable and summary.day not in added and ledger.factor(summary.day)
    ]


def _edges(counts: Counts) -> Edges | None:
    if not counts.any():
        return None
    low, middle, high = quantiles(counts, *_TAILS)
    return from_scale(float(low)), from_scale(float(middle)), from_scale(float(high))
