"""The sustained level: the lowest bin of the last 15 minutes, or of the last hour."""

from array import array
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

    __slots__ = ("_slots", "_values")

    def __init__(self) -> None:
        """Start with no bin."""
        self._keep([])

    @property
    def bins(self) -> list[tuple[int, float]]:
        """Return the slot and the value (base unit) of each bin, oldest first."""
        return list(zip(self._slots, self._values, strict=True))

    def take(self, bin_: Bin) -> None:
        """Add a bin and forget those older than an hour."""
        oldest = bin_.slot - SLOTS_PER_HOUR
        kept = [pair for pair in self.bins if oldest < pair[0] < bin_.slot]
        self._keep([*kept, (bin_.slot, bin_.value)])

    def _keep(self, bins: Sequence[tuple[int, float]]) -> None:
        """Keep bins as arrays: as pairs, they would take a kilobyte more in each channel."""
        self._slots = array("q", [slot for slot, _ in bins])
        self._values = array("d", [value for _, value in bins])

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
        known = zip(self._slots, self._values, strict=True)
        return [value for since, value in known if since >= slot]

    def dump(self) -> list[list[float]]:
        """Return the bins as plain JSON values."""
        return [list(pair) for pair in self.bins]

    def restore(self, data: object, last: int) -> None:
        """Take over what `dump` wrote, up to the slot `last`. Raises StoredFormError."""
        self._keep(
            [
                (checked.integer(slot, 0, last), checked.concentration(value))
                for slot, value in checked.rows(data, 2, SLOTS_PER_HOUR)
            ]
        )

    @property
    def silent_from(self) -> float:
        """Return the POSIX time 30 minutes after the last bin ended, 0 without any bin."""
        return float((self._slots[-1] + 1 + SILENT_SLOTS) * SLOT_S) if self._slots else 0.0

    def silent(self, at: float) -> bool:
        """Tell whether the 30 minutes before a POSIX time have no bin at all."""
        return at >= self.silent_from
