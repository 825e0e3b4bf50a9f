"""Days and parts in every time zone: clocks that change by any time, and dates that are skipped."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from functools import cache
from itertools import pairwise
import json
from zoneinfo import ZoneInfo, available_timezones

import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import (
    DAY_S,
    SLOT_S,
    day_start,
    locate,
    part_slots,
    part_spans,
)
from custom_components.air_baseline.core.event import EventKind
from custom_components.air_baseline.core.explaining.day_chart import day_chart
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from tests.core.rooms import LONDON, MONDAY, PM25, breathe

SINCE, UNTIL = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (2025, 2027))
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC).timestamp()
DATE_LINE = {"Pacific/Apia": "2011-12-30", "Pacific/Kiritimati": "1994-12-31"}
STEP_S = 14 * DAY_S


def offset(at: float, zone: tzinfo) -> float:
    found = datetime.fromtimestamp(at, zone).utcoffset()
    assert found is not None
    return found.total_seconds()


def changes(zone: tzinfo, since: float, until: float) -> Iterator[tuple[float, float, float]]:
    """Yield when the clocks of a zone change, and the offsets before and after (seconds)."""
    weeks = [since + STEP_S * week for week in range(int((until - since) / STEP_S))]
    for first, last in pairwise(weeks):
        before, after = offset(first, zone), offset(last, zone)
        low, high = first, last
        while before != after and high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle, zone) == before else (low, middle)
        if before != after:
            yield high, before, after


@cache
def kinds(since: float, until: float) -> dict[tuple[float, float], tuple[str, float]]:
    """Return a zone and a time for each way that clocks change: local time of day, and by what."""
    found: dict[tuple[float, float], tuple[str, float]] = {}
    for name in sorted(available_timezones()):
        for at, before, after in changes(ZoneInfo(name), since, until):
            found.setdefault(((at + before) % DAY_S, after - before), (name, at))
    return found


def slots_around(at: float) -> range:
    return range(int((at - 2 * DAY_S) // SLOT_S), int((at + 3 * DAY_S) // SLOT_S))


def test_every_zone_is_there() -> None:
    assert len(available_timezones()) > 400
    assert {"Antarctica/Troll", "Australia/Lord_Howe", "Pacific/Chatham"} <= available_timezones()
    assert any(abs(by) == 7200.0 for _, by in kinds(SINCE, UNTIL)), "Troll's"


def check_days(at: float, zone: tzinfo) -> None:
    """Check that the days around a time follow each other, and consist of their slots."""
    located = {slot: locate(slot * SLOT_S, zone) for slot in slots_around(at)}
    found = Counter(located.values())
    days = [day for day, _ in located.values()]
    assert days == sorted(days), "days never run backwards"
    for day in sorted({*days})[1:-1]:
        assert part_slots(day, zone) == tuple(found[day, part] for part in range(8))
        start, end = day_start(day, zone), day_start(day + 1, zone)
        assert locate(start, zone)[0] == day
        assert locate(start - 1, zone)[0] < day
        spans = part_spans(day, zone)
        assert (spans[0][1], spans[-1][2]) == (start, end)
        assert all(last == first for (_, _, last), (_, first, _) in pairwise(spans))


def test_days_follow_each_other_however_clocks_ever_changed() -> None:
    wrong = []
    for name, at in kinds(EARLIEST, UNTIL).values():
        try:
            check_days(at, ZoneInfo(name))
        except AssertionError:
            wrong.append((name, datetime.fromtimestamp(at, UTC).isoformat()))
    assert wrong == []


@pytest.mark.parametrize(("name", "skipped"), DATE_LINE.items())
def test_a_date_that_was_skipped_is_no_day(name: str, skipped: str) -> None:
    zone, day = ZoneInfo(name), datetime.fromisoformat(skipped).toordinal()
    start = day_start(day, zone)
    assert start == day_start(day + 1, zone)
    assert locate(start - 3600, zone) == (day - 1, 7)
    assert locate(start, zone) == (day + 1, 0)
    check_days(start, zone)
    live_through(zone, start)


def live_through(zone: tzinfo, at: float) -> Channel:
    """Return a channel that has lived from two days before a time to two after, with restarts."""
    channel = Channel(PM25, zone)
    for slot in slots_around(at)[: 4 * DAY_S // SLOT_S]:
        channel.read(slot * SLOT_S, 8.0 + slot % 5)
        if slot % 96 == 0:
            before = channel
            text = json.dumps(dump_channel(channel))
            channel = load_channel(json.loads(text), zone, MONTH_DAYS)
            assert channel.ledger == before.ledger
            assert channel.open_day is not None
            assert before.open_day is not None
            assert channel.open_day.counts == before.open_day.counts
            day_chart(channel, slot * SLOT_S)
    return channel


def test_a_room_lives_through_every_change_of_clocks_of_two_years() -> None:
    for name, at in kinds(SINCE, UNTIL).values():
        channel = live_through(ZoneInfo(name), at)
        days = channel.ledger.days
        assert len(days) in (3, 4), name
        assert [summary.slots for summary in days] == [
            part_slots(summary.day, ZoneInfo(name)) for summary in days
        ]
        assert all(summary.valid for summary in days[1:]), name


START = day_start(MONDAY, LONDON)
HOUR = 3600.0


def evenings(channel: Channel, start: float, days: int, hours_later: int = 0) -> Channel:
    """Let days pass whose air is high from 18:00 to 21:00 in London, or some hours later."""
    for hour in range(24 * days):
        at = start + HOUR * hour
        local = (datetime.fromtimestamp(at, LONDON).hour - hours_later) % 24
        breathe(channel, at, 60, 40.0 + hour % 5 if 18 <= local < 21 else 6.0 + hour % 3)
    return channel


def settled() -> Channel:
    """Return a channel that has learned such evenings."""
    return evenings(Channel(PM25, LONDON), START, 42)


@cache
def settled_text() -> str:
    return json.dumps(dump_channel(settled()))


def a_settled_room() -> tuple[Channel, float]:
    """Return such a channel, and the time of its last reading."""
    return load_channel(json.loads(settled_text()), LONDON, MONTH_DAYS), START + 42 * DAY_S


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("name", ["America/New_York", "Asia/Tokyo", "Pacific/Kiritimati"])
def test_after_a_change_of_the_time_zone_alerts_wait(name: str, *, restart: bool) -> None:
    channel, now = a_settled_room()
    channel.advance(now + 60)
    assert channel.state(now) is LearningState.LEARNED
    alerts = len(channel.episodes)
    channel = moved(channel, now + 120, name, restart=restart)
    channel.advance(now + 180)
    assert channel.state(now + 180) is LearningState.CHANGING
    assert EventKind.CHANGE_SUSPECTED in {event.kind for event in channel.take_events()}
    evenings(channel, now + HOUR, 5)
    assert len(channel.episodes) == alerts, "no alert, though evenings are other parts now"
    assert channel.state(now + 5 * DAY_S) is LearningState.CHANGING


def test_the_range_is_trusted_again_once_it_has_held_in_the_new_zone() -> None:
    channel, now = a_settled_room()
    channel.move(now, ZoneInfo("Asia/Tokyo"))
    evenings(channel, now, 36)
    assert channel.state(now + 36 * DAY_S) is LearningState.LEARNED


def moved(channel: Channel, at: float, name: str, *, restart: bool) -> Channel:
    """Return a channel in another time zone, changed while it runs or between two starts."""
    if restart:
        text = json.dumps(dump_channel(channel))
        return load_channel(json.loads(text), ZoneInfo(name), channel.promise_days)
    channel.move(at, ZoneInfo(name))
    return channel


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("name", ["Europe/Lisbon", "Europe/Berlin", "Africa/Abidjan"])
def test_a_zone_of_the_same_hours_costs_nothing(name: str, *, restart: bool) -> None:
    channel, now = a_settled_room()
    channel.advance(now + 60)
    before = channel.ledger
    channel = moved(channel, now + 120, name, restart=restart)
    channel.advance(now + 180)
    assert channel.state(now + 180) is LearningState.LEARNED
    assert channel.ledger == before


def test_several_small_changes_add_up() -> None:
    channel, now = a_settled_room()
    for name, state in {
        "Europe/Berlin": LearningState.LEARNED,
        "Europe/Helsinki": LearningState.CHANGING,
    }.items():
        channel.move(now, ZoneInfo(name))
        assert channel.state(now) is state


def test_a_change_that_is_taken_back_at_once_leaves_nothing() -> None:
    channel, now = a_settled_room()
    channel.advance(now + 60)
    before = channel.ledger
    for name in ("Asia/Tokyo", "Europe/London"):
        channel.move(now + 120, ZoneInfo(name))
    assert channel.state(now + 120) is LearningState.LEARNED
    assert channel.ledger == before


def test_a_person_can_undo_the_doubt_and_it_stays_undone() -> None:
    channel, now = a_settled_room()
    channel.move(now, ZoneInfo("Asia/Tokyo"))
    (entry,) = channel.ledger.changes()
    channel.undo(now, entry.id)
    assert channel.state(now) is LearningState.LEARNED
    again = moved(channel, now, "Asia/Tokyo", restart=True)
    again.advance(now + 60)
    assert again.state(now + 60) is LearningState.LEARNED


def test_a_room_that_has_just_begun_keeps_its_days() -> None:
    channel = evenings(Channel(PM25, LONDON), START, 3)
    channel.move(START + 3 * DAY_S, ZoneInfo("Asia/Tokyo"))
    assert not channel.ledger.entries
    assert channel.state(START + 3 * DAY_S) is LearningState.COLLECTING
