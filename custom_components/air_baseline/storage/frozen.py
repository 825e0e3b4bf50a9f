"""Rooms at one moment, for a thread to write: nothing in them changes any more.

They are written as a whole, or only what has changed since (`core/storage/open_part.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from homeassistant.helpers.json import json_bytes, json_fragment

from ..core.channel import Channel
from ..core.storage.changes import mark
from ..core.storage.channel import check_channel, freeze_channel
from ..core.storage.open_part import StoredWhole
from ..core.storage.salvage import UNREADABLE
from ..core.year.year import Year
from .give_way import give_way
from .packed import pack
from .rooms import StoredRoom


@dataclass(frozen=True, slots=True)
class WholeRoom:
    """What is known of a room that was stored as a whole."""

    channels: Mapping[str, StoredWhole]
    retired: tuple[dict[str, Any], ...]
    asked: int


@dataclass(slots=True)
class Whole:
    """What is known of a whole store: its id, its rooms by their ids, and its size in bytes.

    `open_size` is that of the smallest open part since (None: there was none), `spent` what the
    later ones took beyond that.
    """

    id: str
    rooms: Mapping[str, WholeRoom]
    size: int
    open_size: int | None = None
    spent: int = 0

    @property
    def outgrown(self) -> bool:
        """Tell whether writing the whole again costs no more than what the open parts have grown.

        Then at most twice as much is written as is necessary.
        """
        return self.spent > self.size

    def note(self, size: int) -> None:
        """Note that an open part of some bytes was written."""
        self.open_size = size if self.open_size is None else min(size, self.open_size)
        self.spent += size - self.open_size


class ChannelToWrite:
    """A frozen channel that turns itself into JSON, on one line, when that is asked for."""

    def __init__(self, channel: Channel) -> None:
        """Freeze a channel; this is fast."""
        self.frozen = freeze_channel(channel)
        self._zone, self._promise_days = channel.zone, channel.promise_days
        self.error: str | None = None  # Why it could not be loaded again, once it is JSON.
        self.stored: StoredWhole | None = None  # What is known of it, once it is JSON.

    @cached_property  # Home Assistant asks twice: whether it is there, and for it.
    def json_fragment(self) -> json_fragment:
        """Return the whole as JSON: Home Assistant would write each number on its own line."""
        give_way()
        plain = self.frozen.dump()
        days, former = self.frozen.ledger.days, self.frozen.ledger.former
        try:
            check_channel(plain, self._zone, self._promise_days)
            self.stored = StoredWhole.of(plain, days=days, former=former)
        except UNREADABLE as error:
            self.error = repr(error)
        return json_fragment(json_bytes(plain))

    def continues(self, stored: StoredWhole) -> bool:
        """Tell whether its open part is enough."""
        return self.frozen.continues(stored)

    def dump_open(self, stored: StoredWhole) -> dict[str, Any]:
        """Return its open part."""
        give_way()
        return self.frozen.dump_open(stored)


@dataclass(slots=True)
class FrozenRoom:
    """A frozen room."""

    channels: dict[str, ChannelToWrite]
    retired: tuple[dict[str, Any], ...]
    asked: dict[str, Any]
    years: tuple[tuple[str, Year], ...]

    @classmethod
    def of(cls, room: StoredRoom) -> FrozenRoom:
        """Freeze a room."""
        channels = {
            pollutant.value: ChannelToWrite(channel) for pollutant, channel in room.channels.items()
        }
        years = tuple(room.all_years().items())
        return cls(channels, tuple(room.retired), room.dump_questions(), years)

    def whole(self) -> dict[str, Any]:
        """Return the room for the file of the whole."""
        return {"channels": self.channels, "retired": [*self.retired], "asked": self.asked}

    def continues(self, stored: WholeRoom) -> bool:
        """Tell whether the open part is enough: the room has what it had, and no day was closed."""
        if self.channels.keys() != stored.channels.keys():
            return False
        retired = len(self.retired) == len(stored.retired) and all(
            one is other for one, other in zip(self.retired, stored.retired, strict=True)
        )
        return retired and all(
            channel.continues(stored.channels[name]) for name, channel in self.channels.items()
        )

    @property
    def known(self) -> WholeRoom | None:
        """Return what is known of the room as it was written, None if that cannot be said."""
        stored = {name: channel.stored for name, channel in self.channels.items()}
        known = {name: one for name, one in stored.items() if one is not None}
        if len(known) < len(stored):
            return None
        return WholeRoom(known, self.retired, mark(self.asked))

    def dump_open(self, stored: WholeRoom) -> dict[str, Any]:
        """Return what has changed since the room was stored."""
        channels = {
            name: channel.dump_open(stored.channels[name])
            for name, channel in self.channels.items()
        }
        asked = {} if mark(self.asked) == stored.asked else {"asked": self.asked}
        return {"channels": channels, **asked}


class OpenRoom:
    """The open part of a room, packed when that is asked for; `size` is known then.

    It is no dataclass, because those are turned into JSON field by field.
    """

    def __init__(self, room: FrozenRoom, stored: WholeRoom) -> None:
        """Take a room and what is known of it as it was stored as a whole."""
        self._room = room
        self._stored = stored
        self.size = 0

    @cached_property
    def json_fragment(self) -> json_fragment:
        """Return the packed text as JSON."""
        packed = json_bytes(pack(self._room.dump_open(self._stored)))
        self.size = len(packed)
        return json_fragment(packed)
