"""What changed in a list or in an object since it was stored, and the same put together again.

What was stored is only known by a mark for each of its values: a mark takes a few bytes, the
values would take as much memory as a ledger.

Changes of a list are, in order, `[first, last]` for a run of rows that were stored (`last` is the
index after it) and `[row]` for any other row.
"""

from array import array
from collections.abc import Mapping, Sequence
from json import dumps
from typing import Any

from .. import checked

type Marks = array[int]

_RUN, _ROW = 2, 1  # Values in a run and in a row of changes; follows from their form.


def mark(value: object) -> int:
    """Return the mark of plain JSON values, which is only good in this run of the program."""
    return hash(value if isinstance(value, str) else dumps(value))


def marks_of(rows: Sequence[object]) -> Marks:
    """Return a mark for each row."""
    return array("q", map(mark, rows))


def marks_by_name(values: Mapping[str, object]) -> dict[str, int]:
    """Return a mark for each value of an object, and one for each value of an object in it."""
    return {name: mark(value) for name, value in _flat(values).items()}


def changed_rows(rows: Sequence[Any], stored: Marks) -> list[list[Any]]:
    """Return the changes that lead from stored rows to these.

    >>> stored = marks_of(["a", "b", "c", "d"])
    >>> changed_rows(["b", "c", "new"], stored)
    [[1, 3], ['new']]
    """
    places = {number: place for place, number in enumerate(stored)}
    changes: list[list[Any]] = []
    for row in rows:
        place = places.get(mark(row))
        if place is None:
            changes.append([row])
        elif changes and len(changes[-1]) == _RUN and changes[-1][1] == place:
            changes[-1][1] = place + 1
        else:
            changes.append([place, place + 1])
    return changes


def with_changed_rows(stored: Sequence[Any], changes: object, most: int) -> list[Any]:
    """Return at most `most` rows: the stored ones with the changes that `changed_rows` found.

    Raises StoredFormError for anything else.

    >>> with_changed_rows(["a", "b", "c", "d"], [[1, 3], ["new"]], 10)
    ['b', 'c', 'new']
    """
    rows: list[Any] = []
    for change in checked.items(changes, most):
        if len(checked.items(change, _RUN)) == _ROW:
            rows.append(change[0])
            continue
        ((first, last),) = checked.rows([change], _RUN, 1)
        run = slice(checked.integer(first, 0, len(stored)), checked.integer(last, 0, len(stored)))
        rows += stored[run]
        checked.integer(len(rows), 0, most)
    return rows


def changed_values(values: Mapping[str, Any], stored: Mapping[str, int]) -> dict[str, Any]:
    """Return what differs from a stored object: some values of it, or all if names differ."""
    flat = _flat(values)
    if flat.keys() != stored.keys():
        return {_ALL: values}
    return {_SOME: {name: one for name, one in flat.items() if stored[name] != mark(one)}}


def with_changed_values(stored: object, changed: object) -> dict[str, Any]:
    """Return the stored object with what `changed_values` found.

    Raises StoredFormError or KeyError for anything else.
    """
    found = checked.mapping(changed)
    if _ALL in found:
        return dict(checked.mapping(found[_ALL]))
    values = dict(checked.mapping(stored))
    for name, value in checked.mapping(found[_SOME]).items():
        outer, _, inner = name.partition(_WITHIN)
        values[outer] = {**checked.mapping(values[outer]), inner: value} if inner else value
    return values


_ALL, _SOME = "all", "some"
_WITHIN = "."  # Between the name of an object and that of a value in it.


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value:
            flat |= {f"{name}{_WITHIN}{inner}": within for inner, within in value.items()}
        else:
            flat[name] = value
    return flat
