"""What a person can do about a room's inferences; actions and repairs both come here."""

from collections.abc import Iterable

from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .coordinator import RoomCoordinator
from .core.ledger import Entry, UndoError
from .core.quantity import Kind


async def async_reset(room: RoomCoordinator, kinds: Iterable[Kind]) -> dict[Kind, Entry]:
    """Start over: what was learned stays for 30 days, but no longer counts."""
    entries: dict[Kind, Entry] = {}

    def reset(at: float) -> None:
        for kind in kinds:
            entries[kind] = room.channels[kind].reset(at)

    await room.async_correct(reset)
    return entries


async def async_correct_all(room: RoomCoordinator, entry: Entry) -> dict[Kind, Entry]:
    """Put the same correction into force for every channel of a room."""
    entries: dict[Kind, Entry] = {}

    def correct(at: float) -> None:
        for kind, channel in room.channels.items():
            entries[kind] = channel.correct(at, entry)

    await room.async_correct(correct)
    return entries


async def async_undo(
    room: RoomCoordinator, kinds: Iterable[Kind], entry_id: int | None = None
) -> dict[Kind, Entry]:
    """Take back the last correction of a room, or the one named.

    What was corrected in one step for several quantities is taken back in one step. Raises
    ServiceValidationError where there is nothing to take back.
    """
    undone: dict[Kind, Entry] = {}

    def undo(at: float) -> None:
        found: dict[Kind, Entry] = {}
        for kind in kinds:
            try:
                found[kind] = room.channels[kind].ledger.undoable(at, entry_id)
            except UndoError:
                continue
        if not found:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="nothing_to_undo"
            )
        latest = max(entry.at for entry in found.values())
        for kind, entry in found.items():
            if entry.at == latest:
                undone[kind] = room.channels[kind].undo(at, entry.id)

    await room.async_correct(undo)
    return undone
