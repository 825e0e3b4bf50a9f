"""Every correction takes effect at once, can be undone, and leaves the days as they are."""

from collections.abc import Callable
from dataclasses import replace
import json

import pytest

from custom_components.air_baseline.core.alerting.threshold import GAIN
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import DAY_S, day_start
from custom_components.air_baseline.core.event import EventKind
from custom_components.air_baseline.core.ledger.correction import (
    episode_normal,
    episode_real,
    exclude_days,
    its_the_season,
    report_change,
    start_over,
    suspect_change,
)
from custom_components.air_baseline.core.ledger.entries import (
    Cause,
    CorrectionCode,
    Draft,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    LooksRight,
)
from custom_components.air_baseline.core.ledger.episode import Episode, EpisodeEnd
from custom_components.air_baseline.core.ledger.ledger import UndoError
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel
from tests.core.rooms import (
    LONDON,
    MONDAY,
    a_correction,
    breathe,
    learned_channel,
    with_episode,
)

START = day_start(MONDAY, LONDON)
HOUR = 3600.0
LEDGER = ("root", "days", "entries", "episodes")
LOOKS_RIGHT = Draft((LooksRight(),))


def corrections() -> dict[str, Callable[[Channel, Episode], Entry]]:
    now = START + 5 * HOUR
    return {
        "start over": lambda channel, _: channel.correct(now, start_over(MONDAY + 1)),
        "real": lambda channel, episode: call_real(channel, now, episode),
        "normal": lambda channel, episode: call_normal(channel, now, episode),
    } | {
        code.value: lambda channel, _, code=code: channel.correct(now, Draft((a_correction(code),)))
        for code in CorrectionCode
    }


def call_real(channel: Channel, at: float, episode: Episode) -> Entry:
    return channel.correct(at, episode_real(episode, at, LONDON))


def call_normal(channel: Channel, at: float, episode: Episode) -> Entry:
    return channel.correct(at, episode_normal(episode, at, LONDON))


def ledger_text(channel: Channel) -> str:
    kept = dump_channel(channel)
    return json.dumps({name: kept[name] for name in LEDGER})


@pytest.mark.parametrize("name", corrections())
def test_an_undone_correction_leaves_the_ledger_as_it_was(name: str) -> None:
    channel, episode = with_episode()
    before, ranges = ledger_text(channel), channel.forecast
    entry = corrections()[name](channel, episode)
    assert ledger_text(channel) != before
    assert channel.undo(START + 6 * HOUR, entry.id) == entry
    assert ledger_text(channel) == before
    assert channel.forecast == ranges


@pytest.mark.parametrize("name", corrections())
def test_a_day_on_which_the_range_was_corrected_gets_no_coverage(name: str) -> None:
    channel, episode = with_episode()
    entry = corrections()[name](channel, episode)
    breathe(channel, START + 5 * HOUR, 19 * 60, 8.0)
    assert channel.ledger.days[-1].valid
    assert (channel.ledger.days[-1].coverage is None) is entry.moves_range


def test_the_last_correction_or_a_chosen_one_is_undone() -> None:
    channel, episode = with_episode()
    first = channel.correct(START, exclude_days([MONDAY]))
    second = call_normal(channel, START, episode)
    third = channel.correct(START, LOOKS_RIGHT)
    assert channel.undo(START, first.id) == first
    assert channel.undo(START) == third
    assert channel.undo(START) == second
    with pytest.raises(UndoError):
        channel.undo(START)


def test_a_correction_can_be_undone_for_thirty_days() -> None:
    channel, _ = with_episode()
    entry = channel.correct(START, start_over(MONDAY + 1))
    with pytest.raises(UndoError):
        channel.undo(START + 30 * DAY_S + 1, entry.id)
    assert channel.undo(START + 30 * DAY_S, entry.id) == entry


def test_starting_over_forgets_every_day_up_to_today() -> None:
    channel, _ = with_episode()
    channel.correct(START + 5 * HOUR, start_over(MONDAY + 1))
    breathe(channel, START + 5 * HOUR, 19 * 60, 8.0)
    channel.advance(START + 25 * HOUR)
    assert channel.forecast is not None
    assert channel.forecast.standing.state is LearningState.COLLECTING
    assert channel.forecast.own_share == 0.0
    assert (channel.forecast.ranges[0].low, channel.forecast.ranges[0].high) == (0.0, 24.0)
    assert len(channel.ledger.days) == 41, "the days stay until it can no longer be undone"


def test_after_a_reported_change_learning_restarts_from_its_day() -> None:
    channel, _ = with_episode()
    channel.correct(START, report_change(MONDAY - 3, MONDAY))
    assert channel.forecast is not None
    assert channel.forecast.standing.tally.days == 3
    assert channel.forecast.standing.state is LearningState.COLLECTING
    assert channel.forecast.widening == 0.0
    assert channel.forecast.threshold.days == 3


def test_excluded_days_count_for_nothing() -> None:
    channel, _ = with_episode()
    before = channel.forecast
    channel.correct(START, exclude_days(range(MONDAY - 30, MONDAY)))
    after = channel.forecast
    assert before is not None
    assert after is not None
    assert after.standing.tally.days == 10
    assert after.own_share < before.own_share
    assert after.threshold.days == 10


def test_a_real_episode_is_left_out_of_the_range_and_of_the_reference_days() -> None:
    channel, episode = with_episode()
    entry = call_real(channel, START + 5 * HOUR, episode)
    assert entry.correction == EpisodeReal(episode=episode.id, day=MONDAY, parts=0b01)
    breathe(channel, START + 5 * HOUR, 19 * 60, 8.0)
    channel.advance(START + 25 * HOUR)
    assert channel.forecast is not None
    assert len(channel.forecast.threshold.scores) == 40
    assert channel.ledger.alert_days(MONDAY + 1, 2) == []


def across_four(channel: Channel, *, end: float | None) -> Episode:
    """Return an episode that was noticed at 03:00, an hour before the day ended."""
    later = Episode(
        id=int(START + 23 * HOUR),
        day=MONDAY,
        part=7,
        opened_level=60.0,
        alert_level=20.0,
        high=12.0,
        beaten=40,
        compared=40,
        peak=60.0,
        end=end,
        outcome=None if end is None else EpisodeEnd.RECOVERED,
    )
    channel.ledger = channel.ledger.with_episode(later)
    return later


def excluded(channel: Channel) -> dict[int, int]:
    return {
        day - MONDAY: mask
        for day in range(MONDAY - 1, MONDAY + 3)
        if (mask := channel.ledger.excluded_parts(day))
    }


def test_a_real_episode_across_four_o_clock_excludes_the_parts_that_it_touched() -> None:
    channel, _ = with_episode()
    before = ledger_text(channel)
    later = across_four(channel, end=START + 25 * HOUR)
    with_later = ledger_text(channel)
    entry = call_real(channel, START + 26 * HOUR, later)
    assert excluded(channel) == {0: 0b1000_0000, 1: 0b0000_0001}
    assert len(channel.ledger.entries) == 2
    for number in (entry.id, channel.ledger.entries[-1].id):
        undone = channel.undo(START + 26 * HOUR, number)
        assert undone == entry, "a correction is undone whole, whichever of its entries is named"
        assert ledger_text(channel) == with_later != before
        entry = call_real(channel, START + 26 * HOUR, later)
    assert channel.undo(START + 27 * HOUR) == entry
    assert ledger_text(channel) == with_later


def test_a_real_episode_that_continues_is_excluded_to_its_end() -> None:
    channel = learned_channel()
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 2 * HOUR, 60, 60.0)
    (episode,) = channel.episodes
    entry = call_real(channel, START + 3 * HOUR, episode)
    assert excluded(channel) == {0: 0b01}
    breathe(channel, START + 3 * HOUR, 240, 60.0)
    assert excluded(channel) == {0: 0b01}
    channel.correct(START + 7 * HOUR, LOOKS_RIGHT)
    breathe(channel, START + 7 * HOUR, 60, 8.0)
    assert channel.episode_watch.current is None
    assert excluded(channel) == {0: 0b111}, "high from 06:00 to 11:00"
    last = channel.undo(START + 8 * HOUR)
    assert last.code is CorrectionCode.LOOKS_RIGHT, "the last that was made"
    assert channel.undo(START + 8 * HOUR) == entry
    assert excluded(channel) == {}
    assert channel.ledger.entries == ()


def test_a_correction_and_its_undo_are_reported_as_events() -> None:
    channel, episode = with_episode()
    channel.take_events()
    real = call_real(channel, START + 5 * HOUR, episode)
    channel.undo(START + 5 * HOUR)
    reset = channel.correct(START + 6 * HOUR, start_over(MONDAY + 1))
    assert [(event.kind, event.correction) for event in channel.take_events()] == [
        (EventKind.CORRECTED, real),
        (EventKind.UNDONE, real),
        (EventKind.RESET, reset),
    ]


@pytest.mark.parametrize("similar", [True, False])
def test_after_a_reported_change_trust_must_be_earned_again(similar: bool) -> None:  # noqa: FBT001
    channel, _ = with_episode()
    channel.correct(START, report_change(MONDAY - 3, MONDAY, similar=similar))
    states = []
    for day in range(MONDAY, MONDAY + 14):
        assert channel.forecast is not None
        states.append(channel.forecast.standing.state)
        for hour in range(24):
            breathe(channel, day_start(day, LONDON) + hour * HOUR, 60, 7.0 + hour % 3)
        channel.advance(day_start(day + 1, LONDON))
    assert channel.forecast is not None
    after = channel.forecast.standing.state
    first = LearningState.CHANGING if similar else LearningState.COLLECTING
    assert states[:10] == [first] * 10 if similar else states[:3] == [first] * 3
    assert LearningState.LEARNED not in states[:10]
    assert after is (LearningState.LEARNED if similar else LearningState.PROVISIONAL)


def test_a_reported_change_replaces_the_suspected_one() -> None:
    channel = learned_channel()
    suspect = suspect_change(MONDAY - 3, MONDAY, Cause.LEVEL_SHIFT)
    change = channel.correct(START, suspect)
    assert channel.ledger.change_day == MONDAY - 3
    channel.correct(START, report_change(MONDAY - 5, MONDAY, replaces=change.id))
    assert [entry.correction.from_day for entry in channel.ledger.changes()] == [MONDAY - 5]
    assert channel.ledger.change_day == channel.ledger.epoch_day == MONDAY - 5
    channel.undo(START)
    assert channel.ledger.change_day == MONDAY - 3


def test_excluding_a_faulty_sensors_days_restores_the_weight_of_the_days_before() -> None:
    channel = learned_channel()
    change = channel.correct(START, suspect_change(MONDAY - 3, MONDAY, Cause.LEVEL_SHIFT))
    assert channel.ledger.factor(MONDAY - 10) == 0.25
    channel.correct(START, exclude_days(range(MONDAY - 3, MONDAY + 1), replaces=change.id))
    assert channel.ledger.factor(MONDAY - 10) == 1.0
    assert channel.ledger.factor(MONDAY - 1) == 0.0


def test_separate_days_are_excluded_by_one_correction() -> None:
    channel = learned_channel()
    before = ledger_text(channel)
    channel.correct(START, exclude_days([MONDAY - 2, MONDAY - 9, MONDAY - 3, MONDAY - 30]))
    assert len(channel.ledger.entries) == 3
    out = [day - MONDAY for day in range(MONDAY - 40, MONDAY) if not channel.ledger.factor(day)]
    assert out == [-30, -9, -3, -2]
    assert len(channel.ledger.corrections(MONDAY)) == 1, "to the user it is one"
    channel.undo(START)
    assert ledger_text(channel) == before


def test_alerts_on_excluded_days_do_not_raise_doubt() -> None:
    channel, episode = with_episode()
    assert channel.ledger.alert_days(MONDAY, 1) == [MONDAY]
    channel.correct(START, exclude_days([MONDAY]))
    assert channel.ledger.alert_days(MONDAY, 1) == []
    channel.undo(START)
    assert channel.ledger.correction_of(episode.id) is None
    call_normal(channel, START + 5 * HOUR, episode)
    correction = channel.ledger.correction_of(episode.id)
    assert correction is not None
    assert correction.code is CorrectionCode.EPISODE_NORMAL


def test_normal_here_raises_the_alert_level_of_its_part_but_not_the_range() -> None:
    channel, episode = with_episode()
    before = channel.forecast
    entry = call_normal(channel, START + 5 * HOUR, episode)
    after = channel.forecast
    assert before is not None
    assert after is not None
    assert isinstance(entry.correction, EpisodeNormal)
    assert entry.correction.alert_level == pytest.approx(60.0 * 1.15)
    assert entry.correction.until_day == MONDAY + 60
    assert after.ranges == before.ranges
    assert after.alert_level(episode.part) == pytest.approx(69.0)
    assert before.threshold.margin == pytest.approx(GAIN * 34 / 35, abs=0.005)
    assert after.threshold.margin == 0.0, "corrected"
    assert replace(after.threshold, margin=before.threshold.margin) == before.threshold
    others = [part for part in range(8) if part != episode.part]
    assert max(after.alert_level(part) or 0.0 for part in others) < 20.0


def test_air_that_is_normal_here_raises_no_more_alerts_below_its_level() -> None:
    alerts = {}
    for concentration in (69.0, 70.0):
        channel, episode = with_episode()
        call_normal(channel, START + 5 * HOUR, episode)
        for hour in range(5, 24):
            breathe(channel, START + hour * HOUR, 60, 8.0 + hour % 3)
        channel.correct(START, exclude_days([MONDAY]))
        breathe(channel, START + 24 * HOUR, 120, 8.0)
        breathe(channel, START + 26 * HOUR, 60, concentration)
        alerts[concentration] = len(channel.ledger.episodes) - 1
    assert alerts == {69.0: 0, 70.0: 1}


@pytest.mark.parametrize("draft", [start_over(MONDAY + 1), report_change(MONDAY + 1, MONDAY + 1)])
def test_an_episode_is_withdrawn_with_the_days_that_it_was_compared_with(draft: Draft) -> None:
    channel = learned_channel(pollutant=Pollutant.VOC_INDEX)
    channel.health.skip_warm_up(START)
    breathe(channel, START, 120, 8.0)
    assert breathe(channel, START + 2 * HOUR, 60, 400.0)[-1].unusual is True
    channel.correct(START + 3 * HOUR, draft)
    events = [e for e in channel.take_events() if e.kind is EventKind.UNUSUAL_ENDED]
    assert [event.episode.outcome for event in events if event.episode] == [EpisodeEnd.WITHDRAWN]
    judged = channel.judge(START + 3 * HOUR)
    assert (judged.unusual, judged.state) == (None, LearningState.COLLECTING)


def test_an_episode_that_a_correction_withdrew_continues_when_it_is_undone() -> None:
    channel = learned_channel()
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 2 * HOUR, 60, 60.0)
    before = ledger_text(channel)
    channel.correct(START + 3 * HOUR, start_over(MONDAY + 1))
    assert channel.episode_watch.current is None
    channel.undo(START + 3 * HOUR)
    assert ledger_text(channel) == before
    assert channel.judge(START + 3 * HOUR).unusual is True
    breathe(channel, START + 3 * HOUR, 60, 8.0)
    (episode,) = channel.episodes
    assert episode.outcome is EpisodeEnd.RECOVERED
    assert episode.end == START + 3.5 * HOUR


def test_a_withdrawn_episode_of_another_day_stays_ended() -> None:
    channel = learned_channel()
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 2 * HOUR, 60, 60.0)
    channel.correct(START + 3 * HOUR, start_over(MONDAY + 1))
    breathe(channel, START + 3 * HOUR, 24 * 60, 8.0)
    channel.undo(START + 27 * HOUR)
    assert channel.episode_watch.current is None


def test_the_season_correction_ends_the_question_for_good() -> None:
    channel = learned_channel()
    day = MONDAY
    while not channel.ledger.entries:
        wander(channel, day)
        day += 1
    assert day <= MONDAY + 6, "a large shift is found within days"
    (change,) = channel.ledger.entries
    assert channel.state(day_start(day, LONDON)) is LearningState.LEARNED
    kinds = [event.kind for event in channel.take_events()]
    assert kinds.count(EventKind.CHANGE_SUSPECTED) == 1
    channel.correct(day_start(day, LONDON), its_the_season(change.id))
    for later in range(day, day + 27):
        wander(channel, later)
    assert channel.ledger.shift is None
    assert len(channel.ledger.entries) == 2, "neither a new change nor one that passed"


def wander(channel: Channel, day: int) -> None:
    """Let a day pass with quiet air and rises far above what was usual in the room."""
    for hour in range(24):
        breathe(channel, day_start(day, LONDON) + hour * HOUR, 40, 40.0 + hour % 5 + day % 3)
        breathe(channel, day_start(day, LONDON) + hour * HOUR + 2400.0, 20, 120.0)


def test_the_same_correction_again_adds_nothing_and_one_undo_undoes_it() -> None:
    channel, _ = with_episode()
    before = ledger_text(channel)
    channel.take_events()
    first = channel.correct(START, exclude_days([MONDAY, MONDAY - 3]))
    after = ledger_text(channel)
    for hour in range(1, 200):
        assert channel.correct(START + hour, exclude_days([MONDAY - 3, MONDAY])) == first
    assert ledger_text(channel) == after
    assert [event.kind for event in channel.take_events()] == [EventKind.CORRECTED]
    assert channel.undo(START + 300) == first
    assert ledger_text(channel) == before


def test_the_same_correction_after_another_is_a_step_of_its_own() -> None:
    channel, _ = with_episode()
    first = channel.correct(START, exclude_days([MONDAY]))
    channel.correct(START, LOOKS_RIGHT)
    again = channel.correct(START, exclude_days([MONDAY]))
    assert again.id != first.id
    assert channel.undo(START) == again
    assert channel.undo(START).code is CorrectionCode.LOOKS_RIGHT


def test_a_real_episode_that_never_ends_adds_no_more_entries_than_days() -> None:
    channel = learned_channel()
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 2 * HOUR, 60, 60.0)
    (episode,) = channel.episodes
    call_real(channel, START + 3 * HOUR, episode)
    for hour in range(3, 24 * 12):
        breathe(channel, START + hour * HOUR, 60, 60.0 + hour % 3)
    breathe(channel, START + 24 * 12 * HOUR, 120, 8.0)
    real = [one for one in channel.ledger.entries if one.code is CorrectionCode.EPISODE_REAL]
    assert 1 <= len(real) <= 13
    assert channel.ledger.correction_of(episode.id) is not None
