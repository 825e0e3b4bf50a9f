"""Pictures of what people see while the clock of a real Home Assistant is wrong.

    python -m benchmarks.wrong_clock_pictures FOLDER [--language de] [--home behind]

They show the dashboard, a room's device, the list of repairs and each repair that is open, wide
and narrow, light and dark, in English and German. The text of each page is beside its pictures.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
import time
from typing import Final

from playwright.sync_api import Browser, Error, Page, sync_playwright

from demo.browser import BrowserError, open_browser, settle, stay_here
from demo.sign_in import address, device_id, free_port, sign_in, sign_out
from demo.storage import DASHBOARD_PATH

from .fake_clock import faketime, live
from .real_home.cases import CALM, LONG_MIN, SMOKE, YEAR_2000_S, Claims, Stage
from .real_home.founding import Founder
from .real_home.life import TrialError, life_in

RATE: Final = 60.0
HEIGHT: Final = 1000
WIDTHS: Final = (1280, 400)
SCHEMES: Final = ("light", "dark")
LOCALES: Final = {"en": "en-GB", "de": "de-DE"}
ROOM: Final = "Living room"
REPAIRS: Final = "/config/repairs"
# The entries of the list, by whatever element this release of the frontend makes them of.
REPAIR: Final = ", ".join(
    f"ha-config-repairs {item}"
    for item in ("ha-list-item", "ha-md-list-item", "ha-list-item-button")
)
MOST_REPAIRS: Final = 4
PATIENCE_MS: Final = 30_000


def homes(now: float) -> Mapping[str, tuple[tuple[str, Stage], ...]]:
    """Return for each home the states that are pictured: name, and the stage that leads to it."""
    year_2000_s, ahead_s, quiet = YEAR_2000_S - now, 8 * 3600.0, Claims.NONE_FALSE
    return {
        "right": (("right", Stage("right", 0.0, LONG_MIN, SMOKE, quiet, starts=True)),),
        "behind": (
            ("behind", Stage("2000", year_2000_s, 15.0, SMOKE, quiet, starts=True)),
            ("behind-just-right", Stage("just right", 0.0, 10.0, SMOKE, quiet)),
            ("behind-later", Stage("later", 0.0, LONG_MIN, SMOKE, quiet)),
        ),
        "ahead": (
            ("ahead", Stage("ahead", ahead_s, LONG_MIN, CALM, quiet, starts=True)),
            ("ahead-just-right", Stage("just right", 0.0, 10.0, SMOKE, quiet)),
            ("ahead-later", Stage("later", 0.0, LONG_MIN, SMOKE, quiet)),
        ),
    }


def main(arguments: list[str] | None = None) -> int:
    """Take all pictures; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.wrong_clock_pictures",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    now = time.time()
    known = homes(now)
    parser.add_argument("folder", type=Path, help="for the pictures")
    parser.add_argument("--language", choices=LOCALES, action="append")
    parser.add_argument("--home", choices=known, action="append")
    parser.add_argument("--faketime", type=Path, help="libfaketimeMT.so.1")
    options = parser.parse_args(arguments)
    library, founder = options.faketime or faketime(), Founder(now)
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        with sync_playwright() as playwright, TemporaryDirectory() as temporary:
            browser = open_browser(playwright)
            for language in options.language or LOCALES:
                for home in options.home or known:
                    folder, port = Path(temporary) / f"{home}-{language}", free_port()
                    founder.found(folder, port, language)
                    with life_in(folder, library) as life:
                        for state, stage in known[home]:
                            live(life, stage, stage.name, founder, RATE)
                            target = options.folder / f"{state}-{language}"
                            _picture(browser, port, LOCALES[language], target)
    except (TrialError, BrowserError, Error) as error:
        sys.stderr.write(f"pictures: {error}\n")
        return 1
    return 0


def _picture(browser: Browser, port: int, locale: str, target: Path) -> None:
    """Take the pictures of one state; their names begin with that of `target`."""
    context = browser.new_context(locale=locale, color_scheme="light")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.route("**/*", stay_here)
    tokens = sign_in(port)
    device = device_id(port, tokens, ROOM)
    sign_out(port, tokens)
    paths = {
        "dashboard": f"/{DASHBOARD_PATH}",
        "device": f"/config/devices/device/{device}",
        "repairs": REPAIRS,
    }
    for name, path in paths.items():
        _go(page, address(port) + path)
        _keep(page, target.with_name(f"{target.name}-{name}"))
    for number in range(min(page.locator(REPAIR).count(), MOST_REPAIRS)):
        _go(page, address(port) + REPAIRS)
        page.locator(REPAIR).nth(number).click()
        _keep(page, target.with_name(f"{target.name}-repair-{number + 1}"))
    context.close()


def _go(page: Page, url: str) -> None:
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    page.goto(url)
    page.wait_for_selector("home-assistant-main")
    settle(page)


def _keep(page: Page, target: Path) -> None:
    """Save the page wide and narrow, light and dark, and its text."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            text = settle(page)
            page.screenshot(path=target.with_name(f"{target.name}-{width}-{scheme}.png"))
    target.with_name(f"{target.name}.txt").write_text(text, "utf-8")
    page.emulate_media(color_scheme="light")
    print(f"pictures: {target.name}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
