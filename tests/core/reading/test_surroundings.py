"""Means of the surroundings, and whether outdoor air rose."""

from datetime import UTC
import json

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.day import DAY_S, day_start, locate
from custom_components.air_baseline.core.reading.surroundings import (
    DaySurroundings,
    OutdoorRise,
    SurroundingMean,
    Surroundings,
)
from custom_components.air_baseline.core.storage.channel import load_surrounding
from tests.core.properties import repeatable
from tests.core.rooms import LONDON, MONDAY

START = int(day_start(MONDAY, LONDON))
MINUTE, HOUR = 60, 3600

type Minutes = list[float | None]  # The value in each minute from START on.


def follow(readings: list[tuple[int, float | None]], until: int) -> SurroundingMean:
    mean = SurroundingMean(LONDON)
    for at, value in readings:
        if value is None:
            mean.lose(at)
        else:
            mean.read(at, value)
    mean.advance(until)
    return mean


def hourly(levels: list[float], start: int = START) -> SurroundingMean:
    """Return the mean of a source that reported every five minutes, one level each hour."""
    readings = [
        (start + hour * HOUR + after, concentration)
        for hour, concentration in enumerate(levels)
        for after in range(0, HOUR, 5 * MINUTE)
    ]
    return follow(list(readings), start + len(levels) * HOUR)


def plain_mean(minutes: Minutes, least: int) -> float | None:
    known = [value for value in minutes if value is not None]
    return sum(known) / len(known) if len(known) >= least else None


def made_from(seed: int) -> tuple[list[tuple[int, float | None]], Minutes]:
    """Return readings over about 30 hours, and their value minute by minute."""
    chance = np.random.default_rng(seed)
    readings: list[tuple[int, float | None]] = []
    minutes: Minutes = []
    gaps = chance.uniform(0.0, 0.4)
    while len(minutes) < 30 * 60:
        value = None if chance.random() < gaps else float(np.round(chance.normal(10.0, 15.0), 2))
        lasts = int(chance.integers(1, 30))
        readings.append((START + len(minutes) * MINUTE, value))
        minutes += [value] * lasts
    return readings, minutes


days = st.integers(0, 10**6).map(made_from)


@given(made=days)
@repeatable
def test_means_match_those_of_the_minutes(
    made: tuple[list[tuple[int, float | None]], Minutes],
) -> None:
    readings, minutes = made
    mean = follow(readings, START + 30 * HOUR)
    expected = plain_mean(minutes[: 24 * 60], 18 * 60)
    assert mean.of_day(MONDAY) == pytest.approx(expected, abs=1e-6)
    expected = plain_mean(minutes[6 * 60 : 30 * 60], 18 * 60)
    assert mean.of_last_hours(START + 30 * HOUR) == pytest.approx(expected, abs=1e-6)
    before = plain_mean(minutes[5 * 60 : 29 * 60], 6 * 60)
    slots = [minutes[slot * 5 : slot * 5 + 5] for slot in range(29 * 12, 30 * 12)]
    means = [known for slot in slots if (known := plain_mean(slot, 1)) is not None]
    rise = mean.rise(START + 30 * HOUR)
    if before is None or len(means) < 6:
        assert rise is None
    else:
        assert rise is not None
        assert (rise.now, rise.before) == pytest.approx((sum(means) / len(means), before))


@given(made=days, looks=st.lists(st.integers(0, 30 * 60), max_size=20))
@repeatable
def test_advancing_in_between_changes_nothing(
    made: tuple[list[tuple[int, float | None]], Minutes], looks: list[int]
) -> None:
    plain, watched = SurroundingMean(LONDON), SurroundingMean(LONDON)
    waiting = sorted(START + look * MINUTE for look in looks)
    for at, value in made[0]:
        while waiting and waiting[0] <= at:
            watched.advance(waiting.pop(0))
        for mean in (plain, watched):
            if value is None:
                mean.lose(at)
            else:
                mean.read(at, value)
    for mean in (plain, watched):
        mean.advance(START + 31 * HOUR)
    assert watched.days == pytest.approx(plain.days)
    assert watched.of_last_hours(START + 31 * HOUR) == pytest.approx(
        plain.of_last_hours(START + 31 * HOUR)
    )


@given(made=days, stop=st.integers(1, 29))
@repeatable
def test_a_restart_loses_only_the_last_value(
    made: tuple[list[tuple[int, float | None]], Minutes], stop: int
) -> None:
    readings = made[0]
    stop_at = START + stop * HOUR + 130
    mean = follow([pair for pair in readings if pair[0] <= stop_at], stop_at)
    mean.lose(stop_at)
    restored = load_surrounding(json.loads(json.dumps(mean.dump())), LONDON)
    assert restored.dump() == mean.dump()
    for known in (mean, restored):
        for at, value in readings:
            if at > stop_at and value is not None:
                known.read(at, value)
        known.advance(START + 30 * HOUR)
    assert restored.dump() == mean.dump()


@pytest.mark.parametrize(
    "damage",
    [
        {"hours": [[1, 2.0]]},
        {"hours": [[1, 2.0, 7200.0]]},
        {"days": [[1, 2.0, 3.0]] * 3},
        {"bins": [["a", 1.0]]},
        {"counted_to": -1.0},
        {"area": "x"},
        {"observed_s": 1.0},
    ],
)
def test_damage_is_refused(damage: dict[str, object]) -> None:
    good = SurroundingMean(UTC).dump()
    load_surrounding(good, UTC)
    with pytest.raises(StoredFormError):
        load_surrounding(good | damage, UTC)
    with pytest.raises(StoredFormError):
        load_surrounding({name: good[name] for name in good if name not in damage}, UTC)


def test_a_mean_needs_eighteen_hours() -> None:
    assert hourly([10.0] * 17 + [12.0]).of_day(MONDAY) == pytest.approx(10.111, abs=1e-3)
    mean = hourly([10.0] * 17)
    assert (mean.of_day(MONDAY), mean.of_last_hours(START + 17 * HOUR)) == (None, None)


def test_in_the_morning_the_day_before_is_still_known_and_no_older_one() -> None:
    mean = hourly([10.0] * 24 + [20.0] * 24 + [30.0])
    assert [mean.of_day(day) for day in range(MONDAY, MONDAY + 3)] == [None, 20.0, None]


def test_the_last_24_hours_weigh_night_and_day_alike() -> None:
    night_and_day = [2.0] * 6 + [18.0] * 12 + [2.0] * 6
    mean = hourly(night_and_day * 2 + [2.0] * 6)
    assert mean.of_last_hours(START + 54 * HOUR) == pytest.approx(10.0)


@pytest.mark.parametrize(("repeats", "hours"), [(0, 6.0), (2, 0.5)])
def test_a_value_lasts_for_six_hours_or_half_an_hour_after_a_repeat(
    repeats: int, hours: float
) -> None:
    mean = follow([(START, 5.0)], START)
    for repeat in range(repeats):
        mean.read(START + 60 * (repeat + 1), 5.0)
    mean.advance(START + 20 * HOUR)
    assert sum(seconds for _, _, seconds in mean.days) == hours * HOUR + 60 * repeats


@pytest.mark.parametrize(
    ("now", "before", "rose"),
    [
        (17.0, 12.0, False),  # Not 1.5 times.
        (18.0, 12.0, True),
        (7.4, 2.5, False),  # Not by 5.
        (7.5, 2.5, True),
        (5.0, 0.0, True),
        (12.0, 38.0, False),
    ],
)
def test_outdoor_air_rose_if_by_five_and_by_half(now: float, before: float, *, rose: bool) -> None:
    assert OutdoorRise(now, before).rose is rose


def test_a_rise_is_the_last_hour_against_the_24_hours_before_it() -> None:
    mean = hourly([80.0] * 3 + [12.0] * 24 + [38.0])
    assert mean.rise(START + 28 * HOUR) == OutdoorRise(38.0, 12.0)
    assert mean.rise(START + 5 * HOUR - 1) is None, "newer hours do not count for an earlier time"


def test_a_rise_needs_six_hours_to_compare_with() -> None:
    assert hourly([12.0] * 6 + [38.0]).rise(START + 7 * HOUR) == OutdoorRise(38.0, 12.0)
    assert hourly([12.0] * 5 + [38.0]).rise(START + 6 * HOUR) is None


def test_channels_share_the_outdoor_means() -> None:
    outdoor = SurroundingMean(LONDON)
    kitchen = Surroundings(outdoor_temperature=outdoor, window_open=SurroundingMean(LONDON))
    bedroom = Surroundings(outdoor_temperature=outdoor)
    for minute in range(0, 24 * 60, 5):
        outdoor.read(START + minute * MINUTE, 7.26)
    kitchen.advance(START + DAY_S)
    assert locate(START + DAY_S - 1, LONDON)[0] == MONDAY
    assert bedroom.of_day(MONDAY) == DaySurroundings(outdoor_temperature=7.3)
    assert kitchen.of_last_hours(START + DAY_S) == DaySurroundings(outdoor_temperature=7.3)
    assert Surroundings().of_day(MONDAY) == DaySurroundings()
