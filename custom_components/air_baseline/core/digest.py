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

from .context import DayContext
from .day import PARTS
from .quantity import LEVELS
from .state import LearningState

USABLE_PART = 0.5  # Share of a part that must be observed before it is evidence.
VALID_DAY = 0.6  # Share of a day that must be observed before it is evidence.
COUNT_CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MOST_SLOTS = len(COUNT_CHARS) - 1  # Of one level in one part; clocks give 48, a new zone more.
ALL_PARTS = (1 << PARTS) - 1

NO_CONTEXT = DayContext()
NO_COUNT = 255  # What a sign that is none of these stands for.
COUNT_OF_SIGN = bytes(COUNT_CHARS.find(chr(code)) % 256 for code in range(256))  # -1 is 255.
_PEAKS = struct.Struct(f"<{PARTS}f")
_EDGES = struct.Struct(f"<{2 * PARTS}f")  # Low and high of each part.
_CONTEXT = struct.Struct("<3f")
NOTHING_KNOWN = _CONTEXT.pack(nan, nan, nan)
_CONTEXT_AT = _PEAKS.size + _EDGES.size
_TEXT_AT = _CONTEXT_AT + _CONTEXT.size
NO_EDGES = _EDGES.pack(*[nan] * (2 * PARTS))

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

    `slots` are the slots of each part, `record` is what the air did in them beside what was
    issued and its context (see `pack_record`), `mark` the share of the day that the issued
    range held (None: not marked), `head` the correction it was issued under.
    """

    day: int
    kind: DayKind = DayKind.LIVE
    slots: tuple[int, ...]
    record: bytes
    mark: float | None = None
    head: int = 0
    state: LearningState = LearningState.COLLECTING
    eligible: bool = False
    longest_run_h: int = 0
    evidence: InitVar[tuple[bool, int] | None] = None
    valid: bool = field(init=False)
    usable: int = field(init=False)

    def __post_init__(self, evidence: tuple[bool, int] | None) -> None:
        """Work out what is asked for often: is the day evidence, and which of its parts?

        `evidence` is the answer, where it is known already.
        """
        valid, usable = evidence or self._evidence()
        object.__setattr__(self, "valid", valid)
        object.__setattr__(self, "usable", usable)

    def _evidence(self) -> tuple[bool, int]:
        observed = [sum(part) for part in decode_counts(self.histogram)]
        usable = 0
        for part, (got, slots) in enumerate(zip(observed, self.slots, strict=True)):
            if got >= USABLE_PART * slots:
                usable |= 1 << part
        return _cover(observed, self.slots) >= VALID_DAY, usable

    @property
    def text(self) -> bytes:
        """Return how long the air spent at each level, as `encode_counts` writes it."""
        return self.record[_TEXT_AT:]

    @property
    def histogram(self) -> str:
        """Return how long the air spent at each level; see `encode_counts`."""
        return self.text.decode()

    @property
    def cover(self) -> float:
        """Return the share of the day that was observed."""
        return _cover([sum(part) for part in decode_counts(self.histogram)], self.slots)

    @property
    def credit(self) -> float:
        """Return what the day counts for: an hourly import hides peaks and counts half."""
        return 0.5 if self.kind is DayKind.HOURLY else 1.0

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
    def context(self) -> DayContext:
        """Return what else was known of the day."""
        packed = self.record[_CONTEXT_AT:_TEXT_AT]
        if packed == NOTHING_KNOWN:
            return NO_CONTEXT
        pm25, temperature, window = _CONTEXT.unpack(packed)
        return DayContext(
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

    def without(self, level: int, slots: Sequence[int]) -> Digest:
        """Return the day with up to `slots` of each part taken from a level, and no mark."""
        counts = decode_counts(self.histogram)
        remove_slots(counts, level, slots)
        peaks = [
            None if taken else peak for peak, taken in zip(self.part_peaks, slots, strict=True)
        ]
        record = pack_record(encode_counts(counts), peaks, self.issued, self.context)
        return replace(self, record=record, mark=None)


class OpenDay:
    """The day that is being observed.

    `take` counts one bin; `close` gives the digest. `void` says that the range changed
    during the day, so that the day gets no mark, `unseen` that conditions were not seen
    before at some time of it.
    """

    __slots__ = (
        "counts",
        "day",
        "eligible",
        "inside",
        "marked",
        "peaks",
        "slots",
        "unseen",
        "void",
    )

    def __init__(self, day: int, slots: tuple[int, ...]) -> None:
        """Start an unobserved day with the number of slots of each of its parts."""
        self.day = day
        self.slots = slots
        self.counts: Counts = [bytearray(LEVELS) for _ in range(PARTS)]
        self.peaks: list[float | None] = [None] * PARTS
        self.inside = 0.0
        self.marked = 0
        self.void = False
        self.unseen = False
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

    def close(  # noqa: PLR0913 - all that is known of a day beside its bins
        self,
        *,
        issued: Sequence[float],
        head: int,
        state: LearningState,
        longest_run_h: int = 0,
        context: DayContext = NO_CONTEXT,
        kind: DayKind = DayKind.LIVE,
    ) -> Digest:
        """Return what the day leaves behind; it is marked if it is valid and not void."""
        valid = _cover([sum(part) for part in self.counts], self.slots) >= VALID_DAY
        marked = valid and self.marked and not self.void
        peaks = [None if peak is None else round(peak, 1) for peak in self.peaks]
        return Digest(
            day=self.day,
            kind=kind,
            slots=self.slots,
            record=pack_record(encode_counts(self.counts), peaks, issued, context),
            mark=round(self.inside / self.marked, 4) if marked else None,
            head=head,
            state=state,
            eligible=self.eligible,
            longest_run_h=longest_run_h,
        )


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

    >>> list(decode_counts("06U06,,,,,,,")[0][5:10])
    [0, 30, 0, 6, 0]
    """
    parts = text.split(",")
    if len(parts) != PARTS:
        message = f"{len(parts)} parts of a day instead of {PARTS}"
        raise ValueError(message)
    return [_decode_part(part) for part in parts]


def pack_record(
    histogram: str,
    peaks: Sequence[float | None],
    issued: Sequence[float] = (),
    context: DayContext = NO_CONTEXT,
) -> bytes:
    """Return a day's histogram, peaks and issued edges of its parts, and context as one value.

    Kept as values of their own they would take half as much memory again. Levels are 32-bit
    floats, which hold a tenth up to a million; NaN stands for None.
    """
    levels = (nan if peak is None else peak for peak in peaks)
    edges = _EDGES.pack(*issued) if issued else b""
    return join_record(_PEAKS.pack(*levels), edges, context, histogram.encode())


def join_record(peaks: bytes, issued: bytes, context: DayContext, text: bytes) -> bytes:
    """Return a record (see `pack_record`) from levels that are 32-bit floats already."""
    packed = NOTHING_KNOWN
    if context is not NO_CONTEXT:
        known = (context.outdoor_pm25, context.outdoor_temperature, context.window_open)
        packed = _CONTEXT.pack(*(nan if value is None else value for value in known))
    return peaks + (issued or NO_EDGES) + packed + text


def _levels(floats: Sequence[float]) -> PartLevels:
    return tuple(None if isnan(level) else round(level, 1) for level in floats)


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
        first, counts = int(text[:2]), text[2:].encode().translate(COUNT_OF_SIGN)
        if first < 0 or not counts or NO_COUNT in counts or first + len(counts) > LEVELS:
            message = f"no levels of a histogram: {text[:8]!r}"
            raise ValueError(message)
        part[first : first + len(counts)] = counts
    return part


def _cover(observed: Sequence[int], slots: Sequence[int]) -> float:
    """Return the share of all slots observed, no part counting for more than its own."""
    return sum(map(min, observed, slots, strict=True)) / sum(slots)
