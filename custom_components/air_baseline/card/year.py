"""The websocket command for the year of a pollutant: cards ask for it when it has changed."""

from typing import Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.websocket_api import (
    ActiveConnection,
    async_response,
    websocket_command,
)
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..coordinator import loaded_rooms
from ..core.day import iso_day, locate
from ..core.explaining.year_facts import MonthOfYear, year_months
from ..core.pollutant import Pollutant
from ..inputs.room_config import RoomSource
from ..permissions import may
from .brief import in_unit

QUANTITY = "quantity"


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/room_year",
        vol.Required(ATTR_DEVICE_ID): str,
        vol.Required(QUANTITY): vol.Coerce(Pollutant),
    }
)
@async_response
async def async_year(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Send the usual ranges of the last thirteen months of one pollutant in a room."""
    device = dr.async_get(hass).async_get(message[ATTR_DEVICE_ID])
    ours = [key for domain, key in device.identifiers if domain == DOMAIN] if device else []
    room = next((one for key, one in loaded_rooms(hass).items() if key in ours), None)
    if device is not None and ours and not may(hass, connection.user, device.id, POLICY_READ):
        raise Unauthorized(permission=POLICY_READ)
    source = room.sources.get(message[QUANTITY]) if room else None
    if room is None or source is None:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="room_gone")
    channel, now = room.channels[source.pollutant], dt_util.utcnow().timestamp()
    months = await hass.async_add_executor_job(year_months, channel, now)
    connection.send_result(
        message["id"],
        {
            "today": iso_day(locate(now, channel.zone)[0]),
            "months": [_month(month, source) for month in months],
        },
    )


def _month(month: MonthOfYear, source: RoomSource) -> dict[str, Any]:
    known = {"month": f"{month.year}-{month.month:02d}"}
    if month.usual is None:
        return {**known, "from": None}
    return {
        **known,
        "from": month.usual.origin,
        "low": in_unit(month.usual.low, source),
        "high": in_unit(month.usual.high, source),
    }
