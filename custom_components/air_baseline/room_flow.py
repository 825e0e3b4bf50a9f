"""Add a room, or change its area and its sources."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import callback
from homeassistant.helpers import area_registry as ar, device_registry as dr

from .const import CONF_AREA, CONF_HISTORY, DOMAIN
from .coordinator import RoomCoordinator, room_sources
from .core.quantity import Kind
from .room_form import area_name, check_room, room_schema


class RoomFlow(ConfigSubentryFlow):
    """Add a room, or change its sources."""

    _changed: dict[str, Any]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the area and its sources."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = check_room(self.hass, self._get_entry(), user_input, None)
            if not errors:
                return self.async_create_entry(
                    title=area_name(self.hass, data[CONF_AREA]),
                    data=data,
                    unique_id=data[CONF_AREA],
                )
        home = {CONF_HISTORY: self._get_entry().data.get(CONF_HISTORY, True)}
        return self._form("user", user_input or home, errors)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change the area or the sources; ask whose the ledger is where one was replaced."""
        room = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = check_room(self.hass, self._get_entry(), user_input, room)
            if not errors:
                self._changed = data
                return await self.async_step_replaced() if self._replaced() else self._finish()
        return self._form("reconfigure", user_input or room.data, errors)

    async def async_step_replaced(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether what was learned from a source holds for the one in its place."""
        return self.async_show_menu(
            step_id="replaced",
            menu_options=["keep_ledger", "start_anew"],
            description_placeholders={"sources": "\n".join(self._replaced().values())},
        )

    async def async_step_keep_ledger(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Go on with what was learned."""
        return self._finish()

    async def async_step_start_anew(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Set aside what was learned from the replaced sources."""
        replaced, coordinator = self._replaced(), self._coordinator()
        if coordinator is not None:
            for kind in replaced:
                coordinator.async_replace_source(kind)
        return self._finish()

    @callback
    def _finish(self) -> SubentryFlowResult:
        """Change the room; the listener of the entry reloads it."""
        entry, room, data = self._get_entry(), self._get_reconfigure_subentry(), self._changed
        self._async_move_device(room, data[CONF_AREA])
        return self.async_update_and_abort(
            entry,
            room,
            title=self._title(room, data[CONF_AREA]),
            unique_id=data[CONF_AREA],
            data=data,
        )

    @callback
    def _coordinator(self) -> RoomCoordinator | None:
        """Return the room as it runs, None where it does not."""
        runtime = getattr(self._get_entry(), "runtime_data", None)
        room_id = self._get_reconfigure_subentry().subentry_id
        return runtime.rooms.get(room_id) if runtime else None

    @callback
    def _replaced(self) -> dict[Kind, str]:
        """Return the sources that another of the same quantity takes the place of, as lines."""
        coordinator = self._coordinator()
        if coordinator is None:
            return {}
        new = room_sources(self._changed)
        return {
            kind: f"- {source.entity_id} → {new[kind].entity_id}"
            for kind, source in coordinator.sources.items()
            if kind in new and new[kind].entity_id != source.entity_id
        }

    @callback
    def _async_move_device(self, room: ConfigSubentry, area_id: str) -> None:
        """Move the room's device along, unless the user had put it elsewhere."""
        entry = self._get_entry()
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, room.subentry_id), entry.entry_id
        )
        if device is not None and device.area_id == room.data.get(CONF_AREA):
            dr.async_get(self.hass).async_update_device(device.id, area_id=area_id)

    def _title(self, room: ConfigSubentry, area_id: str) -> str:
        """Return the room's name: that of its area, unless the user gave it another."""
        known = ar.async_get(self.hass).async_get_area(str(room.data.get(CONF_AREA)))
        follows = known is None or room.title == known.name
        return area_name(self.hass, area_id) if follows else room.title

    def _form(
        self, step_id: str, values: Mapping[str, Any], errors: dict[str, str]
    ) -> SubentryFlowResult:
        schema = self.add_suggested_values_to_schema(room_schema(self.hass), values)
        return self.async_show_form(step_id=step_id, data_schema=schema, errors=errors)
