"""What a room's settings and its sources disagree on: somebody else has a source, or it moved."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import ATTR_QUANTITY, DOMAIN
from ..coordinator import RoomCoordinator
from ..core.pollutant import Pollutant
from ..inputs.places import has_moved
from ..storage.question_record import QuestionRecord
from .question_store import SOURCE_MOVED, SOURCE_TAKEN, async_show_issue


@callback
def async_review_settings(hass: HomeAssistant, room: RoomCoordinator) -> None:
    """Show what has to be decided about a room's sources, and hide what is over.

    These follow from something that a person has just done, so they do not wait for another day.
    """
    for pollutant, source in room.sources.items():
        taken = pollutant in room.taken
        asks = not taken and not room.channels[pollutant].paused
        moved = asks and has_moved(hass, room.subentry.data, source.entity_id)
        _async_report(hass, room, SOURCE_TAKEN, pollutant, shown=taken)
        _async_report(hass, room, SOURCE_MOVED, pollutant, shown=moved)
    for pollutant in Pollutant:
        if pollutant not in room.sources:
            for what in (SOURCE_TAKEN, SOURCE_MOVED):
                _async_report(hass, room, what, pollutant, shown=False)


@callback
def _async_report(
    hass: HomeAssistant, room: RoomCoordinator, what: str, pollutant: Pollutant, *, shown: bool
) -> None:
    records, now = room.stored.question_records, dt_util.utcnow().timestamp()
    issue_id = f"{what}_{room.subentry.subentry_id}_{pollutant.value}"
    if not shown:
        if records.pop(issue_id, None) is not None:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    if issue_id not in records:
        records[issue_id] = QuestionRecord(what=what, at=now, asked_at=now)
        room.async_schedule_save()
    if records[issue_id].is_shown_at(now):
        data = {ATTR_QUANTITY: pollutant.value}
        async_show_issue(room, issue_id, what, data, room.subentry.title)
