"""Run `hass` with a wall clock that can be set wrong, and in which time can pass quickly.

    python -m benchmarks.real_home.run_hass FOLDER

libfaketime is loaded into this process and moves the wall clock; it does not touch the monotonic
clock (`DONT_FAKE_MONOTONIC=1`). Its own rate would be dishonest here: timers would go on at the
old pace. So a thread moves both clocks on together, a little each time, at the rate in the file
that `Clock` writes; only a step of the wall clock moves one of them alone.
"""

from collections.abc import Callable
import json
import os
from pathlib import Path
import selectors
import signal
import sys
import threading
import time
from typing import Any, Final, SupportsIndex

POLL_S: Final = 0.05  # Real seconds between two moves; at sixty times, three seconds at most.
ORDER, STAMP, PASSED = "clock.json", "faketime", "passed"  # In the folder of the home.

_real_monotonic: Final = time.monotonic


class Clocks:
    """How far both clocks were moved on, and how wrong the wall clock is besides."""

    def __init__(self, folder: Path) -> None:
        """Take over the time that passed quickly in lives before."""
        self._folder = folder
        self._passed_before = _number(folder / PASSED)
        self.moved = 0.0  # Seconds that this process was moved on.
        self.turned = False  # The event loop had a turn.
        self._moved_at = _real_monotonic()
        self._follow()

    def monotonic(self) -> float:
        """Return what `time.monotonic` is to return."""
        return _real_monotonic() + self.moved

    def run(self) -> None:
        """Move both clocks on as long as the trial lives; if it was killed, stop `hass`."""
        trial = os.getppid()
        while os.getppid() == trial:
            _sleep(POLL_S)
            self.move()
        os.kill(os.getpid(), signal.SIGTERM)

    def move(self) -> None:
        """Move both clocks on, then follow the order.

        They move only if the event loop had a turn since the last move, and never far: a busy
        machine gets slower days, not a `hass` that misses its rounds.
        """
        now = _real_monotonic()
        if self.turned:
            self.moved += (self.rate - 1.0) * min(now - self._moved_at, POLL_S)
        self.turned, self._moved_at = False, now
        self._follow()

    def _follow(self) -> None:
        """Take the order over, and write where the wall clock is to be."""
        order = json.loads((self._folder / ORDER).read_text("utf-8"))
        self.rate: float = order["rate"]
        passed = self._passed_before + self.moved
        put(self._folder / STAMP, f"{order['wrong_s'] + passed:+.3f}\n")
        put(self._folder / PASSED, f"{passed:.3f}\n")


def put(path: Path, text: str) -> None:
    """Write a file so that nobody reads half of it."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, "utf-8")
    new.replace(path)


def _number(path: Path) -> float:
    return float(path.read_text("utf-8")) if path.is_file() else 0.0


def _sleep(seconds: SupportsIndex | float) -> None:
    """Sleep as `time.sleep` does, which fails under libfaketime 0.9.10."""
    lock = threading.Lock()
    lock.acquire()
    lock.acquire(timeout=float(seconds))


def _impatient(select: Callable[..., Any], clocks: Clocks) -> Callable[..., Any]:
    """Return a `select` that looks again after a move of the clocks, while time passes quickly."""

    def look(self: selectors.BaseSelector, timeout: float | None = None) -> Any:  # noqa: ANN401
        clocks.turned = True
        if clocks.rate > 1.0:
            timeout = POLL_S / 2 if timeout is None else min(timeout, POLL_S / 2)
        return select(self, timeout)

    return look


def main() -> None:
    """Run until `hass` ends."""
    folder = Path(sys.argv[1])
    clocks = Clocks(folder)
    # All modules of Home Assistant are imported after this, so they get these functions.
    time.monotonic = clocks.monotonic
    time.sleep = _sleep
    selector: Any = selectors.DefaultSelector
    selector.select = _impatient(selector.select, clocks)
    threading.Thread(target=clocks.run, daemon=True, name="clocks").start()
    os.environ.pop("LD_PRELOAD", None)  # For what `hass` starts.
    from homeassistant.__main__ import main as hass  # noqa: PLC0415

    sys.argv = ["hass", "--skip-pip", "-c", str(folder)]
    sys.exit(hass())


if __name__ == "__main__":
    main()
