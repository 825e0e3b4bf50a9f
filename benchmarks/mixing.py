"""A well-mixed room: how a plume rises and decays, and how outdoor air seeps in."""

from typing import Final

import numpy as np
from numpy.random import Generator
from scipy.signal import lfilter

from .series import DAY, HOUR, Array

SLOT_H: Final = 1.0 / HOUR
SPENT: Final = 8.0  # After so many air changes nothing is left of a plume.


def rise_and_decay(age_h: Array, burn_h: float, air_changes: float) -> Array:
    """Return a plume of height 1 by its age: it rises while something burns, then decays.

    `air_changes` are those of an hour; before its start, at a negative age, it is 0.
    """
    burned = np.clip(age_h, 0.0, burn_h)
    rise = np.expm1(-air_changes * burned) / np.expm1(-air_changes * burn_h)
    plume: Array = rise * np.exp(-air_changes * np.maximum(age_h - burn_h, 0.0))
    return plume


def add_plume(
    levels: Array, start_h: float, burn_h: float, air_changes: float, height: float
) -> None:
    """Add a plume to the levels of consecutive slots, in place."""
    first = max(int(start_h / SLOT_H), 0)
    last = min(len(levels), first + int((burn_h + SPENT / air_changes) / SLOT_H))
    age: Array = np.arange(first + 1, last + 1, dtype=np.float64) * SLOT_H - start_h
    levels[first:last] += height * rise_and_decay(age, burn_h, air_changes)


def follow(outdoor: Array, ventilation: float) -> Array:
    """Return the level of a well-mixed room that is ventilated with outdoor air."""
    keep = np.exp(-ventilation * SLOT_H)
    steps = (1.0 - keep) * outdoor
    steps[0] = outdoor[0]
    return remembered(steps, keep)


def smooth_noise(rng: Generator, slots: int, hours: float) -> Array:
    """Return smooth noise of unit spread with a memory of some hours."""
    keep = np.exp(-SLOT_H / hours)
    steps = rng.normal(size=slots) * np.sqrt(1.0 - keep**2)
    steps[0] = rng.normal()
    return remembered(steps, keep)


def day_factors(rng: Generator, spread: float, memory: float, days: int) -> Array:
    """Return a factor per slot that changes from day to day and depends on the day before."""
    logs = remembered(rng.normal(size=days + 1) * np.sqrt(1.0 - memory**2), memory)
    factor: Array = np.exp(
        spread * np.interp(np.arange(days * DAY) / DAY, np.arange(days + 1), logs)
    )
    return factor


def remembered(steps: Array, keep: float) -> Array:
    """Return y with y[i] = keep y[i - 1] + steps[i]."""
    filtered: Array = lfilter([1.0], [1.0, -keep], steps)
    return filtered
