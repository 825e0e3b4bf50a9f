"""From a score and a threshold to episodes, with the same persistence as the core's alerts.

An episode begins when the lowest score of the last six slots (at most two missing) is above
the threshold, ends after 30 minutes at or below it, and is followed by a pause of six hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custom_components.air_baseline.core.day import INSIDE_SLOTS, SLOT_S

from .series import DAY, Array, Mask

type Floats = NDArray[np.float32]
type Places = NDArray[np.intp]

SUSTAINED_SLOTS: Final = 6  # Slots (30 min) that a level must hold, as people set such rules.
SUSTAINED_AT_LEAST: Final = 4  # Of these slots, by judgement.
COOL_SLOTS: Final = int(6 * 3600.0 // SLOT_S)  # Of six hours, by judgement.
HALVINGS: Final = 40
PER_DAYS: Final = 30
# Shares of all slots above a threshold: where the search for one starts.
FIRST_SHARES: Final = tuple(0.5**power for power in range(16, 0, -1))


@dataclass(frozen=True, slots=True)
class Watched:
    """A score as its watcher sees it, made once and valid for every threshold.

    `held` is the lowest of the last six slots, `ceiling` the highest; -inf and inf where too
    little was observed. An episode counts if it begins on a slot that is `counted`.
    """

    held: Floats
    ceiling: Floats
    counted: Mask

    @property
    def days(self) -> float:
        """Return how many days are counted."""
        return float(self.counted.sum()) / DAY

    def since(self, slot: int) -> Watched:
        """Return what it saw from a slot on, as values of their own."""
        return Watched(
            self.held[slot:].copy(), self.ceiling[slot:].copy(), self.counted[slot:].copy()
        )


def watch(score: Array, counted: Mask | None = None) -> Watched:
    """Return a score as its watcher sees it; by default every slot counts."""
    padded = np.concatenate([np.full(SUSTAINED_SLOTS - 1, np.nan), score])
    known = np.isfinite(padded)
    lowest = np.minimum.reduce(_last(np.where(known, padded, np.inf)))
    highest = np.maximum.reduce(_last(np.where(known, padded, -np.inf)))
    enough = np.add.reduce(_last(known.astype(np.int8))) >= SUSTAINED_AT_LEAST
    return Watched(
        np.where(enough, lowest, -np.inf).astype(np.float32),
        highest.astype(np.float32),
        np.ones(len(score), dtype=np.bool_) if counted is None else counted,
    )


def _last[T: np.generic](values: NDArray[T]) -> list[NDArray[T]]:
    """Return the last six values of each slot, by their age."""
    number = len(values) - SUSTAINED_SLOTS + 1
    return [values[place : place + number] for place in range(SUSTAINED_SLOTS)]


def episodes(watched: Watched, threshold: float) -> Places:
    """Return the slots at whose end an episode begins."""
    above = np.flatnonzero(watched.held > threshold)
    calm = np.flatnonzero(watched.ceiling <= threshold)
    starts: list[int] = []
    free_from = 0
    while True:
        place = int(np.searchsorted(above, free_from))
        if place == len(above):
            return np.array(starts, dtype=np.intp)
        starts.append(int(above[place]))
        end = int(np.searchsorted(calm, starts[-1] + INSIDE_SLOTS))
        if end == len(calm):
            return np.array(starts, dtype=np.intp)
        free_from = int(calm[end]) + COOL_SLOTS


def counted_episodes(watched: Watched, threshold: float) -> int:
    """Return the number of counted episodes."""
    return int(watched.counted[episodes(watched, threshold)].sum())


def tuned(all_watched: Sequence[Watched], rate: float) -> float:
    """Return the threshold with a given number of episodes per 30 counted days, pooled.

    An oracle: it searches for the threshold on the same data that it is scored on. Between two
    numbers of episodes it takes the lower threshold, which finds more.
    """
    wanted = rate * sum(watched.days for watched in all_watched) / PER_DAYS

    def number(threshold: float) -> int:
        return sum(counted_episodes(watched, threshold) for watched in all_watched)

    held = np.concatenate([watched.held[watched.counted] for watched in all_watched])
    held = held[np.isfinite(held)]
    if not len(held):
        return float("inf")
    high = float(held.max())
    low = high
    for guess in np.quantile(held, [1.0 - share for share in FIRST_SHARES]):
        low = float(guess)
        if number(low) >= wanted:
            break
        high = low
    for _ in range(HALVINGS if wanted else 0):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if number(middle) >= wanted else (low, middle)
    return low if wanted else float(held.max())
