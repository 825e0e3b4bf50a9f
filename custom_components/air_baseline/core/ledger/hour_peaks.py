"""The highest sustained levels of each hour of a day, a byte each.

There are two for each hour: the highest level that 15 minutes held, and that 60 minutes held.
"""

from base64 import b85decode, b85encode
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..day import HOURS, PART_HOURS, PARTS, SLOTS_PER_HOUR, SUSTAINED_SLOTS
from ..pollutant import from_scale, to_scale
from .histogram import ALL_PARTS

HOLDS: Final = (SUSTAINED_SLOTS, SLOTS_PER_HOUR)  # Slots that a level is held for.
PEAKS: Final = len(HOLDS) * HOURS  # Of a day: the hours of the first hold, then of the second.
NO_PEAK: Final = 255  # The code of a level that is not known; follows from a byte.
# On the scale, by judgement: 254 of them reach from 0 to 100,000, the end of the widest span.
PEAK_STEP: Final = 11.53 / 254
NO_PEAKS: Final = bytes([NO_PEAK]) * PEAKS

type Peaks = NDArray[np.float64]

_NO_HOURS: Final = bytes([NO_PEAK]) * PART_HOURS  # Of a part.
_LETTERS: Final = len(b85encode(bytes(PEAKS)))


def peak_code(concentration: float) -> int:
    """Return the code (0 to 254) of a concentration (base unit)."""
    return min(round(to_scale(concentration) / PEAK_STEP), NO_PEAK - 1)


def note_peaks(peaks: bytearray, hour: int, levels: Sequence[float | None]) -> None:
    """Raise the peaks of an hour in place to the levels (base unit) of its holds."""
    for place, level in zip(range(hour, PEAKS, HOURS), levels, strict=True):
        if level is not None:
            known, code = peaks[place], peak_code(level)
            peaks[place] = code if known == NO_PEAK else max(known, code)


def without_parts(peaks: bytes | bytearray, parts: Sequence[int]) -> bytes:
    """Return peaks without those of the parts whose number is not zero (one number per part)."""
    left = bytearray(peaks)
    for place in range(PEAKS):
        if parts[place % HOURS // PART_HOURS]:
            left[place] = NO_PEAK
    return bytes(left)


def of_part_peaks(levels: Sequence[float | None]) -> bytes:
    """Return peaks that have, in each hour, the highest level of its part (base unit).

    So are days of before hours had peaks: their hours seem higher than they were, and thus keep
    the alert threshold up until days with hours have taken their place.
    """
    codes = bytes(NO_PEAK if level is None else peak_code(level) for level in levels)
    return bytes(code for code in codes for _ in range(PART_HOURS)) * len(HOLDS)


def part_peaks(peaks: bytes) -> tuple[float | None, ...]:
    """Return the highest level of each part (base unit), None for none."""
    parts = (peaks[part * PART_HOURS : (part + 1) * PART_HOURS] for part in range(PARTS))
    known = [[code for code in part if code != NO_PEAK] for part in parts]
    return tuple(_level(max(codes)) if codes else None for codes in known)


def peaked_parts(peaks: bytes) -> int:
    """Return the mask of the parts that have a peak."""
    if NO_PEAK not in peaks[:HOURS]:  # So it is on nearly all days.
        return ALL_PARTS
    parts = (peaks[part * PART_HOURS : (part + 1) * PART_HOURS] for part in range(PARTS))
    return sum(1 << part for part, codes in enumerate(parts) if codes != _NO_HOURS)


def hour_levels(peaks: bytes) -> list[list[float | None]]:
    """Return the highest level of each hour (base unit), None for none, for each hold."""
    levels = [None if code == NO_PEAK else _level(code) for code in peaks]
    return [levels[:HOURS], levels[HOURS:]]


def _level(code: int) -> float:
    return round(from_scale(code * PEAK_STEP), 1)


def peaks_text(peaks: bytes | bytearray) -> str:
    """Return peaks as text without spaces, commas and quotes."""
    return b85encode(peaks).decode()


def peaks_of_text(text: str) -> bytes:
    """Return the peaks that `peaks_text` wrote. Raises ValueError for anything else."""
    if len(text) != _LETTERS:  # Of this length, no two texts have the same peaks.
        raise ValueError(f"{text!r} is not the text of {PEAKS} peaks")
    return b85decode(text)


def scaled_peaks(peaks: Sequence[bytes]) -> Peaks:
    """Return the peaks of days on the scale (day, hold, hour).

    An hour without a peak counts with the highest one of its part. NaN if its part has none.
    """
    codes = np.frombuffer(b"".join(peaks), dtype=np.uint8).reshape(-1, len(HOLDS), HOURS)
    levels = np.where(codes == NO_PEAK, -1.0, codes * PEAK_STEP)
    parts = levels.reshape(*levels.shape[:-1], PARTS, PART_HOURS).max(axis=-1)
    parts = np.where(parts < 0.0, parts[:, :1], parts)  # An hour's hold needs more readings.
    filled = np.where(levels < 0.0, np.repeat(parts, PART_HOURS, axis=-1), levels)
    return np.where(filled < 0.0, np.nan, filled)
