"""The years on disk: a file of their own, because they change once a week, and a good copy of it.

A year that is damaged is taken from the good copy, otherwise the channel begins another one. The
good copy is written at most a day after the file, and only if all of it can be read again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
import os
from typing import Any

from homeassistant.core import HomeAssistant

from ..const import DOMAIN, LOGGER
from ..core.checked import StoredFormError
from ..core.pollutant import Pollutant
from ..core.storage.year import dump_year, load_year
from ..core.year.year import Year
from .files import NEWER, copy, drop_earlier, remove_set_aside, set_aside
from .give_way import give_way
from .ha_store import YEAR_VERSION, ImmediateStore, Json, NewerStoreError
from .rooms import Loaded, StoredRoom, mapping

YEAR_KEY = f"{DOMAIN}.year"
YEAR_GOOD_KEY = f"{DOMAIN}.year_good"

type Key = tuple[str, str]  # A room (its id) and a quantity.
type Years = Mapping[Key, Year]


@dataclass(slots=True)
class LoadedYears:
    """The years that were read; `recovered` came from the good copy, and `lost` are damaged.

    `damaged` says that the file could not be read as a whole, `outdated` that it holds rooms that
    are gone.
    """

    years: dict[Key, Year] = field(default_factory=dict)
    recovered: list[Key] = field(default_factory=list)
    lost: list[Key] = field(default_factory=list)
    damaged: bool = False
    outdated: bool = False

    def give(self, rooms: Loaded) -> None:
        """Give the channels of rooms their years.

        The year of a channel that could not be read waits for the one that takes its place.
        """
        for (room_id, name), year in self.years.items():
            room, pollutant = rooms.rooms.setdefault(room_id, StoredRoom()), Pollutant(name)
            if pollutant in room.channels:
                room.channels[pollutant].year = year
            else:
                room.years[pollutant] = year
        lost = list(self.lost)
        if self.damaged:
            channels = (
                (key, one.value) for key, room in rooms.rooms.items() for one in room.channels
            )
            lost += [key for key in channels if key not in self.years]
        known = (*rooms.partly, *rooms.lost)
        rooms.partly += [key for key in lost if key not in known]
        rooms.outdated |= self.outdated


class YearStore:
    """Read and write the years of one entry."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare the files."""
        self._hass = hass
        self._file = ImmediateStore(hass, YEAR_KEY, YEAR_VERSION)
        self._good = ImmediateStore(hass, YEAR_GOOD_KEY, YEAR_VERSION)
        self._files = (self._file, self._good)
        self._written: Years | None = None  # What the file holds, None if that is not known.
        self._kept: Years | None = None  # The same of the good copy.

    async def async_load(self, rooms: Collection[str]) -> LoadedYears:
        """Read the years of some rooms (their ids).

        Raises NewerStoreError if a file is of a newer version, and UnreadableStoreError if it
        cannot be read from the disk.
        """
        run = self._hass.async_add_executor_job
        exists = await run(os.path.isfile, self._file.path)
        data, good = await self._file.async_read(), await self._good.async_read()
        loaded = await run(read_years, data, good, rooms)
        loaded.damaged = exists and data is None
        if loaded.damaged:
            LOGGER.warning("%s is damaged; its good copy has %d years", YEAR_KEY, len(loaded.years))
        if loaded.recovered or loaded.lost:
            await run(set_aside, self._file.path, copy)
        again = loaded.damaged or loaded.recovered or loaded.lost or loaded.outdated
        known = None if again else dict(loaded.years)
        self._written, self._kept = known, {} if good is None else None
        return loaded

    async def async_write(self, years: Years, *, good: bool = False) -> None:
        """Write the years if they are not those of the file.

        With `good`, the good copy is written too if it is an older one. Raises NotWrittenError.
        """
        if years != self._written:
            await self._file.async_write(await self._async_dump(years))
            self._written = dict(years)
        if good and years != self._kept:
            data = await self._async_dump(years)
            found = await self._hass.async_add_executor_job(read_years, data, None, _rooms(years))
            if found.years != years:
                LOGGER.warning("The good copy of the years is kept: %s", found.lost)
                return
            await self._good.async_write(data)
            self._kept = dict(years)

    async def _async_dump(self, years: Years) -> Json:
        return await self._hass.async_add_executor_job(dump_years, years)

    async def async_put_aside(self, *, everything: bool) -> None:
        """Set files of a newer version aside, or both files."""
        for store in self._files:
            try:
                await store.async_read()
                newer = False
            except NewerStoreError:
                newer = True
            if newer or everything:
                await self._hass.async_add_executor_job(set_aside, store.path, os.replace, NEWER)

    async def async_drop_earlier(self, at: float) -> None:
        """Remove copies of an earlier form that are old enough at a POSIX time."""
        for store in self._files:
            await self._hass.async_add_executor_job(drop_earlier, store.path, at)

    async def async_remove(self) -> None:
        """Remove both files, and the copies that were set aside."""
        for store in self._files:
            await store.async_remove()
            await self._hass.async_add_executor_job(remove_set_aside, store.path)
        self._written, self._kept = {}, {}


def dump_years(years: Years) -> Json:
    """Return years as plain JSON values; for a thread."""
    rooms: dict[str, dict[str, Any]] = {}
    for (room_id, quantity), year in years.items():
        give_way()
        rooms.setdefault(room_id, {})[quantity] = dump_year(year)
    return {"rooms": rooms}


def read_years(data: object, good: object, rooms: Collection[str]) -> LoadedYears:
    """Return the years of some rooms; one that is damaged comes from the good copy."""
    loaded = LoadedYears()
    current, spare = (mapping(mapping(one).get("rooms")) for one in (data, good))
    loaded.outdated = any(room_id not in rooms for room_id in (*current, *spare))
    for room_id in rooms:
        for pollutant in Pollutant:
            key = room_id, pollutant.value
            stored, kept = (
                mapping(one.get(room_id)).get(pollutant.value) for one in (current, spare)
            )
            if stored is None and (kept is None or current):
                continue
            give_way()
            year = _load(key, stored)
            if year is None and (year := _load(key, kept)) is not None:
                loaded.recovered.append(key)
                LOGGER.warning("The year of %s %s was taken from the good copy", *key)
            if year is None:
                loaded.lost.append(key)
                LOGGER.warning("The year of %s %s is lost; another one begins", *key)
            else:
                loaded.years[key] = year
    return loaded


def _load(key: Key, data: object) -> Year | None:
    """Return a year, None if it cannot be read."""
    try:
        return load_year(data)
    except StoredFormError as error:
        if data is not None:
            LOGGER.warning("The stored year of %s %s cannot be read: %s", *key, error)
        return None


def _rooms(years: Years) -> set[str]:
    return {room_id for room_id, _ in years}
