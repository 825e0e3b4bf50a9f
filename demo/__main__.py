"""Start a real Home Assistant with the demo home, and say where to look. See script/demo."""

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

from script.csv_file import RecordingError
from script.release import ReleaseError

from .home import LIBRARY, HomeError, prepare
from .options import Options, parse
from .sign_in import address, is_running, sign_in, sign_out

OUTPUT = "output.log"
PATIENCE_S = 180.0  # A first start on a slow machine takes a minute.
STOP_S = 60.0

READY = """
The demo is ready: {address} (you are signed in automatically; Ctrl-C stops it)
"""


class DemoError(Exception):
    """The demo cannot start; the message says why and what would help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    now = datetime.now(UTC)
    try:
        options = parse(arguments)
        _check_port(options.port)
        print("demo: preparing the home", flush=True)
        new = prepare(
            options.folder,
            port=options.port,
            now=now,
            zone=options.zone,
            fresh=options.fresh,
            make=options.make,
            set_up=options.set_up,
            released=options.released,
        )
        which = "a new home" if new else "the home of last time"
        print(f"demo: starting Home Assistant with {which}", flush=True)
        return _run(options)
    except (DemoError, HomeError, RecordingError, ReleaseError, OSError) as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1


def _check_port(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as error:
            message = (
                f"port {port} is in use, perhaps by a running demo or Home Assistant; "
                f"stop that, or choose another: script/demo --port {port + 1}"
            )
            raise DemoError(message) from error


def _run(options: Options) -> int:
    """Run Home Assistant until it ends or is stopped; start it again if it asks for that."""
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
            # A second Ctrl-C would end it without saving, so only we signal it.
            start_new_session=True,
        )


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _await_ready(home_assistant: subprocess.Popen[bytes], options: Options) -> None:
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
    raise DemoError(f"Home Assistant {what}; see its output in {options.folder / OUTPUT}")


def _show(options: Options) -> None:
    print(READY.format(address=address(options.port)) + options.look, flush=True)
    has_screen = sys.platform == "darwin" or any(
        name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if has_screen and not options.no_browser:
        webbrowser.open(address(options.port))


def _stop(home_assistant: subprocess.Popen[bytes]) -> int:
    """Ask Home Assistant to stop, and wait while it saves."""
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
