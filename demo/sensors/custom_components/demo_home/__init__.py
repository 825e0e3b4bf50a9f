"""The demo home's air monitors. Their readings are generated; nothing real is measured."""

from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.util import dt as dt_util

from demo.house import SENSORS_DOMAIN, House, Measure, Monitor

PLATFORMS = (Platform.BUTTON, Platform.SENSOR)

type DemoHomeConfigEntry = ConfigEntry[LiveAir]


class LiveAir:
    """The home's air as of now."""

    def __init__(self, hass: HomeAssistant, entry: DemoHomeConfigEntry, house: House) -> None:
        """Continue the air of a house; the entry stores all of it except the recording."""
        self._hass = hass
        self._entry = entry
        self.house = house

    def level(self, monitor: Monitor, measure: Measure) -> float | None:
        """Return what a monitor shows now, None while it is off."""
        return self.house.level(monitor, measure, dt_util.utcnow().timestamp())

    @callback
    def async_burn_toast(self) -> None:
        """Burn toast from now on; a restart does not put it out."""
        self.house = self.house.with_toast(dt_util.utcnow().timestamp())
        self._hass.config_entries.async_update_entry(self._entry, data=self.house.to_dict())


async def async_setup_entry(hass: HomeAssistant, entry: DemoHomeConfigEntry) -> bool:
    """Set up the monitors."""
    zone, folder = dt_util.get_default_time_zone(), Path(hass.config.config_dir)
    house = await hass.async_add_executor_job(House.from_dict, entry.data, zone, folder)
    entry.runtime_data = LiveAir(hass, entry, house)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: DemoHomeConfigEntry) -> bool:
    """Remove the monitors."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


def device_of(monitor: Monitor) -> DeviceInfo:
    """Return the device of a monitor, in its room's area."""
    return DeviceInfo(
        identifiers={(SENSORS_DOMAIN, monitor.area)},
        name=f"{monitor.name} monitor",
        model="Generated readings" if monitor.place else "Recorded readings",
        suggested_area=monitor.name,
    )
