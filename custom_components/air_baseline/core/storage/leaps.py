"""The stored form of what is kept of leaps of the clock; optional, and empty in most homes."""

from collections.abc import Sequence
from datetime import tzinfo
import json
from typing import Any

from .. import checked
from ..checked import StoredFormError
from ..codes import HistoryState
from ..day import parse_day, part_slots
from ..known_time import KEPT_S, LEAP_S, Leap
from ..ledger.kept_leap import KeptLeap
from ..ledger.open_day import OpenDay
from .days import dump_days, load_days
from .salvage import STRICT, Salvage

# Leaps. It follows from 30 days of leaps of over an hour, each larger than the next one.
MOST_LEAPS = int(KEPT_S // LEAP_S)


def dump_leaps(leaps: Sequence[KeptLeap]) -> list[dict[str, Any]]:
    """Return leaps as plain JSON values."""
    return [
        {
            "since": kept.leap.since,
            "until": kept.leap.until,
            "today": None if kept.today is None else json.loads(kept.today),
            "history": kept.history.value,
            **({"left": dump_days(kept.days)} if kept.days else {}),
        }
        for kept in leaps
    ]


def load_leaps(data: object, zone: tzinfo, salvage: Salvage = STRICT) -> tuple[KeptLeap, ...]:
    """Return the leaps that `dump_leaps` wrote; `salvage` can leave out days of them.

    Raises StoredFormError, KeyError or ValueError for anything else.
    """
    return tuple(_load(item, zone, salvage) for item in checked.items(data, MOST_LEAPS))


def _load(data: object, zone: tzinfo, salvage: Salvage) -> KeptLeap:
    item = checked.mapping(data)
    since, until = checked.time(item["since"]), checked.time(item["until"])
    if until - since <= LEAP_S:
        raise StoredFormError(f"a leap from {since} to {until}")
    today = checked.optional(checked.mapping, item["today"])
    if today is not None:
        day = checked.day(parse_day(checked.text(today["day"])))
        OpenDay(day, part_slots(day, zone)).restore(today)
    left = load_days(checked.mapping(item["left"]), salvage=salvage) if "left" in item else ()
    return KeptLeap(
        leap=Leap(since, until),
        today=None if today is None else json.dumps(today).encode(),
        history=checked.code(HistoryState, item["history"]),
        days=left,
    )
