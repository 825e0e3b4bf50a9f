"""How long the air spent at which concentration in each part of a day, and if that is enough.

A histogram counts slots by cell; a cell is a tenth of the scale y = ln(1 + x) wide.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..day import PARTS
from ..pollutant import CELLS

USABLE_PART = 0.5  # Share of a part that must be observed to make it evidence, by judgement.
VALID_DAY = 0.6  # Share of a day that must be observed to make it evidence, by judgement.
ALL_PARTS = (1 << PARTS) - 1  # A mask, bit 0 for the first part; follows from the parts.

type Counts = list[bytearray]  # For each part, the slots spent in each cell.
type DayCounts = NDArray[np.uint8]  # The same for many days: (day, part, cell).


def no_counts() -> Counts:
    """Return the counts of an unobserved day."""
    return [bytearray(CELLS) for _ in range(PARTS)]


def remove_slots(counts: Counts, cell: int, slots: Sequence[int]) -> None:
    """Remove up to `slots` (a number for each part) from one cell, in place."""
    for part, number in zip(counts, slots, strict=True):
        part[cell] -= min(part[cell], number)


def observed_share(observed: NDArray[np.intp], slots: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the observed share of each day, from the slots (..., part) observed and possible.

    No part counts for more than its possible slots.
    """
    possible = np.maximum(slots.sum(axis=-1), 1)  # When clocks skip them, parts have no slot.
    share: NDArray[np.float64] = np.minimum(observed, slots).sum(axis=-1) / possible
    return share


def is_valid(observed: NDArray[np.intp], slots: NDArray[np.intp], parts: int) -> NDArray[np.bool_]:
    """Return whether each day is evidence, from the slots (..., part) observed and possible.

    Only the parts in the mask `parts` count: the source is usually off in the others.
    """
    if parts != ALL_PARTS:
        counted = [part for part in range(PARTS) if parts >> part & 1]
        observed, slots = observed[..., counted], slots[..., counted]
    valid: NDArray[np.bool_] = observed_share(observed, slots) >= VALID_DAY
    return valid


def evidence(observed: NDArray[np.intp], slots: Sequence[Sequence[int]]) -> list[tuple[bool, int]]:
    """Return for each day whether it is evidence, and the mask of its parts that are.

    `observed` and `slots` are the slots (day, part) that were observed and that were possible.
    """
    possible = np.array(slots)
    enough = (observed >= USABLE_PART * possible) & (possible > 0)
    usable = enough @ (1 << np.arange(PARTS))
    valid = is_valid(observed, possible, ALL_PARTS)
    return list(zip(valid.tolist(), usable.tolist(), strict=True))
