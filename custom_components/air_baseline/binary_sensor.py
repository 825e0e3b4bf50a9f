"""Binary sensors: unusual for this room (inferred), above the guideline (measured)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import ATTR_RARITY_DAYS
from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .core.explaining.view import EntityView
from .core.pollutant import POLLUTANTS, Pollutant
from .entity import ChannelDescription, ChannelEntity, baseline_attributes
from .listeners.rooms import async_add_of_rooms

PARALLEL_UPDATES = 0  # No limit: updates are pushed.

GUIDELINE_POLLUTANTS = frozenset(
    pollutant for pollutant in Pollutant if POLLUTANTS[pollutant].guideline
)


@dataclass(frozen=True, kw_only=True)
class ChannelBinarySensorDescription(ChannelDescription, BinarySensorEntityDescription):
    """The description of a binary sensor; `value_fn` takes its value from the view."""

    value_fn: Callable[[EntityView], bool | None]


def _unusual_attributes(view: EntityView) -> dict[str, Any]:
    return {
        **baseline_attributes(view),
        "quantity": view.pollutant,
        "episode": view.episode,
        "outcome": view.outcome,
        ATTR_RARITY_DAYS: view.rarity,
    }


BINARY_SENSORS = (
    ChannelBinarySensorDescription(
        key="unusual",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=lambda view: view.unusual,
        attributes_fn=_unusual_attributes,
    ),
    ChannelBinarySensorDescription(
        key="above_guideline",
        device_class=BinarySensorDeviceClass.PROBLEM,
        pollutants=GUIDELINE_POLLUTANTS,
        is_measured=True,
        value_fn=lambda view: view.above_guideline,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AirBaselineConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of every room."""

    def entities_of(room: RoomCoordinator) -> list[ChannelBinarySensor]:
        return [
            ChannelBinarySensor(room, pollutant, description)
            for pollutant in room.sources
            for description in BINARY_SENSORS
            if pollutant in description.pollutants
        ]

    await async_add_of_rooms(hass, entry, async_add_entities, entities_of)


class ChannelBinarySensor(ChannelEntity, BinarySensorEntity):
    """A binary sensor that shows one field of a channel's view, unknown if that is None."""

    entity_description: ChannelBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the field of the view."""
        return self.entity_description.value_fn(self.view)

    @override
    def shown(self) -> tuple[Any, ...]:
        """Return everything that this binary sensor writes."""
        return (self.is_on, self.extra_state_attributes)
