"""A home or a room that goes while something is under way: nothing of it comes back or is left.

With a real recorder and real files.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import sleep
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import storage as ha_storage
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.home_history import (
    backfill,
    look_back,
    range_statistics,
    recorder,
)
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY
from tests.faults import complaints
from tests.files import read, write
from tests.gates import Gate, gate_before
from tests.home import (
    BEDROOM,
    KITCHEN,
    PM25,
    a_store,
    act,
    issues,
    learned,
    pass_time,
    set_up,
    settle,
    shown,
)
from tests.life import LEVELS, give_history, left, nothing_unretrieved, two_rooms
from tests.system.test_removal import recorded, without

pytestmark = pytest.mark.on_disk

HOUR = timedelta(hours=1)
HEAD_START_S = 0.3  # Seconds, by judgement: a removal that waits for nothing is over by then.


@dataclass
class Home:
    """Two rooms that are about to be set up, and what is found wrong."""

    hass: HomeAssistant
    clock: FrozenDateTimeFactory
    entry: MockConfigEntry

    async def set_up(self) -> None:
        """Set the home up, and begin what its rooms do in the background."""
        await set_up(self.hass, self.entry)

    async def set_up_learned(self) -> None:
        """The same, with rooms that have learned their ranges: only those have statistics."""
        store = a_store(
            {
                KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)},
                BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 36)},
            }
        )
        write(self.hass, LEDGER_KEY, store)
        await self.set_up()

    async def rest(self) -> None:
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def pass_to(self, after: timedelta) -> None:
        """Let the clock jump; what becomes due is begun, not awaited."""
        self.clock.tick(after)
        async_fire_time_changed(self.hass)
        await settle()


@pytest.fixture
async def home(
    recorder_mock: object,
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> Home:
    """Give two rooms a history."""
    await give_history(hass)
    return Home(hass, clock, two_rooms())


def of_file(key: str) -> Callable[..., bool]:
    """Return what tells whether a write is one of a file."""
    return lambda path, *_, **__: Path(path).name == key


@contextmanager
def held(home: Home, what: str) -> Iterator[tuple[Gate, Callable[[], Awaitable[None]]]]:
    """Hold something that a home does in a thread; yield its gate, and what begins it."""

    async def correct() -> None:
        await home.set_up()
        await home.rest()

        async def strike() -> None:
            with suppress(HomeAssistantError):  # It can come too late.
                await act(home.hass, "strike_days", start_date="2026-02-28")

        correcting.append(asyncio.create_task(strike()))

    async def a_day_later() -> None:
        await home.set_up()
        await home.rest()
        await home.pass_to(25 * HOUR)

    correcting: list[asyncio.Task[None]] = []
    module, name, wanted, begin = {
        "import": (recorder, "statistics_during_period", None, home.set_up),
        "replay": (backfill, "filled", None, home.set_up),
        "look-back": (look_back, "recorded", None, home.set_up),
        "statistics": (range_statistics, "get_metadata", None, home.set_up_learned),
        "correction": (ha_storage, "write_utf8_file_atomic", of_file(LEDGER_KEY), correct),
        "good copy": (ha_storage, "write_utf8_file_atomic", of_file(GOOD_KEY), a_day_later),
        "day's close": (ha_storage, "write_utf8_file_atomic", of_file(LEDGER_KEY), a_day_later),
    }[what]
    with gate_before(module, name, wanted or (lambda *_, **__: True)) as gate:

        async def start() -> None:
            beginning = asyncio.create_task(begin())
            await gate.reached()
            started.append(beginning)

        started: list[asyncio.Task[None]] = []
        yield gate, start
    for task in (*started, *correcting):
        task.add_done_callback(asyncio.Task.exception)  # It may have come too late.


THINGS = (
    "import",
    "replay",
    "look-back",
    "statistics",
    "correction",
    "good copy",
    "day's close",
)


@pytest.mark.parametrize("what", THINGS)
async def test_nothing_is_left_of_a_home_that_is_removed_in_the_middle_of_something(
    home: Home, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    found: list[str] = []
    hass, entry = home.hass, home.entry
    with nothing_unretrieved(found):
        with held(home, what) as (gate, begin):
            await begin()
            removal = asyncio.create_task(hass.config_entries.async_remove(entry.entry_id))
            await settle()
            await asyncio.get_running_loop().run_in_executor(None, sleep, HEAD_START_S)
            await settle()
            gate.open()
            await removal
            await home.rest()
        await pass_time(hass, home.clock, 2 * HOUR, LEVELS)
        assert left(hass) == []
        assert issues(hass) == []
        assert without(await recorded(hass), "sensor.") == {}
    assert found == []
    assert complaints(caplog.records) == []


@pytest.mark.parametrize("what", THINGS)
async def test_a_room_that_is_removed_in_the_middle_of_something_takes_nobody_with_it(
    home: Home, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    found: list[str] = []
    hass, entry = home.hass, home.entry
    with nothing_unretrieved(found):
        with held(home, what) as (gate, begin):
            await begin()
            hass.config_entries.async_remove_subentry(entry, KITCHEN)
            await settle()
            gate.open()
            await home.rest()
        await pass_time(hass, home.clock, 2 * HOUR, LEVELS)
        assert set(read(hass, LEDGER_KEY)["data"]["rooms"]) == {BEDROOM}
        assert shown(hass, "sensor.bedroom_voc_learning").attributes["history"] == "read"
        assert hass.states.get("sensor.kitchen_pm25_learning") is None
        ours = await recorded(hass)
        assert not [name for name in ours if name.startswith("air_baseline:01kitchen")]
    assert found == []
    assert complaints(caplog.records) == []
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("what", THINGS)
async def test_a_home_that_is_disabled_in_the_middle_of_something_goes_on_where_it_was(
    home: Home, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    found: list[str] = []
    hass, entry = home.hass, home.entry
    with nothing_unretrieved(found):
        with held(home, what) as (gate, begin):
            await begin()
            disabling = asyncio.create_task(
                hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
            )
            await settle()
            gate.open()
            await disabling
            await home.rest()
        await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
        await home.rest()
        await pass_time(hass, home.clock, HOUR, LEVELS)
        for learning in ("sensor.kitchen_pm25_learning", "sensor.bedroom_voc_learning"):
            assert shown(hass, learning).attributes["history"] == "read"
    assert found == []
    assert complaints(caplog.records) == []


async def test_statistics_of_a_room_and_then_of_the_home_are_removed_before_they_are_known(
    home: Home,
) -> None:
    """The recorder knows what is written only once it has worked off its queue."""
    hass, entry = home.hass, home.entry
    await home.set_up_learned()
    await home.rest()
    assert without(await recorded(hass), "sensor.") != {}
    with patch.object(range_statistics, "get_metadata", lambda *_, **__: {}):
        hass.config_entries.async_remove_subentry(entry, KITCHEN)
        await settle()
        await hass.config_entries.async_remove(entry.entry_id)
    await home.rest()
    assert without(await recorded(hass), "sensor.") == {}


async def test_a_save_of_the_last_run_never_comes_after_one_of_this_run(home: Home) -> None:
    """A room is removed, the home is reloaded while the disk is slow, then a day is excluded."""
    hass, entry = home.hass, home.entry
    await home.set_up()
    await home.rest()
    with gate_before(ha_storage, "write_utf8_file_atomic", of_file(LEDGER_KEY)) as gate:
        hass.config_entries.async_remove_subentry(entry, BEDROOM)
        await gate.reached()
        reload = asyncio.create_task(hass.config_entries.async_reload(entry.entry_id))
        await settle()
        gate.open()
        await reload
    await home.rest()
    await act(hass, "strike_days", start_date="2026-02-28", quantity="pm25")
    for _ in range(3):
        await home.pass_to(timedelta(seconds=10))
        await home.rest()
        channel = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
        assert len(channel["entries"]) == 1


async def test_a_correction_that_comes_too_late_is_refused(home: Home) -> None:
    """The last save of a room may be over when it has stopped."""
    await home.set_up()
    await home.rest()
    room = home.entry.runtime_data.rooms[KITCHEN]
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    with pytest.raises(HomeAssistantError, match="before this finished"):
        await room.async_correct(lambda _: None)


async def test_home_assistant_that_stops_during_an_import_neither_hangs_nor_loses(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """What was lived meanwhile is saved; the history is read again at the next start."""
    hass = home.hass
    found: list[str] = []
    with nothing_unretrieved(found):
        await home.set_up()
        await home.rest()
        await pass_time(hass, home.clock, HOUR, LEVELS)
        with gate_before(backfill, "filled") as gate:
            hass.config_entries.async_remove_subentry(home.entry, BEDROOM)
            await home.rest()
            gate.open()
        await pass_time(hass, home.clock, timedelta(minutes=10), LEVELS)
        lived = hass.states.get(PM25)
        assert lived is not None
        await hass.async_stop(force=True)
    channel = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert channel["source"]["last_read"] == pytest.approx(lived.last_reported_timestamp)
    assert found == []
    assert complaints(caplog.records) == []
