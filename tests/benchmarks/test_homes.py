"""Each regime does to a home what its name says, and nothing else; plumes are in the air."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.habits import CANDLE_DAYS, OCCUPANT_DAY, Life, draw_household, happenings, presence
from benchmarks.homes import air_of
from benchmarks.influences import OPEN_DAYS, PURIFIER_DAY, SMOKE_DAYS, WILDFIRE_DAYS
from benchmarks.mixing import rise_and_decay
from benchmarks.plumes import Plume, PlumeKind, added
from benchmarks.regimes import PLAIN, REGIMES, SEASONS, Regime
from benchmarks.seeds import stream
from benchmarks.sensing import MOVED_DAY, Instrument
from benchmarks.sensors import Sensor, home_sensor
from benchmarks.series import DAY, Array
from custom_components.air_baseline.core.pollutant import Pollutant

DAYS = 240
SEEDS = range(4)
KINDS = (Pollutant.PM25, Pollutant.VOC_RATIO)
BY_NAME = {regime.name: regime for regime in (*SEASONS, *REGIMES)}
DAY_OF = np.arange(DAYS * DAY) / DAY


def sensor(name: str, seed: int = 1, pollutant: Pollutant = Pollutant.PM25) -> Sensor:
    return home_sensor(seed, DAYS, BY_NAME[name], pollutant)


def instrument(of: Sensor) -> Instrument:
    assert of.made_up is not None
    return of.made_up.instrument


def air(of: Sensor) -> Array:
    assert of.made_up is not None
    return of.made_up.air


def added_by(name: str, seed: int, pollutant: Pollutant) -> Array:
    """Return how much higher the air is in a regime than in the same plain home."""
    more: Array = air(sensor(name, seed, pollutant)) - air(sensor("plain", seed, pollutant))
    return more


def between(first: float, last: float) -> np.ndarray:
    return (first <= DAY_OF) & (last > DAY_OF)


def test_there_are_sixteen_regimes_and_each_changes_one_thing() -> None:
    assert len(REGIMES) == 16
    assert len(BY_NAME) == 23
    for regime in (*REGIMES, *SEASONS[1:]):
        parts = (regime.life, regime.influence, regime.fault)
        usual = (PLAIN.life, PLAIN.influence, PLAIN.fault)
        assert sum(one != other for one, other in zip(parts, usual, strict=True)) == 1


@pytest.mark.parametrize("regime", [*SEASONS, *REGIMES], ids=str)
def test_a_regime_is_the_same_each_time_and_not_a_plain_home(regime: Regime) -> None:
    first, again, plain = (home_sensor(1, DAYS, one, KINDS[0]) for one in (regime, regime, PLAIN))
    assert np.array_equal(first.levels, again.levels, equal_nan=True)
    assert np.array_equal(first.levels, plain.levels, equal_nan=True) == (regime is PLAIN)


@pytest.mark.parametrize("name", ["occupant", "purifier", "wildfire", "open windows", "candles"])
def test_nothing_is_special_before_its_day(name: str) -> None:
    regime = next(one for one in REGIMES if name in one.name)
    first = {"occupant": OCCUPANT_DAY, "purifier": PURIFIER_DAY, "wildfire": WILDFIRE_DAYS[0],
             "open windows": OPEN_DAYS[0], "candles": CANDLE_DAYS[0]}[name]  # fmt: skip
    for seed in SEEDS:
        special, plain = air_of(seed, DAYS, regime), air_of(seed, DAYS, PLAIN)
        before = first - 1 > DAY_OF
        assert np.allclose(special.pm25[before], plain.pm25[before])
        assert np.allclose(special.voc[before], plain.voc[before])


def test_shifts_move_the_habits_of_the_week_and_leave_weekends() -> None:
    household = draw_household(stream(5, "home"))
    hours = {
        life: np.array([
            one.start_h % 24.0
            for one in happenings(stream(5, "h"), stream(5, "o"), household, 210, life)
            if one.habit is household.habits[2] and (one.start_h // 24.0 + 2) % 7 < 5
        ])
        for life in (Life.USUAL, Life.SHIFTS)
    }  # fmt: skip
    assert hours[Life.USUAL].std() < 2.0 < hours[Life.SHIFTS].std()


def test_a_cottage_is_empty_in_the_week() -> None:
    there = presence(stream(5, "life"), 210, Life.COTTAGE).reshape(-1, DAY).max(axis=1) > 0.0
    weekday = (np.arange(210) + 2) % 7
    assert not there[weekday < 4].any()
    assert 0.6 < there[weekday == 5].mean() < 0.9
    household = draw_household(stream(5, "home"))
    some = happenings(stream(5, "h"), stream(5, "life"), household, 210, Life.COTTAGE)
    assert {(int(one.start_h // 24.0) + 2) % 7 for one in some} <= {4, 5, 6}


def test_two_of_nine_weeks_are_holidays_from_school() -> None:
    out = presence(stream(5, "life"), 126, Life.TERM).reshape(-1, DAY).min(axis=1) < 1.0
    usual = presence(stream(5, "life"), 126, Life.USUAL).reshape(-1, DAY).min(axis=1) < 1.0
    assert usual.all()
    week = (np.arange(126) + 2) // 7 % 9
    weekday = (np.arange(126) + 2) % 7
    assert not out[(week >= 7) | (weekday >= 5)].any()
    assert out[(week < 7) & (weekday < 5)].all()


def test_candles_burn_for_a_month() -> None:
    more = [added_by("candles", seed, Pollutant.PM25) for seed in SEEDS]
    burning = np.mean([one[between(*CANDLE_DAYS)].mean() for one in more])
    assert burning > 1.0
    assert all(
        np.abs(one[~between(CANDLE_DAYS[0] - 1, CANDLE_DAYS[1] + 2)]).max() < 1e-6 for one in more
    )


def test_two_cooks_have_two_kinds_of_dinner() -> None:
    household = draw_household(stream(5, "home"))
    cooks = happenings(stream(5, "h"), stream(5, "o"), household, 210, Life.COOKS)
    others = [one.habit for one in cooks if one.habit not in household.habits]
    assert 10 < len(others) < 150
    assert all(habit.pm25 >= 2.0 * household.habits[2].pm25 for habit in others)


def test_a_new_occupant_does_more_from_a_day_on() -> None:
    for pollutant in KINDS:
        more = [
            added_by("new occupant", seed, pollutant)[DAY_OF >= OCCUPANT_DAY + 1] for seed in SEEDS
        ]
        assert min(one.mean() for one in more) > 0.2


def test_wildfire_rises_slowly_and_passes() -> None:
    for seed in SEEDS:
        smoke, plain = air_of(seed, DAYS, BY_NAME["wildfire"]), air_of(seed, DAYS, PLAIN)
        times = (smoke.outdoor / plain.outdoor).reshape(-1, DAY).mean(axis=1)
        first, last = WILDFIRE_DAYS
        assert np.allclose(np.delete(times, np.arange(first, last)), 1.0)
        assert times[first] < 0.6 * times[first + 3 : last - 3].mean()
        assert times[first + 3 : last - 3].mean() > 3.0


def test_smoke_is_over_outside_after_nine_days_and_is_no_voc() -> None:
    smoke, plain = air_of(1, DAYS, BY_NAME["smoke"]), air_of(1, DAYS, PLAIN)
    assert (smoke.outdoor > 3.0 * plain.outdoor)[
        between(SMOKE_DAYS[0] + 1, SMOKE_DAYS[1] - 1)
    ].all()
    assert np.array_equal(smoke.voc, plain.voc)


def test_a_season_of_open_windows_airs_out_the_voc() -> None:
    for seed in SEEDS:
        special, plain = air_of(seed, DAYS, BY_NAME["open windows"]), air_of(seed, DAYS, PLAIN)
        season = between(*OPEN_DAYS)
        assert special.window[season].all()
        shut = season & (plain.window == 0.0)
        assert np.median(special.voc[shut]) < 0.7 * np.median(plain.voc[shut])


def test_a_purifier_lowers_both_and_particles_more() -> None:
    special, plain = air_of(1, DAYS, BY_NAME["purifier"]), air_of(1, DAYS, PLAIN)
    after = DAY_OF >= PURIFIER_DAY
    pm25, voc = (
        np.median(one[after]) / np.median(other[after])
        for one, other in ((special.pm25, plain.pm25), (special.voc, plain.voc))
    )
    assert pm25 < voc < 0.9
    assert pm25 < 0.6


def test_a_sensor_on_change_is_silent_at_most_an_hour_and_within_its_dead_band() -> None:
    for pollutant, band in zip(KINDS, (1.0, 10.0), strict=True):
        for seed in SEEDS:
            of = sensor("on change", seed, pollutant)
            assert len(of.times) < 0.7 * DAYS * DAY
            assert np.isfinite(of.levels).all()
            gaps, steps = np.diff(of.times), np.abs(np.diff(of.levels))
            awake = np.isin(of.times[:-1] + 300.0, of.awake)
            assert (gaps[awake & (steps <= band)] >= 3600.0).all()
            if not instrument(of).off.any():
                assert gaps.max() == 3600.0


def test_zeros_fill_four_fifths_of_the_time_in_whole_numbers() -> None:
    for pollutant in KINDS:
        levels = sensor("zeros", 2, pollutant).levels
        seen = levels[np.isfinite(levels)]
        assert (seen == 0.0).mean() == pytest.approx(0.8, abs=0.05)
        assert not (seen % 1.0).any()


def test_a_re_zeroing_sensor_takes_its_lowest_level_away_every_few_weeks() -> None:
    offset = instrument(sensor("re-zeroing", 2, Pollutant.VOC_RATIO)).offset
    steps = np.flatnonzero(np.diff(offset)) / DAY
    assert 6 <= len(steps) <= 24
    assert offset[0] == 0.0
    assert (offset[DAY * 31 :] < -5.0).all()


def test_a_restart_reads_too_much_for_less_than_an_hour() -> None:
    factor = instrument(sensor("reboots", 2)).gain / instrument(sensor("plain", 2)).gain
    starts = np.flatnonzero((factor[1:] > 1.5) & (factor[:-1] < 1.1))
    assert 20 <= len(starts) <= 65
    assert (factor > 1.5).mean() < 0.02
    assert factor.min() == pytest.approx(1.0)


def test_gains_drift_and_jump_as_they_say() -> None:
    usual = instrument(sensor("plain")).gain
    gains = {
        name: instrument(sensor(name)).gain / usual for name in ("fouling", "gain jumps", "moved")
    }
    assert gains["fouling"][-1] == pytest.approx(1.0 + 0.4 * DAYS / 365.0, abs=0.01)
    assert np.all(np.diff(gains["fouling"]) > 0.0)
    jumps = np.abs(np.diff(np.log(gains["gain jumps"])))
    assert (jumps > np.log(1.24)).sum() == 2
    assert gains["moved"][MOVED_DAY * DAY - 1] == 1.0
    assert gains["moved"][MOVED_DAY * DAY] == pytest.approx(1.6)


def test_long_gaps_take_days_and_leave_the_first_weeks() -> None:
    off = instrument(sensor("long gaps", 2)).off & ~instrument(sensor("plain", 2)).off
    assert 0.03 < off.mean() < 0.27
    assert not off[: 29 * DAY].any()
    ends = np.diff(np.flatnonzero(np.diff(off.astype(int))))
    assert ends.max() > 2 * DAY - 1


def test_a_plume_is_air_before_it_is_a_reading() -> None:
    of = sensor("zeros", 2)
    assert of.made_up is not None
    start = float(of.made_up.times[100 * DAY])
    plume = Plume(
        size=3.0, kind=PlumeKind.DAY, start=start, burn_s=3600.0, air_changes=1.0, height=40.0
    )
    last = plume.end + 7200.0
    times, levels = of.with_plumes([plume], start, last)
    gain = instrument(of).gain[100 * DAY :][: len(times)]
    offset = instrument(of).offset[0]
    more = added(times, [plume]) + air(of)[100 * DAY :][: len(times)]
    assert np.array_equal(levels, np.round(np.maximum(more * gain + offset, 0.0)))
    assert (times < last).all()


def test_a_plume_passes_through_the_gain_the_noise_and_the_dead_band() -> None:
    of = sensor("on change", 1)
    assert of.made_up is not None
    start = float(of.made_up.times[100 * DAY])
    plume = Plume(
        size=3.0, kind=PlumeKind.DAY, start=start, burn_s=3600.0, air_changes=1.0, height=40.0
    )
    times, levels = of.with_plumes([plume], start, plume.end)
    usual = (of.times >= start) & (of.times < plume.end)
    assert len(times) > usual.sum()  # What changes is reported.
    # The whole recording with the plume has the same readings there.
    every, shown = of.with_plumes([plume], float(of.made_up.times[0]), plume.end)
    assert np.array_equal(shown[every >= start], levels)
    assert np.array_equal(every[every >= start], times)


def test_without_a_plume_the_readings_are_the_usual_ones() -> None:
    for name in ("plain", "on change", "zeros", "long gaps"):
        of = sensor(name, 3)
        assert of.made_up is not None
        first = float(of.made_up.times[50 * DAY])
        times, levels = of.with_plumes([], first, float("inf"))
        assert np.array_equal(times, of.times[of.times >= first])
        assert np.array_equal(levels, of.levels[of.times >= first], equal_nan=True)


def test_a_room_mixes() -> None:
    ages = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    before, start, half, top, later = rise_and_decay(ages, 1.0, 0.8).tolist()
    assert before == start == 0.0
    assert 0.5 < half < top == 1.0
    assert later == pytest.approx(np.exp(-0.8))


def test_a_recording_can_only_be_added_to() -> None:
    of = replace(sensor("plain"), made_up=None)
    start = float(of.times[100 * DAY])
    plume = Plume(
        size=3.0, kind=PlumeKind.DAY, start=start, burn_s=3600.0, air_changes=1.0, height=40.0
    )
    _, levels = of.with_plumes([plume], start, plume.end)
    here = (of.times >= start) & (of.times < plume.end)
    assert np.nanmax(np.abs(levels - of.levels[here] - added(of.times[here], [plume]))) <= of.step
