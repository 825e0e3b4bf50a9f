"""Who may read or correct a room, by Home Assistant's permissions for its entities."""

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import CONF_EVERYONE, DOMAIN
from .coordinator import RoomCoordinator


def may(hass: HomeAssistant, user: User, device_id: str, policy: str) -> bool:
    """Tell whether a user may do something with an entity of a room."""
    entities = er.async_entries_for_device(er.async_get(hass), device_id)
    return any(user.permissions.check_entity(entity.entity_id, policy) for entity in entities)


async def async_check_user(
    hass: HomeAssistant, context: Context, room: RoomCoordinator, policy: str
) -> None:
    """Refuse a user who may not read (POLICY_READ) or correct (POLICY_CONTROL) a room.

    An automation, which no user runs, may do both, and so may administrators. Others need the
    permission for an entity of the room, and to correct it also the option that allows everyone to.
    Raises UnknownUser or its base, Unauthorized.
    """
    if context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context, permission=policy)
    if user.is_admin:
        return
    everyone = policy == POLICY_READ or room.config_entry.options.get(CONF_EVERYONE, False)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, room.subentry.subentry_id), room.config_entry.entry_id
    )
    if not everyone or device is None or not may(hass, user, device.id, policy):
        raise Unauthorized(context=context, permission=policy)
