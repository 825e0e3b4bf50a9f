"""Seeded plumes put into a recording, and who noticed them.

A plume rises while something burns in a well-mixed room and decays with its air changes. Its
height is 1.5, 3 or 6 times the room's own 90th percentile, so that it means the same in a
clean room and in a smoky one. A recording is tried nine times over with one every 21 days, so
that each size comes by day, by night and for long at each of these times.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from custom_components.air_baseline.core.day import DAY_S, SLOT_S

from .mixing import rise_and_decay
from .seeds import stream
from .series import Array

SIZES: Final = (1.5, 3.0, 6.0)  # Times the room's own 90th percentile.
ROOMS_HIGH: Final = 0.9
FIRST_DAY: Final = 60  # Ours has been able to alert for weeks by then.
EVERY_DAYS: Final = 21
SPREAD_DAYS: Final = 6
AIR_CHANGES: Final = (0.5, 1.5)  # An hour.
GONE: Final = 0.1  # A plume has ended when a tenth of it is left.
LATE_S: Final = 3600.0  # For this long after its end it can still be noticed.
SEEN: Final = 0.75  # Of the slots of its burning and as long after: with fewer, it goes unseen.


class PlumeKind(StrEnum):
    """When, and for how long, something burns."""

    DAY = "day"
    NIGHT = "night"
    LONG = "long"


KINDS: Final = tuple(PlumeKind)
TRIES: Final = len(SIZES) * len(KINDS)
# First and last local hour of the start; shortest and longest burning in hours.
_WHEN: Final = {
    PlumeKind.DAY: (9.0, 18.0, 0.5, 1.0),
    PlumeKind.NIGHT: (22.0, 28.0, 0.5, 1.0),
    PlumeKind.LONG: (8.0, 20.0, 4.0, 8.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plume:
    """One plume: POSIX start, seconds of burning, air changes an hour, height (base unit)."""

    size: float
    kind: PlumeKind
    start: float
    burn_s: float
    air_changes: float
    height: float

    @property
    def end(self) -> float:
        """Return when a tenth of it is left."""
        return self.start + self.burn_s - 3600.0 * float(np.log(GONE)) / self.air_changes

    def at(self, times: Array) -> Array:
        """Return what the plume adds at some times (POSIX): 0 before, `height` at its peak."""
        age_h = (times - self.start) / 3600.0
        return self.height * rise_and_decay(age_h, self.burn_s / 3600.0, self.air_changes)


def draw_tries(awake: Array, levels: Array, seed: int, offset_s: float = 0.0) -> tuple[Plume, ...]:
    """Draw the plumes of all tries of a recording, ordered by their start.

    `awake` are the times at which the sensor measured, `levels` what it showed.
    """
    seeds = range(TRIES * seed, TRIES * (seed + 1))
    drawn = [plume for one in seeds for plume in draw(awake, levels, one, offset_s)]
    return tuple(sorted(drawn, key=lambda plume: plume.start))


def draw(awake: Array, levels: Array, seed: int, offset_s: float = 0.0) -> tuple[Plume, ...]:
    """Draw the plumes of one try: sizes and kinds alternate, and each seed starts differently.

    A plume is left out where the sensor would not have seen it.
    """
    rng = stream(seed, "plumes")
    height = float(np.nanquantile(levels, ROOMS_HIGH))
    midnight = awake[0] - (awake[0] + offset_s) % DAY_S
    last_day = int((awake[-1] - midnight) // DAY_S) - 2
    drawn = []
    for turn, day in enumerate(range(FIRST_DAY, last_day - SPREAD_DAYS, EVERY_DAYS), seed):
        size = SIZES[turn % len(SIZES)]
        kind = KINDS[(turn + turn // len(SIZES)) % len(KINDS)]
        first, last, shortest, longest = _WHEN[kind]
        plume = Plume(
            size=size,
            kind=kind,
            start=midnight
            + (day + int(rng.integers(SPREAD_DAYS))) * DAY_S
            + 3600.0 * rng.uniform(first, last),
            burn_s=3600.0 * rng.uniform(shortest, longest),
            air_changes=rng.uniform(*AIR_CHANGES),
            height=size * height,
        )
        if height > 0.0 and _seen(plume, awake):
            drawn.append(plume)
    return tuple(drawn)


def inject(
    times: Array, levels: Array, plumes: Iterable[Plume], step: float, highest: float
) -> Array:
    """Return levels with plumes on top, as a sensor of this step and span would show them."""
    more = added(times, plumes)
    shown = np.minimum(np.round((levels + more) / step) * step, highest)
    return np.where(more > 0.0, shown, levels)


def added(times: Array, plumes: Iterable[Plume]) -> Array:
    """Return what some plumes add to the air at some times."""
    more = np.zeros(len(times))
    for plume in plumes:
        more += plume.at(times)
    return more


def delay_s(start: float, end: float, episodes: Sequence[float]) -> float | None:
    """Return how long after its start an event was noticed; None if it was not.

    `episodes` are the times at which episodes began, that is, at which an alert was given.
    """
    alerts = [at - start for at in episodes if start <= at <= end + LATE_S]
    return min(alerts, default=None)


def _seen(plume: Plume, awake: Array) -> bool:
    until = plume.start + 2.0 * plume.burn_s
    slots = np.unique(awake[(awake >= plume.start) & (awake < until)] // SLOT_S)
    return len(slots) >= SEEN * 2.0 * plume.burn_s / SLOT_S
