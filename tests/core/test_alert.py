"""Ranks, the promise, alert levels, the held level and the life of an episode."""

from dataclasses import replace
from math import exp, log

from hypothesis import given, strategies as st
import pytest

from core.alert import (
    RULES,
    Bar,
    EpisodeWatch,
    HeldLevel,
    Promise,
    alert_level,
    bar,
    excess,
)
from core.baseline import PartRange
from core.binning import Bin
from core.ledger import Episode, EpisodeEnd
from core.quantity import QUANTITIES, Kind
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY, PM25

CELLS = ((0.0, 0.0, 1.0), (0.0, 0.0, 1.0))
PART = PartRange(3.0, 6.0, 12.0, log(4.0), log(7.0), log(13.0), CELLS)
SLOT = 5_866_668
H = 12  # Slots in an hour.


@pytest.mark.parametrize(
    ("promise", "days", "least", "window", "quota"),
    [
        (Promise.FORTNIGHT, 14, 13, 27, 6),
        (Promise.MONTH, 35, 34, 69, 3),
        (Promise.TWO_MONTHS, 60, 59, 89, 2),
    ],
)
def test_each_promise_needs_days_and_allows_alerts(
    promise: Promise, days: int, least: int, window: int, quota: int
) -> None:
    rule = RULES[promise]
    assert (rule.days, rule.least, rule.window, rule.quota) == (days, least, window, quota)
    assert bar([1.0] * (least - 1), rule).unusual is None
    assert bar([1.0] * least, rule).unusual == 1.0
    assert rule.rank(least - 1) == 0
    assert rule.rank(least) == 1


@given(
    promise=st.sampled_from(Promise), scores=st.lists(st.floats(-5.0, 5.0), min_size=1, max_size=89)
)
@repeatable
def test_the_bar_is_the_kth_highest_score_and_not_below_the_range(
    promise: Promise, scores: list[float]
) -> None:
    rule = RULES[promise]
    scores = scores[-rule.window :]
    rank = (len(scores) + 1) // rule.days
    found = bar(scores, rule)
    if rank == 0:
        assert found.unusual is None
    else:
        higher = [score for score in scores if score > (found.unusual or 0.0)]
        assert found.unusual == max(0.0, sorted(scores)[-rank])
        assert len(higher) < rank


@pytest.mark.parametrize(
    ("scores", "notable"),
    [
        ([0.5] * 12, None),
        ([0.5] * 11 + [0.7, 0.9], 0.7),
        ([9.0, 9.0] + [0.5] * 11 + [0.7, 0.9], 0.7),
        ([-0.5] * 13, 0.0),
    ],
)
def test_notable_is_above_the_second_highest_of_thirteen_days(
    scores: list[float], notable: float | None
) -> None:
    assert bar(scores, RULES[Promise.MONTH]).notable == notable


def test_a_level_beats_the_days_that_stayed_below_it() -> None:
    assert Bar((0.1, 0.5, 0.5, 2.0)).beaten(0.5) == 1


def test_excess_is_counted_in_half_ranges_above_the_range() -> None:
    half = log(13.0) - log(7.0)
    assert excess(12.0, PART) == pytest.approx(0.0)
    assert excess(exp(log(13.0) + 2.0 * half) - 1.0, PART) == pytest.approx(2.0)
    narrow = replace(PART, y_middle=log(12.9))
    assert excess(13.0, narrow) == pytest.approx((log(14.0) - log(13.0)) / 0.15)


@given(unusual=st.floats(0.0, 4.0), level=st.floats(12.0, 900.0))
@repeatable
def test_a_level_is_above_the_alert_level_exactly_when_its_score_is_above_the_bar(
    unusual: float, level: float
) -> None:
    reached = alert_level(Bar((), unusual), PART, PM25, 1.0, 0.0)
    assert reached is not None
    if abs(excess(level, PART) - unusual) > 1e-9 and abs(level - 14.0) > 1e-9:
        assert (level > reached) is (excess(level, PART) > unusual and level > 14.0)


@pytest.mark.parametrize(
    ("kind", "resolution", "lifted", "level"),
    [
        (Kind.PM25, 0.1, 0.0, 14.0),
        (Kind.PM25, 1.0, 0.0, 14.0),
        (Kind.PM25, 5.0, 0.0, 22.0),
        (Kind.PM25, 1.0, 30.0, 30.0),
        (Kind.VOC_RATIO, 1.0, 0.0, 22.0),
        (Kind.VOC_MASS, 1.0, 0.0, 57.0),
        (Kind.VOC_INDEX, 1.0, 0.0, 32.0),
    ],
)
def test_a_rise_that_is_too_small_to_matter_raises_no_alert(
    kind: Kind, resolution: float, lifted: float, level: float
) -> None:
    found = alert_level(Bar((), 0.0), PART, QUANTITIES[kind], resolution, lifted)
    assert found == pytest.approx(level)


def test_without_enough_reference_days_there_is_no_alert_level() -> None:
    assert alert_level(Bar(), PART, PM25, 1.0, 99.0) is None


def held_after(slots: list[int], levels: list[float], at_slot: int) -> tuple[float, float] | None:
    held = HeldLevel()
    for slot, level in zip(slots, levels, strict=True):
        held.take(Bin(SLOT + slot, level, 300.0))
    return held.span((SLOT + at_slot) * 300.0)


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
def test_the_held_level_is_the_lowest_of_six_slots_of_which_two_may_be_missing(
    slots: list[int], levels: list[float], span: tuple[float, float] | None
) -> None:
    assert held_after(slots, levels, 6) == span


def test_air_is_silent_after_half_an_hour_without_a_bin() -> None:
    held = HeldLevel()
    assert held.silent(SLOT * 300.0)
    held.take(Bin(SLOT, 5.0, 300.0))
    assert not held.silent((SLOT + 7) * 300.0 - 1)
    assert held.silent((SLOT + 7) * 300.0)


def test_only_half_an_hour_of_bins_is_kept() -> None:
    held = HeldLevel()
    for slot in range(100):
        held.take(Bin(SLOT + slot, 5.0, 300.0))
    assert len(held.bins) == 6


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
    for slot, level in enumerate(levels, start=SLOT + first):
        ended = watch.follow(Bin(slot, level, 300.0), level, 20.0)
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


def test_a_rise_within_the_half_hour_starts_it_again() -> None:
    watch = running()
    assert follow(watch, 0, [20.0] * 5 + [20.1] + [20.0] * 5) is None
    assert follow(watch, 11, [20.0]) is not None


def test_the_peak_is_the_highest_level_held() -> None:
    watch = running()
    watch.follow(Bin(SLOT, 300.0, 300.0), 90.0, 20.0)
    watch.follow(Bin(SLOT + 1, 300.0, 300.0), None, 20.0)
    watch.follow(Bin(SLOT + 2, 70.0, 300.0), 70.0, 20.0)
    assert watch.current is not None
    assert watch.current.peak == 90.0


def test_after_an_episode_no_other_begins_for_six_hours() -> None:
    watch = running()
    assert not watch.may_open(SLOT * 300.0)
    ended = follow(watch, 0, [10.0] * 6)
    assert ended is not None
    assert ended.end is not None
    assert not watch.may_open(ended.end + 6 * 3600.0 - 1)
    assert watch.may_open(ended.end + 6 * 3600.0)


def test_an_episode_of_a_day_is_lasting_and_the_next_needs_six_hours_inside() -> None:
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
