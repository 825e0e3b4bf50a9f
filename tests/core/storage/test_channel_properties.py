"""Any damage is refused or leaves a channel that still works; nothing else happens."""

from collections.abc import Iterator
from copy import deepcopy
import json
from math import inf, nan
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.day import day_start
from custom_components.air_baseline.core.ledger.correction import episode_normal, episode_real
from custom_components.air_baseline.core.ledger.entries import CorrectionCode
from custom_components.air_baseline.core.storage.channel import (
    VERSION,
    NewerFormError,
    dump_channel,
    load_channel,
)
from tests.core.properties import repeatable, thorough
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
type Path = tuple[str | int, ...]


def a_dump() -> dict[str, Any]:
    channel = learned_channel(36)
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 7200.0, 60, 61.0)
    at, (episode,) = START + 10_800.0, channel.episodes
    channel.correct(at, episode_normal(episode, at, LONDON))
    channel.correct(at, episode_real(episode, at, LONDON))
    data: dict[str, Any] = json.loads(json.dumps(dump_channel(channel)))
    data["days"] = data["days"][-34:]
    assert data["today"]["episode"] is not None
    assert len(data["entries"]) == 2 < len(CorrectionCode)
    return data


def paths(data: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401
    """Yield the path to every value, but only of the first and the last day."""
    if path:
        yield path
    if isinstance(data, dict):
        for name, value in data.items():
            yield from paths(value, (*path, name))
    if isinstance(data, list):
        for index in {0, len(data) - 1} if path == ("days",) else range(len(data)):
            yield from paths(data[index], (*path, index))


GOOD = a_dump()
wrong = st.sampled_from(
    [None, True, -1, 0, 1, 3.5, nan, inf, 1e300, 10**400, 10**12, "", "x", [], [1], {}, {"a": 1}]
) | st.sampled_from(["2026-13-01", "9999-12-30", "0001-01-01"])
damage = st.one_of(
    wrong.map(lambda value: ("put", value)),
    st.sampled_from(["drop", "twice", "reverse", "cut"]).map(lambda what: (what, None)),
)


def damaged(path: Path, what: str, value: object) -> dict[str, Any]:
    data = deepcopy(GOOD)
    holder: Any = data
    for step in path[:-1]:
        holder = holder[step]
    found = holder[path[-1]]
    match what, found:
        case "drop", _:
            del holder[path[-1]]
        case "twice", [*_, last]:
            found.append(last)
        case "reverse", list():
            found.reverse()
        case "cut", list() | str():
            holder[path[-1]] = found[: len(found) // 2]
        case _:
            holder[path[-1]] = deepcopy(value)
    return data


def live_on(channel: Channel) -> None:
    breathe(channel, START + 10_800.0, 60, 8.0)
    breathe(channel, START + 86_400.0, 60, 8.0)


@given(path=st.sampled_from(list(paths(GOOD))), harm=damage)
@thorough
def test_damage_is_refused_or_leaves_a_channel_that_still_works(
    path: Path, harm: tuple[str, object]
) -> None:
    try:
        channel = load_channel(damaged(path, *harm), LONDON, MONTH_DAYS)
    except NewerFormError:
        assert path == ("version",)
        return
    except StoredFormError:
        return
    kept = json.loads(json.dumps(dump_channel(channel), allow_nan=False))
    assert dump_channel(load_channel(kept, LONDON, MONTH_DAYS)) == kept
    live_on(channel)
    later = json.loads(json.dumps(dump_channel(channel), allow_nan=False))
    assert dump_channel(load_channel(later, LONDON, MONTH_DAYS)) == later


@given(version=st.integers(VERSION + 1, 10**6), harm=damage)
@thorough
def test_a_newer_version_is_always_recognised(version: int, harm: tuple[str, object]) -> None:
    data = damaged(("days",), *harm) | {"version": version}
    with pytest.raises(NewerFormError):
        load_channel(data, LONDON, MONTH_DAYS)


@given(cut=st.integers(0, len(json.dumps(GOOD)) - 1))
@thorough
def test_a_truncated_file_is_refused(cut: int) -> None:
    text = json.dumps(GOOD)[:cut]
    with pytest.raises((StoredFormError, json.JSONDecodeError)):
        load_channel(json.loads(text), LONDON, MONTH_DAYS)


@given(
    steps=st.lists(
        st.tuples(st.floats(0.0, 40_000.0), st.none() | st.floats(-1.0, 1100.0)), max_size=30
    )
)
@repeatable
def test_whatever_was_dumped_can_be_loaded(steps: list[tuple[float, float | None]]) -> None:
    channel, at = learned_channel(8), START
    for after, concentration in steps:
        at += after
        if concentration is None:
            channel.lose(at)
        else:
            channel.read(at, concentration)
        kept = json.loads(json.dumps(dump_channel(channel), allow_nan=False))
        assert dump_channel(load_channel(kept, LONDON, MONTH_DAYS)) == kept
