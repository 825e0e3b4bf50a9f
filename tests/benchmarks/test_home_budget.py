"""The sensors of a home share its budget, and its alerts are theirs together."""

from pathlib import Path

import pytest

from benchmarks.home_budget import Member, Plan, main, of_homes, rate
from benchmarks.regimes import REGIMES
from benchmarks.seeds import REPORTING, TUNING
from custom_components.air_baseline.core.pollutant import Pollutant


@pytest.mark.parametrize(("sensors", "promise"), [(2, 35), (5, 75), (10, 150)])
def test_the_sensors_of_a_home_share_its_budget(sensors: int, promise: int) -> None:
    homes = Plan(TUNING, 3, sensors, 90, 2).members(REGIMES[4])
    assert [len(home) for home in homes] == [sensors] * 3
    every = [member for home in homes for member in home]
    assert len({(one.seed, one.pollutant) for one in every}) == 3 * sensors
    assert {one.promise_days for one in every} == {promise}
    assert {one.pollutant for one in every} == {Pollutant.PM25, Pollutant.VOC_RATIO}
    others = Plan(TUNING, 3, sensors, 90, 2).members(REGIMES[5])
    assert not {one.seed for one in every} & {one.seed for home in others for one in home}


def test_without_a_budget_each_sensor_keeps_its_own_promise() -> None:
    ((member, *_),) = Plan(REPORTING, 1, 10, 90, None).members(REGIMES[0])
    assert member.promise_days == 35


def test_a_home_has_the_alerts_of_all_its_sensors() -> None:
    mean, most = of_homes([[0.1, 0.3], [0.0, 0.2], [0.6, 0.0]])
    assert mean.value == pytest.approx(0.4)
    assert most == pytest.approx(0.6)


def test_a_sensor_that_could_never_alert_has_no_alerts(tmp_path: Path) -> None:
    member = Member(REGIMES[0], 3, 12, Pollutant.PM25, 35)
    assert rate(member, tmp_path) == 0.0
    assert len(list(tmp_path.iterdir())) == 1
    assert rate(member, tmp_path) == 0.0


def test_the_table_says_what_was_run(capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--days", "8", "--homes", "1", "--sensors", "2", "--jobs", "1"]
    assert main([*few, "--tuning", "--regimes", "zeros"]) == 0
    shown = capsys.readouterr().out
    assert "tuning seeds" in shown
    assert "one alert in 35 days for each" in shown
    assert "the sensor shows 0 for 80 % of the time" in shown
