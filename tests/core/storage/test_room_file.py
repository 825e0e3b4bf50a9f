"""A room's file has its year, and undoing an import brings the own year back as it was."""

from dataclasses import replace
from datetime import UTC
import json
from typing import Any

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.day import DAY_S, WINDOW_DAYS, day_start, part_slots
from custom_components.air_baseline.core.learning.time_zone import DayHours
from custom_components.air_baseline.core.ledger.correction import start_over
from custom_components.air_baseline.core.ledger.open_day import OpenDay
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.room_file import (
    OutdatedError,
    carry_in,
    carry_out,
    take_in,
)
from custom_components.air_baseline.core.storage.year import dump_year, load_year
from custom_components.air_baseline.core.year.joining import joined
from custom_components.air_baseline.core.year.year import Year
from tests.core.rooms import MONDAY, a_day

SPEC = POLLUTANTS[Pollutant.PM25]


def a_channel(first: int, last: int = MONDAY) -> Channel:
    """Return a channel that has closed all days from the first to the last."""
    channel = Channel(SPEC, UTC)
    for day in range(first, last + 1):
        close(channel, day)
    channel.day_hours = DayHours.of(at(last), UTC)
    return channel


def close(channel: Channel, day: int) -> None:
    """Close a day, as the channel itself does."""
    channel.year = joined(channel.year, channel.ledger, day, at(day))
    channel.ledger = channel.ledger.with_day(a_day(day)).pruned(at(day))
    channel.open_day = OpenDay(day + 1, part_slots(day + 1, UTC))


def at(day: int) -> float:
    """Return the POSIX time at which a day is closed."""
    return day_start(day + 1, UTC)


def file_of(channel: Channel) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(carry_out(channel, names=False)))
    return content


def numbers(year: Year) -> list[int]:
    return [week.number for week in year.all_weeks]


def test_the_weeks_before_the_days_come_along() -> None:
    old, new = a_channel(MONDAY - 300), a_channel(MONDAY - 20)
    assert len(numbers(old.year)) > 25
    take_in(new, at(MONDAY), carry_in(file_of(old), UTC))
    assert new.year.all_weeks == old.year.all_weeks
    assert new.year.weeks == old.year.weeks


def test_own_weeks_that_the_file_does_not_have_stay_without_a_score() -> None:
    old, new = a_channel(MONDAY - 200), a_channel(MONDAY - 400)
    take_in(new, at(MONDAY), carry_in(file_of(old), UTC))
    assert len(numbers(new.year)) > len(numbers(old.year))
    assert new.year.all_weeks[-len(numbers(old.year)) :] == old.year.all_weeks
    assert not any(week.scored for week in new.year.all_weeks[: -len(numbers(old.year))])


def test_days_of_the_file_that_left_the_window_since_join_the_weeks() -> None:
    old, new = a_channel(MONDAY - 200, MONDAY - 30), a_channel(MONDAY - 5)
    take_in(new, at(MONDAY), carry_in(file_of(old), UTC))
    seen = {day for week in new.year.all_weeks for day in week.seen_days}
    kept = {summary.day for summary in new.ledger.days}
    assert seen | kept >= set(range(MONDAY - 200, MONDAY - 29))


@pytest.mark.parametrize("imports", [1, 2, 3])
@pytest.mark.parametrize("first", [20, 300])
def test_undoing_an_import_brings_the_own_year_back(imports: int, first: int) -> None:
    old = a_channel(MONDAY - 400)
    old.ledger = old.ledger.with_correction(at(MONDAY - 200), start_over(MONDAY - 199))
    new, other = a_channel(MONDAY - first), a_channel(MONDAY - first)
    day = MONDAY
    for _ in range(imports):
        take_in(new, at(day), carry_in(file_of(old), UTC))
        assert load_year(json.loads(json.dumps(dump_year(new.year)))) == new.year
        day += 9
        for one in range(day - 8, day + 1):
            close(new, one)
            close(other, one)
    assert new.year.all_weeks != other.year.all_weeks
    new.undo(at(day))
    assert new.year.former is None
    assert new.year.all_weeks == other.year.all_weeks
    assert new.year.weeks == other.year.weeks
    assert [one.day for one in new.ledger.days] == [one.day for one in other.ledger.days]


def test_a_file_without_a_year_leaves_the_own_one_and_its_undo() -> None:
    old, new = a_channel(MONDAY - 60), a_channel(MONDAY - 300)
    old.ledger = old.ledger.with_correction(at(MONDAY - 50), start_over(MONDAY - 49))
    before = new.year
    data = file_of(old)
    assert "year" not in data
    take_in(new, at(MONDAY), carry_in(data, UTC))
    new.undo(at(MONDAY))
    assert new.year == before


def test_a_home_that_keeps_the_last_days_only_takes_no_year() -> None:
    new = a_channel(MONDAY - 20)
    new.forget_year()
    take_in(new, at(MONDAY), carry_in(file_of(a_channel(MONDAY - 300)), UTC))
    assert not new.year.all_weeks
    assert new.year.former is None


def test_a_year_that_is_damaged_or_still_to_come_is_refused() -> None:
    data = file_of(a_channel(MONDAY - 300))
    for wrong in (None, {}, {**data["year"], "room": [0, 5]}):
        with pytest.raises(StoredFormError):
            carry_in({**data, "year": wrong}, UTC)
    late = a_channel(MONDAY - 300, MONDAY + 200).year
    new = a_channel(MONDAY - 20)
    found = replace(carry_in(data, UTC), year=late)
    with pytest.raises(OutdatedError):
        take_in(new, at(MONDAY), found)
    assert not new.ledger.entries


def test_what_was_before_an_import_goes_with_its_undo() -> None:
    new = a_channel(MONDAY - 20)
    take_in(new, at(MONDAY), carry_in(file_of(a_channel(MONDAY - 300)), UTC))
    assert "former" in dump_year(new.year)
    start = at(MONDAY) + 300.0
    for step in range(33 * DAY_S // 1800):
        new.read(start + 1800.0 * step, 6.0 + step % 3)
    assert new.ledger.former is None
    assert "former" not in dump_year(new.year)
    assert len(new.ledger.days) <= WINDOW_DAYS
