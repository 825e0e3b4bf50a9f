"""The record of a month on its card: headings, and nothing that there was none of."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.frontend.pages import SHOW, UNFIT, stand_in

QUIET: dict[str, Any] = {
    "quantity": "pm25",
    "unit": "μg/m³",
    "days": 30,
    "usable_days": 29,
    "alert_days": 0,
    "episodes": [],
    "missed": 0,
    "changes": [],
    "states": [],
    "marks": 0,
    "inside": None,
    "target": 0.8,
    "forecasts_scored": 0,
    "forecasts_kept": 0,
    "latest": None,
    "not_known": [],
    "summary": {
        "episodes": 0,
        "highest": None,
        "longest_minutes": None,
        "asked": 0,
        "real": 0,
        "normal": 0,
        "unanswered": 0,
        "missed": 0,
    },
}
EPISODE = {"start": 1772452800.0, "end": 1772456400.0, "peak": 64.0, "verdict": "episode_real"}
EVENTFUL = QUIET | {
    "alert_days": 12,
    "episodes": [EPISODE],
    "inside": 0.79,
    "marks": 28,
    "latest": {"low": 71, "high": 87, "came": 80},
    "forecasts_scored": 1,
    "forecasts_kept": 1,
    "not_known": ["windows"],
    "summary": QUIET["summary"]
    | {"episodes": 1, "highest": 64.0, "longest_minutes": 60, "asked": 1, "real": 1},
}


def opened(page: Page, facts: dict[str, Any]) -> Locator:
    rooms = [{"device": "x", "room": "Kitchen", "quantities": [facts]}]
    home = stand_in({}, replies={"record": {"rooms": rooms}}, states={})
    page.evaluate_handle(SHOW, [home, {"type": "custom:air-baseline-record-card"}])
    card = page.locator("air-baseline-record-card ha-card")
    expect(card).to_contain_text("Kitchen")
    return card


def headings(card: Locator) -> list[str]:
    return card.locator("h5").all_inner_texts()


def test_a_quiet_month_is_one_sentence(page: Page) -> None:
    card = opened(page, QUIET)
    expect(card).to_contain_text("No unusual episodes, and nothing was marked as missed.")
    assert headings(card) == ["What happened", "How well the range held", "What is not known"]
    assert ": 0" not in card.inner_text()
    expect(card).to_contain_text("No alert was possible on these days")
    assert not UNFIT.search(card.inner_text())


def test_a_month_with_an_episode_says_what_was_answered(page: Page) -> None:
    card = opened(page, EVENTFUL)
    expect(card).to_contain_text("Asked about: 1. Answered as real: 1.")
    expect(card).to_contain_text("said 71 to 87%, it was 80%")
    assert headings(card) == [
        "What happened",
        "Questions and answers",
        "How well the range held",
        "What is not known",
    ]
    assert ": 0" not in card.inner_text()


def test_on_its_first_day_a_month_gives_way_to_the_one_that_has_ended(page: Page) -> None:
    page.clock.set_fixed_time("2026-12-01T09:00:00Z")
    new = [{"device": "x", "room": "Kitchen", "quantities": [QUIET | {"days": 0}]}]
    ended = [{"device": "x", "room": "Kitchen", "quantities": [QUIET]}]
    replies = {"record": {"rooms": new}}
    home = stand_in({}, replies=replies, months={"2026-11": {"rooms": ended}}, states={})
    page.evaluate_handle(SHOW, [home, {"type": "custom:air-baseline-record-card"}])
    card = page.locator("air-baseline-record-card ha-card")
    expect(card.get_by_role("heading", level=2)).to_have_text("November 2026")
    expect(card).to_contain_text("No unusual episodes")
    card.get_by_role("button", name="Later month").click()
    expect(card).to_contain_text("Nothing is kept")


def test_the_months_are_turned_by_the_keyboard_alone(page: Page) -> None:
    card = opened(page, EVENTFUL)
    months = card.get_by_role("heading", level=2)
    present = months.inner_text()
    page.keyboard.press("Tab")
    earlier = card.get_by_role("button", name="Earlier month")
    expect(earlier).to_be_focused()
    page.keyboard.press("Enter")
    expect(months).not_to_have_text(present)
    expect(earlier).to_be_focused()
    page.keyboard.press("Tab")
    expect(card.get_by_role("button", name="Later month")).to_be_focused()
    page.keyboard.press("Enter")
    expect(months).to_have_text(present)
    expect(earlier).to_be_focused()
