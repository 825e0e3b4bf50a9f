"""What today must exceed to be called unusual: a rank among earlier days, and a margin.

A part of a day is scored by how far its worst half hour rose, given the six hours before it:
y(peak) less half of the level before, in units of how far that part usually strays. A day's
score is the highest of its parts. Each reference day is scored without itself, as today is. Days
of events are scored too, but what they were makes no bar: the next event of the kind would hide
behind them. What they say of the promise, the margin says.
"""

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..day import PARTS, WINDOW_DAYS
from ..learning.typical_range import Array, PartRange, quantiles
from ..ledger.day_summary import DaySummary, day_peaks
from ..ledger.histogram import Counts, DayCounts
from ..ledger.histogram_text import decode_counts
from ..ledger.ledger import Ledger
from ..pollutant import CELLS, from_scale, to_scale
from .promise import Rule

# What the air was before explains part of how high it gets: of 0, 0.3, 0.5, 0.7 and 0.9,
# one half found most plumes at an equal rate of alerts; six hours beat 12, 24 and 48.
BEFORE_SHARE = 0.5
BEFORE_PARTS = 2
LEAST_BEFORE = 24  # Slots (2 h) that must be observed of those six hours.
# Air that was cleaner than on three of four days before a part counts as that clean: closing a
# window is no rise. It costs no detection.
BEFORE_FLOOR = 0.25
POOL_DAYS = 4.0  # The whole day counts as so many days of each part: 10 and 30 found less.
LEAST_SPREAD = 0.15  # On the scale y; keeps scores finite in rooms of constant air.
SCORE_DIGITS = 4  # Less than 0.1 % of a level, and a third of the disk.
NOTABLE_DAYS = 13  # "Notable" is above the second highest of 13 days.
NOTABLE_RANK = 2
# Of 0, 7 and 14 days, 7 and 14 found as many plumes that came every 21 days; with 0 a plume that
# came every day was told four times.
HABIT_DAYS = 14
# The margin is the integral of alerts beyond the promise, so their long-run rate keeps it
# whatever the air does. Below, it may spend a little of what quiet months leave unspent.
MARGIN_LOW, MARGIN_HIGH = -0.5, 6.0

type Levels = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class AlertThreshold:
    """What today must exceed, as scores; None where there are too few reference days.

    `days` make the bar, of those in `scores` that were no events.
    `ranked` is the score to beat, `margin` what the record of alerts adds to it. `centre` and
    `spread` of each part make scores of levels, `before` is the level (on the scale) before
    each part: as it usually is, until the part begins, and not below `floor`.
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
        """Return the score above which a level is unusual."""
        return None if self.rank_score is None else self.rank_score + self.margin

    def after(self, befores: Mapping[int, float]) -> AlertThreshold:
        """Return the bar of a day by the air before some of its parts (level on the scale)."""
        known = {part: max(before, self.floor[part]) for part, before in befores.items()}
        before = tuple(known.get(part, usual) for part, usual in enumerate(self.before))
        return replace(self, before=before)

    def beaten(self, score: float) -> int:
        """Return how many reference days stayed below a score."""
        return sum(score > other for other in self.scores)

    def score_of(self, concentration: float, part: int) -> float:
        """Return the score of a level (base unit) in a part."""
        rise = to_scale(concentration) - BEFORE_SHARE * self.before[part]
        return (rise - self.centre[part]) / self.spread[part]

    def concentration_at(self, score: float, part: int) -> float:
        """Return the level (base unit) that has a score in a part: the inverse of `score`."""
        rise = self.centre[part] + score * self.spread[part]
        return max(from_scale(rise + BEFORE_SHARE * self.before[part]), 0.0)


def alert_threshold(
    reference: Sequence[DaySummary],
    before: Array,
    rule: Rule,
    margin: float = 0.0,
    events: Collection[int] = (),
) -> AlertThreshold:
    """Return what today must exceed, from the reference days, oldest first.

    `before` are the levels before each part (day, part) on the scale, `events` the days that
    make no bar.
    """
    ordinary = np.array([summary.day not in events for summary in reference], dtype=np.bool_)
    number = int(ordinary.sum())
    if not number:
        return AlertThreshold()
    floor = np.quantile(before, BEFORE_FLOOR, axis=0)
    before = np.maximum(before, floor)
    rises = np.log1p(day_peaks(reference)) - BEFORE_SHARE * before
    usual = rises[ordinary]
    centre, spread = _pooled(number, usual.sum(axis=0), (usual**2).sum(axis=0))
    found = _scores(rises, ordinary)
    ranked = np.sort(np.array(found)[ordinary])
    return AlertThreshold(
        scores=array("d", found),  # A tuple of them would take four times the memory.
        rank_score=float(ranked[-rule.rank(number)]) if number >= rule.needed_days else None,
        margin=margin,
        notable=sorted(found[-NOTABLE_DAYS:])[-NOTABLE_RANK]
        if len(found) >= NOTABLE_DAYS
        else None,
        centre=tuple(centre.tolist()),
        spread=tuple(spread.tolist()),
        before=tuple(np.median(before, axis=0).tolist()),
        floor=tuple(floor.tolist()),
        days=number,
    )


def _scores(rises: Array, ordinary: NDArray[np.bool_]) -> list[float]:
    """Return the score of each day (day, part) against all the other ordinary ones."""
    counts = ordinary[:, np.newaxis].astype(float)
    number = counts.sum() - counts
    if not number.all():
        return [0.0] * len(rises)
    own, squares = counts * rises, counts * rises**2
    centre, spread = _pooled(
        number, own.sum(axis=0) - own, np.maximum(squares.sum(axis=0) - squares, 0.0)
    )
    found: list[float] = ((rises - centre) / spread).max(axis=1).round(SCORE_DIGITS).tolist()
    return found


def _pooled(number: Array | int, total: Array, squares: Array) -> tuple[Array, Array]:
    """Return centre and spread of each part (..., part) from sums over `number` days.

    Each is drawn towards that of the whole day, which counts as `POOL_DAYS` days.
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

    It is the median over the two parts before, of the day before where the day begins; the
    middle of the part's range stands in where too little of them was observed. `digests` are
    all days in memory, oldest first, with their counts.
    """
    if not reference:
        return np.zeros((0, PARTS))
    first = summaries[0].day
    days = np.zeros((summaries[-1].day - first + 2, PARTS, CELLS), dtype=np.uint8)
    days[[summary.day - first + 1 for summary in summaries]] = counts
    rows = days.reshape(-1, CELLS)
    places = (np.array([summary.day for summary in reference]) - first + 1)[:, None] * PARTS
    return _befores(rows, places + np.arange(PARTS), ranges)


def levels_before_today(
    parts: Sequence[int], today: Counts, yesterday: DaySummary | None, ranges: Sequence[PartRange]
) -> list[float]:
    """Return the level before parts of the open day, as `levels_before` does for past days."""
    past = decode_counts(yesterday.histogram) if yesterday else [bytes(CELLS)] * PARTS
    rows = np.frombuffer(b"".join([*past, *today]), dtype=np.uint8).reshape(-1, CELLS)
    known = [ranges[part] for part in parts]
    found: list[float] = _befores(rows, np.array(parts) + PARTS, known).tolist()
    return found


def _befores(
    rows: NDArray[np.uint8], places: NDArray[np.intp], ranges: Sequence[PartRange]
) -> Array:
    """Return the level before each place (..., part) among the counts of parts in a row.

    The last axis of the places goes with the ranges.
    """
    sums = rows[places - 1] + rows[places - BEFORE_PARTS]  # Both are under 62.
    middles = np.array([part.y_middle for part in ranges])
    observed = sums.sum(axis=-1) >= LEAST_BEFORE
    return np.where(observed, quantiles(sums.astype(float), 0.5)[0], middles)


def event_days(ledger: Ledger, today: int) -> set[int]:
    """Return the days of unanswered alerts that by now were events.

    For two weeks an alert counts as what the air may do: the same rise on the next days is
    told once. Had it become a habit, the days since would say so.
    """
    return {day for day in _alert_days(ledger, today) if day < today - HABIT_DAYS}


def margin(ledger: Ledger, today: int, rule: Rule) -> float:
    """Return what is added to the bar: more after an unanswered alert, less on every other day.

    m <- clip(m + gain (alert - 1/N)) over the days on which an alert could be given, as the
    quantile is tracked in Angelopoulos, Candes and Tibshirani 2023 (arXiv 2307.16895). Alerts
    that were answered do not count.
    """
    alerts = _alert_days(ledger, today)
    eligible = {
        summary.day
        for summary in ledger.days
        if summary.eligible and ledger.change_day <= summary.day < today
    }
    found = 0.0
    for day in sorted(eligible | alerts):
        step = rule.gain * ((day in alerts) - 1.0 / rule.days)
        found = min(max(found + step, MARGIN_LOW), MARGIN_HIGH)
    return found


def _alert_days(ledger: Ledger, today: int) -> set[int]:
    return set(ledger.alert_days(today, WINDOW_DAYS + 1))


def alert_levels(
    threshold: AlertThreshold,
    ranges: Sequence[PartRange],
    noticeable: float,
    lifted: Mapping[int, float],
) -> Levels:
    """Return the level that must be exceeded in each part for an alert, None where there is none.

    `noticeable` is the least rise above the range, `lifted` the levels below which the user
    wants no alert, by part (base unit).
    """
    if threshold.score is None:
        return (None,) * len(ranges)
    return tuple(
        max(
            threshold.concentration_at(threshold.score, part),
            from_scale(typical.y_high) + noticeable,
            lifted.get(part, 0.0),
        )
        for part, typical in enumerate(ranges)
    )


def notable_levels(threshold: AlertThreshold, ranges: Sequence[PartRange]) -> Levels:
    """Return the level above which each part is notable, None where that cannot be said."""
    if threshold.notable is None:
        return (None,) * len(ranges)
    return tuple(
        max(threshold.concentration_at(threshold.notable, part), typical.high)
        for part, typical in enumerate(ranges)
    )
