"""What a channel knows, as a part of a file that people can keep, read and carry elsewhere.

It holds the days, the corrections and the episodes. What belongs to the run (readings, today) and
to the home (the ids of its rooms) stays out, and names that people typed unless they ask for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from .. import checked
from ..channel import Channel
from ..checked import StoredFormError
from ..codes import HistoryState, OtherRooms
from ..day import WINDOW_DAYS, iso_day, locate
from ..event import Event, EventKind
from ..learning.time_zone import DayHours
from ..ledger.day_summary import DaySummary
from ..ledger.entries import Entry, Named, Relearned
from ..ledger.ledger import Ledger
from ..pollutant import Pollutant
from ..reading.binning import LEAST_STEP, smaller_step
from .channel import VERSION, NewerFormError
from .ledger import dump_ledger, load_ledger
from .salvage import UNREADABLE


class OtherHoursError(ValueError):
    """The parts of the days in a file are other hours of the day than here."""


class OutdatedError(ValueError):
    """A file has no day that is still kept, or is from the future."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a file knows of a pollutant; `step` is the smallest step seen (base unit) or None."""

    pollutant: Pollutant
    ledger: Ledger
    step: float | None
    day_hours: DayHours | None


def carry_out(channel: Channel, *, names: bool) -> dict[str, Any]:
    """Return what a channel knows as plain JSON values, with the names that people typed or not.

    >>> from datetime import UTC
    >>> from ..pollutant import POLLUTANTS
    >>> out = carry_out(Channel(POLLUTANTS[Pollutant.PM25], UTC), names=False)
    >>> carry_in(out, UTC).pollutant
    <Pollutant.PM25: 'pm25'>
    """
    ledger = channel.ledger
    kept = replace(
        ledger,
        entries=tuple(
            entry for entry in ledger.entries if names or not isinstance(entry.correction, Named)
        ),
        episodes=tuple(
            replace(episode, other_rooms=OtherRooms.UNKNOWN, rooms=())
            for episode in ledger.episodes
            if episode.end is not None
        ),
        former=None,
        set_aside=(),
    )
    days = [summary.day for summary in kept.days]
    return {
        "version": VERSION,
        "quantity": channel.spec.pollutant.value,
        "unit": channel.spec.unit,
        "first_day": iso_day(days[0]) if days else None,
        "last_day": iso_day(days[-1]) if days else None,
        "step": channel.binner.step,
        "day_hours": channel.day_hours.dump() if channel.day_hours else None,
        **dump_ledger(kept),
    }


def carry_in(data: object, zone: tzinfo) -> Carried:
    """Return what `carry_out` wrote, with all its days checked.

    Raises OtherHoursError if it is about another time zone, NewerFormError if a newer version
    wrote it, and StoredFormError for anything else that is not of this form.
    """
    try:
        return _read(checked.mapping(data), zone)
    except OtherHoursError, StoredFormError:
        raise
    except UNREADABLE as error:
        raise StoredFormError(f"not of the form of a room's file: {error!r}") from error


def _read(data: Mapping[str, Any], zone: tzinfo) -> Carried:
    version = checked.integer(data["version"], 1)
    if version > VERSION:
        raise NewerFormError(f"version {version}; this code knows {VERSION}")
    hours = None if data["day_hours"] is None else DayHours.restored(data["day_hours"])
    if hours is not None and hours.other_hours(zone):
        raise OtherHoursError
    ledger = load_ledger({**data, "former": None})
    return Carried(
        pollutant=checked.code(Pollutant, data["quantity"]),
        ledger=replace(ledger, days=tuple(ledger.days)),
        step=None if data["step"] is None else checked.number(data["step"], LEAST_STEP),
        day_hours=hours,
    )


def carried(at: float, ledger: Ledger, found: Ledger, own: int) -> Ledger:
    """Return a ledger that continues what was found in a file, with its own days since then.

    `own` is the open day. Days that the file does not have stay, without a score: their ranges
    were issued from other days. Corrections and episodes are those of the file. Undoing it within
    30 days restores the ledger from before. Raises OutdatedError.
    """
    days = {one.day: one for one in found.days if own - WINDOW_DAYS <= one.day}
    said_later = any(entry.at > at for entry in found.entries)
    if not days or max(days) >= own or said_later:
        raise OutdatedError
    missing = (one for one in ledger.days if one.day not in days)
    days |= {one.day: _unscored(one, found.root) for one in missing}
    entry = Entry(id=found.next_id, at=at, correction=Relearned(from_day=own))
    return replace(
        found,
        days=tuple(days[day] for day in sorted(days)),
        entries=(*found.entries, entry),
        former=replace(ledger, former=None),
        set_aside=ledger.set_aside,
    )


def _unscored(summary: DaySummary, head: int) -> DaySummary:
    return replace(summary, coverage=None, head=head)


def own_day(channel: Channel, at: float) -> int:
    """Return the day that a channel observes itself at a POSIX time."""
    return channel.open_day.day if channel.open_day else locate(at, channel.zone)[0]


def take_in(channel: Channel, at: float, found: Carried) -> Entry:
    """Let a channel continue what was found in a file; return the entry that undoes it.

    Raises OutdatedError, which changes nothing.
    """
    ledger = carried(at, channel.ledger, found.ledger, own_day(channel, at))
    entry = ledger.entries[-1]
    channel.binner.step = smaller_step(channel.binner.step, found.step or 0.0)
    channel.unit_check.settle()
    channel.history = HistoryState.READ
    channel.adopt(at, ledger)
    channel.events.append(Event(kind=EventKind.CORRECTED, at=at, correction=entry))
    return entry
