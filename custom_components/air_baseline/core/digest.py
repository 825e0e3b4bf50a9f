"""One day of one channel: what it leaves behind, and the day that is still open.

A digest keeps, for each part of the day, how many slots the air spent at each level and the
highest level it held for 30 minutes; with them the range that was issued and its mark.
Readings are not kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import isnan
import struct

from .day import PARTS
from .quantity import LEVEL_WIDTH, LEVELS
from .state import LearningState

USABLE_PART = 0.5  # Share of a part that must be observed before it is evidence.
VALID_DAY = 0.6  # Share of a day that must be observed before it is evidence.
COUNT_CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MOST_SLOTS = len(COUNT_CHARS) - 1  # Of one level in one part; clocks give 48, a new zone more.
ALL_PARTS = (1 << PARTS) - 1

type Counts = list[bytearray]  # For each part, the slots spent at each level.
type PartLevels = tuple[float | None, ...]


class DayKind(StrEnum):
    """Where a day came from; values are the stored form."""

    LIVE = "live"
    REPLAYED = "replayed"
    HOURLY = "hourly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one day leaves behind.

    `histogram` is encoded (see `encode_counts`), `slots` the slots of each part, `peaks` and
    `issued` are packed levels in the base unit, `mark` is the share of the day that the
    issued range held (None: not marked), `head` the correction it was issued under.
    """

    day: int
    kind: DayKind = DayKind.LIVE
    histogram: str
    slots: tuple[int, ...]
    peaks: bytes
    issued: bytes = b""
    mark: float | None = None
    head: int = 0
    state: LearningState = LearningState.COLLECTING
    eligible: bool = False
    longest_run_h: int = 0
    outdoor_temperature: float | None = None
    window_open: float | None = None
    cover: float = field(init=False)
    usable: int = field(init=False)
    median_y: float | None = field(init=False)

    def __post_init__(self) -> None:
        """Work out what is asked for often from the histogram."""
        counts = decode_counts(self.histogram)
        seen = [sum(part) for part in counts]
        pairs = list(zip(seen, self.slots, strict=True))
        usable = sum(
            1 << part for part, (got, slots) in enumerate(pairs) if got >= USABLE_PART * slots
        )
        set_once = object.__setattr__
        set_once(self, "cover", sum(min(got, slots) for got, slots in pairs) / sum(self.slots))
        set_once(self, "usable", usable)
        set_once(self, "median_y", _median_y(counts))

    @property
    def valid(self) -> bool:
        """Tell whether enough of the day was observed to count as evidence."""
        return self.cover >= VALID_DAY

    @property
    def credit(self) -> float:
        """Return what the day counts for: an hourly import hides peaks and counts half."""
        return 0.5 if self.kind is DayKind.HOURLY else 1.0

    @property
    def part_peaks(self) -> PartLevels:
        """Return the highest held level of each part, None where none was held."""
        return unpack_levels(self.peaks)

    @property
    def part_ranges(self) -> tuple[tuple[float, float], ...]:
        """Return the issued low and high of each part, empty where no range was issued."""
        levels = unpack_levels(self.issued)
        pairs = zip(levels[::2], levels[1::2], strict=True)
        return tuple((low, high) for low, high in pairs if low is not None and high is not None)

    def has_part(self, part: int) -> bool:
        """Tell whether a part was observed long enough to count."""
        return bool(self.usable >> part & 1)

    def without(self, level: int, slots: Sequence[int]) -> Digest:
        """Return the day with up to `slots` of each part taken from a level, and no mark."""
        counts = decode_counts(self.histogram)
        remove_slots(counts, level, slots)
        peaks = [
            None if taken else peak for peak, taken in zip(self.part_peaks, slots, strict=True)
        ]
        return replace(self, histogram=encode_counts(counts), peaks=pack_levels(peaks), mark=None)


class OpenDay:
    """The day that is being observed.

    `take` counts one bin; `close` gives the digest. `void` says that the range changed
    during the day, so that the day gets no mark.
    """

    __slots__ = ("counts", "day", "eligible", "inside", "marked", "peaks", "slots", "void")

    def __init__(self, day: int, slots: tuple[int, ...]) -> None:
        """Start an unobserved day with the number of slots of each of its parts."""
        self.day = day
        self.slots = slots
        self.counts: Counts = [bytearray(LEVELS) for _ in range(PARTS)]
        self.peaks: list[float | None] = [None] * PARTS
        self.inside = 0.0
        self.marked = 0
        self.void = False
        self.eligible = False

    def take(self, part: int, level: int, held: float | None, inside: float | None) -> None:
        """Count one bin: its part, histogram level, held level and share inside the range."""
        self.counts[part][level] = min(self.counts[part][level] + 1, MOST_SLOTS)
        peak = self.peaks[part]
        if held is not None and (peak is None or held > peak):
            self.peaks[part] = held
        if inside is not None:
            self.inside += inside
            self.marked += 1

    def remove(self, level: int, slots: Sequence[int]) -> None:
        """Take up to `slots` of each part from a level: that time counts as missing."""
        remove_slots(self.counts, level, slots)
        for part, taken in enumerate(slots):
            if taken:
                self.peaks[part] = None
        self.void = True

    @property
    def observed(self) -> int:
        """Return the number of slots observed so far."""
        return sum(sum(part) for part in self.counts)

    def close(
        self, *, issued: bytes, head: int, state: LearningState, longest_run_h: int = 0
    ) -> Digest:
        """Return what the day leaves behind; it is marked if it is valid and not void."""
        digest = Digest(
            day=self.day,
            histogram=encode_counts(self.counts),
            slots=self.slots,
            peaks=pack_levels([None if peak is None else round(peak, 1) for peak in self.peaks]),
            issued=issued,
            head=head,
            state=state,
            eligible=self.eligible,
            longest_run_h=longest_run_h,
        )
        if self.void or not self.marked or not digest.valid:
            return digest
        return replace(digest, mark=round(self.inside / self.marked, 4))


def encode_counts(counts: Counts) -> str:
    """Return counts as text: per part the first level (two digits), then one sign a level.

    >>> counts = [bytearray(LEVELS) for _ in range(PARTS)]
    >>> counts[0][6:9] = [30, 0, 6]
    >>> encode_counts(counts)
    '06U06,,,,,,,'
    """
    return ",".join(_encode_part(part) for part in counts)


def decode_counts(text: str) -> Counts:
    """Return the counts that `encode_counts` wrote.

    Raises ValueError for text that it cannot have written.
    """
    parts = text.split(",")
    if len(parts) != PARTS:
        message = f"{len(parts)} parts of a day instead of {PARTS}"
        raise ValueError(message)
    return [_decode_part(part) for part in parts]


def pack_levels(levels: Sequence[float | None]) -> bytes:
    """Return levels as 32-bit floats, NaN for None.

    >>> unpack_levels(pack_levels([12.3, None]))
    (12.3, None)
    """
    return struct.pack(
        f"<{len(levels)}f", *(float("nan") if level is None else level for level in levels)
    )


def unpack_levels(packed: bytes) -> PartLevels:
    """Return the levels that `pack_levels` wrote, to one decimal."""
    levels = struct.unpack(f"<{len(packed) // 4}f", packed)
    return tuple(None if isnan(level) else round(level, 1) for level in levels)


def remove_slots(counts: Counts, level: int, slots: Sequence[int]) -> None:
    """Take up to a number of slots of each part from one level, in place."""
    for part, number in zip(counts, slots, strict=True):
        part[level] -= min(part[level], number)


def _encode_part(part: bytearray) -> str:
    first = LEVELS - len(part.lstrip(b"\0"))
    held = part.strip(b"\0")
    return f"{first:02d}" + "".join(COUNT_CHARS[count] for count in held) if held else ""


def _decode_part(text: str) -> bytearray:
    part = bytearray(LEVELS)
    if text:
        first, signs = int(text[:2]), text[2:]
        if first < 0 or not signs or first + len(signs) > LEVELS:
            message = f"levels beyond the histogram: {text[:8]!r}"
            raise ValueError(message)
        part[first : first + len(signs)] = [COUNT_CHARS.index(sign) for sign in signs]
    return part


def _median_y(counts: Counts) -> float | None:
    """Return the median of the day on the scale, spread evenly within its level."""
    totals: list[int] = [sum(column) for column in zip(*counts, strict=True)]
    half = sum(totals) / 2.0
    below = 0.0
    for index, count in enumerate(totals):
        if count and below + count >= half:
            return LEVEL_WIDTH * (index + (half - below) / count)
        below += count
    return None
