"""Packed entries: each time comes back as it was, from today's form and from the one before."""

import json
import zlib

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.ledger.entries import DaysExcluded, Entry
from custom_components.air_baseline.core.ledger.entry_list import Entries, pack, unpack
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY

NOON = 1_788_000_000  # POSIX time.


def entries_at(times: list[float]) -> list[Entry]:
    correction = DaysExcluded(from_day=MONDAY, to_day=MONDAY)
    return [Entry(id=number, at=at, correction=correction) for number, at in enumerate(times, 1)]


@given(times=st.lists(st.floats(0.0, 4e9), min_size=11, max_size=20))
@repeatable
def test_any_time_comes_back_as_it_was(times: list[float]) -> None:
    entries = entries_at(times)
    assert list(Entries(entries)) == entries


@given(times=st.lists(st.integers(0, 4 * 10**15), min_size=1, max_size=20))
@repeatable
def test_the_times_of_a_clock_are_packed_as_whole_numbers(times: list[int]) -> None:
    """They are microseconds."""
    entries = entries_at([at / 1e6 for at in times])
    packed = pack(entries)
    assert all(type(at) is int for at in json.loads(zlib.decompress(packed))["at"])
    assert list(unpack(packed)) == entries


def test_times_in_seconds_as_they_were_packed_before_are_still_read() -> None:
    entries = entries_at([NOON + 0.25, NOON + 86_400.123456])
    columns = json.loads(zlib.decompress(pack(entries)))
    columns["at"] = [entry.at for entry in entries]
    before = zlib.compress(json.dumps(columns).encode())
    assert list(unpack(before)) == entries


def test_a_thousand_corrections_take_less_than_ten_bytes_each() -> None:
    entries = entries_at([NOON + 3600.0 * number + number / 7.0 for number in range(1000)])
    entries = entries_at([round(entry.at, 6) for entry in entries])
    assert len(pack(entries)) / len(entries) == pytest.approx(5.0, abs=5.0)
