"""Rules that know the clock: hours of the day, hours of the week, seasonal regression."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from benchmarks.series import (
    DAY,
    HOUR,
    WEEK,
    Array,
    Series,
    fold,
    row_quantile,
    rows_before,
)
from custom_components.air_baseline.core.pollutant import Pollutant

DAY_HOURS: Final = 24
WEEK_HOURS: Final = 168
QUANTILE: Final = 0.99
QUANTILE_DAYS: Final = 28
QUANTILE_LEAST: Final = 3 * HOUR  # Values: three days of that hour.
SLOT_LEAST: Final = 4  # Observations of an hour of the week, as the agent wants.
SLOT_SPREADS, SLOT_SHARE = 2.0, 0.3
MAD_WEEKS, MAD_LEAST, MADS = 8, 3, 6.0
# Base unit: the rise that the agent also requires.
MAD_EFFECT: Final[Mapping[Pollutant, float]] = MappingProxyType(
    {Pollutant.PM25: 5.0, Pollutant.VOC_RATIO: 20.0}
)
REFIT: Final = WEEK
TRAINED_ON: Final = 8 * WEEK
DAILY, WEEKLY = 4, 3  # Harmonics, as in Prophet's defaults.
RIDGE: Final = 1.0  # On about a thousand hourly means: keeps a short history from running wild.
LEAST_MARGIN: Final = 0.1


def hour_of_day(series: Series) -> Array:
    """Return how far a level is above the quantile of its hour over the last 28 days (logs)."""
    rows, place = fold(series.logs, series.first_slot, DAY)
    hours = rows.reshape(-1, DAY_HOURS, HOUR)
    past = rows_before(hours, QUANTILE_DAYS).reshape(len(rows), DAY_HOURS, -1)
    limit = row_quantile(past, QUANTILE, QUANTILE_LEAST)
    return (hours - limit[..., None]).ravel()[place]


def week_slots(series: Series) -> Array:
    """Return a level's distance from the mean of its hour of the week, in allowed distances."""
    rows, place = fold(series.levels, series.first_slot, WEEK)
    hours = rows.reshape(-1, WEEK_HOURS, HOUR)
    known = np.isfinite(hours)
    number = _earlier(known.sum(axis=2).astype(np.float64))
    total = _earlier(np.where(known, hours, 0.0).sum(axis=2))
    squares = _earlier(np.where(known, hours**2, 0.0).sum(axis=2))
    count = np.where(number >= SLOT_LEAST, number, np.nan)
    mean = total / count
    spread = np.sqrt(np.maximum(squares / count - mean**2, 0.0))
    allowed = np.maximum(np.maximum(SLOT_SPREADS * spread, SLOT_SHARE * mean), 1.0)
    score: Array = (hours - mean[..., None]) / allowed[..., None]
    return score.ravel()[place]


def hour_of_week_mad(series: Series) -> Array:
    """Return a level's distance from the median of its hour of the week, in its MADs."""
    rows, place = fold(series.levels, series.first_slot, WEEK)
    hours = rows.reshape(-1, WEEK_HOURS, HOUR)
    past = rows_before(_hourly(hours), MAD_WEEKS)
    middle = row_quantile(past, 0.5, MAD_LEAST)
    mad = row_quantile(np.abs(past - middle[..., None]), 0.5, MAD_LEAST)
    mad = np.maximum(mad, MAD_EFFECT[series.pollutant] / MADS)
    return ((hours - middle[..., None]) / mad[..., None]).ravel()[place]


def seasonal_regression(series: Series) -> Array:
    """Return a level above a Fourier ridge regression, in 99 % quantiles of its residuals.

    As in Prophet: a line, four harmonics of the day and three of the week, on logs of hourly
    means; refitted each week on the eight weeks before, with a score from the second week on.
    """
    logs = series.logs
    terms = _terms(series)
    hourly = np.arange(HOUR - 1, len(logs), HOUR)
    means = _hourly(logs[: len(hourly) * HOUR].reshape(-1, HOUR))
    score = np.full(len(logs), np.nan)
    for start in range(REFIT, len(logs), REFIT):
        first = max(0, start - TRAINED_ON)
        trained = (hourly >= first) & (hourly < start) & np.isfinite(means)
        if trained.sum() < 2 * terms.shape[1]:
            continue
        weights = _ridge(terms[hourly[trained]], means[trained])
        misses = logs[first:start] - terms[first:start] @ weights
        margin = max(float(np.nanquantile(misses, QUANTILE)), LEAST_MARGIN)
        ahead = slice(start, min(start + REFIT, len(logs)))
        score[ahead] = (logs[ahead] - terms[ahead] @ weights) / margin
    return score


def _terms(series: Series) -> Array:
    slots = series.first_slot + np.arange(len(series.levels))
    turns = [
        2.0 * np.pi * number * slots / period
        for period, most in ((DAY, DAILY), (WEEK, WEEKLY))
        for number in range(1, most + 1)
    ]
    line = (slots - slots[0]) / TRAINED_ON
    waves = [wave(turn) for turn in turns for wave in (np.sin, np.cos)]
    return np.column_stack([np.ones(len(slots)), line, *waves])


def _ridge(terms: Array, values: Array) -> Array:
    penalty = RIDGE * np.eye(terms.shape[1])
    penalty[0, 0] = 0.0  # The level itself is free.
    return np.asarray(np.linalg.solve(terms.T @ terms + penalty, terms.T @ values), dtype=float)


def _hourly(hours: Array) -> Array:
    """Return the means of the known values over the last axis, NaN where there are none."""
    known = np.isfinite(hours)
    number = known.sum(axis=-1)
    total = np.where(known, hours, 0.0).sum(axis=-1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def _earlier(rows: Array) -> Array:
    """Return for each row the sum of all rows before it."""
    total: Array = np.cumsum(rows, axis=0) - rows
    return total
