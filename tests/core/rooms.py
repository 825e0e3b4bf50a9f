"""Seeded rooms and hand-made days that the tests of the core share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from math import exp, log1p, sqrt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from custom_components.air_baseline.core.alerting.judgement import Judgement
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import PARTS, PLAIN_SLOTS, SLOT_S, day_start
from custom_components.air_baseline.core.ledger.day_summary import DaySummary, pack_record
from custom_components.air_baseline.core.ledger.entries import (
    Cause,
    ChangePassed,
    ChangeReported,
    ChangeSuspected,
    ClockSetBack,
    Correction,
    CorrectionCode,
    DaysExcluded,
    Entry,
    EpisodeNormal,
    EpisodeReal,
    LooksRight,
    Missed,
    Named,
    Relearned,
    Reset,
    Season,
    SensorMapped,
    StopAsking,
    StopReporting,
    Trouble,
)
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.ledger.histogram_text import encode_counts
from custom_components.air_baseline.core.ledger.hour_peaks import of_part_peaks
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.pollutant import (
    CELLS,
    POLLUTANTS,
    Pollutant,
    PollutantSpec,
    cell_index,
)
from custom_components.air_baseline.core.reading.surroundings import DaySurroundings

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 1, 5).toordinal()
PM25 = POLLUTANTS[Pollutant.PM25]
MEMORY_S = 7200.0  # Time in which the air of a room loses its memory.
PLUME_S = 2400.0  # Time in which a plume in an open-plan home falls to a third.

RECORD = {"peaks", "issued", "next_14_days"}
SURROUNDINGS = {"outdoor_pm25", "outdoor_temperature", "window_open"}

type Spent = Mapping[float, int]  # Slots spent at each level.


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One source in one room, which makes readings from hour to hour.

    `usual` is the median (base unit); `wander` and `between_days` are standard deviations on
    the scale; a share `evenings` of the days has a plume of up to `plume` times the usual.
    """

    pollutant: Pollutant
    seed: int = 1
    usual: float
    wander: float = 0.35
    between_days: float = 0.15
    evenings: float = 0.6
    plume: float = 6.0

    @property
    def spec(self) -> PollutantSpec:
        return POLLUTANTS[self.pollutant]

    def channel(self) -> Channel:
        return Channel(self.spec, LONDON)

    def readings(
        self, days: int, *, first: int = MONDAY, every_s: int = SLOT_S
    ) -> list[tuple[float, float]]:
        """Return whole-number readings of `days` days; each day depends only on itself."""
        return [pair for day in range(first, first + days) for pair in _day(self, day, every_s)]

    def louder(self, gain: float) -> Room:
        """Return the room with all its levels multiplied."""
        return replace(self, usual=self.usual * gain)


@lru_cache(maxsize=2000)
def _day(room: Room, day: int, every_s: int) -> list[tuple[float, float]]:
    chance = np.random.default_rng([room.seed, day])
    at = np.arange(day_start(day, LONDON), day_start(day + 1, LONDON), every_s)
    keep = exp(-every_s / MEMORY_S)
    noise = chance.normal(size=len(at)) * sqrt(1.0 - keep * keep)
    wander = np.asarray(lfilter([1.0], [1.0, -keep], noise))
    y = log1p(room.usual) + room.between_days * chance.normal() + room.wander * wander
    level = np.expm1(np.maximum(y, 0.0)) + _evening(room, chance, at - at[0])
    rounded = np.round(np.clip(level, 0.0, room.spec.highest))
    return list(zip(at.tolist(), rounded.tolist(), strict=True))


def _evening(
    room: Room, chance: np.random.Generator, since_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    cooks, hour, size = chance.random(), 14.0 + 2.0 * chance.random(), chance.random()
    if cooks > room.evenings:
        return np.zeros_like(since_s)
    age_s = since_s - 3600.0 * hour
    plume = room.usual * room.plume * (0.3 + 0.7 * size) * np.exp(-age_s / PLUME_S)
    return np.asarray(np.where(age_s >= 0.0, plume, 0.0))


ROOMS = {
    Pollutant.PM25: Room(pollutant=Pollutant.PM25, usual=6.0),
    Pollutant.VOC_MASS: Room(pollutant=Pollutant.VOC_MASS, usual=300.0, wander=0.5),
    Pollutant.VOC_RATIO: Room(pollutant=Pollutant.VOC_RATIO, usual=120.0, wander=0.5),
    Pollutant.VOC_INDEX: Room(pollutant=Pollutant.VOC_INDEX, usual=100.0, wander=0.25, plume=2.5),
}


def play(channel: Channel, readings: Iterable[tuple[float, float]]) -> list[Judgement]:
    """Feed readings to a channel and return its judgements."""
    return [judged for at, value in readings for judged in channel.read(at, value)]


def a_day(day: int, spent: Spent | Sequence[Spent] | None = None, **given: Any) -> DaySummary:
    """Return a day from the slots spent at each level, alike in all parts or given for each.

    By default it is a full day of constant 8; its peaks are its highest levels. Peaks can be given
    of each part, or packed (of each hour).
    """
    spent = {8.0: 36} if spent is None else spent
    parts = [spent] * PARTS if isinstance(spent, Mapping) else spent
    counts = [bytearray(CELLS) for _ in parts]
    for part, levels in zip(counts, parts, strict=True):
        for concentration, slots in levels.items():
            part[cell_index(concentration)] += slots
    record: dict[str, Any] = {
        "histogram": encode_counts(counts),
        "peaks": [max(levels, default=None) for levels in parts],
    }
    surroundings = DaySurroundings(
        **{name: given.pop(name) for name in SURROUNDINGS & given.keys()}
    )
    record |= {name: given.pop(name) for name in RECORD & given.keys()}
    if not isinstance(record["peaks"], bytes):
        record["peaks"] = of_part_peaks(record["peaks"])
    packed = pack_record(**record, surroundings=surroundings)
    return DaySummary(day=day, record=packed, **{"slots": PLAIN_SLOTS} | given)


def learned_channel(days: int = 40, pollutant: Pollutant = Pollutant.PM25, **given: Any) -> Channel:
    """Return a channel that has learned a room of 5 to 12, with peaks of 12, up to MONDAY."""
    channel = Channel(POLLUTANTS[pollutant], LONDON)
    record = {"coverage": 0.8, "state": LearningState.LEARNED} | given
    spent = {5.0: 12, 8.0: 12, 12.0: 12}
    channel.ledger = a_ledger(a_day(day, spent, **record) for day in range(MONDAY - days, MONDAY))
    channel.binner.step = 1.0
    return channel


def breathe(channel: Channel, start: float, minutes: int, concentration: float) -> list[Judgement]:
    """Feed a channel one level every five minutes, and close the last bin."""
    times = range(0, minutes * 60, SLOT_S)
    judged = play(channel, [(start + after, concentration) for after in times])
    return [*judged, *channel.advance(start + minutes * 60)]


def with_episode(days: int = 40) -> tuple[Channel, Episode]:
    """Return a learned channel, and its episode: MONDAY's air was high from 06:00 to 07:00."""
    channel, start, hour = learned_channel(days), day_start(MONDAY, LONDON), 3600.0
    breathe(channel, start, 120, 8.0)
    breathe(channel, start + 2 * hour, 60, 60.0)
    breathe(channel, start + 3 * hour, 60, 8.0)
    (episode,) = channel.ledger.episodes
    return channel, episode


def a_ledger(days: Iterable[DaySummary], **given: Any) -> Ledger:
    """Return a ledger of days."""
    return Ledger(days=tuple(days), **given)


def a_mapping(first: int, last: int | None = None, offset: float = 0.24) -> SensorMapped:
    """Return the correction that converts the days before one from an old sensor."""
    return SensorMapped(
        from_day=first,
        found_day=last or first,
        weight=0.25,
        level=10.0,
        offset=offset,
        spread=0.08,
    )


def a_correction(
    code: CorrectionCode, first: int = MONDAY - 10, last: int = MONDAY - 5
) -> Correction:
    """Return the correction with a code, about the days from the first to the last."""
    corrections = (
        LooksRight(),
        StopAsking(),
        StopReporting(trouble=Trouble.MISSING),
        EpisodeReal(episode=7, day=first, parts=0b101),
        EpisodeNormal(episode=7, parts=0b101, alert_level=70.5, until_day=last + 60),
        DaysExcluded(from_day=first, to_day=last),
        ChangeReported(from_day=first, found_day=last),
        a_mapping(first, last),
        ChangeSuspected(from_day=first, found_day=last, weight=0.25, cause=Cause.LEVEL_SHIFT),
        ChangePassed(from_day=first, to_day=last),
        Season(),
        Reset(from_day=first),
        Relearned(from_day=first),
        ClockSetBack(from_day=first, to_day=last),
        Named(moment=1_766_000_000, name="Räucherkerze \U0001f56f"),
        Missed(since=1_766_000_000, until=1_766_003_600, day=first, parts=0b110),
    )
    return {correction.code: correction for correction in corrections}[code]


def an_entry[C: Correction](
    correction: C,
    number: int = 1,
    at: float = 0.0,
    *,
    replaces: int | None = None,
    step: int | None = None,
) -> Entry[C]:
    """Return a correction in its envelope."""
    return Entry(id=number, at=at, correction=correction, replaces=replaces, step=step)
