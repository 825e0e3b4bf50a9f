"""The learned range as hourly statistics: once an hour, with the current unit and name."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import get_metadata, statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy.exc import OperationalError

from custom_components.air_baseline import clock as clock_module
from custom_components.air_baseline.clock import Phase, Round
from custom_components.air_baseline.const import SIGNAL_ROOMS_CHANGED
from custom_components.air_baseline.core.alerting.hourly_ranges import HourRange
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.explaining.day_chart import hour_range
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.home_history import range_statistics
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.automations import Kitchen
from tests.conftest import DOMAIN
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    NOON,
    PM25,
    STEP,
    VOC,
    a_home,
    a_room,
    a_store,
    act,
    learned,
    report,
    set_up,
    shown,
    usual,
)

BAND = "air_baseline:01kitchen_pm25_usual"
INDEX_BAND = "air_baseline:01bedroom_voc_index_usual"
VOC_BAND = "air_baseline:01kitchen_voc_ratio_usual"
MASS_BAND = "air_baseline:01kitchen_voc_mass_usual"
HOUR = timedelta(hours=1)
THIS_HOUR = NOON.replace(second=0)
LEVELS = {Pollutant.PM25: PM25, Pollutant.VOC_RATIO: VOC, Pollutant.VOC_INDEX: INDEX}

with_recorder = pytest.mark.usefixtures("recorder_mock")


async def written(hass: HomeAssistant) -> None:
    """Wait until everything is written."""
    await hass.async_block_till_done(wait_background_tasks=True)
    await async_wait_recording_done(hass)


async def rows(hass: HomeAssistant, band: str = BAND) -> dict[datetime, tuple[Any, ...]]:
    """Return low, middle and high of each hour that has a row."""
    await written(hass)
    read = partial(
        statistics_during_period,
        hass,
        NOON - timedelta(days=30),
        None,
        {band},
        "hour",
        None,
        {"min", "mean", "max"},
    )
    found = await get_instance(hass).async_add_executor_job(read)
    return {
        datetime.fromtimestamp(row["start"], UTC): (row["min"], row["mean"], row["max"])
        for row in found.get(band, [])
    }


async def known(hass: HomeAssistant) -> dict[str, StatisticMetaData]:
    """Return the metadata that the recorder has of each of our statistics."""
    await written(hass)
    read = partial(get_metadata, hass, statistic_source=DOMAIN)
    found = await get_instance(hass).async_add_executor_job(read)
    return {band: metadata for band, (_, metadata) in found.items()}


def low_and_high(kitchen: Kitchen) -> tuple[float, float]:
    """Return the range that is shown now."""
    low, high = (kitchen.says(f"sensor.kitchen_pm25_usual_{edge}") for edge in ("low", "high"))
    return float(low), float(high)


@with_recorder
async def test_each_hour_has_the_range_that_is_shown_as_it_begins(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    expected = {}
    for hour in range(18):
        expected[THIS_HOUR + hour * HOUR] = low_and_high(kitchen)
        await kitchen.breathe(HOUR)
    expected[THIS_HOUR + 18 * HOUR] = expected[THIS_HOUR]
    found = await rows(hass)
    last = found.pop(THIS_HOUR + 18 * HOUR)
    expected.pop(THIS_HOUR + 18 * HOUR)
    assert {start: (row[0], row[2]) for start, row in found.items()} == expected
    assert len(set(expected.values())) > 1, "parts of the day differ"
    assert all(row[0] <= row[1] <= row[2] for row in (*found.values(), last))
    assert set(await rows(hass, VOC_BAND)) == {*found, THIS_HOUR + 18 * HOUR}
    metadata = await known(hass)
    assert set(metadata) == {BAND, VOC_BAND}
    assert (
        metadata[BAND].items()
        >= {
            "source": DOMAIN,
            "statistic_id": BAND,
            "name": "Kitchen: usual PM2.5",
            "unit_of_measurement": "μg/m³",
            "unit_class": "concentration",
            "mean_type": StatisticMeanType.ARITHMETIC,
            "has_sum": False,
        }.items()
    )
    assert metadata[VOC_BAND]["unit_class"] == "unitless"


@with_recorder
async def test_nothing_is_written_before_the_range_is_learned(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn(10)
    await kitchen.breathe(2 * HOUR)
    assert await known(hass) == {}


@with_recorder
async def test_a_gap_stays_a_gap(hass: HomeAssistant, kitchen: Kitchen) -> None:
    await kitchen.learn()
    await kitchen.breathe(HOUR / 2)
    switch = {"entity_id": "switch.kitchen_keep_learning"}
    await hass.services.async_call("switch", "turn_off", switch, blocking=True)
    await kitchen.breathe(2 * HOUR)
    await hass.services.async_call("switch", "turn_on", switch, blocking=True)
    await kitchen.breathe(HOUR)
    assert set(await rows(hass)) == {THIS_HOUR, THIS_HOUR + 3 * HOUR}


@with_recorder
async def test_a_restart_leaves_no_gap_and_no_duplicate_and_changes_nothing(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    await kitchen.breathe(HOUR)
    before = await rows(hass)
    await hass.config_entries.async_reload(kitchen.entry.entry_id)
    assert await rows(hass) == before
    entry = kitchen.entry
    await hass.config_entries.async_unload(entry.entry_id)
    await kitchen.breathe(HOUR + timedelta(minutes=20))
    assert await rows(hass) == before
    await hass.config_entries.async_setup(entry.entry_id)
    assert set(await rows(hass)) == {*before, THIS_HOUR + 2 * HOUR}


@with_recorder
async def test_a_correction_changes_no_hour_that_has_begun(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    await kitchen.breathe(HOUR + timedelta(minutes=10))
    before = await rows(hass)
    await act(hass, "strike_days", quantity="pm25", start_date="2026-01-26", end_date="2026-02-13")
    await hass.config_entries.async_reload(kitchen.entry.entry_id)
    assert await rows(hass) == before
    await kitchen.breathe(HOUR)
    after = await rows(hass)
    assert set(after) == {*before, THIS_HOUR + 2 * HOUR}
    assert after[THIS_HOUR + 2 * HOUR] != after[THIS_HOUR + HOUR], "the range did change"


@with_recorder
async def test_starting_over_removes_no_hour_that_was_shown(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    await kitchen.breathe(HOUR)
    before = await rows(hass)
    await act(hass, "reset")
    await kitchen.breathe(2 * HOUR)
    assert await rows(hass) == before, "and until it is learned again there is no row"


@with_recorder
async def test_a_room_whose_settings_cannot_be_read_keeps_its_range(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    entry = await kitchen.learn()
    before = await rows(hass)
    subentry = entry.subentries[KITCHEN]
    for unit in ("furlong", "μg/m³"):
        data = {**subentry.data, "pm25_unit": unit}
        hass.config_entries.async_update_subentry(entry, subentry, data=data)
        assert await rows(hass) == before


@with_recorder
async def test_the_name_follows_the_room_at_once(hass: HomeAssistant, kitchen: Kitchen) -> None:
    entry = await kitchen.learn()
    before = await rows(hass)
    subentry = entry.subentries[KITCHEN]
    hass.config_entries.async_update_subentry(entry, subentry, title="Galley")
    metadata = await known(hass)
    assert metadata[BAND]["name"] == "Galley: usual PM2.5"
    assert metadata[VOC_BAND]["name"] == "Galley: usual VOC"
    assert await rows(hass) == before


@with_recorder
async def test_the_unit_follows_the_source_and_all_rows_are_converted(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    entry = await kitchen.learn()
    await kitchen.breathe(HOUR)
    before = await rows(hass, VOC_BAND)
    subentry = entry.subentries[KITCHEN]
    data = {**subentry.data, "voc_unit": "ppm"}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    assert (await known(hass))[VOC_BAND]["unit_of_measurement"] == "ppm"
    after = await rows(hass, VOC_BAND)
    assert set(after) == set(before)
    for start, row in before.items():
        assert after[start] == pytest.approx([level / 1000.0 for level in row])


@with_recorder
async def test_another_pollutant_starts_its_own_statistics_and_the_old_ones_are_removed(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    entry = await kitchen.learn()
    assert set(await known(hass)) == {BAND, VOC_BAND}
    subentry = entry.subentries[KITCHEN]
    data = {**subentry.data, "voc_kind": "voc_mass", "voc_unit": "μg/m³"}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    assert set(await known(hass)) == {BAND}
    assert await rows(hass, VOC_BAND) == {}


@with_recorder
async def test_an_index_has_no_unit(
    hass: HomeAssistant, kitchen: Kitchen, hass_storage: dict[str, Any]
) -> None:
    index = learned(Pollutant.VOC_INDEX, 36)
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.VOC_INDEX: index}})
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.VOC_INDEX)))
    (metadata,) = (await known(hass)).values()
    assert (metadata["unit_of_measurement"], metadata["unit_class"]) == (None, None)
    assert metadata["name"] == "Kitchen: usual VOC index"


async def test_without_a_recorder_everything_else_works(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    entry = await kitchen.learn()
    await kitchen.breathe(HOUR)
    assert "recorder" not in hass.config.components
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"
    assert await hass.config_entries.async_remove(entry.entry_id) == {"require_restart": False}
    await hass.async_block_till_done(wait_background_tasks=True)


@with_recorder
async def test_rows_stay_under_their_id_when_the_source_is_replaced(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    entry = await kitchen.learn()
    before = await rows(hass)
    hass.states.async_set("sensor.other", "6", {"device_class": "pm25"})
    subentry = entry.subentries[KITCHEN]
    data = {**subentry.data, "pm25_source": "sensor.other"}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    assert await rows(hass) == before, f"{PM25} was renamed, or another sensor took its place"


@with_recorder
async def test_rooms_that_take_two_seconds_each_lose_no_hour(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    """At 04:00 each room writes the ranges of its day, in one room after another."""
    entry = await three_sources(hass, kitchen)
    for room in entry.runtime_data.rooms.values():
        room.async_add_bin_listener(lambda *_: kitchen.clock.tick(timedelta(seconds=2)))
    for index in range(1, 24 * 12 + 1):
        await pass_slot(hass, kitchen.clock, THIS_HOUR + index * STEP)
    expected = {THIS_HOUR + hour * HOUR for hour in range(25)}
    bands = (BAND, VOC_BAND, INDEX_BAND)
    assert {band: expected - set(await rows(hass, band)) for band in bands} == {
        band: set() for band in bands
    }


@with_recorder
async def test_hours_that_begin_while_a_round_is_late_have_the_range_with_which_they_began(
    hass: HomeAssistant, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_module, "PATIENCE_S", 4 * HOUR.total_seconds())
    entry = await kitchen.learn()
    await written(hass)
    done = asyncio.Event()
    kitchen.waits = True

    async def take_long(_: Round) -> None:
        await done.wait()

    entry.runtime_data.clock.async_on(Phase.SURROUNDINGS, take_long)
    await kitchen.breathe(HOUR + timedelta(minutes=30))
    at_one = from_one_to_four(entry)
    await act(hass, "strike_days", quantity="pm25", start_date="2026-01-26", end_date="2026-02-13")
    await kitchen.breathe(HOUR + timedelta(minutes=10))
    at_two = from_one_to_four(entry)
    done.set()
    found = await rows(hass)
    assert set(found) == {THIS_HOUR + hour * HOUR for hour in range(3)}
    assert set(await rows(hass, VOC_BAND)) == set(found)
    one, two = (found[THIS_HOUR + hour * HOUR] for hour in (1, 2))
    assert one == at_one != at_two == two


def from_one_to_four(entry: MockConfigEntry) -> tuple[float, float, float]:
    """Return low, middle and high that are now in force from 13:00 to 16:00."""
    forecast = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25].forecast
    assert forecast is not None
    part = forecast.ranges[3]
    return part.low, part.middle, part.high


async def three_sources(hass: HomeAssistant, kitchen: Kitchen) -> MockConfigEntry:
    """Set up a home that has learned: two sources in the kitchen, one in the bedroom."""
    kitchen.files[LEDGER_KEY] = a_store(
        {
            KITCHEN: {
                Pollutant.PM25: learned(Pollutant.PM25, 36),
                Pollutant.VOC_RATIO: learned(Pollutant.VOC_RATIO, 36),
            },
            BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 36)},
        }
    )
    entry = a_home()
    await set_up(hass, entry)
    return entry


async def pass_slot(hass: HomeAssistant, clock: FrozenDateTimeFactory, end: datetime) -> None:
    """Let sources report in a slot, and the clock go on to just after its end."""
    for moment in (end - timedelta(seconds=30), end + timedelta(seconds=2)):
        clock.move_to(moment)
        if moment < end:
            for pollutant, entity_id in LEVELS.items():
                report(hass, entity_id, usual(moment.timestamp(), pollutant))
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)


@with_recorder
@pytest.mark.parametrize(
    "error", [OperationalError("", {}, Exception("locked")), RuntimeError("shut down"), KeyError()]
)
async def test_hours_that_cannot_be_written_are_written_with_a_later_one(
    hass: HomeAssistant,
    kitchen: Kitchen,
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    await kitchen.learn()
    await hass.async_block_till_done(wait_background_tasks=True)
    await kitchen.breathe(HOUR)
    with patch.object(range_statistics, "get_metadata", fail):
        async_dispatcher_send(hass, SIGNAL_ROOMS_CHANGED)
        await kitchen.breathe(3 * HOUR)
    await kitchen.breathe(HOUR)
    assert set(await rows(hass)) == {THIS_HOUR + hour * HOUR for hour in range(6)}
    assert caplog.text.count("Statistics cannot be written") == 1


@with_recorder
async def test_a_room_that_fails_costs_the_others_no_statistics(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)},
            BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 36)},
        }
    )

    def fail(channel: Channel, at: float) -> HourRange | None:
        if channel.spec.pollutant is Pollutant.PM25:
            raise ZeroDivisionError
        return hour_range(channel, at)

    with patch.object(range_statistics, "hour_range", fail):
        await set_up(
            hass,
            a_home(
                a_room(KITCHEN, "kitchen", Pollutant.PM25),
                a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX),
            ),
        )
        await written(hass)
    assert set(await rows(hass, INDEX_BAND)) == {THIS_HOUR}
    assert set(await rows(hass)) == set()
