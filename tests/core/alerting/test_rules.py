"""The rules of each promise, the sustained level and the life of an episode."""

import pytest

from custom_components.air_baseline.core.alerting.episode import EpisodeWatch
from custom_components.air_baseline.core.alerting.promise import RULES, Promise
from custom_components.air_baseline.core.ledger.episode import Episode, EpisodeEnd
from custom_components.air_baseline.core.reading.binning import Bin
from custom_components.air_baseline.core.reading.sustained_level import SustainedWindow
from tests.core.rooms import MONDAY

SLOT = 5_866_668
H = 12  # Slots in an hour.


@pytest.mark.parametrize(
    ("promise", "days", "least", "window", "quota"),
    [
        (Promise.FORTNIGHT, 14, 13, 69, 6),
        (Promise.MONTH, 35, 34, 69, 3),
        (Promise.TWO_MONTHS, 60, 59, 89, 2),
    ],
)
def test_each_promise_has_its_days_its_window_and_its_quota(
    promise: Promise, days: int, least: int, window: int, quota: int
) -> None:
    rule = RULES[promise]
    assert (rule.days, rule.needed_days, rule.window, rule.quota) == (days, least, window, quota)
    assert rule.rank(least) == 1


@pytest.mark.parametrize("promise", Promise)
def test_the_rank_grows_in_proportion_to_the_reference_days(promise: Promise) -> None:
    rule = RULES[promise]
    ranks = [rule.rank(number) for number in range(rule.needed_days, rule.window + 1)]
    assert ranks == sorted(ranks)
    for number, rank in enumerate(ranks, start=rule.needed_days):
        assert rank == sum(place % rule.rank_days == 0 for place in range(1, number + 2))


def test_a_rarer_promise_needs_more_days_and_allows_fewer_alerts() -> None:
    rules = [RULES[promise] for promise in Promise]
    assert [rule.days for rule in rules] == sorted(rule.days for rule in rules)
    assert [rule.rank_days for rule in rules] == sorted(rule.rank_days for rule in rules)
    assert [rule.quota for rule in rules] == sorted((rule.quota for rule in rules), reverse=True)


def sustained_after(
    slots: list[int], levels: list[float], at_slot: int
) -> tuple[float, float] | None:
    sustained = SustainedWindow()
    for slot, concentration in zip(slots, levels, strict=True):
        sustained.take(Bin(SLOT + slot, concentration, 300.0))
    return sustained.span((SLOT + at_slot) * 300.0)


@pytest.mark.parametrize(
    ("slots", "levels", "span"),
    [
        ([0, 1, 2, 3, 4, 5], [9.0, 8.0, 7.0, 9.0, 9.0, 9.0], (7.0, 9.0)),
        ([-1, 0, 1, 2, 3, 4, 5], [1.0, 9.0, 8.0, 7.0, 9.0, 9.0, 9.0], (7.0, 9.0)),
        ([0, 1, 4, 5], [9.0, 8.0, 7.0, 9.0], (7.0, 9.0)),
        ([3, 4, 5], [9.0, 9.0, 9.0], None),
        ([-1, 3, 4, 5], [9.0, 9.0, 9.0, 9.0], None),
        ([], [], None),
    ],
)
def test_the_sustained_level_is_the_lowest_of_six_slots_with_at_most_two_missing(
    slots: list[int], levels: list[float], span: tuple[float, float] | None
) -> None:
    assert sustained_after(slots, levels, 6) == span


def test_air_is_silent_after_half_an_hour_without_a_bin() -> None:
    sustained = SustainedWindow()
    assert sustained.silent(SLOT * 300.0)
    sustained.take(Bin(SLOT, 5.0, 300.0))
    assert not sustained.silent((SLOT + 7) * 300.0 - 1)
    assert sustained.silent((SLOT + 7) * 300.0)


def test_only_half_an_hour_of_bins_is_kept() -> None:
    sustained = SustainedWindow()
    for slot in range(100):
        sustained.take(Bin(SLOT + slot, 5.0, 300.0))
    assert len(sustained.bins) == 6


def running(peak: float = 60.0) -> EpisodeWatch:
    """Return a watch whose episode began at the end of the slot before SLOT."""
    watch = EpisodeWatch()
    episode = Episode(
        id=SLOT * 300,
        day=MONDAY,
        part=5,
        opened_level=peak,
        alert_level=50.0,
        high=20.0,
        beaten=34,
        compared=34,
        peak=peak,
    )
    watch.open(episode)
    return watch


def follow(watch: EpisodeWatch, first: int, levels: list[float]) -> Episode | None:
    """Follow levels against a range up to 20; return the episode that ended, if any."""
    for slot, concentration in enumerate(levels, start=SLOT + first):
        ended = watch.follow(Bin(slot, concentration, 300.0), concentration, 20.0)
        if ended is not None:
            return ended
    return None


def test_an_episode_ends_after_half_an_hour_inside_the_range() -> None:
    watch = running()
    assert follow(watch, 0, [60.0] * 4 + [20.0] * 5) is None
    ended = follow(watch, 9, [20.0])
    assert ended is not None
    assert (ended.end, ended.outcome) == ((SLOT + 10) * 300.0, EpisodeEnd.RECOVERED)
    assert watch.current is None


def test_a_rise_within_the_half_hour_restarts_it() -> None:
    watch = running()
    assert follow(watch, 0, [20.0] * 5 + [20.1] + [20.0] * 5) is None
    assert follow(watch, 11, [20.0]) is not None


def test_the_peak_is_the_highest_sustained_level() -> None:
    watch = running()
    watch.follow(Bin(SLOT, 300.0, 300.0), 90.0, 20.0)
    watch.follow(Bin(SLOT + 1, 300.0, 300.0), None, 20.0)
    watch.follow(Bin(SLOT + 2, 70.0, 300.0), 70.0, 20.0)
    assert watch.current is not None
    assert watch.current.peak == 90.0


def test_no_episode_begins_within_six_hours_after_another() -> None:
    watch = running()
    assert not watch.may_open(SLOT * 300.0)
    ended = follow(watch, 0, [10.0] * 6)
    assert ended is not None
    assert ended.end is not None
    assert not watch.may_open(ended.end + 6 * 3600.0 - 1)
    assert watch.may_open(ended.end + 6 * 3600.0)


def test_a_day_long_episode_is_lasting_and_the_next_needs_six_hours_inside() -> None:
    watch = running()
    assert follow(watch, 0, [60.0] * (24 * H - 1)) is None
    ended = follow(watch, 24 * H - 1, [60.0])
    assert ended is not None
    assert ended.outcome is EpisodeEnd.LASTING
    later = (SLOT + 80 * H) * 300.0
    assert not watch.may_open(later)
    follow(watch, 24 * H, [60.0] * 8 * H + [10.0] * (6 * H - 1))
    assert not watch.may_open(later)
    follow(watch, 38 * H - 1, [60.0] + [10.0] * (6 * H - 1))
    assert not watch.may_open(later)
    follow(watch, 44 * H - 1, [10.0])
    assert watch.may_open(later)


def test_there_is_nothing_to_end_without_an_episode() -> None:
    watch = EpisodeWatch()
    assert watch.end(0.0, EpisodeEnd.UNKNOWN) is None
    assert watch.may_open(0.0)
