"""Rules on a running mean: guidelines, Home Assistant's `statistics`, EWMA, EMA, firmware."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from benchmarks.series import (
    DAY,
    HOUR,
    Array,
    Series,
    before,
    on_observed,
    rolling_mean,
    rolling_moments,
    running_mean,
    smooth,
)
from custom_components.air_baseline.core.pollutant import Pollutant

WHO_24H: Final = 15.0  # μg/m³, WHO 2021.
WHO_LEAST_H: Final = 18
HOUR_LIMIT: Final[Mapping[Pollutant, float]] = MappingProxyType(
    {
        Pollutant.PM25: 35.4,  # μg/m³, where AirNow's "unhealthy for sensitive groups" starts.
        Pollutant.VOC_RATIO: 660.0,  # ppb, about the 3 mg/m³ of UBA's level 3.
    }
)
HOUR_LEAST: Final = 9  # Slots, 45 min.
LEAST_SLOTS: Final = HOUR  # Home Assistant itself gives values from the second reading on.
LEAST_SPREAD: Final = 0.3  # Base unit: the sd of rounding to 1. A constant series has none.
LEAST_LOG_SPREAD: Final = 0.05  # Half a cell of the histogram.
EWMA_SLOTS: Final = DAY
EMA_SLOTS: Final = 1500  # 500 samples of 15 min, as the agent that does this caps its mean.
EMA_LEAST: Final = 60  # 20 samples of 15 min.
INDEX_TAU: Final = 12 * HOUR
# From Sensirion's gas index algorithm, 3.1: gain, and the sigmoid that ends at 500 and is 100 at
# the mean. Its offset on the sd represents the noise of raw ticks.
INDEX_GAIN, INDEX_TOP, INDEX_SLOPE, INDEX_MIDDLE = 230.0, 500.0, 0.0065, 213.0


def day_mean(series: Series) -> Array:
    """Return the 24-hour mean over WHO's guideline."""
    return rolling_mean(series.levels, DAY, WHO_LEAST_H * HOUR) / WHO_24H


def fixed_limit(series: Series) -> Array:
    """Return the 1-hour mean over a fixed limit."""
    return rolling_mean(series.levels, HOUR, HOUR_LEAST) / HOUR_LIMIT[series.pollutant]


def statistics_raw(series: Series, hours: int) -> Array:
    """Return how many standard deviations a level is above the mean of the last hours."""
    mean, spread = rolling_moments(series.levels, hours * HOUR, LEAST_SLOTS)
    z: Array = (series.levels - mean) / np.maximum(spread, LEAST_SPREAD)
    return z


def statistics_log(series: Series, hours: int) -> Array:
    """Return the same of the logarithms."""
    mean, spread = rolling_moments(series.logs, hours * HOUR, LEAST_SLOTS)
    z: Array = (series.logs - mean) / np.maximum(spread, LEAST_LOG_SPREAD)
    return z


def ewma(series: Series) -> Array:
    """Return the z-score against an exponential mean and variance of the logarithms."""
    return on_observed(series.logs, lambda logs: _exponential_z(logs, EWMA_SLOTS, 0.0))


def moving_average(series: Series) -> Array:
    """Return how far a level is above an exponential mean, as a share of that mean."""

    def score(levels: Array) -> Array:
        mean = np.maximum(before(running_mean(levels, EMA_SLOTS)), 1.0)
        mean[:EMA_LEAST] = np.nan
        above: Array = levels / mean - 1.0
        return above

    return on_observed(series.levels, score)


def firmware_index(series: Series) -> Array:
    """Return an index of 1 to 500 that is 100 at the mean of the last half day."""

    def score(logs: Array) -> Array:
        z = _exponential_z(logs, INDEX_TAU, LEAST_LOG_SPREAD)
        index: Array = INDEX_TOP / (1.0 + np.exp(-INDEX_SLOPE * (INDEX_GAIN * z - INDEX_MIDDLE)))
        return index

    return on_observed(series.logs, score)


def _exponential_z(logs: Array, memory: int, added: float) -> Array:
    alpha = 1.0 / memory
    mean = before(smooth(logs, alpha, float(logs[0])))
    mean[0] = logs[0]
    miss = logs - mean
    spread = before(np.sqrt(smooth((1.0 - alpha) * miss**2, alpha, 0.0)))
    spread[:LEAST_SLOTS] = np.nan
    z: Array = miss / np.maximum(spread + added, LEAST_LOG_SPREAD)
    return z
