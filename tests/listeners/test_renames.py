"""Sources and areas that are renamed are followed."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.diagnostics import async_get_config_entry_diagnostics
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.home import (
    KITCHEN,
    PM25,
    a_home,
    a_room,
    a_store,
    come_to_rest,
    device_id,
    learned,
    report,
    set_up,
    shown,
)

pytestmark = pytest.mark.usefixtures("clock")

LEARNING = "sensor.kitchen_pm25_learning"
GARDEN, WINDOW = "sensor.garden_pm25", "binary_sensor.window"
RENAMED = {
    PM25: "sensor.cooker",
    GARDEN: "sensor.yard",
    WINDOW: "binary_sensor.pane",
}


@pytest.fixture(autouse=True)
def _registered(entity_registry: er.EntityRegistry) -> None:
    """Register the entities that the home will refer to."""
    for entity_id in RENAMED:
        domain, name = entity_id.split(".")
        entity_registry.async_get_or_create(domain, "x", name, suggested_object_id=name)


def rename(registry: er.EntityRegistry) -> None:
    for old, new in RENAMED.items():
        registry.async_update_entity(old, new_entity_id=new)


def home() -> MockConfigEntry:
    kitchen = a_room(KITCHEN, "kitchen", Pollutant.PM25)
    data = {**kitchen["data"], "windows": [WINDOW]}
    return a_home({**kitchen, "data": data}, outdoor_pm25=GARDEN)


def pointed_at(entry: MockConfigEntry) -> tuple[str, str, list[str]]:
    data = entry.subentries[KITCHEN].data
    return data["pm25_source"], entry.options["outdoor_pm25"], list(data["windows"])


async def test_renames_while_not_loaded_are_followed(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = home()
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    rename(entity_registry)
    # Another entity takes the name that the source had.
    entity_registry.async_get_or_create("sensor", "y", "1", suggested_object_id="kitchen_pm25")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert pointed_at(entry) == ("sensor.cooker", "sensor.yard", ["binary_sensor.pane"])
    assert shown(hass, LEARNING).state == "learned"
    assert hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["retired"] == []


async def test_a_rename_while_reloading_is_followed(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entry = home()
    await set_up(hass, entry)
    reload = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    while entry.state is not ConfigEntryState.SETUP_IN_PROGRESS:  # noqa: ASYNC110 - it has no event
        await asyncio.sleep(0)
    rename(entity_registry)
    await reload
    await hass.async_block_till_done()
    assert pointed_at(entry) == ("sensor.cooker", "sensor.yard", ["binary_sensor.pane"])
    report(hass, "sensor.cooker", 5, device_class="pm25", unit_of_measurement="μg/m³")
    await hass.async_block_till_done()
    assert shown(hass, LEARNING).state == "collecting"


async def test_a_source_registered_again_under_its_name_is_followed_from_then_on(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entry = home()
    await set_up(hass, entry)
    entity_registry.async_remove(PM25)
    await hass.config_entries.async_reload(entry.entry_id)
    assert pointed_at(entry)[0] == PM25
    entity_registry.async_get_or_create("sensor", "y", "1", suggested_object_id="kitchen_pm25")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.config_entries.async_unload(entry.entry_id)
    rename(entity_registry)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert pointed_at(entry)[0] == "sensor.cooker"


async def test_what_is_not_registered_is_referred_to_by_its_entity_id(hass: HomeAssistant) -> None:
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.VOC_RATIO))
    await set_up(hass, entry)
    assert "registered" not in entry.subentries[KITCHEN].data
    assert "registered" not in entry.options


async def test_diagnostics_leave_out_the_ids_that_are_stored_to_follow(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entry = home()
    await set_up(hass, entry)
    text = str(await async_get_config_entry_diagnostics(hass, entry))
    kept = {**entry.options["registered"], **entry.subentries[KITCHEN].data["registered"]}
    assert kept == {one: entity_registry.entities[one].id for one in RENAMED}
    for entity_id, registry_id in kept.items():
        assert entity_id not in text
        assert registry_id not in text


async def test_a_room_is_renamed_with_its_area(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    for name in ("Galley", "Cookery"):
        ar.async_get(hass).async_update("kitchen", name=name)
        await come_to_rest(hass)
        assert [room.title for room in entry.subentries.values()] == [name, "Bedroom"]
        device = device_registry.async_get(device_id(hass))
        assert device is not None
        assert device.name == name


async def test_a_room_keeps_the_name_that_it_was_given(hass: HomeAssistant) -> None:
    entry = a_home()
    await set_up(hass, entry)
    hass.config_entries.async_update_subentry(entry, entry.subentries[KITCHEN], title="Ours")
    await hass.async_block_till_done()
    ar.async_get(hass).async_update("kitchen", name="Galley")
    await come_to_rest(hass)
    assert entry.subentries[KITCHEN].title == "Ours"


async def test_a_room_outlives_its_area(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home()
    await set_up(hass, entry)
    ar.async_get(hass).async_delete("kitchen")
    await hass.async_block_till_done()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert entry.subentries[KITCHEN].title == "Kitchen"
    assert shown(hass, LEARNING).state == "learned"
    report(hass, PM25, 5)
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    done = await hass.config_entries.subentries.async_configure(
        page["flow_id"], {"area_id": "bedroom_2", "pm25_source": PM25}
    )
    assert done["reason"] == "reconfigure_successful"
