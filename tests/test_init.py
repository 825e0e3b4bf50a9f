"""Setting up, unloading, reloading and removing: what appears and what is left behind."""

import asyncio
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.channel import VERSION
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, STORAGE_VERSION
from tests.conftest import DOMAIN
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    NOON,
    PM25,
    VOC,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    learned,
    pass_time,
    report,
    set_up,
    shown,
    steady,
    usual,
)

LEARNING = "sensor.kitchen_pm25_learning"


def rooms_on_disk(hass_storage: dict[str, Any]) -> set[str]:
    """Return the ids of the rooms in the file."""
    return set(hass_storage[LEDGER_KEY]["data"]["rooms"])


async def test_every_room_is_a_device_in_its_area(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    device_registry: dr.DeviceRegistry,
    area_registry: ar.AreaRegistry,
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    devices = {
        device.config_subentry_id: device
        for device in dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    }
    assert set(devices) == {KITCHEN, BEDROOM}
    kitchen = devices[KITCHEN]
    assert kitchen.name == "Kitchen"
    assert kitchen.entry_type is dr.DeviceEntryType.SERVICE
    assert kitchen.area_id == "kitchen"
    assert devices[BEDROOM].area_id == "bedroom"


async def test_a_room_in_an_area_that_is_gone_still_works(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, device_registry: dr.DeviceRegistry
) -> None:
    entry = a_home(a_room(KITCHEN, "cellar", Pollutant.PM25))
    await set_up(hass, entry)
    report(hass, PM25, 5)
    await hass.async_block_till_done()
    assert shown(hass, "sensor.cellar_pm25_learning").state == "collecting"
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert device.area_id is None


async def test_sources_need_not_exist_yet(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert shown(hass, LEARNING).state == "no_source"


async def test_unloading_saves_what_was_learned_and_stops_listening(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(minutes=5), {PM25: usual})
    assert LEDGER_KEY not in hass_storage
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert shown(hass, LEARNING).state == STATE_UNAVAILABLE
    saved = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert saved["source"]["last_read"] == clock().timestamp()
    await pass_time(hass, clock, timedelta(hours=1), {PM25: usual})
    assert hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["channels"]["pm25"] == saved


async def test_a_reload_continues_where_it_was(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=1), {PM25: usual})
    before = shown(hass, "sensor.kitchen_pm25_compared")
    assert before.attributes["learning_state"] == "learned"
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    after = shown(hass, "sensor.kitchen_pm25_compared")
    assert after.state == before.state
    assert after.attributes == before.attributes


async def test_removing_the_integration_leaves_nothing(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    issue_registry: ir.IssueRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=2), {PM25: steady(80.0)})
    (issue,) = [issue for domain, issue in issue_registry.issues if domain == DOMAIN]
    ir.async_ignore_issue(hass, DOMAIN, issue, ignore=True)
    assert {LEDGER_KEY, GOOD_KEY} <= set(hass_storage)
    await hass.config_entries.async_remove(entry.entry_id)
    assert not {LEDGER_KEY, GOOD_KEY} & set(hass_storage)
    assert not [issue for domain, issue in issue_registry.issues if domain == DOMAIN]
    assert not er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    await pass_time(hass, clock, timedelta(hours=1), {PM25: usual})
    assert not {LEDGER_KEY, GOOD_KEY} & set(hass_storage)


async def test_removing_a_room_removes_its_ledger_and_nothing_else(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    device_registry: dr.DeviceRegistry,
) -> None:
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)},
            BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 36)},
        }
    )
    entry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=2), {PM25: usual, INDEX: usual})
    assert set(hass_storage[GOOD_KEY]["data"]["rooms"]) == {KITCHEN, BEDROOM}
    assert hass.config_entries.async_remove_subentry(entry, KITCHEN)
    await hass.async_block_till_done()
    assert rooms_on_disk(hass_storage) == {BEDROOM}
    assert set(hass_storage[GOOD_KEY]["data"]["rooms"]) == {BEDROOM}
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert device.config_subentry_id == BEDROOM
    assert hass.states.get(LEARNING) is None
    assert shown(hass, "sensor.bedroom_voc_learning").state == "learned"


async def test_removing_the_last_room_removes_its_ledger(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    hass.config_entries.async_remove_subentry(entry, KITCHEN)
    await hass.async_block_till_done()
    assert not rooms_on_disk(hass_storage)


async def test_removing_a_room_removes_its_issues_even_ignored_ones(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    issue_registry: ir.IssueRegistry,
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=2), {PM25: steady(80.0)})
    (issue,) = [issue for domain, issue in issue_registry.issues if domain == DOMAIN]
    ir.async_ignore_issue(hass, DOMAIN, issue, ignore=True)
    hass.config_entries.async_remove_subentry(entry, KITCHEN)
    await hass.async_block_till_done()
    assert not [issue for domain, issue in issue_registry.issues if domain == DOMAIN]


async def test_a_store_of_a_newer_version_is_refused_and_left_alone(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    newer = {
        "version": STORAGE_VERSION + 1,
        "minor_version": 1,
        "key": LEDGER_KEY,
        "data": {"houses": 3},
    }
    hass_storage[LEDGER_KEY] = dict(newer)
    entry = a_home()
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "store_newer"
    assert "saved by a newer version of Air Baseline" in caplog.text
    await pass_time(hass, clock, timedelta(hours=1), {PM25: usual})
    assert hass_storage[LEDGER_KEY] == newer


async def test_a_channel_of_a_newer_version_is_refused_too(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    channel = learned(Pollutant.PM25, 3) | {"version": VERSION + 1}
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: channel}})
    entry = a_home()
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["channels"]["pm25"] == channel


async def test_the_device_of_a_room_can_be_removed_only_with_the_room(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
    device_registry: dr.DeviceRegistry,
) -> None:
    await async_setup_component(hass, "config", {})
    entry = a_home()
    await set_up(hass, entry)
    kitchen = device_registry.async_get_device_by_identifier((DOMAIN, KITCHEN), entry.entry_id)
    stray = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "gone")}
    )
    assert kitchen is not None
    client = await hass_ws_client(hass)
    for device, is_removed in ((kitchen, False), (stray, True)):
        await client.send_json_auto_id(
            {"type": "config/device_registry/remove", "device_id": device.id}
        )
        assert (await client.receive_json())["success"] is is_removed


async def test_a_home_that_is_disabled_while_it_is_set_up_can_be_enabled_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    """Home Assistant sets up no platform of a disabled entry, and 2026.9 cannot unload it then."""
    entry, entries, begun = a_home(), hass.config_entries, asyncio.Event()
    await set_up(hass, entry)
    states: list[ConfigEntryState] = []

    @callback
    def see() -> None:
        states.append(entry.state)
        if entry.state is ConfigEntryState.SETUP_IN_PROGRESS:
            begun.set()

    entry.async_on_state_change(see)
    reload = asyncio.create_task(entries.async_reload(entry.entry_id))
    await begun.wait()
    await entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await reload
    assert states[-2:] == [ConfigEntryState.UNLOAD_IN_PROGRESS, ConfigEntryState.NOT_LOADED]
    await entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    assert states[-1] is ConfigEntryState.LOADED
    assert shown(hass, LEARNING).state != STATE_UNAVAILABLE


async def test_a_renamed_room_keeps_what_it_learned(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    device_registry: dr.DeviceRegistry,
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home()
    await set_up(hass, entry)
    hass.config_entries.async_update_subentry(entry, entry.subentries[KITCHEN], title="Galley")
    await hass.async_block_till_done()
    device = device_registry.async_get_device_by_identifier((DOMAIN, KITCHEN), entry.entry_id)
    assert device is not None
    assert device.name == "Galley"
    assert shown(hass, LEARNING).state == "learned"


async def test_a_removed_source_is_set_aside_for_thirty_days(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {
                Pollutant.PM25: learned(Pollutant.PM25, 36),
                Pollutant.VOC_RATIO: learned(Pollutant.VOC_RATIO, 36),
            }
        }
    )
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(minutes=20), {PM25: usual, VOC: usual})

    def retired() -> list[str]:
        kept = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["retired"]
        return [item["channel"]["quantity"] for item in kept]

    assert retired() == ["voc_ratio"]
    for days, kept in ((29, ["voc_ratio"]), (31, [])):
        await hass.config_entries.async_unload(entry.entry_id)
        (aside,) = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["retired"]
        aside["at"] = (clock() - timedelta(days=days)).timestamp()
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.config_entries.async_unload(entry.entry_id)
        assert retired() == kept
        await hass.config_entries.async_setup(entry.entry_id)


async def test_what_was_set_aside_stays_while_the_clock_can_be_ahead(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    channels = {one: learned(one, 3) for one in (Pollutant.PM25, Pollutant.VOC_RATIO)}
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: channels})
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    clock.tick(timedelta(days=365))
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.async_unload(entry.entry_id)
    (aside,) = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["retired"]
    assert aside["at"] == NOON.timestamp()


@pytest.mark.parametrize(
    ("version", "minor_version", "loads"),
    [(1, 1, True), (1, 2, True), (1, 3, True), (1, 5, True), (2, 1, False)],
)
async def test_an_entry_of_another_version(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    version: int,
    minor_version: int,
    *,
    loads: bool,
) -> None:
    """An older one gets today's number, one with more in it keeps its own, a newer one waits."""
    home = a_home()
    entry = MockConfigEntry(
        domain=DOMAIN,
        options=dict(home.options),
        version=version,
        minor_version=minor_version,
        subentries_data=[room.as_dict() for room in home.subentries.values()],
    )
    await set_up(hass, entry)
    assert (entry.state is ConfigEntryState.LOADED) is loads
    assert (entry.version, entry.minor_version) == (version, max(minor_version, 4 if loads else 1))
