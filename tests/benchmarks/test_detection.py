"""Our alerts and the other rules see the same bins and are counted on the same slots."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

import numpy as np
import pytest

from benchmarks.alone import run_with_plumes
from benchmarks.detection import (
    OURS,
    Detection,
    Observed,
    Rate,
    detection,
    notice,
    noticed,
    observe,
    rates,
)
from benchmarks.episodes import Watched, episodes, watch
from benchmarks.incumbents import for_kind
from benchmarks.plumes import LATE_S, TRIES, draw_tries
from benchmarks.recordings import Cooking
from benchmarks.regimes import REGIMES
from benchmarks.sensors import Sensor, home_sensor, run as run_over
from benchmarks.series import DAY
from custom_components.air_baseline.core.day import SLOT_S
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.benchmarks.test_tables import days, run

KIND = Pollutant.VOC_RATIO
ON_CHANGE = next(regime for regime in REGIMES if regime.name == "on change")
LENGTH = 75 * DAY


def room() -> Sensor:
    """Return a sensor of a room whose days differ only by noise."""
    times = 1_735_689_600.0 + 300.0 * np.arange(LENGTH, dtype=np.float64)
    noise = np.random.default_rng(1).normal(size=LENGTH)
    levels = np.round(80.0 * np.exp(0.4 * np.sin(times / 86_400.0 * 2 * np.pi) + 0.1 * noise))
    return Sensor(name="room", pollutant=KIND, times=times, levels=levels, step=1.0, zone=UTC)


def test_rules_are_tuned_to_our_alert_rate_on_slots_where_we_could_alert() -> None:
    score = np.zeros(70 * DAY)
    for place in range(70):
        score[place * DAY : place * DAY + 20] = 10.0 + place
    could = np.arange(len(score)) >= 40 * DAY
    ours = run([100.0], days=days(30), episodes=[0.0, 0.0])
    watched = {rule.name: watch(score, could) for rule in for_kind(KIND)}
    table = rates([Observed(ours, watched, [])], KIND)
    assert (table[0].name, table[0].usual) == (OURS, 2.0)
    by_name = {rate.name: rate for rate in table}
    for rule in for_kind(KIND):
        rate = by_name[rule.name]
        assert 77.0 <= rate.tuned < 78.0
        if rule.threshold < 10.0:
            assert rate.usual == rate.first_weeks == 30.0


def test_a_huge_plume_in_a_quiet_room_is_noticed_by_every_rule_that_can_alert() -> None:
    table = [Rate(OURS, 1.0, 0.0, np.nan, np.nan)]
    table += [Rate(rule.name, 1.0, 1.0, rule.threshold, float("inf")) for rule in for_kind(KIND)]
    all_found = noticed(observe(room(), 0), table)
    assert len(all_found) == TRIES
    found = next(one for one in all_found if one.plume.size == 6.0)
    assert found.eligible
    assert set(found.usual) == set(found.tuned) == {rate.name for rate in table}
    by_usual = {name for name, delay in found.usual.items() if delay is not None}
    assert by_usual >= {OURS, "HA statistics 7 d, mean + 3 sd", "river GaussianScorer 99.9 %"}
    assert {name for name, delay in found.tuned.items() if delay is not None} == {OURS}


def silent_at_times() -> Sensor:
    """Return a sensor of a seeded home that reports only changes."""
    return home_sensor(1, 75, ON_CHANGE, Pollutant.PM25)


@pytest.mark.parametrize("of", [room, silent_at_times])
def test_a_plume_judged_alone_gives_the_same_result_as_its_own_run(
    of: Callable[[], Sensor],
) -> None:
    sensor = of()
    plumes = draw_tries(sensor.awake, sensor.measured, 0)[::8]
    assert len(plumes) > 1
    whole, each = run_with_plumes(sensor, plumes)
    assert whole.episodes == run_over(sensor).episodes
    for plume, alone in zip(plumes, each, strict=True):
        first = float(sensor.times[0])
        times, levels = sensor.with_plumes([plume], first, plume.end + 2.0 * LATE_S)
        ours = run_over(replace(sensor, times=times, levels=levels))
        assert alone.alerts == [at for at in ours.episodes if at >= plume.start]
        at_start = ours.said.start == plume.start // SLOT_S * SLOT_S
        assert alone.eligible == ours.said.alert_possible[at_start].any()
        seen = np.isfinite(alone.series.levels)
        assert np.array_equal(alone.series.levels[seen], ours.said.level)
        assert alone.series.start == ours.said.start[0]


def test_labelled_events_are_noticed_by_rules_that_alert_from_the_first_days() -> None:
    sensor = room()
    short = slice(0, 10 * DAY)
    times, levels = sensor.times[short], sensor.levels[short].copy()
    start = 9 * DAY
    levels[start : start + 18] = 900.0
    event = Cooking(float(times[start]), float(times[start + 18]))
    two_weeks = Sensor(name="short", pollutant=KIND, times=times, levels=levels, step=1.0)
    (delays,) = notice(two_weeks, [event])
    assert OURS not in delays
    assert delays["HA statistics 24 h, mean + 3 sd"] == pytest.approx(1800.0)


def test_the_share_is_of_all_events_and_the_delay_of_those_noticed() -> None:
    found = detection([("a", 600.0), ("a", None), ("b", 1800.0), ("b", None)])
    assert (found.share, found.number, found.minutes) == (0.5, 4, 20.0)


def test_intervals_take_the_plumes_of_a_home_as_one() -> None:
    apart = detection([(str(place), 60.0 if place % 2 else None) for place in range(40)])
    alike = detection([(str(place % 4), 60.0 if place % 2 else None) for place in range(40)])
    assert apart.share == alike.share == 0.5
    assert _width(alike) > 2.0 * _width(apart)


def test_a_rule_watched_from_a_day_before_a_plume_alerts_as_if_watched_from_the_start() -> None:
    sensor = room()
    rules = for_kind(KIND)[:9]  # The others take seconds for each plume.
    observed = observe(sensor, 0, rules)
    plumes = [tried.plume for tried in observed.tried]
    _, each = run_with_plumes(sensor, plumes)
    for tried, alone in zip(observed.tried, each, strict=True):
        for rule in rules:
            whole = watch(rule.score(alone.series))
            part = tried.watched[rule.name]
            late = tried.plume.start
            assert _alerts(part, tried.start, rule.threshold, late) == _alerts(
                whole, alone.series.start, rule.threshold, late
            )


def _width(found: Detection) -> float:
    return found.of_all.high - found.of_all.low


def _alerts(watched: Watched, start: float, threshold: float, since: float) -> list[float]:
    at = [start + SLOT_S * (slot + 1) for slot in episodes(watched, threshold).tolist()]
    return [one for one in at if one >= since]
