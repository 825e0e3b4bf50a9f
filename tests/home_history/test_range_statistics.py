"""The learned range as hourly statistics: once an hour, with the current unit and name."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import get_metadata, statistics_during_period
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.automations import Kitchen
from tests.conftest import DOMAIN
from tests.home import KITCHEN, NOON, PM25, a_home, a_room, a_store, act, learned, set_up, shown

BAND = "air_baseline:01kitchen_pm25_usual"
VOC_BAND = "air_baseline:01kitchen_voc_ratio_usual"
MASS_BAND = "air_baseline:01kitchen_voc_mass_usual"
HOUR = timedelta(hours=1)
THIS_HOUR = NOON.replace(second=0)

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


@with_recorder
async def test_each_hour_has_the_range_that_is_shown_as_it_begins(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    expected = {}
    for hour in range(18):
        low, high = (
            float(shown(hass, f"sensor.kitchen_pm25_usual_{edge}").state)
            for edge in ("low", "high")
        )
        expected[THIS_HOUR + hour * HOUR] = low, high
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
            "name": "Kitchen usual PM2.5",
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
    assert metadata[BAND]["name"] == "Galley usual PM2.5"
    assert metadata[VOC_BAND]["name"] == "Galley usual VOC"
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
    assert metadata["name"] == "Kitchen usual VOC index"


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
