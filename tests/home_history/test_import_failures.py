"""Whatever goes wrong with the import of one source stays there, and is tried again by itself."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy.exc import OperationalError

from custom_components.air_baseline.core.codes import HistoryState
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.past.history_import import PastDays
from custom_components.air_baseline.core.past.replay import ReplaySetting, filled
from custom_components.air_baseline.home_history import backfill, recorder, relearn
from custom_components.air_baseline.home_history.in_turn import LONGEST_RETRY_S, RETRY_S, retry_s
from custom_components.air_baseline.storage.store import NotSavedError
from tests.files import full_disk
from tests.gates import gate_before
from tests.home import (
    BEDROOM,
    KITCHEN,
    NOON,
    PM25,
    a_home,
    act,
    come_to_rest,
    issues,
    pass_time,
    report,
    set_up,
    settle,
    shown,
)
from tests.life import (
    DAYS,
    LEVELS,
    MOVED,
    give_history,
    nothing_unretrieved,
    the_bedroom,
    the_kitchen,
    two_rooms,
)

LEARNING, BEDROOM_LEARNING = "sensor.kitchen_pm25_learning", "sensor.bedroom_voc_learning"
DAY = NOON.date() - timedelta(days=2)
FAILURES = {
    "locked": OperationalError("select", {}, Exception("database is locked")),
    "shut down": RuntimeError("cannot schedule new futures after shutdown"),
    "full": OSError(28, "No space left on device"),
    "never thought of": KeyError("mean"),
    "out of memory": MemoryError(),
}
RETRY = timedelta(seconds=RETRY_S)


@pytest.fixture
async def past(
    recorder_mock: object, hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> HomeAssistant:
    """Give three sources a history, and stop the clock."""
    await give_history(hass)
    return hass


async def begin(hass: HomeAssistant) -> MockConfigEntry:
    """Set up two rooms, and wait until there is nothing to do."""
    entry = two_rooms()
    await set_up(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


def history(hass: HomeAssistant, learning: str = LEARNING) -> str:
    state: str = shown(hass, learning).attributes["history"]
    return state


@contextmanager
def failing(source: str, error: Exception) -> Iterator[None]:
    """Let the recorder fail for one source."""

    def fail(*given: object) -> object:
        if source in given[3]:  # type: ignore[operator]
            raise error
        return statistics_during_period(*given)  # type: ignore[arg-type]

    with patch.object(recorder, "statistics_during_period", fail):
        yield


@pytest.mark.parametrize("failure", FAILURES)
async def test_one_source_that_cannot_be_read_keeps_no_other_waiting_and_is_tried_again(
    past: HomeAssistant,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    failure: str,
) -> None:
    found: list[str] = []
    with nothing_unretrieved(found):
        with failing(PM25, FAILURES[failure]):
            await begin(past)
            assert history(past) == "unreadable"
            assert history(past, "sensor.kitchen_voc_learning") == "read"
            assert history(past, BEDROOM_LEARNING) == "read"
            await pass_time(past, clock, 3 * RETRY, LEVELS)
            assert history(past) == "unreadable"
        await pass_time(past, clock, 4 * RETRY, LEVELS)
        assert history(past) == "read"
    assert found == []
    assert shown(past, LEARNING).attributes["history_days"] == DAYS
    said = [text for text in caplog.messages if "the history of pm25 cannot be read" in text]
    assert len(said) == 1, "three tries"
    assert "trying again in 5 minutes" in said[0]


async def test_a_failure_after_the_reading_is_not_that_of_other_rooms_either(
    past: HomeAssistant, clock: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    calls = list[int]()

    def fail_once(ledger: Ledger, past_days: PastDays, own: int, setting: ReplaySetting) -> Ledger:
        calls.append(len(calls))
        if len(calls) == 1:
            raise ZeroDivisionError
        return filled(ledger, past_days, own, setting)

    with patch.object(backfill, "filled", fail_once):
        await begin(past)
        assert (history(past), history(past, BEDROOM_LEARNING)) == ("unreadable", "read")
        assert shown(past, LEARNING).state == "collecting", "the room works"
        await pass_time(past, clock, 2 * RETRY, LEVELS)
    assert history(past) == "read"
    assert sum(bool(one.exc_info) for one in caplog.records) == 1, "this one is for developers"


async def test_a_recorder_that_hangs_keeps_nothing_waiting_for_ever(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    with gate_before(recorder, "statistics_during_period", lambda *given: PM25 in given[3]) as gate:
        await set_up(past, two_rooms())
        await gate.reached()
        assert (history(past), history(past, BEDROOM_LEARNING)) == ("reading", "waiting")
        clock.tick(timedelta(seconds=recorder.STEP_PATIENCE_S + 1))
        async_fire_time_changed(past)
        while history(past, BEDROOM_LEARNING) != "read":
            await settle()
        assert history(past) == "unreadable"
    await past.async_block_till_done(wait_background_tasks=True)
    await pass_time(past, clock, 12 * RETRY, LEVELS)
    assert (history(past), history(past, BEDROOM_LEARNING)) == ("read", "read")


async def test_a_database_that_is_being_updated_is_read_afterwards(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    with patch.object(recorder, "async_migration_in_progress", lambda _: True):
        await begin(past)
        assert (history(past), history(past, BEDROOM_LEARNING)) == ("unreadable", "unreadable")
    await pass_time(past, clock, 2 * RETRY, LEVELS)
    assert (history(past), history(past, BEDROOM_LEARNING)) == ("read", "read")


def test_tries_become_rarer_but_never_end() -> None:
    waits = [retry_s(failures) for failures in range(1, 2000)]
    assert waits[0] == RETRY_S
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_RETRY_S


async def test_a_correction_during_the_import_counts_for_the_imported_days(
    past: HomeAssistant,
) -> None:
    with gate_before(backfill, "filled") as gate:
        await set_up(past, two_rooms())
        await gate.reached()
        corrected = await act(past, "strike_days", start_date=str(DAY), quantity="pm25")
    await past.async_block_till_done(wait_background_tasks=True)
    known = (await act(past, "get_ledger"))["quantities"]["pm25"]
    assert len(known["corrections"]) == len(corrected["corrections"]) == 1
    assert len(known["days"]) == DAYS
    assert [day["day"] for day in known["days"] if day["struck_parts"]] == [str(DAY)]


async def test_a_source_that_is_renamed_while_it_is_read_is_read_again(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    """What was read up to then may be a part of its history only."""
    with gate_before(recorder, "statistics_during_period") as gate:
        await set_up(past, two_rooms())
        await gate.reached()
        er.async_get(past).async_update_entity(PM25, new_entity_id=MOVED)
        past.states.async_remove(PM25)
        report(past, MOVED, 6)
        await async_wait_recording_done(past)
    await come_to_rest(past)
    await past.async_block_till_done(wait_background_tasks=True)
    await pass_time(past, clock, 3 * RETRY, {MOVED: LEVELS[PM25]})
    assert history(past) == "read"
    assert shown(past, LEARNING).attributes["history_days"] == DAYS


async def test_history_that_is_not_wanted_any_more_does_not_wait(past: HomeAssistant) -> None:
    """A source that another room has waits for that room, not for its history."""
    kitchen = the_kitchen()
    other: Any = {**the_bedroom(), "data": {**kitchen["data"], "area_id": "bedroom"}}
    entry = a_home(kitchen, other)
    await set_up(past, entry)
    await past.async_block_till_done(wait_background_tasks=True)
    rooms = entry.runtime_data.rooms
    states = [channel.history for channel in rooms[BEDROOM].channels.values()]
    assert states == [HistoryState.UNUSED] * 2
    past.config_entries.async_remove_subentry(entry, KITCHEN)
    await past.async_block_till_done(wait_background_tasks=True)
    states = [channel.history for channel in rooms[BEDROOM].channels.values()]
    assert states == [HistoryState.READ] * 2, "once it is free"


@pytest.mark.on_disk
async def test_a_disk_that_fills_while_an_import_runs_costs_no_room_its_history(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    found: list[str] = []
    with nothing_unretrieved(found):
        with gate_before(backfill, "filled") as gate, full_disk():
            entry = two_rooms()
            await set_up(past, entry)
            await gate.reached()
            gate.open()
            await past.async_block_till_done(wait_background_tasks=True)
            assert (history(past), history(past, BEDROOM_LEARNING)) == ("read", "read")
        await pass_time(past, clock, timedelta(minutes=20), LEVELS)
        await past.config_entries.async_reload(entry.entry_id)
        await past.async_block_till_done(wait_background_tasks=True)
    assert found == []
    for learning in (LEARNING, BEDROOM_LEARNING, "sensor.kitchen_voc_learning"):
        assert history(past, learning) == "read"
        assert shown(past, learning).attributes["history_days"] == DAYS
    assert issues(past) == []


@pytest.mark.on_disk
async def test_relearning_on_a_full_disk_is_in_force_for_every_source(
    past: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await begin(past)
    with full_disk(), pytest.raises(NotSavedError):
        await act(past, "relearn_from_history")
    for ledger in (await act(past, "get_ledger"))["quantities"].values():
        assert [one["kind"] for one in ledger["corrections"]] == ["relearned"]


async def test_relearning_a_source_that_goes_meanwhile_says_so(past: HomeAssistant) -> None:
    entry = await begin(past)
    with gate_before(recorder, "statistics_during_period") as gate:
        relearning = asyncio.create_task(act(past, "relearn_from_history"))
        await gate.reached()
        room = entry.subentries[KITCHEN]
        data = {key: value for key, value in room.data.items() if not key.startswith("voc")}
        past.config_entries.async_update_subentry(entry, room, data=data)
        await settle()
    with pytest.raises(HomeAssistantError, match="before this finished"):
        await relearning


async def test_a_reload_in_the_middle_of_an_import_leaves_nothing_behind(
    past: HomeAssistant,
) -> None:
    found: list[str] = []
    for module, name in (
        (recorder, "statistics_during_period"),
        (relearn, "past_days"),
        (backfill, "filled"),
    ):
        with nothing_unretrieved(found):
            with gate_before(module, name) as gate:
                entry = two_rooms()
                await set_up(past, entry)
                await gate.reached()
                reload = asyncio.create_task(past.config_entries.async_reload(entry.entry_id))
                await settle()
                gate.open()
                assert await reload
            await past.async_block_till_done(wait_background_tasks=True)
            assert (history(past), history(past, BEDROOM_LEARNING)) == ("read", "read")
            await past.config_entries.async_remove(entry.entry_id)
            await past.async_block_till_done(wait_background_tasks=True)
    assert found == []
