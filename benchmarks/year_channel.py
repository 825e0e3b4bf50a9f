"""Channels for homes of years: what is not asked for is left out, the rest is the core's own.

Three years have a third of a million slots. `QuickChannel` says nothing about them, but its days
and alerts are those of the core's channel. `DaysChannel` takes whole days at once and gives no
alerts; the ranges, states and suspicions of its days are the same too.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from typing import Final, override

import numpy as np

from custom_components.air_baseline.core.alerting import forecast as forecast_module
from custom_components.air_baseline.core.alerting.forecast import Forecast
from custom_components.air_baseline.core.alerting.judgement import Judgement
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import Condition, LearningState
from custom_components.air_baseline.core.day import (
    DAY_S,
    HOUR_S,
    PARTS,
    SLOT_S,
    SLOTS_PER_HOUR,
    SUSTAINED_SLOTS,
    day_start,
    locate_hour,
)
from custom_components.air_baseline.core.learning.typical_range import PartRange
from custom_components.air_baseline.core.pollutant import CELL_WIDTH, CELLS, PollutantSpec
from custom_components.air_baseline.core.reading.binning import Bin, Binner
from custom_components.air_baseline.core.reading.surroundings import Surroundings
from custom_components.air_baseline.core.reading.sustained_level import (
    HELD_SHARE,
    SustainedLevel,
    SustainedWindow,
)

from .series import DAY, Array

PART_SLOTS: Final = DAY // PARTS
_NOTHING_SAID: Final = Judgement(
    state=LearningState.COLLECTING,
    typical=None,
    basis=None,
    confidence=None,
    next_14_days=None,
    sustained=None,
    compared=None,
    unusual=None,
    reason=None,
    episode=None,
)


class QuickChannel(Channel):
    """A channel without a guideline, whose source reports each slot at its start."""

    __slots__ = ("_asked_at", "_conditions")

    def __init__(self, spec: PollutantSpec, zone: tzinfo) -> None:
        """Start with nothing known."""
        super().__init__(spec, zone)
        self.guideline = None
        self.binner = _SlotBinner(self.health.longest_hold_s)
        self.binner.cadence.said = False
        self.sustained = _QuickWindow()
        self._asked_at = 0
        self._conditions: tuple[Condition, ...] = ()

    @override
    def unseen(self, at: float, around: Surroundings | None = None) -> tuple[Condition, ...]:
        """Return the conditions that are new, worked out once an hour."""
        if around is not None:
            return super().unseen(at, around)
        hour = int(at // HOUR_S)
        if hour != self._asked_at:
            self._asked_at, self._conditions = hour, super().unseen(at)
        return self._conditions

    @override
    def _take(self, bin_: Bin) -> Judgement:
        day, hour = locate_hour(bin_.start, self.zone)
        self._end_if_silent(bin_.start)
        self._reach(bin_.start, day)
        if self._believable(bin_):
            self._learn(bin_, hour)
        if self.open_day is not None and self.unseen(bin_.end):
            self.open_day.unseen = True
        return _NOTHING_SAID


class _SlotBinner(Binner):
    """Makes a bin of each reading, if they come at the start of each slot."""

    __slots__ = ()

    @override
    def _count_to(self, at: float) -> Sequence[Bin]:
        start, value = self.counted_to, self.current_value
        if start is None or at - start != SLOT_S or start % SLOT_S:
            return super()._count_to(at)
        self.counted_to = at
        return () if value is None else [Bin(int(start // SLOT_S), value, float(SLOT_S))]


class _QuickWindow(SustainedWindow):
    """The same levels from lists that only grow and shrink at their ends."""

    __slots__ = ("_levels", "_of")

    @override
    def __init__(self) -> None:
        super().__init__()
        self._of: list[int] = []
        self._levels: list[float] = []

    @override
    def take(self, bin_: Bin) -> None:
        slots, levels, oldest = self._of, self._levels, bin_.slot - SLOTS_PER_HOUR
        while slots and slots[0] <= oldest:
            del slots[0], levels[0]
        slots.append(bin_.slot)
        levels.append(bin_.value)

    @override
    def level(self, at: float) -> SustainedLevel | None:
        last = int(at // SLOT_S)
        slots, levels = self._of, self._levels
        short = [v for s, v in zip(slots[-3:], levels[-3:], strict=True) if s >= last - 3]
        if len(short) < HELD_SHARE * SUSTAINED_SLOTS:
            return None
        first = last - SLOTS_PER_HOUR
        hour = levels if slots[0] >= first else levels[sum(s < first for s in slots) :]
        held = len(hour) >= HELD_SHARE * SLOTS_PER_HOUR
        low, high = round(min(short), 1), round(max(short), 1)
        return SustainedLevel(low, high, round(min(hour), 1) if held else None)

    @property
    @override
    def silent_from(self) -> float:
        return float((self._of[-1] + 7) * SLOT_S) if self._of else 0.0


class DaysChannel(QuickChannel):
    """A channel that takes whole days at once, and has no alert levels.

    It does not notice that a sensor is stuck.
    """

    __slots__ = ()

    def take_day(self, day: int, levels: Array) -> None:
        """Take the levels (base unit, NaN: lost) of the slots of a day in UTC."""
        start = day_start(day, self.zone)
        self.began_at = start if self.began_at is None else self.began_at
        if start - self.began_at < self.spec.warm_up_s:
            return
        with _without_alerts():
            self._pass((), start)
            open_day, today = self.open_day, self.forecast
            if open_day is None or today is None:
                return
            known = np.isfinite(levels)
            if known.any():
                self.health.last_read = start + DAY_S - SLOT_S
            for part in range(PARTS):
                here = slice(part * PART_SLOTS, (part + 1) * PART_SLOTS)
                values = np.minimum(levels[here][known[here]], self.spec.highest)
                cells = np.minimum(np.log1p(values) / CELL_WIDTH, CELLS - 1).astype(np.intp)
                open_day.counts[part] = bytearray(np.bincount(cells, minlength=CELLS).tolist())
                if today.ranges and today.sees(part):
                    open_day.inside += float(shares_inside(today.ranges[part], values).sum())
                    open_day.scored_slots += len(values)
            if self.unseen(start + DAY_S - 1.0):
                open_day.unseen = True


def shares_inside(typical: PartRange, levels: Array) -> Array:
    """Return for each level (base unit) the share that is inside, as `PartRange.inside` does."""
    lower, upper = typical.cells
    shares = np.where(levels >= upper[0], upper[2], 1.0)
    shares = np.where(levels < lower[1], lower[2], shares)
    beyond = (levels < lower[0]) | (levels >= upper[1])
    inside: Array = np.where(beyond, 0.0, shares)
    return inside


@contextmanager
def _without_alerts() -> Iterator[None]:
    """Leave out the alert levels of each day, which take half of the time of its forecast."""
    before = forecast_module.with_threshold
    setattr(forecast_module, "with_threshold", _as_it_is)  # noqa: B010 - of another type
    try:
        yield
    finally:
        forecast_module.with_threshold = before


def _as_it_is(written: Forecast, *_: object) -> Forecast:
    return written
