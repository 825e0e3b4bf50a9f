"""A year as plain JSON values and back; it is stored in a file of its own.

Values that come later may be missing, and code that does not know them ignores them. Anything
that is not exactly of this form raises StoredFormError.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from functools import partial
import json
from typing import Any, Final
import zlib

from .. import checked
from ..checked import StoredFormError
from ..codes import YearGap
from ..day import WINDOW_DAYS
from ..ledger.day_summary import DaySummary
from ..ledger.folding import UNDO_DAYS
from ..ledger.histogram import ALL_PARTS
from ..year.packing import MOST_WEEKS, check
from ..year.week import WEEK_DAYS
from ..year.year import Bound, Year
from .days import COLUMNS, dump_day, read_days
from .salvage import UNREADABLE

CHECKSUM: Final = "checksum"
FORMER: Final = "former"
# Days that can wait. It follows from the window, and from how long a correction can be undone.
MOST_WAITING: Final = WINDOW_DAYS + UNDO_DAYS


def dump_year(year: Year) -> dict[str, Any]:
    """Return a year as plain JSON values."""
    values = {
        "weeks": b64encode(year.packed).decode(),
        "room": [year.room.settled, year.room.now],
        "hours": [year.hours.settled, year.hours.now],
        "struck": [list(one) for one in year.struck],
        "waiting_columns": COLUMNS,
        "waiting": [dump_day(summary) for summary in year.waiting],
        **({"read": True} if year.read else {}),
        **({"gap": year.gap} if year.gap else {}),
        **({FORMER: dump_year(year.former)} if year.former else {}),
    }
    return {**values, CHECKSUM: _checksum(values)}


def load_year(data: object) -> Year:
    """Return the year that `dump_year` wrote, with all of its weeks checked.

    Raises StoredFormError for anything else.
    """
    try:
        return _load(checked.mapping(data))
    except StoredFormError:
        raise
    except (*UNREADABLE, zlib.error) as error:
        raise StoredFormError(f"not a stored year: {error!r}") from error


def _load(data: Mapping[str, Any]) -> Year:
    if data[CHECKSUM] != _checksum({name: data[name] for name in data if name != CHECKSUM}):
        raise StoredFormError("a year that is not as it was written")
    packed = b64decode(checked.text(data["weeks"]), validate=True)
    check(packed)
    return Year(
        packed=packed,
        room=_bound(data["room"]),
        hours=_bound(data["hours"]),
        struck=tuple(
            (checked.day(day), checked.integer(parts, 0, ALL_PARTS))
            for day, parts in checked.rows(data["struck"], 2, MOST_WEEKS * WEEK_DAYS)
        ),
        waiting=_waiting(data),
        read=checked.flag(data.get("read", False)),
        gap=checked.optional(partial(checked.code, YearGap), data.get("gap")),
        former=checked.optional(_load_former, data.get(FORMER)),
    )


def _load_former(data: object) -> Year:
    """Return the year before another one was taken in; it has no former one itself."""
    former = checked.mapping(data)
    if FORMER in former:
        raise StoredFormError("a former year of a former year")
    return _load(former)


def _waiting(data: Mapping[str, Any]) -> tuple[DaySummary, ...]:
    lines: Sequence[str] = checked.items(data["waiting"], MOST_WAITING)
    if data["waiting_columns"] != COLUMNS:
        raise StoredFormError("days that are not of a known form")
    return tuple(summary for line in lines for summary in read_days([checked.text(line)]))


def _bound(data: object) -> Bound:
    settled, now = checked.items(data, 2)
    last = checked.integer(settled, 0, checked.LATEST_DAY)
    return Bound(last, checked.integer(now, last, checked.LATEST_DAY))


def _checksum(values: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(values, sort_keys=True).encode())
