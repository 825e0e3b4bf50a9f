"""Rooms as the store keeps them; damaged parts are read from the last good copy."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from ..const import LOGGER
from ..core.alerting.promise import Promise
from ..core.channel import Channel
from ..core.checked import StoredFormError
from ..core.day import DAY_S
from ..core.ledger.folding import UNDO_DAYS
from ..core.pollutant import Pollutant
from ..core.reading.surroundings import SurroundingMean
from ..core.storage.channel import NewerFormError, dump_channel, load_channel, load_surrounding
from .question_record import QuestionRecord

_KINDS = frozenset(pollutant.value for pollutant in Pollutant)


class NewerStoreError(Exception):
    """The store was written by a newer version; it was not touched."""


@dataclass(slots=True)
class StoredRoom:
    """One room as the store keeps it: its channels, retired ledgers and question records.

    `question_records` are by issue id.
    """

    channels: dict[Pollutant, Channel] = field(default_factory=dict)
    retired: list[dict[str, Any]] = field(default_factory=list)
    question_records: dict[str, QuestionRecord] = field(default_factory=dict)

    def retire(self, pollutant: Pollutant, at: float) -> None:
        """Set the ledger of a channel aside; it can be looked at for 30 days."""
        channel = self.channels.pop(pollutant)
        self.retired.append({"at": at, "channel": dump_channel(channel)})

    def dump_questions(self) -> dict[str, Any]:
        """Return the question records in their stored form, by issue id."""
        return {issue_id: record.dump() for issue_id, record in self.question_records.items()}

    def drop_retired(self, at: float) -> None:
        """Drop what was set aside more than 30 days ago."""
        self.retired = [
            item
            for item in self.retired
            if isinstance(item.get("at"), float) and abs(at - item["at"]) < UNDO_DAYS * DAY_S
        ]


@dataclass(slots=True)
class Loaded:
    """What was read, and the damage that was found: for each room, the result of each channel.

    `recovered` lists (room, quantity) taken from the last good copy, `lost` those that
    could not be read from either file. `damaged` says that the file could not be read as a
    whole, `outdated` that it holds rooms that are gone.
    """

    rooms: dict[str, StoredRoom] = field(default_factory=dict)
    recovered: list[tuple[str, str]] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)
    damaged: bool = False
    outdated: bool = False


class RoomsReader:
    """Read rooms from two files; the last good copy replaces what the first has lost."""

    def __init__(self, zone: tzinfo, promise: Promise, rooms: Collection[str]) -> None:
        """Read these rooms; others are gone."""
        self._zone = zone
        self._promise = promise
        self._wanted = rooms
        self._loaded = Loaded()

    def read(self, data: object, good: object) -> Loaded:
        """Return what the ledger and the good copy hold; raises NewerStoreError."""
        good_rooms = mapping(mapping(good).get("rooms"))
        rooms = mapping(data).get("rooms")
        whole_lost = not isinstance(rooms, dict)
        if not isinstance(rooms, dict):
            self._loaded.damaged = data is not None or bool(good_rooms)
            rooms = good_rooms
        self._loaded.outdated = any(key not in self._wanted for key in (*rooms, *good_rooms))
        for key in self._wanted:
            good_room = mapping(good_rooms.get(key))
            kept = mapping(rooms.get(key))
            if not kept and not good_room:
                continue
            self._loaded.rooms[key] = StoredRoom(
                channels=self._channels(key, kept, good_room, whole_lost=whole_lost),
                retired=[item for item in _list(kept.get("retired")) if isinstance(item, dict)],
                question_records=_question_records(kept.get("asked")),
            )
        return self._loaded

    def _channels(
        self, key: str, room: Mapping[str, Any], good_room: Mapping[str, Any], *, whole_lost: bool
    ) -> dict[Pollutant, Channel]:
        channels: dict[Pollutant, Channel] = {}
        current, good = room.get("channels"), mapping(good_room.get("channels"))
        # A pollutant that only the good copy has was removed from the room since, unless the
        # list of pollutants itself was damaged.
        listed = isinstance(current, dict) and all(name in _KINDS for name in current)
        current = mapping(current)
        for pollutant in Pollutant:
            if pollutant.value not in current and (listed or pollutant.value not in good):
                continue
            channel = self._channel(pollutant, current.get(pollutant.value))
            if channel is None or whole_lost:
                channel = channel or self._channel(pollutant, good.get(pollutant.value))
                fate = self._loaded.lost if channel is None else self._loaded.recovered
                fate.append((key, pollutant.value))
            if channel is not None:
                channels[pollutant] = channel
        return channels

    def _channel(self, pollutant: Pollutant, data: object) -> Channel | None:
        try:
            channel = load_channel(data, self._zone, self._promise)
        except NewerFormError as error:
            raise NewerStoreError(str(error)) from error
        except StoredFormError as error:
            if data is not None:
                LOGGER.warning("A stored ledger cannot be read: %s", error)
            return None
        return channel if channel.spec.pollutant is pollutant else None


def read_surroundings(data: object, zone: tzinfo) -> dict[str, SurroundingMean]:
    """Return the surroundings that can be read; damaged ones are dropped."""
    context: dict[str, SurroundingMean] = {}
    for key, item in mapping(data).items():
        try:
            context[key] = load_surrounding(item, zone)
        except StoredFormError as error:
            LOGGER.warning("Stored context cannot be read: %s", error)
    return context


def _question_records(data: object) -> dict[str, QuestionRecord]:
    """Return the question records that can be read; damaged ones are dropped."""
    records: dict[str, QuestionRecord] = {}
    for issue_id, item in mapping(data).items():
        try:
            records[issue_id] = QuestionRecord.load(item)
        except (KeyError, StoredFormError) as error:
            LOGGER.warning("A stored question cannot be read: %s", error)
    return records


def mapping(data: object) -> Mapping[str, Any]:
    """Return stored data as a mapping, an empty one if it is not one."""
    return data if isinstance(data, dict) else {}


def _list(data: object) -> list[Any]:
    return data if isinstance(data, list) else []
