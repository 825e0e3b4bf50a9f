"""The walk from a home without Air Baseline to a learned room, at a desk and on a phone."""

from typing import Final, Literal

from .answers import LEARNING, ROOM
from .homes import WalkError
from .visitor import Visitor

INTEGRATIONS: Final = "/config/integrations/dashboard"
PHONE: Final = {"width": 400, "height": 900}
ROOMS: Final = ("Bedroom: PM2.5", "Kitchen: PM2.5", "Living room: PM2.5, VOC", "Study: PM2.5")
WELCOME: Final = "Make a dashboard and notifications"
AUTOMATION: Final = "Air Baseline: notify Home Assistant"
MOST_PRESSES: Final = 10
LEARNED_S: Final = 120.0  # The history of four rooms is read one after the other.


def set_up(visitor: Visitor) -> None:
    """Add the integration with the rooms it found; check that one has learned from history."""
    _choose_integration(visitor)
    visitor.expect(
        "Stored in this Home Assistant",
        "not an AI model",
        "Learn from existing history",
        "Keep the last 90 days only",
    )
    visitor.picture("set-up-home")
    _expect_on(visitor, "switch", [True, False])  # To learn from history; to keep 90 days only.
    visitor.press_button("Find my rooms")
    visitor.expect(*ROOMS)
    visitor.picture("set-up-rooms")
    _expect_on(visitor, "checkbox", [True] * len(ROOMS))
    visitor.press_button("Watch these rooms")
    visitor.expect("Sensors chosen: 5", "Outdoor PM2.5", "Outdoor temperature")
    visitor.picture("set-up-alerts")
    visitor.press_button("Finish")
    visitor.expect("Air Baseline is set up")
    visitor.picture("set-up-done")
    visitor.press(WELCOME)
    visitor.press_button("Notify me in Home Assistant")
    visitor.expect("Done. The next unusual air is reported")
    visitor.picture("set-up-welcome")
    if visitor.state(AUTOMATION)["state"] != "on":
        raise WalkError("the notification that was made does not run")
    print(f"     presses until notifications work: {visitor.presses}")
    if visitor.presses > MOST_PRESSES:
        raise WalkError(f"it took {visitor.presses} presses")
    visitor.press_button("Make a dashboard")
    visitor.expect("Open the dashboard")

    visitor.await_state(LEARNING, "learned", LEARNED_S, history="read")
    visitor.go(f"/config/devices/device/{visitor.device(ROOM)}")
    visitor.expect("PM2.5 learning", "Learned")
    visitor.picture("set-up-room")


def set_up_on_a_phone(visitor: Visitor) -> None:
    """Do the same in a narrow window."""
    visitor.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    set_up(visitor)


def _choose_integration(visitor: Visitor) -> None:
    visitor.go(INTEGRATIONS)
    visitor.press("Add integration")
    visitor.page.get_by_role("textbox").last.fill("Air Base")
    visitor.read()
    visitor.press("Air Baseline")


def _expect_on(visitor: Visitor, role: Literal["checkbox", "switch"], on: list[bool]) -> None:
    """Expect these boxes or switches on the page, from the first to the last."""
    shown = [box.is_checked() for box in visitor.page.get_by_role(role).all()]
    if shown != on:
        raise WalkError(f"on or not: {shown}, where {on} should be")
