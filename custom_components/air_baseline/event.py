"""The event entity of a room: what was inferred, when it was inferred."""

from typing import override

from homeassistant.components.event import DOMAIN as EVENT_DOMAIN, EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import ATTR_QUANTITY
from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .core.event import Event, EventKind
from .core.quantity import Kind
from .entity import entity_id_of, room_device

PARALLEL_UPDATES = 0

EVENT_TYPES = (EventKind.RANGE_LEARNED, EventKind.UNUSUAL_STARTED, EventKind.UNUSUAL_ENDED)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AirBaselineConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entity of every room."""
    for subentry_id, room in entry.runtime_data.rooms.items():
        async_add_entities([InferenceEvent(room)], config_subentry_id=subentry_id)


class InferenceEvent(EventEntity):
    """Fires when something is inferred about the room; carries the quantity and the numbers."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_translation_key = "inference"

    def __init__(self, room: RoomCoordinator) -> None:
        """Take the id from the room."""
        self._room = room
        self._attr_event_types = [kind.value for kind in EVENT_TYPES]
        self._attr_unique_id = f"{room.subentry.subentry_id}_inference"
        self._attr_device_info = room_device(room)
        self.entity_id = entity_id_of(room, EVENT_DOMAIN, self._attr_translation_key)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the room."""
        self.async_on_remove(self._room.async_add_event_listener(self._async_tell))

    @callback
    def _async_tell(self, kind: Kind, event: Event) -> None:
        if event.kind not in EVENT_TYPES:
            return
        data: dict[str, object] = {ATTR_QUANTITY: kind.value}
        if event.episode is not None:
            factor = self._room.sources[kind].factor
            data |= {
                "episode": event.episode.id,
                "level": round(event.episode.opened_level / factor, 3),
                "peak": round(event.episode.peak / factor, 3),
                "usual_high": round(event.episode.high / factor, 3),
                "compared_days": event.episode.compared,
                "outcome": event.episode.outcome,
            }
        self._trigger_event(event.kind.value, data)
        self.async_write_ha_state()
