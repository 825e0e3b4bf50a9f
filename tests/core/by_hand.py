"""The equations of the typical range and of the threshold in plain Python, slowly."""

from collections.abc import Sequence
from itertools import accumulate
from math import log

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
    """Add up 3 % of each miss within bounds, and 80 % of a mean that forgets a fifth each day."""
    lasting = accumulate(
        coverages,
        lambda found, coverage: max(-0.18, min(0.18, found + 0.03 * (0.80 - coverage))),
        initial=0.0,
    )
    recent = sum(
        0.2 * 0.8**age * (0.80 - coverage) for age, coverage in enumerate(reversed(coverages))
    )
    return list(lasting)[-1] + 0.8 * recent


def peaks(day: DaySummary) -> Law:
    """Return the peak of each hold and hour on the scale; one without takes that of its part."""
    found = []
    for place, code in enumerate(day.peaks):
        first = place - place % 3
        own = [each for each in day.peaks[first : first + 3] if each != 255]
        shorter = [each for each in day.peaks[first % 24 : first % 24 + 3] if each != 255]
        known = code if code != 255 else max(own or shorter)
        found.append(known * 11.53 / 254)
    return found


def rises(day: DaySummary, before: Sequence[float]) -> Law:
    """Return how far each hold and hour rose: its peak, minus 0.7 of the level before its part."""
    return [peak - 0.7 * before[place % 24 // 3] for place, peak in enumerate(peaks(day))]


def tails(days: Sequence[Law]) -> tuple[Law, Law, float]:
    """Return u and s of each hour, and q (METHOD-2, section 3)."""
    number = len(days)
    top = max(4, round(0.14 * number))
    hours = [sorted(levels, reverse=True) for levels in zip(*days, strict=True)]
    starts = [levels[top] for levels in hours]
    means = [sum(levels[:top]) / top - levels[top] for levels in hours]
    whole = sum(means) / len(means)
    scales = [max((top * mean + 3.0 * whole) / (top + 3), 0.05) for mean in means]
    return starts, scales, top / number


def tail_score(x: float, start: float, scale: float, share: float) -> float:
    """Return S(x, h): exponential above u, and the same law below it."""
    return -log(share) + (x - start) / scale


def scores(days: Sequence[Law], events: Sequence[int] = ()) -> Law:
    """Return the highest score of each day against all others that were no events."""
    ordinary = [place for place in range(len(days)) if place not in events]
    found = []
    for place, day in enumerate(days):
        starts, scales, share = tails([days[other] for other in ordinary if other != place])
        cells = zip(day, starts, scales, strict=True)
        found.append(max(tail_score(*cell, share) for cell in cells))
    return found


def bar(found: Sequence[float], days: float) -> float:
    """Return what one day in `days` exceeds.

    Among n days and today, today is above the k-th highest with a chance of k in n + 1.
    """
    ranked = sorted(found, reverse=True)
    rank = (len(ranked) + 1) / days
    if rank < 1.0:
        return ranked[0] + 1.5 * log(1.0 / rank)
    whole = min(int(rank), len(ranked))
    below = ranked[min(whole, len(ranked) - 1)]
    return ranked[whole - 1] + (rank - whole) * (below - ranked[whole - 1])


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
