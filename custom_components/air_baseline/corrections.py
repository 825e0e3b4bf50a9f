"""What a person can correct in a room; actions and repairs both use this module.

Everything is checked before anything is changed. A request that cannot be met raises a
translated ServiceValidationError. A correction that could not be saved raises NotSavedError, but
is in force.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date, datetime

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coordinator import RoomCoordinator
from .core.channel import Channel
from .core.day import SLOT_S, WINDOW_DAYS, locate
from .core.ledger.correction import (
    AHEAD_DAYS,
    episode_normal,
    episode_real,
    episode_span,
    exclude_days,
    its_the_season,
    map_sensor,
    report_change,
    start_over,
)
from .core.ledger.entries import (
    Draft,
    Entry,
    LooksRight,
    StopAsking,
    StopReporting,
    Trouble,
)
from .core.ledger.episode import Episode
from .core.ledger.folding import UNDO_DAYS
from .core.ledger.ledger import UndoError
from .core.other_rooms import SAME_RISE_S
from .core.past.sensor_mapping import SensorMapping
from .core.pollutant import Pollutant
from .core.storage.ledger import MOST_ENTRIES
from .storage.store import NotSavedError
from .words.explanation import Words

type Corrected = dict[Pollutant, Entry]  # The first entry of each step.


def refused(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error that explains, under a translation key, why a request is refused."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def said_day(room: RoomCoordinator, day: date) -> str:
    """Return a date as people say it."""
    return Words.async_cached(room.hass).date(day.isoformat())


def today(room: RoomCoordinator) -> date:
    """Return the date of the present day of a room; days start at 04:00."""
    zone = dt_util.get_default_time_zone()
    return date.fromordinal(locate(dt_util.utcnow().timestamp(), zone)[0])


async def async_reset(room: RoomCoordinator, pollutants: Iterable[Pollutant]) -> Corrected:
    """Start over: what was learned no longer counts, and can be restored for 30 days."""
    first = today(room).toordinal() + 1
    return await async_correct(room, dict.fromkeys(pollutants, start_over(first)))


async def async_all(acts: Iterable[Awaitable[object]]) -> None:
    """Await corrections in order; raise NotSavedError at the end, as all of them are in force."""
    unsaved: NotSavedError | None = None
    for act in acts:
        try:
            await act
        except NotSavedError as error:
            unsaved = error
    if unsaved is not None:
        raise unsaved


async def async_agree(room: RoomCoordinator) -> Corrected:
    """Record that the learned ranges look right."""
    return await async_correct(room, dict.fromkeys(room.channels, Draft((LooksRight(),))))


async def async_stop_asking(room: RoomCoordinator, *, episode: int | None = None) -> Corrected:
    """Stop questions about the ranges of a room, or about its episodes if one is given (its id).

    Channels whose questions are stopped already get no further entry.
    """
    asking = [
        pollutant
        for pollutant, channel in room.channels.items()
        if channel.ledger.asks(episodes=episode is not None)
    ]
    return await async_correct(room, dict.fromkeys(asking, Draft((StopAsking(episode=episode),))))


async def async_stop_reporting(
    room: RoomCoordinator, pollutant: Pollutant, trouble: Trouble
) -> Corrected:
    """Stop reports about one trouble of a source, unless they are stopped already."""
    asking = [pollutant] if room.channels[pollutant].ledger.reports(trouble) else []
    draft = Draft((StopReporting(trouble=trouble),))
    return await async_correct(room, dict.fromkeys(asking, draft))


async def async_answer(
    room: RoomCoordinator, episodes: Mapping[Pollutant, Episode], *, normal: bool
) -> Corrected:
    """Record that episodes are normal here, or that they were real."""
    for pollutant, episode in episodes.items():
        if room.channels[pollutant].ledger.correction_of(episode.id) is not None:
            raise refused("episode_answered", room=room.subentry.title)

    def draft(channel: Channel, at: float) -> Draft:
        correct = episode_normal if normal else episode_real
        return correct(episodes[channel.spec.pollutant], at, channel.zone)

    return await async_correct(room, dict.fromkeys(episodes, draft))


async def async_exclude_days(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], days: Iterable[date]
) -> Corrected:
    """Exclude days; future days are allowed, for example for a renovation."""
    days = list(days)
    for day in days:
        check_kept(room, day)
        if (day - today(room)).days > AHEAD_DAYS:
            raise refused("day_too_far", date=said_day(room, day), days=str(AHEAD_DAYS))
    draft = exclude_days(day.toordinal() for day in days)
    return await async_correct(room, dict.fromkeys(pollutants, draft))


def days_between(room: RoomCoordinator, first: date, last: date) -> list[date]:
    """Return the days from one to another, but no more than can be excluded and the last one.

    If there are too many, the last one is refused later.
    """
    if last < first:
        raise refused("days_reversed", first=said_day(room, first), last=said_day(room, last))
    number = min((last - first).days, WINDOW_DAYS + AHEAD_DAYS)
    return [*(date.fromordinal(first.toordinal() + after) for after in range(number)), last]


async def async_change(
    room: RoomCoordinator,
    pollutants: Iterable[Pollutant],
    day: date,
    *,
    similar: bool,
    replaces: int | None = None,
) -> Corrected:
    """Report that the sensor or the room has changed since a day.

    `replaces` is the id of the suspected change that this replaces.
    """
    check_past(room, day)
    reported = today(room).toordinal()
    draft = report_change(day.toordinal(), reported, similar=similar, replaces=replaces)
    return await async_correct(room, dict.fromkeys(pollutants, draft))


async def async_convert(
    room: RoomCoordinator, mappings: Mapping[Pollutant, SensorMapping]
) -> Corrected:
    """Convert the days before today, because another sensor takes the place of an old one."""
    first = today(room).toordinal()
    steps = {
        pollutant: map_sensor(first, found.level, found.offset, found.spread)
        for pollutant, found in mappings.items()
    }
    return await async_correct(room, steps)


async def async_season(room: RoomCoordinator, pollutant: Pollutant, change: int) -> Corrected:
    """Report that a suspected change (its id) is the season: earlier days count in full again."""
    return await async_correct(room, {pollutant: its_the_season(change)})


async def async_at_fault(
    room: RoomCoordinator, pollutant: Pollutant, day: date, change: int
) -> Corrected:
    """Report that the sensor has been at fault since a day: exclude the days since, and pause."""
    check_past(room, day)
    days = range(day.toordinal(), today(room).toordinal() + 1)
    try:
        corrected = await async_correct(room, {pollutant: exclude_days(days, replaces=change)})
    except NotSavedError:
        await async_pause(room, pollutant)  # The correction is in force although it is not saved.
        raise
    await async_pause(room, pollutant)
    return corrected


async def async_pause(room: RoomCoordinator, pollutant: Pollutant) -> None:
    """Stop learning from one source until the room's switch is turned on again."""
    await room.async_correct(lambda at: room.channels[pollutant].pause(at, paused=True))


async def async_undo(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], entry_id: int | None = None
) -> Corrected:
    """Undo the last correction of a room, or that of the entry `entry_id`.

    A correction of several pollutants at once is undone for all of them.
    """
    undone: Corrected = {}

    def undo(at: float) -> None:
        undoable: Corrected = {}
        for pollutant in pollutants:
            try:
                undoable[pollutant] = room.channels[pollutant].ledger.undoable(at, entry_id)
            except UndoError:
                continue
        if not undoable:
            raise _not_undoable(room, pollutants, entry_id)
        latest = max(entry.at for entry in undoable.values())
        for pollutant, entry in undoable.items():
            if entry.at == latest:
                undone[pollutant] = room.channels[pollutant].undo(at, entry.id)

    pollutants = list(pollutants)
    await room.async_correct(undo)
    return undone


def find_episodes(
    room: RoomCoordinator,
    pollutants: Iterable[Pollutant],
    episode_id: int | None,
    *,
    together: bool,
    at: datetime | None = None,
) -> dict[Pollutant, Episode]:
    """Return the episode with an id or at a time, or the last one, by its pollutant.

    With `together`, also return those of other pollutants that started within an hour of it and
    have no correction: they are one question. Raises a ServiceValidationError if there is none.
    """
    known = [
        (pollutant, episode)
        for pollutant in pollutants
        for episode in room.channels[pollutant].episodes
        if episode_id in (None, episode.id) and (at is None or _covers(episode, at.timestamp()))
    ]
    if not known:
        raise refused("episode_unknown", room=room.subentry.title)
    pollutant, episode = max(known, key=lambda pair: pair[1].id)
    episodes = {pollutant: episode}
    for other, channel in room.channels.items():
        for candidate in channel.episodes if together and other not in episodes else ():
            near = abs(candidate.id - episode.id) <= SAME_RISE_S
            if near and channel.ledger.correction_of(candidate.id) is None:
                episodes[other] = candidate
    return episodes


def _covers(episode: Episode, at: float) -> bool:
    """Tell whether an episode was there at a POSIX time, give or take a slot."""
    start, end = episode_span(episode, dt_util.utcnow().timestamp())
    return start - SLOT_S <= at <= max(end, float(episode.id)) + SLOT_S


def check_past(room: RoomCoordinator, day: date) -> None:
    """Raise a ServiceValidationError for a future day or one that is no longer kept."""
    check_kept(room, day)
    if day > today(room):
        raise refused("day_in_future", date=said_day(room, day))


def check_kept(room: RoomCoordinator, day: date) -> None:
    """Raise a ServiceValidationError for a day that is no longer kept."""
    if (today(room) - day).days > WINDOW_DAYS:
        raise refused("day_too_old", date=said_day(room, day), days=str(WINDOW_DAYS))


async def async_correct(
    room: RoomCoordinator, steps: Mapping[Pollutant, Draft | Callable[[Channel, float], Draft]]
) -> Corrected:
    """Put a step into effect for each pollutant, all at the same time."""
    corrected: Corrected = {}

    def correct(at: float) -> None:
        drafts = {
            pollutant: step(room.channels[pollutant], at) if callable(step) else step
            for pollutant, step in steps.items()
        }
        for pollutant, draft in drafts.items():
            entries = len(room.channels[pollutant].ledger.entries) + len(draft.corrections)
            if entries > MOST_ENTRIES:
                raise refused("too_many_corrections", room=room.subentry.title)
        for pollutant, draft in drafts.items():
            corrected[pollutant] = room.channels[pollutant].correct(at, draft)

    await room.async_correct(correct)
    return corrected


def _not_undoable(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], entry_id: int | None
) -> ServiceValidationError:
    """Return the error that explains why nothing can be undone."""
    if entry_id is None:
        return refused("nothing_to_undo")
    exists = any(
        entry.id == entry_id
        for pollutant in pollutants
        for entry in room.channels[pollutant].ledger.entries
    )
    if exists:
        return refused("correction_too_old", number=str(entry_id), days=str(UNDO_DAYS))
    return refused("correction_unknown", number=str(entry_id), room=room.subentry.title)
