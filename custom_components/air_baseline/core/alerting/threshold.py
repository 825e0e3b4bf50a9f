"""What today must exceed to be called unusual: a rank among earlier days, and a margin.

A part of a day is scored by how far its highest half hour rose, given the six hours before it:
y(peak) minus half of the level before, in units of the usual spread of that part. The score of a
day is the highest of its parts. Each reference day is scored from the other days, as today is.
Event days are scored too but do not set the threshold, which would hide the next similar event.
The margin accounts for their alerts.
"""

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..day import PARTS, WINDOW_DAYS
from ..learning.typical_range import Array, PartRange, quantiles
from ..ledger.day_summary import DaySummary, day_peaks
from ..ledger.histogram import ALL_PARTS, Counts, DayCounts
from ..ledger.histogram_text import decode_counts
from ..ledger.ledger import Ledger
from ..ledger.seen_parts import parts_of
from ..pollutant import CELLS, from_scale, to_scale
from .promise import Rule

# Trial runs and short runs are described in docs/developers/statistics.md.
# Of the level before: the air before explains part of how high it gets. By judgement, from a run
# that is not recorded: of 0, 0.3, 0.5, 0.7 and 0.9 it found the most plumes at an equal rate of
# alerts.
BEFORE_SHARE = 0.5
BEFORE_PARTS = 2  # Parts (6 h). Trial run: 12, 24 and 48 h found fewer plumes.
LEAST_BEFORE = 24  # Slots (2 h) of these 6 h that must be observed, by judgement.
# Quantile of the level before, by judgement: a lower level counts as this one, because closing a
# window is not a rise. It costs no detection.
BEFORE_FLOOR = 0.25
POOL_DAYS = 4.0  # Days that the whole day counts as in a part. Short run: 10 and 30 found less.
LEAST_SPREAD = 0.15  # On the scale y. By judgement: keeps scores finite in rooms of constant air.
SCORE_DIGITS = 4  # Decimals. By judgement: under 0.1 % of a level, and a third of the disk space.
NOTABLE_DAYS = 13  # Reference days that "notable" compares with, by judgement.
NOTABLE_RANK = 2  # Notable is above the second highest of these days, by judgement.
# Days. Short run: 7 and 14 found as many plumes that came every 21 days; with 0, a daily plume was
# reported four times.
HABIT_DAYS = 14
# Spreads. Short run: a lower bound of -0.7 found a little more, but broke the promise in autumn.
# The margin integrates the alerts beyond the promise, so their long-run rate keeps it whatever the
# air does. Below 0 it spends a little of what quiet months leave unspent.
MARGIN_LOW, MARGIN_HIGH = -0.5, 6.0

type Levels = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class AlertThreshold:
    """What today must exceed, as scores (in spreads).

    `scores` are those of the reference days, oldest first; `days` of them were no events.
    `rank_score` is the score to beat by `margin`, and `notable` the score above which a level is
    notable; both are None if there are too few reference days. `centre` and `spread` (on the
    scale) turn the levels of each part into scores. `before` is the level before each part (on
    the scale): the usual one until the part begins, and never below `floor`.
    """

    scores: Sequence[float] = ()
    rank_score: float | None = None
    margin: float = 0.0
    notable: float | None = None
    centre: tuple[float, ...] = (0.0,) * PARTS
    spread: tuple[float, ...] = (LEAST_SPREAD,) * PARTS
    before: tuple[float, ...] = (0.0,) * PARTS
    floor: tuple[float, ...] = (0.0,) * PARTS
    days: int = 0

    @property
    def score(self) -> float | None:
        """Return the score above which a level is unusual, None with too few reference days."""
        return None if self.rank_score is None else self.rank_score + self.margin

    def after(self, before: Mapping[int, float]) -> AlertThreshold:
        """Return the threshold with the level before some parts known (on the scale)."""
        known = {part: max(level, self.floor[part]) for part, level in before.items()}
        return replace(
            self, before=tuple(known.get(part, usual) for part, usual in enumerate(self.before))
        )

    def beaten(self, score: float) -> int:
        """Return how many reference days have a lower score."""
        return sum(score > other for other in self.scores)

    def score_of(self, concentration: float, part: int) -> float:
        """Return the score of a concentration (base unit) in a part."""
        rise = to_scale(concentration) - BEFORE_SHARE * self.before[part]
        return (rise - self.centre[part]) / self.spread[part]

    def concentration_at(self, score: float, part: int) -> float:
        """Return the concentration (base unit) of a score in a part: the inverse of `score_of`."""
        rise = self.centre[part] + score * self.spread[part]
        return max(from_scale(rise + BEFORE_SHARE * self.before[part]), 0.0)


def alert_threshold(  # noqa: PLR0913 - each argument changes independently
    reference: Sequence[DaySummary],
    before: Array,
    rule: Rule,
    margin: float = 0.0,
    events: Collection[int] = (),
    *,
    parts: int = ALL_PARTS,
) -> AlertThreshold:
    """Return what today must exceed, from the reference days, oldest first.

    `before` are the levels before each part (day, part) on the scale, and `margin` is in spreads.
    The days in `events` are scored but do not set the threshold. Only the parts in the mask
    `parts` are scored: in the others today cannot exceed anything either.
    """
    ordinary = np.array([summary.day not in events for summary in reference], dtype=np.bool_)
    number = int(ordinary.sum())
    if not number:
        return AlertThreshold()
    scored = parts_of(parts)
    before = before.take(scored, axis=1)
    floor = np.quantile(before, BEFORE_FLOOR, axis=0)
    before = np.maximum(before, floor)
    rises = np.log1p(day_peaks(reference).take(scored, axis=1)) - BEFORE_SHARE * before
    usual = rises[ordinary]
    centre, spread = _pooled(number, usual.sum(axis=0), (usual**2).sum(axis=0))
    scores = _scores(rises, ordinary)
    ordered = np.sort(np.array(scores)[ordinary])
    return AlertThreshold(
        scores=array("d", scores),  # A tuple of them would take four times the memory.
        rank_score=float(ordered[-rule.rank(number)]) if number >= rule.needed_days else None,
        margin=margin,
        notable=sorted(scores[-NOTABLE_DAYS:])[-NOTABLE_RANK]
        if len(scores) >= NOTABLE_DAYS
        else None,
        centre=_of_all_parts(scored, centre),
        spread=_of_all_parts(scored, spread, LEAST_SPREAD),
        before=_of_all_parts(scored, np.median(before, axis=0)),
        floor=_of_all_parts(scored, floor),
        days=number,
    )


def _of_all_parts(scored: Sequence[int], known: Array, other: float = 0.0) -> tuple[float, ...]:
    """Return the known values of the scored parts, and `other` for each part that is not."""
    values = dict(zip(scored, known.tolist(), strict=True))
    return tuple(values.get(part, other) for part in range(PARTS))


def _scores(rises: Array, ordinary: NDArray[np.bool_]) -> list[float]:
    """Return the score of each day from its rises (day, part), based on all other ordinary days.

    0 for each day if there is no other ordinary day.
    """
    counts = ordinary[:, np.newaxis].astype(float)
    number = counts.sum() - counts
    if not number.all():
        return [0.0] * len(rises)
    own, squares = counts * rises, counts * rises**2
    centre, spread = _pooled(
        number, own.sum(axis=0) - own, np.maximum(squares.sum(axis=0) - squares, 0.0)
    )
    scores: list[float] = ((rises - centre) / spread).max(axis=1).round(SCORE_DIGITS).tolist()
    return scores


def _pooled(number: Array | int, total: Array, squares: Array) -> tuple[Array, Array]:
    """Return centre and spread of each part (..., part) from sums over `number` days.

    Each is pulled towards that of the whole day, which counts as `POOL_DAYS` days.
    """
    mean = total / number
    weight = number + POOL_DAYS
    centre = (number * mean + POOL_DAYS * mean.mean(axis=-1, keepdims=True)) / weight
    variance = np.maximum(squares / number - 2.0 * centre * mean + centre**2, 0.0)
    variance = (number * variance + POOL_DAYS * variance.mean(axis=-1, keepdims=True)) / weight
    return centre, np.maximum(np.sqrt(variance), LEAST_SPREAD)


def levels_before(
    summaries: Sequence[DaySummary],
    counts: DayCounts,
    reference: Sequence[DaySummary],
    ranges: Sequence[PartRange],
) -> Array:
    """Return the level before each part of the reference days (day, part) on the scale.

    It is the median over the two parts before, which can be of the day before. If too little of
    them was observed, it is the middle of the part's range. `summaries` are all days in memory,
    oldest first, with their counts (day, part, cell).
    """
    if not reference:
        return np.zeros((0, PARTS))
    first = summaries[0].day
    days = np.zeros((summaries[-1].day - first + 2, PARTS, CELLS), dtype=np.uint8)
    days[[summary.day - first + 1 for summary in summaries]] = counts
    rows = days.reshape(-1, CELLS)
    places = (np.array([summary.day for summary in reference]) - first + 1)[:, None] * PARTS
    return _levels_before(rows, places + np.arange(PARTS), ranges)


def levels_before_today(
    parts: Sequence[int], today: Counts, yesterday: DaySummary | None, ranges: Sequence[PartRange]
) -> list[float]:
    """Return the level before each of some parts of the open day, as `levels_before` does.

    `today` are the counts of the open day; `yesterday` is None if that day is not known.
    """
    past = decode_counts(yesterday.histogram) if yesterday else [bytes(CELLS)] * PARTS
    rows = np.frombuffer(b"".join([*past, *today]), dtype=np.uint8).reshape(-1, CELLS)
    known = [ranges[part] for part in parts]
    levels: list[float] = _levels_before(rows, np.array(parts) + PARTS, known).tolist()
    return levels


def _levels_before(
    rows: NDArray[np.uint8], places: NDArray[np.intp], ranges: Sequence[PartRange]
) -> Array:
    """Return the level before each place (..., part) in the rows (part, cell) of counts.

    The last axis of the places matches the ranges.
    """
    sums = rows[places - 1] + rows[places - BEFORE_PARTS]  # Counts are under 62: no overflow.
    middles = np.array([part.y_middle for part in ranges])
    observed = sums.sum(axis=-1) >= LEAST_BEFORE
    return np.where(observed, quantiles(sums.astype(float), 0.5)[0], middles)


def event_days(ledger: Ledger, today: int) -> set[int]:
    """Return the days of unanswered alerts that count as events by now.

    For two weeks the day of an alert is an ordinary day, so the same rise on the next days is
    reported once. If the rise became a habit, the days since then show it.
    """
    return {day for day in _alert_days(ledger, today) if day < today - HABIT_DAYS}


def margin(ledger: Ledger, today: int, rule: Rule) -> float:
    """Return the margin of the threshold, in spreads.

    It rises with an unanswered alert and falls on every other eligible day: m <- clip(m + gain
    (alert - 1/N)). This is quantile tracking (Angelopoulos, Candes and Tibshirani 2023, arXiv
    2307.16895). Alerts that were corrected do not count.
    """
    alerts = _alert_days(ledger, today)
    eligible = {
        summary.day
        for summary in ledger.days
        if summary.eligible and ledger.change_day <= summary.day < today
    }
    total = 0.0
    for day in sorted(eligible | alerts):
        step = rule.gain * ((day in alerts) - 1.0 / rule.days)
        total = min(max(total + step, MARGIN_LOW), MARGIN_HIGH)
    return total


def _alert_days(ledger: Ledger, today: int) -> set[int]:
    return set(ledger.alert_days(today, WINDOW_DAYS + 1))


def alert_levels(
    threshold: AlertThreshold,
    ranges: Sequence[PartRange],
    noticeable: float,
    lifted: Mapping[int, float],
    parts: int = ALL_PARTS,
) -> Levels:
    """Return the level that an alert must exceed in each part (base unit), None for no alerts.

    `noticeable` is the smallest rise above the range, and `lifted` are the levels up to which
    people want no alert, by part (both in the base unit). There are alerts in the parts of the
    mask `parts`.
    """
    if threshold.score is None:
        return (None,) * len(ranges)
    return tuple(
        max(
            threshold.concentration_at(threshold.score, part),
            from_scale(typical.y_high) + noticeable,
            lifted.get(part, 0.0),
        )
        if parts >> part & 1
        else None
        for part, typical in enumerate(ranges)
    )


def notable_levels(
    threshold: AlertThreshold, ranges: Sequence[PartRange], parts: int = ALL_PARTS
) -> Levels:
    """Return the level above which each part of a mask is notable, None if not known.

    In the base unit.
    """
    if threshold.notable is None:
        return (None,) * len(ranges)
    return tuple(
        max(threshold.concentration_at(threshold.notable, part), typical.high)
        if parts >> part & 1
        else None
        for part, typical in enumerate(ranges)
    )
