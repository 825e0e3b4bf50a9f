"""The command line that runs the core over a recording, with columns for surroundings."""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from custom_components.air_baseline.core.day import day_start
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.core.rooms import LONDON, MONDAY, ROOMS

ROOT = Path(__file__).parent.parent.parent
COLD_DAY, SMOKE_DAY = MONDAY + 45, MONDAY + 43
SMOKE = day_start(SMOKE_DAY, LONDON) + 6 * 3600.0


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 46 days: smoke comes in on the 44th, and the last is colder than all before.

    Outdoor values look like those of a monitor: whole numbers, in some rows only.
    """
    lines = ["timestamp,pm25,out,temperature,window"]
    cold = day_start(COLD_DAY, LONDON)
    for row, (at, level) in enumerate(ROOMS[Pollutant.PM25].readings(46)):
        smoky = SMOKE <= at < SMOKE + 3 * 3600.0
        outdoors = (38 if smoky else 12) if row % 3 == 0 else ""
        temperature = (-8 if at >= cold else 10) if row % 6 == 0 else ""
        window = 0 if row == 0 else ""
        lines.append(f"{int(at)},{90 if smoky else level:g},{outdoors},{temperature},{window}")
    path = tmp_path_factory.mktemp("replay") / "kitchen.csv"
    with_times = [lines[0], *(_with_time(line) for line in lines[1:])]
    path.write_text("\n".join(with_times) + "\n")
    return path


def _with_time(line: str) -> str:
    at, _, rest = line.partition(",")
    return f"{datetime.fromtimestamp(int(at), UTC).isoformat()},{rest}"


def replay(recording: Path, *options: str) -> tuple[list[dict[str, Any]], str]:
    """Return the lines that a replay writes, and its summary."""
    out = recording.with_suffix(".jsonl")
    done = subprocess.run(  # noqa: S603
        [
            sys.executable,
            str(ROOT / "script" / "replay.py"),
            str(recording),
            *("--column", "pm25", "--quantity", "pm25", "--unit", "μg/m³"),
            *("--timezone", "Europe/London", "--summary", "--jsonl", str(out)),
            *options,
        ],
        env={"PYTHONPATH": f"{ROOT / 'custom_components' / 'air_baseline'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in out.read_text().splitlines()], done.stdout


SURROUNDINGS = ("--outdoor", "out", "--outdoor-temperature", "temperature", "--window", "window")


def test_surroundings_in_columns_are_followed(recording: Path) -> None:
    lines, summary = replay(recording, *SURROUNDINGS)
    bins = [line for line in lines if "at" in line]
    days = [line["digest"] for line in lines if "day" in line]
    unseen = [line for line in bins if line["reason"] == "conditions_unseen"]
    assert unseen
    assert min(line["at"] for line in unseen) >= "2026-02-19T04:00"
    assert {line["confidence"] for line in unseen} == {None}
    assert not {"unusual", "notable"} & {line["compared"] for line in unseen}
    assert [day["outdoor_temperature"] for day in days[-2:]] == [10.0, -8.0]
    assert [day["eligible"] for day in days[-2:]] == [True, False]
    assert {day["window_open"] for day in days} == {0.0}
    assert "outdoor air rose too: 38, 12 before" in summary


def test_without_these_columns_a_replay_stays_the_same(recording: Path) -> None:
    plain, _ = replay(recording)
    followed, _ = replay(recording, "--outdoor", "out")
    assert [line for line in plain if "at" in line] == [line for line in followed if "at" in line]
    assert "conditions_unseen" not in {line.get("reason") for line in plain}
    summaries = [line["digest"] for line in plain if "day" in line]
    assert {summary["outdoor_temperature"] for summary in summaries} == {None}


def test_a_column_that_is_not_there_is_named(recording: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        replay(recording, "--window", "door")
    assert "no column 'door'" in caught.value.stderr


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.csv", b"timestamp,pm25\n9999-12-31T23:00,5\n", "line 2: no ISO 8601 time"),
        ("a.csv", b"timestamp,pm25\n0001-01-01,5\n", "line 2: no ISO 8601 time"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x00" * 3, "is no CSV file"),
    ],
)
def test_what_fuzzing_found_is_refused_with_a_sentence(
    tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        replay(tmp_path / name)
    assert why in caught.value.stderr
    assert "Traceback" not in caught.value.stderr


def test_a_month_counts_only_if_the_same_one_of_last_year_was_seen(tmp_path: Path) -> None:
    """The weeks around the end of a month can be known of a last year that began with them."""
    first = datetime(2023, 1, 28, 4, tzinfo=UTC)
    lines = ["timestamp,pm25"]
    for slot in range(48 * 393):
        level = 6.0 + 4.0 * (slot % 48 > 30) + slot % 3
        lines.append(f"{(first + slot * timedelta(minutes=30)).isoformat()},{level}")
    path = tmp_path / "long.csv"
    path.write_text("\n".join(lines) + "\n")
    _, summary = replay(path, "--latitude", "51.5")
    assert "months of which last year is known: 1\n" in summary
    (month,) = [line for line in summary.splitlines() if line.startswith("  2024-")]
    assert month.startswith("  2024-02  usual ")
    assert "not seen" not in month
    assert "  winter: 2022/23, 2023/24" in summary
