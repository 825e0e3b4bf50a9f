"""What Air Baseline costs: each figure with its budget and with Home Assistant's helpers.

    python -m benchmarks.cost [core] [corrections] [year] [updates] [day] [disk] [home] [loop]
                              [card] [start] [history]

Without names it measures everything; `loop` takes half an hour of it. The median of a figure is
compared with its budget. Exits with 1 over budget.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
import logging
import sys
from typing import Final

from . import (
    cost_card,
    cost_corrections,
    cost_day,
    cost_disk,
    cost_loop,
    cost_start,
    cost_updates,
    cost_year,
    history,
    speed,
)
from .figures import Figure, show


def starts() -> Iterator[Figure]:
    """Measure starts of homes of three sizes."""
    for rooms in cost_start.ROOMS:
        yield from asyncio.run(cost_start.start(rooms))


TABLES: Final[dict[str, Callable[[], Iterable[Figure]]]] = {
    "core": speed.all_figures,
    "corrections": cost_corrections.figures,
    "year": cost_year.figures,
    "updates": lambda: asyncio.run(cost_updates.updates()),
    "day": lambda: asyncio.run(cost_day.day()),
    "disk": lambda: asyncio.run(cost_disk.disk()),
    "home": lambda: asyncio.run(cost_updates.home()),
    "loop": lambda: asyncio.run(cost_loop.loop()),
    "card": cost_card.figures,
    "start": starts,
    "history": history.figures,
}


def measured(name: str) -> Iterator[Figure]:
    """Measure the figures of a table when they are requested."""
    yield from TABLES[name]()


def main(wanted: list[str]) -> int:
    """Print the tables; return the exit status."""
    logging.disable(logging.WARNING)
    return show({name: measured(name) for name in wanted or TABLES})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
