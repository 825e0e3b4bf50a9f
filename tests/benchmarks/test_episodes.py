"""Scores become episodes by the core's own rule of persistence; the oracle hits its rate."""

import numpy as np
import pytest

from benchmarks.episodes import counted_episodes, episodes, tuned, watch
from benchmarks.series import DAY, HOUR

PAUSE = 6 * HOUR


def begins(score: list[float], threshold: float = 1.0) -> list[int]:
    return [int(place) for place in episodes(watch(np.array(score)), threshold)]


def test_a_score_must_stay_up_for_thirty_minutes() -> None:
    calm = [0.0] * 20
    assert begins([*calm, *[2.0] * 5, *calm]) == []
    assert begins([*calm, *[2.0] * 6, *calm]) == [25]
    assert begins([*calm, *[2.0] * 3, 0.9, *[2.0] * 3, *calm]) == []


def test_two_of_six_slots_may_be_missing() -> None:
    calm, none = [0.0] * 20, float("nan")
    assert begins([*calm, 2.0, none, 2.0, none, 2.0, 2.0, *calm]) == [25]
    assert begins([*calm, 2.0, none, none, none, 2.0, 2.0, *calm]) == []


def test_an_episode_ends_after_thirty_minutes_below_and_blocks_another_for_six_hours() -> None:
    calm, up, dip = [0.0] * 6, [2.0] * 12, [0.0] * 5
    assert begins([*calm, *up, *dip, *up]) == [11]
    pause = [0.0] * (6 + PAUSE)
    assert begins([*calm, *up, *pause, *up]) == [11, 11 + len(up) + len(pause)]
    too_soon = [0.0] * 12
    assert begins([*calm, *up, *too_soon, *up, *too_soon]) == [11]


def test_an_episode_that_never_ends_counts_once() -> None:
    assert begins([0.0] * 6 + [2.0] * (3 * DAY)) == [11]


def test_only_counted_slots_count() -> None:
    score = np.zeros(2 * DAY)
    score[100:120] = score[DAY + 100 : DAY + 120] = 2.0
    second_day = np.arange(2 * DAY) >= DAY
    watched = watch(score, second_day)
    assert watched.days == 1.0
    assert counted_episodes(watched, 1.0) == 1
    assert counted_episodes(watch(score), 1.0) == 2


@pytest.mark.parametrize("rate", [0.5, 1.0, 3.0])
def test_the_oracle_hits_the_rate(rate: float) -> None:
    rng = np.random.default_rng(8)
    watched = []
    for _ in range(6):
        steps = np.repeat(rng.normal(size=60 * DAY // 9), 9)
        watched.append(watch(steps[: 60 * DAY // 9 * 9]))
    threshold = tuned(watched, rate)
    days = sum(one.days for one in watched)
    found = sum(counted_episodes(one, threshold) for one in watched)
    assert found == pytest.approx(rate * days / 30.0, abs=1.0)


def test_a_rate_of_zero_gives_no_episodes() -> None:
    watched = [watch(np.random.default_rng(9).normal(size=5 * DAY))]
    assert counted_episodes(watched[0], tuned(watched, 0.0)) == 0
