"""The actions of the integration: explain, correct, undo; the work is done in `corrections`."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import config_validation as cv, device_registry as dr, service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import ATTR_CORRECTION, ATTR_EPISODE, ATTR_QUANTITY, DOMAIN, MONTH
from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .core.alerting.promise import MONTH_DAYS
from .core.checked import StoredFormError
from .core.day import WINDOW_DAYS
from .core.explaining.explain import explain
from .core.explaining.ledger_report import ledger_report
from .core.explaining.year_report import year_report
from .core.pollutant import POLLUTANTS, Pollutant
from .core.storage.channel import load_channel
from .core.storage.year import load_year
from .core.year.year import NO_YEAR
from .corrections import (
    Corrected,
    async_answer,
    async_change,
    async_exclude_days,
    async_reset,
    async_undo,
    days_between,
    find_episodes,
    refused,
)
from .entity import WORDS_OF_POLLUTANT
from .happenings import async_mark_missed, async_name, correction_at, moments_of
from .home_history.relearn import async_relearn
from .permissions import async_check_user, async_without_rooms, room_names
from .room_file import async_export, async_import, async_preview
from .storage.rooms import YEAR
from .words.explanation import Words, async_page, async_picture_path
from .words.record import RecordWords, days_until, facts_of, month_until, record_of

ATTR_VERDICT = "verdict"
ATTR_START = "start_date"
ATTR_END = "end_date"
ATTR_DATE = "date"
ATTR_SIMILAR = "similar"
ATTR_EPISODE_TIME = "episode_time"
ATTR_CORRECTION_TIME = "correction_time"
ATTR_NAME = "name"
ATTR_FROM, ATTR_TO = "from", "to"
ATTR_DAYS = "days"
ATTR_NAMES = "names"
ATTR_FILE, ATTR_CONFIRM = "file", "confirm"
ATTR_MONTH = "month"
RECORD_DAYS = 30  # Days of a record by default, by judgement: about a month.
VERDICT_REAL, VERDICT_NORMAL = "real", "normal"

MOST = 2**53 - 1  # An id: the largest whole number that JSON in JavaScript keeps exactly.

type Act = Callable[[ServiceCall, RoomCoordinator, list[Pollutant]], Awaitable[Corrected]]

_ROOM = {
    vol.Required(ATTR_DEVICE_ID): cv.string,
    vol.Optional(ATTR_QUANTITY): vol.In(sorted({*WORDS_OF_POLLUTANT.values(), *Pollutant})),
}
# Days of a record: it follows from the window that at most so many are kept.
_DAYS = vol.All(vol.Coerce(int), vol.Range(min=1, max=WINDOW_DAYS))
_NUMBER = vol.All(vol.Coerce(int), vol.Range(min=1, max=MOST))  # An id.
_WHICH = {
    vol.Exclusive(ATTR_EPISODE, "which"): _NUMBER,
    vol.Exclusive(ATTR_EPISODE_TIME, "which"): cv.datetime,
}


async def _async_explain(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant], user: User | None
) -> dict[str, Any]:
    """Return everything behind the statements about a room, as numbers and in words."""
    now, words = dt_util.utcnow().timestamp(), await Words.async_load(call.hass)
    names = room_names(room, user, room.config_entry.subentries)
    quantities: dict[str, Any] = {}
    for pollutant in pollutants:
        page = await async_page(call.hass, [(room, pollutant, None)], names)
        explanation = explain(room.channels[pollutant], now)
        quantities[pollutant.value] = {
            "words": {"ready": words.ready(explanation), **page.placeholders()},
            "numbers": explanation.as_dict(),
            "picture": async_picture_path(call.hass, room, pollutant, user),
        }
    return {"room": room.subentry.title, "quantities": quantities}


async def _async_record(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant], _user: User | None
) -> dict[str, Any]:
    """Return what happened in some days and how what was said came out, in facts and words."""
    now, words = dt_util.utcnow().timestamp(), await RecordWords.async_load(call.hass)
    month, days = call.data.get(ATTR_MONTH), call.data.get(ATTR_DAYS, RECORD_DAYS)
    span = month_until(room, now, month) if month else days_until(room, now, days)
    quantities: dict[str, Any] = {}
    for pollutant in pollutants:
        known, source = record_of(room, pollutant, now, *span), room.sources[pollutant]
        quantities[pollutant.value] = {
            "words": words.sentences(known, source),
            "sections": [
                {"title": title, "lines": lines} for title, lines in words.sections(known, source)
            ],
            "facts": facts_of(known, source),
        }
        await asyncio.sleep(0)
    return {"room": room.subentry.title, "quantities": quantities}


async def _async_get_ledger(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant], user: User | None
) -> dict[str, Any]:
    """Return everything that is stored of a room; after each ledger, other tasks can run."""
    quantities: dict[str, Any] = {}
    for pollutant in pollutants:
        channel = room.channels[pollutant]
        report = quantities[pollutant.value] = ledger_report(channel)
        await asyncio.sleep(0)
        report["year"] = year_report(channel.year, channel.spec)
        await asyncio.sleep(0)
    return {
        "room": room.subentry.title,
        "quantities": quantities,
        "set_aside": [
            await call.hass.async_add_executor_job(_set_aside, retired)
            for retired in tuple(room.stored.retired)
        ],
        "questions": room.stored.dump_questions(),
    }


def _set_aside(retired: dict[str, Any]) -> dict[str, Any]:
    """Return a ledger whose source was replaced, in its stored form if it cannot be read."""
    try:
        channel = load_channel(retired.get("channel"), dt_util.get_default_time_zone(), MONTH_DAYS)
        year = load_year(retired[YEAR]) if YEAR in retired else NO_YEAR
    except StoredFormError:
        return retired
    return {
        "at": dt_util.utc_from_timestamp(retired["at"]).isoformat(),
        "ledger": {**ledger_report(channel), "year": year_report(year, channel.spec)},
    }


async def _async_correct_episode(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant]
) -> Corrected:
    """Record that an episode was real, or that it is normal."""
    episodes = find_episodes(
        room,
        pollutants,
        call.data.get(ATTR_EPISODE),
        together=ATTR_QUANTITY not in call.data,
        at=_time(call, ATTR_EPISODE_TIME),
    )
    return await async_answer(room, episodes, normal=call.data[ATTR_VERDICT] == VERDICT_NORMAL)


async def _async_name_episode(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant]
) -> Corrected:
    """Name what happened at a time, an episode, or the last one."""
    moments = moments_of(
        room, pollutants, call.data.get(ATTR_EPISODE), _time(call, ATTR_EPISODE_TIME)
    )
    named = {one: moment for one, moment in moments.items() if one in pollutants}
    return await async_name(room, named, call.data[ATTR_NAME])


async def _async_mark_missed(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant]
) -> Corrected:
    """Record that a stretch deserved a word and got none."""
    since, until = _local(call.data[ATTR_FROM]), _local(call.data[ATTR_TO])
    return await async_mark_missed(room, pollutants, since, until)


def _time(call: ServiceCall, name: str) -> datetime | None:
    return _local(call.data[name]) if name in call.data else None


def _local(at: datetime) -> datetime:
    """Return a time with a zone; by default it is that of the home.

    Raises a ServiceValidationError for one that may have no date in UTC or in the home.
    """
    if not MINYEAR < at.year < MAXYEAR:
        raise refused("time_impossible")
    return at if at.tzinfo else at.replace(tzinfo=dt_util.get_default_time_zone())


async def _async_exclude_days(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant]
) -> Corrected:
    """Exclude the days from one to another."""
    first: date = call.data[ATTR_START]
    return await async_exclude_days(
        room, pollutants, days_between(room, first, call.data.get(ATTR_END, first))
    )


async def _async_mark_change(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant]
) -> Corrected:
    """Report that the sensor or the room has changed since a day."""
    return await async_change(
        room, pollutants, call.data[ATTR_DATE], similar=call.data[ATTR_SIMILAR]
    )


async def _async_reset(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant]
) -> Corrected:
    """Start a room over."""
    return await async_reset(room, pollutants)


async def _async_relearn(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant]
) -> Corrected:
    """Relearn a room from the recorder's history."""
    return await async_relearn(room, pollutants)


async def _async_undo(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant]
) -> Corrected:
    """Undo the last correction of a room, or the one with an id or of a time."""
    at = _time(call, ATTR_CORRECTION_TIME)
    if at is None:
        return await async_undo(room, pollutants, call.data.get(ATTR_CORRECTION))
    undone: Corrected = {}
    for pollutant, entry_id in correction_at(room, pollutants, at).items():
        undone |= await async_undo(room, [pollutant], entry_id)
    return undone


async def _async_export(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant]
) -> dict[str, Any]:
    """Write a room to a file."""
    return await async_export(room, pollutants, names=call.data[ATTR_NAMES])


async def _async_import(
    call: ServiceCall, room: RoomCoordinator, pollutants: list[Pollutant]
) -> dict[str, Any]:
    """Say what an import would change, or import."""
    file: str = call.data[ATTR_FILE]
    if not call.data[ATTR_CONFIRM]:
        preview = await async_preview(room, pollutants, file)
        return {"imported": False, "quantities": preview}
    return {"imported": True, **_response(await async_import(room, pollutants, file), ())}


READING: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
    "explain": _async_explain,
    "record": _async_record,
    "get_ledger": _async_get_ledger,
}
CORRECTING: dict[str, Act] = {
    "correct_episode": _async_correct_episode,
    "name_episode": _async_name_episode,
    "mark_missed": _async_mark_missed,
    "strike_days": _async_exclude_days,
    "mark_change": _async_mark_change,
    "reset": _async_reset,
    "relearn_from_history": _async_relearn,
    "undo": _async_undo,
}
CARRYING: dict[
    str, Callable[[ServiceCall, RoomCoordinator, list[Pollutant]], Awaitable[dict[str, Any]]]
] = {
    "export_room": _async_export,
    "import_room": _async_import,
}
SCHEMAS = {
    "explain": vol.Schema(_ROOM),
    "record": vol.Schema(
        {
            **_ROOM,
            vol.Exclusive(ATTR_MONTH, "span"): vol.Match(MONTH),
            vol.Exclusive(ATTR_DAYS, "span"): _DAYS,
        }
    ),
    "get_ledger": vol.Schema(_ROOM),
    "correct_episode": vol.Schema(
        {
            **_ROOM,
            **_WHICH,
            vol.Required(ATTR_VERDICT): vol.In([VERDICT_REAL, VERDICT_NORMAL]),
        }
    ),
    "name_episode": vol.Schema({**_ROOM, **_WHICH, vol.Required(ATTR_NAME): cv.string}),
    "mark_missed": vol.Schema(
        {**_ROOM, vol.Required(ATTR_FROM): cv.datetime, vol.Required(ATTR_TO): cv.datetime}
    ),
    "strike_days": vol.Schema(
        {**_ROOM, vol.Required(ATTR_START): cv.date, vol.Optional(ATTR_END): cv.date}
    ),
    "mark_change": vol.Schema(
        {
            **_ROOM,
            vol.Required(ATTR_DATE): cv.date,
            vol.Optional(ATTR_SIMILAR, default=False): cv.boolean,
        }
    ),
    "reset": vol.Schema(_ROOM),
    "relearn_from_history": vol.Schema(_ROOM),
    "export_room": vol.Schema({**_ROOM, vol.Optional(ATTR_NAMES, default=False): cv.boolean}),
    "import_room": vol.Schema(
        {
            **_ROOM,
            vol.Required(ATTR_FILE): cv.matches_regex(r"^[0-9A-Za-z_-]+\.json\Z"),
            vol.Optional(ATTR_CONFIRM, default=False): cv.boolean,
        }
    ),
    "undo": vol.Schema(
        {
            **_ROOM,
            vol.Exclusive(ATTR_CORRECTION, "which"): _NUMBER,
            vol.Exclusive(ATTR_CORRECTION_TIME, "which"): cv.datetime,
        }
    ),
}


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register the actions; each checks whether its user may read or correct the room."""

    async def read(call: ServiceCall) -> ServiceResponse:
        room = _room(call)
        user = await async_check_user(hass, call.context, room, POLICY_READ)
        answer = await READING[call.service](call, room, await _async_pollutants(call, room), user)
        return await async_without_rooms(answer, room, user)

    async def correct(call: ServiceCall) -> ServiceResponse:
        room = _room(call)
        await async_check_user(hass, call.context, room, POLICY_CONTROL)
        room.async_check_clock()
        pollutants = await _async_pollutants(call, room)
        fresh = {pollutant: one.ledger.next_id for pollutant, one in room.channels.items()}
        made = await CORRECTING[call.service](call, room, pollutants)
        known = [] if call.service == "undo" else [p for p in made if made[p].id < fresh[p]]
        return _response(made, known)

    async def carry(call: ServiceCall) -> ServiceResponse:
        room = _room(call)
        user = await async_check_user(hass, call.context, room, POLICY_CONTROL)
        if user is not None and not user.is_admin:  # It touches files.
            raise Unauthorized(context=call.context, permission=POLICY_CONTROL)
        room.async_check_clock()
        return await CARRYING[call.service](call, room, await _async_pollutants(call, room))

    for action in CARRYING:
        hass.services.async_register(DOMAIN, action, carry, SCHEMAS[action], SupportsResponse.ONLY)
    for action in READING:
        hass.services.async_register(DOMAIN, action, read, SCHEMAS[action], SupportsResponse.ONLY)
    for action in CORRECTING:
        hass.services.async_register(
            DOMAIN, action, correct, SCHEMAS[action], SupportsResponse.OPTIONAL
        )


def _room(call: ServiceCall) -> RoomCoordinator:
    """Return the room that a call is about; who may not read it learns nothing of it here."""
    entry: AirBaselineConfigEntry
    entry = service.async_get_config_entry(call.hass, DOMAIN, None)
    device = dr.async_get(call.hass).async_get(call.data[ATTR_DEVICE_ID])
    subentry_id = device.config_subentry_id if device else None
    room = entry.runtime_data.rooms.get(subentry_id or "")
    if room is None:
        raise refused("room_gone")
    return room


async def _async_pollutants(call: ServiceCall, room: RoomCoordinator) -> list[Pollutant]:
    """Return the pollutants that a call is about."""
    requested = call.data.get(ATTR_QUANTITY)
    pollutants = [
        pollutant
        for pollutant in room.channels
        if requested in (None, WORDS_OF_POLLUTANT[pollutant], pollutant.value)
    ]
    if not pollutants:
        named = _named(await Words.async_load(call.hass), str(requested))
        raise refused("quantity_not_watched", quantity=named, room=room.subentry.title)
    return pollutants


def _named(words: Words, requested: str) -> str:
    """Return the name of a requested pollutant; its unit tells the kinds of VOC apart."""
    if requested not in Pollutant:
        return words.say("quantity_voc_mass")
    pollutant = Pollutant(requested)
    name, unit = words.say(f"quantity_{pollutant}"), POLLUTANTS[pollutant].unit
    return f"{name} ({unit})" if unit else name


def _response(entries: Corrected, known: Collection[Pollutant]) -> dict[str, Any]:
    """Return the corrections; those of `known` pollutants were given before and changed nothing."""
    return {
        "corrections": [
            {
                "quantity": pollutant.value,
                "kind": entry.code.value,
                "correction": entry.id,
                **({"already_given": True} if pollutant in known else {}),
            }
            for pollutant, entry in entries.items()
        ],
    }
