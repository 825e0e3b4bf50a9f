"""Find the rooms of a home that can be watched: areas with a PM2.5 or a VOC sensor."""

from collections.abc import Collection
from dataclasses import dataclass

from homeassistant.components.sensor import ATTR_STATE_CLASS
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from ..const import CONF_PM25_SOURCE, CONF_VOC_SOURCE
from ..core.pollutant import Pollutant
from ..inputs.eligibility import Measurement, classify

# A concentration says more than an index, which is relative to its own last day.
_PREFERRED = (Pollutant.PM25, Pollutant.VOC_MASS, Pollutant.VOC_RATIO, Pollutant.VOC_INDEX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The sensor chosen for one field of a room, and how many there were to choose from."""

    entity_id: str
    measurement: Measurement
    among: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRoom:
    """An area that can be watched, with its sources by field."""

    area_id: str
    name: str
    sources: dict[str, Candidate]


@callback
def async_find_rooms(hass: HomeAssistant, taken: Collection[str]) -> list[FoundRoom]:
    """Return the areas that have sources, by name; entities that are taken are left out.

    Of several sensors for one field the first of these wins: what measures a concentration,
    what gives a value now, what Home Assistant keeps statistics of, what is no diagnostic,
    and then the alphabet.
    """
    candidates: dict[str, dict[str, list[tuple[er.RegistryEntry, Measurement]]]] = {}
    for entity in er.async_get(hass).entities.values():
        if entity.domain != "sensor" or entity.disabled or entity.hidden:
            continue
        area_id = _area_of(hass, entity)
        if area_id is None or entity.entity_id in taken:
            continue
        found = classify(hass, entity.entity_id)
        if isinstance(found, Measurement):
            key = CONF_PM25_SOURCE if found.pollutant is Pollutant.PM25 else CONF_VOC_SOURCE
            candidates.setdefault(area_id, {}).setdefault(key, []).append((entity, found))
    rooms = [
        FoundRoom(
            area_id=area.id,
            name=area.name,
            sources={
                key: _best(hass, by_field[key])
                for key in (CONF_PM25_SOURCE, CONF_VOC_SOURCE)
                if key in by_field
            },
        )
        for area_id, by_field in candidates.items()
        if (area := ar.async_get(hass).async_get_area(area_id))
    ]
    return sorted(rooms, key=lambda room: room.name.casefold())


def _area_of(hass: HomeAssistant, entity: er.RegistryEntry) -> str | None:
    """Return the area of an entity: its own, else that of its device."""
    if entity.area_id or entity.device_id is None:
        return entity.area_id
    device = dr.async_get(hass).async_get(entity.device_id)
    return dr.async_get_effective_area_id(hass, device) if device else None


def _best(hass: HomeAssistant, known: list[tuple[er.RegistryEntry, Measurement]]) -> Candidate:
    def rank(candidate: tuple[er.RegistryEntry, Measurement]) -> tuple[object, ...]:
        entity, source = candidate
        state = hass.states.get(entity.entity_id)
        return (
            _PREFERRED.index(source.pollutant),
            state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN),
            ATTR_STATE_CLASS not in (entity.capabilities or {}),
            entity.entity_category is not None,
            entity.entity_id,
        )

    entity, source = min(known, key=rank)
    return Candidate(entity_id=entity.entity_id, measurement=source, among=len(known))
