"""What older versions of Home Assistant do not have: all differences between them, in one place.

Each function says which version brought what it stands in for. When hacs.json promises no version
before that one any more, the function goes and its callers call Home Assistant.
"""

from homeassistant.components import repairs
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigSubentry,
    SubentryFlowContext,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import DOMAIN, SUBENTRY_ROOM


def area_of(hass: HomeAssistant, registered: er.RegistryEntry | None) -> str | None:
    """Return the area of an entity: its own, otherwise that of its device (2026.9)."""
    if registered is None:
        return None
    if hasattr(er, "async_get_effective_area_id"):
        return er.async_get_effective_area_id(hass, registered)
    if registered.area_id or registered.device_id is None:
        return registered.area_id
    device = dr.async_get(hass).async_get(registered.device_id)
    return device.area_id if device else None


def device_of(hass: HomeAssistant, entry: ConfigEntry, room_id: str) -> dr.DeviceEntry | None:
    """Return the device of a room, None if it has none (2026.8)."""
    registry, identifier = dr.async_get(hass), (DOMAIN, room_id)
    if hasattr(registry, "async_get_device_by_identifier"):
        return registry.async_get_device_by_identifier(identifier, entry.entry_id)
    return registry.async_get_device({identifier})


def names_entities_as_the_owner_chose(hass: HomeAssistant) -> bool:
    """Tell whether the owner chose what the ids of entities are made of (2026.8)."""
    settings = getattr(er.async_get(hass), "settings", None)
    return settings is not None and settings.entity_id_parts is not None


async def async_go_on_to_room(
    flow: repairs.RepairsFlow, entry: ConfigEntry, room: ConfigSubentry
) -> repairs.RepairsFlowResult:
    """End a repair and open the settings of a room (2026.9); before, its text says to open them."""
    reason = "room_settings"
    if not hasattr(repairs, "FlowType"):
        return flow.async_abort(reason=reason)
    opened = await flow.hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_ROOM),
        context=SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=room.subentry_id),
    )
    following = (repairs.FlowType.CONFIG_SUBENTRIES_FLOW, opened["flow_id"])
    return flow.async_abort(reason=reason, next_flow=following)
