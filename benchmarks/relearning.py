"""What happens after a change: how long the range is wrong, and what smoke leaves behind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import DAY_S

from .habits import HOLIDAY_DAYS
from .influences import SMOKE_DAYS, WINTER_DAY
from .regimes import AUTUMN, HOLIDAY, MOVED, SMOKE, WINTER
from .runs import STATES, Run
from .sensing import MOVED_DAY
from .series import Mask
from .tables import coverage

WEEKS: Final = 8
FOLLOWED_DAYS: Final = 60
ALERT_DAYS: Final = 30
AFTER_SMOKE_DAYS: Final = 14
SAME_EDGE: Final = 0.15
LEAST_BINS: Final = 144  # Half of the day on which edges are compared.
# Days from the first reading until a season starts to differ.
BEGINS: Final = {
    AUTUMN: 75,
    WINTER: int(WINTER_DAY),
    MOVED: MOVED_DAY,
    HOLIDAY: HOLIDAY_DAYS[0],
    SMOKE: SMOKE_DAYS[0],
}


@dataclass(frozen=True, slots=True)
class AfterChange:
    """The weeks after a day on which something changed, in homes that were learned by then.

    `weeks` is the coverage of each week, `asked` in how many rooms a change was suspected within
    60 days, `episodes` per room in the first 30 days.
    """

    day: int
    weeks: tuple[float, ...]
    rooms: int
    asked: int
    episodes: float


@dataclass(frozen=True, slots=True)
class Smoke:
    """Nine days of smoke: episodes per room, and edges 14 days later compared with no smoke.

    `episodes` are those of the nine days, `most` the highest number in one room. `same` is the
    number of rooms with all edges within 15 % (or one step of the sensor) of those of the same
    home without smoke; `low` and `high` are the median ratios, of 1 + level.
    """

    rooms: int
    episodes: int
    most: int
    same: int
    low: float
    high: float


def after_change(runs: Sequence[Run], day: int) -> AfterChange:
    """Return what happened after a day (since the first reading)."""
    known = [run for run in runs if _learned_on(run, day - 1)]
    episodes = sum(_episodes(run, day, day + ALERT_DAYS) for run in known)
    return AfterChange(
        day=day,
        weeks=tuple(_week(known, day + 7 * week) for week in range(WEEKS)),
        rooms=len(known),
        asked=sum(any(day <= age < day + FOLLOWED_DAYS for age in run.changes) for run in known),
        episodes=episodes / len(known) if known else float("nan"),
    )


def smoke(smoked: Iterable[Run], without: Iterable[Run], least: int = LEAST_BINS) -> Smoke:
    """Return what nine days of smoke did, compared with the same homes without smoke.

    Edges are compared if the day has at least `least` bins.
    """
    twins = {run.name: run for run in without}
    first, last = SMOKE_DAYS
    counts, ratios = [], []
    for run in smoked:
        counts.append(_episodes(run, first, last))
        twin = twins.get(run.name)
        if twin is not None and (edges := _edges(run, twin, last + AFTER_SMOKE_DAYS, least)):
            ratios.append(edges)
    lows, highs, same = zip(*ratios, strict=True) if ratios else ((), (), ())
    return Smoke(
        rooms=len(ratios),
        episodes=sum(counts),
        most=max(counts, default=0),
        same=sum(same),
        low=float(np.median(lows)) if lows else float("nan"),
        high=float(np.median(highs)) if highs else float("nan"),
    )


def outdoor_rose(runs: Iterable[Run]) -> tuple[int, int]:
    """Return how many episodes in smoke said that outdoor air rose, and how many there were."""
    first, last = SMOKE_DAYS
    said = [
        rose
        for run in runs
        for at, rose in zip(run.episodes, run.outdoor_rose, strict=False)
        if first <= (at - run.first) / DAY_S < last
    ]
    return sum(rose is True for rose in said), len(said)


def _edges(run: Run, twin: Run, day: int, least: int) -> tuple[float, float, bool] | None:
    """Return the ratios of the mean edges of a day, and whether they are the same."""
    mine, theirs = _on_day(run, day), _on_day(twin, day)
    if mine.sum() < least or theirs.sum() < least:
        return None
    edges = [
        (float(run.said.low[mine].mean()), float(twin.said.low[theirs].mean())),
        (float(run.said.high[mine].mean()), float(twin.said.high[theirs].mean())),
    ]
    # Edges are shown in whole steps of at least 1, so one step is no difference.
    same = all(abs(one - other) <= max(SAME_EDGE * other, 1.0) for one, other in edges)
    (low, twin_low), (high, twin_high) = edges
    return (1.0 + low) / (1.0 + twin_low), (1.0 + high) / (1.0 + twin_high), same


def _on_day(run: Run, day: int) -> Mask:
    said = run.said
    chosen: Mask = (said.age >= day) & (said.age < day + 1) & np.isfinite(said.low)
    return chosen


def _week(runs: Sequence[Run], day: int) -> float:
    return coverage(runs, ages=(day, day + 7)).fair if runs else float("nan")


def _episodes(run: Run, first: int, last: int) -> int:
    ages = [(at - run.first) / DAY_S for at in run.episodes]
    return sum(first <= age < last for age in ages)


def _learned_on(run: Run, day: int) -> bool:
    said = run.said
    chosen = (said.age >= day) & (said.age < day + 1)
    return bool((said.state[chosen] == STATES.index(LearningState.LEARNED)).any())
