"""A clock that is wrong, either way, deletes nothing and claims nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    a_home,
    a_room,
    a_store,
    days_of,
    issues,
    learned,
    pass_time,
    report,
    saved,
    set_up,
    shown,
    steady,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNUSUAL, GUIDELINE = (
    "binary_sensor.kitchen_pm25_unusual",
    "binary_sensor.kitchen_pm25_above_guideline",
)
COMPARED, LEARNING = "sensor.kitchen_pm25_compared", "sensor.kitchen_pm25_learning"
CLAIMS = (
    UNUSUAL,
    GUIDELINE,
    COMPARED,
    "sensor.kitchen_pm25_confidence",
    "sensor.kitchen_pm25_usual_low",
    "sensor.kitchen_pm25_usual_high",
)
WRONG = {
    "1970": datetime(1970, 1, 1, 0, 0, 30, tzinfo=UTC),
    "2000": datetime(2000, 1, 1, 0, 0, 30, tzinfo=UTC),
    "last month": NOON - 30 * DAY,
    "3 days": NOON - 3 * DAY,
    "25 hours": NOON - 25 * HOUR,
}


def set_clock(hass: HomeAssistant, clock: FrozenDateTimeFactory, to: datetime) -> None:
    """Set the clock while Home Assistant runs; what it waits for comes when it would have."""
    before = hass.loop.time()
    clock.move_to(to)
    for timer in get_scheduled_timer_handles(hass.loop):
        timer._when += hass.loop.time() - before  # type: ignore[attr-defined]  # noqa: SLF001


def days(channel: dict[str, Any]) -> list[str]:
    return [day["day"] for day in days_of(channel)]


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_a_start_with_a_clock_that_is_behind_loses_nothing(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    wrong: datetime,
) -> None:
    kept = learned(Pollutant.PM25, 36)
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: kept}})
    clock.move_to(wrong)
    report(hass, PM25, 300)
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    for _ in range(2):
        for claim in CLAIMS:
            assert shown(hass, claim).state == "unknown", claim
        assert shown(hass, LEARNING).state == "clock_wrong"
        assert shown(hass, UNUSUAL).attributes["reason"] == "clock_wrong"
        assert issues(hass) == ["clock_behind"]
        assert await saved(hass, hass_storage) == kept
        await pass_time(hass, clock, 2 * HOUR, {PM25: steady(300)})
    set_clock(hass, clock, NOON + 3 * HOUR)
    await pass_time(hass, clock, HOUR, {PM25: steady(300)})
    assert issues(hass) != []
    assert "clock_behind" not in issues(hass)
    assert shown(hass, UNUSUAL).state == "on"
    assert shown(hass, COMPARED).state == "unusual"
    assert days(await saved(hass, hass_storage)) == days(kept)
    assert shown(hass, LEARNING).state == "learned"


async def a_start_ahead(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    files: dict[str, Any],
    ahead: timedelta,
    pollutant: Pollutant = Pollutant.PM25,
) -> MockConfigEntry:
    """Start with a clock that is ahead, ten minutes after Home Assistant was stopped."""
    files[LEDGER_KEY] = a_store({KITCHEN: {pollutant: learned(pollutant, 36)}})
    clock.move_to(NOON + 10 * timedelta(minutes=1) + ahead)
    entry = a_home(a_room(KITCHEN, "kitchen", pollutant))
    await set_up(hass, entry)
    return entry


@pytest.mark.parametrize("ahead", [8 * HOUR, 3 * DAY, 40 * DAY, 365 * DAY], ids=str)
@pytest.mark.parametrize("restarted", [False, True])
async def test_a_clock_that_was_ahead_returns_to_what_was_known_before(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    ahead: timedelta,
    restarted: bool,
) -> None:
    entry = await a_start_ahead(hass, clock, hass_storage, ahead)
    kept = learned(Pollutant.PM25, 36)
    await pass_time(hass, clock, 26 * HOUR, {PM25: steady(300)}, step=timedelta(minutes=15))
    if restarted:
        assert await hass.config_entries.async_unload(entry.entry_id)
        clock.move_to(clock() - ahead)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    else:
        set_clock(hass, clock, clock() - ahead)
    report(hass, PM25, 5)
    await hass.async_block_till_done(wait_background_tasks=True)
    for claim in CLAIMS[:3]:
        assert shown(hass, claim).state == "unknown", claim
    assert shown(hass, LEARNING).state == "learned"
    await pass_time(hass, clock, HOUR, {PM25: steady(5)})
    assert shown(hass, COMPARED).state == "usual"
    assert shown(hass, UNUSUAL).state == "off"
    stored = await saved(hass, hass_storage)
    assert days(stored)[: len(days(kept))] == days(kept)
    assert days(stored)[-1] <= "2026-03-03"
    print(
        ahead,
        restarted,
        days(stored)[-3:],
        stored.get("set_aside", {}).get("days"),
        stored["entries"],
        stored.get("leaps"),
        issues(hass),
    )
