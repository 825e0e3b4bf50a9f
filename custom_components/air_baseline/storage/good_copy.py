"""When the good copy may be replaced: never by one that lacks days without a reason."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ..core.day import WINDOW_DAYS, parse_day
from ..core.ledger.entries import CorrectionCode, Relearned, Reset
from ..core.ledger.kept_leap import KeptLeap
from ..core.ledger.ledger import Ledger
from ..core.storage.days import ordinals, stored_ordinals
from ..core.storage.ledger import ENTRY_COLUMNS, entry_rows
from ..core.storage.salvage import UNREADABLE
from .frozen import ChannelToWrite
from .give_way import give_way

type Known = dict[tuple[str, str], KnownDays]  # By room (its id) and quantity.

_ID, _KIND = ENTRY_COLUMNS.index("id"), ENTRY_COLUMNS.index("kind")
_DROPPING = frozenset({CorrectionCode.RESET.value, CorrectionCode.RELEARNED.value})


@dataclass(frozen=True, slots=True)
class KnownDays:
    """The days of a channel (ordinals), and the ids of the entries that can take days away.

    They are all days that it keeps: in its ledger, set aside, or of before a leap of the clock.
    """

    days: array[int]
    dropping: frozenset[int]

    @classmethod
    def of(cls, ledger: Ledger, leaps: Sequence[KeptLeap] = ()) -> Self:
        """Return those of a ledger, and of what is kept of leaps."""
        entries = (*ledger.of(Reset), *ledger.of(Relearned))
        lists = (ledger.days, ledger.set_aside, *(kept.days for kept in leaps))
        days = array("i", (day for one in lists for day in ordinals(one)))
        return cls(days, frozenset(entry.id for entry in entries))

    @classmethod
    def of_stored(cls, channel: Mapping[str, Any]) -> Self:
        """Return those of a stored channel, none if they cannot be read."""
        try:
            aside = (
                channel.get("set_aside"),
                *(leap.get("left") for leap in channel.get("leaps", ())),
            )
            lists = (channel, *(one for one in aside if one is not None))
            days = array("i", (day for one in lists for day in stored_ordinals(one["days"])))
            rows = entry_rows(channel)
            return cls(days, frozenset(row[_ID] for row in rows if row[_KIND] in _DROPPING))
        except UNREADABLE:
            return cls(array("i"), frozenset())

    def missing_in(self, present: KnownDays, today: int) -> list[int]:
        """Return the days that are gone without a reason; `today` is the present day.

        Days leave the window, a day cannot be later than today, and a start over, a new import or
        undoing one can take days away.
        """
        if self.dropping != present.dropping:
            return []
        kept = frozenset(present.days)
        first = today - WINDOW_DAYS + 1
        return [day for day in self.days if first <= day < today and day not in kept]


def compare(
    before: Known,
    present: Mapping[tuple[str, str], ChannelToWrite],
    retired: Iterable[tuple[str, Mapping[str, Any]]],
    today: int,
) -> tuple[Known, list[str]]:
    """Return the known days of channels, and what speaks against them in place of a good copy.

    `before` is what that copy has, `retired` are the ledgers that were set aside (by their rooms):
    their days are not missing. `today` is for channels without an open day. This is for a
    thread: a thousand channels take longer than a turn of the event loop may.
    """
    known: Known = {}
    wrong = []
    aside: dict[tuple[str, str], set[int]] = {}
    for key, item in retired:
        channel = item.get("channel")
        if isinstance(channel, dict):
            days = aside.setdefault((key, str(channel.get("quantity"))), set())
            days.update(KnownDays.of_stored(channel).days)
    for fate, channel in present.items():
        give_way()
        frozen = channel.frozen
        known[fate] = now = KnownDays.of(frozen.ledger, frozen.leaps)
        day = parse_day(frozen.day) if frozen.day else today
        missing = before[fate].missing_in(now, day) if fate in before else []
        missing = [one for one in missing if one not in aside.get(fate, ())]
        if channel.error:
            wrong.append(f"{' '.join(fate)}: {channel.error}")
        if missing:
            wrong.append(f"{' '.join(fate)}: {len(missing)} days are missing")
    return known, wrong


def days_of_stored(rooms: Mapping[str, Any]) -> Known:
    """Return the known days of each channel (room, pollutant) of stored rooms."""
    return {
        (key, name): KnownDays.of_stored(channel)
        for key, name, channel in _channels(rooms)
        if isinstance(channel, dict)
    }


def _channels(rooms: Mapping[str, Any]) -> Iterable[tuple[str, str, object]]:
    for key, room in rooms.items():
        channels = room.get("channels") if isinstance(room, dict) else None
        for name, channel in (channels if isinstance(channels, dict) else {}).items():
            yield key, name, channel
