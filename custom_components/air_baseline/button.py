"""The button of a room: start over."""

from typing import override

from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, ButtonEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_EVERYONE
from .coordinator import AirBaselineConfigEntry
from .corrections import async_reset, refused
from .entity import RoomEntity
from .listeners.rooms import in_turn

PARALLEL_UPDATES = 0  # No limit: nothing is polled.


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AirBaselineConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of every room."""
    async for subentry_id, room in in_turn(entry.runtime_data.rooms):
        async_add_entities([StartOverButton(room)], config_subentry_id=subentry_id)


class StartOverButton(RoomEntity, ButtonEntity):
    """Starts a room over without asking, so an administrator must enable it first."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_entity_registry_enabled_default = False
    _attr_translation_key = "start_over"
    _domain = BUTTON_DOMAIN

    @override
    async def async_press(self) -> None:
        """Start the room over; the action `undo` takes it back for 30 days."""
        if not await self._async_may_correct():
            raise refused("admin_only")
        await async_reset(self.room, self.room.channels)

    async def _async_may_correct(self) -> bool:
        """Tell whether who presses may correct; an automation, which nobody runs, may."""
        user_id = self._context.user_id if self._context else None
        if user_id is None or self.room.config_entry.options.get(CONF_EVERYONE, False):
            return True
        user = await self.hass.auth.async_get_user(user_id)
        return user is not None and user.is_admin
