"""A figure with its budget and what others need, and the table of figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

HEAD: Final = (
    f"{'figure':<52}{'median':>9}{'min':>9}{'max':>9} {'unit':<5}{'budget':>8}{'ratio':>7}"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured several times; without a budget it is for comparison.

    The median is compared with the budget, because the machine may be doing other things too.
    """

    what: str
    found: Sequence[float]
    unit: str
    budget: float | None = None

    @property
    def middle(self) -> float:
        """Return the median of the measurements."""
        return median(self.found)

    @property
    def kept(self) -> bool:
        """Tell whether the budget is kept."""
        return self.budget is None or self.middle <= self.budget

    def __str__(self) -> str:
        """Return a row of the table."""
        row = (
            f"{self.what:<52}{self.middle:>9.2f}{min(self.found):>9.2f}{max(self.found):>9.2f} "
            f"{self.unit:<5}"
        )
        if self.budget is None:
            return row.rstrip()
        over = "" if self.kept else "  over budget"
        return f"{row}{self.budget:>8g}{self.middle / self.budget:>7.2f}{over}"


def show(tables: Mapping[str, Iterable[Figure]]) -> int:
    """Print tables while they are measured; return the exit status, 1 over a budget."""
    kept = True
    for name, figures in tables.items():
        print(f"{name}\n{HEAD}")
        for figure in figures:
            print(figure, flush=True)
            kept &= figure.kept
        print()
    return 0 if kept else 1
