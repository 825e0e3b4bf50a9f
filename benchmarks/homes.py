"""Seeded homes: each draws its own habits, outdoor air, ventilation and sensor.

Five-minute levels of PM2.5 (μg/m³) and VOC (ppb). Outdoor air seeps in and follows weather
and season; windows are open when it is warm; what people do adds plumes that decay with the
room's ventilation. Days resemble their neighbours: weather, windows and how busy people are
all have a memory of days. No home was copied for this. The spreads were set so that the day
medians (sd 0.3 to 1.0 on ln(1 + x), lag-1 correlation 0.4 to 0.8) and the highest sustained
level of a day (sd 0.4 to 1.2, lag-1 correlation 0 to 0.5) span what public recordings show.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from .habits import Household, draw_household, happenings, presence
from .influences import (
    Climate,
    airing,
    cleaned,
    draw_climate,
    outdoor_air,
    rises,
    temperature,
)
from .mixing import SLOT_H, add_plume, day_factors, follow
from .regimes import Regime
from .seeds import stream
from .sensing import Instrument, Make, draw_make, instrument
from .series import DAY, Array

FIRST_DAY: Final = 1_735_689_600.0  # 2025-01-01 00:00 UTC, a Wednesday.
OPEN_CHANGES: Final = 2.5  # A window adds this many times the usual air changes.


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One home's draws; `ventilation` in air changes an hour, `day_*` of the VOC from the room."""

    household: Household
    climate: Climate
    make: Make
    infiltration: float
    ventilation: float
    day_spread: float
    day_memory: float
    indoor_voc: float
    presence_voc: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """The air of a home at each slot, and what goes on around it.

    `times` (POSIX) are the slots' starts, `outdoor` the outdoor PM2.5, `temperature` the outdoor
    temperature (°C), `window` 1 where a window was open.
    """

    times: Array
    pm25: Array
    voc: Array
    outdoor: Array
    temperature: Array
    window: Array


def draw_home(rng: Generator) -> Home:
    """Draw one home."""
    return Home(
        household=draw_household(rng),
        climate=draw_climate(rng),
        make=draw_make(rng),
        infiltration=rng.uniform(0.25, 0.85),
        ventilation=rng.uniform(0.3, 1.2),
        day_spread=rng.uniform(0.25, 0.75),
        day_memory=rng.uniform(0.3, 0.8),
        indoor_voc=float(80.0 * 1.7 ** rng.normal()),
        presence_voc=float(60.0 * 1.6 ** rng.normal()),
    )


def air_of(seed: int, days: int, regime: Regime) -> Air:
    """Return the air of a seeded home over a number of days.

    The same seed gives the same home, weather and habits in every regime.
    """
    home = draw_home(stream(seed, "home"))
    rng = stream(seed, "weather")
    hours: Array = np.arange(days * DAY, dtype=np.float64) * SLOT_H
    degrees = temperature(rng, home.climate, hours, regime.influence)
    morning_h = home.household.habits[0].hour
    window = airing(rng, morning_h, hours, degrees, regime.influence)
    outdoor = outdoor_air(rng, stream(seed, "smoke"), home.climate, hours, regime.influence)
    changes = home.ventilation * (1.0 + OPEN_CHANGES * window)
    pm25 = home.infiltration * (1.0 + 0.3 * window) * follow(outdoor, home.ventilation) + 0.5
    voc = home.indoor_voc * day_factors(
        stream(seed, "room"), home.day_spread, home.day_memory, days
    )
    there = presence(stream(seed, "life"), days, regime.life)
    voc = voc + home.presence_voc * follow(there, home.ventilation)
    voc = voc * home.ventilation / changes**0.7
    people = happenings(
        stream(seed, "habits"), stream(seed, "life"), home.household, days, regime.life
    )
    long = rises(stream(seed, "rises"), home.household, days, regime.influence)
    happened = [*people, *long]
    for name, levels in (("pm25", pm25), ("voc", voc)):
        faster = changes + cleaned(hours, name, regime.influence)
        np.multiply(levels, changes / faster, out=levels)
        for one in happened:
            slot = min(max(int(one.start_h / SLOT_H), 0), len(hours) - 1)
            added = one.strength * (one.habit.pm25 if name == "pm25" else one.habit.voc)
            height = added * changes[slot] / faster[slot]
            add_plume(levels, one.start_h, one.habit.burn_h, faster[slot] * one.mixing, height)
    return Air(
        times=FIRST_DAY + hours * 3600.0,
        pm25=pm25,
        voc=voc,
        outdoor=outdoor,
        temperature=degrees,
        window=(window > 0.0).astype(np.float64),
    )


def sensor_of(seed: int, air: Array, pollutant: str, regime: Regime) -> Instrument:
    """Return the sensor of a seeded home for its PM2.5 or VOC; `air` is the usual air there."""
    home = draw_home(stream(seed, "home"))
    return instrument(seed, home.make, air, pollutant, regime.fault)
