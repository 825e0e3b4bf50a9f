"""The summary of one day of one channel.

It keeps, for each part of the day, the number of slots in each cell of the histogram, and for
each hour the highest sustained levels, and with them the range that was issued and its coverage.
Readings are not kept.
"""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from math import isnan, nan
import struct

import numpy as np

from ..codes import LearningState
from ..day import PARTS
from ..reading.surroundings import DaySurroundings
from .histogram import ALL_PARTS, DayCounts, evidence, is_valid, observed_share, remove_slots
from .histogram_text import decode_counts, decode_days, encode_counts, observed_slots
from .hour_peaks import PEAKS, Peaks, part_peaks, peaked_parts, scaled_peaks, without_parts

NO_SURROUNDINGS = DaySurroundings()
_EDGES = struct.Struct(f"<{2 * PARTS}f")  # Low and high (base unit); follows from the parts.
_SURROUNDINGS = struct.Struct("<3f")
NOTHING_KNOWN = _SURROUNDINGS.pack(nan, nan, nan)
_NEXT_14_DAYS = struct.Struct("<2B")  # Low and high (percent), a byte each.
_SURROUNDINGS_AT = PEAKS + _EDGES.size
_NEXT_14_DAYS_AT = _SURROUNDINGS_AT + _SURROUNDINGS.size
_TEXT_AT = _NEXT_14_DAYS_AT + _NEXT_14_DAYS.size
NO_EDGES = _EDGES.pack(*[nan] * (2 * PARTS))  # Low and high, not known; follows from the parts.
NO_FORECAST = b"\xff\xff"  # Instead of `next_14_days`, not known.
type PartLevels = tuple[float | None, ...]


class DayOrigin(StrEnum):
    """Where a day came from; the values are the stored form."""

    LIVE = "live"
    REPLAYED = "replayed"
    HOURLY = "hourly"


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary:
    """What is kept of one day.

    `slots` are the possible slots of each part. `record` packs the histogram, the peaks, the
    issued range, the surroundings and what was said of the next 14 days (see `pack_record`).
    `coverage` is the share of the day inside the issued range (None: not scored), and `head` is
    the id of the last entry that had moved the range when it was issued. `state` is the learning
    state of the day, `eligible` says whether an alert was possible, and `longest_run_h` is the
    longest run of one value that ended in the day, in hours. `valid` says whether the day is
    evidence for a source that is on all day (see `valid_days`), `usable` is the mask of its parts
    that are.
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
        """Work out whether the day is evidence and which of its parts are: both are used often.

        `known_evidence` is (valid, usable) if they are known already.
        """
        valid, usable = known_evidence or evidence(observed_slots([self.text]), [self.slots])[0]
        object.__setattr__(self, "valid", valid)
        object.__setattr__(self, "usable", usable)

    @property
    def text(self) -> bytes:
        """Return the histogram as encoded text; see `encode_counts`."""
        return self.record[_TEXT_AT:]

    @property
    def histogram(self) -> str:
        """Return the histogram as text; see `encode_counts`."""
        return self.text.decode()

    @property
    def observed_share(self) -> float:
        """Return the share of the day that was observed."""
        return float(observed_share(observed_slots([self.text])[0], np.array(self.slots)))

    @property
    def credit(self) -> float:
        """Return what the day counts for: half for an hourly import, which hides peaks."""
        return 0.5 if self.origin is DayOrigin.HOURLY else 1.0

    @property
    def peaks(self) -> bytes:
        """Return the highest sustained levels of each hour; see `hour_peaks`."""
        return self.record[:PEAKS]

    @property
    def part_peaks(self) -> PartLevels:
        """Return the highest sustained level of each part (base unit), None for none."""
        return part_peaks(self.peaks)

    @property
    def issued(self) -> tuple[float, ...]:
        """Return the issued low and high of each part in turn (base unit), empty for none."""
        edges = _EDGES.unpack_from(self.record, PEAKS)
        return tuple(round(edge, 1) for edge in edges if not isnan(edge))

    @property
    def surroundings(self) -> DaySurroundings:
        """Return the surroundings of the day."""
        packed = self.record[_SURROUNDINGS_AT:_NEXT_14_DAYS_AT]
        if packed == NOTHING_KNOWN:
            return NO_SURROUNDINGS
        pm25, temperature, window = _SURROUNDINGS.unpack(packed)
        return DaySurroundings(
            outdoor_pm25=None if isnan(pm25) else round(pm25, 1),
            outdoor_temperature=None if isnan(temperature) else round(temperature, 1),
            window_open=None if isnan(window) else round(window, 3),
        )

    @property
    def next_14_days(self) -> tuple[int, int] | None:
        """Return what was said of the 14 days from this one on: low and high coverage, percent."""
        if self.record[_NEXT_14_DAYS_AT:_TEXT_AT] == NO_FORECAST:
            return None
        low, high = _NEXT_14_DAYS.unpack_from(self.record, _NEXT_14_DAYS_AT)
        return low, high

    def complete(self, parts: int = ALL_PARTS) -> bool:
        """Tell whether every part of a mask is usable and has a peak."""
        return self.usable & parts == parts and peaked_parts(self.peaks) & parts == parts

    @property
    def part_ranges(self) -> tuple[tuple[float, float], ...]:
        """Return the issued (low, high) of each part (base unit), empty if none was issued."""
        issued = self.issued
        return tuple(zip(issued[::2], issued[1::2], strict=True))

    def without(self, cell: int, slots: Sequence[int]) -> DaySummary:
        """Return the day with up to `slots` (one number per part) removed from a cell.

        Parts that lost slots have no peak, and the day has no coverage.
        """
        counts = decode_counts(self.histogram)
        remove_slots(counts, cell, slots)
        peaks = without_parts(self.peaks, slots)
        record = pack_record(
            encode_counts(counts), peaks, self.issued, self.surroundings, self.next_14_days
        )
        return replace(self, record=record, coverage=None)


def pack_record(
    histogram: str,
    peaks: bytes,
    issued: Sequence[float] = (),
    surroundings: DaySurroundings = NO_SURROUNDINGS,
    next_14_days: tuple[int, int] | None = None,
) -> bytes:
    """Return a day's histogram, peaks, issued edges and so on packed as one value.

    As separate values they would take half as much memory again. Concentrations are 32-bit
    floats, which are exact to a tenth up to a million; NaN stands for None.
    """
    edges = _EDGES.pack(*issued) if issued else b""
    said = _NEXT_14_DAYS.pack(*next_14_days) if next_14_days else NO_FORECAST
    return join_record(peaks, edges, surroundings, said, histogram.encode())


def join_record(
    peaks: bytes, issued: bytes, surroundings: DaySurroundings, next_14_days: bytes, text: bytes
) -> bytes:
    """Return a record (see `pack_record`) from peaks, edges and the like, packed already.

    `issued` is empty if no range was issued, `text` is the encoded histogram.
    """
    packed = NOTHING_KNOWN
    if surroundings is not NO_SURROUNDINGS:
        known = (
            surroundings.outdoor_pm25,
            surroundings.outdoor_temperature,
            surroundings.window_open,
        )
        packed = _SURROUNDINGS.pack(*(nan if value is None else value for value in known))
    return peaks + (issued or NO_EDGES) + packed + next_14_days + text


def valid_days(summaries: Sequence[DaySummary], parts: int) -> list[bool]:
    """Return for each day whether it is evidence: enough of the parts of a mask was observed."""
    if parts == ALL_PARTS or not summaries:
        return [summary.valid for summary in summaries]
    texts, slots = zip(*((summary.text, summary.slots) for summary in summaries), strict=True)
    valid: list[bool] = is_valid(observed_slots(texts), np.array(slots), parts).tolist()
    return valid


def day_counts(
    summaries: Sequence[DaySummary], among: Sequence[DaySummary] | None = None
) -> DayCounts:
    """Return the slots spent in each cell (day, part, cell); they are read only.

    Days that are asked for `among` others, in the same order, are read together with these.
    """
    among = summaries if among is None else among
    counts = _decoded(tuple([summary.text for summary in among]))
    if len(among) == len(summaries):
        return counts
    wanted = {summary.day for summary in summaries}
    return counts[[summary.day in wanted for summary in among]]


@lru_cache(maxsize=1)  # A day's close asks several times; it takes 72 KB for all channels together.
def _decoded(texts: tuple[bytes, ...]) -> DayCounts:
    counts = decode_days(texts)
    counts.flags.writeable = False
    return counts


def counts_by_day(summaries: Sequence[DaySummary]) -> dict[int, DayCounts]:
    """Return the slots spent in each cell (part, cell) of each day, by day."""
    return dict(zip([summary.day for summary in summaries], day_counts(summaries), strict=True))


def day_peaks(summaries: Sequence[DaySummary]) -> Peaks:
    """Return the highest sustained levels (day, hold, hour) on the scale, NaN for none."""
    return scaled_peaks([summary.peaks for summary in summaries])
