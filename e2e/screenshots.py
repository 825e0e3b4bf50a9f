"""Make the pictures of the README from a new demo home, light and dark. See script/screenshots.

python -m e2e.screenshots [NAME …]
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Error, FloatRect, sync_playwright

from demo.browser import BrowserError, open_browser
from demo.home import ROOT

from .homes import WalkError, demo_home
from .visitor import Visitor

IMAGES: Final = ROOT / "docs" / "images"
COLOURS: Final = 128  # Looks the same as all colours, with half the bytes.
GRAPH: Final = "air-graph"
GRAPH_DAYS: Final = 7
QUESTION: Final = "Living room: unusual air"
ROOM: Final = "Living room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: the size of its window, and how to reach what it shows.

    `show` can return the part of the page to picture; by default it is the window.
    """

    width: int
    height: int
    show: Callable[[Visitor], FloatRect | None]
    scale: float = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="script/screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PICTURES)}")
    wanted = parser.parse_args(arguments).names or [*PICTURES]
    if unknown := [name for name in wanted if name not in PICTURES]:
        parser.error(f"no picture {unknown[0]!r}; there are: {', '.join(PICTURES)}")
    try:
        with sync_playwright() as playwright, demo_home("screenshots") as port:
            browser = open_browser(playwright)
            for name in wanted:
                picture = PICTURES[name]
                visitor = Visitor(browser, port, picture.scale)
                _take(visitor, name, picture)
                visitor.page.context.close()
    except (WalkError, BrowserError, Error) as error:
        sys.stderr.write(f"screenshots: {error}\n")
        return 1
    return 0


def _take(visitor: Visitor, name: str, picture: Picture) -> None:
    page = visitor.page
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    for scheme, ending in (("light", ""), ("dark", "-dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        clip = picture.show(visitor)
        path = IMAGES / f"{name}{ending}.png"
        page.screenshot(path=path, clip=clip)
        _shrink(path)
        print(f"screenshots: {path.relative_to(ROOT)}, {path.stat().st_size // 1024} KB")


def _shrink(path: Path) -> None:
    """Reduce the picture to a palette: these pages have few colours."""
    with Image.open(path) as image:
        small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def _dashboard(visitor: Visitor) -> None:
    """Show it as it is every day: the offers of the first day have been answered."""
    visitor.ask("frontend/set_user_data", key="air_baseline_welcome", value={"done": True})
    visitor.go("/")
    visitor.expect(ROOM)


def _device(visitor: Visitor) -> None:
    visitor.go(f"/config/devices/device/{visitor.device(ROOM)}")


def _explanation(visitor: Visitor) -> None:
    visitor.go("/config/repairs")
    visitor.press(QUESTION)


def _band(visitor: Visitor) -> FloatRect:
    """Show only the range of the living room, as the statistics graph draws it."""
    _make_graph(visitor)
    visitor.go(f"/{GRAPH}/0")
    visitor.page.mouse.move(0, 0)
    visitor.read()
    box = visitor.page.locator("hui-statistics-graph-card").bounding_box()
    if box is None:
        raise WalkError("there is no graph")
    return box


def _make_graph(visitor: Visitor) -> None:
    """Add a dashboard with the graph, once."""
    if any(board["url_path"] == GRAPH for board in visitor.ask("lovelace/dashboards/list")):
        return
    known = visitor.ask("recorder/list_statistic_ids", statistic_type="mean")
    usual = [one["statistic_id"] for one in known if one["source"] == "air_baseline"]
    usual = [statistic_id for statistic_id in usual if statistic_id.endswith("_pm25_usual")]
    if not usual:
        raise WalkError("there are no statistics of the usual range")
    graph: dict[str, Any] = {
        "type": "statistics-graph",
        "title": "Living room: usual PM2.5",
        "entities": usual[:1],
        "stat_types": ["min", "mean", "max"],
        "period": "hour",
        "days_to_show": GRAPH_DAYS,
        "hide_legend": True,
    }
    visitor.ask(
        "lovelace/dashboards/create", url_path=GRAPH, title="Graph", mode="storage", icon="mdi:air"
    )
    config = {"views": [{"title": "Graph", "panel": True, "cards": [graph]}]}
    visitor.ask("lovelace/config/save", url_path=GRAPH, config=config)


PICTURES: Final = {
    "dashboard": Picture(width=1440, height=1100, show=_dashboard),
    "dashboard-phone": Picture(width=400, height=860, scale=2.0, show=_dashboard),
    "device": Picture(width=1280, height=1000, show=_device),
    "explanation": Picture(width=900, height=900, show=_explanation),
    "band": Picture(width=1100, height=490, show=_band),
}

if __name__ == "__main__":
    sys.exit(main())
