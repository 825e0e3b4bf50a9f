"""Open a page of the running demo and save a picture of it.

    python -m demo.look /config/repairs repairs.png --width 400 --dark --click "unusual air"
    python -m demo.look "device:Living room" room.png --text

The browser signs in automatically, like any browser on this machine. Requests to other machines
are refused and reported.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys
from urllib.error import URLError

from playwright.sync_api import BrowserContext, Error, sync_playwright

from .browser import PATIENCE_MS, BrowserError, open_browser, settle, stay_here
from .sign_in import address, device_id, sign_in, sign_out


class LookError(Exception):
    """There is nothing to see; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        text = look(options)
    except (LookError, BrowserError, Error, URLError) as error:
        sys.stderr.write(f"look: {error}\n")
        return 1
    if options.text:
        print(text)
    return 0


def look(options: argparse.Namespace) -> str:
    """Save a picture of a page according to the options; return the text on it."""
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
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
        prog="python -m demo.look", description="Save a picture of a page of the running demo."
    )
    parser.add_argument("path", help="/config/repairs, for example, or device:NAME for a device")
    parser.add_argument("picture", type=Path, help="the PNG file to write")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--scale", type=float, default=1.0, help="device pixels for each pixel")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument(
        "--click", action="append", default=[], metavar="TEXT", help="in this order, if repeated"
    )
    parser.add_argument("--text", action="store_true", help="also print the text of the page")
    return parser


def _picture(context: BrowserContext, options: argparse.Namespace) -> str:
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.route("**/*", stay_here)
    page.goto(address(options.port) + _path(options))
    page.wait_for_selector("home-assistant-main")
    text = settle(page)
    for words in options.click:
        page.get_by_text(words).locator("visible=true").first.click()
        text = settle(page)
    page.screenshot(path=options.picture)
    return text


def _path(options: argparse.Namespace) -> str:
    kind, _, name = options.path.partition(":")
    if kind != "device":
        return str(options.path)
    tokens = sign_in(options.port)
    found = device_id(options.port, tokens, name)
    sign_out(options.port, tokens)
    if found == "None":
        raise LookError(f"there is no device {name}")
    return f"/config/devices/device/{found}"


if __name__ == "__main__":
    sys.exit(main())
