"""Home Assistant's store, made to write at once and to say whether it did.

All that we use of it beyond its public interface is here: it delays a save while Home Assistant
stops, and it only logs a failure. Whatever a later release renames, a save is confirmed only if
`_async_write_data` was seen to return; `tests/storage/test_ha_store.py` fails then.
"""

import os
from typing import Any, override

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store

from ..const import LOGGER
from .files import EARLIER, copy, set_aside

# 1: the first. 2: what was off at night, doubts about a unit, signs of life (all may be missing).
# 3: the ledger is written seldom, and its open part is in a file of its own.
# 4: a day has peaks of hours, an episode a rarity, and a forecast the threshold of each rarity.
# 5: names in the owner's own words, and missed stretches.
# 6: mappings from one sensor to the next.
STORAGE_VERSION = 6
YEAR_VERSION = 2  # Of the files of the years, by judgement of their own: others change them.

type Json = dict[str, Any]


class NewerStoreError(Exception):
    """The store was written by a newer version; it was not touched."""


class UnreadableStoreError(Exception):
    """The store cannot be read from the disk at present; it is unchanged."""


class NotWrittenError(Exception):
    """A file could not be written; Home Assistant has logged why."""


class ImmediateStore(Store[Json]):
    """A file that is written at once."""

    def __init__(self, hass: HomeAssistant, key: str, version: int = STORAGE_VERSION) -> None:
        """Prepare a private file that is replaced as a whole."""
        super().__init__(
            hass,
            version,
            key,
            private=True,
            atomic_writes=True,
            serialize_in_event_loop=False,
        )
        self._written = False

    async def async_write(self, data: Json) -> None:
        """Write the file now. Raises NotWrittenError if that is not seen to succeed."""
        self._written = False
        await self.async_save(data)
        if not self._written and self.hass.state is CoreState.stopping:
            await self._async_handle_write_data()  # type: ignore[no-untyped-call]
        if not self._written:
            raise NotWrittenError(self.key)

    async def async_read(self) -> object:
        """Return the content of the file, None if it is missing or was set aside as damaged.

        Raises NewerStoreError, or UnreadableStoreError if the disk fails: the file may be
        readable a minute later.
        """
        try:
            return await self.async_load()
        except UnsupportedStorageVersionError as error:
            raise NewerStoreError(str(error)) from error
        except OSError as error:
            raise UnreadableStoreError(str(error)) from error
        except (HomeAssistantError, KeyError, NotImplementedError, TypeError, ValueError) as error:
            if isinstance(error.__cause__, OSError):
                raise UnreadableStoreError(str(error)) from error
            LOGGER.error("%s is damaged and was set aside: %s", self.key, error)
            await self.hass.async_add_executor_job(set_aside, self.path, os.replace)
            return None

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: Json
    ) -> Json:
        """Keep the file as it is, then read it: each part reads its own earlier forms.

        Raises NotImplementedError for a version that was never written.
        """
        if old_major_version < 1:
            raise NotImplementedError
        await self.hass.async_add_executor_job(
            set_aside, self.path, copy, f"{EARLIER}{old_major_version}"
        )
        return old_data

    @override
    async def _async_write_data(self, data: Json) -> None:
        await super()._async_write_data(data)
        self._written = True
