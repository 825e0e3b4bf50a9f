"""What a user who is not an administrator sees and can do."""

from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.automations import Kitchen, automate, when
from tests.home import device_id

pytestmark = pytest.mark.usefixtures("hass_owner_user")

SWITCH, BUTTON = "switch.kitchen_keep_learning", "button.kitchen_start_over"
LEARNING = "sensor.kitchen_pm25_learning"


async def somebody(hass: HomeAssistant, group: str) -> Context:
    """Return the context of a user of a group."""
    user = await hass.auth.async_create_user("Somebody", group_ids=[group])
    return Context(user_id=user.id)


async def do(hass: HomeAssistant, action: str, entity_id: str, who: Context) -> None:
    domain, _, name = action.partition(".")
    await hass.services.async_call(
        domain, name, {"entity_id": entity_id}, blocking=True, context=who
    )


async def test_a_user_can_pause_and_resume(hass: HomeAssistant, kitchen: Kitchen) -> None:
    await kitchen.learn()
    user = await somebody(hass, GROUP_ID_USER)
    await do(hass, "switch.turn_off", SWITCH, user)
    assert kitchen.says(LEARNING) == "paused"
    await do(hass, "switch.turn_on", SWITCH, user)
    assert kitchen.says(SWITCH) == "on"


async def test_a_read_only_user_cannot_pause(hass: HomeAssistant, kitchen: Kitchen) -> None:
    await kitchen.learn()
    with pytest.raises(Unauthorized):
        await do(hass, "switch.turn_off", SWITCH, await somebody(hass, GROUP_ID_READ_ONLY))
    assert kitchen.says(SWITCH) == "on"


async def test_start_over_is_for_administrators_unless_everyone_may_correct(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    entry = await kitchen.learn()
    user = await somebody(hass, GROUP_ID_USER)
    await do(hass, "button.press", BUTTON, user)
    await kitchen.breathe()
    assert kitchen.says(LEARNING) == "learned", "disabled, it does nothing"
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            "air_baseline", "reset", {"device_id": device_id(hass)}, blocking=True, context=user
        )
    er.async_get(hass).async_update_entity(BUTTON, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as refused:
        await do(hass, "button.press", BUTTON, user)
    assert refused.value.translation_key == "admin_only"
    assert kitchen.says(LEARNING) == "learned"
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "everyone_may_correct": True}
    )
    await hass.async_block_till_done()
    await do(hass, "button.press", BUTTON, user)
    assert kitchen.says(LEARNING) == "collecting"


async def test_automations_run_for_everybody(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    await kitchen.learn()
    await automate(hass, when("range_learned", {"area_id": "kitchen"}))
    user = await somebody(hass, GROUP_ID_USER)
    hass.states.async_set(LEARNING, "provisional", context=user)
    hass.states.async_set(LEARNING, "learned", context=user)
    await hass.async_block_till_done()
    assert len(runs) == 1


async def test_triggers_and_conditions_are_described_to_everybody(
    hass: HomeAssistant,
    kitchen: Kitchen,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    await kitchen.learn()
    await automate(hass, when("range_learned", {"area_id": "kitchen"}))
    socket = await hass_ws_client(hass, hass_read_only_access_token)
    for what, number in (("trigger", 4), ("condition", 3)):
        await socket.send_json_auto_id({"type": f"{what}_platforms/subscribe"})
        assert (await socket.receive_json())["success"]
        described = (await socket.receive_json())["event"]
        ours = {key for key in described if key.startswith("air_baseline.")}
        assert len(ours) == number


async def test_an_administrator_can_start_over(hass: HomeAssistant, kitchen: Kitchen) -> None:
    entry = await kitchen.learn()
    er.async_get(hass).async_update_entity(BUTTON, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await do(hass, "button.press", BUTTON, await somebody(hass, GROUP_ID_ADMIN))
    assert kitchen.says(LEARNING) == "collecting"
