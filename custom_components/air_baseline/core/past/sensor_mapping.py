"""How a new sensor reads next to the old one, from days on which both ran side by side.

On the scale (y = ln(1 + x)), the new sensor is taken to read the same amount more at all levels:
the median, over days, of the median difference of their hourly means. How far that may be wrong
is learned by leaving out one day at a time: the error on the day left out, with Student's t for
so few days. Days of another week differ more than days of one, so the spread is wider. A slope of
its own (Theil and Sen's) predicted other days no better in recordings (`benchmarks/mapping.py`),
so it only shows whether the two read the same air.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import hypot, log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..day import SLOTS_PER_HOUR
from ..ledger.mapping import mapped_level
from ..pollutant import Pollutant, PollutantSpec, from_scale
from .history_import import PastDay, PastDays

LEAST_DAYS = 3  # Days, by judgement: two cannot show how much days differ.
MOST_DAYS = 30  # Days, the newest, by judgement: a month is plenty, and it bounds the work.
LEAST_HOURS = 12  # Hours of a day in which both were read, by judgement: half of it.
# On the scale, by judgement: between the lowest and highest tenth of hours, three cells. Air that
# moves less does not show how a sensor follows it.
LEAST_MOVED = 0.3
# By judgement: sensors of the same air were between 0.64 and 1.2 in recordings.
LEAST_SLOPE, MOST_SLOPE = 0.5, 2.0
MOST_SPREAD = log(2.0)  # On the scale, by judgement: twice as much or half as much says little.
ALIKE_SPREAD = log(1.25)  # On the scale, by judgement: two that may differ by more are not alike.
# On the scale, by judgement: a fifth of a cell, which is as fine as days are kept.
FINEST = 0.02
# A standard deviation on the scale: how much the difference of two sensors moves from one week to
# another. The least, in steps of 0.01, with which the spread held 9 of 10 days that it had not seen
# in recordings of five rooms (`benchmarks/mapping.py`).
WEEKS_SD = 0.12
# Student's t with 2, 3, ... degrees of freedom, which follows from 9 of 10 errors staying below.
STUDENT: Final = (
    *(2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833, 1.812),
    *(1.796, 1.782, 1.771, 1.761, 1.753, 1.746, 1.74, 1.734, 1.729),
    *(1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706, 1.703, 1.701, 1.699),
)

type Array = NDArray[np.float64]


class NoMapping(StrEnum):
    """Why there is no mapping; the values are keys of translations."""

    INDEX = "index"
    FEW_DAYS = "few_days"
    STEADY = "steady"
    APART = "apart"
    NOT_TOGETHER = "not_together"
    UNCERTAIN = "uncertain"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorMapping:
    """What a new sensor reads where the old one reads `level` (base unit), its usual one.

    It reads `offset` more on the scale, give or take `spread`: 9 of 10 other days are inside.
    `days` were compared; `slope` is what a free slope would be, and only shown.
    """

    level: float
    offset: float
    spread: float
    days: int
    slope: float

    @property
    def said(self) -> tuple[float, float, float]:
        """Return what the new sensor reads at `level`, at least and at most (base unit)."""
        return mapped_level(self.level, self.offset, self.spread)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no mapping, and how many days both sensors have."""

    reason: NoMapping
    days: int = 0


def map_sensors(old: PastDays, new: PastDays, spec: PollutantSpec) -> SensorMapping | Refused:
    """Return the mapping from an old sensor to a new one, or why there is none.

    Both are the whole days that a recorder has of them, in the base unit. There is none for an
    index, which is relative to its own last day; none from fewer than three common days, from
    air that hardly moved, or where the levels of one never reached those of the other; and none
    where the two read alike, as far as the days can tell.
    """
    if spec.pollutant is Pollutant.VOC_INDEX:
        return Refused(NoMapping.INDEX)
    pairs = common_hours(old.days, new.days)
    if len(pairs) < LEAST_DAYS:
        return Refused(NoMapping.FEW_DAYS, len(pairs))
    hours = np.concatenate(pairs)
    reason = _unfit(hours)
    if reason is not None:
        return Refused(reason, len(pairs))
    days = np.array([np.median(day[:, 1] - day[:, 0]) for day in pairs])
    offset = float(np.median(days))
    errors = [day - np.median(np.delete(days, place)) for place, day in enumerate(days)]
    rms = sqrt(float(np.mean(np.square(errors))) + FINEST**2)
    student = STUDENT[len(pairs) - LEAST_DAYS]
    error, spread = student * rms, student * hypot(rms, WEEKS_SD)
    if spread > MOST_SPREAD:
        return Refused(NoMapping.UNCERTAIN, len(pairs))
    if abs(offset) <= error:
        alike = NoMapping.ALIKE if error <= ALIKE_SPREAD else NoMapping.UNCERTAIN
        return Refused(alike, len(pairs))
    return SensorMapping(
        level=round(from_scale(float(np.median(hours[:, 0]))), 1),
        offset=round(offset, 4),
        spread=round(spread, 4),
        days=len(pairs),
        slope=slope_of(hours),
    )


def common_hours(old: Mapping[int, PastDay], new: Mapping[int, PastDay]) -> list[Array]:
    """Return for each of the newest common days the hours (hour, sensor), old and new, scaled."""
    found = []
    for day in sorted(old.keys() & new.keys(), reverse=True):
        first, second = _hours(old[day]), _hours(new[day])
        both = sorted(first.keys() & second.keys())
        if len(both) >= LEAST_HOURS:
            found.append(np.log1p([(first[hour], second[hour]) for hour in both]))
    return found[:MOST_DAYS]


def _hours(day: PastDay) -> dict[int, float]:
    """Return the means of the hours of a day (UTC, since the epoch) of which half is known."""
    sums: dict[int, list[float]] = {}
    for _, slot, value, number, _ in day.slot_runs:
        for place in range(slot, slot + number):
            sums.setdefault(place // SLOTS_PER_HOUR, []).append(value)
    return {
        hour: sum(values) / len(values)
        for hour, values in sums.items()
        if 2 * len(values) >= SLOTS_PER_HOUR
    }


def _unfit(hours: Array) -> NoMapping | None:
    """Return why common hours (hour, sensor) say nothing of how one sensor follows the other."""
    low, high = np.quantile(hours, (0.1, 0.9), axis=0)
    if float((high - low).min()) < LEAST_MOVED:
        return NoMapping.STEADY
    least, most = hours.min(axis=0), hours.max(axis=0)
    if least.max() > most.min():
        return NoMapping.APART
    return None if LEAST_SLOPE <= slope_of(hours) <= MOST_SLOPE else NoMapping.NOT_TOGETHER


def slope_of(hours: Array) -> float:
    """Return the median slope between all pairs of hours (Theil 1950, Sen 1968)."""
    first, second = np.triu_indices(len(hours), 1)
    steps = hours[second] - hours[first]
    moved = steps[:, 0] != 0.0
    return float(np.median(steps[moved, 1] / steps[moved, 0]))
