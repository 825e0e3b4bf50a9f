"""Mappings of recordings are scored on days that they have not seen."""

import gzip
from math import exp, log1p, sin
from pathlib import Path

import numpy as np
import pytest

from benchmarks.mapping import report, scores
from custom_components.air_baseline.core.past.sensor_mapping import (
    NoMapping,
    Refused,
    SensorMapping,
)

START = np.datetime64("2026-01-05T12:00")  # 04:00 in Los Angeles.
SLOTS = 288


def write(folder: Path, days: int, times: float) -> None:
    """Write a room of some days in which the sensor reads (1 + reference) `times` as much."""
    rows = []
    for slot in range(days * SLOTS + 1):
        level = 10.0 + 6.0 * sin(slot / 40.0)
        sensor = exp(log1p(level)) * times - 1.0
        rows.append(f"{START + np.timedelta64(5 * slot, 'm')}:00Z,{sensor:.3f},{level:.3f}")
    (folder / "lbnl_newhomes_us").mkdir()
    with gzip.open(folder / "lbnl_newhomes_us" / "home201_main.csv.gz", "wt") as file:
        file.write("timestamp,pm25_ugm3,pm25_ref_ugm3\n" + "\n".join(rows))


def test_both_halves_and_both_ways_are_scored_on_the_other_half(tmp_path: Path) -> None:
    write(tmp_path, 6, 1.5)
    found = list(scores(tmp_path))
    assert len(found) == 4
    for one in found:
        assert isinstance(one.found, SensorMapping)
        assert one.found.days == 3
        assert exp(one.before) == pytest.approx(1.5, abs=0.01)
        assert exp(one.after) == pytest.approx(1.0, abs=0.01)
        assert one.inside == 1.0
    said = report(found)
    assert "offered: 4; before x1.50, after x1.00" in said
    assert "home201_main, reference to sensor | 3 |" in said


def test_where_nothing_is_offered_nothing_changes(tmp_path: Path) -> None:
    write(tmp_path, 5, 1.0)
    found = list(scores(tmp_path))
    assert [one.found for one in found] == [Refused(NoMapping.ALIKE, 3)] * 4
    assert all(one.before == one.after for one in found)
    assert "alike: 4;" in report(found)
