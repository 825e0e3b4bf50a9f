"""The days and parts of the core, compared with a clock whose hands are moved by hand."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.day import (
    PLAIN_SLOTS,
    SLOT_S,
    day_start,
    is_weekend,
    iso_day,
    locate,
    parse_day,
    part_hours,
    part_slots,
)
from tests.core.properties import repeatable

ZONES = {
    "Europe/London": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Asia/Kathmandu": ("2026-03-29", "2026-10-25"),
}
CHANGES = [(zone, change) for zone, changes in ZONES.items() for change in changes]


def by_the_wall_clock(at: float, zone: str) -> tuple[int, int]:
    """Locate a time by moving the hands of the clock back by four hours."""
    hands = datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=None) - timedelta(hours=4)
    return hands.toordinal(), hands.hour // 3


def slots_around(change: str) -> range:
    noon = datetime.fromisoformat(change).replace(hour=12, tzinfo=UTC).timestamp()
    first = int(noon // SLOT_S)
    return range(first - 3 * 288, first + 3 * 288)


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_days_and_parts_follow_the_wall_clock_when_clocks_change(zone: str, change: str) -> None:
    times = [slot * SLOT_S for slot in slots_around(change)]
    assert [locate(at, ZoneInfo(zone)) for at in times] == [
        by_the_wall_clock(at, zone) for at in times
    ]


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_a_part_has_as_many_slots_as_are_located_in_it(zone: str, change: str) -> None:
    found = Counter(locate(slot * SLOT_S, ZoneInfo(zone)) for slot in slots_around(change))
    day = parse_day(change)
    for whole in range(day - 2, day + 2):
        counted = tuple(found[whole, part] for part in range(8))
        assert part_slots(whole, ZoneInfo(zone)) == counted


@pytest.mark.parametrize(
    ("zone", "day", "last_part"),
    [
        ("Europe/London", "2026-03-28", 24),
        ("Europe/London", "2026-10-24", 48),
        ("America/New_York", "2026-03-07", 24),
        ("America/New_York", "2026-10-31", 48),
        ("Australia/Lord_Howe", "2026-10-03", 30),
        ("Australia/Lord_Howe", "2026-04-04", 42),
        ("Asia/Kathmandu", "2026-03-28", 36),
    ],
)
def test_the_night_in_which_clocks_change_is_longer_or_shorter(
    zone: str, day: str, last_part: int
) -> None:
    assert part_slots(parse_day(day), ZoneInfo(zone)) == (*PLAIN_SLOTS[:7], last_part)


@pytest.mark.parametrize("zone", ZONES)
def test_days_never_run_backwards(zone: str) -> None:
    start = day_start(parse_day("2026-01-01"), ZoneInfo(zone))
    days = [locate(start + hour * 3600, ZoneInfo(zone))[0] for hour in range(365 * 24)]
    assert all(0 <= later - earlier <= 1 for earlier, later in pairwise(days))


@given(day=st.integers(730_000, 760_000), zone=st.sampled_from(sorted(ZONES)))
@repeatable
def test_a_day_starts_at_four_by_the_wall_clock(day: int, zone: str) -> None:
    start = day_start(day, ZoneInfo(zone))
    local = datetime.fromtimestamp(start, ZoneInfo(zone))
    assert (local.toordinal(), local.hour, local.minute) == (day, 4, 0)
    assert locate(start, ZoneInfo(zone)) == (day, 0)
    assert locate(start - 1, ZoneInfo(zone)) == (day - 1, 7)


@given(day=st.dates())
@repeatable
def test_a_day_is_read_as_it_was_written(day: date) -> None:
    assert parse_day(iso_day(day.toordinal())) == day.toordinal()


def test_a_text_that_is_not_a_date_is_refused() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        parse_day("yesterday")


def test_saturday_and_sunday_are_the_weekend() -> None:
    monday = parse_day("2026-01-05")
    assert [is_weekend(monday + ahead) for ahead in range(7)] == [False] * 5 + [True] * 2


def test_the_parts_cover_the_day_once() -> None:
    hours = [part_hours(part) for part in range(8)]
    assert hours[0] == (4, 7)
    assert all(end == start for (_, end), (start, _) in pairwise([*hours, hours[0]]))
