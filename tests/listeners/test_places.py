"""A sensor that is moved to another area is asked about at once."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import Fixer
from tests.home import (
    KITCHEN,
    PM25,
    a_home,
    a_room,
    a_store,
    come_to_rest,
    issues,
    learned,
    pass_time,
    report,
    set_up,
    shown,
    usual,
)

MOVED = f"source_moved_{KITCHEN}_pm25"


@pytest.fixture
def sensor(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> dr.DeviceEntry:
    """Return the device of the kitchen's sensor, which is in the kitchen."""
    other = MockConfigEntry(domain="x")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("x", "1")}, name="Monitor"
    )
    er.async_get(hass).async_get_or_create(
        "sensor",
        "x",
        "1",
        suggested_object_id="kitchen_pm25",
        config_entry=other,
        device_id=device.id,
    )
    move(hass, device, "kitchen")
    return device


@pytest.fixture
async def entry(
    hass: HomeAssistant, sensor: dr.DeviceEntry, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Return a kitchen that has learned."""
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    home = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    report(hass, PM25, 6)
    await set_up(hass, home)
    return home


def move(hass: HomeAssistant, device: dr.DeviceEntry, area: str | None) -> None:
    dr.async_get(hass).async_update_device(device.id, area_id=area)


async def test_a_moved_device_is_asked_about_until_it_is_back(
    hass: HomeAssistant, entry: MockConfigEntry, sensor: dr.DeviceEntry
) -> None:
    assert not issues(hass)
    for area, asked in (("bedroom", [MOVED]), ("kitchen", []), ("bedroom", [MOVED]), (None, [])):
        move(hass, sensor, area)
        await come_to_rest(hass)
        assert issues(hass) == asked
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"


async def test_an_entity_that_is_moved_itself_is_asked_about(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_update_entity(PM25, name="Its own", area_id="bedroom")
    await come_to_rest(hass)
    assert issues(hass) == [MOVED]


async def test_the_question_outlives_a_reload(
    hass: HomeAssistant, entry: MockConfigEntry, sensor: dr.DeviceEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    move(hass, sensor, "bedroom")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert issues(hass) == [MOVED]
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert issues(hass) == [MOVED]


async def test_a_move_is_asked_about_beyond_the_three_questions_of_a_day(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    fixer: Fixer,
    sensor: dr.DeviceEntry,
) -> None:
    for name in ("Hall", "Attic", "Cellar", "Porch"):
        area = ar.async_get(hass).async_get_or_create(name)
        move(hass, sensor, area.id)
        await come_to_rest(hass)
        page = await fixer.begin(MOVED)
        assert page["description_placeholders"]["area"] == name
        answer = await fixer.choose(page, "same_place")
        assert answer["reason"] == "same_place"
        assert not issues(hass)
        await pass_time(hass, clock, timedelta(hours=1), {PM25: usual})
        assert not issues(hass)


async def test_other_air_is_learned_anew_from_the_given_day(
    hass: HomeAssistant, entry: MockConfigEntry, fixer: Fixer, sensor: dr.DeviceEntry
) -> None:
    move(hass, sensor, "bedroom")
    await come_to_rest(hass)
    page = await fixer.choose(await fixer.begin(MOVED), "changed")
    page = await fixer.answer(page, date="2026-03-02", similar=False)
    done = await fixer.confirm(page)
    assert done["step_id"] == "change_told"
    assert not issues(hass)
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "collecting"


async def test_the_settings_of_the_room_answer_it(
    hass: HomeAssistant, entry: MockConfigEntry, sensor: dr.DeviceEntry
) -> None:
    move(hass, sensor, "bedroom")
    await come_to_rest(hass)
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    await hass.config_entries.subentries.async_configure(
        page["flow_id"], {"area_id": "kitchen", "pm25_source": PM25, "use_history": False}
    )
    await hass.async_block_till_done()
    assert not issues(hass)


async def test_a_room_that_was_set_up_with_a_sensor_elsewhere_is_not_asked_about(
    hass: HomeAssistant, sensor: dr.DeviceEntry
) -> None:
    move(hass, sensor, "bedroom")
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    assert not issues(hass)
    move(hass, sensor, "kitchen")
    await come_to_rest(hass)
    assert not issues(hass)
