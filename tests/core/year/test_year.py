"""Weeks are packed small, and read as they were written."""

from base64 import b64encode
from dataclasses import replace
import json
from pathlib import Path
from random import Random
from types import MappingProxyType
import zlib

import numpy as np
import pytest

from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.day import PARTS
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin, DaySummary
from custom_components.air_baseline.core.storage.year import dump_year, load_year
from custom_components.air_baseline.core.year.packing import MOST_BYTES, MOST_WEEKS, pack, unpack
from custom_components.air_baseline.core.year.week import Week, week_of
from custom_components.air_baseline.core.year.year import NO_YEAR, Bound, Year
from tests.core.rooms import MONDAY, a_day

FIXTURES = Path(__file__).parent.parent / "storage" / "fixtures"
EVERY_PART = 255
FIRST = MONDAY - 7 * (MOST_WEEKS - 1)


def days_of(first: int, number: int) -> list[DaySummary]:
    return [
        a_day(
            day,
            {2.0 + day % 5: 20, 9.0: 16},
            coverage=0.8,
            outdoor_temperature=day % 30 - 5.0,
            origin=DayOrigin.HOURLY if day < FIRST + 70 else DayOrigin.LIVE,
        )
        for day in range(first, first + number)
    ]


def a_year(first: int = FIRST, number: int = 7 * MOST_WEEKS) -> Year:
    return NO_YEAR.with_days((day, EVERY_PART) for day in days_of(first, number))


def noise(number: int) -> list[Week]:
    """Return weeks of which no two cells are alike: no air is so hard to pack."""
    chance = Random(7)  # noqa: S311 - repeatable
    return [
        Week(
            number=week_of(MONDAY) + place,
            seen=0b1111111,
            cells=bytes(chance.choice([0, 1, 2, 4, 7]) for _ in range(PARTS * 100)),
            peaks=bytes(chance.randrange(255) for _ in range(2 * PARTS)),
            coverage=chance.random(),
            scored=7,
            temperatures=(-3.5, 12.25),
            windows=(3, 4),
            surroundings=MappingProxyType({"outdoor_pm25": (1.5, 8.0), "of_later": (0.0, 1.0)}),
        )
        for place in range(number)
    ]


def test_weeks_are_read_as_they_were_packed() -> None:
    weeks = noise(20)
    assert list(unpack(pack(weeks))) == weeks
    assert a_year().all_weeks[0].origin == "hourly"
    assert len(a_year().all_weeks) == MOST_WEEKS


def test_a_day_that_it_has_changes_nothing() -> None:
    year = a_year()
    again = year.with_days([(a_day(MONDAY, {70.0: 36}), EVERY_PART)])
    assert again is year


def test_the_oldest_weeks_give_way() -> None:
    year = a_year().with_days([(a_day(MONDAY + 7), EVERY_PART)])
    assert len(year.all_weeks) == MOST_WEEKS
    assert year.all_weeks[0].first_day == FIRST + 7


def test_no_air_takes_more_than_24_kb_on_disk() -> None:
    packed = pack(noise(MOST_WEEKS))
    assert len(packed) <= MOST_BYTES
    assert len(str(dump_year(replace(NO_YEAR, packed=packed)))) <= 24 * 1024


def test_rounding_moves_the_quantiles_little_and_only_once() -> None:
    weeks = noise(MOST_WEEKS)
    rounded = unpack(pack(weeks))
    assert unpack(pack(rounded, pack(weeks))) == rounded
    for before, after in zip(weeks, rounded, strict=True):
        sums = [np.cumsum(week.counts, axis=1, dtype=int) for week in (before, after)]
        assert np.abs(sums[0] - sums[1]).max() <= 8


def test_weeks_that_are_added_are_rounded_as_those_before() -> None:
    weeks = noise(MOST_WEEKS)
    before = pack(weeks[:-1])
    after = unpack(pack([*unpack(before), weeks[-1]], before))
    assert after[:-1] == unpack(before)
    counts = np.concatenate([week.counts for week in unpack(before)])
    assert not (after[-1].counts % np.gcd.reduce(counts, axis=None)).any()


def test_a_year_is_read_as_it_was_written() -> None:
    year = replace(
        a_year(),
        room=Bound(MONDAY - 400, MONDAY - 100),
        hours=Bound(0, MONDAY - 90),
        struck=((MONDAY - 30, 0b1),),
        waiting=(a_day(MONDAY + 8), a_day(MONDAY + 9)),
    )
    stored = dump_year(year)
    assert load_year(stored) == year
    assert dump_year(load_year(stored)) == stored


def test_what_later_code_adds_is_ignored() -> None:
    stored = {name: one for name, one in dump_year(a_year()).items() if name != "checksum"}
    later = stored | {"of_later": 1}
    checksum = zlib.crc32(json.dumps(later, sort_keys=True).encode())
    assert load_year(later | {"checksum": checksum}) == a_year()


@pytest.mark.parametrize("name", dump_year(NO_YEAR))
def test_a_damaged_year_is_refused(name: str) -> None:
    stored = dump_year(a_year())
    damages: list[object] = [None, "x", [1], 7, {}]
    for damage in damages:
        with pytest.raises(StoredFormError):
            load_year(stored | {name: damage})
    with pytest.raises(StoredFormError):
        load_year({other: one for other, one in stored.items() if other != name})


def test_packed_weeks_that_are_cut_short_are_refused() -> None:
    year = a_year()
    stored = dump_year(replace(year, packed=year.packed[:-9]))
    assert stored["weeks"] == b64encode(year.packed[:-9]).decode()
    with pytest.raises(StoredFormError):
        load_year(stored)


def test_the_first_stored_form_is_read() -> None:
    stored = json.loads((FIXTURES / "year_v1.json").read_text("utf-8"))
    year = load_year(stored)
    assert dump_year(year) == stored
    assert [week.number for week in year.all_weeks] == [week_of(MONDAY) + n for n in range(20)]
    first = year.all_weeks[0]
    assert (first.days, first.origin, first.temperatures) == (6, "hourly", (-5.0, 1.0))
    assert (first.windows, first.surroundings) == ((4, 2), {"outdoor_pm25": (4.0, 10.0)})
    assert (first.coverage, first.scored, first.hours) == (0.8, 6, 144.0)
    assert year.weeks[0].first_day == MONDAY + 21
    assert year.waiting == (a_day(MONDAY + 141),)
