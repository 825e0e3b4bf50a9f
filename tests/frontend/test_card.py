"""The card in a browser: what a person sees, reads and hears of a room."""

import re
from typing import Any

from playwright.sync_api import Page
import pytest

from tests.frontend.messages import OVER, START, STATES, a_channel, a_room, worded
from tests.frontend.pages import ROOM, UNFIT, count, show, text

OUTSIDE = """(element) => {
  const card = element.shadowRoot.querySelector("ha-card");
  const edge = card.getBoundingClientRect().right + 1;
  return [...card.querySelectorAll("*")]
    .filter((part) => part.getBoundingClientRect().right > edge)
    .map((part) => part.outerHTML);
}"""


def test_every_state_can_be_read(page: Page) -> None:
    for state, message in STATES.items():
        card = show(page, message)
        shown = text(page)
        assert len(shown) > 20, state
        assert not UNFIT.search(shown), (state, shown)
        card.evaluate("card => card.remove()")


def test_nothing_is_cut_or_wider_than_a_small_phone(narrow: Page) -> None:
    for state, message in STATES.items():
        card = show(narrow, message)
        text(narrow)
        narrow.wait_for_timeout(50)  # Until the width of its place is known.
        assert narrow.evaluate("document.scrollingElement.scrollWidth") <= 320, state
        assert card.evaluate(OUTSIDE) == [], state
        card.evaluate("card => card.remove()")


def test_a_learned_room_shows_its_value_and_what_is_usual(page: Page) -> None:
    show(page, STATES["learned"])
    shown = text(page)
    assert re.search(r"Kitchen.*PM2\.5.*5\.4 μg/m³.*Usual.*Measured.*Inferred", shown, re.DOTALL)
    assert count(page, ".progress") == 0


def test_thin_data_is_said_in_one_line_and_the_rest_under_why(page: Page) -> None:
    show(page, STATES["collecting"])
    shown = text(page)
    assert "Not enough data yet" in shown
    line = page.locator("air-baseline-card .ready")
    assert line.inner_text() == (
        "Ready about March 18. 8.5 of 21 days so far; weekends are still missing."
    )
    box, chart = line.bounding_box(), page.locator("air-baseline-card .chart").bounding_box()
    assert box is not None
    assert chart is not None
    assert box["y"] < chart["y"]
    assert "Weekend days still needed" not in shown
    assert "Nothing about this room yet" not in shown
    page.locator("air-baseline-card summary").press("Enter")
    assert "Weekend days still needed: 2." in text(page)
    assert "Nothing about this room yet" in text(page)


def test_thin_data_without_a_date_promises_none(page: Page) -> None:
    channel = STATES["collecting"]["channels"][0] | {"earliest": None, "lacks": ["days"]}
    show(page, a_room(channel))
    text(page)
    assert page.locator("air-baseline-card .ready").inner_text() == "8.5 of 21 days so far."


def test_the_days_are_filled_one_by_one(page: Page) -> None:
    show(page, STATES["collecting"])
    text(page)
    assert [count(page, selector) for selector in (".day", ".day.full", ".day.half")] == [21, 8, 1]


def test_an_episode_that_is_over_says_until_when(page: Page) -> None:
    show(page, STATES["unusual_over"])
    assert "Unusual from 10:24 to 11:30. As rare as once in 60 days here, or rarer" in text(page)


def test_how_rare_a_running_episode_is_is_said_once(page: Page) -> None:
    show(page, STATES["unusual"])
    assert text(page).count("As rare as") == 1


def test_how_rare_an_episode_was_is_not_said_if_it_is_not_known(page: Page) -> None:
    show(page, a_room(a_channel(episodes=[OVER | {"rarity_days": None}])))
    assert "Unusual from 10:24 to 11:30" in text(page)
    assert "As rare as" not in text(page)


def test_a_value_that_no_longer_counts_is_not_shown(page: Page) -> None:
    show(page, a_room(a_channel(silent_since=START)))
    assert page.locator("air-baseline-card .value").inner_text() == "–"


@pytest.mark.parametrize(
    ("state", "unit", "shown"),
    [
        ("999", "μg/m³", "999 μg/m³"),
        ("1500", "μg/m³", "at least 1000 μg/m³"),
        ("1500", "\u00b5g/m³", "at least 1000 \u00b5g/m³"),
        ("10000", "μg/m³", "at least 1000 μg/m³"),
        ("10001", "μg/m³", "–"),
        ("6553.5", "μg/m³", "–"),
        ("65535", "μg/m³", "–"),
        ("-1", "μg/m³", "–"),
        ("unavailable", "μg/m³", "–"),
        ("1e1", "μg/m³", "10 μg/m³"),
        *((odd, "μg/m³", "–") for odd in ("1_000", "5,5", "\uff11\uff12", "0x10", "12 ppb", "")),
        ("1500", "ppb", "1500 ppb"),  # Of another unit, the card knows no end.
    ],
)
def test_the_present_value_is_said_as_it_is_read(
    page: Page, state: str, unit: str, shown: str
) -> None:
    source = {"state": state, "attributes": {"unit_of_measurement": unit}}
    show(page, a_room(a_channel()), {"states": {"sensor.kitchen_pm25": source}})
    value = page.locator("air-baseline-card .value").inner_text()
    assert value.replace(",", "").replace("\u00a0", " ") == shown


def test_what_to_do_comes_first_and_then_the_question(page: Page) -> None:
    show(page, STATES["unusual"])
    shown = text(page)
    assert re.search(
        r"Kitchen\s+What to do\s+Air the room\. Look for a source\.\s+PM2\.5.*Waiting for your",
        shown,
        re.DOTALL,
    )


@pytest.mark.parametrize(
    ("config", "said"),
    [({}, "Look everywhere."), ({"quantity": "voc"}, "Air the room. Look for paint.")],
)
def test_what_to_do_is_of_the_room_or_of_the_one_pollutant_that_is_shown(
    page: Page, config: dict[str, Any], said: str
) -> None:
    voc = STATES["two"]["channels"][1] | {"compared": "unusual", "since": START}
    pm25 = STATES["unusual"]["channels"][0]
    painted = worded(voc, what_to_do=["Air the room.", "Look for paint."])
    show(page, a_room(pm25, painted, what_to_do=["Look everywhere."]), **config)
    text(page)
    assert page.locator("air-baseline-card .todo p").inner_text() == said


def test_the_worse_pollutant_comes_first(page: Page) -> None:
    voc = STATES["two"]["channels"][1] | {"compared": "unusual", "since": START}
    show(page, a_room(a_channel(), voc))
    text(page)
    assert page.locator("air-baseline-card h3").all_inner_texts() == ["VOC", "PM2.5"]


@pytest.mark.parametrize("state", ["learned", "unusual", "two"])
def test_a_section_of_the_least_height_cuts_no_chart(page: Page, state: str) -> None:
    card = show(page, STATES[state])
    text(page)
    page.wait_for_function("card => card._width > 0", arg=card)
    rows = card.evaluate("card => card.getGridOptions().min_rows")
    card.evaluate("(card, height) => { card.style.height = `${height}px`; }", 64 * rows - 8)
    outer = page.locator("air-baseline-card ha-card").bounding_box()
    chart = page.locator("air-baseline-card .chart").last.bounding_box()
    assert outer is not None
    assert chart is not None
    assert chart["y"] + chart["height"] <= outer["y"] + outer["height"]
    assert 64 * (rows - 1) - 8 < chart["y"] + chart["height"] + 16 - outer["y"], "no more than that"


def test_a_change_of_the_least_height_is_reported_once(page: Page) -> None:
    page.evaluate(
        "document.addEventListener('card-updated', () => { window.n = (window.n ?? 0) + 1; })"
    )
    card = show(page, STATES["two"])
    page.wait_for_function("window.n === 1")
    page.evaluate("([room, sent]) => window.send[room](sent)", [ROOM, STATES["two"]])
    assert page.evaluate("window.n") == 1
    assert card.evaluate("card => card.getGridOptions().min_rows") > 6


def test_a_question_can_be_pressed_by_those_who_can_answer_it(page: Page) -> None:
    show(page, STATES["unusual"])
    assert "Waiting for your answer" in text(page)
    assert page.locator(".questions button").inner_text() == "Kitchen: unusual air"


def test_a_question_is_only_shown_to_others(page: Page) -> None:
    show(page, STATES["unusual"] | {"may_answer": False})
    assert "Kitchen: unusual air" in text(page)
    assert count(page, ".questions button") == 0


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"code": "unauthorized"}, "You do not have permission to see this room."),
        ({"code": "unknown_command"}, "Air Baseline is not running."),
        (
            {"code": "home_assistant_error", "translation_key": "room_gone"},
            "This room no longer exists. Choose another one in the card settings.",
        ),
        ({"code": "timeout"}, "This room cannot be shown right now. Reload the page."),
    ],
)
def test_a_refusal_is_explained(page: Page, error: dict[str, Any], words: str) -> None:
    show(page, {"error": error})
    assert text(page) == words


def test_a_card_without_a_room_says_what_to_do(page: Page) -> None:
    show(page, STATES["learned"], device_id="")
    assert "Choose a room" in text(page)


def test_names_and_words_are_never_html(page: Page) -> None:
    bad = '<img src=x onerror="window.hacked = true">'
    channel = worded(a_channel(unit=bad), measured=[bad], because=[bad])
    show(page, a_room(channel, room=bad))
    assert bad in text(page)
    assert count(page, "img") == 0
    assert page.evaluate("window.hacked") is None


def test_long_names_and_units_are_not_cut(narrow: Page) -> None:
    unit = "micrograms-of-total-volatile-organic-compounds-per-cubic-metre"
    source = {"sensor.x": {"state": "1234.5", "attributes": {"unit_of_measurement": unit}}}
    name = "The-very-long-name-of-a-room-under-the-roof-without-a-single-space"
    show(narrow, a_room(a_channel(source="sensor.x", unit=unit), room=name), {"states": source})
    assert unit in text(narrow)
    assert narrow.evaluate("document.scrollingElement.scrollWidth") <= 320


def test_only_one_pollutant_is_shown_if_so_configured(page: Page) -> None:
    show(page, STATES["two"], quantity="voc", show_title=False)
    shown = text(page)
    assert "151" in shown
    assert "Kitchen" not in shown
    assert count(page, ".chart") == 1


def test_the_card_follows_what_is_sent_and_stays_opened(page: Page) -> None:
    card = show(page, STATES["learned"])
    text(page)
    page.locator("air-baseline-card summary").press("Enter")
    page.evaluate("() => new Promise(done => setTimeout(done))")  # The browser reports it later.
    page.evaluate("([room, sent]) => window.send[room](sent)", [ROOM, STATES["unusual"]])
    assert "Unusual since 15:24" in text(page)
    assert page.locator("air-baseline-card details").get_attribute("open") is not None
    focused = "document.querySelector('air-baseline-card').shadowRoot.activeElement?.localName"
    page.evaluate("([room, sent]) => window.send[room](sent)", [ROOM, STATES["learned"]])
    assert page.evaluate(focused) == "summary"
    page.evaluate(
        """card => { card.hass = {...window.hass, states: {"sensor.kitchen_pm25":
          {state: "7", attributes: {unit_of_measurement: "μg/m³"}}}}; }""",
        card,
    )
    assert "7 μg/m³" in text(page)
    assert page.evaluate("window.asked.length") == 1, "a new value asks nothing of the server"


def test_a_removed_card_ends_its_subscription(page: Page) -> None:
    card = show(page, STATES["learned"])
    text(page)
    page.evaluate("card => card.remove()", card)
    page.wait_for_function("window.stopped === 1")
    page.evaluate("card => document.body.append(card)", card)
    page.wait_for_function("window.asked.length === 2")


def test_a_card_subscribes_only_when_it_is_close_to_being_seen(narrow: Page) -> None:
    narrow.set_viewport_size({"width": 320, "height": 600})
    for _ in range(50):
        show(narrow, STATES["learned"])
    narrow.wait_for_timeout(300)
    assert 1 <= narrow.evaluate("window.asked.length") <= 6


@pytest.mark.parametrize(
    "changes",
    [{"parts": []}, {"state": "no_source", "compared": None}, {"silent_since": START}],
)
def test_an_empty_or_silent_room_has_a_line_of_words_and_no_axis(
    page: Page, changes: dict[str, Any]
) -> None:
    show(page, a_room(a_channel(line=[], episodes=[], **changes)))
    assert "Measured" in text(page)
    assert count(page, ".charted") == count(page, ".legend") == 0
