"""When a source is believed: alive, warmed up, plausible and not stuck."""

import pytest

from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.reading.sensor_health import SensorHealth

T0 = 1_760_000_400.0
H = 3600.0


@pytest.fixture
def pm25() -> SensorHealth:
    return SensorHealth(POLLUTANTS[Pollutant.PM25])


@pytest.fixture
def voc() -> SensorHealth:
    return SensorHealth(POLLUTANTS[Pollutant.VOC_RATIO])


def test_a_source_that_was_never_seen_is_not_alive(pm25: SensorHealth) -> None:
    assert not pm25.alive(T0)


def test_a_source_is_alive_for_a_day_after_its_last_reading(pm25: SensorHealth) -> None:
    pm25.see(T0, 5.0)
    assert pm25.alive(T0 + 24 * H)
    assert not pm25.alive(T0 + 24 * H + 1)


def test_a_late_reading_does_not_make_the_last_one_older(pm25: SensorHealth) -> None:
    pm25.see(T0, 5.0)
    pm25.see(T0 - 10 * H, 5.0)
    assert pm25.last_read == T0


def test_pm25_sensors_need_no_warm_up(pm25: SensorHealth) -> None:
    pm25.see(T0, 5.0)
    assert not pm25.warming_up(T0)


def test_voc_sensors_warm_up_for_two_days(voc: SensorHealth) -> None:
    voc.see(T0, 5.0)
    voc.see(T0 + H, 6.0)
    assert voc.warming_up(T0 + 48 * H - 1)
    assert not voc.warming_up(T0 + 48 * H)


@pytest.mark.parametrize(("gap_h", "again_h"), [(6.0, 0.0), (6.01, 1.0)])
def test_only_a_gap_of_more_than_six_hours_needs_an_hour_of_warm_up(
    voc: SensorHealth, gap_h: float, again_h: float
) -> None:
    voc.skip_warm_up(T0)
    voc.see(T0 + gap_h * H, 5.0)
    assert voc.warming_up(T0 + gap_h * H + again_h * H - 1) is (again_h > 0)
    assert not voc.warming_up(T0 + gap_h * H + again_h * H)


def test_a_gap_while_warming_up_does_not_shorten_it(voc: SensorHealth) -> None:
    voc.see(T0, 5.0)
    voc.see(T0 + 10 * H, 5.0)
    assert voc.warming_up(T0 + 47 * H)


@pytest.mark.parametrize(
    ("pollutant", "value", "limit_h"),
    [
        (Pollutant.PM25, 5.0, 24.0),
        (Pollutant.PM25, 0.0, 72.0),
        (Pollutant.VOC_RATIO, 0.0, 24.0),
        (Pollutant.VOC_INDEX, 100.0, 24.0),
    ],
)
def test_one_value_for_longer_than_its_limit_is_stuck(
    pollutant: Pollutant, value: float, limit_h: float
) -> None:
    source = SensorHealth(POLLUTANTS[pollutant])
    source.see(T0, value)
    assert not source.becomes_stuck(T0 + limit_h * H, 0)
    assert source.becomes_stuck(T0 + limit_h * H + 1, 0)
    assert source.stuck


def test_a_run_no_longer_than_one_on_record_is_not_stuck(pm25: SensorHealth) -> None:
    pm25.see(T0, 5.0)
    assert not pm25.becomes_stuck(T0 + 45 * H, 45)
    assert pm25.becomes_stuck(T0 + 45 * H + 1, 45)


def test_a_source_becomes_stuck_once(pm25: SensorHealth) -> None:
    pm25.see(T0, 5.0)
    assert pm25.becomes_stuck(T0 + 25 * H, 0)
    assert not pm25.becomes_stuck(T0 + 26 * H, 0)


def test_another_value_frees_a_stuck_source(pm25: SensorHealth) -> None:
    pm25.see(T0, 5.0)
    pm25.becomes_stuck(T0 + 25 * H, 0)
    pm25.see(T0 + 26 * H, 6.0)
    assert not pm25.stuck
    assert not pm25.becomes_stuck(T0 + 50 * H, 0)


def test_a_source_never_seen_is_not_stuck(pm25: SensorHealth) -> None:
    assert not pm25.becomes_stuck(T0, 0)


def test_the_longest_run_that_ended_in_a_day_is_returned_once(pm25: SensorHealth) -> None:
    for at, value in ((0.0, 5.0), (5.0, 5.0), (7.5, 6.0), (10.0, 7.0), (11.0, 7.0)):
        pm25.see(T0 + at * H, value)
    assert pm25.end_day() == 7
    assert pm25.end_day() == 0


def test_a_run_that_silence_ended_is_as_long_as_it_was_seen(pm25: SensorHealth) -> None:
    for at in (0.0, 5.0, 5.0 + 6.1):
        pm25.see(T0 + at * H, 5.0)
    assert pm25.end_day() == 5
    assert pm25.flat_since == T0 + 11.1 * H


def test_a_value_that_held_is_no_silence(voc: SensorHealth) -> None:
    voc.skip_warm_up(T0)
    voc.see(T0, 5.0)
    voc.see(T0 + 8 * H, 5.0, held=True)
    voc.see(T0 + 9 * H, 6.0)
    assert not voc.warming_up(T0 + 9 * H)
    assert voc.end_day() == 9


def test_a_late_reading_does_not_restart_the_current_run(pm25: SensorHealth) -> None:
    pm25.see(T0, 5.0)
    pm25.see(T0 - 240 * H, 7.0)
    assert (pm25.flat_value, pm25.flat_since, pm25.last_read) == (5.0, T0, T0)
    assert not pm25.becomes_stuck(T0 + H, 0)
