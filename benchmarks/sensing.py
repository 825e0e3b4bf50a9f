"""From the air to what a sensor reports: noise, drift, its step, a dead band, and gaps.

A plume is air, so it is put in before all of this.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.random import Generator

from .seeds import stream
from .series import DAY, HOUR, Array, Mask

MOVED_DAY, MOVED_GAIN = 90, 1.6
AGEING: Final = (150.0, 0.5)  # After 150 days it reads half as much again.
FOULING: Final = (365.0, 0.4)
ZEROS: Final = 0.8  # Of the time.
REZERO_DAYS: Final = (10.0, 30.0)
REZERO_OVER_DAYS: Final = 3
REZERO_SHARE: Final = 0.9
REBOOT_CHANCE: Final = 1.0 / 6.0  # A day.
JUMP_DAYS: Final = (60, 200)
GAPS, GAP_DAYS = 5, (2.0, 12.0)
DEAD_BAND: Final = {"pm25": 1.0, "voc": 10.0}  # Base unit.
LONGEST_SILENCE: Final = HOUR  # Slots. Of what reports only changes, most report so often.


class Fault(StrEnum):
    """What is wrong or special with a sensor."""

    NONE = "none"
    MOVED = "moved"  # It reads 1.6 times as much from day 90 on.
    AGEING = "ageing"  # It reads more every day: half as much again after 150 days.
    FOULING = "fouling"  # It reads more every day: 40 % more after a year.
    ON_CHANGE = "on_change"  # It reports changes by more than a dead band, else once an hour.
    ZEROS = "zeros"  # It shows whole numbers, and 0 for 80 % of the time.
    REZERO = "rezero"  # Every few weeks it takes the lowest level of three days for 0.
    REBOOTS = "reboots"  # It restarts about every six days and then reads too much for a while.
    JUMPS = "jumps"  # Twice its gain jumps by a quarter to a half, and stays.
    LONG_GAPS = "long_gaps"  # Five times it is off for two to twelve days.


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """The sensor of a home: relative noise, step (base unit), chance of a gap on a day."""

    noise: float
    step: float
    gap_chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A sensor as it is at each slot: reading = air × gain + offset, with noise, in steps.

    It reports nothing where it is `off`. With a dead band (base unit) it reports only what
    differs by more than that from its last report, or comes an hour after it.
    """

    step: float
    gain: Array
    offset: Array
    off: Mask
    dead_band: float = 0.0
    shown: Array = field(default_factory=lambda: np.zeros(0))  # Its reports of the usual air.

    def measure(self, air: Array, first: int = 0) -> Array:
        """Return what it measures of the air of some slots from `first` on, NaN where it is off."""
        here = slice(first, first + len(air))
        reading = np.maximum(air * self.gain[here] + self.offset[here], 0.0)
        measured: Array = np.round(reading / self.step) * self.step
        measured[self.off[here]] = np.nan
        return measured

    def report(self, air: Array, first: int = 0) -> Array:
        """Return what it reports of the air of some slots, NaN where it is off or silent.

        `first` is the slot at which the air begins; before it, the air was as usual.
        """
        measured = self.measure(air, first)
        if not self.dead_band:
            return measured
        before = np.flatnonzero(np.isfinite(self.shown[:first]))[-1:].tolist()
        last = [(place - first, float(self.shown[place])) for place in before]
        return _changes(measured, self.dead_band, last)


def draw_make(rng: Generator) -> Make:
    """Draw the sensor of one home."""
    return Make(
        noise=rng.uniform(0.02, 0.08),
        step=float(rng.choice([0.1, 1.0])),
        gap_chance=float(rng.choice([0.0, 0.05, 0.15])),
    )


def instrument(seed: int, make: Make, air: Array, pollutant: str, fault: Fault) -> Instrument:
    """Return the sensor that measures the usual air of a home.

    The same seed gives the same noise and the same short gaps with any fault.
    """
    rng, own = stream(seed, f"{pollutant} noise"), stream(seed, f"{pollutant} fault")
    slots = len(air)
    step = make.step if pollutant == "pm25" and fault is not Fault.ZEROS else 1.0
    noise = 1.0 + make.noise * rng.normal(size=slots)
    off = _gaps(rng, make, slots) | _long_gaps(own, slots, fault)
    gain = noise * _drift(own, slots, fault) * _transients(own, slots, fault)
    made = Instrument(
        step=step,
        gain=gain,
        offset=_offset(own, air * gain, fault),
        off=off,
        dead_band=DEAD_BAND[pollutant] if fault is Fault.ON_CHANGE else 0.0,
    )
    return replace(made, shown=made.report(air))


def _changes(measured: Array, dead_band: float, before: list[tuple[int, float]]) -> Array:
    """Return the reported values, NaN for silence; `before` is the last report (slot, value)."""
    reported = np.full(len(measured), np.nan)
    at, last = before[-1] if before else (-LONGEST_SILENCE, 0.0)
    for place, value in enumerate(measured.tolist()):
        changed = abs(value - last) > dead_band  # Never where it is off (NaN).
        if changed or (place - at >= LONGEST_SILENCE and np.isfinite(value)):
            at, last = place, value
            reported[place] = value
    return reported


def _drift(own: Generator, slots: int, fault: Fault) -> Array:
    """Return the gain of a sensor over time."""
    day = np.arange(slots) / DAY
    if fault is Fault.MOVED:
        return np.where(day >= MOVED_DAY, MOVED_GAIN, 1.0)
    if fault is Fault.AGEING:
        return 1.0 + AGEING[1] * np.clip(day / AGEING[0], 0.0, 1.0)
    if fault is Fault.FOULING:
        return 1.0 + FOULING[1] * day / FOULING[0]
    gain = np.ones(slots)
    if fault is Fault.JUMPS:
        for at in own.uniform(*JUMP_DAYS, size=2):
            factor = 1.0 + own.uniform(0.25, 0.5)
            gain[day >= at] *= factor if own.random() < 0.5 else 1.0 / factor  # noqa: PLR2004
    return gain


def _transients(own: Generator, slots: int, fault: Fault) -> Array:
    """Return a factor that is high for some minutes after each restart."""
    factor = np.ones(slots)
    if fault is Fault.REBOOTS:
        for start in np.flatnonzero(own.random(slots) < REBOOT_CHANCE / DAY).tolist():
            age = np.arange(min(HOUR, slots - start))
            factor[start : start + HOUR] += own.uniform(2.0, 7.0) * np.exp(-age / 3.0)
    return factor


def _offset(own: Generator, reading: Array, fault: Fault) -> Array:
    """Return what a sensor adds to its readings."""
    slots = len(reading)
    if fault is Fault.ZEROS:
        # Below half a step it shows 0.
        return np.full(slots, 0.5 - float(np.quantile(reading, ZEROS)))
    offset = np.zeros(slots)
    if fault is Fault.REZERO:
        start = own.uniform(*REZERO_DAYS)
        while start * DAY < slots:
            place = int(start * DAY)
            lowest = float(reading[max(place - REZERO_OVER_DAYS * DAY, 0) : place].min())
            offset[place:] = -REZERO_SHARE * lowest
            start += own.uniform(*REZERO_DAYS)
    return offset


def _gaps(rng: Generator, make: Make, slots: int) -> Mask:
    """Return the slots at which the sensor was off for some hours."""
    gaps = np.zeros(slots, dtype=np.bool_)
    for day in range(slots // DAY):
        if rng.random() < make.gap_chance:
            start = day * DAY + int(rng.integers(DAY))
            gaps[start : start + int(rng.integers(6, 200))] = True
    return gaps


def _long_gaps(own: Generator, slots: int, fault: Fault) -> Mask:
    gaps = np.zeros(slots, dtype=np.bool_)
    if fault is Fault.LONG_GAPS:
        for at in own.uniform(30 * DAY, slots, size=GAPS):
            gaps[int(at) : int(at + DAY * own.uniform(*GAP_DAYS))] = True
    return gaps
