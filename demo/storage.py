"""The files of Home Assistant's storage, as the pinned version reads them.

Writing them beforehand makes all ids known and leaves nothing to click through.
"""

from datetime import datetime
import json
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from homeassistant.const import __version__

from .air import Substance
from .house import SENSORS_DOMAIN, House, Monitor

SENSORS_ENTRY_ID: Final = "01DEM0SENS0RS0000000000000"
BASELINE_ENTRY_ID: Final = "01DEM0A1RBASE00000000000000"
DASHBOARD_ID: Final = "air_baseline"
DASHBOARD_PATH: Final = "air-baseline"
ADDRESS: Final = "127.0.0.1"
LEDGER_KEY: Final = "air_baseline.ledger"
OPEN_KEY: Final = "air_baseline.open"

VERSIONS: Final = {
    "auth": (1, 1),
    "core.area_registry": (1, 9),
    "core.config": (1, 4),
    "core.config_entries": (1, 5),
    "frontend.system_data": (1, 1),
    "http": (2, 2),
    f"lovelace.{DASHBOARD_ID}": (1, 1),
    "lovelace_dashboards": (1, 1),
    "onboarding": (4, 1),
    LEDGER_KEY: (4, 1),
    OPEN_KEY: (4, 1),
}


def write(folder: Path, key: str, data: dict[str, Any]) -> None:
    """Write one file of the storage, readable only by its owner."""
    version, minor = VERSIONS[key]
    content = {"version": version, "minor_version": minor, "key": key, "data": data}
    path = folder / ".storage" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


def owner() -> dict[str, Any]:
    """Return the accounts: one owner, without a password, for this machine only."""
    user_id = uuid4().hex
    return {
        "users": [
            {
                "id": user_id,
                "group_ids": ["system-admin"],
                "is_owner": True,
                "is_active": True,
                "name": "Demo",
                "system_generated": False,
                "local_only": True,
            }
        ],
        "groups": [
            {"id": "system-admin", "name": "Administrators"},
            {"id": "system-users", "name": "Users"},
            {"id": "system-read-only", "name": "Read Only"},
        ],
        "credentials": [
            {
                "id": uuid4().hex,
                "user_id": user_id,
                "auth_provider_type": "trusted_networks",
                "auth_provider_id": None,
                "data": {"user_id": user_id},
            }
        ],
        "refresh_tokens": [],
    }


def onboarding() -> dict[str, Any]:
    """Return that the onboarding is complete."""
    return {"done": ["user", "core_config", "analytics", "integration"]}


def frontend(start_page: str | None) -> dict[str, Any]:
    """Return that there is no news about the frontend to show, and the page that opens first."""
    opens = {"default_panel": start_page} if start_page else {}
    return {"core": {"onboarded_version": __version__, **opens}}


def dashboards() -> dict[str, Any]:
    """Return the dashboards: only Air Baseline's."""
    return {
        "items": [
            {
                "id": DASHBOARD_ID,
                "url_path": DASHBOARD_PATH,
                "title": "Air",
                "icon": "mdi:air-filter",
                "show_in_sidebar": True,
                "require_admin": False,
                "mode": "storage",
            }
        ]
    }


def dashboard() -> dict[str, Any]:
    """Return the dashboard; its content is made when it is opened."""
    return {"config": {"strategy": {"type": "custom:air-baseline"}}}


def home(time_zone: str) -> dict[str, Any]:
    """Return the home itself; it is at the Royal Observatory in Greenwich."""
    return {
        "latitude": 51.4779,
        "longitude": -0.0015,
        "elevation": 45,
        "unit_system_v2": "metric",
        "location_name": "Demo home",
        "time_zone": time_zone,
        "external_url": None,
        "internal_url": None,
        "currency": "GBP",
        "country": "GB",
        "language": "en",
        "radius": 100,
    }


def server(port: int, now: datetime) -> dict[str, Any]:
    """Return where Home Assistant listens: only on this machine."""
    return {
        "stable": {
            "server_host": [ADDRESS],
            "server_port": port,
            "cors_allowed_origins": [],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": False,
            "ssl_profile": "modern",
            "use_x_frame_options": True,
            "created_at": now.isoformat(),
            "error": None,
            "error_message": None,
        },
        "pending": None,
        "yaml_migration_done": True,
    }


def areas(house: House, now: datetime) -> dict[str, Any]:
    """Return the areas, one per room."""
    return {
        "areas": [
            {
                "aliases": [],
                "floor_id": None,
                "humidity_entity_id": None,
                "icon": monitor.icon,
                "id": monitor.area,
                "labels": [],
                "name": monitor.name,
                "picture": None,
                "temperature_entity_id": None,
                "created_at": now.isoformat(),
                "modified_at": now.isoformat(),
            }
            for monitor in house.monitors
        ]
    }


def entries(house: House, now: datetime, *, set_up: bool) -> dict[str, Any]:
    """Return the config entries: the sensors and, if set up, Air Baseline with all rooms."""
    rooms = [
        {
            "data": _room(monitor) | ({"use_history": True} if house.years else {}),
            "subentry_id": monitor.room_id,
            "subentry_type": "room",
            "title": monitor.name,
            "unique_id": monitor.area,
        }
        for monitor in house.monitors
    ]
    sensors = _entry(SENSORS_DOMAIN, SENSORS_ENTRY_ID, "Demo home", now, data=house.to_dict())
    baseline = _entry(
        "air_baseline",
        BASELINE_ENTRY_ID,
        "Air Baseline",
        now,
        options={"promise": "month"},
        subentries=rooms,
    )
    return {"entries": [sensors, baseline] if set_up else [sensors]}


def _entry(domain: str, entry_id: str, title: str, now: datetime, **more: Any) -> dict[str, Any]:
    return {
        "created_at": now.isoformat(),
        "data": {},
        "discovery_keys": {},
        "disabled_by": None,
        "domain": domain,
        "entry_id": entry_id,
        "minor_version": 1,
        "modified_at": now.isoformat(),
        "options": {},
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "source": "user",
        "subentries": [],
        "title": title,
        "unique_id": None,
        "version": 1,
        **more,
    }


def _room(monitor: Monitor) -> dict[str, Any]:
    """Return what the integration stores about a room."""
    data: dict[str, Any] = {"area_id": monitor.area}
    for measure in monitor.measures:
        data[f"{measure.substance}_source"] = monitor.source_id(measure)
        data[f"{measure.substance}_unit"] = measure.unit
        if measure.substance is Substance.VOC:
            data["voc_kind"] = measure.quantity
    return data
