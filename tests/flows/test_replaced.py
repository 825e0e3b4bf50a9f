"""A sensor that takes the place of another: what was learned is converted, if days show how."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.day import locate
from custom_components.air_baseline.core.ledger.entries import SensorMapped
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.home import (
    ATTRIBUTES,
    INDEX,
    KITCHEN,
    NOON,
    PM25,
    VOC,
    ZONE,
    Level,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    act,
    device_id,
    learned,
    report,
    set_up,
    shown,
    usual,
)
from tests.recorded import HOUR, SLOT, keep

NEW = "sensor.new"
LEARNING = "sensor.kitchen_pm25_learning"


def third_more(at: float) -> float:
    """Return what the new sensor reads: 1 + x is a third more than on the old one."""
    return (1.0 + usual(at)) * 4.0 / 3.0 - 1.0


@pytest.fixture
async def past(
    recorder_mock: object, hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> HomeAssistant:
    """Give Home Assistant a recorder, and stop the clock."""
    return hass


async def replace_by(
    hass: HomeAssistant, entry: MockConfigEntry, **sources: str
) -> tuple[str, Any]:
    """Fill in the page of the kitchen with other sources; return its flow and what is asked."""
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    asked = await hass.config_entries.subentries.async_configure(
        page["flow_id"], {"area_id": "kitchen", **sources}
    )
    assert asked["type"] is FlowResultType.MENU
    return page["flow_id"], asked


async def choose(hass: HomeAssistant, flow_id: str, choice: str) -> str:
    done = await hass.config_entries.subentries.async_configure(flow_id, {"next_step_id": choice})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert done["type"] is FlowResultType.ABORT
    if done["reason"] == "converted":
        path = f"/air_baseline/room/{device_id(hass)}"
        assert done["description_placeholders"] == {"page": path}, "it leads to its undoing"
    return str(done["reason"])


def middle_at_noon(entry: MockConfigEntry) -> float:
    """Return the middle of the usual range at noon."""
    today = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25].forecast
    assert today is not None
    return float(today.ranges[2].middle)


async def test_days_side_by_side_are_offered_as_a_conversion_and_it_can_be_undone(
    past: HomeAssistant, hass_storage: dict[str, Any], clock: FrozenDateTimeFactory
) -> None:
    entry = await a_kitchen(past, hass_storage, 36)
    await keep(past, SLOT, 5)
    await keep(past, SLOT, 4, source=NEW, level=third_more)
    report(past, NEW, 5, **ATTRIBUTES[PM25])
    before = middle_at_noon(entry)
    flow_id, asked = await replace_by(past, entry, pm25_source=NEW)
    assert asked["menu_options"] == ["convert", "keep_ledger", "start_anew"]
    line = line_of(asked)
    assert line.startswith(r"- sensor\.kitchen\_pm25 → new. Side by side for 4 days: ")
    assert "μg/m³ on the old sensor is " in line
    assert " on the new one. On 9 days in 10 it is " in line
    assert await choose(past, flow_id, "convert") == "converted"

    room = entry.runtime_data.rooms[KITCHEN]
    channel = room.channels[Pollutant.PM25]
    (mapped,) = channel.ledger.of(SensorMapped)
    today = locate(NOON.timestamp(), ZONE)[0]
    assert mapped.correction.from_day == today
    assert room.sources[Pollutant.PM25].entity_id == NEW
    assert shown(past, LEARNING).state == "changing"
    assert middle_at_noon(entry) == pytest.approx((1.0 + before) * 4.0 / 3.0 - 1.0, abs=1.0)
    assert channel.ledger.factor(today - 1) == 0.25
    said = (await act(past, "explain", quantity="pm25"))["quantities"]["pm25"]
    old, new, low, high = said["numbers"]["corrections"][0]["mapping"]
    assert low < new < high
    assert "another sensor since 2 March" in said["words"]["because"]
    levels = f"{old:.3g} μg/m³ on the old sensor is {new:.3g} μg/m³ on the new one"
    assert f"{levels} ({low:.3g} to {high:.3g})" in said["words"]["because"]

    await act(past, "undo", quantity="pm25")
    assert middle_at_noon(entry) == before
    assert shown(past, LEARNING).state == "learned"


def line_of(asked: Any) -> str:  # noqa: ANN401 - what a flow answers
    """Return what is said of the only source that is replaced, set off as of this system."""
    (line,) = asked["description_placeholders"]["sources"].splitlines()
    assert line.startswith("> ")
    return str(line).removeprefix("> ")


async def test_a_conversion_stays_through_a_restart_and_days_before_it_stay_the_old_sensors(
    past: HomeAssistant, hass_storage: dict[str, Any], clock: FrozenDateTimeFactory
) -> None:
    """The history of the new sensor reaches further back, and must not be converted itself."""
    entry = await a_kitchen(past, hass_storage, 36)
    await keep(past, HOUR, 5)
    await keep(past, SLOT, 5, source=NEW, level=third_more)
    report(past, NEW, 5, **ATTRIBUTES[PM25])
    flow_id, _ = await replace_by(past, entry, pm25_source=NEW)
    assert await choose(past, flow_id, "convert") == "converted"
    ledger = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25].ledger
    middle = middle_at_noon(entry)
    await act(past, "relearn_from_history", quantity="pm25")
    await past.config_entries.async_reload(entry.entry_id)
    await past.async_block_till_done(wait_background_tasks=True)
    again = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25].ledger
    assert [one.text for one in again.days] == [one.text for one in ledger.days]
    assert again.of(SensorMapped) == ledger.of(SensorMapped)
    assert middle_at_noon(entry) == middle


@pytest.mark.parametrize(
    ("days", "level", "said"),
    [
        (2, third_more, "it takes 3 whole days with both sensors side by side, and the history"),
        (5, usual, "In 4 days side by side, both read the same, as far as these days can tell."),
        (5, lambda at: 5.0 + usual(at) / 50.0, "in 4 days side by side, the air hardly changed."),
        (5, lambda at: (1.0 + usual(at)) * 60.0, "the two never reached the same levels."),
    ],
)
async def test_without_a_conversion_the_reason_is_said_and_nothing_is_offered(
    past: HomeAssistant,
    hass_storage: dict[str, Any],
    days: int,
    level: Level,
    said: str,
) -> None:
    entry = await a_kitchen(past, hass_storage, 36)
    await keep(past, SLOT, 4)
    await keep(past, SLOT, days, source=NEW, level=level)
    report(past, NEW, 5, **ATTRIBUTES[PM25])
    _, asked = await replace_by(past, entry, pm25_source=NEW)
    assert asked["menu_options"] == ["keep_ledger", "start_anew"]
    assert said in line_of(asked)


async def test_an_index_is_not_converted(past: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    kept = {KITCHEN: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 10)}}
    hass_storage[LEDGER_KEY] = a_store(kept)
    index = "sensor.new_voc_index"
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.VOC_INDEX))
    await set_up(past, entry)
    await keep(past, SLOT, 4, source=INDEX, unit=None)
    await keep(past, SLOT, 4, source=index, unit=None, level=third_more)
    report(past, index, 90, **ATTRIBUTES[INDEX])
    _, asked = await replace_by(past, entry, voc_source=index)
    assert asked["menu_options"] == ["keep_ledger", "start_anew"]
    assert "an index compares a sensor with its own last day" in line_of(asked)


async def test_what_cannot_be_converted_starts_over_while_the_other_is_converted(
    past: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    both = Pollutant.PM25, Pollutant.VOC_RATIO
    entry = await a_kitchen(past, hass_storage, 36, *both)
    await keep(past, SLOT, 4)
    await keep(past, SLOT, 4, source=NEW, level=third_more)
    report(past, NEW, 5, **ATTRIBUTES[PM25])
    report(past, "sensor.new_voc", 90, **ATTRIBUTES[VOC])
    flow_id, asked = await replace_by(past, entry, pm25_source=NEW, voc_source="sensor.new_voc")
    first, second = asked["description_placeholders"]["sources"].splitlines()
    assert "Side by side for 4 days" in first
    assert "and the history has 0." in second
    assert await choose(past, flow_id, "convert") == "converted"
    channels = entry.runtime_data.rooms[KITCHEN].channels
    assert channels[Pollutant.PM25].ledger.of(SensorMapped)
    assert list(channels[Pollutant.VOC_RATIO].ledger.days) == []


async def test_a_conversion_that_cannot_be_recorded_changes_nothing(
    past: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(past, hass_storage, 36)
    await keep(past, SLOT, 4)
    await keep(past, SLOT, 4, source=NEW, level=third_more)
    report(past, NEW, 5, **ATTRIBUTES[PM25])
    flow_id, _ = await replace_by(past, entry, pm25_source=NEW)
    await past.config_entries.async_unload(entry.entry_id)
    assert await choose(past, flow_id, "convert") == "not_converted"
    assert entry.subentries[KITCHEN].data["pm25_source"] == PM25


async def test_without_a_recorder_it_is_said_that_nobody_knows(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    report(hass, NEW, 5, **ATTRIBUTES[PM25])
    _, asked = await replace_by(hass, entry, pm25_source=NEW)
    assert asked["menu_options"] == ["keep_ledger", "start_anew"]
    assert "Whether they read alike is not known" in line_of(asked)
