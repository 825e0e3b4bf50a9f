"""The dashboard: offered among others, made from a list, and read."""

from typing import Final

from .homes import WalkError
from .visitor import Visitor

ROOMS: Final = 4
LIVING: Final = 2  # The living room is the third by name.
CARDS: Final = """() => {
  const found = [];
  const walk = (node) => {
    if (node.localName === "air-baseline-card") found.push(node.shadowRoot);
    for (const child of node.shadowRoot?.children ?? []) walk(child);
    for (const child of node.children) walk(child);
  };
  walk(document.body);
  return found.map((card) => ({
    lines: card.querySelectorAll(".line path").length,
    ranges: card.querySelectorAll(".ranges rect").length,
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
    visitor.expect(  # How many, depends on the time of day.
        *("Bedroom", " of 21 usable days", "Kitchen", "Living room"),
        *("Measured", "Inferred", "Study"),
    )
    cards = visitor.page.evaluate(CARDS)
    if [card["ranges"] > 0 for card in cards] != [True] * ROOMS or not cards[LIVING]["lines"]:
        raise WalkError(f"the cards do not show what they should: {cards}")
    visitor.pictures("dashboard")
