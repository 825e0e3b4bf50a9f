"""A home of many rooms does not hold up Home Assistant."""

import asyncio
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.storage import Store
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.listeners.rooms import async_pass_time, in_turn
from custom_components.air_baseline.storage.store import LEDGER_KEY, SOON_S
from tests.home import BEDROOM, KITCHEN, a_home, a_store, learned, set_up, settle, shown


async def test_other_tasks_get_a_turn_between_two_rooms() -> None:
    happened: list[str] = []
    async for room, _ in in_turn({KITCHEN: 1, BEDROOM: 2}):
        happened.append(room)
        asyncio.get_running_loop().call_soon(happened.append, "something else")
    assert happened == [KITCHEN, "something else", BEDROOM, "something else"]


async def test_rooms_do_not_wait_for_a_disk_that_hangs(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    data, disk = entry.runtime_data, asyncio.Event()

    async def hang(*_: object) -> None:
        await disk.wait()

    with patch.object(Store, "_async_write_data", hang):
        data.store.async_save_soon()
        clock.tick(timedelta(seconds=SOON_S))
        async_fire_time_changed(hass)
        await settle()
        round_of_rooms = hass.async_create_task(async_pass_time(data, clock().timestamp()))
        await settle()
        was_done = round_of_rooms.done()
        disk.set()
        await hass.async_block_till_done()
    assert was_done


async def test_a_day_closes_in_one_room_after_another(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 12)},
            BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 12)},
        }
    )
    await set_up(hass, a_home())
    learning = ("sensor.kitchen_pm25_learning", "sensor.bedroom_voc_learning")
    order: list[str] = []

    @callback
    def changed(event: Event[Any]) -> None:
        if event.data["entity_id"] in learning:
            order.append(event.data["entity_id"])
            hass.loop.call_soon(order.append, "something else")

    earliest = [shown(hass, entity_id).attributes["earliest"] for entity_id in learning]
    hass.bus.async_listen("state_changed", changed)
    clock.tick(timedelta(hours=16))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [shown(hass, one).attributes["earliest"] for one in learning] != earliest
    assert order[:3] == [learning[0], "something else", learning[1]]
