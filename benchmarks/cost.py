"""What Air Baseline costs, each figure beside its budget and beside Home Assistant's helpers.

    python -m benchmarks.cost [core] [updates] [home] [start]

Without names everything is measured, in some two minutes. Exits with 1 over budget.
"""

import asyncio
from collections.abc import Callable, Iterable
import logging
import sys
from typing import Final

from . import cost_day, cost_start, cost_updates, speed
from .figures import HEAD, Figure


def starts() -> list[Figure]:
    """Measure starts of homes of three sizes."""
    return [figure for rooms in cost_start.ROOMS for figure in asyncio.run(cost_start.start(rooms))]


TABLES: Final[dict[str, Callable[[], Iterable[Figure]]]] = {
    "core": speed.all_figures,
    "updates": lambda: asyncio.run(cost_updates.updates()),
    "day": lambda: asyncio.run(cost_day.day()),
    "home": lambda: asyncio.run(cost_updates.home()),
    "start": starts,
}


def main(wanted: list[str]) -> int:
    """Print the tables; return the exit status."""
    logging.disable(logging.WARNING)
    kept = True
    for name in wanted or TABLES:
        print(f"{name}\n{HEAD}")
        for figure in TABLES[name]():
            print(figure, flush=True)
            kept &= figure.kept
        print()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
