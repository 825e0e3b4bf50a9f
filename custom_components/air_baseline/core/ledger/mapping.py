"""What the days of an old sensor would have been on the one that took its place.

On the scale, the new sensor reads the same amount more at all levels, give or take a spread. Both
were found in days on which the two ran side by side (`past/sensor_mapping.py`).
"""

from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from ..pollutant import CELL_WIDTH, CELLS, from_scale, to_scale
from .histogram import DayCounts

# Standard deviations in a spread, which holds 9 of 10 errors; follows from the normal law.
SPREAD_SD = 1.645
PLACES = 10  # Places in a cell, and errors, that stand for all of them, by judgement.

type Mappings = Sequence[tuple[int, float, float]]  # Day, offset and spread (scale), in order.


def mapped_counts(
    counts: DayCounts, days: Sequence[int], mappings: Mappings
) -> DayCounts | NDArray[np.float64]:
    """Return the counts (day, part, cell) of days as the sensor of now would have counted them.

    Each mapping converts the days (ordinals) before its own. Where it may be wrong by a spread,
    the time of a cell is spread as far, so that a range holds what it would have held in 9 of 10
    cases. The sums of parts stay.

    >>> counts = np.zeros((1, 8, CELLS), dtype=np.uint8)
    >>> counts[0, 0, 10] = 36
    >>> moved = mapped_counts(counts, [7], [(8, 0.3, 0.0)])
    >>> np.flatnonzero(moved[0, 0]), round(float(moved.sum()))
    (array([13]), 36)
    """
    before = [day for day, *_ in mappings]
    if not any(day < max(before, default=0) for day in days):
        return counts
    mapped = counts.astype(np.float64)
    for first, offset, spread in mappings:
        earlier = np.array(days) < first
        mapped[earlier] = mapped[earlier] @ _shares(offset, spread)
    return mapped


def mapped_level(level: float, offset: float, spread: float) -> tuple[float, float, float]:
    """Return what the new sensor reads at a level of the old one, at least and at most.

    Levels are in the base unit, to a tenth; the others are on the scale.

    >>> mapped_level(10.0, 0.24, 0.08)
    (13.0, 11.9, 14.1)
    """
    middle = to_scale(level) + offset
    new, low, high = (
        round(from_scale(max(middle + error, 0.0)), 1) for error in (0.0, -spread, spread)
    )
    return new, low, high


@lru_cache(maxsize=8)
def _shares(offset: float, spread: float) -> NDArray[np.float64]:
    """Return which share of an old cell's time (row) is in which new one (column)."""
    within = (np.arange(PLACES) + 0.5) / PLACES
    errors = [NormalDist().inv_cdf(float(share)) * spread / SPREAD_SD for share in within]
    old = (np.arange(CELLS)[:, None] + within).repeat(PLACES, axis=1) * CELL_WIDTH
    new = old + offset + np.tile(errors, PLACES)
    cells = np.clip((new / CELL_WIDTH).astype(int), 0, CELLS - 1)
    shares = np.zeros((CELLS, CELLS))
    np.add.at(shares, (np.arange(CELLS)[:, None], cells), 1.0 / PLACES**2)
    return shares
