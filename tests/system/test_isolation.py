"""One broken room stops neither another nor the integration."""

from datetime import timedelta
from typing import Any, override
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline import coordinator, sensor
from custom_components.air_baseline.core.alerting.judgement import Judgement
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import OtherRooms
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.faults import complaints
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    PM25,
    STEP,
    VOC,
    a_home,
    a_room,
    a_store,
    act,
    issue,
    issues,
    learned,
    pass_time,
    report,
    set_up,
    shown,
    steady,
    usual,
)

KITCHEN_LEARNING = "sensor.kitchen_pm25_learning"
BEDROOM_LEARNING = "sensor.bedroom_voc_learning"
BEDROOM_UNUSUAL = "binary_sensor.bedroom_voc_unusual"
ISSUE = f"room_unreadable_{KITCHEN}_settings"
HOUR = timedelta(hours=1)

BROKEN: dict[str, dict[str, Any]] = {
    "no area": {"area_id": None},
    "area of another type": {"area_id": ["kitchen"]},
    "no unit": {"pm25_unit": None},
    "unit of another type": {"pm25_unit": 7},
    "unit of another pollutant": {"pm25_unit": "ppb"},
    "source is not an entity": {"pm25_source": "kitchen"},
    "source of another type": {"pm25_source": {"id": 3}},
    "no kind": {"voc_source": "sensor.kitchen_voc", "voc_unit": "ppb"},
    "unknown kind": {"voc_source": "sensor.kitchen_voc", "voc_kind": "smell", "voc_unit": "ppb"},
    "windows of another type": {"windows": 5},
    "registry's ids of another type": {"registered": ["kitchen"]},
    "request of another type": {"start_anew": 3},
}


def two_rooms(**kitchen: Any) -> MockConfigEntry:
    """Return a home whose kitchen is configured with other data; None leaves a key out."""
    room = a_room(KITCHEN, "kitchen", Pollutant.PM25)
    data = {**room["data"], **kitchen}
    room["data"] = {key: value for key, value in data.items() if value is not None}
    return a_home(room, a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX))


@pytest.fixture
def stored(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Store two rooms that have learned; return the files."""
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)},
            BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 36)},
        }
    )
    return hass_storage


@pytest.mark.parametrize("broken", BROKEN.values(), ids=list(BROKEN))
async def test_a_room_with_settings_that_make_no_sense_is_left_out_and_reported(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    stored: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    broken: dict[str, Any],
) -> None:
    entry = two_rooms(**broken)
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    (told,) = complaints(caplog.records)
    assert told.startswith("The settings of Kitchen cannot be read")
    assert issue(hass, ISSUE) is not None
    assert hass.states.get(KITCHEN_LEARNING) is None
    await pass_time(hass, clock, HOUR, {INDEX: lambda at: usual(at, Pollutant.VOC_INDEX)})
    assert shown(hass, BEDROOM_LEARNING).state == "learned"
    await pass_time(hass, clock, 1.5 * HOUR, {INDEX: steady(480)})
    assert shown(hass, BEDROOM_UNUSUAL).state == "on"
    assert f"unusual_episode_{BEDROOM}" in " ".join(issues(hass))


async def test_a_room_that_was_left_out_continues_where_it_was_once_it_is_mended(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, stored: dict[str, Any]
) -> None:
    entry = two_rooms(pm25_unit="bananas")
    await set_up(hass, entry)
    report(hass, PM25, 6)
    flow = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    await hass.config_entries.subentries.async_configure(
        flow["flow_id"], {"area_id": "kitchen", "pm25_source": PM25, "use_history": False}
    )
    await hass.async_block_till_done()
    assert entry.subentries[KITCHEN].data["pm25_unit"] == "μg/m³"
    assert shown(hass, KITCHEN_LEARNING).state == "learned"
    assert issue(hass, ISSUE) is None


class FailingToRead(Channel):
    """A channel that fails at every reading."""

    __slots__ = ()

    @override
    def read(self, at: float, value: float, factor: float = 1.0) -> list[Judgement]:
        raise ZeroDivisionError


class Failing(Channel):
    """A channel that fails at every call."""

    __slots__ = ()

    @override
    def read(self, at: float, value: float, factor: float = 1.0) -> list[Judgement]:
        raise ZeroDivisionError

    @override
    def advance(self, now: float) -> list[Judgement]:
        raise ZeroDivisionError


class FailingInAnotherWay(Failing):
    """A channel whose failure has the same text, but is of another type."""

    __slots__ = ()

    @override
    def read(self, at: float, value: float, factor: float = 1.0) -> list[Judgement]:
        raise OverflowError

    @override
    def advance(self, now: float) -> list[Judgement]:
        raise OverflowError


class FailingWithAnotherText(Failing):
    """A channel that fails as the one before it, with another text."""

    __slots__ = ()

    @override
    def read(self, at: float, value: float, factor: float = 1.0) -> list[Judgement]:
        raise OverflowError("no room")

    @override
    def advance(self, now: float) -> list[Judgement]:
        raise OverflowError("no room")


@pytest.fixture
async def entry(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, stored: dict[str, Any]
) -> MockConfigEntry:
    """Set up a kitchen and a bedroom, both learned."""
    entry = two_rooms()
    await set_up(hass, entry)
    return entry


async def test_a_room_that_fails_is_unavailable_until_it_works_again(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    stored: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    await pass_time(hass, clock, HOUR, {INDEX: lambda at: usual(at, Pollutant.VOC_INDEX)})
    channel.__class__ = Failing
    await pass_time(hass, clock, 1.5 * HOUR, {PM25: usual, INDEX: steady(480)})
    assert shown(hass, KITCHEN_LEARNING).state == "unavailable"
    assert caplog.text.count("air_baseline Kitchen has failed; other rooms continue") == 1
    assert len(complaints(caplog.records)) == 1
    assert shown(hass, BEDROOM_UNUSUAL).state == "on"
    assert issues(hass) == [f"unusual_episode_{BEDROOM}_{episode_of(entry)}"]
    await hass.config_entries.async_unload(entry.entry_id)
    assert set(stored[LEDGER_KEY]["data"]["rooms"]) == {KITCHEN, BEDROOM}
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass, KITCHEN_LEARNING).state == "learned"


async def test_each_failure_is_logged_once_and_another_one_again(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Failures differ by their type or by their text."""
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    kinds: list[type[Channel]] = [Failing, FailingInAnotherWay, FailingWithAnotherText]
    for number, kind in enumerate(kinds, start=1):
        channel.__class__ = kind
        await pass_time(hass, clock, HOUR, {PM25: usual})
        assert len(complaints(caplog.records)) == number


async def test_a_room_recovers_from_a_failure_that_passes(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    channel.__class__ = Failing
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, KITCHEN_LEARNING).state == "unavailable"
    channel.__class__ = Channel
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, KITCHEN_LEARNING).state == "learned"


async def test_every_entity_of_a_room_that_has_failed_is_unavailable(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    for one in entities:
        entity_registry.async_update_entity(one.entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    rooms = {one.entity_id: one.config_subentry_id for one in entities}

    def unavailable() -> set[str | None]:
        gone = {entity_id for entity_id in rooms if shown(hass, entity_id).state == "unavailable"}
        found = {rooms[entity_id] for entity_id in gone}
        assert gone == {one for one, room in rooms.items() if room in found}
        return found

    air = {PM25: usual, INDEX: lambda at: usual(at, Pollutant.VOC_INDEX)}
    await pass_time(hass, clock, 20 * HOUR, air)
    assert unavailable() == set()
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    channel.__class__ = Failing
    await pass_time(hass, clock, HOUR, air)
    assert unavailable() == {KITCHEN}
    channel.__class__ = Channel
    await pass_time(hass, clock, HOUR, air)
    assert unavailable() == set()


async def test_a_room_is_available_again_only_after_a_whole_round_without_a_failure(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    """A source whose every reading fails makes no room flap, whatever the clock does."""
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    seen: list[str] = []

    @callback
    def follow(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        seen.append(new.state if new is not None else "gone")

    async_track_state_change_event(hass, [KITCHEN_LEARNING], follow)
    channel.__class__ = FailingToRead
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert seen == ["unavailable"]
    with pytest.raises(ZeroDivisionError):
        channel.read(0.0, 0.0)
    await act(hass, "strike_days", start_date="2026-02-20")
    assert seen == ["unavailable"], "a correction proves nothing about readings"
    channel.__class__ = Channel
    await pass_time(hass, clock, 2 * STEP, {PM25: usual})
    assert seen == ["unavailable", "learned"]


BEGINNINGS = {
    "listening": (coordinator, "async_track_state_report_event"),
    "its view": (coordinator, "view"),
    "its entities": (sensor, "ChannelSensor"),
}


@pytest.mark.parametrize("what", BEGINNINGS)
async def test_a_room_that_cannot_begin_stops_no_other_and_begins_later(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    stored: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    what: str,
) -> None:
    module, name = BEGINNINGS[what]
    begin = getattr(module, name)

    def fail(*given: Any, **named: Any) -> object:
        if any(_is_of_kitchen(one) for one in given):
            raise ZeroDivisionError
        return begin(*given, **named)

    entry = two_rooms()
    with patch.object(module, name, fail):
        await set_up(hass, entry)
        assert entry.state is ConfigEntryState.LOADED
        await pass_time(hass, clock, HOUR, {INDEX: lambda at: usual(at, Pollutant.VOC_INDEX)})
        assert shown(hass, BEDROOM_LEARNING).state == "learned"
        kitchen = hass.states.get(KITCHEN_LEARNING)
        assert kitchen is None or kitchen.state == "unavailable"
        assert caplog.text.count("Kitchen has failed; other rooms continue") == 1
    sources = {PM25: usual, INDEX: lambda at: usual(at, Pollutant.VOC_INDEX)}
    await pass_time(hass, clock, HOUR, sources)
    assert shown(hass, KITCHEN_LEARNING).state == "learned"
    assert await hass.config_entries.async_unload(entry.entry_id)


def _is_of_kitchen(given: object) -> bool:
    """Tell whether an argument is about the kitchen: its room, its channel, its sources."""
    if isinstance(given, coordinator.RoomCoordinator):
        return given.subentry.subentry_id == KITCHEN
    if isinstance(given, Channel):
        return given.spec.pollutant is Pollutant.PM25
    return given == [PM25]


async def test_a_room_that_has_failed_is_not_one_that_stayed_inside(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, stored: dict[str, Any]
) -> None:
    """Whether it rose as well is not known."""
    entry = a_home(
        a_room(KITCHEN, "kitchen", Pollutant.PM25),
        a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX),
        a_room("01HALL", "hall", Pollutant.VOC_RATIO),
    )
    channels = stored[LEDGER_KEY]["data"]["rooms"]
    hall = a_store({"01HALL": {Pollutant.VOC_RATIO: learned(Pollutant.VOC_RATIO, 36)}})
    channels |= hall["data"]["rooms"]
    await set_up(hass, entry)
    levels = {
        PM25: steady(6),
        INDEX: lambda at: usual(at, Pollutant.VOC_INDEX),
        VOC: steady(120),
    }
    await pass_time(hass, clock, 2 * HOUR, levels)
    entry.runtime_data.rooms["01HALL"].channels[Pollutant.VOC_RATIO].__class__ = Failing
    await pass_time(hass, clock, 1.5 * HOUR, {**levels, INDEX: steady(480)})
    channel = entry.runtime_data.rooms[BEDROOM].channels[Pollutant.VOC_INDEX]
    assert channel.episodes[-1].other_rooms is OtherRooms.UNKNOWN


def episode_of(entry: MockConfigEntry) -> int:
    channel = entry.runtime_data.rooms[BEDROOM].channels[Pollutant.VOC_INDEX]
    episode: int = channel.episode_watch.current.id
    return episode
