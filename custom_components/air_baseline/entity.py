"""What all entities of a room share."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.const import MATCH_ALL
from homeassistant.core import callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util import slugify

from .const import CONF_AREA, DOMAIN
from .coordinator import RoomCoordinator
from .core.explaining.view import EntityView
from .core.pollutant import Pollutant

WORDS_OF_POLLUTANT = {
    Pollutant.PM25: "pm25",
    Pollutant.VOC_MASS: "voc",
    Pollutant.VOC_RATIO: "voc",
    Pollutant.VOC_INDEX: "voc",
}


def room_device(room: RoomCoordinator) -> DeviceInfo:
    """Return the device of a room, in the room's area."""
    area = ar.async_get(room.hass).async_get_area(room.subentry.data[CONF_AREA])
    return DeviceInfo(
        identifiers={(DOMAIN, room.subentry.subentry_id)},
        name=room.subentry.title,
        entry_type=DeviceEntryType.SERVICE,
        suggested_area=area.name if area else None,
    )


def entity_id_of(room: RoomCoordinator, domain: str, name: str) -> str:
    """Return the entity id to suggest; the default of Home Assistant would name the area twice."""
    return f"{domain}.{slugify(f'{room.subentry.title} {name}')}"


def baseline_attributes(view: EntityView) -> dict[str, Any]:
    """Return what an inference is based on: small, and changing at most once a day."""
    return {
        "learning_state": view.state,
        "confidence": view.confidence,
        "basis": view.basis,
        "reason": view.reason,
        "days": view.usable_days,
        "needed": view.needed_days,
        "since": view.since,
        "corrections": view.corrections,
    }


class RoomEntity(Entity):
    """An entity of a room as a whole."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_translation_key: str
    _domain: str

    def __init__(self, room: RoomCoordinator) -> None:
        """Take the ids from the room."""
        self.room = room
        self._attr_unique_id = f"{room.subentry.subentry_id}_{self._attr_translation_key}"
        self.entity_id = entity_id_of(room, self._domain, self._attr_translation_key)

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the device of the room, under its present name."""
        return room_device(self.room)


@dataclass(frozen=True, kw_only=True)
class ChannelDescription(EntityDescription):
    """The description of a statement: its attributes, and the pollutants that it exists for."""

    attributes_fn: Callable[[EntityView], dict[str, Any]] | None = None
    pollutants: frozenset[Pollutant] = frozenset(Pollutant)


class ChannelEntity(CoordinatorEntity[RoomCoordinator]):
    """One statement about one pollutant in one room."""

    _attr_has_entity_name = True
    _domain: str
    _unrecorded_attributes = frozenset({MATCH_ALL})  # The ledger has what they are made from.
    entity_description: ChannelDescription

    def __init__(
        self, room: RoomCoordinator, pollutant: Pollutant, description: ChannelDescription
    ) -> None:
        """Take the name from the translations, the ids from the room and the pollutant."""
        super().__init__(room)
        self.pollutant = pollutant
        self.entity_description = description
        self._attr_unique_id = f"{room.subentry.subentry_id}_{pollutant}_{description.key}"
        self._attr_translation_key = f"{WORDS_OF_POLLUTANT[pollutant]}_{description.key}"
        self.entity_id = entity_id_of(room, self._domain, self._attr_translation_key)
        self._shown: tuple[Any, ...] | None = None

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the device of the room, under its present name."""
        return room_device(self.coordinator)

    @property
    def view(self) -> EntityView:
        """Return what the channel shows now."""
        return self.coordinator.data[self.pollutant]

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the room; Home Assistant writes the first state itself."""
        await super().async_added_to_hass()
        self._shown = (self.available, *self.shown())

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return what the statement is based on."""
        attributes = self.entity_description.attributes_fn
        return attributes(self.view) if attributes else None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write a state only if what this entity writes has changed."""
        shown = (self.available, *self.shown())
        if shown != self._shown:
            self._shown = shown
            super()._handle_coordinator_update()

    @abstractmethod
    def shown(self) -> tuple[Any, ...]:
        """Return everything that this entity writes."""
