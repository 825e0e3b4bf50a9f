"""A home to which anything can happen at any moment: for the tests of what runs at once.

Recorder and files are real. What goes wrong in a task that nobody awaits is found as well.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
import gc
from pathlib import Path
from random import Random
from time import sleep
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    ConfigEntryDisabler,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryDataWithId,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy.exc import OperationalError

from custom_components.air_baseline.coordinator import RoomCoordinator
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.home_history import recorder
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import DOMAIN
from tests.files import disk, full_disk, read
from tests.home import (
    ATTRIBUTES,
    BEDROOM,
    INDEX,
    KITCHEN,
    PM25,
    STEP,
    VOC,
    a_home,
    a_room,
    pass_time,
    report,
    usual,
)
from tests.recorded import SLOT, keep

DAYS = 3  # Days of history that each source has.
MOVED = "sensor.moved"  # The id that the kitchen's PM2.5 sensor gets, and loses again.
UNSETTLED = ("waiting", "reading")
ATTRIBUTES[MOVED] = ATTRIBUTES[PM25]
LEVELS = {
    PM25: usual,
    VOC: lambda at: usual(at, Pollutant.VOC_RATIO),
    INDEX: lambda at: usual(at, Pollutant.VOC_INDEX),
}

type Corrections = dict[str, set[str]]  # The days that were excluded, by room.


@contextmanager
def nothing_unretrieved(found: list[str]) -> Iterator[None]:
    """Collect what the loop is told of, such as the exception of a task that nobody awaited."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(
        lambda _, context: found.append(f"{context['message']}: {context.get('exception')!r}")
    )
    try:
        yield
        gc.collect()
    finally:
        loop.set_exception_handler(before)


async def give_history(hass: HomeAssistant) -> None:
    """Give three sources some days of five-minute means."""
    er.async_get(hass).async_get_or_create(
        "sensor", "test", "pm25", suggested_object_id=PM25.removeprefix("sensor.")
    )
    for source, pollutant, unit in (
        (PM25, Pollutant.PM25, "μg/m³"),
        (VOC, Pollutant.VOC_RATIO, "ppb"),
        (INDEX, Pollutant.VOC_INDEX, None),
    ):
        await keep(hass, SLOT, DAYS, source=source, unit=unit, level=LEVELS[source])
        report(hass, source, usual(dt_util.utcnow().timestamp(), pollutant))


def two_rooms() -> MockConfigEntry:
    """Return a kitchen with two sources and a bedroom with one, which start from history."""
    return a_home(the_kitchen(), the_bedroom())


def the_kitchen() -> ConfigSubentryDataWithId:
    """Return a kitchen with two sources."""
    room = a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO)
    return {**room, "data": {**room["data"], "use_history": True}}


def the_bedroom() -> ConfigSubentryDataWithId:
    """Return a bedroom with one source."""
    room = a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX)
    return {**room, "data": {**room["data"], "use_history": True}}


class Life:
    """What happens to a home in random order; what is found wrong is in `found`."""

    def __init__(self, hass: HomeAssistant, clock: FrozenDateTimeFactory, random: Random) -> None:
        self.hass = hass
        self.clock = clock
        self.random = random
        self.found: list[str] = []
        self.done: list[str] = []
        self.confirmed: Corrections = {}
        self.reloads = 0
        self._removed = Counter[str]()  # How often, by what a correction is of.
        self._tasks: list[asyncio.Task[None]] = []
        self.faults = ExitStack()
        self._entity_id = PM25

    async def begin(self) -> None:
        self.entry = two_rooms()
        self.confirmed = {}
        self.entry.add_to_hass(self.hass)
        await self.hass.config_entries.async_setup(self.entry.entry_id)

    async def happen(self) -> None:
        """Let one thing happen, and pass a random moment."""
        act = self.random.choices(
            [
                self._reload,
                self._correct,
                self._wait,
                self._relearn,
                self._bedroom,
                self._voc,
                self._rename,
                self._disable,
                self._slot,
                self._break_recorder,
                self._fill_disk,
                self._mend,
            ],
            [12, 5, 1, 2, 2, 2, 2, 1, 2, 2, 1, 2],
        )[0]
        self.done.append(act.__name__)
        await act()
        if self.random.random() < 0.3:
            await asyncio.get_running_loop().run_in_executor(  # The clock of the loop stands still.
                None, sleep, self.random.uniform(0.0, 0.05)
            )
        for _ in range(self.random.choice((0, 1, 3, 10, 40))):
            await asyncio.sleep(0)

    async def come_to_rest(self) -> None:
        """Let all that was begun end, and all that is tried again succeed."""
        await self._mend()
        await asyncio.gather(*self._tasks)
        self._tasks.clear()
        if self.entry.disabled_by:
            await self.hass.config_entries.async_set_disabled_by(self.entry.entry_id, None)
        await self.rest()
        if self.entry.state is not ConfigEntryState.LOADED:
            self.found.append(f"the entry is {self.entry.state}: {self.entry.reason}")
            return
        await self._pass(timedelta(minutes=40))

    async def rest(self) -> None:
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def check(self) -> None:
        """Find what is not as it should be in a home that has come to rest."""
        if self.entry.state is not ConfigEntryState.LOADED:
            return
        rooms = self.entry.runtime_data.rooms
        if set(rooms) != set(self.entry.subentries):
            self.found.append(f"rooms {set(rooms)} of {set(self.entry.subentries)}")
        for room_id, room in rooms.items():
            for pollutant, channel in room.channels.items():
                name = f"{room_id} {pollutant}"
                if channel.history != "read":
                    self.found.append(f"the history of {name} is {channel.history}")
                days = channel.ledger.days
                if sum(day.origin == "replayed" for day in days) < DAYS:
                    self.found.append(f"{name} has days {[day.origin for day in days]}")
            if not room.last_update_success:
                self.found.append(f"{room_id} has failed: {room.last_exception}")
            self._check_corrections(room_id, room)

    def _check_corrections(self, room_id: str, room: RoomCoordinator) -> None:
        stored = read(self.hass, LEDGER_KEY)["data"]["rooms"][room_id]["channels"]
        for pollutant, channel in room.channels.items():
            known = {entry.id for entry in channel.ledger.entries}
            on_disk = {row[0] for row in stored[pollutant.value]["entries"]}
            confirmed = self.confirmed.get(f"{room_id} {pollutant}", set())
            lost = {one for one in confirmed if int(one) not in known or int(one) not in on_disk}
            if lost:
                self.found.append(f"corrections {lost} of {room_id} {pollutant} are lost")

    async def end(self) -> None:
        """Remove the home; nothing of it may be left."""
        if self._entity_id == MOVED:
            await self._rename()
            await async_wait_recording_done(self.hass)
        await self.hass.config_entries.async_remove(self.entry.entry_id)
        await self.rest()
        self.found += [f"{name} is left" for name in left(self.hass)]

    def _start(self, act: Coroutine[Any, Any, object]) -> None:
        """Begin something that goes on while other things happen; people see its errors."""

        async def carry_out() -> None:
            try:
                await act
            except HomeAssistantError:
                pass
            except Exception as error:  # noqa: BLE001 - whatever it is, it was found
                self.found.append(f"{self.done[-3:]}: {error!r}")

        self._tasks.append(asyncio.create_task(carry_out()))

    async def _reload(self) -> None:
        self.reloads += 1
        reload = self.hass.config_entries.async_reload(self.entry.entry_id)
        if self.random.random() < 0.5:
            await reload
        else:
            self._start(reload)

    def _room(self) -> RoomCoordinator | None:
        """Return one of the rooms that run, None if it does not."""
        if self.entry.state is not ConfigEntryState.LOADED:
            return None
        rooms: dict[str, RoomCoordinator] = self.entry.runtime_data.rooms
        return rooms.get(self.random.choice((KITCHEN, BEDROOM)))

    async def _correct(self) -> None:
        """Exclude a day, and remember it once that is confirmed."""
        room = self._room()
        if room is None:
            return
        day = dt_util.now().date() - timedelta(days=self.random.randint(1, 20))
        room_id = room.subentry.subentry_id

        before = self._removed.copy()

        async def strike() -> None:
            answer = await self._act(room_id, "strike_days", start_date=str(day))
            for one in answer["corrections"]:
                key = f"{room_id} {one['quantity']}"
                if before[key] == self._removed[key]:
                    self.confirmed.setdefault(key, set()).add(str(one["correction"]))

        self._start(strike())

    async def _wait(self) -> None:
        """Wait for all that was begun."""
        await asyncio.gather(*self._tasks)

    async def _relearn(self) -> None:
        room = self._room()
        if room is not None:
            self._start(self._act(room.subentry.subentry_id, "relearn_from_history"))

    async def _act(self, room_id: str, action: str, **given: Any) -> dict[str, Any]:
        devices = dr.async_get(self.hass).async_get_devices(identifiers={(DOMAIN, room_id)})
        if not devices:
            return {"corrections": []}
        answer = await self.hass.services.async_call(
            DOMAIN,
            action,
            {"device_id": devices[0].id, **given},
            blocking=True,
            return_response=True,
        )
        return dict(answer or {})

    async def _bedroom(self) -> None:
        """Remove the bedroom, or add it again."""
        update = self.hass.config_entries
        if BEDROOM in self.entry.subentries:
            update.async_remove_subentry(self.entry, BEDROOM)
        else:
            room = the_bedroom()
            update.async_add_subentry(
                self.entry,
                ConfigSubentry(
                    data=MappingProxyType(dict(room["data"])),
                    subentry_id=BEDROOM,
                    subentry_type="room",
                    title=room["title"],
                    unique_id=room["unique_id"],
                ),
            )
        self._forget(f"{BEDROOM} voc_index")

    def _forget(self, key: str) -> None:
        self._removed[key] += 1
        self.confirmed.pop(key, None)

    async def _voc(self) -> None:
        """Remove the kitchen's second source, or add it again."""
        room = self.entry.subentries[KITCHEN]
        data = {key: value for key, value in room.data.items() if not key.startswith("voc")}
        if "voc_source" not in room.data:
            data |= {k: v for k, v in the_kitchen()["data"].items() if k.startswith("voc")}
        self.hass.config_entries.async_update_subentry(self.entry, room, data=data)
        self._forget(f"{KITCHEN} voc_ratio")

    async def _rename(self) -> None:
        registry = er.async_get(self.hass)
        before, self._entity_id = self._entity_id, MOVED if self._entity_id == PM25 else PM25
        state = self.hass.states.get(before)
        registry.async_update_entity(before, new_entity_id=self._entity_id)
        self.hass.states.async_remove(before)
        if state is not None:
            self.hass.states.async_set(self._entity_id, state.state, state.attributes)

    async def _disable(self) -> None:
        by = None if self.entry.disabled_by else ConfigEntryDisabler.USER
        self._start(self.hass.config_entries.async_set_disabled_by(self.entry.entry_id, by))

    async def _slot(self) -> None:
        self.clock.tick(STEP)
        async_fire_time_changed(self.hass)

    async def _break_recorder(self) -> None:
        """Let the database be locked, or fail in a way that nobody has thought of."""
        error = self.random.choice(
            (OperationalError("", {}, Exception("locked")), KeyError("mean"), OSError(28, "full"))
        )

        def fail(*_: object, **__: object) -> None:
            raise error

        self.faults.enter_context(patch.object(recorder, "statistics_during_period", fail))

    async def _fill_disk(self) -> None:
        await self._mend()
        self.faults.enter_context(full_disk())

    async def _mend(self) -> None:
        self.faults.close()

    async def _pass(self, duration: timedelta) -> None:
        sources = {self._entity_id if one == PM25 else one: LEVELS[one] for one in LEVELS}
        await pass_time(self.hass, self.clock, duration, sources)


def left(hass: HomeAssistant) -> list[str]:
    """Return what is left of the integration: files, states, tasks."""
    folder = Path(disk(hass, "")).glob(f"{DOMAIN}*")
    ours = er.async_get(hass).entities.values()
    return [
        *(path.name for path in folder),
        *(one.entity_id for one in ours if one.platform == DOMAIN),
        *(
            task.get_name()
            for task in asyncio.all_tasks()
            if DOMAIN in task.get_name() and not task.done()
        ),
    ]
