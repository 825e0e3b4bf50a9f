"""Whoever may read one room only learns the name of no other, wherever a text or an id could.

The bedroom and the kitchen rise together, so whatever is said of one could name the other.
"""

from collections.abc import Iterator
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.auth.permissions import PolicyPermissions
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.air_baseline.const import DOMAIN
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.services import CARRYING, CORRECTING, READING
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.automations import HOUR, automate, when
from tests.card_client import Card, channels
from tests.card_words import lines
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    PM25,
    a_home,
    a_room,
    a_store,
    device_id,
    issues,
    learned,
    pass_time,
    set_up,
    shown,
    steady,
    usual,
)

pytestmark = pytest.mark.usefixtures("hass_owner_user")

NAME = "Mum's hideaway"
ANOTHER = "another room"


@pytest.fixture
async def home(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    """Let the kitchen and another room rise together."""
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)},
            BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 36)},
        }
    )
    kitchen = a_room(KITCHEN, "kitchen", Pollutant.PM25)
    other = a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX)
    await set_up(hass, a_home(kitchen, {**other, "title": NAME}))
    calm = {PM25: usual, INDEX: lambda at: usual(at, Pollutant.VOC_INDEX)}
    await pass_time(hass, clock, HOUR, calm)


async def rise(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    await pass_time(hass, clock, HOUR, {PM25: steady(80), INDEX: steady(450)})


async def somebody(hass: HomeAssistant, group: str = GROUP_ID_USER) -> User:
    """Return a user; one who is not an administrator may only read and control the kitchen."""
    user = await hass.auth.async_create_user("Somebody", group_ids=[group])
    if group != GROUP_ID_ADMIN:
        (device,) = dr.async_get(hass).async_get_devices(identifiers={(DOMAIN, KITCHEN)})
        entities = er.async_entries_for_device(er.async_get(hass), device.id)
        policy = {"entities": {"entity_ids": {one.entity_id: True for one in entities}}}
        user.__dict__["permissions"] = PolicyPermissions(policy, None)  # type: ignore[arg-type]
    return user


def names_other(value: object) -> bool:
    """Tell whether anything in some values says the name or the id of the other room."""
    text = json.dumps(value, default=str)
    return "hideaway" in text or BEDROOM in text


async def read(
    hass: HomeAssistant, action: str, who: User, room: str = KITCHEN, **more: object
) -> dict[str, Any]:
    given = {"device_id": device_id(hass, room), **more}
    answer = await hass.services.async_call(
        DOMAIN, action, given, blocking=True, return_response=True, context=Context(who.id)
    )
    return dict(answer or {})


@pytest.mark.parametrize("action", sorted(READING.keys() - {"record"}))
async def test_what_is_read_of_a_room_names_no_other_that_the_reader_may_not_read(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, home: None, action: str
) -> None:
    await rise(hass, clock)
    assert names_other(await read(hass, action, await somebody(hass, GROUP_ID_ADMIN)))
    told = await read(hass, action, await somebody(hass))
    assert not names_other(told)
    assert "another_room" in json.dumps(told), "it is still told that there was one"


async def test_a_record_names_no_other_room_whoever_reads_it(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, home: None
) -> None:
    await rise(hass, clock)
    for who in (await somebody(hass, GROUP_ID_ADMIN), await somebody(hass)):
        told = await read(hass, "record", who, month="2026-03")
        assert len(told["quantities"]["pm25"]["facts"]["episodes"]) == 1
        assert not names_other(told)


async def test_the_words_say_that_it_was_another_room(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, home: None
) -> None:
    await rise(hass, clock)
    words = [
        (await read(hass, "explain", who))["quantities"]["pm25"]["words"]["inferred"]
        for who in (await somebody(hass), await somebody(hass, GROUP_ID_ADMIN))
    ]
    assert f"in the same hour: {ANOTHER}." in words[0]
    assert "hideaway" in words[1]


async def test_an_automation_may_name_all_rooms(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, home: None
) -> None:
    await rise(hass, clock)
    told = await hass.services.async_call(
        DOMAIN, "explain", {"device_id": device_id(hass)}, blocking=True, return_response=True
    )
    assert names_other(told)


async def test_the_card_names_no_other_room(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    home: None,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await rise(hass, clock)
    admin = Card(hass, await somebody(hass, GROUP_ID_ADMIN), hass_ws_client)
    limited = Card(hass, await somebody(hass), hass_ws_client)
    assert names_other(await admin.open())
    message = await limited.open()
    assert not names_other(message)
    assert ANOTHER in " ".join(lines(channels(message)["pm25"]["words"]["inferred"]))
    await admin.close()
    await limited.close()


async def test_the_card_ends_with_the_permission(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    home: None,
    hass_ws_client: WebSocketGenerator,
) -> None:
    user = await somebody(hass)
    card = Card(hass, user, hass_ws_client)
    await card.open()
    user.__dict__["permissions"] = PolicyPermissions({}, None)  # type: ignore[arg-type]
    hass.config_entries.async_update_entry(
        hass.config_entries.async_entries(DOMAIN)[0], title="Another title"
    )
    assert await card.message() == {"status": "gone"}
    await card.close()


def calls() -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each action with something that is wrong with what it is asked."""
    more: dict[str, dict[str, object]] = {
        "correct_episode": {"verdict": "real"},
        "name_episode": {"name": ""},
        "mark_missed": {"from": "1990-01-01 11:00", "to": "1990-01-01 10:00"},
        "import_room": {"file": "none.json"},
        "strike_days": {"start_date": "1990-01-01"},
        "mark_change": {"date": "1990-01-01"},
        "undo": {"correction": 12345},
    }
    for action in (*READING, *CORRECTING, *CARRYING):
        yield action, {"quantity": "pm25", **more.get(action, {})}
        yield action, more.get(action, {})


@pytest.mark.parametrize(("action", "given"), calls())
async def test_a_refusal_does_not_name_the_room_that_was_asked_about(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    home: None,
    action: str,
    given: dict[str, object],
) -> None:
    who = await somebody(hass)
    with pytest.raises(HomeAssistantError) as refused:
        await hass.services.async_call(
            DOMAIN,
            action,
            {"device_id": device_id(hass, BEDROOM), **given},
            blocking=True,
            return_response=True,
            context=Context(who.id),
        )
    assert isinstance(refused.value, Unauthorized)
    assert not names_other([str(refused.value), refused.value.translation_placeholders])


async def test_states_events_and_triggers_name_no_other_room(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, home: None, runs: list[ServiceCall]
) -> None:
    """All who may read an entity see them, so they cannot depend on who looks."""
    says_all = {"action": "test.run", "data": {"all": "{{ trigger }}"}}
    triggers = when("unusual_detected", {"entity_id": "binary_sensor.kitchen_pm25_unusual"})
    await automate(hass, triggers | {"actions": [says_all]})
    seen = async_capture_events(hass, "state_changed")
    await rise(hass, clock)
    assert shown(hass, "binary_sensor.kitchen_pm25_unusual").state == "on"
    assert [issue for issue in issues(hass) if issue.startswith("unusual_episode")]
    await pass_time(hass, clock, 2 * HOUR, {PM25: usual})
    assert shown(hass, "binary_sensor.kitchen_pm25_unusual").state == "off"
    (device,) = dr.async_get(hass).async_get_devices(identifiers={(DOMAIN, KITCHEN)})
    kitchen = {one.entity_id for one in er.async_entries_for_device(er.async_get(hass), device.id)}
    states = [
        event.data["new_state"].as_dict()
        for event in seen
        if event.data["entity_id"] in kitchen and event.data["new_state"] is not None
    ]
    assert any(state["entity_id"].startswith("event.") for state in states)
    assert not names_other(states)
    (run,) = runs
    assert not names_other(run.data["all"])
