"""The demo's air is plausible and the same every time, and so is what its monitors show."""

from datetime import date, datetime
from itertools import pairwise
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from demo.air import DAY_S, ROOMS, Air, Array, Place, Substance, plumes_of_day, toast
from demo.house import House, Measure, Monitor, family_home

LONDON = ZoneInfo("Europe/London")
FIRST_DAY = date(2026, 10, 9)  # The clocks go back on the 25th.
START = datetime(2026, 10, 9, tzinfo=LONDON).timestamp()
NOW = datetime(2026, 11, 23, 19, 20, tzinfo=LONDON)
HOUSE = family_home(NOW.timestamp(), LONDON)
SENSORS = [(place, substance) for place in Place for substance in Substance]


def air(seed: int = 7) -> Air:
    return Air(seed=seed, first_day=FIRST_DAY, zone=LONDON)


def every(seconds: float, start: float, end: float) -> Array:
    return np.arange(start, end, seconds, dtype=np.float64)


def weeks(place: Place, substance: Substance, days: int = 42) -> tuple[Array, Array]:
    times = every(300.0, START, START + days * DAY_S)
    return times, air().levels(place, substance, times)


def hours(times: Array) -> Array:
    return np.array([datetime.fromtimestamp(at, LONDON).hour for at in times.tolist()])


@pytest.mark.parametrize(("place", "substance"), SENSORS)
def test_equal_seeds_give_equal_air_and_others_do_not(place: Place, substance: Substance) -> None:
    times = every(60.0, START, START + 3 * DAY_S)
    levels = air().levels(place, substance, times)
    np.testing.assert_array_equal(levels, air().levels(place, substance, times))
    assert np.mean(levels != air(seed=8).levels(place, substance, times)) > 0.5


@pytest.mark.parametrize(("place", "substance"), SENSORS)
def test_a_live_reading_is_the_same_as_in_a_recording(place: Place, substance: Substance) -> None:
    times = every(7777.0, START, START + 20 * DAY_S)
    one_by_one = [air().level(place, substance, at) for at in times.tolist()]
    at_once = [None if np.isnan(x) else x for x in air().levels(place, substance, times).tolist()]
    assert one_by_one == at_once


def monitor_in(place: Place, house: House = HOUSE) -> tuple[Monitor, Measure]:
    """Return the monitor of a place and its measure of PM2.5."""
    monitor = next(monitor for monitor in house.monitors if monitor.place is place)
    return monitor, monitor.measures[0]


def test_a_later_plume_does_not_change_the_past() -> None:
    burnt = HOUSE.with_toast(NOW.timestamp() + 3600.0)
    times = every(60.0, NOW.timestamp() - DAY_S, NOW.timestamp() + 3600.0)
    living_room = monitor_in(Place.LIVING_ROOM)
    before = HOUSE.levels(*living_room, times)
    np.testing.assert_array_equal(before, burnt.levels(*living_room, times))


def test_a_monitor_has_values_from_its_arrival_to_its_silence() -> None:
    times = every(600.0, NOW.timestamp() - 40 * DAY_S, NOW.timestamp())
    study = monitor_in(Place.STUDY)
    there = ~np.isnan(HOUSE.levels(*study, times))
    days_ago = (NOW.timestamp() - times) / DAY_S
    assert not there[(days_ago > 33) | (days_ago < 3)].any()
    assert there[(days_ago < 33) & (days_ago > 3)].mean() > 0.98


def test_a_moved_sensor_measures_more_in_the_same_steps() -> None:
    times = every(600.0, NOW.timestamp() - 20 * DAY_S, NOW.timestamp())
    levels = HOUSE.levels(*monitor_in(Place.KITCHEN), times)
    moved = times >= NOW.timestamp() - 9 * DAY_S
    assert np.nanmedian(levels[moved]) > 1.5 * np.nanmedian(levels[~moved])
    assert np.nanmax(levels % 1.0) == 0


def test_a_house_is_the_same_after_it_was_stored(tmp_path: Path) -> None:
    kept = json.loads(json.dumps(HOUSE.to_dict()))
    assert House.from_dict(kept, LONDON, tmp_path) == HOUSE


@pytest.mark.parametrize(("place", "substance"), SENSORS)
def test_levels_are_multiples_of_the_step_of_the_sensor_from_zero_up(
    place: Place, substance: Substance
) -> None:
    levels = weeks(place, substance)[1]
    levels = levels[~np.isnan(levels)]
    steps = levels / ROOMS[place].step[substance]
    assert levels.min() >= 0
    assert np.abs(steps - np.round(steps)).max() < 1e-6


def test_the_air_changes_without_jumps() -> None:
    """Two readings ten seconds apart differ only by noise, at midnight too."""
    times = every(10.0, START + 20 * 3600, START + 30 * 3600)
    levels = air().levels(Place.LIVING_ROOM, Substance.VOC, times)
    assert np.nanmax(np.abs(np.diff(levels)) / levels[:-1]) < 0.3


@pytest.mark.parametrize(
    ("place", "substance", "median", "high"),
    [
        (Place.LIVING_ROOM, Substance.PM25, (3, 12), (15, 120)),
        (Place.LIVING_ROOM, Substance.VOC, (70, 200), (200, 900)),
        (Place.BEDROOM, Substance.PM25, (2, 10), (6, 50)),
        (Place.KITCHEN, Substance.PM25, (2, 10), (10, 80)),
        (Place.STUDY, Substance.PM25, (2, 10), (5, 40)),
    ],
)
def test_quantiles_are_those_of_a_plausible_home(
    place: Place, substance: Substance, median: tuple[int, int], high: tuple[int, int]
) -> None:
    levels = weeks(place, substance)[1]
    middle, top = np.nanquantile(levels, (0.5, 0.99))
    assert median[0] <= middle <= median[1]
    assert high[0] <= top <= high[1]


def test_evenings_are_dustier_than_nights() -> None:
    times, levels = weeks(Place.LIVING_ROOM, Substance.PM25)
    evening, night = (hours(times) // 3 == part for part in (6, 1))
    assert np.nanmean(levels[evening]) > 2 * np.nanmean(levels[night])


def test_homes_are_cleaned_at_weekends() -> None:
    times, levels = weeks(Place.LIVING_ROOM, Substance.VOC)
    weekend = np.array([datetime.fromtimestamp(at, LONDON).weekday() >= 5 for at in times.tolist()])
    noon = hours(times) // 3 == 4
    assert np.nanmean(levels[noon & weekend]) > 1.5 * np.nanmean(levels[noon & ~weekend])


def test_sensors_are_off_now_and_then_and_rarely_for_long() -> None:
    times, levels = weeks(Place.LIVING_ROOM, Substance.PM25)
    off = np.isnan(levels)
    assert 0 < off.mean() < 0.02
    edges = np.flatnonzero(np.diff(off.astype(int)))
    assert all(
        times[end] - times[begin] <= 2 * 3600.0 for begin, end in pairwise(edges) if off[end]
    )


def test_a_day_is_drawn_from_the_generator_that_is_passed_in() -> None:
    plumes = [plumes_of_day(np.random.default_rng(5), START, weekend=True) for _ in range(2)]
    assert plumes[0] == plumes[1]
    assert all(START <= plume.start < START + DAY_S for plume in plumes[0])


def test_toast_stays_in_the_air_for_most_of_an_hour() -> None:
    shape = toast(0.0).shape(np.array([0.0, 600.0, 3300.0]))
    assert shape[0] == 0
    assert shape[1] == pytest.approx(1)
    assert shape[2] > 0.6
