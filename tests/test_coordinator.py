"""From the states of sources to what is learned from them."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.ledger.histogram_text import decode_counts
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    VOC,
    a_home,
    a_room,
    a_store,
    issue,
    learned,
    log_lines,
    pass_time,
    report,
    restart,
    saved,
    set_up,
    shown,
    steady,
    usual,
)

LEARNING = "sensor.kitchen_pm25_learning"
COMPARED = "sensor.kitchen_pm25_compared"
UNIT_CHANGED = f"source_unit_changed_{KITCHEN}_pm25"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def recent(hass: HomeAssistant, files: dict[str, Any]) -> dict[int, float]:
    """Return the newest levels of the kitchen, by minutes since noon."""
    today = (await saved(hass, files))["today"]
    return {round(slot * 5 - NOON.timestamp() // 60): level for slot, level in today["recent"]}


@pytest.fixture
async def entry(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> MockConfigEntry:
    """Set up a kitchen with a source of PM2.5."""
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    return entry


@pytest.mark.usefixtures("entry")
async def test_a_value_that_is_reported_again_and_again_keeps_counting(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    report(hass, PM25, 5)
    changed = shown(hass, PM25).last_updated
    await pass_time(hass, clock, 2 * HOUR, {PM25: steady(5)})
    assert shown(hass, PM25).last_updated == changed  # Nothing changed, it was only reported.
    assert await recent(hass, hass_storage) == dict.fromkeys(range(60, 120, 5), 5.0)


@pytest.mark.usefixtures("entry")
async def test_a_repeated_value_that_is_not_reported_again_ends_after_half_an_hour(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    for _ in range(2):
        report(hass, PM25, 5)
        await pass_time(hass, clock, 5 * MINUTE)
    report(hass, PM25, 5)
    await pass_time(hass, clock, 2 * HOUR)
    assert await recent(hass, hass_storage) == dict.fromkeys(range(0, 40, 5), 5.0)
    assert shown(hass, COMPARED).attributes["learning_state"] == "collecting"


async def test_a_source_that_is_there_already_is_read_at_once(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    report(hass, PM25, 5)
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    assert shown(hass, LEARNING).state == "collecting"


@pytest.mark.parametrize("value", ["unknown", "unavailable", "", "dirty", "NaN", "inf", None])
@pytest.mark.usefixtures("entry")
async def test_what_is_not_a_number_is_a_gap(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    value: str | None,
) -> None:
    await pass_time(hass, clock, 20 * MINUTE, {PM25: steady(5)})
    if value is None:
        hass.states.async_remove(PM25)
    else:
        report(hass, PM25, value)
    await pass_time(hass, clock, 20 * MINUTE)
    await pass_time(hass, clock, 20 * MINUTE, {PM25: steady(7)})
    levels = dict.fromkeys((5, 10, 15), 5.0) | dict.fromkeys((45, 50, 55), 7.0)
    assert await recent(hass, hass_storage) == levels


@pytest.mark.parametrize("value", [-0.1, -99.0, 10_000.1, 6553.5, 65535.0])
@pytest.mark.usefixtures("entry")
async def test_an_impossible_value_is_a_gap_and_is_counted(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], value: float
) -> None:
    await pass_time(hass, clock, 20 * MINUTE, {PM25: steady(5)})
    await pass_time(hass, clock, 20 * MINUTE, {PM25: steady(value)})
    await pass_time(hass, clock, 20 * MINUTE, {PM25: steady(7)})
    levels = dict.fromkeys((5, 10, 15, 20), 5.0) | dict.fromkeys((45, 50, 55), 7.0)
    assert await recent(hass, hass_storage) == levels
    assert (await saved(hass, hass_storage))["source"]["rejected"] == 4


@pytest.mark.usefixtures("entry")
async def test_another_unit_of_the_same_pollutant_is_converted(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await pass_time(hass, clock, 15 * MINUTE, {PM25: steady(5)})
    for _ in range(3):
        report(hass, PM25, 0.005, unit_of_measurement="mg/m³")
        await pass_time(hass, clock, 5 * MINUTE)
    levels = await recent(hass, hass_storage)
    assert list(levels) == [5, 10, 15, 20, 25]
    assert list(levels.values()) == pytest.approx([5.0] * 5)


@pytest.mark.parametrize(
    "changed", [{"unit_of_measurement": "ppm"}, {"device_class": "pm10"}], ids=str
)
@pytest.mark.usefixtures("entry")
async def test_another_pollutant_stops_learning_until_it_is_right_again(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    changed: dict[str, str],
) -> None:
    await pass_time(hass, clock, 20 * MINUTE, {PM25: steady(5)})
    for number in range(30):
        reported = issue(hass, UNIT_CHANGED) is not None
        assert reported is (number > 24), "after two hours of proof"
        report(hass, PM25, 900 + number, **changed)
        await pass_time(hass, clock, 5 * MINUTE)
    assert set((await recent(hass, hass_storage)).values()) == {5.0}
    await pass_time(hass, clock, 20 * MINUTE, {PM25: steady(7)})
    assert set((await recent(hass, hass_storage)).values()) == {7.0}
    assert issue(hass, UNIT_CHANGED) is None


@pytest.mark.usefixtures("entry")
async def test_a_changed_unit_is_logged_once_an_hour_with_a_count(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    for unit in ("ppm", "ppm", "ppb", "μg/m³", "ppm"):
        report(hass, PM25, 5, unit_of_measurement=unit)
        await pass_time(hass, clock, MINUTE, step=MINUTE)
    assert len(said := unit_lines(caplog)) == 1
    assert "'ppm'" in said[0]
    await pass_time(hass, clock, HOUR)
    assert len(said := unit_lines(caplog)) == 2
    assert said[1].endswith("(and 2 more times in the last hour)")
    await pass_time(hass, clock, 5 * HOUR)
    assert len(unit_lines(caplog)) == 2


def unit_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [line for line in log_lines(caplog) if "reports in" in line]


@pytest.mark.usefixtures("entry")
async def test_a_slow_sensor_learns_whole_days_from_one_value_an_hour(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    for hour in range(41):
        report(hass, PM25, 5 + hour % 3)
        await pass_time(hass, clock, HOUR)
    assert shown(hass, LEARNING).attributes["usable_days"] == 2


@pytest.mark.usefixtures("entry")
async def test_a_flood_of_values_is_averaged_over_time(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    report(hass, PM25, 10)
    clock.move_to(NOON + timedelta(seconds=147))  # Half of the first five minutes.
    for number in range(1000):
        clock.tick(0.001)
        report(hass, PM25, 20 if number % 2 else 20.001)
    await pass_time(hass, clock, 4 * MINUTE)
    assert (await recent(hass, hass_storage))[0] == pytest.approx(15.0, abs=0.2)


async def test_a_renamed_source_is_followed(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entity_registry: er.EntityRegistry,
) -> None:
    source = entity_registry.async_get_or_create(
        "sensor", "x", "1", suggested_object_id="kitchen_pm25"
    )
    assert source.entity_id == PM25
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    entity_registry.async_update_entity(PM25, name="Another name for people")
    hass.states.async_remove(PM25)
    entity_registry.async_update_entity(PM25, new_entity_id="sensor.cooker")
    await hass.async_block_till_done()
    assert entry.subentries[KITCHEN].data["pm25_source"] == "sensor.cooker"
    assert entry.subentries[KITCHEN].data["voc_source"] == VOC
    for _ in range(13):
        report(hass, "sensor.cooker", 6, device_class="pm25", unit_of_measurement="μg/m³")
        await pass_time(hass, clock, 5 * MINUTE)
    assert shown(hass, LEARNING).state == "learned"
    assert set((await recent(hass, hass_storage)).values()) == {6.0}
    assert hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["retired"] == []


async def test_a_source_removed_from_the_registry_is_awaited(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_get_or_create("sensor", "x", "1", suggested_object_id="kitchen_pm25")
    entry = a_home()
    await set_up(hass, entry)
    entity_registry.async_remove(PM25)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert entry.subentries[KITCHEN].data["pm25_source"] == PM25
    report(hass, PM25, 5)
    await hass.async_block_till_done()
    assert shown(hass, LEARNING).state == "collecting"


@pytest.mark.usefixtures("entry")
async def test_days_follow_a_new_time_zone_at_once(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    clock.move_to(NOON.replace(hour=20))
    await pass_time(hass, clock, 10 * MINUTE, {PM25: usual})
    assert (await saved(hass, hass_storage))["today"]["day"] == "2026-03-02"
    await hass.config.async_update(time_zone="Pacific/Kiritimati")  # There it is the next morning.
    await hass.async_block_till_done()
    await pass_time(hass, clock, 10 * MINUTE, {PM25: usual})
    assert (await saved(hass, hass_storage))["today"]["day"] == "2026-03-03"


@pytest.mark.parametrize("power_cut", [False, True])
async def test_a_restart_in_the_middle_of_learning_loses_nothing_that_was_saved(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    *,
    power_cut: bool,
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 10)}})
    entry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, 3 * HOUR, {PM25: usual})
    before = (await saved(hass, hass_storage))["today"]
    await pass_time(hass, clock, 12 * MINUTE, {PM25: usual})
    day = shown(hass, LEARNING).attributes["usable_days"]
    await restart(hass, entry, hass_storage, power_cut=power_cut)
    assert shown(hass, LEARNING).attributes["usable_days"] == day
    after = (await saved(hass, hass_storage))["today"]
    since_the_save = 0 if power_cut else 2
    assert observed(after) - observed(before) == since_the_save
    await pass_time(hass, clock, 18 * HOUR, {PM25: usual})
    assert shown(hass, LEARNING).attributes["usable_days"] == day + 1


def observed(today: dict[str, Any]) -> int:
    """Return how many slots of a stored day were observed."""
    return sum(sum(part) for part in decode_counts(today["histogram"]))


@pytest.mark.usefixtures("entry")
async def test_an_entity_can_be_updated_by_hand(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await async_setup_component(hass, "homeassistant", {})
    report(hass, PM25, 5)
    await hass.async_block_till_done()
    clock.tick(25 * HOUR)
    assert shown(hass, LEARNING).state == "collecting"
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": LEARNING}, blocking=True
    )
    assert shown(hass, LEARNING).state == "no_source"


@pytest.mark.usefixtures("entry")
async def test_a_silent_source_is_logged_once_and_again_when_it_is_back(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    report(hass, PM25, 5)
    await pass_time(hass, clock, 30 * HOUR, step=HOUR)
    assert shown(hass, LEARNING).state == "no_source"
    assert caplog.text.count(f"{PM25} has sent no reading for a day") == 1
    report(hass, PM25, 5)
    await hass.async_block_till_done()
    assert shown(hass, LEARNING).state == "collecting"
    assert caplog.text.count(f"{PM25} sends readings") == 2  # The first was at the start.
