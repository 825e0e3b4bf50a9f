"""Unloading and loading again leaves nothing behind, however often it is done."""

from datetime import timedelta
import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.census import census
from tests.faults import Faults, complaints
from tests.files import kitchen, write
from tests.home import PM25, STEP, VOC, a_home, pass_time, set_up, steady, usual

pytestmark = pytest.mark.on_disk


async def test_reloads_leave_nothing_behind(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    faults: Faults,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever grows with the number of reloads is a leak; the first ones fill caches."""
    write(hass, LEDGER_KEY, kitchen(36))
    entry = a_home()
    await set_up(hass, entry)
    times, done = faults.times(few=10, many=100), 0
    caplog.set_level(logging.WARNING)
    while done < 3:
        done = await reload_and_live(hass, clock, entry, done)
    before = census(hass)
    while done < 3 + times:
        done = await reload_and_live(hass, clock, entry, done)
    after = census(hass)
    found = [f"{what}: {before[what]} to {n}" for what, n in after.items() if n > before[what]]
    found += complaints(caplog.records)
    faults.check("unload and reload", f"{times} reloads", found, "nothing left behind")


async def reload_and_live(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry, done: int
) -> int:
    """Reload once, with a reading before and after; return how often that has been done."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    await pass_time(hass, clock, timedelta(minutes=1), {PM25: usual})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await pass_time(hass, clock, STEP, {PM25: usual, VOC: steady(100 + done)})
    return done + 1
