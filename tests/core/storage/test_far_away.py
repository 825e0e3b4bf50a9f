"""Days and times far from now, as damage leaves them: refused or discarded, without much work."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date
import json
from time import perf_counter
from typing import Any

import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.day import WINDOW_DAYS, day_start
from custom_components.air_baseline.core.ledger.correction import (
    episode_span,
    start_over,
    touched_parts,
)
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.reading.surroundings import SurroundingMean, Surroundings
from custom_components.air_baseline.core.storage.channel import (
    dump_channel,
    load_channel,
    load_surrounding,
)
from tests.core.rooms import LONDON, MONDAY, breathe, learned_channel

START = day_start(MONDAY, LONDON)
HOUR, DAY = 3600.0, 86_400.0
LONG_AGO, LATER = date(2016, 3, 2).toordinal(), date(2287, 3, 2).toordinal()
LATER_AT = day_start(LATER, LONDON)
AT_ONCE_S = 2.0  # It takes hundredths of this; not a benchmark.

type Json = dict[str, Any]


def eventful(pollutant: Pollutant = Pollutant.PM25) -> Channel:
    """Return a channel in the middle of an episode, with a start over before it."""
    channel = learned_channel(pollutant=pollutant)
    channel.correct(START - 60 * DAY, start_over(MONDAY - 60))
    breathe(channel, START, 120, 8.0)
    breathe(channel, START + 2 * HOUR, 60, 61.0)
    assert channel.episode_watch.current is not None
    return channel


def kept(channel: Channel) -> Json:
    found: Json = json.loads(json.dumps(dump_channel(channel)))
    return found


def back(data: Json) -> Channel:
    return load_channel(data, LONDON, MONTH_DAYS)


def put(*path: str | int, value: object) -> Callable[[Json], None]:
    def change(data: Any) -> None:  # noqa: ANN401
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


def column(table: str, name: str, value: object) -> Callable[[Json], None]:
    """Return a change of the last row of a table."""

    def change(data: Json) -> None:
        data[table][-1][data[f"{table}_columns"].index(name)] = value

    return change


FAR: dict[str, Callable[[Json], None]] = {
    "a start over in 2287": column("entries", "from_day", LATER),
    "a correction up to 2287": column("entries", "to_day", LATER),
    "a level raised until 2287": column("entries", "until_day", LATER),
    "a correction of no day": column("entries", "from_day", 7),
    "an episode of no day": column("episodes", "day", 2**40),
    "an episode of no time": column("episodes", "id", 2**40),
    "today in the year 9999": put("today", "day", value="9999-12-30"),
    "today before yesterday": put("today", "day", value="2016-03-02"),
    "a bin of later": put("today", "recent", 0, 0, value=10**8),
    "blocked for good": put("today", "blocked_slots", value=10**6),
    "warming up until 2287": put("source", "warm_until", value=LATER_AT),
    "one value from 2287 on": put("source", "flat_since", value=LATER_AT),
    "a step that is none": put("source", "step", value=0.01),
    "below the guideline from 2287 on": put("low_since", value=LATER_AT),
    "an hour of later": put("facts", -1, 0, value=10**8),
    "more than an hour can hold": put("facts", -1, 1, value=1e12),
    "less than nothing in an hour": put("facts", -1, 1, value=-1.0),
}


@pytest.mark.parametrize("change", FAR.values(), ids=FAR)
def test_values_far_away_are_refused(change: Callable[[Json], None]) -> None:
    data = kept(eventful())
    assert kept(back(data)) == data
    change(data)
    with pytest.raises(StoredFormError):
        back(data)


def test_all_days_that_are_stored_can_be_read() -> None:
    channel = learned_channel(WINDOW_DAYS)
    assert len(back(kept(channel)).ledger.days) == WINDOW_DAYS


def test_a_former_ledger_of_a_former_ledger_is_not_read() -> None:
    channel = learned_channel(3)
    channel.ledger = replace(channel.ledger, former=channel.ledger)
    data = kept(channel)
    former = data["former"]
    for _ in range(2000):
        former = {**former, "former": former}
    former = back(data | {"former": former}).ledger.former
    assert former is not None
    assert former.former is None


@pytest.mark.parametrize("pollutant", [Pollutant.PM25, Pollutant.VOC_RATIO])
def test_the_warm_up_of_a_sensor_is_restored(pollutant: Pollutant) -> None:
    channel = Channel(POLLUTANTS[pollutant], LONDON)
    breathe(channel, START, 60, 8.0)
    assert channel.health.warming_up(START + HOUR) == (pollutant is Pollutant.VOC_RATIO)
    assert kept(back(kept(channel))) == kept(channel)


def test_a_bin_from_long_ago_drops_no_day() -> None:
    data = kept(learned_channel())
    long_ago = day_start(LONG_AGO, LONDON) + 299.0
    data["source"] |= {"counted_to": long_ago, "observed_s": 299.0}
    channel = back(data)
    channel.advance(START)
    assert len(channel.ledger.days) == 40
    breathe(channel, START, 24 * 60, 8.0)
    assert len(channel.ledger.days) == 41


def an_episode(at: float, end: float | None) -> Episode:
    return Episode(
        id=int(at),
        day=MONDAY,
        part=1,
        opened_level=60.0,
        alert_level=50.0,
        high=12.0,
        beaten=40,
        compared=40,
        peak=60.0,
        end=end,
    )


def test_a_stuck_value_and_an_episode_without_end_take_little_work() -> None:
    begun = perf_counter()
    channel = Channel(POLLUTANTS[Pollutant.PM25], LONDON)
    channel.read(START, 5.0)
    channel.health.flat_since = 0.0
    channel.advance(START + HOUR)
    assert channel.health.stuck
    for at, end in ((0.0, None), (0.0, LATER_AT), (START, LATER_AT)):
        episode = an_episode(at, end)
        start, until = episode_span(episode, START + HOUR)
        assert until - start <= (WINDOW_DAYS + 1) * DAY
        assert len(touched_parts(episode, START + HOUR, LONDON)) <= WINDOW_DAYS + 2
    assert perf_counter() - begun < AT_ONCE_S


def with_outdoor_air(concentration: float, hours: int = 30) -> SurroundingMean:
    mean = SurroundingMean(UTC)
    for slot in range(hours * 12):
        mean.read(START + slot * 300.0, concentration)
    return mean


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("bins", 0, 0), 10**8),
        (("bins", 0, 1), 1e9),
        (("hours", -1, 0), 10**6),
        (("hours", -1, 1), 1e11),
        (("days", -1, 0), 10**9),
        (("days", -1, 1), 1e12),
    ],
)
def test_impossible_surroundings_are_refused(path: tuple[str | int, ...], value: float) -> None:
    data = with_outdoor_air(12.0).dump()
    assert load_surrounding(data, UTC).dump() == data
    put(*path, value=value)(data)
    with pytest.raises(StoredFormError):
        load_surrounding(data, UTC)


def test_the_results_of_odd_surroundings_can_be_loaded_again() -> None:
    """Negative PM2.5, and windows that are open seven times: damage that can be read."""
    channel = eventful()
    odd = {
        name: with_outdoor_air(concentration)
        for name, concentration in (("pm", -9.0), ("window", 7.0))
    }
    channel.surroundings = Surroundings(outdoor_pm25=odd["pm"], window_open=odd["window"])
    at = START + 30 * HOUR
    episode = an_episode(at, None).with_surroundings(channel.surroundings, at)
    assert (episode.outdoor, episode.outdoor_before, episode.window_open) == (0.0, 0.0, 1.0)
    assert channel.surroundings.of_day(MONDAY).outdoor_pm25 == 0.0
    breathe(channel, START + 3 * HOUR, 27 * 60, 8.0)
    assert kept(back(kept(channel))) == kept(channel)
