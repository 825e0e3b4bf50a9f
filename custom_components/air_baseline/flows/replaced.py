"""What becomes of what was learned when another sensor takes the place of one, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..core.past.sensor_mapping import LEAST_DAYS, Refused, SensorMapping
from ..core.pollutant import Pollutant
from ..home_history.recorder import HistoryError
from ..home_history.side_by_side import async_compare
from ..inputs.room_config import RoomSource
from ..words.explanation import Words

type Replaced = tuple[RoomSource, RoomSource]  # The old source and the new one.


@dataclass(frozen=True, slots=True)
class Conversions:
    """The mappings that can be offered, and a sentence for each pollutant about its own."""

    mappings: Mapping[Pollutant, SensorMapping]
    sentences: Mapping[Pollutant, str]


async def async_conversions(hass: HomeAssistant, replaced: Iterable[Replaced]) -> Conversions:
    """Return how the days of old sensors can be converted, from days side by side."""
    words = await Words.async_load(hass)
    mappings, sentences = {}, {}
    for old, new in replaced:
        try:
            found = await async_compare(hass, old.entity_id, new.entity_id, new.pollutant)
        except HistoryError:
            sentences[new.pollutant] = words.say("mapping_no_history")
            continue
        if isinstance(found, SensorMapping):
            mappings[new.pollutant] = found
            sentences[new.pollutant] = _offered(words, found, new)
        else:
            sentences[new.pollutant] = _refused(words, found)
    return Conversions(mappings, sentences)


def _offered(words: Words, found: SensorMapping, source: RoomSource) -> str:
    old, new, low, high = words.mapped((found.level, *found.said), source)
    return words.say("mapping_offered", days=found.days, old=old, new=new, low=low, high=high)


def _refused(words: Words, found: Refused) -> str:
    return words.say(f"mapping_{found.reason}", days=found.days, needed=LEAST_DAYS)
