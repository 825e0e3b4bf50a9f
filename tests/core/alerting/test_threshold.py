"""The alert threshold and its levels, compared with a slow reference in plain Python."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import expm1, inf, log, log1p

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.air_baseline.core.alerting.promise import (
    MONTH_DAYS,
    RARITIES,
    needed_days,
    rarities,
)
from custom_components.air_baseline.core.alerting.tail import MOST_LEVEL, Tail
from custom_components.air_baseline.core.alerting.threshold import (
    BEYOND,
    GAIN,
    HABIT_DAYS,
    LEAST_DAYS,
    LEVEL_RANK,
    MARGIN_HIGH,
    MARGIN_LOW,
    NO_LEVELS,
    NOTABLE_DAYS,
    RANK,
    SCORE_DIGITS,
    AlertThreshold,
    alert_days,
    alert_levels,
    alert_threshold,
    levels_before,
    margin,
    notable_levels,
)
from custom_components.air_baseline.core.learning.typical_range import Array, PartRange
from custom_components.air_baseline.core.ledger.correction import exclude_days, report_change
from custom_components.air_baseline.core.ledger.day_summary import DaySummary, counts_by_day
from custom_components.air_baseline.core.ledger.entries import (
    ChangePassed,
    Correction,
    EpisodeNormal,
    EpisodeReal,
)
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.ledger.histogram_text import decode_counts
from custom_components.air_baseline.core.ledger.hour_peaks import NO_PEAK, PEAKS, note_peaks
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import CELLS
from tests.core import by_hand
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY, a_day, a_ledger, an_entry

EDGES = ((0.0, 0.0, 1.0), (0.0, 0.0, 1.0))
PART = PartRange(3.0, 6.0, 12.0, log(4.0), log(7.0), log(13.0), EDGES)
RANGES = tuple(replace(PART, y_middle=2.0 + part / 100.0) for part in range(8))
ROUNDED = 10**-SCORE_DIGITS / 2 + 1e-9
monthly = partial(alert_threshold, promise_days=MONTH_DAYS)
PROMISES = (14, 35, 60, 150)


def random_days(number: int, seed: int = 1) -> list[DaySummary]:
    """Return days of whole-number levels, some parts hardly observed, some hours without a peak."""
    chance = np.random.default_rng(seed)
    days = []
    for day in range(number):
        levels = np.round(np.expm1(1.5 + 0.8 * chance.random((8, 12)))).tolist()
        slots = [1 if chance.random() < 0.1 else 3 for _ in range(8)]
        parts = [dict.fromkeys(part, each) for part, each in zip(levels, slots, strict=True)]
        days.append(a_day(MONDAY + day, parts, peaks=random_peaks(chance)))
    return days


def random_peaks(chance: np.random.Generator) -> bytes:
    """Return peaks; an hour has not held more than 15 minutes did, or nothing at all."""
    short = chance.integers(20, 110, size=24)
    long = short - chance.integers(0, 20, size=24)
    long[chance.random(24) < 0.2] = NO_PEAK
    short[chance.random(24) < 0.05] = NO_PEAK
    short[::3] = np.where(short[::3] == NO_PEAK, 40, short[::3])  # Each part has a peak.
    return bytes([*short, *long])


def befores_by_hand(days: Sequence[DaySummary]) -> list[list[float]]:
    """Return the level before each part of each day, from one long row of parts."""
    first = days[0].day
    row: list[list[int]] = [[0] * CELLS for _ in range(8 * (days[-1].day - first + 1))]
    for day in days:
        start = 8 * (day.day - first)
        row[start : start + 8] = [list(part) for part in decode_counts(day.histogram)]
    return [
        [
            by_hand.level_before(8 * (day.day - first) + part, row, RANGES[part].y_middle)
            for part in range(8)
        ]
        for day in days
    ]


def floored(befores: Sequence[Sequence[float]]) -> list[list[float]]:
    lowest = np.quantile(np.array(befores), 0.25, axis=0)
    return [
        [max(concentration, floor) for concentration, floor in zip(day, lowest, strict=True)]
        for day in befores
    ]


def before_parts(days: Sequence[DaySummary], reference: Sequence[DaySummary]) -> Array:
    return levels_before(counts_by_day(days), [one.day for one in reference], RANGES)


def test_the_level_before_a_part_is_the_median_of_the_previous_six_hours() -> None:
    days = random_days(12)
    del days[5]
    assert before_parts(days, days) == pytest.approx(np.array(befores_by_hand(days)))
    assert before_parts(days, days[4:]) == pytest.approx(np.array(befores_by_hand(days)[4:]))
    assert before_parts(days, []).shape == (0, 8)


def test_with_too_little_observed_before_a_part_the_middle_of_the_range_is_used() -> None:
    after_night = a_day(MONDAY, [{8.0: 11}, {8.0: 12}, {8.0: 13}, *[{8.0: 36}] * 5])
    (found,) = before_parts([after_night], [after_night])
    assert found[0] == RANGES[0].y_middle, "nothing before it"
    assert found[2] == RANGES[2].y_middle, "23 slots of 72"
    assert found[3] == pytest.approx(log1p(8.0), abs=0.06)


@pytest.mark.parametrize("part", range(8))
def test_the_level_before_a_part_depends_on_nothing_later(part: int) -> None:
    yesterday, today = random_days(2, seed=5)
    counts = counts_by_day([yesterday, today])
    (expected,) = levels_before(counts, [today.day], RANGES)
    so_far = counts[today.day].copy()
    so_far[part:] = 0
    (found,) = levels_before({**counts, today.day: so_far}, [today.day], RANGES)
    assert list(found[: part + 1]) == list(expected[: part + 1])


def test_without_yesterday_the_first_part_is_compared_with_the_middle_of_its_range() -> None:
    (before,) = levels_before(counts_by_day([a_day(MONDAY)]), [MONDAY], RANGES)
    assert before[0] == RANGES[0].y_middle
    assert before[1] == pytest.approx(log1p(8.0), abs=0.06)


def raised(days: Sequence[DaySummary], befores: Sequence[Sequence[float]]) -> list[by_hand.Law]:
    return [by_hand.rises(day, before) for day, before in zip(days, floored(befores), strict=True)]


def highest_before(befores: Sequence[Sequence[float]]) -> list[by_hand.Law]:
    """Return the only cell of the level test: the highest of the eight levels of six hours."""
    return [[max(day)] for day in floored(befores)]


@pytest.mark.parametrize("number", [LEAST_DAYS, 34, 69, 90])
def test_each_day_is_scored_against_all_others(number: int) -> None:
    days = random_days(number, seed=number)
    befores = befores_by_hand(days)
    found = monthly(days, np.array(befores))
    expected = by_hand.scores(raised(days, befores))
    assert found.scores == pytest.approx(expected, abs=ROUNDED)


def test_a_day_does_not_hide_itself() -> None:
    """However high a day is, its own height does not widen what it is compared with."""
    found = []
    for peak in (100.0, 900.0):
        days = [a_day(MONDAY + day, {8.0: 30, 10.0 + day % 3: 6}) for day in range(20)]
        days[10] = a_day(MONDAY + 10, [{8.0: 30, peak: 6}, *[{8.0: 36}] * 7])
        found.append(monthly(days, np.full((20, 8), 2.0)).scores[10])
    scale = (log1p(900.0) - log1p(100.0)) / (found[1] - found[0])
    assert scale <= 0.2


def test_event_days_are_scored_but_do_not_set_the_threshold() -> None:
    days = random_days(40)
    befores = befores_by_hand(days)
    found_rises = raised(days, befores)
    alerts = {MONDAY + 3, MONDAY + 17}
    places = [day - MONDAY for day in alerts]
    found = monthly(days, np.array(befores), alerts, alerts)
    assert found.tail is not None
    starts, scales, share = by_hand.tails(
        [rise for place, rise in enumerate(found_rises) if place not in places]
    )
    assert list(found.tail.start) == pytest.approx(starts, abs=1e-3)
    assert list(found.tail.scale) == pytest.approx(scales, abs=1e-3)
    assert (found.tail.share, found.days) == (share, 38)
    expected = by_hand.scores(found_rises, places)
    assert found.scores == pytest.approx(expected, abs=0.05), "the tail itself is rounded"
    left = [score for place, score in enumerate(expected) if place not in places]
    for rarity, bar in found.bars.items():
        assert bar == pytest.approx(by_hand.bar(left, RANK * rarity), abs=2 * ROUNDED)
    others = [day for place, day in enumerate(highest_before(befores)) if place not in places]
    assert found.highest == max(others)[0]
    assert found.level_scale == pytest.approx(by_hand.tails(others)[1][0], abs=1e-3)


@pytest.mark.parametrize("number", [36, 60, 89])
def test_after_an_alert_higher_air_is_told_again_but_the_same_is_not(number: int) -> None:
    days = random_days(number)
    befores = np.array(befores_by_hand(days))
    quiet = monthly(days, befores)
    high = 2.0 * float(quiet.rises_at(quiet.bar)[9])
    plume = replace(days[-2], record=with_peak(days[-2].record, 9, high))
    days[-2] = plume
    known = monthly(days, befores, {plume.day}).after({3: befores[-2][3]})
    assert number > 60 or known.rises_at(known.bar)[9] > 0.95 * high
    assert known.rises_at(known.bar)[9] < 1.5 * high
    hidden = monthly(days, befores).after({3: befores[-2][3]})
    assert number > 60 or hidden.rises_at(hidden.bar)[9] > 1.8 * high, "as if no day could be so"


def with_peak(record: bytes, hour: int, level: float) -> bytes:
    peaks = bytearray(record[:PEAKS])
    note_peaks(peaks, hour, (level, 0.5 * level))
    return bytes(peaks) + record[PEAKS:]


def test_too_many_event_days_leave_no_threshold() -> None:
    days, before = random_days(35), np.full((35, 8), 2.0)
    one, two = ({MONDAY + day for day in range(number)} for number in (1, 2))
    assert monthly(days, before, one, one).enough
    assert not monthly(days, before, two, two).enough
    every = {summary.day for summary in days}
    assert monthly(days, before, every, every) == AlertThreshold()
    few = monthly(days[:13], before[:13], {MONDAY}, {MONDAY})
    assert few == AlertThreshold(days=12)
    assert (few.enough, few.promise_days, few.bar) == (False, 0, inf)


def test_an_event_does_not_hide_the_next_one_of_its_kind() -> None:
    """Uncorrected, it raises the margin for a while; the bar stays."""
    days = random_days(40)
    plumes = [a_day(MONDAY + at, [{8.0: 30, 900.0: 6}, *[{8.0: 36}] * 7]) for at in (10, 20, 30)]
    befores = np.full((40, 8), 2.0)
    quiet = monthly(days, befores)
    for plume in plumes:
        days[plume.day - MONDAY] = plume
    hidden = monthly(days, befores)
    alerts = {plume.day for plume in plumes}
    known = monthly(days, befores, alerts, alerts)
    levels = [
        float(threshold.rises_at(threshold.bar)[:3].max()) for threshold in (quiet, hidden, known)
    ]
    assert levels[2] == pytest.approx(levels[0], rel=0.3)
    assert levels[1] > 2.0 * levels[0]


def test_the_threshold_for_today_is_fitted_to_all_reference_days() -> None:
    days = random_days(40)
    befores = befores_by_hand(days)
    found = monthly(days, np.array(befores), margin=0.25)
    assert found.tail is not None
    starts, scales, share = by_hand.tails(raised(days, befores))
    assert list(found.tail.start) == pytest.approx(starts, abs=1e-3)
    assert list(found.tail.scale) == pytest.approx(scales, abs=1e-3)
    assert found.tail.share == share
    levels = highest_before(befores)
    assert found.highest == max(levels)[0]
    assert found.level_scale == pytest.approx(by_hand.tails(levels)[1][0], abs=1e-3)
    assert found.before == pytest.approx(np.median(floored(befores), axis=0))
    assert found.floor == pytest.approx(np.quantile(befores, 0.25, axis=0))
    assert found.bar == found.bars[MONTH_DAYS] + 0.25
    assert (found.promise_days, found.days, found.enough) == (MONTH_DAYS, 40, True)


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("number", [13, 34, 59, 89])
def test_a_bar_is_what_one_day_in_so_many_exceeds(promise: int, number: int) -> None:
    days = random_days(number)
    found = alert_threshold(days, np.array(befores_by_hand(days)), promise_days=promise)
    assert list(found.bars) == list(rarities(promise))
    for rarity, bar in found.bars.items():
        assert bar == pytest.approx(by_hand.bar(found.scores, RANK * rarity), abs=ROUNDED)
    bars = list(found.bars.values())
    assert bars == sorted(bars), "what is rarer is not lower"
    assert found.notable == pytest.approx(
        by_hand.bar(found.scores, RANK * NOTABLE_DAYS), abs=ROUNDED
    )
    assert found.enough is (number >= needed_days(promise))


def test_beyond_what_the_days_show_a_bar_rises_by_the_logarithm_of_its_rarity() -> None:
    days = random_days(34)
    sixty, twice, more = (
        alert_threshold(days, np.full((34, 8), 2.0), promise_days=promise).bar
        for promise in (60, 120, 240)
    )
    for step in (twice - sixty, more - twice):
        assert step == pytest.approx(BEYOND * log(2.0), abs=2 * ROUNDED)


def test_without_reference_days_there_is_no_threshold() -> None:
    assert monthly([], np.zeros((0, 8))) == AlertThreshold()
    few = monthly([a_day(MONDAY)], np.zeros((1, 8)))
    assert few == AlertThreshold(days=1)
    assert few.score_of((99.0, 99.0), 5) == 0.0
    assert few.record == inf
    assert set(few.rises_at(1.0)) == {inf}


def test_a_level_beats_the_days_that_stayed_below_it() -> None:
    assert AlertThreshold(scores=(0.1, 0.5, 0.5, 2.0)).beaten(0.5) == 1


def test_only_the_parts_that_are_scored_set_the_threshold() -> None:
    """In the others a source is usually off: what it shows there is no evidence."""
    days, mask = random_days(40), 0b01111110
    befores = np.array(befores_by_hand(days))
    wild = [
        a_day(
            day.day,
            peaks=bytes(
                254 if place % 24 // 3 in (0, 7) else code for place, code in enumerate(day.peaks)
            ),
        )
        for day in days
    ]
    found, other = (monthly(each, befores, parts=mask) for each in (days, wild))
    assert found == other != monthly(wild, befores)
    levels = alert_levels(found, RANGES, 2.0, {}, mask)
    for place, level in enumerate(levels):
        assert (level == inf) is (place % 24 // 3 in (0, 7))


tails = st.builds(
    Tail,
    start=st.tuples(*[st.floats(0.0, 4.0)] * PEAKS),
    scale=st.tuples(*[st.floats(0.05, 2.0)] * PEAKS),
    share=st.floats(0.12, 0.32),
)
thresholds = st.builds(
    AlertThreshold,
    tail=tails,
    before=st.tuples(*[st.floats(0.0, 6.0)] * 8).map(partial(array, "d")),
)


@given(
    threshold=thresholds,
    held=st.tuples(st.floats(0.0, 2000.0), st.none() | st.floats(0.0, 2000.0)),
    hour=st.integers(0, 23),
)
@repeatable
def test_the_score_of_an_hour_is_that_of_the_rarer_hold(
    threshold: AlertThreshold, held: tuple[float, float | None], hour: int
) -> None:
    tail = threshold.tail
    assert tail is not None
    expected = [
        by_hand.tail_score(
            log1p(level) - 0.7 * threshold.before[hour // 3],
            tail.start[cell],
            tail.scale[cell],
            tail.share,
        )
        for level, cell in zip(held, (hour, 24 + hour), strict=True)
        if level is not None
    ]
    assert threshold.score_of(held, hour) == pytest.approx(max(expected), abs=1e-6)


@given(threshold=thresholds, score=st.floats(-2.0, 12.0), hour=st.integers(0, 23))
@repeatable
def test_the_level_of_a_score_is_its_inverse(
    threshold: AlertThreshold, score: float, hour: int
) -> None:
    short, long = threshold.rises_at(score)[[hour, 24 + hour]]
    reached = threshold.score_of((short, None), hour)
    if short >= expm1(MOST_LEVEL):
        assert reached <= score + 1e-6
    else:
        assert reached == pytest.approx(score, abs=1e-6) if short else reached >= score
    bounded = long >= expm1(MOST_LEVEL)
    assert bounded or threshold.score_of((0.0, long), hour) >= score - 1e-6


@given(threshold=thresholds, level=st.floats(0.0, 6.0), part=st.integers(0, 7))
@repeatable
def test_air_that_was_high_before_must_rise_from_there(
    threshold: AlertThreshold, level: float, part: int
) -> None:
    after = threshold.after({part: level})
    assert after.before[part] == level
    others, before = ([*one.before[:part], *one.before[part + 1 :]] for one in (after, threshold))
    assert others == before
    now, usual = after.rises_at(1.0), threshold.rises_at(1.0)
    for place in range(PEAKS):
        if place % 24 // 3 != part:
            assert now[place] == usual[place]
        elif level >= threshold.before[part]:
            assert now[place] >= usual[place]


def test_air_that_was_unusually_clean_counts_as_at_the_lower_quartile() -> None:
    threshold = AlertThreshold(floor=(1.5,) * 8)
    assert threshold.after({2: 0.3}).before[2] == 1.5
    assert threshold.after({2: 1.6}).before[2] == 1.6


def flat(**given: float) -> AlertThreshold:
    """Return a threshold with the same tail in all hours: a score of s is at y = 1 + s."""
    shape = {"bar": 2.0, "margin": 0.0, "notable": 1.5, "highest": 4.0, "before": 0.0} | given
    return AlertThreshold(
        scores=(0.0,) * 40,
        days=40,
        bars={35: shape["bar"], 60: shape["bar"] + 1.0, 90: shape["bar"] + 2.0},
        margin=shape["margin"],
        notable=shape["notable"],
        tail=Tail((1.0 - log(0.2),) * PEAKS, (1.0,) * PEAKS, 0.2),
        before=(shape["before"],) * 8,
        highest=shape["highest"],
        level_scale=2.0,
    )


def test_an_alert_level_is_that_of_the_threshold_with_its_margin() -> None:
    for nats in (-0.2, 0.0, 1.5):
        found = alert_levels(flat(margin=nats), RANGES, 2.0, {})
        assert found == pytest.approx((expm1(3.0 + nats),) * PEAKS)
    assert alert_levels(AlertThreshold(), RANGES, 2.0, {0: 99.0}) == NO_LEVELS
    few = replace(flat(), days=needed_days(35) - 1)
    assert alert_levels(few, RANGES, 2.0, {}) == NO_LEVELS


@pytest.mark.parametrize("noticeable", [2.0, 8.0, 10.0, 45.0])
def test_a_rise_that_is_too_small_to_matter_raises_no_alert(noticeable: float) -> None:
    found = alert_levels(flat(bar=-9.0), RANGES, noticeable, {})
    assert found == pytest.approx((12.0 + noticeable,) * PEAKS)


def test_a_raised_alert_level_applies_in_its_part_and_only_upwards() -> None:
    found = list(alert_levels(flat(), RANGES, 2.0, {3: 69.0, 4: 1.0}))
    for first in (0, 24):
        assert found[first + 9 : first + 12] == [69.0] * 3
        found[first + 9 : first + 12] = []
        found[first:first] = [expm1(3.0)] * 3
    assert found == pytest.approx([expm1(3.0)] * PEAKS)


def test_notable_levels_follow_their_score_but_are_never_below_the_range() -> None:
    assert notable_levels(flat(notable=2.75), RANGES) == pytest.approx((expm1(3.75),) * PEAKS)
    assert notable_levels(flat(notable=-9.0), RANGES) == pytest.approx((12.0,) * PEAKS)
    assert tuple(notable_levels(AlertThreshold(), RANGES)) == NO_LEVELS


@pytest.mark.parametrize("margin", [-0.5, 0.0, 1.5])
def test_six_hours_must_be_higher_than_on_any_day_by_the_record(margin: float) -> None:
    """After that, whatever is noticeably above the range is unusual."""
    must = 4.0 + 2.0 * (log(LEVEL_RANK * 35 / 41) + 0.5 * max(margin, 0.0))
    lasting = flat(margin=margin, bar=90.0)
    assert lasting.record == pytest.approx(must)
    below, above = (
        alert_levels(lasting.after({3: must + step}), RANGES, 2.0, {}) for step in (-0.01, 0.01)
    )
    assert min(below) > 1e8
    expected = [12.0 + 2.0 if place % 24 // 3 == 3 else above[0] for place in range(PEAKS)]
    assert above == pytest.approx(expected)


def test_a_rarer_promise_needs_a_rarer_level() -> None:
    """Else a home with many sensors would spend its whole budget on levels."""
    monthly = flat()
    rarely = replace(monthly, bars={350: 2.0})
    assert rarely.record - monthly.record == pytest.approx(2.0 * log(10.0))
    often = replace(monthly, bars={1: 2.0})
    assert often.record == often.highest, "it is higher than on any day in any case"


def test_a_level_by_itself_respects_the_range_and_what_people_said() -> None:
    lasting = flat(bar=90.0, highest=-3.0).after({3: 6.0})
    assert alert_levels(lasting, RANGES, 2.0, {})[9] == pytest.approx(14.0)
    assert alert_levels(lasting, RANGES, 2.0, {3: 300.0})[9] == 300.0


@pytest.mark.parametrize("level", [0.0, 1.7, 4.321])
def test_air_as_on_every_day_is_not_notable(level: float) -> None:
    """Nor is it in a room whose air is the same for most of the day, such as 0."""
    for number in (13, 34, 69, 90):
        days = [a_day(MONDAY + day, peaks=[20.0] * 8) for day in range(number)]
        found = monthly(days, np.full((number, 8), level))
        assert max(found.before) <= found.highest < found.record
        assert min(notable_levels(found, RANGES)) >= 12.0


def test_six_hours_higher_than_on_any_day_are_notable_even_in_the_range() -> None:
    known = flat(highest=1.5, notable=90.0).after({3: 1.6})
    found = notable_levels(known, RANGES)
    assert found[9] == pytest.approx(expm1(1.5))
    assert found[9] < RANGES[3].high


@pytest.mark.parametrize("by_level", [False, True])
@given(
    rise=st.floats(-1.0, 12.0),
    days=st.integers(needed_days(MONTH_DAYS), 90),
    nats=st.floats(MARGIN_LOW, MARGIN_HIGH),
)
@repeatable
def test_no_alert_is_rarer_than_the_days_can_carry(
    by_level: bool,  # noqa: FBT001
    rise: float,
    days: int,
    nats: float,
) -> None:
    threshold = replace(flat(margin=nats), scores=(0.0,) * days)
    found = threshold.rarity(rise, by_level=by_level)
    assert found in {0, *threshold.bars}
    assert found <= days + 1
    assert threshold.rarity(rise - 1.0, by_level=by_level) <= found


def test_the_rarity_is_that_of_the_highest_bar_that_was_exceeded() -> None:
    threshold = replace(flat(), scores=(0.0,) * 89)
    assert [rarity(threshold, rise) for rise in (2.5, 3.5, 4.5)] == [35, 60, 90]
    assert threshold.rarity(0.0, by_level=True) == 90, "higher than on any of 90 days"
    assert rarity(replace(threshold, scores=(0.0,) * 59), 9.0) == 60
    assert rarity(replace(threshold, scores=(0.0,) * 88), 9.0) == 60
    assert rarity(replace(threshold, margin=1.0), 4.5) == 60, "an alert came not long ago"


def rarity(threshold: AlertThreshold, rise: float) -> int:
    return threshold.rarity(rise, by_level=False)


@pytest.mark.parametrize("promise", PROMISES)
def test_the_levels_of_any_days_are_finite(promise: int) -> None:
    """Also of a sensor that reads 0 but on one day, when it is at the end of its span."""
    days = [a_day(MONDAY + day, {0.0: 36}, peaks=bytes(PEAKS)) for day in range(70)]
    days[50] = a_day(MONDAY + 50, {99_999.0: 36}, peaks=bytes([254] * PEAKS))
    befores = np.zeros((70, 8))
    befores[50] = log1p(99_999.0)
    for kept in (days, days[37:], days[40:60]):
        threshold = alert_threshold(
            kept, befores[: len(kept)], promise_days=promise, margin=MARGIN_HIGH
        )
        for levels in (
            alert_levels(threshold, RANGES, 2.0, {}),
            notable_levels(threshold, RANGES),
        ):
            assert all(level > 0.0 for level in levels)


def an_alert(day: int) -> Episode:
    return Episode(
        id=1000 * day,
        day=MONDAY + day,
        part=5,
        opened_level=60.0,
        alert_level=50.0,
        high=20.0,
        beaten=34,
        compared=34,
        peak=60.0,
    )


def diary(alerts: Sequence[bool], *corrections: Correction) -> Ledger:
    """Return a ledger of days on which an alert was possible, and given where `alerts` says so."""
    days = [a_day(MONDAY + day, eligible=True) for day in range(len(alerts))]
    episodes = tuple(an_alert(day) for day, alert in enumerate(alerts) if alert)
    entries = [an_entry(correction, number) for number, correction in enumerate(corrections, 1)]
    return a_ledger(days, episodes=episodes, entries=tuple(entries))


def month(ledger: Ledger, today: int) -> float:
    return margin(ledger, today, MONTH_DAYS)


@given(promise=st.sampled_from(PROMISES), alerts=st.lists(st.booleans(), max_size=80))
@repeatable
def test_the_margin_grows_with_alerts_and_shrinks_with_every_day(
    promise: int, alerts: list[bool]
) -> None:
    found = margin(diary(alerts), MONDAY + len(alerts), promise)
    assert found == pytest.approx(by_hand.margin(alerts, GAIN, promise), abs=ROUNDED)
    assert MARGIN_LOW <= found <= MARGIN_HIGH


def test_the_rarities_are_those_beyond_the_promise() -> None:
    assert rarities(14) == RARITIES
    assert rarities(35) == (35, 60, 90)
    assert rarities(90) == (90,)
    assert rarities(150) == (150,)


def test_the_margin_is_clamped() -> None:
    assert month(diary([False] * 80), MONDAY + 80) == MARGIN_LOW
    assert month(diary([True] * 20), MONDAY + 20) == MARGIN_HIGH


def test_an_alert_of_today_counts_at_once() -> None:
    ledger = diary([False] * 3)
    before = month(ledger, MONDAY + 3)
    after = month(ledger.with_episode(an_alert(3)), MONDAY + 3)
    assert after - before == pytest.approx(GAIN * (1.0 - 1.0 / 35), abs=2 * ROUNDED)


@pytest.mark.parametrize(
    "correction",
    [
        EpisodeReal(episode=an_alert(2).id, day=MONDAY + 2, parts=1),
        EpisodeNormal(episode=an_alert(2).id, parts=1, alert_level=69.0, until_day=MONDAY + 62),
    ],
)
def test_a_corrected_alert_does_not_raise_the_threshold(correction: Correction) -> None:
    alerts = [False, False, True, False]
    assert month(diary(alerts, correction), MONDAY + 4) == pytest.approx(
        by_hand.margin([False] * 4, GAIN, 35), abs=ROUNDED
    )


def test_an_alert_on_a_day_that_the_user_excluded_does_not_raise_the_threshold() -> None:
    out = exclude_days([MONDAY + 2]).corrections
    aside = ChangePassed(from_day=MONDAY + 2, to_day=MONDAY + 2)
    alerts = [False, False, True, False]
    assert month(diary(alerts, *out), MONDAY + 4) < 0.0
    assert month(diary(alerts, aside), MONDAY + 4) > 0.5, "set aside is not corrected"


def test_an_uncorrected_alert_counts_as_an_event_after_two_weeks() -> None:
    real = EpisodeReal(episode=an_alert(2).id, day=MONDAY + 2, parts=1)
    ledger = diary([day in (0, 2, 5, 6) for day in range(20)], real)
    every = {MONDAY, MONDAY + 5, MONDAY + 6}
    assert alert_days(ledger, MONDAY + HABIT_DAYS) == (every, set())
    assert alert_days(ledger, MONDAY + HABIT_DAYS + 6) == (every, {MONDAY, MONDAY + 5})
    assert alert_days(ledger, MONDAY + HABIT_DAYS + 7) == (every, every)


def test_the_margin_restarts_after_a_change() -> None:
    change = report_change(MONDAY + 3, MONDAY + 3).corrections
    assert month(diary([True] * 3 + [False] * 2, *change), MONDAY + 5) == pytest.approx(
        by_hand.margin([False] * 2, GAIN, 35), abs=ROUNDED
    )


def test_days_on_which_no_alert_was_possible_do_not_lower_the_margin() -> None:
    ledger = a_ledger(a_day(MONDAY + day, eligible=day < 2) for day in range(9))
    assert month(ledger, MONDAY + 9) == pytest.approx(GAIN * -2.0 / 35, abs=ROUNDED)
