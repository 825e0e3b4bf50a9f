"""The weeks of a year packed as one value, and back.

As objects, two years of weeks would take twice the memory of all days of a channel.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
import json
from struct import Struct
from types import MappingProxyType
from typing import Any, Final
import zlib

import numpy as np
from numpy.typing import NDArray

from .. import checked
from ..checked import StoredFormError
from ..day import PARTS
from ..pollutant import CELLS
from .week import MOST_COUNT, NO_PEAKS, WEEK_DAYS, Week, week_of

# Bytes of packed weeks, by judgement: as text they take 23.4 KB, and all else of a year the rest
# of 24. Recordings: two years take 13 to 19 KB if nothing is rounded.
MOST_BYTES = 17_900
MOST_WEEKS = 106  # Weeks, by judgement: two years, and the week that begins and the one that ends.
MOST_UNPACKED = 400_000  # Bytes, by judgement: four times what the weeks take; it bounds damage.
MOST_NAMES = 16  # Kinds of surroundings of a week, by judgement; it bounds damage.
# Slots to which the sums of a histogram are rounded, the first that is enough, by judgement: with
# the last, a sum is off by at most 40 minutes of the 21 hours that a part has in a week.
UNITS: Final = (1, 2, 4, 8, 16)
_CELLS: Final = PARTS * CELLS
_PEAKS: Final = len(NO_PEAKS)
_ALL_DAYS: Final = (1 << WEEK_DAYS) - 1  # A mask; follows from the week.
# Fields of a week; all but its peaks and cells.
_NAMES: Final = (
    "number",
    "seen",
    "hourly",
    "coverage",
    "scored",
    "temperatures",
    "windows",
    "surroundings",
)
_LENGTH: Final = Struct("<I")
# Of the compression, measured: 5 takes twice as long for 1 to 3 % less, 3 saves no time.
_LEVEL: Final = 4

type Counts = NDArray[np.uint8]


def pack(weeks: Sequence[Week], before: bytes = b"") -> bytes:
    """Return weeks (oldest first) as compressed bytes, empty for none.

    Counts are rounded only if they would take too much memory otherwise; rounding them again
    changes nothing. They are rounded at least as those of `before`, which are most of them, if
    that is large: each try takes milliseconds.
    """
    if not weeks:
        return b""
    counts = np.frombuffer(b"".join(week.cells for week in weeks), dtype=np.uint8)
    least = _unpacked(before)[0] if len(before) > MOST_BYTES // 2 else 1
    packed = b""
    for unit in (one for one in UNITS if one >= least):
        packed = _packed(weeks, counts if unit == 1 else _rounded(counts, unit), unit)
        if len(packed) <= MOST_BYTES:
            break
    return packed


def _packed(weeks: Sequence[Week], counts: Counts, unit: int) -> bytes:
    columns = {
        "unit": unit,
        **{name: [getattr(week, name) for week in weeks] for name in _NAMES[:-1]},
        _NAMES[-1]: [dict(week.surroundings) for week in weeks],
    }
    head = json.dumps(columns, separators=(",", ":")).encode()
    peaks = b"".join(week.peaks for week in weeks)
    plain = _LENGTH.pack(len(head)) + head + peaks + counts.tobytes()
    return zlib.compress(plain, _LEVEL)


def _rounded(counts: Counts, unit: int) -> Counts:
    """Return counts of which the sums up to each cell are rounded to multiples of `unit`."""
    sums = np.cumsum(counts.reshape(-1, CELLS), axis=1, dtype=np.int32)
    rounded = np.diff((sums + unit // 2) // unit * unit, axis=1, prepend=0)
    return np.asarray(np.minimum(rounded, MOST_COUNT // unit * unit), dtype=np.uint8)


def unpack(packed: bytes) -> tuple[Week, ...]:
    """Return the weeks that `pack` wrote; see `check` for other bytes."""
    return _unpacked(packed)[1] if packed else ()


@lru_cache(maxsize=4)  # By judgement: one forecast asks several times; each takes 0.1 MB.
def _unpacked(packed: bytes) -> tuple[int, tuple[Week, ...]]:
    """Return to what the counts of packed weeks are rounded, and the weeks."""
    columns, peaks, cells = _read(packed)
    rows = zip(*(columns[name] for name in _NAMES), strict=True)
    return int(columns.get("unit", 1)), tuple(map(_week, rows, peaks, cells, strict=True))


forget: Final = _unpacked.cache_clear  # For measurements: the next time, weeks are unpacked again.


def _week(values: Sequence[Any], peaks: bytes, cells: bytes) -> Week:
    number, seen, hourly, coverage, scored, temperatures, windows, surroundings = values
    named = {name: (low, high) for name, (low, high) in surroundings.items()}
    return Week(
        number=number,
        seen=seen,
        hourly=hourly,
        cells=cells,
        peaks=peaks,
        coverage=coverage,
        scored=scored,
        temperatures=None if temperatures is None else tuple(temperatures),
        windows=tuple(windows),
        surroundings=MappingProxyType(named),
    )


def check(packed: bytes) -> None:
    """Raise StoredFormError, KeyError, ValueError, TypeError or zlib.error if it cannot be read."""
    if not packed:
        return
    columns, _, _ = _read(packed)
    known = [checked.items(columns[name], MOST_WEEKS) for name in _NAMES]
    numbers, seen, hourly, coverage, scored, temperatures, windows, surroundings = known
    if list(numbers) != sorted({*numbers}) or {len(column) for column in known} != {len(numbers)}:
        raise StoredFormError("weeks out of order, or columns of another length")
    for column, least, most in (
        (numbers, 0, week_of(checked.LATEST_DAY)),
        (seen, 1, _ALL_DAYS),
        (hourly, 0, _ALL_DAYS),
        (scored, 0, WEEK_DAYS),
    ):
        for value in column:
            checked.integer(value, least, most)
    for value in coverage:
        checked.optional(checked.share, value)
    for pair in windows:
        checked.numbers(pair, 2, 0, WEEK_DAYS)
    named = [pair for one in surroundings for pair in checked.mapping(one).values()]
    if len(named) > MOST_NAMES * len(numbers):
        raise StoredFormError("too many kinds of surroundings")
    for pair in (*named, *(one for one in temperatures if one is not None)):
        checked.numbers(pair, 2)


def _read(packed: bytes) -> tuple[Mapping[str, Any], list[bytes], list[bytes]]:
    """Return the columns of weeks, and the peaks and cells of each."""
    reader = zlib.decompressobj()
    plain = reader.decompress(packed, MOST_UNPACKED)
    if not reader.eof or len(plain) < _LENGTH.size:
        raise StoredFormError("packed weeks that are too long or cut short")
    start = _LENGTH.size + _LENGTH.unpack_from(plain)[0]
    columns = checked.mapping(json.loads(plain[_LENGTH.size : start]))
    number = len(columns[_NAMES[0]])
    cells_at = start + number * _PEAKS
    if len(plain) != cells_at + number * _CELLS:
        raise StoredFormError("weeks that are not as long as they should be")
    peaks = [plain[at : at + _PEAKS] for at in range(start, cells_at, _PEAKS)]
    return columns, peaks, [plain[at : at + _CELLS] for at in range(cells_at, len(plain), _CELLS)]
