"""Who may read or correct a room: its entities carry Home Assistant's permissions."""

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er


def may(hass: HomeAssistant, user: User, device_id: str, policy: str) -> bool:
    """Tell whether a user may do something with an entity of a room."""
    entities = er.async_entries_for_device(er.async_get(hass), device_id)
    return any(user.permissions.check_entity(entity.entity_id, policy) for entity in entities)
