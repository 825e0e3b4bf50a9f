"""One day of one channel: what it leaves behind, and the day that is still open.

A digest keeps, for each part of the day, how many slots the air spent at each level and the
highest level it held for 30 minutes; with them the range that was issued and its mark.
Readings are not kept.
"""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field, replace
from enum import StrEnum
from math import isnan, nan
import struct

import numpy as np
from numpy.typing import NDArray

from ..codes import LearningState
from ..day import PARTS
from ..reading.surroundings import DaySurroundings
from .histogram import ALL_PARTS, DayCounts, evidence, observed_share, remove_slots
from .histogram_text import decode_counts, decode_days, encode_counts, observed_slots

NO_SURROUNDINGS = DaySurroundings()
_PEAKS = struct.Struct(f"<{PARTS}f")
_EDGES = struct.Struct(f"<{2 * PARTS}f")  # Low and high of each part.
_CONTEXT = struct.Struct("<3f")
NOTHING_KNOWN = _CONTEXT.pack(nan, nan, nan)
_CONTEXT_AT = _PEAKS.size + _EDGES.size
_TEXT_AT = _CONTEXT_AT + _CONTEXT.size
NO_EDGES = _EDGES.pack(*[nan] * (2 * PARTS))
type PartLevels = tuple[float | None, ...]


class DayOrigin(StrEnum):
    """Where a day came from; values are the stored form."""

    LIVE = "live"
    REPLAYED = "replayed"
    HOURLY = "hourly"


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary:
    """What one day leaves behind.

    `slots` are the slots of each part, `record` is what the air did in them beside what was
    issued and its context (see `pack_record`), `mark` the share of the day that the issued
    range held (None: not marked), `head` the correction it was issued under.
    """

    day: int
    origin: DayOrigin = DayOrigin.LIVE
    slots: tuple[int, ...]
    record: bytes
    coverage: float | None = None
    head: int = 0
    state: LearningState = LearningState.COLLECTING
    eligible: bool = False
    longest_run_h: int = 0
    known_evidence: InitVar[tuple[bool, int] | None] = None
    valid: bool = field(init=False)
    usable: int = field(init=False)

    def __post_init__(self, known_evidence: tuple[bool, int] | None) -> None:
        """Work out what is asked for often: is the day evidence, and which of its parts?

        `known_evidence` is the answer, where it is known already.
        """
        valid, usable = known_evidence or evidence(observed_slots([self.text]), [self.slots])[0]
        object.__setattr__(self, "valid", valid)
        object.__setattr__(self, "usable", usable)

    @property
    def text(self) -> bytes:
        """Return how long the air spent at each level, as `encode_counts` writes it."""
        return self.record[_TEXT_AT:]

    @property
    def histogram(self) -> str:
        """Return how long the air spent at each level; see `encode_counts`."""
        return self.text.decode()

    @property
    def observed_share(self) -> float:
        """Return the share of the day that was observed."""
        return float(observed_share(observed_slots([self.text])[0], np.array(self.slots)))

    @property
    def credit(self) -> float:
        """Return what the day counts for: an hourly import hides peaks and counts half."""
        return 0.5 if self.origin is DayOrigin.HOURLY else 1.0

    @property
    def packed_peaks(self) -> bytes:
        """Return `part_peaks` as 32-bit floats, NaN for None."""
        return self.record[: _PEAKS.size]

    @property
    def part_peaks(self) -> PartLevels:
        """Return the highest held level of each part, None where none was held."""
        return _levels(_PEAKS.unpack_from(self.record))

    @property
    def issued(self) -> tuple[float, ...]:
        """Return low and high of each part as they were issued, empty where none were."""
        edges = _levels(_EDGES.unpack_from(self.record, _PEAKS.size))
        return tuple(edge for edge in edges if edge is not None)

    @property
    def surroundings(self) -> DaySurroundings:
        """Return what else was known of the day."""
        packed = self.record[_CONTEXT_AT:_TEXT_AT]
        if packed == NOTHING_KNOWN:
            return NO_SURROUNDINGS
        pm25, temperature, window = _CONTEXT.unpack(packed)
        return DaySurroundings(
            outdoor_pm25=None if isnan(pm25) else round(pm25, 1),
            outdoor_temperature=None if isnan(temperature) else round(temperature, 1),
            window_open=None if isnan(window) else round(window, 3),
        )

    @property
    def complete(self) -> bool:
        """Tell whether every part was observed and has a peak."""
        return self.usable == ALL_PARTS and not any(map(isnan, _PEAKS.unpack_from(self.record)))

    @property
    def part_ranges(self) -> tuple[tuple[float, float], ...]:
        """Return the issued low and high of each part, empty where no range was issued."""
        issued = self.issued
        return tuple(zip(issued[::2], issued[1::2], strict=True))

    def without(self, cell: int, slots: Sequence[int]) -> DaySummary:
        """Return the day with up to `slots` of each part taken from a level, and no mark."""
        counts = decode_counts(self.histogram)
        remove_slots(counts, cell, slots)
        peaks = [
            None if taken else peak for peak, taken in zip(self.part_peaks, slots, strict=True)
        ]
        record = pack_record(encode_counts(counts), peaks, self.issued, self.surroundings)
        return replace(self, record=record, coverage=None)


def pack_record(
    histogram: str,
    peaks: Sequence[float | None],
    issued: Sequence[float] = (),
    surroundings: DaySurroundings = NO_SURROUNDINGS,
) -> bytes:
    """Return a day's histogram, peaks and issued edges of its parts, and context as one value.

    Kept as values of their own they would take half as much memory again. Levels are 32-bit
    floats, which hold a tenth up to a million; NaN stands for None.
    """
    levels = (nan if peak is None else peak for peak in peaks)
    edges = _EDGES.pack(*issued) if issued else b""
    return join_record(_PEAKS.pack(*levels), edges, surroundings, histogram.encode())


def join_record(peaks: bytes, issued: bytes, surroundings: DaySurroundings, text: bytes) -> bytes:
    """Return a record (see `pack_record`) from levels that are 32-bit floats already."""
    packed = NOTHING_KNOWN
    if surroundings is not NO_SURROUNDINGS:
        known = (
            surroundings.outdoor_pm25,
            surroundings.outdoor_temperature,
            surroundings.window_open,
        )
        packed = _CONTEXT.pack(*(nan if value is None else value for value in known))
    return peaks + (issued or NO_EDGES) + packed + text


def _levels(floats: Sequence[float]) -> PartLevels:
    return tuple(
        None if isnan(concentration) else round(concentration, 1) for concentration in floats
    )


def day_counts(summaries: Sequence[DaySummary]) -> DayCounts:
    """Return the slots spent at each level (day, part, level)."""
    return decode_days([summary.text for summary in summaries])


def day_peaks(summaries: Sequence[DaySummary]) -> NDArray[np.float64]:
    """Return the highest held level of each part (day, part), NaN where none was held."""
    packed = b"".join([summary.packed_peaks for summary in summaries])
    return np.round(np.frombuffer(packed, dtype="<f4").astype(float), 1).reshape(-1, PARTS)
