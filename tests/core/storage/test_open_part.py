"""A whole channel and its open part make the channel of now, whatever happened in between."""

from collections.abc import Callable
from dataclasses import replace
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.clock_steps import note_leap, set_back
from custom_components.air_baseline.core.day import DAY_S, WINDOW_DAYS, day_start
from custom_components.air_baseline.core.known_time import KnownTime, Leap, look
from custom_components.air_baseline.core.ledger.correction import (
    episode_normal,
    episode_real,
    exclude_days,
)
from custom_components.air_baseline.core.ledger.ledger import UndoError
from custom_components.air_baseline.core.storage.channel import (
    dump_channel,
    freeze_channel,
    load_channel,
)
from custom_components.air_baseline.core.storage.open_part import (
    StoredWhole,
    open_part,
    with_open_part,
)
from custom_components.air_baseline.core.storage.salvage import UNREADABLE
from tests.core.properties import repeatable
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR = 3600.0
MOST_BYTES = 2000  # Of a channel that has only breathed.

type Json = dict[str, Any]


def plain(data: object) -> Any:  # noqa: ANN401
    return json.loads(json.dumps(data, allow_nan=False))


def whole_of(channel: Channel) -> tuple[Json, StoredWhole]:
    """Return a channel as it is stored, and what is known of that."""
    data = dump_channel(channel)
    stored = StoredWhole.of(data, days=channel.ledger.days, former=channel.ledger.former)
    assert stored is not None
    return plain(data), stored


def continued(channel: Channel, whole: Json, stored: StoredWhole) -> Json:
    """Return the whole as the open part of a channel continues it."""
    part = plain(freeze_channel(channel).dump_open(stored))
    both = with_open_part(whole, part)
    return {name: value for name, value in both.items() if name != "beside_columns"}


def now(channel: Channel) -> Json:
    data: Json = plain(dump_channel(channel))
    return {name: value for name, value in data.items() if name != "beside_columns"}


def exclude(channel: Channel, at: float) -> None:
    channel.correct(at, exclude_days([MONDAY - 5]))


def undo(channel: Channel, at: float) -> None:
    try:
        channel.undo(at)
    except UndoError:
        return


def answer(channel: Channel, at: float) -> None:
    for episode in channel.episodes[-1:]:
        channel.correct(at, episode_normal(episode, at, LONDON))
        channel.correct(at, episode_real(episode, at, LONDON))


STEPS: dict[str, Callable[[Channel, float], object]] = {
    "breathe": lambda channel, at: breathe(channel, at, 60, 8.0),
    "rise": lambda channel, at: breathe(channel, at, 60, 90.0),
    "silence": lambda channel, at: channel.lose(at),
    "a night": lambda channel, at: breathe(channel, at, 24 * 60, 9.0),
    "exclude": exclude,
    "undo": undo,
    "answer": answer,
    "pause": lambda channel, at: channel.pause(at, paused=not channel.paused),
    "promise": lambda channel, at: channel.adopt_promise(at, 14),
}


@given(steps=st.lists(st.sampled_from([*STEPS]), max_size=8))
@repeatable
def test_the_whole_and_the_open_part_make_the_channel_of_now(steps: list[str]) -> None:
    channel, at = learned_channel(36), START
    breathe(channel, at, 30, 8.0)
    whole, stored = whole_of(channel)
    for step in steps:
        at += 26 * HOUR
        STEPS[step](channel, at)
        assert continued(channel, whole, stored) == now(channel)
    restored = load_channel(continued(channel, whole, stored), LONDON, channel.promise_days)
    assert now(restored) == now(channel)


def test_an_open_part_is_small_and_holds_no_closed_day() -> None:
    channel = learned_channel(90)
    breathe(channel, START, 30, 8.0)
    _, stored = whole_of(channel)
    breathe(channel, START + HOUR, 12 * 60, 8.3)
    frozen = freeze_channel(channel)
    assert frozen.continues(stored)
    part = frozen.dump_open(stored)
    assert not {"days", "entries", "episodes"} & part.keys()
    assert len(json.dumps(part)) < MOST_BYTES < len(json.dumps(frozen.dump())) / 9


def test_one_more_of_many_corrections_is_all_that_an_open_part_holds_of_them() -> None:
    channel = learned_channel(90)
    breathe(channel, START, 30, 8.0)
    for number in range(70):
        channel.ledger = channel.ledger.with_correction(
            START - 1e5 + number, exclude_days([MONDAY - 1 - number])
        )
    whole, stored = whole_of(channel)
    exclude(channel, START + HOUR)
    part = freeze_channel(channel).dump_open(stored)
    assert "entries_packed" in whole
    assert "entries_packed" not in part
    assert [len(change) for change in part["entries"]] == [2, 1]
    assert continued(channel, whole, stored) == now(channel)


def test_what_is_kept_of_wrong_clocks_is_in_no_open_part_while_it_stays() -> None:
    channel = learned_channel(WINDOW_DAYS)
    breathe(channel, START, 60, 8.0)
    note_leap(channel, Leap(START + HOUR, START + 90 * DAY_S))
    for day in range(90, 93):
        breathe(channel, START + day * DAY_S, 24 * 60, 8.0 + day % 3)
    _, ahead = whole_of(channel)
    assert channel.leaps[0].days
    breathe(channel, START + 93 * DAY_S, 60, 8.0)
    assert "leaps" not in freeze_channel(channel).dump_open(ahead)
    leaps = tuple(kept.leap for kept in channel.leaps)
    right_at = START + 4 * DAY_S + HOUR
    set_back(channel, look(KnownTime(START + 93 * DAY_S + HOUR, leaps), right_at))
    breathe(channel, right_at, 60, 8.0)
    _, right = whole_of(channel)
    assert channel.ledger.set_aside
    breathe(channel, right_at + HOUR, 60, 8.0)
    assert not {"leaps", "set_aside"} & freeze_channel(channel).dump_open(right).keys()


def test_what_follows_from_other_days_is_found_without_their_marks() -> None:
    """If the days are the same object they are not compared, and the result is the same."""
    channel = learned_channel(36)
    breathe(channel, START, 30, 8.0)
    whole, stored = whole_of(channel)
    breathe(channel, START + HOUR, 60, 8.0)
    unknown = replace(stored, days=None)
    assert continued(channel, whole, unknown) == continued(channel, whole, stored)


def test_a_closed_day_and_a_relearned_ledger_are_a_reason_for_another_whole() -> None:
    channel = learned_channel(36)
    breathe(channel, START, 30, 8.0)
    _, stored = whole_of(channel)
    channel.ledger = replace(channel.ledger, former=channel.ledger)
    assert not freeze_channel(channel).continues(stored)
    channel.ledger = replace(channel.ledger, former=None)
    assert freeze_channel(channel).continues(stored)
    channel.advance(START + 25 * HOUR)
    assert not freeze_channel(channel).continues(stored)


def test_a_whole_with_other_columns_is_not_continued() -> None:
    data = dump_channel(learned_channel(3))
    other = data | {"entries_columns": data["entries_columns"][::-1]}
    assert StoredWhole.of(other, days=None, former=None) is None


WRONG: tuple[Json, ...] = (
    {"days": 7},
    {"days": [[0, 99]]},
    {"entries": [[0, 1]]},
    {"today": 7},
    {"today": {"forecast": {"some": {"nothing.at": 1}}}},
)


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_an_open_part_that_cannot_have_been_written_is_refused(wrong: Json) -> None:
    channel = learned_channel(3)
    breathe(channel, START, 30, 8.0)
    whole, stored = whole_of(channel)
    part = plain(open_part(dump_channel(channel), stored))
    assert with_open_part(whole, part)
    with pytest.raises(UNREADABLE):
        with_open_part(whole, part | wrong)
