"""The days of a stored ledger, each a line of text.

Values are parted by a space and those of the parts by commas; a dash stands for what is not
known. As JSON values of their own they would be a million in a large home, which holds up Home
Assistant while the file is read. Lines that were never written so raise ValueError or KeyError.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final, overload, override
from zlib import crc32

from .. import checked
from ..checked import StoredFormError
from ..codes import LearningState
from ..day import PARTS, PLAIN_SLOTS, WINDOW_DAYS, iso_day, parse_day
from ..ledger.day_summary import NO_SURROUNDINGS, DayOrigin, DaySummary, join_record
from ..ledger.histogram import evidence
from ..ledger.histogram_text import observed_slots
from ..reading.surroundings import DaySurroundings

DAY_COLUMNS: Final = (
    "day",
    "kind",
    "histogram",
    "slots",
    "peaks",
    "ranges",
    "mark",
    "head",
    "state",
    "eligible",
    "longest_run_h",
    "context",
)
NOTHING: Final = "-"
_COLUMNS: Final = " ".join(DAY_COLUMNS)
MOST_PART_SLOTS = 48  # Clocks that are put back give three hours a fourth.

_KINDS: Final = {kind.value: kind for kind in DayOrigin}
_STATES: Final = {state.value: state for state in LearningState}
_FLAGS: Final = {"0": False, "1": True}


def dump_day(summary: DaySummary) -> str:
    """Return a day as a line, its values in the order of `DAY_COLUMNS`."""
    surroundings = summary.surroundings
    values = (
        iso_day(summary.day),
        summary.origin.value,
        summary.histogram,
        None if summary.slots == PLAIN_SLOTS else _listed(summary.slots),
        _listed(summary.part_peaks),
        _listed(summary.issued) or None,
        summary.coverage,
        summary.head,
        summary.state.value,
        int(summary.eligible),
        summary.longest_run_h,
        None if surroundings == NO_SURROUNDINGS else ",".join(map(_text, astuple(surroundings))),
    )
    return " ".join(map(_text, values))


class StoredDays(Sequence[DaySummary]):
    """The days of a ledger as lines, which are read when one of them is first asked for.

    At a start that is most of the work, and nobody asks before a part of the day begins. Once
    read, they are days alone. Another thread may write the lines meanwhile.
    """

    __slots__ = ("_days", "_lines")

    def __init__(self, lines: Sequence[str]) -> None:
        """Take lines that `dump_day` wrote, oldest first."""
        self._lines: Sequence[str] | None = lines
        self._days: tuple[DaySummary, ...] = ()

    @property
    def lines(self) -> Sequence[str]:
        """Return the days as lines again."""
        lines = self._lines
        return [dump_day(summary) for summary in self._days] if lines is None else lines

    @overload
    def __getitem__(self, place: int) -> DaySummary: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[DaySummary, ...]: ...

    @override
    def __getitem__(self, place: int | slice) -> DaySummary | tuple[DaySummary, ...]:
        return self._read()[place]

    @override
    def __iter__(self) -> Iterator[DaySummary]:
        return iter(self._read())

    @override
    def __len__(self) -> int:
        lines = self._lines
        return len(self._days if lines is None else lines)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._read() == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def _read(self) -> tuple[DaySummary, ...]:
        if self._lines is not None:
            self._days = read_days(self._lines)
            self._lines = None
        return self._days


def dump_days(days: Sequence[DaySummary]) -> dict[str, Any]:
    """Return days as lines, with the names of their values and a checksum."""
    lines = days.lines if isinstance(days, StoredDays) else [dump_day(summary) for summary in days]
    return {"days_columns": _COLUMNS, "days_checksum": _checksum(lines), "days": lines}


def load_days(data: Mapping[str, Any]) -> StoredDays:
    """Return the days that `dump_days` wrote; the checksum tells of every damage to them."""
    lines = checked.items(data["days"], WINDOW_DAYS)
    known = data["days_columns"] == _COLUMNS and all(isinstance(line, str) for line in lines)
    if not known or data["days_checksum"] != _checksum(lines):
        raise StoredFormError("days that are not as they were written")
    return StoredDays(lines)


def _checksum(lines: Sequence[str]) -> int:
    return crc32("\n".join(lines).encode())


def read_days(lines: Sequence[str]) -> tuple[DaySummary, ...]:
    """Return the days that `dump_day` wrote, all at once, since that is quick."""
    rows = [line.split(" ") for line in lines]
    if not rows:
        return ()
    if any(len(row) != len(DAY_COLUMNS) for row in rows):
        raise StoredFormError(f"days of other than {len(DAY_COLUMNS)} values")
    columns = dict(zip(DAY_COLUMNS, zip(*rows, strict=True), strict=True))
    days = list(map(parse_day, columns["day"]))
    if days != sorted({*days}):
        raise StoredFormError("days out of order or twice")
    if checked.day(days[-1]) - checked.day(days[0]) >= WINDOW_DAYS:
        raise StoredFormError(f"days further apart than the {WINDOW_DAYS} that are kept")
    texts = [text.encode() for text in columns["histogram"]]
    slots = list(map(_slots, columns["slots"]))
    values = zip(
        days,
        map(_KINDS.__getitem__, columns["kind"]),
        slots,
        _records(columns, texts),
        _marks(columns["mark"]),
        _integers(columns["head"]),
        map(_STATES.__getitem__, columns["state"]),
        map(_FLAGS.__getitem__, columns["eligible"]),
        _integers(columns["longest_run_h"]),
        evidence(observed_slots(texts), slots),
        strict=True,
    )
    return tuple(
        DaySummary(
            day=day,
            origin=kind,
            slots=slots,
            record=record,
            coverage=coverage,
            head=head,
            state=state,
            eligible=eligible,
            longest_run_h=longest,
            known_evidence=found,
        )
        for day, kind, slots, record, coverage, head, state, eligible, longest, found in values
    )


def _marks(texts: Sequence[str]) -> list[float | None]:
    coverages = [None if text == NOTHING else float(text) for text in texts]
    known = [coverage for coverage in coverages if coverage is not None]
    if not all(0.0 <= coverage <= 1.0 for coverage in known):
        raise StoredFormError("marks that are no shares")
    return coverages


def _integers(texts: Sequence[str]) -> list[int]:
    numbers = list(map(int, texts))
    checked.integer(min(numbers))
    checked.integer(max(numbers))
    return numbers


def _slots(text: str) -> tuple[int, ...]:
    if text == NOTHING:
        return PLAIN_SLOTS
    slots = tuple(checked.integer(int(number), 0, MOST_PART_SLOTS) for number in text.split(","))
    if len(slots) != PARTS or not sum(slots):
        raise StoredFormError(f"slots of a day: {slots}")
    return slots


def _records(columns: Mapping[str, Sequence[str]], texts: Sequence[bytes]) -> Iterable[bytes]:
    """Return what `DaySummary.record` holds, of all days."""
    peaks = checked.concentrations(columns["peaks"], PARTS, missing=True)
    issued = checked.concentrations(
        [text for text in columns["ranges"] if text != NOTHING], 2 * PARTS
    )
    edges = iter(issued)
    known = (next(edges) if text != NOTHING else b"" for text in columns["ranges"])
    contexts = map(_context, columns["context"])
    return map(join_record, peaks, known, contexts, texts, strict=True)


def _context(text: str) -> DaySurroundings:
    if text == NOTHING:
        return NO_SURROUNDINGS
    pm25, temperature, window = [
        None if value == NOTHING else float(value) for value in text.split(",")
    ]
    return DaySurroundings(
        outdoor_pm25=checked.optional(checked.concentration, pm25),
        outdoor_temperature=checked.optional(checked.number, temperature),
        window_open=checked.optional(checked.share, window),
    )


def _text(value: object) -> str:
    return NOTHING if value is None else str(value)


def _listed(values: Iterable[float | None]) -> str:
    """Return levels, which are tenths, or whole numbers, parted by commas."""
    return ",".join(
        [NOTHING if value is None else f"{value:.1f}".removesuffix(".0") for value in values]
    )
