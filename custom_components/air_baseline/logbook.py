"""The logbook: what a correction or its undoing was about, in Home Assistant's language.

That something was corrected is said by the event entity of the room itself.
"""

from collections.abc import Callable

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .const import ATTR_EPISODE, DOMAIN, EVENT_CORRECTED
from .core.ledger.entries import CorrectionCode

_OF_EPISODES = {
    CorrectionCode.EPISODE_REAL: "logbook_real",
    CorrectionCode.EPISODE_NORMAL: "logbook_normal",
}


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Say how the logbook describes what was corrected."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        words = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
        names = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
        code = CorrectionCode(event.data["correction_kind"])
        known = f"component.{DOMAIN}.entity.event.inference.state_attributes.correction_kind.state."
        what = names.get(known + code, code.value)
        if (key := _OF_EPISODES.get(code)) and event.data[ATTR_EPISODE] is not None:
            text = words.get(f"component.{DOMAIN}.common.{key}", what)
            what = text.format(time=_time(event.data[ATTR_EPISODE], event.data["at"]))
        done = words.get(f"component.{DOMAIN}.common.logbook_{event.data['type']}", "{what}")
        return {
            LOGBOOK_ENTRY_NAME: event.data["room"],
            LOGBOOK_ENTRY_MESSAGE: done.format(what=what),
            LOGBOOK_ENTRY_ENTITY_ID: event.data[ATTR_ENTITY_ID],
        }

    async_describe_event(DOMAIN, EVENT_CORRECTED, describe)


def _time(episode: float, at: float) -> str:
    """Return the local time of an episode, with its date unless it was answered on that day."""
    began, answered = (dt_util.as_local(dt_util.utc_from_timestamp(t)) for t in (episode, at))
    return began.strftime("%H:%M" if began.date() == answered.date() else "%Y-%m-%d %H:%M")
