"""The dashboard, and the lists of the frontend that offer the card and the dashboard."""

from typing import Any

from playwright.sync_api import Page
import pytest

from tests.frontend.messages import a_brief, a_channel_brief
from tests.frontend.pages import stand_in

GENERATE = """async (given) => {
  const strategy = customElements.get("ll-strategy-dashboard-air-baseline");
  return strategy.generate({ type: "custom:air-baseline" }, window.makeHass(given));
}"""


def a_home(*rooms: str, **given: Any) -> dict[str, Any]:
    """Return a home with rooms, and with devices of other integrations."""
    devices = {
        room: {"id": room, "name": room, "identifiers": [["air_baseline", f"01{room}"]]}
        for room in rooms
    }
    other = {"id": "lamp", "name": "Lamp", "identifiers": [["other", "x"]]}
    entities = {
        f"sensor.{room}_{key}": {
            "entity_id": f"sensor.{room}_{key}",
            "device_id": room,
            "platform": "air_baseline",
            "translation_key": key,
        }
        for room in rooms
        for key in ("pm25_learning", "pm25_confidence", "pm25_usual_low")
    }
    home = {"loaded": True, "whole": True, "rooms": given.pop("briefs", {})}
    return stand_in({"home": home}, devices={**devices, "lamp": other}, entities=entities, **given)


def sections(page: Page, home: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the cards of each section of the dashboard's first view."""
    view = page.evaluate(GENERATE, home)["views"][0]
    assert view["type"] == "sections"
    return [section["cards"] for section in view["sections"]]


def room_pages(page: Page, home: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the cards of each room's page."""
    record, *views = page.evaluate(GENERATE, home)["views"][1:]
    assert record["path"] == "record"
    assert all(view["subview"] and view["path"] == f"room-{view['title']}" for view in views)
    return {view["title"]: view["sections"][0]["cards"] for view in views}


def test_the_headline_comes_first_and_then_a_section_for_each_room(page: Page) -> None:
    (headline,), bath, kitchen = sections(page, a_home("Kitchen", "Bath"))
    assert (headline["type"], headline["room_views"]) == (
        "custom:air-baseline-headline-card",
        True,
    )
    assert [card["type"] for card in kitchen] == ["heading", "custom:air-baseline-card"]
    assert [cards[0]["heading"] for cards in (bath, kitchen)] == ["Bath", "Kitchen"]
    assert kitchen[1]["device_id"] == "Kitchen"
    assert kitchen[0]["tap_action"]["navigation_path"].endswith("/room-Kitchen")


def test_on_a_phone_the_headline_is_the_whole_page(page: Page) -> None:
    first, *others = page.evaluate(GENERATE, a_home("Kitchen", "Bath"))["views"][0]["sections"]
    assert "visibility" not in first
    (narrow,) = {str(section["visibility"]) for section in others}
    assert "min-width" in narrow


def test_the_rooms_are_in_the_order_of_what_matters(page: Page) -> None:
    briefs = {
        "Attic": a_brief(),
        "Bath": a_brief(a_channel_brief(state="changing", compared=None)),
        "Kitchen": a_brief(a_channel_brief(compared="unusual", since=1.0)),
    }
    _, *rooms = sections(page, a_home("Kitchen", "Bath", "Attic", briefs=briefs))
    assert [cards[0]["heading"] for cards in rooms] == ["Kitchen", "Bath", "Attic"]


@pytest.mark.parametrize("is_admin", [True, False])
def test_a_room_has_a_page_that_leads_only_administrators_to_its_settings(
    page: Page, *, is_admin: bool
) -> None:
    pages = room_pages(page, a_home("Kitchen", "Bath", user={"is_admin": is_admin}))
    card, confidence, *settings = pages["Kitchen"]
    assert (card["type"], card["device_id"]) == ("custom:air-baseline-card", "Kitchen")
    assert confidence["entity"] == "sensor.Kitchen_pm25_confidence"
    assert "unknown" in confidence["visibility"][0]["state_not"], "it has no value to show"
    paths = [one["tap_action"]["navigation_path"] for one in settings]
    assert paths == (["/config/devices/device/Kitchen"] if is_admin else [])
    assert [one["heading"] for one in settings] == ["Settings of this room"] * is_admin


def test_the_dashboard_does_not_wait_for_a_server_that_is_slow(page: Page) -> None:
    home = a_home("Kitchen", "Bath")
    del home["answers"]["home"]
    assert len(sections(page, home)) == 3


def test_a_name_that_the_user_gave_is_used_and_numbers_are_in_order(page: Page) -> None:
    home = a_home("Room 10", "Room 9")
    home["devices"]["Room 10"]["name_by_user"] = "Room 1"
    headings = [cards[0]["heading"] for cards in sections(page, home)[1:]]
    assert headings == ["Room 1", "Room 9"]


def test_a_hidden_entity_has_no_tile(page: Page) -> None:
    home = a_home("Kitchen")
    home["entities"]["sensor.Kitchen_pm25_confidence"]["hidden"] = True
    assert [card["type"] for card in room_pages(page, home)["Kitchen"]] == [
        *("custom:air-baseline-card", "heading")
    ]


def test_fifty_rooms_have_fifty_sections(page: Page) -> None:
    assert len(sections(page, a_home(*(f"Room {number}" for number in range(50))))) == 51


@pytest.mark.parametrize("is_admin", [True, False])
def test_a_home_without_rooms_says_what_to_do(page: Page, *, is_admin: bool) -> None:
    (cards,) = sections(page, a_home(user={"is_admin": is_admin}))
    assert cards[0]["heading"] == "No rooms yet"
    link = "[Add a room](/config/integrations/integration/air_baseline)"
    assert (link in cards[1]["content"]) is is_admin
    assert "Choose the rooms" in cards[1]["content"]


def test_card_and_dashboard_are_offered(page: Page) -> None:
    cards = page.evaluate("window.customCards")
    assert [(card["type"], card["preview"]) for card in cards] == [
        ("air-baseline-card", True),
        ("air-baseline-tile-card", True),
        ("air-baseline-headline-card", True),
        ("air-baseline-record-card", True),
    ]
    (strategy,) = page.evaluate("window.customStrategies")
    assert (strategy["type"], strategy["strategyType"]) == ("air-baseline", "dashboard")
    assert page.evaluate("customElements.get('ll-strategy-dashboard-air-baseline') !== undefined")


def test_an_entity_of_a_room_suggests_the_card(page: Page) -> None:
    suggest = (
        "([given, id]) => window.customCards[0].getEntitySuggestion(window.makeHass(given), id)"
    )
    home = a_home("Kitchen")
    home["entities"]["light.lamp"] = {"platform": "other", "device_id": "lamp"}
    suggested = page.evaluate(suggest, [home, "sensor.Kitchen_pm25_learning"])
    assert suggested == {"config": {"type": "custom:air-baseline-card", "device_id": "Kitchen"}}
    assert page.evaluate(suggest, [home, "light.lamp"]) is None
    assert page.evaluate(suggest, [home, "sensor.none"]) is None


@pytest.mark.parametrize("card", ["air-baseline-card", "air-baseline-tile-card"])
def test_the_preview_of_a_card_shows_an_existing_room(page: Page, card: str) -> None:
    stub = f"given => customElements.get('{card}').getStubConfig(window.makeHass(given))"
    assert page.evaluate(stub, a_home("Kitchen", "Bath")) == {"device_id": "Bath"}
    assert page.evaluate(stub, a_home()) == {"device_id": ""}


def test_the_editor_has_translated_labels(page: Page) -> None:
    labels = """async ([given, card]) => {
      const words = await window.makeHass(given).loadBackendTranslation("common", "air_baseline");
      const { schema, computeLabel } = customElements.get(card).getConfigForm();
      return schema.map((field) => computeLabel(field, words));
    }"""
    assert page.evaluate(labels, [a_home(), "air-baseline-tile-card"]) == ["Room"]
    assert page.evaluate(labels, [a_home(), "air-baseline-card"]) == [
        "Room",
        "Show only one pollutant",
        "Show room name",
        "Show the last twelve months",
    ]


@pytest.mark.parametrize("card", ["air-baseline-card", "air-baseline-tile-card"])
def test_a_wrong_configuration_is_refused(page: Page, card: str) -> None:
    refused = """card => {
      try { document.createElement(card).setConfig({ device_id: 3 }); }
      catch (error) { return error.message; }
    }"""
    assert "device_id" in page.evaluate(refused, card)


def test_the_modules_can_be_loaded_twice(page: Page) -> None:
    """An update loads the same names from another URL."""
    page.evaluate("import('/frontend/air-baseline.js?again')")
    assert page.evaluate("window.customCards.length") == 4
