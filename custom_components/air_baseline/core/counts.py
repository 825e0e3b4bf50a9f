"""What many days hold as one array: a ledger has some 700 parts of days to read."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .day import PARTS
from .digest import COUNT_OF_SIGN, NO_COUNT, USABLE_PART, VALID_DAY, Digest
from .quantity import LEVELS

_COUNT_OF_SIGN = np.frombuffer(COUNT_OF_SIGN, dtype=np.uint8)
_END = b","  # Of a part.
_DIGITS = 2  # Of the first level, before the counts of a part.

type DayCounts = NDArray[np.uint8]


def day_counts(digests: Sequence[Digest]) -> DayCounts:
    """Return the slots spent at each level (day, part, level)."""
    return decode_days([digest.text for digest in digests])


def day_peaks(digests: Sequence[Digest]) -> NDArray[np.float64]:
    """Return the highest held level of each part (day, part), NaN where none was held."""
    packed = b"".join([digest.packed_peaks for digest in digests])
    return np.round(np.frombuffer(packed, dtype="<f4").astype(float), 1).reshape(-1, PARTS)


def decode_days(texts: Sequence[bytes]) -> DayCounts:
    """Return the counts (day, part, level) of days as `digest.encode_counts` wrote them.

    Raises ValueError for text that it cannot have written.

    >>> decode_days([b"06U06,,,,,,,", b",,,,,,,16z"])[:, [0, 7], 6:17].sum(axis=2).tolist()
    [[36, 0], [0, 61]]
    """
    parts, first, before, found = _read_days(texts)
    counts = np.zeros(len(texts) * PARTS * LEVELS, dtype=np.uint8)
    if len(parts):
        held = np.diff(before, append=len(found))
        counts[np.repeat(parts * LEVELS + first - before, held) + np.arange(len(found))] = found
    return counts.reshape(-1, PARTS, LEVELS)


def observed_slots(texts: Sequence[bytes]) -> NDArray[np.intp]:
    """Return the slots observed (day, part) of days as `digest.encode_counts` wrote them.

    Raises ValueError for text that it cannot have written.

    >>> observed_slots([b"06U06,,,,,,,"]).tolist()
    [[36, 0, 0, 0, 0, 0, 0, 0]]
    """
    parts, _, before, found = _read_days(texts)
    observed = np.zeros(len(texts) * PARTS, dtype=np.intp)
    if len(parts):
        observed[parts] = np.add.reduceat(found, before, dtype=np.intp)
    return observed.reshape(-1, PARTS)


def _read_days(
    texts: Sequence[bytes],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], DayCounts]:
    """Return which parts of days hold counts, their first level, where they begin, the counts."""
    if any(text.count(_END) != PARTS - 1 for text in texts):
        message = f"a day of other than {PARTS} parts"
        raise ValueError(message)
    signs = np.frombuffer(b"".join([text + _END for text in texts]), dtype=np.uint8)
    ends = np.flatnonzero(signs == ord(_END))
    starts = np.concatenate([[0], ends + 1])[:-1]
    parts = np.flatnonzero(ends > starts)
    if not len(parts):
        return parts, parts, parts, np.zeros(0, dtype=np.uint8)
    starts, held = starts[parts], ends[parts] - starts[parts] - _DIGITS
    first = _first_levels(signs, starts, held)
    before = np.cumsum(held) - held
    places = np.repeat(starts + _DIGITS - before, held) + np.arange(held.sum())
    found = _COUNT_OF_SIGN[signs[places]]
    if NO_COUNT in found:
        message = "a sign that is no count"
        raise ValueError(message)
    return parts, first, before, found


def evidence_of_days(
    texts: Sequence[bytes], slots: Sequence[Sequence[int]]
) -> list[tuple[bool, int]]:
    """Return whether days are evidence and the mask of their parts that are, as `Digest` does."""
    observed, there = observed_slots(texts), np.array(slots)
    covered = np.minimum(observed, there).sum(axis=1) / there.sum(axis=1)
    usable = (observed >= USABLE_PART * there) @ (1 << np.arange(PARTS))
    return list(zip((covered >= VALID_DAY).tolist(), usable.tolist(), strict=True))


def _first_levels(
    signs: NDArray[np.uint8], starts: NDArray[np.intp], held: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the level of the first count of each part that holds any."""
    tens, ones = (_COUNT_OF_SIGN[signs[starts + place]].astype(np.intp) for place in (0, 1))
    first = 10 * tens + ones
    if held.min() < 1 or max(tens.max(), ones.max()) > 9 or (first + held).max() > LEVELS:  # noqa: PLR2004
        message = "no levels of a histogram"
        raise ValueError(message)
    return first
