"""A real Home Assistant is killed at random moments while it writes, again and again.

In it lives `crash_source`: a source of 500 readings a second, and somebody who corrects and
undoes without rest, so that nearly always something is being written. After each kill the
files are read as they are, and the next start says what it found.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from pathlib import Path
from random import Random
import subprocess
import sys
import time
from typing import Any

import pytest

from custom_components.air_baseline.core import snapshot
from custom_components.air_baseline.core.alert import Promise
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.quantity import Kind
from custom_components.air_baseline.core.report import report
from custom_components.air_baseline.store import GOOD_KEY, LEDGER_KEY
from demo import storage
from demo.house import family_home
from demo.sign_in import free_port

from .faults import Faults
from .home import KITCHEN, ZONE, a_room, a_store, learned

ROOT = Path(__file__).parent.parent
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
PATIENCE_S = 90.0
MOST_LOST_S = 15 * 60.0  # Of learning, in a power cut.
SECONDS_UNDER_WRITES = 0.8  # At the most; some kills come while it starts.
STARTING = 0.15  # The share of these.

type Lines = list[dict[str, Any]]


@dataclass(slots=True)
class Home:
    """A configuration folder, what it held before the first start, and what was found."""

    folder: Path
    days: list[dict[str, Any]]
    found: list[str] = field(default_factory=list)
    lost_s: float = 0.0
    confirmed: int = 0
    tried: int = 0  # Corrections that a kill came between.
    read: int = 0  # Lines of the diary.

    def diary(self) -> Lines:
        """Return the lines that were not read yet; one that a kill cut off is none."""
        path = self.folder / "diary.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
        new, self.read = lines[self.read :], len(lines)
        return [json.loads(line) for line in new if line.endswith("}")]

    def stored(self) -> Channel:
        """Return the channel that is on disk."""
        text = (self.folder / ".storage" / LEDGER_KEY).read_text("utf-8")
        kept = json.loads(text)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
        return snapshot.load(kept, ZONE, Promise.MONTH)


@pytest.fixture
def home(tmp_path: Path, socket_enabled: None) -> Home:
    """Write a home with a kitchen that has learned for 36 days, up to now."""
    now = datetime.now(UTC)
    (tmp_path / "configuration.yaml").write_text(CONFIGURATION, "utf-8")
    (tmp_path / "custom_components").mkdir()
    for name, target in (
        ("air_baseline", ROOT / "custom_components" / "air_baseline"),
        ("crash_source", ROOT / "tests" / "crash_source"),
    ):
        (tmp_path / "custom_components" / name).symlink_to(target)
    storage.write(tmp_path, "onboarding", storage.onboarding())
    storage.write(tmp_path, "core.config", storage.home(ZONE.key))
    storage.write(tmp_path, "http", storage.server(free_port(), now))
    entries = storage.entries(family_home(now.timestamp(), ZONE), now, set_up=True)
    (ours,) = [one for one in entries["entries"] if one["domain"] == "air_baseline"]
    ours["subentries"] = [dict(a_room(KITCHEN, "kitchen", Kind.PM25))]
    storage.write(tmp_path, "core.config_entries", {"entries": [ours]})
    kept = a_store({KITCHEN: {Kind.PM25: learned(Kind.PM25, 36, end=now)}})
    for key in (LEDGER_KEY, GOOD_KEY):
        (tmp_path / ".storage" / key).write_text(json.dumps({**kept, "key": key}), "utf-8")
    home = Home(tmp_path, [])
    home.days = _numbers(report(home.stored())["days"])
    return home


@pytest.mark.timeout(4 * 3600)
def test_nothing_confirmed_is_lost_and_no_number_is_wrong_after_a_kill(
    home: Home, faults: Faults
) -> None:
    kills, chance = faults.times(20, 200, 1000), Random(6)  # noqa: S311 - moments, not secrets
    known: list[str] = []
    for number in range(kills):
        starting = chance.random() < STARTING
        with _running(home, f"kill {number}") as process:
            if starting:
                time.sleep(chance.uniform(0.2, 3.0))
            else:
                _await_confirmation(home, process)
                time.sleep(chance.uniform(0.0, SECONDS_UNDER_WRITES))
            killed_at = time.time()
            process.kill()
        known = _check(home, f"kill {number}", known, killed_at, starting=starting)
    assert home.confirmed > kills, "there was hardly anything to lose"
    done = f"{kills} kills of hass, {home.confirmed} corrections"
    faults.check("killed under writes", done, home.found, "0")
    faults.measure("learning lost by a kill", f"{kills} kills", home.lost_s, MOST_LOST_S, "s")


@contextmanager
def _running(home: Home, what: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Home Assistant; afterwards look through what it said."""
    output = home.folder / "output.log"
    with output.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            [Path(sys.executable).with_name("hass"), "--skip-pip", "-c", home.folder],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
    said = output.read_text("utf-8", "replace")
    home.found += [
        f"{what}: {line}" for line in said.splitlines() if "Traceback" in line or " ERROR " in line
    ]


def _await_confirmation(home: Home, process: subprocess.Popen[bytes]) -> None:
    path, deadline = home.folder / "diary.jsonl", time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        lines = path.read_text("utf-8").splitlines()[home.read :] if path.is_file() else []
        if any("confirmed" in line for line in lines):
            return
        time.sleep(0.02)
    output = (home.folder / "output.log").read_text("utf-8", "replace")
    pytest.fail(f"Home Assistant did not come to live:\n{output[-2000:]}")


def _check(
    home: Home, what: str, known: list[str], killed_at: float, *, starting: bool
) -> list[str]:
    """Compare what was said and what is on disk; return which days are struck out now."""
    lines = home.diary()
    may_be = [known]
    for line in lines:
        if "start" in line:
            if line["struck"] != known or _numbers(line["start"]["days"]) != home.days:
                home.found.append(f"{what}: the start before it shows other numbers")
        elif "tried" in line:
            may_be = [known, line["tried"]]
        else:
            known, home.confirmed = line["confirmed"], home.confirmed + 1
            may_be = [known]
    channel = home.stored()
    said = report(channel)
    struck = [day["day"] for day in said["days"] if day["struck_parts"]]
    if struck not in may_be:
        home.found.append(f"{what}: {struck} is struck out, confirmed was {known}")
    if _numbers(said["days"]) != home.days:
        home.found.append(f"{what}: days differ")
    if not starting:
        home.lost_s = max(home.lost_s, killed_at - (channel.source.last_read or 0.0))
    return struck


def _numbers(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return days without what a correction changes; the last may be one that closed since."""
    changes = ("counts", "struck_parts")
    return [{key: day[key] for key in day if key not in changes} for day in days][-36:]
