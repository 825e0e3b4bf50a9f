"""Changed settings are applied to what differs; nothing else is disturbed."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.air_baseline.const import DOMAIN, SIGNAL_ROOMS_CHANGED
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY
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

AIR = {PM25: usual, VOC: steady(120.0), INDEX: steady(100.0)}
UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
OFFICE = "01OFFICE"
OFFICE_PM25 = "sensor.office_pm25"
FINE = {"device_class": "pm25", "unit_of_measurement": "μg/m³"}


class Watch:
    """The states that our entities went through, and the rounds that were run."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.states: dict[str, list[str | None]] = defaultdict(list)
        self.rounds = 0
        self._hass = hass

    @callback
    def changed(self, event: Event[EventStateChangedData]) -> None:
        entity = er.async_get(self._hass).async_get(event.data["entity_id"])
        if entity is not None and entity.platform == DOMAIN:
            new = event.data["new_state"]
            self.states[entity.entity_id].append(new.state if new else None)

    @callback
    def ran(self) -> None:
        self.rounds += 1

    @property
    def lost(self) -> list[str]:
        """Return the entities that were unavailable or gone for a moment."""
        return [one for one, states in self.states.items() if {STATE_UNAVAILABLE, None} & {*states}]


@contextmanager
def watching(hass: HomeAssistant) -> Iterator[Watch]:
    """Watch all states of our entities."""
    watch = Watch(hass)
    ends = (
        hass.bus.async_listen(EVENT_STATE_CHANGED, watch.changed),
        async_dispatcher_connect(hass, SIGNAL_ROOMS_CHANGED, watch.ran),
    )
    yield watch
    for end in ends:
        end()


def all_states(hass: HomeAssistant) -> dict[str, str]:
    """Return the states of our entities."""
    ours = {one.entity_id for one in er.async_get(hass).entities.values() if one.platform == DOMAIN}
    return {one.entity_id: one.state for one in hass.states.async_all() if one.entity_id in ours}


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entity_registry: er.EntityRegistry,
) -> MockConfigEntry:
    """Return a home of three sources that have learned for five weeks, and air for an hour."""
    for source in (PM25, VOC, INDEX):
        entity_registry.async_get_or_create(
            "sensor", "x", source, suggested_object_id=source.removeprefix("sensor.")
        )
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {
                Pollutant.PM25: learned(Pollutant.PM25, 36),
                Pollutant.VOC_RATIO: learned(Pollutant.VOC_RATIO, 36),
            },
            BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 36)},
        }
    )
    home = a_home()
    await set_up(hass, home)
    await pass_time(hass, clock, timedelta(hours=1), AIR)
    return home


def rename(hass: HomeAssistant, old: str, new: str) -> None:
    """Rename an entity as Home Assistant does: its state goes, and comes back under the new id."""
    state = hass.states.get(old)
    er.async_get(hass).async_update_entity(old, new_entity_id=new)
    if state is not None:
        hass.states.async_remove(old)
        hass.states.async_set(new, state.state, state.attributes)


def change_data(hass: HomeAssistant, entry: MockConfigEntry, room: str, /, **changed: Any) -> None:
    """Change the settings of a room as its page does."""
    data = {**entry.subentries[room].data, **changed}
    data = {key: value for key, value in data.items() if value is not None}
    hass.config_entries.async_update_subentry(entry, entry.subentries[room], data=data)


def an_office(source: str = OFFICE_PM25) -> ConfigSubentry:
    """Return a room that can be added."""
    room = a_room(OFFICE, "office", Pollutant.PM25, pm25_source=source)
    return ConfigSubentry(**room)  # type: ignore[arg-type]


async def test_ten_renames_in_two_seconds_are_one_round_that_nobody_notices(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    await pass_time(hass, clock, timedelta(hours=2), AIR | {PM25: steady(80.0)})
    assert shown(hass, UNUSUAL).state == "on"
    before = all_states(hass)
    names = {source: source for source in (PM25, VOC, INDEX)}
    with watching(hass) as watch:
        for number in range(10):
            source = (PM25, VOC, INDEX)[number % 3]
            rename(hass, names[source], f"sensor.renamed_{number}")
            names[source] = f"sensor.renamed_{number}"
            clock.tick(timedelta(milliseconds=200))
            async_fire_time_changed(hass)
            await hass.async_block_till_done()
            assert watch.rounds == 0
        await come_to_rest(hass)
    assert watch.rounds == 1
    assert not watch.lost
    assert all_states(hass) == before
    assert entry.subentries[KITCHEN].data["pm25_source"] == "sensor.renamed_9"
    # The episode goes on, and ends by the readings under the new name.
    for level, state in ((80.0, "on"), (5.0, "off")):
        for _ in range(18):
            report(hass, "sensor.renamed_9", level, **FINE)
            await pass_time(hass, clock, timedelta(minutes=5))
        assert shown(hass, UNUSUAL).state == state


async def test_renames_that_never_stop_are_followed_all_the_same(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    with watching(hass) as watch:
        name = PM25
        for number in range(40):
            rename(hass, name, f"sensor.renamed_{number}")
            name = f"sensor.renamed_{number}"
            clock.tick(timedelta(milliseconds=300))
            async_fire_time_changed(hass)
            await hass.async_block_till_done()
    assert watch.rounds == 1
    assert not watch.lost


async def test_a_value_holds_while_its_source_is_renamed(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    held, window = channel.binner.current_value, channel.sustained.dump()
    assert held is not None
    rename(hass, PM25, "sensor.cooker")
    assert channel.binner.current_value == held
    await come_to_rest(hass)
    assert channel.binner.current_value == held
    assert channel.sustained.dump() == window
    report(hass, "sensor.cooker", 42, **FINE)
    assert channel.binner.current_value == 42.0


async def test_an_entity_of_home_assistant_is_followed_without_a_gap(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    sensor = {"unique_id": "air", "name": "Air", "state": "{{ states('sensor.raw') }}"} | {
        "device_class": "pm25",
        "unit_of_measurement": "μg/m³",
    }
    hass.states.async_set("sensor.raw", "7")
    assert await async_setup_component(hass, "template", {"template": {"sensor": sensor}})
    await hass.async_block_till_done()
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25, pm25_source="sensor.air"))
    await set_up(hass, entry)
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    with watching(hass) as watch:
        er.async_get(hass).async_update_entity("sensor.air", new_entity_id="sensor.cooker")
        await hass.async_block_till_done()
        assert channel.binner.current_value == 7.0
        await come_to_rest(hass)
    assert not watch.lost
    assert channel.binner.current_value == 7.0
    hass.states.async_set("sensor.raw", "8")
    await hass.async_block_till_done()
    assert channel.binner.current_value == 8.0


async def test_two_sources_that_swap_their_names_stay_where_they_are(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_add_subentry(entry, an_office())
    er.async_get(hass).async_get_or_create(
        "sensor", "x", "office", suggested_object_id="office_pm25"
    )
    report(hass, OFFICE_PM25, 33, **FINE)
    await come_to_rest(hass)
    for old, new in ((PM25, "sensor.y"), (OFFICE_PM25, PM25), ("sensor.y", OFFICE_PM25)):
        rename(hass, old, new)
    await come_to_rest(hass)
    rooms = entry.runtime_data.rooms
    assert rooms[OFFICE].channels[Pollutant.PM25].binner.current_value == 33.0
    assert rooms[KITCHEN].channels[Pollutant.PM25].binner.current_value != 33.0
    assert entry.subentries[OFFICE].data["pm25_source"] == PM25
    assert not issues(hass)


async def test_a_renamed_room_changes_names_and_nothing_else(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    before = all_states(hass)
    with watching(hass) as watch:
        hass.config_entries.async_update_subentry(entry, entry.subentries[KITCHEN], title="Galley")
        await hass.async_block_till_done()
        ar.async_get(hass).async_update("bedroom", name="Chamber")
        await come_to_rest(hass)
    assert not watch.lost
    assert all_states(hass) == before
    devices = dr.async_get(hass)
    names = {key: devices.async_get(device_id(hass, key)) for key in (KITCHEN, BEDROOM)}
    assert [device.name for device in names.values() if device] == ["Galley", "Chamber"]
    assert shown(hass, UNUSUAL).attributes["friendly_name"] == "Galley PM2.5 unusual"
    # An entity that an owner renames is added again; the room must not get its old name back.
    er.async_get(hass).async_update_entity(UNUSUAL, new_entity_id="binary_sensor.smoke")
    await come_to_rest(hass)
    device = devices.async_get(device_id(hass))
    assert device is not None
    assert device.name == "Galley"


async def test_settings_that_change_in_one_go_are_one_round(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    with watching(hass) as watch:
        for number in range(10):
            room = entry.subentries[(KITCHEN, BEDROOM)[number % 2]]
            hass.config_entries.async_update_subentry(entry, room, title=f"Room {number}")
        await hass.async_block_till_done()
    assert watch.rounds == 1
    assert not watch.lost


async def test_settings_that_change_while_the_home_is_set_up_are_applied(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    report(hass, "sensor.other", 9, **FINE)
    reload = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    while hass.states.get("sensor.kitchen_pm25_learning") is None or not reload.done():
        change_data(hass, entry, KITCHEN, pm25_source="sensor.other")
        await asyncio.sleep(0)
    await hass.async_block_till_done()
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    assert channel.binner.current_value == 9.0


async def test_a_renamed_room_is_named_so_where_ids_are_made_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_subentry(entry, entry.subentries[KITCHEN], title="Galley")
    await hass.async_block_till_done()
    registry = er.async_get(hass)
    entity = registry.async_get(UNUSUAL)
    assert entity is not None
    assert registry.async_regenerate_entity_id(entity) == "binary_sensor.galley_pm2_5_unusual"


@pytest.mark.parametrize("anew", [False, True])
async def test_a_replaced_source_touches_its_room_alone(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    anew: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    report(hass, "sensor.other", 9, **FINE)
    request = {"start_anew": ["pm25"]} if anew else {}
    with watching(hass) as watch:
        change_data(hass, entry, KITCHEN, pm25_source="sensor.other", **request)
        await hass.async_block_till_done()
    assert not watch.lost
    assert not [one for one in watch.states if "bedroom" in one or "voc" in one]
    learning = "collecting" if anew else "learned"
    assert shown(hass, "sensor.kitchen_pm25_learning").state == learning
    assert shown(hass, "sensor.kitchen_voc_learning").state == "learned"
    assert "start_anew" not in entry.subentries[KITCHEN].data
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    report(hass, PM25, 500)
    assert channel.binner.current_value == 9.0
    await pass_time(hass, clock, timedelta(minutes=20))
    retired = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["retired"]
    assert [item["channel"]["quantity"] for item in retired] == (["pm25"] if anew else [])


async def test_a_pollutant_comes_and_goes_beside_the_other(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    with watching(hass) as watch:
        change_data(hass, entry, KITCHEN, voc_source=None, voc_kind=None, voc_unit=None)
        await hass.async_block_till_done()
    assert {one for one in watch.lost if "kitchen_pm25" in one or "bedroom" in one} == set()
    assert hass.states.get("sensor.kitchen_voc_learning") is None
    with watching(hass) as watch:
        change_data(hass, entry, KITCHEN, **SOURCES[Pollutant.VOC_RATIO])
        await hass.async_block_till_done()
    assert not watch.lost
    await pass_time(hass, clock, timedelta(minutes=10), AIR)
    assert shown(hass, "sensor.kitchen_voc_learning").state == "collecting"
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"


async def test_a_source_that_changes_its_unit_shows_the_same_level(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    before = shown(hass, "sensor.kitchen_voc_usual_high")

    assert before.attributes["unit_of_measurement"] == "ppb"
    with watching(hass) as watch:
        change_data(hass, entry, KITCHEN, voc_unit="ppm")
        await hass.async_block_till_done()
    assert not watch.lost
    after = shown(hass, "sensor.kitchen_voc_usual_high")
    assert after.attributes["unit_of_measurement"] == "ppm"
    assert float(after.state) == pytest.approx(float(before.state) / 1000)


async def test_another_promise_writes_the_alert_levels_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    reason = "sensor.kitchen_pm25_compared"
    assert shown(hass, reason).attributes["reason"] is None
    with watching(hass) as watch:
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, "promise": "two_months"}
        )
        await hass.async_block_till_done()
    assert not watch.lost
    assert shown(hass, reason).attributes["reason"] == "reference_days"
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"
    hass.config_entries.async_update_entry(entry, options={**entry.options, "promise": "month"})
    await hass.async_block_till_done()
    assert shown(hass, reason).attributes["reason"] is None
    await pass_time(hass, clock, timedelta(hours=1), AIR | {PM25: steady(80.0)})
    assert shown(hass, UNUSUAL).state == "on"


async def test_outdoor_sensors_and_contacts_are_followed_from_then_on(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    report(hass, "sensor.garden", 55, **FINE)
    hass.states.async_set("binary_sensor.window", "on")
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    with watching(hass) as watch:
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, "outdoor_pm25": "sensor.garden"}
        )
        change_data(hass, entry, KITCHEN, windows=["binary_sensor.window"])
        await hass.async_block_till_done()
    assert not watch.lost
    assert not watch.states
    for _ in range(12):
        await pass_time(hass, clock, timedelta(minutes=5), AIR)
        report(hass, "sensor.garden", 55, **FINE)
    outdoors, window = channel.surroundings.outdoor_pm25, channel.surroundings.window_open
    assert outdoors is not None
    assert window is not None
    now = clock().timestamp()
    assert outdoors.of_last_hour(now) == pytest.approx(55.0)
    assert window.of_last_hour(now) == pytest.approx(1.0)
    # Other changes leave what is being summed up alone.
    hass.config_entries.async_update_subentry(entry, entry.subentries[BEDROOM], title="Attic")
    await hass.async_block_till_done()
    assert channel.surroundings.outdoor_pm25 is outdoors
    hass.config_entries.async_update_entry(entry, options={"promise": "month"})
    await hass.async_block_till_done()
    assert channel.surroundings.outdoor_pm25 is None


async def test_a_room_is_added_and_removed_beside_the_others(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
) -> None:
    ar.async_get(hass).async_get_or_create("Office")
    await pass_time(hass, clock, timedelta(hours=2), AIR | {PM25: steady(80.0)})
    before = all_states(hass)
    with watching(hass) as watch:
        hass.config_entries.async_add_subentry(entry, an_office())
        await hass.async_block_till_done()
    assert not watch.lost
    assert {one: state for one, state in all_states(hass).items() if one in before} == before
    office = device_registry.async_get(device_id(hass, OFFICE))
    assert office is not None
    assert (office.name, office.area_id, office.config_subentry_id) == ("Office", "office", OFFICE)
    report(hass, OFFICE_PM25, 4, **FINE)
    await pass_time(hass, clock, timedelta(minutes=5), AIR | {PM25: steady(80.0)})
    learning = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{OFFICE}_pm25_learning")
    assert shown(hass, str(learning)).state == "collecting"
    with watching(hass) as watch:
        hass.config_entries.async_remove_subentry(entry, OFFICE)
        await hass.async_block_till_done()
    assert not [one for one in watch.lost if "office" not in one]
    assert shown(hass, UNUSUAL).state == "on"
    assert set(entry.runtime_data.rooms) == {KITCHEN, BEDROOM}
    for key in (LEDGER_KEY, GOOD_KEY):
        assert set(hass_storage[key]["data"]["rooms"]) == {KITCHEN, BEDROOM}


async def test_a_room_whose_settings_become_readable_starts_with_what_it_knew(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25, pm25_unit="furlongs"))
    await set_up(hass, entry)
    assert issues(hass) == [f"room_unreadable_{KITCHEN}_settings"]
    change_data(hass, entry, KITCHEN, pm25_unit="μg/m³")
    await hass.async_block_till_done()
    assert not issues(hass)
    await pass_time(hass, clock, timedelta(minutes=10), AIR)
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"


async def test_no_event_is_fired_by_a_change_of_settings(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    await pass_time(hass, clock, timedelta(hours=2), AIR | {PM25: steady(80.0)})
    fired = shown(hass, "event.kitchen_inference")
    assert fired.attributes["event_type"] == "unusual_started"
    hass.config_entries.async_update_subentry(entry, entry.subentries[KITCHEN], title="Galley")
    rename(hass, PM25, "sensor.cooker")
    hass.config_entries.async_update_entry(entry, options={"promise": "fortnight"})
    await come_to_rest(hass)
    after = shown(hass, "event.kitchen_inference")
    assert (after.state, after.attributes["episode"]) == (fired.state, fired.attributes["episode"])
