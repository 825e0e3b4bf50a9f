"""A new sensor next to the old one: what it reads more, how sure that is, and when nobody knows."""

from dataclasses import replace
from math import expm1, log, log1p, sin, sqrt
from random import Random
from statistics import median

import pytest

from custom_components.air_baseline.core.day import SLOT_S, day_start
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin
from custom_components.air_baseline.core.past.history_import import (
    Past,
    PastDays,
    Row,
    past_days,
)
from custom_components.air_baseline.core.past.sensor_mapping import (
    LEAST_HOURS,
    MOST_DAYS,
    STUDENT,
    NoMapping,
    Refused,
    SensorMapping,
    map_sensors,
)
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant, PollutantSpec
from tests.core.rooms import LONDON, MONDAY, PM25

HOUR_S = 3600.0


def air(at: float) -> float:
    """Return what the air of a room holds (μg/m³), between 4 and 25."""
    return 10.0 + 4.0 * sin(at / 9000.0) + (11.0 if at % 86_400.0 < 2 * HOUR_S else 0.0)


def seen(  # noqa: PLR0913 - all that can differ
    days: int,
    *,
    times: float = 1.0,
    more: float = 0.0,
    by_day: float = 0.0,
    hours: float = 24.0,
    step: float = SLOT_S,
    spec: PollutantSpec = PM25,
) -> PastDays:
    """Return what a recorder has of a sensor that reads (1 + air) `times` as much, plus `more`.

    `by_day` is how much days differ, on the scale, and `hours` how long it is on each day.
    """
    chance, rows = Random(3), []  # noqa: S311 - repeatable
    for day in range(MONDAY, MONDAY + days):
        start, of_day = day_start(day, LONDON), chance.gauss(0.0, by_day)
        for place in range(int(hours * HOUR_S / step)):
            at = start + place * step
            level = expm1(log1p(air(at)) + of_day) * times + times - 1.0 + more
            rows.append(Row(at, level, level))
    past = Past(rows) if step == SLOT_S else Past((), rows)
    return past_days(past, spec, LONDON, day_start(MONDAY + days, LONDON))


def test_a_sensor_that_reads_a_third_more_is_mapped_with_little_doubt() -> None:
    found = map_sensors(seen(5), seen(5, times=1.3, by_day=0.02), PM25)
    assert isinstance(found, SensorMapping)
    assert found.days == 5
    assert expm1(found.offset) == pytest.approx(0.3, abs=0.05)
    new, low, high = found.said
    assert low < (1.0 + found.level) * 1.3 - 1.0 < high
    assert low < new < high
    assert found.slope == pytest.approx(1.0, abs=0.05)


def test_days_that_differ_make_the_interval_wider_and_few_days_wider_still() -> None:
    calm, wild = (
        map_sensors(seen(9), seen(9, times=1.8, by_day=by_day), PM25) for by_day in (0.0, 0.06)
    )
    few = map_sensors(seen(3), seen(3, times=1.8, by_day=0.06), PM25)
    assert isinstance(calm, SensorMapping)
    assert isinstance(wild, SensorMapping)
    assert isinstance(few, SensorMapping)
    assert calm.spread < wild.spread < few.spread


@pytest.mark.parametrize(("days", "student"), [(3, 2.92), (4, 2.353), (9, 1.86)])
def test_the_spread_is_the_error_on_a_day_of_another_week_by_students_law(
    days: int, student: float
) -> None:
    found = map_sensors(seen(days), seen(days, times=1.8, by_day=0.06), PM25)
    chance = Random(3)  # noqa: S311 - repeatable
    offsets = [chance.gauss(0.0, 0.06) for _ in range(days)]
    errors = [
        one - median(offsets[:place] + offsets[place + 1 :]) for place, one in enumerate(offsets)
    ]
    of_weeks = 0.12**2  # Another week differs more than the days of one.
    expected = student * sqrt(sum(error**2 for error in errors) / days + 0.02**2 + of_weeks)
    assert isinstance(found, SensorMapping)
    assert found.spread == pytest.approx(expected, abs=0.001)
    assert found.offset == pytest.approx(log(1.8) + median(offsets), abs=0.001)


def test_hourly_means_of_one_and_five_minute_means_of_the_other_go_together() -> None:
    found = map_sensors(seen(4, step=HOUR_S), seen(4, times=1.5), PM25)
    assert isinstance(found, SensorMapping)
    assert expm1(found.offset) == pytest.approx(0.5, abs=0.05)
    assert {day.origin for day in seen(4, step=HOUR_S).days.values()} == {DayOrigin.HOURLY}


@pytest.mark.parametrize(
    ("old", "new", "reason", "days"),
    [
        (seen(2), seen(2, times=1.3), NoMapping.FEW_DAYS, 2),
        (seen(5), seen(2, times=1.3), NoMapping.FEW_DAYS, 2),
        (seen(5), seen(5, times=1.3, hours=LEAST_HOURS - 1), NoMapping.FEW_DAYS, 0),
        (PastDays(), seen(5), NoMapping.FEW_DAYS, 0),
        (seen(5), seen(5, times=30.0), NoMapping.APART, 5),
        (seen(5), seen(5, times=0.1, more=6.0), NoMapping.STEADY, 5),
        (seen(5), seen(5, times=4.0, more=-25.0), NoMapping.NOT_TOGETHER, 5),
        (seen(5), seen(5, by_day=0.05), NoMapping.ALIKE, 5),
        (seen(5), seen(5, times=1.1, by_day=0.3), NoMapping.UNCERTAIN, 5),
        (seen(3), seen(3, times=1.1, by_day=0.6), NoMapping.UNCERTAIN, 3),
    ],
)
def test_there_is_no_mapping_without_evidence(
    old: PastDays, new: PastDays, reason: NoMapping, days: int
) -> None:
    assert map_sensors(old, new, PM25) == Refused(reason, days)


def test_an_index_is_never_mapped() -> None:
    index = POLLUTANTS[Pollutant.VOC_INDEX]
    old, new = (seen(5, times=times, spec=index) for times in (5.0, 7.0))
    assert map_sensors(old, new, index) == Refused(NoMapping.INDEX)
    ratio = POLLUTANTS[Pollutant.VOC_RATIO]
    assert isinstance(map_sensors(old, new, ratio), SensorMapping), "other VOC can be"


def test_more_days_than_are_used_change_nothing_and_cost_nothing() -> None:
    old, new = seen(MOST_DAYS + 20), seen(MOST_DAYS + 20, times=1.3)
    late = {day: one for day, one in new.days.items() if day >= MONDAY + 20}
    found = map_sensors(old, new, PM25)
    assert found == map_sensors(old, replace(new, days=late), PM25)
    assert isinstance(found, SensorMapping)
    assert found.days == MOST_DAYS == len(STUDENT) + 2
