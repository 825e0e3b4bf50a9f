"""Follow the sources of all rooms through the entity registry: renames are not losses."""

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_entity_registry_updated_event

from .const import CONF_PM25_SOURCE, CONF_VOC_SOURCE
from .coordinator import AirBaselineConfigEntry

_SOURCE_KEYS = (CONF_PM25_SOURCE, CONF_VOC_SOURCE)


@callback
def async_follow_sources(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Keep each room pointing at its sources when they are renamed."""
    entity_ids = [
        source.entity_id
        for room in entry.runtime_data.rooms.values()
        for source in room.sources.values()
    ]

    @callback
    def renamed(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data = event.data
        if data["action"] != "update" or "entity_id" not in data["changes"]:
            return
        old, new = data["changes"]["entity_id"], data["entity_id"]
        for subentry in entry.subentries.values():
            changed = {key: new for key in _SOURCE_KEYS if subentry.data.get(key) == old}
            if changed:
                hass.config_entries.async_update_subentry(
                    entry, subentry, data={**subentry.data, **changed}
                )

    return async_track_entity_registry_updated_event(hass, entity_ids, renamed)
