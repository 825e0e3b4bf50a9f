"""The rules that people use today, each in one shape: levels in, a strictly causal score out.

`INCUMBENTS` holds them all. The score at a slot uses only that slot and earlier ones, is NaN
where the rule says nothing, and is unusual above the rule's own threshold. Rules that look in
both directions count only when the air is above what they expect, which favours them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from benchmarks.series import Array, Series
from custom_components.air_baseline.core.pollutant import Pollutant

from .calendar import hour_of_day, hour_of_week_mad, seasonal_regression, week_slots
from .learners import gaussian, half_space_trees, k_means
from .rolling import (
    day_mean,
    ewma,
    firmware_index,
    fixed_limit,
    moving_average,
    statistics_log,
    statistics_raw,
)

BOTH: Final = frozenset({Pollutant.PM25, Pollutant.VOC_RATIO})
PM25: Final = frozenset({Pollutant.PM25})
WEEK_H: Final = 168
DAY_H: Final = 24


@dataclass(frozen=True, slots=True)
class Incumbent:
    """A rule: its name, the threshold people use, its score, and what it is for."""

    name: str
    threshold: float
    score: Callable[[Series], Array]
    pollutants: frozenset[Pollutant] = BOTH


INCUMBENTS: Final = (
    Incumbent("WHO 24 h mean > 15", 1.0, day_mean, PM25),
    Incumbent("1 h mean > limit", 1.0, fixed_limit),
    Incumbent("HA statistics 7 d, mean + 3 sd", 3.0, lambda series: statistics_raw(series, WEEK_H)),
    Incumbent("HA statistics 24 h, mean + 3 sd", 3.0, lambda series: statistics_raw(series, DAY_H)),
    Incumbent("HA statistics 7 d, logs + 3 sd", 3.0, lambda series: statistics_log(series, WEEK_H)),
    Incumbent("HA statistics 24 h, logs + 3 sd", 3.0, lambda series: statistics_log(series, DAY_H)),
    Incumbent("EWMA z > 3 (24 h, logs)", 3.0, ewma),
    Incumbent("±50 % of an EMA", 0.5, moving_average),
    Incumbent("hour-of-day 99 % quantile, 28 d", 0.0, hour_of_day),
    Incumbent("168 slots, mean ± max(2 sd, 30 %)", 1.0, week_slots),
    Incumbent("6 MAD per hour of the week", 6.0, hour_of_week_mad),
    Incumbent("firmware index > 250 (12 h)", 250.0, firmware_index),
    Incumbent("k-means, 18 models agree", 1.0, k_means),
    Incumbent("river GaussianScorer 99.9 %", 3.0, gaussian),
    Incumbent("river QuantileFilter 99.9 %", 0.0, half_space_trees),
    Incumbent("seasonal regression 99 %", 1.0, seasonal_regression),
)


def for_kind(pollutant: Pollutant) -> tuple[Incumbent, ...]:
    """Return the rules that people use on a pollutant."""
    return tuple(incumbent for incumbent in INCUMBENTS if pollutant in incumbent.pollutants)
