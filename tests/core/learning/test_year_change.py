"""What last year says of a level: the season, a creep, conditions that were seen."""

from dataclasses import replace
from datetime import UTC

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import DAY_S, HOUR_S, WINDOW_DAYS, day_start, parse_day
from custom_components.air_baseline.core.learning.last_year import left_weeks
from custom_components.air_baseline.core.learning.level_shift import reviewed
from custom_components.air_baseline.core.learning.weather_limits import weather_limits
from custom_components.air_baseline.core.learning.year_change import (
    SameSeason,
    find_creep,
    season_day,
)
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin, day_counts
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.reading.surroundings import DaySurroundings
from custom_components.air_baseline.core.year.joining import joined
from custom_components.air_baseline.core.year.year import NO_YEAR, Year
from tests.core.rooms import MONDAY, Spent, a_day

EFFECT = 2.0  # μg/m³.
SUMMER: Spent = {8.0: 20, 40.0: 16}
WINTER: Spent = {16.0: 20, 80.0: 16}
HARDER: Spent = {32.0: 20, 160.0: 16}
CLEANER: Spent = {2.0: 20, 10.0: 16}
YEAR_DAYS = 364


def lived(
    spent: list[Spent], looks_from: int | None = None, origin: DayOrigin = DayOrigin.LIVE
) -> tuple[Ledger, Year, list[int]]:
    """Return a ledger and a year after some days, and on which of them a shift was suspected.

    That is looked for from one of the days on, never by default.
    """
    ledger, year, found = Ledger(), NO_YEAR, []
    for place, one in enumerate(spent):
        day = replace(a_day(MONDAY + place, one), origin=origin)
        year = joined(year, ledger, day.day, float(DAY_S * day.day))
        ledger = ledger.with_day(day)
        if looks_from is not None and place >= looks_from:
            same = SameSeason(ledger, year, day.day + 1, EFFECT)
            before, ledger = ledger, reviewed(ledger, day.day + 1, 0.0, EFFECT, same)
            if ledger.shift is not None and ledger.shift != before.shift:
                found.append(place)
    return ledger, year, found


def a_year(winter: Spent, begins: int = 250) -> list[Spent]:
    """Return a year whose days from one on are those of a winter."""
    return [winter if place >= begins else SUMMER for place in range(YEAR_DAYS)]


def test_a_winter_like_last_year_is_no_suspected_change_and_this_is_said() -> None:
    assert lived(a_year(WINTER)[:275], 245)[2], "the first winter is new"
    second = [*a_year(WINTER), *a_year(WINTER)][: YEAR_DAYS + 275]
    ledger, year, found = lived(second, YEAR_DAYS + 245)
    assert not found
    same = SameSeason(ledger, year, MONDAY + YEAR_DAYS + 275, EFFECT)
    assert reviewed(ledger, MONDAY + YEAR_DAYS + 275, 0.0, EFFECT, same).shift is None
    said = same.explained
    assert said is not None
    assert 0 <= said - (MONDAY + YEAR_DAYS + 250) <= 5


def test_a_winter_that_begins_weeks_earlier_than_last_year_is_no_suspected_change() -> None:
    days = [*a_year(WINTER), *a_year(WINTER, begins=230)][: YEAR_DAYS + 275]
    assert not lived(days, YEAR_DAYS + 225)[2]


def test_cold_weeks_that_passed_by_themselves_last_year_explain_those_of_today() -> None:
    passing = [WINTER if 250 <= place < 264 else SUMMER for place in range(YEAR_DAYS)]
    assert not lived([*passing, *a_year(WINTER)][: YEAR_DAYS + 275], 245)[2]


def test_weeks_of_two_years_ago_explain_a_shift_for_as_long_as_it_is_compared() -> None:
    short = [WINTER if 243 <= place < 258 else SUMMER for place in range(YEAR_DAYS)]
    days = [*short, *[SUMMER] * YEAR_DAYS, *a_year(WINTER, begins=243)][: 2 * YEAR_DAYS + 266]
    assert not lived(days, 2 * YEAR_DAYS + 240)[2]


@pytest.mark.parametrize("level", [HARDER, CLEANER])
def test_a_winter_unlike_that_of_last_year_is_suspected(level: Spent) -> None:
    days = [*a_year(WINTER), *a_year(level)][: YEAR_DAYS + 272]
    assert lived(days, YEAR_DAYS + 245)[2]


def test_without_a_year_nothing_is_the_season() -> None:
    ledger, _, _ = lived(a_year(WINTER)[:275])
    assert not SameSeason(ledger, NO_YEAR, MONDAY + 275, EFFECT)(
        0, day_counts(ledger.days), rising=True
    )


def test_weeks_of_another_sensor_do_not_explain_a_shift() -> None:
    ledger, year, _ = lived([*a_year(WINTER), *a_year(WINTER)][: YEAR_DAYS + 275])
    today = MONDAY + YEAR_DAYS + 275
    assert SameSeason(ledger, year, today, EFFECT)(0, day_counts(ledger.days), rising=True)
    moved = replace(year, room=replace(year.room, now=MONDAY + YEAR_DAYS))
    assert not SameSeason(ledger, moved, today, EFFECT)(0, day_counts(ledger.days), rising=True)


def test_four_weeks_beyond_all_of_last_years_are_a_creep() -> None:
    ledger, year, _ = lived([*[SUMMER] * YEAR_DAYS, *[WINTER] * 100])
    today = MONDAY + YEAR_DAYS + 100
    creep = find_creep(ledger, year, today, EFFECT)
    assert creep is not None
    assert creep.now == pytest.approx(17.0, abs=2.0)
    assert creep.then == pytest.approx(8.5, abs=1.0)
    assert today - 7 <= creep.last_day < today
    assert creep.last_day - creep.first_day == 27
    assert creep.season_day <= today < creep.season_day + 93


def test_a_creep_down_is_one_too_and_the_same_air_is_none() -> None:
    today = MONDAY + YEAR_DAYS + 100
    fell, year, _ = lived([*[WINTER] * YEAR_DAYS, *[SUMMER] * 100])
    found = find_creep(fell, year, today, EFFECT)
    assert found is not None
    assert found.now < found.then
    same, year, _ = lived([SUMMER] * (YEAR_DAYS + 100))
    assert find_creep(same, year, today, EFFECT) is None


def test_three_weeks_are_no_creep() -> None:
    ledger, year, _ = lived([*[SUMMER] * (YEAR_DAYS + 79), *[WINTER] * 21])
    assert find_creep(ledger, year, MONDAY + YEAR_DAYS + 100, EFFECT) is None


def test_hourly_weeks_say_nothing_of_a_creep() -> None:
    past, year, _ = lived([SUMMER] * YEAR_DAYS, origin=DayOrigin.HOURLY)
    for place in range(YEAR_DAYS, YEAR_DAYS + 100):
        day = a_day(MONDAY + place, WINTER)
        year = joined(year, past, day.day, float(DAY_S * day.day))
        past = past.with_day(day)
    assert find_creep(past, year, MONDAY + YEAR_DAYS + 100, EFFECT) is None


@pytest.mark.parametrize(
    ("day", "first"),
    [("2026-12-01", "2026-12-01"), ("2027-02-28", "2026-12-01"), ("2027-03-01", "2027-03-01")],
)
def test_a_creep_is_said_once_in_a_season(day: str, first: str) -> None:
    assert season_day(parse_day(day)) == parse_day(first)


def test_conditions_seen_in_the_year_are_seen() -> None:
    cold = DaySurroundings(outdoor_temperature=-3.0, window_open=0.0)
    warm = DaySurroundings(outdoor_temperature=20.0, window_open=1.0)
    ledger, year = Ledger(), NO_YEAR
    for place in range(2 * WINDOW_DAYS + 30):
        known = cold if place < WINDOW_DAYS else warm
        day = a_day(
            MONDAY + place,
            SUMMER,
            outdoor_temperature=known.outdoor_temperature,
            window_open=known.window_open,
        )
        year = joined(year, ledger, day.day, float(DAY_S * day.day))
        ledger = ledger.with_day(day)
    assert weather_limits(ledger.days).unseen(cold)
    weeks = left_weeks(year, ledger)
    assert not weather_limits(ledger.days, weeks).unseen(cold)
    assert weather_limits(ledger.days, weeks).temperatures == (-3.0, 20.0)
    colder = replace(cold, outdoor_temperature=-4.5)
    assert weather_limits(ledger.days, weeks).unseen(colder)


def test_an_index_is_not_compared_with_last_year() -> None:
    ledger, year, _ = lived([*[SUMMER] * YEAR_DAYS, *[WINTER] * 100])
    for pollutant, compared in ((Pollutant.PM25, True), (Pollutant.VOC_INDEX, False)):
        channel = Channel(POLLUTANTS[pollutant], UTC)
        channel.ledger, channel.year = ledger, year
        first = day_start(MONDAY + YEAR_DAYS + 100, UTC)
        channel.health.skip_warm_up(first - HOUR_S)
        for hour in range(26):
            channel.read(first + HOUR_S * hour, 16.0)
        assert (channel.year_says.creep is not None) is compared
