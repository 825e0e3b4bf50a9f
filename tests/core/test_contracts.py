"""The contracts that every learner keeps, whatever it learns."""

from collections.abc import Callable
from datetime import UTC
import json

import numpy as np
import pytest

from custom_components.air_baseline.core.alerting.judgement import Judgement
from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import Basis, Compared, LearningState
from custom_components.air_baseline.core.day import day_start
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from tests.core.learners import LEARNERS, Learner
from tests.core.rooms import MONDAY, ROOMS, play

START = day_start(MONDAY, UTC)
WEEK = 7 * 86_400.0
DISK = 32 * 1024  # Bytes that one ledger may take.

learners = pytest.mark.parametrize(("make", "pollutant"), LEARNERS.values(), ids=LEARNERS)
UNLIKE = [name for name in LEARNERS if name not in {"channel_voc_mass", "channel_voc_index"}]
channels = pytest.mark.parametrize("pollutant", Pollutant)
type Maker = Callable[[float, Pollutant], Learner]


def uneven_readings(pollutant: Pollutant, days: int, seed: int = 3) -> list[tuple[float, float]]:
    """Return a room's readings at whole seconds, some missing, with a gap of two days."""
    chance = np.random.default_rng(seed)
    readings = []
    for at, concentration in ROOMS[pollutant].readings(days, every_s=150):
        gap = 5.3 < (at - START) / 86_400.0 < 7.4
        if not gap and chance.random() < 0.8:
            readings.append((at + float(chance.integers(0, 140)), concentration))
    return readings


def live(learner: Learner, readings: list[tuple[float, float]], *, look_s: float = 0.0) -> Learner:
    """Feed a learner, and advance it in between every `look_s` seconds if that is given."""
    looked = START
    for at, concentration in readings:
        while look_s and looked < at:
            learner.advance(looked)
            looked += look_s
        learner.read(at, concentration)
    learner.advance(readings[-1][0] + 1.0)
    return learner


@learners
def test_advancing_in_between_changes_nothing(make: Maker, pollutant: Pollutant) -> None:
    readings = uneven_readings(pollutant, 12)
    plain = live(make(START, pollutant), readings)
    watched = live(make(START, pollutant), readings, look_s=437.0)
    assert watched.outputs == plain.outputs
    assert watched.events == plain.events
    assert watched.memory() == plain.memory()


@learners
def test_the_date_changes_nothing(make: Maker, pollutant: Pollutant) -> None:
    readings = uneven_readings(pollutant, 12)
    later = 61 * WEEK
    first = live(make(START, pollutant), readings)
    second = live(
        make(START + later, pollutant),
        [(at + later, concentration) for at, concentration in readings],
    )
    assert second.outputs == first.outputs
    assert second.events == first.events


@pytest.mark.parametrize(("make", "pollutant"), [LEARNERS[name] for name in UNLIKE], ids=UNLIKE)
def test_memory_is_bounded(make: Maker, pollutant: Pollutant) -> None:
    readings = ROOMS[pollutant].readings(400, every_s=1800)
    learner = make(START, pollutant)
    sizes = []
    for index, (at, concentration) in enumerate(readings):
        learner.read(at, concentration)
        if index % 4800 == 4799:
            learner.outputs.clear()
            sizes.append(len(json.dumps(learner.memory(), separators=(",", ":"))))
    assert len(sizes) == 4
    assert max(sizes[1:]) <= 1.15 * sizes[0]
    assert max(sizes) <= DISK


@channels
@pytest.mark.parametrize("hours", [1, 30, 77, 24 * 9 + 5, 24 * 36 + 16])
def test_a_channel_continues_after_a_restart_as_if_there_had_been_none(
    pollutant: Pollutant, hours: int
) -> None:
    readings = ROOMS[pollutant].readings(40)
    stop = START + hours * 3600.0
    before = [pair for pair in readings if pair[0] < stop]
    after = [pair for pair in readings if pair[0] >= stop][:500]
    channel = Channel(POLLUTANTS[pollutant], UTC)
    play(channel, before)
    channel.lose(stop)
    channel.take_events()
    restored = load_channel(json.loads(json.dumps(dump_channel(channel))), UTC, MONTH_DAYS)
    assert dump_channel(restored) == dump_channel(channel)
    assert restored.judge(stop) == channel.judge(stop)
    assert play(restored, after) == play(channel, after)
    assert restored.take_events() == channel.take_events()
    assert dump_channel(restored) == dump_channel(channel)


def claims(judged: Judgement) -> bool:
    return (
        judged.basis is Basis.THIS_ROOM
        or judged.compared not in {Compared.NOT_ENOUGH_DATA, None}
        or judged.unusual is not None
    )


@channels
def test_nothing_personal_is_claimed_before_it_is_learned(pollutant: Pollutant) -> None:
    judgements = play(Channel(POLLUTANTS[pollutant], UTC), ROOMS[pollutant].readings(45))
    first = next(i for i, judged in enumerate(judgements) if judged.state is LearningState.LEARNED)
    assert first >= 21 * 288 - 12
    assert not any(claims(judged) for judged in judgements[:first])
    assert any(claims(judged) for judged in judgements[first:]), "otherwise this test shows nothing"


@pytest.mark.parametrize(
    ("pollutant", "unit", "in_base"),
    [
        (Pollutant.PM25, "mg/m³", 1000.0),
        (Pollutant.VOC_MASS, "mg/m³", 1000.0),
        (Pollutant.VOC_RATIO, "ppm", 1000.0),
    ],
)
def test_the_unit_of_the_sensor_changes_nothing(
    pollutant: Pollutant, unit: str, in_base: float
) -> None:
    spec = POLLUTANTS[pollutant]
    readings = ROOMS[pollutant].readings(25)
    converted = [
        (at, spec.to_base(concentration / in_base, unit)) for at, concentration in readings
    ]
    one, other = Channel(spec, UTC), Channel(spec, UTC)
    for first, second in zip(play(one, readings), play(other, converted), strict=True):
        assert first.state is second.state
        assert edges(first) == pytest.approx(edges(second))
    assert [d.histogram for d in one.ledger.days] == [d.histogram for d in other.ledger.days]


def edges(judged: Judgement) -> tuple[float, ...]:
    part = judged.typical
    return (part.low, part.middle, part.high) if part else ()


@channels
def test_two_channels_are_independent(pollutant: Pollutant) -> None:
    alone, interleaved, other = (Channel(POLLUTANTS[pollutant], UTC) for _ in range(3))
    readings = ROOMS[pollutant].readings(4)
    louder = ROOMS[pollutant].louder(2.0).readings(4)
    expected = play(alone, readings)
    found: list[Judgement] = []
    for one, two in zip(readings, louder, strict=True):
        found += play(interleaved, [one])
        play(other, [two])
    assert found == expected
