"""The sensors of a room: what they show at each stage, in which unit, and how rarely."""

from collections import Counter
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from syrupy.assertion import SnapshotAssertion

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    USUAL,
    VOC,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    learned,
    pass_time,
    report,
    set_up,
    shown,
    steady,
    usual,
)

COMPARED = "sensor.kitchen_pm25_compared"
LEARNING = "sensor.kitchen_pm25_learning"
LOW, MIDDLE, HIGH = (f"sensor.kitchen_pm25_usual_{edge}" for edge in ("low", "middle", "high"))
MEAN = "sensor.kitchen_pm25_mean_24h"
CONFIDENCE = "sensor.kitchen_pm25_confidence"
FORECAST = {"next", "forecasts"}  # How names of attributes begin that say it.
HALF_HOUR = timedelta(minutes=35)


@pytest.fixture
async def kitchen(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    """Set up a kitchen with 36 days of PM2.5, and let it read for half an hour."""
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HALF_HOUR, {PM25: usual})


async def test_a_home_has_these_entities(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    entry = a_home(
        a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO),
        a_room("01OFFICE", "office", voc_source="sensor.o", voc_kind="voc_mass", voc_unit="mg/m³"),
        a_room("01BEDROOM", "bedroom", Pollutant.VOC_INDEX),
    )
    await set_up(hass, entry)
    registered = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    described = {
        entity.entity_id: {
            "unique_id": entity.unique_id,
            "room": entity.config_subentry_id,
            "name": entity.original_name,
            "category": entity.entity_category,
            "enabled": entity.disabled_by is None,
            "device_class": entity.original_device_class,
            "unit": entity.unit_of_measurement,
            "capabilities": dict(entity.capabilities or {}),
        }
        for entity in sorted(registered, key=lambda entity: entity.entity_id)
    }
    assert described == snapshot


async def test_no_uncategorised_entity_joins_the_averages_of_its_area(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entity_registry: er.EntityRegistry
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    measured = {
        entity.entity_id
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if entity.original_device_class not in (None, "enum", "problem")
        and entity.entity_category is None
    }
    assert measured == set()
    with_statistics = {
        entity.entity_id
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if "state_class" in (entity.capabilities or {})
    }
    assert with_statistics == set()


async def test_without_readings_everything_is_unknown_with_a_reason(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    assert shown(hass, COMPARED).state == "unknown"
    assert shown(hass, COMPARED).attributes["reason"] == "silent"
    assert shown(hass, LEARNING).state == "no_source"
    assert {shown(hass, sensor).state for sensor in (CONFIDENCE, LOW, HIGH)} == {"unknown"}


async def test_a_collecting_room_says_what_is_missing_and_claims_nothing(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    await pass_time(hass, clock, HALF_HOUR, {PM25: usual})
    assert shown(hass, COMPARED).state == "not_enough_data"
    attributes = shown(hass, COMPARED).attributes
    assert attributes["learning_state"] == "collecting"
    assert attributes["basis"] == "everyone"
    assert attributes["reason"] == "not_learned"
    assert (attributes["days"], attributes["needed"], attributes["since"]) == (0, 21, None)
    progress = shown(hass, LEARNING)
    assert progress.state == "collecting"
    assert progress.attributes["missing"] == [
        "days",
        "weekend_days",
        "week_days",
        "parts",
        "marks",
    ]
    assert progress.attributes["earliest"] == "2026-03-23"  # Three weeks from today.
    assert {shown(hass, sensor).state for sensor in (CONFIDENCE, LOW, HIGH)} == {"unknown"}


async def test_a_provisional_room_still_claims_nothing(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 12)}})
    await set_up(hass, a_home())
    await pass_time(hass, clock, HALF_HOUR, {PM25: usual})
    assert shown(hass, LEARNING).state == "provisional"
    assert shown(hass, COMPARED).state == "not_enough_data"
    assert shown(hass, COMPARED).attributes["basis"] == "mixed"
    assert {shown(hass, sensor).state for sensor in (LOW, HIGH)} == {"unknown"}
    assert shown(hass, CONFIDENCE).state == "unknown"


@pytest.mark.usefixtures("kitchen")
async def test_a_learned_room_shows_its_range_and_its_confidence(hass: HomeAssistant) -> None:
    assert shown(hass, LEARNING).state == "learned"
    assert shown(hass, LEARNING).attributes["missing"] == []
    low, high = (float(shown(hass, sensor).state) for sensor in (LOW, HIGH))
    assert 0 < low < 6 < high < 20
    assert shown(hass, HIGH).attributes["unit_of_measurement"] == "μg/m³"
    attributes = shown(hass, COMPARED).attributes
    assert attributes["basis"] == "this_room"
    assert attributes["reason"] is None
    assert attributes["days"] == 36
    assert float(shown(hass, CONFIDENCE).state) == round(100 * attributes["confidence"])
    assert shown(hass, CONFIDENCE).attributes["chance_of"] == "range_holds"
    forecast = said_of_two_weeks(hass)
    assert 60 < forecast["next_14_days_low"] < 80 < forecast["next_14_days_high"] < 95
    assert 0 <= forecast["forecasts_kept"] <= forecast["forecasts_scored"] == 1


@pytest.mark.usefixtures("kitchen")
async def test_nothing_is_said_of_two_weeks_while_no_range_is_in_force(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, clock, timedelta(hours=25))
    assert shown(hass, LEARNING).state == "no_source"
    assert set(said_of_two_weeks(hass).values()) == {None}


def said_of_two_weeks(hass: HomeAssistant) -> dict[str, Any]:
    attributes = shown(hass, CONFIDENCE).attributes
    return {name: value for name, value in attributes.items() if name.split("_")[0] in FORECAST}


@pytest.mark.parametrize(
    ("level", "word"),
    [(0, "lower"), (6, "usual"), (13, "higher"), (24, "higher"), (31, "notable"), (80, "unusual")],
)
@pytest.mark.usefixtures("kitchen")
async def test_the_sustained_level_is_compared_with_the_range(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, level: float, word: str
) -> None:
    await pass_time(hass, clock, HALF_HOUR, {PM25: steady(level)})
    assert shown(hass, COMPARED).state == word


@pytest.mark.usefixtures("kitchen")
async def test_a_short_rise_is_not_sustained_and_changes_nothing(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, clock, timedelta(minutes=15), {PM25: steady(80)})
    assert shown(hass, COMPARED).state == "usual"


@pytest.mark.usefixtures("kitchen")
async def test_a_silent_source_withdraws_every_claim(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, clock, timedelta(hours=1))
    assert shown(hass, COMPARED).state == "unknown"
    assert shown(hass, COMPARED).attributes["reason"] == "silent"
    assert shown(hass, LEARNING).state == "learned"  # A short dropout changes no state.
    await pass_time(hass, clock, timedelta(hours=24))
    assert shown(hass, LEARNING).state == "no_source"
    assert {shown(hass, sensor).state for sensor in (CONFIDENCE, LOW, HIGH)} == {"unknown"}


@pytest.mark.usefixtures("kitchen")
async def test_after_a_long_silence_the_range_is_stale(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, clock, timedelta(days=11), step=timedelta(hours=6))
    await pass_time(hass, clock, HALF_HOUR, {PM25: usual})
    assert shown(hass, LEARNING).state == "stale"
    assert shown(hass, COMPARED).state == "unknown"
    assert shown(hass, COMPARED).attributes["reason"] == "stale"
    assert {shown(hass, sensor).state for sensor in (CONFIDENCE, LOW, HIGH)} == {"unknown"}


@pytest.mark.parametrize(
    ("pollutant", "units"),
    [
        (Pollutant.VOC_MASS, ("mg/m³", "mg/m³")),
        (Pollutant.VOC_MASS, ("μg/m³", "μg/m³")),
        (Pollutant.VOC_RATIO, ("ppm", "ppm")),
        (Pollutant.VOC_RATIO, ("ppb", "ppb")),
        (Pollutant.VOC_INDEX, ("", None)),
        (Pollutant.PM25, ("mg/m³", "μg/m³")),  # Home Assistant has no other unit for PM2.5.
    ],
)
async def test_the_range_has_the_unit_of_its_source(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    pollutant: Pollutant,
    units: tuple[str, str | None],
) -> None:
    source, unit = units
    field = "pm25" if pollutant is Pollutant.PM25 else "voc"
    room = {f"{field}_source": VOC, f"{field}_unit": source, f"{field}_kind": pollutant.value}
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {pollutant: learned(pollutant, 36)}})
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", **room)))
    factor = 1000.0 if source in {"mg/m³", "ppm"} else 1.0
    for _ in range(8):
        level = usual(clock().timestamp(), pollutant) / factor
        report(hass, VOC, level, unit_of_measurement=source, device_class=None)
        await pass_time(hass, clock, timedelta(minutes=5))
    low, high = (shown(hass, f"sensor.kitchen_{field}_usual_{edge}") for edge in ("low", "high"))
    assert low.attributes.get("unit_of_measurement") == unit
    in_base = 1000.0 if unit in {"mg/m³", "ppm"} else 1.0
    assert 0 < float(low.state) * in_base < USUAL[pollutant] < float(high.state) * in_base
    assert len(low.state) <= 6, "no float noise"
    assert len(high.state) <= 6, "no float noise"


async def test_the_middle_and_the_mean_can_be_enabled(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entity_registry: er.EntityRegistry,
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    assert hass.states.get(MIDDLE) is None
    for sensor in (MIDDLE, MEAN):
        entity_registry.async_update_entity(sensor, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    await pass_time(hass, clock, timedelta(hours=5), {PM25: usual})
    low, middle, high, mean = (
        float(shown(hass, sensor).state) for sensor in (LOW, MIDDLE, HIGH, MEAN)
    )
    assert low < middle < high
    assert 4 < mean < 9
    moves = [change for change in changes if change.data["entity_id"] == MEAN]
    assert {change.time_fired.minute for change in moves[-5:]} == {0}, "once an hour"


@pytest.mark.usefixtures("kitchen")
async def test_a_quiet_day_writes_few_states(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    await pass_time(hass, clock, timedelta(days=1), {PM25: usual})
    ours = Counter(
        change.data["entity_id"] for change in changes if change.data["entity_id"] != PM25
    )
    assert sum(ours.values()) <= 60, ours
    assert ours[LEARNING] == 1  # At 04:00, when a day more is known.


@pytest.mark.usefixtures("kitchen")
async def test_an_entity_is_written_only_when_it_shows_something_else(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await pass_time(hass, clock, timedelta(hours=12), {PM25: usual})
    ours = [state for state in hass.states.async_all() if state.entity_id != PM25]
    assert any(state.last_updated > NOON + HALF_HOUR for state in ours), "something was written"
    for state in ours:
        assert state.last_reported == state.last_updated, state.entity_id
