"""What is on disk, and when it is written. Real files."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.air_baseline.core.storage.channel import FrozenChannel
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY
from tests.conftest import DOMAIN
from tests.files import damage, disk, kitchen, read, write
from tests.home import KITCHEN, NOON, PM25, a_home, act, pass_time, set_up, usual

pytestmark = pytest.mark.on_disk

LEARNING = "sensor.kitchen_pm25_learning"
VOC_LEARNING = "sensor.kitchen_voc_learning"


async def test_what_was_learned_is_restored_unchanged(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, LEDGER_KEY, kitchen(36))
    before = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    entry = a_home()
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    after = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert after == before
    assert disk(hass, LEDGER_KEY).stat().st_mode & 0o777 == 0o600


async def test_ledgers_are_saved_every_fifteen_minutes_however_often_something_changes(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    saves: list[float] = []
    for _ in range(80):
        await pass_time(hass, clock, timedelta(minutes=1), {PM25: usual}, step=timedelta(minutes=1))
        if disk(hass, LEDGER_KEY).exists():
            rooms = read(hass, LEDGER_KEY)["data"]["rooms"]
            last = rooms[KITCHEN]["channels"]["pm25"]["source"]["last_read"]
            saves += [last] if last not in saves else []
    gaps = [later - earlier for earlier, later in pairwise(saves)]
    assert saves[0] - NOON.timestamp() <= 15 * 60
    assert len(saves) >= 4
    assert all(15 * 60 <= gap <= 16 * 60 for gap in gaps), gaps


async def test_a_correction_is_saved_before_it_is_confirmed(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, device_registry: dr.DeviceRegistry
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    device = device_registry.async_get_device_by_identifier((DOMAIN, KITCHEN), entry.entry_id)
    assert device is not None
    assert not disk(hass, LEDGER_KEY).exists()
    await hass.services.async_call(DOMAIN, "reset", {"device_id": device.id}, blocking=True)
    channel = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert "reset" in channel["entries"][0]


async def test_each_channel_is_turned_into_json_once_in_a_save(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    with patch.object(FrozenChannel, "dump", autospec=True, side_effect=FrozenChannel.dump) as dump:
        await act(hass, "reset")
    assert dump.call_count == 3


async def test_a_shutdown_saves_what_was_not_saved_yet(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    await pass_time(hass, clock, timedelta(minutes=5), {PM25: usual})
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    channel = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert channel["source"]["last_read"] == clock().timestamp()


async def test_a_good_copy_is_written_once_a_day(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    kept: set[float] = set()
    for _ in range(3 * 26 * 2):
        await pass_time(hass, clock, timedelta(minutes=30), step=timedelta(minutes=30))
        if disk(hass, GOOD_KEY).exists():
            kept.add(read(hass, GOOD_KEY)["data"]["kept_at"])
    gaps = [later - earlier for earlier, later in pairwise(sorted(kept))]
    assert len(gaps) >= 3
    assert 12 * 3600 <= gaps[0] < 24 * 3600, "the first one waits for the end of a day"
    assert all(23 * 3600 <= gap < 26 * 3600 for gap in gaps[1:]), gaps


async def test_a_good_copy_is_due_after_a_day_to_the_second(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    keep = entry.runtime_data.store.async_keep_good
    await keep(clock().timestamp())
    first = read(hass, GOOD_KEY)["data"]["kept_at"]
    assert first == clock().timestamp()
    clock.tick(24 * 3600 - 1)
    await keep(clock().timestamp())
    assert read(hass, GOOD_KEY)["data"]["kept_at"] == first
    clock.tick(1)
    await keep(clock().timestamp())
    assert read(hass, GOOD_KEY)["data"]["kept_at"] == first + 24 * 3600


async def test_what_is_read_while_unloading_is_not_saved_over_newer_data(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    unloading = hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))
    while not unloading.done():
        clock.tick(300)
        async_fire_time_changed(hass)
        await asyncio.sleep(0)
    await hass.async_block_till_done()
    write(hass, LEDGER_KEY, kitchen(36))
    newer = disk(hass, LEDGER_KEY).read_bytes()
    await pass_time(hass, clock, timedelta(minutes=40))
    assert disk(hass, LEDGER_KEY).read_bytes() == newer


async def test_removing_the_integration_leaves_no_file_not_even_a_damaged_one(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    for key in (LEDGER_KEY, GOOD_KEY):
        write(hass, key, kitchen(3))
        damage(hass, key, lambda whole: whole[:100])
    entry: MockConfigEntry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=2), step=timedelta(hours=1))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len([*disk(hass, "").glob(f"{DOMAIN}*")]) == 5
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert [*disk(hass, "").glob(f"{DOMAIN}*")] == []
