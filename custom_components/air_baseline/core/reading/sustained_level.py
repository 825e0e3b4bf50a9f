"""The sustained level: the lowest bin of the last 30 minutes."""

from dataclasses import dataclass

from .. import checked
from ..day import SLOT_S, SUSTAINED_SLOTS
from .binning import Bin

SUSTAINED_AT_LEAST = 4  # Bins of the six; by judgement two can be missing.


class SustainedWindow:
    """The bins of the last 30 minutes of one channel.

    >>> window = SustainedWindow()
    >>> for slot, value in enumerate([9.0, 64.0, 60.0, 61.0, 70.0, 66.0]):
    ...     window.take(Bin(slot, value, 300.0))
    >>> window.span(1800.0), window.silent(1800.0)
    ((9.0, 70.0), False)
    """

    __slots__ = ("bins",)

    def __init__(self) -> None:
        """Start with no bin."""
        self.bins: list[tuple[int, float]] = []

    def take(self, bin_: Bin) -> None:
        """Add a bin and forget those older than 30 minutes."""
        oldest = bin_.slot - SUSTAINED_SLOTS
        self.bins = [pair for pair in self.bins if oldest < pair[0] < bin_.slot]
        self.bins.append((bin_.slot, bin_.value))

    def span(self, at: float) -> tuple[float, float] | None:
        """Return the lowest and highest of the last six bins, None if over two are missing."""
        oldest = int(at // SLOT_S) - SUSTAINED_SLOTS
        values = [value for slot, value in self.bins if slot >= oldest]
        if len(values) < SUSTAINED_AT_LEAST:
            return None
        return min(values), max(values)

    def dump(self) -> list[list[float]]:
        """Return the bins as plain JSON values."""
        return [list(pair) for pair in self.bins]

    def restore(self, data: object, last: int) -> None:
        """Take over what `dump` wrote, up to the slot `last`. Raises StoredFormError."""
        self.bins = [
            (checked.integer(slot, 0, last), checked.concentration(value))
            for slot, value in checked.rows(data, 2, SUSTAINED_SLOTS)
        ]

    @property
    def silent_from(self) -> float:
        """Return the POSIX time 30 minutes after the last bin ended, 0 without any bin."""
        return float((self.bins[-1][0] + 1 + SUSTAINED_SLOTS) * SLOT_S) if self.bins else 0.0

    def silent(self, at: float) -> bool:
        """Tell whether the 30 minutes before a POSIX time have no bin at all."""
        return at >= self.silent_from


@dataclass(frozen=True, slots=True)
class SustainedLevel:
    """The lowest and the highest of the last six bins (base unit)."""

    low: float
    high: float
