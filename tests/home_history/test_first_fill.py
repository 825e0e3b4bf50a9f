"""The year of a room on its first evening: from the long-term statistics of Home Assistant."""

from datetime import date, datetime, timedelta
import json
import logging
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from sqlalchemy.exc import OperationalError

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import YearGap
from custom_components.air_baseline.core.day import iso_day
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.year.week import WeekOrigin
from custom_components.air_baseline.home_history import first_fill, recorder
from custom_components.air_baseline.home_history.in_turn import RETRY_S
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.eventful import FIXTURES, eventful_home
from tests.gates import gate_before
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    a_home,
    a_room,
    a_store,
    act,
    learned,
    pass_time,
    report,
    set_up,
    shown,
    usual,
)
from tests.recorded import HOUR, SLOT, TODAY, keep

LEARNING = "sensor.kitchen_pm25_learning"
DAY = timedelta(days=1)
WINDOW = 90
YEARS = 104 * 7
OLDEST_KEPT = date(2024, 3, 4)  # The Monday 104 weeks before that of today.


@pytest.fixture
async def past(
    recorder_mock: object, hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> HomeAssistant:
    """Give Home Assistant a recorder, stop the clock, and put the home into the north."""
    hass.config.latitude = 52.0
    report(hass, PM25, usual(clock().timestamp()))
    return hass


def a_kitchen(*, use_history: bool = True) -> MockConfigEntry:
    room = a_room(KITCHEN, "kitchen", Pollutant.PM25)
    return a_home({**room, "data": {**room["data"], "use_history": use_history}})


async def begin(hass: HomeAssistant, entry: MockConfigEntry | None = None) -> MockConfigEntry:
    """Set up a kitchen, and wait until its year is read."""
    entry = entry or a_kitchen()
    await set_up(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def begin_again(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


def kitchen(entry: MockConfigEntry) -> Channel:
    channel: Channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    return channel


def days_of_year(entry: MockConfigEntry) -> list[str]:
    return [iso_day(day) for week in kitchen(entry).year.weeks for day in week.seen_days]


def before(days: int) -> str:
    return (TODAY - days * DAY).date().isoformat()


async def because(hass: HomeAssistant) -> str:
    words = (await act(hass, "explain"))["quantities"]["pm25"]["words"]
    return str(words["because"])


async def test_a_home_with_two_years_of_history_has_its_year_on_the_first_evening(
    past: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await keep(past, HOUR, 800)
    entry = await begin(past)
    days = days_of_year(entry)
    assert (days[0], days[-1]) == (OLDEST_KEPT.isoformat(), before(WINDOW + 1))
    assert len(days) == len(set(days)) == (TODAY.date() - WINDOW * DAY - OLDEST_KEPT).days
    year = kitchen(entry).year
    assert {week.origin for week in year.weeks} == {WeekOrigin.HOURLY}
    assert all(level is None for week in year.weeks for hold in week.part_peaks for level in hold)
    assert (year.read, year.gap) == (True, None)
    assert "weeks of hourly means" in caplog.text
    attributes = shown(past, LEARNING).attributes
    assert attributes["seasons_seen"] == ["winter", "spring", "summer", "autumn"]
    assert attributes["seasons_not_seen"] == []
    said = await because(past)
    assert "All seasons seen, each in two years." in said
    assert "From 4 March 2024 to 1 December 2025: hourly averages" in said


async def test_the_year_joins_the_days_of_the_ledger_without_a_gap(past: HomeAssistant) -> None:
    await keep(past, HOUR, 300)
    await keep(past, SLOT, 10)
    entry = await begin(past)
    ledger = [iso_day(summary.day) for summary in kitchen(entry).ledger.days]
    assert [*days_of_year(entry), *ledger] == [before(after) for after in range(300, 0, -1)]


async def test_a_home_that_runs_already_is_filled_before_its_lived_days(
    past: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    await keep(past, HOUR, 400, level=lambda at: 40.0 + usual(at))
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 90)}})
    entry = await begin(past)
    lived = {iso_day(summary.day) for summary in kitchen(entry).ledger.days}
    assert len(lived) == WINDOW
    assert lived.isdisjoint(days_of_year(entry))
    assert len(days_of_year(entry)) >= 400 - WINDOW


@pytest.mark.parametrize("form", sorted(path.name for path in FIXTURES.glob("store_v*")))
async def test_a_store_of_any_released_form_begins_its_year(
    past: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], form: str
) -> None:
    folder = FIXTURES / form
    stored = json.loads((folder / "air_baseline.ledger").read_text("utf-8"))
    hass_storage[LEDGER_KEY] = stored | {"key": LEDGER_KEY}
    at = json.loads((folder / "shown.json").read_text("utf-8"))["at"]
    clock.move_to(datetime.fromisoformat(at))
    await keep(past, HOUR, 400)
    entry = await begin(past, eventful_home(use_history=True))
    known = stored["data"]["rooms"][KITCHEN]["channels"]["pm25"]["days"]
    assert len(known) == len(kitchen(entry).ledger.days), "the days that it had stay"
    assert kitchen(entry).year.read
    days = days_of_year(entry)
    assert len(days) > 250
    await begin_again(past, entry)
    assert days_of_year(entry) == days


async def test_a_year_is_read_once(past: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    await keep(past, HOUR, 200)
    entry = await begin(past)
    year = kitchen(entry).year
    with patch.object(first_fill, "async_read_hours") as read:
        await begin_again(past, entry)
    read.assert_not_called()
    assert kitchen(entry).year == year


async def test_what_a_restart_cuts_short_begins_again(past: HomeAssistant) -> None:
    await keep(past, HOUR, 200)
    with gate_before(recorder, "statistics_during_period", lambda *given, **_: given[4] == "hour"):
        entry = a_kitchen()
        await set_up(past, entry)
        await past.config_entries.async_unload(entry.entry_id)
    await past.async_block_till_done(wait_background_tasks=True)
    await past.config_entries.async_setup(entry.entry_id)
    await past.async_block_till_done(wait_background_tasks=True)
    days = days_of_year(entry)
    assert len(days) == len(set(days)) == 200 - WINDOW


async def test_it_waits_until_home_assistant_has_started(past: HomeAssistant) -> None:
    await keep(past, HOUR, 200)
    past.set_state(CoreState.starting)
    entry = await begin(past)
    assert not kitchen(entry).year.read
    past.set_state(CoreState.running)
    past.bus.async_fire("homeassistant_started")
    await past.async_block_till_done(wait_background_tasks=True)
    assert kitchen(entry).year.read


async def test_days_of_before_a_reset_do_not_come_back(
    past: HomeAssistant, hass_storage: dict[str, Any], clock: FrozenDateTimeFactory
) -> None:
    await keep(past, HOUR, 400)
    past.set_state(CoreState.starting)
    entry = await begin(past)
    await act(past, "reset")
    past.set_state(CoreState.running)
    past.bus.async_fire("homeassistant_started")
    await past.async_block_till_done(wait_background_tasks=True)
    assert kitchen(entry).year.read
    assert days_of_year(entry) == []


async def test_a_user_who_declined_has_no_year(past: HomeAssistant) -> None:
    await keep(past, HOUR, 200)
    entry = await begin(past, a_kitchen(use_history=False))
    assert days_of_year(entry) == []
    assert not kitchen(entry).year.read
    assert shown(past, LEARNING).attributes["seasons_seen"] == []


async def test_a_sensor_without_statistics_is_remembered(past: HomeAssistant) -> None:
    entry = await begin(past)
    assert (kitchen(entry).year.read, kitchen(entry).year.gap) == (True, YearGap.NOT_KEPT)
    assert "has no older long-term statistics of this sensor" in await because(past)


async def test_statistics_of_something_else_are_refused(past: HomeAssistant) -> None:
    await keep(past, HOUR, 200, unit="ppb")
    entry = await begin(past)
    assert (kitchen(entry).year.read, kitchen(entry).year.gap) == (True, YearGap.OTHER_UNIT)
    assert days_of_year(entry) == []
    assert "they are in a unit of something else" in await because(past)


async def test_statistics_in_another_unit_of_the_pollutant_are_converted(
    past: HomeAssistant,
) -> None:
    await keep(past, HOUR, 200, unit="mg/m³", factor=0.001)
    converted = await begin(past)
    weeks = kitchen(converted).year.weeks
    assert len(weeks) > 14
    assert all(week.counts[:, :40].sum() == week.counts.sum() for week in weeks), "below 54 μg/m³"
    assert all(week.counts[:, 10:].sum() for week in weeks), "above 1.7 μg/m³"


async def test_a_unit_that_changed_on_the_way_ends_the_year(past: HomeAssistant) -> None:
    changed = (TODAY - 150 * DAY).timestamp()
    await keep(past, HOUR, 300, level=lambda at: usual(at) * (0.001 if at < changed else 1.0))
    entry = await begin(past)
    assert kitchen(entry).year.gap is YearGap.UNIT_CHANGED
    assert days_of_year(entry) == [before(after) for after in range(150, WINDOW, -1)]
    assert "their values fit another unit" in await because(past)


async def test_without_a_recorder_there_is_no_year_and_it_is_said(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await begin(hass)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert not kitchen(entry).year.read
    assert kitchen(entry).year.gap is YearGap.NO_RECORDER
    assert "the recorder is not set up" in await because(hass)


async def test_a_database_that_is_locked_is_tried_again(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await keep(past, HOUR, 200)
    locked = OperationalError("select", {}, Exception("database is locked"))
    with patch.object(
        first_fill,
        "async_read_hours",
        side_effect=recorder.HistoryError(recorder.NoHistory.NOT_READY, locked),
    ):
        entry = await begin(past)
    assert not kitchen(entry).year.read
    clock.tick(RETRY_S + 1.0)
    async_fire_time_changed(past, NOON + timedelta(seconds=RETRY_S + 1.0))
    await past.async_block_till_done(wait_background_tasks=True)
    assert kitchen(entry).year.read
    assert len(days_of_year(entry)) == 200 - WINDOW
