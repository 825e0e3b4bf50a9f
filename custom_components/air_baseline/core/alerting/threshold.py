"""What today must exceed to be called unusual: what one day in so many exceeds, and a margin.

An hour is scored by how far its highest sustained level rose above a share of the level before,
as a place in the tail of that hour on other days, and a day by the highest of its hours and holds.
A slow rise is rare in no hour, so the level of six hours is compared by itself as well.
"""

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, log

import numpy as np

from ..day import HOURS, PART_HOURS, PARTS, WINDOW_DAYS
from ..learning.typical_range import Array, PartRange, quantiles
from ..ledger.day_summary import DaySummary, day_peaks
from ..ledger.histogram import ALL_PARTS, DayCounts
from ..ledger.hour_peaks import HOLDS
from ..ledger.ledger import Ledger
from ..ledger.seen_parts import parts_of
from ..pollutant import CELLS, from_scale, to_scale
from .promise import RARITIES, Promise, needed_days, rarities
from .tail import LEAST_SCALE, Tail, own_scores, tail_of

# The runs, and what they found for each value, are in docs/developers/statistics.md.
BEFORE_SHARE = 0.7  # Of the level before. Tuning run: found the most plumes for its alerts.
BEFORE_PARTS = 2  # Parts (6 h). Trial run: 12, 24 and 48 h found fewer plumes.
LEAST_BEFORE = 24  # Slots (2 h) of these 6 h that must be observed, by judgement.
BEFORE_FLOOR = 0.25  # Quantile that is its least, by judgement: closing a window is not a rise.
LEAST_DAYS = needed_days(Promise.FORTNIGHT.days)  # Reference days: the fewest that a promise needs.
SCORE_DIGITS = 2  # Decimals of a score (nats), by judgement: 1 % of a rarity.
RANK = 1.1  # Days of a rank for each of the promise. Tuning run: with the gain, 1.25 found fewer.
BEYOND = 1.5  # Times the log of a rarity beyond the known days. Tuning run: 1 overspent budgets.
LEVEL_RANK = 5.0  # As `RANK`, of a level. Tuning run: for a month, as good as 0.7 nats beyond.
LEVEL_MARGIN = 0.5  # Of the margin, for a level. Trial run: 1 slept through smoke after an alert.
NOTABLE_DAYS = 7  # Notable is what one day in so many exceeds, by judgement.
HABIT_DAYS = 14  # Days until an alert day is an event. Short run: 0 told daily plumes four times.
GAIN = 1.8  # Nats for an alert. Tuning run: 1.3 and 1.5 found no more for their alerts.
MARGIN_LOW, MARGIN_HIGH = -0.5, 6.0  # Nats, by judgement: below 0 it spends what was left unspent.

type Levels = Sequence[float]  # Of each hold and hour (base unit); infinite where none is enough.
NO_LEVELS: Levels = (inf,) * (len(HOLDS) * HOURS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertThreshold:
    """What today must exceed, as scores (in nats).

    `scores` are those of the reference days, oldest first; `days` of them were no events. `bars`
    are the scores that one day in so many exceeds, by that rarity (days), that of the promise
    first, and `margin` is added to each; `notable` is that of notable levels. `tail` has a cell
    for each hold and hour, None with too few reference days.

    `before` is the level before each part (on the scale): the usual one until the part begins,
    and never below `floor`. `highest` is the highest that it was in the reference days, and
    `level_scale` how far beyond it one nat is.
    """

    scores: Sequence[float] = ()
    days: int = 0
    bars: Mapping[int, float] = field(default_factory=dict)
    margin: float = 0.0
    notable: float = 0.0
    tail: Tail | None = None
    before: Sequence[float] = (0.0,) * PARTS
    floor: Sequence[float] = (0.0,) * PARTS
    highest: float = inf
    level_scale: float = LEAST_SCALE

    @property
    def promise_days(self) -> int:
        """Return N of the promise of one alert in N days, 0 with too few reference days."""
        return next(iter(self.bars), 0)

    @property
    def bar(self) -> float:
        """Return the score above which a rise is unusual."""
        return self.bars[self.promise_days] + self.margin if self.bars else inf

    @property
    def record(self) -> float:
        """Return the level of six hours (on the scale) above which it is unusual by itself."""
        rarer = max(log(LEVEL_RANK * max(self.promise_days, 1) / (self.days + 1)), 0.0)
        rarer += LEVEL_MARGIN * max(self.margin, 0.0)
        return self.highest + rarer * self.level_scale

    @property
    def enough(self) -> bool:
        """Tell whether the reference days are enough for an alert."""
        return bool(self.bars) and self.days >= needed_days(self.promise_days)

    def after(self, before: Mapping[int, float]) -> AlertThreshold:
        """Return the threshold with the level before some parts known (on the scale)."""
        levels = array("d", self.before)
        for part, level in before.items():
            levels[part] = max(level, self.floor[part])
        return replace(self, before=levels)

    def beaten(self, score: float) -> int:
        """Return how many reference days have a lower score."""
        return sum(score > other for other in self.scores)

    def score_of(self, held: Sequence[float | None], hour: int) -> float:
        """Return the score of the levels that each hold has held in an hour (base unit)."""
        if self.tail is None:
            return 0.0
        expected = BEFORE_SHARE * self.before[hour // PART_HOURS]
        known = [(hold, to_scale(level)) for hold, level in enumerate(held) if level is not None]
        scores = [self.tail.scores(y - expected)[hold * HOURS + hour] for hold, y in known]
        return float(max(scores))

    def rarity(self, rise: float, *, by_level: bool) -> int:
        """Return the rarity (days) of the score of a rise, or of a level that is unusual by itself.

        It is not rarer than the reference days can carry: once in N days takes N - 1 of them.
        """
        known = [days for days, bar in self.bars.items() if by_level or rise > bar + self.margin]
        carried = [days for days in RARITIES if days <= len(self.scores) + 1]
        return min(max(known, default=0), max(carried, default=0))

    def rises_at(self, score: float) -> Array:
        """Return the concentration (base unit) of a score in each hold and hour."""
        if self.tail is None:
            return np.full(len(HOLDS) * HOURS, inf)
        before = np.tile(np.repeat(self.before, PART_HOURS), len(HOLDS))
        rises: Array = np.maximum(np.expm1(self.tail.levels(score) + BEFORE_SHARE * before), 0.0)
        return rises


def alert_threshold(  # noqa: PLR0913 - each argument changes independently
    reference: Sequence[DaySummary],
    before: Array,
    alerts: Collection[int] = (),
    events: Collection[int] = (),
    *,
    promise_days: int,
    margin: float = 0.0,
    parts: int = ALL_PARTS,
) -> AlertThreshold:
    """Return what today must exceed, from the reference days, oldest first.

    `before` are the levels before each part (day, part) on the scale, and `margin` is in nats. Of
    the days in `alerts`, those in `events` do not set the threshold, which would hide the next
    event; today must exceed the others, but they make no tail, or nothing could exceed them. Only
    the parts in the mask `parts` are scored.
    """
    ordinary = np.array([summary.day not in events for summary in reference], dtype=np.bool_)
    usual = np.array([summary.day not in alerts for summary in reference], dtype=np.bool_)
    number = int(ordinary.sum())
    if min(number, usual.sum()) < LEAST_DAYS:
        return AlertThreshold(days=number)
    scored = parts_of(parts)
    floor = np.quantile(before, BEFORE_FLOOR, axis=0)
    before = np.maximum(before, floor)
    rises = day_peaks(reference) - BEFORE_SHARE * np.repeat(before, PART_HOURS, axis=1)[:, None]
    cells = np.repeat([part in scored for part in range(PARTS)], PART_HOURS)
    rises = np.where(cells, rises, 0.0).reshape(len(reference), -1)
    tail = tail_of(rises[usual])
    of_hours = tail.scores(rises)
    of_hours[usual] = own_scores(rises[usual])
    scores = of_hours.max(axis=1).round(SCORE_DIGITS)
    levels = before[ordinary][:, scored].max(axis=1, keepdims=True)
    return AlertThreshold(
        scores=array("d", scores),  # A tuple of them would take four times the memory.
        days=number,
        bars={rarity: _bar(scores[ordinary], rarity) for rarity in rarities(promise_days)},
        margin=margin,
        notable=_bar(scores[ordinary], NOTABLE_DAYS),
        tail=tail,
        before=array("d", np.median(before, axis=0).tolist()),
        floor=array("d", floor.tolist()),
        highest=float(levels.max()),
        level_scale=tail_of(levels).scale[0],
    )


def _bar(scores: Array, rarity: int) -> float:
    """Return the score that one day in so many exceeds, beyond the known days too.

    Today is above the k-th highest of n days that are like it once in (n + 1) / k days.
    """
    rank = (len(scores) + 1) / (RANK * rarity)
    known = float(np.interp(-rank, np.arange(-len(scores), 0), np.sort(scores)))
    return round(known - BEYOND * min(log(rank), 0.0), SCORE_DIGITS)


def levels_before(
    counts: Mapping[int, DayCounts], days: Sequence[int], ranges: Sequence[PartRange]
) -> Array:
    """Return the level before each part of some days (day, part) on the scale.

    It is the median over the two parts before, or the middle of the part's range if too little of
    them was observed. `counts` are those of the known days (part, cell), by day.
    """
    none = np.zeros((PARTS, CELLS), dtype=np.uint8)
    pairs = [[counts.get(day - 1, none), counts.get(day, none)] for day in days]
    rows = np.array(pairs, dtype=np.uint8).reshape(-1, 2 * PARTS, CELLS)
    # Counts are under 62: no overflow.
    sums = rows[:, PARTS - 1 : -1] + rows[:, PARTS - BEFORE_PARTS : -BEFORE_PARTS]
    middles = np.array([part.y_middle for part in ranges])
    observed = sums.sum(axis=-1) >= LEAST_BEFORE
    return np.where(observed, quantiles(sums, 0.5)[0], middles)


def alert_days(ledger: Ledger, today: int) -> tuple[set[int], set[int]]:
    """Return the days of unanswered alerts, and those that count as events by now.

    For two weeks today must exceed the day of an alert as well, so that a habit is reported once.
    """
    alerts = set(ledger.alert_days(today, WINDOW_DAYS + 1))
    return alerts, {day for day in alerts if day < today - HABIT_DAYS}


def margin(ledger: Ledger, today: int, promise_days: int) -> float:
    """Return the margin (nats) for one alert in N days, from the days before today and today.

    Quantile tracking (Angelopoulos, Candes and Tibshirani 2023, arXiv 2307.16895): on each
    eligible day m <- clip(m + gain (alert - 1/N)), with alert = 1 if it has an unanswered alert.
    """
    alerts = set(ledger.alert_days(today, WINDOW_DAYS + 1))
    days, first = ledger.days, ledger.change_day
    eligible = {one.day for one in days if one.eligible and first <= one.day < today}
    total = 0.0
    for day in sorted(eligible | alerts):
        total += GAIN * ((day in alerts) - 1.0 / promise_days)
        total = min(max(total, MARGIN_LOW), MARGIN_HIGH)
    return round(total, SCORE_DIGITS)


def alert_levels(
    threshold: AlertThreshold,
    ranges: Sequence[PartRange],
    noticeable: float,
    lifted: Mapping[int, float],
    parts: int = ALL_PARTS,
) -> Levels:
    """Return the level that an alert must exceed in each hold and hour (base unit).

    It is at least `noticeable` above the range, and above the levels up to which people want no
    alert, `lifted`, by part (both in the base unit). Infinite outside the mask `parts`.
    """
    if not threshold.enough:
        return NO_LEVELS
    above = [from_scale(typical.y_high) + noticeable for typical in ranges]
    least = [max(level, lifted.get(part, 0.0)) for part, level in enumerate(above)]
    return _levels(threshold, threshold.bar, threshold.record, np.array([least, least]), parts)


def notable_levels(
    threshold: AlertThreshold, ranges: Sequence[PartRange], parts: int = ALL_PARTS
) -> Levels:
    """Return the level above which each hold and hour is notable (base unit).

    After six hours higher than on any other day, what is as high is notable, in the range or not.
    """
    least = np.array([[one.high for one in ranges], [from_scale(threshold.highest)] * PARTS])
    return _levels(threshold, threshold.notable, threshold.highest, least, parts)


def _levels(
    threshold: AlertThreshold, score: float, record: float, least: Array, parts: int
) -> Levels:
    """Return the level of each hold and hour that has a score, at least the first of its part.

    In parts after six hours above the level `record`, it is the second, if that is less. `least`
    has both (2, part).
    """
    lowest, after_record = least
    rises = threshold.rises_at(score).reshape(len(HOLDS), PARTS, PART_HOURS)
    levels = np.where(np.array(threshold.before) > record, after_record, inf)
    levels = np.minimum(np.maximum(rises, lowest[:, None]), levels[:, None])
    levels[:, parts_of(ALL_PARTS ^ parts)] = inf
    return array("d", levels.ravel().tolist())
