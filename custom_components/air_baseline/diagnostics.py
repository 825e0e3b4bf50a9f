"""Diagnostics: every number behind the statements, without names and entity ids."""

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from .const import CONF_OUTDOOR_PM25, CONF_OUTDOOR_TEMPERATURE, CONF_REGISTERED
from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .core.explaining.explain import explain
from .core.storage.channel import dump_channel


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AirBaselineConfigEntry
) -> dict[str, Any]:
    """Return all rooms without their names, which can reveal where people live.

    An entry that is not loaded has only its options.
    """
    if entry.state is not ConfigEntryState.LOADED:
        return {"options": _options(entry), "rooms": []}
    return {
        "options": _options(entry),
        "rooms": [_room(room) for room in entry.runtime_data.rooms.values()],
        "unreadable_rooms": len(entry.runtime_data.unreadable),
        "damage": {
            "recovered": len(entry.runtime_data.damage.recovered),
            "lost": len(entry.runtime_data.damage.lost),
        },
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: AirBaselineConfigEntry, device: dr.DeviceEntry
) -> dict[str, Any]:
    """Return one room, nothing if it is gone or not loaded."""
    if entry.state is not ConfigEntryState.LOADED:
        return {}
    room = entry.runtime_data.rooms.get(device.config_subentry_id or "")
    return _room(room) if room else {}


def _options(entry: AirBaselineConfigEntry) -> dict[str, Any]:
    """Return the options, with the entities redacted."""
    redacted = {CONF_OUTDOOR_PM25, CONF_OUTDOOR_TEMPERATURE, CONF_REGISTERED}
    return async_redact_data(dict(entry.options), redacted)


def _room(room: RoomCoordinator) -> dict[str, Any]:
    now = dt_util.utcnow().timestamp()
    return {
        pollutant.value: {
            "unit": room.sources[pollutant].unit,
            "unit_problem": room.unit_problem.get(pollutant),
            "explanation": explain(channel, now).as_dict(),
            "stored": dump_channel(channel),
        }
        for pollutant, channel in room.channels.items()
    }
