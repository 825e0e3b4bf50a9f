"""Follow renamed sources and areas, so that a rename does not lose anything."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.event import async_track_entity_registry_updated_event

from ..const import (
    CONF_AREA,
    CONF_OUTDOOR_PM25,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PM25_SOURCE,
    CONF_REGISTERED,
    CONF_VOC_SOURCE,
    CONF_WINDOWS,
)
from ..coordinator import AirBaselineConfigEntry
from ..inputs.room_config import readable_rooms


@callback
def async_follow_areas(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Rename rooms with their areas, unless the user gave them another name."""
    areas = ar.async_get(hass)
    names = {area.id: area.name for area in areas.async_list_areas()}

    @callback
    def changed(event: Event[ar.EventAreaRegistryUpdatedData]) -> None:
        area = areas.async_get_area(event.data["area_id"] or "")
        if area is None or event.data["action"] != "update":
            return
        former, names[area.id] = names.get(area.id), area.name
        for room in tuple(entry.subentries.values()):
            if room.data.get(CONF_AREA) == area.id and room.title == former:
                hass.config_entries.async_update_subentry(entry, room, title=area.name)

    return hass.bus.async_listen(ar.EVENT_AREA_REGISTRY_UPDATED, changed)


_KEYS = (CONF_PM25_SOURCE, CONF_VOC_SOURCE, CONF_OUTDOOR_PM25, CONF_OUTDOOR_TEMPERATURE)


@callback
def async_follow_sources(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Keep the home and its rooms pointing at their sources when these are renamed."""

    @callback
    def renamed(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data = event.data
        if data["action"] == "update" and "entity_id" in data["changes"]:
            async_find_renamed(hass, entry)

    async_find_renamed(hass, entry)  # Sources can have been renamed during set-up.
    known = (entry.options, *(room.data for room in readable_rooms(entry)))
    entity_ids = {entity_id for data in known for entity_id in _entity_ids(data)}
    return async_track_entity_registry_updated_event(hass, entity_ids, renamed)


@callback
def async_find_renamed(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Point the home and its rooms at the present entity ids of their sources.

    The id of a source in the registry, which no rename changes, is stored with its entity id.
    """
    registry, update = er.async_get(hass), hass.config_entries
    update.async_update_entry(entry, options=_followed(registry, entry.options))
    for room in readable_rooms(entry):
        update.async_update_subentry(entry, room, data=_followed(registry, room.data))


def _followed(registry: er.EntityRegistry, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a home, or the data of a room, with the present ids of its sources.

    A source that is gone from the registry keeps its last entity id, in case it returns.
    """
    known: Mapping[str, str] = data.get(CONF_REGISTERED, {})
    now: dict[str, str] = {}
    registered: dict[str, str] = {}
    for entity_id in _entity_ids(data):
        entity = registry.entities.get_entry(known.get(entity_id, ""))
        entity = entity or registry.async_get(entity_id)
        now[entity_id] = entity.entity_id if entity else entity_id
        if registry_id := entity.id if entity else known.get(entity_id):
            registered[now[entity_id]] = registry_id
    followed = {**data, **{key: now[data[key]] for key in _KEYS if data.get(key)}}
    if CONF_WINDOWS in data:
        followed[CONF_WINDOWS] = [now[window] for window in data[CONF_WINDOWS]]
    if registered:
        followed[CONF_REGISTERED] = registered
    return followed


def _entity_ids(data: Mapping[str, Any]) -> Iterable[str]:
    """Yield the entity ids in the options of a home or in the data of a room."""
    yield from (data[key] for key in _KEYS if data.get(key))
    yield from data.get(CONF_WINDOWS, ())
