"""What all entities of a room share."""

from abc import abstractmethod
from asyncio import Semaphore
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import EntityPlatform
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util import slugify

from .const import CONF_AREA, DOMAIN, PAGE, SIGNAL_ROOMS_CHANGED
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


def card_path(room: RoomCoordinator) -> str:
    """Return the path of the card of a room, in the language of whoever opens it."""
    device = dr.async_get(room.hass).async_get_device_by_identifier(
        (DOMAIN, room.subentry.subentry_id), room.config_entry.entry_id
    )
    return f"{PAGE}/room/{device.id}" if device else PAGE


class OfRoom(Entity):
    """What every entity of a room has: the room's device, and an entity id after its name."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    room: RoomCoordinator

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the device of the room, under its present name."""
        return room_device(self.room)

    @callback
    @override
    def add_to_platform_start(
        self, hass: HomeAssistant, platform: EntityPlatform, parallel_updates: Semaphore | None
    ) -> None:
        """Suggest an entity id, now that the names are known in Home Assistant's language."""
        super().add_to_platform_start(hass, platform, parallel_updates)
        if self.registry_entry is None and (object_id := self._object_id()) is not None:
            self.entity_id = f"{platform.domain}.{object_id}"

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the name of the room."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_dispatcher_connect(self.hass, SIGNAL_ROOMS_CHANGED, self._async_suggest_again)
        )

    def _object_id(self) -> str | None:
        """Return the object id to suggest, None if the owner chose what ids are made of.

        Home Assistant's default would name the area and then the room, which mostly has the
        name of its area.
        """
        if er.async_get(self.hass).settings.entity_id_parts is not None:
            return None
        room = self.room.subentry
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, room.subentry_id), self.room.config_entry.entry_id
        )
        name = device.name_by_user if device else None
        return slugify(f"{name or room.title} {self.suggested_object_id}")

    @callback
    def _async_suggest_again(self) -> None:
        """Keep what "Recreate entity IDs" would give; the present id stays."""
        entry, object_id = self.registry_entry, self._object_id()
        if entry is not None and object_id not in (None, entry.suggested_object_id):
            er.async_get(self.hass).async_get_or_create(
                entry.domain, entry.platform, entry.unique_id, suggested_object_id=object_id
            )


class RoomEntity(OfRoom):
    """An entity of a room as a whole."""

    _attr_translation_key: str

    def __init__(self, room: RoomCoordinator) -> None:
        """Take the ids from the room."""
        self.room = room
        self._attr_unique_id = f"{room.subentry.subentry_id}_{self._attr_translation_key}"
        self._shown: tuple[bool | None, ...] = ()

    @property
    @override
    def available(self) -> bool:
        """Return whether the room works: one that has failed states and does nothing."""
        return self.room.last_update_success

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the room; Home Assistant writes the first state itself."""
        await super().async_added_to_hass()
        self._shown = self.shown()
        self.async_on_remove(self.room.async_add_listener(self._async_follow))

    @callback
    def _async_follow(self) -> None:
        """Write a state only if what the room decides of it has changed."""
        shown = self.shown()
        if shown != self._shown:
            self._shown = shown
            self.async_write_ha_state()

    def shown(self) -> tuple[bool | None, ...]:
        """Return what the room decides of this entity's state."""
        return (self.available,)


@dataclass(frozen=True, kw_only=True)
class ChannelDescription(EntityDescription):
    """The description of a statement: its attributes, and the pollutants that it exists for.

    `is_measured` says that it states what was measured, and infers nothing.
    """

    attributes_fn: Callable[[EntityView], dict[str, Any]] | None = None
    is_measured: bool = False
    pollutants: frozenset[Pollutant] = frozenset(Pollutant)


class ChannelEntity(CoordinatorEntity[RoomCoordinator], OfRoom):
    """One statement about one pollutant in one room."""

    _unrecorded_attributes = frozenset({MATCH_ALL})  # The ledger has what they are made from.
    entity_description: ChannelDescription

    def __init__(
        self, room: RoomCoordinator, pollutant: Pollutant, description: ChannelDescription
    ) -> None:
        """Take the name from the translations, the ids from the room and the pollutant."""
        super().__init__(room)
        self.room = room
        self.pollutant = pollutant
        self.entity_description = description
        self._attr_unique_id = f"{room.subentry.subentry_id}_{pollutant}_{description.key}"
        self._attr_translation_key = f"{WORDS_OF_POLLUTANT[pollutant]}_{description.key}"
        self._shown: tuple[Any, ...] | None = None

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
    def available(self) -> bool:
        """Return whether it can state anything: without its source, nothing is measured."""
        return super().available and not (self.entity_description.is_measured and self.view.gone)

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
