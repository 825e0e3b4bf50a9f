"""Start a real Home Assistant with the demo home, and say where to look. See script/demo."""

import argparse
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPException
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
import webbrowser

from homeassistant.const import RESTART_EXIT_CODE

from .home import FOLDER, LIBRARY, HomeError, machine_zone, prepare
from .house import TOAST_S
from .sign_in import address, is_running, sign_in, sign_out

PORT = 8123
OUTPUT = "output.log"
PATIENCE_S = 180.0  # A first start on a slow machine takes a minute.
STOP_S = 60.0

LOOK = """
The demo is ready: {address} (you are signed in by yourself; Ctrl-C stops it)

  Settings > Repairs         toast burnt in the living room: what was measured, inferred,
                             not known, and what you can answer
  Overview > Living room     learned: what is unusual now, and how sure that is
  Overview > Bedroom         two days old: not enough data yet
  Overview > Study           its sensor has been silent for three days
  Burn some toast            a button of the living room; unusual some 40 minutes later

What you do here is kept for the next time; script/demo --fresh starts anew.
"""


class DemoError(Exception):
    """The demo cannot be started; the message says why and what would help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = _parser().parse_args(arguments)
    now = datetime.now(UTC)
    try:
        _check_port(options.port)
        print("demo: making the home ready", flush=True)
        new = prepare(
            options.folder,
            port=options.port,
            now=now,
            zone=machine_zone(),
            fresh=options.fresh,
            toast_s=options.toast * 60.0,
        )
        which = "a new home" if new else "the home of last time"
        print(f"demo: starting Home Assistant with {which}", flush=True)
        return _run(options)
    except (DemoError, HomeError) as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/demo", description="Start a real Home Assistant with a demo home."
    )
    parser.add_argument("--fresh", action="store_true", help="forget the home of last time")
    parser.add_argument("--port", type=int, default=PORT, help=f"instead of {PORT}")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--toast",
        type=float,
        default=TOAST_S / 60.0,
        metavar="MINUTES",
        help="how long before a new home begins its toast burned, instead of %(default).0f",
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="instead of .demo")
    return parser


def _check_port(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            message = (
                f"port {port} is taken, perhaps by a demo or a Home Assistant that is running; "
                f"end that, or choose another: script/demo --port {port + 1}"
            )
            raise DemoError(message) from error


def _run(options: argparse.Namespace) -> int:
    """Run Home Assistant until it or somebody ends it; start it again where it asks for that."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    code = RESTART_EXIT_CODE
    shown = False
    while code == RESTART_EXIT_CODE:
        home_assistant = _start(options.folder)
        try:
            if not shown:
                _await_ready(home_assistant, options)
                _show(options)
                shown = True
            code = home_assistant.wait()
        except KeyboardInterrupt:
            return _stop(home_assistant)
        except DemoError:
            _stop(home_assistant)
            raise
    return code


def _start(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / OUTPUT).open("wb") as output:
        return subprocess.Popen(
            [Path(sys.executable).with_name("hass"), "--skip-pip", "-c", folder],
            env={**os.environ, "PYTHONPATH": str((folder / LIBRARY).absolute())},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # It takes one Ctrl-C as a wish and a second as an order: only we tell it.
            start_new_session=True,
        )


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _await_ready(home_assistant: subprocess.Popen[bytes], options: argparse.Namespace) -> None:
    deadline = time.monotonic() + PATIENCE_S
    tokens = None
    while home_assistant.poll() is None and time.monotonic() < deadline:
        with suppress(OSError, HTTPException, ValueError):
            tokens = tokens or sign_in(options.port)
            if is_running(options.port, tokens):
                sign_out(options.port, tokens)
                return
        time.sleep(0.3)
    what = "ended" if home_assistant.poll() is not None else f"was not ready in {PATIENCE_S:.0f} s"
    message = f"Home Assistant {what}; its own words are in {options.folder / OUTPUT}"
    raise DemoError(message)


def _show(options: argparse.Namespace) -> None:
    print(LOOK.format(address=address(options.port)), flush=True)
    has_screen = sys.platform == "darwin" or any(
        name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if has_screen and not options.no_browser:
        webbrowser.open(address(options.port))


def _stop(home_assistant: subprocess.Popen[bytes]) -> int:
    """Ask Home Assistant to end, and wait while it saves."""
    print("demo: stopping", flush=True)
    home_assistant.terminate()
    try:
        home_assistant.wait(STOP_S)
    except KeyboardInterrupt, subprocess.TimeoutExpired:
        home_assistant.kill()
        home_assistant.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
