"""The equations of the typical range and of the threshold in plain Python, slowly."""

from collections.abc import Sequence
from itertools import accumulate
from math import log1p, sqrt

from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.ledger.histogram_text import decode_counts
from custom_components.air_baseline.core.pollutant import Prior

type Law = list[float]  # Shares of the cells of a histogram.
type Weighed = Sequence[tuple[float, DaySummary]]


def shares(summary: DaySummary, part: int) -> Law:
    """Return the share of a part spent in each cell; sums to the observed share."""
    counts = decode_counts(summary.histogram)[part]
    return [count / summary.slots[part] for count in counts]


def laws(days: Weighed, prior: Prior | None) -> list[Law]:
    """Return F_p of each part: homes weigh five days of the room, the room five of the part."""
    sums = [[0.0] * 100 for _ in range(8)]
    for weight, summary in days:
        for part in range(8):
            for cell, share in enumerate(shares(summary, part)):
                sums[part][cell] += weight * share
    seen = [sum(part) for part in sums]
    homes = prior.shares() if prior else (0.0,) * 100
    k0 = 5.0 if prior else 0.0
    room = [
        (sum(part[cell] for part in sums) / 8.0 + k0 * homes[cell]) / (sum(seen) / 8.0 + k0)
        for cell in range(100)
    ]
    return [
        [(sums[part][cell] + 5.0 * room[cell]) / (seen[part] + 5.0) for cell in range(100)]
        for part in range(8)
    ]


def quantile(law: Law, probability: float) -> float:
    """Walk up the cells until the probability is reached, evenly within a cell."""
    target = probability * sum(law)
    below = 0.0
    for cell, mass in enumerate(law):
        if mass > 0.0 and below + mass >= target:
            return 0.1 * (cell + (target - below) / mass)
        below += mass
    return 10.0


def widening(coverages: Sequence[float]) -> float:
    """Add up 3 % of each miss within bounds, and 60 % of a mean that forgets a fifth each day."""
    lasting = accumulate(
        coverages,
        lambda found, coverage: max(-0.18, min(0.18, found + 0.03 * (0.80 - coverage))),
        initial=0.0,
    )
    recent = sum(
        0.2 * 0.8**age * (0.80 - coverage) for age, coverage in enumerate(reversed(coverages))
    )
    return list(lasting)[-1] + 0.6 * recent


def rises(day: DaySummary, before: Sequence[float]) -> Law:
    """Return how far each part rose: its peak on the scale, minus half of the level before."""
    return [
        log1p(0.0 if peak is None else peak) - 0.5 * concentration
        for peak, concentration in zip(day.part_peaks, before, strict=True)
    ]


def pooled(others: Sequence[Law]) -> list[tuple[float, float]]:
    """Return centre and spread of each part; four days of each come from the whole day."""
    number = len(others)
    means = [sum(day[part] for day in others) / number for part in range(8)]
    whole = sum(means) / 8.0
    centres = [(number * mean + 4.0 * whole) / (number + 4.0) for mean in means]
    own = [sum((day[part] - centres[part]) ** 2 for day in others) / number for part in range(8)]
    shared = sum(own) / 8.0
    spreads = [sqrt((number * variance + 4.0 * shared) / (number + 4.0)) for variance in own]
    return [(centre, max(spread, 0.15)) for centre, spread in zip(centres, spreads, strict=True)]


def scores(days: Sequence[Law], alerts: Sequence[int] = ()) -> Law:
    """Score each day's rises against centre and spread of all others that had no alert."""
    found = []
    for place, day in enumerate(days):
        against = pooled(
            [other for at, other in enumerate(days) if at != place and at not in alerts]
        )
        strays = [
            (rise - centre) / spread for rise, (centre, spread) in zip(day, against, strict=True)
        ]
        found.append(max(strays))
    return found


def level_before(part: int, counts: Sequence[Sequence[int]], middle: float) -> float:
    """Return the median over the two parts before a place in a row of parts, or the middle."""
    levels: Law = [0.0] * 100
    for earlier in (part - 2, part - 1):
        for cell, slots in enumerate(counts[earlier] if earlier >= 0 else ()):
            levels[cell] += slots
    return quantile(levels, 0.5) if sum(levels) >= 24 else middle


def margin(alerts: Sequence[bool], gain: float, days: int) -> float:
    """Add the gain on a day with an alert, subtract a share of it on every day."""
    found = 0.0
    for alert in alerts:
        found += gain - gain / days if alert else -gain / days
        found = max(-0.5, min(6.0, found))
    return found
