"""Bad input of every sort: each row has its tests here or elsewhere."""

import ast
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.air_baseline.core.ledger.histogram_text import decode_counts
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    days_of,
    issues,
    learned,
    pass_time,
    report,
    restart,
    saved,
    set_up,
    shown,
    steady,
    usual,
    with_days,
)

LEARNING = "sensor.kitchen_pm25_learning"
STUCK, IMPLAUSIBLE = (f"source_{what}_{KITCHEN}_pm25" for what in ("stuck", "implausible"))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

ROWS: dict[str, list[str]] = {
    "unknown, unavailable, empty, text, NaN, inf": [
        "test_coordinator.test_what_is_not_a_number_is_a_gap",
        "inputs.test_readings.test_what_is_not_a_number_is_not_a_reading",
    ],
    "negative, or beyond the plausible span": [
        "test_coordinator.test_an_impossible_value_is_a_gap_and_is_counted",
        "inputs.test_bad_input.test_impossible_values_are_reported_when_they_persist",
        "inputs.test_bad_input.test_a_few_impossible_values_are_not_reported",
    ],
    "constant value for a long time": [
        "issues.test_lifecycle.test_a_source_that_repeats_one_value_is_reported_until_it_changes",
        "inputs.test_bad_input.test_the_time_of_a_stuck_value_is_missing",
        "inputs.test_bad_input.test_clean_air_can_read_zero_for_three_days",
        "inputs.test_bad_input.test_a_source_that_is_often_flat_can_be_flat_again",
        "inputs.test_bad_input.test_a_stuck_source_loses_trust_only_through_too_few_days",
    ],
    "unit or device class changes": [
        "test_coordinator.test_another_unit_of_the_same_pollutant_is_converted",
        "test_coordinator.test_another_pollutant_stops_learning_until_it_is_right_again",
        "inputs.test_readings.test_a_unit_of_another_pollutant_is_never_mixed_in",
        "inputs.test_readings.test_a_device_class_of_another_pollutant_is_never_mixed_in",
    ],
    "gaps, restarts, slow sensors, floods": [
        "inputs.test_bad_input.test_a_day_with_too_many_gaps_is_not_evidence",
        "test_coordinator.test_a_repeated_value_that_is_not_reported_again_ends_after_half_an_hour",
        "test_coordinator.test_a_restart_in_the_middle_of_learning_loses_nothing_that_was_saved",
        "test_coordinator.test_a_slow_sensor_learns_whole_days_from_one_value_an_hour",
        "test_coordinator.test_a_flood_of_values_is_averaged_over_time",
    ],
    "clock steps, DST, time-zone change": [
        "inputs.test_bad_input.test_nothing_is_read_twice_when_the_clock_is_set_back",
        "inputs.test_bad_input.test_setting_the_clock_forward_leaves_a_gap",
        "inputs.test_bad_input.test_parts_follow_the_wall_clock_when_clocks_change",
        "test_coordinator.test_days_follow_a_new_time_zone_at_once",
    ],
    "damaged store": [
        "storage.test_store_damage.test_an_unreadable_file_is_set_aside_and_the_good_copy_used",
        "storage.test_store_damage.test_only_a_damaged_channel_comes_from_the_good_copy",
        "storage.test_store_damage.test_whatever_byte_is_wrong_the_entry_loads_or_refuses_as_newer",
        "storage.test_store_damage.test_with_both_files_unreadable_the_rooms_start_clean_and_that_is_reported",
    ],
    "store from a newer version": [
        "test_init.test_a_store_of_a_newer_version_is_refused_and_left_alone",
        "storage.test_store_damage.test_a_newer_file_is_refused_and_left_unchanged",
    ],
    "future or ancient timestamps": [
        "inputs.test_bad_input.test_a_reading_from_long_ago_is_dropped_and_counted",
        "inputs.test_bad_input.test_a_state_from_a_clock_that_ran_ahead_is_read_as_current",
    ],
}


@pytest.mark.parametrize("tests", ROWS.values(), ids=ROWS)
def test_every_row_has_its_tests(tests: Iterable[str]) -> None:
    for test in tests:
        *folders, module, name = test.split(".")
        file = Path(__file__).parent.parent.joinpath(*folders, f"{module}.py")
        tree = ast.parse(file.read_text("utf-8"))
        functions = ast.FunctionDef | ast.AsyncFunctionDef
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def observed(today: dict[str, Any]) -> list[int]:
    """Return how many slots of each part of a stored day were observed."""
    return [sum(part) for part in decode_counts(today["histogram"])]


@pytest.mark.parametrize("value", [-1.0, 20_000.0])
async def test_impossible_values_are_reported_when_they_persist(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], value: float
) -> None:
    entry = await a_kitchen(hass, hass_storage, 3)
    await pass_time(hass, clock, 2 * HOUR, {PM25: steady(value)})
    assert issues(hass) == []
    await pass_time(hass, clock, 10 * MINUTE, {PM25: steady(value)})
    assert issues(hass) == [IMPLAUSIBLE]
    await restart(hass, entry, hass_storage)
    await pass_time(hass, clock, 3 * HOUR, {PM25: steady(value)})
    assert issues(hass) == [IMPLAUSIBLE]
    await pass_time(hass, clock, 10 * MINUTE, {PM25: usual})
    assert issues(hass) == []


async def test_a_few_impossible_values_are_not_reported(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 3)
    now_and_then = {PM25: lambda at: -1.0 if at % 3600 < 1500 else usual(at)}
    await pass_time(hass, clock, DAY, now_and_then)
    assert issues(hass) == []
    assert (await saved(hass, hass_storage))["source"]["rejected"] == 24 * 5


async def test_the_time_of_a_stuck_value_is_missing(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 10)
    await pass_time(hass, clock, 16 * HOUR, {PM25: usual})
    days = shown(hass, LEARNING).attributes["usable_days"]
    await pass_time(hass, clock, 30 * HOUR, {PM25: steady(6)})
    assert sum(observed((await saved(hass, hass_storage))["today"])) == 0
    await pass_time(hass, clock, 18 * HOUR, {PM25: steady(6)})
    assert shown(hass, LEARNING).attributes["usable_days"] == days


async def test_clean_air_can_read_zero_for_three_days(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 3)
    await pass_time(hass, clock, 71 * HOUR, {PM25: steady(0)})
    assert issues(hass) == []
    await pass_time(hass, clock, 2 * HOUR, {PM25: steady(0)})
    assert issues(hass) == [STUCK]


async def test_a_source_that_is_often_flat_can_be_flat_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    channel = learned(Pollutant.PM25, 36)
    days = days_of(channel)
    days[-5]["longest_run_h"] = "40"
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: with_days(channel, days)}})
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    await pass_time(hass, clock, 39 * HOUR, {PM25: steady(6)})
    assert issues(hass) == []
    await pass_time(hass, clock, 3 * HOUR, {PM25: steady(6)})
    assert issues(hass) == [STUCK]


async def test_a_stuck_source_loses_trust_only_through_too_few_days(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, 9 * DAY, {PM25: steady(6)}, step=10 * MINUTE)
    assert shown(hass, LEARNING).state == "learned"
    await pass_time(hass, clock, 2 * DAY, {PM25: steady(6)}, step=10 * MINUTE)
    assert shown(hass, LEARNING).state == "stale"
    assert issues(hass) == [STUCK]


async def test_a_day_with_too_many_gaps_is_not_evidence(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 10)
    await pass_time(hass, clock, 16 * HOUR, {PM25: usual})
    days = shown(hass, LEARNING).attributes["usable_days"]
    for share, counts in ((0.5, 0), (0.7, 1)):
        for _ in range(24):
            await pass_time(hass, clock, share * HOUR, {PM25: usual}, step=3 * MINUTE)
            report(hass, PM25, "unavailable")
            await pass_time(hass, clock, (1 - share) * HOUR, step=3 * MINUTE)
        days += counts
        assert shown(hass, LEARNING).attributes["usable_days"] == days


async def test_nothing_is_read_twice_when_the_clock_is_set_back(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 3)
    await pass_time(hass, clock, 3 * HOUR, {PM25: steady(5)})
    before = observed((await saved(hass, hass_storage))["today"])
    clock.move_to(NOON + HOUR)
    for cell in range(24):  # Two hours that were counted already.
        report(hass, PM25, 50 + cell)
        clock.tick(5 * MINUTE)
        await hass.async_block_till_done()
    after = (await saved(hass, hass_storage))["today"]
    assert observed(after) == before
    slots = [slot for slot, _ in after["recent"]]
    assert slots == sorted(set(slots))


async def test_setting_the_clock_forward_leaves_a_gap(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 3)
    await pass_time(hass, clock, HOUR, {PM25: steady(5)})
    before = sum(observed((await saved(hass, hass_storage))["today"]))
    clock.move_to(NOON + 4 * HOUR)
    await pass_time(hass, clock, HOUR, {PM25: steady(5)})
    after = sum(observed((await saved(hass, hass_storage))["today"]))
    assert 12 + 5 <= after - before <= 12 + 6, "an hour, and as long as the last value can last"


@pytest.mark.parametrize(
    ("morning", "slots"),
    [
        (datetime(2026, 3, 28, 3, 55, 3, tzinfo=UTC), [36, 36, 36, 36, 36, 36, 36, 24]),
        (datetime(2026, 10, 24, 2, 55, 3, tzinfo=UTC), [36, 36, 36, 36, 36, 36, 36, 48]),
    ],
)
async def test_parts_follow_the_wall_clock_when_clocks_change(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    morning: datetime,
    slots: list[int],
) -> None:
    clock.move_to(morning)
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    await pass_time(hass, clock, 26 * HOUR, {PM25: usual})
    stored = await saved(hass, hass_storage)
    (day,) = days_of(stored)
    assert day["day"] == morning.date().isoformat()
    assert day["slots"] == ",".join(map(str, slots))
    assert observed(day) == slots
    assert float(day["mark"]) > 0


async def test_a_reading_from_long_ago_is_dropped_and_counted(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 3)
    await pass_time(hass, clock, HOUR, {PM25: steady(5)})
    before = await saved(hass, hass_storage)
    long_ago = (NOON - 30 * DAY).timestamp()
    hass.states.async_set(PM25, "400", {**shown(hass, PM25).attributes}, timestamp=long_ago)
    await pass_time(hass, clock, 10 * MINUTE)
    after = await saved(hass, hass_storage)
    assert after["source"]["late"] == before["source"]["late"] + 1
    assert {level for _, level in after["today"]["recent"]} == {5.0}


async def test_a_state_from_a_clock_that_ran_ahead_is_read_as_current(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    ahead = (NOON + 10 * HOUR).timestamp()
    report(hass, PM25, 5)
    hass.states.async_set(PM25, "6", {**shown(hass, PM25).attributes}, timestamp=ahead)
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    await pass_time(hass, clock, HOUR, {PM25: steady(6)})
    assert sum(observed((await saved(hass, hass_storage))["today"])) == 12
