"""What runs add up to: coverage, the promise, first claims, and claims made too early."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from custom_components.air_baseline.core.codes import LearningState, Reason
from custom_components.air_baseline.core.learning.typical_range import TARGET

from .intervals import ratio
from .runs import REASONS, STATES, Run

type Mask = NDArray[np.bool_]

AGES: Final = ((0, 2), (2, 7), (7, 21), (21, 60), (60, 10_000))
ALL_AGES: Final = (0.0, float("inf"))
SHOWN_STATES: Final = (
    LearningState.COLLECTING,
    LearningState.PROVISIONAL,
    LearningState.LEARNED,
    LearningState.CHANGING,
)
OLD_ENOUGH_DAYS: Final = 21
LEAST_BINS: Final = 288
BAND: Final = (0.7, 0.9)
PER_DAYS: Final = 30
YEAR_DAYS: Final = 365.25
WORST_ROOM: Final = 0.9


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a group of bins compared with their ranges; width and pinball loss on ln(1 + x)."""

    bins: int
    closed: float
    open: float
    fair: float
    width: float
    pinball: float


@dataclass(frozen=True, slots=True)
class Share:
    """A number of a total, with the 95 % interval of the share from a bootstrap over rooms."""

    number: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Return the share, NaN for an empty total."""
        return self.number / self.of if self.of else float("nan")


@dataclass(frozen=True, slots=True)
class PromiseKept:
    """Episodes on eligible days, their rate in 30 days with its interval, p90 room."""

    episodes: int
    days: int
    rate: float
    low: float
    high: float
    worst_room: float


@dataclass(frozen=True, slots=True)
class FirstClaims:
    """Age in days of the first learned range and the first possible alert; rooms with them.

    `learned` is the median, `earliest` and `learned_late` the first and the 90th percentile.
    """

    earliest: float
    learned: float
    learned_late: float
    learned_rooms: int
    alert: float
    alert_rooms: int
    rooms: int


def coverage(
    runs: Iterable[Run],
    state: LearningState | None = None,
    ages: tuple[float, float] = ALL_AGES,
    also: Callable[[Run], Mask] | None = None,
) -> Coverage:
    """Return the coverage of a state (None: all) and an age (days), pooled over runs.

    `also` can leave out more of a run's bins.
    """
    parts = [_columns(run, _chosen(run, state, ages, also)) for run in runs]
    level, low, high, inside = (np.concatenate(column) for column in zip(*parts, strict=True))
    if not len(level):
        return Coverage(0, *[float("nan")] * 5)
    y, y_low, y_high = np.log1p(level), np.log1p(low), np.log1p(high)
    tail = (1.0 - TARGET) / 2.0
    loss = _pinball(y, y_low, tail) + _pinball(y, y_high, 1.0 - tail)
    return Coverage(
        bins=len(level),
        closed=float(np.mean((low <= level) & (level <= high))),
        open=float(np.mean((low < level) & (level < high))),
        fair=float(np.mean(inside)),
        width=float(np.mean(y_high - y_low)),
        pinball=loss / 2.0,
    )


def on_weekends(run: Run) -> Mask:
    """Return the bins on the days of Saturday and Sunday."""
    return run.said.weekend


def in_the_week(run: Run) -> Mask:
    """Return the bins on all other days."""
    return ~run.said.weekend


def in_unseen_conditions(run: Run) -> Mask:
    """Return the bins that were said to be in conditions never seen before."""
    unseen: Mask = run.said.reason == REASONS.index(Reason.CONDITIONS_UNSEEN)
    return unseen


def claims_in_unseen_conditions(runs: Iterable[Run]) -> int:
    """Return the number of bins in conditions never seen that were given a confidence anyway."""
    return sum(
        int(np.isfinite(run.said.confidence[in_unseen_conditions(run)]).sum()) for run in runs
    )


def rooms_in_band(runs: Iterable[Run], low: float = BAND[0], high: float = BAND[1]) -> Share:
    """Return how many rooms older than 21 days had a coverage within a band in `learned`."""
    held = [
        float(np.mean(inside))
        for run in runs
        for inside in [run.said.inside[_chosen(run, LearningState.LEARNED, _OLD, None)]]
        if len(inside) >= LEAST_BINS
    ]
    return share([low <= room <= high for room in held])


def share(came: Sequence[bool]) -> Share:
    """Return a share of rooms with its bootstrap interval."""
    mean = ratio(came, [1.0] * len(came))
    return Share(sum(came), len(came), mean.low, mean.high)


def promise(runs: Iterable[Run]) -> PromiseKept:
    """Return how often there was an episode on days on which an alert was possible."""
    episodes, days, rates = [], [], []
    for run in runs:
        episodes.append(len(run.episodes))
        days.append(len(run.eligible))
        if days[-1] >= OLD_ENOUGH_DAYS:
            rates.append(PER_DAYS * episodes[-1] / days[-1])
    kept = ratio(episodes, days, PER_DAYS)
    worst = float(np.quantile(rates, WORST_ROOM)) if rates else 0.0
    total = sum(episodes), sum(days)
    return PromiseKept(*total, kept.value if kept.homes else 0.0, kept.low, kept.high, worst)


def first_claims(runs: Sequence[Run]) -> FirstClaims:
    """Return how long it took until something was said about the room itself."""
    learned = [min(run.learned) for run in runs if run.learned]
    alert = [min(run.eligible) for run in runs if run.eligible]
    return FirstClaims(
        float(min(learned)) if learned else float("nan"),
        float(np.median(learned)) if learned else float("nan"),
        float(np.quantile(learned, WORST_ROOM)) if learned else float("nan"),
        len(learned),
        float(np.median(alert)) if alert else float("nan"),
        len(alert),
        len(runs),
    )


def changes_per_year(runs: Sequence[Run]) -> float:
    """Return how often a change was suspected, per room and year."""
    days = sum(len(run.days) for run in runs)
    return YEAR_DAYS * sum(len(run.changes) for run in runs) / days if days else 0.0


_OLD: Final = (float(OLD_ENOUGH_DAYS), float("inf"))


def _chosen(
    run: Run,
    state: LearningState | None,
    ages: tuple[float, float],
    also: Callable[[Run], Mask] | None,
) -> Mask:
    said = run.said
    chosen: Mask = ~np.isnan(said.low) & (said.age >= ages[0]) & (said.age < ages[1])
    if state is not None:
        chosen &= said.state == STATES.index(state)
    return chosen & also(run) if also else chosen


def _columns(run: Run, chosen: Mask) -> list[NDArray[np.float64]]:
    said = run.said
    return [column[chosen] for column in (said.level, said.low, said.high, said.inside)]


def _pinball(y: NDArray[np.float64], quantile: NDArray[np.float64], probability: float) -> float:
    miss = y - quantile
    return float(np.mean(np.maximum(probability * miss, (probability - 1.0) * miss)))
