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

from .const import ATTR_EPISODE, DOMAIN, EVENT_CORRECTED
from .core.ledger.entries import CorrectionCode
from .words.explanation import Words

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
        words = Words.async_cached(hass)
        names = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
        code = CorrectionCode(event.data["correction_kind"])
        known = f"component.{DOMAIN}.entity.event.inference.state_attributes.correction_kind.state."
        what = names.get(known + code, code.value)
        of_episode = event.data[ATTR_EPISODE] is not None
        if words.loaded and of_episode and (key := _OF_EPISODES.get(code)):
            what = words.say(key, time=words.time(event.data[ATTR_EPISODE]))
        return {
            LOGBOOK_ENTRY_NAME: event.data["room"],
            LOGBOOK_ENTRY_MESSAGE: words.say(f"logbook_{event.data['type']}", what=what)
            if words.loaded
            else what,
            LOGBOOK_ENTRY_ENTITY_ID: event.data[ATTR_ENTITY_ID],
        }

    async_describe_event(DOMAIN, EVENT_CORRECTED, describe)
