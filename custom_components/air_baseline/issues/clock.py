"""The repairs about the clock: it is behind, or it was ahead and days were set aside."""

from datetime import datetime

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import AirBaselineConfigEntry, RoomCoordinator
from ..core.day import DAY_S
from ..core.known_time import LEAP_S, Look, Verdict
from ..core.ledger.entries import ClockSetBack, Entry
from ..core.ledger.folding import UNDO_DAYS
from ..core.pollutant import Pollutant
from .question_store import CLOCK_AHEAD, CLOCK_BEHIND, ignored

type SetAside = list[tuple[RoomCoordinator, Pollutant, Entry[ClockSetBack]]]


def set_aside(entry: AirBaselineConfigEntry) -> SetAside:
    """Return what was set aside because the clock was ahead, as long as it can be undone."""
    oldest = entry.runtime_data.clock.at - UNDO_DAYS * DAY_S
    return [
        (room, pollutant, one)
        for room in entry.runtime_data.rooms.values()
        for pollutant, channel in room.channels.items()
        for one in channel.ledger.of(ClockSetBack)
        if one.at >= oldest
    ]


@callback
def async_report_clock(hass: HomeAssistant, entry: AirBaselineConfigEntry, step: Look) -> None:
    """Report that the clock is behind, or what its latest step has set aside.

    A clock that is behind by less than an hour is only waited for.
    """
    wrong = entry.runtime_data.clock.wrong
    if wrong is None:
        ir.async_delete_issue(hass, DOMAIN, CLOCK_BEHIND)
    elif wrong.back_s > LEAP_S:
        _async_create(hass, CLOCK_BEHIND, shown=_said(wrong.now), known=_said(wrong.known.latest))
    if step.verdict is not Verdict.SET_BACK or not set_aside(entry):
        return
    before = step.now + step.back_s
    _async_create(hass, CLOCK_AHEAD, before=_said(before), after=_said(step.now))


@callback
def async_review_clock(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> None:
    """Remove the repair about days that were set aside once nothing can be done about them."""
    if not set_aside(entry):
        ir.async_delete_issue(hass, DOMAIN, CLOCK_AHEAD)


def _async_create(hass: HomeAssistant, what: str, **said: str) -> None:
    if not ignored(hass, what):
        ir.async_create_issue(
            hass,
            DOMAIN,
            what,
            data=dict(said),
            is_fixable=True,
            is_persistent=what == CLOCK_AHEAD,  # A restart does not find it again.
            severity=ir.IssueSeverity.WARNING,
            translation_key=what,
            translation_placeholders=None,
        )


def _said(at: float) -> str:
    """Return a POSIX time as the flow of the repair reads it: local, to the minute."""
    local = datetime.fromtimestamp(at, dt_util.get_default_time_zone())
    return local.strftime("%Y-%m-%d %H:%M")
