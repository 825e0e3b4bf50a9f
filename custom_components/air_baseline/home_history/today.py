"""What the recorder knows of a source's day: the same bins that the room has learned from."""

from datetime import datetime

from homeassistant.components.recorder import history
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..coordinator import RoomCoordinator
from ..core.pollutant import POLLUTANTS, Pollutant, PollutantSpec
from ..core.reading.binning import LONGEST_HOLD_S, Bin, Binner
from ..inputs.readings import readings_of
from .recorder import has_recorder


async def async_measured(
    hass: HomeAssistant, room: RoomCoordinator, pollutant: Pollutant, start: float, end: float
) -> list[Bin]:
    """Return the bins of a source between two times (POSIX seconds), none without a recorder."""
    if not has_recorder(hass):
        return []
    entity_id = room.sources[pollutant].entity_id
    since = dt_util.utc_from_timestamp(start - LONGEST_HOLD_S)  # What was held when it began.
    until = dt_util.utc_from_timestamp(end)
    states = await get_instance(hass).async_add_executor_job(_states, hass, entity_id, since, until)
    return bins_of(states, hass.states.get(entity_id), POLLUTANTS[pollutant], (start, end))


def _states(hass: HomeAssistant, entity_id: str, since: datetime, until: datetime) -> list[State]:
    # Of the recorder's queries, this one knows until when a source went on saying the same.
    states = history.state_changes_during_period(hass, since, until, entity_id)
    return states.get(entity_id, [])


def bins_of(
    states: list[State], now: State | None, spec: PollutantSpec, span: tuple[float, float]
) -> list[Bin]:
    """Return the bins of states, oldest first, that start within a span (POSIX seconds).

    `now` is the present state: the recorder learns what was reported again only with the
    next change.
    """
    start, end = span
    binner, bins = Binner(), list[Bin]()
    for state in states:
        last = state.last_reported_timestamp
        if now is not None and state.last_updated == now.last_updated:
            last = now.last_reported_timestamp
        for at, value in readings_of(state, spec, last):
            bins += binner.lose(at) if value is None else binner.read(at, value)
    bins += binner.advance(end)
    return [bin_ for bin_ in bins if start <= bin_.start < end]
