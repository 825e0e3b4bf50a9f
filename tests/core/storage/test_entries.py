"""Corrections as the rows of a table: each kind has its own columns, and needs them."""

from base64 import b85decode, b85encode
from collections.abc import Iterator, Mapping
from datetime import date
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
import zlib

import pytest

from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.ledger.correction import (
    exclude_days,
    its_the_season,
    suspect_change,
)
from custom_components.air_baseline.core.ledger.entries import (
    Cause,
    Change,
    ChangePassed,
    ChangeReported,
    ChangeSuspected,
    ClockSetBack,
    CorrectionCode,
    DaysExcluded,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    LooksRight,
    Missed,
    Named,
    Relearned,
    Reset,
    Season,
    StopAsking,
    StopReporting,
    Trouble,
)
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.storage.ledger import dump_ledger, load_ledger
from tests.core.rooms import a_mapping, an_entry
from tests.stored import in_columns_of_today

FIXTURES = Path(__file__).parent / "fixtures"
RELEASED = [
    *sorted(FIXTURES.glob("channel_v*.json")),
    *sorted((Path(__file__).parents[2] / "fixtures").glob("store_v*/air_baseline.ledger*")),
]
AT = 1_772_463_603.0
DAY: Final = date(2026, 3, 2).toordinal()
COLUMNS = (
    "id",
    "at",
    "kind",
    "from_day",
    "to_day",
    "parts",
    "weight",
    "level",
    "until_day",
    "episode",
    "target",
    "cause",
    "until",
    "name",
    "offset",
    "spread",
)
type Row = list[Any]

# The id, the time and the kind are first in every row.
STORED: Mapping[str, tuple[Entry, Row]] = MappingProxyType(
    {
        "looks_right": (
            an_entry(LooksRight(), 3, AT),
            [None, None, None, 0.0, None, None, None, None, None, None, None, None, None],
        ),
        "stop_asking": (
            an_entry(StopAsking(), 3, AT),
            [None, None, None, 0.0, None, None, None, None, None, None, None, None, None],
        ),
        "stop_asking of episodes": (
            an_entry(StopAsking(episode=1_772_454_600), 3, AT),
            [None, None, None, 0.0, None, None, 1_772_454_600, None, None, None, None, None, None],
        ),
        "stop_reporting": (
            an_entry(StopReporting(trouble=Trouble.IMPLAUSIBLE), 3, AT),
            [
                None,
                None,
                None,
                0.0,
                None,
                None,
                None,
                None,
                "source_implausible",
                None,
                None,
                None,
                None,
            ],
        ),
        "episode_real": (
            an_entry(EpisodeReal(episode=1_772_454_600, day=DAY, parts=0b110), 3, AT),
            [DAY, DAY, 6, 0.0, None, None, 1_772_454_600, None, None, None, None, None, None],
        ),
        "episode_real on another day": (
            an_entry(EpisodeReal(episode=1_772_454_600, day=DAY, parts=0b1), 3, AT, step=2),
            [DAY, DAY, 1, 0.0, None, None, 1_772_454_600, 2, None, None, None, None, None],
        ),
        "episode_normal": (
            an_entry(
                EpisodeNormal(
                    episode=1_772_454_600, parts=0b100, alert_level=92.0, until_day=DAY + 60
                ),
                3,
                AT,
            ),
            [None, None, 4, 0.0, 92.0, DAY + 60, 1_772_454_600, None, None, None, None, None, None],
        ),
        "strike": (
            an_entry(DaysExcluded(from_day=DAY - 9, to_day=DAY - 7), 3, AT),
            [DAY - 9, DAY - 7, None, 0.0, None, None, None, None, None, None, None, None, None],
        ),
        "strike of a sensor at fault": (
            an_entry(DaysExcluded(from_day=DAY - 9, to_day=DAY), 3, AT, replaces=2),
            [DAY - 9, DAY, None, 0.0, None, None, None, 2, None, None, None, None, None],
        ),
        "change": (
            an_entry(ChangeReported(from_day=DAY - 9, found_day=DAY), 3, AT),
            [DAY - 9, DAY, None, 0.0, None, None, None, None, None, None, None, None, None],
        ),
        "change to a similar place": (
            an_entry(
                ChangeReported(from_day=DAY - 9, found_day=DAY, weight=0.25), 3, AT, replaces=2
            ),
            [DAY - 9, DAY, None, 0.25, None, None, None, 2, None, None, None, None, None],
        ),
        "sensor_mapped": (
            an_entry(a_mapping(DAY - 9, DAY), 3, AT),
            [DAY - 9, DAY, None, 0.25, 10.0, None, None, None, None, None, None, 0.24, 0.08],
        ),
        "change_detected": (
            an_entry(
                ChangeSuspected(
                    from_day=DAY - 9, found_day=DAY, weight=0.25, cause=Cause.TIME_ZONE
                ),
                3,
                AT,
            ),
            [DAY - 9, DAY, None, 0.25, None, None, None, None, "time_zone", None, None, None, None],
        ),
        "change_passed": (
            an_entry(ChangePassed(from_day=DAY - 9, to_day=DAY - 2), 3, AT, replaces=2),
            [DAY - 9, DAY - 2, None, 0.0, None, None, None, 2, None, None, None, None, None],
        ),
        "season": (
            an_entry(Season(), 3, AT, replaces=2),
            [None, None, None, 0.0, None, None, None, 2, None, None, None, None, None],
        ),
        "reset": (
            an_entry(Reset(from_day=DAY + 1), 3, AT),
            [DAY + 1, None, None, 0.0, None, None, None, None, None, None, None, None, None],
        ),
        "relearned": (
            an_entry(Relearned(from_day=DAY), 3, AT),
            [DAY, None, None, 0.0, None, None, None, None, None, None, None, None, None],
        ),
        "clock_set_back": (
            an_entry(ClockSetBack(from_day=DAY - 3, to_day=DAY - 1), 3, AT),
            [DAY - 3, DAY - 1, None, 0.0, None, None, None, None, None, None, None, None, None],
        ),
        "named": (
            an_entry(Named(moment=1_772_454_600, name="candles"), 3, AT),
            [
                None,
                None,
                None,
                0.0,
                None,
                None,
                1_772_454_600,
                None,
                None,
                None,
                "candles",
                None,
                None,
            ],
        ),
        "missed": (
            an_entry(Missed(since=1_772_454_600, until=1_772_461_800, day=DAY, parts=6), 3, AT),
            [
                DAY,
                DAY,
                6,
                0.0,
                None,
                None,
                1_772_454_600,
                None,
                None,
                1_772_461_800,
                None,
                None,
                None,
            ],
        ),
    }
)
cases = pytest.mark.parametrize(("entry", "columns"), STORED.values(), ids=STORED)


def a_ledger_with(entry: Entry) -> Ledger:
    """Return a ledger with an entry, and before it the first of its step or what it replaces."""
    suspected = ChangeSuspected(
        from_day=DAY - 9, found_day=DAY, weight=0.25, cause=Cause.LEVEL_SHIFT
    )
    return Ledger(entries=(an_entry(entry.correction if entry.step else suspected, 2, AT), entry))


def stored(ledger: Ledger) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(dump_ledger(ledger), allow_nan=False))
    return data


def is_free(column: str, entry: Entry) -> bool:
    """Return whether an entry can have a column or not."""
    asked = column == "episode" and entry.code is CorrectionCode.STOP_ASKING
    return asked or column == "target"


def test_every_kind_is_among_them() -> None:
    assert {entry.code for entry, _ in STORED.values()} == set(CorrectionCode)


@cases
def test_a_correction_is_stored_in_the_columns_of_its_kind(entry: Entry, columns: Row) -> None:
    ledger = a_ledger_with(entry)
    data = stored(ledger)
    assert data["entries_columns"] == list(COLUMNS)
    row = json.dumps([3, AT, entry.code.value, *columns])
    assert json.dumps(data["entries"][1]) == row, "to the byte"
    assert load_ledger(data) == ledger


@cases
def test_a_row_that_lacks_a_column_of_its_kind_is_refused(entry: Entry, columns: Row) -> None:
    data = stored(a_ledger_with(entry))
    for name, value in zip(COLUMNS[3:], columns, strict=True):
        if value is None or is_free(name, entry):
            continue
        row = list(data["entries"][1])
        row[COLUMNS.index(name)] = None
        with pytest.raises(StoredFormError):
            load_ledger(data | {"entries": [data["entries"][0], row]})


@cases
def test_a_row_with_a_column_of_another_kind_is_refused(entry: Entry, columns: Row) -> None:
    of_others = [
        DAY,
        DAY,
        1,
        0.5,
        70.0,
        DAY,
        1_772_454_600,
        None,
        "level_shift",
        2**31,
        "cake",
        0.1,
        0.1,
    ]
    data = stored(a_ledger_with(entry))
    for name, value, other in zip(COLUMNS[3:], columns, of_others, strict=True):
        of_its_own = name == "weight" and isinstance(entry.correction, Change)
        if value not in {None, 0.0} or of_its_own or is_free(name, entry):
            continue
        row = list(data["entries"][1])
        row[COLUMNS.index(name)] = other
        with pytest.raises(StoredFormError):
            load_ledger(data | {"entries": [data["entries"][0], row]})


def test_what_a_step_replaces_and_what_belongs_to_it_are_distinguished() -> None:
    suspect = suspect_change(DAY - 9, DAY - 2, Cause.LEVEL_SHIFT)
    doubted = Ledger().with_correction(AT, suspect)
    ledger = doubted.with_correction(AT, exclude_days([DAY - 9, DAY - 8, DAY - 3], replaces=1))
    data = stored(ledger)
    target = COLUMNS.index("target")
    assert [(row[0], row[target]) for row in data["entries"]] == [(1, None), (2, 1), (3, 2)]
    restored = load_ledger(data)
    assert [(entry.replaces, entry.step) for entry in restored.entries] == [
        (None, None),
        (1, None),
        (None, 2),
    ]
    assert restored == ledger
    assert list(restored.changes()) == []
    for named in (2, 3):
        assert restored.undo(AT, named) == doubted, "the whole step"
    season = load_ledger(stored(doubted.with_correction(AT, its_the_season(1))))
    assert (season.entries[1].replaces, season.entries[1].step) == (1, None)


def ledgers_in(data: object) -> Iterator[dict[str, Any]]:
    """Yield the ledgers in stored data, however deep."""
    if isinstance(data, dict):
        if "entries_columns" in data:
            yield data
        for value in data.values():
            yield from ledgers_in(value)
    if isinstance(data, list):
        for value in data:
            yield from ledgers_in(value)


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.name)
def test_every_row_that_was_ever_written_is_written_again(path: Path) -> None:
    found = list(ledgers_in(json.loads(path.read_text("utf-8"))))
    assert sum(len(data["entries"]) for data in found)
    for data in found:
        again = dump_ledger(load_ledger(data))
        before = in_columns_of_today({name: data[name] for name in again})
        assert json.dumps(again) == json.dumps(before)


def test_a_doubt_from_too_many_alerts_is_a_shift_today_packed_or_not() -> None:
    """It was a cause of before margins alone kept the promise."""
    suspect = suspect_change(DAY - 9, DAY - 2, Cause.LEVEL_SHIFT)
    one = Ledger().with_correction(AT, suspect)
    many = one
    for day in range(40):
        many = many.with_correction(AT, exclude_days([DAY - 9 - day]))
    for ledger, kept in ((one, "entries"), (many, "entries_packed")):
        data = stored(ledger)
        if kept == "entries":
            data["entries"][0][COLUMNS.index("cause")] = "too_many_alerts"
        else:
            text = zlib.decompress(b85decode(data[kept])).replace(
                b"level_shift", b"too_many_alerts"
            )
            assert b"too_many" in text
            data[kept] = b85encode(zlib.compress(text)).decode()
        restored = load_ledger(data)
        assert restored == ledger
        assert stored(restored) == stored(ledger)


@pytest.mark.parametrize(
    "name", ["", " cake", "a  b", "x" * 81, "cake\n", "\u202ecake", "\u0000", 7, None, ["cake"]]
)
def test_a_name_that_this_code_never_writes_is_refused(name: object) -> None:
    data = stored(a_ledger_with(an_entry(Named(moment=1_772_454_600, name="cake"), 3, AT)))
    data["entries"][1][COLUMNS.index("name")] = name
    with pytest.raises(StoredFormError):
        load_ledger(data)


def test_a_missed_stretch_that_ends_before_it_starts_is_refused() -> None:
    data = stored(a_ledger_with(an_entry(Missed(since=9, until=9, day=DAY, parts=1), 3, AT)))
    data["entries"][1][COLUMNS.index("until")] = 8
    with pytest.raises(StoredFormError):
        load_ledger(data)
