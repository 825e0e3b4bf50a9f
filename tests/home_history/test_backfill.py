"""Rooms that start from the home's own history, through Home Assistant and its recorder."""

from datetime import date, timedelta
import json
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import get_instance
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.home_history.recorder import NoHistory
from custom_components.air_baseline.home_history.survey import async_survey
from custom_components.air_baseline.inputs.eligibility import Measurement
from custom_components.air_baseline.storage.store import LEDGER_KEY, OPEN_KEY
from tests.home import (
    KITCHEN,
    PM25,
    VOC,
    a_home,
    a_room,
    a_store,
    act,
    learned,
    pass_time,
    report,
    set_up,
    shown,
    usual,
)
from tests.recorded import HOUR, SLOT, TODAY, keep
from tests.stored import continued

NEW = "sensor.new"
LEARNING = "sensor.kitchen_pm25_learning"
DAY = timedelta(days=1)
SOURCE = Measurement(Pollutant.PM25, "μg/m³")

type Day = dict[str, Any]


@pytest.fixture
async def past(
    recorder_mock: object, hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> HomeAssistant:
    """Give Home Assistant a recorder, and stop the clock."""
    report(hass, PM25, usual(clock().timestamp()))
    return hass


def a_kitchen(*pollutants: Pollutant, use_history: bool = True) -> MockConfigEntry:
    room = a_room(KITCHEN, "kitchen", *(pollutants or (Pollutant.PM25,)))
    return a_home({**room, "data": {**room["data"], "use_history": use_history}})


async def begin(hass: HomeAssistant, entry: MockConfigEntry | None = None) -> MockConfigEntry:
    """Set up a kitchen, and wait until its history is read."""
    entry = entry or a_kitchen()
    await set_up(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def begin_again(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Start again, but without the last write of Home Assistant, which would end the recorder."""
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def replace_source(hass: HomeAssistant, entry: MockConfigEntry, choice: str) -> None:
    """Replace the source by another sensor, and choose what happens to the ledger."""
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    fields: dict[str, Any]
    for fields in ({"area_id": "kitchen", "pm25_source": NEW}, {"next_step_id": choice}):
        await hass.config_entries.subentries.async_configure(page["flow_id"], fields)
    await hass.async_block_till_done(wait_background_tasks=True)


def stored(files: dict[str, Any]) -> dict[str, Any]:
    """Return the channel as it was saved last."""
    kept = continued(files[LEDGER_KEY], files.get(OPEN_KEY))
    channel: dict[str, Any] = kept["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    return channel


async def days_of(hass: HomeAssistant, pollutant: str = "pm25") -> list[Day]:
    ledger = await act(hass, "get_ledger")
    days: list[Day] = ledger["quantities"][pollutant]["days"]
    return days


async def origins_of(hass: HomeAssistant) -> dict[str, int]:
    """Return how many days the ledger has, by their origin."""
    found: dict[str, int] = {}
    for day in await days_of(hass):
        found[day["from"]] = found.get(day["from"], 0) + 1
    return found


def history(hass: HomeAssistant) -> tuple[str, int]:
    attributes = shown(hass, LEARNING).attributes
    return attributes["history"], attributes["history_days"]


async def test_a_new_room_is_learned_from_five_minute_means(
    past: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await keep(past, SLOT, 42)
    await begin(past)
    assert shown(past, LEARNING).state == "learned"
    assert history(past) == ("read", 42)
    days = await days_of(past)
    assert [day["day"] for day in days] == [
        (TODAY - after * DAY).date().isoformat() for after in range(42, 0, -1)
    ]
    assert all(day["gets_a_mark"] and day["from"] == "replayed" for day in days)
    learned = [day["state"] == "learned" for day in days]
    assert learned == [day["mark"] is not None for day in days], "of a range in force"
    assert f"Reading the history of {PM25}" in caplog.text
    assert "42 days of five-minute means, 0 of hourly means, 0 rows ignored" in caplog.text
    words = (await act(past, "explain"))["quantities"]["pm25"]["words"]
    assert "imported from Home Assistant's history: 42." in words["because"]


async def test_hourly_means_are_used_for_the_days_before_five_minute_means(
    past: HomeAssistant,
) -> None:
    await keep(past, HOUR, 40)
    await keep(past, SLOT, 10)
    await begin(past)
    assert await origins_of(past) == {"hourly": 30, "replayed": 10}
    attributes = shown(past, LEARNING).attributes
    assert attributes["usable_days"] == 25.0
    assert attributes["missing"] == ["marks"]
    words = (await act(past, "explain"))["quantities"]["pm25"]["words"]
    assert "history: 40. Hourly averages only: 30;" in words["because"]


async def test_hourly_means_alone_lead_to_provisional(past: HomeAssistant) -> None:
    await keep(past, HOUR, 60)
    await begin(past)
    assert shown(past, LEARNING).state == "provisional"
    assert not any(day["gets_a_mark"] for day in await days_of(past))


async def test_states_are_read_where_there_is_no_state_class(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await pass_time(past, clock, 3 * DAY, {PM25: usual}, step=timedelta(minutes=30))
    await async_wait_recording_done(past)
    await begin(past)
    assert await origins_of(past) == {"replayed": 3}
    observed = [day["observed"] for day in await days_of(past)]
    assert observed == pytest.approx([16 / 24, 1.0, 1.0], abs=0.01), "it began at noon"


@pytest.mark.parametrize(("unit", "factor"), [("mg/m³", 0.001), ("µg/m³", 1.0)])
async def test_means_in_another_unit_of_the_pollutant_are_converted(
    past: HomeAssistant, unit: str, factor: float
) -> None:
    await keep(past, SLOT, 5)
    await begin(past)
    expected = await days_of(past)
    await past.config_entries.async_remove(
        past.config_entries.async_entries("air_baseline")[0].entry_id
    )
    get_instance(past).async_clear_statistics([PM25])
    await keep(past, SLOT, 5, unit=unit, factor=factor)
    await begin(past)
    assert await days_of(past) == expected


async def test_means_of_another_pollutant_are_refused(
    past: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await keep(past, SLOT, 5, unit="ppb")
    await begin(past)
    assert await days_of(past) == []
    assert history(past) == ("empty", 0)
    assert "'ppb', which is not a unit of pm25" in caplog.text


async def test_the_history_of_a_renamed_entity_is_found(past: HomeAssistant) -> None:
    registry = er.async_get(past)
    old = registry.async_get_or_create("sensor", "test", "1", suggested_object_id="old_name")
    await keep(past, SLOT, 5, source=old.entity_id)
    past.states.async_remove(PM25)
    registry.async_update_entity(old.entity_id, new_entity_id=PM25)
    await past.async_block_till_done()
    await async_wait_recording_done(past)
    await begin(past)
    assert await origins_of(past) == {"replayed": 5}


async def test_a_gap_in_the_history_stays_a_gap(past: HomeAssistant) -> None:
    await keep(past, SLOT, 9, until=TODAY - 5 * DAY)
    await keep(past, SLOT, 2)
    await begin(past)
    days = [day["day"] for day in await days_of(past)]
    assert len(days) == 6
    assert (TODAY - 4 * DAY).date().isoformat() not in days


async def test_a_mean_with_a_word_for_no_reading_in_it_is_a_gap(past: HomeAssistant) -> None:
    """One second of 65535 makes a mean of five minutes some 200 too high."""

    def glitches(at: float) -> bool:
        return at % 3600 < 300

    await keep(
        past,
        SLOT,
        3,
        level=lambda at: usual(at) + (65535 / 300 if glitches(at) else 0.0),
        highest=lambda at: 65535.0 if glitches(at) else usual(at),
    )
    await begin(past)
    days = await days_of(past)
    assert len(days) == 3
    peaks = [part["highest_held"] for day in days for part in day["parts"]]
    assert max(peak for peak in peaks if peak is not None) < 100.0


async def test_smoke_beyond_the_span_is_imported_as_its_end(past: HomeAssistant) -> None:
    await keep(past, SLOT, 3, level=lambda at: 1500.0 + at % 7 if at % 86400 < 7200 else usual(at))
    await begin(past)
    days = await days_of(past)
    assert len(days) == 3
    peaks = [part["highest_held"] for day in days for part in day["parts"]]
    highest = max(peak for peak in peaks if peak is not None)
    assert highest == pytest.approx(1000.0, rel=0.03), "a peak is kept in a byte"


async def test_a_history_that_is_mostly_above_the_span_is_not_used(past: HomeAssistant) -> None:
    await keep(past, SLOT, 5, level=lambda at: 1200.0 + at % 7)
    await begin(past)
    assert await days_of(past) == []
    assert history(past) == ("empty", 0)


async def test_purged_days_come_from_hourly_means(past: HomeAssistant) -> None:
    await keep(past, HOUR, 10)
    await keep(past, SLOT, 10)
    await past.services.async_call("recorder", "purge", {"keep_days": 4}, blocking=True)
    await async_wait_recording_done(past)
    await begin(past)
    assert await origins_of(past) == {"hourly": 6, "replayed": 4}


async def test_a_room_starts_empty_if_the_user_declined(past: HomeAssistant) -> None:
    await keep(past, SLOT, 5)
    await begin(past, a_kitchen(use_history=False))
    assert await days_of(past) == []
    assert history(past) == ("unused", 0)


async def test_a_room_that_has_days_already_is_left_as_it_is(
    past: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    await keep(past, SLOT, 30)
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 3)}})
    await begin(past, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    assert await origins_of(past) == {"live": 3}


async def test_history_is_read_once(past: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    await keep(past, SLOT, 5)
    entry = await begin(past)
    await pass_time(past, clock, HOUR, {PM25: usual})
    await act(past, "reset")
    await begin_again(past, entry)
    assert history(past) == ("read", 5)
    assert all(day["counts"] == 0.0 for day in await days_of(past))


async def test_starting_over_reads_the_history_of_the_new_source(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await keep(past, SLOT, 30)
    await keep(past, SLOT, 4, source=NEW, level=lambda at: usual(at) + 40)
    entry = await begin(past)
    assert history(past) == ("read", 30)
    report(past, NEW, 46, device_class="pm25", unit_of_measurement="μg/m³")
    await replace_source(past, entry, "start_anew")
    assert history(past) == ("read", 4)
    assert await origins_of(past) == {"replayed": 4}
    sustained = [part["highest_held"] for day in await days_of(past) for part in day["parts"]]
    assert min(level for level in sustained if level is not None) > 40


async def test_a_ledger_kept_for_another_source_is_not_filled_from_its_history(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await keep(past, SLOT, 5)
    await keep(past, SLOT, 30, source=NEW)
    entry = await begin(past)
    report(past, NEW, 6, device_class="pm25", unit_of_measurement="μg/m³")
    await replace_source(past, entry, "keep_ledger")
    assert history(past) == ("read", 5)
    assert await origins_of(past) == {"replayed": 5}


async def test_history_waits_until_home_assistant_has_started(past: HomeAssistant) -> None:
    await keep(past, SLOT, 5)
    past.set_state(CoreState.starting)
    await begin(past)
    assert history(past) == ("waiting", 0)
    past.set_state(CoreState.running)
    past.bus.async_fire("homeassistant_started")
    await past.async_block_till_done(wait_background_tasks=True)
    assert history(past) == ("read", 5)


async def test_a_restart_in_the_middle_reads_the_history_again(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await keep(past, SLOT, 5)
    past.set_state(CoreState.starting)
    entry = await begin(past)
    await pass_time(past, clock, DAY, {PM25: usual})
    past.set_state(CoreState.running)
    await begin_again(past, entry)
    assert await origins_of(past) == {"replayed": 5, "live": 1}
    days = [day["day"] for day in await days_of(past)]
    assert days == sorted(set(days))


async def test_each_of_several_sources_is_filled(past: HomeAssistant) -> None:
    report(past, VOC, 120)
    await keep(past, SLOT, 4)
    await keep(
        past, SLOT, 6, source=VOC, unit="ppb", level=lambda at: usual(at, Pollutant.VOC_RATIO)
    )
    await begin(past, a_kitchen(Pollutant.PM25, Pollutant.VOC_RATIO))
    assert len(await days_of(past)) == 4
    assert len(await days_of(past, "voc_ratio")) == 6
    explained = (await act(past, "explain"))["quantities"]["voc_ratio"]["numbers"]
    assert "warm_up" not in explained["evidence"]["missing"], "it ran before"


async def test_without_a_recorder_everything_else_works(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await begin(hass)
    assert history(hass) == ("unreadable", 0)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, LEARNING).state == "collecting"
    with pytest.raises(ServiceValidationError, match="recorder is not set up"):
        await act(hass, "relearn_from_history")
    worth = await async_survey(hass, PM25, SOURCE)
    assert worth.usable_days == 0
    assert worth.earliest_learned == date(2026, 3, 23)


async def test_a_recorder_that_cannot_open_its_database_counts_as_none(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    async_initialize_recorder(hass)
    nowhere = {"db_url": "sqlite:////dev/null/home.db", "db_max_retries": 1, "db_retry_wait": 0}
    assert not await async_setup_component(hass, "recorder", {"recorder": nowhere})
    entry = await begin(hass)
    assert history(hass) == ("unreadable", 0)
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert shown(hass, LEARNING).state == "collecting"
    worth = await async_survey(hass, PM25, SOURCE)
    assert worth.no_history is NoHistory.NO_RECORDER
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.get(LEARNING) is None


async def test_relearning_can_be_undone(
    past: HomeAssistant, hass_storage: dict[str, Any], clock: FrozenDateTimeFactory
) -> None:
    await keep(past, HOUR, 40)
    await keep(past, SLOT, 10)
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 20)}})
    entry = await begin(past, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    await pass_time(past, clock, HOUR, {PM25: usual})
    await entry.runtime_data.store.async_save()
    before = json.loads(json.dumps(stored(hass_storage)))
    answer = await act(past, "relearn_from_history")
    (correction,) = answer["corrections"]
    assert correction["kind"] == "relearned"
    assert await origins_of(past) == {"hourly": 20, "live": 10, "replayed": 10}
    assert history(past) == ("read", 30)
    words = (await act(past, "explain"))["quantities"]["pm25"]["words"]
    assert "relearned from history or from a file" in words["because"]
    await begin_again(past, entry)
    undone = await act(past, "undo", correction=correction["correction"])
    assert undone["corrections"] == answer["corrections"]
    after = json.loads(json.dumps(stored(hass_storage)))
    for name in ("days", "entries", "episodes", "root"):
        assert after[name] == before[name], name
    assert "former" not in after


async def test_relearning_needs_a_history(past: HomeAssistant) -> None:
    await begin(past, a_kitchen(use_history=False))
    past.states.async_remove(PM25)
    with pytest.raises(ServiceValidationError, match="no usable history for these sensors"):
        await act(past, "relearn_from_history")
    assert (await act(past, "get_ledger"))["quantities"]["pm25"]["corrections"] == []


async def test_a_survey_says_what_a_history_is_worth(past: HomeAssistant) -> None:
    await keep(past, HOUR, 40)
    await keep(past, SLOT, 10)
    worth = await async_survey(past, PM25, SOURCE)
    assert worth.usable_days == 25, "10 of five-minute means, 30 of hourly ones"
    assert worth.earliest_learned == (TODAY + 4 * DAY).date()
