"""Start and stop the `hass` of a trial home, and read what its witness has seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import subprocess
import sys
import time
from typing import Any, Final

from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY
from tests.stored import continued

from .founding import ROOT
from .inside import DIARY
from .run_hass import PASSED, STAMP

OUTPUT: Final = "output.log"
PATIENCE_S: Final = 240.0  # A start on a busy machine takes a minute.
STOP_S: Final = 60.0
SLOWEST: Final = 10.0  # Times as long as on a free machine.
POLL_S: Final = 0.3
ALWAYS: Final = "has not been tested by Home Assistant"  # It says so of each such integration.

type Days = dict[str, set[str]]  # ISO dates, by room and quantity.


class TrialError(Exception):
    """The trial cannot go on; the message says why."""


@dataclass(slots=True)
class Life:
    """One `hass` after the other in the folder of a home."""

    folder: Path
    faketime: Path
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it has started completely."""
        environment = {
            **os.environ,
            "LD_PRELOAD": str(self.faketime.absolute()),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / STAMP),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # Else threads wait ten times as long.
            "NO_FAKE_STAT": "1",  # Else Python would take its compiled modules for old.
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": "UTC",
        }
        (self.folder / STAMP).write_text("+0\n")
        before = self._starts()
        with (self.folder / OUTPUT).open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.real_home.run_hass", str(self.folder)],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + PATIENCE_S
        while self._starts() == before:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise TrialError(f"hass did not start: {self.folder / OUTPUT}")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """Let it stop as if asked to, and wait for it; kill it if it hangs."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def now(self) -> float:
        """Return the true time of the home, whatever its clock says (POSIX seconds)."""
        return time.time() + float((self.folder / PASSED).read_text("utf-8"))

    def wait(self, seconds: float, rate: float) -> None:
        """Wait until so much time has passed in the home; at this rate, if the machine is free."""
        end, deadline = self.now() + seconds, time.monotonic() + SLOWEST * seconds / rate
        while (left := end - self.now()) > 0.0:
            if time.monotonic() > deadline + PATIENCE_S:
                raise TrialError("this machine is too busy to let time pass quickly")
            time.sleep(min(left / rate, POLL_S))

    def diary(self) -> list[dict[str, Any]]:
        """Return the lines of the witness, without one that is being written."""
        path = self.folder / DIARY
        lines = path.read_text("utf-8").split("\n")[:-1] if path.is_file() else []
        return [json.loads(line) for line in lines]

    def _starts(self) -> int:
        """Return how often a `hass` has started in this home."""
        return sum("started" in line for line in self.diary())

    def complaints(self) -> list[str]:
        """Return the warnings and errors in the output that are about Air Baseline."""
        path = self.folder / OUTPUT
        lines = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
        return [
            line
            for line in lines
            if (" WARNING " in line or " ERROR " in line) and "air_baseline" in line
            if ALWAYS not in line
        ]

    def days_on_disk(self) -> tuple[Days, Days]:
        """Return the days of each channel in the store and in the good copy."""
        return _days(rooms_on_disk(self.folder)), _days(rooms_on_disk(self.folder, GOOD_KEY))


@contextmanager
def life_in(folder: Path, faketime: Path) -> Iterator[Life]:
    """Give the lives of a home; end the last one."""
    life = Life(folder, faketime)
    try:
        yield life
    finally:
        life.stop()


def rooms_on_disk(folder: Path, key: str = LEDGER_KEY) -> dict[str, Any]:
    """Return the stored rooms; those of the ledger as the open parts continue them."""
    stored = _stored(folder, key)
    if stored is None:
        return {}
    opened = _stored(folder, OPEN_KEY) if key == LEDGER_KEY else None
    rooms: dict[str, Any] = continued(stored, opened)["data"]["rooms"]
    return rooms


def _stored(folder: Path, key: str) -> dict[str, Any] | None:
    """Return what a file holds, None if it cannot be read."""
    try:
        stored: dict[str, Any] = json.loads((folder / ".storage" / key).read_text("utf-8"))
    except OSError, ValueError:
        return None
    return stored


def _days(rooms: dict[str, Any]) -> Days:
    return {
        f"{room_id} {quantity}": {line.partition(" ")[0] for line in channel["days"]}
        for room_id, room in sorted(rooms.items())
        for quantity, channel in sorted(room["channels"].items())
    }
