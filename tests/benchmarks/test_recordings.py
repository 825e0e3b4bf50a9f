"""Folders of recordings are read as their README says."""

import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from benchmarks.recordings import Source, cooking, read, sensor_step, sources
from custom_components.air_baseline.core.pollutant import Pollutant

ROWS = """timestamp,pm25_ugm3,voc
2025-06-05T18:00:00Z,4,
2025-06-05T18:01:00Z,,
2025-06-05T18:02:00Z,7,
"""
EVENTS = """home,start_utc,end_utc,minutes,pm25_rise_bedroom1,pm25_rise_main
home201,2018-07-25 01:38:00,2018-07-25 02:27:00,50,30.0,2.5
home201,2018-07-25 15:08:00,2018-07-25 15:28:00,21,0.8,85.8
home201,2018-07-26 15:08:00,2018-07-26 15:28:00,21,0.8,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lbnl_newhomes_us").mkdir()
    with gzip.open(tmp_path / "lbnl_newhomes_us" / "home306_main.csv.gz", "wt") as file:
        file.write(ROWS)
    (tmp_path / "lbnl_newhomes_us" / "cooking_events.csv").write_text(EVENTS, encoding="utf-8")
    return tmp_path


def test_a_column_without_a_value_is_not_a_source(folder: Path) -> None:
    (source,) = sources(folder, Pollutant.PM25)
    assert source.name == "lbnl_newhomes_us/home306_main"
    assert source.zone == ZoneInfo("America/Denver")
    assert not list(sources(folder, Pollutant.VOC_RATIO))


def test_empty_cells_are_not_readings(folder: Path) -> None:
    times, levels = read(next(sources(folder, Pollutant.PM25)))
    assert np.diff(times).tolist() == [120.0]
    assert levels.tolist() == [4.0, 7.0]


def test_an_unknown_home_is_read_in_utc() -> None:
    assert str(Source(Path("mine/kitchen.csv.gz"), Pollutant.PM25).zone) == "UTC"


def test_only_cooking_that_raised_the_level_in_the_main_room_counts(folder: Path) -> None:
    ((room, meals),) = cooking(folder).items()
    assert room == "lbnl_newhomes_us/home201_main"
    assert [meal.end - meal.start for meal in meals] == [20 * 60.0]


def test_a_step_is_the_smallest_difference() -> None:
    assert sensor_step(np.array([3.0, 5.0, 4.0, 4.0])) == 1.0
    assert sensor_step(np.array([3.0, 3.01])) == 0.1
    assert sensor_step(np.array([3.0])) == 1.0
