"""What Home Assistant knows of an entity before it is read: what it says it is, and its values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.components.sensor import ATTR_OPTIONS, ATTR_STATE_CLASS
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_FRIENDLY_NAME,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
)

from ..core.pollutant import normal_unit
from ..core.reading.number import plain_float
from .names import OF_AIR, Phrase, says, without, words_of
from .readings import attribute_text

_NOTHING = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN, "", "none", "null", "nan"})


@dataclass(frozen=True, slots=True)
class Seen:
    """The values that an entity was seen with, and how many of its states were none."""

    numbers: tuple[float, ...] = ()
    words: int = 0

    @classmethod
    def of(cls, states: Iterable[str]) -> Seen:
        """Return what states say; missing ones say nothing."""
        said = [state for state in states if state.strip().casefold() not in _NOTHING]
        numbers = tuple(number for state in said if (number := plain_float(state)) is not None)
        return cls(numbers, len(said) - len(numbers))

    @property
    def is_text(self) -> bool:
        """Tell whether the entity shows words rather than numbers."""
        return self.words > len(self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """An entity as its integration and its owner describe it.

    `names` are its own names in words, without those of its area, floor and device.
    """

    device_class: str | None
    unit: str
    state_class: str | None
    has_options: bool
    names: tuple[Phrase, ...]
    seen: Seen


def describe(hass: HomeAssistant, entity_id: str, seen: Seen | None = None) -> Described:
    """Return what is known of an entity: by its state if there is one, else as registered.

    `seen` are the values of the last hours, where somebody has looked; else that of now.
    """
    registered, state = er.async_get(hass).async_get(entity_id), hass.states.get(entity_id)
    device_class, unit = None, None
    attributes: Mapping[str, Any] = {}
    capabilities: Mapping[str, Any] = {}
    if registered is not None:
        device_class = registered.device_class or registered.original_device_class
        unit, capabilities = registered.unit_of_measurement, registered.capabilities or {}
    if state is not None and (registered is None or state.state != STATE_UNAVAILABLE):
        device_class = attribute_text(state, ATTR_DEVICE_CLASS)
        unit = attribute_text(state, ATTR_UNIT_OF_MEASUREMENT)
        attributes = state.attributes
    state_class = attributes.get(ATTR_STATE_CLASS) or capabilities.get(ATTR_STATE_CLASS)
    return Described(
        device_class=device_class,
        unit=normal_unit(unit),
        state_class=None if state_class is None else str(state_class),
        has_options=ATTR_OPTIONS in attributes or ATTR_OPTIONS in capabilities,
        names=own_names(hass, entity_id, registered, state),
        seen=Seen.of([state.state] if state else []) if seen is None else seen,
    )


def own_names(
    hass: HomeAssistant,
    entity_id: str,
    registered: er.RegistryEntry | None,
    state: State | None,
) -> tuple[Phrase, ...]:
    """Return the names of an entity in words, without those of areas, floors and its device.

    A name that its integration gave it beside the device stays, even if it is the device's too.
    """
    shown = [split_entity_id(entity_id)[1]]
    if state is not None and (name := attribute_text(state, ATTR_FRIENDLY_NAME)):
        shown.append(name)
    given: Phrase = ()
    key: Phrase = ()
    if registered is not None:
        shown.append(registered.name or "")
        given, key = (
            words_of(registered.original_name or ""),
            words_of(registered.translation_key or ""),
        )
    names = (*map(words_of, shown), given, key)
    if not says(names, OF_AIR):
        return names  # As of most sensors of a home: nothing else is looked for.
    others = [words_of(area.name) for area in ar.async_get(hass).async_list_areas()]
    others += [words_of(floor.name) for floor in fr.async_get(hass).async_list_floors()]
    others += device_names(hass, registered)
    own = [without(words_of(name), others) for name in shown]
    return (*own, without(given, others) or given, key)


def device_names(hass: HomeAssistant, registered: er.RegistryEntry | None) -> list[Phrase]:
    """Return the names of an entity's device in words: those of its owner and its maker."""
    if registered is None or registered.device_id is None:
        return []
    device = dr.async_get(hass).async_get(registered.device_id)
    names = (device.name_by_user, device.name) if device else ()
    return [words_of(name) for name in names if name]
