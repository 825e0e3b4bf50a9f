"""Checked reading of plain JSON values: each function returns a value or raises StoredFormError."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np

LATEST = 32_503_680_000.0  # POSIX seconds: the year 3000. By judgement, later times are damage.
# Ordinals of the days of times from 0 to LATEST; west of Greenwich, time 0 fell on the day before.
EARLIEST_DAY, LATEST_DAY = date(1969, 12, 31).toordinal(), date(3000, 1, 1).toordinal()
HIGHEST = 1e6  # Base unit. By judgement: above the plausible span of every pollutant.


class StoredFormError(ValueError):
    """Stored data that no version of this code can have written."""


def mapping(data: object) -> Mapping[str, Any]:
    """Return a JSON object."""
    if not isinstance(data, dict):
        raise _wrong(data, "an object")
    return data


def items(data: object, most: int) -> Sequence[Any]:
    """Return a list of at most `most` values."""
    if not isinstance(data, list) or len(data) > most:
        raise _wrong(data, f"a list of at most {most}")
    return data


def rows(data: object, width: int, most: int) -> Sequence[Sequence[Any]]:
    """Return a list of at most `most` rows of `width` values each."""
    table = [items(row, width) for row in items(data, most)]
    if any(len(row) != width for row in table):
        raise _wrong(data, f"rows of {width}")
    return table


def table(
    data: Mapping[str, Any], name: str, columns: Sequence[str], most: int
) -> list[dict[str, Any]]:
    """Return the rows of the table `name`, each by column; its columns must be the given ones."""
    if items(data[f"{name}_columns"], len(columns)) != list(columns):
        raise _wrong(data[f"{name}_columns"], f"columns {columns}")
    return [dict(zip(columns, row, strict=True)) for row in rows(data[name], len(columns), most)]


def text(data: object) -> str:
    """Return a string."""
    if not isinstance(data, str):
        raise _wrong(data, "a string")
    return data


def flag(data: object) -> bool:
    """Return true or false."""
    if not isinstance(data, bool):
        raise _wrong(data, "true or false")
    return data


def integer(data: object, low: int = 0, high: int = 2**53) -> int:
    """Return a whole number within bounds."""
    if not isinstance(data, int) or isinstance(data, bool) or not low <= data <= high:
        raise _wrong(data, f"a whole number from {low} to {high}")
    return data


def number(data: object, low: float = -HIGHEST, high: float = HIGHEST * HIGHEST) -> float:
    """Return a finite number within bounds."""
    if not isinstance(data, float | int) or isinstance(data, bool) or not low <= data <= high:
        raise _wrong(data, f"a number from {low} to {high}")
    return float(data)


def numbers(
    data: object, width: int, low: float = -HIGHEST, high: float = HIGHEST * HIGHEST
) -> list[float]:
    """Return a list of exactly `width` numbers within bounds."""
    values = items(data, width)
    if len(values) != width or not set(map(type, values)) <= {float, int}:
        raise _wrong(data, f"a list of {width} numbers")
    if not all(low <= value <= high for value in values):
        raise _wrong(data, f"numbers from {low} to {high}")
    return list(map(float, values))


def concentration(data: object) -> float:
    """Return a concentration in a base unit."""
    return number(data, 0.0, HIGHEST)


def concentrations(texts: Sequence[str], width: int, *, missing: bool = False) -> list[bytes]:
    """Return rows of `width` concentrations, each row as packed 32-bit floats.

    A row is written with commas between the values; a dash is NaN, allowed only if `missing`.
    This checks the same as `concentration` for each value, but fast: a ledger has thousands.
    """
    if any(text.count(",") != width - 1 for text in texts):
        raise _wrong(texts, f"rows of {width} concentrations")
    values = ",".join(texts).replace("-", "nan").split(",") if texts else []
    try:
        table = np.fromiter(map(float, values), float, len(values))
    except ValueError:
        raise _wrong(texts, "rows of concentrations") from None
    absent = np.count_nonzero(np.isnan(table)) if missing else 0
    if np.count_nonzero((table >= 0.0) & (table <= HIGHEST)) + absent < len(values):
        raise _wrong(texts, f"concentrations from 0 to {HIGHEST}")
    packed, size = table.astype("<f4").tobytes(), 4 * width
    return [packed[size * row : size * (row + 1)] for row in range(len(texts))]


def share(data: object) -> float:
    """Return a share from 0 to 1."""
    return number(data, 0.0, 1.0)


def time(data: object) -> float:
    """Return a POSIX time."""
    return number(data, 0.0, LATEST)


def day(data: object) -> int:
    """Return a day (proleptic ordinal)."""
    return integer(data, EARLIEST_DAY, LATEST_DAY)


def code[C: StrEnum](codes: type[C], data: object) -> C:
    """Return one of an enumeration's codes."""
    try:
        return codes(text(data))
    except ValueError:
        raise _wrong(data, f"one of {[item.value for item in codes]}") from None


def optional[T](read: Callable[[object], T], data: object) -> T | None:
    """Return None for null, otherwise the value as `read` returns it."""
    return None if data is None else read(data)


def _wrong(data: object, wanted: str) -> StoredFormError:
    return StoredFormError(f"{str(data)[:40]!r} is not {wanted}")
