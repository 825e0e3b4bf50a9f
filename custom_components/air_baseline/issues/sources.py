"""Problems of a room's sources: reported after some hours, until they are over."""

from collections.abc import Callable

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import ATTR_QUANTITY, DOMAIN
from ..coordinator import RoomCoordinator
from ..core.channel import Channel
from ..core.pollutant import Pollutant
from ..inputs.source_watch import Trouble
from ..storage.question_record import QuestionRecord
from .question_store import (
    SOURCE_ABOVE_SPAN,
    SOURCE_IMPLAUSIBLE,
    SOURCE_MISSING,
    SOURCE_STUCK,
    SOURCE_UNIT_CHANGED,
    async_show_issue,
)

MISSING_S = 6 * 3600.0  # Seconds. By judgement: enough to change a battery or repair a network.

TROUBLES = {
    SOURCE_UNIT_CHANGED: Trouble.UNIT,
    SOURCE_ABOVE_SPAN: Trouble.ABOVE_SPAN,
    SOURCE_IMPLAUSIBLE: Trouble.IMPLAUSIBLE,
}
_NO_VALUE = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})


class SourceIssues:
    """The problems of one room's sources."""

    def __init__(
        self, hass: HomeAssistant, room: RoomCoordinator, questions_left: Callable[[float], int]
    ) -> None:
        """Take what was reported before from the room's store.

        `questions_left` returns how many new ones the day of a POSIX time still allows.
        """
        self._hass = hass
        self._room = room
        self._records = room.stored.question_records
        self._questions_left = questions_left
        self._lost_since: dict[Pollutant, float] = {}

    @callback
    def async_review(self) -> None:
        """Follow the sources; a paused one is not reported."""
        now = dt_util.utcnow().timestamp()
        for pollutant, channel in self._room.channels.items():
            stuck = channel.health.stuck and not channel.paused
            self._async_report(SOURCE_STUCK, pollutant, now, shown=stuck)
            self._async_review_values(pollutant, now, paused=channel.paused)
            self._async_review_missing(pollutant, channel, now)

    @callback
    def _async_review_values(self, pollutant: Pollutant, now: float, *, paused: bool) -> None:
        if pollutant not in self._room.unit_problem:
            return  # No value since the start: earlier reports stay.
        for what, trouble in TROUBLES.items():
            wrong_now = self._room.watches[pollutant].has(trouble) and not paused
            if not wrong_now or self._room.watches[pollutant].proven(trouble):
                self._async_report(what, pollutant, now, shown=wrong_now)

    @callback
    def _async_review_missing(self, pollutant: Pollutant, channel: Channel, now: float) -> None:
        """Report that a source is gone or silent, after some hours of this run.

        Sources appear one after another while Home Assistant starts.
        """
        if self._hass.state is not CoreState.running:
            return
        state = self._hass.states.get(self._room.sources[pollutant].entity_id)
        heard = state is not None and state.state not in _NO_VALUE
        odd = any(self._room.watches[pollutant].has(trouble) for trouble in Trouble)
        lost = not odd and not (heard and channel.heard(now))
        if not lost or channel.paused or channel.waiting:
            self._lost_since.pop(pollutant, None)
            self._async_report(SOURCE_MISSING, pollutant, now, shown=False)
            return
        reported = self._issue_id(SOURCE_MISSING, pollutant) in self._records
        if reported or now - self._lost_since.setdefault(pollutant, now) >= MISSING_S:
            self._async_report(SOURCE_MISSING, pollutant, now, shown=True)

    def _issue_id(self, what: str, pollutant: Pollutant) -> str:
        return f"{what}_{self._room.subentry.subentry_id}_{pollutant.value}"

    @callback
    def _async_report(self, what: str, pollutant: Pollutant, now: float, *, shown: bool) -> None:
        """Report a problem while it lasts; then forget it and its answer."""
        issue_id = self._issue_id(what, pollutant)
        if not shown:
            if self._records.pop(issue_id, None) is not None:
                ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        if issue_id not in self._records:
            if not self._questions_left(now):
                return
            self._records[issue_id] = QuestionRecord(what=what, at=now, asked_at=now)
            self._room.async_schedule_save()
        if self._records[issue_id].is_shown_at(now):
            data = {ATTR_QUANTITY: pollutant.value}
            async_show_issue(self._room, issue_id, what, data, self._room.subentry.title)
