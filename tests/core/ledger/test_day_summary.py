"""A day's histogram, evidence and coverage, worked out by hand."""

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import HOURS, PARTS, PLAIN_SLOTS
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin, DaySummary
from custom_components.air_baseline.core.ledger.histogram import ALL_PARTS
from custom_components.air_baseline.core.ledger.histogram_text import (
    decode_counts,
    decode_days,
    encode_counts,
)
from custom_components.air_baseline.core.ledger.hour_peaks import NO_PEAK
from custom_components.air_baseline.core.ledger.open_day import OpenDay
from custom_components.air_baseline.core.pollutant import CELLS, cell_index
from custom_components.air_baseline.core.reading.sustained_level import SustainedLevel
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY, a_day

one_part = st.dictionaries(st.integers(0, CELLS - 1), st.integers(1, 61), max_size=12)
tenths = st.integers(0, 6_000_000).map(lambda tenth: tenth / 10)
EMPTY = "," * (PARTS - 1)


def counts_of(parts: list[dict[int, int]]) -> list[bytearray]:
    counts = [bytearray(CELLS) for _ in parts]
    for part, cells in zip(counts, parts, strict=True):
        for cell, slots in cells.items():
            part[cell] = slots
    return counts


@given(parts=st.lists(one_part, min_size=PARTS, max_size=PARTS))
@repeatable
def test_a_histogram_is_read_as_it_was_written(parts: list[dict[int, int]]) -> None:
    counts = counts_of(parts)
    text = encode_counts(counts)
    assert decode_counts(text) == counts
    assert encode_counts(decode_counts(text)) == text


@given(days=st.lists(st.lists(one_part, min_size=PARTS, max_size=PARTS), max_size=3))
@repeatable
def test_many_days_are_read_like_each_on_its_own(days: list[list[dict[int, int]]]) -> None:
    texts = [encode_counts(counts_of(parts)) for parts in days]
    found = decode_days([text.encode() for text in texts])
    assert found.shape == (len(days), PARTS, CELLS)
    assert found.tolist() == [[list(part) for part in decode_counts(text)] for text in texts]


def test_a_histogram_takes_one_character_per_cell() -> None:
    text = encode_counts(counts_of([{9: 1, 11: 61}, *[{}] * 6, {99: 10}]))
    assert text == "0910z,,,,,,,99A"


@pytest.mark.parametrize(
    "text",
    [
        "",
        EMPTY + ",",
        "06" + EMPTY,
        "6" + EMPTY,
        "061!" + EMPTY,
        "06é" + EMPTY,
        "-11" + EMPTY,
        "ab1" + EMPTY,
        "9912" + EMPTY,
    ],
)
def test_a_text_that_is_not_a_histogram_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_counts(text)
    with pytest.raises(ValueError, match=r"."):
        decode_days([EMPTY.join(["06U", ""]).encode(), text.encode()])


@given(edges=st.lists(tenths, min_size=16, max_size=16))
@repeatable
def test_the_issued_range_is_kept_to_a_tenth(edges: list[float]) -> None:
    summary = a_day(MONDAY, issued=edges)
    assert summary.issued == tuple(edges)
    assert summary.part_ranges == tuple(zip(edges[::2], edges[1::2], strict=True))


@pytest.mark.parametrize(("slots", "usable"), [(18, True), (17, False)])
def test_a_part_is_usable_when_half_of_it_was_observed(slots: int, *, usable: bool) -> None:
    summary = a_day(MONDAY, [{5.0: 36}] * 3 + [{5.0: slots}] + [{5.0: 36}] * 4)
    assert bool(summary.usable >> 3 & 1) is usable
    assert summary.usable == (ALL_PARTS if usable else ALL_PARTS - 8)


@pytest.mark.parametrize(("observed", "valid"), [(18, True), (17, False)])
def test_a_day_is_valid_when_six_tenths_of_it_were_observed(observed: int, *, valid: bool) -> None:
    summary = a_day(MONDAY, {5.0: observed}, slots=(30,) * PARTS)
    assert summary.observed_share == observed / 30
    assert summary.valid is valid


def test_an_hour_that_comes_twice_does_not_make_up_for_a_missing_one() -> None:
    summary = a_day(MONDAY, [{5.0: 48}] * 4 + [{}] * 4)
    assert summary.observed_share == 0.5


@pytest.mark.parametrize(
    ("origin", "credit"),
    [(DayOrigin.LIVE, 1.0), (DayOrigin.REPLAYED, 1.0), (DayOrigin.HOURLY, 0.5)],
)
def test_an_hourly_day_counts_half(origin: DayOrigin, credit: float) -> None:
    assert a_day(MONDAY, origin=origin).credit == credit


def test_a_day_without_an_issued_range_has_none() -> None:
    assert a_day(MONDAY).issued == ()
    assert a_day(MONDAY).part_ranges == ()


def test_removing_time_also_removes_the_coverage_and_the_peaks_of_its_parts() -> None:
    summary = a_day(MONDAY, {5.0: 20, 9.0: 16}, coverage=0.8)
    less = summary.without(cell_index(5.0), [30, 5, 0, 0, 0, 0, 0, 0])
    assert (
        less.histogram
        == a_day(MONDAY, [{9.0: 16}, {5.0: 15, 9.0: 16}, *[{5.0: 20, 9.0: 16}] * 6]).histogram
    )
    assert less.coverage is None
    assert less.part_peaks == (None, None, *summary.part_peaks[2:])
    assert {peak is None for peak in summary.part_peaks} == {False}
    assert less.observed_share == (288 - 25) / 288


def observe(
    today: OpenDay, bins: int, *, inside: float | None = 1.0, sustained: float = 7.0
) -> None:
    level = SustainedLevel(sustained, sustained, sustained)
    for index in range(bins):
        today.take(index * HOURS // bins, cell_index(7.0), level, inside)


def close(today: OpenDay) -> DaySummary:
    return today.close(issued=(), head=3, state=LearningState.PROVISIONAL, longest_run_h=2)


def test_the_coverage_is_the_mean_share_inside() -> None:
    today = OpenDay(MONDAY, PLAIN_SLOTS)
    observe(today, 200, inside=1.0)
    observe(today, 50, inside=0.5)
    observe(today, 10, inside=0.0)
    assert close(today).coverage == round(225 / 260, 4)


def test_a_closed_day_keeps_what_was_recorded_for_it() -> None:
    today = OpenDay(MONDAY, PLAIN_SLOTS)
    observe(today, 288)
    today.eligible = True
    summary = close(today)
    assert summary == a_day(
        MONDAY,
        {7.0: 36},
        head=3,
        state=LearningState.PROVISIONAL,
        longest_run_h=2,
        coverage=1.0,
        eligible=True,
    )


@pytest.mark.parametrize(("bins", "scored"), [(172, False), (173, True)])
def test_only_a_valid_day_gets_a_coverage(bins: int, *, scored: bool) -> None:
    today = OpenDay(MONDAY, PLAIN_SLOTS)
    observe(today, bins)
    assert (close(today).coverage is not None) is scored


def test_a_day_whose_range_changed_or_that_had_none_gets_no_coverage() -> None:
    moved, unranged = OpenDay(MONDAY, PLAIN_SLOTS), OpenDay(MONDAY, PLAIN_SLOTS)
    observe(moved, 288)
    moved.void = True
    observe(unranged, 288, inside=None)
    assert close(moved).coverage is None
    assert close(unranged).coverage is None


def test_the_peak_of_a_part_is_its_highest_sustained_level() -> None:
    today = OpenDay(MONDAY, PLAIN_SLOTS)
    for hour, sustained in ((6, 4.0), (7, 9.26), (8, None), (7, 7.0)):
        level = None if sustained is None else SustainedLevel(sustained, sustained)
        today.take(hour, cell_index(5.0), level, None)
    today.take(9, cell_index(5.0), None, None)
    summary = close(today)
    assert summary.part_peaks == (None, None, pytest.approx(9.26, rel=0.03), *[None] * 5)
    assert [place for place, code in enumerate(summary.peaks) if code != NO_PEAK] == [6, 7]


def test_a_part_that_is_repeated_in_another_time_zone_can_still_be_stored() -> None:
    today = OpenDay(MONDAY, PLAIN_SLOTS)
    for _ in range(300):
        today.take(0, cell_index(7.0), SustainedLevel(7.0, 7.0), 1.0)
    summary = close(today)
    assert decode_counts(summary.histogram)[0][cell_index(7.0)] == 61
    assert summary.observed_share == 36 / 288


def test_what_was_said_of_the_next_days_is_kept_in_two_bytes_and_by_a_day_that_loses_time() -> None:
    silent, said = a_day(MONDAY), a_day(MONDAY, next_14_days=(71, 100))
    assert (silent.next_14_days, said.next_14_days) == (None, (71, 100))
    assert len(said.record) == len(silent.record)
    assert sum(one != other for one, other in zip(said.record, silent.record, strict=True)) == 2
    assert said.without(cell_index(8.0), [3] * PARTS).next_14_days == (71, 100)
    assert (said.histogram, said.surroundings) == (silent.histogram, silent.surroundings)


def test_time_removed_from_the_open_day_is_missing_and_voids_it() -> None:
    today = OpenDay(MONDAY, PLAIN_SLOTS)
    observe(today, 288)
    today.remove(cell_index(7.0), [36] + [0] * 7)
    assert today.observed == 252
    summary = close(today)
    assert summary.coverage is None
    assert summary.part_peaks == (None, *[pytest.approx(7.0, rel=0.03)] * 7)
