"""What older versions of Home Assistant do not have: all differences between them, in one place.

Each function says which version brought what it stands in for. When hacs.json promises no version
before that one any more, the function goes and its callers call Home Assistant.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.components import repairs
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigSubentry,
    SubentryFlowContext,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, llm

from .const import SUBENTRY_ROOM


def area_of(hass: HomeAssistant, registered: er.RegistryEntry | None) -> str | None:
    """Return the area of an entity: its own, otherwise that of its device (2026.9)."""
    if registered is None:
        return None
    if hasattr(er, "async_get_effective_area_id"):
        return er.async_get_effective_area_id(hass, registered)
    if registered.area_id or registered.device_id is None:
        return registered.area_id
    device = dr.async_get(hass).async_get(registered.device_id)
    return device.area_id if device else None


async def async_room_settings(
    hass: HomeAssistant, entry: ConfigEntry, room: ConfigSubentry
) -> dict[str, Any]:
    """Open the settings of a room; return how a repair goes on to them (2026.9).

    Before that version there is nothing to return: the text at the end of the repair says to open
    them.
    """
    if not hasattr(repairs, "FlowType"):
        return {}
    opened = await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_ROOM),
        context=SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=room.subentry_id),
    )
    return {"next_flow": (repairs.FlowType.CONFIG_SUBENTRIES_FLOW, opened["flow_id"])}


def tool_annotations(*, read_only: bool, destructive: bool, idempotent: bool) -> Any:  # noqa: ANN401 - no such class before
    """Return what a tool for assistants does within the home (2026.10); before, nobody asks."""
    if not hasattr(llm, "ToolAnnotations"):
        return None
    return llm.ToolAnnotations(
        read_only=read_only, destructive=destructive, idempotent=idempotent, open_world=False
    )


def tool_result(data: Mapping[str, Any], *, error: bool = False) -> Any:  # noqa: ANN401 - as above
    """Return the answer of a tool for assistants (2026.10); before, it is the data alone."""
    if not hasattr(llm, "ToolResult"):
        return dict(data)
    return llm.ToolResult(dict(data), error=error)
