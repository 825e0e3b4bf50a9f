"""The typical range, compared with the same equations in plain Python and checked by hand."""

from itertools import accumulate, pairwise

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.air_baseline.core.learning.typical_range import (
    Days,
    NoRangeError,
    PartRange,
    build_ranges,
    day_medians,
    day_weight,
    mixture,
    own_share,
    quantiles,
    stack,
    tail,
    weighted_sums,
    widening_of,
)
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin, DaySummary, day_counts
from custom_components.air_baseline.core.ledger.entries import (
    ChangeReported,
    Correction,
    EpisodeReal,
    Reset,
)
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant, Prior, from_scale
from tests.core import by_hand
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY, PM25, Spent, a_day, a_ledger, an_entry

PRIOR = PM25.prior
spent = st.dictionaries(st.integers(0, 400).map(float), st.integers(1, 6), max_size=6)
spent_days = st.lists(st.lists(spent, min_size=8, max_size=8), min_size=1, max_size=5)
coverage_lists = st.lists(st.floats(0.0, 1.0), max_size=120)


def fit(ledger: Ledger, today: int) -> Days:
    return stack(ledger.days, day_counts(ledger.days), ledger, today)


def constant_days(number: int, concentration: float = 8.0) -> Ledger:
    return a_ledger(a_day(MONDAY + day, {concentration: 36}) for day in range(number))


def issued(ledger: Ledger, today: int, prior: Prior | None = PRIOR) -> tuple[PartRange, ...]:
    return build_ranges(mixture(weighted_sums(fit(ledger, today)), prior), tail(0.0), 1.0)


@given(days=spent_days, prior=st.sampled_from([PRIOR, None, POLLUTANTS[Pollutant.VOC_RATIO].prior]))
@repeatable
def test_the_distribution_of_each_part_follows_the_equations(
    days: list[list[Spent]], prior: Prior | None
) -> None:
    ledger = a_ledger(a_day(MONDAY + index, parts) for index, parts in enumerate(days))
    today = MONDAY + len(days)
    weighed = [(2.0 ** (-(today - summary.day) / 30.0), summary) for summary in ledger.days]
    if prior is None and not any(any(parts) for parts in days):
        with pytest.raises(NoRangeError):
            mixture(weighted_sums(fit(ledger, today)), prior)
        return
    law = mixture(weighted_sums(fit(ledger, today)), prior)
    assert law == pytest.approx(np.array(by_hand.laws(weighed, prior)), abs=1e-12)
    assert law.sum(axis=1) == pytest.approx(np.ones(8))


@given(
    masses=st.lists(st.integers(0, 50), min_size=100, max_size=100).filter(any),
    probability=st.floats(0.01, 0.99),
)
@repeatable
def test_quantiles_are_reached_by_walking_up_the_cells(
    masses: list[int], probability: float
) -> None:
    law = [mass / 7.0 for mass in masses]
    (found,) = quantiles(np.array([law]), probability)
    assert found[0] == pytest.approx(by_hand.quantile(law, probability), abs=1e-9)


def test_without_a_day_and_a_prior_there_is_no_range() -> None:
    with pytest.raises(NoRangeError, match="no prior"):
        mixture(weighted_sums(fit(a_ledger([]), MONDAY)), None)


def test_an_unseen_part_has_the_distribution_of_the_room() -> None:
    ledger = a_ledger([a_day(MONDAY, [{8.0: 36}] * 7 + [{}])])
    law = mixture(weighted_sums(fit(ledger, MONDAY + 1)), PRIOR)
    n = 7.0 / 8.0 * day_weight(1)
    homes = np.array(PRIOR.shares()) if PRIOR else np.zeros(100)
    room = (n * np.eye(100)[21] + 5.0 * homes) / (n + 5.0)
    assert law[7] == pytest.approx(room)


def test_after_three_days_of_constant_air_the_range_is_still_mostly_the_prior() -> None:
    for part in issued(constant_days(3), MONDAY + 3):
        assert (part.low, part.high) == (1.0, 11.0)


def test_the_range_shrinks_towards_the_air_of_the_room_as_days_are_added() -> None:
    edges = [issued(constant_days(days), MONDAY + days)[0] for days in range(60)]
    assert (edges[0].low, edges[0].high) == (0.0, 24.0)
    assert (edges[-1].low, edges[-1].high) == (7.0, 8.0)
    for earlier, later in pairwise(edges):
        assert earlier.low <= later.low <= 8.0 <= later.high <= earlier.high
        assert later.y_high - later.y_low < earlier.y_high - earlier.y_low


def test_a_part_follows_its_own_air() -> None:
    days = [a_day(MONDAY + day, [{5.0: 36}] * 7 + [{50.0: 36}]) for day in range(40)]
    ranges = issued(a_ledger(days), MONDAY + 40)
    assert (ranges[0].high, ranges[0].middle) == (6.0, 5.0)
    assert (ranges[7].high, ranges[7].middle) == (53.0, 51.0)


def test_the_own_share_is_three_eighths_after_three_full_days() -> None:
    ledger = constant_days(3)
    assert own_share(fit(ledger, MONDAY + 3), PRIOR) == pytest.approx(0.36, abs=0.005)
    ageless = Days(fit(ledger, MONDAY + 3).shares, np.ones(3))
    assert own_share(ageless, PRIOR) == pytest.approx(3.0 / 8.0)


def test_half_a_day_counts_half_in_the_own_share() -> None:
    ledger = a_ledger([a_day(MONDAY, {8.0: 18})])
    assert own_share(fit(ledger, MONDAY), PRIOR) == pytest.approx(0.5 / 5.5)


def test_without_a_prior_the_own_share_is_one() -> None:
    ledger = constant_days(3)
    assert own_share(fit(ledger, MONDAY + 3), None) == 1.0


def test_a_day_counts_half_after_thirty_days() -> None:
    assert [day_weight(age) for age in (0, 30, 60, 90)] == [1.0, 0.5, 0.25, 0.125]


@pytest.mark.parametrize(
    ("summary", "correction", "weight"),
    [
        (a_day(MONDAY), None, 1.0),
        (a_day(MONDAY, origin=DayOrigin.HOURLY), None, 0.5),
        (a_day(MONDAY), Reset(from_day=MONDAY + 1), 0.0),
        (
            a_day(MONDAY),
            ChangeReported(from_day=MONDAY + 1, found_day=MONDAY + 1, weight=0.25),
            0.25,
        ),
    ],
)
def test_the_weight_of_a_day_follows_its_age_its_origin_and_its_corrections(
    summary: DaySummary, correction: Correction | None, weight: float
) -> None:
    ledger = a_ledger([summary], entries=(an_entry(correction),) if correction else ())
    assert fit(ledger, MONDAY + 30).weights.tolist() == [0.5 * weight]


def test_excluded_parts_are_empty_and_the_others_are_not() -> None:
    excluded = an_entry(EpisodeReal(episode=1, day=MONDAY, parts=0b101))
    days = fit(a_ledger([a_day(MONDAY), a_day(MONDAY + 1)], entries=(excluded,)), MONDAY + 2)
    assert days.shares.sum(axis=2).tolist() == [[0, 1, 0, 1, 1, 1, 1, 1], [1] * 8]


def test_shares_are_of_the_real_length_of_the_part() -> None:
    slots = (36,) * 7 + (48,)
    days = fit(a_ledger([a_day(MONDAY, {8.0: 24}, slots=slots)]), MONDAY + 1)
    assert days.shares.sum(axis=2)[0] == pytest.approx([24 / 36] * 7 + [24 / 48])


@pytest.mark.parametrize(
    ("spent_day", "median_y"),
    [
        ({5.0: 36}, 1.75),
        ({5.0: 18, 50.0: 18}, 1.8),
        ({5.0: 9, 20.0: 9, 50.0: 18}, 3.1),
        ({5.0: 12, 20.0: 24}, 3.025),
    ],
)
def test_the_median_of_a_day_lies_where_half_its_time_is_reached(
    spent_day: Spent, median_y: float
) -> None:
    assert day_medians(day_counts([a_day(MONDAY, spent_day)])) == pytest.approx(
        np.array([median_y])
    )


@given(coverages=coverage_lists)
@repeatable
def test_the_widening_follows_its_recursion(coverages: list[float]) -> None:
    assert widening_of(coverages) == pytest.approx(by_hand.widening(coverages), abs=1e-12)


@given(coverages=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=200))
@repeatable
def test_while_not_clamped_the_average_miss_is_within_its_bound_for_any_coverages(
    coverages: list[float],
) -> None:
    misses = [1.0 - coverage for coverage in coverages]
    lasting = list(
        accumulate(
            misses, lambda sum_, miss: clamp(sum_ + 0.03 * (miss - 0.20), -0.18, 0.18), initial=0.0
        )
    )
    free = [-0.18 < now < 0.18 for now in lasting[1:]]
    for start, end in runs(free):
        average = sum(misses[start:end]) / (end - start)
        assert abs(average - 0.20) <= 13.0 / (end - start) + 1e-9
        recent = (widening_of(coverages[:end]) - lasting[end]) / 0.8
        assert -0.20 - 1e-9 <= recent <= 0.80 + 1e-9, "the rest of the widening is a mean of misses"


def clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def runs(free: list[bool]) -> list[tuple[int, int]]:
    """Return start and end of each run of steps that were not clamped."""
    ends = [index for index, is_free in enumerate([*free, False]) if not is_free]
    starts = [0, *(end + 1 for end in ends)]
    return [(start, end) for start, end in zip(starts, ends, strict=False) if end > start]


@pytest.mark.parametrize("coverage", [0.0, 0.4, 0.8, 1.0])
def test_most_of_a_lasting_miss_is_answered_within_a_week(coverage: float) -> None:
    week, at_rest = widening_of([coverage] * 7), widening_of([coverage] * 400)
    assert week * at_rest >= 0.0
    assert abs(week) >= 0.6 * abs(0.8 * (0.80 - coverage))
    assert at_rest == pytest.approx(
        0.8 * (0.80 - coverage) + {0.8: 0.0, 1.0: -0.18}.get(coverage, 0.18)
    )


def test_one_bad_day_is_half_forgotten_after_three_days_and_stays_a_little() -> None:
    usual, bad = [0.8] * 20, [0.1]
    worst = widening_of(usual + bad)
    assert worst == pytest.approx(0.7 * (0.03 + 0.8 / 5.0))
    assert widening_of(usual + bad + [0.8] * 3) < 0.63 * worst
    assert widening_of(usual + bad + [0.8] * 60) == pytest.approx(0.7 * 0.03, abs=1e-6)


@pytest.mark.parametrize(
    ("widening", "outside"),
    [(0.0, 0.20), (0.18, 0.02), (0.5, 0.02), (-0.20, 0.40), (-0.30, 0.50)],
)
def test_the_widening_leaves_more_or_less_time_outside(widening: float, outside: float) -> None:
    assert tail(widening) == pytest.approx(outside)


@given(coverages=coverage_lists)
@repeatable
def test_no_record_leaves_all_or_nothing_outside(coverages: list[float]) -> None:
    assert 0.02 <= tail(widening_of(coverages)) <= 0.50 + 1e-9


@given(days=spent_days, resolution=st.sampled_from([0.1, 0.5, 1.0, 3.0, 10.0]))
@repeatable
def test_the_issued_range_has_the_quantiles_of_the_distribution_rounded_outward(
    days: list[list[Spent]], resolution: float
) -> None:
    ledger = a_ledger(a_day(MONDAY + index, parts) for index, parts in enumerate(days))
    law = mixture(weighted_sums(fit(ledger, MONDAY + len(days))), PRIOR)
    step = max(resolution, 1.0)
    for part, found in zip(law.tolist(), build_ranges(law, 0.2, resolution), strict=True):
        expected = [by_hand.quantile(part, share) for share in (0.1, 0.5, 0.9)]
        assert [found.y_low, found.y_middle, found.y_high] == pytest.approx(expected)
        low, middle, high = (from_scale(y) for y in expected)
        assert low - step < found.low <= low + 1e-6
        assert high - 1e-6 <= found.high < high + step
        assert abs(found.middle - middle) <= step / 2.0 + 1e-6
        assert found.low <= found.middle <= found.high


def mean_coverage(day: Spent, resolution: float) -> float:
    """Return the mean coverage of a day when the range is based on identical days."""
    total = sum(day.values())
    ledger = a_ledger(a_day(MONDAY + index, day) for index in range(30))
    part = build_ranges(
        mixture(weighted_sums(fit(ledger, MONDAY + 30)), None), tail(0.0), resolution
    )[0]
    return sum(part.inside(concentration) * slots / total for concentration, slots in day.items())


@pytest.mark.parametrize(
    "day",
    [
        {0.0: 48, 3.0: 2},
        {0.0: 24, 1.0: 1},
        {0.0: 20, 1.0: 10, 2.0: 5},
        {0.0: 2, 1.0: 20, 2.0: 14},
        {2.0: 12, 3.0: 12, 4.0: 12},
        {5.0: 36},
    ],
)
def test_coverage_averages_to_the_target_on_a_coarse_sensor(day: Spent) -> None:
    assert mean_coverage(day, 1.0) == pytest.approx(0.80, abs=0.05)


def test_coverage_averages_to_the_target_on_a_fine_sensor() -> None:
    levels = np.expm1(np.random.default_rng(5).normal(2.5, 0.5, 61)).round(1)
    assert mean_coverage(dict.fromkeys(levels.tolist(), 1), 0.1) == pytest.approx(0.80, abs=0.03)


def test_time_at_an_edge_counts_by_the_share_of_the_edge_that_is_inside() -> None:
    part = PartRange(1.0, 3.0, 6.0, 0.0, 0.0, 0.0, ((0.5, 1.5, 0.25), (5.5, 6.5, 0.75)))
    found = [
        part.inside(concentration)
        for concentration in (0.4, 0.5, 1.4, 1.5, 3.0, 5.4, 5.5, 6.4, 6.5)
    ]
    assert found == [0.0, 0.25, 0.25, 1.0, 1.0, 1.0, 0.75, 0.75, 0.0]
