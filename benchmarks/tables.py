"""What runs add up to: coverage, confidence, the promise, and who was told too early."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.baseline import TARGET
from core.state import LearningState

from .runs import STATES, Run

AGES = ((0, 2), (2, 7), (7, 21), (21, 60), (60, 10_000))
AHEAD_DAYS = 14
LEAST_MARKS = 10  # Of the 14 days that a statement is checked on.
OLD_ENOUGH_DAYS = 21
LEAST_BINS = 288


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a group of bins lay beside their ranges; width and pinball loss on ln(1 + x)."""

    bins: int
    closed: float
    open: float
    fair: float
    width: float
    pinball: float


def coverage(runs: Iterable[Run], state: LearningState, ages: tuple[float, float]) -> Coverage:
    """Return the coverage of a state and an age (days), pooled over runs."""
    parts = [_columns(run, state, ages) for run in runs]
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


def _columns(run: Run, state: LearningState, ages: tuple[float, float]) -> list[np.ndarray]:
    said = run.said
    chosen = (said.state == STATES.index(state)) & ~np.isnan(said.low)
    chosen &= (said.age >= ages[0]) & (said.age < ages[1])
    return [column[chosen] for column in (said.level, said.low, said.high, said.inside)]


def _pinball(y: np.ndarray, quantile: np.ndarray, probability: float) -> float:
    miss = y - quantile
    return float(np.mean(np.maximum(probability * miss, (probability - 1.0) * miss)))


def rooms_in_band(runs: Iterable[Run], low: float = 0.7, high: float = 0.9) -> tuple[int, int]:
    """Return how many rooms older than 21 days held within a band, and how many there are."""
    held = [
        float(np.mean(inside))
        for run in runs
        for *_, inside in [_columns(run, LearningState.LEARNED, (OLD_ENOUGH_DAYS, np.inf))]
        if len(inside) >= LEAST_BINS
    ]
    return sum(low <= share <= high for share in held), len(held)


def promise(runs: Iterable[Run]) -> tuple[int, int, float, float]:
    """Return episodes, eligible days, episodes per 30 of them, and the 90th-percentile room."""
    rates, episodes, days = [], 0, 0
    for run in runs:
        episodes, days = episodes + len(run.episodes), days + len(run.eligible)
        if len(run.eligible) >= OLD_ENOUGH_DAYS:
            rates.append(30.0 * len(run.episodes) / len(run.eligible))
    pooled = 30.0 * episodes / days if days else 0.0
    return episodes, days, pooled, float(np.quantile(rates, 0.9)) if rates else 0.0


def statements(runs: Iterable[Run]) -> list[tuple[float, bool]]:
    """Return what confidence said and whether it came true, on windows that do not overlap."""
    said: list[tuple[float, bool]] = []
    for run in runs:
        marks = {day: mark for day, mark, _ in run.days if mark is not None}
        free_from = 0
        for day, _, confidence in run.days:
            ahead = [
                marks[later] for later in range(day + 1, day + 1 + AHEAD_DAYS) if later in marks
            ]
            if confidence is None or day < free_from or len(ahead) < LEAST_MARKS:
                continue
            mean = sum(ahead) / len(ahead)
            said.append((confidence, 0.7 <= mean <= 0.9))  # noqa: PLR2004
            free_from = day + AHEAD_DAYS
    return said


def brier(said: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Return the Brier score of statements, and that of always saying their mean."""
    stated = np.array([probability for probability, _ in said])
    true = np.array([came for _, came in said], dtype=float)
    return float(np.mean((stated - true) ** 2)), float(np.mean((true.mean() - true) ** 2))


def reliability(said: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """Return stated mean, share that came true, and number, by tenth of what was stated."""
    groups: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, came in said:
        groups[min(int(probability * 10.0), 9)].append((probability, came))
    return [
        (
            sum(probability for probability, _ in group) / len(group),
            sum(came for _, came in group) / len(group),
            len(group),
        )
        for _, group in sorted(groups.items())
    ]
