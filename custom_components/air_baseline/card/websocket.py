"""The websocket commands of the cards: a room, or the home in brief, and each change of it."""

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

from ..const import DOMAIN
from ..permissions import may
from ..words.explanation import Words
from .feed import Viewer
from .feeds import async_show_home, async_show_room
from .home_feed import HomeViewer

LANGUAGE = "language"
LONGEST_LANGUAGE = 35  # Characters: the length of a tag that BCP 47 asks to allow for.


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register the commands."""
    async_register_command(hass, _subscribe_room)
    async_register_command(hass, _subscribe_home)


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/subscribe_room",
        vol.Required(ATTR_DEVICE_ID): str,
        vol.Optional(LANGUAGE): vol.All(str, vol.Length(min=1, max=LONGEST_LANGUAGE)),
    }
)
@async_response
async def _subscribe_room(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Send the message of a room now, and whenever it changes."""
    device = dr.async_get(hass).async_get(message[ATTR_DEVICE_ID])
    ours = [key for domain, key in device.identifiers if domain == DOMAIN] if device else []
    if device is None or not ours:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="room_gone")
    if not may(hass, connection.user, device.id, POLICY_READ):
        raise Unauthorized(permission=POLICY_READ)
    number, language = message["id"], message.get(LANGUAGE) or hass.config.language
    viewer = Viewer(
        user=connection.user,
        device_id=device.id,
        language=language,
        words=await Words.async_load(hass, language),
        send=lambda sent: connection.send_message(construct_event_message(number, sent)),
    )
    connection.subscriptions[number] = async_show_room(hass, ours[0], viewer)
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
