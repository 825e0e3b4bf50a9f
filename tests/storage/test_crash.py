"""A real Home Assistant is killed at random moments while it writes, again and again.

Inside it runs `crash_source`: a source of 500 readings a second, and a person who excludes one
day after another without rest, so that something is nearly always being written. After each kill
the files are read as they are, and the next start reports what it found. No pace is required: a
slow machine takes longer, with the same result.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
import time
from typing import Any

import pytest
from pytest_socket import socket_allow_hosts

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.explaining.ledger_report import ledger_report
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY
from demo import storage
from demo.house import family_home
from tests.faults import Faults
from tests.files import kept
from tests.hass_process import OUTPUT, running
from tests.home import KITCHEN, ZONE, a_room, a_store, learned

ROOT = Path(__file__).parent.parent.parent
DIARY = "diary.jsonl"
CONFIGURATION = """
homeassistant:
logger:
  default: warning
  logs:
    haffmpeg: critical  # There is no camera here.
    homeassistant.components.camera: critical
    homeassistant.loader: error
crash_source:
"""
ANY_PORT = 0
HANGS_S = 240.0  # No machine is that slow.
MOST_LOST_S = 15 * 60.0  # Of learning.
MOST_CORRECTIONS = 40  # From a start to the kill.
WRITE_S, STOP_S = 0.03, 0.5  # About what a write and a stop take; kills fall anywhere in them.
STARTING, STOPPING = 0.15, 0.15  # Shares of the kills that come while it starts, and stops.

type Json = dict[str, Any]


@dataclass(slots=True)
class Home:
    """A configuration folder, what it held before the last start, and what was found."""

    folder: Path
    stored: Channel
    start_s: float = 1.0  # How long the last start took.
    lost_s: float = 0.0
    corrections: int = 0
    found: list[str] = field(default_factory=list)

    def diary(self) -> list[Json]:
        """Return the lines that the last Home Assistant wrote, without one that was cut off."""
        path = self.folder / DIARY
        lines = path.read_text("utf-8").split("\n")[:-1] if path.is_file() else []
        return [json.loads(line) for line in lines]


@pytest.fixture
def home(tmp_path: Path, socket_enabled: None) -> Home:
    """Write a home with a kitchen that has learned for 36 days, up to now."""
    socket_allow_hosts([storage.ADDRESS], allow_unix_socket=True)  # The fork server uses one.
    now = datetime.now(UTC)
    (tmp_path / "configuration.yaml").write_text(CONFIGURATION, "utf-8")
    (tmp_path / "custom_components").mkdir()
    (tmp_path / "custom_components" / "__init__.py").touch()  # Not those of this repository.
    for name, target in (
        ("air_baseline", ROOT / "custom_components" / "air_baseline"),
        ("crash_source", ROOT / "tests" / "crash_source"),
    ):
        (tmp_path / "custom_components" / name).symlink_to(target)
    storage.write(tmp_path, "onboarding", storage.onboarding())
    storage.write(tmp_path, "core.config", storage.home(ZONE.key))
    storage.write(tmp_path, "http", storage.server(ANY_PORT, now))
    entries = storage.entries(family_home(now.timestamp(), ZONE), now, set_up=True)
    (ours,) = [one for one in entries["entries"] if one["domain"] == "air_baseline"]
    ours["subentries"] = [dict(a_room(KITCHEN, "kitchen", Pollutant.PM25))]
    storage.write(tmp_path, "core.config_entries", {"entries": [ours]})
    store = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36, end=now)}})
    for key in (LEDGER_KEY, GOOD_KEY):
        (tmp_path / ".storage" / key).write_text(json.dumps({**store, "key": key}), "utf-8")
    return Home(tmp_path, _stored(tmp_path))


@pytest.mark.quiet
@pytest.mark.timeout(4 * 3600)
def test_nothing_confirmed_is_lost_and_no_number_is_wrong_after_a_kill(
    home: Home, faults: Faults
) -> None:
    kills, chance = faults.times(20, 200, 1000), Random(6)  # noqa: S311 - moments, not secrets
    first = home.stored
    for number in range(kills):
        _live_and_be_killed(home, f"kill {number}", chance)
        _check(home, f"kill {number}", first)
    assert home.corrections > kills, "there was hardly anything to lose"
    done = f"{kills} kills, {home.corrections} corrections"
    faults.check("hass killed under writes", done, home.found, "0")
    faults.measure("learning lost by a kill", f"{kills} kills", home.lost_s, MOST_LOST_S, "s")


def _live_and_be_killed(home: Home, what: str, chance: Random) -> None:
    """Run Home Assistant, kill it at some time, and check its output."""
    (home.folder / DIARY).unlink(missing_ok=True)
    began, when = time.monotonic(), chance.random()
    with running(home.folder) as process:
        if when < STARTING:
            time.sleep(chance.uniform(0.0, home.start_s))
        else:
            _await_corrections(home, process, 1)
            home.start_s = time.monotonic() - began
            _await_corrections(home, process, chance.randint(1, MOST_CORRECTIONS))
            time.sleep(chance.uniform(0.0, WRITE_S))
        if when > 1.0 - STOPPING:
            process.terminate()
            time.sleep(chance.uniform(0.0, STOP_S))
        killed_at = time.time()
    if when >= STARTING:
        last = _stored(home.folder).health.last_read or 0.0
        home.lost_s = max(home.lost_s, killed_at - last)
    output = (home.folder / OUTPUT).read_text("utf-8", "replace")
    home.found += [
        f"{what}: {line}"
        for line in output.splitlines()
        if "Traceback" in line or " ERROR " in line
    ]


def _await_corrections(home: Home, process: BaseProcess, number: int) -> None:
    deadline = time.monotonic() + HANGS_S
    while time.monotonic() < deadline and process.is_alive():
        if sum("confirmed" in line for line in home.diary()) >= number:
            return
        time.sleep(0.02)
    output = (home.folder / OUTPUT).read_text("utf-8", "replace")
    pytest.fail(f"Home Assistant did not start to work:\n{output[-2000:]}")


def _check(home: Home, what: str, first: Channel) -> None:
    """Compare what was on disk before, what was reported since, and what is on disk now."""
    before, home.stored = home.stored, _stored(home.folder)
    allowed = [known := _excluded(before)]
    for line in home.diary():
        if "ledger" in line:
            home.found += [f"{what}: other {wrong} at its start" for wrong in _wrong(before, line)]
        elif "tried" in line:
            allowed = [known, line["tried"]]
        else:
            allowed = [known := line["confirmed"]]
            home.corrections += 1
    if (excluded := _excluded(home.stored)) not in allowed:
        home.found.append(f"{what}: {excluded} is excluded, but {known} was confirmed")
    if not _air(first).items() <= _air(home.stored).items():
        home.found.append(f"{what}: other days on disk")
    if (home.stored.health.last_read or 0.0) < (before.health.last_read or 0.0):
        home.found.append(f"{what}: older readings on disk than before")


def _wrong(before: Channel, start: Json) -> list[str]:
    """Return what a start shows that was not on disk before; days may have closed since."""
    known, shown, numbers = _plain(ledger_report(before)), start["ledger"], start["numbers"]
    before.advance(numbers["at"])
    expected = _plain(explain(before, numbers["at"]).as_dict())
    pairs = {
        "days": (known["days"], shown["days"][: len(known["days"])]),
        "corrections": (known["corrections"], shown["corrections"]),
        "state": (expected["state"], numbers["state"]),
        "ranges": (expected["day_ranges"], numbers["day_ranges"]),
    }
    return [what for what, (is_, is_shown) in pairs.items() if is_ != is_shown]


def _air(channel: Channel) -> dict[str, str]:
    """Return days without what a correction changes."""
    days = _plain(ledger_report(channel))["days"]
    return {day["day"]: str(day | {"counts": None, "struck_parts": None}) for day in days}


def _excluded(channel: Channel) -> list[str]:
    return [day["day"] for day in ledger_report(channel)["days"] if day["struck_parts"]]


def _stored(folder: Path) -> Channel:
    ledger, opened = (folder / ".storage" / key for key in (LEDGER_KEY, OPEN_KEY))
    return kept(ledger.read_bytes(), opened.read_bytes() if opened.is_file() else b"")


def _plain(data: Json) -> Json:
    """Return data as it comes out of JSON."""
    plain: Json = json.loads(json.dumps(data))
    return plain
