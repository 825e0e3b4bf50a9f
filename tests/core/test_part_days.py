"""Weeks of sources that are off part of the day: what is learned, what is said, what is not."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
import json

import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import Compared, LearningState, Missing, Reason
from custom_components.air_baseline.core.day import clock_times, day_start, locate
from custom_components.air_baseline.core.event import EventKind
from custom_components.air_baseline.core.explaining.day_chart import day_chart, hour_range
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.explaining.explanation import Next
from custom_components.air_baseline.core.explaining.view import view
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from tests.core.rooms import LONDON, MONDAY, Room

KITCHEN = Room(pollutant=Pollutant.PM25, usual=6.0, seed=3)  # Has no unusual day of its own.
HOUR = 3600.0
NIGHTS = ("01:00-07:00",)

type On = Callable[[datetime, int], bool]


def nightly(off: float, on: float) -> On:
    """Return a source that is off between two hours of the clock."""

    def is_on(now: datetime, _day: int) -> bool:
        hour = now.hour + now.minute / 60
        return not (off <= hour < on if off < on else hour >= off or hour < on)

    return is_on


def all_day(_now: datetime, _day: int) -> bool:
    return True


def until(day: int, first: On, then: On) -> On:
    return lambda now, at: first(now, at) if at < MONDAY + day else then(now, at)


def at_weekends_off(now: datetime, _day: int) -> bool:
    return now.weekday() < 5


OFF = nightly(1, 7)


def live(channel: Channel, days: range, is_on: On, plume: float = 0.0) -> list[EventKind]:
    """Let a channel read a room whose source is on at times; return what happened."""
    last = False
    for at, value in KITCHEN.readings(len(days), first=MONDAY + days.start):
        on = is_on(datetime.fromtimestamp(at, LONDON), locate(at, LONDON)[0])
        if on:
            channel.read(at, value + plume)
        elif last:
            channel.lose(at)
        else:
            channel.advance(at)
        last = on
    channel.advance(day_start(MONDAY + days.stop, LONDON))
    return [event.kind for event in channel.take_events()]


@lru_cache
def weeks(days: int, is_on: On) -> str:
    channel = KITCHEN.channel()
    live(channel, range(days), is_on)
    return json.dumps(dump_channel(channel))


def after(days: int, is_on: On) -> Channel:
    return load_channel(json.loads(weeks(days, is_on)), LONDON, MONTH_DAYS)


def at(day: int, hour: float) -> float:
    """Return the time of an hour of the clock on a day; those before 04:00 end the day."""
    return day_start(MONDAY + day, LONDON) + (hour - 4.0) % 24.0 * HOUR


@pytest.mark.parametrize(
    ("off", "on", "times"),
    [
        (1, 7, ("01:00-07:00",)),
        (22, 8, ("22:00-07:00",)),
        (20, 8, ("19:00-07:00",)),
        (9, 17, ("10:00-16:00",)),
        (0, 4, ("01:00-04:00",)),
    ],
)
def test_the_times_of_day_that_are_seen_are_learned_and_the_others_named(
    off: float, on: float, times: tuple[str, ...]
) -> None:
    is_on = nightly(off, on)
    first, learned, alerts = after(10, is_on), after(22, is_on), after(36, is_on)
    shown = view(first, at(10, 12))
    assert (shown.state, shown.not_seen) == (LearningState.PROVISIONAL, times)
    assert shown.earliest is not None
    assert shown.earliest <= "2026-01-27"
    shown = view(learned, at(22, 18))
    assert (shown.state, shown.not_seen, shown.missing) == (LearningState.LEARNED, times, ())
    assert shown.high is not None
    assert alerts.forecast is not None
    assert alerts.forecast.eligible
    part = locate(at(36, (on - 1) % 24), LONDON)[1]
    assert times[0] not in clock_times(1 << part) or alerts.forecast.alert_levels[part] is None
    assert alerts.judge(at(36, 18)).reason in (None, Reason.SILENT)
    plume = live(alerts, range(36, 37), is_on, plume=150.0)
    assert EventKind.UNUSUAL_STARTED in plume


def test_nothing_is_said_of_a_time_of_day_that_is_not_seen() -> None:
    channel = after(36, OFF)
    start = at(36, 1)
    for minute in range(0, 120, 5):
        channel.read(start + 60.0 * minute, 400.0)
    now = start + 2 * HOUR
    judged, shown, said = channel.judge(now), view(channel, now), explain(channel, now)
    assert judged.state is LearningState.LEARNED
    assert (judged.compared, judged.reason) == (Compared.NOT_ENOUGH_DATA, Reason.NOT_SEEN)
    assert (judged.unusual, judged.typical, shown.high) == (None, None, None)
    assert channel.episodes == ()
    assert (said.typical, len(said.day_ranges)) == (None, 6)
    assert said.evidence.not_seen == NIGHTS
    assert said.next_steps == (Next.RANGE_FOLLOWS, Next.TIMES_BECOME_SEEN)
    assert len(day_chart(channel, now).parts) == 6
    assert hour_range(channel, now) is None


def test_a_silent_source_is_not_usual_at_a_time_of_day_that_is_not_seen() -> None:
    judged = after(36, OFF).judge(at(36, 5))
    assert (judged.compared, judged.reason) == (Compared.NOT_ENOUGH_DATA, Reason.NOT_SEEN)


def test_a_forecast_with_parts_that_are_not_seen_is_stored_whole() -> None:
    channel = after(36, OFF)
    again = load_channel(dump_channel(channel), LONDON, MONTH_DAYS)
    assert channel.forecast is not None
    assert channel.forecast.scored == 0b01111110
    assert again.forecast == channel.forecast


def test_the_night_has_no_part_in_the_scores_of_days_that_do_not_see_it() -> None:
    loud = after(36, OFF)
    assert loud.forecast is not None
    assert [level is None for level in loud.forecast.alert_levels] == [True, *[False] * 6, True]
    assert [level is None for level in loud.forecast.notable_levels] == [True, *[False] * 6, True]
    assert loud.forecast.threshold.days == 36


def test_a_day_on_which_only_the_night_was_seen_is_not_eligible() -> None:
    channel = after(36, OFF)
    live(channel, range(36, 37), lambda now, _: not OFF(now, 0))
    live(channel, range(37, 38), OFF)
    by_night, by_day = channel.ledger.days[-2:]
    assert (by_night.eligible, by_day.eligible) == (False, True)
    assert (by_night.coverage, by_day.coverage is None) == (None, False)


def test_a_source_on_for_less_than_half_of_the_day_is_never_learned_and_says_so() -> None:
    for days in (10, 40):
        channel = after(days, nightly(23, 18))
        shown, said = view(channel, at(days, 20)), explain(channel, at(days, 20))
        assert (shown.state, shown.usable_days) == (LearningState.COLLECTING, 0.0)
        assert (shown.earliest, Missing.HOURS in shown.missing) == (None, True)
        assert said.next_steps == (Next.NEEDS_HOURS,)
        assert said.evidence.missing[Missing.HOURS] == 9
        assert said.evidence.not_seen == ("22:00-19:00",)


def test_a_source_that_is_off_at_weekends_is_not_promised_a_date() -> None:
    said = explain(after(18, at_weekends_off), at(18, 12))
    assert said.next_steps == (Next.NEEDS_WEEKENDS,)
    assert said.evidence.moved >= 2
    assert said.evidence.not_seen == ()


def test_a_date_that_slid_twice_says_why() -> None:
    def gaps(now: datetime, day: int) -> bool:
        return not (day - MONDAY in (3, 8) and now.hour >= 8)

    channel = KITCHEN.channel()
    live(channel, range(3), gaps)
    first = view(channel, at(3, 5))
    live(channel, range(3, 5), gaps)
    once = explain(channel, at(5, 12))
    assert (once.evidence.moved, once.next_steps) == (1, (Next.RANGE_AFTER_DAYS,))
    live(channel, range(5, 10), gaps)
    twice = explain(channel, at(10, 12))
    assert (twice.evidence.moved, twice.next_steps) == (2, (Next.NEEDS_DAYS,))
    assert (twice.evidence.short_days, twice.evidence.of_days) == (2, 10)
    assert first.earliest is not None
    assert twice.evidence.earliest is not None
    assert twice.evidence.earliest > first.earliest


def test_a_learned_source_that_begins_to_be_off_at_night_stays_learned() -> None:
    channel = after(40, all_day)
    for days in range(40, 56):
        happened = live(channel, range(days, days + 1), until(40, all_day, nightly(22, 8)))
        assert EventKind.CHANGE_SUSPECTED not in happened
        assert channel.forecast is not None
        assert channel.forecast.eligible, days
    assert view(channel, at(56, 12)).not_seen == ("22:00-07:00",)
    assert view(channel, at(56, 12)).state is LearningState.LEARNED


def test_a_source_that_is_on_at_night_again_learns_the_night_in_two_weeks() -> None:
    channel = after(40, OFF)
    for days in range(40, 72):
        happened = live(channel, range(days, days + 1), all_day)
        assert EventKind.CHANGE_SUSPECTED not in happened
        assert channel.forecast is not None
        assert channel.forecast.learned
        assert channel.forecast.threshold.score is not None, days
        seen = days - 40 + 1 >= 14
        assert (channel.judge(at(days + 1, 5)).reason is Reason.NOT_SEEN) is not seen
    assert channel.forecast is not None
    assert channel.forecast.alert_levels[0] is None, "too few days to compare the night with"
    assert channel.judge(at(72, 5)).reason in (Reason.REFERENCE_DAYS, Reason.SILENT)
    assert explain(channel, at(72, 5)).comparison.days == 32
