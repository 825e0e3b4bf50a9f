"""What happened in a room, as its card asks for it: codes and numbers, once and not followed."""

import asyncio
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..coordinator import RoomCoordinator
from ..core.codes import OtherRooms
from ..core.explaining.explain import explain
from ..core.explaining.explanation import Subject
from ..core.explaining.timeline import Happening, answers as given_answers, timeline, undoable
from ..core.ledger.correction import episode_real
from ..core.ledger.entries import CorrectionCode, Entry
from ..core.ledger.episode import Episode
from ..core.pollutant import Pollutant
from ..entity import WORDS_OF_POLLUTANT
from ..inputs.room_config import RoomSource
from ..permissions import may_correct, room_names
from .around import Around, async_around
from .brief import in_unit
from .sentences import PreviewSentences

type Message = dict[str, Any]

# They stand with what happened.
_OF_HAPPENINGS = frozenset(
    {
        CorrectionCode.EPISODE_REAL,
        CorrectionCode.EPISODE_NORMAL,
        CorrectionCode.NAMED,
        CorrectionCode.MISSED,
    }
)


async def async_timeline(hass: HomeAssistant, room: RoomCoordinator, user: User) -> Message:
    """Return what happened in a room, newest first, and what people have answered."""
    now = dt_util.utcnow().timestamp()
    happened: list[Message] = []
    answers: list[Message] = []
    for pollutant, source in tuple(room.sources.items()):
        if (channel := room.channels.get(pollutant)) is None:
            continue
        found = timeline(channel, now)
        around = await async_around(room, pollutant, found, user)
        names = room_names(room, user, {other for one in around for other in one.rooms})
        happened += [
            {**_of_source(source), **_happening(one, source, now), **_around(beside, names)}
            for one, beside in zip(found, around, strict=True)
        ]
        answers += [
            {"quantity": pollutant, **_correction(entry, now)}
            for entry in given_answers(channel.ledger, now)
            if entry.code not in _OF_HAPPENINGS
        ]
        await asyncio.sleep(0)
    return {
        "now": now,
        "may_answer": may_correct(hass, user, room),
        "quantities": [_of_source(source) for source in room.sources.values()],
        "happened": sorted(happened, key=lambda one: one["start"], reverse=True),
        "answers": sorted(answers, key=lambda one: one["at"], reverse=True),
    }


async def async_episode_page(
    room: RoomCoordinator, pollutant: Pollutant, episode: Episode, user: User
) -> Message:
    """Return the explanation of an episode, and what each answer would change, for the card to say.

    As everywhere on the card, the words, numbers and times are those of whoever reads it.
    """
    now = dt_util.utcnow().timestamp()
    words = PreviewSentences(room.hass.config.units.temperature_unit)
    named = room_names(room, user, room.config_entry.subentries)
    names = {room_id: name and words.name(name) for room_id, name in named.items()}
    channel, source = room.channels[pollutant], room.sources[pollutant]
    page = words.page(explain(channel, now, episode, Subject.EPISODE), source, names)
    target = [(room, pollutant, episode)]
    draft = episode_real(episode, now, channel.zone)
    return {
        "words": {name: words.lines(text) for name, text in page.placeholders().items()},
        "real": {
            "preview": words.lines(await words.async_leaving(target, now)),
            "consequence": words.lines(words.consequence(room, {pollutant: draft}, now)),
        },
        "normal": {"preview": words.lines(await words.async_lifts(target, now))},
    }


def _of_source(source: RoomSource) -> Message:
    return {
        "quantity": source.pollutant,
        "words_of": WORDS_OF_POLLUTANT[source.pollutant],
        "unit": source.shown_unit,
    }


def _happening(one: Happening, source: RoomSource, now: float) -> Message:
    """Return something that happened, with levels in the unit of the source."""
    name, episode = one.name, one.episode
    return {
        "kind": one.kind,
        "moment": one.moment,
        "start": one.start,
        "end": one.end,
        "running": one.running,
        "peak": None if one.peak is None else in_unit(one.peak, source),
        "high": None if one.high is None else in_unit(one.high, source),
        "clear_s": one.clear_s,
        "answer": _correction(one.correction, now) if one.correction else None,
        "name": {**_correction(name, now), "text": name.correction.name} if name else None,
        "outcome": episode.outcome if episode else None,
        "rarity_days": episode.said_rarity if episode else None,
        "window_open": episode.window_open if episode else None,
    }


def _around(around: Around, names: dict[str, str | None]) -> Message:
    """Return what is known of the surroundings, None for what is not known."""
    rooms = [names[room] for room in around.rooms if room in names]
    known = around.other_rooms is not OtherRooms.UNKNOWN and rooms
    return {
        "outdoor_rose": around.outdoor_rose,
        "other_rooms": around.other_rooms if known else None,
        "rooms": rooms if known else [],
    }


def _correction(entry: Entry, now: float) -> Message:
    return {
        "correction": entry.id,
        "kind": entry.code,
        "at": entry.at,
        "undoable": undoable(entry, now),
    }
