"""Thin data: whatever is missing, nothing is allowed to be said about the room itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from types import MappingProxyType
from typing import Final

import numpy as np

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import DAY_S
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant

from .regimes import PLAIN
from .runs import personal
from .sensors import home_sensor
from .series import DAY, HOUR, Array, Mask

DAYS: Final = 40
# Half of the time is missing, in stretches of this many slots: at other hours each day, because a
# source that is off in the same hours each day is learned in the others.
HALF: Final = 5 * HOUR
EVENING_H: Final = 18
STUCK_AT: Final = {Pollutant.PM25: 7.0, Pollutant.VOC_RATIO: 120.0}
TWO_DAYS, THREE_WEEKS = 2, 21
FIRST_WEEKDAY: Final = 2  # Recordings begin on a Wednesday.
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Thin:
    """A scenario, the number of rooms it was tried in, and the number of personal claims."""

    name: str
    rooms: int
    claims: int


def two_days(slots: Array) -> Mask:
    """Return the slots of a sensor that is two days old."""
    return slots < TWO_DAYS * DAY


def no_weekend(slots: Array) -> Mask:
    """Return the slots of three weeks without their weekends."""
    weekday = (slots // DAY + FIRST_WEEKDAY) % 7
    return (slots < THREE_WEEKS * DAY) & (weekday < SATURDAY)


def evenings(slots: Array) -> Mask:
    """Return the slots of the evenings alone."""
    return slots % DAY >= EVENING_H * HOUR


def half(slots: Array) -> Mask:
    """Return every other stretch of five hours."""
    seen: Mask = slots // HALF % 2 == 0
    return seen


def always(slots: Array) -> Mask:
    """Return all slots."""
    return slots >= 0


def silent(slots: Array) -> Mask:
    """Return three weeks less a day, then nothing."""
    return slots < (THREE_WEEKS - 1) * DAY


STUCK: Final = "stuck on one value"
SCENARIOS: Final[Mapping[str, Callable[[Array], Mask]]] = MappingProxyType(
    {
        "two days": two_days,
        "three weeks without a weekend": no_weekend,
        "only evenings": evenings,
        "half of the time missing": half,
        STUCK: always,
        "silent after twenty days": silent,
    }
)


def thin(name: str, rooms: range, pollutant: Pollutant) -> Thin:
    """Try a scenario in some rooms."""
    return Thin(name, len(rooms), sum(_claims(name, seed, pollutant) for seed in rooms))


def _claims(name: str, seed: int, pollutant: Pollutant) -> int:
    sensor = home_sensor(seed, DAYS, PLAIN, pollutant)
    stuck = np.full(DAYS * DAY, STUCK_AT[pollutant])
    levels = stuck if name == STUCK else sensor.levels
    kept = SCENARIOS[name](np.arange(DAYS * DAY, dtype=np.float64))
    return count_claims(pollutant, sensor.times, np.where(kept, levels, np.nan))


def count_claims(pollutant: Pollutant, times: Array, levels: Array) -> int:
    """Return how often something was said about the room itself: per bin, and once an hour."""
    channel = Channel(POLLUTANTS[pollutant], UTC)
    claims = 0
    for at, level in zip(times.tolist(), levels.tolist(), strict=True):
        lost = level != level  # noqa: PLR0124
        judged = channel.lose(at) if lost else channel.read(at, level)
        claims += sum(personal(judgement) for judgement in judged)
        if at % 3600.0 == 0.0:
            claims += personal(channel.judge(at))
    channel.advance(float(times[-1]) + DAY_S)
    return claims + personal(channel.judge(float(times[-1]) + DAY_S))
