"""What a person can do about a room's inferences; actions and repairs both come here.

Everything is checked before anything is changed. What is wrong with a request is said as a
translated ServiceValidationError.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coordinator import RoomCoordinator
from .core.channel import Channel
from .core.day import WINDOW_DAYS, locate
from .core.ledger.correction import AHEAD_DAYS, changed, reset_from, season, struck, verdict
from .core.ledger.entries import Entry, EntryKind
from .core.ledger.episode import Episode
from .core.ledger.ledger import UNDO_DAYS, UndoError
from .core.other_rooms import SAME_RISE_S
from .core.pollutant import Pollutant
from .core.storage.ledger import MOST_ENTRIES
from .storage.store import NotSavedError

type Answers = dict[Pollutant, Entry]  # The first entry of each answer, by quantity.
type Entries = tuple[Entry, ...]


def refused(key: str, **said: str) -> ServiceValidationError:
    """Return the error that says, in the words of a key, what is wrong with a request."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=said
    )


def today(room: RoomCoordinator) -> date:
    """Return the date of the day that it is in a room: it begins at 04:00."""
    zone = dt_util.get_default_time_zone()
    return date.fromordinal(locate(dt_util.utcnow().timestamp(), zone)[0])


async def async_reset(room: RoomCoordinator, pollutants: Iterable[Pollutant]) -> Answers:
    """Start over: what was learned stays for 30 days, but no longer counts."""
    first = today(room).toordinal() + 1
    return await _async_say(room, {pollutant: (reset_from(first),) for pollutant in pollutants})


async def async_all(acts: Iterable[Awaitable[object]]) -> None:
    """Do one after the other; raise NotSavedError at the end, since it all counts all the same."""
    unsaved: NotSavedError | None = None
    for act in acts:
        try:
            await act
        except NotSavedError as error:
            unsaved = error
    if unsaved is not None:
        raise unsaved


async def async_agree(room: RoomCoordinator) -> Answers:
    """Keep that the learned ranges look right."""
    entry = Entry(id=0, at=0.0, kind=EntryKind.LOOKS_RIGHT)
    return await _async_say(room, dict.fromkeys(room.channels, (entry,)))


async def async_stop_asking(room: RoomCoordinator, *, episode: int | None = None) -> Answers:
    """Ask no more about the ranges of a room, or about its episodes; once is enough."""
    entry = Entry(id=0, at=0.0, kind=EntryKind.STOP_ASKING, episode=episode)
    asking = [
        pollutant
        for pollutant, channel in room.channels.items()
        if channel.ledger.asks(episodes=episode is not None)
    ]
    return await _async_say(room, dict.fromkeys(asking, (entry,)))


async def async_answer(
    room: RoomCoordinator, episodes: Mapping[Pollutant, Episode], *, normal: bool
) -> Answers:
    """Say of episodes that they were real, or that they are normal here."""
    for pollutant, episode in episodes.items():
        if room.channels[pollutant].ledger.verdict_on(episode.id) is not None:
            raise refused("episode_answered", room=room.subentry.title)

    def say(channel: Channel, at: float) -> Entries:
        return verdict(episodes[channel.spec.pollutant], at, channel.zone, normal=normal)

    return await _async_say(room, dict.fromkeys(episodes, say))


async def async_strike(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], days: Iterable[date]
) -> Answers:
    """Strike days out; they may be to come, while guests or a renovation last."""
    days = list(days)
    for day in days:
        _check_kept(room, day)
        if (day - today(room)).days > AHEAD_DAYS:
            raise refused("day_too_far", date=day.isoformat(), days=str(AHEAD_DAYS))
    entries = struck(day.toordinal() for day in days)
    return await _async_say(room, dict.fromkeys(pollutants, entries))


def days_between(first: date, last: date) -> list[date]:
    """Return the days from one to another; no more than can be struck out, and one to refuse."""
    if last < first:
        raise refused("days_reversed", first=first.isoformat(), last=last.isoformat())
    number = min((last - first).days, WINDOW_DAYS + AHEAD_DAYS)
    return [*(date.fromordinal(first.toordinal() + after) for after in range(number)), last]


async def async_change(
    room: RoomCoordinator,
    pollutants: Iterable[Pollutant],
    day: date,
    *,
    similar: bool,
    answers: int | None = None,
) -> Answers:
    """Say since when the sensor or the room is another; `answers` is the suspected change."""
    check_past(room, day)
    told = today(room).toordinal()
    entry = changed(day.toordinal(), told, similar=similar, answers=answers)
    return await _async_say(room, dict.fromkeys(pollutants, (entry,)))


async def async_season(room: RoomCoordinator, pollutant: Pollutant, change: int) -> Answers:
    """Say that a suspected change is the season: earlier days count in full again."""
    return await _async_say(room, {pollutant: (season(change),)})


async def async_at_fault(
    room: RoomCoordinator, pollutant: Pollutant, day: date, change: int
) -> Answers:
    """Say that a sensor has been at fault since a day: strike it out and pause from now on."""
    check_past(room, day)
    days = range(day.toordinal(), today(room).toordinal() + 1)
    try:
        answers = await _async_say(room, {pollutant: struck(days, answers=change)})
    except NotSavedError:
        await async_pause(room, pollutant)  # What could not be saved counts all the same.
        raise
    await async_pause(room, pollutant)
    return answers


async def async_pause(room: RoomCoordinator, pollutant: Pollutant) -> None:
    """Stop to learn from one source, until the room's switch is turned on again."""
    await room.async_correct(lambda at: room.channels[pollutant].pause(at, paused=True))


async def async_undo(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], entry_id: int | None = None
) -> Answers:
    """Take back the last correction of a room, or the one named.

    What was corrected in one step for several quantities is taken back in one step.
    """
    undone: Answers = {}

    def undo(at: float) -> None:
        found: Answers = {}
        for pollutant in pollutants:
            try:
                found[pollutant] = room.channels[pollutant].ledger.undoable(at, entry_id)
            except UndoError:
                continue
        if not found:
            raise _not_undoable(room, pollutants, entry_id)
        latest = max(entry.at for entry in found.values())
        for pollutant, entry in found.items():
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
) -> dict[Pollutant, Episode]:
    """Return the episode with an id, or the last one of a room.

    With `together` also those of the other quantities that began within the hour and have not
    been answered: they are asked about as one.
    """
    known = [
        (pollutant, episode)
        for pollutant in pollutants
        for episode in room.channels[pollutant].episodes
        if episode_id in (None, episode.id)
    ]
    if not known:
        raise refused("episode_unknown", room=room.subentry.title)
    pollutant, episode = max(known, key=lambda one: one[1].id)
    found = {pollutant: episode}
    for other, channel in room.channels.items():
        for risen in channel.episodes if together and other not in found else ():
            near = abs(risen.id - episode.id) <= SAME_RISE_S
            if near and channel.ledger.verdict_on(risen.id) is None:
                found[other] = risen
    return found


def check_past(room: RoomCoordinator, day: date) -> None:
    """Refuse a day that is to come, or that is no longer kept."""
    _check_kept(room, day)
    if day > today(room):
        raise refused("day_in_future", date=day.isoformat())


def _check_kept(room: RoomCoordinator, day: date) -> None:
    if (today(room) - day).days > WINDOW_DAYS:
        raise refused("day_too_old", date=day.isoformat(), days=str(WINDOW_DAYS))


async def _async_say(
    room: RoomCoordinator, said: Mapping[Pollutant, Entries | Callable[[Channel, float], Entries]]
) -> Answers:
    """Put an answer into force for each of some channels, in one step."""
    answers: Answers = {}

    def correct(at: float) -> None:
        entries = {
            pollutant: what(room.channels[pollutant], at) if callable(what) else what
            for pollutant, what in said.items()
        }
        for pollutant, entry in entries.items():
            if len(room.channels[pollutant].ledger.entries) + len(entry) > MOST_ENTRIES:
                raise refused("too_many_corrections", room=room.subentry.title)
        for pollutant, entry in entries.items():
            answers[pollutant] = room.channels[pollutant].correct(at, *entry)

    await room.async_correct(correct)
    return answers


def _not_undoable(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], entry_id: int | None
) -> ServiceValidationError:
    """Return why nothing can be taken back."""
    if entry_id is None:
        return refused("nothing_to_undo")
    there = any(
        entry.id == entry_id
        for pollutant in pollutants
        for entry in room.channels[pollutant].ledger.entries
    )
    if there:
        return refused("correction_too_old", number=str(entry_id), days=str(UNDO_DAYS))
    return refused("correction_unknown", number=str(entry_id), room=room.subentry.title)
