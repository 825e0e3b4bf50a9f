"""The weeks before the demo in Home Assistant's own history: an hour's mean, low and high.

Home Assistant takes no other readings for times before it ran.
"""

from datetime import UTC, datetime
from functools import partial

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    get_last_statistics,
)
from homeassistant.core import HomeAssistant
import numpy as np

from demo.air import DAY_S, HOUR_S, Air, Pollutant
from demo.house import MONITORS, UNITS, Monitor, source_id

UNIT_CLASSES = {Pollutant.PM25: "concentration", Pollutant.VOC: "unitless"}
READINGS_AN_HOUR = 60


async def async_record(hass: HomeAssistant, air: Air, now: float) -> None:
    """Record the past of every sensor that has none."""
    for monitor in MONITORS:
        for pollutant in monitor.measures:
            await _async_record(hass, air, monitor, pollutant, now)


async def _async_record(
    hass: HomeAssistant, air: Air, monitor: Monitor, pollutant: Pollutant, now: float
) -> None:
    recorder, entity_id = get_instance(hass), source_id(monitor.place, pollutant)
    known = partial(get_last_statistics, hass, 1, entity_id, convert_units=False, types={"mean"})
    if await recorder.async_add_executor_job(known):
        return
    hours = await hass.async_add_executor_job(_hours, air, monitor, pollutant, now)
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.ARITHMETIC,
        has_sum=False,
        name=None,
        source="recorder",
        statistic_id=entity_id,
        unit_class=UNIT_CLASSES[pollutant],
        unit_of_measurement=UNITS[pollutant],
    )
    async_import_statistics(hass, metadata, hours)


def _hours(air: Air, monitor: Monitor, pollutant: Pollutant, now: float) -> list[StatisticData]:
    """Return each full hour in which the monitor was there and had a value."""
    first = int((now - monitor.days * DAY_S) // HOUR_S) + 1
    end = int((now - monitor.silent_days * DAY_S) // HOUR_S)
    readings = np.arange((end - first) * READINGS_AN_HOUR, dtype=np.float64)
    times = (first + readings / READINGS_AN_HOUR) * HOUR_S
    levels = air.levels(monitor.place, pollutant, times).reshape(-1, READINGS_AN_HOUR)
    return [
        StatisticData(
            start=datetime.fromtimestamp((first + number) * HOUR_S, UTC),
            mean=float(np.nanmean(hour)),
            min=float(np.nanmin(hour)),
            max=float(np.nanmax(hour)),
        )
        for number, hour in enumerate(levels)
        if not np.isnan(hour).all()
    ]
