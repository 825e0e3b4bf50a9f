"""The integration's real files, for the tests that read them or damage them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import resource
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.channel import load_channel
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY
from tests.home import KITCHEN, NOON, ZONE, a_store, learned
from tests.stored import continued

type Damage = Callable[[bytes], bytes]


def disk(hass: HomeAssistant, key: str) -> Path:
    return Path(hass.config.path(".storage", key))


def write(hass: HomeAssistant, key: str, stored: dict[str, Any]) -> None:
    if key == GOOD_KEY:
        stored["data"]["kept_at"] = NOON.timestamp()
    disk(hass, key).parent.mkdir(exist_ok=True)
    disk(hass, key).write_text(json.dumps({**stored, "key": key}), "utf-8")


def read(hass: HomeAssistant, key: str) -> dict[str, Any]:
    """Return what a file holds; the ledger as the open parts continue it."""
    opened = disk(hass, OPEN_KEY)
    has_open = key == LEDGER_KEY and opened.is_file()
    return whole(disk(hass, key).read_bytes(), opened.read_bytes() if has_open else b"")


def whole(ledger: bytes, opened: bytes = b"") -> dict[str, Any]:
    """Return the content of the ledger, as the open parts continue it if they are of this one."""
    stored: dict[str, Any] = json.loads(ledger)
    return continued(stored, json.loads(opened) if opened else None)


def damage(hass: HomeAssistant, key: str, how: Damage) -> bytes:
    damaged = how(disk(hass, key).read_bytes())
    disk(hass, key).write_bytes(damaged)
    return damaged


def set_aside(hass: HomeAssistant, key: str = LEDGER_KEY) -> list[bytes]:
    found = disk(hass, key).parent.glob(f"{key}.corrupt.*")
    return [path.read_bytes() for path in found]


def kept(ledger: bytes, opened: bytes = b"") -> Channel:
    """Return the kitchen's PM2.5 channel from the bytes of the ledger and of the open parts."""
    rooms = whole(ledger, opened)["data"]["rooms"]
    return load_channel(rooms[KITCHEN]["channels"]["pm25"], ZONE, MONTH_DAYS)


def kitchen(days: int) -> dict[str, Any]:
    """Return a store in which the kitchen has `days` days of both its pollutants."""
    return a_store(
        {
            KITCHEN: {
                pollutant: learned(pollutant, days)
                for pollutant in (Pollutant.PM25, Pollutant.VOC_RATIO)
            }
        }
    )


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow: a write fails as on a disk without space."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
