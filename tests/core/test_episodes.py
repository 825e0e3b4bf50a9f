"""The life of an unusual episode, from readings to what is said about it."""

import pytest

from core.channel import Channel
from core.day import DAY_S, day_start
from core.event import Event, EventKind
from core.ledger import Cause, Entry, EntryKind, Episode, EpisodeEnd
from core.state import Basis, Compared, LearningState, Reason
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0
USUAL, HIGH = 8.0, 60.0


@pytest.fixture
def channel() -> Channel:
    """Return a channel that has learned its room and breathed usual air for two hours."""
    channel = learned_channel()
    breathe(channel, START, 120, USUAL)
    channel.take_events()
    return channel


def at_hour(hour: float) -> float:
    return START + hour * HOUR


def told(channel: Channel) -> list[Event]:
    kinds = {EventKind.UNUSUAL_STARTED, EventKind.UNUSUAL_ENDED, EventKind.CHANGE_SUSPECTED}
    return [event for event in channel.take_events() if event.kind in kinds]


def ended(channel: Channel) -> Episode:
    """Return the only episode told of, which has ended."""
    started, end = told(channel)
    assert (started.kind, end.kind) == (EventKind.UNUSUAL_STARTED, EventKind.UNUSUAL_ENDED)
    assert end.episode is not None
    assert started.episode is not None
    assert started.episode.id == end.episode.id
    return end.episode


def test_an_episode_opens_when_the_level_was_held_for_half_an_hour(channel: Channel) -> None:
    before = breathe(channel, at_hour(2), 25, HIGH)[-1]
    assert (before.unusual, before.compared, before.reason) == (False, Compared.USUAL, None)
    after = breathe(channel, at_hour(2) + 1500, 5, HIGH)
    assert [said.unusual for said in after] == [True]
    assert after[-1].episode == int(at_hour(2.5))
    assert channel.judge(at_hour(2.5)).compared is Compared.UNUSUAL
    (started,) = told(channel)
    assert started.at == at_hour(2.5)
    assert started.episode is not None
    assert (started.episode.beaten, started.episode.compared) == (40, 40)
    assert started.episode.opened_level == HIGH
    assert started.episode.alert_level < HIGH


def test_a_dip_within_the_half_hour_opens_none(channel: Channel) -> None:
    for minutes in (0, 30, 60):
        breathe(channel, at_hour(2) + minutes * 60, 25, HIGH)
        breathe(channel, at_hour(2) + (minutes + 25) * 60, 5, USUAL)
    assert told(channel) == []


def test_an_episode_ends_after_half_an_hour_inside(channel: Channel) -> None:
    breathe(channel, at_hour(2), 60, HIGH)
    breathe(channel, at_hour(3), 20, 90.0)
    breathe(channel, at_hour(3) + 1200, 25, USUAL)
    assert [event.kind for event in told(channel)] == [EventKind.UNUSUAL_STARTED]
    said = breathe(channel, at_hour(3) + 2700, 5, USUAL)[-1]
    assert (said.unusual, said.episode) == (False, None)
    (end,) = told(channel)
    assert end.episode is not None
    assert (end.episode.end, end.episode.outcome) == (at_hour(3) + 3000, EpisodeEnd.RECOVERED)
    assert end.episode.peak == HIGH, "90 was held for only 20 minutes"


@pytest.mark.parametrize(("after_h", "episodes"), [(5.5, 0), (6.0, 1)])
def test_no_other_episode_opens_for_six_hours(
    channel: Channel, after_h: float, episodes: int
) -> None:
    breathe(channel, at_hour(2), 30, HIGH)
    breathe(channel, at_hour(2.5), 30, USUAL)
    ended(channel)
    quiet = round((after_h - 0.5) * 60)
    breathe(channel, at_hour(3), quiet, USUAL)
    breathe(channel, at_hour(3) + quiet * 60, 30, HIGH)
    assert len(told(channel)) == episodes


def test_air_that_stays_high_for_a_day_is_one_lasting_episode(channel: Channel) -> None:
    for hour in range(48):
        breathe(channel, at_hour(2 + hour), 60, HIGH + hour)
    episode = ended(channel)
    assert episode.outcome is EpisodeEnd.LASTING
    assert episode.end == episode.id + DAY_S


def test_an_episode_whose_source_falls_silent_ends_as_unknown(channel: Channel) -> None:
    breathe(channel, at_hour(2), 60, HIGH)
    channel.lose(at_hour(3))
    channel.advance(at_hour(3.5) - 1)
    assert len(told(channel)) == 1
    channel.advance(at_hour(3.5))
    (end,) = told(channel)
    assert end.episode is not None
    assert (end.episode.end, end.episode.outcome) == (at_hour(3.5), EpisodeEnd.UNKNOWN)
    judged = channel.judge(at_hour(3.5))
    assert (judged.unusual, judged.reason, judged.compared) == (None, Reason.SILENT, None)


def test_the_silence_is_dated_the_same_when_nobody_looked_meanwhile(channel: Channel) -> None:
    breathe(channel, at_hour(2), 60, HIGH)
    channel.lose(at_hour(3))
    breathe(channel, at_hour(9), 30, USUAL)
    assert ended(channel).end == at_hour(3.5)
    breathe(channel, at_hour(9.5), 30, HIGH)
    assert len(told(channel)) == 1, "the cool-down ran while the source was silent"


def test_an_episode_that_is_found_to_be_a_stuck_sensor_ends_as_unknown(channel: Channel) -> None:
    breathe(channel, at_hour(2), 24 * 60 + 30, 61.0)
    assert ended(channel).outcome is EpisodeEnd.UNKNOWN
    assert channel.source.stuck


def test_an_episode_across_four_o_clock_is_one(channel: Channel) -> None:
    breathe(channel, at_hour(2), 20 * 60, USUAL)
    breathe(channel, at_hour(22), 240, HIGH)
    breathe(channel, at_hour(26), 60, USUAL)
    episode = ended(channel)
    assert (episode.day, episode.id, episode.end) == (MONDAY, at_hour(22.5), at_hour(26.5))
    assert channel.ledger.days[-1].day == MONDAY
    assert channel.ledger.episodes == (episode,)


@pytest.mark.parametrize(
    ("days", "unusual", "reason"),
    [(20, None, Reason.NOT_LEARNED), (33, None, Reason.REFERENCE_DAYS), (34, True, None)],
)
def test_no_alert_is_possible_before_the_evidence_is_there(
    days: int, *, unusual: bool | None, reason: Reason | None
) -> None:
    channel = learned_channel(days)
    if days == 20:
        channel = learned_channel(days, state=LearningState.PROVISIONAL)
    breathe(channel, START, 60, USUAL)
    said = breathe(channel, at_hour(1), 60, 900.0)[-1]
    assert (said.unusual, said.reason) == (unusual, reason)


@pytest.mark.parametrize(
    ("reference_days", "compared"), [(12, Compared.HIGHER), (13, Compared.NOTABLE)]
)
def test_thirteen_reference_days_are_enough_to_be_notable(
    reference_days: int, compared: Compared
) -> None:
    channel = learned_channel(20)
    struck = Entry(
        id=1, at=START, kind=EntryKind.STRIKE, to_day=MONDAY - 1 - reference_days, parts=1
    )
    channel.ledger = channel.ledger.with_entry(struck)
    breathe(channel, START, 60, USUAL)
    assert breathe(channel, at_hour(1), 60, HIGH)[-1].compared is compared


def alert_on(channel: Channel, day: int) -> list[Event]:
    """Let a day begin with usual air and then a plume; return what was told."""
    start = day_start(day, LONDON)
    breathe(channel, start, 120, USUAL)
    breathe(channel, start + 2 * HOUR, 60, 200.0 + 100.0 * (day - MONDAY))
    for hour in range(3, 24):
        breathe(channel, start + hour * HOUR, 60, USUAL + hour % 3)
    return told(channel)


def test_one_alert_day_more_than_promised_is_a_change_instead() -> None:
    channel = learned_channel()
    for day in range(MONDAY, MONDAY + 3):
        assert alert_on(channel, day)[0].kind is EventKind.UNUSUAL_STARTED
    fourth = alert_on(channel, MONDAY + 3)
    assert [event.kind for event in fourth] == [EventKind.CHANGE_SUSPECTED]
    judged = channel.judge(day_start(MONDAY + 4, LONDON))
    assert (judged.state, judged.reason) == (LearningState.CHANGING, Reason.QUOTA)
    entry = channel.ledger.entries[-1]
    assert entry.cause is Cause.TOO_MANY_ALERTS


def test_the_bin_that_breaks_the_promise_claims_nothing_any_more() -> None:
    channel = learned_channel()
    for day in range(MONDAY, MONDAY + 3):
        alert_on(channel, day)
    start = day_start(MONDAY + 3, LONDON)
    breathe(channel, start, 120, USUAL)
    said = breathe(channel, start + 2 * HOUR, 60, 600.0)
    doubted = [judged for judged in said if judged.state is LearningState.CHANGING]
    assert doubted
    assert all(judged.basis is Basis.MIXED and judged.unusual is None for judged in doubted)


def test_an_alert_that_was_answered_does_not_count_against_the_promise() -> None:
    channel = learned_channel()
    for day in range(MONDAY, MONDAY + 3):
        alert_on(channel, day)
    episode = channel.ledger.episodes[0]
    channel.answer(day_start(MONDAY + 3, LONDON), episode, normal=False)
    fourth = alert_on(channel, MONDAY + 3)
    assert fourth[0].kind is EventKind.UNUSUAL_STARTED


def test_two_episodes_of_one_day_are_one_alert_day(channel: Channel) -> None:
    for hour in (2, 10):
        breathe(channel, at_hour(hour), 60, HIGH * hour)
        breathe(channel, at_hour(hour + 1), 7 * 60, USUAL)
    assert len(channel.ledger.episodes) == 2
    assert channel.ledger.alert_days(MONDAY) == [MONDAY]
