"""What the recorder has of an old and a new sensor, to find how one reads next to the other."""

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..core.past.history_import import past_days
from ..core.past.sensor_mapping import Refused, SensorMapping, map_sensors
from ..core.pollutant import POLLUTANTS, Pollutant
from .recorder import async_read


async def async_compare(
    hass: HomeAssistant, old: str, new: str, pollutant: Pollutant
) -> SensorMapping | Refused:
    """Return the mapping from one entity to another, or why there is none.

    Raises HistoryError if the recorder is absent, busy with its database, or fails.
    """
    spec, zone = POLLUTANTS[pollutant], dt_util.get_default_time_zone()
    pasts = [await async_read(hass, entity_id, spec) for entity_id in (old, new)]
    now = dt_util.utcnow().timestamp()

    def compare() -> SensorMapping | Refused:
        first, second = (past_days(past, spec, zone, now) for past in pasts)
        return map_sensors(first, second, spec)

    return await hass.async_add_executor_job(compare)
