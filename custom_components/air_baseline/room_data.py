"""What a room must be configured with; another version, or a hand, may have written it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .const import (
    CONF_AREA,
    CONF_HISTORY,
    CONF_PM25_SOURCE,
    CONF_PM25_UNIT,
    CONF_REGISTERED,
    CONF_START_ANEW,
    CONF_VOC_KIND,
    CONF_VOC_SOURCE,
    CONF_VOC_UNIT,
    CONF_WINDOWS,
)
from .coordinator import RoomSource, room_sources
from .core.quantity import QUANTITIES, Kind, QuantityError

_ROOM = vol.Schema(
    {
        vol.Required(CONF_AREA): str,
        vol.Optional(CONF_HISTORY): bool,
        vol.Inclusive(CONF_PM25_SOURCE, "pm25"): cv.entity_id,
        vol.Inclusive(CONF_PM25_UNIT, "pm25"): str,
        vol.Inclusive(CONF_VOC_SOURCE, "voc"): cv.entity_id,
        vol.Inclusive(CONF_VOC_KIND, "voc"): vol.Coerce(Kind),
        vol.Inclusive(CONF_VOC_UNIT, "voc"): str,
        vol.Optional(CONF_WINDOWS): [cv.entity_id],
        vol.Optional(CONF_REGISTERED): {str: str},
        vol.Optional(CONF_START_ANEW): [vol.Coerce(Kind)],
    },
    extra=vol.ALLOW_EXTRA,
)


class RoomDataError(Exception):
    """The configuration of a room makes no sense."""


def checked_sources(data: Mapping[str, Any]) -> dict[Kind, RoomSource]:
    """Return the sources of a room as it is configured; raises RoomDataError."""
    try:
        _ROOM(dict(data))
        sources = room_sources(data)
        for kind, source in sources.items():
            QUANTITIES[kind].factor(source.unit)
    except (vol.Invalid, QuantityError) as error:
        raise RoomDataError(str(error)) from error
    return sources


def readable_rooms(entry: ConfigEntry) -> list[ConfigSubentry]:
    """Return the rooms of an entry whose configuration makes sense."""
    return [room for room in entry.subentries.values() if _makes_sense(room.data)]


def _makes_sense(data: Mapping[str, Any]) -> bool:
    try:
        checked_sources(data)
    except RoomDataError:
        return False
    return True
