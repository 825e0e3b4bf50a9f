"""The life of an unusual episode, from readings to events."""

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import Basis, Compared, LearningState, Reason
from custom_components.air_baseline.core.day import DAY_S, day_start
from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.ledger.correction import episode_real, exclude_days
from custom_components.air_baseline.core.ledger.entries import (
    Cause,
    ChangeSuspected,
    Draft,
    EpisodeReal,
)
from custom_components.air_baseline.core.ledger.episode import Episode, EpisodeEnd
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0
USUAL, HIGH = 8.0, 60.0


@pytest.fixture
def channel() -> Channel:
    """Return a channel that has learned its room and has read usual air for two hours."""
    channel = learned_channel()
    breathe(channel, START, 120, USUAL)
    channel.take_events()
    return channel


def at_hour(hour: float) -> float:
    return START + hour * HOUR


def episode_events(channel: Channel) -> list[Event]:
    kinds = {EventKind.UNUSUAL_STARTED, EventKind.UNUSUAL_ENDED, EventKind.CHANGE_SUSPECTED}
    return [event for event in channel.take_events() if event.kind in kinds]


def ended(channel: Channel) -> Episode:
    """Return the only episode reported, which has ended."""
    started, end = episode_events(channel)
    assert (started.kind, end.kind) == (EventKind.UNUSUAL_STARTED, EventKind.UNUSUAL_ENDED)
    assert end.episode is not None
    assert started.episode is not None
    assert started.episode.id == end.episode.id
    return end.episode


def test_an_episode_opens_once_a_level_is_sustained_for_half_an_hour(channel: Channel) -> None:
    before = breathe(channel, at_hour(2), 25, HIGH)[-1]
    assert (before.unusual, before.compared, before.reason) == (False, Compared.USUAL, None)
    after = breathe(channel, at_hour(2) + 1500, 5, HIGH)
    assert [judged.unusual for judged in after] == [True]
    assert after[-1].episode == int(at_hour(2.5))
    assert channel.judge(at_hour(2.5)).compared is Compared.UNUSUAL
    (started,) = episode_events(channel)
    assert started.at == at_hour(2.5)
    assert started.episode is not None
    assert (started.episode.beaten, started.episode.compared) == (40, 40)
    assert started.episode.opened_level == HIGH
    assert started.episode.alert_level < HIGH


def test_a_dip_within_the_half_hour_prevents_an_episode(channel: Channel) -> None:
    for minutes in (0, 30, 60):
        breathe(channel, at_hour(2) + minutes * 60, 25, HIGH)
        breathe(channel, at_hour(2) + (minutes + 25) * 60, 5, USUAL)
    assert episode_events(channel) == []


def test_an_episode_ends_after_half_an_hour_inside(channel: Channel) -> None:
    breathe(channel, at_hour(2), 60, HIGH)
    breathe(channel, at_hour(3), 20, 90.0)
    breathe(channel, at_hour(3) + 1200, 25, USUAL)
    assert [event.kind for event in episode_events(channel)] == [EventKind.UNUSUAL_STARTED]
    judged = breathe(channel, at_hour(3) + 2700, 5, USUAL)[-1]
    assert (judged.unusual, judged.episode) == (False, None)
    (end,) = episode_events(channel)
    assert end.episode is not None
    assert (end.episode.end, end.episode.outcome) == (at_hour(3) + 3000, EpisodeEnd.RECOVERED)
    assert end.episode.peak == HIGH, "90 was sustained for only 20 minutes"


@pytest.mark.parametrize(("hour", "episodes"), [(9, 0), (22, 0), (26, 1)])
def test_no_other_episode_opens_on_the_same_day(channel: Channel, hour: int, episodes: int) -> None:
    breathe(channel, at_hour(2), 30, HIGH)
    breathe(channel, at_hour(2.5), 30, USUAL)
    ended(channel)
    for later in range(3, hour):
        breathe(channel, at_hour(later), 60, USUAL - later % 3)
    breathe(channel, at_hour(hour), 30, 10.0 * HIGH)
    assert len(episode_events(channel)) == episodes


@pytest.mark.parametrize(("hour", "episodes"), [(27.0, 0), (29.5, 1)])
def test_no_other_episode_opens_for_six_hours_across_the_end_of_a_day(
    channel: Channel, hour: float, episodes: int
) -> None:
    for later in range(2, 22):
        breathe(channel, at_hour(later), 60, USUAL - later % 3)
    breathe(channel, at_hour(22), 60, HIGH)
    breathe(channel, at_hour(23), 30, USUAL)
    ended(channel)
    breathe(channel, at_hour(23.5), round((hour - 23.5) * 60), USUAL)
    breathe(channel, at_hour(hour), 30, 10.0 * HIGH)
    assert len(episode_events(channel)) == episodes


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
    assert len(episode_events(channel)) == 1
    channel.advance(at_hour(3.5))
    (end,) = episode_events(channel)
    assert end.episode is not None
    assert (end.episode.end, end.episode.outcome) == (at_hour(3.5), EpisodeEnd.UNKNOWN)
    judged = channel.judge(at_hour(3.5))
    assert (judged.unusual, judged.reason, judged.compared) == (None, Reason.SILENT, None)


def test_silence_ends_an_episode_at_the_same_time_when_it_is_noticed_late(channel: Channel) -> None:
    breathe(channel, at_hour(2), 60, HIGH)
    channel.lose(at_hour(3))
    breathe(channel, at_hour(9), 30, USUAL)
    assert ended(channel).end == at_hour(3.5)
    assert channel.episode_watch.cool_until == at_hour(9.5), (
        "the cooldown ran while the source was silent"
    )


def test_an_episode_that_turns_out_to_be_a_stuck_sensor_ends_as_unknown(channel: Channel) -> None:
    breathe(channel, at_hour(2), 24 * 60 + 30, 61.0)
    assert ended(channel).outcome is EpisodeEnd.UNKNOWN
    assert channel.health.stuck


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
def test_no_alert_is_possible_before_there_is_enough_evidence(
    days: int, *, unusual: bool | None, reason: Reason | None
) -> None:
    channel = learned_channel(days)
    if days == 20:
        channel = learned_channel(days, state=LearningState.PROVISIONAL)
    breathe(channel, START, 60, USUAL)
    judged = breathe(channel, at_hour(1), 60, 900.0)[-1]
    assert (judged.unusual, judged.reason) == (unusual, reason)


@pytest.mark.parametrize(
    ("reference_days", "compared"), [(12, Compared.HIGHER), (13, Compared.NOTABLE)]
)
def test_thirteen_reference_days_are_enough_to_be_notable(
    reference_days: int, compared: Compared
) -> None:
    channel = learned_channel(20)
    out = [
        EpisodeReal(episode=1, day=day, parts=1)
        for day in range(MONDAY - 20, MONDAY - reference_days)
    ]
    channel.ledger = channel.ledger.with_correction(START, Draft(tuple(out)))
    breathe(channel, START, 60, USUAL)
    assert breathe(channel, at_hour(1), 60, HIGH)[-1].compared is compared


def alert_on(channel: Channel, day: int) -> list[Event]:
    """Begin a day with usual air and then a plume; return its episode events."""
    start = day_start(day, LONDON)
    breathe(channel, start, 120, USUAL)
    breathe(channel, start + 2 * HOUR, 60, 900.0)
    for hour in range(3, 24):
        breathe(channel, start + hour * HOUR, 60, USUAL + hour % 3)
    return episode_events(channel)


def after_alerts(*days_ago: int) -> Channel:
    """Return a channel that has learned its room, with an uncorrected alert on each of those days.

    Alerts raise the threshold, so several in a row need air that keeps rising.
    """
    channel = learned_channel()
    for back in days_ago:
        alert = Episode(
            id=int(day_start(MONDAY - back, LONDON) + 3 * HOUR),
            day=MONDAY - back,
            part=0,
            opened_level=HIGH,
            alert_level=50.0,
            high=12.0,
            beaten=40,
            compared=40,
            peak=HIGH,
            end=day_start(MONDAY - back, LONDON) + 4 * HOUR,
            outcome=EpisodeEnd.RECOVERED,
        )
        channel.ledger = channel.ledger.with_episode(alert)
    return channel


def test_one_alert_day_more_than_promised_becomes_a_suspected_change() -> None:
    allowed = after_alerts(3, 2)
    assert alert_on(allowed, MONDAY)[0].kind is EventKind.UNUSUAL_STARTED
    channel = after_alerts(3, 2, 1)
    fourth = alert_on(channel, MONDAY)
    assert [event.kind for event in fourth] == [EventKind.CHANGE_SUSPECTED]
    judged = channel.judge(day_start(MONDAY + 1, LONDON))
    assert (judged.state, judged.reason) == (LearningState.CHANGING, Reason.QUOTA)
    change = channel.ledger.entries[-1].correction
    assert isinstance(change, ChangeSuspected)
    assert change.cause is Cause.TOO_MANY_ALERTS
    for one, scored in ((allowed, True), (channel, False)):
        one.advance(day_start(MONDAY + 1, LONDON))
        covered = one.ledger.days[-1].coverage
        assert (covered is not None) is scored, "a day with two ranges has no coverage"


def test_alerts_of_more_than_a_month_ago_do_not_count_against_the_promise() -> None:
    channel = after_alerts(30, 2, 1)
    assert alert_on(channel, MONDAY)[0].kind is EventKind.UNUSUAL_STARTED


def test_from_the_bin_that_breaks_the_promise_nothing_is_claimed() -> None:
    channel = after_alerts(3, 2, 1)
    breathe(channel, START, 120, USUAL)
    judgements = breathe(channel, START + 2 * HOUR, 60, 900.0)
    doubted = [judged for judged in judgements if judged.state is LearningState.CHANGING]
    assert doubted
    assert all(judged.basis is Basis.MIXED and judged.unusual is None for judged in doubted)


def test_a_corrected_alert_does_not_count_against_the_promise() -> None:
    channel = after_alerts(3, 2, 1)
    channel.correct(START, episode_real(channel.ledger.episodes[0], START, LONDON))
    assert alert_on(channel, MONDAY)[0].kind is EventKind.UNUSUAL_STARTED


def test_an_alert_raises_the_threshold_until_it_is_corrected(channel: Channel) -> None:
    breathe(channel, at_hour(2), 60, HIGH)
    for hour in range(3, 24):
        breathe(channel, at_hour(hour), 60, USUAL + hour % 3)
    channel.advance(at_hour(24))
    assert channel.forecast is not None
    (concentration, *_) = channel.forecast.alert_levels
    real = episode_real(channel.ledger.episodes[0], at_hour(24), LONDON)
    channel.correct(at_hour(24), real)
    (corrected, *_) = channel.forecast.alert_levels
    assert concentration is not None
    assert corrected is not None
    assert concentration > 1.5 * corrected


def test_alert_levels_of_parts_that_began_stay_when_the_range_is_reissued(
    channel: Channel,
) -> None:
    for hour in range(2, 10):
        breathe(channel, at_hour(hour), 60, 2.0 * USUAL + hour % 3)
    before = channel.forecast
    assert before is not None
    entry = channel.correct(at_hour(10), exclude_days(range(MONDAY - 90, MONDAY - 79)))
    assert entry.moves_range
    assert channel.forecast is not before
    assert channel.forecast is not None
    assert channel.forecast.alert_levels == before.alert_levels
    assert channel.forecast.threshold.before == before.threshold.before
