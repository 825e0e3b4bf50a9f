"""The sensors: a reading every 20 seconds, also when it is the same as before."""

from datetime import timedelta

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from demo.air import ROOMS, Pollutant
from demo.house import MONITORS, UNITS, Monitor, source_id

from . import DemoHomeConfigEntry, LiveAir, device_of

SCAN_INTERVAL = timedelta(seconds=20)
PARALLEL_UPDATES = 0

DESCRIPTIONS = {
    Pollutant.PM25: SensorEntityDescription(
        key=Pollutant.PM25,
        device_class=SensorDeviceClass.PM25,
        native_unit_of_measurement=UNITS[Pollutant.PM25],
        state_class=SensorStateClass.MEASUREMENT,
    ),
    Pollutant.VOC: SensorEntityDescription(
        key=Pollutant.VOC,
        name="VOC",
        device_class=SensorDeviceClass.VOLATILE_ORGANIC_COMPOUNDS_PARTS,
        native_unit_of_measurement=UNITS[Pollutant.VOC],
        state_class=SensorStateClass.MEASUREMENT,
    ),
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: DemoHomeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every monitor."""
    async_add_entities(
        (
            MonitorSensor(entry.runtime_data, monitor, pollutant)
            for monitor in MONITORS
            for pollutant in monitor.measures
        ),
        update_before_add=True,
    )


class MonitorSensor(SensorEntity):
    """One generated level."""

    _attr_has_entity_name = True

    def __init__(self, air: LiveAir, monitor: Monitor, pollutant: Pollutant) -> None:
        """Measure one pollutant in one room."""
        step = ROOMS[monitor.place].step[pollutant]
        self._air = air
        self._monitor = monitor
        self._pollutant = pollutant
        self._whole = step >= 1
        self.entity_description = DESCRIPTIONS[pollutant]
        self.entity_id = source_id(monitor.place, pollutant)
        self._attr_unique_id = f"{monitor.place}_{pollutant}"
        self._attr_device_info = device_of(monitor)
        self._attr_suggested_display_precision = 0 if self._whole else 1

    async def async_update(self) -> None:
        """Read the monitor."""
        level = self._air.level(self._monitor, self._pollutant)
        self._attr_available = level is not None
        self._attr_native_value = int(level) if level is not None and self._whole else level
