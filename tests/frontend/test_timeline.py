"""What happened, and answers, on the card in a browser: by mouse, by keyboard, by ear."""

from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect
import pytest

from tests.frontend.happened import (
    EPISODE,
    PAGE,
    a_correction,
    a_rise,
    an_episode,
    timeline,
)
from tests.frontend.messages import STATES, Message
from tests.frontend.pages import ROOM, UNFIT, open_page, show

MADE: Message = {"response": {"corrections": [{"quantity": "pm25", "kind": "x", "correction": 9}]}}
DONE: Message = {
    "page": "menu",
    "step": "kept_out",
    "kind": "unusual_episode",
    "texts": {},
    "options": ["undo", "close"],
    "made": [{"device_id": ROOM, "quantity": "pm25", "correction": 9}],
}
MENU: Message = {
    "page": "menu",
    "step": "init",
    "kind": "unusual_episode",
    "texts": {
        "what_to_do": "Air the room.",
        "page": "/air_baseline/room/x",
        "measured": "> Oma\\\\s \\<b\\>kitchen\\</b\\>: 64 μg/m³",
        "inferred": "High.",
        "because": "- One\n- Two",
        "not_known": "Outdoor air.",
        "next": "It ends.",
        "history": "/history?x=1",
    },
    "options": ["real", "normal", "changed", "not_now"],
    "made": [],
}
REAL: Message = MENU | {
    "step": "real",
    "texts": MENU["texts"] | {"preview": "- PM2.5: 13–16", "consequence": "- PM2.5: 36 days left."},
    "options": ["keep_out", "init"],
}
FORM: Message = MENU | {
    "page": "form",
    "step": "changed",
    "texts": MENU["texts"],
    "options": [],
    "errors": {},
    "fields": [
        {"name": "date", "field": "date", "default": "2026-03-02"},
        {"name": "similar", "field": "flag", "default": False},
    ],
}
REPLIES: dict[str, Message] = {
    "timeline": timeline(an_episode(), a_rise()),
    "episode": PAGE,
    "question": MENU,
    "question real": REAL,
    "question real keep_out": DONE,
    "question changed": FORM,
    "name_episode": MADE,
    "mark_missed": MADE,
    "correct_episode": MADE,
    "undo": MADE,
}


def opened(
    page: Page,
    replies: dict[str, Message] | None = None,
    state: str = "unusual",
    locale: Message | None = None,
    **room: Any,
) -> None:
    """Show the card of a room."""
    given = {"locale": locale} if locale else {}
    show(page, STATES[state] | room, {"replies": REPLIES | (replies or {}), **given})
    page.locator("air-baseline-card ha-card:not(.waits)").first.wait_for()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog").last


def press(page: Page, name: str) -> None:
    dialog(page).get_by_role("button", name=name, exact=True).click()


def asked(page: Page, what: str) -> list[Message]:
    """Return what the card asked the server of one command or action."""
    everything: list[Message] = page.evaluate("window.asked")
    return [one for one in everything if what in (one.get("service"), one["type"].split("/")[-1])]


def open_timeline(page: Page, **given: Any) -> None:
    opened(page, **given)
    page.get_by_role("button", name="What happened here").click()
    dialog(page).get_by_role("listitem").first.wait_for()


def test_what_happened_can_be_read(page: Page) -> None:
    open_timeline(page)
    text = dialog(page).inner_text()
    assert not UNFIT.search(text)
    for said in ("Unusual air", "peak 64.2 μg/m³", "usual then: up to 13 μg/m³", "Notable rise"):
        assert said in text
    assert "outdoor PM2.5 did not rise" in text
    assert "also in: Bedroom, another room" in text


def test_an_episode_opens_to_its_explanation_and_is_answered_and_undone(page: Page) -> None:
    open_timeline(page)
    dialog(page).locator("summary").filter(has_text="Unusual air").click()
    expect(dialog(page)).to_contain_text("the highest rise at this time of day")
    press(page, "It was real: do not count it as usual")
    expect(dialog(page)).to_contain_text("PM2.5: March 2, 13:00–16:00")
    assert asked(page, "correct_episode") == []
    assert not UNFIT.search(dialog(page).inner_text())
    press(page, "Back")
    press(page, "That is normal here")
    expect(dialog(page)).to_contain_text("start above 74")
    press(page, "That is normal here")
    dialog(page).get_by_role("status").get_by_role("button", name="Undo").wait_for()
    assert not UNFIT.search(dialog(page).inner_text())
    (sent,) = asked(page, "correct_episode")
    assert sent["service_data"] == {
        "device_id": ROOM,
        "quantity": "pm25",
        "episode": EPISODE,
        "verdict": "normal",
    }
    press(page, "Undo")
    expect(dialog(page).get_by_role("status")).to_contain_text("Undone")
    (undone,) = asked(page, "undo")
    assert undone["service_data"] == {"device_id": ROOM, "quantity": "pm25", "correction": 9}


def test_an_episode_is_explained_in_the_formats_of_who_reads_it(page: Page) -> None:
    locale = {"language": "en", "number_format": "decimal_comma", "time_format": "12"}
    opened(page, locale=locale | {"time_zone": "server"})
    page.get_by_role("button", name="What happened here").click()
    dialog(page).locator("summary").filter(has_text="Unusual air").click()
    expect(dialog(page)).to_contain_text("64,2 μg/m³, high for 95 min so far (noticed: Mar 2, 3:36")
    press(page, "It was real: do not count it as usual")
    expect(dialog(page)).to_contain_text("March 2, 1:00 PM–4:00 PM")


def test_a_rise_says_what_surrounded_it(page: Page) -> None:
    around = {"outdoor_rose": True, "other_rooms": "only_this_room", "rooms": ["Bedroom"]}
    open_timeline(page, replies={"timeline": timeline(a_rise(**around))})
    text = dialog(page).get_by_role("listitem").first.inner_text()
    assert "outdoor PM2.5 rose too" in text
    assert "only in this room" in text


@pytest.mark.parametrize("word", ["Cooking", "Candles", "Cleaning"])
def test_something_is_named_by_one_press(page: Page, word: str) -> None:
    open_timeline(page)
    dialog(page).locator("summary").filter(has_text="Notable rise").click()
    press(page, word)
    expect(dialog(page).get_by_role("status")).to_contain_text(f"Named: {word}")
    (sent,) = asked(page, "name_episode")
    assert sent["service_data"]["name"] == word


def test_a_name_in_own_words_is_typed_and_is_never_markup(page: Page) -> None:
    name = "<img src=x onerror=alert(1)> {room}"
    named = {**a_correction("named"), "text": name}
    open_timeline(page, replies={"timeline": timeline(an_episode(name=named))})
    assert dialog(page).locator("img").count() == 0
    assert name in dialog(page).inner_text()
    dialog(page).locator("summary").filter(has_text=name).click()
    field = dialog(page).get_by_role("textbox", name="In your own words")
    assert field.get_attribute("maxlength") == "80"
    field.fill("grandma's candles")
    field.press("Enter")
    expect(dialog(page).get_by_role("status")).to_contain_text("Named: grandma's candles")
    (sent,) = asked(page, "name_episode")
    assert sent["service_data"]["name"] == "grandma's candles"
    assert dialog(page).get_by_role("button", name=f"Undo: {name}").count() == 1


def test_a_rise_can_deserve_a_word(page: Page) -> None:
    open_timeline(page)
    dialog(page).locator("summary").filter(has_text="Notable rise").click()
    press(page, "This deserved a word")
    expect(dialog(page).get_by_role("status")).to_contain_text("Marked as missed")
    (sent,) = asked(page, "mark_missed")
    assert sent["service_data"]["from"].endswith("Z")


def test_a_missed_stretch_is_picked_with_dates_and_times_of_the_home(page: Page) -> None:
    open_timeline(page)
    dialog(page).locator("summary").filter(has_text="You missed one").click()
    for label, day, time in (("From", "2026-07-01", "18:30"), ("To", "2026-07-01", "20:05")):
        inputs = dialog(page).get_by_label(label, exact=True)
        inputs.nth(0).fill(day)
        inputs.nth(1).fill(time)
    press(page, "Mark as missed")
    expect(dialog(page).get_by_role("status")).to_contain_text("Marked as missed")
    (sent,) = asked(page, "mark_missed")
    assert sent["service_data"] == {
        "device_id": ROOM,
        "quantity": "pm25",
        "from": "2026-07-01T18:30:00+01:00",
        "to": "2026-07-01T20:05:00+01:00",
    }


def test_what_is_refused_says_why_in_the_words_of_the_user(page: Page) -> None:
    error = {
        "code": "service_validation_error",
        "message": "server's words",
        "translation_key": "stretch_in_future",
        "translation_placeholders": {"end": "2026-03-09 10:00"},
    }
    open_timeline(page, replies={"mark_missed": {"error": error}})
    dialog(page).locator("summary").filter(has_text="You missed one").click()
    press(page, "Mark as missed")
    expect(dialog(page).get_by_role("status")).to_have_text("2026-03-09 10:00 is in the future.")


def test_other_answers_are_listed_each_with_undo(page: Page) -> None:
    answers = [{"quantity": "pm25", **a_correction("strike", 5)}]
    open_timeline(page, replies={"timeline": timeline(an_episode(), answers=answers)})
    assert "Days excluded" in dialog(page).inner_text()
    press(page, "Undo: Days excluded")
    dialog(page).get_by_role("status").filter(has_text="Undone").wait_for()
    assert asked(page, "undo")[0]["service_data"]["correction"] == 5


def test_answers_of_two_pollutants_are_told_apart(page: Page) -> None:
    both = ("pm25", "voc_ratio")
    quantities = [{"quantity": one, "words_of": one[:4], "unit": ""} for one in both]
    answers = [{"quantity": one, **a_correction("sensor_mapped", 5)} for one in both]
    known = timeline(an_episode(), answers=answers, quantities=quantities)
    open_timeline(page, replies={"timeline": known})
    for of in ("PM2.5", "VOC"):
        name = f"Undo: {of} · Converted from the old sensor"
        dialog(page).get_by_role("button", name=name, exact=True).wait_for()
    first, second = (row.bounding_box() for row in dialog(page).locator(".answers button").all())
    assert first
    assert second
    assert second["y"] >= first["y"] + first["height"] + 8.0, "a finger hits one of them"


def test_a_question_opens_itself_and_its_answer_has_undo(page: Page) -> None:
    opened(page)
    page.get_by_role("button", name="Kitchen: unusual air").click()
    expect(dialog(page)).to_contain_text("Oma\\s <b>kitchen</b>: 64 μg/m³")
    assert not UNFIT.search(dialog(page).inner_text())
    assert dialog(page).locator("b").count() == 0
    said = dialog(page).inner_text()
    assert "indented" not in said, "the card is in its reader's language"
    assert not any(line.startswith(">") for line in said.splitlines())
    press(page, "It was real: do not count it as usual")
    expect(dialog(page)).to_contain_text("PM2.5: 36 days left.")
    press(page, "Exclude")
    expect(dialog(page)).to_contain_text("These hours no longer count as usual")
    press(page, "Undo")
    expect(dialog(page)).to_contain_text("Undone.")
    steps = [[one["step"] for one in sent["steps"]] for sent in asked(page, "question")]
    assert steps == [[], ["real"], ["real", "keep_out"]]
    assert len(asked(page, "undo")) == 1


@pytest.mark.parametrize(
    ("locale", "sent"),
    [
        (("12", "comma_decimal", "server"), (True, ".", "Europe/London")),
        (("24", "decimal_comma", "local"), (False, ",", "America/New_York")),
    ],
)
def test_a_question_is_asked_in_the_formats_of_who_reads_it(
    browser: Browser, locale: tuple[str, ...], sent: tuple[Any, ...]
) -> None:
    page = open_page(browser.new_context(timezone_id="America/New_York"))
    said = dict(zip(("time_format", "number_format", "time_zone"), locale, strict=True))
    opened(page, locale={"language": "en", **said})
    page.get_by_role("button", name="Kitchen: unusual air").click()
    dialog(page).locator(".panel-body > *").first.wait_for()
    (question,) = asked(page, "question")
    assert tuple(question[name] for name in ("twelve_hours", "decimal_mark", "time_zone")) == sent
    page.context.close()


def test_a_page_of_a_question_leads_back(page: Page) -> None:
    opened(page)
    page.get_by_role("button", name="Kitchen: unusual air").click()
    press(page, "It was real: do not count it as usual")
    press(page, "Back")
    expect(dialog(page)).to_contain_text("64 μg/m³")
    press(page, "The sensor or the room changed")
    day = dialog(page).locator("input[type=date]")
    assert day.input_value() == "2026-03-02"
    press(page, "Back")
    expect(dialog(page)).to_contain_text("64 μg/m³")


def test_who_may_not_answer_has_no_button_and_no_dead_link(page: Page) -> None:
    replies = {"timeline": timeline(an_episode(), may_answer=False)}
    opened(page, replies=replies, may_answer=False)
    card = page.locator("air-baseline-card ha-card").first
    assert "Kitchen: unusual air" in card.inner_text()
    assert card.get_by_role("button", name="Kitchen: unusual air").count() == 0
    assert card.locator("a").count() == 0
    page.get_by_role("button", name="What happened here").click()
    dialog(page).locator("summary").filter(has_text="Unusual air").click()
    expect(dialog(page)).to_contain_text("the highest rise at this time of day")
    buttons = dialog(page).get_by_role("button").all_inner_texts()
    assert len(buttons) == 1, "only the one that closes"
    assert "An administrator can answer here" in dialog(page).inner_text()


def test_everything_is_reached_by_keyboard(page: Page) -> None:
    open_timeline(page)
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.shadowRoot?.activeElement?.textContent.slice(0, 14)"
            )
        )
    assert {"You missed one"} <= reached
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_update_of_the_card_leaves_what_is_typed(page: Page) -> None:
    open_timeline(page)
    dialog(page).locator("summary").filter(has_text="Notable rise").click()
    field = dialog(page).get_by_role("textbox", name="In your own words")
    field.fill("cake")
    page.evaluate("message => window.send['device-of-kitchen'](message)", STATES["learned"])
    assert field.input_value() == "cake"


def test_nothing_is_wider_than_a_small_phone(narrow: Page) -> None:
    open_timeline(narrow)
    for summary in dialog(narrow).locator("summary").all():
        summary.click()
    narrow.wait_for_timeout(100)
    wide = dialog(narrow).evaluate("one => one.scrollWidth > one.clientWidth")
    assert not wide
