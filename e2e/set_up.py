"""The walk from a home without Air Baseline to a learned room, at a desk and on a phone."""

from typing import Final

from .answers import LEARNING, ROOM
from .visitor import Visitor

INTEGRATIONS: Final = "/config/integrations/dashboard"
PHONE: Final = {"width": 400, "height": 900}
LEARNED_S: Final = 60.0


def set_up(visitor: Visitor) -> None:
    """Add the integration and a room, let it learn from history, see that it has learned."""
    _choose_integration(visitor)
    visitor.expect("Stored in this Home Assistant", "Nothing leaves this machine")
    visitor.press_button("Go on to the first room")
    visitor.expect("Choose the area")
    page = visitor.page
    page.locator("ha-area-picker").click()
    visitor.read()
    visitor.press(ROOM)
    page.locator("ha-entity-picker").first.click()
    visitor.read()
    visitor.press(f"{ROOM} monitor")
    visitor.press_button("Submit")
    visitor.expect(f"Created configuration for {ROOM}")
    visitor.press_button("Finish")

    visitor.act("relearn_from_history", ROOM)
    visitor.await_state(LEARNING, "learned", LEARNED_S)
    visitor.go(f"/config/devices/device/{visitor.device(ROOM)}")
    visitor.expect("PM2.5 learning", "Learned")


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
