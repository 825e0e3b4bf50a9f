"""No home both chooses a rule and reports on it, and no two regimes share a home."""

import numpy as np
import pytest

from benchmarks.compute import Plan
from benchmarks.regime_report import regime_jobs, twin_jobs
from benchmarks.regimes import PLAIN, REGIMES
from benchmarks.seeds import REPORTING, TUNING, name_of, seeds, stream
from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.pollutant import Pollutant

NAMES = [regime.name for regime in REGIMES]


def test_tuning_and_reporting_seeds_share_none() -> None:
    assert not set(TUNING) & set(REPORTING)
    assert name_of(TUNING) == "tuning seeds (0 to 9999)"
    assert name_of(REPORTING) == "reporting seeds (10000 to 19999)"


@pytest.mark.parametrize("block", [TUNING, REPORTING])
def test_every_job_is_of_its_own_block(block: range) -> None:
    jobs = [*regime_jobs(block, 12, 240, NAMES), *twin_jobs(block, 60)]
    used = {job.seed for job in jobs}
    used |= {job[0] for job in Plan(block, 24, 180).of(PLAIN, Pollutant.PM25, Promise.MONTH)}
    used |= set(Plan(block, 24, 180).thin_rooms)
    assert used <= set(block)


def test_regimes_share_no_home_and_twins_share_theirs() -> None:
    of = {name: {job.seed for job in regime_jobs(REPORTING, 100, 240, [name])} for name in NAMES}
    assert sum(len(found) for found in of.values()) == len(set().union(*of.values()))
    moved, unmoved, autumn = (
        {job.seed for job in twin_jobs(REPORTING, 60) if job.regime.name == name}
        for name in ("moved", "plain", "autumn")
    )
    assert moved == unmoved == autumn
    assert not moved & set().union(*of.values())


def test_more_homes_than_a_turn_has_are_refused() -> None:
    with pytest.raises(ValueError, match="101"):
        seeds(TUNING, 101)
    with pytest.raises(ValueError, match="turn 100"):
        seeds(TUNING, 1, turn=100)


def test_topics_of_a_home_have_their_own_random_numbers() -> None:
    assert stream(3, "weather").random() == stream(3, "weather").random()
    drawn = {stream(seed, topic).random() for seed in (3, 4) for topic in ("weather", "habits")}
    assert len(drawn) == 4
    assert np.isfinite(list(drawn)).all()
