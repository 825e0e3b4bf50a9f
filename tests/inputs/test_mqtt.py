"""Devices that publish through a real broker to Home Assistant's own integration."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.broker import Device, broker, connect
from tests.home import (
    ATTRIBUTES,
    BEDROOM,
    KITCHEN,
    PM25,
    a_home,
    a_room,
    a_store,
    learned,
    pass_time,
    set_up,
    shown,
    steady,
    usual,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
COMPARED, LEARNING = "sensor.kitchen_pm25_compared", "sensor.kitchen_pm25_learning"
UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
BEDROOM_PM25 = "sensor.bedroom_pm25"


@pytest.fixture
async def device(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, socket_enabled: None, tmp_path: Path
) -> AsyncIterator[Device]:
    """Return a device of a broker, with a temperature beside its PM2.5."""
    with broker(tmp_path) as port:
        await connect(hass, clock, port)
        device = Device(hass, clock, "kitchen")
        await device.announce(pm25="pm25", temperature="temperature")
        yield device
        (entry,) = hass.config_entries.async_entries("mqtt")
        await hass.config_entries.async_unload(entry.entry_id)


async def a_learned_kitchen(hass: HomeAssistant, files: dict[str, Any]) -> None:
    files[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 45)}})
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))


def two_rooms() -> MockConfigEntry:
    ATTRIBUTES[BEDROOM_PM25] = ATTRIBUTES[PM25]
    bedroom = a_room(BEDROOM, "bedroom", Pollutant.PM25, pm25_source=BEDROOM_PM25)
    return a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25), bedroom)


async def test_a_device_that_repeats_one_value_each_minute_stays_usual(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], device: Device
) -> None:
    """Home Assistant writes nothing for a repeated value, and reports nothing."""
    await device.publish({"pm25": 6, "temperature": 20})
    await a_learned_kitchen(hass, hass_storage)
    said = set()
    for minute in range(180):
        await pass_time(hass, clock, MINUTE, step=MINUTE)
        await device.publish({"pm25": 6, "temperature": 20})
        if minute >= 30:
            said.add(shown(hass, COMPARED).state)
    reported = shown(hass, "sensor.kitchen_pm25").last_reported
    assert dt_util.utcnow() - reported > 2 * HOUR, "nothing was reported"
    assert said == {"usual"}


async def test_a_source_that_reports_only_changes_learns_as_fast_as_one_that_repeats(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, device: Device
) -> None:
    """The bedroom's source has the same air and a heartbeat."""
    await set_up(hass, two_rooms())
    learned_on = dict.fromkeys(("kitchen", "bedroom"), 0)
    started = dt_util.utcnow()
    while not all(learned_on.values()):
        level = usual(dt_util.utcnow().timestamp())
        await device.publish({"pm25": level, "temperature": 20})
        await pass_time(hass, clock, 30 * MINUTE, {BEDROOM_PM25: steady(level)})
        passed = (dt_util.utcnow() - started).days
        for room, day in learned_on.items():
            if not day and shown(hass, f"sensor.{room}_pm25_learning").state == "learned":
                learned_on[room] = passed
        assert passed < 30
    assert abs(learned_on["kitchen"] - learned_on["bedroom"]) <= 1
