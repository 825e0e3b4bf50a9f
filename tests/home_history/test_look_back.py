"""The first minute of a new room: what it says agrees with what was measured before."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.air_baseline.core.ledger.histogram_text import decode_counts
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.card_client import Card, channels
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    Level,
    a_home,
    a_room,
    act,
    pass_time,
    report,
    saved,
    set_up,
    shown,
    usual,
)
from tests.recorded import SLOT, TODAY, keep

COMPARED, LEARNING = "sensor.kitchen_pm25_compared", "sensor.kitchen_pm25_learning"
UNUSUAL, ABOVE = "binary_sensor.kitchen_pm25_unusual", "binary_sensor.kitchen_pm25_above_guideline"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Create the recorder, which must be there before Home Assistant."""


async def mean(hass: HomeAssistant) -> float | None:
    """Return the guideline's mean."""
    found: float | None = (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]["measured"][
        "mean"
    ]
    return found


async def a_new_room(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    level: Level = usual,
    *,
    use_history: bool = True,
    days: int = 42,
) -> MockConfigEntry:
    """Set up a kitchen whose source has run for weeks; only its last day is in full."""
    clock.move_to(NOON - DAY)
    await pass_time(hass, clock, DAY, {PM25: level})
    await async_wait_recording_done(hass)
    if days:
        await keep(hass, SLOT, days, level=usual)
    room = a_room(KITCHEN, "kitchen", Pollutant.PM25)
    entry = a_home({**room, "data": {**room["data"], "use_history": use_history}})
    await set_up(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def test_the_first_minute_agrees_with_the_chart(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, card: Card
) -> None:
    await a_new_room(hass, clock)
    assert shown(hass, LEARNING).state == "learned"
    assert shown(hass, COMPARED).state in ("usual", "lower", "higher")
    assert shown(hass, UNUSUAL).state == "off"
    assert shown(hass, ABOVE).state == "off"
    assert await mean(hass) == pytest.approx(7.0, abs=3.0)
    message = await card.open()
    line = channels(message)["pm25"]["line"]
    assert len(line) == (NOON - TODAY) // SLOT
    words = (await act(hass, "explain"))["quantities"]["pm25"]["words"]
    assert "sustained for the last 15 minutes" in words["measured"]
    await card.close()


async def test_a_plume_that_is_there_already_is_unusual_at_once(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    since = (NOON - 0.7 * HOUR).timestamp()
    await a_new_room(hass, clock, lambda at: 300.0 if at >= since else usual(at))
    assert shown(hass, UNUSUAL).state == "on"
    assert shown(hass, COMPARED).state == "unusual"


async def test_smoke_of_a_day_is_above_the_guideline_at_once(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await a_new_room(hass, clock, lambda at: 60.0 + at // 300 % 5, use_history=False, days=0)
    assert shown(hass, ABOVE).state == "on"
    assert await mean(hass) == pytest.approx(62.0, abs=2.0)


async def test_the_hours_of_today_are_learned_with_the_history(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_new_room(hass, clock)
    today = (await saved(hass, hass_storage))["today"]
    assert sum(map(sum, decode_counts(today["histogram"]))) == (NOON - TODAY) // SLOT
    await pass_time(hass, clock, HOUR, {PM25: usual})
    today = (await saved(hass, hass_storage))["today"]
    slots = (NOON + HOUR - TODAY) // SLOT
    assert sum(map(sum, decode_counts(today["histogram"]))) == slots, "none twice, none missing"


async def test_nothing_is_learned_from_the_past_if_the_user_declined(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_new_room(hass, clock, use_history=False)
    assert shown(hass, LEARNING).state == "collecting"
    assert shown(hass, COMPARED).state == "not_enough_data"
    assert await mean(hass) == pytest.approx(7.0, abs=3.0), "what was measured is a fact"
    await pass_time(hass, clock, HOUR, {PM25: usual})
    today = (await saved(hass, hass_storage))["today"]
    assert sum(map(sum, decode_counts(today["histogram"]))) <= HOUR // SLOT


async def test_a_restart_does_not_read_the_hours_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_new_room(hass, clock)
    seen = []
    for _ in range(2):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        kept = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["channels"]["pm25"]
        seen.append(sum(map(sum, decode_counts(kept["today"]["histogram"]))))
    assert seen == [(NOON - TODAY) // SLOT] * 2


async def test_a_new_source_without_a_past_starts_from_nothing(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    report(hass, PM25, 5)
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    assert await mean(hass) is None
    assert shown(hass, LEARNING).state == "collecting"
