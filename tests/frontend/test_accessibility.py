"""The cards for everybody: no fault that axe-core finds, and everything by the keyboard alone."""

from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Locator, Page, expect
import pytest

from tests.frontend.messages import (
    STATES,
    a_brief,
    a_channel,
    a_channel_brief,
    a_guideline,
    a_room,
    a_year,
)
from tests.frontend.pages import LIBRARY, SHOW, open_page, show, stand_in, text
from tests.frontend.test_record import EVENTFUL, QUIET, opened as record
from tests.frontend.test_timeline import REPLIES
from tests.frontend.test_welcome import opened as welcome

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
    for summary in page.locator("air-baseline-card summary").all():
        summary.press("Enter")
    assert faults(page) == []
    context.close()


def opened(browser: Browser, scheme: Scheme) -> Page:
    context = browser.new_context(viewport={"width": 400, "height": 3000}, color_scheme=scheme)
    page = open_page(context)
    show(page, STATES["unusual"], {"replies": REPLIES})
    text(page)
    return page


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog").last


def press(page: Page, name: str) -> None:
    dialog(page).get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_a_question(browser: Browser, scheme: Scheme) -> None:
    page = opened(browser, scheme)
    page.get_by_role("button", name="Kitchen: unusual air").click()
    for choice, shown in (
        ("The sensor or the room changed", "input[type=date]"),
        ("Back", "h3.part"),
        ("It was real: do not count it as usual", "li"),
        ("Exclude", ".acts"),
        ("Undo", "p"),
    ):
        press(page, choice)
        dialog(page).locator(f".panel-body {shown}").first.wait_for()
        assert faults(page) == [], choice
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_what_happened(browser: Browser, scheme: Scheme) -> None:
    page = opened(browser, scheme)
    page.get_by_role("button", name="What happened here").click()
    dialog(page).get_by_role("listitem").first.wait_for()
    for summary in dialog(page).locator("summary").all():
        summary.click()
    dialog(page).locator(".inside dl").wait_for()
    assert faults(page) == []
    press(page, "That is normal here")
    assert faults(page) == [], "before an answer is given"
    press(page, "Back")
    dialog(page).get_by_role("button", name="Candles").first.click()
    dialog(page).get_by_role("status").get_by_role("button", name="Undo").wait_for()
    assert faults(page) == [], "when something was named"
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_after_set_up(browser: Browser, scheme: Scheme) -> None:
    page = open_page(browser.new_context(color_scheme=scheme))
    card = welcome(page)
    assert faults(page) == []
    card.get_by_role("button", name="Notify me in Home Assistant").click()
    card.locator("pre").wait_for()
    assert faults(page) == [], "with YAML to paste"
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("facts", [QUIET, EVENTFUL])
def test_axe_finds_no_fault_in_the_record_of_a_month(
    browser: Browser, scheme: Scheme, facts: dict[str, Any]
) -> None:
    page = open_page(browser.new_context(color_scheme=scheme))
    card = record(page, facts)
    assert faults(page) == []
    card.get_by_role("button", name="Earlier month").press("Enter")
    expect(card.get_by_role("button", name="Later month")).to_be_enabled()
    assert faults(page) == [], "a month before"
    page.context.close()


FOCUSED = "document.querySelector('air-baseline-card').shadowRoot.activeElement?.textContent"


def focused(page: Page) -> str:
    """Return the text of what has the focus in the card."""
    at: str = page.evaluate(f"{FOCUSED} ?? ''")
    return at


@pytest.mark.parametrize("name", ["Kitchen: unusual air", "What happened here"])
@pytest.mark.parametrize("way", ["Escape", "Close"])
def test_the_focus_returns_to_what_opened_a_dialog(page: Page, name: str, way: str) -> None:
    show(page, STATES["unusual"], {"replies": REPLIES})
    text(page)
    page.get_by_role("button", name=name).press("Enter")
    dialog(page).locator(".panel-body > *").first.wait_for()
    page.evaluate("message => window.send['device-of-kitchen'](message)", STATES["unusual"])
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        dialog(page).get_by_role("button", name="Close").press("Enter")
    # The focus moves only once the dialog is gone, which is a moment after it is closed.
    page.wait_for_function(f"name => {FOCUSED} === name", arg=name)


def test_the_focus_stays_near_a_question_that_is_gone(page: Page) -> None:
    show(page, STATES["unusual"], {"replies": REPLIES})
    text(page)
    page.get_by_role("button", name="Kitchen: unusual air").press("Enter")
    dialog(page).locator(".panel-body > *").first.wait_for()
    page.evaluate("message => window.send['device-of-kitchen'](message)", STATES["learned"])
    page.keyboard.press("Escape")
    page.wait_for_function(f"{FOCUSED} === 'What happened here'")


def test_an_answer_is_given_and_undone_by_the_keyboard_alone(page: Page) -> None:
    show(page, STATES["unusual"], {"replies": REPLIES})
    text(page)
    page.get_by_role("button", name="Kitchen: unusual air").press("Enter")
    dialog(page).get_by_role("button", name="It was real").wait_for()
    for name in ("It was real: do not count it as usual", "Exclude", "Undo"):
        dialog(page).get_by_role("button", name=name, exact=True).wait_for()
        tab_to(page, name)
        page.keyboard.press("Enter")
    expect(dialog(page)).to_contain_text("Undone.")


def tab_to(page: Page, name: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"Tab does not reach {name}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_a_year(browser: Browser, scheme: Scheme) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = open_page(context)
    given = {"replies": {"room_year": a_year()}}
    show(page, a_room(a_channel(year=1)), given, show_year=True)
    text(page)
    page.locator("air-baseline-card .year svg").wait_for()
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
