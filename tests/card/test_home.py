"""The subscription of headlines and tiles: the home in brief, over the WebSocket."""

from datetime import timedelta
from types import MappingProxyType

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.auth.permissions import PolicyPermissions
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.air_baseline.coordinator import RoomCoordinator
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.automations import Kitchen
from tests.card_client import ASK_HOME, Answer, Card
from tests.frontend.messages import a_brief, a_channel_brief
from tests.home import BEDROOM, KITCHEN, PM25, VOC, a_home, a_room, device_id, report, set_up

SLOT = timedelta(minutes=5)
MESSAGES = 6


def kitchen_of(hass: HomeAssistant, message: Answer) -> Answer:
    """Return the kitchen in brief."""
    brief: Answer = message["rooms"][device_id(hass)]
    return brief


async def test_all_rooms_are_sent_at_once(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, card: Card
) -> None:
    await set_up(hass, a_home())
    report(hass, PM25, 6)
    report(hass, VOC, 120)
    message = await card.open_home()
    assert (message["loaded"], message["whole"]) == (True, True)
    kitchen, bedroom = (message["rooms"][device_id(hass, room)] for room in (KITCHEN, BEDROOM))
    assert [channel["quantity"] for channel in kitchen["channels"]] == ["pm25", "voc_ratio"]
    pm25 = kitchen["channels"][0]
    assert (pm25["state"], pm25["compared"]) == ("collecting", "not_enough_data")
    assert (pm25["usable_days"], pm25["needed"], pm25["lacks"][0]) == (0, 21, "days")
    assert pm25["earliest"] > dt_util.now().date().isoformat()
    assert (bedroom["room"], bedroom["channels"][0]["state"]) == ("Bedroom", "no_source")
    await card.close()


async def test_an_episode_and_its_question_are_sent_and_nothing_else_again(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    rise = dt_util.utcnow().timestamp()
    await kitchen.plume()
    brief = kitchen_of(hass, await card.open_home())
    pm25, voc = brief["channels"]
    assert (brief["questions"], pm25["compared"], voc["since"]) == (1, "unusual", None)
    assert abs(pm25["since"] - rise) < SLOT.total_seconds()
    assert a_brief().keys() == brief.keys()
    assert a_channel_brief().keys() == pm25.keys()
    await kitchen.breathe(timedelta(seconds=40))
    hass.states.async_set("light.other", "on")
    (subentry,) = kitchen.entry.subentries.values()
    hass.config_entries.async_update_subentry(kitchen.entry, subentry, title="Galley")
    await hass.async_block_till_done()
    again = await card.message()
    assert kitchen_of(hass, again)["room"] == "Galley", "nothing was sent in between"
    await card.close()


async def test_a_silence_is_sent_with_its_beginning(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    last = dt_util.utcnow().timestamp()
    await kitchen.silence(timedelta(hours=5))
    pm25 = kitchen_of(hass, await card.open_home())["channels"][0]
    assert pm25["compared"] is None
    assert abs(pm25["silent_since"] - last) < SLOT.total_seconds()
    await card.close()


async def test_the_whole_is_sent_again_after_a_reload_and_for_a_new_room(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    entry = await kitchen.learn()
    await card.open_home()
    await hass.config_entries.async_unload(entry.entry_id)
    assert await wholes(card, set()) == {"loaded": False, "whole": True, "rooms": {}}
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await wholes(card, {"Kitchen"}))["loaded"]
    bath = a_room(BEDROOM, "bath", Pollutant.VOC_INDEX)
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(bath["data"]),
            subentry_id=BEDROOM,
            subentry_type="room",
            title="Bath",
            unique_id="bath",
        ),
    )
    await wholes(card, {"Bath", "Kitchen"})
    hass.config_entries.async_remove_subentry(entry, BEDROOM)
    await wholes(card, {"Kitchen"})
    await card.close()


async def wholes(card: Card, rooms: set[str]) -> Answer:
    """Return the first of the next messages that shows these rooms: a reload sends several."""
    for _ in range(MESSAGES):
        message = await card.message()
        if message["whole"] and {one["room"] for one in message["rooms"].values()} == rooms:
            return message
    raise AssertionError(message)


async def test_nothing_is_said_of_a_room_that_has_failed(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    entry = await kitchen.learn()
    (room,) = entry.runtime_data.rooms.values()
    fail(room)
    assert kitchen_of(hass, await card.open_home())["channels"] == []
    await card.close()


async def test_a_browser_that_has_left_leaves_no_listener(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    entry = await kitchen.learn()
    (room,) = entry.runtime_data.rooms.values()
    before = len(room._listeners)  # noqa: SLF001 - what would leak
    await card.open_home()
    assert len(room._listeners) == before + 1  # noqa: SLF001
    await card.close()
    assert len(room._listeners) == before  # noqa: SLF001


@pytest.mark.parametrize("readable", [PM25, "sensor.kitchen_pm25_compared", None])
async def test_each_user_sees_only_the_rooms_and_sources_that_they_may_read(
    hass: HomeAssistant,
    kitchen: Kitchen,
    hass_owner_user: User,
    hass_ws_client: WebSocketGenerator,
    readable: str | None,
) -> None:
    await kitchen.learn()
    user = await hass.auth.async_create_user("Somebody", group_ids=[GROUP_ID_USER])
    if readable:
        policy = {"entities": {"entity_ids": {readable: {"read": True}}}}
        user.__dict__["permissions"] = PolicyPermissions(policy, None)  # type: ignore[arg-type]
    somebody = Card(hass, user, hass_ws_client)
    rooms = (await somebody.open_home())["rooms"]
    assert (rooms == {}) is (readable == PM25), "to read a source is not to read its room"
    for brief in rooms.values():
        assert [bool(channel["source"]) for channel in brief["channels"]] == [readable is None] * 2
    await somebody.close()


async def test_a_request_with_more_in_it_is_refused(kitchen: Kitchen, card: Card) -> None:
    await kitchen.learn()
    assert (await card.ask(ASK_HOME, language="en"))["error"]["code"] == "invalid_format"
    await card.close()


def fail(room: RoomCoordinator) -> None:
    """Let a room fail, as an error of its own does."""
    with room.guarded():
        raise RuntimeError
