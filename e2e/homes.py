"""Demo homes for the walk, each in its own Home Assistant with a release installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import subprocess
import sys
from typing import Final

from demo.__main__ import OUTPUT
from demo.home import ROOT
from demo.sign_in import free_port
from script.complaints import complaints

PICTURES: Final = ROOT / ".e2e"
READY: Final = "The demo is ready"
STOP_S: Final = 70.0  # The demo itself gives Home Assistant a minute to save.


class WalkError(Exception):
    """Something is wrong; the message says what."""


@contextmanager
def demo_home(name: str, *options: str) -> Iterator[int]:
    """Run a new demo home with some options of script/demo; give its port."""
    port = free_port()
    folder = PICTURES / name
    command = [sys.executable, *f"-m demo --fresh --released --no-browser --port {port}".split()]
    command += ["--folder", str(folder), *options]
    demo = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # A Ctrl-C is for the walk, which stops the demo itself.
    )
    try:
        _await_ready(demo, folder)
        yield port
    finally:
        _stop(demo)
    if said := complaints((folder / OUTPUT).read_text("utf-8").splitlines()):
        raise WalkError(f"the log of the home says: {' | '.join(said)}")


def _await_ready(demo: subprocess.Popen[str], folder: Path) -> None:
    for line in demo.stdout or ():
        if line.startswith(READY):
            return
    raise WalkError(f"the demo did not start; see {folder / OUTPUT}")


def _stop(demo: subprocess.Popen[str]) -> None:
    demo.terminate()
    try:
        demo.communicate(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        demo.kill()
        demo.wait()
