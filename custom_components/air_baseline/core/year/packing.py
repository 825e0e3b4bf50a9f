"""The weeks of a year packed as one value, and back.

As objects, two years of weeks would take twice the memory of all days of a channel.
"""

from collections.abc import Sequence
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
from .week import MOST_COUNT, NO_PEAKS, WEEK_DAYS, Extremes, Week, week_of

# Bytes of packed weeks, by judgement: as text, with all else that is stored of a year, they take
# 24 KB. Recordings: two years take 13 to 19 KB if nothing is rounded.
MOST_BYTES = 18_500
MOST_WEEKS = 106  # Weeks, by judgement: two years, and the week that begins and the one that ends.
MOST_UNPACKED = 400_000  # Bytes, by judgement: four times what the weeks take; it bounds damage.
MOST_NAMES = 16  # Kinds of surroundings of a week, by judgement; it bounds damage.
# Slots to which the sums of a histogram are rounded, the first that is enough, by judgement: with
# the last, a sum is off by at most 40 minutes of the 21 hours that a part has in a week.
UNITS: Final = (1, 2, 4, 8, 16)
_CELLS: Final = PARTS * CELLS
_PEAKS: Final = len(NO_PEAKS)
_ALL_DAYS: Final = (1 << WEEK_DAYS) - 1  # A mask; follows from the week.
_LENGTH: Final = Struct("<I")
_LEVEL: Final = 6  # Of the compression, measured: 9 takes ten times as long for 2 % less.

type Counts = NDArray[np.uint8]


def pack(weeks: Sequence[Week]) -> bytes:
    """Return weeks (oldest first) as compressed bytes, empty for none.

    Counts are rounded only if they would take too much memory otherwise; rounding them again
    changes nothing.
    """
    if not weeks:
        return b""
    counts = np.frombuffer(b"".join(week.cells for week in weeks), dtype=np.uint8)
    packed = b""
    for unit in UNITS:
        packed = _packed(weeks, counts if unit == 1 else _rounded(counts, unit))
        if len(packed) <= MOST_BYTES:
            break
    return packed


def _packed(weeks: Sequence[Week], counts: Counts) -> bytes:
    columns = {
        "week": [week.number for week in weeks],
        "seen": [week.seen for week in weeks],
        "hourly": [week.hourly for week in weeks],
        "coverage": [week.coverage for week in weeks],
        "scored": [week.scored for week in weeks],
        "temperatures": [week.temperatures for week in weeks],
        "windows": [week.windows for week in weeks],
        "surroundings": [dict(week.surroundings) for week in weeks],
    }
    head = json.dumps(columns, separators=(",", ":")).encode()
    peaks = b"".join(week.peaks for week in weeks)
    plain = _LENGTH.pack(len(head)) + head + peaks + counts.tobytes()
    return zlib.compress(plain, _LEVEL)


def _rounded(counts: Counts, unit: int) -> Counts:
    """Return counts of which the sums up to each cell are rounded to multiples of `unit`."""
    sums = np.cumsum(counts.reshape(-1, CELLS), axis=1, dtype=int)
    rounded = np.diff((sums + unit // 2) // unit * unit, axis=1, prepend=0)
    return np.asarray(np.minimum(rounded, MOST_COUNT // unit * unit), dtype=np.uint8)


@lru_cache(maxsize=4)  # By judgement: one forecast asks several times; each takes 0.1 MB.
def unpack(packed: bytes) -> tuple[Week, ...]:
    """Return the weeks that `pack` wrote.

    Raises StoredFormError, KeyError, ValueError, TypeError or zlib.error for other bytes.
    """
    if not packed:
        return ()
    reader = zlib.decompressobj()
    plain = reader.decompress(packed, MOST_UNPACKED)
    if not reader.eof or len(plain) < _LENGTH.size:
        raise StoredFormError("packed weeks that are too long or cut short")
    start = _LENGTH.size + _LENGTH.unpack_from(plain)[0]
    columns = checked.mapping(json.loads(plain[_LENGTH.size : start]))
    numbers = checked.items(columns["week"], MOST_WEEKS)
    cells_at = start + len(numbers) * _PEAKS
    if len(plain) != cells_at + len(numbers) * _CELLS or list(numbers) != sorted({*numbers}):
        raise StoredFormError("weeks that are not as long as they should be, or out of order")
    names = "week", "seen", "hourly", "coverage", "scored", "temperatures", "windows"
    rows = zip(*(columns[name] for name in (*names, "surroundings")), strict=True)
    peaks = [plain[at : at + _PEAKS] for at in range(start, cells_at, _PEAKS)]
    cells = [plain[at : at + _CELLS] for at in range(cells_at, len(plain), _CELLS)]
    return tuple(map(_week, rows, peaks, cells, strict=True))


def _week(row: Sequence[Any], peaks: bytes, cells: bytes) -> Week:
    number, seen, hourly, coverage, scored, temperatures, windows, surroundings = row
    shut, mostly_open = checked.items(windows, 2)
    named = checked.mapping(surroundings)
    if len(named) > MOST_NAMES:
        raise StoredFormError("too many kinds of surroundings")
    return Week(
        number=checked.integer(number, 0, week_of(checked.LATEST_DAY)),
        seen=checked.integer(seen, 0, _ALL_DAYS),
        hourly=checked.integer(hourly, 0, _ALL_DAYS),
        cells=cells,
        peaks=peaks,
        coverage=checked.optional(checked.share, coverage),
        scored=checked.integer(scored, 0, WEEK_DAYS),
        temperatures=checked.optional(_extremes, temperatures),
        windows=(
            checked.integer(shut, 0, WEEK_DAYS),
            checked.integer(mostly_open, 0, WEEK_DAYS),
        ),
        surroundings=MappingProxyType({name: _extremes(one) for name, one in named.items()}),
    )


def _extremes(data: object) -> Extremes:
    low, high = checked.items(data, 2)
    return checked.number(low), checked.number(high, checked.number(low))
