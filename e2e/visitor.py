"""Somebody at the browser: opens pages, presses buttons by their words, reads, takes pictures."""

from collections.abc import Callable
import json
import re
import time
from typing import Any, Final, Self

from playwright.sync_api import Browser, Locator, Page

from demo.browser import settle, stay_here
from demo.sign_in import address, sign_in

from .homes import PICTURES, WalkError

PATIENCE_MS: Final = 60_000  # By judgement: a busy machine is slow, and nothing waits for more.
POLL_S: Final = 0.5
WIDE: Final = {"width": 1280, "height": 1000}
NARROW: Final = {"width": 400, "height": 1000}

# What nobody should ever read: markup, placeholders, keys, NaN and the like.
UNFIT: Final = re.compile(
    r"\\|\{\w*\}|\*\*|component\.|\bformatjs\b|\bundefined\b|\bnull\b|\bNone\b|\bNaN\b"
    r"|\b(?:not_enough_data|no_source|not_learned|reference_days|voc_\w+|pm25_\w+|\w+_\d{5,})\b"
)
CUT_OFF: Final = "document.scrollingElement.scrollWidth > window.innerWidth"
REMEMBER: Final = "localStorage.setItem('hassTokens', %s)"  # As after "keep me signed in".
ASK: Final = "ask => document.querySelector('home-assistant').hass.callWS(ask)"


type Named = str | tuple[str, str]  # What people see, or one of ours: room and translation key.


class Visitor:
    """One browser window in one home. Each step fails with a sentence."""

    def __init__(
        self, browser: Browser, port: int, scale: float = 1.0, user_id: str | None = None
    ) -> None:
        """Open a window on a home; it signs in automatically, or as one of its users."""
        self.address = address(port)
        self._browser, self._port = browser, port
        context = browser.new_context(
            viewport=WIDE,  # type: ignore[arg-type]
            color_scheme="light",
            device_scale_factor=scale,
        )
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()
        self.page.route("**/*", stay_here)
        self.presses = 0
        self._rooms: dict[str, str] = {}
        if user_id is not None:
            self.page.add_init_script(REMEMBER % json.dumps(json.dumps(sign_in(port, user_id))))
        self.go("/config/repairs" if user_id is None else "/")

    def as_another(self, user_id: str) -> Self:
        """Open a window for another user of the home."""
        return type(self)(self._browser, self._port, user_id=user_id)

    def go(self, path: str) -> str:
        """Go to a page; return its text."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector("home-assistant-main")
        return self.read()

    def read(self) -> str:
        """Return the text of the page once it has stopped changing."""
        return settle(self.page)

    def find(self, words: str) -> Locator:
        """Return the last element with these words: what was opened last is on top."""
        found = self.page.get_by_text(words)
        found.last.wait_for()
        return found.last

    def press(self, words: str) -> str:
        """Press the element with these words; return the text of the page after it."""
        self.find(words).click()
        self.presses += 1
        return self.read()

    def press_button(self, name: str) -> str:
        """Press the button of this name; return the text of the page after it."""
        self.page.get_by_role("button", name=name, exact=True).last.click()
        self.presses += 1
        return self.read()

    def expect(self, *words: str) -> str:
        """Return the text of the page once it contains these words in this order."""
        deadline = time.monotonic() + PATIENCE_MS / 1000.0
        while (missing := _first_missing(text := self.read(), words)) is not None:
            if time.monotonic() > deadline:
                raise WalkError(f"the page does not say “{missing}” where it should:\n{text}")
        return text

    def pictures(self, name: str) -> None:
        """Save the page wide and narrow, light and dark; fail on anything not fit to read."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            for size in (NARROW, WIDE):
                self.page.set_viewport_size(size)  # type: ignore[arg-type]
                self._keep(f"{name}-{size['width']}-{scheme}", self.read())
        self.page.emulate_media(color_scheme="light")
        self.read()

    def picture(self, name: str) -> None:
        """Save the page as it is now; fail on anything not fit to read."""
        text = self.read()
        width = (self.page.viewport_size or WIDE)["width"]
        self._keep(f"{name}-{width}", text)

    def _keep(self, label: str, text: str) -> None:
        self.page.screenshot(path=PICTURES / f"{label}.png")
        if found := UNFIT.search(text):
            raise WalkError(f"“{found[0]}” can be read in {label}.png:\n{text}")
        if self.page.evaluate(CUT_OFF):
            raise WalkError(f"{label}.png is wider than its window")

    def ask(self, kind: str, **more: Any) -> Any:  # noqa: ANN401
        """Ask Home Assistant through the WebSocket of the page."""
        return self.page.evaluate(ASK, {"type": kind, **more})

    def act(self, action: str, room: str, **more: Any) -> dict[str, Any]:
        """Run one of our actions on a room; return its response."""
        answer = self.ask(
            "call_service",
            domain="air_baseline",
            service=action,
            service_data={"device_id": self.device(room), **more},
            return_response=True,
        )
        return dict(answer["response"])

    def device(self, room: str) -> str:
        """Return the id of a room's device."""
        if not self._rooms:
            devices = self.ask("config/device_registry/list")
            self._rooms = {device["name"]: device["id"] for device in devices}
        return self._rooms[room]

    def entity_id(self, room: str, translation_key: str) -> str:
        """Return the entity id of one of our entities, which depends on names and language."""
        for entity in self.ask("config/entity_registry/list"):
            if (entity["device_id"], entity["translation_key"]) == (
                self.device(room),
                translation_key,
            ):
                return str(entity["entity_id"])
        raise WalkError(f"{room} has no {translation_key}")

    def state(self, entity: Named) -> dict[str, Any]:
        """Return the state of an entity, with its attributes."""
        states = self.ask("get_states")
        if isinstance(entity, str):
            found = [one for one in states if one["attributes"].get("friendly_name") == entity]
        else:
            entity_id = self.entity_id(*entity)
            found = [one for one in states if one["entity_id"] == entity_id]
        if not found:
            raise WalkError(f"there is no {entity}")
        return dict(found[0])

    def await_state(
        self, entity: Named, state: str, within_s: float = PATIENCE_MS / 1000.0, **said: Any
    ) -> None:
        """Wait until an entity has a state, with these attributes."""

        def is_so() -> bool:
            now = self.state(entity)
            return bool(now["state"] == state and said.items() <= now["attributes"].items())

        if not self.wait(is_so, within_s):
            now = self.state(entity)
            raise WalkError(f"{entity} is not {state} {said or ''} but {now}")

    def wait(self, is_so: Callable[[], bool], within_s: float) -> bool:
        """Wait until something is true; tell whether it became true."""
        deadline = time.monotonic() + within_s
        while not is_so():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_S)
        return True


def _first_missing(text: str, words: tuple[str, ...]) -> str | None:
    """Return the first of the words that does not come after those before it, None if all do."""
    place = 0
    for wanted in words:
        place = text.find(wanted, place)
        if place < 0:
            return wanted
    return None
