"""Plumes have the height, the length and the frequency that they claim."""

import numpy as np
import pytest

from benchmarks.plumes import (
    FIRST_DAY,
    KINDS,
    SIZES,
    TRIES,
    Plume,
    PlumeKind,
    delay_s,
    draw,
    draw_tries,
    inject,
)
from benchmarks.series import Array
from custom_components.air_baseline.core.day import DAY_S, SLOT_S

DAYS = 400
TIMES: Array = 1_735_689_600.0 + SLOT_S * np.arange(DAYS * 288, dtype=np.float64)
LEVELS: Array = np.round(np.random.default_rng(1).gamma(2.0, 4.0, size=len(TIMES)))
PLUME = Plume(
    size=3.0, kind=PlumeKind.DAY, start=10_000.0, burn_s=3000.0, air_changes=1.0, height=60.0
)


def test_a_plume_rises_to_its_height_and_decays_with_its_air_changes() -> None:
    at = PLUME.at(np.array([9_999.0, 10_000.0, 11_500.0, 13_000.0, 16_600.0]))
    assert at[0] == at[1] == 0.0
    assert 30.0 < at[2] < 60.0
    assert at[3] == pytest.approx(60.0)
    assert at[4] == pytest.approx(60.0 / np.e)
    assert PLUME.at(np.array([PLUME.end])) == pytest.approx(6.0)


def test_sizes_and_kinds_take_turns_about_every_21_days_after_day_60() -> None:
    plumes = draw(TIMES, LEVELS, seed=0)
    days = np.array([(plume.start - TIMES[0]) / DAY_S for plume in plumes])
    assert days[0] >= FIRST_DAY
    assert np.diff(days).mean() == pytest.approx(21.0, abs=1.0)
    assert np.diff(days).min() > 14.0
    combined = {(plume.size, plume.kind) for plume in plumes}
    assert combined == {(size, kind) for size in SIZES for kind in KINDS}
    high = np.quantile(LEVELS, 0.9)
    assert all(plume.height == pytest.approx(plume.size * high) for plume in plumes)
    assert draw(TIMES, LEVELS, seed=0) == plumes
    assert draw(TIMES, LEVELS, seed=1) != plumes


def test_tries_use_each_size_and_kind_equally_often_and_differ_between_seeds() -> None:
    plumes = draw_tries(TIMES, LEVELS, seed=1)
    turns = {(plume.size, plume.kind): 0 for plume in plumes}
    for plume in plumes:
        turns[plume.size, plume.kind] += 1
    assert len(turns) == TRIES
    assert set(turns.values()) == {len(draw(TIMES, LEVELS, seed=1))}
    assert list(plumes) == sorted(plumes, key=lambda plume: plume.start)
    assert not set(plumes) & set(draw_tries(TIMES, LEVELS, seed=2))


def test_each_kind_burns_at_its_time_of_day_and_for_its_length() -> None:
    offset = 5 * 3600.0
    for plume in draw(TIMES, LEVELS, seed=4, offset_s=offset):
        hour = (plume.start + offset) % DAY_S / 3600.0
        burned = plume.burn_s / 3600.0
        if plume.kind is PlumeKind.LONG:
            assert 4.0 <= burned <= 8.0
        else:
            assert 0.5 <= burned <= 1.0
            assert (9.0 <= hour <= 18.0) == (plume.kind is PlumeKind.DAY)


def test_a_plume_in_a_gap_of_the_readings_is_left_out() -> None:
    first, *others = draw(TIMES, LEVELS, seed=0)
    gap = (first.start <= TIMES) & (first.start + DAY_S > TIMES)
    height = np.nanquantile(LEVELS[~gap], 0.9)
    assert height == np.nanquantile(LEVELS, 0.9)
    assert draw(TIMES[~gap], LEVELS[~gap], seed=0) == tuple(others)


def test_injected_levels_keep_the_step_and_the_span_of_the_sensor() -> None:
    plume = draw(TIMES, LEVELS, seed=2)[0]
    levels = np.where(TIMES % 3600.0 == 0.0, np.nan, LEVELS)
    shown = inject(TIMES, levels, [plume], step=1.0, highest=40.0)
    during = (plume.start < TIMES) & (plume.end > TIMES)
    assert np.array_equal(np.isnan(shown), np.isnan(levels))
    earlier = plume.start > TIMES
    assert np.array_equal(shown[earlier], levels[earlier], equal_nan=True)
    assert np.nanmax(shown[during]) == 40.0
    assert np.nanmax(shown[during] % 1.0) == 0.0
    assert np.nanmean(shown[during]) > np.nanmean(levels[during])


def test_an_event_can_be_noticed_from_its_start_to_an_hour_after_its_end() -> None:
    assert delay_s(100.0, 200.0, [50.0, 130.0, 190.0]) == 30.0
    assert delay_s(100.0, 200.0, [3800.0]) == 3700.0
    assert delay_s(100.0, 200.0, [50.0, 3801.0]) is None
