"""Homes of three years: a few weeks of them, the rates on hand-made rooms, and the page."""

from datetime import UTC

import numpy as np
import pytest

from benchmarks import year_rates as rate, year_report
from benchmarks.compute import KINDS as MEASURED
from benchmarks.seeds import REPORTING, TUNING
from benchmarks.series import DAY
from benchmarks.year_channel import DaysChannel, QuickChannel, shares_inside
from benchmarks.year_page import YearReport, page
from benchmarks.year_review import Reviewed, review
from benchmarks.year_rooms import (
    BEGIN,
    SeasonTally,
    YearJob,
    YearTally,
    run_year_room,
    season_of,
)
from benchmarks.years import CREEP, KINDS, MOVED_DAYS, YEAR, year_sensor, years_of
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import locate
from custom_components.air_baseline.core.event import EventKind
from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant

DAYS = 50
SEED = 3


def closed(channel: Channel) -> list[DaySummary]:
    return [
        event.summary
        for event in channel.take_events()
        if event.kind is EventKind.DAY_CLOSED and event.summary is not None
    ]


def test_the_channels_of_the_benchmark_have_the_days_of_the_core() -> None:
    home = years_of(SEED, DAYS + 1, KINDS[0])
    instrument, _ = year_sensor(SEED, home.pm25, "pm25", KINDS[0])
    times, levels = home.times[BEGIN:], instrument.shown[BEGIN:]
    spec = POLLUTANTS[Pollutant.PM25]
    plain, quick, whole = Channel(spec, UTC), QuickChannel(spec, UTC), DaysChannel(spec, UTC)
    for channel in (plain, quick, whole):
        channel.binner.step = instrument.step
    plain.guideline, plain.binner.cadence.said = None, False
    for channel in (plain, quick):
        for at, level in zip(times.tolist(), levels.tolist(), strict=True):
            if np.isfinite(level):
                channel.read(at, level)
            else:
                channel.lose(at)
    first = locate(float(times[0]), UTC)[0]
    for day in range(DAYS):
        whole.take_day(first + day, levels[day * DAY : (day + 1) * DAY])
    days, same, alike = closed(plain), closed(quick), closed(whole)
    assert len(days) >= DAYS - 1
    assert days == same
    for one, other in zip(days[: len(alike)], alike, strict=True):
        assert (one.histogram, one.state, one.issued) == (
            other.histogram,
            other.state,
            other.issued,
        )
        assert one.coverage == pytest.approx(other.coverage, abs=2e-4)


def test_the_share_inside_is_that_of_the_core() -> None:
    channel = DaysChannel(POLLUTANTS[Pollutant.PM25], UTC)
    channel.take_day(740_000, np.full(DAY, 8.0))
    channel.take_day(740_001, np.full(DAY, 8.0))
    assert channel.forecast is not None
    typical = channel.forecast.ranges[0]
    levels = np.linspace(0.0, 60.0, 200)
    shares = shares_inside(typical, levels)
    assert shares.tolist() == [typical.inside(level) for level in levels.tolist()]


def test_homes_have_seasons_that_come_back_and_what_happens_to_their_sensor() -> None:
    home = years_of(SEED, 2 * YEAR, KINDS[0])
    of_day = home.temperature.reshape(-1, DAY).mean(axis=1)
    coldest = int(home.coldest)
    middle = [(coldest + YEAR * turn) % (2 * YEAR) for turn in range(2)]
    warm = [(day + YEAR // 2) % (2 * YEAR) for day in middle]
    assert max(of_day[middle]) < min(of_day[warm])
    for kind in KINDS:
        air = np.full(3 * YEAR * DAY, 100.0)
        _, turned = year_sensor(SEED, air, "pm25", kind)
        assert (turned is not None) is kind.turns
    creeping, _ = year_sensor(SEED, air, "pm25", next(one for one in KINDS if one.creeps))
    plain, _ = year_sensor(SEED, air, "pm25", KINDS[0])
    assert creeping.gain[-1] / plain.gain[-1] == pytest.approx(1.0 + 3 * CREEP, abs=0.01)
    _, moved = year_sensor(SEED, air, "pm25", next(one for one in KINDS if one.name == "moved"))
    assert moved is not None
    assert MOVED_DAYS[0] <= moved < MOVED_DAYS[1]


def test_a_room_has_a_tally_of_its_seasons() -> None:
    room = run_year_room(YearJob(KINDS[0].name, SEED, Pollutant.VOC_RATIO, days=DAYS))
    assert sum(one.days for one in room.tally.seasons) >= DAYS - 4
    assert sum(one.learned for one in room.tally.seasons) > 0
    assert room.tally.review.creeps == []
    assert review(room.days, room.days[0].day, Pollutant.VOC_RATIO).changes == room.tally.changes


def a_room(kind: str = "seasons", **given: object) -> YearTally:
    fields = {
        "seed": 1, "pollutant": "pm25", "context": True, "alerts": True, "twin": False,
        "turned": None, **given,
    }  # fmt: skip
    seasons = [
        SeasonTally(year=year, season=season, days=91, learned=90, eligible=80, held=72.0,
                    scored=90, first_held=20.0, first_scored=25, alerts=2)
        for year in range(3)
        for season in range(4)
    ]  # fmt: skip
    return YearTally(kind=kind, seasons=seasons, **fields)  # type: ignore[arg-type]


def test_only_the_years_after_the_first_count() -> None:
    room = a_room(changes=[100, 400, 800], review=Reviewed(changes=[100, 800]))
    assert rate.changes([room], year=False).number == 2
    assert rate.changes([room]).number == 1
    assert rate.changes([room]).room_years == pytest.approx(2.0, abs=0.01)
    assert rate.first_weeks_held([room], 0).value == pytest.approx(0.8)
    assert rate.learned([room]).value == pytest.approx(90 / 91)
    assert rate.alerts([room]).value == pytest.approx(30 * 2 / 80)


def test_a_rate_of_nothing_has_an_upper_bound() -> None:
    none = rate.changes([a_room(seed=seed) for seed in range(5)])
    assert none.rate == 0.0
    assert none.most == pytest.approx(3.0 / 10.0, abs=0.01)


def test_questions_are_needless_where_only_the_seasons_change() -> None:
    rooms = [
        a_room(changes=[500]),
        a_room("moved", turned=400, changes=[430]),
        a_room("moved", turned=400, twin=True, changes=[700]),
        a_room("creep", review=Reviewed(creeps=[500])),
    ]
    assert rate.false_changes(rooms, year=False).number == 2
    assert rate.found_turns(rooms, year=False).value == 1.0
    assert rate.found_turns(rooms, year=True).value == 0.0
    assert rate.found_turns(rooms, twin=True, year=False).value == 0.0
    assert (rate.found_creeps(rooms).value, rate.false_creeps(rooms).number) == (1.0, 0)


def test_seasons_are_quarters_around_the_coldest_day() -> None:
    assert [season_of(day, 10.0) for day in (10, 100, 190, 280, 375)] == [0, 1, 2, 3, 0]


def test_the_page_says_which_seeds_it_is_from_and_has_whole_tables() -> None:
    rooms = [
        a_room(kind.name, seed=seed, pollutant=pollutant, turned=400 if kind.turns else None)
        for seed in (1, 2)
        for pollutant in ("pm25", "voc_ratio")
        for kind in KINDS
    ]
    recorded = [a_room("outdoors/sensor1", alerts=True)]
    text = page(YearReport(block=REPORTING, rooms=rooms, recorded=recorded))
    assert "reporting seeds (10000 to 19999). Rules and constants were chosen" in text
    assert "| sensor1 |" in text
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_no_two_rooms_of_the_report_share_a_home_but_twins() -> None:
    jobs = year_report.year_jobs(TUNING, 2, 1, 3)
    homes = {(job.kind, job.seed) for job in jobs}
    assert len({seed for _, seed in homes}) == len(homes)
    assert {job.pollutant for job in jobs} == set(MEASURED)


def test_more_homes_are_moved_or_replaced_and_end_when_that_was_noticed_or_not() -> None:
    jobs = year_report.year_jobs(REPORTING, 3, 1, 7)
    for kind in KINDS:
        rooms = [job for job in jobs if job.kind == kind.name and not job.alerts and not job.twin]
        twins = [job for job in jobs if job.kind == kind.name and job.twin]
        homes = {job.seed for job in rooms}
        assert len(rooms) == len(homes) * len(MEASURED)
        assert {job.seed for job in twins} == (homes if kind.turns else set())
        assert len(homes) == (4 if kind.steady else 10 if kind.turns else 3)
        assert sum(job.days == 3 * YEAR for job in rooms) == (8 if kind.steady else 6)
        assert all(job.days >= MOVED_DAYS[1] + rate.NOTICED_DAYS for job in jobs)


def test_rooms_with_alerts_know_their_surroundings_and_run_without_the_year_and_with_it() -> None:
    jobs = [job for job in year_report.year_jobs(REPORTING, 3, 1, 7) if job.alerts]
    steady = [kind.name for kind in KINDS if kind.steady]
    ways = {(job.kind, job.pollutant, job.year) for job in jobs}
    assert len(ways) == len(jobs) == len(steady) * len(MEASURED) * 2
    assert all(job.context for job in jobs)


def test_a_page_is_of_the_reporting_seeds_only() -> None:
    with pytest.raises(SystemExit):
        year_report.main(["--tuning", "--page", "page.md"])
