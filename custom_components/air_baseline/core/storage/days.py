"""The days of a stored ledger, each as a line of text.

Spaces separate the values and commas those of the parts; a dash is for what is not known. As
separate JSON values they would be a million in a large home, which would block Home Assistant
while the file is read. Lines that `dump_day` cannot have written raise ValueError or KeyError.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final, overload, override
from zlib import crc32

from .. import checked
from ..checked import StoredFormError
from ..codes import LearningState
from ..day import PARTS, PLAIN_SLOTS, WINDOW_DAYS, iso_day, parse_day
from ..ledger.day_summary import (
    NO_FORECAST,
    NO_SURROUNDINGS,
    DayOrigin,
    DaySummary,
    join_record,
)
from ..ledger.histogram import evidence
from ..ledger.histogram_text import observed_slots
from ..ledger.hour_peaks import NO_PEAKS, of_part_peaks, peaks_of_text, peaks_text
from ..reading.surroundings import DaySurroundings
from .salvage import STRICT, UNREADABLE, Salvage

DAY_COLUMNS: Final = (
    "day",
    "kind",
    "histogram",
    "slots",
    "hours",
    "ranges",
    "mark",
    "head",
    "state",
    "eligible",
    "longest_run_h",
    "context",
    "next_14_days",
)
# It follows from the form of before the peaks were those of hours: those of parts stand in their
# place, and the last value is not there.
FORMER_DAY_COLUMNS: Final = (*DAY_COLUMNS[:4], "peaks", *DAY_COLUMNS[5:-1])
NOTHING: Final = "-"
DAYS: Final = "days"
COLUMNS: Final = " ".join(DAY_COLUMNS)
FORMER_COLUMNS: Final = " ".join(FORMER_DAY_COLUMNS)
_DATE: Final = 10  # Characters of a date; follows from its form.
# Slots, by judgement: a part of a whole day. When clocks go back, by up to 3 h so far, it has 72.
MOST_PART_SLOTS = 288

_ORIGINS: Final = {origin.value: origin for origin in DayOrigin}
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
        None if summary.peaks == NO_PEAKS else peaks_text(summary.peaks),
        _listed(summary.issued) or None,
        summary.coverage,
        summary.head,
        summary.state.value,
        int(summary.eligible),
        summary.longest_run_h,
        None if surroundings == NO_SURROUNDINGS else ",".join(map(_text, astuple(surroundings))),
        None if summary.next_14_days is None else _listed(summary.next_14_days),
    )
    return " ".join(map(_text, values))


def stored_ordinals(lines: Iterable[str]) -> list[int]:
    """Return the ordinals of days as lines, of which nothing else is read.

    Raises ValueError if they are damaged.
    """
    return [parse_day(line[:_DATE]) for line in lines]


def ordinals(days: Sequence[DaySummary]) -> Iterable[int]:
    """Return the ordinals of days; those that are stored are not read for that.

    Raises ValueError if they are damaged.
    """
    return days.ordinals if isinstance(days, StoredDays) else (summary.day for summary in days)


class StoredDays(Sequence[DaySummary]):
    """The days of a ledger as lines, which are read when a day is first needed.

    Reading is most of the work of a start, and no day is needed before a part of the day begins.
    Once the days are read, the lines are dropped. Another thread may use `lines` meanwhile.

    With a `salvage`, a line that cannot be read costs its own day, unless its good copy has it.
    """

    __slots__ = ("_days", "_lines", "_salvage", "_spare")

    def __init__(self, lines: Sequence[str], salvage: Salvage = STRICT) -> None:
        """Take lines that `dump_day` wrote, oldest first."""
        self._lines: Sequence[str] | None = lines
        self._salvage = salvage
        self._spare = [_of_former(line) for line in salvage.days(lines)]
        self._days: tuple[DaySummary, ...] = ()

    @property
    def lines(self) -> Sequence[str]:
        """Return the days as lines."""
        lines = self._lines
        return [dump_day(summary) for summary in self._days] if lines is None else lines

    @property
    def ordinals(self) -> list[int]:
        """Return the ordinals of the days, which are read alone; ValueError if they are damaged."""
        lines = self._lines
        if lines is None:
            return [summary.day for summary in self._days]
        return stored_ordinals(lines)

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
            try:
                self._days = read_days(self._lines)
            except UNREADABLE:
                if self._salvage is STRICT:
                    raise
                self._days = self._read_each(self._lines)
            self._lines, self._spare, self._salvage = None, [], STRICT
        return self._days

    def check(self) -> None:
        """Raise StoredFormError or the like if a line cannot be read."""
        if self._lines is not None:
            read_days(self._lines)

    def _read_each(self, lines: Sequence[str]) -> tuple[DaySummary, ...]:
        """Return the days of all lines that can be read, in order, each once."""
        spare = {summary.day: summary for summary in map(_read, self._spare) if summary}
        found: dict[int, DaySummary] = {}
        salvage = self._salvage
        for line in lines:
            summary = _read(line)
            if summary is None or summary.day in found:
                name = line[:_DATE]
                summary = spare.get(_day(name) or 0)
                (salvage.lost if summary is None else salvage.replaced).append(f"{DAYS} {name}")
            if summary is not None:
                found.setdefault(summary.day, summary)
        days = within_window(sorted(found))
        salvage.lost += [f"{DAYS} {iso_day(day)}" for day in sorted(found) if day not in days]
        return tuple(found[day] for day in days)


def dump_days(days: Sequence[DaySummary]) -> dict[str, Any]:
    """Return days as lines, with the names of their columns and a checksum."""
    lines = days.lines if isinstance(days, StoredDays) else [dump_day(summary) for summary in days]
    return {"days_columns": COLUMNS, "days_checksum": _checksum(lines), "days": lines}


def load_days(
    data: Mapping[str, Any], today: int | None = None, salvage: Salvage = STRICT
) -> StoredDays:
    """Return the days that `dump_days` wrote; `today` is the open day (an ordinal), if any.

    Raises StoredFormError if the checksum shows that they are damaged, or if several days are as
    late as today. A single one that is cannot be right, and is not read.
    """
    lines = checked.items(data[DAYS], WINDOW_DAYS)
    known = data["days_columns"] in (COLUMNS, FORMER_COLUMNS)
    if not known or not all(isinstance(line, str) for line in lines):
        raise StoredFormError("days that are not of a known form")
    if data["days_checksum"] != _checksum(lines):
        raise StoredFormError("days that are not as they were written")
    if data["days_columns"] == FORMER_COLUMNS:
        lines = [_of_former(line) for line in lines]
    if today is not None:
        late = [line for line in lines if (_day(line[:_DATE]) or 0) >= today]
        if len(late) > 1 or (late and salvage is STRICT):
            raise StoredFormError(f"{iso_day(today)} is open, but that or a later day is closed")
        if late:
            lines = [line for line in lines if line not in late]
            salvage.lost.append(f"{DAYS} {late[0][:_DATE]}: not before today")
    return StoredDays(lines, salvage)


def _of_former(line: str) -> str:
    """Return a line whose peaks were those of parts as it is written today.

    One that is not such a line, or cannot be understood, is returned as it is.
    """
    values, place = line.split(" "), FORMER_DAY_COLUMNS.index("peaks")
    if len(values) != len(FORMER_DAY_COLUMNS):
        return line
    try:
        texts = values[place].split(",")
        peaks = of_part_peaks(
            [None if text == NOTHING else checked.concentration(float(text)) for text in texts]
        )
    except ValueError, IndexError:
        return line
    values[place] = NOTHING if peaks == NO_PEAKS else peaks_text(peaks)
    return " ".join([*values, NOTHING])


def within_window(days: Sequence[int]) -> Sequence[int]:
    """Return the days (ascending) in the window that holds most of them, the latest such window."""
    windows = [
        [other for other in days if day - WINDOW_DAYS < other <= day] for day in reversed(days)
    ]
    return max(windows, key=len, default=days)


def _day(date: str) -> int | None:
    """Return the ordinal of a date, None if it is none."""
    try:
        return parse_day(date)
    except ValueError:
        return None


def _read(line: str) -> DaySummary | None:
    """Return the day of a line, None if it cannot be read."""
    try:
        return read_days([line])[0]
    except UNREADABLE:
        return None


def _checksum(lines: Sequence[str]) -> int:
    return crc32("\n".join(lines).encode())


def read_days(lines: Sequence[str]) -> tuple[DaySummary, ...]:
    """Return the days that `dump_day` wrote, all at once because that is fast."""
    rows = [line.split(" ") for line in lines]
    if not rows:
        return ()
    if any(len(row) != len(DAY_COLUMNS) for row in rows):
        raise StoredFormError(f"days that do not have {len(DAY_COLUMNS)} values")
    columns = dict(zip(DAY_COLUMNS, zip(*rows, strict=True), strict=True))
    days = list(map(parse_day, columns["day"]))
    if days != sorted({*days}):
        raise StoredFormError("days out of order or repeated")
    if checked.day(days[-1]) - checked.day(days[0]) >= WINDOW_DAYS:
        raise StoredFormError(f"days further apart than the {WINDOW_DAYS} that are kept")
    texts = [text.encode() for text in columns["histogram"]]
    slots = list(map(_slots, columns["slots"]))
    values = zip(
        days,
        map(_ORIGINS.__getitem__, columns["kind"]),
        slots,
        _records(columns, texts),
        _coverages(columns["mark"]),
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
            origin=origin,
            slots=slots,
            record=record,
            coverage=coverage,
            head=head,
            state=state,
            eligible=eligible,
            longest_run_h=longest,
            known_evidence=known,
        )
        for day, origin, slots, record, coverage, head, state, eligible, longest, known in values
    )


def _coverages(texts: Sequence[str]) -> list[float | None]:
    coverages = [None if text == NOTHING else float(text) for text in texts]
    known = [coverage for coverage in coverages if coverage is not None]
    if not all(0.0 <= coverage <= 1.0 for coverage in known):
        raise StoredFormError("coverages that are not shares")
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
        raise StoredFormError(f"{slots} cannot be the slots of a day")
    return slots


def _records(columns: Mapping[str, Sequence[str]], texts: Sequence[bytes]) -> Iterable[bytes]:
    """Return `DaySummary.record` for each day."""
    peaks = map(_peaks, columns["hours"])
    issued = checked.concentrations(
        [text for text in columns["ranges"] if text != NOTHING], 2 * PARTS
    )
    edges = iter(issued)
    known = (next(edges) if text != NOTHING else b"" for text in columns["ranges"])
    surroundings = map(_surroundings, columns["context"])
    said = map(_next_14_days, columns["next_14_days"])
    return map(join_record, peaks, known, surroundings, said, texts, strict=True)


def _next_14_days(text: str) -> bytes:
    if text == NOTHING:
        return NO_FORECAST
    low, high = map(int, text.split(","))
    return bytes((checked.integer(low), checked.integer(high, low, 100)))


def _peaks(text: str) -> bytes:
    return NO_PEAKS if text == NOTHING else peaks_of_text(text)


def _surroundings(text: str) -> DaySurroundings:
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
    """Return numbers, rounded to tenths, separated by commas."""
    return ",".join(
        [NOTHING if value is None else f"{value:.1f}".removesuffix(".0") for value in values]
    )
