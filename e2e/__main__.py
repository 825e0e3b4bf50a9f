"""Walk a real Home Assistant in a real browser, as a person would. See script/e2e.

In each home the archive of a release is installed, as HACS does it. In two homes Air Baseline is
not set up yet: that comes first. Then two run side by side. In one, toast burned a while ago and
its question waits for an answer. In the other, an automation is made first, and its episode opens
while the walk waits for it.
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
from .automations import (
    fires_once,
    look_at_editor,
    make_automations,
    make_notification,
    notified,
    ran_no_more,
)
from .dashboard import make_and_look
from .homes import PICTURES, WalkError, demo_home
from .household import (
    allow_everyone,
    answer_on_the_card,
    mark_what_was_missed,
    move_in,
    name_an_episode,
    read_without_answering,
)
from .set_up import set_up, set_up_on_a_phone
from .visitor import Visitor

SLOT_S: Final = 300.0
HELD_S: Final = 900.0  # An episode opens when the level has been sustained for this long.
MAKING_S: Final = 160.0  # Time to start the home and make its automations.
MAKING_STARTS: Final = 8.0  # The same in times that a start takes, for slow machines.
RISE_S: Final = 60.0  # Toast takes this long to fill the room.


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
        start_s = 0.0
        for name, walk in (("desk", set_up), ("phone", set_up_on_a_phone)):
            began = time.monotonic()
            with demo_home(name, "--not-set-up") as port:
                start_s = time.monotonic() - began
                _step(
                    f"a release is set up, a room has learned ({name})",
                    walk,
                    Visitor(browser, port),
                )
        making_s = max(MAKING_S, MAKING_STARTS * start_s)
        toast_min = _toast_min(time.time(), making_s)
        with demo_home("waiting", "--toast", f"{toast_min:.2f}") as port:
            waiting = Visitor(browser, port)
            _step("a notification is made with one press", make_notification, waiting)
            _step("an automation is made in the editor", make_automations, waiting)
            with demo_home("asking") as other:
                asking = Visitor(browser, other)
                _step("an episode is read and answered; undo works", answer_and_undo, asking)
                _step("the automation editor is opened again", look_at_editor, asking)
                _live_with(asking)
            _step("the automation runs once, and not while learning", fires_once, waiting)
            _step("the notification came, and leads to the room", notified, waiting)
            _step("a room starts over, and gets its past back", start_over_and_undo, waiting)
            _step("none of that ran the automation", ran_no_more, waiting)
            _step("the dashboard is made and read", make_and_look, waiting)


def _live_with(administrator: Visitor) -> None:
    """Do what somebody does who is no administrator, before and after it is allowed."""
    somebody = move_in(administrator)
    _step("somebody else reads, and may not answer", read_without_answering, somebody)
    _step("everyone is allowed to answer", allow_everyone, administrator)
    _step("they answer on the card, and undo it there", answer_on_the_card, somebody)
    _step("they name what happened", name_an_episode, somebody)
    _step("they mark what was missed", mark_what_was_missed, somebody)


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


def _toast_min(now: float, making_s: float) -> float:
    """Return how many minutes ago toast must have burned so that its episode opens soon."""
    opening = ((now + making_s) // SLOT_S + 1) * SLOT_S
    return (now - (opening - HELD_S - RISE_S)) / 60.0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
