"""The dashboard, and the lists of the frontend that offer the card and the dashboard."""

from typing import Any

from playwright.sync_api import Page
import pytest

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
    return stand_in({}, devices={**devices, "lamp": other}, entities=entities, **given)


def sections(page: Page, home: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the cards of each section of the dashboard's one view."""
    (view,) = page.evaluate(GENERATE, home)["views"]
    assert view["type"] == "sections"
    return [section["cards"] for section in view["sections"]]


def test_each_room_has_a_section(page: Page) -> None:
    bath, kitchen = sections(page, a_home("Kitchen", "Bath"))
    assert [card["type"] for card in kitchen] == [
        "heading",
        "custom:air-baseline-card",
        "tile",
        "tile",
    ]
    assert [cards[0]["heading"] for cards in (bath, kitchen)] == ["Bath", "Kitchen"]
    assert kitchen[1]["device_id"] == "Kitchen"
    assert [tile["entity"] for tile in kitchen[2:]] == [
        "sensor.Kitchen_pm25_learning",
        "sensor.Kitchen_pm25_confidence",
    ]


def test_a_name_that_the_user_gave_is_used_and_numbers_are_in_order(page: Page) -> None:
    home = a_home("Room 10", "Room 9")
    home["devices"]["Room 10"]["name_by_user"] = "Room 1"
    headings = [cards[0]["heading"] for cards in sections(page, home)]
    assert headings == ["Room 1", "Room 9"]


def test_a_hidden_entity_has_no_tile(page: Page) -> None:
    home = a_home("Kitchen")
    home["entities"]["sensor.Kitchen_pm25_confidence"]["hidden"] = True
    assert len(sections(page, home)[0]) == 3


def test_fifty_rooms_have_fifty_sections(page: Page) -> None:
    assert len(sections(page, a_home(*(f"Room {number}" for number in range(50))))) == 50


@pytest.mark.parametrize("is_admin", [True, False])
def test_a_home_without_rooms_says_what_to_do(page: Page, *, is_admin: bool) -> None:
    (cards,) = sections(page, a_home(user={"is_admin": is_admin}))
    assert cards[0]["heading"] == "No rooms yet"
    link = "[Add a room](/config/integrations/integration/air_baseline)"
    assert (link in cards[1]["content"]) is is_admin
    assert "Choose the rooms" in cards[1]["content"]


def test_card_and_dashboard_are_offered(page: Page) -> None:
    (card,) = page.evaluate("window.customCards")
    assert (card["type"], card["preview"]) == ("air-baseline-card", True)
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


def test_the_preview_of_the_card_shows_an_existing_room(page: Page) -> None:
    stub = "given => customElements.get('air-baseline-card').getStubConfig(window.makeHass(given))"
    assert page.evaluate(stub, a_home("Kitchen", "Bath")) == {"device_id": "Bath"}
    assert page.evaluate(stub, a_home()) == {"device_id": ""}


def test_the_editor_has_translated_labels(page: Page) -> None:
    labels = """async (given) => {
      const hass = window.makeHass(given);
      await hass.loadBackendTranslation("common", "air_baseline");
      const { schema, computeLabel } = customElements.get("air-baseline-card").getConfigForm();
      return schema.map((field) => computeLabel(field, hass.localize));
    }"""
    assert page.evaluate(labels, a_home()) == [
        "Room",
        "Show only one pollutant",
        "Show room name",
    ]


def test_a_wrong_configuration_is_refused(page: Page) -> None:
    refused = """() => {
      try { document.createElement("air-baseline-card").setConfig({ device_id: 3 }); }
      catch (error) { return error.message; }
    }"""
    assert "device_id" in page.evaluate(refused)


def test_the_modules_can_be_loaded_twice(page: Page) -> None:
    """An update loads the same names from another URL."""
    page.evaluate("import('/frontend/air-baseline.js?again')")
    assert page.evaluate("window.customCards.length") == 1
