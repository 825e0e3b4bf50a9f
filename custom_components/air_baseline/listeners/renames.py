"""Follow renamed sources and areas, so that a rename does not lose anything."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er

from ..const import (
    CONF_AREA,
    CONF_OUTDOOR_PM25,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PLACES,
    CONF_PM25_SOURCE,
    CONF_REGISTERED,
    CONF_VOC_SOURCE,
    CONF_WINDOWS,
)
from ..coordinator import AirBaselineConfigEntry
from ..inputs.places import known_places
from ..inputs.room_config import readable_rooms


@callback
def area_names(hass: HomeAssistant) -> dict[str, str]:
    """Return the names of the areas by their ids."""
    return {area.id: area.name for area in ar.async_get(hass).async_list_areas()}


@callback
def async_rename_with_areas(
    hass: HomeAssistant, entry: AirBaselineConfigEntry, former: Mapping[str, str]
) -> None:
    """Rename rooms with their areas (`former` names by id), unless the user named them."""
    names = area_names(hass)
    for room in tuple(entry.subentries.values()):
        area_id = str(room.data.get(CONF_AREA))
        if area_id in names and room.title == former.get(area_id):
            hass.config_entries.async_update_subentry(entry, room, title=names[area_id])


_KEYS = (CONF_PM25_SOURCE, CONF_VOC_SOURCE, CONF_OUTDOOR_PM25, CONF_OUTDOOR_TEMPERATURE)


@callback
def async_find_renamed(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Point the home and its rooms at the present entity ids of their sources.

    The id of a source in the registry, which no rename changes, is stored with its entity id, and
    so is the area in which it was when the room was last set up or asked about it.
    """
    registry, update = er.async_get(hass), hass.config_entries
    rooms = readable_rooms(entry)
    users = Counter(
        registry_id
        for data in (entry.options, *(room.data for room in rooms))
        for registry_id in data.get(CONF_REGISTERED, {}).values()
    )
    update.async_update_entry(entry, options=_followed(registry, entry.options, users))
    for room in rooms:
        data = _placed(hass, _followed(registry, room.data, users))
        update.async_update_subentry(entry, room, data=data)


@callback
def followed_ids(entry: AirBaselineConfigEntry) -> frozenset[str]:
    """Return the ids of all that the home and its rooms point at: entity ids, and registry ids."""
    known = (entry.options, *(room.data for room in readable_rooms(entry)))
    return frozenset(
        one
        for data in known
        for one in (*_entity_ids(data), *data.get(CONF_REGISTERED, {}).values())
    )


def _followed(
    registry: er.EntityRegistry, data: Mapping[str, Any], users: Mapping[str, int]
) -> dict[str, Any]:
    """Return the options of a home, or the data of a room, with the present ids of its sources.

    A source that is gone from the registry keeps its last entity id, in case it returns. If the
    source of another room has that entity id now, it stays the source of the other room: `users`
    says how many point at an entity, by its registry id.
    """
    known: Mapping[str, str] = data.get(CONF_REGISTERED, {})
    now: dict[str, str] = {}
    registered: dict[str, str] = {}
    for entity_id in _entity_ids(data):
        entity = registry.entities.get_entry(known.get(entity_id, ""))
        if entity is None and (found := registry.async_get(entity_id)) is not None:
            entity = None if entity_id in known and users.get(found.id) else found
        now[entity_id] = entity.entity_id if entity else entity_id
        if registry_id := entity.id if entity else known.get(entity_id):
            registered[now[entity_id]] = registry_id
    followed = {**data, **{key: now[data[key]] for key in _KEYS if data.get(key)}}
    if CONF_WINDOWS in data:
        followed[CONF_WINDOWS] = [now[window] for window in data[CONF_WINDOWS]]
    if registered:
        followed[CONF_REGISTERED] = registered
    if CONF_PLACES in data:
        places = data[CONF_PLACES].items()
        followed[CONF_PLACES] = {now[one]: place for one, place in places if one in now}
    return followed


def _placed(hass: HomeAssistant, data: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a room with the areas in which its sources belong."""
    places = known_places(hass, data)
    return {**data, CONF_PLACES: places} if places else data


def _entity_ids(data: Mapping[str, Any]) -> Iterable[str]:
    """Yield the entity ids in the options of a home or in the data of a room."""
    yield from (data[key] for key in _KEYS if data.get(key))
    yield from data.get(CONF_WINDOWS, ())
