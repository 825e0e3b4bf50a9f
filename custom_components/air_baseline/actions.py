"""The integration's actions: explain, reset, undo."""

from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import ATTR_CORRECTION, ATTR_QUANTITY, DOMAIN
from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .core.explain import explain
from .core.ledger import Entry
from .core.quantity import Kind
from .corrections import async_reset, async_undo
from .entity import WORDS_OF_KIND
from .explanation_text import async_page

ACTION_EXPLAIN = "explain"
ACTION_RESET = "reset"
ACTION_UNDO = "undo"

_ROOM = {
    vol.Required(ATTR_DEVICE_ID): cv.string,
    vol.Optional(ATTR_QUANTITY): vol.In(sorted(set(WORDS_OF_KIND.values()))),
}
_ROOM_SCHEMA = vol.Schema(_ROOM)
_UNDO_SCHEMA = vol.Schema({**_ROOM, vol.Optional(ATTR_CORRECTION): cv.positive_int})


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register the actions; corrections need an administrator, explaining does not."""
    hass.services.async_register(
        DOMAIN,
        ACTION_EXPLAIN,
        _async_explain,
        schema=_ROOM_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    service.async_register_admin_service(
        hass, DOMAIN, ACTION_RESET, _async_reset, _ROOM_SCHEMA, SupportsResponse.OPTIONAL
    )
    service.async_register_admin_service(
        hass, DOMAIN, ACTION_UNDO, _async_undo, _UNDO_SCHEMA, SupportsResponse.OPTIONAL
    )


async def _async_explain(call: ServiceCall) -> ServiceResponse:
    """Return everything behind what is said about a room, as numbers and in words."""
    room, kinds = _room(call)
    now = dt_util.utcnow().timestamp()
    quantities: dict[str, Any] = {}
    for kind in kinds:
        page = await async_page(call.hass, room, [kind])
        quantities[kind.value] = {
            "words": page.placeholders(),
            "numbers": explain(room.channels[kind], now).as_dict(),
        }
    return {"room": room.subentry.title, "quantities": quantities}


async def _async_reset(call: ServiceCall) -> ServiceResponse:
    """Start a room over."""
    room, kinds = _room(call)
    return _response(await async_reset(room, kinds))


async def _async_undo(call: ServiceCall) -> ServiceResponse:
    """Take the last correction of a room back, or the one named."""
    room, kinds = _room(call)
    return _response(await async_undo(room, kinds, call.data.get(ATTR_CORRECTION)))


def _room(call: ServiceCall) -> tuple[RoomCoordinator, list[Kind]]:
    """Return the room and the quantities that a call is about."""
    entry: AirBaselineConfigEntry
    device, entry = service.async_get_device_and_config_entry(
        call.hass, DOMAIN, call.data[ATTR_DEVICE_ID], include_child_devices=False
    )
    room = entry.runtime_data.rooms.get(device.config_subentry_id or "")
    if room is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="room_gone")
    words = call.data.get(ATTR_QUANTITY)
    kinds = [kind for kind in room.channels if words in (None, WORDS_OF_KIND[kind])]
    if not kinds:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="quantity_not_watched",
            translation_placeholders={"quantity": str(words), "room": room.subentry.title},
        )
    return room, kinds


def _response(entries: dict[Kind, Entry]) -> ServiceResponse:
    return {
        "corrections": [
            {"quantity": kind.value, "kind": entry.kind.value, "correction": entry.id}
            for kind, entry in entries.items()
        ]
    }
