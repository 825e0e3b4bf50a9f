"""What is well sealed and cannot be understood costs itself, and is taken from the good copy."""

from collections.abc import Callable
import json
from typing import Any
from zlib import crc32

import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.day import WINDOW_DAYS, day_start, iso_day
from custom_components.air_baseline.core.ledger.correction import episode_real, exclude_days
from custom_components.air_baseline.core.storage.channel import (
    check_channel,
    dump_channel,
    load_channel,
)
from custom_components.air_baseline.core.storage.days import DAY_COLUMNS, within_window
from custom_components.air_baseline.core.storage.salvage import Salvage
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
type Json = dict[str, Any]


def a_dump() -> Json:
    """Return a stored channel with an episode and two corrections."""
    channel = learned_channel(36)
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 7200.0, 60, 61.0)
    at, (episode,) = START + 10_800.0, channel.episodes
    channel.correct(at, exclude_days([MONDAY - 4]))
    channel.correct(at, episode_real(episode, at, LONDON))
    data: Json = json.loads(json.dumps(dump_channel(channel)))
    return data


GOOD = a_dump()


def with_line(data: Json, place: int, line: str) -> Json:
    """Return a stored channel with another day, and the checksum mended."""
    lines = [*data["days"]]
    lines[place] = line
    return data | {"days": lines, "days_checksum": crc32("\n".join(lines).encode())}


def column(name: str, value: str) -> Callable[[str], str]:
    def change(line: str) -> str:
        values = line.split(" ")
        values[DAY_COLUMNS.index(name)] = value
        return " ".join(values)

    return change


WRONG_DAYS: dict[str, Callable[[str], str]] = {
    "a date that is none": column("day", "2026-02-31"),
    "no date": lambda _: "",
    "the far future": column("day", "2287-03-02"),
    "the far past": column("day", "1970-01-02"),
    "a histogram of nothing": column("histogram", "x"),
    "more slots than a part has": column("slots", ",".join(["299"] * 8)),
    "no slots": column("slots", ",".join(["0"] * 8)),
    "a coverage above one": column("mark", "1.5"),
    "a coverage that is no number": column("mark", "nan"),
    "another state": column("state", "sure"),
    "too few values": lambda line: line.rsplit(" ", 1)[0],
    "a value more": lambda line: f"{line} -",
    "the day before again": column("day", iso_day(MONDAY - 21)),
}


def salvaged(data: Json, good: object) -> tuple[Channel, Salvage]:
    salvage = Salvage(good)
    channel = load_channel(data, LONDON, MONTH_DAYS, salvage)
    salvage.forget_good()
    return channel, salvage


@pytest.mark.parametrize("change", WRONG_DAYS.values(), ids=WRONG_DAYS)
@pytest.mark.parametrize("place", [16, 35], ids=["amid", "last"])
def test_a_day_that_cannot_be_understood_costs_itself(
    change: Callable[[str], str], place: int
) -> None:
    right = load_channel(GOOD, LONDON, MONTH_DAYS).ledger.days
    data = with_line(GOOD, place, change(GOOD["days"][place]))
    channel, salvage = salvaged(data, None)
    rest = [day for day in right if day.day != right[place].day]
    assert list(channel.ledger.days) == rest
    assert salvage.lost
    assert not salvage.replaced
    breathe(channel, START + 10_800.0, 24 * 60, 8.0)
    assert channel.ledger.days[-1].day == MONDAY
    check_channel(dump_channel(channel), LONDON, MONTH_DAYS)


@pytest.mark.parametrize("change", WRONG_DAYS.values(), ids=WRONG_DAYS)
def test_it_is_refused_where_everything_must_be_readable(change: Callable[[str], str]) -> None:
    check_channel(GOOD, LONDON, MONTH_DAYS)
    with pytest.raises((StoredFormError, ValueError, KeyError)):
        check_channel(with_line(GOOD, 16, change(GOOD["days"][16])), LONDON, MONTH_DAYS)


@pytest.mark.parametrize("name", ["histogram", "slots", "mark", "state", "peaks"])
def test_a_day_is_taken_from_the_good_copy_if_that_has_it(name: str) -> None:
    data = with_line(GOOD, 16, column(name, "?")(GOOD["days"][16]))
    channel, salvage = salvaged(data, GOOD)
    assert channel.ledger.days == load_channel(GOOD, LONDON, MONTH_DAYS).ledger.days
    assert (len(salvage.replaced), salvage.lost) == (1, [])
    assert salvage.take_notes() != [] == salvage.take_notes()


def test_a_good_copy_with_the_same_fault_is_of_no_use() -> None:
    data = with_line(GOOD, 16, column("mark", "?")(GOOD["days"][16]))
    channel, salvage = salvaged(data, data)
    assert len(list(channel.ledger.days)) == len(GOOD["days"]) - 1
    assert salvage.lost


def test_days_that_are_all_as_late_as_today_are_another_kind_of_damage() -> None:
    """Then it is today that is wrong: no day may be dropped for it."""
    data = GOOD | {"today": GOOD["today"] | {"day": "2016-03-02"}}
    with pytest.raises(StoredFormError):
        salvaged(data, GOOD)


def test_the_window_that_holds_most_days_is_kept() -> None:
    days = [7, *range(1000, 1000 + WINDOW_DAYS), 5000]
    assert list(within_window(days)) == days[1:-1]
    assert list(within_window([3, 900])) == [900]
    assert list(within_window([])) == []


def wrong_row(table: str, name: str, value: object) -> Json:
    data: Json = json.loads(json.dumps(GOOD))
    data[table][0][data[f"{table}_columns"].index(name)] = value
    return data


ROWS = [
    ("entries", "at", "noon"),
    ("entries", "kind", "rumour"),
    ("entries", "from_day", 7),
    ("entries", "to_day", 10**9),
    ("entries", "weight", 0.5),
    ("episodes", "part", 8),
    ("episodes", "peak", -1.0),
    ("episodes", "outcome", "unsure"),
]


@pytest.mark.parametrize(("table", "name", "value"), ROWS)
def test_a_row_that_cannot_be_understood_costs_itself(table: str, name: str, value: object) -> None:
    right = load_channel(GOOD, LONDON, MONTH_DAYS).ledger
    data = wrong_row(table, name, value)
    with pytest.raises(StoredFormError):
        load_channel(data, LONDON, MONTH_DAYS)
    channel, salvage = salvaged(data, None)
    assert getattr(channel.ledger, table) == getattr(right, table)[1:]
    assert len(salvage.lost) == 1
    channel, salvage = salvaged(data, GOOD)
    assert getattr(channel.ledger, table) == getattr(right, table)
    assert (len(salvage.replaced), salvage.lost) == (1, [])


def test_a_former_ledger_that_cannot_be_read_costs_only_itself() -> None:
    data = GOOD | {"former": {name: GOOD[name] for name in GOOD if name != "days"}}
    with pytest.raises(StoredFormError):
        load_channel(data, LONDON, MONTH_DAYS)
    channel, salvage = salvaged(data, None)
    assert channel.ledger.former is None
    assert len(channel.ledger.days) == 36
    assert salvage.lost
