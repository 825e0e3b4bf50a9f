"""The walk through the automation editor, and what an automation made there does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import json
import re
from typing import Final
from urllib.parse import urlsplit

from .answers import UNUSUAL
from .homes import WalkError
from .visitor import Visitor

LEARNED: Final = "Living room"
LEARNING: Final = "Bedroom"
ALSO_UNUSUAL: Final = (LEARNED, "voc_unusual")
AUTOMATION: Final = "Tell of the living room"
TRIGGER: Final = "Air became unusual"
CONDITION: Final = "Usual range is learned"
RARITY: Final = "14"  # Days, by judgement: every episode in the demo home is rarer.
BEDROOM_AIR: Final = "Bedroom monitor PM2.5"
HIGH: Final = 30.0  # μg/m³: toast raises the bedroom to this, far above what two days showed.
OPENING_S: Final = 720.0  # The episode opens at a full five minutes of the clock, or the next.
PATIENCE_S: Final = 60.0
SECOND_RUN_S: Final = 10.0
WELCOME: Final = "/air_baseline"  # The page to which the set-up leads.
NOTIFICATION: Final = f"{LEARNED}: unusual air"
PICTURE: Final = re.compile(r"!\[\]\((/api/air_baseline/picture/[^)]+)\)")
KIND: Final = "path => fetch(path).then(answer => answer.headers.get('content-type'))"


def make_notification(visitor: Visitor) -> None:
    """Make a notification with one press."""
    visitor.go(WELCOME)
    visitor.press_button("Notify me in Home Assistant")
    visitor.expect("Done. The next unusual air is reported")
    visitor.pictures("welcome")


def notified(visitor: Visitor) -> None:
    """Read the notification that was made with one press, and follow it to its room."""
    if not visitor.wait(lambda: bool(_notifications(visitor)), PATIENCE_S):
        raise WalkError(f"the episode opened but nothing was reported: {_traces(visitor)}")
    message = _notifications(visitor)[0]
    shown = PICTURE.search(message)
    kind = visitor.page.evaluate(KIND, shown[1]) if shown else None
    if kind != "image/png":
        raise WalkError(f"the notification has no picture but {kind}: {message}")
    visitor.go("/")
    visitor.press("Notifications")
    visitor.expect(NOTIFICATION, "sustained")
    visitor.picture("notification")
    visitor.page.locator("notification-drawer").get_by_role("link", name=LEARNED).first.click()
    visitor.page.locator("air-baseline-panel .todo").wait_for()
    visitor.pictures("notification-opened")


def make_automations(visitor: Visitor) -> None:
    """Make one automation for the room that is learned, and the same for one that is learning."""
    for room in (LEARNED, LEARNING):
        _make(visitor, room)


def fires_once(visitor: Visitor) -> None:
    """Check that the automation of the learned room runs once, and the other not at all."""
    told = _told(visitor)  # The episode may have opened during an earlier step.
    if told and visitor.state(UNUSUAL)["state"] != "on":
        raise WalkError(f"an automation ran before there was an episode: {told}")
    visitor.await_state(UNUSUAL, "on", OPENING_S)
    if not visitor.wait(lambda: bool(_told(visitor)), PATIENCE_S):
        raise WalkError(f"the episode opened but nothing ran: {_traces(visitor)}")
    visitor.wait(lambda: False, SECOND_RUN_S)
    ran_no_more(visitor)
    began = datetime.fromisoformat(visitor.state(UNUSUAL)["last_changed"])
    ran = datetime.fromisoformat(visitor.state(AUTOMATION)["attributes"]["last_triggered"])
    if ran < began:
        raise WalkError(f"the automation ran at {ran}, before its episode opened at {began}")
    air = float(visitor.state(BEDROOM_AIR)["state"])
    if air < HIGH:
        raise WalkError(f"the bedroom has only {air} μg/m³, so its silence shows nothing")
    visitor.await_state((LEARNING, "pm25_unusual"), "unknown", reason="not_learned")
    visitor.go("/config/automation/dashboard")
    visitor.expect(_name(LEARNED))
    visitor.pictures("automations")


def ran_no_more(visitor: Visitor) -> None:
    """Check that the automation ran once for each sensor that became unusual.

    No answer and no undo starts another run. In some hours of the day toast is unusual VOC too.
    """
    due, told = [LEARNED] * _unusual_sensors(visitor), _told(visitor)
    if told != due:
        raise WalkError(f"{due} were due, but there were {told}")


def look_at_editor(visitor: Visitor) -> None:
    """Choose trigger and condition once more, and save a picture of each page."""
    _choose(visitor, LEARNED, visitor.pictures)


def _make(visitor: Visitor, room: str) -> None:
    """Make an automation in the editor, using only the words on the page."""
    page = visitor.page
    _choose(visitor, room)
    visitor.press("Add action")
    page.keyboard.type("persistent")
    visitor.press("Create persistent notification")
    page.get_by_role("textbox", disabled=False).last.fill(room)
    visitor.press_button("Save")
    page.get_by_role("textbox", disabled=False).last.fill(_name(room))
    visitor.press_button("Save")
    if not visitor.wait(lambda: "/edit/new" not in page.url, PATIENCE_S):
        raise WalkError(f"the editor did not save the automation:\n{visitor.read()}")
    visitor.go(urlsplit(page.url).path)
    visitor.expect(TRIGGER, CONDITION)


def _choose(visitor: Visitor, room: str, look: Callable[[str], None] = lambda _: None) -> None:
    """Start an automation: choose the trigger and the condition of a room by their names."""
    visitor.go("/config/automation/edit/new")
    for kind, what in (("trigger", TRIGGER), ("condition", CONDITION)):
        visitor.press(f"Add {kind}")
        visitor.press(room)
        look(f"add-{kind}")
        visitor.press(what)
        visitor.expect(what, room)
        if what == TRIGGER:
            visitor.page.locator("ha-checkbox").last.click()
            visitor.page.get_by_role("spinbutton").last.fill(RARITY)
        look(f"added-{kind}")


def _name(room: str) -> str:
    return f"Tell of the {room.lower()}"


def _told(visitor: Visitor) -> list[str]:
    """Return the notifications of the automations that ran."""
    told = visitor.ask("persistent_notification/get")
    return [one["message"] for one in told if one["message"] in (LEARNED, LEARNING)]


def _unusual_sensors(visitor: Visitor) -> int:
    """Return how many sensors of the learned room have been unusual in this home."""
    history = visitor.ask(
        "history/history_during_period",
        start_time=(datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        entity_ids=[visitor.entity_id(*UNUSUAL), visitor.entity_id(*ALSO_UNUSUAL)],
        no_attributes=True,
    )
    return sum(any(one["s"] == "on" for one in states) for states in history.values())


def _notifications(visitor: Visitor) -> list[str]:
    """Return what the notification that was made with one press has said of the room."""
    said = visitor.ask("persistent_notification/get")
    return [one["message"] for one in said if one["title"] == NOTIFICATION]


def _traces(visitor: Visitor) -> str:
    return json.dumps(visitor.ask("trace/list", domain="automation"), indent=1)
