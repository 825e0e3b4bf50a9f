"""Which made-up homes choose a rule, and which report on it: two sets that share no seed.

A rule is chosen, and its constants are tuned, on the tuning seeds alone. Everything published runs
on the reporting seeds, which have chosen nothing.
"""

from typing import Final

import numpy as np
from numpy.random import Generator

TUNING: Final = range(10_000)
REPORTING: Final = range(10_000, 20_000)
TURN: Final = 100  # Seeds of one turn: groups of homes with different turns share no home.


def seeds(block: range, number: int, turn: int = 0) -> range:
    """Return the seeds of a number of homes, all of them in one block.

    >>> seeds(TUNING, 3), seeds(REPORTING, 2, turn=4)
    (range(0, 3), range(10400, 10402))
    """
    first = block.start + TURN * turn
    if number > TURN or first + number > block.stop:
        msg = f"There are not {number} seeds of turn {turn}"
        raise ValueError(msg)
    return range(first, first + number)


def name_of(block: range) -> str:
    """Return the name of a block for tables and pages."""
    kind = "tuning" if block == TUNING else "reporting"
    return f"{kind} seeds ({block.start} to {block.stop - 1})"


def stream(seed: int, topic: str) -> Generator:
    """Return the random numbers of one topic of a home: no topic disturbs another."""
    return np.random.default_rng((seed, *topic.encode()))
