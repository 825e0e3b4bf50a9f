"""The demo home's air monitors. Their readings are generated; nothing real is measured."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.util import dt as dt_util

from demo.air import Air, Pollutant
from demo.house import CONF_SILENT_FROM, SENSORS_DOMAIN, Monitor, air_of, with_toast

from .recorded import async_record

PLATFORMS = (Platform.BUTTON, Platform.SENSOR)

type DemoHomeConfigEntry = ConfigEntry[LiveAir]


class LiveAir:
    """The home's air as of now."""

    def __init__(self, hass: HomeAssistant, entry: DemoHomeConfigEntry) -> None:
        """Go on with the air that the entry's data describes."""
        self._hass = hass
        self._entry = entry
        self.air = self._read()

    def level(self, monitor: Monitor, pollutant: Pollutant) -> float | None:
        """Return what a monitor shows now, None while it is off."""
        now = dt_util.utcnow().timestamp()
        if now >= self._entry.data[CONF_SILENT_FROM].get(monitor.place, now + 1.0):
            return None
        return self.air.level(monitor.place, pollutant, now)

    @callback
    def async_burn_toast(self) -> None:
        """Let toast burn from now on; a restart does not put it out."""
        data = with_toast(self._entry.data, dt_util.utcnow().timestamp())
        self._hass.config_entries.async_update_entry(self._entry, data=data)
        self.air = self._read()

    def _read(self) -> Air:
        return air_of(self._entry.data, dt_util.get_default_time_zone())


async def async_setup_entry(hass: HomeAssistant, entry: DemoHomeConfigEntry) -> bool:
    """Set up the monitors."""
    entry.runtime_data = LiveAir(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_create_background_task(
        hass,
        async_record(hass, entry.runtime_data.air, entry.created_at.timestamp()),
        "demo_home past",
    )
    return True


async def async_unload_entry(hass: HomeAssistant, entry: DemoHomeConfigEntry) -> bool:
    """Take the monitors away."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


def device_of(monitor: Monitor) -> DeviceInfo:
    """Return the device of a monitor, in its room's area."""
    return DeviceInfo(
        identifiers={(SENSORS_DOMAIN, monitor.place.value)},
        name=f"{monitor.name} monitor",
        model="Generated readings",
        suggested_area=monitor.name,
    )
