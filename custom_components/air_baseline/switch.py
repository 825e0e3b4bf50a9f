"""The switch of a room: whether it keeps learning."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AirBaselineConfigEntry
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

    @property
    @override
    def is_on(self) -> bool:
        """Return the state of the channels, which is kept across a restart."""
        return not any(channel.paused for channel in self.room.channels.values())

    @override
    def shown(self) -> tuple[bool | None, ...]:
        """Return what the room decides of this switch's state."""
        return (self.available, self.is_on)

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
