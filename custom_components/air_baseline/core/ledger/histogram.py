"""How long the air spent at which concentration, in each part of a day, and whether that is enough.

A histogram counts slots by cell: a tenth of the scale y = ln(1 + x) wide.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..day import PARTS
from ..pollutant import CELLS

USABLE_PART = 0.5  # Share of a part that must be observed before it is evidence.
VALID_DAY = 0.6  # Share of a day that must be observed before it is evidence.
ALL_PARTS = (1 << PARTS) - 1  # The mask of all parts of a day.

type Counts = list[bytearray]  # For each part, the slots spent in each cell.
type DayCounts = NDArray[np.uint8]  # The same of many days: (day, part, cell).


def no_counts() -> Counts:
    """Return the counts of a day that nothing was observed of."""
    return [bytearray(CELLS) for _ in range(PARTS)]


def remove_slots(counts: Counts, cell: int, slots: Sequence[int]) -> None:
    """Take up to a number of slots of each part from one cell, in place."""
    for part, number in zip(counts, slots, strict=True):
        part[cell] -= min(part[cell], number)


def observed_share(observed: NDArray[np.intp], slots: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the share of the slots (day, part) observed; no part counts for more than its own."""
    share: NDArray[np.float64] = np.minimum(observed, slots).sum(axis=-1) / slots.sum(axis=-1)
    return share


def evidence(observed: NDArray[np.intp], slots: Sequence[Sequence[int]]) -> list[tuple[bool, int]]:
    """Return for each day whether it is evidence, and the mask of its parts that are.

    `observed` are the slots observed (day, part), `slots` how many there were.
    """
    there = np.array(slots)
    usable = (observed >= USABLE_PART * there) @ (1 << np.arange(PARTS))
    valid = observed_share(observed, there) >= VALID_DAY
    return list(zip(valid.tolist(), usable.tolist(), strict=True))
