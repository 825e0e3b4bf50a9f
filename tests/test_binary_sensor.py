"""Unusual for this room, which is inferred, and above a guideline, which is measured."""

from collections import Counter
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.air_baseline.core.pollutant import Pollutant
from tests.automations import rare
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    VOC,
    a_home,
    a_kitchen,
    a_room,
    act,
    pass_time,
    report,
    restart,
    set_up,
    shown,
    steady,
    usual,
)

UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
GUIDELINE = "binary_sensor.kitchen_pm25_above_guideline"
MEAN = "sensor.kitchen_pm25_mean_24h"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def unusual(hass: HomeAssistant) -> tuple[str, str | None]:
    """Return whether the kitchen is unusual, and the reason if that is unknown."""
    state = shown(hass, UNUSUAL)
    return state.state, state.attributes["reason"]


async def test_an_episode_turns_unusual_on_and_half_an_hour_inside_the_range_turns_it_off(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, 30 * MINUTE, {PM25: usual})
    assert unusual(hass) == ("off", None)
    await pass_time(hass, clock, 15 * MINUTE, {PM25: steady(80)})
    assert unusual(hass) == ("off", None), "it has not held for 15 minutes yet"
    await pass_time(hass, clock, 5 * MINUTE, {PM25: steady(80)})
    assert unusual(hass) == ("on", None)
    await pass_time(hass, clock, 25 * MINUTE, {PM25: steady(6)})
    assert unusual(hass) == ("on", None)
    await pass_time(hass, clock, 10 * MINUTE, {PM25: steady(6)})
    assert unusual(hass) == ("off", None)


async def test_how_rare_an_episode_is_is_shown_while_it_runs(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rare(monkeypatch, 60)
    await a_kitchen(hass, hass_storage, 36)
    for level, days in ((6, None), (80, 60), (6, None)):
        await pass_time(hass, clock, HOUR, {PM25: steady(level)})
        assert shown(hass, UNUSUAL).attributes["rarity_days"] == days


async def test_how_rare_an_episode_is_follows_from_the_days_known_and_outlives_a_restart(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    assert shown(hass, UNUSUAL).attributes["rarity_days"] == 35
    await restart(hass, entry, hass_storage)
    await pass_time(hass, clock, HOUR / 6, {PM25: steady(80)})
    assert shown(hass, UNUSUAL).attributes["rarity_days"] == 35


async def test_after_an_episode_there_is_no_other_for_the_rest_of_the_day(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    for level in (80, 6, 80):
        await pass_time(hass, clock, HOUR, {PM25: steady(level)})
    assert unusual(hass) == ("off", None)
    await pass_time(hass, clock, 12 * HOUR, {PM25: usual})
    await pass_time(hass, clock, 30 * MINUTE, {PM25: steady(80)})
    assert unusual(hass) == ("off", None), "until four in the morning"
    await pass_time(hass, clock, 3 * HOUR, {PM25: usual})
    await pass_time(hass, clock, 40 * MINUTE, {PM25: steady(900)})
    assert unusual(hass) == ("on", None)


@pytest.mark.parametrize(("days", "reason"), [(5, "not_learned"), (30, "reference_days")])
async def test_without_enough_days_unusual_is_unknown_and_says_why(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    days: int,
    reason: str,
) -> None:
    await a_kitchen(hass, hass_storage, days)
    await pass_time(hass, clock, 2 * HOUR, {PM25: steady(300)})
    assert unusual(hass) == ("unknown", reason)


async def test_a_silent_source_makes_unusual_unknown(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    await pass_time(hass, clock, HOUR)
    assert unusual(hass) == ("unknown", "silent")


async def test_an_episode_ends_as_unknown_when_the_source_falls_silent(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    assert unusual(hass) == ("on", None)
    report(hass, PM25, "unavailable")
    await pass_time(hass, clock, HOUR)
    assert unusual(hass) == ("unknown", "silent")


async def test_an_episode_continues_through_a_restart(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    await restart(hass, entry, hass_storage)
    assert unusual(hass) == ("on", None)
    await pass_time(hass, clock, 40 * MINUTE, {PM25: steady(6)})
    assert unusual(hass) == ("off", None)


@pytest.mark.parametrize(("days_ago", "soon"), [((), "on"), ((12, 8, 4), "off")])
async def test_more_alerts_than_promised_raise_the_alert_levels_and_do_not_stop_alerts(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    days_ago: tuple[int, ...],
    soon: str,
) -> None:
    noon, today = int(NOON.timestamp()), NOON.toordinal()
    ended = (1.0, "recovered", None, 35, False)
    earlier = [
        [noon - ago * 86400, today - ago, 3, 80.0, 30.0, 11.0, 35, 35, 80.0, *ended]
        for ago in days_ago
    ]
    await a_kitchen(hass, hass_storage, 36, episodes=earlier)
    await pass_time(hass, clock, 16 * HOUR, {PM25: usual})
    assert unusual(hass) == ("off", None)
    await pass_time(hass, clock, 30 * MINUTE, {PM25: steady(37)})
    assert unusual(hass) == (soon, None)
    await pass_time(hass, clock, 20 * MINUTE, {PM25: steady(100)})
    assert unusual(hass) == ("on", None)


async def test_the_daily_mean_of_pm25_is_unknown_until_eighteen_hours_are_seen(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    await pass_time(hass, clock, 17.5 * HOUR, {PM25: steady(40)})
    assert shown(hass, GUIDELINE).state == "unknown"
    await pass_time(hass, clock, HOUR, {PM25: steady(40)})
    assert shown(hass, GUIDELINE).state == "on"
    assert unusual(hass) == (
        "unknown",
        "not_learned",
    )  # The guideline mean does not wait for learning.


async def test_above_guideline_clears_only_well_below_the_limit(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    await pass_time(hass, clock, 18.5 * HOUR, {PM25: steady(20)})
    on: list[float] = []
    for _ in range(24 * 12):
        await pass_time(hass, clock, 5 * MINUTE, {PM25: steady(0)})
        numbers = (await act(hass, "explain"))["quantities"]["pm25"]["numbers"]
        if shown(hass, GUIDELINE).state == "off":
            break
        on.append(numbers["measured"]["mean"])
    assert any(13.5 < mean <= 15 for mean in on), "it stays on below the limit"
    assert len([mean for mean in on if mean <= 13.5]) == 6, (
        "and half an hour below the clearing level"
    )


async def test_a_level_below_the_guideline_is_off(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    await pass_time(hass, clock, 19 * HOUR, {PM25: steady(15)})
    assert shown(hass, GUIDELINE).state == "off"


async def test_above_guideline_is_unknown_when_too_little_was_seen(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    await pass_time(hass, clock, 19 * HOUR, {PM25: steady(40)})
    assert shown(hass, GUIDELINE).state == "on"
    await pass_time(hass, clock, 8 * HOUR)
    await pass_time(hass, clock, 10 * MINUTE, {PM25: steady(40)})
    assert shown(hass, GUIDELINE).state == "unknown"


async def test_what_is_measured_is_unavailable_once_the_last_value_would_no_longer_hold(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, 19 * HOUR, {PM25: usual})
    report(hass, PM25, "unavailable")
    await pass_time(hass, clock, 25 * MINUTE)
    assert shown(hass, GUIDELINE).state == "off"
    await pass_time(hass, clock, 10 * MINUTE)
    assert shown(hass, GUIDELINE).state == "unavailable"
    assert unusual(hass) == ("unknown", "silent")  # What is inferred says why there is nothing.
    await pass_time(hass, clock, 5 * MINUTE, {PM25: usual})
    assert shown(hass, GUIDELINE).state == "off"


async def test_a_source_that_comes_and_goes_writes_no_states_of_what_is_measured(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entity_registry: er.EntityRegistry
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    entity_registry.async_update_entity(MEAN, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, clock, 19 * HOUR, {PM25: steady(5)})
    written = async_capture_events(hass, EVENT_STATE_CHANGED)
    for _ in range(8):
        report(hass, PM25, "unavailable")
        await pass_time(hass, clock, 20 * MINUTE)
        await pass_time(hass, clock, 10 * MINUTE, {PM25: steady(5)})
    rows = Counter(event.data["entity_id"] for event in written)
    assert rows[GUIDELINE] == 0
    assert rows[MEAN] <= 5, "one an hour at most"
    report(hass, PM25, "unavailable")
    await pass_time(hass, clock, 4 * HOUR)
    assert shown(hass, MEAN).state == "unavailable"
    rows = Counter(event.data["entity_id"] for event in written)
    assert (rows[GUIDELINE], rows[MEAN] <= 6) == (1, True)


async def test_the_hourly_mean_of_voc_is_above_its_guideline_above_one_milligram(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    room = a_room(KITCHEN, "kitchen", voc_source=VOC, voc_kind="voc_mass", voc_unit="mg/m³")
    await set_up(hass, a_home(room))
    guideline = "binary_sensor.kitchen_voc_above_guideline"

    async def breathe(minutes: int, level: float) -> str:
        for _ in range(minutes // 5):
            report(
                hass,
                VOC,
                level,
                unit_of_measurement="mg/m³",
                device_class="volatile_organic_compounds",
            )
            await pass_time(hass, clock, 5 * MINUTE)
        return shown(hass, guideline).state

    assert await breathe(40, 1.2) == "unknown"
    assert await breathe(10, 1.2) == "on"
    assert await breathe(30, 0.9) == "on"
    assert await breathe(90, 0.85) == "off"
    assert await breathe(20, 1.2) == "off"
    assert await breathe(40, 1.2) == "on"


@pytest.mark.usefixtures("clock")
async def test_voc_as_a_ratio_or_an_index_has_no_guideline(hass: HomeAssistant) -> None:
    await set_up(hass, a_home())
    found = {entity for entity in hass.states.async_entity_ids() if "guideline" in entity}
    assert found == {GUIDELINE}


async def measured(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, minutes: int
) -> tuple[str, str]:
    """Return what the two entities about what is measured say after some minutes."""
    await pass_time(hass, clock, minutes * MINUTE)
    return shown(hass, GUIDELINE).state, shown(hass, MEAN).state


async def with_mean(
    hass: HomeAssistant, entry: MockConfigEntry, registry: er.EntityRegistry
) -> None:
    """Enable the entity of the mean, which is disabled at first."""
    registry.async_update_entity(MEAN, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


GONE = ("unavailable", "unavailable")


@pytest.mark.parametrize("away", [35, 180, 600, 24 * 60])
async def test_what_is_measured_is_as_unavailable_after_a_restart_as_before_it(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entity_registry: er.EntityRegistry,
    away: int,
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    await with_mean(hass, entry, entity_registry)
    await pass_time(hass, clock, 24 * HOUR, {PM25: usual})
    report(hass, PM25, "unavailable")
    assert await measured(hass, clock, away) == GONE
    await restart(hass, entry, hass_storage)
    assert await measured(hass, clock, 0) == GONE
    assert await measured(hass, clock, 6 * 60) == GONE
    assert unusual(hass)[0] == "unknown", "what is inferred says why"
    await pass_time(hass, clock, 10 * MINUTE, {PM25: usual})
    assert shown(hass, GUIDELINE).state in ("off", "unknown")


@pytest.mark.parametrize("state", ["unavailable", "unknown", None, "broken"])
async def test_a_source_that_never_had_a_value_is_gone_once_a_first_one_would_have_come(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entity_registry: er.EntityRegistry,
    state: str | None,
) -> None:
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    await with_mean(hass, entry, entity_registry)
    if state is None:
        hass.states.async_remove(PM25)
    else:
        report(hass, PM25, state)
    assert await measured(hass, clock, 20) == ("unknown", "unknown")
    assert await measured(hass, clock, 20) == GONE
    await restart(hass, entry, hass_storage)
    assert await measured(hass, clock, 0) == GONE
    assert await measured(hass, clock, 30 * 60) == GONE
    assert await measured(hass, clock, 0) == GONE
    report(hass, PM25, 5)
    assert await measured(hass, clock, 10) == ("unknown", "unknown")
