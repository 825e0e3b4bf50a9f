"""Which seasons count as seen: the meteorological ones, by hemisphere."""

from dataclasses import replace
from datetime import date

import pytest

from custom_components.air_baseline.core.day import parse_day
from custom_components.air_baseline.core.learning.last_year import TimeOfYear, season_of
from custom_components.air_baseline.core.learning.seasons import (
    LEAST_DAYS,
    TROPIC_DEG,
    Seasons,
    SeasonWatch,
)
from custom_components.air_baseline.core.ledger.correction import exclude_days
from custom_components.air_baseline.core.ledger.histogram import ALL_PARTS
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.year.year import NO_YEAR, Year
from tests.core.rooms import a_day

WINTER, SPRING, SUMMER, AUTUMN = TimeOfYear
BERLIN, SYDNEY, SINGAPORE = 52.5, -33.9, 1.3
TODAY = parse_day("2026-11-30")


def seen(first: str, last: str) -> list[int]:
    return list(range(parse_day(first), parse_day(last) + 1))


def seasons(
    kept: list[int], left: list[int] | None = None, latitude: float | None = BERLIN
) -> Seasons:
    """Return the seasons of days that a ledger keeps, and of days that have left it."""
    ledger = Ledger(days=tuple(map(a_day, kept)))
    year = NO_YEAR.with_days((a_day(day), ALL_PARTS) for day in left or [])
    return SeasonWatch().seasons(ledger, year, latitude, TODAY)


@pytest.mark.parametrize("southern", [False, True])
@pytest.mark.parametrize(
    ("day", "season", "year"),
    [
        ("2026-02-28", WINTER, 2025),
        ("2026-03-01", SPRING, 2026),
        ("2026-05-31", SPRING, 2026),
        ("2026-06-01", SUMMER, 2026),
        ("2026-09-01", AUTUMN, 2026),
        ("2026-11-30", AUTUMN, 2026),
        ("2026-12-01", WINTER, 2026),
        ("2028-02-29", WINTER, 2027),
    ],
)
def test_a_season_has_three_whole_months(
    day: str, season: TimeOfYear, year: int, *, southern: bool
) -> None:
    opposite = {WINTER: SUMMER, SPRING: AUTUMN, SUMMER: WINTER, AUTUMN: SPRING}
    expected = opposite[season] if southern else season
    assert season_of(parse_day(day), southern=southern) == (expected, year)


def test_what_the_ledger_and_the_year_have_seen_counts_together() -> None:
    found = seasons(seen("2026-09-03", "2026-11-29"), seen("2025-12-01", "2026-01-31"))
    assert found.present is AUTUMN
    assert found.year == "2026"
    assert found.seen == {
        WINTER: ("2025/26",),
        SPRING: (),
        SUMMER: (),
        AUTUMN: ("2026",),
    }
    assert found.following() == (WINTER, SPRING, SUMMER, AUTUMN)


def test_a_season_of_two_years_is_seen_twice() -> None:
    found = seasons([], [*seen("2024-12-10", "2025-01-20"), *seen("2025-12-10", "2026-01-20")])
    assert found.seen[WINTER] == ("2024/25", "2025/26")


def test_in_the_south_it_is_summer_that_goes_on_in_another_year() -> None:
    found = seasons(seen("2026-09-03", "2026-11-29"), seen("2025-12-01", "2026-01-31"), SYDNEY)
    assert (found.present, found.year) == (SPRING, "2026")
    assert found.seen[SUMMER] == ("2025/26",)
    assert found.following()[0] is SUMMER


@pytest.mark.parametrize(("days", "counts"), [(LEAST_DAYS - 1, False), (LEAST_DAYS, True)])
def test_a_fortnight_makes_a_season_seen(days: int, *, counts: bool) -> None:
    first = parse_day("2026-10-01")
    assert bool(seasons(list(range(first, first + days))).seen[AUTUMN]) is counts


def test_excluded_days_and_those_of_another_room_are_not_seen() -> None:
    days = seen("2026-10-01", "2026-10-20")
    ledger = Ledger(days=tuple(map(a_day, days)))
    excluded = ledger.with_correction(0.0, exclude_days(days[:10]))
    winter = NO_YEAR.with_days((a_day(day), ALL_PARTS) for day in seen("2026-01-01", "2026-01-31"))
    moved = replace(winter, room=replace(winter.room, now=parse_day("2026-02-10")))
    watch = SeasonWatch()
    assert watch.seasons(ledger, winter, BERLIN, TODAY).seen[AUTUMN]
    assert not watch.seasons(excluded, winter, BERLIN, TODAY).seen[AUTUMN]
    assert watch.seasons(ledger, winter, BERLIN, TODAY).seen[WINTER]
    assert not watch.seasons(ledger, moved, BERLIN, TODAY).seen[WINTER]


@pytest.mark.parametrize("latitude", [None, SINGAPORE, TROPIC_DEG - 0.1, 0.1 - TROPIC_DEG])
def test_between_the_tropics_and_nowhere_there_are_no_seasons(latitude: float | None) -> None:
    found = seasons(seen("2026-09-03", "2026-11-29"), latitude=latitude)
    assert found == Seasons()
    assert found.following() == ()


@pytest.mark.parametrize("latitude", [TROPIC_DEG, -TROPIC_DEG])
def test_outside_the_tropics_there_are(latitude: float) -> None:
    assert seasons([], latitude=latitude).present is (AUTUMN if latitude > 0.0 else SPRING)


def test_it_is_worked_out_again_when_something_has_changed() -> None:
    watch, ledger, year = SeasonWatch(), Ledger(), Year()
    known = watch.seasons(ledger, year, BERLIN, TODAY)
    assert watch.seasons(ledger, year, BERLIN, TODAY) is known
    later = date(2026, 12, 1).toordinal()
    assert watch.seasons(ledger, year, BERLIN, later).present is WINTER
    assert watch.seasons(ledger, year, SYDNEY, later).present is SUMMER
