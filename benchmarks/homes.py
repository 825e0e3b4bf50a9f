"""Seeded homes for benchmarks: each draws its own habits, outdoor air, sensor and seasons.

Five-minute levels of PM2.5 (μg/m³) and VOC (ppb). Outdoor air seeps in and follows weather
and season; windows are open when it is warm; what people do adds plumes that decay with the
room's ventilation. Days resemble their neighbours: weather, windows and how busy people are
all have a memory of days. No home was copied for this. The spreads were set so that the day
medians (sd 0.3 to 1.0 on ln(1 + x), lag-1 correlation 0.4 to 0.8) and the highest sustained
level of a day (sd 0.4 to 1.2, lag-1 correlation 0 to 0.5) span what public recordings show.
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
    (7.5, 0.2, 6.0, 40.0),
    (12.8, 0.4, 10.0, 80.0),
    (18.5, 0.6, 18.0, 150.0),
    (10.5, 1.0, 5.0, 400.0),
    (20.5, 2.0, 5.0, 50.0),
)
FIRST_DAY: Final = 1_735_689_600.0  # 2025-01-01 00:00 UTC, a Wednesday.
WARM_C: Final = 18.0  # Above this people open their windows.
CHANGE_DAY: Final = 90
SMOKE_DAYS: Final = (60, 69)


class Season(StrEnum):
    """What else happens to a home."""

    PLAIN = "plain"
    AUTUMN = "autumn"  # Around day 90 long rises begin, more and higher from week to week.
    WINTER = "winter"  # It gets cold from day 75 on: windows stay shut, stoves burn outdoors.
    SMOKE = "smoke"  # Nine days of regional smoke from day 60 on.
    MOVED = "moved"  # The sensor reads 1.6 times as much from day 90 on.
    AGEING = "ageing"  # The sensor reads more every day: half as much again after 150 days.
    HOLIDAY = "holiday"  # Nobody is at home for twelve days from day 70 on.


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
    """One home's draws; `ventilation` in air changes an hour, `step` the sensor's own.

    `day_*` are the spread and memory of what differs from day to day, `busy_*` those of how much
    people follow their habits.
    """

    habits: tuple[Habit, ...]
    outdoor: float
    infiltration: float
    front_spread: float
    front_h: float
    ventilation: float
    day_spread: float
    day_memory: float
    busy_spread: float
    busy_memory: float
    warmest: float
    indoor_voc: float
    presence_voc: float
    noise: float
    step: float
    gap_chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What the sensors of a home read: times (POSIX, slot starts) and levels, NaN in gaps.

    `outdoor` is the outdoor PM2.5, `temperature` the outdoor temperature (°C), `window` 1
    where a window was open.
    """

    times: Array
    pm25: Array
    voc: Array
    outdoor: Array
    temperature: Array
    window: Array
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
        front_spread=rng.uniform(0.4, 0.95),
        front_h=rng.uniform(30.0, 80.0),
        ventilation=rng.uniform(0.3, 1.2),
        day_spread=rng.uniform(0.25, 0.75),
        day_memory=rng.uniform(0.3, 0.8),
        busy_spread=rng.uniform(0.2, 0.7),
        busy_memory=rng.uniform(0.2, 0.8),
        warmest=rng.uniform(0.0, 365.0),
        indoor_voc=spread(80.0, 1.7),
        presence_voc=spread(60.0, 1.6),
        noise=rng.uniform(0.02, 0.08),
        step=float(rng.choice([0.1, 1.0])),
        gap_chance=float(rng.choice([0.0, 0.05, 0.15])),
    )


def record(seed: int, days: int, season: Season = Season.PLAIN) -> Recording:
    """Return what the sensors of a seeded home read over a number of days.

    The same seed draws the same home, weather and habits in every season.
    """
    home = draw_home(np.random.default_rng((seed, 1)))
    rng = np.random.default_rng((seed, 2))
    hours: Array = np.arange(days * DAY_SLOTS, dtype=np.float64) * SLOT_H
    temperature = _temperature(rng, home, hours, season)
    airing = _airing(rng, home, hours, temperature)
    outdoor = home.outdoor * _weather(rng, home, hours)
    outdoor = outdoor * _beyond_home(np.random.default_rng((seed, 3)), hours, season)
    changes = home.ventilation * (1.0 + 2.5 * airing)
    pm25 = home.infiltration * (1.0 + 0.3 * airing) * _follow(outdoor, home.ventilation) + 0.5
    voc = home.indoor_voc * _day_factors(rng, home.day_spread, home.day_memory, days)
    voc = voc + home.presence_voc * _follow(_presence(hours, season), home.ventilation)
    voc = voc * home.ventilation / changes**0.7
    for start, habit, strength in _happenings(rng, home, days, season, seed):
        slot = min(max(int(start / SLOT_H), 0), len(hours) - 1)
        plume = _plume(len(hours), start, habit.burn_h, changes[slot] * rng.uniform(0.7, 1.5))
        pm25 += habit.pm25 * strength * plume
        voc += habit.voc * strength * plume
    gain = _gain(hours, season)
    gaps = _gaps(rng, home, days)
    return Recording(
        times=FIRST_DAY + hours * 3600.0,
        pm25=_sense(rng, home, gain * pm25, home.step, gaps),
        voc=_sense(rng, home, gain * voc, 1.0, gaps),
        outdoor=outdoor,
        temperature=temperature,
        window=(airing > 0.0).astype(np.float64),
        step=home.step,
    )


def _weather(rng: Generator, home: Home, hours: Array) -> Array:
    """Return the outdoor factor: weather fronts over days, changes within them."""
    fronts = _smooth_noise(rng, len(hours), home.front_h)
    turns = _smooth_noise(rng, len(hours), 5.0)
    level: Array = np.exp(home.front_spread * fronts + 0.2 * turns)
    return level


def _temperature(rng: Generator, home: Home, hours: Array, season: Season) -> Array:
    """Return the outdoor temperature: the year, weather, and the time of day."""
    year = np.cos(2 * np.pi * (hours / 24.0 - home.warmest) / 365.0)
    day = np.cos(2 * np.pi * (hours - 15.0) / 24.0)
    cold = np.clip((hours / 24.0 - 75.0) / 30.0, 0.0, 1.0) if season is Season.WINTER else 0.0
    weather = 3.0 * _smooth_noise(rng, len(hours), 60.0)
    degrees: Array = 11.0 + 8.0 * year + weather + 4.0 * day - 14.0 * cold
    return degrees


def _airing(rng: Generator, home: Home, hours: Array, temperature: Array) -> Array:
    """Return 1 where a window is open: when it is warm, and for a while in the morning."""
    mood = 4.0 * _smooth_noise(rng, len(hours), 24.0)
    warm = temperature + mood > WARM_C
    clock = hours % 24.0
    morning = (clock > home.habits[0].hour) & (clock < home.habits[0].hour + 0.3)
    return (warm | morning).astype(np.float64)


def _beyond_home(rng: Generator, hours: Array, season: Season) -> Array:
    """Return the factor of outdoor PM2.5 that a season brings."""
    day = hours / 24.0
    if season is Season.SMOKE:
        first, last = SMOKE_DAYS
        height = 8.0 * np.exp(0.3 * _smooth_noise(rng, len(hours), 12.0))
        smoke: Array = height * np.clip(np.minimum(day - first, last - day) * 2.0, 0.0, 1.0)
        return 1.0 + smoke
    if season is Season.WINTER:
        stoves = np.clip((day - 75.0) / 30.0, 0.0, 1.0)
        evening = np.exp(-0.5 * (((hours % 24.0) - 21.0) / 3.0) ** 2)
        strength = np.exp(0.6 * _smooth_noise(rng, len(hours), 30.0))
        burnt: Array = 2.5 * stoves * evening * strength
        return 1.0 + burnt
    return np.ones_like(hours)


def _gain(hours: Array, season: Season) -> Array:
    """Return the gain of the sensor."""
    day = hours / 24.0
    if season is Season.MOVED:
        return np.where(day >= CHANGE_DAY, 1.6, 1.0)
    if season is Season.AGEING:
        return 1.0 + 0.5 * np.clip(day / 150.0, 0.0, 1.0)
    return np.ones_like(hours)


def _day_factors(rng: Generator, spread: float, memory: float, days: int) -> Array:
    """Return a factor per slot that changes from day to day and depends on the day before."""
    logs = _filter(rng.normal(size=days + 1) * np.sqrt(1.0 - memory**2), memory)
    places = np.arange(days * DAY_SLOTS) / DAY_SLOTS
    factor: Array = np.exp(spread * np.interp(places, np.arange(days + 1), logs))
    return factor


def _presence(hours: Array, season: Season) -> Array:
    clock = hours % 24.0
    present: Array = np.where((clock < AWAY_H[0]) | (clock > AWAY_H[1]), 1.0, 0.2)
    return np.where(_away(hours / 24.0, season), 0.0, present)


def _away(day: Array, season: Season) -> NDArray[np.bool_]:
    """Return the slots at which nobody is at home for days."""
    away: NDArray[np.bool_] = (season is Season.HOLIDAY) & (day >= 70.0) & (day < 82.0)  # noqa: PLR2004
    return away


def _happenings(
    rng: Generator, home: Home, days: int, season: Season, seed: int
) -> list[tuple[float, Habit, float]]:
    """Draw what people do: start (hours), habit, strength (median 1)."""
    found = []
    busy = _day_factors(rng, home.busy_spread, home.busy_memory, days)[::DAY_SLOTS]
    away = _away(np.arange(days, dtype=np.float64), season)
    for day in range(days):
        weekend = (day + 2) % 7 in (5, 6)
        for habit in home.habits:
            chance = habit.weekend if weekend else habit.week
            happens = rng.random() < chance
            hour = 24.0 * day + habit.hour + rng.normal(0.0, habit.spread_h)
            strength = busy[day] * float(np.exp(rng.normal(0.0, 0.5)))
            if happens and not away[day]:
                found.append((hour, habit, strength))
    if season is Season.AUTUMN:
        found += _autumn(np.random.default_rng((seed, 4)), home, days)
    return found


def _autumn(rng: Generator, home: Home, days: int) -> list[tuple[float, Habit, float]]:
    """Draw long rises of some hours, more often and higher every week."""
    first = int(rng.integers(75, 100))
    weeks, often, high = rng.uniform(2.0, 8.0), rng.uniform(0.35, 0.75), rng.uniform(0.8, 2.5)
    found = []
    for day in range(first, days):
        grown = min((day - first + 1) / (7.0 * weeks), 1.0)
        if rng.random() < often * (0.4 + 0.6 * grown):
            stove = Habit(
                week=1.0,
                weekend=1.0,
                hour=18.0,
                spread_h=2.0,
                burn_h=rng.uniform(2.0, 9.0),
                pm25=home.habits[2].pm25 * high,
                voc=home.habits[3].voc * high,
            )
            hour = 24.0 * day + 16.0 + rng.normal(0.0, 2.5)
            strength = (0.5 + 0.5 * grown) * float(np.exp(rng.normal(0.0, 0.5)))
            found.append((hour, stove, strength))
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


def _smooth_noise(rng: Generator, slots: int, hours: float) -> Array:
    """Return smooth noise of unit spread with a memory of some hours."""
    keep = np.exp(-SLOT_H / hours)
    steps = rng.normal(size=slots) * np.sqrt(1.0 - keep**2)
    steps[0] = rng.normal()
    return _filter(steps, keep)


def _follow(outdoor: Array, ventilation: float) -> Array:
    """Return the level of a well-mixed room that is ventilated with outdoor air."""
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
    """Return the slots at which the sensor was off."""
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
