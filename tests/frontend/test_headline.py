"""The headline and the tiles: what matters first, in few words, and the room behind each."""

from typing import Any

from playwright.sync_api import Page
import pytest

from tests.frontend.messages import START, STATES, a_brief, a_channel_brief, a_guideline
from tests.frontend.pages import SHOW, UNFIT, stand_in

NOW = START + 9 * 3600.0  # 13:00 in London.
UNUSUAL = a_channel_brief(compared="unusual", since=NOW - 2700.0)
LEARNING = a_channel_brief(
    state="collecting",
    compared="not_enough_data",
    usable_days=2.0,
    lacks=["days", "weekend_days"],
    earliest="2026-03-18",
)
SILENT = a_channel_brief(state="no_source", compared=None, silent_since=NOW - 3 * 86_400.0)
ROOMS = {
    "Bath": a_brief(),
    "Bedroom": a_brief(LEARNING),
    "Kitchen": a_brief(questions=1),
    "Living room": a_brief(a_channel_brief(), UNUSUAL, questions=1),
    "Study": a_brief(SILENT),
}


def show_home(page: Page, rooms: dict[str, Any], **config: Any) -> str:
    """Show the headline, or another card of the home; return what can be read on it."""
    page.clock.set_fixed_time(NOW)
    kind = config.pop("kind", "headline")
    devices = {
        name: {"id": name, "name": name, "identifiers": [["air_baseline", name]]} for name in rooms
    }
    home = {"loaded": True, "whole": True, "rooms": rooms}
    given = stand_in({"home": home, **dict.fromkeys(rooms, STATES["learned"])}, devices=devices)
    page.evaluate_handle(SHOW, [given, {"type": f"custom:air-baseline-{kind}-card", **config}])
    drawn = page.locator("ha-card").first
    drawn.get_by_text(".").or_(drawn.locator(".tile, .message")).first.wait_for()
    return drawn.inner_text()


def sentences(page: Page) -> str:
    return page.locator(".headline").inner_text().strip()


def tiles(page: Page) -> list[str]:
    return [text.replace("\n", " ") for text in page.locator(".tile").all_inner_texts()]


def test_one_sentence_says_what_matters_and_the_rest_is_as_usual(page: Page) -> None:
    show_home(page, ROOMS)
    assert sentences(page) == (
        "Living room unusual since 12:15. Kitchen has a question. "
        "Study: No readings since Feb 27, 13:00. Bedroom ready about March 18. The rest as usual."
    )


def test_the_tiles_are_in_the_same_order_with_the_value_that_matters(page: Page) -> None:
    show_home(page, ROOMS)
    assert tiles(page) == [
        "Living room 5.4 μg/m³ Unusual since 12:15 ?",
        "Kitchen 5.4 μg/m³ Waiting for your answer",
        "Study – No readings since Feb 27, 13:00",
        "Bedroom 5.4 μg/m³ Ready about March 18",
        "Bath 5.4 μg/m³ Usual",
    ]


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ({"above_guideline": True, "state": "changing", "compared": None}, "PM2.5 above guideline"),
        ({"compared": "notable"}, "Among the highest"),
        ({"compared": "higher"}, "Higher"),
        ({"compared": None}, "Not known right now"),
        ({"compared": "not_enough_data"}, "Not enough data yet"),
        ({"state": "changing", "compared": None}, "Something changed"),
        ({"state": "stale", "compared": None}, "Too few recent days"),
        ({"state": "paused", "compared": None}, "Paused"),
        ({"state": "clock_wrong", "compared": None}, "The clock is wrong"),
        ({"state": "no_source", "compared": None}, "No readings"),
        ({"state": "provisional", "compared": "not_enough_data"}, "First estimate"),
    ],
)
def test_only_a_room_that_is_known_to_be_usual_is_called_so(
    page: Page, channel: dict[str, Any], words: str
) -> None:
    show_home(page, {"Bath": a_brief(), "Kitchen": a_brief(a_channel_brief(**channel))})
    assert sentences(page) == f"Kitchen: {words}. The rest as usual."
    assert words in tiles(page)[0]


def test_the_mean_is_said_while_it_is_above_the_guideline(page: Page) -> None:
    above = {"above_guideline": True, "guideline": a_guideline(mean=41.0)}
    show_home(page, {"Kitchen": a_brief(LEARNING | above), "Bath": a_brief(UNUSUAL | above)})
    assert sentences(page) == (
        "Bath unusual since 12:15. Kitchen: PM2.5 above guideline "
        "(24 h: 41 μg/m³, guideline 15). Ready about March 18."
    )
    assert tiles(page) == [
        "Bath 5.4 μg/m³ Unusual since 12:15. 24 h: 41 μg/m³, guideline 15",
        "Kitchen 5.4 μg/m³ 24 h: 41 μg/m³, guideline 15. Ready about March 18",
    ]


@pytest.mark.parametrize(
    "channel",
    [
        LEARNING,
        LEARNING | {"state": "provisional"},
        a_channel_brief(state="changing", compared=None),
        a_channel_brief(state="stale", compared=None),
        a_channel_brief(state="paused", compared=None),
        a_channel_brief(compared=None),
        a_channel_brief(compared="not_enough_data"),
    ],
)
def test_high_air_is_never_calm_where_nothing_compares_it(
    page: Page, channel: dict[str, Any]
) -> None:
    high = channel | {"guideline": a_guideline(now_above=True)}
    show_home(page, {"Bath": a_brief(), "Kitchen": a_brief(high, questions=1)})
    words = "Now above 15 μg/m³, the guideline for 24 hours"
    words += ". Ready about March 18" if channel["earliest"] else ""
    assert sentences(page) == f"Kitchen: {words}. The rest as usual."
    assert tiles(page)[0] == f"Kitchen 5.4 μg/m³ {words} ?"
    edge = "tile => getComputedStyle(tile).borderLeftColor"
    assert page.locator(".tile.high_now").evaluate(edge) == "rgb(255, 166, 0)"


def test_high_air_that_is_usual_in_a_room_is_called_so(page: Page) -> None:
    cooking = a_channel_brief(guideline=a_guideline(now_above=True))
    show_home(page, {"Kitchen": a_brief(cooking)})
    assert sentences(page) == "Kitchen: Usual."


def test_nothing_is_said_of_a_room_of_which_nothing_is_known(page: Page) -> None:
    show_home(page, {"Bath": a_brief(channels=[]), "Kitchen": a_brief()})
    assert sentences(page) == "Bath: Not known right now. The rest as usual."


def test_a_calm_home_is_said_in_four_words(page: Page) -> None:
    show_home(page, {"Bath": a_brief(), "Kitchen": a_brief(a_channel_brief(compared="lower"))})
    assert sentences(page) == "All rooms as usual."


def test_of_many_rooms_alike_the_first_are_named_and_the_others_counted(page: Page) -> None:
    show_home(page, {f"Room {number}": a_brief(UNUSUAL) for number in range(1, 51)})
    assert sentences(page) == (
        "Room 1 unusual since 12:15. Room 2 unusual since 12:15. Room 3 unusual since 12:15. "
        "47 more: Unusual."
    )
    assert len(tiles(page)) == 50


@pytest.mark.parametrize("card", ["headline", "tile"])
def test_a_home_that_is_not_there_is_said(page: Page, card: str) -> None:
    given = stand_in({"home": {"error": {"code": "unknown_command"}}})
    page.evaluate_handle(
        SHOW, [given, {"type": f"custom:air-baseline-{card}-card", "device_id": "x"}]
    )
    page.locator(".message").wait_for()
    assert page.locator(".message").inner_text() == "Air Baseline is not running."


def test_a_home_without_rooms_is_said(page: Page) -> None:
    assert show_home(page, {}) == "No rooms yet"


def test_a_room_that_changes_moves_to_its_place(page: Page) -> None:
    show_home(page, ROOMS)
    change = {"loaded": True, "whole": False, "rooms": {"Bath": a_brief(UNUSUAL)}}
    page.evaluate("change => window.send.home(change)", change)
    assert [tile.split(" ")[0] for tile in tiles(page)] == [
        *("Bath", "Living", "Kitchen", "Study", "Bedroom")
    ]
    whole = {"loaded": True, "whole": True, "rooms": {"Bath": a_brief()}}
    page.evaluate("whole => window.send.home(whole)", whole)
    assert tiles(page) == ["Bath 5.4 μg/m³ Usual"]


def test_a_new_value_is_shown_and_asks_nothing_of_the_server(page: Page) -> None:
    show_home(page, ROOMS)
    source = {"state": "7", "attributes": {"unit_of_measurement": "μg/m³"}}
    page.evaluate(
        "states => { window.cards[0].hass = { ...window.hass, states }; }",
        {"sensor.kitchen_pm25": source},
    )
    assert "7 μg/m³" in tiles(page)[0]
    assert page.evaluate("window.asked.length") == 1


def test_all_cards_of_a_page_share_one_subscription(page: Page) -> None:
    show_home(page, ROOMS)
    add = "config => { window.show(window.hass, config); }"
    for kind in ("tile", "headline"):
        page.evaluate(add, {"type": f"custom:air-baseline-{kind}-card", "device_id": "Bath"})
    page.wait_for_function("document.querySelectorAll('air-baseline-tile-card').length === 1")
    page.locator("air-baseline-tile-card .tile").wait_for()
    assert page.evaluate("window.asked.length") == 1
    page.evaluate("window.cards.forEach(card => card.remove())")
    page.wait_for_function("window.stopped === 1")


def test_a_tile_of_the_dashboard_leads_to_the_page_of_its_room(page: Page) -> None:
    show_home(page, ROOMS, room_views=True)
    link = page.get_by_role("link", name="Living room")
    assert (link.get_attribute("href") or "").endswith("/room-Living room")


def test_any_other_tile_opens_the_card_of_its_room_and_closes_it(page: Page) -> None:
    show_home(page, ROOMS, kind="tile", device_id="Bath")
    page.get_by_role("button", name="Bath").press("Enter")
    card = page.locator("dialog air-baseline-card")
    card.locator(".legend").wait_for()
    assert "Usual here" in card.locator("ha-card").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_function("window.stopped === 1")
    assert page.locator("dialog").count() == 0
    focused = "window.cards[0].shadowRoot.activeElement?.className"
    assert page.evaluate(focused) == "tile usual"


@pytest.mark.parametrize(
    ("device", "words"),
    [
        ("", "Choose a room in the card settings."),
        ("Gone", "This room no longer exists. Choose another one in the card settings."),
    ],
)
def test_a_tile_without_its_room_says_so(page: Page, device: str, words: str) -> None:
    assert show_home(page, ROOMS, kind="tile", device_id=device) == words


def test_a_tile_is_one_row_high_and_nothing_is_cut(page: Page) -> None:
    show_home(page, ROOMS, kind="tile", device_id="Living room")
    card = page.locator("air-baseline-tile-card")
    card.evaluate("card => { card.style.height = '56px'; card.style.width = '190px'; }")
    box, outer = (page.locator(part).bounding_box() for part in (".tile .state", "ha-card"))
    assert box is not None
    assert outer is not None
    assert box["y"] + box["height"] <= outer["y"] + outer["height"] <= 72.0


def test_on_a_phone_what_matters_is_at_the_top_and_nothing_is_cut(narrow: Page) -> None:
    long = "The-very-long-name-of-a-room-under-the-roof-without-a-single-space"
    shown = show_home(narrow, {long: a_brief(UNUSUAL), **ROOMS})
    assert not UNFIT.search(shown)
    assert narrow.evaluate("document.scrollingElement.scrollWidth") <= 320
    first = narrow.locator(".tile").first.bounding_box()
    assert first is not None
    assert first["y"] + first["height"] < 360


def test_names_are_never_html(page: Page) -> None:
    bad = "<img src=x onerror='window.hacked = true'>"
    assert bad in show_home(page, {bad: a_brief(UNUSUAL)})
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None
