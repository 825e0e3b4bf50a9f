"""Seeded homes for benchmarks: each draws its own habits, outdoor air, sensor and seasons.

Five-minute levels of PM2.5 (μg/m³) and VOC (ppb). Outdoor air seeps in and follows weather
and season; what people do adds plumes that decay with the room's ventilation; days differ
by a persistent factor, since days of real homes resemble their neighbours. Nobody's home
was measured for this; spreads were set so that day-to-day correlation (0.3 to 0.8) and the
spread of levels resemble published and public recordings.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

type Array = NDArray[np.float64]

SLOT_H: Final = 1.0 / 12.0
DAY_SLOTS: Final = 288
AWAY_H: Final = (8.0, 17.0)
# Breakfast, lunch, dinner, cleaning, candles: hour, hours, median PM2.5 and VOC they add.
HABITS: Final = (
    (7.5, 0.2, 6.0, 25.0),
    (12.8, 0.4, 10.0, 50.0),
    (18.5, 0.6, 18.0, 90.0),
    (10.5, 1.0, 5.0, 250.0),
    (20.5, 2.0, 5.0, 30.0),
)
FIRST_DAY: Final = 1_735_689_600.0  # 2025-01-01 00:00 UTC, a Wednesday.


class Season(StrEnum):
    """What else happens to a home."""

    PLAIN = "plain"
    AUTUMN = "autumn"  # From day 90 on long rises of some hours, several a week.
    SMOKE = "smoke"  # Nine days of regional smoke from day 60 on.
    MOVED = "moved"  # The sensor reads 1.6 times as much from day 90 on.


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """Something people do: chance a day, when (hour, spread), how long, how much it adds."""

    week: float
    weekend: float
    hour: float
    spread_h: float
    burn_h: float
    pm25: float
    voc: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One home's draws; `ventilation` in air changes an hour, `step` the sensor's own."""

    habits: tuple[Habit, ...]
    outdoor: float
    infiltration: float
    ventilation: float
    day_spread: float
    day_memory: float
    season: float
    phase: float
    indoor_voc: float
    presence_voc: float
    noise: float
    step: float
    gap_chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What the sensors of a home gave: times (POSIX, slot starts) and levels, NaN in gaps."""

    times: Array
    pm25: Array
    voc: Array
    outdoor: Array
    step: float


def draw_home(rng: Generator) -> Home:
    """Draw one home."""

    def spread(median: float, gsd: float) -> float:
        return float(median * gsd ** rng.normal())

    cooking = rng.uniform(0.2, 0.95)
    chances = (
        (0.5 * cooking, 0.7 * cooking),
        (0.2 * cooking, 0.6 * cooking),
        (cooking, cooking),
        (0.05, rng.uniform(0.1, 0.6)),
        (rng.uniform(0.0, 0.3), rng.uniform(0.0, 0.4)),
    )
    habits = tuple(
        Habit(
            week=week,
            weekend=weekend,
            hour=hour + rng.normal(0.0, 0.7),
            spread_h=rng.uniform(0.3, 1.2),
            burn_h=burn_h * rng.uniform(0.6, 1.6),
            pm25=spread(pm25, 2.0),
            voc=spread(voc, 2.0),
        )
        for (week, weekend), (hour, burn_h, pm25, voc) in zip(chances, HABITS, strict=True)
    )
    return Home(
        habits=habits,
        outdoor=spread(7.0, 1.6),
        infiltration=rng.uniform(0.25, 0.85),
        ventilation=rng.uniform(0.4, 1.8),
        day_spread=rng.uniform(0.2, 0.5),
        day_memory=rng.uniform(0.3, 0.8),
        season=rng.uniform(0.0, 0.35),
        phase=rng.uniform(0.0, 365.0),
        indoor_voc=spread(70.0, 1.7),
        presence_voc=spread(60.0, 1.6),
        noise=rng.uniform(0.02, 0.08),
        step=float(rng.choice([0.1, 1.0])),
        gap_chance=float(rng.choice([0.0, 0.05, 0.15])),
    )


def record(seed: int, days: int, season: Season = Season.PLAIN) -> Recording:
    """Return what the sensors of the home of a seed gave over so many days."""
    rng = np.random.default_rng((seed, 1))
    home = draw_home(rng)
    slots = days * DAY_SLOTS
    hours: Array = np.arange(slots, dtype=np.float64) * SLOT_H
    weather = _weather(rng, home, hours)
    outdoor = home.outdoor * weather
    if season is Season.SMOKE:
        outdoor = outdoor + _smoke(rng, hours)
    pm25 = home.infiltration * _follow(outdoor, home.ventilation) + 0.5
    voc = home.indoor_voc * _day_factors(rng, home, days) * _season(home, hours)
    voc = voc + home.presence_voc * _follow(_presence(hours), home.ventilation)
    for start, habit, strength in _happenings(rng, home, days, season):
        plume = _plume(slots, start, habit.burn_h, home.ventilation * rng.uniform(0.7, 1.5))
        pm25 += habit.pm25 * strength * plume
        voc += habit.voc * strength * plume
    if season is Season.MOVED:
        moved = hours >= 90 * 24.0
        pm25, voc = np.where(moved, 1.6 * pm25, pm25), np.where(moved, 1.6 * voc, voc)
    gaps = _gaps(rng, home, days)
    return Recording(
        times=FIRST_DAY + hours * 3600.0,
        pm25=_sense(rng, home, pm25, home.step, gaps),
        voc=_sense(rng, home, voc, 1.0, gaps),
        outdoor=outdoor,
        step=home.step,
    )


def _weather(rng: Generator, home: Home, hours: Array) -> Array:
    """Return the outdoor factor: fronts over days, turns within them, season."""
    fronts = _smooth_noise(rng, len(hours), 36.0)
    turns = _smooth_noise(rng, len(hours), 5.0)
    level: Array = np.exp(0.45 * fronts + 0.2 * turns) * _season(home, hours)
    return level


def _season(home: Home, hours: Array) -> Array:
    turn: Array = np.exp(home.season * np.cos(2 * np.pi * (hours / 24.0 - home.phase) / 365.0))
    return turn


def _day_factors(rng: Generator, home: Home, days: int) -> Array:
    """Return a factor per slot that changes from day to day and remembers the day before."""
    factors = np.zeros(days + 1)
    keep = home.day_memory
    for day in range(1, days + 1):
        factors[day] = keep * factors[day - 1] + np.sqrt(1 - keep**2) * rng.normal()
    places = np.arange(days * DAY_SLOTS) / DAY_SLOTS
    factor: Array = np.exp(home.day_spread * np.interp(places, np.arange(days + 1), factors))
    return factor


def _presence(hours: Array) -> Array:
    clock = hours % 24.0
    present: Array = np.where((clock < AWAY_H[0]) | (clock > AWAY_H[1]), 1.0, 0.2)
    return present


def _happenings(
    rng: Generator, home: Home, days: int, season: Season
) -> list[tuple[float, Habit, float]]:
    """Draw what people do: start (hours), habit, strength (median 1)."""
    found = []
    for day in range(days):
        weekend = (day + 2) % 7 in (5, 6)
        for habit in home.habits:
            if rng.random() < (habit.weekend if weekend else habit.week):
                hour = 24.0 * day + habit.hour + rng.normal(0.0, habit.spread_h)
                found.append((hour, habit, float(np.exp(rng.normal(0.0, 0.5)))))
        if season is Season.AUTUMN and day >= 90 and rng.random() < 0.5:  # noqa: PLR2004
            stove = Habit(
                week=1.0,
                weekend=1.0,
                hour=18.0,
                spread_h=2.0,
                burn_h=rng.uniform(3.0, 9.0),
                pm25=home.habits[2].pm25 * 1.5,
                voc=home.habits[3].voc,
            )
            hour = 24.0 * day + 15.0 + rng.normal(0.0, 2.0)
            found.append((hour, stove, float(np.exp(rng.normal(0.0, 0.5)))))
    return found


def _plume(slots: int, start_h: float, burn_h: float, air_changes: float) -> Array:
    """Return a plume of height 1: it rises while it burns, then decays."""
    plume = np.zeros(slots)
    first = max(int(start_h / SLOT_H), 0)
    last = min(slots, first + int((burn_h + 8.0 / air_changes) / SLOT_H))
    age = (np.arange(first, last) + 1) * SLOT_H - start_h
    rise = -np.expm1(-air_changes * np.clip(age, 0.0, burn_h)) / -np.expm1(-air_changes * burn_h)
    plume[first:last] = rise * np.exp(-air_changes * np.maximum(age - burn_h, 0.0))
    return plume


def _smoke(rng: Generator, hours: Array) -> Array:
    """Return nine days of smoke from day 60 on."""
    day = hours / 24.0 - 60.0
    height = 60.0 * np.exp(0.3 * _smooth_noise(rng, len(hours), 12.0))
    smoke: Array = height * np.clip(np.minimum(day, 9.0 - day) * 2.0, 0.0, 1.0)
    return smoke


def _smooth_noise(rng: Generator, slots: int, hours: float) -> Array:
    """Return smooth noise of unit spread that forgets over so many hours."""
    keep = np.exp(-SLOT_H / hours)
    steps = rng.normal(size=slots) * np.sqrt(1.0 - keep**2)
    steps[0] = rng.normal()
    return _filter(steps, keep)


def _follow(outdoor: Array, ventilation: float) -> Array:
    """Return the level of a well-mixed room that is aired from outdoors."""
    keep = np.exp(-ventilation * SLOT_H)
    steps = (1.0 - keep) * outdoor
    steps[0] = outdoor[0]
    return _filter(steps, keep)


def _filter(steps: Array, keep: float) -> Array:
    """Return y with y[i] = keep y[i - 1] + steps[i]."""
    from scipy.signal import lfilter  # noqa: PLC0415

    filtered: Array = lfilter([1.0], [1.0, -keep], steps)
    return filtered


def _gaps(rng: Generator, home: Home, days: int) -> NDArray[np.bool_]:
    """Return where the sensor was off."""
    gaps = np.zeros(days * DAY_SLOTS, dtype=np.bool_)
    for day in range(days):
        if rng.random() < home.gap_chance:
            start = day * DAY_SLOTS + int(rng.integers(DAY_SLOTS))
            gaps[start : start + int(rng.integers(6, 200))] = True
    return gaps


def _sense(rng: Generator, home: Home, level: Array, step: float, gaps: NDArray[np.bool_]) -> Array:
    """Return what a sensor shows: noise, its step, nothing in gaps."""
    noisy = level * (1.0 + home.noise * rng.normal(size=len(level)))
    shown: Array = np.round(np.maximum(noisy, 0.0) / step) * step
    shown[gaps] = np.nan
    return shown
