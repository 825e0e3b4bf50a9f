"""What people do at home: when somebody is there, and what they cook, clean and burn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.random import Generator

from .mixing import day_factors
from .series import DAY, Array, Mask

AWAY_H: Final = (8.0, 17.0)
ALONE: Final = 0.2  # Of the usual VOC from people while most of them are away.
# Breakfast, lunch, dinner, cleaning, candles: hour, hours, median PM2.5 and VOC they add.
USUAL: Final = (
    (7.5, 0.2, 6.0, 40.0),
    (12.8, 0.4, 10.0, 80.0),
    (18.5, 0.6, 18.0, 150.0),
    (10.5, 1.0, 5.0, 400.0),
    (20.5, 2.0, 5.0, 50.0),
)
DINNER, CLEANING, CANDLES = 2, 3, 4
FIRST_WEEKDAY: Final = 2  # The first day is a Wednesday.
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
HOLIDAY_DAYS: Final = (70, 82)
CANDLE_DAYS: Final = (150, 181)
SHIFTS_H: Final = (-3.0, 5.0, 11.0)  # Early, late and night shift: hours after an office's day.
TERM_WEEKS, TERM_OFF_WEEKS = 7, 2
OCCUPANT_DAY: Final = 120


class Life(StrEnum):
    """How people live in a home."""

    USUAL = "usual"
    SHIFTS = "shifts"  # Each week another shift; weekends are free.
    COTTAGE = "cottage"  # Somebody is there at three of four weekends, and at no other time.
    TERM = "term"  # Seven weeks of school, then two in which each day is like a weekend.
    CANDLES = "candles"  # In one month (days 150 to 180) candles burn on most evenings.
    OCCUPANT = "occupant"  # From day 120 on one more person lives there, with other habits.
    COOKS = "cooks"  # Two people cook in turn: one simmers, one fries.
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
class Household:
    """The habits of a home; `busy_*` are spread and memory of how much people follow them."""

    habits: tuple[Habit, ...]
    busy_spread: float
    busy_memory: float


@dataclass(frozen=True, slots=True)
class Happening:
    """A habit followed once: its start in hours since the first day, its strength (median 1).

    `mixing` is how fast its plume decays, in times of the usual air changes.
    """

    start_h: float
    habit: Habit
    strength: float
    mixing: float


def draw_household(rng: Generator) -> Household:
    """Draw what people do in one home."""
    return Household(
        habits=_draw_habits(rng),
        busy_spread=rng.uniform(0.2, 0.7),
        busy_memory=rng.uniform(0.2, 0.8),
    )


def presence(rng: Generator, days: int, life: Life) -> Array:
    """Return how much people add to the VOC of each slot, 1 if they are at home."""
    hours = np.arange(days * DAY) * 24.0 / DAY
    day = hours // 24.0
    shift = np.repeat([_shift_h(one, life) for one in range(days)], DAY)
    clock = (hours - shift) % 24.0
    out = (clock >= AWAY_H[0]) & (clock <= AWAY_H[1])
    if life is Life.TERM:
        out &= ~np.repeat([_free(one, life) for one in range(days)], DAY)
    there = np.where(out, ALONE, 1.0)
    if life is Life.OCCUPANT:
        there *= np.where(day >= OCCUPANT_DAY, 1.6, 1.0)
    return np.where(_away(rng, days, life), 0.0, there)


def happenings(
    rng: Generator, own: Generator, household: Household, days: int, life: Life
) -> Iterator[Happening]:
    """Yield what people do; `own` are the random numbers of what is special in this life.

    The same `rng` gives the same usual happenings in every life, except where nobody is there.
    """
    busy = day_factors(rng, household.busy_spread, household.busy_memory, days)[::DAY]
    away = _away(own, days, life)
    second = _second_person(own, household, life)
    for day in range(days):
        free = _free(day, life)
        shift = _shift_h(day, life)
        for place, habit in enumerate(household.habits):
            hour = 24.0 * day + shift + habit.hour + rng.normal(0.0, habit.spread_h)
            strength, mixing = _how(rng, busy[day])
            happens = rng.random() < (habit.weekend if free else habit.week)
            if life is Life.COOKS and place == DINNER and own.random() < 0.5:  # noqa: PLR2004
                habit = second[0]  # noqa: PLW2901 - the other one cooks today
            if happens and not _at(away, hour):
                yield Happening(hour, habit, strength, mixing)
        yield from _more(own, second, day, busy[day], life)


def is_weekend(day: int) -> bool:
    """Tell whether a day, counted from the first, is a Saturday or Sunday."""
    return (day + FIRST_WEEKDAY) % 7 in (SATURDAY, SUNDAY)


def _draw_habits(rng: Generator) -> tuple[Habit, ...]:
    cooking = rng.uniform(0.2, 0.95)
    chances = (
        (0.5 * cooking, 0.7 * cooking),
        (0.2 * cooking, 0.6 * cooking),
        (cooking, cooking),
        (0.05, rng.uniform(0.1, 0.6)),
        (rng.uniform(0.0, 0.3), rng.uniform(0.0, 0.4)),
    )
    return tuple(
        Habit(
            week=week,
            weekend=weekend,
            hour=hour + rng.normal(0.0, 0.7),
            spread_h=rng.uniform(0.3, 1.2),
            burn_h=burn_h * rng.uniform(0.6, 1.6),
            pm25=float(pm25 * 2.0 ** rng.normal()),
            voc=float(voc * 2.0 ** rng.normal()),
        )
        for (week, weekend), (hour, burn_h, pm25, voc) in zip(chances, USUAL, strict=True)
    )


def _second_person(own: Generator, household: Household, life: Life) -> tuple[Habit, ...]:
    """Return the habits that come on top of the usual ones, or in their place."""
    habits = household.habits
    if life is Life.OCCUPANT:
        return _draw_habits(own)
    if life is Life.COOKS:
        dinner, more = habits[DINNER], own.uniform(2.0, 4.0)
        other_hour = dinner.hour + own.uniform(0.5, 2.0)
        return (replace(dinner, hour=other_hour, pm25=more * dinner.pm25, voc=more * dinner.voc),)
    if life is Life.CANDLES:
        more = own.uniform(1.5, 4.0)
        candles = habits[CANDLES]
        return (
            replace(
                candles, week=0.8, weekend=0.9, burn_h=own.uniform(2.0, 4.0),
                pm25=more * candles.pm25, voc=more * candles.voc,
            ),
        )  # fmt: skip
    return ()


def _more(
    own: Generator, habits: tuple[Habit, ...], day: int, busy: float, life: Life
) -> Iterator[Happening]:
    """Yield what happens on a day on top of the usual: candles, or another person's habits."""
    candles = life is Life.CANDLES and CANDLE_DAYS[0] <= day < CANDLE_DAYS[1]
    if not candles and not (life is Life.OCCUPANT and day >= OCCUPANT_DAY):
        return
    for habit in habits:
        hour = 24.0 * day + habit.hour + own.normal(0.0, habit.spread_h)
        strength, mixing = _how(own, busy)
        if own.random() < (habit.weekend if is_weekend(day) else habit.week):
            yield Happening(hour, habit, strength, mixing)


def _how(rng: Generator, busy: float) -> tuple[float, float]:
    """Draw the strength and the mixing of a plume."""
    return busy * float(np.exp(rng.normal(0.0, 0.5))), rng.uniform(0.7, 1.5)


def _shift_h(day: int, life: Life) -> float:
    if life is not Life.SHIFTS or is_weekend(day):
        return 0.0
    return SHIFTS_H[(day + FIRST_WEEKDAY) // 7 % len(SHIFTS_H)]


def _free(day: int, life: Life) -> bool:
    """Tell whether people spend a day as they spend weekends."""
    week = (day + FIRST_WEEKDAY) // 7 % (TERM_WEEKS + TERM_OFF_WEEKS)
    return is_weekend(day) or (life is Life.TERM and week >= TERM_WEEKS)


def _away(own: Generator, days: int, life: Life) -> Mask:
    """Return the slots at which nobody is at home for days."""
    away: Mask = np.zeros(days * DAY, dtype=np.bool_)
    day = np.arange(days * DAY) / DAY
    if life is Life.HOLIDAY:
        away = (day >= HOLIDAY_DAYS[0]) & (day < HOLIDAY_DAYS[1])
    elif life is Life.COTTAGE:
        weeks = (day + FIRST_WEEKDAY) // 7
        comes = own.random(int(weeks[-1]) + 1) < 0.75  # noqa: PLR2004
        within = (day + FIRST_WEEKDAY) % 7
        away = (within < FRIDAY + 0.75) | (within >= SUNDAY + 0.75) | ~comes[weeks.astype(int)]
    return away


def _at(away: Mask, hour: float) -> bool:
    return bool(away[min(max(int(hour * DAY / 24.0), 0), len(away) - 1)])
