"""A home whose time zone is changed: in words, for automations, and without false alerts."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.card.timeline import async_timeline
from custom_components.air_baseline.coordinator import loaded_rooms
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.home import (
    KITCHEN,
    PM25,
    a_home,
    a_store,
    act,
    issues,
    learned,
    pass_time,
    restart,
    saved,
    set_up,
    shown,
    usual,
)

LEARNING = "sensor.kitchen_pm25_learning"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FAR, NEAR = "America/New_York", "Europe/Lisbon"


async def inferred(hass: HomeAssistant) -> str:
    """Return what the action `explain` says of the room."""
    answer = await act(hass, "explain")
    return str(answer["quantities"]["pm25"]["words"]["inferred"])


async def change_zone(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    files: dict[str, Any],
    zone: str,
    *,
    stopped: bool,
) -> None:
    """Change the time zone as its owner does, while Home Assistant runs or between two starts."""
    if stopped:
        await saved(hass, files)
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.config.async_update(time_zone=zone)
    if stopped:
        await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
async def entry(hass: HomeAssistant, hass_storage: dict[str, Any]) -> MockConfigEntry:
    """Return a kitchen that has learned 36 days."""
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home()
    await set_up(hass, entry)
    return entry


@pytest.mark.parametrize("stopped", [False, True])
async def test_a_home_in_a_far_time_zone_says_that_alerts_wait(  # noqa: PLR0913 - fixtures
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    hass_admin_user: User,
    *,
    stopped: bool,
) -> None:
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, LEARNING).state == "learned"
    await change_zone(hass, entry, hass_storage, FAR, stopped=stopped)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, LEARNING).state == "changing", "what an automation can start from"
    said = await inferred(hass)
    assert "time zone changed on 3 March" in said
    assert not [one for one in issues(hass) if "change_suspected" in one], "its owner knows"
    assert "undo this under “Other answers” on the card" in said
    room = loaded_rooms(hass)[KITCHEN]
    shown_on_card = await async_timeline(hass, room, hass_admin_user)
    assert [one["kind"] for one in shown_on_card["answers"]] == ["change_detected"]
    (doubt,) = (await act(hass, "get_ledger"))["quantities"]["pm25"]["corrections"]
    await act(hass, "undo", correction_time=doubt["at"])
    assert shown(hass, LEARNING).state == "learned"
    await pass_time(hass, clock, DAY, {PM25: usual}, step=HOUR)
    await restart(hass, entry, hass_storage)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, LEARNING).state == "learned", "undone is undone"


@pytest.mark.parametrize("stopped", [False, True])
async def test_a_home_in_a_zone_of_the_same_hours_notices_nothing(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    *,
    stopped: bool,
) -> None:
    await pass_time(hass, clock, HOUR, {PM25: usual})
    await change_zone(hass, entry, hass_storage, NEAR, stopped=stopped)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, LEARNING).state == "learned"
    assert (await saved(hass, hass_storage))["entries"] == []
