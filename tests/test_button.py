"""Start over: a button that an administrator enables."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from tests.automations import Kitchen
from tests.home import act

BUTTON = "button.kitchen_start_over"


async def test_the_button_is_a_setting_and_disabled_until_it_is_enabled(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    entry = er.async_get(hass).async_get(BUTTON)
    assert entry is not None
    assert entry.entity_category == "config"
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert hass.states.get(BUTTON) is None


async def test_pressing_it_starts_the_whole_room_over_and_undo_restores_it(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    entry = await kitchen.learn()
    er.async_get(hass).async_update_entity(BUTTON, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await kitchen.breathe()
    learning = ("sensor.kitchen_pm25_learning", "sensor.kitchen_voc_learning")
    assert {kitchen.says(entity_id) for entity_id in learning} == {"learned"}
    assert kitchen.says(BUTTON) == "unknown", "never pressed"
    await hass.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)
    assert {kitchen.says(entity_id) for entity_id in learning} == {"collecting"}
    undone = await act(hass, "undo")
    assert {correction["kind"] for correction in undone["corrections"]} == {"reset"}
    assert {kitchen.says(entity_id) for entity_id in learning} == {"learned"}
