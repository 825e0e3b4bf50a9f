"""Problems of a room's sources: reported after some hours, until they are over."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import ATTR_QUANTITY, DOMAIN
from ..coordinator import RoomCoordinator
from ..core.channel import Channel
from ..core.day import DAY_S, locate
from ..core.ledger.entries import Trouble
from ..core.pollutant import Pollutant
from ..inputs.source_watch import LEAST_SHARE
from ..storage.question_record import TROUBLE_DAYS, QuestionRecord
from .question_store import async_hide, async_show_issue

MISSING_S = 6 * 3600.0  # Seconds. By judgement: enough to change a battery or repair a network.

# Days without the trouble after which it is over for good, by judgement: what comes every night or
# every weekend is back by then.
OVER_DAYS = 7

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
            self._async_report(Trouble.STUCK, pollutant, now, present=stuck)
            self._async_review_values(pollutant, now, paused=channel.paused)
            self._async_review_missing(pollutant, channel, now)

    @callback
    def _async_review_values(self, pollutant: Pollutant, now: float, *, paused: bool) -> None:
        if pollutant not in self._room.unit_problem:
            return  # No value since the start: earlier reports stay.
        watch = self._room.watches[pollutant]
        for what in LEAST_SHARE:
            wrong_now = watch.has(what) and not paused
            if not wrong_now or watch.proven(what):
                self._async_report(what, pollutant, now, present=wrong_now)

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
            self._async_report(Trouble.MISSING, pollutant, now, present=False)
            return
        record = self._records.get(self._issue_id(Trouble.MISSING, pollutant))
        reported = record is not None and record.over_at is None
        if channel.forecast and not channel.forecast.sees(locate(now, channel.zone)[1]):
            self._lost_since[pollutant] = now  # It is usually off at this time of day.
        if reported or now - self._lost_since.setdefault(pollutant, now) >= MISSING_S:
            self._async_report(Trouble.MISSING, pollutant, now, present=True)

    def _issue_id(self, what: Trouble, pollutant: Pollutant) -> str:
        return trouble_id(self._room.subentry.subentry_id, what, pollutant)

    @callback
    def _async_report(
        self, what: Trouble, pollutant: Pollutant, now: float, *, present: bool
    ) -> None:
        """Report a trouble while it is there; one that comes back, until it has stayed away."""
        channel = self._room.channels[pollutant]
        issue_id = self._issue_id(what, pollutant)
        known = self._records.get(issue_id)
        if channel.paused or not channel.ledger.reports(what):
            self._async_forget(issue_id)
            return
        if known is None and not (present and self._questions_left(now)):
            return
        record = known or QuestionRecord(what=what.value, at=now, asked_at=now)
        if present and (known is None or known.over_at is not None):
            record = record.began(_date(now))
        elif not present and record.over_at is None:
            record = replace(record, over_at=now)
        if record.over_at is not None and now - record.over_at >= OVER_DAYS * DAY_S:
            self._async_forget(issue_id)
            return
        if record != known:
            self._records[issue_id] = record
            self._room.async_schedule_save()
        if (present or record.repeated) and record.is_shown_at(now):
            self._async_show(issue_id, record, pollutant, now)
        else:
            async_hide(self._hass, issue_id)

    @callback
    def _async_show(
        self, issue_id: str, record: QuestionRecord, pollutant: Pollutant, now: float
    ) -> None:
        key = f"{record.what}_again" if record.repeated else record.what
        numbers = how_often(record.days, now) if record.repeated else {}
        data = {ATTR_QUANTITY: pollutant.value}
        async_show_issue(self._room, issue_id, key, data, self._room.subentry.title, **numbers)

    @callback
    def _async_forget(self, issue_id: str) -> None:
        """Forget a trouble and what became of its repair."""
        if self._records.pop(issue_id, None) is not None:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            self._room.async_schedule_save()


def trouble_id(room_id: str, what: Trouble, pollutant: Pollutant) -> str:
    """Return the id of the repair about a trouble of a source."""
    return f"{what}_{room_id}_{pollutant.value}"


def how_often(days: Sequence[int], now: float) -> dict[str, str]:
    """Return on how many of the last days a trouble began, as numbers to say."""
    since = max(_date(now) - TROUBLE_DAYS + 1, min(days, default=_date(now)))
    return {"days": str(sum(day >= since for day in days)), "of": str(_date(now) - since + 1)}


@callback
def async_forget_troubles(room: RoomCoordinator, pollutants: Iterable[Pollutant]) -> None:
    """Forget the troubles of sources that were replaced, and that nobody wants to hear of them."""
    for pollutant in pollutants:
        channel = room.channels[pollutant]
        channel.ledger = channel.ledger.of_another_source()
        for what in Trouble:
            issue_id = trouble_id(room.subentry.subentry_id, what, pollutant)
            room.stored.question_records.pop(issue_id, None)
            ir.async_delete_issue(room.hass, DOMAIN, issue_id)
    room.async_schedule_save()


def _date(at: float) -> int:
    """Return the local date of a POSIX time as an ordinal."""
    return datetime.fromtimestamp(at, dt_util.get_default_time_zone()).toordinal()
