"""The rows of a stored ledger: days as lines of text, entries and episodes as tables.

The columns of a table are named once, each row is a list. What is not exactly of this form
raises StoredFormError.
"""

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from ..codes import OtherRooms
from ..day import DAY_S, PARTS
from ..ledger.correction import AHEAD_DAYS
from ..ledger.entries import Cause, Entry, EntryKind
from ..ledger.episode import Episode, EpisodeEnd
from ..ledger.histogram import ALL_PARTS
from ..ledger.ledger import Ledger
from . import checked
from .checked import StoredFormError
from .days import dump_days, load_days

if TYPE_CHECKING:
    from collections.abc import Mapping


MOST_ROOMS = 1000
# Nothing is said about later days; a start over "from the year 2926" would never let a room
# learn again. Time zones, and days that begin at 04:00, make up for a few.
MOST_AHEAD = AHEAD_DAYS + 3
MOST_ENTRIES = 5000  # An automation that corrects every hour of the 120 days gives 2880.

ENTRY_COLUMNS: Final = (
    "id",
    "at",
    "kind",
    "from_day",
    "to_day",
    "parts",
    "weight",
    "level",
    "until_day",
    "episode",
    "target",
    "cause",
)
EPISODE_COLUMNS: Final = (
    "id",
    "day",
    "part",
    "opened_level",
    "alert_level",
    "high",
    "beaten",
    "compared",
    "peak",
    "end",
    "outcome",
    "outdoor_rose",
)
# What goes on beside an episode came later than the first stored form: a table of its own,
# which may be missing, with a row for each episode of which something is known.
BESIDE_COLUMNS: Final = (
    "id",
    "outdoor",
    "outdoor_before",
    "window_open",
    "together",
    "rooms",
)


_FIELDS: Final = {"together": "other_rooms"}  # Fields that are stored under another name.


def dump_ledger(ledger: Ledger) -> dict[str, Any]:
    """Return a ledger as tables of plain JSON values."""
    return {
        "root": ledger.root,
        **dump_days(ledger.days),
        "entries_columns": list(ENTRY_COLUMNS),
        "entries": [_dump_row(entry, ENTRY_COLUMNS) for entry in ledger.entries],
        "episodes_columns": list(EPISODE_COLUMNS),
        "episodes": [_dump_row(episode, EPISODE_COLUMNS) for episode in ledger.episodes],
        **_dump_beside(ledger),
        **({"former": dump_ledger(ledger.former)} if ledger.former else {}),
    }


def load_ledger(data: Mapping[str, Any]) -> Ledger:
    """Return the ledger that `dump_ledger` wrote."""
    return Ledger(
        days=load_days(data),
        entries=_load_entries(data),
        episodes=_load_episodes(data),
        root=checked.integer(data["root"], 0),
        former=_load_former(data.get("former")),
    )


def _load_former(data: object) -> Ledger | None:
    """Return the ledger before it was learned anew; it has no former one itself."""
    return None if data is None else load_ledger({**checked.mapping(data), "former": None})


def _load_entries(data: Mapping[str, Any]) -> tuple[Entry, ...]:
    rows = checked.table(data, "entries", ENTRY_COLUMNS, MOST_ENTRIES)
    entries = tuple(_load_entry(row) for row in rows)
    if len({entry.id for entry in entries}) != len(entries):
        message = "two entries with one id"
        raise StoredFormError(message)
    return entries


def _load_entry(row: Mapping[str, Any]) -> Entry:
    at = checked.time(row["at"])
    ahead = int(at // DAY_S) + checked.EARLIEST_DAY + MOST_AHEAD

    def day(data: object) -> int:
        return checked.integer(data, checked.EARLIEST_DAY, ahead)

    return Entry(
        id=checked.integer(row["id"], 1),
        at=at,
        kind=checked.code(EntryKind, row["kind"]),
        from_day=checked.optional(day, row["from_day"]),
        to_day=checked.optional(day, row["to_day"]),
        parts=None if row["parts"] is None else checked.integer(row["parts"], 0, ALL_PARTS),
        weight=checked.share(row["weight"]),
        level=checked.optional(checked.level, row["level"]),
        until_day=checked.optional(day, row["until_day"]),
        episode=checked.optional(checked.integer, row["episode"]),
        target=checked.optional(checked.integer, row["target"]),
        cause=None if row["cause"] is None else checked.code(Cause, row["cause"]),
    )


def _dump_row(kept: Entry | Episode, columns: tuple[str, ...]) -> list[Any]:
    row = [getattr(kept, _FIELDS.get(column, column)) for column in columns]
    return [_plain(value) for value in row]


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _dump_beside(ledger: Ledger) -> dict[str, Any]:
    nothing = None, None, OtherRooms.UNKNOWN
    rows = [
        _dump_row(episode, BESIDE_COLUMNS)
        for episode in ledger.episodes
        if (episode.outdoor, episode.window_open, episode.other_rooms) != nothing
    ]
    return {"beside_columns": list(BESIDE_COLUMNS), "beside": rows} if rows else {}


def _load_episodes(data: Mapping[str, Any]) -> tuple[Episode, ...]:
    rows = checked.table(data, "episodes", EPISODE_COLUMNS, MOST_ENTRIES)
    beside: dict[int, Mapping[str, Any]] = {}
    if "beside" in data:
        for row in checked.table(data, "beside", BESIDE_COLUMNS, MOST_ENTRIES):
            beside[checked.integer(row["id"])] = row
    return tuple(_load_episode(row, beside.get(row["id"])) for row in rows)


def _load_episode(row: Mapping[str, Any], beside: Mapping[str, Any] | None) -> Episode:
    episode = _load_air(row)
    if beside is None:
        return episode
    return replace(
        episode,
        outdoor=checked.optional(checked.level, beside["outdoor"]),
        outdoor_before=checked.optional(checked.level, beside["outdoor_before"]),
        window_open=checked.optional(checked.share, beside["window_open"]),
        other_rooms=checked.code(OtherRooms, beside["together"]),
        rooms=tuple(checked.text(room) for room in checked.items(beside["rooms"], MOST_ROOMS)),
    )


def _load_air(row: Mapping[str, Any]) -> Episode:
    outcome = row["outcome"]
    return Episode(
        id=checked.integer(row["id"], 0, int(checked.LATEST)),
        day=checked.day(row["day"]),
        part=checked.integer(row["part"], 0, PARTS - 1),
        opened_level=checked.level(row["opened_level"]),
        alert_level=checked.level(row["alert_level"]),
        high=checked.level(row["high"]),
        beaten=checked.integer(row["beaten"], 0),
        compared=checked.integer(row["compared"], 0),
        peak=checked.level(row["peak"]),
        end=checked.optional(checked.time, row["end"]),
        outcome=None if outcome is None else checked.code(EpisodeEnd, outcome),
        outdoor_rose=checked.optional(checked.flag, row["outdoor_rose"]),
    )
