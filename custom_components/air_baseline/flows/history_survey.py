"""What the history of a room's sources is worth, in words, before the room is added."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..home_history.recorder import NoHistory, Survey, async_survey
from ..inputs.eligibility import Measurement
from ..inputs.room_config import RoomSource, room_sources
from ..words.explanation import Words


async def async_worth(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return a line for each source of a room as it is configured."""
    words = await Words.async_load(hass)
    lines = []
    for source in room_sources(data).values():
        found = await async_survey(
            hass, source.entity_id, Measurement(source.pollutant, source.unit)
        )
        lines.append(f"- {_line(words, source, found)}")
    return "\n".join(lines)


def _line(words: Words, source: RoomSource, found: Survey) -> str:
    quantity = words.say(f"quantity_{source.pollutant}")
    if found.no_history is NoHistory.NOT_READY:
        return words.say("survey_not_ready", quantity=quantity)
    learned = found.earliest_learned
    day = learned.isoformat() if learned else ""
    if found.no_history is NoHistory.NO_RECORDER:
        return words.say("survey_no_recorder", quantity=quantity, day=day)
    if not found.usable_days:
        return words.say("survey_none", quantity=quantity, day=day)
    today = dt_util.now().date()
    return words.say(
        "survey_learned" if learned is None or learned <= today else "survey_by",
        quantity=quantity,
        days=found.usable_days,
        day=day,
    )
