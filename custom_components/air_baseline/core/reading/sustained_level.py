"""The sustained level: the lowest bin of the last 15 minutes, or of the last hour."""

from collections.abc import Sequence
from dataclasses import dataclass

from .. import checked
from ..day import HOURS, SLOT_S, SLOTS_PER_HOUR, SUSTAINED_SLOTS
from .binning import Bin

HELD_SHARE = 2 / 3  # Of the bins that a level is held for; by judgement a third can be missing.
SILENT_SLOTS = 6  # Slots (30 min) without a bin, by judgement, after which nothing holds.


@dataclass(frozen=True, slots=True)
class SustainedLevel:
    """The lowest and the highest of the last three bins (base unit).

    `of_hour` is the lowest of the last twelve, None if too few are known.
    """

    low: float
    high: float
    of_hour: float | None = None

    @property
    def held(self) -> tuple[float, float | None]:
        """Return the level that each hold has held."""
        return self.low, self.of_hour

    def exceeds(self, levels: Sequence[float], hour: int) -> bool:
        """Tell whether a hold has held more than its level in an hour, of each hold and hour."""
        of_hour = self.of_hour
        return self.low > levels[hour] or (of_hour is not None and of_hour > levels[HOURS + hour])


class SustainedWindow:
    """The bins of the last hour of one channel.

    >>> window = SustainedWindow()
    >>> for slot, value in enumerate([9.0, 64.0, 60.0, 61.0, 70.0, 66.0]):
    ...     window.take(Bin(slot, value, 300.0))
    >>> window.level(1800.0), window.silent(1800.0)
    (SustainedLevel(low=61.0, high=70.0, of_hour=None), False)
    """

    __slots__ = ("bins",)

    def __init__(self) -> None:
        """Start with no bin."""
        self.bins: list[tuple[int, float]] = []

    def take(self, bin_: Bin) -> None:
        """Add a bin and forget those older than an hour."""
        oldest = bin_.slot - SLOTS_PER_HOUR
        self.bins = [pair for pair in self.bins if oldest < pair[0] < bin_.slot]
        self.bins.append((bin_.slot, bin_.value))

    def level(self, at: float) -> SustainedLevel | None:
        """Return the level, None if too few of the last 15 minutes are known."""
        slot = int(at // SLOT_S)
        values = self._since(slot - SUSTAINED_SLOTS)
        if len(values) < HELD_SHARE * SUSTAINED_SLOTS:
            return None
        hour = self._since(slot - SLOTS_PER_HOUR)
        held = len(hour) >= HELD_SHARE * SLOTS_PER_HOUR
        return SustainedLevel(
            low=round(min(values), 1),
            high=round(max(values), 1),
            of_hour=round(min(hour), 1) if held else None,
        )

    def _since(self, slot: int) -> list[float]:
        return [value for known, value in self.bins if known >= slot]

    def dump(self) -> list[list[float]]:
        """Return the bins as plain JSON values."""
        return [list(pair) for pair in self.bins]

    def restore(self, data: object, last: int) -> None:
        """Take over what `dump` wrote, up to the slot `last`. Raises StoredFormError."""
        self.bins = [
            (checked.integer(slot, 0, last), checked.concentration(value))
            for slot, value in checked.rows(data, 2, SLOTS_PER_HOUR)
        ]

    @property
    def silent_from(self) -> float:
        """Return the POSIX time 30 minutes after the last bin ended, 0 without any bin."""
        return float((self.bins[-1][0] + 1 + SILENT_SLOTS) * SLOT_S) if self.bins else 0.0

    def silent(self, at: float) -> bool:
        """Tell whether the 30 minutes before a POSIX time have no bin at all."""
        return at >= self.silent_from
