"""The websocket commands of the cards: a room or the home and each change of it, and the past."""

from typing import Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.websocket_api import (
    ActiveConnection,
    async_register_command,
    async_response,
    websocket_command,
)
from homeassistant.components.websocket_api.messages import construct_event_message
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import device_registry as dr
import voluptuous as vol

from ..const import ATTR_EPISODE, DOMAIN
from ..coordinator import RoomCoordinator, loaded_rooms
from ..core.pollutant import Pollutant
from ..corrections import refused
from ..permissions import may
from .feed import Viewer
from .feeds import async_show_home, async_show_room
from .home_feed import HomeViewer
from .past import Span, async_past
from .record import async_record
from .timeline import async_episode_page, async_timeline
from .year import async_year

QUANTITY = "quantity"


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register the commands."""
    async_register_command(hass, _subscribe_room)
    async_register_command(hass, _subscribe_home)
    async_register_command(hass, _room_past)
    async_register_command(hass, async_record)
    async_register_command(hass, async_year)
    async_register_command(hass, _timeline)
    async_register_command(hass, _episode)


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/subscribe_room",
        vol.Required(ATTR_DEVICE_ID): str,
    }
)
@callback
def _subscribe_room(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Send the message of a room now, and whenever it changes."""
    device_id, room_id = asked_room(hass, connection, message)
    number = message["id"]
    viewer = Viewer(
        user=connection.user,
        device_id=device_id,
        send=lambda sent: connection.send_message(construct_event_message(number, sent)),
    )
    connection.subscriptions[number] = async_show_room(hass, room_id, viewer)
    connection.send_result(number)


@websocket_command({vol.Required("type"): f"{DOMAIN}/subscribe_home"})
@callback
def _subscribe_home(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Send all rooms that the user may read in brief now, and each one when it changes."""
    number = message["id"]
    viewer = HomeViewer(
        user=connection.user,
        send=lambda sent: connection.send_message(construct_event_message(number, sent)),
    )
    connection.subscriptions[number] = async_show_home(hass, viewer)
    connection.send_result(number)


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/room_past",
        vol.Required(ATTR_DEVICE_ID): str,
        vol.Required(QUANTITY): vol.Coerce(Pollutant),
        vol.Required("span"): vol.Coerce(Span),
    }
)
@async_response
async def _room_past(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Send past days of a pollutant in a room, once."""
    _, room_id = asked_room(hass, connection, message)
    room = loaded_rooms(hass).get(room_id)
    pollutant: Pollutant = message[QUANTITY]
    if room is None or pollutant not in room.channels:
        raise _room_gone()
    past = await async_past(room, pollutant, message["span"], connection.user)
    connection.send_result(message["id"], past)


@websocket_command({vol.Required("type"): f"{DOMAIN}/timeline", vol.Required(ATTR_DEVICE_ID): str})
@async_response
async def _timeline(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Send what happened in a room, once."""
    room = _loaded(hass, connection, message)
    connection.send_result(message["id"], await async_timeline(hass, room, connection.user))


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/episode",
        vol.Required(ATTR_DEVICE_ID): str,
        vol.Required(QUANTITY): vol.Coerce(Pollutant),
        vol.Required(ATTR_EPISODE): int,
    }
)
@async_response
async def _episode(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Send the explanation of an episode, and what each answer would change."""
    room, pollutant = _loaded(hass, connection, message), message[QUANTITY]
    known = room.channels[pollutant].episodes if pollutant in room.channels else ()
    episode = next((one for one in known if one.id == message[ATTR_EPISODE]), None)
    if episode is None:
        raise refused("episode_unknown", room=room.subentry.title)
    page = await async_episode_page(room, pollutant, episode, connection.user)
    connection.send_result(message["id"], page)


def _loaded(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> RoomCoordinator:
    """Return the room that a card asks for, if it may and the room is loaded."""
    _, room_id = asked_room(hass, connection, message)
    room = loaded_rooms(hass).get(room_id)
    if room is None:
        raise _room_gone()
    return room


def asked_room(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> tuple[str, str]:
    """Return the ids of the device and of the room that a card asks for, if it may."""
    device = dr.async_get(hass).async_get(message[ATTR_DEVICE_ID])
    ours = [key for domain, key in device.identifiers if domain == DOMAIN] if device else []
    if device is None or not ours:
        raise _room_gone()
    if not may(hass, connection.user, device.id, POLICY_READ):
        raise Unauthorized(permission=POLICY_READ)
    return device.id, ours[0]


def _room_gone() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="room_gone")
