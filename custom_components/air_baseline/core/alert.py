"""The false-alarm promise, the held level and the life of an episode."""

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from .binning import Bin
from .day import SLOT_S
from .ledger import Episode, EpisodeEnd

HELD_SLOTS = 6  # 30 minutes.
HELD_AT_LEAST = 4  # Of those six; two may be missing.
INSIDE_SLOTS = 6  # 30 minutes inside the range end an episode.
LASTING_S = 24 * 3600.0
LASTING_INSIDE_SLOTS = 72  # After a lasting episode the air must be inside for 6 hours.
COOL_DOWN_S = 6 * 3600.0


class Promise(StrEnum):
    """How often the user accepts a false alarm, per sensor."""

    FORTNIGHT = "fortnight"
    MONTH = "month"
    TWO_MONTHS = "two_months"


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise in numbers: one alert day in `days`, from the last `window` reference days.

    Today must beat all but one in `rank_days` of them, and a margin that grows by `gain` with
    each unanswered alert (in spreads). At most `quota` unanswered alert days in 30; one more
    and the record itself is in doubt.
    """

    days: int
    window: int
    rank_days: int
    gain: float
    quota: int

    @property
    def least(self) -> int:
        """Return how many reference days an alert needs: with fewer the promise means nothing."""
        return self.days - 1

    def rank(self, number: int) -> int:
        """Return k: today must beat the k-th highest of n days, k = floor((n + 1) / rank days).

        >>> RULES[Promise.MONTH].rank(34), RULES[Promise.MONTH].rank(69)
        (1, 2)
        """
        return (number + 1) // self.rank_days


# Chosen on seeded homes of each season and held-out seeds (docs/developers/statistics.md):
# the rank days give the rate in quiet homes, the gain holds it through a season.
RULES: Final = MappingProxyType(
    {
        Promise.FORTNIGHT: Rule(days=14, window=69, rank_days=14, gain=1.0, quota=6),
        Promise.MONTH: Rule(days=35, window=69, rank_days=31, gain=1.2, quota=3),
        Promise.TWO_MONTHS: Rule(days=60, window=89, rank_days=60, gain=2.5, quota=2),
    }
)


class EpisodeWatch:
    """Follow one channel's episodes from start to recovery.

    `see` takes each bin with what was held and whether an alert may be given now; it returns
    the episode if this bin opened or ended one.
    """

    __slots__ = ("blocked_slots", "cool_until", "current", "inside_slots")

    def __init__(self) -> None:
        """Start with no episode."""
        self.current: Episode | None = None
        self.inside_slots = 0
        self.blocked_slots = 0
        self.cool_until = 0.0

    def follow(self, bin_: Bin, held: float | None, high: float) -> Episode | None:
        """Bring the running episode up to date; return it if this bin ended it."""
        self.inside_slots = self.inside_slots + 1 if bin_.value <= high else 0
        if self.current is None:
            if self.blocked_slots:
                self.blocked_slots = (
                    self.blocked_slots - 1 if self.inside_slots else LASTING_INSIDE_SLOTS
                )
            return None
        if held is not None and held > self.current.peak:
            self.current = replace(self.current, peak=held)
        if self.inside_slots >= INSIDE_SLOTS:
            return self.end(bin_.end, EpisodeEnd.RECOVERED)
        if bin_.end - self.current.id >= LASTING_S:
            return self.end(bin_.end, EpisodeEnd.LASTING)
        return None

    def may_open(self, at: float) -> bool:
        """Tell whether a new episode may begin at a time."""
        return self.current is None and not self.blocked_slots and at >= self.cool_until

    def open(self, episode: Episode) -> None:
        """Begin an episode."""
        self.current = episode
        self.inside_slots = 0

    def end(self, at: float, outcome: EpisodeEnd) -> Episode | None:
        """End the running episode, if any, and return it."""
        if self.current is None:
            return None
        ended = replace(self.current, end=at, outcome=outcome)
        self.current = None
        self.cool_until = at + COOL_DOWN_S
        if outcome is EpisodeEnd.LASTING:
            self.blocked_slots = LASTING_INSIDE_SLOTS
        return ended


class HeldLevel:
    """What the air held over the last 30 minutes, from the bins of one channel.

    >>> held = HeldLevel()
    >>> for slot, level in enumerate([9.0, 64.0, 60.0, 61.0, 70.0, 66.0]):
    ...     held.take(Bin(slot, level, 300.0))
    >>> held.span(1800.0), held.silent(1800.0)
    ((9.0, 70.0), False)
    """

    __slots__ = ("bins",)

    def __init__(self) -> None:
        """Start with no bin."""
        self.bins: list[tuple[int, float]] = []

    def take(self, bin_: Bin) -> None:
        """Add a bin and forget those older than 30 minutes."""
        oldest = bin_.slot - HELD_SLOTS
        self.bins = [pair for pair in self.bins if oldest < pair[0] < bin_.slot]
        self.bins.append((bin_.slot, bin_.value))

    def span(self, at: float) -> tuple[float, float] | None:
        """Return the lowest and highest of the last six bins, None with over two missing."""
        oldest = int(at // SLOT_S) - HELD_SLOTS
        values = [value for slot, value in self.bins if slot >= oldest]
        if len(values) < HELD_AT_LEAST:
            return None
        return min(values), max(values)

    @property
    def silent_from(self) -> float:
        """Return when the air falls silent: 30 minutes after the last bin, 0 without any."""
        return float((self.bins[-1][0] + 1 + HELD_SLOTS) * SLOT_S) if self.bins else 0.0

    def silent(self, at: float) -> bool:
        """Tell whether there was no bin at all in the last 30 minutes."""
        return at >= self.silent_from
