"""Days as lines of text and back, when they are read, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from unittest.mock import patch
from zlib import crc32

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.day import PARTS
from custom_components.air_baseline.core.ledger.day_summary import DaySummary, pack_record
from custom_components.air_baseline.core.ledger.histogram import evidence
from custom_components.air_baseline.core.ledger.histogram_text import (
    encode_counts,
    observed_slots,
)
from custom_components.air_baseline.core.ledger.hour_peaks import NO_PEAKS, peaks_of_text
from custom_components.air_baseline.core.pollutant import CELLS, Pollutant
from custom_components.air_baseline.core.storage import days as day_lines
from custom_components.air_baseline.core.storage.days import (
    DAY_COLUMNS,
    FORMER_DAY_COLUMNS,
    StoredDays,
    dump_day,
    dump_days,
    load_days,
    read_days,
)
from custom_components.air_baseline.core.storage.salvage import Salvage
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY, ROOMS, a_day, play


def some_days(pollutant: Pollutant = Pollutant.PM25) -> tuple[DaySummary, ...]:
    """Return three days; the night of one is an hour short."""
    channel = ROOMS[pollutant].channel()
    play(channel, ROOMS[pollutant].readings(4, first=MONDAY + 81))
    return tuple(channel.ledger.days)


@pytest.mark.parametrize("pollutant", Pollutant)
def test_days_are_restored(pollutant: Pollutant) -> None:
    days = some_days(pollutant)
    assert read_days([dump_day(summary) for summary in days]) == days
    assert load_days(dump_days(days)) == days


@pytest.mark.parametrize(
    "known",
    [
        {"outdoor_pm25": 7.5},
        {"outdoor_temperature": -3.5},
        {"window_open": 0.125},
        {"outdoor_pm25": 0.0, "outdoor_temperature": 21.0, "window_open": 1.0},
    ],
)
def test_the_known_surroundings_are_stored(known: dict[str, Any]) -> None:
    (summary,) = read_days([dump_day(a_day(MONDAY, **known))])
    assert summary == a_day(MONDAY, **known)


@pytest.mark.parametrize("said", [None, (0, 0), (71, 87), (100, 100)])
def test_what_was_said_of_the_next_days_is_stored(said: tuple[int, int] | None) -> None:
    day = a_day(MONDAY, next_14_days=said)
    line = dump_day(day)
    assert line.endswith(" -" if said is None else f" {said[0]},{said[1]}")
    (summary,) = read_days([line])
    assert (summary, summary.next_14_days) == (day, said)


def of_former(line: str, summary: DaySummary) -> str:
    """Return a line as it was while the peaks were those of parts, and nothing more was said."""
    values = line.split(" ")[:-1]
    peaks = ["-" if peak is None else str(peak) for peak in summary.part_peaks]
    values[DAY_COLUMNS.index("hours")] = ",".join(peaks)
    return " ".join(values)


def test_days_of_the_former_form_are_read_and_stored_in_that_of_today() -> None:
    days = some_days()
    lines = [of_former(dump_day(summary), summary) for summary in days]
    former = {
        "days_columns": " ".join(FORMER_DAY_COLUMNS),
        "days_checksum": crc32("\n".join(lines).encode()),
        "days": lines,
    }
    found = load_days(former)
    assert [summary.part_peaks for summary in found] == [summary.part_peaks for summary in days]
    assert {summary.next_14_days for summary in found} == {None}
    for summary, day in zip(found, days, strict=True):
        assert (summary.histogram, summary.issued) == (day.histogram, day.issued)
        assert replace(summary, record=day.record) == day
    assert load_days(dump_days(load_days(former))) == found
    with pytest.raises(StoredFormError):
        list(load_days(former | {"days_columns": " ".join(DAY_COLUMNS)}))


def test_a_good_copy_of_the_former_form_still_replaces_a_day() -> None:
    days = some_days()
    lines = [dump_day(summary) for summary in days]
    salvage = Salvage({"days": [of_former(lines[1], days[1])]})
    found = StoredDays([lines[0], lines[1].replace("live", "lived"), lines[2]], salvage)
    assert [summary.day for summary in found] == [summary.day for summary in days]
    assert found[1].histogram == days[1].histogram
    assert (len(salvage.replaced), salvage.lost) == (1, [])


def test_a_person_can_read_a_line() -> None:
    for summary in some_days():
        day = dict(zip(DAY_COLUMNS, dump_day(summary).split(" "), strict=True))
        assert date.fromisoformat(day["day"]).toordinal() == summary.day
        assert day["histogram"] == summary.histogram
        assert peaks_of_text(day["hours"]) == summary.peaks
        assert [float(edge) for edge in day["ranges"].split(",")] == list(summary.issued)
        assert day["context"] == "-"


def test_a_start_reads_no_day_and_a_save_writes_the_same_lines() -> None:
    kept = dump_days(some_days())
    days = load_days(kept)
    with patch.object(day_lines, "read_days", side_effect=read_days) as reading:
        assert (len(days), bool(days)) == (3, True)
        assert dump_days(days) == kept
        reading.assert_not_called()
        assert days[-1].day == days[-1:][0].day == MONDAY + 83
        assert [summary.day for summary in days] == [MONDAY + 81, MONDAY + 82, MONDAY + 83]
        reading.assert_called_once()
        assert (len(days), dump_days(days)) == (3, kept)


def test_without_days_there_is_nothing_to_read() -> None:
    days = load_days(dump_days(()))
    assert (list(days), len(days)) == ([], 0)


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 61), min_size=PARTS, max_size=PARTS),
            st.lists(st.integers(1, 48), min_size=PARTS, max_size=PARTS),
        ),
        min_size=1,
        max_size=5,
    )
)
@repeatable
def test_the_evidence_of_many_days_equals_that_of_each(
    spent: list[tuple[list[int], list[int]]],
) -> None:
    days = []
    for observed, slots in spent:
        counts = [bytearray(CELLS) for _ in range(PARTS)]
        for part, number in zip(counts, observed, strict=True):
            part[7] = number
        record = pack_record(encode_counts(counts), NO_PEAKS)
        days.append(DaySummary(day=MONDAY, slots=tuple(slots), record=record))
    found = evidence(
        observed_slots([summary.text for summary in days]), [summary.slots for summary in days]
    )
    assert found == [(summary.valid, summary.usable) for summary in days]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("context", ""),
        ("context", "- -"),
        ("day", "yesterday"),
        ("kind", "guessed"),
        ("histogram", "06U,,"),
        ("slots", ",".join(["0"] * 8)),
        ("slots", ",".join(["36"] * 7)),
        ("slots", ",".join(["289"] * 8)),
        ("hours", ",".join(["1"] * 8)),
        ("hours", "0" * 59),
        ("hours", "0" * 65),
        ("hours", "~" * 60),
        ("hours", ""),
        ("ranges", ",".join(["1"] * 15)),
        ("ranges", ",".join(["-"] * 16)),
        ("mark", "1.5"),
        ("mark", "nan"),
        ("head", "-1"),
        ("state", "sure"),
        ("eligible", "2"),
        ("longest_run_h", "1.5"),
        ("context", "-1,-,-"),
        ("context", "-,inf,-"),
        ("context", "-,-,1.01"),
        ("context", "-,-"),
        ("next_14_days", ""),
        ("next_14_days", "71"),
        ("next_14_days", "71,87,90"),
        ("next_14_days", "71,-"),
        ("next_14_days", "71.5,87"),
        ("next_14_days", "87,71"),
        ("next_14_days", "71,101"),
        ("next_14_days", "-1,87"),
    ],
)
def test_what_could_not_have_been_written_is_refused(column: str, value: str) -> None:
    lines = [dump_day(summary) for summary in some_days()]
    values = lines[0].split(" ")
    values[DAY_COLUMNS.index(column)] = value
    with pytest.raises((ValueError, KeyError)):
        read_days([" ".join(values), *lines[1:]])


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines[::-1],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines, lines[-1].replace(lines[-1][:10], "2026-09-01")],
        lambda lines: [lines[0].replace(lines[0][:10], "0001-01-01"), *lines[1:]],
        lambda lines: [*lines, lines[-1].replace(lines[-1][:10], "9999-12-30")],
        lambda lines: [f"{lines[0]} -", *lines[1:]],
        lambda lines: [lines[0].rsplit(" ", 1)[0], *lines[1:]],
    ],
)
def test_days_in_an_impossible_order_are_refused(
    damage: Callable[[list[str]], list[str]],
) -> None:
    with pytest.raises(StoredFormError):
        read_days(damage([dump_day(summary) for summary in some_days()]))


def test_a_digit_that_changed_on_the_disk_is_noticed() -> None:
    kept = dump_days(some_days())
    line = kept["days"][1]
    place = line.index("live") + 8
    other = "1" if line[place] != "1" else "2"
    kept["days"][1] = line[:place] + other + line[place + 1 :]
    with pytest.raises(StoredFormError, match="not as they were written"):
        load_days(kept)


def test_lines_with_columns_in_another_order_are_refused() -> None:
    kept = dump_days(some_days()) | {"days_columns": " ".join(reversed(DAY_COLUMNS))}
    with pytest.raises(StoredFormError):
        load_days(kept)


def test_days_are_equal_only_to_days() -> None:
    days = some_days()
    assert load_days(dump_days(days)) == load_days(dump_days(days)) != days[1:]
    assert load_days(dump_days(days)) != None  # noqa: E711 - what is compared is the comparison


def former(*peaks: str) -> dict[str, Any]:
    """Return days as they were stored before hours had peaks, each with those of its parts."""
    place = FORMER_DAY_COLUMNS.index("peaks")
    lines = []
    for day, of_parts in enumerate(peaks):
        values = dump_day(a_day(MONDAY + day)).split(" ")
        values[place] = of_parts
        lines.append(" ".join(values))
    return {
        "days_columns": " ".join(FORMER_DAY_COLUMNS),
        "days_checksum": crc32("\n".join(lines).encode()),
        "days": lines,
    }


def test_days_of_before_hours_had_peaks_have_those_of_their_parts() -> None:
    days = load_days(former("3,5.5,7,0,9,-,12,900", ",".join("-" * PARTS)))
    assert days == (
        a_day(MONDAY, peaks=[3.0, 5.5, 7.0, 0.0, 9.0, None, 12.0, 900.0]),
        a_day(MONDAY + 1, peaks=NO_PEAKS),
    )
    assert load_days(dump_days(days)) == days


def test_the_checksum_of_former_days_is_that_of_their_own_lines() -> None:
    kept = former("3,5.5,7,0,9,-,12,900")
    kept["days"][0] = kept["days"][0].replace("5.5", "5.6")
    with pytest.raises(StoredFormError, match="not as they were written"):
        load_days(kept)


@pytest.mark.parametrize(
    "peaks",
    [",".join(["1"] * 7), ",".join(["x"] * 8), ",".join(["1"] * 9), "-1,1,1,1,1,1,1,1", "nan", "-"],
)
def test_former_peaks_that_could_not_have_been_written_are_refused(peaks: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(load_days(former(peaks)))


def test_a_former_day_that_cannot_be_read_costs_only_itself() -> None:
    salvage = Salvage()
    days = load_days(former("1,1,1,1,1,1,1,1", "x", "1,1,1,1,1,1,1,1"), None, salvage)
    assert [summary.day for summary in days] == [MONDAY, MONDAY + 2]
    assert len(salvage.lost) == 1
