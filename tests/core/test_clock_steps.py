"""What steps of the clock do to a channel: a leap deletes nothing, and can be undone."""

from collections.abc import Sequence
import json
from zlib import crc32
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.clock_steps import (
    is_damaged,
    known_time,
    latest_time,
    note_leap,
    set_back,
)
from custom_components.air_baseline.core.codes import HistoryState, LearningState, Missing, Reason
from custom_components.air_baseline.core.day import WINDOW_DAYS, day_start, locate, parse_day
from custom_components.air_baseline.core.event import EventKind
from custom_components.air_baseline.core.explaining.day_chart import day_chart
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.explaining.explanation import NotKnown, SurroundingsFacts
from custom_components.air_baseline.core.explaining.view import view
from custom_components.air_baseline.core.known_time import (
    KnownTime,
    Leap,
    Verdict,
    look,
    set_back as trusted,
)
from custom_components.air_baseline.core.ledger.correction import exclude_days, start_over
from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.ledger.entries import Cause, ClockSetBack, Entry, Relearned
from custom_components.air_baseline.core.ledger.ledger import UndoError
from custom_components.air_baseline.core.past.history_import import PastDays
from custom_components.air_baseline.core.past.replay import ReplaySetting, relearned, take_over
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.reading.surroundings import (
    SurroundingMean,
    Surroundings,
)
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from custom_components.air_baseline.core.storage.salvage import Salvage
from tests.core.properties import repeatable
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR, DAY = 3600.0, 86_400.0
NOON = START + 8 * HOUR  # The channel was watched from 04:00 until then.
few = settings(repeatable, max_examples=15)
SIZES = [8 * HOUR, 3 * DAY, 40 * DAY, 365 * DAY]


def restored(channel: Channel) -> Channel:
    """Return a channel as it is after a restart."""
    return load_channel(json.loads(json.dumps(dump_channel(channel))), LONDON, MONTH_DAYS)


def a_morning(days: int = WINDOW_DAYS, pollutant: Pollutant = Pollutant.PM25) -> Channel:
    channel = learned_channel(days, pollutant)
    breathe(channel, START, 8 * 60, 8.0)
    channel.take_events()
    return channel


def lost(days: Sequence[DaySummary], channel: Channel, now: float) -> list[DaySummary]:
    """Return the days that a channel has lost, apart from those that the calendar takes."""
    oldest = locate(now, LONDON)[0] - WINDOW_DAYS
    return [day for day in days if day.day >= oldest and day not in channel.ledger.days]


def wave(channel: Channel, start: float, hours: float, level: float) -> None:
    """Feed levels that differ from one hour to the next."""
    for slot in range(int(hours * 12)):
        channel.read(start + 300.0 * slot, level + slot // 12 % 3)
    channel.advance(start + hours * HOUR)


def ahead(channel: Channel, size_s: float, hours: float, *, stored: bool = False) -> Channel:
    """Let the clock leap and go on for some hours of thick air, then set it right."""
    found = look(KnownTime(NOON), NOON + size_s)
    assert found.leap is not None
    note_leap(channel, found.leap)
    wave(channel, NOON + size_s, hours, 300.0)
    if stored:
        channel = restored(channel)
        assert known_time([channel], NOON).leaps == (found.leap,)
    known = KnownTime(NOON + size_s + hours * HOUR, found.known.leaps)
    channel.mistrust_clock()
    set_back(channel, look(known, NOON + hours * HOUR))
    return channel


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("hours", [1, 40, 24 * 9])
@pytest.mark.parametrize("size_s", SIZES)
def test_everything_of_before_is_back_and_nothing_of_the_false_time_is_claimed(
    size_s: float, hours: int, *, stored: bool
) -> None:
    channel = a_morning()
    days, now = list(channel.ledger.days), NOON + hours * HOUR
    channel = ahead(channel, size_s, hours, stored=stored)
    assert lost(days, channel, now) == []
    known = {day.day for day in channel.ledger.days}
    assert MONDAY in (known | {channel.open_day.day if channel.open_day else 0})
    assert view(channel, now).unusual is None
    assert view(channel, now).compared is None
    assert channel.judge(now).sustained is None
    assert channel.judge(now).reason in (Reason.SILENT, Reason.STALE)
    assert channel.episodes == ()
    assert channel.guideline is not None
    assert channel.guideline.mean(now) is None
    wave(channel, now, 2, 8.0)
    shown = view(channel, now + 2 * HOUR)
    assert shown.state is (LearningState.LEARNED)
    assert shown.unusual is not True
    assert channel.judge(now + 2 * HOUR).sustained == pytest.approx(9.0, abs=1.0)
    assert dump_channel(restored(channel)) == dump_channel(channel)


@pytest.mark.parametrize("size_s", [40 * DAY, 365 * DAY])
def test_a_range_that_was_learned_before_a_leap_is_no_news_after_it(size_s: float) -> None:
    channel = a_morning()
    channel.take_events()
    channel = ahead(channel, size_s, 2)
    assert channel.judge(NOON + 2 * HOUR).state is LearningState.LEARNED
    kinds = [event.kind for event in channel.take_events()]
    assert EventKind.DEMOTED in kinds
    assert EventKind.RANGE_LEARNED not in kinds


@pytest.mark.parametrize("size_s", SIZES)
def test_without_a_step_back_the_days_of_a_leap_are_kept_for_thirty_days(size_s: float) -> None:
    """The days that leave the window because of it stay aside; then they are gone."""
    channel, leap = a_morning(), Leap(NOON, NOON + size_s)
    days = {day.day for day in channel.ledger.days}
    note_leap(channel, leap)
    for day in range(29):
        wave(channel, leap.until + day * DAY, 24, 8.0)
        (kept,) = channel.leaps
        held = days & {one.day for one in (*kept.days, *channel.ledger.days)}
        assert len(held) >= WINDOW_DAYS - 2 - day
        assert all(one.day <= MONDAY for one in kept.days)
    wave(channel, leap.until + 29 * DAY, 4 * 24, 8.0)
    assert channel.leaps == ()


def test_days_learned_meanwhile_are_set_aside_by_their_real_dates_and_can_return() -> None:
    channel = ahead(a_morning(), 365 * DAY, 80, stored=True)
    now = NOON + 80 * HOUR
    (entry,) = channel.ledger.of(ClockSetBack)
    aside = channel.ledger.set_aside
    assert [day.day - MONDAY for day in aside] == [0, 1, 2, 3]
    assert (entry.correction.from_day, entry.correction.to_day) == (aside[0].day, aside[-1].day)
    assert all(day.coverage is None and not day.eligible for day in aside)
    channel = restored(channel)
    assert channel.ledger.set_aside == aside
    assert channel.undo(now, entry.id) == entry
    assert list(channel.ledger.days[-3:]) == list(aside[:-1])
    assert channel.ledger.set_aside == aside[-1:], "today returns once it is over"
    assert channel.ledger.entries == ()
    wave(channel, now, 2, 8.0)
    channel.advance(now + 24 * HOUR)
    assert channel.ledger.days[-1] == aside[-1]
    assert channel.ledger.set_aside == ()


def test_what_was_set_aside_is_dropped_once_that_cannot_be_undone() -> None:
    channel = ahead(a_morning(), 3 * DAY, 80)
    for day in range(29):
        wave(channel, NOON + 80 * HOUR + day * DAY, 24, 8.0)
    assert len(channel.ledger.set_aside) == 4
    wave(channel, NOON + 80 * HOUR + 29 * DAY, 4 * 24, 8.0)
    assert channel.ledger.set_aside == ()
    with pytest.raises(UndoError):
        channel.undo(NOON + 80 * HOUR + 33 * DAY, channel.ledger.of(ClockSetBack)[0].id)


def test_a_day_returns_only_in_place_of_one_with_fewer_readings() -> None:
    channel = ahead(a_morning(), 8 * HOUR, 20)
    wave(channel, NOON + 20 * HOUR, 24, 8.0)
    before = channel.ledger.days[-1]
    (entry,) = channel.ledger.of(ClockSetBack)
    channel.undo(NOON + 44 * HOUR, entry.id)
    assert channel.ledger.days[-1].observed_share >= before.observed_share
    assert len({day.day for day in channel.ledger.days}) == len(channel.ledger.days)


def test_what_people_corrected_meanwhile_is_dated_as_it_was() -> None:
    channel, leap = a_morning(), Leap(NOON, NOON + 365 * DAY)
    channel.ledger = channel.ledger.with_correction(NOON - HOUR, exclude_days([MONDAY - 3]))
    note_leap(channel, leap)
    wave(channel, leap.until, 30, 300.0)
    at = leap.until + 30 * HOUR
    channel.correct(at, exclude_days([MONDAY - 5]))
    channel.correct(at, exclude_days([MONDAY + 365]))
    channel.correct(at, start_over(MONDAY + 367))
    known = KnownTime(at, (leap,))
    set_back(channel, look(known, NOON + 30 * HOUR))
    days = [
        (entry.at, *(entry.correction.columns().get(name) for name in ("from_day", "to_day")))
        for entry in channel.ledger.entries
        if not entry.correction.inferred
    ]
    now = NOON + 30 * HOUR
    assert days == [
        (NOON - HOUR, MONDAY - 3, MONDAY - 3),
        (now, MONDAY - 5, MONDAY - 5),
        (now, MONDAY, MONDAY),
        (now, MONDAY + 2, None),
    ]
    channel.undo(now)
    assert channel.ledger.epoch_day == 0


def test_what_is_deleted_by_age_waits_while_the_clock_can_be_ahead() -> None:
    channel = a_morning()
    channel.correct(NOON, start_over(MONDAY - 10))
    former = channel.ledger
    channel.ledger = channel.ledger.with_correction(NOON, exclude_days([MONDAY - 4]))
    note_leap(channel, Leap(NOON, NOON + 365 * DAY))
    wave(channel, NOON + 365 * DAY, 80, 300.0)
    known = KnownTime(NOON + 365 * DAY + 80 * HOUR, tuple(one.leap for one in channel.leaps))
    set_back(channel, look(known, NOON + 80 * HOUR))
    people = [one for one in channel.ledger.entries if not one.correction.inferred]
    assert len(people) == 2
    assert {day.day for day in former.days if day.day > MONDAY + 3 - WINDOW_DAYS} <= {
        day.day for day in channel.ledger.days
    }


def test_a_warm_up_and_a_run_of_one_value_go_on() -> None:
    channel = Channel(learned_channel(1, Pollutant.VOC_RATIO).spec, LONDON)
    wave(channel, START, 8, 120.0)
    note_leap(channel, Leap(NOON, NOON + 8 * HOUR))
    breathe(channel, NOON + 8 * HOUR, 5 * 60, 200.0)
    left = (channel.health.warm_until or 0.0) - (NOON + 13 * HOUR)
    known = KnownTime(NOON + 13 * HOUR, tuple(one.leap for one in channel.leaps))
    set_back(channel, look(known, NOON + 5 * HOUR))
    assert channel.health.warming_up(NOON + 5 * HOUR + left - 9 * HOUR)
    assert not channel.health.warming_up(NOON + 5 * HOUR + left + 1.0)
    assert channel.health.flat_since == pytest.approx(NOON, abs=600.0)
    assert dump_channel(restored(channel)) == dump_channel(channel)


def test_history_that_was_read_for_false_days_is_read_again() -> None:
    for before, after in (
        (HistoryState.UNUSED, HistoryState.UNUSED),
        (HistoryState.READ, HistoryState.EMPTY),
    ):
        channel = a_morning()
        channel.history = before
        note_leap(channel, Leap(NOON, NOON + 365 * DAY))
        channel.history = HistoryState.EMPTY
        known = KnownTime(NOON + 365 * DAY, tuple(one.leap for one in channel.leaps))
        set_back(channel, look(known, NOON + HOUR))
        assert channel.history is after


def test_a_channel_takes_and_claims_nothing_while_the_clock_is_wrong() -> None:
    channel = a_morning()
    breathe(channel, NOON, 60, 300.0)
    before_view, known = view(channel, NOON + HOUR), NOON + HOUR
    assert before_view.unusual is True
    before = dump_channel(channel)
    channel.mistrust_clock()
    for at in (0.0, START - 30 * DAY, NOON - HOUR, NOON + HOUR, NOON + 400 * DAY):
        assert channel.read(at, 900.0) == channel.lose(at) == channel.advance(at) == ()
        assert channel.find(at, 900.0, 1.0, at) == ()
        channel.show_life(at)
        shown = view(channel, at)
        assert (shown.state, shown.reason) == (LearningState.CLOCK_WRONG, Reason.CLOCK_WRONG)
        claims = (
            shown.unusual,
            shown.compared,
            shown.episode,
            shown.basis,
            shown.confidence,
            shown.low,
            shown.high,
            shown.mean,
            shown.above_guideline,
        )
        assert set(claims) == {None}
        assert shown.earliest == before_view.earliest
        assert day_chart(channel, at).start == day_start(locate(max(at, known), LONDON)[0], LONDON)
        told = explain(channel, at)
        assert told.at == max(at, known)
        assert told.measured.sustained is None
    assert dump_channel(channel) == before
    channel.clock_wrong = False
    breathe(channel, NOON + 3 * HOUR, 60, 300.0)
    assert channel.judge(NOON + 4 * HOUR).sustained == 300.0


def test_a_time_of_the_future_that_one_of_several_channels_knows_is_damage() -> None:
    channels = [a_morning(5) for _ in range(3)]
    channels[1].binner.counted_to = NOON + 261 * 365 * DAY
    known = known_time(channels, NOON + HOUR)
    assert known.latest == NOON
    assert [is_damaged(channel, known) for channel in channels] == [False, True, False]
    assert known_time(channels[1:2], NOON + HOUR).latest == latest_time(channels[1])


def test_a_channel_that_has_seen_nothing_knows_no_time() -> None:
    assert latest_time(Channel(POLLUTANTS[Pollutant.PM25], LONDON)) == 0.0


def test_a_good_copy_of_yesterday_is_not_what_time_it_is() -> None:
    channels = [a_morning(5) for _ in range(3)]
    for channel in channels[:2]:
        channel.binner.counted_to = channel.health.last_read = NOON - DAY
    assert known_time(channels, NOON + HOUR).latest == NOON


@few
@given(
    sizes=st.lists(
        st.sampled_from([2 * HOUR, 9 * HOUR, 2 * DAY, 100 * DAY]), min_size=1, max_size=3
    ),
    hours=st.sampled_from([0, 3, 30]),
    stored=st.booleans(),
)
def test_however_often_a_clock_leaped_it_loses_no_day(
    sizes: list[float], hours: int, *, stored: bool
) -> None:
    """Every leap can be undone in one step, back to the first of them."""
    channel, known, now = a_morning(), KnownTime(NOON), NOON
    days = list(channel.ledger.days)
    for size_s in sizes:
        found = look(known, now + size_s)
        assert found.leap is not None
        note_leap(channel, found.leap)
        wave(channel, now + size_s, hours, 300.0)
        now += size_s + hours * HOUR
        known = KnownTime(now, found.known.leaps)
        channel = restored(channel) if stored else channel
        assert [one.leap for one in channel.leaps] == list(known.leaps)
    largest = known.leaps[0]
    right = now - largest.size_s
    found = look(known, right)
    if found.leap != largest:
        return
    set_back(channel, found)
    assert lost(days, channel, right) == []
    assert dump_channel(restored(channel)) == dump_channel(channel)


def set_right(channel: Channel, known: KnownTime, now: float) -> KnownTime:
    """Set the clock back to a POSIX time; a person says that it is right if nothing explains it."""
    found = look(known, now)
    if found.verdict is Verdict.BEHIND:
        found = trusted(known, now, Leap(now, now))
    channel.mistrust_clock()
    set_back(channel, found)
    return found.known


def leaped(channel: Channel, known: KnownTime, size_s: float, hours: float) -> KnownTime:
    """Let the clock leap and go on for some hours; return what is known then."""
    found = look(known, known.latest + size_s)
    assert found.leap is not None
    note_leap(channel, found.leap)
    wave(channel, found.now, hours, 8.0)
    return KnownTime(found.now + hours * HOUR, found.known.leaps)


def relearn(channel: Channel, at: float) -> Entry:
    """Relearn from history that has nothing new."""
    setting = ReplaySetting.of(channel, PastDays())
    own = channel.open_day.day if channel.open_day else 0
    entry = take_over(
        channel, at, relearned(at, channel.ledger, PastDays(), own, setting), PastDays()
    )
    assert entry is not None
    return entry


def held(channel: Channel) -> set[int]:
    lists = channel.ledger.days, channel.ledger.set_aside, *(one.days for one in channel.leaps)
    return {day.day for days in lists for day in days}


@pytest.mark.parametrize("stored", [False, True])
def test_the_word_of_a_person_costs_no_day_that_left_because_of_a_leap(*, stored: bool) -> None:
    """Ahead by 40 days, then by three more, then right: no single leap explains the step."""
    channel = a_morning()
    days = list(channel.ledger.days)
    known = leaped(channel, KnownTime(NOON), 40 * DAY, 30)
    known = leaped(channel, known, 3 * DAY, 30)
    channel = restored(channel) if stored else channel
    now = NOON + 60 * HOUR
    set_right(channel, known, now)
    assert lost(days, channel, now) == []
    assert max(day.day for day in channel.ledger.days) <= locate(now, LONDON)[0]
    assert dump_channel(restored(channel)) == dump_channel(channel)


@pytest.mark.parametrize("size_s", SIZES)
@pytest.mark.parametrize("before", [False, True])
def test_undoing_a_relearning_brings_back_no_day_of_the_future(
    size_s: float, *, before: bool
) -> None:
    """A room is relearned before a leap, or while the clock is ahead."""
    channel = a_morning()
    days = list(channel.ledger.days)
    if before:
        relearn(channel, NOON - 60.0)
    known = leaped(channel, KnownTime(NOON), size_s, 60)
    if not before:
        relearn(channel, known.latest)
        wave(channel, known.latest, 30, 8.0)
        known = KnownTime(known.latest + 30 * HOUR, known.leaps)
    now = known.latest - size_s
    set_right(channel, known, now)
    channel = restored(channel)
    aside = channel.ledger.set_aside
    assert aside
    (entry,) = channel.ledger.of(Relearned)
    channel.undo(now + 60.0, entry.id)
    channel.advance(now + 600.0)
    assert channel.ledger.set_aside == aside
    assert len(channel.ledger.of(ClockSetBack)) == 1
    assert lost(days, channel, now) == []
    assert max(day.day for day in channel.ledger.days) <= locate(now, LONDON)[0]
    assert dump_channel(restored(channel)) == dump_channel(channel)


def test_relearning_lets_no_day_return_that_was_set_aside() -> None:
    channel = ahead(a_morning(), 3 * DAY, 80)
    now, aside = NOON + 80 * HOUR, channel.ledger.set_aside
    relearn(channel, now)
    wave(channel, now, 30, 8.0)
    assert aside
    assert channel.ledger.set_aside == aside
    assert not {day.day for day in aside[1:-1]} & {day.day for day in channel.ledger.days[:-1]}
    (entry,) = channel.ledger.of(ClockSetBack)
    channel.undo(now + 30 * HOUR, entry.id)
    assert {day.day for day in aside[:-1]} <= {day.day for day in channel.ledger.days}


def test_days_set_aside_by_a_clock_that_was_still_ahead_are_dated_again() -> None:
    """A clock 40 days ahead is set back by 20 days, and then by the rest."""
    channel = a_morning()
    days = list(channel.ledger.days)
    known = leaped(channel, KnownTime(NOON), 40 * DAY, 60)
    known = set_right(channel, known, known.latest - 20 * DAY)
    wave(channel, known.latest, 60, 8.0)
    now = NOON + 120 * HOUR
    known = set_right(channel, KnownTime(known.latest + 60 * HOUR, known.leaps), now)
    assert known.latest == now
    aside = [day.day - MONDAY for day in channel.ledger.set_aside]
    assert aside == [0, 1, 2, 3, 4, 5][: len(aside)]
    assert len(aside) >= 4
    spans = [entry.correction for entry in channel.ledger.of(ClockSetBack)]
    assert all(any(span.sets_aside(MONDAY + day) for span in spans) for day in aside)
    assert lost(days, channel, now) == []
    assert dump_channel(restored(channel)) == dump_channel(channel)


def test_a_change_of_the_time_zone_is_still_a_doubt_once_the_clock_is_right() -> None:
    """The days of before are about other hours, whatever the clock showed at the change."""
    channel = a_morning()
    known = leaped(channel, KnownTime(NOON), 40 * DAY, 30)
    channel.move(known.latest, ZoneInfo("Asia/Tokyo"))
    assert [entry.correction.cause for entry in channel.ledger.changes()] == [Cause.TIME_ZONE]
    wave(channel, known.latest, 3, 8.0)
    now = NOON + 33 * HOUR
    set_right(channel, KnownTime(known.latest + 3 * HOUR, known.leaps), now)
    (change,) = channel.ledger.changes()
    assert change.correction.cause is Cause.TIME_ZONE
    assert abs(change.correction.from_day - locate(now, channel.zone)[0]) <= 1


def test_a_time_that_was_known_when_it_was_saved_is_no_damage() -> None:
    """Two channels of three have stood still for days."""
    right = a_morning(40)
    others = [learned_channel(40, one) for one in (Pollutant.VOC_RATIO, Pollutant.VOC_INDEX)]
    for one in others:
        breathe(one, START - 3 * DAY, 60, 8.0)
    known = known_time([right, *others], NOON - DAY, NOON)
    assert known.latest == NOON
    assert not is_damaged(right, known)


@pytest.mark.parametrize("back_s", [3 * HOUR, 30 * DAY, 26 * 365 * DAY])
def test_a_warm_up_has_the_same_hours_left_however_far_the_clock_is_behind(back_s: float) -> None:
    channel = a_morning(pollutant=Pollutant.VOC_RATIO)
    channel.health.warm_until = NOON + 5 * HOUR
    breathe(channel, NOON, 60, 100.0)
    left = explain(channel, NOON + HOUR).evidence.missing
    assert left[Missing.WARM_UP] == 4
    channel.mistrust_clock()
    assert explain(channel, NOON + HOUR - back_s).evidence.missing == left
    assert Missing.WARM_UP in view(channel, NOON + HOUR - back_s).missing
    channel.health.warm_until = NOON
    assert Missing.WARM_UP not in view(channel, NOON + HOUR - back_s).missing, "it was over"


def test_surroundings_of_before_are_not_those_of_a_wrong_time() -> None:
    channel, window = a_morning(), SurroundingMean(LONDON)
    channel.surroundings = Surroundings(window_open=window)
    for minute in range(24 * 60):
        window.read(NOON - 23 * HOUR + 60.0 * minute, 1.0)
    assert explain(channel, NOON + HOUR).surroundings.window_open == 1.0
    channel.mistrust_clock()
    for back_s in (HOUR, 3 * HOUR, 30 * DAY):
        told = explain(channel, NOON + HOUR - back_s)
        assert told.surroundings == SurroundingsFacts()
        assert NotKnown.WINDOWS in told.not_known


def test_a_day_that_was_set_aside_and_cannot_be_read_costs_only_itself() -> None:
    """Its checksum is right, so that this shows when the days are needed."""
    channel = a_morning()
    known = leaped(channel, KnownTime(NOON), 40 * DAY, 60)
    known = set_right(channel, known, known.latest - 20 * DAY)
    wave(channel, known.latest, 40, 8.0)
    data = json.loads(json.dumps(dump_channel(channel)))
    (leap,) = data["leaps"]
    for lists in (data["set_aside"], leap["left"]):
        lists["days"][0] = lists["days"][0].replace(" live ", " undead ")
        lists["days_checksum"] = crc32("\n".join(lists["days"]).encode())
    salvage = Salvage()
    damaged = load_channel(data, LONDON, MONTH_DAYS, salvage)
    now = NOON + 100 * HOUR
    set_right(damaged, KnownTime(known.latest + 40 * HOUR, known.leaps), now)
    assert len(salvage.lost) == 2
    set_right(channel, KnownTime(known.latest + 40 * HOUR, known.leaps), now)
    assert {one.day for one in lost([*channel.ledger.days], damaged, now)} <= {
        parse_day(what.split(" ")[1]) for what in salvage.lost
    }
    assert dump_channel(restored(damaged)) == dump_channel(damaged)


def test_days_that_left_because_of_a_leap_are_in_the_year_once() -> None:
    channel, hours = a_morning(), 24 * 9
    days = {summary.day for summary in channel.ledger.days}
    channel = ahead(channel, 365 * DAY, hours)
    added = [day for week in channel.year.all_weeks for day in week.seen_days]
    assert set(added) == {day for day in days if day < MONDAY}, "no day of the false time"
    assert {summary.day for summary in channel.ledger.days} | set(added) >= days
    wave(channel, NOON + hours * HOUR, 24 * 91, 8.0)
    weeks = channel.year.all_weeks
    assert {day for week in weeks for day in week.seen_days} >= days
    assert max(int(week.counts.sum()) for week in weeks) <= 7 * 288
    assert weeks[-1].seen_days[-1] <= channel.ledger.days[0].day + 6
