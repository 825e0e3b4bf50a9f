"""Walk a real Home Assistant in a real browser, as a person would. See script/e2e.

Each home has installed the archive of a release, as HACS does. In two of them Air Baseline is
not set up: that comes first. Then two run side by side. In one, toast burned a while ago and asks
to be answered; in the other an automation is made first, and its episode opens while somebody
waits for it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import signal
import sys
import time
from types import FrameType
from typing import Final

from playwright.sync_api import Error, sync_playwright

from demo.browser import BrowserError, open_browser

from .answers import answer_and_undo, start_over_and_undo
from .automations import fires_once, look_at_editor, make_automations, ran_no_more
from .dashboard import make_and_look
from .homes import PICTURES, WalkError, demo_home
from .set_up import set_up, set_up_on_a_phone
from .visitor import Visitor

SLOT_S: Final = 300.0
HELD_S: Final = 1800.0  # An episode opens when its air has been held for so long.
MAKING_S: Final = 150.0  # To start the home and make its automations.
RISE_S: Final = 60.0  # Toast needs so long to fill the room.


def main() -> int:
    """Walk; return the exit status."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    try:
        _walk()
    except (WalkError, BrowserError, Error) as error:
        sys.stderr.write(f"e2e: failed: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"e2e: passed; the pictures are in {PICTURES}")
    return 0


def _walk() -> None:
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        for name, walk in (("desk", set_up), ("phone", set_up_on_a_phone)):
            with demo_home(name, "--not-set-up") as port:
                _step(
                    f"a release is set up, a room has learned ({name})",
                    walk,
                    Visitor(browser, port),
                )
        with demo_home("waiting", "--toast", f"{_toast_min(time.time()):.2f}") as port:
            waiting = Visitor(browser, port)
            _step("an automation is made in the editor", make_automations, waiting)
            with demo_home("asking") as other:
                asking = Visitor(browser, other)
                _step("an episode is read, answered, undone", answer_and_undo, asking)
                _step("the automation editor is looked at", look_at_editor, asking)
            _step("the automation runs once, and not while learning", fires_once, waiting)
            _step("a room starts over, and is given back", start_over_and_undo, waiting)
            _step("nothing of that ran the automation", ran_no_more, waiting)
            _step("the dashboard is made and looked at", make_and_look, waiting)


def _step(name: str, step: Callable[[Visitor], None], visitor: Visitor) -> None:
    print(f"e2e: {name}", flush=True)
    began = time.monotonic()
    with _picture_of_failure(visitor):
        step(visitor)
    print(f"     {time.monotonic() - began:.0f} s", flush=True)


@contextmanager
def _picture_of_failure(visitor: Visitor) -> Iterator[None]:
    try:
        yield
    except WalkError, Error:
        picture = PICTURES / "failure.png"
        visitor.page.screenshot(path=picture)
        sys.stderr.write(f"e2e: see {picture}\n")
        raise


def _toast_min(now: float) -> float:
    """Return how many minutes ago toast has to have burned for its episode to open soon."""
    opening = ((now + MAKING_S) // SLOT_S + 1) * SLOT_S
    return (now - (opening - HELD_S - RISE_S)) / 60.0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
