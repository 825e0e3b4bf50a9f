"""The ledgers on disk: one store, one last good copy; computes nothing.

A damaged channel is taken from the last good copy, a damaged file is set aside whole. A
store that a newer version wrote is left untouched.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, tzinfo
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
from ..core.reading.surroundings import SurroundingMean
from ..core.storage.channel import dump_surrounding, freeze_channel
from .rooms import Loaded, NewerStoreError, RoomsReader, StoredRoom, mapping, read_surroundings

STORAGE_VERSION = 1
LEDGER_KEY = f"{DOMAIN}.ledger"
GOOD_KEY = f"{DOMAIN}.ledger_good"
SAVE_EVERY_S = 15 * 60.0  # What a power cut may cost. Corrections are saved at once.
SOON_S = 5  # All rooms close a day within some seconds: one save for all, and after them.
GOOD_COPY_S = 24 * 3600.0
# A thread that computes lets others have Python every 5 ms only, and numpy asks for it dozens of
# times in the work of one room: a day's close took 300 ms beside a save, with this 10.
YIELD_S = 1e-4
CORRUPT, NEWER = "corrupt", "newer"  # In the names of files that were set aside.


class UnreadableStoreError(Exception):
    """The disk does not give the store away just now; it was not touched."""


class NotSavedError(HomeAssistantError):
    """The disk did not take the store; what should be saved is in memory alone."""


class LedgerStore:
    """Load and save the rooms of one entry."""

    def __init__(self, hass: HomeAssistant, rooms: Callable[[], Mapping[str, StoredRoom]]) -> None:
        """Prepare the two files; `rooms` gives what is to be saved when it is saved."""
        self._hass = hass
        self._rooms = rooms
        self._ledger = _store(hass, LEDGER_KEY)
        self._good = _store(hass, GOOD_KEY)
        self._pending: list[CALLBACK_TYPE] = []  # What ends the wait for the next save.
        self._good_at: float | None = None
        self._due_at = 0.0
        self._saving = asyncio.Lock()  # What is known later is written later.
        self.turn = asyncio.Lock()  # Held while all rooms are busy: a save would slow them down.
        self._saved_at = dt_util.utcnow().timestamp()
        self.surroundings: dict[str, SurroundingMean] = {}  # What channels share, by what it is.

    async def async_load(self, zone: tzinfo, promise: Promise, rooms: Collection[str]) -> Loaded:
        """Read the rooms from both files; what they hold of other rooms is left out.

        Raises NewerStoreError where one is of a newer version, and UnreadableStoreError where
        the disk does not give the first away.
        """
        there = await self._hass.async_add_executor_job(os.path.isfile, self._ledger.path)
        data, good = await _load(self._ledger), await self._load_good()
        kept_at = mapping(good).get("kept_at")
        self._good_at = kept_at if isinstance(kept_at, float) else None
        reader = RoomsReader(zone, promise, rooms)
        loaded = await self._hass.async_add_executor_job(reader.read, data, good)
        loaded.damaged |= there and data is None
        self.surroundings = read_surroundings(mapping(data).get("context"), zone)
        if loaded.damaged or loaded.recovered or loaded.lost:
            await self._hass.async_add_executor_job(_set_aside, self._ledger.path, _copy)
        return loaded

    @callback
    def async_schedule_save(self) -> None:
        """Save 15 minutes after the last save, whatever that was for; or in so many from now.

        The clock may have been set back since.
        """
        wait_s = self._saved_at + SAVE_EVERY_S - dt_util.utcnow().timestamp()
        self._async_save_within(min(max(wait_s, 0.0), SAVE_EVERY_S))

    @callback
    def async_save_soon(self) -> None:
        """Save in some seconds: what was told must not be told again after a power cut."""
        self._async_save_within(SOON_S)

    async def async_save(self) -> None:
        """Save now."""
        self._async_forget_pending()
        self._saved_at = dt_util.utcnow().timestamp()
        async with self._saving:
            await self._ledger.async_save(await self._async_snapshot())

    @callback
    def _async_save_within(self, delay_s: float) -> None:
        """Save after a delay, unless that is to be done before."""
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
        """Save what waits to be; while Home Assistant stops, the final write does it."""
        if self._hass.state is not CoreState.stopping:
            await self._async_wait_for_rooms()
            await self.async_save()

    async def _async_wait_for_rooms(self) -> None:
        """Wait until no round of all rooms runs; they never wait for a disk, which may hang."""
        async with self.turn:
            pass

    async def async_save_or_raise(self) -> None:
        """Save now; raises NotSavedError where the disk did not take it."""
        await self.async_save()
        if self._ledger.failed:
            raise NotSavedError(translation_domain=DOMAIN, translation_key="not_saved")

    async def async_keep_good(self, at: float) -> None:
        """Once a day, keep a copy of what is known to be readable."""
        if self._good_at is None or abs(at - self._good_at) >= GOOD_COPY_S:
            self._good_at = at
            await self._async_wait_for_rooms()
            await self._good.async_save({**await self._async_snapshot(), "kept_at": at})

    async def async_forget_gone(self, at: float) -> None:
        """Write both files anew, without the rooms that are gone."""
        await self.async_save()
        self._good_at = None
        await self.async_keep_good(at)

    async def async_readable(
        self, zone: tzinfo, promise: Promise, rooms: Collection[str]
    ) -> tuple[bool, bool]:
        """Return whether there is something that can be read in the ledger, in the good copy."""

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
        """Put what a newer version wrote aside: the ledger, the good copy, or both."""
        for wanted, store in ((ledger, self._ledger), (good, self._good)):
            if wanted:
                await self._hass.async_add_executor_job(_set_aside, store.path, os.replace, NEWER)

    async def async_remove(self) -> None:
        """Remove both files, and what was set aside of them."""
        await self._ledger.async_remove()
        await self._good.async_remove()
        await self._hass.async_add_executor_job(_remove_set_aside, self._ledger.path)
        await self._hass.async_add_executor_job(_remove_set_aside, self._good.path)

    async def _load_good(self) -> object:
        """Return what the good copy holds; it must be readable only where it is needed."""
        try:
            return await _load(self._good)
        except UnreadableStoreError as error:
            if not await self._hass.async_add_executor_job(os.path.isfile, self._ledger.path):
                raise
            LOGGER.warning("The last good copy cannot be read: %s", error)
            return None

    async def _async_snapshot(self) -> dict[str, Any]:
        """Return what is known now, to be written by a thread: nothing in it changes any more.

        Between two rooms others have their turn.
        """
        rooms = {}
        for key, room in tuple(self._rooms().items()):
            rooms[key] = _freeze_room(room)
            await asyncio.sleep(0)
        context = {key: dump_surrounding(mean) for key, mean in self.surroundings.items()}
        return {"rooms": rooms, **({"context": context} if context else {})}


class _TellingStore(Store[dict[str, Any]]):
    """A store that writes when it is told to, and tells whether that failed.

    Home Assistant puts a save off while it stops, and of a failure it only logs.
    """

    failed = False

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


def _store(hass: HomeAssistant, key: str) -> _TellingStore:
    return _TellingStore(
        hass,
        STORAGE_VERSION,
        key,
        private=True,
        atomic_writes=True,
        serialize_in_event_loop=False,
    )


class _ChannelToWrite:
    """A channel as it was; the thread that writes the file makes JSON of it."""

    def __init__(self, channel: Channel) -> None:
        self._frozen = freeze_channel(channel)

    @property
    def json_fragment(self) -> json_fragment:
        """Return JSON in one line: Home Assistant would give each number a line."""
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
    """Return what a file holds, None if it is missing or was set aside as damaged.

    A disk that fails is no damage to the file: it may well give it away a minute later.
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
    """Move or copy a file out of the way, unless Home Assistant has moved it already."""
    if Path(path).is_file():
        move(path, f"{path}.{why}.{dt_util.utcnow().isoformat()}")


def _copy(path: str, target: str) -> None:
    """Copy a damaged file for whoever wants to look at it; a full disk is no reason to fail."""
    try:
        shutil.copy2(path, target)
    except OSError as error:
        LOGGER.warning("%s is damaged, and could not be copied: %s", path, error)


def _remove_set_aside(path: str) -> None:
    """Remove what was set aside of a file, what Home Assistant set aside as well."""
    file = Path(path)
    for why in (CORRUPT, NEWER):
        for aside in file.parent.glob(f"{file.name}.{why}.*"):
            aside.unlink()
