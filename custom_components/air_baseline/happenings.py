"""What a person can say of something that happened: its name, or that it was missed.

As in `corrections`, everything is checked before anything is changed.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from homeassistant.util import dt as dt_util

from .coordinator import RoomCoordinator
from .core.channel import Channel
from .core.day import HOUR_S, locate
from .core.explaining.timeline import by_people, happening_at, timeline
from .core.ledger.correction import episode_span, missed, named
from .core.ledger.entries import Draft, Missed
from .core.ledger.own_words import MOST_CHARACTERS, MOST_MISSED, cleaned
from .core.pollutant import Pollutant
from .corrections import Corrected, async_correct, check_kept, find_episodes, refused
from .words.explanation import Words

MOST_STRETCH_H = 48  # Hours of a missed stretch, by judgement: longer ones are days to exclude.
MINUTE_S = 60.0  # Seconds: people give times in minutes; follows from the unit.


async def async_name(
    room: RoomCoordinator, moments: Mapping[Pollutant, int], name: str
) -> Corrected:
    """Name what happened at a moment (POSIX time) of each pollutant in its owner's own words."""
    name = cleaned(name)
    if not name:
        raise refused("name_empty")
    if len(name) > MOST_CHARACTERS:
        raise refused("name_too_long", most=str(MOST_CHARACTERS))
    return await async_correct(
        room, {pollutant: named(moment, name) for pollutant, moment in moments.items()}
    )


async def async_mark_missed(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], since: datetime, until: datetime
) -> Corrected:
    """Record that high air from one time to another deserved a word and got none."""
    start, end = int(since.timestamp()), int(until.timestamp())
    pollutants = list(pollutants)
    now = dt_util.utcnow().timestamp()
    if end <= start:
        raise refused("stretch_reversed", start=_said(room, start), end=_said(room, end))
    if end > now + MINUTE_S:
        raise refused("stretch_in_future", end=_said(room, end))
    if end - start > MOST_STRETCH_H * HOUR_S:
        raise refused("stretch_too_long", hours=str(MOST_STRETCH_H))
    check_kept(room, date.fromordinal(locate(start, dt_util.get_default_time_zone())[0]))
    for pollutant in pollutants:
        _check_unknown(room, room.channels[pollutant], start, end, now)

    def draft(channel: Channel, _at: float) -> Draft:
        return missed(start, end, channel.zone)

    return await async_correct(room, dict.fromkeys(pollutants, draft))


def _check_unknown(
    room: RoomCoordinator, channel: Channel, start: float, end: float, now: float
) -> None:
    """Refuse a stretch that has an episode or is marked already, and one too many."""
    marked = {(one.correction.since, one.correction.until) for one in channel.ledger.of(Missed)}
    if any(since < end and start < until for since, until in marked):
        raise refused("stretch_marked")
    for episode in channel.episodes:
        first, last = episode_span(episode, now)
        if first < end and start < last:
            raise refused("stretch_has_episode", start=_said(room, first))
    if len(marked) >= MOST_MISSED:
        raise refused("too_many_missed", room=room.subentry.title)


def _said(room: RoomCoordinator, at: float) -> str:
    """Return a POSIX time as people say it."""
    return Words.async_cached(room.hass).time(at)


def moments_of(
    room: RoomCoordinator,
    pollutants: Iterable[Pollutant],
    episode_id: int | None,
    at: datetime | None,
) -> dict[Pollutant, int]:
    """Return the moments (POSIX times) by which what happened is named, by pollutant.

    It is what happened at a time, otherwise the episode with an id, otherwise the last one. What
    rose within an hour of it in other pollutants is the same. Raises a ServiceValidationError if
    there is nothing.
    """
    if at is None:
        found = find_episodes(room, pollutants, episode_id, together=True)
        return {pollutant: episode.id for pollutant, episode in found.items()}
    now = dt_util.utcnow().timestamp()
    moments = {
        pollutant: happened.moment
        for pollutant in pollutants
        if (happened := happening_at(timeline(room.channels[pollutant], now), at.timestamp()))
    }
    if not moments:
        raise refused("episode_unknown", room=room.subentry.title)
    return moments


def correction_at(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], at: datetime
) -> dict[Pollutant, int]:
    """Return the ids of the corrections that were made in the minute of a time, by pollutant.

    Raises a ServiceValidationError if there is none.
    """
    start = at.timestamp() // MINUTE_S * MINUTE_S
    found = {
        pollutant: entry.id
        for pollutant in pollutants
        for entry in room.channels[pollutant].ledger.entries
        if start <= entry.at < start + MINUTE_S and entry.step is None and by_people(entry)
    }
    if not found:
        raise refused("correction_unknown_at", room=room.subentry.title, time=_said(room, start))
    return found
