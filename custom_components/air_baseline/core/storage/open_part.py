"""What has changed in a channel since the whole of it was stored.

A stored channel is large and nearly all of it is closed: its days do not change any more. So the
whole is stored seldom, and in between only its open part: what changes by the minute, and what
differs in days, entries, episodes and today's forecast. Of values that this module does not know
by name, each belongs to the open part if it is another than the one that was stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from .. import checked
from .changes import (
    Marks,
    changed_rows,
    changed_values,
    mark,
    marks_by_name,
    marks_of,
    with_changed_rows,
    with_changed_values,
)
from .days import DAYS
from .ledger import COLUMNS, FORMER, MOST_ROWS, TABLES

type Json = Mapping[str, Any]

TODAY, FORECAST = "today", "forecast"
CHECKSUM, ROOT = "days_checksum", "root"
_LISTS: Final = (DAYS, *TABLES)
GONE: Final = "gone"  # Names of values that were stored, and are there no more.
_CLOSED: Final = (ROOT, CHECKSUM, *_LISTS, *COLUMNS, FORMER)  # Known by name, as the open day is.


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWhole:
    """What is known of a channel that was stored as a whole: marks, the open day and its days.

    `days` and `former` are those of its ledger, which is a value: if a ledger has the same object,
    nothing is different. `days` is None if they are not known.
    """

    lists: Mapping[str, Marks]
    values: Mapping[str, int]
    forecast: Mapping[str, int]
    checksum: int
    day: str | None
    days: object
    former: object

    @classmethod
    def of(cls, data: Json, *, days: object, former: object) -> Self | None:
        """Return what is known of a stored channel, None if its columns are not those of today.

        Raises KeyError, TypeError or StoredFormError for anything that is no stored channel.
        """
        if any(data.get(name, columns) != columns for name, columns in COLUMNS.items()):
            return None
        today = checked.mapping(data[TODAY] or {})
        return cls(
            lists={name: marks_of(checked.items(data.get(name, []), MOST_ROWS)) for name in _LISTS},
            values={name: mark(value) for name, value in _others(data).items()},
            forecast=marks_by_name(checked.mapping(today.get(FORECAST, {}))),
            checksum=checked.integer(data[CHECKSUM]),
            day=today.get("day"),
            days=days,
            former=former,
        )


def open_part(channel: Json, stored: StoredWhole) -> dict[str, Any]:
    """Return what of a channel (in its stored form) differs from what was stored as a whole.

    The channel can come without its days if they are those that were stored.
    """
    others = _others(channel)
    part = {name: one for name, one in others.items() if stored.values.get(name) != mark(one)}
    if gone := [name for name in stored.values if name not in others]:
        part[GONE] = gone
    part |= {TODAY: channel[TODAY], ROOT: channel[ROOT]}
    for name in _LISTS if DAYS in channel else TABLES:
        marks = stored.lists[name]
        changes = changed_rows(channel.get(name, []), marks)
        if changes != ([[0, len(marks)]] if marks else []):
            part[name] = changes
    if channel.get(CHECKSUM, stored.checksum) != stored.checksum:
        part[CHECKSUM] = channel[CHECKSUM]
    if part[TODAY] is not None and FORECAST in part[TODAY]:
        changed = changed_values(part[TODAY][FORECAST], stored.forecast)
        part[TODAY] = {**part[TODAY], FORECAST: changed}
    return part


def with_open_part(whole: Json, part: Json) -> dict[str, Any]:
    """Return a channel that was stored as a whole, as its open part continues it.

    Raises KeyError, TypeError or StoredFormError for what `open_part` cannot have written. It
    cannot see whether the part continues this very channel; whoever stores both has to see to it.
    """
    gone = checked.items(part.get(GONE, []), len(whole))
    channel = {name: one for name, one in {**whole, **part}.items() if name not in (GONE, *gone)}
    for name in _LISTS:
        if name in part:
            channel[name] = with_changed_rows(whole.get(name, []), part[name], MOST_ROWS)
    for name, columns in COLUMNS.items():
        if name.removesuffix("_columns") in channel:
            channel.setdefault(name, columns)
    today = part[TODAY]
    if today is not None and FORECAST in today:
        before = checked.mapping(whole[TODAY] or {}).get(FORECAST)
        channel[TODAY] = {**today, FORECAST: with_changed_values(before, today[FORECAST])}
    return channel


def _others(channel: Json) -> dict[str, Any]:
    return {name: one for name, one in channel.items() if name not in (TODAY, *_CLOSED)}
