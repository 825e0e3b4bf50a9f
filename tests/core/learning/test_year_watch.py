"""What the year says of today is there as soon as somebody asks, also after a restart."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
import json
from unittest.mock import patch

import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import HOUR_S, day_start
from custom_components.air_baseline.core.learning import year_watch
from custom_components.air_baseline.core.learning.year_watch import NOTHING
from custom_components.air_baseline.core.ledger.correction import start_over
from custom_components.air_baseline.core.ledger.entries import Draft, LooksRight
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from custom_components.air_baseline.core.storage.year import dump_year, load_year
from custom_components.air_baseline.core.year.year import NO_YEAR
from tests.core.rooms import MONDAY, Spent

from .test_year_change import SUMMER, WINTER, YEAR_DAYS, a_year, lived

CREEPS = [*[SUMMER] * YEAR_DAYS, *[WINTER] * 100]
SEASON = [*a_year(WINTER), *a_year(WINTER)][: YEAR_DAYS + 275]
type Days = list[Spent]


def a_channel(days: Days) -> Channel:
    """Return a channel that has lived some days and reads a day more."""
    channel = Channel(POLLUTANTS[Pollutant.PM25], UTC)
    channel.ledger, channel.year, _ = lived(days)
    first = day_start(MONDAY + len(days), UTC)
    channel.health.skip_warm_up(first - HOUR_S)
    for hour in range(26):
        channel.read(first + HOUR_S * hour, 16.0)
    return channel


def restarted(channel: Channel) -> Channel:
    again = load_channel(json.loads(json.dumps(dump_channel(channel))), UTC, 35)
    again.year = load_year(json.loads(json.dumps(dump_year(channel.year))))
    return again


@pytest.mark.parametrize("days", [CREEPS, SEASON], ids=["creep", "season"])
def test_a_restart_does_not_silence_it(days: Days) -> None:
    channel = a_channel(days)
    said = channel.year_says
    assert (said.creep is not None, said.as_last_year is not None) == (
        days is CREEPS,
        days is SEASON,
    )
    assert restarted(channel).year_says == said


def test_a_correction_that_changes_nothing_of_it_does_not_silence_it() -> None:
    channel = a_channel(CREEPS)
    said = channel.year_says
    channel.correct(day_start(MONDAY + len(CREEPS) + 1, UTC) + HOUR_S, Draft((LooksRight(),)))
    assert said.creep is not None
    assert channel.year_says == said


def test_after_a_start_over_last_year_says_nothing() -> None:
    channel = a_channel(CREEPS)
    assert channel.year_says.creep is not None
    today = MONDAY + len(CREEPS) + 1
    channel.correct(day_start(today, UTC) + HOUR_S, start_over(today))
    assert channel.year_says == NOTHING


def test_it_is_worked_out_once_for_what_it_follows_from() -> None:
    channel = a_channel(CREEPS)
    day_later = day_start(MONDAY + len(CREEPS) + 2, UTC) + HOUR_S

    def the_day_ends() -> None:
        channel.read(day_later, 16.0)

    def weeks_go() -> None:
        channel.year = NO_YEAR

    acts: dict[str, tuple[Callable[[], object], int]] = {
        "nothing": (lambda: None, 0),
        "a reading": (lambda: channel.read(day_later - 23 * HOUR_S, 16.0), 0),
        "a day": (the_day_ends, 1),
        "an answer": (lambda: channel.correct(day_later, Draft((LooksRight(),))), 1),
        "other weeks": (weeks_go, 1),
    }
    assert channel.year_says.creep is not None
    for what, (act, times) in acts.items():
        with patch.object(year_watch, "_says", wraps=year_watch._says) as says:  # noqa: SLF001 - how often
            act()
            for _ in range(3):
                assert channel.year_says is not None
            assert says.call_count == times, what


def test_a_channel_that_has_not_begun_a_day_says_nothing() -> None:
    channel = a_channel(CREEPS)
    before = Channel(channel.spec, UTC)
    before.ledger, before.year = channel.ledger, replace(channel.year)
    assert before.year_says == NOTHING
