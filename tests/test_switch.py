"""Keep learning: off is a pause, a gap in what is learned."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY, OPEN_KEY
from tests.automations import Kitchen
from tests.home import KITCHEN, a_home, a_room, act, device_id, set_up, shown, steady
from tests.stored import continued

SWITCH = "switch.kitchen_keep_learning"
LEARNING = "sensor.kitchen_pm25_learning"
UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def turn(hass: HomeAssistant, way: str) -> None:
    await hass.services.async_call("switch", f"turn_{way}", {"entity_id": SWITCH}, blocking=True)


async def days_of(hass: HomeAssistant) -> float:
    numbers = (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]
    days: float = numbers["evidence"]["usable_days"]
    return days


async def test_the_switch_is_on_and_a_setting_of_the_room(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    assert kitchen.says(SWITCH) == "on"
    entry = er.async_get(hass).async_get(SWITCH)
    assert entry is not None
    assert entry.entity_category == "config"


async def test_off_is_a_pause_that_is_shown_and_a_gap(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    await kitchen.breathe(17 * HOUR)
    before = await days_of(hass)
    await turn(hass, "off")
    assert kitchen.says(SWITCH) == "off"
    assert kitchen.says(LEARNING) == kitchen.says("sensor.kitchen_voc_learning") == "paused"
    assert (kitchen.says(UNUSUAL), shown(hass, UNUSUAL).attributes["reason"]) == (
        "unknown",
        "paused",
    )
    assert kitchen.says("sensor.kitchen_pm25_usual_high") == "unknown"
    await kitchen.breathe(2 * DAY, pm25=steady(300))
    await turn(hass, "on")
    assert kitchen.says(SWITCH) == "on"
    await kitchen.breathe(HOUR)
    assert kitchen.says(LEARNING) == "learned"
    assert kitchen.says(UNUSUAL) == "off", "what was high in the pause does not count"
    assert await days_of(hass) == before
    await kitchen.breathe(40 * HOUR)
    assert await days_of(hass) == before + 1


async def test_a_pause_ends_a_running_episode_as_unknown(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    await kitchen.plume()
    assert kitchen.says(UNUSUAL) == "on"
    await turn(hass, "off")
    assert kitchen.says(UNUSUAL) == "unknown"
    event = shown(hass, "event.kitchen_inference").attributes
    assert (event["event_type"], event["outcome"]) == ("unusual_ended", "unknown")


async def test_a_pause_is_saved_at_once_and_survives_a_restart(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    await turn(hass, "off")
    stored = continued(kitchen.files[LEDGER_KEY], kitchen.files[OPEN_KEY])
    channels = stored["data"]["rooms"][KITCHEN]["channels"].values()
    assert {channel["paused"] for channel in channels} == {True}
    await kitchen.restart()
    assert kitchen.says(SWITCH) == "off"
    assert kitchen.says(LEARNING) == "paused"
    await turn(hass, "on")
    await kitchen.breathe()
    assert kitchen.says(LEARNING) == "learned"


async def test_a_source_that_joins_a_paused_room_is_paused_too(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    await turn(hass, "off")
    subentry = entry.subentries[KITCHEN]
    both = a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO)
    hass.config_entries.async_update_subentry(entry, subentry, data=both["data"])
    await hass.async_block_till_done()
    assert shown(hass, "sensor.kitchen_voc_learning").state == "paused"
    assert shown(hass, SWITCH).state == "off"


async def test_one_paused_source_turns_the_switch_off_and_turning_it_on_resumes_all(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    entry = await kitchen.learn()
    room = entry.runtime_data.rooms[KITCHEN]
    await room.async_correct(lambda at: room.channels[Pollutant.VOC_RATIO].pause(at, paused=True))
    assert kitchen.says("sensor.kitchen_voc_learning") == "paused"
    assert kitchen.says(SWITCH) == "off"
    await turn(hass, "on")
    assert kitchen.says("sensor.kitchen_voc_learning") != "paused"
    assert kitchen.says(SWITCH) == "on"


async def test_the_switch_is_written_only_when_it_changes(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    before = shown(hass, SWITCH).last_reported
    await kitchen.plume(2 * HOUR)
    assert kitchen.says(UNUSUAL) == "on"
    assert shown(hass, SWITCH).last_reported == before


async def test_an_area_wide_automation_does_not_turn_the_switch(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    for target in ({"area_id": "kitchen"}, {"device_id": device_id(hass)}):
        await hass.services.async_call("switch", "turn_off", target, blocking=True)
        assert kitchen.says(SWITCH) == "on"
