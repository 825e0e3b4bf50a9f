"""The typical range: from the days of a ledger to a range for each part of the day.

The range comes from a law, the predictive distribution of a two-level Dirichlet process with
days as the draws: the law of homes counts as five days of the room, and the room as five days of
each part. It assumes no shape of distribution and can be checked by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..day import PARTS
from ..ledger.day_summary import DaySummary
from ..ledger.histogram import ALL_PARTS, DayCounts
from ..ledger.ledger import Ledger
from ..ledger.seen_parts import parts_of
from ..pollutant import CELL_WIDTH, CELLS, Prior, from_scale, round_outward, to_scale

TARGET = 0.80  # Share of time that a typical range should hold, by judgement.
# Days, by judgement: 14, 30 and 60 differed by under 2 % in interval score after a month.
HALF_LIFE_DAYS = 30.0
PRIOR_DAYS = 5.0  # K0, days, by judgement: 3 gave narrower ranges, 7 safer ones early on.
ROOM_DAYS = 5.0  # K1, days, by judgement for the same reason.
# Share of time left outside at least, by judgement: a range that leaves out nothing has no end.
LEAST_OUTSIDE = 0.02
# Of each miss, by judgement (short run: 0.02 and 0.05 held as many fortnights). By Angelopoulos,
# Candes and Tibshirani 2023, |average miss - 0.2| over T days is at most (0.36 + 0.03) / (0.03 T).
LASTING_STEP = 0.03
LASTING_MOST = 0.18  # Share of time, either way: it follows from the least share outside.
# Of the recent miss. Short run: the most fortnights held for the least loss; 0.6 held fewer.
RECENT_SHARE = 0.8
# Days of the recent miss (short run): 8 held fewer fortnights, 3 more, but moved the edges more.
RECENT_DAYS = 5.0

CELL_ENDS = CELL_WIDTH * np.arange(CELLS + 1)  # On the scale, from 0; follows from the cells.

type Array = NDArray[np.float64]


class NoRangeError(ValueError):
    """There is neither a day nor a prior to compute a range from."""


@dataclass(frozen=True, slots=True)
class PartRange:
    """The range issued for one part.

    `low`, `middle`, `high` are in the base unit, with the edges rounded outward; `y_*` are the
    unrounded quantiles on the scale. `cells` describe the sensor values at the low and the high
    edge as (start, end, share): the share of the time at that value that counts as inside.
    """

    low: float
    middle: float
    high: float
    y_low: float
    y_middle: float
    y_high: float
    cells: tuple[tuple[float, float, float], tuple[float, float, float]]

    def up_to(self, highest: float) -> PartRange:
        """Return the range up to the end of the sensor's span: its last cell reaches beyond."""
        if self.high <= highest:
            return self
        return replace(
            self,
            low=min(self.low, highest),
            middle=min(self.middle, highest),
            high=highest,
        )

    def inside(self, concentration: float) -> float:
        """Return the share (0 to 1) of time at a concentration (base unit) that is inside.

        A coarse sensor shows few values. Time at the value on an edge counts by the share of it
        that the law puts inside, so that the coverages average to the target.
        """
        lower, upper = self.cells
        if concentration < lower[0] or concentration >= upper[1]:
            return 0.0
        if concentration < lower[1]:
            return lower[2]
        return upper[2] if concentration >= upper[0] else 1.0


@dataclass(frozen=True, slots=True)
class Days:
    """Days as arrays: shares (day, part, cell) and weights (day)."""

    shares: Array
    weights: Array


def stack(
    summaries: Sequence[DaySummary], counts: DayCounts | Array, ledger: Ledger, today: int
) -> Days:
    """Return days and their counts (day, part, cell) as arrays with today's weights.

    The shares of excluded parts are 0.
    """
    slots = np.array([summary.slots for summary in summaries], dtype=float).reshape(-1, PARTS)
    shares = counts / np.maximum(slots, counts.sum(axis=2, dtype=float))[..., None]
    weights = [
        day_weight(today - summary.day) * ledger.factor(summary.day) * summary.credit
        for summary in summaries
    ]
    for index, summary in enumerate(summaries):
        excluded = ledger.excluded_parts(summary.day)
        if excluded:
            shares[index, [part for part in range(PARTS) if excluded >> part & 1]] = 0.0
    return Days(shares, np.array(weights))


def day_medians(counts: DayCounts) -> Array:
    """Return the median of each day (day) on the scale, from counts (day, part, cell)."""
    return quantiles(counts.sum(axis=1, dtype=np.int32), 0.5)[0]


def medians_by_day(
    summaries: Sequence[DaySummary], counts: DayCounts, parts: int
) -> list[tuple[int, float]]:
    """Return (day, median on the scale) of each day over the parts of a mask, in the given order.

    Days that were observed in none of them are left out.
    """
    days = [summary.day for summary in summaries]
    if parts != ALL_PARTS:
        counts = counts[:, parts_of(parts)]
        observed = counts.any(axis=(1, 2))
        counts, days = counts[observed], np.array(days, dtype=int)[observed].tolist()
    return list(zip(days, day_medians(counts).tolist(), strict=True))


def day_weight(age_days: float) -> float:
    """Return the weight of a day by its age: half after 30 days.

    >>> day_weight(30)
    0.5
    """
    return float(2.0 ** (-age_days / HALF_LIFE_DAYS))


def own_share(days: Days, prior: Prior | None) -> float:
    """Return the share of the room's own days in the range, n / (n + K0); 1 without a prior."""
    number = float((days.weights[:, None] * days.shares.sum(axis=2)).sum(axis=0).mean())
    return number / (number + PRIOR_DAYS) if prior else 1.0


def mixture(sums: Array, prior: Prior | None) -> Array:
    """Return the law of each part (..., part, cell) from weighted sums of shares (same shape).

    F_room = (H + K0 P0) / (n + K0), F_p = (H_p + K1 F_room) / (n_p + K1). Raises NoRangeError
    if there is no prior and nothing was observed.
    """
    numbers = sums.sum(axis=-1)
    room_sum, room_number = sums.mean(axis=-2), numbers.mean(axis=-1)[..., None]
    if prior is None:
        if not np.all(room_number > 0.0):
            raise NoRangeError("no day and no prior")
        room = room_sum / room_number
    else:
        law = np.array(prior.shares())
        room = (room_sum + PRIOR_DAYS * law) / (room_number + PRIOR_DAYS)
    law_of_part: Array = sums + ROOM_DAYS * room[..., None, :]
    law_of_part /= numbers[..., None] + ROOM_DAYS
    return law_of_part


def weighted_sums(days: Days) -> Array:
    """Return the weighted sum of shares (part, cell) over all days."""
    return np.asarray(np.tensordot(days.weights, days.shares, axes=1), dtype=np.float64)


def quantiles(law: Array | NDArray[np.integer], *probabilities: float) -> list[Array]:
    """Return for each probability the quantile of each law (last axis: cell) on the scale.

    A law can be counts. Mass is spread evenly within a cell.

    >>> law = np.zeros(CELLS)
    >>> law[[10, 20]] = 0.5
    >>> [round(float(y), 2) for y in quantiles(law, 0.25, 0.5, 0.75)]
    [1.05, 1.1, 2.05]
    """
    # Of counts, small numbers take a third of the time.
    cumulative = np.cumsum(law, axis=-1, dtype=float if law.dtype.kind == "f" else np.int32)
    return [_reached(law, cumulative, probability) for probability in probabilities]


def _reached[L: Array | NDArray[np.integer]](law: L, cumulative: L, probability: float) -> Array:
    target = probability * cumulative[..., -1:]
    index = (cumulative >= target).argmax(axis=-1)[..., None]
    mass = np.take_along_axis(law, index, axis=-1)
    before = np.take_along_axis(cumulative, index, axis=-1) - mass
    within = np.divide(target - before, mass, out=np.zeros(mass.shape), where=mass > 0)
    y: Array = CELL_WIDTH * (index + np.clip(within, 0.0, 1.0))[..., 0]
    return y


def widening_of(coverages: Sequence[float]) -> float:
    """Return the widening (theta) that the coverages, oldest first, call for.

    It is a share of time, negative to narrow the range. This is conformal PI control of days
    (Angelopoulos, Candes and Tibshirani 2023, arXiv 2307.16895): what the misses have added up
    to, clipped, and 0.8 of the recent miss, a mean that forgets a fifth of itself each day.

    >>> round(widening_of([0.5]), 3), round(widening_of([0.5, 0.5]), 4)
    (0.057, 0.1044)
    """
    recent = 0.0
    for coverage in coverages:
        recent += (TARGET - coverage - recent) / RECENT_DAYS
    return lasting_widenings(coverages)[-1] + RECENT_SHARE * recent


def lasting_widenings(coverages: Sequence[float]) -> list[float]:
    """Return the part of the widening that lasts, of the range of each day and of the next."""
    lasting = [0.0]
    for coverage in coverages:
        added = lasting[-1] + LASTING_STEP * (TARGET - coverage)
        lasting.append(min(max(added, -LASTING_MOST), LASTING_MOST))
    return lasting


def tail(widening: float) -> float:
    """Return the share of time to leave outside the range for a widening.

    >>> round(tail(0.0), 2), tail(0.3)
    (0.2, 0.02)
    """
    return max(1.0 - TARGET - widening, LEAST_OUTSIDE)


def build_ranges(law: Array, outside: float, resolution: float) -> tuple[PartRange, ...]:
    """Return the range of each part that leaves the share `outside` of time outside.

    `law` has the shape (part, cell); `resolution` is the sensor's step (base unit).
    """
    probabilities = outside / 2.0, 1.0 - outside / 2.0
    low, middle, high = quantiles(law, probabilities[0], 0.5, probabilities[1])
    step = max(resolution, 1.0)
    ends = np.concatenate([np.zeros((len(law), 1)), np.cumsum(law, axis=1)], axis=1)
    return tuple(
        _part_range(
            (float(low[part]), float(middle[part]), float(high[part])),
            ends[part],
            probabilities,
            (resolution, step),
        )
        for part in range(len(law))
    )


def _part_range(
    y: tuple[float, float, float],
    ends: Array,
    probabilities: tuple[float, float],
    steps: tuple[float, float],
) -> PartRange:
    resolution, step = steps
    low, high = round_outward(from_scale(y[0]), from_scale(y[2]), step)
    cells = (
        _cell(from_scale(y[0]), resolution, ends, probabilities),
        _cell(from_scale(y[2]), resolution, ends, probabilities),
    )
    middle = round(from_scale(y[1]) / step) * step
    return PartRange(low, middle, high, *y, cells)


def _cell(
    edge: float, resolution: float, ends: Array, probabilities: tuple[float, float]
) -> tuple[float, float, float]:
    """Return the sensor value at an edge (base unit) as start, end and its share inside."""
    centre = round(edge / resolution) * resolution
    start, end = centre - resolution / 2.0, centre + resolution / 2.0
    span = to_scale(max(start, 0.0)), to_scale(end)
    first, last = np.interp(span, CELL_ENDS, ends).tolist()
    if last <= first:
        return start, end, 1.0
    overlap = min(last, probabilities[1]) - max(first, probabilities[0])
    return start, end, max(overlap, 0.0) / (last - first)
