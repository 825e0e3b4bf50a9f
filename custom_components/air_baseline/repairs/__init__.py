"""The flows that answer the repairs: first the explanation, then the choices, then the consequence.

Home Assistant loads this module by its name; the flows are in `inference`, `source`, `settings`,
`clock` and `store`, what they share in `room_flow`.
"""

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant

from ..core.questions import Topic
from ..issues.question_store import (
    CLOCK_AHEAD,
    CLOCK_BEHIND,
    SOURCE_MOVED,
    SOURCE_TAKEN,
    STORE_NEWER,
    STORE_RECOVERED,
)
from .clock import ClockAheadFlow, ClockBehindFlow
from .inference import (
    ChangeSuspectedFlow,
    RangeLearnedFlow,
    SlowChangeFlow,
    UnusualEpisodeFlow,
)
from .settings import SourceMovedFlow, SourceTakenFlow
from .source import SourceFlow
from .store import StoreNewerFlow, StoreRecoveredFlow

FLOWS: dict[str, type[RepairsFlow]] = {
    Topic.RANGE_LEARNED.value: RangeLearnedFlow,
    Topic.UNUSUAL_EPISODE.value: UnusualEpisodeFlow,
    Topic.CHANGE_SUSPECTED.value: ChangeSuspectedFlow,
    Topic.SLOW_CHANGE.value: SlowChangeFlow,
    SOURCE_TAKEN: SourceTakenFlow,
    SOURCE_MOVED: SourceMovedFlow,
    STORE_RECOVERED: StoreRecoveredFlow,
    STORE_NEWER: StoreNewerFlow,
    CLOCK_BEHIND: ClockBehindFlow,
    CLOCK_AHEAD: ClockAheadFlow,
}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that answers an issue."""
    return next((flow for what, flow in FLOWS.items() if issue_id.startswith(what)), SourceFlow)()
