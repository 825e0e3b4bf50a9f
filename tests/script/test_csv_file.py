"""Recordings as tools write them: what is read, and which sentence refuses the rest."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
import gzip
from importlib import import_module
from pathlib import Path
import re

import pytest

csv_file = import_module("script.csv_file")  # It imports the core by another name than mypy knows.
replay = import_module("script.replay")

BEGAN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PLAIN = "timestamp,pm25\n2026-03-02T10:00:00Z,5\n2026-03-02T10:05:00Z,6.5\n"
READ = [(BEGAN.timestamp(), ["5"]), (BEGAN.timestamp() + 300.0, ["6.5"])]


def written(folder: Path, content: str | bytes, name: str = "kitchen.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path, *names: str) -> list[tuple[float, list[str]]]:
    found: list[tuple[float, list[str]]] = csv_file.rows(path, names)
    return found


def refusal(path: Path, *names: str) -> str:
    with pytest.raises(csv_file.RecordingError) as caught:
        csv_file.rows(path, [csv_file.chosen_column(path, names[0] if names else None)])
    return str(caught.value)


def export(*rows: tuple[str, str, str]) -> str:
    return "\n".join(["entity_id,state,last_changed", *map(",".join, rows)]) + "\n"


KITCHEN, HALL = "sensor.kitchen_pm2_5", "sensor.hall_pm2_5"
MIXED = export(
    (HALL, "31", "2026-03-02T10:02:00.000Z"),
    (HALL, "unavailable", "2026-03-02T10:20:00.123Z"),
    (KITCHEN, "5", "2026-03-02T10:00:00.000Z"),
    (KITCHEN, "6.5", "2026-03-02T10:05:00.000Z"),
    (KITCHEN, "", "2026-03-02T10:10:00.000Z"),
)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        "\ufeffpm25,time\n5,2026-03-02T10:00:00Z\n6.5,2026-03-02T10:05:00Z\n",
        ("\ufeff" + PLAIN).encode("utf-16-le"),
        ("\ufeff" + PLAIN).encode("utf-16-be"),
        PLAIN.replace("\n", "\r\n"),
        "\n \n" + PLAIN.replace("\n", "\n\n,\n") + "\n\n",
        PLAIN + PLAIN.replace("10:0", "09:0")[:15],  # The header again, as `cat` leaves it.
        PLAIN.replace("timestamp,pm25", " Timestamp , pm25 ").replace(",5", ", 5"),
        "timestamp;pm25\n2026-03-02T10:00:00Z;5\n2026-03-02T10:05:00Z;6,5\n",
        'timestamp;pm25\n2026-03-02T10:00:00Z;"5"\n2026-03-02T10:05:00Z;"6,5"\n',
        "timestamp;pm25\n02.03.2026 10:00;5\n2.3.2026 10:05:00;6,5\n",
        "timestamp\tpm25\n2026-03-02 10:00\t5\n2026-03-02 10:05\t6,5\n",
        "pm25,last_updated_ts\n5,1772445600\n6.5,1772445900.0\n",
        "time,pm25\n1772445600000,5\n1772445900000,6.5\n",
    ],
)
def test_a_file_is_read_as_it_is_written(
    tmp_path: Path, content: str | bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    found = read(written(tmp_path, content), "pm25")
    assert [(at, [cell.strip() for cell in cells]) for at, cells in found] == READ
    assert not capsys.readouterr().err


@pytest.mark.parametrize(
    "name",
    [
        *("timestamp", "Time", "date", "Date/Time", "datetime", "last_changed", "last_updated"),
        *("created_at", "time_stamp", "UTCDateTime", "Time (UTC)", "Zeit", "_time"),
    ],
)
def test_the_column_with_the_time_is_found_by_its_name(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, PLAIN.replace("timestamp", name))
    assert csv_file.columns(path) == ["pm25"]
    assert read(path, "pm25") == READ


def test_a_compressed_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    packed = gzip.compress(("\ufeff" + PLAIN).encode())
    assert read(written(tmp_path, packed, "kitchen.csv.gz"), "pm25") == READ


@pytest.mark.parametrize(
    ("order", "said"),
    [((2, 1, 0), "newest first"), ((1, 2, 0), "not in order"), ((0, 1, 2), "")],
)
def test_rows_are_sorted_and_that_is_said(
    tmp_path: Path, order: Sequence[int], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"{(BEGAN + timedelta(minutes=place)).isoformat()},{place}" for place in range(3)]
    path = written(tmp_path, "\n".join(["timestamp,pm25", *(lines[place] for place in order)]))
    assert [cells for _, cells in read(path, "pm25")] == [["0"], ["1"], ["2"]]
    errors = capsys.readouterr().err
    assert said in errors
    assert bool(said) == errors.startswith("kitchen.csv: ")


def test_values_of_one_moment_keep_their_order_when_turned_round(tmp_path: Path) -> None:
    path = written(tmp_path, "time,a\n2026-03-03,3\n2026-03-02,2\n2026-03-02,1\n")
    assert [cells for _, cells in read(path, "a")] == [["1"], ["2"], ["3"]]


def test_each_entity_of_an_export_is_a_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, MIXED)
    assert csv_file.columns(path) == [HALL, KITCHEN]
    assert read(path, KITCHEN) == [*READ, (BEGAN.timestamp() + 600.0, ["unknown"])]
    assert not capsys.readouterr().err  # An export is in order for each entity.
    both = [cells for _, cells in read(path, KITCHEN, HALL)]
    assert both[:3] == [["5", ""], ["", "31"], ["6.5", ""]]


@pytest.mark.parametrize("name", [None, "state", KITCHEN])
def test_the_only_entity_of_an_export_needs_no_name(tmp_path: Path, name: str | None) -> None:
    lines = [line for line in MIXED.splitlines() if HALL not in line]
    path = written(tmp_path, "\n".join(lines))
    assert csv_file.chosen_column(path, name) == KITCHEN


@pytest.mark.parametrize("name", [(), ("state",)])
def test_several_entities_are_listed(tmp_path: Path, name: tuple[str, ...]) -> None:
    said = refusal(written(tmp_path, MIXED), *name)
    assert "--column" in said
    assert f"{HALL}, {KITCHEN}" in said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b\n1,2\n", "line 1: no column with the time, .*; the file has: a, b"),
        ("\n2026-03-02T10:00Z,5\n", "line 2: no column with the time"),
        ("time,a\n\n2026-03-02,1\nyesterday,2\n", "line 4: no ISO 8601 time, .*'yesterday'"),
        ("time,a\n03/02/2026 10:00,1\n", "line 2: no ISO 8601 time"),
        ("time,a\n12,1\n", "line 2: no ISO 8601 time"),
        ("time,a\n2026-03-02T10:00Z,5,5\n", "line 2: 3 cells, expected are 2 .*semicolons"),
        ("time,a\n", "no number in its column 'a'"),
        ("time,a\n2026-03-02,\n2026-03-03,good\n", "no number .* line 3 has 'good'"),
        ('time,a\n2026-03-02,"5,5"\n', "no number .* line 2 has '5,5'"),
        ("time;a\n2026-03-02;1.234,5\n", "no number .* line 2 has '1.234,5'"),
        ("time,a\n2026-03-02,1_000\n", "no number .* line 2 has '1_000'"),
        (export((KITCHEN, "unavailable", "2026-03-02T10:00Z")), "no number .* 'unavailable'"),
        (export((KITCHEN, "5", "now")), "line 2: no ISO 8601 time"),
        (export(), "has: nothing but a header"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, content: str, reason: str
) -> None:
    assert re.search(reason, refusal(written(tmp_path, content)))


def replayed(path: Path, *options: str) -> int:
    ended: int = replay.main([str(path), "--quantity", "pm25", "--summary", *options])
    return ended


def test_an_export_is_replayed_and_its_gaps_are_gaps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A month of states, newest first; half of each day the sensor is unavailable."""
    rows = [
        (KITCHEN, "unavailable" if minute % 1440 >= 720 else str(5 + minute // 30 % 5), at)
        for minute in range(0, 30 * 1440, 30)
        for at in [(BEGAN + timedelta(minutes=minute)).isoformat()]
    ]
    path = written(tmp_path, export(*reversed(rows)))
    assert replayed(path, "--unit", "µg/m³") == 0
    output = capsys.readouterr()
    assert "newest first" in output.err
    assert f"{KITCHEN} as pm25" in output.out
    assert "days closed 30, usable 24" in output.out, "by the times of day that are seen"
    assert "0 impossible, 0 unreadable, 0 late" in output.out


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["unavailable"] * 600, "no number"),
        (["-5"] * 600, "600 impossible, .* expected are values from 0 to 1000"),
        (["1450"] * 600, "600 impossible, .*; its unit is probably another one"),
    ],
)
def test_a_file_of_which_nothing_could_be_read_is_an_error(
    tmp_path: Path, cells: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    times = [(BEGAN + timedelta(hours=hour)).isoformat() for hour in range(len(cells))]
    lines = [f"{at},{cell}" for at, cell in zip(times, cells, strict=True)]
    path = written(tmp_path, "\n".join(["time,a", *lines]))
    assert replayed(path, "--unit", "μg/m³") == 1
    output = capsys.readouterr()
    assert not output.out
    assert output.err.startswith("replay: kitchen.csv has no ")
    assert re.search(reason, output.err)
