"""In which areas the sources of a room are, and in which they were when that was last accepted."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import CONF_AREA, CONF_PLACES
from .room_config import room_sources

NOWHERE = ""  # In place of an area: the source was in none.


@callback
def present_place(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the area of an entity (its own, otherwise that of its device), None if in none."""
    registered = er.async_get(hass).async_get(entity_id)
    return er.async_get_effective_area_id(hass, registered) if registered else None


@callback
def has_moved(hass: HomeAssistant, data: Mapping[str, Any], entity_id: str) -> bool:
    """Tell whether a source of a room (its data) is in another area than it was.

    To be in the area of the room is always right.
    """
    place = present_place(hass, entity_id)
    known = data.get(CONF_PLACES, {}).get(entity_id, place)
    return place is not None and place not in (known, data[CONF_AREA])


@callback
def known_places(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, str]:
    """Return where the sources of a room (its data) belong, by entity id.

    That is where they are, unless they have moved: then it is where they were.
    """
    known: Mapping[str, str] = data.get(CONF_PLACES, {})
    places: dict[str, str] = {}
    for source in room_sources(data).values():
        entity_id, place = source.entity_id, present_place(hass, source.entity_id)
        stays = place is None or has_moved(hass, data, entity_id)
        if stays and entity_id in known:
            places[entity_id] = known[entity_id]
        elif er.async_get(hass).async_is_registered(entity_id):
            places[entity_id] = place or NOWHERE
    return places
