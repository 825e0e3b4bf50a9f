"""Look at a page of the running demo and keep a picture of it.

    python -m demo.look /config/repairs repairs.png --width 400 --dark --click "unusual air"
    python -m demo.look device:sensor.living_room_pm25_learning room.png --text

The browser signs in by itself, as anybody's does on this machine. Whatever a page asks of
other machines is refused and told.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
import shutil
import sys
from typing import Final
from urllib.error import URLError
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Page, Route, sync_playwright

from .sign_in import address, device_id, sign_in, sign_out

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
QUIET: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS: Final = 30_000
POLL_MS: Final = 250
STEADY_POLLS: Final = 4

# All text that is drawn, through the frontend's nested shadow roots, and whether it is loading.
DRAWN: Final = """() => {
  const lines = [];
  let loading = false;
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.textContent.trim();
      if (text) lines.push(text);
      return;
    }
    const name = node.nodeName.toLowerCase();
    if (name === "style" || name === "script" || node.hidden) return;
    if (node.checkVisibility && !["slot", "template"].includes(name) && !node.checkVisibility()
        && getComputedStyle(node).display === "none") return;
    if (["ha-spinner", "wa-spinner", "ha-circular-progress", "ha-init-page"].includes(name))
      loading = true;
    const root = name === "slot" ? null : node.shadowRoot;
    if (root) for (const child of root.childNodes) walk(child);
    const children = name === "slot" ? node.assignedNodes() : root ? [] : node.childNodes;
    for (const child of children) walk(child);
  };
  walk(document.body);
  return { text: lines.join("\\n"), loading };
}"""


class LookError(Exception):
    """There is nothing to be seen; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        text = look(options)
    except (LookError, Error, URLError) as error:
        sys.stderr.write(f"look: {error}\n")
        return 1
    if options.text:
        print(text)
    return 0


def look(options: argparse.Namespace) -> str:
    """Keep a picture of a page, as the options say; return the text that it shows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_browser(), args=[*QUIET])
        try:
            context = browser.new_context(
                viewport={"width": options.width, "height": options.height},
                color_scheme="dark" if options.dark else "light",
                device_scale_factor=options.scale,
            )
            return _picture(context, options)
        finally:
            browser.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demo.look", description="Keep a picture of a page of the running demo."
    )
    parser.add_argument("path", help="as /config/repairs, or device:ENTITY for an entity's device")
    parser.add_argument("picture", type=Path, help="the PNG file to write")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--scale", type=float, default=1.0, help="device pixels for each pixel")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument(
        "--click", action="append", default=[], metavar="TEXT", help="in this order, if repeated"
    )
    parser.add_argument("--text", action="store_true", help="print the words of the page, too")
    return parser


def _browser() -> str:
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    message = f"there is no browser here; any of these will do: {', '.join(BROWSERS)}"
    raise LookError(message)


def _picture(context: BrowserContext, options: argparse.Namespace) -> str:
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.route("**/*", _stay_here)
    page.goto(address(options.port) + _path(options))
    page.wait_for_selector("home-assistant-main")
    text = _settle(page)
    for words in options.click:
        page.get_by_text(words).locator("visible=true").first.click()
        text = _settle(page)
    page.screenshot(path=options.picture)
    return text


def _path(options: argparse.Namespace) -> str:
    kind, _, entity_id = options.path.partition(":")
    if kind != "device":
        return str(options.path)
    tokens = sign_in(options.port)
    found = device_id(options.port, tokens, entity_id)
    sign_out(options.port, tokens)
    if found == "None":
        message = f"{entity_id} has no device"
        raise LookError(message)
    return f"/config/devices/device/{found}"


def _stay_here(route: Route) -> None:
    host = urlsplit(route.request.url).hostname
    if host in ("127.0.0.1", None):
        route.continue_()
        return
    sys.stderr.write(f"look: refused a request to {host}\n")
    route.abort()


def _settle(page: Page) -> str:
    """Wait until the page has stopped changing; return the text that it shows."""
    before, steady, text = "", 0, ""
    for _ in range(PATIENCE_MS // POLL_MS):
        page.wait_for_timeout(POLL_MS)
        drawn = page.evaluate(DRAWN)
        text = str(drawn["text"])
        steady = steady + 1 if text == before and not drawn["loading"] else 0
        if steady >= STEADY_POLLS:
            break
        before = text
    return text


if __name__ == "__main__":
    sys.exit(main())
