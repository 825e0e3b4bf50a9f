"""Signs of life of a source: what the other entities of its device report."""

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN

REPEATS_S = 24 * 3600.0  # Seconds. By judgement: a device that only repeats itself may be cached.
# What people operate, and what Home Assistant does by itself, says nothing of the device.
_OF_DEVICE = frozenset({Platform.BINARY_SENSOR, Platform.DEVICE_TRACKER, Platform.SENSOR})
_NO_VALUE = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})


@callback
def alive_at(hass: HomeAssistant, entity_id: str) -> float | None:
    """Return when another entity of a source's device last reported (POSIX seconds).

    They are those of the same config entry. None without one, or if the whole device has only
    repeated its values for a day.
    """
    states = [*_beside(hass, entity_id)]
    source = hass.states.get(entity_id)
    if not states or source is None or source.state in _NO_VALUE:
        return None
    reported = max(state.last_reported_timestamp for state in states)
    changed = max(state.last_updated_timestamp for state in (*states, source))
    return reported if reported - changed <= REPEATS_S else None


def _beside(hass: HomeAssistant, entity_id: str) -> list[State]:
    registry = er.async_get(hass)
    source = registry.async_get(entity_id)
    if source is None or source.device_id is None or source.config_entry_id is None:
        return []
    states = [
        hass.states.get(entity.entity_id)
        for entity in er.async_entries_for_device(registry, source.device_id)
        if entity.config_entry_id == source.config_entry_id
        and entity.entity_id != entity_id
        and entity.platform != DOMAIN
        and entity.domain in _OF_DEVICE
    ]
    return [state for state in states if state is not None and _is_sign(state)]


def _is_sign(state: State) -> bool:
    """Tell whether a state can come from a device that is there."""
    connectivity = state.attributes.get(ATTR_DEVICE_CLASS) == BinarySensorDeviceClass.CONNECTIVITY
    return state.state not in _NO_VALUE and not (connectivity and state.state != STATE_ON)
