"""Write the demo home: a Home Assistant configuration folder that has a past."""

from collections.abc import Callable
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
import shutil
from typing import Final
from zoneinfo import ZoneInfo

from script import release

from . import recorder, storage
from .house import RECORDING, House
from .past import live

ROOT: Final = Path(__file__).resolve().parent.parent
MARK: Final = ".air-baseline-demo"  # A folder without it is not ours.
LOCK: Final = ".ha_run.lock"  # Home Assistant locks it while it runs.
CONFIGURATION: Final = f"""# script/demo wrote this once; your changes are kept.
homeassistant:
  auth_providers:
    - type: trusted_networks  # Anybody at this machine is signed in.
      trusted_networks: [{storage.ADDRESS}/32]
      allow_bypass_login: true

# No default_config: nothing here looks for devices, updates or a cloud.
api:
automation: !include automations.yaml
config:
frontend:
history:
logbook:
logger:
  default: warning
  logs:
    haffmpeg: critical  # There is no camera here.
    homeassistant.components.camera: critical
    homeassistant.loader: error  # It warns of every custom integration.
my:
recorder:
  commit_interval: 1
  purge_keep_days: 60
repairs:
system_health:
"""
LIBRARY: Final = "library"  # For PYTHONPATH: what the sensors import from this repository.
LINKS: Final = {
    "custom_components/air_baseline": release.INTEGRATION,
    "custom_components/demo_home": ROOT / "demo" / "sensors" / "custom_components" / "demo_home",
    f"{LIBRARY}/demo": ROOT / "demo",
    f"{LIBRARY}/script": ROOT / "script",
}


class HomeError(Exception):
    """The folder cannot be used; the message says why."""


def prepare(  # noqa: PLR0913
    folder: Path,
    *,
    port: int,
    now: datetime,
    zone: ZoneInfo,
    fresh: bool,
    make: Callable[[float, ZoneInfo], House],
    set_up: bool = True,
    released: bool = False,
) -> bool:
    """Prepare a folder for a start; return whether the home is new.

    An existing home stays as the user left it, unless a fresh one is requested. A new one is made
    for a time and a zone. It is `set_up`, or it has sensors and no Air Baseline. Air Baseline is
    a link to this checkout; if `released`, it is what HACS would have installed.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise HomeError(f"{folder} is not a demo home, so it is left alone")
    if _in_use(folder):
        raise HomeError(f"a demo is running with {folder}; stop it first")
    new = fresh or not (folder / "configuration.yaml").exists()
    if new:
        _found(folder, make(now.timestamp(), zone), now, zone, set_up=set_up)
    for name, target in LINKS.items():
        _link(folder / name, target)
    if released:
        _install(folder)
    storage.write(folder, "http", storage.server(port, now))
    return new


def _in_use(folder: Path) -> bool:
    if not (folder / LOCK).exists():
        return False
    with (folder / LOCK).open("a") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _found(folder: Path, house: House, now: datetime, zone: ZoneInfo, *, set_up: bool) -> None:
    """Write a home that begins now; its configuration comes last, as a sign that all is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    storage.write(folder, "auth", storage.owner())
    storage.write(folder, "onboarding", storage.onboarding())
    storage.write(folder, "core.config", storage.home(zone.key))
    storage.write(folder, "core.area_registry", storage.areas(house, now))
    storage.write(folder, "core.config_entries", storage.entries(house, now, set_up=set_up))
    start_page = storage.DASHBOARD_PATH if set_up else None
    storage.write(folder, "frontend.system_data", storage.frontend(start_page))
    lived = live(house, now.timestamp()) if set_up else None
    if lived:
        storage.write(folder, "lovelace_dashboards", storage.dashboards())
        storage.write(folder, f"lovelace.{storage.DASHBOARD_ID}", storage.dashboard())
        for key, data in lived.files(now.timestamp()).items():
            storage.write(folder, key, data)
    if house.recording:
        house.recording.save(folder / RECORDING)
    recorder.write(folder, house, now.timestamp(), lived)
    (folder / "automations.yaml").write_text("[]\n")
    (folder / "configuration.yaml").write_text(CONFIGURATION)


def _link(path: Path, target: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    if path.is_dir(follow_symlinks=False):  # The last time it was installed, not linked.
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _install(folder: Path) -> None:
    """Make the archive of a release, and install it in place of the link."""
    archive = folder / release.ARCHIVE.name
    release.build(archive)
    (folder / "custom_components" / release.DOMAIN).unlink()
    release.install(archive, folder)
