"""The contacts on windows and doors in the areas of rooms."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import CONF_WINDOWS
from ..inputs.eligibility import OPENINGS, name_of
from ..inputs.places import present_place
from .room_form import area_name


class Contact(NamedTuple):
    """A contact with its label; a door can be inside the home, a window hardly."""

    entity_id: str
    label: str
    is_window: bool


@callback
def async_contacts(hass: HomeAssistant, area_ids: Collection[str]) -> list[Contact]:
    """Return the contacts in some areas, labelled with area and name and sorted by that."""
    found = [
        Contact(
            entity.entity_id,
            f"{area_name(hass, area_id or '')}: {name_of(hass, entity.entity_id)}",
            device_class == BinarySensorDeviceClass.WINDOW,
        )
        for entity in er.async_get(hass).entities.values()
        if entity.domain == "binary_sensor"
        and not (entity.disabled or entity.hidden)
        and (device_class := entity.device_class or entity.original_device_class) in OPENINGS
        and (area_id := present_place(hass, entity.entity_id)) in area_ids
    ]
    return sorted(found, key=lambda one: one.label.casefold())


@callback
def by_area(hass: HomeAssistant, contacts: Iterable[str]) -> dict[str, list[str]]:
    """Return contacts by the area that each is in."""
    areas: dict[str, list[str]] = defaultdict(list)
    for entity_id in contacts:
        areas[present_place(hass, entity_id) or ""].append(entity_id)
    return areas


def contact_selector(contacts: Sequence[Contact]) -> dict[vol.Marker, SelectSelector]:
    """Return the field for the contacts of rooms, windows ticked; none without contacts."""
    if not contacts:
        return {}
    options = [SelectOptionDict(value=one.entity_id, label=one.label) for one in contacts]
    ticked = [one.entity_id for one in contacts if one.is_window]
    config = SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
    return {vol.Optional(CONF_WINDOWS, default=ticked): SelectSelector(config)}
