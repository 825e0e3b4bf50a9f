"""System health, as Home Assistant's own card asks for it."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import DOMAIN
from tests.home import (
    ATTRIBUTES,
    BEDROOM,
    KITCHEN,
    PM25,
    a_home,
    a_room,
    a_store,
    learned,
    report,
    set_up,
)


async def test_system_health_counts_rooms_and_learned_ranges(
    hass: HomeAssistant, hass_storage: dict[str, Any], clock: object
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 30)}})
    report(hass, PM25, 6, **ATTRIBUTES[PM25])
    rooms = (
        a_room(KITCHEN, "kitchen", Pollutant.PM25),
        a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX),
    )
    await set_up(hass, a_home(*rooms))
    await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)
    assert info == {"rooms": 2, "sensors": 2, "learned": 1, "stored_kilobytes": 0}
