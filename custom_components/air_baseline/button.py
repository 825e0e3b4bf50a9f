"""The button of a room: start over."""

from typing import override

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.button import ButtonEntity
from homeassistant.const import EntityCategory
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AirBaselineConfigEntry
from .corrections import async_reset, refused
from .entity import RoomEntity
from .listeners.rooms import async_add_of_rooms
from .permissions import async_check_user

PARALLEL_UPDATES = 0  # No limit: nothing is polled.


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AirBaselineConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of every room."""
    await async_add_of_rooms(hass, entry, async_add_entities, lambda room: [StartOverButton(room)])


class StartOverButton(RoomEntity, ButtonEntity):
    """Starts a room over without asking, so an administrator must enable it first."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_entity_registry_enabled_default = False
    _attr_translation_key = "start_over"

    _pressed_by: Context | None = None

    @callback
    @override
    def async_set_context(self, context: Context) -> None:
        """Note who is about to press; Home Assistant says so just before."""
        super().async_set_context(context)
        self._pressed_by = context

    @override
    async def async_press(self) -> None:
        """Start the room over; the action `undo` takes it back for 30 days."""
        context, self._pressed_by = self._pressed_by or Context(), None
        try:
            await async_check_user(self.hass, context, self.room, POLICY_CONTROL)
        except Unauthorized as error:
            raise refused("admin_only") from error
        await async_reset(self.room, self.room.channels)
