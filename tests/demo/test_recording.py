"""The demo with one's own recording: its past ends now, its end is live, bad files are refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.pollutant import Pollutant
from demo.house import House
from demo.options import parse
from demo.past import live
from script.csv_file import RecordingError

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 19, 20, tzinfo=LONDON)
BEGAN = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)  # The clocks go forward on the 30th.


def minutes(days: float, step: int = 5) -> Iterator[datetime]:
    for number in range(int(days * 1440) // step):
        yield BEGAN + timedelta(minutes=step * number)


def recording(folder: Path, days: float, name: str = "my_kitchen.csv") -> Path:
    """Return a recording whose level tells the hour of the local day at which it was measured."""
    path = folder / name
    lines = ["timestamp,pm25,temperature"]
    lines += [f"{at.isoformat()},{at.astimezone(LONDON).hour + 1},20" for at in minutes(days)]
    path.write_text("\n".join(lines) + "\n")
    return path


def home(*arguments: str) -> House:
    """Return the home that script/demo makes of its arguments."""
    options = parse(["--timezone", "Europe/London", *arguments])
    return options.make(NOW.timestamp(), options.zone)


def shown(house: House, *ago: timedelta) -> list[float]:
    (monitor,) = house.monitors
    times = np.array([(NOW - one).timestamp() for one in ago], dtype=np.float64)
    return [float(level) for level in house.levels(monitor, monitor.measures[0], times)]


def only_channel(house: House) -> Channel:
    """Return the channel of a home that has one, as it is now."""
    ((life,),) = (room.values() for room in live(house, NOW.timestamp()).lives.values())
    return life.channel


@pytest.mark.parametrize("days", [10, 80])
def test_the_hours_of_the_day_stay_and_the_end_is_still_to_come(
    tmp_path: Path, days: float
) -> None:
    house = home("--csv", str(recording(tmp_path, days)), "--column", "pm25")
    hours = [timedelta(hours=hour) for hour in (48, 30, 5, 0, -5)]
    assert shown(house, *hours) == [(NOW - ago).hour + 1 for ago in hours]
    assert np.isnan(shown(house, timedelta(days=-8))).all()


def test_the_weekdays_stay_in_a_long_recording(tmp_path: Path) -> None:
    house = home("--csv", str(recording(tmp_path, 80)), "--column", "pm25")
    began = datetime.fromtimestamp(house.monitors[0].since, LONDON)
    assert began.weekday() == BEGAN.weekday()
    assert abs(began.hour - BEGAN.hour) <= 2  # The clocks of both years changed in between.


def test_a_recording_is_replayed_and_learned(tmp_path: Path) -> None:
    house = home("--csv", str(recording(tmp_path, 50)), "--column", "pm25")
    assert house.monitors[0].name == "My kitchen"
    channel = only_channel(house)
    assert channel.spec.pollutant is Pollutant.PM25
    assert channel.judge(NOW.timestamp()).state is LearningState.LEARNED


def test_a_recording_continues_after_it_was_saved(tmp_path: Path) -> None:
    house = home("--csv", str(recording(tmp_path, 10)), "--column", "pm25")
    assert house.recording
    house.recording.save(tmp_path / "recording.npy")
    again = House.from_dict(house.to_dict(), LONDON, tmp_path)
    ago = [timedelta(hours=hour) for hour in (100, 1, -1)]
    assert shown(again, *ago) == shown(house, *ago)


def test_a_compressed_file_with_one_column_needs_no_column_name(tmp_path: Path) -> None:
    lines = ["timestamp,voc", *(f"{at.isoformat()},0.2{at.minute % 2 + 5}" for at in minutes(3))]
    path = tmp_path / "hall.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    house = home("--csv", str(path), "--quantity", "voc_ratio", "--unit", "ppm")
    channel = only_channel(house)
    assert channel.judge(NOW.timestamp()).sustained == pytest.approx(250.0)


def test_a_gap_in_a_recording_stays_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "gap.csv"
    gap = (BEGAN + timedelta(days=2), BEGAN + timedelta(days=2, hours=6))
    rows = [f"{at.isoformat()},7" for at in minutes(4) if not gap[0] <= at < gap[1]]
    path.write_text("\n".join(["timestamp,pm25", *rows]))
    house = home("--csv", str(path))
    (monitor,) = house.monitors
    times = np.arange(monitor.since, NOW.timestamp(), 300.0, dtype=np.float64)
    off = np.isnan(house.levels(monitor, monitor.measures[0], times)).sum() * 300.0 / 3600.0
    assert off == pytest.approx(5.5, abs=0.2)  # The last value lasts for half an hour.


@pytest.mark.parametrize(
    ("content", "arguments", "reason"),
    [
        (b"timestamp,a,b\n", [], "say which column.*a, b"),
        (b"timestamp,a\n", ["--column", "pm25"], "no column 'pm25'; bad.csv has: a"),
        (b"clock,a\n", ["--column", "a"], "line 1: no column with the time"),
        (b"timestamp,a\nyesterday,1\n", [], "line 2: no ISO 8601 time"),
        (b"timestamp,a\n", [], "no number in its column 'a'"),
        (b"timestamp,a\n2025-03-03T12:00,off\n", [], "no number in its column 'a'"),
        (b"timestamp,a\n2025-03-03T12:00,1\n2025-03-03T17:00,2\n", [], "spans 5 hours"),
        (b"\xff\xfe\x00\x81\n", [], "no CSV file in UTF-8"),
        (b"", [], "bad.csv is empty"),
        (b"timestamp,a\n", ["--unit", "ppb"], "'ppb' is not a unit of pm25; known: .*μg/m³"),
        (b"timestamp,a\n", ["--timezone", "Moon"], "no time zone 'Moon'"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason(
    tmp_path: Path, content: bytes, arguments: list[str], reason: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=reason):
        home("--csv", str(path), *arguments)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"nowhere\.csv"):
        home("--csv", str(tmp_path / "nowhere.csv"))
