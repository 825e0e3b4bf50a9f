"""Thin scenarios are as thin as they say, and a claim in them would be counted."""

import numpy as np
import pytest

from benchmarks.regimes import PLAIN
from benchmarks.scenarios import DAYS, SCENARIOS, STUCK, count_claims, thin
from benchmarks.sensors import home_sensor
from benchmarks.series import DAY
from custom_components.air_baseline.core.pollutant import Pollutant

SLOTS = np.arange(DAYS * DAY, dtype=np.float64)


def test_each_scenario_leaves_out_what_it_says() -> None:
    shares = {name: float(seen(SLOTS).mean()) for name, seen in SCENARIOS.items()}
    assert shares["two days"] == pytest.approx(2.0 / DAYS)
    assert shares["three weeks without a weekend"] == pytest.approx(15.0 / DAYS)
    assert shares["only evenings"] == 0.25
    assert shares["half of the time missing"] == 0.5
    assert shares[STUCK] == 1.0


@pytest.mark.parametrize("name", SCENARIOS)
def test_thin_data_give_no_personal_claim(name: str) -> None:
    assert thin(name, range(1), Pollutant.PM25).claims == 0


def test_a_claim_is_counted_where_there_is_enough_data() -> None:
    sensor = home_sensor(1, 30, PLAIN, Pollutant.PM25)
    assert count_claims(Pollutant.PM25, sensor.times, sensor.levels) > 0
