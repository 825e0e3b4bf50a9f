"""What a channel knows, as a part of a file that people can keep, read and carry elsewhere.

It holds the days, the corrections, the episodes and the year. What belongs to the run (readings,
today) and to the home (the ids of its rooms) stays out, and names that people typed unless they
ask for them.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any, Final

from .. import checked
from ..channel import Channel
from ..checked import StoredFormError
from ..codes import HistoryState, OtherRooms
from ..day import DAY_S, WINDOW_DAYS, iso_day, locate
from ..event import Event, EventKind
from ..learning.time_zone import DayHours
from ..ledger.day_summary import DaySummary
from ..ledger.entries import Entry, Named, Relearned
from ..ledger.episode import Episode
from ..ledger.folding import EPOCH, Folded
from ..ledger.ledger import Ledger
from ..pollutant import POLLUTANTS, Pollutant, PollutantSpec
from ..reading.binning import LEAST_STEP, smaller_step
from ..year.joining import joined
from ..year.year import NO_YEAR, Year
from .channel import VERSION, NewerFormError
from .ledger import FORMER, dump_ledger, load_ledger
from .salvage import UNREADABLE
from .year import dump_year, load_year

# The highest id of a correction in a file, by judgement: one a second for 30 years. Those that
# follow it here can be stored as well.
MOST_ID = 1_000_000_000
# Times the span of a sensor, by judgement: "that is normal here" raises a level above its peak.
MOST_TIMES = 2.0
MOST_RARITY = 366  # Days of "as rare as one day in N", by judgement: a year.
ZONE_DAYS = 2  # Days between a day and its date in UTC, by judgement: time zones make 1.
LEVELS: Final = ("level", "alert_level")  # Fields of corrections that are concentrations.


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
    year: Year


def carry_out(channel: Channel, *, names: bool) -> dict[str, Any]:
    """Return what a channel knows as plain JSON values, with the names that people typed or not.

    >>> from datetime import UTC
    >>> from ..pollutant import POLLUTANTS
    >>> out = carry_out(Channel(POLLUTANTS[Pollutant.PM25], UTC), names=False)
    >>> carry_in(out, UTC).pollutant
    <Pollutant.PM25: 'pm25'>
    """
    ledger, year = channel.ledger, channel.year
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
    first_day, last_day = _ends(kept)
    return {
        "version": VERSION,
        "quantity": channel.spec.pollutant.value,
        "unit": channel.spec.unit,
        "first_day": first_day,
        "last_day": last_day,
        "step": channel.binner.step,
        "day_hours": channel.day_hours.dump() if channel.day_hours else None,
        **dump_ledger(kept, rows=True),
        **({"year": dump_year(replace(year, former=None))} if year != NO_YEAR else {}),
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
    except (*UNREADABLE, RecursionError) as error:
        raise StoredFormError(f"not of the form of a room's file: {error!r}") from error


def _read(data: Mapping[str, Any], zone: tzinfo) -> Carried:
    version = checked.integer(data["version"], 1)
    if version > VERSION:
        raise NewerFormError(f"version {version}; this code knows {VERSION}")
    spec = POLLUTANTS[checked.code(Pollutant, data["quantity"])]
    hours = None if data["day_hours"] is None else DayHours.restored(data["day_hours"])
    if hours is not None and hours.other_hours(zone):
        raise OtherHoursError
    ledger = load_ledger({**data, FORMER: None})
    ledger = replace(ledger, days=tuple(ledger.days))
    step = data["step"]
    found = Carried(
        pollutant=spec.pollutant,
        ledger=ledger,
        step=None if step is None else checked.number(step, LEAST_STEP, spec.highest),
        day_hours=hours,
        year=replace(load_year(data["year"]), former=None) if "year" in data else NO_YEAR,
    )
    said = data["unit"], data["first_day"], data["last_day"]
    if said != (spec.unit, *_ends(ledger)):
        raise StoredFormError(f"{said} is not what it holds")
    _check(found, spec)
    return found


def _check(found: Carried, spec: PollutantSpec) -> None:
    """Raise StoredFormError for what is of the stored form, but what no room can have learned."""
    ledger, most = found.ledger, MOST_TIMES * spec.highest
    if ledger.days and found.day_hours is None:
        raise StoredFormError("days without their time zone")
    ids = {entry.id for entry in ledger.entries}
    known = max(ids.union(summary.head for summary in ledger.days), default=0)
    dropped = ledger.folded.at or ledger.root <= known
    if ledger.next_id > MOST_ID or ledger.root in ids or not dropped:
        raise StoredFormError("ids that no corrections can have had")
    levels = (getattr(entry.correction, name, 0.0) for entry in ledger.entries for name in LEVELS)
    if any(level > most for level in levels):
        raise StoredFormError("a correction beyond the span of every sensor")
    if len({episode.id for episode in ledger.episodes}) < len(ledger.episodes):
        raise StoredFormError("an episode twice")
    if not all(_possible(episode, most) for episode in ledger.episodes):
        raise StoredFormError("an episode that no room can have had")


def _possible(episode: Episode, most: float) -> bool:
    """Tell whether a file can have an episode: an ended one, with nothing of other rooms."""
    began = episode.id // DAY_S + EPOCH
    levels = (episode.opened_level, episode.alert_level, episode.high, episode.peak)
    return (
        episode.end is not None
        and episode.end >= episode.id - DAY_S
        and abs(episode.day - began) <= ZONE_DAYS
        and max(levels) <= most
        and episode.beaten <= episode.compared <= WINDOW_DAYS
        and (episode.rarity or 0) <= MOST_RARITY
        and not episode.rooms
    )


def _ends(ledger: Ledger) -> tuple[str | None, str | None]:
    """Return the first and the last day as dates, None if there is none."""
    days = [summary.day for summary in ledger.days]
    return (iso_day(days[0]), iso_day(days[-1])) if days else (None, None)


def carried(at: float, ledger: Ledger, found: Ledger, own: int) -> Ledger:
    """Return a ledger that continues what was found in a file, with its own days since then.

    `own` is the open day. Days that the file does not have stay, without a score: their ranges
    were issued from other days. Corrections and episodes are those of the file, except that its
    room relearned: what that replaced is not in the file. Undoing it within 30 days restores what
    the room had itself, also if it had taken in another file before. Raises OutdatedError.
    """
    days = {one.day: one for one in found.days if own - WINDOW_DAYS <= one.day}
    times = [found.folded.at, *(entry.at for entry in found.entries)]
    times += [time for one in found.episodes for time in (one.id, one.end or 0.0)]
    if not days or max(days) >= own or max(times) > at:
        raise OutdatedError
    missing = (one for one in ledger.days if own - WINDOW_DAYS <= one.day and one.day not in days)
    days |= {one.day: _unscored(one, found.root) for one in missing}
    former = ledger.before_relearned()
    number = max(one.next_id for one in (found, ledger, former))  # Known to none of them.
    entry = Entry(id=number, at=at, correction=Relearned(from_day=own))
    kept = [one for one in found.entries if not isinstance(one.correction, Relearned)]
    return replace(
        found,
        days=tuple(days[day] for day in sorted(days)),
        entries=(*kept, entry),
        former=former,
        folded=_without_relearned(found, at),
        set_aside=ledger.set_aside,
    )


def _without_relearned(found: Ledger, at: float) -> Folded:
    """Return what remains of folded entries, with the heads of those that relearned: they go."""
    relearned = {entry.id for entry in found.of(Relearned)}
    if not relearned:
        return found.folded
    heads = {*found.folded.heads, *relearned} & {summary.head for summary in found.days}
    return replace(found.folded, at=found.folded.at or at, heads=array("Q", sorted(heads)))


def _unscored(summary: DaySummary, head: int) -> DaySummary:
    return replace(summary, coverage=None, head=head)


def carried_year(at: float, channel: Channel, found: Carried) -> Year:
    """Return the year of a file, with the channel's own weeks that the file does not have.

    Those have no score, as in `carried`. Days of the file that have left the window since join.
    Raises OutdatedError.
    """
    ledger, year, own = channel.ledger, found.year, own_day(channel, at)
    last = [*(week.last_seen for week in year.all_weeks[-1:]), *(one.day for one in year.waiting)]
    if max(last, default=0) >= own:
        raise OutdatedError
    former = channel.year
    if ledger.former is not None:
        former = channel.year_before(at, ledger.before_relearned(), ledger.former)
    former = replace(former, former=None)
    if year == NO_YEAR:
        year = former
    else:
        weeks = {one.number: replace(one, coverage=None, scored=0) for one in former.weeks}
        weeks |= {week.number: week for week in year.all_weeks}
        year = replace(year.with_weeks(weeks.values()), read=former.read, gap=former.gap)
    return replace(joined(year, found.ledger, own - 1, at), former=former)


def own_day(channel: Channel, at: float) -> int:
    """Return the day that a channel observes itself at a POSIX time."""
    return channel.open_day.day if channel.open_day else locate(at, channel.zone)[0]


def take_in(channel: Channel, at: float, found: Carried) -> Entry:
    """Let a channel continue what was found in a file; return the entry that undoes it.

    Raises OutdatedError, which changes nothing.
    """
    ledger = carried(at, channel.ledger, found.ledger, own_day(channel, at))
    year = carried_year(at, channel, found)
    entry = ledger.entries[-1]
    channel.binner.step = smaller_step(channel.binner.step, found.step or 0.0)
    channel.unit_check.settle()
    channel.history = HistoryState.READ
    channel.adopt(at, ledger, year)
    channel.events.append(Event(kind=EventKind.CORRECTED, at=at, correction=entry))
    return entry
