"""What the history of a room's sources is worth, in words, for the page before it is added."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..home_history.recorder import NoHistory
from ..home_history.survey import Survey, async_survey
from ..inputs.eligibility import Measurement
from ..inputs.room_config import RoomSource, room_sources
from ..words.explanation import Words


async def async_worth(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return a list, as text, with a line for each configured source of a room."""
    words = await Words.async_load(hass)
    lines = []
    for source in room_sources(data).values():
        survey = await async_survey(
            hass, source.entity_id, Measurement(source.pollutant, source.unit)
        )
        said = _line(words, source, survey), _year(words, source, survey)
        lines += [f"- {line}" for line in said if line]
    return "\n".join(lines)


def _year(words: Words, source: RoomSource, survey: Survey) -> str:
    """Return from when on the year of a source is known, nothing if it is not."""
    if survey.year_since is None:
        return ""
    name = words.say(f"quantity_{source.pollutant}")
    return words.say("survey_year", quantity=name, first=words.date(survey.year_since.isoformat()))


def _line(words: Words, source: RoomSource, survey: Survey) -> str:
    name = words.say(f"quantity_{source.pollutant}")
    if survey.no_history is NoHistory.NOT_READY:
        return words.say("survey_not_ready", quantity=name)
    learned = survey.earliest_learned
    day = words.date(learned.isoformat()) if learned else ""
    if survey.no_history is NoHistory.NO_RECORDER:
        return words.say("survey_no_recorder", quantity=name, day=day)
    if not survey.usable_days:
        return words.say("survey_none", quantity=name, day=day)
    today = dt_util.now().date()
    return words.say(
        "survey_learned" if learned is None or learned <= today else "survey_by",
        quantity=name,
        days=survey.usable_days,
        day=day,
    )
