"""The websocket command of the record: all rooms that a user may read, in one month."""

import asyncio
from typing import Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.websocket_api import (
    ActiveConnection,
    async_response,
    websocket_command,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN, MONTH
from ..coordinator import loaded_rooms
from ..permissions import may
from ..words.record import facts_of, month_until, record_of


@websocket_command(
    {vol.Required("type"): f"{DOMAIN}/record", vol.Optional("month"): vol.Match(MONTH)}
)
@async_response
async def async_record(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Send the record of a month (as 2026-11, by default the present one), room by room."""
    now, rooms = dt_util.utcnow().timestamp(), []
    for room_id, room in sorted(loaded_rooms(hass).items(), key=lambda one: one[1].subentry.title):
        device = dr.async_get(hass).async_get_device_by_identifier(
            (DOMAIN, room_id), room.config_entry.entry_id
        )
        if device is None or not may(hass, connection.user, device.id, POLICY_READ):
            continue
        span = month_until(room, now, message.get("month"))
        quantities = []
        for pollutant, source in room.sources.items():
            known = record_of(room, pollutant, now, *span)
            quantities.append(facts_of(known, source))
            await asyncio.sleep(0)
        rooms.append({"device": device.id, "room": room.subentry.title, "quantities": quantities})
    connection.send_result(message["id"], {"rooms": rooms})
