"""Who may read or correct a room, by Home Assistant's permissions for its entities.

Whatever is said to one user passes `room_names` or `async_without_rooms`: a room that they may not
read is "another room". What all users of an entity see (states, events, and with them triggers)
names no other room at all.
"""

from collections.abc import Container, Iterable
import re
from typing import cast

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import CONF_EVERYONE, DOMAIN
from .coordinator import RoomCoordinator

ANOTHER_ROOM = "another_room"
_WORD = re.compile(r"[0-9A-Za-z]+")  # The id of a room is one, alone or within a longer id.


def may(hass: HomeAssistant, user: User, device_id: str, policy: str) -> bool:
    """Tell whether a user may do something with an entity of a room."""
    entities = er.async_entries_for_device(er.async_get(hass), device_id)
    return any(user.permissions.check_entity(entity.entity_id, policy) for entity in entities)


@callback
def room_names(
    room: RoomCoordinator, user: User | None, rooms: Iterable[str]
) -> dict[str, str | None]:
    """Return the names of rooms of a home by their ids, None for one that a user may not read.

    Rooms that are gone are left out. Without a user, as in an automation, all may be named.
    """
    subentries = room.config_entry.subentries
    return {
        room_id: subentries[room_id].title if _may_read(room, user, room_id) else None
        for room_id in rooms
        if room_id in subentries
    }


async def async_without_rooms[T](answer: T, room: RoomCoordinator, user: User | None) -> T:
    """Return plain JSON values with the ids of rooms that a user may not read replaced.

    Each becomes "another_room", so that they can be counted.
    """
    if user is None or user.is_admin:
        return answer
    rooms = room.config_entry.subentries
    hidden = {room_id for room_id in rooms if not _may_read(room, user, room_id)}
    return cast("T", await room.hass.async_add_executor_job(_without, answer, hidden))


def _without(value: object, hidden: Container[str]) -> object:
    if isinstance(value, dict):
        return {_without(key, hidden): _without(item, hidden) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without(item, hidden) for item in value]
    if isinstance(value, str):
        return _WORD.sub(lambda word: ANOTHER_ROOM if word[0] in hidden else word[0], value)
    return value


def _may_read(room: RoomCoordinator, user: User | None, room_id: str) -> bool:
    if user is None or user.is_admin:
        return True
    device = dr.async_get(room.hass).async_get_device_by_identifier(
        (DOMAIN, room_id), room.config_entry.entry_id
    )
    return device is not None and may(room.hass, user, device.id, POLICY_READ)


async def async_check_user(
    hass: HomeAssistant, context: Context, room: RoomCoordinator, policy: str
) -> User | None:
    """Return who calls; refuse a user who may not read (POLICY_READ) or correct (POLICY_CONTROL).

    An automation, which no user runs (None), may do both, and so may administrators. Others need
    the permission for an entity of the room, and to correct it also the option that allows
    everyone to.
    Raises UnknownUser or its base, Unauthorized.
    """
    if context.user_id is None:
        return None
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context, permission=policy)
    if user.is_admin:
        return user
    if not _is_allowed(hass, user, room, policy):
        raise Unauthorized(context=context, permission=policy)
    return user


@callback
def may_correct(hass: HomeAssistant, user: User, room: RoomCoordinator) -> bool:
    """Tell whether a user may correct a room."""
    return user.is_admin or _is_allowed(hass, user, room, POLICY_CONTROL)


def _is_allowed(hass: HomeAssistant, user: User, room: RoomCoordinator, policy: str) -> bool:
    everyone = policy == POLICY_READ or room.config_entry.options.get(CONF_EVERYONE, False)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, room.subentry.subentry_id), room.config_entry.entry_id
    )
    return everyone and device is not None and may(hass, user, device.id, policy)
