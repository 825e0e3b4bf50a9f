"""What the event entity of a room reports, and when."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.ledger.entries import Entry, EpisodeReal
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.automations import rare
from tests.home import (
    KITCHEN,
    PM25,
    VOC,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    act,
    issues,
    learned,
    pass_time,
    report,
    restart,
    set_up,
    shown,
    steady,
    usual,
)

INFERENCE = "event.kitchen_inference"
HOUR = timedelta(hours=1)


def reported(changes: list[Any]) -> list[tuple[str, str]]:
    """Return the types and pollutants of the events among state changes."""
    news = [change.data["new_state"] for change in changes]
    return [
        (state.attributes["event_type"], state.attributes["quantity"])
        for state in news
        if state and state.entity_id == INFERENCE and state.attributes["event_type"]
    ]


async def test_an_episode_is_reported_when_it_starts_and_when_it_ends(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    await set_up(hass, a_home())
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, INFERENCE).state == "unknown"
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    started = shown(hass, INFERENCE)
    assert started.attributes["event_type"] == "unusual_started"
    assert started.attributes["quantity"] == "pm25"
    assert started.attributes["level"] == pytest.approx(80, abs=1)
    assert started.attributes["usual_high"] < 20
    assert started.attributes["unit"] == "μg/m³"
    assert started.attributes["compared_days"] >= 34
    assert started.attributes["outcome"] is None
    await pass_time(hass, clock, HOUR, {PM25: steady(90)})
    await pass_time(hass, clock, HOUR, {PM25: steady(6)})
    ended = shown(hass, INFERENCE)
    assert ended.attributes["event_type"] == "unusual_ended"
    assert ended.attributes["episode"] == started.attributes["episode"]
    assert ended.attributes["peak"] == pytest.approx(90, abs=1)
    assert ended.attributes["outcome"] == "recovered"
    assert reported(changes) == [("unusual_started", "pm25"), ("unusual_ended", "pm25")]


async def test_the_start_and_the_end_of_an_episode_say_how_rare_it_is(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rare(monkeypatch, 60)
    await a_kitchen(hass, hass_storage, 36)
    for level, kind in ((80, "unusual_started"), (6, "unusual_ended")):
        await pass_time(hass, clock, HOUR, {PM25: steady(level)})
        attributes = shown(hass, INFERENCE).attributes
        assert (attributes["event_type"], attributes["rarity_days"]) == (kind, 60)


async def test_an_event_has_the_unit_of_the_source(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store(
        {KITCHEN: {Pollutant.VOC_RATIO: learned(Pollutant.VOC_RATIO, 36)}}
    )
    room = a_room(KITCHEN, "kitchen", voc_source=VOC, voc_kind="voc_ratio", voc_unit="ppm")
    await set_up(hass, a_home(room))
    for _ in range(10):
        report(hass, VOC, 2.5, unit_of_measurement="ppm")
        await pass_time(hass, clock, HOUR / 12)
    attributes = shown(hass, INFERENCE).attributes
    assert attributes["quantity"] == "voc_ratio"
    assert attributes["level"] == pytest.approx(2.5, abs=0.1)
    assert 0.12 < attributes["usual_high"] < 0.4


async def test_a_learned_range_is_reported_once_at_four_in_the_morning(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await a_kitchen(hass, hass_storage, 20)
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    await pass_time(hass, clock, 36 * HOUR, {PM25: usual})
    assert reported(changes) == [("range_learned", "pm25")]
    assert shown(hass, INFERENCE).state.startswith("2026-03-03T04:00")


async def test_what_was_learned_while_stopped_is_reported_at_the_next_start(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    end = datetime(2026, 3, 3, 3, 50, tzinfo=UTC)
    channel = learned(Pollutant.PM25, 21, end=end)
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: channel}})
    clock.move_to(end + 5 * HOUR)
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    assert shown(hass, INFERENCE).attributes["event_type"] == "range_learned"
    assert [issue.rsplit("_", 2)[0] for issue in issues(hass)] == ["range_learned"]


async def test_the_events_of_a_channel_are_passed_on_with_their_attributes(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    room = entry.runtime_data.rooms[KITCHEN]
    types = shown(hass, INFERENCE).attributes["event_types"]
    assert len(types) == 9
    real = EpisodeReal(episode=1772454600, day=739_677, parts=0b1)
    corrected = Entry(id=7, at=0.0, correction=real)
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)

    def happen(at: float) -> None:
        room.channels[Pollutant.PM25].events += [
            Event(kind=EventKind(kind), at=at, correction=corrected) for kind in types
        ]

    await room.async_correct(happen)
    await hass.async_block_till_done()
    assert reported(changes) == [(kind, "pm25") for kind in types]
    attributes = shown(hass, INFERENCE).attributes
    assert attributes["correction"] == 7
    assert attributes["correction_kind"] == "episode_real"
    assert attributes["episode"] == 1772454600


async def test_a_restart_reports_nothing_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    before = shown(hass, INFERENCE)
    assert before.attributes["event_type"] == "unusual_started"
    await restart(hass, entry, hass_storage)
    await pass_time(hass, clock, HOUR / 6, {PM25: steady(80)})
    assert shown(hass, INFERENCE).state == before.state


async def test_the_end_of_a_day_is_not_reported(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    await set_up(hass, a_home())
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    await pass_time(hass, clock, 24 * HOUR, {PM25: usual})
    assert reported(changes) == []


async def test_starting_over_withdraws_a_running_episode(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    await set_up(hass, a_home())
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    await act(hass, "reset")
    await hass.async_block_till_done()
    states = [change.data["new_state"] for change in changes]
    outcomes = [
        state.attributes["outcome"]
        for state in states
        if state and state.attributes.get("event_type") == "unusual_ended"
    ]
    assert outcomes == ["withdrawn"]
