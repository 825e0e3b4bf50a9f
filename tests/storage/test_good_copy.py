"""The good copy: never replaced by one that lacks days without a reason, or that cannot be read."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.clock_steps import note_leap, set_back
from custom_components.air_baseline.core.day import WINDOW_DAYS, day_start
from custom_components.air_baseline.core.known_time import KnownTime, Leap, look
from custom_components.air_baseline.core.ledger.correction import exclude_days, start_over
from custom_components.air_baseline.core.ledger.entries import ChangeReported, Entry
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel
from custom_components.air_baseline.storage.good_copy import KnownDays, days_of_stored
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY
from tests.core.rooms import LONDON, MONDAY, a_day, a_ledger, breathe, learned_channel
from tests.files import disk, kitchen, read, write
from tests.home import (
    BEDROOM,
    KITCHEN,
    PM25,
    VOC,
    a_home,
    a_room,
    act,
    pass_time,
    set_up,
    usual,
)

AIR = {PM25: usual, VOC: lambda at: usual(at, Pollutant.VOC_RATIO)}


def days(first: int, last: int) -> Ledger:
    return a_ledger([a_day(day) for day in range(first, last)])


def missing(before: Ledger, now: Ledger, today: int = MONDAY) -> list[int]:
    return KnownDays.of(before).missing_in(KnownDays.of(now), today)


def test_days_that_are_gone_are_found() -> None:
    before = days(MONDAY - 40, MONDAY)
    assert missing(before, before) == []
    assert missing(before, days(MONDAY - 40, MONDAY - 1)) == [MONDAY - 1]
    assert missing(before, Ledger()) == list(range(MONDAY - 40, MONDAY))


def test_days_leave_the_window_and_none_can_be_later_than_today() -> None:
    before = days(MONDAY - 40, MONDAY)
    later = MONDAY + WINDOW_DAYS - 20
    assert missing(before, days(later - WINDOW_DAYS + 1, later), later) == []
    assert missing(days(MONDAY - 5, MONDAY + 3), days(MONDAY - 5, MONDAY)) == []


def test_a_start_over_and_its_undoing_take_days_with_reason() -> None:
    before = days(MONDAY - 40, MONDAY)
    reset = days(MONDAY - 4, MONDAY).with_correction(1.0, start_over(MONDAY - 4))
    assert missing(before, reset) == []
    assert missing(reset.with_day(a_day(MONDAY - 1)), days(MONDAY - 40, MONDAY - 1)) == []


def test_days_of_before_a_leap_are_still_there_and_so_are_those_set_aside() -> None:
    start, day_s = day_start(MONDAY, LONDON), 86_400.0
    channel = learned_channel(WINDOW_DAYS)
    before = KnownDays.of(channel.ledger)
    breathe(channel, start, 60, 8.0)
    note_leap(channel, Leap(start + 3600.0, start + 365 * day_s))
    for day in range(3):
        breathe(channel, start + (365 + day) * day_s, 24 * 60, 8.0 + day)
    ahead = KnownDays.of(channel.ledger, channel.leaps)
    assert before.missing_in(ahead, MONDAY + 4) == []
    known = KnownTime(start + 368 * day_s, tuple(one.leap for one in channel.leaps))
    set_back(channel, look(known, start + 3 * day_s + 3600.0))
    after = KnownDays.of(channel.ledger, channel.leaps)
    assert before.missing_in(after, MONDAY + 4) == []


def test_the_days_of_a_stored_channel_are_those_of_its_ledger() -> None:
    channel = learned_channel(5)
    channel.correct(1.0, start_over(MONDAY - 2))
    rooms = {"a": {"channels": {"pm25": dump_channel(channel), "x": 7}}, "b": 7}
    known = days_of_stored(rooms)
    assert known == {("a", "pm25"): KnownDays.of(channel.ledger)}
    assert len(known["a", "pm25"].days) == 5
    broken = KnownDays.of_stored({"days": [7], "entries": None})
    assert (len(broken.days), broken.dropping) == (0, frozenset())


def test_a_start_over_is_found_among_many_stored_entries() -> None:
    channel = learned_channel(40)
    ledger = channel.ledger.with_correction(1e9, start_over(MONDAY - 30))
    for number in range(60):
        ledger = ledger.with_correction(1e9 + number, exclude_days([MONDAY - number]))
    channel.ledger = ledger
    stored = dump_channel(channel)
    assert "entries_packed" in stored
    assert KnownDays.of_stored(stored) == KnownDays.of(ledger)


async def a_home_with_a_good_copy(hass: HomeAssistant) -> Any:  # noqa: ANN401
    for key in (LEDGER_KEY, GOOD_KEY):
        write(hass, key, kitchen(36))
    entry = a_home(
        a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO),
        a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX),
    )
    await set_up(hass, entry)
    return entry


def forget_days(channel: Channel) -> None:
    channel.ledger = replace(channel.ledger, days=tuple(channel.ledger.days)[-3:])


def become_unreadable(channel: Channel) -> None:
    change = ChangeReported(from_day=MONDAY, found_day=MONDAY, weight=7.0)
    channel.ledger = replace(channel.ledger, entries=(Entry(id=1, at=1.0, correction=change),))


@pytest.mark.on_disk
@pytest.mark.parametrize("harm", [forget_days, become_unreadable])
async def test_it_is_kept_as_it_is_until_there_is_a_better_one_and_that_is_told(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    harm: Any,  # noqa: ANN401
) -> None:
    entry = await a_home_with_a_good_copy(hass)
    channel = entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25]
    ledger, before = channel.ledger, disk(hass, GOOD_KEY).read_bytes()
    harm(channel)
    await pass_time(hass, clock, timedelta(hours=30), AIR)
    assert disk(hass, GOOD_KEY).read_bytes() == before
    told = [text for text in caplog.messages if "last good copy is kept" in text]
    assert len(told) == 1
    assert KITCHEN in told[0]
    hass.config_entries.async_remove_subentry(entry, BEDROOM)
    await hass.async_block_till_done()
    stored = read(hass, GOOD_KEY)["data"]["rooms"]
    assert set(stored) == {KITCHEN}
    assert len(stored[KITCHEN]["channels"]["pm25"]["days"]) == 36
    channel.ledger = ledger
    await pass_time(hass, clock, timedelta(hours=2), AIR)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert disk(hass, GOOD_KEY).read_bytes() != before
    assert read(hass, GOOD_KEY)["data"]["id"] == read(hass, LEDGER_KEY)["data"]["id"]


@pytest.mark.on_disk
async def test_a_ledger_that_was_set_aside_has_lost_no_days(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    """Another sensor takes over, and what was learned from the one before it does not hold."""
    entry = await a_home_with_a_good_copy(hass)
    room = entry.runtime_data.rooms[KITCHEN]
    room.stored.retire(Pollutant.PM25, dt_util.utcnow().timestamp())
    room.stored.channels[Pollutant.PM25] = learned_channel(3)
    await pass_time(hass, clock, timedelta(hours=30), AIR)
    assert "last good copy is kept" not in caplog.text
    channel = read(hass, GOOD_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert len(channel["days"]) < 36


@pytest.mark.on_disk
async def test_a_start_over_reaches_it(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    await a_home_with_a_good_copy(hass)
    await act(hass, "reset")
    await pass_time(hass, clock, timedelta(hours=30), AIR)
    channel = read(hass, GOOD_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert [row[2] for row in channel["entries"]] == ["reset"]


def test_all_days_of_a_stored_channel_are_known_with_those_set_aside_and_packed_entries() -> None:
    """After a restart, the good copy knows as much as it did before."""
    channel = learned_channel(WINDOW_DAYS)
    start = day_start(MONDAY, LONDON)
    breathe(channel, start, 8 * 60, 8.0)
    channel.correct(start, start_over(MONDAY - 85))
    for number in range(60):
        run = MONDAY - 1 - number % 9
        channel.ledger = channel.ledger.with_correction(start, exclude_days([run]))
    leap = Leap(start, start + 40 * 86_400.0)
    note_leap(channel, leap)
    for hour in range(60):
        breathe(channel, leap.until + 3600.0 * hour, 60, 8.0 + hour % 3)
    for back_s in (0.0, 40 * 86_400.0):
        if back_s:
            now = leap.until + 60 * 3600.0
            set_back(channel, look(KnownTime(now, (leap,)), now - back_s))
            assert channel.ledger.set_aside
        stored = KnownDays.of_stored(dump_channel(channel))
        known = KnownDays.of(channel.ledger, channel.leaps)
        assert sorted(stored.days) == sorted(known.days)
        assert stored.dropping == known.dropping != frozenset()
