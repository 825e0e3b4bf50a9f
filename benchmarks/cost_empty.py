"""An integration that adds the same entities as ours and nothing else: the peer of the start."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.button import ButtonEntity
from homeassistant.components.event import EventEntity
from homeassistant.components.sensor import SensorEntity
from homeassistant.components.switch import SwitchEntity
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from pytest_homeassistant_custom_component.common import (
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

from .entry import an_entry

EMPTY: Final = "empty_rooms"

type Wanted = Mapping[str, Mapping[str, Sequence[er.RegistryEntry]]]  # By platform and room.


class EmptyFlow(ConfigFlow, domain=EMPTY):
    """Home Assistant asks it for the version of an entry."""


class _Empty(Entity):
    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, like: er.RegistryEntry) -> None:
        self._attr_unique_id = like.unique_id
        self._attr_translation_key = like.translation_key
        self._attr_device_info = DeviceInfo(
            identifiers={(EMPTY, str(like.config_subentry_id))},
            name=like.config_subentry_id,
            entry_type=DeviceEntryType.SERVICE,
        )
        self._attr_entity_registry_enabled_default = like.disabled_by is None
        self.entity_id = like.entity_id.replace(".", ".empty_")


KINDS: Final[Mapping[str, type[_Empty]]] = {
    "sensor": type("EmptySensor", (_Empty, SensorEntity), {}),
    "binary_sensor": type("EmptyBinarySensor", (_Empty, BinarySensorEntity), {}),
    "event": type("EmptyEvent", (_Empty, EventEntity), {"_attr_event_types": ["nothing"]}),
    "switch": type("EmptySwitch", (_Empty, SwitchEntity), {}),
    "button": type("EmptyButton", (_Empty, ButtonEntity), {}),
}


def an_empty_home(hass: HomeAssistant, entry: ConfigEntry) -> ConfigEntry:
    """Return an entry that adds the same number of entities of each kind to each room."""
    wanted: dict[str, dict[str, list[er.RegistryEntry]]] = defaultdict(lambda: defaultdict(list))
    for known in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        wanted[known.domain][str(known.config_subentry_id)].append(known)

    async def setup(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, list(wanted))
        return True

    async def unload(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, list(wanted))

    module = MockModule(EMPTY, async_setup_entry=setup, async_unload_entry=unload)
    mock_integration(hass, module)
    mock_platform(hass, f"{EMPTY}.config_flow")
    for platform, of_rooms in wanted.items():
        add = partial(_add, KINDS[platform], of_rooms)
        mock_platform(hass, f"{EMPTY}.{platform}", MockPlatform(async_setup_entry=add))
    return an_entry([room.as_dict() for room in entry.subentries.values()], EMPTY)


async def _add(
    kind: type[_Empty],
    of_rooms: Mapping[str, Sequence[er.RegistryEntry]],
    _hass: HomeAssistant,
    _entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    for room, likes in of_rooms.items():
        async_add_entities([kind(like) for like in likes], config_subentry_id=room)
