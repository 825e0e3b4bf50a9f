"""A recording in a CSV file, as tools write it or as Home Assistant exports history.

A file has a column with the time and a column for each value. An export of Home Assistant has a
row for each state instead, with the columns `entity_id`, `state` and `last_changed`; here each of
its entities is a column.
"""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import csv
from dataclasses import dataclass
from datetime import UTC, datetime
import gzip
from gzip import GzipFile
from io import BufferedReader, TextIOWrapper
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
import re
import sys
from typing import Final, TextIO
import zlib
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from custom_components.air_baseline.core.reading.number import plain_float

FIRST_YEAR, LAST_YEAR = 1970, 2100  # Outside is a mistake, and a day can be out of range.
EXPECTED_TIME: Final = (
    f"no ISO 8601 time, such as 2026-03-02T10:00:00Z, in a year from {FIRST_YEAR} to {LAST_YEAR}"
)
# Names of the column with the time, best first; case, spaces and signs do not count.
TIME_NAMES: Final = (
    *("timestamp", "lastchanged", "lastupdated", "datetime", "time", "date", "utc", "ts", "when"),
    *("lastchangedts", "lastupdatedts", "utcdatetime", "dateutc", "timeutc", "createdat"),
    *("recordedat", "measuredat", "zeitstempel", "zeit", "datum", "horodatage", "fecha", "data"),
    *("fechahora", "dataora", "tijdstip", "tijd", "czas", "datahora"),
)
ENTITY, STATE = "entityid", "state"  # The columns of an export of Home Assistant.
NO_STATE: Final = "unknown"  # The state that stands for an empty one.
NO_VALUE: Final = frozenset({NO_STATE, "unavailable"})  # States that end the hold.
SEPARATORS: Final = ",;\t"
DECIMAL_COMMA: Final = re.compile(r"\s*[+-]?\d+,\d+\s*", re.ASCII)
DOTTED_DATE: Final = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4}),?\s+(\d.*)", re.ASCII)
POSIX_S: Final = re.compile(r"\d{9,10}(\.\d+)?", re.ASCII)  # Seconds, since 1973.
POSIX_MS: Final = re.compile(r"\d{12,13}", re.ASCII)  # Milliseconds, since 1973.
SHOWN: Final = 40  # Characters of a cell that an error repeats, by judgement.

type Row = tuple[float, list[str]]  # POSIX seconds, and the requested cells.


class RecordingError(Exception):
    """The recording cannot be used; the message says why and what would help."""


def columns(path: Path) -> list[str]:
    """Return the columns of a file without its time, or the entities of an export.

    Raises RecordingError and OSError.
    """
    with _table(path) as table:
        return table.entities() if table.is_export else table.values()


def chosen_column(path: Path, name: str | None) -> str:
    """Return the column with the level: the named one, or the only one.

    Raises RecordingError if there is none or a choice, and OSError.
    """
    with _table(path) as table:
        found = table.entities() if table.is_export else table.values()
        named_state = table.is_export and name is not None and _plain(name) == STATE
    if name is None or named_state:
        if len(found) == 1:
            return found[0]
        said = ", ".join(found) or "nothing but a header"
        raise RecordingError(f"say which column with --column; {path.name} has: {said}")
    if name not in found:
        raise RecordingError(f"no column {name!r}; {path.name} has: {', '.join(found)}")
    return name


def rows(path: Path, names: Sequence[str]) -> list[Row]:
    """Return the time of each row (POSIX seconds; UTC if it has no zone) and the named cells.

    The first name is that of the level. A missing cell is empty. Rows that are not in order are
    sorted, with a word on stderr. Raises RecordingError and OSError.
    """
    with _table(path) as table:
        found = list(table.export(names) if table.is_export else table.plain(names))
    _check_level(path, names[0], found)
    return _in_order(path, [(at, cells) for _, at, cells in found])


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone; RecordingError if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RecordingError(f"no time zone {name!r}; use a name such as Europe/London") from error


@dataclass(frozen=True, slots=True)
class _Table:
    """An open file: its header, the place of its time, and its rows with their line numbers."""

    header: list[str]
    when: int
    lines: Iterator[tuple[int, list[str]]]
    decimal_comma: bool

    @property
    def is_export(self) -> bool:
        """Tell whether the file has a row for each state, as Home Assistant exports them."""
        return {ENTITY, STATE} <= set(map(_plain, self.header))

    def values(self) -> list[str]:
        return [name for place, name in enumerate(self.header) if place != self.when]

    def entities(self) -> list[str]:
        place = self._place(ENTITY)
        return list(dict.fromkeys(_cell(row, place).strip() for _, row in self.lines))

    def plain(self, names: Sequence[str]) -> Iterator[tuple[int, float, list[str]]]:
        for name in names:
            if name not in self.header:
                said = ", ".join(self.header)
                raise RecordingError(f"no column {name!r}; the file has: {said}")
        places = [self.header.index(name) for name in names]
        for line, row in self.lines:
            yield line, self._time(line, row), [self._value(row, place) for place in places]

    def export(self, names: Sequence[str]) -> Iterator[tuple[int, float, list[str]]]:
        entity, state, seen = self._place(ENTITY), self._place(STATE), set[str]()
        for line, row in self.lines:
            at, whose = self._time(line, row), _cell(row, entity).strip()
            seen.add(whose)
            if whose in names:
                value = self._value(row, state) or NO_STATE
                yield line, at, [value if name == whose else "" for name in names]
        for name in names:
            if name not in seen:
                raise RecordingError(f"no entity {name!r}; the file has: {', '.join(sorted(seen))}")

    def _place(self, plain: str) -> int:
        return [_plain(name) for name in self.header].index(plain)

    def _time(self, line: int, row: list[str]) -> float:
        text = _cell(row, self.when)
        try:
            return _posix(text)
        except ValueError as error:
            raise RecordingError(f"line {line}: {EXPECTED_TIME}: {text[:SHOWN]!r}") from error

    def _value(self, row: list[str], place: int) -> str:
        text = _cell(row, place)
        if self.decimal_comma and DECIMAL_COMMA.fullmatch(text):
            return text.replace(",", ".")
        return text


@contextmanager
def _table(path: Path) -> Iterator[_Table]:
    """Open a file and read its header."""
    try:
        with _open(path) as source:
            separator = max(SEPARATORS, key=_first_line(source).count)
            reader = csv.reader(source, delimiter=separator)
            filled = ((reader.line_num, row) for row in reader if any(map(str.strip, row)))
            yield _with_header(path, filled, decimal_comma=separator != ",")
    except (UnicodeError, csv.Error, EOFError, zlib.error) as error:
        raise RecordingError(f"{path.name} is no CSV file in UTF-8: {error}") from error


def _open(path: Path) -> TextIO:
    with _bytes(path) as source:
        wide = source.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE)
    return TextIOWrapper(_bytes(path), encoding="utf-16" if wide else "utf-8-sig", newline="")


def _bytes(path: Path) -> GzipFile | BufferedReader:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _first_line(source: TextIO) -> str:
    """Return the first line that is not blank; the file is read from its start again."""
    first = next((line for line in source if line.strip()), "")
    source.seek(0)
    return first


def _with_header(
    path: Path, rows: Iterator[tuple[int, list[str]]], *, decimal_comma: bool
) -> _Table:
    line, names = next(rows, (0, []))
    if not names:
        raise RecordingError(f"{path.name} is empty")
    header = [name.strip() for name in names]
    plain = [_plain(name) for name in header]
    for name in TIME_NAMES:
        if name in plain:
            # Files that were put together have their header more than once.
            rest = (_checked(row, len(header)) for row in rows if row[1] != names)
            return _Table(header, plain.index(name), rest, decimal_comma)
    raise RecordingError(
        f"line {line}: no column with the time, such as timestamp, last_changed, time or date; "
        f"the file has: {', '.join(header)}"
    )


def _checked(row: tuple[int, list[str]], width: int) -> tuple[int, list[str]]:
    """Return a row; RecordingError if it has more cells than the header: a comma that is none."""
    line, cells = row
    if any(map(str.strip, cells[width:])):
        raise RecordingError(
            f"line {line}: {len(cells)} cells, expected are {width} as in the header; "
            "decimal commas need semicolons between the cells"
        )
    return row


def _check_level(path: Path, name: str, found: Sequence[tuple[int, float, list[str]]]) -> None:
    """Raise RecordingError if no cell of the first column is a number."""
    if any(plain_float(level) is not None for _, _, (level, *_) in found):
        return
    odd = next(((line, level) for line, _, (level, *_) in found if level.strip()), None)
    said = f"; line {odd[0]} has {odd[1][:SHOWN]!r}, expected is one such as 12.5" if odd else ""
    raise RecordingError(f"{path.name} has no number in its column {name!r}{said}")


def _in_order(path: Path, found: list[Row]) -> list[Row]:
    times = [at for at, _ in found]
    if all(one <= other for one, other in pairwise(times)):
        return found
    if all(one >= other for one, other in pairwise(times)):
        sys.stderr.write(f"{path.name}: the rows are newest first; they are read in reverse\n")
        return found[::-1]
    sys.stderr.write(f"{path.name}: the rows are not in order; they are sorted by time\n")
    return sorted(found, key=itemgetter(0))


def _plain(name: str) -> str:
    """Return a column's name in lower case, without signs and without what stands in brackets."""
    return re.sub(r"\(.*?\)|\[.*?\]|[\W_]", "", name.lower())


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _posix(text: str) -> float:
    """Return the POSIX time of a cell. Raises ValueError."""
    text = text.strip()
    if POSIX_S.fullmatch(text):
        moment = datetime.fromtimestamp(float(text), UTC)
    elif POSIX_MS.fullmatch(text):
        moment = datetime.fromtimestamp(int(text) / 1000, UTC)
    else:
        moment = datetime.fromisoformat(DOTTED_DATE.sub(_iso, text))
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _iso(found: re.Match[str]) -> str:
    day, month, year, clock = found.groups()
    return f"{year}-{month:0>2}-{day:0>2} {clock}"
