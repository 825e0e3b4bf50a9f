"""The walk of somebody of the household who is no administrator: read, answer, name, mark, undo."""

from datetime import datetime, timedelta
from typing import Final

from playwright.sync_api import Locator

from .answers import COMPARED, PAGE, QUESTION, ROOM
from .homes import WalkError
from .visitor import NARROW, Visitor

NAME: Final = "Sam"
GROUP: Final = "system-users"  # Home Assistant's own group of people who are no administrators.
INTEGRATION: Final = "/config/integrations/integration/air_baseline"
ASKS: Final = "Waiting for your answer"
OWN_WORDS: Final = "Grandma's <b>toast</b>"  # As anybody could type it; it is never markup.
SETTINGS: Final = "a[href^='/config']"


def move_in(administrator: Visitor) -> Visitor:
    """Add a person who is no administrator, and open a window for them."""
    made = administrator.ask("config/auth/create", name=NAME, group_ids=[GROUP], local_only=True)
    return administrator.as_another(made["user"]["id"])


def read_without_answering(visitor: Visitor) -> None:
    """Read the question of a room as somebody who may not answer it: no button, no dead link."""
    visitor.go("/")
    visitor.page.get_by_text(ROOM, exact=True).last.click()  # The heading of its section.
    visitor.read()
    if "/room-" not in visitor.page.url:
        raise WalkError(f"the heading of a room led to {visitor.page.url}")
    visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    visitor.expect(ASKS, QUESTION)
    if _question(visitor).count():
        raise WalkError("who may not answer has a button that answers")
    if led := visitor.page.locator(SETTINGS).count():
        raise WalkError(f"{led} links lead to settings that {NAME} may not open")
    visitor.picture("household-reads")


def allow_everyone(administrator: Visitor) -> None:
    """Allow everyone to answer, in the options."""
    administrator.go(INTEGRATION)
    administrator.press_button("Configure")
    administrator.page.get_by_role("switch").last.press("Space")
    administrator.pictures("options")
    administrator.press_button("Submit")


def answer_on_the_card(visitor: Visitor) -> None:
    """Answer the question on the card, undo that there, and find the question again."""
    question = _question(visitor)
    question.wait_for()
    question.click()
    visitor.expect(*PAGE)
    visitor.pictures("household-question")
    visitor.press_button("It was real: do not count it as usual")
    visitor.expect("What would be left")
    visitor.press_button("Back")
    visitor.expect(*PAGE)
    visitor.press_button("It was real: do not count it as usual")
    visitor.press_button("Exclude")
    visitor.expect("These hours no longer count as usual", "Undo")
    visitor.picture("household-answered")
    visitor.await_state(COMPARED, "unusual", corrections=1)
    question.wait_for(state="detached")
    visitor.press_button("Undo")
    visitor.expect("Undone")
    visitor.await_state(COMPARED, "unusual", corrections=0)
    visitor.press_button("Close")
    question.wait_for()


def name_an_episode(visitor: Visitor) -> None:
    """Name what happened with one press, then in own words, and undo that."""
    visitor.press_button("What happened here")
    visitor.page.locator(".happening.episode summary").first.click()
    visitor.expect("Because", "Not known", "What happens next")
    visitor.pictures("household-episode")
    visitor.press_button("Cooking")
    visitor.expect("Named: Cooking")
    field = visitor.page.get_by_role("textbox", name="In your own words").last
    field.fill(OWN_WORDS)
    field.press("Enter")
    visitor.expect(f"Named: {OWN_WORDS}", "Undo")
    visitor.picture("household-named")
    if visitor.page.locator(".happening b").count():
        raise WalkError("a name became markup")
    visitor.press_button("Undo")
    visitor.expect("Undone")
    if OWN_WORDS in visitor.read():
        raise WalkError("the name is still there after its undoing")


def mark_what_was_missed(visitor: Visitor) -> None:
    """Mark an hour of yesterday that deserved a word, and undo that."""
    visitor.page.locator("summary").filter(has_text="You missed one").click()
    yesterday = (datetime.now() - timedelta(days=1)).date().isoformat()  # noqa: DTZ005 - here
    for label, time in (("From", "12:00"), ("To", "13:00")):
        inputs = visitor.page.get_by_label(label, exact=True)
        inputs.nth(0).fill(yesterday)
        inputs.nth(1).fill(time)
    visitor.picture("household-missed")
    visitor.press_button("Mark as missed")
    visitor.page.locator(".happening.missed").wait_for()
    visitor.pictures("household-marked")
    visitor.press_button("Undo")
    visitor.page.locator(".happening.missed").wait_for(state="detached")
    visitor.press_button("Close")


def _question(visitor: Visitor) -> Locator:
    """Return the question of the room as a button, which it is for whoever may answer it."""
    return visitor.page.locator("air-baseline-card .questions button")
