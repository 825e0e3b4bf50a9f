"""The cards for everybody: no fault that axe-core finds, and everything by the keyboard alone."""

from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page
import pytest

from tests.frontend.messages import STATES, a_brief, a_channel_brief, a_guideline
from tests.frontend.pages import LIBRARY, SHOW, open_page, show, stand_in, text

AXE = Path(__file__).parents[2] / ".cache" / "frontend" / "axe.js"
FAULTS = """async () => {
  const ofPages = ["region", "page-has-heading-one", "landmark-one-main"]; // Not of a card.
  const rules = Object.fromEntries(ofPages.map((rule) => [rule, { enabled: false }]));
  const { violations } = await axe.run(document, { rules });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}"""
ROOMS: dict[str, Any] = {
    "Kitchen": a_brief(a_channel_brief(compared="unusual", since=0.0), questions=1),
    "Bath": a_brief(a_channel_brief(above_guideline=True, guideline=a_guideline(mean=41.0))),
    "Study": a_brief(a_channel_brief(state="changing", compared=None)),
    "Attic": a_brief(),
}

type Scheme = Literal["light", "dark"]

pytestmark = pytest.mark.skipif(
    not (AXE.is_file() and LIBRARY.is_file()), reason="script/get-frontend gets the libraries"
)


def faults(page: Page) -> list[str]:
    page.add_script_tag(path=AXE)
    found: list[str] = page.evaluate(FAULTS)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_any_state(browser: Browser, scheme: Scheme) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 4000}, color_scheme=scheme)
    page = open_page(context)
    for message in STATES.values():
        show(page, message)
    text(page)
    page.locator(".chart.drawn").last.wait_for()
    page.locator("air-baseline-card summary").first.press("Enter")
    assert faults(page) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["headline", "tile"])
def test_axe_finds_no_fault_in_headlines_and_tiles(
    browser: Browser, scheme: Scheme, kind: str
) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = open_page(context)
    devices = {
        name: {"id": name, "name": name, "identifiers": [["air_baseline", name]]} for name in ROOMS
    }
    given = stand_in({"home": {"loaded": True, "whole": True, "rooms": ROOMS}}, devices=devices)
    for device in ROOMS:
        config = {"type": f"custom:air-baseline-{kind}-card", "device_id": device}
        page.evaluate_handle(SHOW, [given, config])
    page.locator(".tile").last.wait_for()
    assert faults(page) == []
    context.close()


def test_the_tab_key_reaches_everything_that_can_be_pressed(page: Page) -> None:
    show(page, STATES["unusual"])
    text(page)
    page.locator("air-baseline-card .chart.drawn").wait_for()
    reached = []
    for _ in range(10):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => {
                  const card = document.querySelector("air-baseline-card");
                  const { activeElement: at } = card.shadowRoot;
                  return at && (at.className.split(" ")[0] || at.textContent);
                }"""
            )
        )
    assert reached == [
        "value",
        "Kitchen: unusual air",
        "Today",
        "Yesterday",
        "7 days",
        "30 days",
        "chart",
        "Why, and what happens next",
        "happened",
        None,
    ]
