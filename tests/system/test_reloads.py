"""Unloading and loading again leaves nothing behind, however often it is done."""

from collections import Counter
from datetime import timedelta
import logging
from time import sleep

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.census import census
from tests.faults import Faults, complaints
from tests.files import kitchen, write
from tests.home import (
    PM25,
    VOC,
    a_home,
    changed_days,
    days_kept,
    pass_time,
    set_up,
    steady,
    usual,
)

pytestmark = pytest.mark.on_disk

POLLUTANTS = 2  # Of the kitchen.
HOUR, STEP = timedelta(hours=1), timedelta(minutes=10)


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
    learned_before = await days_kept(hass)
    caplog.set_level(logging.WARNING)
    while done < 3:
        done = await reload_and_live(hass, clock, entry, done)
    known = await days_kept(hass)
    before = await census_at_rest(hass, entry)
    while done < 3 + times:
        done = await reload_and_live(hass, clock, entry, done)
    kept = await days_kept(hass)
    after = await census_at_rest(hass, entry)
    before["object DaySummary"] += POLLUTANTS * (len(kept) - len(known))
    found = [f"{what}: {before[what]} to {n}" for what, n in after.items() if n > before[what]]
    found += complaints(caplog.records)
    found += [f"{day} is not as before" for day in changed_days(learned_before, kept)]
    if len(kept) <= len(learned_before):
        found.append("no day was learned")
    faults.check("unload and reload", f"{times} reloads", found, "nothing left behind or lost")


async def census_at_rest(hass: HomeAssistant, entry: MockConfigEntry) -> Counter[str]:
    """Save what is waiting, and count once the thread that wrote it has released it."""
    await entry.runtime_data.store.async_save()
    await hass.async_add_executor_job(sleep, 0.1)
    return census(hass)


async def reload_and_live(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry, done: int
) -> int:
    """Reload once, with readings before and for hours after; return how often that was done.

    Some twelve of them make a day, so that days close between them.
    """
    assert await hass.config_entries.async_unload(entry.entry_id)
    await pass_time(hass, clock, timedelta(minutes=1), {PM25: usual})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await pass_time(hass, clock, 2 * HOUR, {PM25: usual, VOC: steady(100 + done)}, step=STEP)
    return done + 1
