"""Nothing that the program itself can write is refused when it is read."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import DAY_S, day_start, locate
from custom_components.air_baseline.core.ledger.correction import (
    AHEAD_DAYS,
    episode_normal,
    episode_real,
    exclude_days,
    its_the_season,
    report_change,
    start_over,
)
from custom_components.air_baseline.core.ledger.entries import (
    Draft,
    LooksRight,
    StopAsking,
    StopReporting,
    Trouble,
)
from custom_components.air_baseline.core.ledger.ledger import UndoError
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.channel import check_channel, dump_channel
from custom_components.air_baseline.core.storage.ledger import MOST_ENTRIES, MOST_ROWS
from tests.core.properties import repeatable
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0


def today(at: float) -> int:
    return locate(at, LONDON)[0]


def undo(channel: Channel, at: float) -> None:
    try:
        channel.undo(at)
    except UndoError:
        return


def answer(channel: Channel, at: float) -> None:
    for episode in channel.episodes[-1:]:
        channel.correct(at, episode_real(episode, at, LONDON))
        channel.correct(at, episode_normal(episode, at, LONDON))


def season(channel: Channel, at: float) -> None:
    for entry in channel.ledger.changes():
        channel.correct(at, its_the_season(entry.id))


type Act = Callable[[Channel, float], object]
ACTS: dict[str, Act] = {
    "breathe": lambda channel, at: breathe(channel, at, 90, 8.0),
    "rise": lambda channel, at: breathe(channel, at, 90, 95.0),
    "rise far": lambda channel, at: breathe(channel, at, 40, 1e5),
    "a day": lambda channel, at: breathe(channel, at, 25 * 60, 9.0),
    "one value": lambda channel, at: channel.read(at, 0.0),
    "a wrong unit": lambda channel, at: channel.read(at, 5e8, 1000.0),
    "silence": lambda channel, at: channel.lose(at),
    "life": lambda channel, at: channel.show_life(at),
    "time": lambda channel, at: channel.advance(at),
    "exclude": lambda channel, at: channel.correct(
        at, exclude_days([today(at) - 80, today(at) - 3, today(at) + AHEAD_DAYS])
    ),
    "change": lambda channel, at: channel.correct(
        at, report_change(today(at) - 9, today(at), similar=True)
    ),
    "season": season,
    "answer": answer,
    "agree": lambda channel, at: channel.correct(at, Draft((LooksRight(),))),
    "stop": lambda channel, at: channel.correct(
        at, Draft((StopAsking(), StopReporting(trouble=Trouble.STUCK)))
    ),
    "start over": lambda channel, at: channel.correct(at, start_over(today(at) + 1)),
    "undo": undo,
    "pause": lambda channel, at: channel.pause(at, paused=not channel.paused),
    "wait": lambda channel, at: channel.wait(at, waiting=not channel.waiting),
    "promise": lambda channel, at: channel.adopt_promise(at, 14),
    "relearn": lambda channel, at: channel.adopt(
        at, replace(channel.ledger, former=replace(channel.ledger, former=None))
    ),
}


@pytest.mark.parametrize("pollutant", [Pollutant.PM25, Pollutant.VOC_INDEX])
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from([*ACTS]),
            st.sampled_from([300.0, HOUR, 7 * HOUR, 26 * HOUR, 40 * DAY_S, -20 * HOUR, -30 * HOUR]),
        ),
        max_size=10,
    )
)
@repeatable
def test_whatever_happens_to_a_channel_it_can_be_loaded_again(
    pollutant: Pollutant, acts: list[tuple[str, float]]
) -> None:
    channel, at = learned_channel(36, pollutant=pollutant), START
    for name, after_s in acts:
        at += after_s
        ACTS[name](channel, at)
        check_channel(dump_channel(channel), LONDON, channel.promise_days)


def test_what_the_channel_adds_to_the_most_entries_of_people_can_be_loaded() -> None:
    """The last one that a person may add is an answer to an episode that goes on and adds more."""
    channel = learned_channel(36)
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 2 * HOUR, 60, 90.0)
    (episode,) = channel.episodes
    draft = exclude_days(range(MONDAY - 2 * MOST_ENTRIES + 2, MONDAY, 2))
    channel.ledger = channel.ledger.with_correction(START + 3 * HOUR, draft)
    channel.ledger = channel.ledger.with_correction(
        START + 3 * HOUR, episode_real(episode, START + 3 * HOUR, LONDON)
    )
    entries = len(channel.ledger.entries)
    assert entries >= MOST_ENTRIES
    breathe(channel, START + 3 * HOUR, 10 * 60, 90.0)
    breathe(channel, START + 13 * HOUR, 2 * 60, 8.0)
    assert entries < len(channel.ledger.entries) < MOST_ROWS
    check_channel(dump_channel(channel), LONDON, MONTH_DAYS)
