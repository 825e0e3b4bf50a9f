"""The bins of a source's day from the recorder: the same ones that the room learned from."""

from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..coordinator import RoomCoordinator
from ..core.day import SLOT_S
from ..core.past.history_import import means, new_binner
from ..core.pollutant import POLLUTANTS, Pollutant
from ..core.reading.binning import Bin
from ..core.reading.sensor_health import FLAT_S
from .recorder import has_recorder, recorded


async def async_measured(
    hass: HomeAssistant, room: RoomCoordinator, pollutant: Pollutant, start: float, end: float
) -> list[Bin]:
    """Return the bins of a source between two POSIX times, none without a recorder."""
    if not has_recorder(hass) or room.channels[pollutant].unit_check.doubted:
        return []
    entity_id = room.sources[pollutant].entity_id
    spec = POLLUTANTS[pollutant]
    since = dt_util.utc_from_timestamp(start - FLAT_S)  # A value can hold from before.
    until = dt_util.utc_from_timestamp(end)
    readings = await get_instance(hass).async_add_executor_job(
        partial(recorded, hass, entity_id, spec, since, until, with_start=True)
    )
    # A source that reports each second has 86,400 readings a day.
    rows = await hass.async_add_executor_job(means, readings, end, new_binner(spec))
    return [
        Bin(int(row.start // SLOT_S), row.mean, float(SLOT_S))
        for row in rows
        if start <= row.start < end
    ]
