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
from .core.ledger.correction import (
    AHEAD_DAYS,
    episode_normal,
    episode_real,
    exclude_days,
    its_the_season,
    report_change,
    start_over,
)
from .core.ledger.entries import Draft, Entry, LooksRight, StopAsking
from .core.ledger.episode import Episode
from .core.ledger.ledger import UNDO_DAYS, UndoError
from .core.other_rooms import SAME_RISE_S
from .core.pollutant import Pollutant
from .core.storage.ledger import MOST_ENTRIES
from .storage.store import NotSavedError

type Corrected = dict[Pollutant, Entry]  # The first entry of each step.


def refused(key: str, **said: str) -> ServiceValidationError:
    """Return the error that says, in the words of a key, what is wrong with a request."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=said
    )


def today(room: RoomCoordinator) -> date:
    """Return the date of the day that it is in a room: it begins at 04:00."""
    zone = dt_util.get_default_time_zone()
    return date.fromordinal(locate(dt_util.utcnow().timestamp(), zone)[0])


async def async_reset(room: RoomCoordinator, pollutants: Iterable[Pollutant]) -> Corrected:
    """Start over: what was learned stays for 30 days, but no longer counts."""
    first = today(room).toordinal() + 1
    return await _async_correct(room, dict.fromkeys(pollutants, start_over(first)))


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


async def async_agree(room: RoomCoordinator) -> Corrected:
    """Keep that the learned ranges look right."""
    return await _async_correct(room, dict.fromkeys(room.channels, Draft((LooksRight(),))))


async def async_stop_asking(room: RoomCoordinator, *, episode: int | None = None) -> Corrected:
    """Ask no more about the ranges of a room, or about its episodes; once is enough."""
    asking = [
        pollutant
        for pollutant, channel in room.channels.items()
        if channel.ledger.asks(episodes=episode is not None)
    ]
    return await _async_correct(room, dict.fromkeys(asking, Draft((StopAsking(episode=episode),))))


async def async_answer(
    room: RoomCoordinator, episodes: Mapping[Pollutant, Episode], *, normal: bool
) -> Corrected:
    """Say of episodes that they were real, or that they are normal here."""
    for pollutant, episode in episodes.items():
        if room.channels[pollutant].ledger.correction_of(episode.id) is not None:
            raise refused("episode_answered", room=room.subentry.title)

    def draft(channel: Channel, at: float) -> Draft:
        correct = episode_normal if normal else episode_real
        return correct(episodes[channel.spec.pollutant], at, channel.zone)

    return await _async_correct(room, dict.fromkeys(episodes, draft))


async def async_strike(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], days: Iterable[date]
) -> Corrected:
    """Strike days out; they may be to come, while guests or a renovation last."""
    days = list(days)
    for day in days:
        _check_kept(room, day)
        if (day - today(room)).days > AHEAD_DAYS:
            raise refused("day_too_far", date=day.isoformat(), days=str(AHEAD_DAYS))
    draft = exclude_days(day.toordinal() for day in days)
    return await _async_correct(room, dict.fromkeys(pollutants, draft))


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
    replaces: int | None = None,
) -> Corrected:
    """Report since when the sensor or the room is another; `replaces` is the suspected change."""
    check_past(room, day)
    reported = today(room).toordinal()
    draft = report_change(day.toordinal(), reported, similar=similar, replaces=replaces)
    return await _async_correct(room, dict.fromkeys(pollutants, draft))


async def async_season(room: RoomCoordinator, pollutant: Pollutant, change: int) -> Corrected:
    """Report that a suspected change is the season: earlier days count in full again."""
    return await _async_correct(room, {pollutant: its_the_season(change)})


async def async_at_fault(
    room: RoomCoordinator, pollutant: Pollutant, day: date, change: int
) -> Corrected:
    """Report a sensor at fault since a day: exclude the days since then and pause from now on."""
    check_past(room, day)
    days = range(day.toordinal(), today(room).toordinal() + 1)
    try:
        corrected = await _async_correct(room, {pollutant: exclude_days(days, replaces=change)})
    except NotSavedError:
        await async_pause(room, pollutant)  # What could not be saved counts anyway.
        raise
    await async_pause(room, pollutant)
    return corrected


async def async_pause(room: RoomCoordinator, pollutant: Pollutant) -> None:
    """Stop to learn from one source, until the room's switch is turned on again."""
    await room.async_correct(lambda at: room.channels[pollutant].pause(at, paused=True))


async def async_undo(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], entry_id: int | None = None
) -> Corrected:
    """Take back the last correction of a room, or the one named.

    What was corrected in one step for several quantities is taken back in one step.
    """
    undone: Corrected = {}

    def undo(at: float) -> None:
        found: Corrected = {}
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
            if near and channel.ledger.correction_of(risen.id) is None:
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


async def _async_correct(
    room: RoomCoordinator, steps: Mapping[Pollutant, Draft | Callable[[Channel, float], Draft]]
) -> Corrected:
    """Let a step take effect in each of some channels, at once."""
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
