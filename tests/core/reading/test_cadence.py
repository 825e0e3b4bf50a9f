"""How a source reports, and for how long its silence means nothing."""

from itertools import pairwise
from random import Random

import pytest

from custom_components.air_baseline.core.reading.cadence import Cadence

H = 3600.0


def cadence_of(times: list[float], values: list[float]) -> Cadence:
    cadence = Cadence()
    for before, after in pairwise(zip(times, values, strict=True)):
        cadence.note(after[0] - before[0], after[1] - before[1])
    return cadence


def steps(number: int, *, seed: int, size: float = 1.0) -> list[float]:
    """Return levels that stay or move by a step."""
    chance, values = Random(seed), [10.0]  # noqa: S311 - air, not secrets
    for _ in range(number):
        values.append(values[-1] + size * chance.choice([-1, 0, 0, 1]))
    return values


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("every_s", [5.0, 60.0, 900.0, 1800.0])
def test_a_source_that_repeats_values_reports_at_intervals(every_s: float, seed: int) -> None:
    values = steps(400, seed=seed)
    cadence = cadence_of([every_s * tick for tick in range(401)], values)
    assert not cadence.changes_only
    assert cadence.hold_limit_s == max(H / 2, 4 * every_s)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_air_without_its_repeats_reports_only_changes(seed: int) -> None:
    values = steps(400, seed=seed)
    changed = [0, *(at for at in range(1, 401) if values[at] != values[at - 1])]
    times = [60.0 * at for at in changed]
    assert cadence_of(times, [values[at] for at in changed]).changes_only


@pytest.mark.parametrize("jitter_s", [0.0, 5.0])
def test_values_too_fine_to_repeat_are_at_least_regular(jitter_s: float) -> None:
    chance = Random(1)  # noqa: S311 - air, not secrets
    times = [60.0 * tick + chance.uniform(0.0, jitter_s) for tick in range(200)]
    assert not cadence_of(times, [chance.gauss(8.0, 1.0) for _ in times]).changes_only


@pytest.mark.parametrize("seed", range(5))
def test_steps_without_repeats_are_left_out_though_the_rest_is_regular(seed: int) -> None:
    """A device that may report once in five minutes is regular while its air moves."""
    chance = Random(seed)  # noqa: S311 - air, not secrets
    moves = [chance.choice([-3, -2, -1, 1, 2, 3]) for _ in range(200)]
    values = [100.0 + sum(moves[:at]) for at in range(200)]
    assert cadence_of([300.0 * at for at in range(200)], values).changes_only


def test_a_dead_band_reports_only_changes() -> None:
    chance, air, sent, times = Random(2), 20.0, [20.0], [0.0]  # noqa: S311 - air
    for minute in range(1, 2000):
        air += chance.gauss(0.0, 0.3)
        if abs(air - sent[-1]) > 0.1 * sent[-1]:
            sent.append(air)
            times.append(60.0 * minute)
    assert len(sent) > 20
    assert cadence_of(times, sent).changes_only


def test_a_source_that_repeats_its_value_each_hour_may_be_silent_for_hours() -> None:
    times, values = [0.0], [10.0]
    for evening in range(10):
        for minute in range(60):  # It changes each minute for an hour, then rests for nine.
            times.append((10 * evening + minute / 60) * H)
            values.append(10.0 + minute % 2)
        for hour in range(2, 10):
            times.append((10 * evening + hour) * H)
            values.append(values[-1])
    cadence = cadence_of(times[1:], values[1:])
    assert not cadence.changes_only
    assert cadence.hold_limit_s >= 2 * H, "one report can be lost"


def test_one_repeat_by_chance_is_no_heartbeat() -> None:
    """A renamed entity writes its value once more."""
    cadence = Cadence()
    for tick in range(20):
        cadence.note(600.0 + 37.0 * tick, 1.0 + tick % 7)
    cadence.note(60.0, 0.0)
    assert cadence.changes_only
    cadence.note(60.0, 0.0)
    assert not cadence.changes_only


def test_a_source_that_stops_repeating_reports_only_changes_a_hundred_readings_later() -> None:
    cadence = cadence_of([60.0 * tick for tick in range(4000)], steps(3999, seed=1))
    assert not cadence.changes_only
    for tick in range(100):
        cadence.note(60.0 + 600.0 * (tick % 9 == 0), 1.0 + tick % 2)
    assert cadence.changes_only


@pytest.mark.parametrize("fine", [False, True])
def test_lively_air_is_no_heartbeat(*, fine: bool) -> None:
    """It changes each minute for an hour, then rests; a fine sensor shows that after one rest."""
    chance = Random(4)  # noqa: S311 - air, not secrets
    cadence = Cadence()
    for rest in range(3):
        for tick in range(60):
            cadence.note(60.0, chance.gauss(0.0, 1.0) if fine else 1.0 + tick % 2)
        if rest or not fine:
            assert cadence.changes_only
        cadence.note(5 * H, 1.0)


def test_what_a_person_said_of_a_file_counts() -> None:
    cadence = Cadence()
    cadence.said = False
    assert not cadence.changes_only
