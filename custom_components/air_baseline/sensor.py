"""Sensors: the level compared with usual, the learning state, confidence, and the range."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory, UnitOfRatio
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .core.codes import Compared, LearningState
from .core.explaining.view import EntityView
from .core.learning.last_year import TimeOfYear
from .core.pollutant import Pollutant
from .entity import ChannelDescription, ChannelEntity, baseline_attributes
from .inputs.room_config import RoomSource
from .listeners.rooms import async_add_of_rooms

PARALLEL_UPDATES = 0  # No limit: updates are pushed.

_DEVICE_CLASSES = {
    Pollutant.PM25: SensorDeviceClass.PM25,
    Pollutant.VOC_MASS: SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS,
    Pollutant.VOC_RATIO: SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS_PARTS,
}

# A code; the translations say which share of which days.
CHANCE_OF_RANGE_HOLDS = "range_holds"


@dataclass(frozen=True, kw_only=True)
class ChannelSensorDescription(ChannelDescription, SensorEntityDescription):
    """The description of a sensor; `value_fn` takes its value from the view.

    `is_level` says that the value is a concentration in the base unit.
    """

    value_fn: Callable[[EntityView], str | float | None]
    is_level: bool = False


def _learning_attributes(view: EntityView) -> dict[str, Any]:
    return {
        "earliest": view.earliest,
        "usable_days": view.usable_days,
        "needed": view.needed_days,
        "missing": [missing.value for missing in view.missing],
        "earliest_moved": view.earliest_moved,
        "not_seen": list(view.not_seen),
        "range_held": view.coverage_28d,
        "suspected_since": view.suspected_since,
        "history": view.history,
        "history_days": view.history_days,
        "seasons_seen": _names(view.seasons_seen),
        "seasons_not_seen": _names(view.seasons_not_seen),
    }


def _names(seasons: Sequence[TimeOfYear] | None) -> list[str] | None:
    return None if seasons is None else [season.value for season in seasons]


def _confidence_attributes(view: EntityView) -> dict[str, Any]:
    low, high = view.next_14_days or (None, None)
    forecasts = view.forecasts
    return {
        "chance_of": CHANCE_OF_RANGE_HOLDS,
        "next_14_days_low": low,
        "next_14_days_high": high,
        "forecasts_scored": forecasts.scored if forecasts else None,
        "forecasts_kept": forecasts.kept if forecasts else None,
    }


def _high_attributes(view: EntityView) -> dict[str, Any]:
    return {"at_least": view.high_is_least}


def _mean_attributes(view: EntityView) -> dict[str, Any]:
    return {"at_least": view.mean_is_least}


SENSORS = (
    ChannelSensorDescription(
        key="compared",
        device_class=SensorDeviceClass.ENUM,
        options=[code.value for code in Compared],
        value_fn=lambda view: view.compared,
        attributes_fn=baseline_attributes,
    ),
    ChannelSensorDescription(
        key="learning",
        device_class=SensorDeviceClass.ENUM,
        options=[code.value for code in LearningState],
        value_fn=lambda view: view.state,
        attributes_fn=_learning_attributes,
    ),
    ChannelSensorDescription(
        key="confidence",
        entity_registry_enabled_default=False,  # Two others have it as an attribute.
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda view: None if view.confidence is None else 100.0 * view.confidence,
        attributes_fn=_confidence_attributes,
    ),
    ChannelSensorDescription(
        key="usual_low",
        entity_registry_enabled_default=False,  # The card and the statistics draw it.
        entity_category=EntityCategory.DIAGNOSTIC,
        is_level=True,
        value_fn=lambda view: view.low,
    ),
    ChannelSensorDescription(
        key="usual_high",
        entity_category=EntityCategory.DIAGNOSTIC,
        is_level=True,
        value_fn=lambda view: view.high,
        attributes_fn=_high_attributes,
    ),
    ChannelSensorDescription(
        key="usual_middle",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_level=True,
        value_fn=lambda view: view.middle,
    ),
    ChannelSensorDescription(
        key="mean_24h",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_level=True,
        pollutants=frozenset({Pollutant.PM25}),
        is_measured=True,
        suggested_display_precision=1,
        value_fn=lambda view: view.mean,
        attributes_fn=_mean_attributes,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AirBaselineConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every room."""

    def entities_of(room: RoomCoordinator) -> list[ChannelSensor]:
        return [
            ChannelSensor(room, source, description)
            for source in room.sources.values()
            for description in SENSORS
            if source.pollutant in description.pollutants
        ]

    await async_add_of_rooms(hass, entry, async_add_entities, entities_of)


def _precision(source: RoomSource) -> int:
    """Return the decimals of a range's edge, which is a whole number in the base unit."""
    return max(0, round(log10(source.factor)))


class ChannelSensor(ChannelEntity, SensorEntity):
    """A sensor that shows one field of a channel's view."""

    entity_description: ChannelSensorDescription

    def __init__(
        self, room: RoomCoordinator, source: RoomSource, description: ChannelSensorDescription
    ) -> None:
        """Show concentrations in the unit of the source, if its device class allows that."""
        super().__init__(room, source.pollutant, description)
        if description.is_level:
            self._attr_device_class = _DEVICE_CLASSES.get(source.pollutant)
            if description.suggested_display_precision is None:
                self._attr_suggested_display_precision = _precision(source)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit of the source for a concentration; the settings can change it."""
        if self.entity_description.is_level:
            return self.coordinator.sources[self.pollutant].shown_unit or None
        return self.entity_description.native_unit_of_measurement

    @property
    @override
    def native_value(self) -> str | float | None:
        """Return the field of the view."""
        value = self.entity_description.value_fn(self.view)
        if self.entity_description.is_level and isinstance(value, float):
            return value / self.coordinator.sources[self.pollutant].factor
        return value

    @override
    def shown(self) -> tuple[Any, ...]:
        """Return everything that this sensor writes."""
        return (self.native_value, self.native_unit_of_measurement, self.extra_state_attributes)
