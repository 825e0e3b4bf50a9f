"""The entries of a ledger in order, and what they do; many of them are kept packed.

An automation may make hundreds of corrections that can all still be undone. As objects they would
take more memory than all days of the channel.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import accumulate
import json
from types import MappingProxyType
from typing import Any, Final, overload, override
import zlib

from .effects import Effects, effects_of
from .entries import CORRECTIONS, Cause, Correction, CorrectionCode, Entry, Trouble

# Entries that are kept as they are, by judgement: as many as people make in some months, and they
# take less than a twentieth of the memory of a channel.
MOST_PLAIN = 10
MOST_UNPACKED = 4_000_000  # Bytes, by judgement: 5000 entries take a tenth; it bounds the work.
MICROSECONDS: Final = 1_000_000  # In a second; follows from the unit.
_ENUMS: Final[Mapping[str, type[Cause | Trouble]]] = MappingProxyType(
    {"cause": Cause, "trouble": Trouble}
)


class Entries(Sequence[Entry]):
    """Entries in the order in which they took effect; a value.

    `effects` is what they do. `packed` is None if they are few.
    """

    __slots__ = ("_length", "_plain", "effects", "packed")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Take entries in the order in which they took effect."""
        known = tuple(entries)
        self.effects: Effects = effects_of(known)
        self.packed: bytes | None = pack(known) if len(known) > MOST_PLAIN else None
        self._length = len(known)
        self._plain = () if self.packed else known

    @overload
    def __getitem__(self, place: int) -> Entry: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Entry, ...]: ...

    @override
    def __getitem__(self, place: int | slice) -> Entry | tuple[Entry, ...]:
        return self.all()[place]

    @override
    def __iter__(self) -> Iterator[Entry]:
        return iter(self.all())

    @override
    def __reversed__(self) -> Iterator[Entry]:
        return reversed(self.all())

    @override
    def __len__(self) -> int:
        return self._length

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.all() == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    @override
    def __repr__(self) -> str:
        return repr(self.all())

    def all(self) -> tuple[Entry, ...]:
        """Return all entries; unpacking hundreds of them takes a millisecond or two."""
        return self._plain if self.packed is None else unpack(self.packed)


def pack(entries: Sequence[Entry]) -> bytes:
    """Return entries as compressed text: a column of each value, and of each field of each kind.

    Whole numbers, and times in microseconds, are written as differences from the one before.
    """
    kinds = sorted({entry.code for entry in entries})
    columns: dict[str, list[Any]] = {
        "kinds": [kind.value for kind in kinds],
        "kind": [kinds.index(entry.code) for entry in entries],
        "id": _differences([entry.id for entry in entries]),
        "at": _differences(_microseconds([entry.at for entry in entries])),
        "replaces": [_back(entry.id, entry.replaces) for entry in entries],
        "step": [_back(entry.id, entry.step) for entry in entries],
    }
    for kind in kinds:
        found = [entry.correction for entry in entries if entry.code is kind]
        for known in fields(CORRECTIONS[kind]):
            values = [getattr(correction, known.name) for correction in found]
            columns[f"{kind} {known.name}"] = _differences(values)
    return zlib.compress(json.dumps(columns, separators=(",", ":"), ensure_ascii=False).encode())


def unpack(packed: bytes) -> tuple[Entry, ...]:
    """Return the entries that `pack` wrote.

    Raises ValueError, KeyError, TypeError, IndexError, StopIteration or zlib.error for other bytes.
    """
    reader = zlib.decompressobj()
    text = reader.decompress(packed, MOST_UNPACKED)
    if not reader.eof:
        raise ValueError("packed entries that are too long or cut short")
    columns: dict[str, list[Any]] = json.loads(text)
    kinds = [CorrectionCode(kind) for kind in columns["kinds"]]
    codes = [kinds[number] for number in columns["kind"]]
    corrections = {kind: iter(_corrections(kind, columns, codes.count(kind))) for kind in kinds}
    rows = zip(
        codes,
        _sums(columns["id"]),
        _times(columns["at"]),
        columns["replaces"],
        columns["step"],
        strict=True,
    )
    return tuple(
        Entry(
            id=number,
            at=at,
            correction=next(corrections[code]),
            replaces=_back(number, replaces),
            step=_back(number, step),
        )
        for code, number, at, replaces, step in rows
    )


def _corrections(
    code: CorrectionCode, columns: dict[str, list[Any]], number: int
) -> list[Correction]:
    kind = CORRECTIONS[code]
    names = [known.name for known in fields(kind)]
    if not names:
        return [kind()] * number
    values = [_read(name, columns[f"{code} {name}"]) for name in names]
    return [kind(**dict(zip(names, row, strict=True))) for row in zip(*values, strict=True)]


def _read(name: str, column: list[Any]) -> list[Any]:
    codes = _ENUMS.get(name)
    if codes is None:
        return _sums(column)
    return [None if value is None else codes(value) for value in column]


def _back(number: int, other: int | None) -> int | None:
    """Return how far another id is from an id, and back again; None for None."""
    return None if other is None else number - other


def _microseconds(times: Sequence[float]) -> list[Any]:
    """Return POSIX times in whole microseconds, as clocks have them; any other as they are."""
    whole = [round(at * MICROSECONDS) for at in times]
    exact = all(number / MICROSECONDS == at for number, at in zip(whole, times, strict=True))
    return whole if exact else list(times)


def _times(column: list[Any]) -> list[float]:
    """Return the POSIX times that were written, in microseconds or, as before, in seconds."""
    return [number / MICROSECONDS for number in _sums(column)] if _whole(column) else column


def _whole(values: Sequence[Any]) -> bool:
    return {*map(type, values)} <= {int}


def _differences(values: list[Any]) -> list[Any]:
    """Return whole numbers as differences from the one before; other values as they are."""
    if not _whole(values):
        return values
    return [value - before for before, value in zip([0, *values], values, strict=False)]


def _sums(values: list[Any]) -> list[Any]:
    """Return the values that `_differences` was given."""
    return list(accumulate(values)) if _whole(values) else values
