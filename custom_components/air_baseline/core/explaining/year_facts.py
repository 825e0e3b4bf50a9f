"""What a channel knows of the year: the seasons that it has seen, and what last year says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from ..channel import Channel
from ..codes import YearGap
from ..day import WINDOW_DAYS, iso_day, locate
from ..learning.last_year import Edges, TimeOfYear, months_seen, same_weeks
from ..learning.seasons import Seasons
from ..ledger.day_summary import DaySummary
from ..pollutant import Pollutant, round_outward
from ..reading.binning import LEAST_STEP
from ..year.week import WeekOrigin

MONTHS = 12  # Months; follows from the calendar.
PRESENT_DAYS = 7  # Days that the present month needs, by judgement: all days of the week.
FORTNIGHT = 14  # Days that any other month, and the same weeks of last year, need, by judgement.


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualThen:
    """The usual range of some time (base unit), and where most of its days came from."""

    low: float
    high: float
    origin: WeekOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfYear:
    """A month of the year, and what was usual in it; None if it was not seen."""

    year: int
    month: int
    usual: UsualThen | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFacts:
    """The days behind a range, and what is known of other seasons.

    `learned_from` and `learned_to` are the first and the last day that count in the range, and
    `outdoors` the lowest and highest daily mean of them (°C). `seasons` has for each season the
    years in which it was seen, the present one last; it is empty where there are no seasons.
    `present` is the year of the present season, and `calendar_year` that of today. `hourly_from`
    and `hourly_to` are the first and the last day of the weeks that came from hourly means, and
    `gap` is why there are none from before. `last_year` is what was usual in the same weeks of
    last year, at the same time of day.
    """

    learned_from: str | None = None
    learned_to: str | None = None
    outdoors: tuple[float, float] | None = None
    seasons: tuple[tuple[TimeOfYear, tuple[str, ...]], ...] = ()
    present: str | None = None
    calendar_year: int = 0
    hourly_from: str | None = None
    hourly_to: str | None = None
    gap: YearGap | None = None
    last_year: UsualThen | None = None


def year_facts(channel: Channel, at: float, part: int) -> YearFacts:
    """Return what is known of the year at a POSIX time, about a part of the day."""
    today = locate(at, channel.zone)[0]
    days = _learned_from(channel, today)
    known = [day.surroundings.outdoor_temperature for day in days]
    temperatures = [one for one in known if one is not None]
    hourly = [week for week in channel.year.weeks if week.hourly]
    seen = seasons(channel, today)
    return YearFacts(
        learned_from=iso_day(days[0].day) if days else None,
        learned_to=iso_day(days[-1].day) if days else None,
        outdoors=(min(temperatures), max(temperatures)) if temperatures else None,
        seasons=tuple((season, seen.seen[season]) for season in seen.following()),
        present=seen.year,
        calendar_year=date.fromordinal(today).year,
        hourly_from=iso_day(hourly[0].seen_days[0]) if hourly else None,
        hourly_to=iso_day(hourly[-1].seen_days[-1]) if hourly else None,
        gap=channel.year.gap,
        last_year=last_year(channel, today, [part]),
    )


def seasons(channel: Channel, today: int) -> Seasons:
    """Return the seasons that a channel has seen up to a day."""
    latitude = channel.surroundings.latitude
    return channel.season_watch.seasons(channel.ledger, channel.year, latitude, today)


def seasons_told_apart(
    channel: Channel, today: int
) -> tuple[tuple[TimeOfYear, ...] | None, tuple[TimeOfYear, ...] | None]:
    """Return the seasons that were seen, and those that were not; None where there are none."""
    known = seasons(channel, today)
    if known.present is None:
        return None, None
    seen = tuple(season for season in TimeOfYear if known.seen[season])
    return seen, tuple(season for season in TimeOfYear if season not in seen)


def last_year(channel: Channel, today: int, parts: Iterable[int]) -> UsualThen | None:
    """Return what was usual in some parts of the day in the same weeks of last year.

    None if too little of them was seen, and for an index, which is relative to its own last day.
    """
    found = None if _is_relative(channel) else same_weeks(channel.year, today)
    edges = None if found is None or found.days < FORTNIGHT else found.edges(parts)
    if found is None or edges is None:
        return None
    return _usual(channel, edges, found.days, found.hourly_days)


def year_months(channel: Channel, at: float) -> tuple[MonthOfYear, ...]:
    """Return the month of a POSIX time and the twelve before it, oldest first.

    None for an index, which is relative to its own last day.
    """
    if _is_relative(channel):
        return ()
    seen = {(one.year, one.month): one for one in months_seen(channel.year, channel.ledger)}
    on = date.fromordinal(locate(at, channel.zone)[0])
    last = on.year * MONTHS + on.month - 1
    months = []
    for number in range(last - MONTHS, last + 1):
        year, month = number // MONTHS, number % MONTHS + 1
        one = seen.get((year, month))
        usual = None
        if one is not None and one.days >= (PRESENT_DAYS if number == last else FORTNIGHT):
            usual = _usual(channel, one.edges, one.days, one.hourly_days)
        months.append(MonthOfYear(year=year, month=month, usual=usual))
    return tuple(months)


def year_version(channel: Channel, at: float) -> int | None:
    """Return a number that stays the same as long as `year_months` does, None if it is empty."""
    if _is_relative(channel):
        return None
    ledger, year = channel.ledger, channel.year
    last = ledger.days[-1].day if ledger.days else 0
    known = locate(at, channel.zone)[0], last, len(ledger.days), ledger.head, len(ledger.entries)
    return crc32(repr((known, year.room, year.struck)).encode() + year.packed)


def _usual(channel: Channel, edges: Edges, days: int, hourly_days: int) -> UsualThen:
    step = max(channel.binner.step or LEAST_STEP, 1.0)
    low, high = round_outward(edges[0], edges[2], step)
    hourly = 2 * hourly_days > days
    return UsualThen(low=low, high=high, origin=WeekOrigin.HOURLY if hourly else WeekOrigin.LIVED)


def _learned_from(channel: Channel, today: int) -> list[DaySummary]:
    first = channel.forecast.standing.first if channel.forecast else None
    counted = channel.ledger.evidence(today, WINDOW_DAYS)
    return [] if first is None else [day for day in counted if day.day >= first]


def _is_relative(channel: Channel) -> bool:
    return channel.spec.pollutant is Pollutant.VOC_INDEX
