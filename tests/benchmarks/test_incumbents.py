"""The rules that people use: none sees the future, and each follows its own arithmetic."""

import numpy as np
import pytest

from benchmarks.incumbents import INCUMBENTS, Incumbent, for_kind
from benchmarks.regimes import PLAIN
from benchmarks.sensors import home_sensor
from benchmarks.series import DAY, HOUR, Series
from custom_components.air_baseline.core.pollutant import Pollutant

CUTS = (9 * DAY + 100, 24 * DAY + 7)

every = pytest.mark.parametrize("incumbent", INCUMBENTS, ids=lambda incumbent: incumbent.name)


@pytest.fixture(scope="module")
def series() -> Series:
    sensor = home_sensor(3, 30, PLAIN, Pollutant.PM25)
    levels = sensor.levels.copy()
    levels[2000:2040] = np.nan
    return Series(start=float(sensor.times[0]), levels=levels, pollutant=Pollutant.PM25)


def named(name: str) -> Incumbent:
    return next(incumbent for incumbent in INCUMBENTS if incumbent.name.startswith(name))


def of(levels: np.ndarray, start: float = 0.0) -> Series:
    return Series(start=start, levels=levels, pollutant=Pollutant.PM25)


@every
def test_the_future_never_changes_a_past_score(incumbent: Incumbent, series: Series) -> None:
    whole = incumbent.score(series)
    assert len(whole) == len(series.levels)
    for cut in CUTS:
        other = series.levels.copy()
        other[cut:] = 5.0 * np.nan_to_num(other[cut:], nan=40.0) + 3.0
        for levels in (other, series.levels[:cut]):
            changed = incumbent.score(of(levels, series.start))
            np.testing.assert_allclose(changed[:cut], whole[:cut], rtol=1e-6, atol=1e-9)


@every
def test_each_rule_scores_within_four_weeks_and_detects_a_huge_rise(incumbent: Incumbent) -> None:
    rng = np.random.default_rng(1)
    levels = np.round(np.exp(rng.normal(2.0, 0.3, size=30 * DAY)), 1)
    levels[29 * DAY :] = 60.0 * np.exp(rng.normal(0.0, 0.3, size=DAY))
    score = incumbent.score(of(levels))
    assert np.isfinite(score[28 * DAY :]).all()
    assert np.nanmax(score[29 * DAY :]) > incumbent.threshold


def test_guideline_scores_are_means_divided_by_their_limits() -> None:
    levels = np.full(2 * DAY, 30.0)
    assert named("WHO").score(of(levels))[-1] == pytest.approx(2.0)
    assert named("1 h").score(of(levels))[-1] == pytest.approx(30.0 / 35.4)
    assert np.isnan(named("WHO").score(of(levels))[: 18 * HOUR - 1]).all()
    assert named("WHO") not in for_kind(Pollutant.VOC_RATIO)


def test_statistics_use_the_moments_of_the_preceding_hours() -> None:
    levels = np.random.default_rng(2).normal(20.0, 4.0, size=3 * DAY)
    past = levels[-DAY - 1 : -1]
    expected = (levels[-1] - past.mean()) / past.std()
    assert named("HA statistics 24 h").score(of(levels))[-1] == pytest.approx(expected)


def test_the_hour_of_day_rule_uses_a_quantile_of_the_previous_28_days() -> None:
    levels = np.random.default_rng(4).gamma(2.0, 5.0, size=40 * DAY)
    logs = np.log1p(levels).reshape(40, DAY)
    limit = np.quantile(logs[11:39, 7 * HOUR : 8 * HOUR], 0.99)
    score = named("hour-of-day").score(of(levels))
    assert score[39 * DAY + 7 * HOUR] == pytest.approx(logs[39, 7 * HOUR] - limit)


def test_the_hour_of_week_rule_uses_the_moments_of_all_earlier_weeks() -> None:
    levels = np.random.default_rng(5).normal(50.0, 20.0, size=28 * DAY)
    weeks = levels.reshape(4, 168, HOUR)
    past = weeks[:3, 30]
    allowed = max(2.0 * past.std(), 0.3 * past.mean())
    expected = (weeks[3, 30, 5] - past.mean()) / allowed
    score = named("168").score(of(levels)).reshape(4, 168, HOUR)
    assert score[3, 30, 5] == pytest.approx(expected)


def test_the_mad_rule_uses_the_hourly_means_of_earlier_weeks() -> None:
    levels = np.random.default_rng(6).normal(50.0, 20.0, size=35 * DAY)
    weeks = levels.reshape(5, 168, HOUR)
    past = weeks[:4, 99].mean(axis=1)
    middle = np.median(past)
    expected = (weeks[4, 99, 0] - middle) / np.median(np.abs(past - middle))
    score = named("6 MAD").score(of(levels)).reshape(5, 168, HOUR)
    assert np.isnan(score[:3]).all()
    assert score[4, 99, 0] == pytest.approx(expected)


def test_the_index_is_100_at_its_mean() -> None:
    noise = np.random.default_rng(7).normal(size=3 * DAY)
    levels = np.expm1(2.0 + 0.3 * noise)
    index = named("firmware").score(of(levels))
    at_mean = np.abs(noise[DAY:]) < 0.01
    assert index[DAY:][at_mean] == pytest.approx(100.0, abs=25.0)
    assert index[DAY:][noise[DAY:] > 2.5].min() > 250.0
