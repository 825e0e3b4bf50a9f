"""The peaks of hours: a byte each, what fills a missing hour, and their text."""

from math import log1p, nan

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.air_baseline.core.day import HOURS, PARTS
from custom_components.air_baseline.core.ledger.hour_peaks import (
    NO_PEAK,
    NO_PEAKS,
    PEAK_STEP,
    PEAKS,
    note_peaks,
    of_part_peaks,
    part_peaks,
    peak_code,
    peaked_parts,
    peaks_of_text,
    peaks_text,
    scaled_peaks,
    without_parts,
)
from custom_components.air_baseline.core.pollutant import POLLUTANTS
from tests.core import by_hand
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY, a_day

all_peaks = st.binary(min_size=PEAKS, max_size=PEAKS)
known_peaks = st.lists(st.integers(0, NO_PEAK - 1), min_size=PEAKS, max_size=PEAKS).map(bytes)


@given(level=st.floats(0.0, 100_000.0))
@repeatable
def test_a_level_is_kept_within_half_a_step(level: float) -> None:
    assert abs(peak_code(level) * PEAK_STEP - log1p(level)) <= PEAK_STEP / 2 + 1e-3


def test_the_codes_reach_to_the_end_of_every_span() -> None:
    assert peak_code(0.0) == 0
    for spec in POLLUTANTS.values():
        assert log1p(spec.highest) <= (NO_PEAK - 1) * PEAK_STEP + 1e-2
    assert peak_code(1e9) == NO_PEAK - 1, "never the code of a level that is not known"


@pytest.mark.parametrize("code", range(NO_PEAK))
def test_every_code_is_that_of_its_level(code: int) -> None:
    level = float(np.expm1(code * PEAK_STEP))
    assert peak_code(level) == code
    peaks = bytes([code] * PEAKS)
    assert part_peaks(peaks) == (round(level, 1),) * PARTS
    assert scaled_peaks([peaks]) == pytest.approx(np.full((1, 2, HOURS), log1p(level)))


def test_the_highest_level_of_an_hour_is_kept_for_each_hold() -> None:
    peaks = bytearray(NO_PEAKS)
    for short, long in ((9.0, None), (5.0, 3.0), (7.0, 4.0)):
        note_peaks(peaks, 13, (short, long))
    assert (peaks[13], peaks[HOURS + 13]) == (peak_code(9.0), peak_code(4.0))
    assert [place for place, code in enumerate(peaks) if code != NO_PEAK] == [13, HOURS + 13]
    note_peaks(peaks, 13, (0.0, 0.0))
    assert peaks[13] == peak_code(9.0)
    note_peaks(peaks, 14, (0.0, None))
    assert peaks[14] == 0, "known, and nothing in the air"


@given(peaks=all_peaks)
@repeatable
def test_peaks_are_read_as_they_were_written(peaks: bytes) -> None:
    text = peaks_text(peaks)
    assert peaks_of_text(text) == peaks
    assert not set(text) & set(" ,\"'\\")


@given(peaks=all_peaks, silent=st.integers(0, PARTS - 1))
@repeatable
def test_parts_with_a_peak_are_those_that_have_a_level(peaks: bytes, silent: int) -> None:
    parts = [int(part == silent) for part in range(PARTS)]
    for known in (peaks, without_parts(peaks, parts)):
        levels = part_peaks(known)
        mask = peaked_parts(known)
        assert [bool(mask >> part & 1) for part in range(PARTS)] == [
            level is not None for level in levels
        ]


@pytest.mark.parametrize("text", ["", "0" * 59, "0" * 61, "0" * 65, "é" * 60, "," * 60, "~" * 60])
def test_a_text_that_is_not_the_peaks_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        peaks_of_text(text)


@given(peaks=st.lists(st.integers(0, NO_PEAK), min_size=PEAKS, max_size=PEAKS).map(bytes))
@repeatable
def test_a_missing_hour_is_filled_by_its_part(peaks: bytes) -> None:
    """By the highest known hour of it; an hour's hold, which needs more readings, by the other."""
    found = scaled_peaks([peaks])[0].ravel()
    for place, level in enumerate(found):
        first = place % HOURS - place % 3
        if peaks[place] != NO_PEAK:
            assert level == pytest.approx(peaks[place] * PEAK_STEP)
            continue
        own = [code for code in peaks[place - place % 3 :][:3] if code != NO_PEAK]
        shorter = [code for code in peaks[first : first + 3] if code != NO_PEAK]
        expected = max(own or shorter, default=nan) * PEAK_STEP
        assert level == pytest.approx(expected, nan_ok=True)


@given(days=st.lists(known_peaks, max_size=4))
@repeatable
def test_many_days_are_scaled_like_each_on_its_own(days: list[bytes]) -> None:
    found = scaled_peaks(days)
    assert found.shape == (len(days), 2, HOURS)
    for row, peaks in zip(found, days, strict=True):
        expected = by_hand.peaks(a_day(MONDAY, peaks=peaks))
        assert row.ravel().tolist() == pytest.approx(expected)


def test_peaks_of_parts_stand_in_each_of_their_hours() -> None:
    """So a day of before hours had peaks keeps the alert threshold up."""
    levels = [3.0, None, 9.0, 0.0, 5.0, 6.0, 7.0, 8.0]
    peaks = of_part_peaks(levels)
    assert len(peaks) == PEAKS
    for place, code in enumerate(peaks):
        level = levels[place % HOURS // 3]
        assert code == (NO_PEAK if level is None else peak_code(level))
    assert [peak is None for peak in part_peaks(peaks)] == [level is None for level in levels]


def test_the_peak_of_a_part_is_that_of_15_minutes() -> None:
    peaks = bytearray(NO_PEAKS)
    note_peaks(peaks, 4, (9.0, None))
    note_peaks(peaks, 5, (5.0, 5.0))
    assert part_peaks(bytes(peaks)) == (
        None,
        round(float(np.expm1(51 * PEAK_STEP)), 1),
        *[None] * 6,
    )


@given(peaks=known_peaks, parts=st.lists(st.integers(0, 9), min_size=PARTS, max_size=PARTS))
@repeatable
def test_parts_that_lost_time_have_no_peaks(peaks: bytes, parts: list[int]) -> None:
    left = without_parts(peaks, parts)
    for place, code in enumerate(left):
        assert code == (NO_PEAK if parts[place % HOURS // 3] else peaks[place])
