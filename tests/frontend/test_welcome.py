"""The page after set-up: a dashboard, a notification or nothing, with one press each."""

from typing import Any

from playwright.sync_api import Locator, Page, expect
import pytest
import yaml

from tests.frontend.messages import Message
from tests.frontend.pages import ROOM, SHOW, UNFIT, stand_in
from tests.words import FOLDER

ID = "air_baseline_notify_here"
DEVICES = {
    ROOM: {"id": ROOM, "name": "Kitchen: bar", "identifiers": [["air_baseline", "01KITCHEN"]]},
}
PHONE = {"id": "phone", "name": "Oma's phone", "identifiers": [["mobile_app", "x"]]}
REPLIES: dict[str, Any] = {
    "dashboards": [],
    "list": {"other.yaml": {}},
    "save": {"saved": True},
    "get_user_data": {"value": {}},
    "set_user_data": {"done": True},
    "config": {"saved": True},
}


def opened(page: Page, *, offered: bool = False, **given: Any) -> Locator:
    """Show the page, or the same on the dashboard."""
    replies = REPLIES | given.pop("replies", {})
    home = stand_in({}, **({"devices": DEVICES, "replies": replies, "states": {}} | given))
    config = {"type": "custom:air-baseline-welcome-card", "offered": offered}
    page.evaluate_handle(SHOW, [home, config])
    card = page.locator("air-baseline-welcome-card ha-card")
    expect(card).not_to_be_empty()
    return card


def press(card: Locator, name: str) -> None:
    card.get_by_role("button", name=name).click()


def asked(page: Page, kind: str) -> list[Message]:
    everything: list[Message] = page.evaluate("window.asked")
    return [one for one in everything if one["type"] == kind]


def test_one_press_makes_a_notification_that_runs(page: Page) -> None:
    card = opened(page, included=True)
    press(card, "Notify me in Home Assistant")
    expect(card.get_by_role("status")).to_contain_text("Done.")
    (made,) = asked(page, f"api/config/automation/config/{ID}")
    assert made["body"]["use_blueprint"]["input"]["rooms"] == [ROOM]
    (saved,) = asked(page, "blueprint/save")
    blueprint = FOLDER / "blueprints" / "notify_and_ask.yaml"
    assert saved["yaml"] == blueprint.read_text("utf-8")
    assert saved["source_url"] in saved["yaml"]
    expect(card.get_by_role("button", name="✓ Notify me")).to_be_disabled()
    assert card.get_by_role("button", name="Nothing").count() == 0


def test_each_phone_is_offered_by_its_name(page: Page) -> None:
    card = opened(page, included=True, devices=DEVICES | {"phone": PHONE})
    press(card, "Notify Oma's phone")
    expect(card.get_by_role("status")).to_contain_text("Done.")
    (made,) = asked(page, "api/config/automation/config/air_baseline_notify_phone")
    assert made["body"]["use_blueprint"]["input"]["phone"] == "phone"


def test_a_configuration_without_automations_gets_yaml_to_paste(page: Page) -> None:
    card = opened(page, included=False)
    press(card, "Notify me in Home Assistant")
    expect(card.get_by_role("status")).to_contain_text("does not include automations.yaml")
    (item,) = yaml.safe_load(card.locator("pre").inner_text())
    (made,) = [
        one for one in asked(page, f"api/config/automation/config/{ID}") if one["method"] == "POST"
    ]
    assert item == {"id": ID, **made["body"]}
    (deleted,) = [
        one
        for one in asked(page, f"api/config/automation/config/{ID}")
        if one["method"] == "DELETE"
    ]
    assert deleted, "what does not run is not left behind"
    expect(card.get_by_role("button", name="Notify me in Home Assistant")).to_be_enabled()


@pytest.mark.parametrize("offered", [False, True])
def test_nothing_is_remembered(page: Page, *, offered: bool) -> None:
    card = opened(page, offered=offered)
    press(card, "Nothing, thanks")
    if offered:
        expect(card).to_be_hidden()
    else:
        expect(card.get_by_role("status")).to_contain_text("You will not be asked again")
    (kept,) = asked(page, "frontend/set_user_data")
    assert kept["value"] == {"done": True}
    assert asked(page, f"api/config/automation/config/{ID}") == []


def test_who_said_nothing_is_not_asked_again_but_can_still_choose(page: Page) -> None:
    card = opened(page, replies={"get_user_data": {"value": {"done": True}}})
    assert card.get_by_role("button").all_inner_texts() == [
        "Make a dashboard",
        "Notify me in Home Assistant",
    ]


def test_what_fails_says_so_and_can_be_tried_again(page: Page) -> None:
    card = opened(page, included=True, replies={"POST": {"error": {"code": "x"}}})
    press(card, "Notify me in Home Assistant")
    expect(card.get_by_role("status")).to_contain_text("That did not work.")
    expect(card.get_by_role("button", name="Notify me in Home Assistant")).to_be_enabled()
    assert not UNFIT.search(card.inner_text())


def test_it_says_that_it_works_until_it_is_done(page: Page) -> None:
    card = opened(page, included=True, slow=True)
    press(card, "Notify me in Home Assistant")
    expect(card.get_by_role("status")).to_have_text("One moment: Home Assistant is making it.")
    expect(card.locator("progress")).to_be_visible()
    for button in card.get_by_role("button").all():
        expect(button).to_be_disabled()
    page.wait_for_function("Boolean(window.answer)")
    page.evaluate("() => { window.hass = { ...window.hass }; window.cards[0].hass = window.hass; }")
    expect(card.get_by_role("status")).to_contain_text("One moment")
    page.evaluate("window.answer()")
    expect(card.get_by_role("status")).to_contain_text("Done.")
    expect(card.locator("progress")).to_have_count(0)


@pytest.mark.parametrize(
    "error",
    [
        {
            "status_code": 500,
            "error": "Response error: 500",
            "body": {"message": "The disk is full"},
        },
        {"code": "x", "message": "The disk is full"},
    ],
)
def test_what_fails_says_why_as_far_as_that_is_known(page: Page, error: dict[str, Any]) -> None:
    card = opened(page, included=True, replies={"POST": {"error": error}})
    press(card, "Notify me in Home Assistant")
    expect(card.get_by_role("status")).to_have_text(
        "That did not work. Home Assistant says: The disk is full"
    )
    expect(card.get_by_role("button", name="Notify me in Home Assistant")).to_be_enabled()


def test_a_dashboard_that_stays_empty_is_not_left_in_the_way(page: Page) -> None:
    replies = {
        "lovelace/dashboards/create": {"id": "made"},
        "lovelace/config/save": {"error": {"message": "The disk is full"}},
        "lovelace/dashboards/delete": {},
    }
    card = opened(page, replies=replies)
    press(card, "Make a dashboard")
    expect(card.get_by_role("status")).to_contain_text("The disk is full")
    (deleted,) = asked(page, "lovelace/dashboards/delete")
    assert deleted["dashboard_id"] == "made"


def test_who_is_no_administrator_is_told_so(page: Page) -> None:
    card = opened(page, user={"is_admin": False})
    expect(card).to_contain_text("Only an administrator can set this up.")
    assert card.get_by_role("button").count() == 0


def test_a_press_by_keyboard_leads_to_what_was_done(page: Page) -> None:
    card = opened(page, included=True)
    card.get_by_role("button", name="Notify me in Home Assistant").press("Enter")
    expect(card.get_by_role("status")).to_be_focused()
    expect(card.get_by_role("status")).to_contain_text("Done.")
