"""The configured sources of a room, checked because the file can have been edited."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import (
    CONF_AREA,
    CONF_HISTORY,
    CONF_PLACES,
    CONF_PM25_SOURCE,
    CONF_PM25_UNIT,
    CONF_REGISTERED,
    CONF_START_ANEW,
    CONF_VOC_KIND,
    CONF_VOC_SOURCE,
    CONF_VOC_UNIT,
    CONF_WINDOWS,
)
from ..core.pollutant import POLLUTANTS, Pollutant, UnitError

_ROOM = vol.Schema(
    {
        vol.Required(CONF_AREA): str,
        vol.Optional(CONF_HISTORY): bool,
        vol.Inclusive(CONF_PM25_SOURCE, "pm25"): cv.entity_id,
        vol.Inclusive(CONF_PM25_UNIT, "pm25"): str,
        vol.Inclusive(CONF_VOC_SOURCE, "voc"): cv.entity_id,
        vol.Inclusive(CONF_VOC_KIND, "voc"): vol.Coerce(Pollutant),
        vol.Inclusive(CONF_VOC_UNIT, "voc"): str,
        vol.Optional(CONF_WINDOWS): [cv.entity_id],
        vol.Optional(CONF_REGISTERED): {str: str},
        vol.Optional(CONF_PLACES): {str: str},
        vol.Optional(CONF_START_ANEW): [vol.Coerce(Pollutant)],
    },
    extra=vol.ALLOW_EXTRA,
)


class RoomDataError(Exception):
    """The configuration of a room cannot be read."""


def checked_sources(data: Mapping[str, Any]) -> dict[Pollutant, RoomSource]:
    """Return the configured sources of a room. Raises RoomDataError."""
    try:
        _ROOM(dict(data))
        sources = room_sources(data)
        for pollutant, source in sources.items():
            POLLUTANTS[pollutant].factor(source.unit)
    except (vol.Invalid, UnitError) as error:
        raise RoomDataError(str(error)) from error
    return sources


def readable_rooms(entry: ConfigEntry) -> list[ConfigSubentry]:
    """Return the rooms of an entry whose configuration can be read."""
    return [room for room in entry.subentries.values() if _is_readable(room.data)]


def _is_readable(data: Mapping[str, Any]) -> bool:
    try:
        checked_sources(data)
    except RoomDataError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSource:
    """A source of a room: its entity, its pollutant, and its unit."""

    entity_id: str
    pollutant: Pollutant
    unit: str

    @property
    def shown_unit(self) -> str:
        """Return the unit to show concentrations in; Home Assistant allows only one for PM2.5."""
        return POLLUTANTS[self.pollutant].unit if self.pollutant is Pollutant.PM25 else self.unit

    @property
    def factor(self) -> float:
        """Return the factor from the shown unit into the base unit."""
        return POLLUTANTS[self.pollutant].factor(self.shown_unit)


def room_sources(data: Mapping[str, Any]) -> dict[Pollutant, RoomSource]:
    """Return the configured sources of a room, unchecked."""
    sources: dict[Pollutant, RoomSource] = {}
    if entity_id := data.get(CONF_PM25_SOURCE):
        sources[Pollutant.PM25] = RoomSource(
            entity_id=entity_id, pollutant=Pollutant.PM25, unit=data[CONF_PM25_UNIT]
        )
    if entity_id := data.get(CONF_VOC_SOURCE):
        pollutant = Pollutant(data[CONF_VOC_KIND])
        sources[pollutant] = RoomSource(
            entity_id=entity_id, pollutant=pollutant, unit=data[CONF_VOC_UNIT]
        )
    return sources
