"""The bins of a source's day from the recorder: the same ones that the room learned from."""

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
    """Return the bins of a source between two POSIX times, none without a recorder."""
    if not has_recorder(hass) or room.channels[pollutant].unit_check.doubted:
        return []
    entity_id = room.sources[pollutant].entity_id
    since = dt_util.utc_from_timestamp(start - LONGEST_HOLD_S)  # A value can hold from before.
    until = dt_util.utc_from_timestamp(end)
    states = await get_instance(hass).async_add_executor_job(_states, hass, entity_id, since, until)
    return bins_of(states, hass.states.get(entity_id), POLLUTANTS[pollutant], (start, end))


def _states(hass: HomeAssistant, entity_id: str, since: datetime, until: datetime) -> list[State]:
    # Only this query of the recorder has the time of the last report of an unchanged state.
    states = history.state_changes_during_period(hass, since, until, entity_id)
    return states.get(entity_id, [])


def bins_of(
    states: list[State], now: State | None, spec: PollutantSpec, span: tuple[float, float]
) -> list[Bin]:
    """Return the bins of states, oldest first, that start within a span of POSIX times.

    `now` is the present state: the recorder stores the last report of a state only at the next
    change.
    """
    start, end = span
    binner, bins = Binner(), list[Bin]()
    for state in states:
        last = state.last_reported_timestamp
        if now is not None and state.last_updated == now.last_updated:
            last = now.last_reported_timestamp
        for at, value in readings_of(state, spec, last, binner.last_value):
            bins += binner.lose(at) if value is None else binner.read(at, value)
    bins += binner.advance(end)
    return [bin_ for bin_ in bins if start <= bin_.start < end]
