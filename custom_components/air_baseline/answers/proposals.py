"""An answer to an episode in two calls: the first says what would change, the second does it.

Home Assistant asks nobody before a tool runs. So the first call only gives a token; it holds for
some minutes, once, for the one who asked, and in a conversation not before something else was said.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..coordinator import RoomCoordinator, loaded_rooms
from ..core.ledger.correction import episode_real
from ..core.ledger.episode import Episode
from ..core.ledger.own_words import MOST_CHARACTERS, cleaned
from ..core.pollutant import Pollutant
from ..corrections import async_all, async_answer, find_episodes
from ..happenings import async_name
from ..storage.store import NotSavedError
from ..words.answer import AnswerWords, plain
from .exposed import Asker, ExposedRoom, async_may_correct, exposed_rooms
from .reading import episode_at

HOLDS = timedelta(minutes=5)  # How long a token holds, by judgement: time to read and say yes.
MOST = 50  # Proposals in memory, by judgement: more than people can be asked at once.
TOKEN_BYTES = 8  # Of a token, by judgement: not to be guessed while it holds.
# Platforms that keep one context for a whole session, so that it tells no turn from another.
_NO_TURNS = frozenset({"mcp_server"})


class NotPossibleError(Exception):
    """What was asked for is not possible; the message says why, in the asker's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a person says of an episode: the last one, or the one around a POSIX time.

    `normal` says that it is normal here, otherwise it was real. `name` is what they call it.
    """

    normal: bool
    at: float | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody may confirm: the episodes of a room by pollutant, and the verdict on them.

    `name` is what they called it, empty for nothing.
    """

    token: str
    room_id: str
    episodes: dict[Pollutant, int]
    normal: bool
    name: str
    user_id: str | None
    device_id: str | None
    turn: str
    until: datetime


@dataclass(slots=True)
class _Waiting:
    proposals: dict[str, Proposal] = field(default_factory=dict)


_WAITING: HassKey[_Waiting] = HassKey(f"{DOMAIN}_proposals")


async def async_propose(
    words: AnswerWords, asker: Asker, exposed: ExposedRoom, meant: Meant
) -> tuple[str, Proposal]:
    """Return what an answer to an episode would change, and what confirms it.

    Raises NotPossibleError.
    """
    room = exposed.room
    if not await async_may_correct(room.hass, asker, room):
        raise NotPossibleError(words.say("answer_not_allowed"))
    episodes = _episodes(exposed, meant.at)
    if not episodes:
        raise NotPossibleError(words.say("answer_no_episode"))
    if any(room.channels[one].ledger.correction_of(that.id) for one, that in episodes.items()):
        raise NotPossibleError(words.already_answered(episodes.values()))
    text = await _async_preview(words, room, episodes, normal=meant.normal)
    proposal = Proposal(
        token=token_hex(TOKEN_BYTES),
        room_id=room.subentry.subentry_id,
        episodes={pollutant: episode.id for pollutant, episode in episodes.items()},
        normal=meant.normal,
        name=cleaned(meant.name)[:MOST_CHARACTERS].strip(),
        user_id=asker.context.user_id,
        device_id=asker.device_id,
        turn=asker.context.id,
        until=dt_util.utcnow() + HOLDS,
    )
    _keep(room.hass, proposal)
    return text, proposal


async def async_record(
    hass: HomeAssistant, words: AnswerWords, asker: Asker, token: str | None
) -> str:
    """Do what was proposed, and return that it is done. Raises NotPossibleError.

    Without a token, as by voice, it is the last proposal at the same device.
    """
    proposal = _take(hass, asker, token)
    if proposal is None:
        raise NotPossibleError(words.say("answer_not_confirmed"))
    room = loaded_rooms(hass).get(proposal.room_id)
    exposed = {one.room.subentry.subentry_id: one for one in exposed_rooms(hass, asker)}
    told = exposed.get(proposal.room_id)
    if room is None or told is None or not set(proposal.episodes) <= set(told.pollutants):
        raise NotPossibleError(words.say("answer_not_possible"))
    if not await async_may_correct(hass, asker, room):
        raise NotPossibleError(words.say("answer_not_allowed"))
    episodes = {
        pollutant: episode
        for pollutant, episode_id in proposal.episodes.items()
        for episode in room.channels[pollutant].episodes
        if episode.id == episode_id
    }
    try:
        room.async_check_clock()
        if set(episodes) != set(proposal.episodes):
            raise NotPossibleError(words.say("answer_not_possible"))
        acts = [async_answer(room, episodes, normal=proposal.normal)]
        if proposal.name:
            acts.append(async_name(room, proposal.episodes, proposal.name))
        await async_all(acts)
    except NotSavedError:
        return words.say("answer_not_saved")
    except ServiceValidationError as error:
        raise NotPossibleError(words.say("answer_not_possible")) from error
    return words.say("answer_recorded")


def _episodes(exposed: ExposedRoom, at: float | None) -> dict[Pollutant, Episode]:
    """Return the episode that is meant, with those that rose with it, as far as exposed."""
    room, chosen = exposed.room, None
    if at is not None:
        found = [episode_at(room.channels[pollutant], at) for pollutant in exposed.pollutants]
        chosen = max((one.id for one in found if one is not None), default=None)
        if chosen is None:
            return {}
    try:
        episodes = find_episodes(room, exposed.pollutants, chosen, together=True)
    except ServiceValidationError:
        return {}
    return {one: episode for one, episode in episodes.items() if one in exposed.pollutants}


async def _async_preview(
    words: AnswerWords,
    room: RoomCoordinator,
    episodes: dict[Pollutant, Episode],
    *,
    normal: bool,
) -> str:
    """Return in sentences what an answer would change."""
    now = dt_util.utcnow().timestamp()
    targets = [(room, pollutant, episode) for pollutant, episode in episodes.items()]
    if normal:
        changes = [words.say("answer_normal"), plain(await words.async_lifts(targets, now))]
    else:
        drafts = {
            pollutant: episode_real(episode, now, room.channels[pollutant].zone)
            for pollutant, episode in episodes.items()
        }
        hours = "; ".join(
            line.removeprefix("- ")
            for line in (await words.async_leaving(targets, now)).splitlines()
        )
        changes = [
            words.say("answer_real", hours=hours),
            plain(words.consequence(room, drafts, now)),
        ]
    return " ".join([*changes, words.say("answer_undo"), words.say("answer_confirm")])


@callback
def _keep(hass: HomeAssistant, proposal: Proposal) -> None:
    waiting = hass.data.setdefault(_WAITING, _Waiting()).proposals
    now = dt_util.utcnow()
    for token in [token for token, one in waiting.items() if one.until < now]:
        del waiting[token]
    while len(waiting) >= MOST:
        del waiting[next(iter(waiting))]
    waiting[proposal.token] = proposal


@callback
def _take(hass: HomeAssistant, asker: Asker, token: str | None) -> Proposal | None:
    """Return what a token confirms, which holds no longer; None if it confirms nothing."""
    waiting = hass.data.setdefault(_WAITING, _Waiting()).proposals
    mine = [
        one
        for one in waiting.values()
        if one.until >= dt_util.utcnow()
        and one.user_id == asker.context.user_id
        and (asker.platform in _NO_TURNS or one.turn != asker.context.id)
        and (one.device_id == asker.device_id if token is None else one.token == token)
    ]
    return waiting.pop(mine[-1].token) if mine else None
