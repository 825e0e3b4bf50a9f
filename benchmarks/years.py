"""Homes of three years: their seasons come back, and something may change on the way.

Each home draws how much its winter differs from its summer: the outdoor air and its spread, what
is burnt and cooked, and how long windows are open. Each year draws how much it keeps to that.
The weather, the habits and the sensor are those of `homes`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.random import Generator

from .habits import CANDLES, Habit, Happening, Household, Life, happenings, is_weekend, presence
from .homes import FIRST_DAY, OPEN_CHANGES, Home, draw_home
from .influences import Influence, airing, outdoor_air, temperature
from .mixing import SLOT_H, add_plume, day_factors, follow, smooth_noise
from .seeds import stream
from .sensing import Fault, Instrument, instrument
from .series import DAY, Array, Mask

YEAR: Final = 365  # Days of the simulated year.
YEARS: Final = 3
CREEP: Final = 0.4  # Of the first reading, in a year.
MOVED_DAYS: Final = (396, 426)  # Month 14.
MOVED_GAIN: Final = 1.6
REPLACED_DAYS: Final = (400, 700)
REPLACED_GAIN: Final = (1.3, 1.7)  # Or as much less.
WITHOUT_SENSOR: Final = (1.0, 6.0)  # Days between the two sensors.
AWAY_DAYS: Final = (7.0, 16.0)  # Of a holiday in summer.
COTTAGE_OPENS: Final = 0.35  # Of winter: below it somebody lives in the summer cottage.


class Turn(StrEnum):
    """What happens to the sensor in three years."""

    NONE = "none"
    CREEP = "creep"
    MOVED = "moved"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of home of three years; `what` says it in words.

    `differs` is how much its years differ, `summers` says that people live there in summer only.
    """

    name: str
    what: str
    differs: float = 0.1
    summers: bool = False
    turn: Turn = Turn.NONE

    @property
    def steady(self) -> bool:
        """Tell whether nothing but the seasons changes."""
        return self.turn is Turn.NONE

    @property
    def turns(self) -> bool:
        """Tell whether the sensor is moved or replaced on some day."""
        return self.turn in (Turn.MOVED, Turn.REPLACED)

    @property
    def creeps(self) -> bool:
        """Tell whether the sensor reads more and more."""
        return self.turn is Turn.CREEP


KINDS: Final = (
    Kind(name="seasons", what="seasons that come back"),
    Kind(name="other years", what="years that differ: hard and mild winters", differs=0.35),
    Kind(name="creep", what="the sensor reads 40 % more each year", turn=Turn.CREEP),
    Kind(name="moved", what="the sensor is moved in month 14", turn=Turn.MOVED),
    Kind(name="replaced", what="the sensor is replaced", turn=Turn.REPLACED),
    Kind(name="summer cottage", what="somebody is there in summer only", summers=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearHome:
    """A home over some years: its air at each slot (POSIX starts), and what goes on around it.

    `coldest` is the first coldest day, counted from the first day. `temperature` is in °C,
    `window` is 1 where a window was open.
    """

    times: Array
    pm25: Array
    voc: Array
    temperature: Array
    window: Array
    coldest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seasons:
    """How a home's winter differs from its summer, in times of the usual or on the logarithm."""

    stoves: float
    evening: float
    spread: float
    busy: float
    candles: float
    voc: float


def years_of(seed: int, days: int, kind: Kind) -> YearHome:
    """Return a seeded home over a number of days; the same seed gives the same home and weather."""
    home = draw_home(stream(seed, "home"))
    seasons = _draw_seasons(stream(seed, "seasons"))
    hours: Array = np.arange(days * DAY, dtype=np.float64) * SLOT_H
    winter, degrees = _weather(seed, home, hours, kind)
    window = airing(
        stream(seed, "windows"), home.household.habits[0].hour, hours, degrees, Influence.NONE
    )
    outdoor = _outdoor(seed, home, seasons, hours, winter)
    changes = home.ventilation * (1.0 + OPEN_CHANGES * window)
    pm25 = home.infiltration * (1.0 + 0.3 * window) * follow(outdoor, home.ventilation) + 0.5
    away = _away(stream(seed, "away"), days, home, winter, kind)
    factors = day_factors(stream(seed, "room"), home.day_spread, home.day_memory, days)
    voc = home.indoor_voc * factors * np.exp(seasons.voc * (winter - 0.5))
    there = np.where(away, 0.0, presence(stream(seed, "life"), days, Life.USUAL))
    voc = voc + home.presence_voc * follow(there, home.ventilation)
    voc = voc * home.ventilation / changes**0.7
    for one in _lived(seed, home.household, seasons, days, winter):
        slot = min(max(int(one.start_h / SLOT_H), 0), len(hours) - 1)
        if not away[slot]:
            rate = changes[slot] * one.mixing
            add_plume(pm25, one.start_h, one.habit.burn_h, rate, one.strength * one.habit.pm25)
            add_plume(voc, one.start_h, one.habit.burn_h, rate, one.strength * one.habit.voc)
    return YearHome(
        times=FIRST_DAY + hours * 3600.0,
        pm25=pm25,
        voc=voc,
        temperature=degrees,
        window=window,
        coldest=(home.climate.warmest + YEAR / 2) % YEAR,
    )


def year_sensor(seed: int, air: Array, pollutant: str, kind: Kind) -> tuple[Instrument, int | None]:
    """Return the sensor of a home of some years, and the day on which it changed (None: never)."""
    made = instrument(seed, draw_home(stream(seed, "home")).make, air, pollutant, Fault.NONE)
    own = stream(seed, f"{pollutant} turn")
    day = np.arange(len(air)) / DAY
    if kind.turn is Turn.CREEP:
        return _with_gain(made, air, 1.0 + CREEP * day / YEAR), None
    if kind.turn is Turn.MOVED:
        at = int(own.integers(*MOVED_DAYS))
        return _with_gain(made, air, np.where(day >= at, MOVED_GAIN, 1.0)), at
    if kind.turn is Turn.REPLACED:
        at, gain = int(own.integers(*REPLACED_DAYS)), own.uniform(*REPLACED_GAIN)
        gain = gain if own.random() < 0.5 else 1.0 / gain  # noqa: PLR2004
        off = made.off | ((day >= at - own.uniform(*WITHOUT_SENSOR)) & (day < at))
        return _with_gain(replace(made, off=off), air, np.where(day >= at, gain, 1.0)), at
    return made, None


def _with_gain(made: Instrument, air: Array, gain: Array) -> Instrument:
    other = replace(made, gain=made.gain * gain)
    return replace(other, shown=other.report(air))


def _draw_seasons(rng: Generator) -> _Seasons:
    return _Seasons(
        stoves=rng.uniform(0.2, 1.6),
        evening=rng.uniform(0.2, 1.5),
        spread=rng.uniform(0.0, 0.35),
        busy=rng.uniform(0.0, 0.8),
        candles=rng.uniform(0.0, 0.6),
        voc=rng.uniform(-0.1, 0.6),
    )


def _weather(seed: int, home: Home, hours: Array, kind: Kind) -> tuple[Array, Array]:
    """Return how much of a winter it is at each slot (0 to about 1), and the temperature (°C).

    A year keeps its own strength from one middle of summer to the next, where winter is 0, and
    its summer from one middle of winter to the next.
    """
    rng = stream(seed, "years")
    degrees = temperature(stream(seed, "weather"), home.climate, hours, Influence.NONE)
    number = int(hours[-1] // (24.0 * YEAR)) + 3
    strength = np.exp(kind.differs * rng.normal(size=number))
    colder, warmer = 6.0 * kind.differs * rng.normal(size=(2, number))
    late = 40.0 * kind.differs * rng.normal(size=number)
    day = hours / 24.0 - home.climate.warmest + YEAR
    year = (day // YEAR).astype(np.int64)
    summer_year = ((day + YEAR / 2) // YEAR).astype(np.int64)
    # A late winter peaks later, but ends with its year.
    share = np.clip(day % YEAR / YEAR, 1e-9, 1.0)
    peak = 0.5 + np.clip(late[year] / YEAR, -0.1, 0.1)
    share = share ** (np.log(0.5) / np.log(peak))
    shape = 0.5 - 0.5 * np.cos(2 * np.pi * share)
    degrees = degrees - colder[year] * shape + warmer[summer_year] * (1.0 - shape)
    return strength[year] * shape, degrees


def _outdoor(seed: int, home: Home, seasons: _Seasons, hours: Array, winter: Array) -> Array:
    rng = stream(seed, "stoves")
    level = outdoor_air(
        stream(seed, "outdoors"), stream(seed, "smoke"), home.climate, hours, Influence.NONE
    )
    evening = np.exp(-0.5 * (((hours % 24.0) - 21.0) / 3.0) ** 2)
    weather = np.exp(seasons.spread * winter * smooth_noise(rng, len(hours), 40.0))
    burnt = winter**2 * (seasons.stoves + seasons.evening * evening)
    outdoors: Array = level * weather * (1.0 + burnt)
    return outdoors


def _away(rng: Generator, days: int, home: Home, winter: Array, kind: Kind) -> Mask:
    """Return where nobody is there: a holiday each summer, or all but the summer in a cottage."""
    away: Mask = winter > COTTAGE_OPENS
    if kind.summers:
        return away
    day = np.arange(days * DAY) / DAY
    away = np.zeros(days * DAY, dtype=np.bool_)
    for year in range(-1, days // YEAR + 1):
        first = home.climate.warmest + YEAR * year + rng.normal(0.0, 15.0)
        away |= (day >= first) & (day < first + rng.uniform(*AWAY_DAYS))
    return away


def _lived(
    seed: int, household: Household, seasons: _Seasons, days: int, winter: Array
) -> Iterator[Happening]:
    """Yield what people do: more in winter, and candles on some of its evenings."""
    own = stream(seed, "life")
    for one in happenings(stream(seed, "habits"), own, household, days, Life.USUAL):
        slot = min(max(int(one.start_h / SLOT_H), 0), len(winter) - 1)
        yield replace(one, strength=one.strength * (1.0 + seasons.busy * winter[slot]))
    candles: Habit = household.habits[CANDLES]
    for day in range(days):
        chance = seasons.candles * winter[day * DAY] * (1.3 if is_weekend(day) else 1.0)
        if own.random() < chance:
            hour = 24.0 * day + candles.hour + own.normal(0.0, candles.spread_h)
            strength = float(np.exp(own.normal(0.0, 0.4)))
            yield Happening(hour, candles, strength, own.uniform(0.7, 1.5))
