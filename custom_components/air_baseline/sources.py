"""Follow the sources of all rooms through the entity registry: renames are not losses."""

from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_entity_registry_updated_event

from .const import (
    CONF_OUTDOOR_PM25,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PM25_SOURCE,
    CONF_VOC_SOURCE,
    CONF_WINDOWS,
)
from .coordinator import AirBaselineConfigEntry

_SOURCE_KEYS = (CONF_PM25_SOURCE, CONF_VOC_SOURCE)
_HOME_KEYS = (CONF_OUTDOOR_PM25, CONF_OUTDOOR_TEMPERATURE)


@callback
def async_follow_sources(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Keep home and rooms pointing at their sources when these are renamed."""
    entity_ids = {
        source.entity_id
        for room in entry.runtime_data.rooms.values()
        for source in room.sources.values()
    }
    entity_ids |= {entry.options[key] for key in _HOME_KEYS if entry.options.get(key)}
    for room in entry.runtime_data.rooms.values():
        entity_ids |= set(room.subentry.data.get(CONF_WINDOWS, ()))

    @callback
    def renamed(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data = event.data
        if data["action"] != "update" or "entity_id" not in data["changes"]:
            return
        old, new = data["changes"]["entity_id"], data["entity_id"]
        home = {key: new for key in _HOME_KEYS if entry.options.get(key) == old}
        if home:
            hass.config_entries.async_update_entry(entry, options={**entry.options, **home})
        for room_id in entry.runtime_data.rooms:
            subentry = entry.subentries[room_id]
            changed: dict[str, Any] = {
                key: new for key in _SOURCE_KEYS if subentry.data.get(key) == old
            }
            windows = subentry.data.get(CONF_WINDOWS, ())
            if old in windows:
                changed[CONF_WINDOWS] = [new if window == old else window for window in windows]
            if changed:
                hass.config_entries.async_update_subentry(
                    entry, subentry, data={**subentry.data, **changed}
                )

    return async_track_entity_registry_updated_event(hass, entity_ids, renamed)
