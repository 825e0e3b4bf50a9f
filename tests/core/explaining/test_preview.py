"""What a preview shows is what happens when the correction is made."""

from dataclasses import replace
import json

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import day_start, iso_day
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.explaining.preview import (
    consequence,
    foreseen,
    left_out,
    lift,
    strikable,
)
from custom_components.air_baseline.core.ledger.correction import (
    episode_normal,
    episode_real,
    exclude_days,
    report_change,
    start_over,
)
from custom_components.air_baseline.core.ledger.entries import Draft, LooksRight
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel
from tests.core.rooms import LONDON, MONDAY, with_episode

START = day_start(MONDAY, LONDON)
HOUR = 3600.0
NOW = START + 5 * HOUR
LOOKS_RIGHT = Draft((LooksRight(),))  # Changes nothing.


def test_the_effect_of_normal_here_is_previewed() -> None:
    channel, episode = with_episode()
    before = json.dumps(dump_channel(channel))
    assert channel.forecast is not None
    shown = lift(channel, NOW, episode)
    assert json.dumps(dump_channel(channel)) == before, "a preview changes nothing"
    assert shown.part == 0
    assert shown.before == channel.forecast.alert_levels[0]
    assert shown.until_day == iso_day(MONDAY + 60)
    channel.correct(NOW, episode_normal(episode, NOW, LONDON))
    assert channel.forecast.alert_levels[0] == shown.after == pytest.approx(69.0)


def test_without_alerts_at_present_only_the_future_level_is_previewed() -> None:
    channel, episode = with_episode()
    channel.correct(NOW, exclude_days(range(MONDAY - 40, MONDAY - 10)))
    shown = lift(channel, NOW, episode)
    assert shown.before is None
    assert shown.after == pytest.approx(69.0)


def test_the_effect_of_real_is_previewed() -> None:
    channel, episode = with_episode()
    shown = left_out(channel, NOW, episode)
    assert shown == {iso_day(MONDAY): [0]}
    channel.correct(NOW, episode_real(episode, NOW, LONDON))
    assert channel.ledger.excluded_parts(MONDAY) == 0b1


def test_an_empty_channel_still_needs_all_its_days() -> None:
    shown = consequence(Channel(POLLUTANTS[Pollutant.PM25], LONDON), NOW, LOOKS_RIGHT)
    assert (shown.state, shown.usable_days) == (LearningState.COLLECTING, 0)
    assert (shown.alert_days, shown.alert_weeks) == (34, 5)


def test_event_days_are_not_reference_days() -> None:
    channel, episode = with_episode()
    assert channel.forecast is not None
    assert channel.forecast.threshold.days == 40
    for day in range(MONDAY - 30, MONDAY - 23):
        event = replace(episode, id=episode.id - 86_400 * (MONDAY - day), day=day)
        channel.ledger = channel.ledger.with_episode(event)
    channel.forecast = foreseen(channel, NOW)
    assert channel.forecast is not None
    assert not channel.forecast.eligible
    comparison = explain(channel, NOW).comparison
    assert (comparison.days, comparison.needed) == (33, 34)
    assert consequence(channel, NOW, LOOKS_RIGHT).alert_days == 1


def test_what_is_left_after_a_correction_is_previewed() -> None:
    channel, _ = with_episode()
    assert consequence(channel, NOW, LOOKS_RIGHT).alert_days == 0
    over = consequence(channel, NOW, start_over(MONDAY + 1))
    assert (over.state, over.usable_days, over.needed_days) == (LearningState.COLLECTING, 0, 21)
    assert (over.alert_days, over.alert_weeks) == (34, 5)
    moved = consequence(channel, NOW, report_change(MONDAY - 30, MONDAY))
    assert (moved.state, moved.usable_days, moved.alert_days) == (LearningState.LEARNED, 30, 4)
    out = consequence(channel, NOW, exclude_days(range(MONDAY - 20, MONDAY)))
    assert (out.usable_days, out.alert_days) == (20, 14)


def test_days_are_listed_with_their_peaks_newest_first() -> None:
    channel, _ = with_episode()
    listed = strikable(channel, NOW)
    assert list(listed) == list(range(MONDAY - 1, MONDAY - 41, -1))
    assert set(listed.values()) == {12.3}, "12, within half a step of a peak"
    channel.correct(NOW, exclude_days([MONDAY - 1]))
    assert MONDAY - 1 not in strikable(channel, NOW)
