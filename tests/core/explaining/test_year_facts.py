"""What is known of the year: seasons, last year and the months of a chart."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import YearGap
from custom_components.air_baseline.core.day import HOUR_S, day_start, parse_day
from custom_components.air_baseline.core.explaining.year_facts import (
    FORTNIGHT,
    PRESENT_DAYS,
    last_year,
    year_facts,
    year_months,
    year_version,
)
from custom_components.air_baseline.core.learning.last_year import TimeOfYear
from custom_components.air_baseline.core.ledger.correction import exclude_days
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin
from custom_components.air_baseline.core.ledger.histogram import ALL_PARTS
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.year.week import WeekOrigin
from custom_components.air_baseline.core.year.year import NO_YEAR
from tests.core.rooms import Spent, a_day

TODAY = parse_day("2026-11-30")
NOON = day_start(TODAY, UTC) + 8 * HOUR_S
LOW: Spent = {2.0: 20, 6.0: 16}
HIGH: Spent = {20.0: 20, 60.0: 16}
EVERY_PART = range(8)


def a_channel(
    kept: Iterable[int] = (),
    left: Iterable[tuple[int, Spent, DayOrigin]] = (),
    pollutant: Pollutant = Pollutant.PM25,
) -> Channel:
    """Return a channel with days in its ledger, and days that have left it."""
    channel = Channel(POLLUTANTS[pollutant], UTC)
    channel.surroundings.latitude = 52.0
    channel.ledger = Ledger(days=tuple(a_day(day, LOW) for day in kept))
    channel.year = NO_YEAR.with_days(
        (replace(a_day(day, spent), origin=origin), ALL_PARTS) for day, spent, origin in left
    )
    return channel


def span(first: str, last: str) -> range:
    return range(parse_day(first), parse_day(last) + 1)


def lived(days: Iterable[int], spent: Spent = HIGH) -> list[tuple[int, Spent, DayOrigin]]:
    return [(day, spent, DayOrigin.LIVE) for day in days]


def hourly(days: Iterable[int]) -> list[tuple[int, Spent, DayOrigin]]:
    return [(day, HIGH, DayOrigin.HOURLY) for day in days]


def test_thirteen_months_are_the_present_one_and_that_of_last_year() -> None:
    channel = a_channel(
        span("2026-09-07", "2026-11-29"),
        [*hourly(span("2025-11-03", "2025-12-28")), *lived(span("2026-06-01", "2026-08-30"))],
    )
    months = year_months(channel, NOON)
    assert [(one.year, one.month) for one in months] == [
        *[(2025, month) for month in (11, 12)],
        *[(2026, month) for month in range(1, 12)],
    ]
    origins = [one.usual and one.usual.origin for one in months]
    lived_months, not_seen = [WeekOrigin.LIVED] * 3, [None] * 5
    assert origins == [WeekOrigin.HOURLY] * 2 + not_seen + lived_months * 2
    june, november = months[7].usual, months[-1].usual
    assert june is not None
    assert november is not None
    assert (june.low, june.high) == pytest.approx((20.0, 60.0), rel=0.1)
    assert (november.low, november.high) == pytest.approx((2.0, 6.0), abs=1.0)


@pytest.mark.parametrize(("days", "known"), [(PRESENT_DAYS - 1, False), (PRESENT_DAYS, True)])
def test_the_present_month_needs_a_week_of_days(days: int, *, known: bool) -> None:
    first = parse_day("2026-11-02")
    month = year_months(a_channel(range(first, first + days)), NOON)[-1]
    assert (month.usual is not None) is known


@pytest.mark.parametrize(("days", "known"), [(FORTNIGHT - 1, False), (FORTNIGHT, True)])
def test_a_month_that_is_over_needs_a_fortnight(days: int, *, known: bool) -> None:
    """The last days of a month are not what was usual in it."""
    first = parse_day("2025-11-03")
    month = year_months(a_channel(left=lived(range(first, first + days))), NOON)[0]
    assert (month.usual is not None) is known


def test_excluded_days_are_not_in_a_month() -> None:
    channel = a_channel(span("2026-11-02", "2026-11-29"))
    channel.ledger = channel.ledger.with_correction(
        0.0, exclude_days(span("2026-11-02", "2026-11-27"))
    )
    assert year_months(channel, NOON)[-1].usual is None


def test_the_month_is_that_of_the_day_of_the_channel() -> None:
    """Before 04:00 it is still the day before."""
    early = day_start(parse_day("2026-12-01"), UTC) - HOUR_S
    assert datetime.fromtimestamp(early, UTC).day == 1
    assert year_months(a_channel(), early)[-1].month == 11


def test_an_index_has_no_months_and_no_last_year() -> None:
    """It is relative to its own last day."""
    seen = lived(span("2025-11-03", "2026-08-30"))
    index = a_channel(left=seen, pollutant=Pollutant.VOC_INDEX)
    assert year_months(index, NOON) == ()
    assert year_version(index, NOON) is None
    assert last_year(index, TODAY, EVERY_PART) is None
    assert last_year(a_channel(left=seen), TODAY, EVERY_PART) is not None


@pytest.mark.parametrize(("days", "known"), [(FORTNIGHT - 1, False), (FORTNIGHT, True)])
def test_last_year_needs_a_fortnight_of_the_same_weeks(days: int, *, known: bool) -> None:
    first = parse_day("2025-11-24")
    channel = a_channel(left=lived(range(first, first + days)))
    found = last_year(channel, TODAY, EVERY_PART)
    assert (found is not None) is known
    if found is not None:
        assert (found.low, found.high) == pytest.approx((20.0, 60.0), rel=0.1)
        assert found.origin is WeekOrigin.LIVED


def test_weeks_far_from_today_are_not_the_same_weeks() -> None:
    assert last_year(a_channel(left=lived(span("2026-03-02", "2026-08-30"))), TODAY, [0]) is None


def test_the_version_changes_with_what_the_months_say() -> None:
    channel = a_channel(span("2026-09-07", "2026-11-29"), lived(span("2026-06-01", "2026-08-30")))
    first = year_version(channel, NOON)
    assert year_version(channel, NOON + HOUR_S) == first
    assert year_version(channel, day_start(TODAY + 1, UTC)) != first
    channel.ledger = channel.ledger.with_correction(0.0, exclude_days([TODAY - 5]))
    second = year_version(channel, NOON)
    assert second != first
    channel.year = replace(channel.year, room=replace(channel.year.room, now=TODAY - 30))
    assert year_version(channel, NOON) not in {first, second}
    channel.year = NO_YEAR
    assert year_version(channel, NOON) not in {first, second}


def test_where_the_year_comes_from_is_known() -> None:
    channel = a_channel(span("2026-09-07", "2026-11-29"), hourly(span("2025-11-03", "2025-12-28")))
    channel.year = replace(channel.year, gap=YearGap.UNIT_CHANGED)
    facts = year_facts(channel, NOON, 0)
    assert (facts.hourly_from, facts.hourly_to) == ("2025-11-03", "2025-12-28")
    assert facts.gap is YearGap.UNIT_CHANGED
    assert (facts.present, facts.calendar_year) == ("2026", 2026)
    assert dict(facts.seasons)[TimeOfYear.WINTER] == ("2025/26",)
    assert facts.learned_from is None, "no day counts yet"
