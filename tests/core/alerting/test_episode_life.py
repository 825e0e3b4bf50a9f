"""The life of an unusual episode, from readings to events."""

import numpy as np
import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS, rarities
from custom_components.air_baseline.core.alerting.threshold import RANK
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import Compared, LearningState, Reason
from custom_components.air_baseline.core.day import DAY_S, day_start, locate
from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.ledger.correction import episode_real, exclude_days
from custom_components.air_baseline.core.ledger.entries import Draft, EpisodeReal
from custom_components.air_baseline.core.ledger.episode import Episode, EpisodeEnd
from tests.core.rooms import LONDON, MONDAY, a_day, a_ledger, breathe, learned_channel

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


def test_an_episode_opens_once_a_level_is_sustained_for_15_minutes(channel: Channel) -> None:
    before = breathe(channel, at_hour(2), 10, HIGH)[-1]
    assert (before.unusual, before.compared, before.reason) == (False, Compared.USUAL, None)
    after = breathe(channel, at_hour(2) + 600, 5, HIGH)
    assert [judged.unusual for judged in after] == [True]
    assert after[-1].episode == int(at_hour(2.25))
    assert channel.judge(at_hour(2.25)).compared is Compared.UNUSUAL
    (started,) = episode_events(channel)
    assert started.at == at_hour(2.25)
    assert started.episode is not None
    assert (started.episode.beaten, started.episode.compared) == (40, 40)
    assert started.episode.opened_level == HIGH
    assert started.episode.alert_level < HIGH
    assert (started.episode.rarity, started.episode.by_level) == (35, False), "40 days carry 35"


def test_a_dip_within_the_15_minutes_prevents_an_episode(channel: Channel) -> None:
    for minutes in range(0, 90, 15):
        breathe(channel, at_hour(2) + minutes * 60, 10, HIGH)
        breathe(channel, at_hour(2) + (minutes + 10) * 60, 5, USUAL)
    assert episode_events(channel) == []


def test_one_missing_slot_does_not_prevent_an_episode(channel: Channel) -> None:
    breathe(channel, at_hour(2), 5, HIGH)
    channel.lose(at_hour(2) + 300)
    breathe(channel, at_hour(2) + 600, 5, HIGH)
    (started,) = episode_events(channel)
    assert started.at == at_hour(2.25)


def spiky(days: int = 60) -> Channel:
    """Return a room with a high quarter of an hour each day, and hours that hold far less."""
    channel = learned_channel(days)
    chance = np.random.default_rng(5)
    diary = []
    for summary in channel.ledger.days:
        short = chance.integers(70, 90, size=24, dtype=np.uint8).tobytes()
        long = chance.integers(48, 54, size=24, dtype=np.uint8).tobytes()
        known = {"coverage": 0.8, "state": LearningState.LEARNED, "peaks": short + long}
        diary.append(a_day(summary.day, {5.0: 12, 8.0: 12, 12.0: 12}, **known))
    channel.ledger = a_ledger(diary)
    return channel


def test_a_level_that_is_usual_for_15_minutes_can_be_unusual_for_an_hour() -> None:
    channel = spiky()
    breathe(channel, START, 120, USUAL)
    judged = breathe(channel, at_hour(2), 60, 30.0)
    assert [one.unusual for one in judged] == [False] * 11 + [True]
    (started,) = episode_events(channel)
    assert started.episode is not None
    assert channel.forecast is not None
    assert started.episode.opened_level == 30.0 < channel.forecast.alert_levels[2]
    assert started.episode.alert_level < 30.0
    assert not started.episode.by_level
    assert started.episode.beaten == started.episode.compared == 60


def test_an_hour_of_which_a_third_is_missing_still_counts() -> None:
    channel = spiky()
    breathe(channel, START, 120, USUAL)
    breathe(channel, at_hour(2), 5, 30.0)
    channel.lose(at_hour(2) + 300)
    breathe(channel, at_hour(2) + 1500, 35, 30.0)
    assert [event.at for event in episode_events(channel)] == [at_hour(3)]


def slow_rise(channel: Channel, top: float = 90.0, days: int = 3) -> list[float]:
    """Feed air that rises over a day and stays high, as smoke from far away does."""
    levels = [min(USUAL + (top - USUAL) * hour / 24.0, top) for hour in range(24 * days)]
    for hour, level in enumerate(levels):
        breathe(channel, at_hour(hour), 60, round(level))
    return levels


def windy(days: int = 69) -> Channel:
    """Return a room that has known steep rises in each hour of some of its days."""
    channel = learned_channel(days)
    diary = []
    for place, summary in enumerate(channel.ledger.days):
        peak = 400.0 if place % 4 == 0 else 12.0
        known = {"coverage": 0.8, "state": LearningState.LEARNED}
        diary.append(a_day(summary.day, {5.0: 12, 8.0: 12, 12.0: 12}, peaks=[peak] * 8, **known))
    channel.ledger = a_ledger(diary)
    return channel


def test_a_slow_rise_opens_an_episode_by_its_level_on_its_first_day() -> None:
    """It is not rare given the six hours before; its level is."""
    channel = windy()
    slow_rise(channel)
    (started, *_) = episode_events(channel)
    episode = started.episode
    assert episode is not None
    assert (episode.day, episode.by_level) == (MONDAY, True)
    assert (episode.beaten, episode.compared) == (69, 69), "higher than on any of the days"
    assert episode.rarity == max(days for days in rarities(MONTH_DAYS) if days <= RANK * (69 + 1))
    assert episode.opened_level > episode.alert_level >= 12.0
    assert locate(episode.id, LONDON)[1] == episode.part


def test_a_slow_rise_that_stays_is_one_alert() -> None:
    channel = windy()
    slow_rise(channel)
    kinds = [event.kind for event in episode_events(channel)]
    assert kinds.count(EventKind.UNUSUAL_STARTED) == 1


def test_a_slow_rise_to_what_the_room_has_known_opens_nothing() -> None:
    channel = windy()
    known = {"coverage": 0.8, "state": LearningState.LEARNED, "peaks": [400.0] * 8}
    high = [a_day(MONDAY - back, {89.0: 36}, **known) for back in (40, 33, 25, 12)]
    channel.ledger = channel.ledger.with_days({day.day: day for day in high})
    slow_rise(channel, days=1)
    assert episode_events(channel) == []


def test_an_episode_ends_after_half_an_hour_inside(channel: Channel) -> None:
    breathe(channel, at_hour(2), 60, HIGH)
    breathe(channel, at_hour(3), 10, 90.0)
    breathe(channel, at_hour(3) + 600, 25, USUAL)
    assert [event.kind for event in episode_events(channel)] == [EventKind.UNUSUAL_STARTED]
    judged = breathe(channel, at_hour(3) + 2100, 5, USUAL)[-1]
    assert (judged.unusual, judged.episode) == (False, None)
    (end,) = episode_events(channel)
    assert end.episode is not None
    assert (end.episode.end, end.episode.outcome) == (at_hour(3) + 2400, EpisodeEnd.RECOVERED)
    assert end.episode.peak == HIGH, "90 was sustained for only 10 minutes"


@pytest.mark.parametrize(("hour", "episodes"), [(9, 0), (22, 0), (28, 1)])
def test_no_other_episode_opens_on_the_same_day(channel: Channel, hour: int, episodes: int) -> None:
    breathe(channel, at_hour(2), 30, HIGH)
    breathe(channel, at_hour(2.5), 30, USUAL)
    ended(channel)
    for later in range(3, hour):
        breathe(channel, at_hour(later), 60, USUAL - later % 3)
    breathe(channel, at_hour(hour), 30, 10.0 * HIGH)
    assert len(episode_events(channel)) == episodes


def test_another_episode_can_open_on_the_next_day_once_the_first_has_recovered(
    channel: Channel,
) -> None:
    for later in range(2, 22):
        breathe(channel, at_hour(later), 60, USUAL - later % 3)
    breathe(channel, at_hour(22), 60, HIGH)
    breathe(channel, at_hour(23), 60, USUAL)
    ended(channel)
    breathe(channel, at_hour(24), 30, 10.0 * HIGH)
    assert len(episode_events(channel)) == 1


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


def test_an_episode_that_turns_out_to_be_a_stuck_sensor_ends_as_unknown(channel: Channel) -> None:
    breathe(channel, at_hour(2), 24 * 60 + 30, 61.0)
    assert ended(channel).outcome is EpisodeEnd.UNKNOWN
    assert channel.health.stuck


def test_an_episode_across_four_o_clock_is_one(channel: Channel) -> None:
    breathe(channel, at_hour(2), 20 * 60, USUAL)
    breathe(channel, at_hour(22), 240, HIGH)
    breathe(channel, at_hour(26), 60, USUAL)
    episode = ended(channel)
    assert (episode.day, episode.id, episode.end) == (MONDAY, at_hour(22.25), at_hour(26.5))
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

    All its days could have had an alert.
    """
    channel = learned_channel(eligible=True)
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


def level_at_start(channel: Channel) -> float:
    """Return the alert level of the first part of a day that begins with usual air."""
    breathe(channel, START, 60, USUAL)
    assert channel.forecast is not None
    return channel.forecast.alert_level(0) or 0.0


def test_each_unanswered_alert_raises_the_level_of_the_next() -> None:
    levels = [level_at_start(after_alerts(*range(1, alerts + 1))) for alerts in range(5)]
    assert levels == sorted(levels)
    assert levels[-1] > levels[0]


def test_a_corrected_alert_does_not_raise_the_level_of_the_next() -> None:
    channel, free = after_alerts(3, 2), after_alerts()
    for episode in channel.ledger.episodes:
        channel.correct(START, episode_real(episode, START, LONDON))
    breathe(channel, START, 60, USUAL)
    breathe(free, START, 60, USUAL)
    assert channel.forecast is not None
    assert free.forecast is not None
    margin, other = (one.threshold.margin for one in (channel.forecast, free.forecast))
    assert margin == pytest.approx(other)


def test_many_alerts_are_no_change() -> None:
    """The margin alone keeps the promise: nothing is put in doubt, and nothing is asked."""
    channel = after_alerts(*range(1, 9))
    events = alert_on(channel, MONDAY)
    assert EventKind.CHANGE_SUSPECTED not in [event.kind for event in events]
    assert channel.state(day_start(MONDAY + 1, LONDON)) is LearningState.LEARNED


def test_an_alert_raises_the_threshold_until_it_is_corrected(channel: Channel) -> None:
    breathe(channel, at_hour(2), 60, HIGH)
    for hour in range(3, 24):
        breathe(channel, at_hour(hour), 60, USUAL + hour % 3)
    channel.advance(at_hour(24))
    assert channel.forecast is not None
    concentration = channel.forecast.alert_level(0)
    real = episode_real(channel.ledger.episodes[0], at_hour(24), LONDON)
    channel.correct(at_hour(24), real)
    corrected = channel.forecast.alert_level(0)
    assert concentration is not None
    assert corrected is not None
    assert concentration > corrected


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
