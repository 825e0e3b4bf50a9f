"""The last good copy is kept while it has days that were lost without a known reason."""

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.clock_steps import note_leap, set_back
from custom_components.air_baseline.core.day import WINDOW_DAYS, day_start
from custom_components.air_baseline.core.known_time import KnownTime, Leap, look
from custom_components.air_baseline.core.ledger.correction import start_over
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.storage.good_copy import days_kept, unexplained
from tests.core.rooms import LONDON, MONDAY, a_day, a_ledger, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR, DAY = 3600.0, 86_400.0


def full() -> Channel:
    return learned_channel(WINDOW_DAYS)


def good() -> set[int]:
    return days_kept(full())


def test_nothing_is_missing_at_first() -> None:
    assert len(good()) == WINDOW_DAYS
    assert unexplained(good(), full()) == []


@pytest.mark.parametrize("lost", [0, 1, 40, WINDOW_DAYS - 1])
def test_a_lost_day_is_found(lost: int) -> None:
    channel = full()
    gone = channel.ledger.days[lost].day
    channel.ledger = a_ledger(day for day in channel.ledger.days if day.day != gone)
    newest = channel.ledger.days[-1].day
    assert unexplained(good(), channel) == [gone]
    assert newest >= MONDAY - 2


def test_an_empty_ledger_has_lost_everything() -> None:
    channel = full()
    channel.ledger = Ledger()
    assert unexplained(good(), channel) == sorted(good())


def test_the_calendar_takes_days() -> None:
    channel = full()
    for day in range(3):
        channel.ledger = channel.ledger.with_day(a_day(MONDAY + day))
    assert unexplained(good(), channel) == []
    assert len(good() - days_kept(channel)) == 3


def test_starting_over_takes_days_after_thirty_of_them() -> None:
    channel = full()
    channel.correct(START, start_over(MONDAY))
    channel.ledger = channel.ledger.with_day(a_day(MONDAY + 31)).pruned(START + 31 * DAY)
    assert days_kept(channel) == {MONDAY + 31}
    assert unexplained(good(), channel) == []


def test_days_of_before_a_leap_are_still_there_and_so_are_those_set_aside() -> None:
    channel = full()
    breathe(channel, START, 60, 8.0)
    note_leap(channel, Leap(START + HOUR, START + 365 * DAY))
    for day in range(3):
        breathe(channel, START + (365 + day) * DAY, 24 * 60, 8.0 + day)
    assert unexplained(good(), channel) == []
    false = days_kept(channel) - good()
    known = KnownTime(START + 368 * DAY, tuple(one.leap for one in channel.leaps))
    set_back(channel, look(known, START + 3 * DAY + HOUR))
    assert unexplained(good(), channel) == []
    assert len(channel.ledger.set_aside) == len(false) - 1
