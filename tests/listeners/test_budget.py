"""The budget of a home: shared by the sensors of now, wherever one is added or removed."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.alerting.forecast import Forecast
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    PM25,
    SOURCES,
    VOC,
    a_home,
    a_room,
    a_store,
    act,
    issues,
    learned,
    pass_time,
    saved,
    set_up,
    shown,
    steady,
    usual,
)

AIR = {PM25: usual, VOC: steady(120.0), INDEX: steady(100.0)}
BUDGET = "alerts_of_home"
OFFICE = "01OFFICE"


@pytest.fixture
async def entry(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Return a home of two rooms, each with a PM2.5 or VOC source that has learned for weeks."""
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 69)},
            BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 69)},
        }
    )
    entry = a_home(
        a_room(KITCHEN, "kitchen", Pollutant.PM25), a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX)
    )
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=1), AIR)
    return entry


def channel_of(entry: MockConfigEntry, room: str = KITCHEN) -> Channel:
    """Return the first channel of a room."""
    channel: Channel = next(iter(entry.runtime_data.rooms[room].channels.values()))
    return channel


def days(entry: MockConfigEntry) -> dict[str, list[int]]:
    """Return N of each channel's promise, as its forecast of today keeps it too."""
    found: dict[str, list[int]] = {}
    for room_id, room in entry.runtime_data.rooms.items():
        found[room_id] = [channel.promise_days for channel in room.channels.values()]
        for channel in room.channels.values():
            if channel.forecast is not None:
                assert channel.forecast.promise_days == channel.promise_days
    return found


def written(channel: Channel) -> Forecast:
    assert channel.forecast is not None
    return channel.forecast


async def choose(hass: HomeAssistant, entry: MockConfigEntry, **options: object) -> None:
    """Change the options of the home."""
    chosen = {key: value for key, value in {**entry.options, **options}.items() if value}
    hass.config_entries.async_update_entry(entry, options=chosen)
    await hass.async_block_till_done()


async def test_the_sensors_of_now_share_the_budget(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert days(entry) == {KITCHEN: [35], BEDROOM: [35]}
    await choose(hass, entry, **{BUDGET: 1})
    assert days(entry) == {KITCHEN: [60], BEDROOM: [60]}
    office = a_room(OFFICE, "office", Pollutant.PM25, pm25_source="sensor.office_pm25")
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(office["data"]),
            subentry_id=OFFICE,
            subentry_type="room",
            title="Office",
            unique_id="office",
        ),
    )
    await hass.async_block_till_done()
    assert days(entry) == {KITCHEN: [90], BEDROOM: [90], OFFICE: [90]}
    kitchen = entry.subentries[KITCHEN]
    with_voc = {**kitchen.data, **SOURCES[Pollutant.VOC_RATIO]}
    hass.config_entries.async_update_subentry(entry, kitchen, data=with_voc)
    await hass.async_block_till_done()
    assert days(entry) == {KITCHEN: [120, 120], BEDROOM: [120], OFFICE: [120]}
    hass.config_entries.async_remove_subentry(entry, OFFICE)
    hass.config_entries.async_update_subentry(
        entry, kitchen, data={key: value for key, value in with_voc.items() if "voc" not in key}
    )
    await hass.async_block_till_done()
    assert days(entry) == {KITCHEN: [60], BEDROOM: [60]}
    await choose(hass, entry, **{BUDGET: None})
    assert days(entry) == {KITCHEN: [35], BEDROOM: [35]}


async def test_another_share_changes_the_alert_levels_and_nothing_else(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
) -> None:
    channel = channel_of(entry)
    before = written(channel)
    usual_high = shown(hass, "sensor.kitchen_pm25_usual_high").state
    await choose(hass, entry, **{BUDGET: 1})
    after = written(channel)
    assert (after.ranges, after.issued, after.standing) == (
        before.ranges,
        before.issued,
        before.standing,
    )
    assert after.threshold.bar > before.threshold.bar
    assert all(
        high > low
        for high, low in zip(after.alert_levels, before.alert_levels, strict=True)
        if low < float("inf")
    )
    assert shown(hass, "sensor.kitchen_pm25_usual_high").state == usual_high
    await pass_time(hass, clock, timedelta(hours=24), AIR)
    closed = channel.ledger.days[-1]
    assert closed.eligible, "the day of the change counts as any other"
    assert closed.coverage is not None
    stored = await saved(hass, hass_storage)
    assert stored["today"]["forecast"]["promise"] == 60


async def test_a_home_that_starts_has_the_shares_of_its_sensors(
    hass: HomeAssistant, hass_storage: dict[str, Any], entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await choose(hass, entry, **{BUDGET: 1})
    hass.config_entries.async_remove_subentry(entry, BEDROOM)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert days(entry) == {KITCHEN: [35]}, "one sensor: its promise is the stricter one"
    assert written(channel_of(entry)).ranges


async def test_a_sensor_that_can_rest_still_has_its_share(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    """A switch or settings that cannot be read would otherwise move all alert levels."""
    await choose(hass, entry, **{BUDGET: 1})
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.bedroom_keep_learning"}, blocking=True
    )
    bedroom = entry.subentries[BEDROOM]
    hass.config_entries.async_update_subentry(
        entry, bedroom, data={**bedroom.data, "voc_unit": "furlongs"}
    )
    await hass.async_block_till_done()
    assert issues(hass)
    assert days(entry) == {KITCHEN: [60], BEDROOM: [60]}


async def test_a_room_that_becomes_readable_has_its_share_too(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 69)}})
    entry = a_home(
        a_room(KITCHEN, "kitchen", Pollutant.PM25, pm25_unit="furlongs"),
        a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX),
    )
    await set_up(hass, entry)
    await choose(hass, entry, **{BUDGET: 1})
    assert days(entry) == {BEDROOM: [60]}
    kitchen = entry.subentries[KITCHEN]
    hass.config_entries.async_update_subentry(
        entry, kitchen, data={**kitchen.data, "pm25_unit": "μg/m³"}
    )
    await hass.async_block_till_done()
    assert days(entry) == {KITCHEN: [60], BEDROOM: [60]}


async def test_an_alert_that_has_become_rarer_says_what_it_waits_for(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 40)}})
    entry = a_home(
        a_room(KITCHEN, "kitchen", Pollutant.PM25), a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX)
    )
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=1), AIR)
    reason = "sensor.kitchen_pm25_compared"
    assert shown(hass, reason).attributes["reason"] is None
    for budget, needed in ((2, 34), (1, 59)):
        await choose(hass, entry, **{BUDGET: budget})
        assert shown(hass, reason).attributes["reason"] == (
            "reference_days" if needed > 40 else None
        )
        explained = (await act(hass, "explain"))["quantities"]["pm25"]
        comparison = explained["numbers"]["comparison"]
        assert (comparison["needed"], comparison["promise_days"]) == (needed, needed + 1)
    assert f"are possible: {59 - comparison['days']}." in explained["words"]["next"]
