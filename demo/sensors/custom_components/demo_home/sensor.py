"""The sensors: a reading every 20 seconds, even if it has not changed."""

from datetime import timedelta

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from demo.house import Measure, Monitor

from . import DemoHomeConfigEntry, LiveAir, device_of

SCAN_INTERVAL = timedelta(seconds=20)
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: DemoHomeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every monitor."""
    async_add_entities(
        (
            MonitorSensor(entry.runtime_data, monitor, measure)
            for monitor in entry.runtime_data.house.monitors
            for measure in monitor.measures
        ),
        update_before_add=True,
    )


class MonitorSensor(SensorEntity):
    """One level."""

    _attr_has_entity_name = True
    _attr_state_class = SensorStateClass.MEASUREMENT

    def __init__(self, air: LiveAir, monitor: Monitor, measure: Measure) -> None:
        """Measure one pollutant in one room."""
        self._air = air
        self._monitor = monitor
        self._measure = measure
        self._whole = measure.step >= 1
        self.entity_id = monitor.source_id(measure)
        self._attr_name = measure.name
        if measure.device_class:
            self._attr_device_class = SensorDeviceClass(measure.device_class)
        self._attr_native_unit_of_measurement = measure.unit or None
        self._attr_unique_id = f"{monitor.area}_{measure.substance}"
        self._attr_device_info = device_of(monitor)
        self._attr_suggested_display_precision = 0 if self._whole else 1

    async def async_update(self) -> None:
        """Read the monitor."""
        level = self._air.level(self._monitor, self._measure)
        self._attr_available = level is not None
        self._attr_native_value = int(level) if level is not None and self._whole else level
