"""System health: the numbers of rooms, sensors and learned ranges, and the size on disk."""

from pathlib import Path
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .coordinator import loaded_rooms
from .core.codes import LearningState
from .storage.store import LEDGER_KEY


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the figures for the system information page."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the figures of the loaded rooms."""
    rooms = loaded_rooms(hass)
    views = [view for room in rooms.values() for view in room.data.values()]
    path = Path(hass.config.path(".storage", LEDGER_KEY))
    return {
        "rooms": len(rooms),
        "sensors": len(views),
        "learned": sum(view.state is LearningState.LEARNED for view in views),
        "stored_kilobytes": await hass.async_add_executor_job(_kilobytes, path),
    }


def _kilobytes(path: Path) -> int:
    return round(path.stat().st_size / 1024) if path.is_file() else 0
