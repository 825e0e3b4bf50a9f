"""The ledgers on disk: one store and one last good copy; nothing is computed here.

A damaged channel is taken from the last good copy, and a damaged file is set aside as a whole. A
store written by a newer version is left untouched.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, tzinfo
from functools import cached_property
import os
from pathlib import Path
import shutil
from time import sleep
from typing import Any, override

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, CoreState, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, UnsupportedStorageVersionError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.json import json_bytes, json_fragment
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError

from ..const import DOMAIN, LOGGER
from ..core.alerting.promise import Promise
from ..core.channel import Channel
from ..core.day import DAY_S
from ..core.reading.surroundings import SurroundingMean
from ..core.storage.channel import freeze_channel
from .good_days import GoodDays, days_of_rooms, kept_days, lost_days
from .rooms import Loaded, NewerStoreError, RoomsReader, StoredRoom, mapping, read_surroundings

# 1: the first. 2: what was off at night, doubts about a unit, signs of life (all may be missing).
STORAGE_VERSION = 2
LEDGER_KEY = f"{DOMAIN}.ledger"
GOOD_KEY = f"{DOMAIN}.ledger_good"
SAVE_EVERY_S = 15 * 60.0  # Seconds that a power cut can cost, by judgement.
SOON_S = 5  # Seconds, by judgement: all rooms close a day within them, so one save is enough.
GOOD_COPY_S = 24 * 3600.0  # Seconds between copies, by judgement.
# Seconds, by judgement, that the writing thread sleeps before each channel. A busy thread gives up
# Python only every 5 ms, and the event loop needs it dozens of times for each room. Measured: a
# day's close took 300 ms during a save without this, 10 ms with it.
YIELD_S = 1e-4
CORRUPT, NEWER = "corrupt", "newer"  # In the names of files that are set aside.
EARLIER = "v"  # The same, of copies from before the stored form changed, with its number.
EARLIER_KEPT_S = 30 * DAY_S  # Seconds, by judgement: long enough to go back to an older version.


class UnreadableStoreError(Exception):
    """The store cannot be read from the disk at present; it is unchanged."""


class NotSavedError(HomeAssistantError):
    """The store could not be written to the disk; what should be saved is only in memory."""


class LedgerStore:
    """Load and save the rooms of one entry."""

    def __init__(self, hass: HomeAssistant, rooms: Callable[[], Mapping[str, StoredRoom]]) -> None:
        """Prepare the two files; `rooms` returns the rooms to save at the time of a save."""
        self._hass = hass
        self._rooms = rooms
        self._ledger = _store(hass, LEDGER_KEY)
        self._good = _store(hass, GOOD_KEY)
        self._pending: list[CALLBACK_TYPE] = []  # They cancel the next save.
        self._good_at: float | None = None
        self._good_days: GoodDays = {}
        self._due_at = 0.0
        self._saving = asyncio.Lock()  # A later state is written later.
        self.turn = asyncio.Lock()  # Held while all rooms are busy: a save would slow them down.
        self._saved_at = dt_util.utcnow().timestamp()
        self.surroundings: dict[str, SurroundingMean] = {}  # Shared by channels, by their key.

    async def async_load(self, zone: tzinfo, promise: Promise, rooms: Collection[str]) -> Loaded:
        """Read the given rooms (their ids) from both files.

        Raises NewerStoreError if a file is of a newer version, and UnreadableStoreError if the
        store cannot be read from the disk.
        """
        exists = await self._hass.async_add_executor_job(os.path.isfile, self._ledger.path)
        for store in (self._ledger, self._good):
            await self._hass.async_add_executor_job(_drop_earlier, store.path)
        data, good = await _load(self._ledger), await self._load_good()
        kept_at = mapping(good).get("kept_at")
        self._good_at = kept_at if isinstance(kept_at, float) else None
        self._good_days = days_of_rooms(good)
        reader = RoomsReader(zone, promise, rooms)
        loaded = await self._hass.async_add_executor_job(reader.read, data, good)
        loaded.damaged |= exists and data is None
        self.surroundings = read_surroundings(mapping(data).get("context"), zone)
        if loaded.damaged or loaded.recovered or loaded.lost:
            await self._hass.async_add_executor_job(_set_aside, self._ledger.path, _copy)
        return loaded

    @callback
    def async_schedule_save(self) -> None:
        """Save 15 minutes after the last save, but at most 15 minutes from now.

        The clock may have been set back since that save.
        """
        wait_s = self._saved_at + SAVE_EVERY_S - dt_util.utcnow().timestamp()
        self._async_save_within(min(max(wait_s, 0.0), SAVE_EVERY_S))

    @callback
    def async_save_soon(self) -> None:
        """Save within seconds, so that nothing is reported again after a power cut."""
        self._async_save_within(SOON_S)

    async def async_save(self) -> None:
        """Save now."""
        self._async_forget_pending()
        self._saved_at = dt_util.utcnow().timestamp()
        async with self._saving:
            await self._ledger.async_save(await self._async_freeze())

    @callback
    def _async_save_within(self, delay_s: float) -> None:
        """Save after a delay, unless an earlier save is pending."""
        due_at = dt_util.utcnow().timestamp() + delay_s
        if self._pending and due_at >= self._due_at:
            return
        self._async_forget_pending()
        self._due_at = due_at
        self._pending = [
            async_call_later(self._hass, delay_s, self._async_save_due),
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_save_due),
        ]

    @callback
    def _async_forget_pending(self) -> None:
        while self._pending:
            self._pending.pop()()

    async def _async_save_due(self, _: datetime | Event) -> None:
        """Save; while Home Assistant stops, only the final write does."""
        if self._hass.state is not CoreState.stopping:
            await self._async_wait_for_rooms()
            await self.async_save()

    async def _async_wait_for_rooms(self) -> None:
        """Wait until no round of all rooms runs; rooms never wait for a disk, which can hang."""
        async with self.turn:
            pass

    async def async_save_or_raise(self) -> None:
        """Save now. Raises NotSavedError if that fails."""
        await self.async_save()
        if self._ledger.failed:
            raise NotSavedError(translation_domain=DOMAIN, translation_key="not_saved")

    async def async_keep_good(self, at: float) -> None:
        """Save the last good copy if a day has passed since the one before.

        It is kept if it has days that were lost since without a known reason.
        """
        if self._good_at is None or abs(at - self._good_at) >= GOOD_COPY_S:
            since, self._good_at = self._good_at or 0.0, at
            await self._async_wait_for_rooms()
            days: GoodDays = {}
            for room_id, room in tuple(self._rooms().items()):
                if lost := lost_days(self._good_days, room_id, room, since):
                    LOGGER.warning("The last good copy has days that are lost; it stays: %s", lost)
                    return
                days |= kept_days(room_id, room)
                await asyncio.sleep(0)
            self._good_days = days
            await self._good.async_save({**await self._async_freeze(), "kept_at": at})

    async def async_forget_gone(self, at: float) -> None:
        """Write both files again, without the rooms that are gone."""
        await self.async_save()
        self._good_at = None
        await self.async_keep_good(at)

    async def async_readable(
        self, zone: tzinfo, promise: Promise, rooms: Collection[str]
    ) -> tuple[bool, bool]:
        """Return whether the store and the good copy have rooms that can be read."""

        async def readable(store: Store[dict[str, Any]]) -> bool:
            try:
                data = await _load(store)
                reader = RoomsReader(zone, promise, rooms)
                loaded = await self._hass.async_add_executor_job(reader.read, data, None)
            except NewerStoreError:
                return False
            return any(room.channels for room in loaded.rooms.values())

        return await readable(self._ledger), await readable(self._good)

    async def async_put_aside(self, *, ledger: bool, good: bool) -> None:
        """Set files of a newer version aside: the store, the good copy, or both."""
        for wanted, store in ((ledger, self._ledger), (good, self._good)):
            if wanted:
                await self._hass.async_add_executor_job(_set_aside, store.path, os.replace, NEWER)

    async def async_remove(self) -> None:
        """Remove both files, and the copies that were set aside."""
        await self._ledger.async_remove()
        await self._good.async_remove()
        await self._hass.async_add_executor_job(_remove_set_aside, self._ledger.path)
        await self._hass.async_add_executor_job(_remove_set_aside, self._good.path)

    async def _load_good(self) -> object:
        """Return the content of the good copy, None if it cannot be read and is not needed."""
        try:
            return await _load(self._good)
        except UnreadableStoreError as error:
            if not await self._hass.async_add_executor_job(os.path.isfile, self._ledger.path):
                raise
            LOGGER.warning("The last good copy cannot be read: %s", error)
            return None

    async def _async_freeze(self) -> dict[str, Any]:
        """Return the present state for a thread to write: nothing in it changes any more.

        The event loop is free between two rooms.
        """
        rooms = {}
        for key, room in tuple(self._rooms().items()):
            rooms[key] = _freeze_room(room)
            await asyncio.sleep(0)
        surroundings = {key: mean.dump() for key, mean in self.surroundings.items()}
        return {"rooms": rooms, **({"context": surroundings} if surroundings else {})}


class _ImmediateStore(Store[dict[str, Any]]):
    """A store that writes at once, and whose `failed` says whether that failed.

    Home Assistant delays a save while it stops, and only logs a failure.
    """

    failed = False

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> dict[str, Any]:
        """Keep the file as it is, then read it: each part reads its own earlier forms.

        Raises NotImplementedError for a version that was never written.
        """
        if old_major_version < 1:
            raise NotImplementedError
        await self.hass.async_add_executor_job(
            _set_aside, self.path, _copy, f"{EARLIER}{old_major_version}"
        )
        return old_data

    @override
    async def async_save(self, data: dict[str, Any]) -> None:
        await super().async_save(data)
        if self.hass.state is CoreState.stopping:
            await self._async_handle_write_data()  # type: ignore[no-untyped-call]

    @override
    async def _async_write_data(self, data: dict[str, Any]) -> None:
        try:
            await super()._async_write_data(data)
        except WriteError:
            self.failed = True
            raise
        self.failed = False


def _store(hass: HomeAssistant, key: str) -> _ImmediateStore:
    return _ImmediateStore(
        hass,
        STORAGE_VERSION,
        key,
        private=True,
        atomic_writes=True,
        serialize_in_event_loop=False,
    )


class _ChannelToWrite:
    """A frozen channel; the thread that writes the file turns it into JSON."""

    def __init__(self, channel: Channel) -> None:
        self._frozen = freeze_channel(channel)

    @cached_property  # Home Assistant asks twice: whether it is there, and for it.
    def json_fragment(self) -> json_fragment:
        """Return JSON on one line: Home Assistant would write each number on its own line."""
        sleep(YIELD_S)
        return json_fragment(json_bytes(self._frozen.dump()))


def _freeze_room(room: StoredRoom) -> dict[str, Any]:
    return {
        "channels": {
            pollutant.value: _ChannelToWrite(channel)
            for pollutant, channel in room.channels.items()
        },
        "retired": [*room.retired],
        "asked": room.dump_questions(),
    }


async def _load(store: Store[dict[str, Any]]) -> object:
    """Return the content of a file, None if it is missing or was set aside as damaged.

    Raises NewerStoreError, or UnreadableStoreError if the disk fails: the file may be readable a
    minute later.
    """
    try:
        return await store.async_load()
    except UnsupportedStorageVersionError as error:
        raise NewerStoreError(str(error)) from error
    except OSError as error:
        raise UnreadableStoreError(str(error)) from error
    except (HomeAssistantError, KeyError, NotImplementedError, TypeError, ValueError) as error:
        if isinstance(error.__cause__, OSError):
            raise UnreadableStoreError(str(error)) from error
        LOGGER.error("%s is damaged and was set aside: %s", store.key, error)
        await store.hass.async_add_executor_job(_set_aside, store.path, os.replace)
        return None


def _set_aside(path: str, move: Callable[[str, str], object], why: str = CORRUPT) -> None:
    """Move or copy a file to another name, unless Home Assistant has moved it already."""
    if Path(path).is_file():
        move(path, f"{path}.{why}.{dt_util.utcnow().isoformat()}")


def _copy(path: str, target: str) -> None:
    """Copy a file to keep it as it is; a full disk is not a reason to fail."""
    try:
        shutil.copy2(path, target)
    except OSError as error:
        LOGGER.warning("%s could not be copied before it is written again: %s", path, error)


def _drop_earlier(path: str) -> None:
    """Remove copies of an earlier form that are old enough."""
    file = Path(path)
    for aside in file.parent.glob(f"{file.name}.{EARLIER}[0-9]*.*"):
        kept_at = dt_util.parse_datetime(aside.name.removeprefix(file.name).split(".", 2)[2])
        if kept_at and (dt_util.utcnow() - kept_at).total_seconds() >= EARLIER_KEPT_S:
            aside.unlink(missing_ok=True)


def _remove_set_aside(path: str) -> None:
    """Remove all copies of a file that were set aside, by Home Assistant too."""
    file = Path(path)
    for why in (CORRUPT, NEWER, f"{EARLIER}[0-9]*"):
        for aside in file.parent.glob(f"{file.name}.{why}.*"):
            aside.unlink()
