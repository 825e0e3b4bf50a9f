"""The ledgers on disk: what is written when, and read again; nothing is computed here.

`air_baseline.ledger` holds everything as a whole. It is large, so it is written when a day has
closed, and when what it holds has changed too much. `air_baseline.open` is small, is written every
15 minutes and after each event and correction, and holds what has changed since; it names the
whole that it continues, and with another one it is of no use. `air_baseline.ledger_good` is a copy
of the whole, at most a day old. The years have files of their own (`years.py`), which are written
before the whole: a week has left its ledger only once it is in its year's file.

A damaged channel is taken from the last good copy, and a damaged file is set aside as a whole. A
store written by a newer version is left untouched.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, tzinfo
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, CoreState, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..core.checked import StoredFormError
from ..core.day import locate
from ..core.reading.surroundings import SurroundingMean
from ..core.year.year import Year
from .files import NEWER, copy, drop_earlier, remove_set_aside, set_aside
from .frozen import FrozenRoom, OpenRoom, Whole
from .good_copy import Known, compare, days_of_stored
from .ha_store import (
    STORAGE_VERSION,
    ImmediateStore,
    NewerStoreError,
    NotWrittenError,
    UnreadableStoreError,
)
from .packed import pack, unpack
from .rooms import Loaded, OpenParts, RoomsReader, StoredRoom, mapping, read_surroundings
from .years import YearStore

__all__ = ["STORAGE_VERSION", "LedgerStore", "NotSavedError", "UnreadableStoreError"]

LEDGER_KEY = f"{DOMAIN}.ledger"
OPEN_KEY = f"{DOMAIN}.open"
GOOD_KEY = f"{DOMAIN}.ledger_good"
SAVE_EVERY_S = 15 * 60.0  # Seconds that a power cut can cost, by judgement.
SOON_S = 5  # Seconds, by judgement: all rooms close a day within them, so one save is enough.
GOOD_COPY_S = 24 * 3600.0  # Seconds between copies, by judgement.
# Seconds, by judgement, after which the copy is made with the whole of a closed day: it costs
# nothing else then, and the next one is due with the next day.
GOOD_COPY_EARLY_S = GOOD_COPY_S / 2.0
# One write at a time, also of a store that is loaded again or removed while the last one writes.
_WRITING: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_writing")


class NotSavedError(HomeAssistantError):
    """The store could not be written to the disk; what should be saved is only in memory."""


class LedgerStore:
    """Load and save the rooms of one entry."""

    def __init__(self, hass: HomeAssistant, rooms: Callable[[], Mapping[str, StoredRoom]]) -> None:
        """Prepare the files; `rooms` returns the rooms to save at the time of a save."""
        self._hass = hass
        self._rooms = rooms
        self._ledger = ImmediateStore(hass, LEDGER_KEY)
        self._open = ImmediateStore(hass, OPEN_KEY)
        self._good = ImmediateStore(hass, GOOD_KEY)
        self._files = (self._ledger, self._open, self._good)
        self._years = YearStore(hass)
        self._whole: Whole | None = None  # What the ledger holds, None if it must be written.
        self._pending: list[CALLBACK_TYPE] = []  # They cancel the next save.
        self._closed = False
        self._good_at: float | None = None
        self._good_days: Known = {}
        self._held_back = False
        self._loaded = Loaded()
        self._due_at = 0.0
        self._writing = hass.data.setdefault(_WRITING, asyncio.Lock())
        self.turn = asyncio.Lock()  # Held while all rooms are busy: a save would slow them down.
        self._saved_at = dt_util.utcnow().timestamp()
        self.surroundings: dict[str, SurroundingMean] = {}  # Shared by channels, by their key.
        self.on_damage: CALLBACK_TYPE | None = None  # Called when damage was found after loading.

    async def async_load(
        self, zone: tzinfo, promise_days: int, rooms: Collection[str], *, keeps_years: bool = True
    ) -> Loaded:
        """Read the given rooms (their ids) from all files, with their years if those are kept.

        Raises NewerStoreError if a file is of a newer version, and UnreadableStoreError if the
        store cannot be read from the disk.
        """
        async with self._writing:
            loaded = await self._async_load(zone, promise_days, rooms)
            if keeps_years:
                (await self._years.async_load(rooms)).give(loaded)
            else:
                await self._years.async_remove()
            return loaded

    async def _async_load(self, zone: tzinfo, promise_days: int, rooms: Collection[str]) -> Loaded:
        run = self._hass.async_add_executor_job
        exists = await run(os.path.isfile, self._ledger.path)
        has_open = await run(os.path.isfile, self._open.path)
        data, good = await self._ledger.async_read(), await self._async_read_good()
        opened = await self._open.async_read()
        kept_at = mapping(good).get("kept_at")
        self._good_at = kept_at if isinstance(kept_at, float) else None
        self._good_days = await run(days_of_stored, mapping(mapping(good).get("rooms")))
        reader = RoomsReader(zone, promise_days, rooms)
        loaded = self._loaded = await run(reader.read, data, good, opened)
        loaded.damaged |= exists and data is None
        loaded.saved_at = _saved_at(data, opened)
        open_lost = has_open and opened is None
        if open_lost:
            loaded.note_open_lost()
        parts = OpenParts(opened, data)
        self.surroundings = _surroundings(data, parts, zone)
        if loaded.found:
            await run(set_aside, self._ledger.path, copy)
            await run(set_aside, self._open.path, copy)
        return loaded

    @callback
    def async_close(self) -> None:
        """Write nothing any more; a write that has begun ends before the next load or removal."""
        self._closed = True
        self._async_forget_pending()

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

    async def async_save(self, *, whole: bool = False, good: bool = False) -> None:
        """Save now; with `whole`, write everything, so that only the ledger matters.

        With `good` as well, the good copy is written with it.
        """
        try:
            await self._async_write(whole=whole, good=good)
        except NotWrittenError:
            return  # Home Assistant has logged it, and the next save tries again.

    @callback
    def _async_save_within(self, delay_s: float) -> None:
        """Save after a delay, unless an earlier save is pending."""
        due_at = dt_util.utcnow().timestamp() + delay_s
        if self._closed or (self._pending and due_at >= self._due_at):
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
        try:
            await self._async_write()
        except NotWrittenError as error:
            raise NotSavedError(translation_domain=DOMAIN, translation_key="not_saved") from error

    async def async_keep_good(self, at: float) -> None:
        """Save the last good copy if a day has passed since the one before.

        It is kept if it has days that were lost since without a known reason.
        """
        if self._good_at is None or abs(at - self._good_at) >= GOOD_COPY_S:
            await self._async_wait_for_rooms()
            await self.async_save(whole=True, good=True)

    async def async_forget_gone(self) -> None:
        """Write all files again, without the rooms that are gone."""
        self._good_at = None
        await self.async_save(whole=True, good=True)
        await self.async_save()

    async def async_forget_years(self) -> None:
        """Remove the files of the years, which are not kept any more."""
        async with self._writing:
            await self._years.async_remove()
        await self.async_save(whole=True)

    async def _async_write(self, *, whole: bool = False, good: bool = False) -> None:
        """Write the whole, or the open part if that is enough.

        The state is that of when its turn to write has come, so a later state is written later.
        Raises NotWrittenError.
        """
        self._async_forget_pending()
        async with self._writing:
            if self._closed:
                return
            self._saved_at = at = dt_util.utcnow().timestamp()
            rooms = await self._async_freeze()
            stored = self._whole
            closed = stored is not None and not _continue(rooms, stored)
            await self._years.async_write(_years(rooms))
            if whole or stored is None or closed or stored.outgrown:
                await self._async_write_whole(rooms, at, good=good, closed=closed)
            else:
                await self._async_write_open(rooms, at, stored)
        if self._loaded.note_salvaged() and self.on_damage is not None:
            self.on_damage()

    async def _async_write_whole(
        self, rooms: Mapping[str, FrozenRoom], at: float, *, good: bool, closed: bool
    ) -> None:
        data = {
            "id": uuid4().hex,
            "saved_at": at,
            "rooms": {key: room.whole() for key, room in rooms.items()},
            **self._dump_surroundings(),
        }
        await self._ledger.async_write(data)
        known = {key: room.known for key, room in rooms.items()}
        readable = {key: one for key, one in known.items() if one is not None}
        self._whole = None
        if len(readable) == len(known):
            self._whole = Whole(data["id"], readable, await self._async_size())
        early = self._good_at is not None and abs(at - self._good_at) >= GOOD_COPY_EARLY_S
        if good or (closed and early):
            await self._async_write_good(rooms, data, at)

    async def _async_write_open(
        self, rooms: Mapping[str, FrozenRoom], at: float, stored: Whole
    ) -> None:
        parts = {key: OpenRoom(room, stored.rooms[key]) for key, room in rooms.items()}
        context = self._dump_surroundings().get("context")
        packed = {"context": pack(context)} if context else {}
        await self._open.async_write(
            {"continues": stored.id, "saved_at": at, "rooms": parts, **packed}
        )
        stored.note(sum(part.size for part in parts.values()))

    async def _async_write_good(
        self, rooms: Mapping[str, FrozenRoom], data: dict[str, Any], at: float
    ) -> None:
        """Write the good copy, unless it would lack days or could not be read."""
        present = {
            (key, name): channel
            for key, room in rooms.items()
            for name, channel in room.channels.items()
        }
        retired = [(key, item) for key, room in rooms.items() for item in room.retired]
        now, wrong = await self._hass.async_add_executor_job(
            compare, self._good_days, present, retired, self._today(at)
        )
        if wrong:
            if not self._held_back:
                LOGGER.warning("The last good copy is kept as it is: %s", "; ".join(wrong))
            self._held_back = True
            await self._async_forget_gone_in_good(rooms)
            return
        self._held_back = False
        await self._years.async_write(_years(rooms), good=True)
        await self._good.async_write({**data, "kept_at": at})
        self._good_at = at
        self._good_days = now

    async def _async_forget_gone_in_good(self, rooms: Mapping[str, FrozenRoom]) -> None:
        """Write the good copy as it is, but without the rooms that are gone."""
        if {key for key, _ in self._good_days} <= rooms.keys():
            return
        good = dict(mapping(await self._async_read_good()))
        stored = mapping(good.get("rooms"))
        good["rooms"] = {key: room for key, room in stored.items() if key in rooms}
        await self._good.async_write(good)
        self._good_days = await self._hass.async_add_executor_job(days_of_stored, good["rooms"])

    def _today(self, at: float) -> int:
        return locate(at, dt_util.get_default_time_zone())[0]

    async def _async_size(self) -> int:
        """Return the size of the ledger in bytes, 0 if there is no file."""

        def size(file: Path) -> int:
            return file.stat().st_size if file.is_file() else 0

        return await self._hass.async_add_executor_job(size, Path(self._ledger.path))

    async def async_readable(
        self, zone: tzinfo, promise_days: int, rooms: Collection[str]
    ) -> tuple[bool, bool]:
        """Return whether the store and the good copy have rooms that can be read."""

        async def readable(store: ImmediateStore) -> bool:
            try:
                data = await store.async_read()
                reader = RoomsReader(zone, promise_days, rooms)
                loaded = await self._hass.async_add_executor_job(reader.read, data, None)
            except NewerStoreError:
                return False
            return any(room.channels for room in loaded.rooms.values())

        return await readable(self._ledger), await readable(self._good)

    async def async_drop_earlier(self, at: float) -> None:
        """Remove copies of an earlier form that are old enough at a POSIX time.

        A clock that is wrong at one start removes nothing, because it was right at the last save:
        both times have to be late enough.
        """
        if (saved_at := self._loaded.saved_at) is not None:
            for store in self._files:
                await self._hass.async_add_executor_job(drop_earlier, store.path, min(at, saved_at))
            await self._years.async_drop_earlier(min(at, saved_at))

    async def async_put_aside(self, *, ledger: bool, good: bool) -> None:
        """Set files of a newer version aside: the store, the good copy, or both."""
        for wanted, store in ((ledger, self._ledger), (ledger, self._open), (good, self._good)):
            if wanted:
                await self._hass.async_add_executor_job(set_aside, store.path, os.replace, NEWER)
        await self._years.async_put_aside(everything=ledger and good)

    async def async_remove(self) -> None:
        """Remove all files, and the copies that were set aside, after what is being written."""
        async with self._writing:
            self.async_close()
            for store in self._files:
                await store.async_remove()
            for store in self._files:
                await self._hass.async_add_executor_job(remove_set_aside, store.path)
            await self._years.async_remove()

    async def _async_read_good(self) -> object:
        """Return the content of the good copy, None if it cannot be read and is not needed."""
        try:
            return await self._good.async_read()
        except UnreadableStoreError as error:
            if not await self._hass.async_add_executor_job(os.path.isfile, self._ledger.path):
                raise
            LOGGER.warning("The last good copy cannot be read: %s", error)
            return None

    async def _async_freeze(self) -> dict[str, FrozenRoom]:
        """Return the present state of all rooms; the event loop is free between two of them."""
        rooms = {}
        for key, room in tuple(self._rooms().items()):
            rooms[key] = FrozenRoom.of(room)
            await asyncio.sleep(0)
        return rooms

    def _dump_surroundings(self) -> dict[str, Any]:
        means = {key: mean.dump() for key, mean in self.surroundings.items()}
        return {"context": means} if means else {}


def _continue(rooms: Mapping[str, FrozenRoom], stored: Whole) -> bool:
    """Tell whether the open part is enough: the same rooms, and in none a day was closed."""
    return rooms.keys() == stored.rooms.keys() and all(
        room.continues(stored.rooms[key]) for key, room in rooms.items()
    )


def _years(rooms: Mapping[str, FrozenRoom]) -> dict[tuple[str, str], Year]:
    """Return the years of rooms, by room and quantity."""
    return {(key, name): year for key, room in rooms.items() for name, year in room.years}


def _surroundings(data: object, parts: OpenParts, zone: tzinfo) -> dict[str, SurroundingMean]:
    """Return the surroundings of the open part, or of the whole if there are none."""
    stored = mapping(data).get("context")
    if parts.surroundings is not None:
        try:
            stored = unpack(parts.surroundings)
        except StoredFormError as error:
            LOGGER.warning("Stored surroundings cannot be read: %s", error)
    return read_surroundings(stored, zone)


def _saved_at(*contents: object) -> float | None:
    """Return when the last of some files was saved (POSIX seconds), None if that is not known."""
    times = [mapping(content).get("saved_at") for content in contents]
    return max((at for at in times if isinstance(at, float)), default=None)
