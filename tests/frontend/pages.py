"""A page that loads the card's modules as Home Assistant would, with a stand-in for `hass`."""

from pathlib import Path
import re
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ElementHandle, Page, Route

from tests.words import FOLDER, leaves, words

HERE: Final = Path(__file__).parent
LIBRARY: Final = FOLDER / "frontend" / "libraries" / "uplot.js"
ORIGIN: Final = "http://card.test"
ROOM: Final = "device-of-kitchen"
SOURCES: Final = {
    "sensor.kitchen_pm25": {
        "state": "5.4",
        "attributes": {"unit_of_measurement": "μg/m³"},
    },
    "sensor.kitchen_voc": {"state": "151", "attributes": {"unit_of_measurement": "ppb"}},
}
UNFIT: Final = re.compile(
    r"\{\w*\}|component\.|\bformatjs\b|\bundefined\b|\bnull\b|\bNaN\b|\[object"
)
SHOW: Final = """([given, config]) => {
  window.hass = window.makeHass(given);
  return window.show(window.hass, config);
}"""


def open_page(context: BrowserContext) -> Page:
    """Open the page; everything that it asks for comes from this folder and the modules'."""
    page = context.new_page()
    page.route("**/*", _serve)
    page.goto(f"{ORIGIN}/page.html")
    page.wait_for_function("window.ready")
    return page


def _serve(route: Route) -> None:
    path = urlsplit(route.request.url).path.lstrip("/")
    path = path.replace("frontend/blueprints/", "blueprints/")  # As they are served.
    folder = FOLDER if path.startswith(("frontend/", "blueprints/")) else HERE
    if (folder / path).is_file():
        route.fulfill(path=folder / path)
    else:
        route.fulfill(status=404, body="")


def stand_in(answers: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Return what the stand-in for `hass` is made of; its answers are keyed by device."""
    prefix = "component.air_baseline"
    return {
        "answers": answers,
        "states": SOURCES,
        "words": {
            category: {
                f"{prefix}.{category}.{path}": text for path, text in leaves(words()[category])
            }
            for category in ("common", "issues", "exceptions")
        },
        "entityWords": {f"{prefix}.entity.{path}": text for path, text in leaves(words()["entity"])}
        | {"ui.common.close": "Close", "ui.common.back": "Back"},
    } | given


def show(
    page: Page, answer: dict[str, Any], given: dict[str, Any] | None = None, **config: Any
) -> ElementHandle:
    """Show a card whose room gets this answer from the server."""
    home = stand_in({ROOM: answer}, **(given or {}))
    handle = page.evaluate_handle(
        SHOW, [home, {"type": "custom:air-baseline-card", "device_id": ROOM, **config}]
    )
    element = handle.as_element()
    assert element is not None
    return element


def text(page: Page) -> str:
    """Return what can be read on the card, once it is drawn."""
    drawn = page.locator("air-baseline-card ha-card:not(.waits)").first
    drawn.wait_for()
    return drawn.inner_text()


def count(page: Page, selector: str) -> int:
    """Return how many parts of the cards match a selector."""
    return page.locator(f"air-baseline-card {selector}").count()
