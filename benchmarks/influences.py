"""What happens to the air apart from people: weather, seasons, smoke, windows, a purifier."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.random import Generator

from .habits import CLEANING, DINNER, Habit, Happening, Household
from .mixing import smooth_noise
from .series import Array

WARM_C: Final = 18.0  # Above this people open their windows.
SMOKE_DAYS: Final = (60, 69)
WILDFIRE_DAYS: Final = (120, 134)
WILDFIRE_RISES: Final = 3.0  # Days until the smoke is at its highest, and until it has gone.
WINTER_DAY, WINTER_RISES = 75.0, 30.0
OPEN_DAYS: Final = (110, 170)
PURIFIER_DAY: Final = 100
PURIFIED: Final = {"pm25": 2.0, "voc": 0.7}  # Rooms of air cleaned an hour.


class Influence(StrEnum):
    """What else happens to the air of a home."""

    NONE = "none"
    AUTUMN = "autumn"  # Around day 90 long rises begin, more and higher from week to week.
    WINTER = "winter"  # It gets cold from day 75 on: windows stay shut, stoves burn outdoors.
    SMOKE = "smoke"  # Nine days of regional smoke from day 60 on.
    WILDFIRE = "wildfire"  # A fortnight of smoke from day 120 on that takes three days to rise.
    OPEN = "open"  # Windows are open day and night from day 110 to 170.
    PURIFIER = "purifier"  # One is bought on day 100 and runs ever since.


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """The outdoor air of a home (μg/m³), its fronts, and the warmest day of its year."""

    outdoor: float
    front_spread: float
    front_h: float
    warmest: float


def draw_climate(rng: Generator) -> Climate:
    """Draw the climate of one home."""
    return Climate(
        outdoor=float(7.0 * 1.6 ** rng.normal()),
        front_spread=rng.uniform(0.4, 0.95),
        front_h=rng.uniform(30.0, 80.0),
        warmest=rng.uniform(0.0, 365.0),
    )


def temperature(rng: Generator, climate: Climate, hours: Array, influence: Influence) -> Array:
    """Return the outdoor temperature: the year, weather, and the time of day."""
    year = np.cos(2 * np.pi * (hours / 24.0 - climate.warmest) / 365.0)
    day = np.cos(2 * np.pi * (hours - 15.0) / 24.0)
    cold = _winter(hours) if influence is Influence.WINTER else 0.0
    weather = 3.0 * smooth_noise(rng, len(hours), 60.0)
    degrees: Array = 11.0 + 8.0 * year + weather + 4.0 * day - 14.0 * cold
    return degrees


def airing(
    rng: Generator, morning_h: float, hours: Array, degrees: Array, influence: Influence
) -> Array:
    """Return 1 where a window is open: when it is warm, and for a while in the morning."""
    mood = 4.0 * smooth_noise(rng, len(hours), 24.0)
    clock = hours % 24.0
    is_open = (degrees + mood > WARM_C) | ((clock > morning_h) & (clock < morning_h + 0.3))
    if influence is Influence.OPEN:
        is_open |= (hours >= 24.0 * OPEN_DAYS[0]) & (hours < 24.0 * OPEN_DAYS[1])
    return is_open.astype(np.float64)


def outdoor_air(
    rng: Generator, own: Generator, climate: Climate, hours: Array, influence: Influence
) -> Array:
    """Return outdoor PM2.5: weather fronts over days, changes within them, smoke and stoves."""
    fronts = smooth_noise(rng, len(hours), climate.front_h)
    turns = smooth_noise(rng, len(hours), 5.0)
    weather = np.exp(climate.front_spread * fronts + 0.2 * turns)
    level: Array = climate.outdoor * weather * (1.0 + _burnt(own, hours, influence))
    return level


def cleaned(hours: Array, pollutant: str, influence: Influence) -> Array:
    """Return how many rooms of air a purifier cleans an hour, at each slot."""
    rate = PURIFIED[pollutant] if influence is Influence.PURIFIER else 0.0
    return np.where(hours >= 24.0 * PURIFIER_DAY, rate, 0.0)


def rises(
    own: Generator, household: Household, days: int, influence: Influence
) -> Iterator[Happening]:
    """Yield the long rises of an autumn: some hours each, more often and higher every week."""
    if influence is not Influence.AUTUMN:
        return
    first = int(own.integers(75, 100))
    weeks, often, high = own.uniform(2.0, 8.0), own.uniform(0.35, 0.75), own.uniform(0.8, 2.5)
    for day in range(first, days):
        grown = min((day - first + 1) / (7.0 * weeks), 1.0)
        if own.random() < often * (0.4 + 0.6 * grown):
            stove = Habit(
                week=1.0,
                weekend=1.0,
                hour=18.0,
                spread_h=2.0,
                burn_h=own.uniform(2.0, 9.0),
                pm25=household.habits[DINNER].pm25 * high,
                voc=household.habits[CLEANING].voc * high,
            )
            hour = 24.0 * day + 16.0 + own.normal(0.0, 2.5)
            strength = (0.5 + 0.5 * grown) * float(np.exp(own.normal(0.0, 0.5)))
            yield Happening(hour, stove, strength, own.uniform(0.7, 1.5))


def _burnt(own: Generator, hours: Array, influence: Influence) -> Array:
    """Return what smoke and stoves add to outdoor PM2.5, in times of the usual."""
    day = hours / 24.0
    added = np.zeros_like(hours)
    if influence is Influence.SMOKE:
        height = 8.0 * np.exp(0.3 * smooth_noise(own, len(hours), 12.0))
        added = height * _between(day, SMOKE_DAYS, 0.5)
    elif influence is Influence.WILDFIRE:
        height = own.uniform(5.0, 15.0) * np.exp(0.4 * smooth_noise(own, len(hours), 18.0))
        added = height * _between(day, WILDFIRE_DAYS, WILDFIRE_RISES)
    elif influence is Influence.WINTER:
        evening = np.exp(-0.5 * (((hours % 24.0) - 21.0) / 3.0) ** 2)
        added = 2.5 * _winter(hours) * evening * np.exp(0.6 * smooth_noise(own, len(hours), 30.0))
    return added


def _between(day: Array, days: tuple[int, int], rises_days: float) -> Array:
    """Return 1 between two days, with a straight rise after the first and fall to the last."""
    inner: Array = np.clip(np.minimum(day - days[0], days[1] - day) / rises_days, 0.0, 1.0)
    return inner


def _winter(hours: Array) -> Array:
    grown: Array = np.clip((hours / 24.0 - WINTER_DAY) / WINTER_RISES, 0.0, 1.0)
    return grown
