"""The histograms of days as text, and back: the only place that knows the notation.

Each part is written as its first filled cell (two digits) and then one sign for the count of
each cell; parts are separated by commas. Many days are decoded at once, since that is quick:
a ledger has some 700 parts of days to read.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..day import PARTS
from ..pollutant import CELLS
from .histogram import Counts, DayCounts

COUNT_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Of one cell in one part. Clocks that are put back give 48, a change of time zone more.
MOST_SLOTS = len(COUNT_SIGNS) - 1
_NO_COUNT = 255  # What any other sign stands for.
_COUNT_OF_SIGN = np.array(
    [COUNT_SIGNS.find(chr(code)) % 256 for code in range(256)],  # -1 is 255.
    dtype=np.uint8,
)
_END = b","  # Of a part.
_DIGITS = 2  # Of the first cell, before the counts of a part.


def encode_counts(counts: Counts) -> str:
    """Return the counts of a day as text.

    >>> counts = [bytearray(CELLS) for _ in range(PARTS)]
    >>> counts[0][6:9] = [30, 0, 6]
    >>> encode_counts(counts)
    '06U06,,,,,,,'
    """
    return ",".join(_encode_part(part) for part in counts)


def decode_counts(text: str) -> Counts:
    """Return the counts of a day that `encode_counts` wrote.

    Raises ValueError for text that it cannot have written.

    >>> list(decode_counts("06U06,,,,,,,")[0][5:10])
    [0, 30, 0, 6, 0]
    """
    (day,) = decode_days([text.encode()])
    return [bytearray(part) for part in day]


def decode_days(texts: Sequence[bytes]) -> DayCounts:
    """Return the counts (day, part, cell) of days as `encode_counts` wrote them.

    Raises ValueError for text that it cannot have written.

    >>> decode_days([b"06U06,,,,,,,", b",,,,,,,16z"])[:, [0, 7], 6:17].sum(axis=2).tolist()
    [[36, 0], [0, 61]]
    """
    parts, first, before, found = _read_days(texts)
    counts = np.zeros(len(texts) * PARTS * CELLS, dtype=np.uint8)
    if len(parts):
        lengths = np.diff(before, append=len(found))
        counts[np.repeat(parts * CELLS + first - before, lengths) + np.arange(len(found))] = found
    return counts.reshape(-1, PARTS, CELLS)


def observed_slots(texts: Sequence[bytes]) -> NDArray[np.intp]:
    """Return the slots observed (day, part) of days as `encode_counts` wrote them.

    Raises ValueError for text that it cannot have written.

    >>> observed_slots([b"06U06,,,,,,,"]).tolist()
    [[36, 0, 0, 0, 0, 0, 0, 0]]
    """
    parts, _, before, found = _read_days(texts)
    observed = np.zeros(len(texts) * PARTS, dtype=np.intp)
    if len(parts):
        observed[parts] = np.add.reduceat(found, before, dtype=np.intp)
    return observed.reshape(-1, PARTS)


def _encode_part(part: bytearray) -> str:
    first = CELLS - len(part.lstrip(b"\0"))
    filled = part.strip(b"\0")
    return f"{first:02d}" + "".join(COUNT_SIGNS[count] for count in filled) if filled else ""


def _read_days(
    texts: Sequence[bytes],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], DayCounts]:
    """Return which parts of days have counts, their first cell, where they begin, the counts."""
    if any(text.count(_END) != PARTS - 1 for text in texts):
        raise ValueError(f"a day of other than {PARTS} parts")
    signs = np.frombuffer(b"".join([text + _END for text in texts]), dtype=np.uint8)
    ends = np.flatnonzero(signs == ord(_END))
    starts = np.concatenate([[0], ends + 1])[:-1]
    parts = np.flatnonzero(ends > starts)
    if not len(parts):
        return parts, parts, parts, np.zeros(0, dtype=np.uint8)
    starts, lengths = starts[parts], ends[parts] - starts[parts] - _DIGITS
    first = _first_cells(signs, starts, lengths)
    before = np.cumsum(lengths) - lengths
    places = np.repeat(starts + _DIGITS - before, lengths) + np.arange(lengths.sum())
    found = _COUNT_OF_SIGN[signs[places]]
    if _NO_COUNT in found:
        raise ValueError("a sign that is no count")
    return parts, first, before, found


def _first_cells(
    signs: NDArray[np.uint8], starts: NDArray[np.intp], lengths: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the cell of the first count of each part that has any."""
    tens, ones = (_COUNT_OF_SIGN[signs[starts + place]].astype(np.intp) for place in (0, 1))
    first = 10 * tens + ones
    if lengths.min() < 1 or max(tens.max(), ones.max()) > 9 or (first + lengths).max() > CELLS:  # noqa: PLR2004
        raise ValueError("no cells of a histogram")
    return first
