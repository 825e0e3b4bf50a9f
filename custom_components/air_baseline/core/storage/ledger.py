"""A stored ledger: days as lines of text, entries and episodes as tables.

The columns of a table are named once, and each row is a list. Anything that is not exactly of
this form raises StoredFormError, KeyError, TypeError, ValueError or OverflowError.
"""

from array import array
from base64 import b85decode, b85encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
import zlib

from .. import checked
from ..checked import StoredFormError
from ..codes import OtherRooms
from ..day import DAY_S, PARTS, WINDOW_DAYS
from ..ledger.correction import AHEAD_DAYS
from ..ledger.entries import (
    TOO_MANY_ALERTS,
    Cause,
    ChangePassed,
    ChangeReported,
    ChangeSuspected,
    ClockSetBack,
    Correction,
    CorrectionCode,
    DaysExcluded,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    LooksRight,
    Missed,
    Named,
    Relearned,
    Reset,
    Season,
    SensorMapped,
    StopAsking,
    StopReporting,
    Trouble,
    entry_columns,
)
from ..ledger.entry_list import pack, unpack
from ..ledger.episode import Episode, EpisodeEnd
from ..ledger.folding import ENTRY_DAYS, NOTHING_FOLDED, Folded
from ..ledger.histogram import ALL_PARTS
from ..ledger.ledger import Ledger
from ..ledger.own_words import MOST_CHARACTERS, cleaned
from ..pollutant import CELL_WIDTH, CELLS
from .days import COLUMNS as DAYS_COLUMNS, dump_days, load_days
from .salvage import STRICT, UNREADABLE, Salvage

# Days ahead that an entry can concern: after a start over "from the year 2926" a room would never
# learn again. The 3 days are for time zones and for days that begin at 04:00, by judgement.
MOST_AHEAD = AHEAD_DAYS + 3
# Entries after which a person's correction is refused. By judgement: an automation that corrects
# every hour of 120 days makes 2880.
MOST_ENTRIES = 5000
# Rows of a table that are read. By judgement: far more than the entries of people, those that the
# channel adds, and those of a former ledger together.
MOST_ROWS = 100_000
MOST_PLAIN_ROWS = 16  # Entries that are stored as rows, by judgement: 1 KB that people can read.
MOST_OFFSET = CELLS * CELL_WIDTH  # On the scale, either way; follows from its cells.
MOST_FOLDED_DAYS = ENTRY_DAYS + WINDOW_DAYS + MOST_AHEAD  # Days, in which a folded step can end.

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
    "until",
    "name",
    "offset",
    "spread",
)
# Of before there were mappings, and of before there were names; follows from the columns.
FORMER_ENTRY_COLUMNS: Final = (ENTRY_COLUMNS[:-2], ENTRY_COLUMNS[:-4])
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
    "rarity",
    "by_level",
)
# Of before an episode had a rarity; follows from the columns.
FORMER_EPISODE_COLUMNS: Final = EPISODE_COLUMNS[:-2]
# The surroundings of episodes came after the first stored form. They are a table of their own,
# which can be missing, with a row for each episode with known surroundings.
SURROUNDINGS_COLUMNS: Final = (
    "id",
    "outdoor",
    "outdoor_before",
    "window_open",
    "together",
    "rooms",
)


TABLES: Final = ("entries", "episodes", "beside")
COLUMNS: Final[Mapping[str, object]] = MappingProxyType(
    {
        "days_columns": DAYS_COLUMNS,
        "entries_columns": list(ENTRY_COLUMNS),
        "episodes_columns": list(EPISODE_COLUMNS),
        "beside_columns": list(SURROUNDINGS_COLUMNS),
    }
)
FORMER: Final = "former"
_FIELDS: Final = {"together": "other_rooms"}  # Fields that are stored under another name.


def dump_ledger(ledger: Ledger, *, days: bool = True, rows: bool = False) -> dict[str, Any]:
    """Return a ledger as tables of plain JSON values, without its days if not `days`.

    All entries are `rows`, which people can read, or many of them are packed.
    """
    return {
        "root": ledger.root,
        **(dump_days(ledger.days) if days else {}),
        "entries_columns": list(ENTRY_COLUMNS),
        **_dump_entries(ledger, rows=rows),
        "episodes_columns": list(EPISODE_COLUMNS),
        "episodes": [_dump_row(episode, EPISODE_COLUMNS) for episode in ledger.episodes],
        **_dump_surroundings(ledger),
        **({FORMER: dump_ledger(ledger.former)} if ledger.former else {}),
        **({"set_aside": dump_days(ledger.set_aside)} if ledger.set_aside else {}),
    }


def load_ledger(
    data: Mapping[str, Any], today: int | None = None, salvage: Salvage = STRICT
) -> Ledger:
    """Return the ledger that `dump_ledger` wrote; `today` is the open day (an ordinal), if any."""
    return Ledger(
        days=load_days(data, today, salvage),
        entries=_load_entries(data, salvage),
        episodes=_load_episodes(data, salvage),
        root=checked.integer(data["root"], 0),
        former=_load_former(data.get(FORMER), salvage),
        folded=_load_folded(data.get("folded")),
        set_aside=(
            load_days(checked.mapping(data["set_aside"]), salvage=salvage)
            if "set_aside" in data
            else ()
        ),
    )


def _load_former(data: object, salvage: Salvage) -> Ledger | None:
    """Return the ledger from before it was relearned; it has no former ledger itself."""
    if data is None:
        return None
    try:
        return load_ledger({**checked.mapping(data), FORMER: None})
    except UNREADABLE as error:
        if salvage is STRICT:
            raise
        salvage.lost.append(f"{FORMER}: {error!r}")
        return None


def _dump_entries(ledger: Ledger, *, rows: bool) -> dict[str, Any]:
    """Return the entries as rows or, if they are many, all but the last ones packed as text.

    The text changes only with every `MOST_PLAIN_ROWS`-th entry: what is open is written often.
    """
    entries = tuple(ledger.entries)
    many = (len(entries) - 1) // MOST_PLAIN_ROWS * MOST_PLAIN_ROWS if entries and not rows else 0
    packed = {"entries_packed": b85encode(pack(entries[:many])).decode()} if many else {}
    return {
        "entries": [_dump_entry(entry) for entry in entries[many:]],
        **packed,
        **_dump_folded(ledger.folded),
    }


def _dump_folded(folded: Folded) -> dict[str, Any]:
    if not folded.at:
        return {}
    return {"folded": [folded.at, list(folded.heads), folded.first, list(folded.numbers)]}


def _load_folded(data: object) -> Folded:
    """Return what remains of folded entries; stored data of before they were folded has none."""
    if data is None:
        return NOTHING_FOLDED
    at, heads, first, numbers = checked.rows([data], 4, 1)[0]
    return Folded(
        at=checked.time(at),
        heads=array("Q", [checked.integer(head) for head in checked.items(heads, WINDOW_DAYS)]),
        first=checked.integer(first, 0, checked.LATEST_DAY),
        numbers=tuple(
            checked.integer(number) for number in checked.items(numbers, MOST_FOLDED_DAYS)
        ),
    )


def _unpacked(data: object) -> Sequence[Sequence[Any]]:
    """Return the rows of packed entries, which are then checked like any others."""
    try:
        return [_dump_entry(entry) for entry in unpack(b85decode(checked.text(data)))]
    except (AttributeError, StopIteration, zlib.error) as error:
        raise StoredFormError(f"not packed entries: {error!r}") from error


def entry_rows(data: Mapping[str, Any]) -> list[Any]:
    """Return the rows of the entries of a stored ledger, packed or not.

    Raises StoredFormError, KeyError, TypeError or ValueError for anything else.
    """
    last = checked.items(data["entries"], MOST_ROWS)
    if (known := _former_columns(data)) is not None:
        more = [None] * (len(ENTRY_COLUMNS) - len(known))
        last = [[*row, *more] for row in checked.rows(last, len(known), MOST_ROWS)]
    return [*_unpacked(data["entries_packed"]), *last] if "entries_packed" in data else [*last]


def _former_columns(data: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the columns of the entries of a stored ledger if they are those of a former form."""
    columns = data["entries_columns"]
    return next((known for known in FORMER_ENTRY_COLUMNS if columns == list(known)), None)


def _load_entries(data: Mapping[str, Any], salvage: Salvage) -> tuple[Entry, ...]:
    columns = data["entries_columns"] if _former_columns(data) is None else list(ENTRY_COLUMNS)
    data = {**data, "entries": entry_rows(data), "entries_columns": columns}
    rows = checked.table(data, "entries", ENTRY_COLUMNS, MOST_ROWS)
    known = {row["id"]: row["kind"] for row in rows}
    if len(known) != len(rows):
        raise StoredFormError("two entries with the same id")
    return salvage.rows("entries", rows, lambda row: _load_entry(row, known))


def _load_entry(row: Mapping[str, Any], known: Mapping[int, object]) -> Entry:
    """Return an entry; `known` has the code of each entry by its id.

    `target` is the step of an entry if that has the same code, otherwise what it replaces.
    """
    if row["cause"] == TOO_MANY_ALERTS:
        row = {**row, "cause": Cause(TOO_MANY_ALERTS).value}
    code = checked.code(CorrectionCode, row["kind"])
    target = checked.optional(checked.integer, row["target"])
    of_step = target is not None and known.get(target) == code
    entry = Entry(
        id=checked.integer(row["id"], 1),
        at=checked.time(row["at"]),
        correction=_CORRECTIONS[code](_Row(row)),
        replaces=None if of_step else target,
        step=target if of_step else None,
    )
    if _dump_entry(entry) != list(row.values()):
        raise StoredFormError(f"{code} with columns of another kind")
    return entry


class _Row:
    """The columns of an entry, each checked when it is read."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        self._latest = int(checked.time(row["at"]) // DAY_S) + checked.EARLIEST_DAY + MOST_AHEAD

    @property
    def until_day(self) -> int:
        return self._day("until_day")

    def _day(self, column: str) -> int:
        return checked.integer(self._row[column], checked.EARLIEST_DAY, self._latest)

    @property
    def first_day(self) -> int:
        return self._day("from_day")

    @property
    def last_day(self) -> int:
        return self._day("to_day")

    @property
    def episode(self) -> int:
        return checked.integer(self._row["episode"])

    @property
    def episode_if_any(self) -> int | None:
        return checked.optional(checked.integer, self._row["episode"])

    @property
    def parts(self) -> int:
        return checked.integer(self._row["parts"], 0, ALL_PARTS)

    @property
    def level(self) -> float:
        return checked.concentration(self._row["level"])

    @property
    def weight(self) -> float:
        return checked.share(self._row["weight"])

    @property
    def offset(self) -> float:
        return checked.number(self._row["offset"], -MOST_OFFSET, MOST_OFFSET)

    @property
    def spread(self) -> float:
        return checked.number(self._row["spread"], 0.0, MOST_OFFSET)

    @property
    def cause(self) -> Cause:
        return checked.code(Cause, self._row["cause"])

    @property
    def moment(self) -> int:
        return checked.integer(self._row["episode"], 0, int(checked.LATEST))

    @property
    def until(self) -> int:
        return checked.integer(self._row["until"], self.moment, int(checked.LATEST))

    @property
    def name(self) -> str:
        name = checked.text(self._row["name"])
        if not name or len(name) > MOST_CHARACTERS or name != cleaned(name):
            raise StoredFormError("not a name in its owner's words")
        return name

    @property
    def trouble(self) -> Trouble:
        return checked.code(Trouble, self._row["cause"])


_CORRECTIONS: Final[Mapping[CorrectionCode, Callable[[_Row], Correction]]] = MappingProxyType(
    {
        CorrectionCode.LOOKS_RIGHT: lambda _: LooksRight(),
        CorrectionCode.STOP_ASKING: lambda row: StopAsking(episode=row.episode_if_any),
        CorrectionCode.STOP_REPORTING: lambda row: StopReporting(trouble=row.trouble),
        CorrectionCode.EPISODE_REAL: lambda row: EpisodeReal(
            episode=row.episode, day=row.first_day, parts=row.parts
        ),
        CorrectionCode.EPISODE_NORMAL: lambda row: EpisodeNormal(
            episode=row.episode,
            parts=row.parts,
            alert_level=row.level,
            until_day=row.until_day,
        ),
        CorrectionCode.STRIKE: lambda row: DaysExcluded(
            from_day=row.first_day, to_day=row.last_day
        ),
        CorrectionCode.CHANGE: lambda row: ChangeReported(
            from_day=row.first_day, found_day=row.last_day, weight=row.weight
        ),
        CorrectionCode.SENSOR_MAPPED: lambda row: SensorMapped(
            from_day=row.first_day,
            found_day=row.last_day,
            weight=row.weight,
            level=row.level,
            offset=row.offset,
            spread=row.spread,
        ),
        CorrectionCode.CHANGE_DETECTED: lambda row: ChangeSuspected(
            from_day=row.first_day, found_day=row.last_day, weight=row.weight, cause=row.cause
        ),
        CorrectionCode.CHANGE_PASSED: lambda row: ChangePassed(
            from_day=row.first_day, to_day=row.last_day
        ),
        CorrectionCode.SEASON: lambda _: Season(),
        CorrectionCode.RESET: lambda row: Reset(from_day=row.first_day),
        CorrectionCode.RELEARNED: lambda row: Relearned(from_day=row.first_day),
        CorrectionCode.CLOCK_SET_BACK: lambda row: ClockSetBack(
            from_day=row.first_day, to_day=row.last_day
        ),
        CorrectionCode.NAMED: lambda row: Named(moment=row.moment, name=row.name),
        CorrectionCode.MISSED: lambda row: Missed(
            since=row.moment, until=row.until, day=row.first_day, parts=row.parts
        ),
    }
)


def _dump_entry(entry: Entry) -> list[Any]:
    row = entry_columns(entry)
    return [_plain(row[column]) for column in ENTRY_COLUMNS]


def _dump_row(episode: Episode, columns: tuple[str, ...]) -> list[Any]:
    row = [getattr(episode, _FIELDS.get(column, column)) for column in columns]
    return [_plain(value) for value in row]


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _dump_surroundings(ledger: Ledger) -> dict[str, Any]:
    nothing = None, None, OtherRooms.UNKNOWN
    rows = [
        _dump_row(episode, SURROUNDINGS_COLUMNS)
        for episode in ledger.episodes
        if (episode.outdoor, episode.window_open, episode.other_rooms) != nothing
    ]
    return {"beside_columns": list(SURROUNDINGS_COLUMNS), "beside": rows} if rows else {}


def _load_episodes(data: Mapping[str, Any], salvage: Salvage) -> tuple[Episode, ...]:
    former = data["episodes_columns"] == list(FORMER_EPISODE_COLUMNS)
    columns = FORMER_EPISODE_COLUMNS if former else EPISODE_COLUMNS
    rows = checked.table(data, "episodes", columns, MOST_ROWS)
    surroundings: dict[int, Mapping[str, Any]] = {}
    if "beside" in data:
        for row in checked.table(data, "beside", SURROUNDINGS_COLUMNS, MOST_ROWS):
            surroundings[checked.integer(row["id"])] = row
    return salvage.rows(
        "episodes", rows, lambda row: _load_episode(row, surroundings.get(row["id"]))
    )


def _load_episode(row: Mapping[str, Any], surroundings: Mapping[str, Any] | None) -> Episode:
    episode = _load_air(row)
    if surroundings is None:
        return episode
    rooms = checked.items(surroundings["rooms"], MOST_ROWS)
    return replace(
        episode,
        outdoor=checked.optional(checked.concentration, surroundings["outdoor"]),
        outdoor_before=checked.optional(checked.concentration, surroundings["outdoor_before"]),
        window_open=checked.optional(checked.share, surroundings["window_open"]),
        other_rooms=checked.code(OtherRooms, surroundings["together"]),
        rooms=tuple(checked.text(room) for room in rooms),
    )


def _load_air(row: Mapping[str, Any]) -> Episode:
    outcome = row["outcome"]
    return Episode(
        id=checked.integer(row["id"], 0, int(checked.LATEST)),
        day=checked.day(row["day"]),
        part=checked.integer(row["part"], 0, PARTS - 1),
        opened_level=checked.concentration(row["opened_level"]),
        alert_level=checked.concentration(row["alert_level"]),
        high=checked.concentration(row["high"]),
        beaten=checked.integer(row["beaten"], 0),
        compared=checked.integer(row["compared"], 0),
        peak=checked.concentration(row["peak"]),
        end=checked.optional(checked.time, row["end"]),
        outcome=None if outcome is None else checked.code(EpisodeEnd, outcome),
        outdoor_rose=checked.optional(checked.flag, row["outdoor_rose"]),
        rarity=checked.optional(checked.integer, row.get("rarity")),
        by_level=checked.flag(row.get("by_level", False)),
    )
