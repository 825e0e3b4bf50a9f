"""Rooms as the store keeps them; damaged parts are read from the last good copy."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from ..const import LOGGER
from ..core import checked
from ..core.channel import Channel
from ..core.checked import StoredFormError
from ..core.day import DAY_S
from ..core.ledger.folding import UNDO_DAYS
from ..core.pollutant import Pollutant
from ..core.reading.surroundings import SurroundingMean
from ..core.storage.channel import NewerFormError, dump_channel, load_channel, load_surrounding
from ..core.storage.open_part import with_open_part
from ..core.storage.salvage import UNREADABLE, Salvage
from ..core.storage.year import dump_year
from ..core.year.year import NO_YEAR, Year
from .give_way import give_way
from .ha_store import NewerStoreError
from .packed import unpack
from .question_record import QuestionRecord

YEAR = "year"  # The name of the year of what is set aside.
MOST_RETIRED = 8  # Ledgers of a room, by judgement: each takes up to 100 KB.
_KINDS = frozenset(pollutant.value for pollutant in Pollutant)


@dataclass(slots=True)
class StoredRoom:
    """One room as the store keeps it: its channels, retired ledgers and question records.

    `question_records` are by issue id. `years` are those of channels that could not be read, for
    the channels that take their places.
    """

    channels: dict[Pollutant, Channel] = field(default_factory=dict)
    retired: list[dict[str, Any]] = field(default_factory=list)
    question_records: dict[str, QuestionRecord] = field(default_factory=dict)
    years: dict[Pollutant, Year] = field(default_factory=dict)

    def retire(self, pollutant: Pollutant, at: float) -> None:
        """Set the ledger and the year of a channel aside; they can be looked at for 30 days.

        Those without a day are dropped, and of many, the newest are kept.
        """
        channel = self.channels.pop(pollutant)
        if not channel.ledger.days and channel.year == NO_YEAR:
            return
        year = {} if channel.year == NO_YEAR else {YEAR: dump_year(channel.year)}
        aside = {"at": at, "channel": dump_channel(channel), **year}
        self.retired = [*self.retired, aside][-MOST_RETIRED:]

    def keep_years(self, *, keep: bool) -> None:
        """Let the channels keep a year, or only the days of the window."""
        for pollutant, channel in self.channels.items():
            if keep:
                channel.keeps_year = True
                channel.year = self.years.pop(pollutant, channel.year)
            else:
                channel.forget_year()
        if not keep:
            self.years.clear()
            self.retired = [
                {name: one for name, one in item.items() if name != YEAR} for item in self.retired
            ]

    def all_years(self) -> dict[str, Year]:
        """Return the years by quantity, without empty ones."""
        known = {**self.years, **{name: one.year for name, one in self.channels.items()}}
        return {name.value: year for name, year in known.items() if year != NO_YEAR}

    def dump_questions(self) -> dict[str, Any]:
        """Return the question records in their stored form, by issue id."""
        return {issue_id: record.dump() for issue_id, record in self.question_records.items()}

    def drop_retired(self, at: float) -> None:
        """Drop what was set aside more than 30 days before a POSIX time."""
        self.retired = [
            item
            for item in self.retired
            if isinstance(item.get("at"), float) and at - item["at"] < UNDO_DAYS * DAY_S
        ]

    def date_back_retired(self, at: float) -> None:
        """Let nothing have been set aside later than a POSIX time: the clock was ahead."""
        self.retired = [
            {**item, "at": min(item["at"], at)} if isinstance(item.get("at"), float) else item
            for item in self.retired
        ]

    def set_clock_back(self, at: float) -> None:
        """Let nothing have been set aside or asked later than a POSIX time: the clock was ahead."""
        self.date_back_retired(at)
        for issue_id, record in self.question_records.items():
            self.question_records[issue_id] = record.set_back(at)


type Fates = list[tuple[str, str]]  # Rooms (their ids), each with a quantity.


@dataclass(slots=True)
class Loaded:
    """What was read, and the damage that was found: for each room, the result of each channel.

    `recovered` lists (room, quantity) with something taken from the last good copy or from the
    last whole, `lost` those that could not be read at all, and `partly` those that lack a day or
    a correction. `damaged` says that the file could not be read as a whole, `outdated` that it
    holds rooms that are gone. `saved_at` is the POSIX time of the last save (None: not known).
    """

    rooms: dict[str, StoredRoom] = field(default_factory=dict)
    recovered: Fates = field(default_factory=list)
    lost: Fates = field(default_factory=list)
    partly: Fates = field(default_factory=list)
    damaged: bool = False
    outdated: bool = False
    saved_at: float | None = None
    salvages: dict[tuple[str, str], Salvage] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        """Tell whether there is any damage."""
        return bool(self.damaged or self.recovered or self.lost or self.partly)

    def note_open_lost(self) -> None:
        """Note that what was open in all rooms is lost; it goes on from the last whole."""
        known = {(key, one.value) for key, room in self.rooms.items() for one in room.channels}
        self.recovered += sorted(known.difference(self.recovered))

    def note_salvaged(self) -> bool:
        """Note which rooms lack a day or a correction; tell whether that is news.

        Days are read later than all else, so this can change.
        """
        news = False
        for fate, salvage in self.salvages.items():
            for found, fates in (
                (salvage.replaced, self.recovered),
                (salvage.lost, self.partly),
            ):
                if found and fate not in fates:
                    fates.append(fate)
                    news = True
            while notes := salvage.take_notes():
                LOGGER.warning("Stored data of %s %s: %s", *fate, "; ".join(notes))
        return news


class OpenParts:
    """The open parts of rooms, if they continue a certain whole; older ones are of no use."""

    def __init__(self, opened: object, whole: object) -> None:
        """Take the contents of the two files."""
        stored, id_ = mapping(opened), mapping(whole).get("id")
        self.continues = isinstance(id_, str) and stored.get("continues") == id_
        self._rooms = mapping(stored.get("rooms")) if self.continues else {}
        self.surroundings = stored.get("context") if self.continues else None

    def room(self, key: str) -> Mapping[str, Any] | None:
        """Return the open part of a room, None for none. Raises StoredFormError."""
        return checked.mapping(unpack(self._rooms[key])) if key in self._rooms else None


class RoomsReader:
    """Read rooms from two files; the last good copy replaces what the first has lost."""

    def __init__(self, zone: tzinfo, promise_days: int, rooms: Collection[str]) -> None:
        """Read these rooms; others are gone."""
        self._zone = zone
        self._promise_days = promise_days
        self._wanted = rooms
        self._loaded = Loaded()
        self._good_is_whole = False  # The open parts continue the good copy as well.

    def read(self, data: object, good: object, opened: object = None) -> Loaded:
        """Return what the ledger and the good copy hold, and the open parts of one of them.

        Raises NewerStoreError.
        """
        good_rooms = mapping(mapping(good).get("rooms"))
        rooms = mapping(data).get("rooms")
        whole_lost = not isinstance(rooms, dict)
        if not isinstance(rooms, dict):
            self._loaded.damaged = data is not None or bool(good_rooms)
            rooms = good_rooms
        parts = OpenParts(opened, good if whole_lost else data)
        self._good_is_whole = OpenParts(opened, good).continues
        self._loaded.outdated = any(key not in self._wanted for key in (*rooms, *good_rooms))
        for key in self._wanted:
            good_room = mapping(good_rooms.get(key))
            kept = mapping(rooms.get(key))
            if not kept and not good_room:
                continue
            part = self._part(key, kept, parts)
            asked = mapping(part).get("asked", kept.get("asked"))
            self._loaded.rooms[key] = StoredRoom(
                channels=self._channels(key, kept, part, good_room, whole_lost=whole_lost),
                retired=[item for item in _list(kept.get("retired")) if isinstance(item, dict)],
                question_records=_question_records(asked),
            )
        self._loaded.note_salvaged()
        return self._loaded

    def _part(
        self, key: str, room: Mapping[str, Any], parts: OpenParts
    ) -> Mapping[str, Any] | None:
        """Return the open part of a room, None if there is none or it cannot be read."""
        try:
            return parts.room(key)
        except StoredFormError as error:
            LOGGER.warning("What is open in a stored room cannot be read: %s", error)
            channels = mapping(room.get("channels"))
            self._loaded.recovered += [(key, name) for name in channels if name in _KINDS]
            return None

    def _channels(
        self,
        key: str,
        room: Mapping[str, Any],
        part: Mapping[str, Any] | None,
        good_room: Mapping[str, Any],
        *,
        whole_lost: bool,
    ) -> dict[Pollutant, Channel]:
        channels: dict[Pollutant, Channel] = {}
        current, good = room.get("channels"), mapping(good_room.get("channels"))
        parts = mapping(mapping(part).get("channels"))
        # A pollutant that only the good copy has was removed from the room since, unless the
        # list of pollutants itself was damaged.
        listed = isinstance(current, dict) and all(name in _KINDS for name in current)
        current = mapping(current)
        for pollutant in Pollutant:
            name = pollutant.value
            if name not in current and (listed or name not in good):
                continue
            give_way()
            fate = key, name
            salvage = Salvage(good.get(name))
            channel = self._continued(pollutant, current.get(name), parts.get(name), salvage)
            unread = channel is None and name in parts
            channel = channel or self._channel(pollutant, current.get(name), salvage)
            if channel is None or whole_lost or unread:
                part_of_good = parts.get(name) if self._good_is_whole else None
                channel = (
                    channel
                    or self._continued(pollutant, good.get(name), part_of_good, salvage)
                    or self._channel(pollutant, good.get(name), salvage)
                )
                fates = self._loaded.lost if channel is None else self._loaded.recovered
                fates += [fate] if fate not in fates else []
            if channel is not None:
                channels[pollutant] = channel
                self._loaded.salvages[fate] = salvage
            salvage.forget_good()
        return channels

    def _continued(
        self, pollutant: Pollutant, whole: object, part: object, salvage: Salvage
    ) -> Channel | None:
        """Return a channel as its open part continues it, None if that cannot be read."""
        if not isinstance(whole, dict) or not isinstance(part, dict):
            return None
        try:
            data = with_open_part(whole, part)
        except UNREADABLE as error:
            LOGGER.warning("What is open in a stored ledger cannot be read: %s", error)
            return None
        return self._channel(pollutant, data, salvage)

    def _channel(self, pollutant: Pollutant, data: object, salvage: Salvage) -> Channel | None:
        try:
            channel = load_channel(data, self._zone, self._promise_days, salvage)
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
