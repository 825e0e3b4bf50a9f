"""Did the confidence and its interval come true? On windows of 14 days that do not overlap."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from custom_components.air_baseline.core.learning.confidence import FORECAST_DAYS
from custom_components.air_baseline.core.learning.forecast_record import LEAST_SCORED

from .intervals import mean_by_home
from .runs import Run
from .tables import BAND

TENTHS: Final = 10


@dataclass(frozen=True, slots=True)
class Statement:
    """A stated confidence, its room, and whether it came true.

    `inside` says whether the interval that was stated with it did.
    """

    room: str
    stated: float
    came: bool
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Tenth:
    """Statements of similar confidence: mean stated, share that came true, number."""

    stated: float
    came: float
    number: int


@dataclass(frozen=True, slots=True)
class Trust:
    """How well confidence was calibrated.

    `gap` is observed minus stated, with a 95 % interval from a bootstrap over rooms. `brier` is
    the mean squared error, `constant` that of always stating the share that came true overall.
    """

    number: int
    tenths: tuple[Tenth, ...]
    gap: float
    gap_low: float
    gap_high: float
    brier: float
    constant: float


def statements(runs: Iterable[Run]) -> list[Statement]:
    """Return the stated confidences and whether they came true."""
    said: list[Statement] = []
    for run in runs:
        marks = {day.age: day.coverage for day in run.days if day.coverage is not None}
        free_from = 0
        for day in run.days:
            ahead = [
                marks[age]
                for age in range(day.age + 1, day.age + 1 + FORECAST_DAYS)
                if age in marks
            ]
            if day.confidence is None or day.age < free_from or len(ahead) < LEAST_SCORED:
                continue
            mean = sum(ahead) / len(ahead)
            low, high = day.next_14_days or (101, -1)
            said.append(
                Statement(
                    run.name,
                    day.confidence,
                    came=BAND[0] <= mean <= BAND[1],
                    inside=low <= 100.0 * mean <= high,
                )
            )
            free_from = day.age + FORECAST_DAYS
    return said


def trust(said: Sequence[Statement]) -> Trust | None:
    """Return how well statements were calibrated; None without any."""
    if not said:
        return None
    stated = np.array([statement.stated for statement in said])
    came = np.array([statement.came for statement in said], dtype=np.float64)
    gap = mean_by_home((statement.room, statement.came - statement.stated) for statement in said)
    return Trust(
        number=len(said),
        tenths=_tenths(said),
        gap=gap.value,
        gap_low=gap.low,
        gap_high=gap.high,
        brier=float(np.mean((stated - came) ** 2)),
        constant=float(np.mean((came.mean() - came) ** 2)),
    )


def _tenths(said: Sequence[Statement]) -> tuple[Tenth, ...]:
    groups: dict[int, list[Statement]] = defaultdict(list)
    for statement in said:
        groups[min(int(statement.stated * TENTHS), TENTHS - 1)].append(statement)
    return tuple(
        Tenth(
            sum(statement.stated for statement in group) / len(group),
            sum(statement.came for statement in group) / len(group),
            len(group),
        )
        for _, group in sorted(groups.items())
    )
