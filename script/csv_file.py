"""A recording in a CSV file: a column `timestamp` (ISO 8601), and a column for each value."""

from collections.abc import Iterator, Sequence
import csv
from datetime import UTC, datetime
import gzip
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO
import zlib
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TIMESTAMP: Final = "timestamp"
FIRST_YEAR, LAST_YEAR = 1970, 2100  # Outside is a mistake, and a day can be out of range.
YEARS = f"in a year from {FIRST_YEAR} to {LAST_YEAR}"


class RecordingError(Exception):
    """The recording cannot be used; the message says why and what would help."""


def columns(path: Path) -> list[str]:
    """Return the columns of a file, without its timestamps."""
    with _open(path) as source:
        return [name for name in _header(path, source) if name != TIMESTAMP]


def rows(path: Path, names: Sequence[str]) -> Iterator[tuple[float, list[str]]]:
    """Yield the time of each row (POSIX seconds; UTC if it has no zone) and the named cells.

    A missing cell is empty. Raises RecordingError and OSError.
    """
    with _open(path) as source:
        header = _header(path, source)
        for name in (TIMESTAMP, *names):
            if name not in header:
                raise RecordingError(f"no column {name!r}; the file has: {', '.join(header)}")
        when, places = header.index(TIMESTAMP), [header.index(name) for name in names]
        for number, row in enumerate(_lines(path, source), start=2):
            try:
                at = _posix(row[when])
            except (ValueError, IndexError) as error:
                raise RecordingError(f"line {number}: no ISO 8601 time, {YEARS}") from error
            yield at, [row[place] if place < len(row) else "" for place in places]


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone; RecordingError if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RecordingError(f"no time zone {name!r}; use a name such as Europe/London") from error


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return TextIOWrapper(gzip.open(path), encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _header(path: Path, source: TextIO) -> list[str]:
    return next(_lines(path, source), [])


def _lines(path: Path, source: TextIO) -> Iterator[list[str]]:
    try:
        yield from csv.reader(source)
    except (UnicodeDecodeError, csv.Error, EOFError, zlib.error) as error:
        raise RecordingError(f"{path.name} is no CSV file in UTF-8: {error}") from error


def _posix(text: str) -> float:
    moment = datetime.fromisoformat(text)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
