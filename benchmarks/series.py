"""A sensor's levels on a regular grid of five minutes, and what rules compute from them.

Everything here only looks back: the value at a slot uses that slot and the slots before it or,
where a function says so, only the slots before it. Missing is NaN throughout.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal import lfilter

from custom_components.air_baseline.core.day import DAY_S, SLOT_S
from custom_components.air_baseline.core.pollutant import Pollutant

type Array = NDArray[np.float64]
type Mask = NDArray[np.bool_]

HOUR: Final = 12  # Slots.
DAY: Final = DAY_S // SLOT_S
WEEK: Final = 7 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Levels (base unit) of consecutive slots; `offset_s` is local time minus UTC."""

    start: float
    levels: Array
    pollutant: Pollutant
    offset_s: float = 0.0

    @property
    def times(self) -> Array:
        """Return the POSIX time at which each slot starts."""
        times: Array = self.start + SLOT_S * np.arange(len(self.levels), dtype=np.float64)
        return times

    @property
    def logs(self) -> Array:
        """Return the levels as y = ln(1 + x)."""
        logs: Array = np.log1p(self.levels)
        return logs

    @property
    def first_slot(self) -> int:
        """Return the number of slots from 1970-01-01 00:00 local time to the start."""
        return int((self.start + self.offset_s) // SLOT_S)


def on_grid(starts: Array, levels: Array, pollutant: Pollutant, offset_s: float = 0.0) -> Series:
    """Return bins (slot starts, POSIX, increasing) as a series; slots without a bin are NaN."""
    slots = np.round(starts / SLOT_S).astype(np.int64)
    grid = np.full(int(slots[-1] - slots[0]) + 1, np.nan)
    grid[slots - slots[0]] = levels
    return Series(
        start=float(slots[0] * SLOT_S), levels=grid, pollutant=pollutant, offset_s=offset_s
    )


def before(values: Array, slots: int = 1) -> Array:
    """Return what was known a number of slots ago."""
    return np.concatenate([np.full(slots, np.nan), values[:-slots]])


def rolling_mean(values: Array, slots: int, least: int) -> Array:
    """Return the mean of the last slots, this one included, where enough were observed."""
    observed = np.isfinite(values)
    number = _rolling_sum(observed.astype(np.float64), slots)
    total = _rolling_sum(np.where(observed, values, 0.0), slots)
    return _ratio(total, number, number >= least)


def rolling_moments(values: Array, slots: int, least: int) -> tuple[Array, Array]:
    """Return mean and standard deviation of the slots *before* this one."""
    centre = float(np.nanmean(values[:DAY])) if np.isfinite(values[:DAY]).any() else 0.0
    mean = rolling_mean(values - centre, slots, least)
    square = rolling_mean((values - centre) ** 2, slots, least)
    spread: Array = np.sqrt(np.maximum(square - mean**2, 0.0))
    return before(mean + centre), before(spread)


def on_observed(values: Array, compute: Callable[[Array], Array]) -> Array:
    """Return what a rule computes from the observed values, one after the other."""
    observed = np.isfinite(values)
    result = np.full(len(values), np.nan)
    if observed.any():
        result[observed] = compute(values[observed])
    return result


def running_mean(values: Array, memory: int) -> Array:
    """Return a mean with a memory of some values: plain at first, then exponential."""
    number = min(memory, len(values))
    plain = np.cumsum(values[:number]) / np.arange(1, number + 1)
    return np.concatenate([plain, smooth(values[number:], 1.0 / memory, float(plain[-1]))])


def smooth(values: Array, alpha: float, start: float) -> Array:
    """Return the exponential mean m[i] = m[i - 1] + alpha (x[i] - m[i - 1])."""
    smoothed, _ = lfilter([alpha], [1.0, alpha - 1.0], values, zi=[(1.0 - alpha) * start])
    result: Array = smoothed
    return result


def fold(values: Array, first_slot: int, period: int) -> tuple[Array, slice]:
    """Return values as rows of one period (local midnight first), and their places in it."""
    lead = first_slot % period
    tail = -(lead + len(values)) % period
    padded = np.concatenate([np.full(lead, np.nan), values, np.full(tail, np.nan)])
    return padded.reshape(-1, period), slice(lead, lead + len(values))


def rows_before(rows: Array, number: int) -> Array:
    """Return for each row the rows before it, on a new last axis (the newest last)."""
    none = np.full((number, *rows.shape[1:]), np.nan)
    windows = sliding_window_view(np.concatenate([none, rows]), number, axis=0)
    return windows[:-1]


def row_quantile(values: Array, probability: float, least: int) -> Array:
    """Return the quantile of the known values on the last axis, NaN where there are too few."""
    ranked = np.sort(values, axis=-1)
    number = np.isfinite(ranked).sum(axis=-1)
    place = probability * np.maximum(number - 1, 0)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(number - 1, 0))
    below = np.take_along_axis(ranked, low[..., None], axis=-1)[..., 0]
    above = np.take_along_axis(ranked, high[..., None], axis=-1)[..., 0]
    return np.where(number >= least, below + (place - low) * (above - below), np.nan)


def _rolling_sum(values: Array, slots: int) -> Array:
    total = np.cumsum(values)
    total[slots:] = total[slots:] - total[:-slots]
    return total


def _ratio(total: Array, number: Array, known: Mask) -> Array:
    result = np.full(len(total), np.nan)
    np.divide(total, number, out=result, where=known)
    return result
