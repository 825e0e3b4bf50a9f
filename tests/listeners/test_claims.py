"""Two rooms never read one source: the one added later is told so, and waits."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import Fixer
from tests.home import (
    BEDROOM,
    KITCHEN,
    PM25,
    a_home,
    a_room,
    a_store,
    act,
    come_to_rest,
    device_id,
    issues,
    learned,
    pass_time,
    report,
    set_up,
    shown,
    steady,
    usual,
)

OTHER = "sensor.bedroom_pm25"
FINE = {"device_class": "pm25", "unit_of_measurement": "μg/m³"}
TAKEN = f"source_taken_{BEDROOM}_pm25"
LEARNING = {room: f"sensor.{room}_pm25_learning" for room in ("kitchen", "bedroom")}


def home(bedroom: str = OTHER, **options: str) -> MockConfigEntry:
    """Return a home of two rooms with PM2.5."""
    return a_home(
        a_room(KITCHEN, "kitchen", Pollutant.PM25),
        a_room(BEDROOM, "bedroom", Pollutant.PM25, pm25_source=bedroom),
        **options,
    )


@pytest.fixture(autouse=True)
def _learned(
    clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], entity_registry: er.EntityRegistry
) -> None:
    """Store two rooms that have learned, and register their sources."""
    hass_storage[LEDGER_KEY] = a_store(
        {room: {Pollutant.PM25: learned(Pollutant.PM25, 36)} for room in (KITCHEN, BEDROOM)}
    )
    for source in (PM25, OTHER):
        entity_registry.async_get_or_create(
            "sensor", "x", source, suggested_object_id=source.removeprefix("sensor.")
        )


def take_over(hass: HomeAssistant) -> None:
    """Delete the source of the kitchen, and rename that of the bedroom to it."""
    er.async_get(hass).async_remove(PM25)
    hass.states.async_remove(PM25)
    er.async_get(hass).async_update_entity(OTHER, new_entity_id=PM25)


def readings_of(entry: MockConfigEntry, room: str) -> float | None:
    """Return the value that a room holds."""
    channel = entry.runtime_data.rooms[room].channels[Pollutant.PM25]
    value: float | None = channel.binner.current_value
    return value


async def assert_waits(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    """Check that the bedroom is told, and that a plume counts in the kitchen alone."""
    assert issues(hass) == [TAKEN]
    assert shown(hass, LEARNING["bedroom"]).state == "no_source"
    ledger = entry.runtime_data.rooms[BEDROOM].channels[Pollutant.PM25].ledger
    await pass_time(hass, clock, timedelta(hours=2), {PM25: steady(80.0)})
    assert shown(hass, "binary_sensor.kitchen_pm25_unusual").state == "on"
    assert shown(hass, "binary_sensor.bedroom_pm25_unusual").state == "unknown"
    assert readings_of(entry, BEDROOM) is None
    assert entry.runtime_data.rooms[BEDROOM].channels[Pollutant.PM25].ledger is ledger


async def assert_goes_on(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, source: str = OTHER
) -> None:
    """Check that the bedroom goes on by itself with its own source."""
    assert TAKEN not in issues(hass)
    for _ in range(3):
        report(hass, source, 6, **FINE)
        await pass_time(hass, clock, timedelta(minutes=5))
    assert shown(hass, LEARNING["bedroom"]).state == "learned"


async def test_one_that_is_deleted_and_the_other_renamed_to_it(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entity_registry: er.EntityRegistry
) -> None:
    entry = home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(minutes=30), {PM25: usual})
    take_over(hass)
    await come_to_rest(hass)
    await assert_waits(hass, clock, entry)
    answer = await act(hass, "explain", device_id=device_id(hass, BEDROOM))
    said = answer["quantities"]["pm25"]["words"]
    assert said["inferred"] == "Nothing right now: its sensor is used elsewhere."
    assert said["next"] == "Learning continues once this room has a sensor of its own."
    # The first sensor comes back, under the name that is free: each room has its own again.
    back = entity_registry.async_get_or_create("sensor", "x", PM25, suggested_object_id="back")
    await come_to_rest(hass)
    assert entry.subentries[KITCHEN].data["pm25_source"] == back.entity_id
    await assert_goes_on(hass, clock, PM25)


async def test_one_that_is_renamed_away_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entity_registry: er.EntityRegistry
) -> None:
    entry = home()
    await set_up(hass, entry)
    take_over(hass)
    await come_to_rest(hass)
    assert issues(hass) == [TAKEN]
    entity_registry.async_update_entity(PM25, new_entity_id=OTHER)
    await come_to_rest(hass)
    await assert_goes_on(hass, clock)


async def test_a_file_that_was_edited_or_restored(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = home(bedroom=PM25)
    report(hass, PM25, 7)
    await set_up(hass, entry)
    await assert_waits(hass, clock, entry)
    data = {**entry.subentries[BEDROOM].data, "pm25_source": OTHER}
    hass.config_entries.async_update_subentry(entry, entry.subentries[BEDROOM], data=data)
    await hass.async_block_till_done()
    await assert_goes_on(hass, clock)


async def test_the_first_room_is_removed(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    entry = home(bedroom=PM25)
    await set_up(hass, entry)
    assert issues(hass) == [TAKEN]
    hass.config_entries.async_remove_subentry(entry, KITCHEN)
    await hass.async_block_till_done()
    await assert_goes_on(hass, clock, PM25)


async def test_an_outdoor_sensor_that_is_also_a_rooms(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    entry = home(outdoor_pm25=OTHER)
    await set_up(hass, entry)
    report(hass, OTHER, 90, **FINE)
    await assert_waits(hass, clock, entry)
    page = await fixer.begin(TAKEN)
    assert page["step_id"] == "outdoors"
    hass.config_entries.async_update_entry(entry, options={"promise": "month"})
    await hass.async_block_till_done()
    await assert_goes_on(hass, clock)


async def test_an_alert_that_runs_when_its_source_goes_ends_as_not_known(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = home()
    await set_up(hass, entry)
    for _ in range(24):
        report(hass, OTHER, 80, **FINE)
        await pass_time(hass, clock, timedelta(minutes=5), {PM25: usual})
    assert shown(hass, "binary_sensor.bedroom_pm25_unusual").state == "on"
    data = {**entry.subentries[BEDROOM].data, "pm25_source": PM25}
    hass.config_entries.async_update_subentry(entry, entry.subentries[BEDROOM], data=data)
    await hass.async_block_till_done()
    state = shown(hass, "binary_sensor.bedroom_pm25_unusual")
    assert (state.state, state.attributes["outcome"]) == ("unknown", "unknown")


async def test_the_room_is_told_who_has_its_source_and_can_be_changed(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    await set_up(hass, home(bedroom=PM25))
    page = await fixer.begin(TAKEN)
    assert page["description_placeholders"]["other"] == "Kitchen"
    answer = await fixer.choose(page, "room_settings")
    assert answer["reason"] == "room_settings"
    assert answer["next_flow"][0] == "config_subentries_flow"
    page = await fixer.begin(TAKEN)
    await fixer.choose(page, "not_now")
    assert not issues(hass)
    await pass_time(hass, clock, timedelta(hours=2), {PM25: usual})
    assert not issues(hass)


async def test_a_waiting_room_is_not_relearned_from_the_others_history(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(bedroom=PM25))
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "relearn_from_history", device_id=device_id(hass, BEDROOM))
    assert error.value.translation_key == "source_taken"


async def test_a_waiting_room_is_not_reported_as_silent_too(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(bedroom=PM25))
    await pass_time(hass, clock, timedelta(hours=26), {PM25: usual}, step=timedelta(minutes=20))
    assert issues(hass) == [TAKEN]
