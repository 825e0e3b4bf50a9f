"""The histograms of days as text and back; only this module knows the notation.

Each part is written as its first filled cell (two digits), then one sign for the count of each
cell up to the last filled one. Commas separate the parts. Many days are decoded at once because
that is fast: a ledger has some 700 parts of days.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..day import PARTS
from ..pollutant import CELLS
from .histogram import Counts, DayCounts

COUNT_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Slots of one cell in one part; follows from the signs. A part has up to 48 when clocks go back,
# and more if the time zone changes.
MOST_SLOTS = len(COUNT_SIGNS) - 1
_NO_COUNT = 255  # The count that stands for every other sign.
_COUNT_OF_SIGN = np.array(  # The count for each byte; -1 (not found) becomes 255.
    [COUNT_SIGNS.find(chr(code)) % 256 for code in range(256)], dtype=np.uint8
)
_END = b","  # The sign after a part.
_DIGITS = 2  # Digits of the first filled cell; follows from 100 cells.


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

    Raises ValueError for any other text.

    >>> list(decode_counts("06U06,,,,,,,")[0][5:10])
    [0, 30, 0, 6, 0]
    """
    (day,) = decode_days([text.encode()])
    return [bytearray(part) for part in day]


def decode_days(texts: Sequence[bytes]) -> DayCounts:
    """Return the counts (day, part, cell) of days that `encode_counts` wrote.

    Raises ValueError for any other text.

    >>> decode_days([b"06U06,,,,,,,", b",,,,,,,16z"])[:, [0, 7], 6:17].sum(axis=2).tolist()
    [[36, 0], [0, 61]]
    """
    parts, first, before, read = _read_days(texts)
    counts = np.zeros(len(texts) * PARTS * CELLS, dtype=np.uint8)
    if len(parts):
        lengths = np.diff(before, append=len(read))
        counts[np.repeat(parts * CELLS + first - before, lengths) + np.arange(len(read))] = read
    return counts.reshape(-1, PARTS, CELLS)


def observed_slots(texts: Sequence[bytes]) -> NDArray[np.intp]:
    """Return the observed slots (day, part) of days that `encode_counts` wrote.

    Raises ValueError for any other text.

    >>> observed_slots([b"06U06,,,,,,,"]).tolist()
    [[36, 0, 0, 0, 0, 0, 0, 0]]
    """
    parts, _, before, read = _read_days(texts)
    observed = np.zeros(len(texts) * PARTS, dtype=np.intp)
    if len(parts):
        observed[parts] = np.add.reduceat(read, before, dtype=np.intp)
    return observed.reshape(-1, PARTS)


def _encode_part(part: bytearray) -> str:
    first = CELLS - len(part.lstrip(b"\0"))
    filled = part.strip(b"\0")
    return f"{first:02d}" + "".join(COUNT_SIGNS[count] for count in filled) if filled else ""


def _read_days(
    texts: Sequence[bytes],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], DayCounts]:
    """Return all counts of the days in a row, and for each part with counts three indices.

    The indices are that of the part (day x 8 + part), of its first filled cell, and of its first
    count in the row. They are returned in this order, before the counts.
    """
    if any(text.count(_END) != PARTS - 1 for text in texts):
        raise ValueError(f"a day that does not have {PARTS} parts")
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
    read = _COUNT_OF_SIGN[signs[places]]
    if _NO_COUNT in read:
        raise ValueError("a sign that is not a count")
    return parts, first, before, read


def _first_cells(
    signs: NDArray[np.uint8], starts: NDArray[np.intp], lengths: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the first filled cell of each part that has counts."""
    tens, ones = (_COUNT_OF_SIGN[signs[starts + place]].astype(np.intp) for place in (0, 1))
    first = 10 * tens + ones
    if lengths.min() < 1 or max(tens.max(), ones.max()) > 9 or (first + lengths).max() > CELLS:  # noqa: PLR2004
        raise ValueError("counts outside the cells of a histogram")
    return first
