"""The walk through an episode of the demo: read it, say that it was real, undo that."""

from typing import Any, Final

from .homes import WalkError
from .visitor import Visitor

ROOM: Final = "Living room"
UNUSUAL: Final = (ROOM, "pm25_unusual")
COMPARED: Final = (ROOM, "pm25_compared")
LEARNING: Final = (ROOM, "pm25_learning")
REPAIRS: Final = "/config/repairs"
QUESTION: Final = "Living room: unusual air"
PAGE: Final = ("What to do", "Measured", "Inferred", "Because", "Not known", "What happens next")


def answer_and_undo(visitor: Visitor) -> None:
    """Open the question, read it, see what each answer would do, give one, undo it."""
    untouched = _ledger(visitor)
    visitor.go(REPAIRS)
    visitor.expect(QUESTION)
    visitor.pictures("repairs")
    open_question(visitor)
    visitor.pictures("episode")
    for answer, title, picture in (
        ("That is normal here", "The usual range does not change", "normal"),
        ("The sensor or the room changed", "The new place is similar", "changed"),
    ):
        visitor.press(answer)
        visitor.expect(title)
        visitor.pictures(picture)
        open_question(visitor)

    visitor.press("It was real")
    visitor.expect("These hours will no longer count as usual", "What would be left", "Exclude")
    visitor.pictures("real")
    if _ledger(visitor) != untouched:
        raise WalkError("the preview of an answer changed the ledger")
    visitor.press("Exclude")
    visitor.expect("These hours no longer count as usual", "Undo")
    visitor.pictures("real-done")
    visitor.await_state(COMPARED, "unusual", corrections=1)
    kinds = {kept["kind"] for kept in _corrections(visitor)}  # One for each day: 04:00 divides.
    if kinds != {"episode_real"}:
        raise WalkError(f"the ledger has another answer than the one given: {kinds}")
    visitor.go(f"/config/devices/device/{visitor.device(ROOM)}")
    visitor.pictures("room-corrected")

    visitor.act("undo", ROOM)
    visitor.await_state(COMPARED, "unusual", corrections=0)
    if _ledger(visitor) != untouched:
        raise WalkError("undo did not give the ledger back as it was")


def start_over_and_undo(visitor: Visitor) -> None:
    """Start over from the question, see that all is forgotten, undo it, see that all is back."""
    visitor.await_state(LEARNING, "learned")
    untouched = _ledger(visitor)
    open_question(visitor)
    visitor.press("Start over")
    visitor.expect("Nothing learned so far will count anymore", "usable days left", "undo this")
    visitor.pictures("start-over")
    visitor.press("Start over")
    visitor.expect("Started over")
    visitor.await_state(LEARNING, "collecting")
    visitor.await_state(COMPARED, "not_enough_data")
    visitor.await_state(UNUSUAL, "unknown", reason="not_learned")
    visitor.go(f"/config/devices/device/{visitor.device(ROOM)}")
    visitor.expect("Not enough data yet")
    visitor.pictures("room-collecting")

    visitor.act("undo", ROOM)
    visitor.await_state(LEARNING, "learned")
    visitor.await_state(COMPARED, "unusual")
    visitor.await_state(UNUSUAL, "on")
    if _ledger(visitor) != untouched:
        raise WalkError("undo did not give the ledger back as it was")
    visitor.go(f"/config/devices/device/{visitor.device(ROOM)}")
    visitor.expect("Learned")
    visitor.pictures("room-restored")


def open_question(visitor: Visitor) -> None:
    """Open the question about the episode from the list of repairs, and read it."""
    visitor.go(REPAIRS)
    visitor.press(QUESTION)
    visitor.expect(*PAGE)


def _corrections(visitor: Visitor) -> list[dict[str, Any]]:
    return list(_ledger(visitor)["corrections"])


def _ledger(visitor: Visitor) -> dict[str, Any]:
    """Return the PM2.5 ledger's complete days and corrections."""
    kept = visitor.act("get_ledger", ROOM, quantity="pm25")["quantities"]["pm25"]
    return {what: kept[what] for what in ("days", "corrections", "marks")}
