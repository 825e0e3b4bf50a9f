"""The switch of a room: whether it keeps learning."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .entity import RoomEntity
from .listeners.rooms import async_add_of_rooms

PARALLEL_UPDATES = 0  # No limit: nothing is polled.


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AirBaselineConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switch of every room."""
    await async_add_of_rooms(
        hass, entry, async_add_entities, lambda room: [KeepLearningSwitch(room)]
    )


class KeepLearningSwitch(RoomEntity, SwitchEntity):
    """Pauses learning while it is off; that time is a gap in what is learned.

    If only one source is paused, the switch is off too, so turning it on resumes all sources.
    """

    _attr_entity_category = EntityCategory.CONFIG
    _attr_translation_key = "keep_learning"

    def __init__(self, room: RoomCoordinator) -> None:
        """Show the state of the channels, which is kept across a restart."""
        super().__init__(room)
        self._attr_is_on = self._learns()

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the room."""
        await super().async_added_to_hass()
        self.async_on_remove(self.room.async_add_listener(self._async_follow))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Resume learning."""
        await self._async_pause(paused=False)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Pause learning."""
        await self._async_pause(paused=True)

    async def _async_pause(self, *, paused: bool) -> None:
        def pause(at: float) -> None:
            for channel in self.room.channels.values():
                channel.pause(at, paused=paused)

        await self.room.async_correct(pause)

    @callback
    def _async_follow(self) -> None:
        learns = self._learns()
        if learns != self._attr_is_on:
            self._attr_is_on = learns
            self.async_write_ha_state()

    def _learns(self) -> bool:
        return not any(channel.paused for channel in self.room.channels.values())
