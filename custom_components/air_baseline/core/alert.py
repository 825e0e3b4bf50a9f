"""Exceedance ranks, episodes and the false-alarm promise.

A day's score is how far its worst half hour rose above the range of its part, in half-ranges.
Today may raise an alert only above the k-th highest of the reference days, each scored
against the range without itself, as today's range is one without today (conformal rank).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import floor
from types import MappingProxyType
from typing import Final

import numpy as np

from .baseline import (
    LEAST_HALF_RANGE,
    Array,
    Days,
    PartRange,
    mixture,
    quantiles,
    tail,
    weighted_sums,
)
from .binning import Bin
from .day import PARTS, SLOT_S
from .digest import Digest
from .ledger import Episode, EpisodeEnd
from .quantity import Prior, Quantity, from_scale, to_scale

HELD_SLOTS = 6  # 30 minutes.
HELD_AT_LEAST = 4  # Of those six; two may be missing.
NOTABLE_DAYS = 13  # "Notable" is above the second highest of 13 days.
NOTABLE_RANK = 2
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
    """A promise in numbers: one day in `days`, from the last `window` reference days.

    At most `quota` unanswered alert days in 30; one more and the record itself is in doubt.
    """

    days: int
    window: int
    quota: int

    @property
    def least(self) -> int:
        """Return how many reference days an alert needs: with fewer the rank cannot exist."""
        return self.days - 1

    def rank(self, number: int) -> int:
        """Return k = floor((n + 1) / N): today must beat the k-th highest of n days.

        >>> RULES[Promise.MONTH].rank(34), RULES[Promise.MONTH].rank(69)
        (1, 2)
        """
        return floor((number + 1) / self.days)


RULES: Final = MappingProxyType(
    {
        Promise.FORTNIGHT: Rule(days=14, window=27, quota=6),
        Promise.MONTH: Rule(days=35, window=69, quota=3),
        Promise.TWO_MONTHS: Rule(days=60, window=89, quota=2),
    }
)


@dataclass(frozen=True, slots=True)
class Bar:
    """What today must exceed, as scores. None where there are too few reference days."""

    scores: tuple[float, ...] = ()
    unusual: float | None = None
    notable: float | None = None

    def beaten(self, score: float) -> int:
        """Return how many reference days stayed below a score."""
        return sum(score > other for other in self.scores)


def excess(level: float, part: PartRange) -> float:
    """Return how far a level lies above the range, in half-ranges: (y - U) / max(U - M, 0.15)."""
    return (to_scale(level) - part.y_high) / part.half_range


def reference_scores(
    reference: Sequence[Digest], days: Days, prior: Prior | None, theta: float
) -> tuple[float, ...]:
    """Return the score of each reference day against the range fitted without it.

    `days` are all days of the fit; a reference day that is not among them is scored against
    the whole.
    """
    if not reference:
        return ()
    law = mixture(_sums_without(reference, days), prior)
    middle, high = quantiles(law, 0.5, 1.0 - tail(theta) / 2.0)
    packed = b"".join([digest.packed_peaks for digest in reference])
    peaks = np.frombuffer(packed, dtype="<f4").reshape(-1, PARTS).astype(float).round(1)
    scores = (np.log1p(peaks) - high) / np.maximum(high - middle, LEAST_HALF_RANGE)
    return tuple(float(score) for score in scores.max(axis=1))


def _sums_without(reference: Sequence[Digest], days: Days) -> Array:
    """Return the weighted sum of shares of all days but each of the reference days."""
    whole = weighted_sums(days)
    places = {day: index for index, day in enumerate(days.days)}
    sums = np.zeros((len(reference), *whole.shape))
    for index, digest in enumerate(reference):
        place = places.get(digest.day)
        if place is not None:
            np.multiply(days.weights[place], days.shares[place], out=sums[index])
    np.subtract(whole, sums, out=sums)
    return np.maximum(sums, 0.0, out=sums)


def bar(scores: Sequence[float], rule: Rule) -> Bar:
    """Return what today must exceed, given the scores of the reference days, oldest first.

    >>> bar([0.1] * 33, RULES[Promise.MONTH]).unusual is None
    True
    >>> bar([*[0.1] * 33, 1.7], RULES[Promise.MONTH]).unusual
    1.7
    """
    unusual = notable = None
    if len(scores) >= rule.least:
        ranked = sorted(scores, reverse=True)
        unusual = max(ranked[rule.rank(len(scores)) - 1], 0.0)
    if len(scores) >= NOTABLE_DAYS:
        notable = max(sorted(scores[-NOTABLE_DAYS:])[-NOTABLE_RANK], 0.0)
    return Bar(tuple(scores), unusual, notable)


def alert_level(
    bar: Bar, part: PartRange, quantity: Quantity, resolution: float, lifted: float
) -> float | None:
    """Return the level that must be exceeded in a part for an alert, None if there is none."""
    if bar.unusual is None:
        return None
    ranked = from_scale(part.y_high + bar.unusual * part.half_range)
    noticeable = from_scale(part.y_high) + max(2.0 * max(resolution, 1.0), quantity.effect)
    return max(ranked, noticeable, lifted)


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
