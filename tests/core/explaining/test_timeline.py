"""What happened in a channel: episodes, rises, missed stretches, and names in own words."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import HOUR_S, day_start, parse_day
from custom_components.air_baseline.core.explaining.timeline import (
    Happening,
    HappeningKind,
    happening_at,
    hour_starts,
    timeline,
)
from custom_components.air_baseline.core.ledger.correction import (
    episode_normal,
    episode_real,
    missed,
    named,
)
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0
NOW = START + 10 * HOUR


def with_an_episode() -> Channel:
    """Return a channel with an hour of toast two hours into its day, over by now."""
    channel = learned_channel()
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 2 * HOUR, 60, 60.0)
    breathe(channel, START + 3 * HOUR, 7 * 60, 8.0)
    return channel


def kinds(channel: Channel) -> list[HappeningKind]:
    return [one.kind for one in timeline(channel, NOW)]


def test_an_episode_has_its_peak_its_length_and_the_time_until_it_was_clear() -> None:
    (one,) = timeline(with_an_episode(), NOW)
    assert one.kind is HappeningKind.EPISODE
    assert one.peak == pytest.approx(60.0, abs=2.0)
    assert one.end - one.start == pytest.approx(HOUR, abs=600)
    assert one.start < one.moment < one.end
    assert one.clear_s == pytest.approx(one.end - one.moment)
    assert not one.running
    assert (one.correction, one.name) == (None, None)


def test_a_running_episode_ends_now_and_is_not_clear() -> None:
    channel = learned_channel()
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 2 * HOUR, 60, 60.0)
    (one,) = timeline(channel, START + 3 * HOUR)
    assert one.running
    assert (one.end, one.clear_s) == (START + 3 * HOUR, None)


def test_an_episode_has_the_answer_that_was_given_last() -> None:
    channel = with_an_episode()
    (episode,) = channel.episodes
    channel.correct(NOW, episode_real(episode, NOW, LONDON))
    answer = channel.correct(NOW + 1, episode_normal(episode, NOW, LONDON))
    (one,) = timeline(channel, NOW)
    assert one.correction == answer
    answer = channel.correct(NOW + 2, episode_real(episode, NOW, LONDON))
    (one,) = timeline(channel, NOW)
    assert one.correction == answer


def test_a_name_stands_with_what_it_names_and_the_last_one_holds() -> None:
    channel = with_an_episode()
    (episode,) = channel.episodes
    channel.correct(NOW, named(episode.id, "toast"))
    channel.correct(NOW + 1, named(episode.id, "burned toast"))
    (one,) = timeline(channel, NOW)
    assert one.name
    assert one.name.correction.name == "burned toast"
    channel.undo(NOW + 2)
    (one,) = timeline(channel, NOW)
    assert one.name
    assert one.name.correction.name == "toast"


def test_a_name_of_anything_else_stands_for_itself_so_that_it_can_be_undone() -> None:
    channel = with_an_episode()
    channel.correct(NOW, named(int(START), "a quiet morning"))
    assert kinds(channel) == [HappeningKind.EPISODE, HappeningKind.NAMED]
    assert timeline(channel, NOW)[1].peak == pytest.approx(8.0, abs=0.5)


def test_a_missed_stretch_is_excluded_like_a_real_episode_until_it_is_undone() -> None:
    channel = with_an_episode()
    before = dump_channel(channel)["entries"]
    since = int(day_start(MONDAY - 3, LONDON) + 5 * HOUR)
    entry = channel.correct(NOW, missed(since, since + 7200, LONDON))
    assert kinds(channel) == [HappeningKind.EPISODE, HappeningKind.MISSED]
    marked = timeline(channel, NOW)[1]
    assert (marked.start, marked.end, marked.correction) == (since, since + 7200, entry)
    assert marked.peak
    assert channel.ledger.excluded_parts(MONDAY - 3, by_people=True) == 0b110
    assert MONDAY - 3 not in [day.day for day in channel.ledger.reference(90)]
    assert channel.open_day
    assert channel.open_day.void, "the range was issued again"
    channel.undo(NOW + 1, entry.id)
    assert dump_channel(channel)["entries"] == before


def test_a_missed_stretch_over_two_days_is_one() -> None:
    channel = with_an_episode()
    since = int(day_start(MONDAY - 2, LONDON) - HOUR)
    channel.correct(NOW, missed(since, since + 7200, LONDON))
    assert kinds(channel) == [HappeningKind.EPISODE, HappeningKind.MISSED]
    assert channel.ledger.excluded_parts(MONDAY - 3) == 0b1000_0000
    assert channel.ledger.excluded_parts(MONDAY - 2) == 1
    channel.undo(NOW)
    assert kinds(channel) == [HappeningKind.EPISODE]


def rising(level: float) -> Channel:
    """Return a channel whose last closed day had an hour of a level, and that may call it rare."""
    channel = learned_channel()
    breathe(channel, START, 10 * 60, 8.0)
    breathe(channel, START + 10 * HOUR, 60, level)
    breathe(channel, START + 11 * HOUR, 14 * 60, 8.0)
    return channel


def rises(channel: Channel) -> list[Happening]:
    now = START + 25 * HOUR
    return [one for one in timeline(channel, now) if one.kind is HappeningKind.RISE]


def level_between(channel: Channel) -> float:
    """Return a level at noon that is notable but needs no alert."""
    assert channel.forecast
    hour = 10
    notable, alert = channel.forecast.notable_levels[hour], channel.forecast.alert_levels[hour]
    assert notable < alert
    return alert - (alert - notable) / 4.0


def test_a_notable_rise_is_on_the_timeline_of_its_day_and_of_later_days() -> None:
    level = level_between(rising(8.0))
    channel = learned_channel()
    breathe(channel, START, 10 * 60, 8.0)
    breathe(channel, START + 10 * HOUR, 60, level)
    (today,) = [one for one in timeline(channel, START + 11 * HOUR) if one.kind == "rise"]
    assert today.start == START + 10 * HOUR
    (later,) = [one for one in rises(rising(level)) if one.start >= START]
    assert later.start == START + 10 * HOUR
    assert later.peak == pytest.approx(level, rel=0.06)


def test_a_calm_day_has_no_rise_and_a_thin_room_none_at_all() -> None:
    assert [one for one in rises(rising(8.0)) if one.start >= START] == []
    channel = learned_channel(10)
    breathe(channel, START, 10 * 60, 8.0)
    breathe(channel, START + 10 * HOUR, 60, 60.0)
    assert timeline(channel, START + 11 * HOUR) == ()


def test_a_rise_that_was_marked_as_missed_is_said_once() -> None:
    channel = rising(level_between(rising(8.0)))
    (rise,) = [one for one in rises(channel) if one.start >= START]
    channel.correct(START + 25 * HOUR, missed(int(rise.start), int(rise.end), LONDON))
    assert [one for one in rises(channel) if one.start >= START] == []


def test_what_happened_at_a_time_is_found_give_or_take_five_minutes() -> None:
    happened = timeline(with_an_episode(), NOW)
    (one,) = happened
    for at in (one.start - 299, one.start, float(one.moment), one.end + 299):
        assert happening_at(happened, at) is one
    for at in (one.start - 301, one.end + 301):
        assert happening_at(happened, at) is None


def test_everything_is_said_after_a_restart_too() -> None:
    channel = with_an_episode()
    (episode,) = channel.episodes
    channel.correct(NOW, named(episode.id, "toast"))
    channel.correct(NOW, missed(int(START - 40 * HOUR), int(START - 38 * HOUR), LONDON))
    again = load_channel(dump_channel(channel), LONDON, channel.promise_days)
    assert timeline(again, NOW) == timeline(channel, NOW)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-28", 23), ("2026-10-24", 24), ("2026-06-01", 24)]
)
def test_the_hours_of_a_day_follow_the_wall_clock(day: str, hours: int) -> None:
    starts = hour_starts(parse_day(day), LONDON)
    assert len(starts) == hours
    assert sorted(starts.values()) == list(starts.values())
    assert all(start % 300 == 0 for start in starts.values())


def test_the_hours_of_a_day_elsewhere() -> None:
    for zone in (UTC, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")):
        starts = hour_starts(MONDAY, zone)
        assert len(starts) == 24
        assert starts[23] - starts[0] == 23 * HOUR_S
