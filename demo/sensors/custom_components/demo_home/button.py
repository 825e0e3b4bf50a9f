"""The button that makes an unusual episode by hand."""

from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from demo.air import Place
from demo.house import SEED, Monitor

from . import DemoHomeConfigEntry, LiveAir, device_of

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: DemoHomeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button to the living room, if there is one."""
    air = entry.runtime_data
    async_add_entities(
        ToastButton(air, monitor)
        for monitor in air.house.monitors
        if monitor.place is Place.LIVING_ROOM and monitor.seed == SEED
    )


class ToastButton(ButtonEntity):
    """Burns some toast: the living room is high for more than an hour."""

    _attr_has_entity_name = True
    _attr_name = "Burn some toast"
    _attr_icon = "mdi:toaster"
    _attr_unique_id = "toast"

    def __init__(self, air: LiveAir, monitor: Monitor) -> None:
        """Place the button in the living room."""
        self._air = air
        self.entity_id = "button.living_room_burn_some_toast"
        self._attr_device_info = device_of(monitor)

    @override
    async def async_press(self) -> None:
        """Burn the toast."""
        self._air.async_burn_toast()
