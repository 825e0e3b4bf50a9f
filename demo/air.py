"""Plausible air in a small home: a pure function of a seed, a first day and the time.

Outdoor air seeps in and follows slow weather. People cook, clean and burn candles according to
their habits on weekdays and weekends. Each of these is a plume in a well-mixed box: it rises
while its source burns and decays as the room is ventilated. Readings are available for any time
at any cadence: the recorded weeks and the live readings are the same curve.

No home was measured for this. It exercises the integration; it proves nothing about real air.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

type Array = NDArray[np.float64]

HOUR_S: Final = 3600.0
DAY_S: Final = 24 * HOUR_S
NOISE_S: Final = 60.0  # Sensors smooth their own noise over about a minute.
LEAD_DAYS: Final = 1000  # The number of the first day: the days before it need numbers from 0 up.


class Substance(StrEnum):
    """What the sensors measure: PM2.5 in μg/m³, VOC in ppb."""

    PM25 = "pm25"
    VOC = "voc"


class Place(StrEnum):
    """The rooms of a home, as area ids."""

    LIVING_ROOM = "living_room"
    BEDROOM = "bedroom"
    KITCHEN = "kitchen"
    STUDY = "study"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plume:
    """One source: when it starts, how long it burns, how fast it is ventilated away.

    `pm25` (μg/m³) and `voc` (ppb) are what it adds to the living room at its peak.
    """

    start: float
    burn_s: float
    air_changes_per_h: float
    pm25: float
    voc: float

    def strength(self, substance: Substance) -> float:
        """Return what it adds of a substance at its peak."""
        return self.pm25 if substance is Substance.PM25 else self.voc

    def shape(self, times: Array) -> Array:
        """Return its height at each time, with a peak of 1.

        >>> plume = Plume(start=0, burn_s=600, air_changes_per_h=1, pm25=1, voc=1)
        >>> plume.shape(np.array([-1.0, 0.0, 600.0, 4200.0])).round(2).tolist()
        [0.0, 0.0, 1.0, 0.37]
        """
        rate = self.air_changes_per_h / HOUR_S
        age = np.maximum(times - self.start, 0.0)
        rise = -np.expm1(-rate * np.minimum(age, self.burn_s)) / -np.expm1(-rate * self.burn_s)
        shape: Array = rise * np.exp(-rate * np.maximum(age - self.burn_s, 0.0))
        return shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """Something people do: how likely on weekdays and at weekends, when, and how strong.

    Hours by the wall clock; strengths are medians of a log-normal law of spread `gsd`.
    """

    week: float
    weekend: float
    hours: tuple[float, float]
    burn_min: tuple[float, float]
    pm25: float
    voc: float
    gsd: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How a room takes part: its share of plumes, its lag behind them, when people are there.

    `stay` are hours by the wall clock, on weekdays and at weekends; `step` is the resolution of
    its sensors.
    """

    share: float
    lag_s: float
    stay: tuple[tuple[float, float], tuple[float, float]]
    step: dict[Substance, float]


HABITS: Final = (
    Habit(week=0.7, weekend=0.8, hours=(6.8, 8.5), burn_min=(5, 15), pm25=9, voc=40),
    Habit(week=0.6, weekend=0.5, hours=(6.5, 9.0), burn_min=(5, 20), pm25=0.5, voc=90),
    Habit(week=0.15, weekend=0.6, hours=(12.0, 13.8), burn_min=(10, 25), pm25=14, voc=70),
    Habit(week=0.85, weekend=0.85, hours=(17.8, 19.5), burn_min=(15, 45), pm25=26, voc=130),
    Habit(week=0.04, weekend=0.45, hours=(9.5, 12.5), burn_min=(30, 80), pm25=6, voc=420),
    Habit(week=0.2, weekend=0.4, hours=(19.8, 21.5), burn_min=(60, 150), pm25=9, voc=70),
)
AIRING_PER_H: Final = (0.5, 2.0)  # From closed windows in winter to one left ajar.

ROOMS: Final = {
    Place.LIVING_ROOM: Room(
        share=1.0,
        lag_s=0.0,
        stay=((17.0, 23.0), (9.0, 23.5)),
        step={Substance.PM25: 1.0, Substance.VOC: 1.0},
    ),
    Place.BEDROOM: Room(
        share=0.35,
        lag_s=600.0,
        stay=((22.5, 31.0), (23.0, 32.5)),
        step={Substance.PM25: 0.1, Substance.VOC: 1.0},
    ),
    Place.KITCHEN: Room(
        share=0.6,
        lag_s=240.0,
        stay=((6.5, 9.0), (8.0, 14.0)),
        step={Substance.PM25: 1.0, Substance.VOC: 1.0},
    ),
    Place.STUDY: Room(
        share=0.25,
        lag_s=900.0,
        stay=((8.5, 17.5), (14.0, 16.0)),
        step={Substance.PM25: 1.0, Substance.VOC: 1.0},
    ),
}

INFILTRATION: Final = 0.55
OUTDOOR: Final = {Substance.PM25: 8.0, Substance.VOC: 15.0}
INDOOR: Final = {Substance.PM25: 0.8, Substance.VOC: 70.0}
PRESENCE: Final = {Substance.PM25: 1.2, Substance.VOC: 60.0}
NOISE: Final = {Substance.PM25: 0.04, Substance.VOC: 0.02}  # Relative.
GAP_CHANCE: Final = 0.06  # Per day: a router restarts, a plug is needed elsewhere.
GAP_MIN: Final = (10.0, 90.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """The air of one home. Equal seeds and first days give equal air.

    `by_hand` are plumes that somebody made.
    """

    seed: int
    first_day: date
    zone: tzinfo
    by_hand: tuple[Plume, ...] = ()

    def level(self, place: Place, substance: Substance, at: float) -> float | None:
        """Return what a sensor shows at a time (POSIX seconds), None while it is off."""
        level = float(self.levels(place, substance, np.array([at]))[0])
        return None if np.isnan(level) else level

    def levels(self, place: Place, substance: Substance, times: Array) -> Array:
        """Return what a sensor shows at each of the ordered times, NaN while it is off."""
        date_ = datetime.fromtimestamp(float(times[0]), self.zone).date()
        parts: list[Array] = []
        while len(times):
            day = self._day(date_)
            today = times[_between(times, day.start, day.end)]
            parts.append(self._levels_of_day(place, substance, today, day))
            times = times[len(today) :]
            date_ += timedelta(days=1)
        return np.concatenate(parts)

    def _levels_of_day(self, place: Place, substance: Substance, times: Array, day: _Day) -> Array:
        room, level = ROOMS[place], INDOOR[substance] + self._seeping_in(substance, times)
        felt = times - room.lag_s
        days = (self._day(day.date - timedelta(days=1)), day)
        for stay in (other.stays[place] for other in days):
            level += PRESENCE[substance] * stay.shape(times)
        for plume in (plume for other in days for plume in other.plumes):
            level += room.share * plume.strength(substance) * plume.shape(felt)
        for plume in self.by_hand:
            near = _between(times, plume.start, plume.start + 2 * DAY_S)
            level[near] += room.share * plume.strength(substance) * plume.shape(felt[near])
        level *= 1.0 + NOISE[substance] * day.noise(place, substance, times)
        step = room.step[substance]
        shown: Array = np.round(np.round(np.maximum(level, 0.0) / step) * step, 1)
        shown[_between(times, *day.gaps[place])] = np.nan
        return shown

    def _day(self, date_: date) -> _Day:
        number = (date_ - self.first_day).days + LEAD_DAYS
        return _day(self.seed, number, date_, self.zone)

    def _seeping_in(self, substance: Substance, times: Array) -> Array:
        """Return what comes in from outdoors: fronts over days, changes within them, rush hours."""
        first = datetime.combine(self.first_day, time(), self.zone).timestamp()
        hours = (times - first) / HOUR_S + 24.0 * LEAD_DAYS
        fronts = 0.45 * _drift(self.seed, 1, hours / 40.0)
        turns = 0.2 * _drift(self.seed, 2, hours / 7.0)
        rush = 0.12 * np.cos((hours - 8.0) * (2 * np.pi / 12.0))
        seeping: Array = INFILTRATION * OUTDOOR[substance] * np.exp(fronts + turns + rush)
        return seeping


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """What chance and habits give for one calendar day."""

    date: date
    start: float
    end: float
    plumes: tuple[Plume, ...]
    stays: dict[Place, Plume]
    gaps: dict[Place, tuple[float, float]]
    noises: dict[tuple[Place, Substance], Array]

    def noise(self, place: Place, substance: Substance, times: Array) -> Array:
        """Return a sensor's own noise at each time of this day."""
        knots = self.start + NOISE_S * np.arange(len(self.noises[place, substance]))
        noise: Array = np.interp(times, knots, self.noises[place, substance])
        return noise


@lru_cache(maxsize=64)
def _day(seed: int, number: int, date_: date, zone: tzinfo) -> _Day:
    rng = np.random.default_rng((seed, number))
    of_place = {
        place: np.random.default_rng((seed, number, index)) for index, place in enumerate(Place)
    }
    start = datetime.combine(date_, time(), zone).timestamp()
    end = datetime.combine(date_ + timedelta(days=1), time(), zone).timestamp()
    weekend = date_.isoweekday() > 5  # noqa: PLR2004
    return _Day(
        date=date_,
        start=start,
        end=end,
        plumes=plumes_of_day(rng, start, weekend=weekend),
        stays={place: stay_of_day(room, start, weekend=weekend) for place, room in ROOMS.items()},
        gaps={place: gap_of_day(own, start) for place, own in of_place.items()},
        noises={
            (place, substance): own.standard_normal(int((end - start) / NOISE_S) + 1)
            for place, own in of_place.items()
            for substance in Substance
        },
    )


def plumes_of_day(rng: Generator, start: float, *, weekend: bool) -> tuple[Plume, ...]:
    """Draw what people do on a day that starts at a time (POSIX seconds)."""
    plumes = []
    for habit in HABITS:
        happens, strength = rng.random() < (habit.weekend if weekend else habit.week), rng.normal()
        hour, burn_min = rng.uniform(*habit.hours), rng.uniform(*habit.burn_min)
        air_changes = rng.uniform(*AIRING_PER_H)
        if happens:
            times_median = habit.gsd ** float(np.clip(strength, -2.0, 2.0))
            plume = Plume(
                start=start + hour * HOUR_S,
                burn_s=burn_min * 60.0,
                air_changes_per_h=air_changes,
                pm25=habit.pm25 * times_median,
                voc=habit.voc * times_median,
            )
            plumes.append(plume)
    return tuple(plumes)


def stay_of_day(room: Room, start: float, *, weekend: bool) -> Plume:
    """Return what people build up in a room just by being there, with a peak of 1."""
    begin, end = room.stay[weekend]
    return Plume(
        start=start + begin * HOUR_S,
        burn_s=(end - begin) * HOUR_S,
        air_changes_per_h=0.9,
        pm25=1.0,
        voc=1.0,
    )


def gap_of_day(rng: Generator, start: float) -> tuple[float, float]:
    """Draw when a room's sensors are off on a day; on most days, start and end are equal."""
    happens, hour, minutes = rng.random() < GAP_CHANCE, rng.uniform(0, 22), rng.uniform(*GAP_MIN)
    begin = start + hour * HOUR_S
    return begin, begin + minutes * 60.0 * happens


def toast(at: float) -> Plume:
    """Return the plume of toast that starts to burn at a time."""
    return Plume(start=at, burn_s=600.0, air_changes_per_h=0.6, pm25=200.0, voc=180.0)


def _drift(seed: int, stream: int, places: Array) -> Array:
    """Return a smooth random walk of unit spread: one draw per whole place, eased between."""
    whole = np.floor(places).astype(int)
    first = int(whole.min())
    knots = np.array([_knot(seed, stream, knot) for knot in range(first, int(whole.max()) + 2)])
    part = places - whole
    eased = part * part * (3.0 - 2.0 * part)
    drift: Array = knots[whole - first] * (1.0 - eased) + knots[whole - first + 1] * eased
    return drift


@lru_cache(maxsize=4096)
def _knot(seed: int, stream: int, number: int) -> float:
    return float(np.random.default_rng((seed, stream, number)).standard_normal())


def _between(times: Array, start: float, end: float) -> slice:
    """Return the ordered times from a start up to an end."""
    first, last = np.searchsorted(times, (start, end))
    return slice(int(first), int(last))
