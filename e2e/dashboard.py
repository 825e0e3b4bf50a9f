"""The dashboard: offered among others, made from a list, and read at a desk and on a phone."""

import gzip
from typing import Any, Final

from playwright.sync_api import Locator

from script.release import INTEGRATION

from .homes import WalkError
from .visitor import NARROW, WIDE, Visitor

ROOMS: Final = 4
OWN: Final = "own-air"  # A dashboard as somebody would make it, with our cards among others.
FOLD_PX: Final = 300.0  # Below the header: what matters ends above this on a phone.
# In the first days, high air can come before the date on which the range can be ready.
LEARNING_TILE: Final = ".tile:is(.learning, .high_now, .above_guideline) .state"
MOST_BYTES: Final = 150_000  # Of all modules and the library, compressed.
FIRST: Final = "() => performance.now()"  # Milliseconds since the page was asked for.
OURS: Final = ":is(air-baseline-card, air-baseline-headline-card)"
HEADER: Final = "getComputedStyle(document.documentElement).getPropertyValue('--header-height')"
SPEAK: Final = """language => {
  localStorage.setItem("selectedLanguage", JSON.stringify(language));
}"""
CARDS: Final = """() => {
  const found = [];
  const walk = (node) => {
    if (node.localName === "air-baseline-card") found.push(node);
    for (const child of node.shadowRoot?.children ?? []) walk(child);
    for (const child of node.children) walk(child);
  };
  walk(document.body);
  return found.map(({ hass, _config: config, shadowRoot: card }) => ({
    device: config.device_id,
    charts: card.querySelectorAll(".chart.drawn canvas").length,
    ranges: card.querySelectorAll(".legend :is(.range, .guess)").length,
  }));
}"""


def make_and_look(visitor: Visitor) -> None:
    """Make the dashboard from the list of dashboards, and read it."""
    visitor.go("/config/lovelace/dashboards")
    visitor.press("Add dashboard")
    visitor.find("What is usual in each room, how sure that is, and what needs your answer").click()
    visitor.read()
    visitor.page.get_by_role("textbox", name="Title").fill("Air here")
    visitor.press_button("Create")
    boards = [one for one in visitor.ask("lovelace/dashboards/list") if one["mode"] == "storage"]
    made = [
        one["url_path"]
        for one in boards
        if visitor.ask("lovelace/config", url_path=one["url_path"])
        == {"strategy": {"type": "custom:air-baseline"}}
    ]
    if not made:
        raise WalkError(f"no dashboard of ours was made: {boards}")
    visitor.go(f"/{made[0]}")
    visitor.expect("Living room unusual since ", "Bedroom", "eady about ", "Living room", "Kitchen")
    _expect_charts(visitor)
    visitor.pictures("dashboard")
    _print_weight(visitor, f"/{made[0]}")
    _read_a_month(visitor, f"/{made[0]}")
    for language in ("en", "de"):
        visitor.page.evaluate(SPEAK, language)
        _read_on_a_phone(visitor, f"/{made[0]}", language)
    visitor.page.evaluate(SPEAK, "en")
    _use_cards_elsewhere(visitor)


def _expect_charts(visitor: Visitor) -> None:
    """Expect a chart in each room but the one whose sensor is silent."""
    cards = {card["device"]: card for card in visitor.page.evaluate(CARDS)}
    silent = cards.pop(visitor.device("Study"), None)
    drawn = [card["ranges"] > 0 and card["charts"] > 0 for card in cards.values()]
    if silent is None or silent["ranges"] or drawn != [True] * (ROOMS - 1):
        raise WalkError(f"the cards do not show what they should: {cards}, {silent}")


def _print_weight(visitor: Visitor, dashboard: str) -> None:
    """Print how much the browser has to fetch, and how soon there is something to read."""
    modules = sorted((INTEGRATION / "frontend").rglob("*.js"))
    size = sum(len(gzip.compress(path.read_bytes())) for path in modules)
    print(f"     the cards: {size / 1000:.0f} KB compressed, in {len(modules)} modules")
    if size > MOST_BYTES:
        raise WalkError(f"the cards have {size} bytes, more than {MOST_BYTES}")
    visitor.page.goto(visitor.address + dashboard)
    visitor.page.locator(".headline").first.wait_for()
    words = visitor.page.evaluate(FIRST)
    visitor.page.locator(".chart.drawn").first.wait_for()
    chart = visitor.page.evaluate(FIRST)
    print(f"     from the address to the first words: {words:.0f} ms, to a chart: {chart:.0f} ms")


def _read_a_month(visitor: Visitor, dashboard: str) -> None:
    """Choose 30 days in a room, and read values with the keys."""
    visitor.go(dashboard)
    visitor.page.get_by_role("link", name="Living room").first.click()
    visitor.read()
    visitor.page.get_by_role("button", name="30 days").first.click()
    visitor.expect("Usual here, as it was in force then")
    chart = visitor.page.locator("air-baseline-card .chart.drawn").first
    chart.focus()
    read = [_value_at(visitor, chart, key) for key in ("Home", "PageDown", "End")]
    if len(set(read)) < len(read):
        raise WalkError(f"the keys do not move through 30 days: {read}")
    visitor.pictures("month")


def _value_at(visitor: Visitor, chart: Locator, key: str) -> str:
    visitor.page.keyboard.press(key)
    return str(chart.get_attribute("aria-valuetext"))


def _read_on_a_phone(visitor: Visitor, dashboard: str, language: str) -> None:
    """Read what matters without scrolling, and open two rooms by their tiles."""
    visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    visitor.go(dashboard)
    _expect_above_fold(visitor, ".headline", ".tile.unusual .state", LEARNING_TILE)
    visitor.pictures(f"headline-{language}")
    for room, parts in (("Living room", (".todo", ".chip.unusual")), ("Bedroom", (".ready",))):
        visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        visitor.go(dashboard)
        visitor.page.get_by_role("link", name=room).first.click()
        visitor.read()
        _expect_above_fold(visitor, *parts)
        visitor.pictures(f"{room.split()[0].lower()}-{language}")


def _expect_above_fold(visitor: Visitor, *parts: str) -> None:
    header = visitor.page.evaluate(HEADER)
    fold = float(str(header).strip().removesuffix("px")) + FOLD_PX
    ends = {part: _end(visitor, part) for part in parts}
    below = ", ".join(f"{part} {end - fold + FOLD_PX:.0f}" for part, end in ends.items())
    print(f"     pixels below the header: {below}")
    if any(end > fold for end in ends.values()):
        raise WalkError(f"this ends below {fold} px: {ends}")


def _end(visitor: Visitor, part: str) -> float:
    box = visitor.page.locator(f"{OURS} {part}").first.bounding_box()
    if box is None:
        raise WalkError(f"there is no {part}")
    return box["y"] + box["height"]


def _use_cards_elsewhere(visitor: Visitor) -> None:
    """Put a tile and a card that is too low on another dashboard; open the tile's room."""
    device = visitor.device("Living room")
    cards: list[dict[str, Any]] = [
        {"type": "custom:air-baseline-tile-card", "device_id": device},
        {
            "type": "custom:air-baseline-card",
            "device_id": device,
            "grid_options": {"rows": 1},
        },
    ]
    visitor.ask("lovelace/dashboards/create", url_path=OWN, title="Own", mode="storage")
    view = {"type": "sections", "sections": [{"type": "grid", "cards": cards}]}
    visitor.ask("lovelace/config/save", url_path=OWN, config={"views": [view]})
    visitor.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    visitor.go(f"/{OWN}/0")
    last = visitor.page.locator("air-baseline-card .chart").last.bounding_box()
    card = visitor.page.locator("air-baseline-card ha-card").bounding_box()
    if not last or not card or last["y"] + last["height"] > card["y"] + card["height"]:
        raise WalkError(f"a chart is cut: it is at {last}, in a card at {card}")
    visitor.pictures("own-cards")
    visitor.page.locator("air-baseline-tile-card .tile").click()
    visitor.page.locator("dialog air-baseline-card .todo").wait_for()
    visitor.pictures("own-tile-opened")
