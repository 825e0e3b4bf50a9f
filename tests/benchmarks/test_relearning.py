"""What is counted after a change, checked on hand-made runs."""

import numpy as np
import pytest

from benchmarks.influences import SMOKE_DAYS
from benchmarks.relearning import after_change, smoke
from benchmarks.runs import NO_REASON, STATES, Run, Said
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import DAY_S
from custom_components.air_baseline.core.pollutant import Pollutant

DAYS, HOURS = 180, 24
CHANGE = 90


def a_run(name: str, states: dict[int, LearningState], high: float = 10.0) -> Run:
    """Return a run of one bin an hour, inside its range except in the week after the change."""
    age = np.arange(DAYS * HOURS, dtype=np.float64) / HOURS
    state = np.full(len(age), STATES.index(LearningState.LEARNED), dtype=np.int8)
    for day, later in states.items():
        state[age >= day] = STATES.index(later)
    outside = (age >= CHANGE) & (age < CHANGE + 7)
    return Run(
        name=name,
        pollutant=Pollutant.PM25,
        said=Said(
            start=age * DAY_S,
            age=age,
            weekend=np.zeros(len(age), dtype=np.bool_),
            state=state,
            reason=np.full(len(age), NO_REASON, dtype=np.int8),
            level=np.where(outside, 50.0, 5.0),
            low=np.full(len(age), 1.0),
            high=np.full(len(age), high),
            inside=np.where(outside, 0.0, 1.0),
            confidence=np.full(len(age), np.nan),
        ),
    )


def test_weeks_questions_and_episodes_are_counted_from_the_change() -> None:
    asking = a_run("a", {})
    asking.changes = [CHANGE - 3, CHANGE + 7, CHANGE + 40]
    asking.episodes = [(CHANGE + 3) * DAY_S, (CHANGE + 29) * DAY_S, (CHANGE + 31) * DAY_S]
    late = a_run("b", {})
    late.changes = [CHANGE + 60]
    never = a_run("c", {0: LearningState.PROVISIONAL})
    after = after_change([asking, late, never], CHANGE)
    assert after.weeks[:2] == (0.0, 1.0)
    assert (after.rooms, after.asked) == (2, 1)
    assert after.episodes == 1.0


def test_smoke_is_judged_by_its_episodes_and_the_edges_it_leaves() -> None:
    first, last = SMOKE_DAYS
    smoked = [a_run("a", {}, high=11.4), a_run("b", {}, high=13.0)]
    smoked[0].episodes = [first * DAY_S + 60.0, (last - 1) * DAY_S, (last + 1) * DAY_S]
    found = smoke(smoked, [a_run("a", {}), a_run("b", {})], least=HOURS)
    assert (found.rooms, found.episodes, found.most, found.same) == (2, 2, 2, 1)
    assert found.low == 1.0
    assert found.high == pytest.approx(np.median([12.4 / 11.0, 14.0 / 11.0]))
