"""From irregular readings to time-weighted means over five-minute slots.

Time is counted, not updates, so air that changes often is not over-represented. A value holds
until the next reading, as Home Assistant holds it, unless its source has shown no sign of life for
too long; `unavailable` ends it at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .. import checked
from ..day import SLOT_S
from .cadence import LEAST_HOLD_S, LONGEST_HOLD_S, Cadence

LEAST_OBSERVED_S = 60.0  # Seconds of a slot that a bin needs, by judgement.
FRESH_S = 3600.0  # Seconds after a sign of life in which a value can be news, by judgement.
LATE_S = 300.0  # Seconds behind counted time from which a reading is dropped, by judgement.
LEAST_STEP = 0.1  # Base unit. By judgement: finer differences are float noise or averaging.


@dataclass(frozen=True, slots=True)
class Bin:
    """The time-weighted mean over one slot.

    `slot` is the slot's index (POSIX time / 300), `value` its mean (base unit), `observed_s` the
    seconds with a value. `fresh` says that the source showed a sign of life in the hour before
    its end. `quiet` is for a source that did not and that reports only changes: it may measure
    steady air, or be dead.
    """

    slot: int
    value: float
    observed_s: float
    fresh: bool = True
    quiet: bool = False

    @property
    def start(self) -> float:
        """Return the POSIX time of the slot's start."""
        return float(self.slot * SLOT_S)

    @property
    def end(self) -> float:
        """Return the POSIX time of the slot's end."""
        return float((self.slot + 1) * SLOT_S)


class Reading(NamedTuple):
    """A recorded value (base unit; None for none) from a POSIX time on.

    `repeated_at` is when it was reported for the last time, and the only repeat that is known.
    """

    at: float
    value: float | None
    repeated_at: float | None = None


class Unproven(NamedTuple):
    """A value that held (base unit) between two POSIX times, and whose source then seemed dead."""

    value: float
    since: float
    until: float


def smaller_step(step: float | None, difference: float) -> float | None:
    """Return a sensor's smallest step (None: not known), given one more difference of values.

    >>> smaller_step(None, -2.0), smaller_step(2.0, 0.01), smaller_step(0.5, 0.0)
    (2.0, 0.1, 0.5)
    """
    size = abs(difference)
    return max(size, LEAST_STEP) if size and (step is None or size < step) else step


class Binner:
    """Turn readings, losses and passing time into bins, oldest first.

    Calls can come late or out of order: time is never counted twice.

    >>> binner = Binner()
    >>> binner.read(0.0, 10.0), binner.read(150.0, 20.0)
    ((), ())
    >>> binner.advance(300.0)
    [Bin(slot=0, value=15.0, observed_s=300.0, fresh=True, quiet=False)]
    """

    __slots__ = (
        "alive_at",
        "area",
        "cadence",
        "counted_to",
        "current_value",
        "held_from",
        "last_value",
        "late",
        "longest_hold_s",
        "lost_at",
        "observed_s",
        "read_at",
        "restored",
        "step",
        "unproven",
    )

    def __init__(self, longest_hold_s: Callable[[float], float] | None = None) -> None:
        """Start with nothing known.

        `longest_hold_s` returns how long a value (base unit) of a source that reports only
        changes holds without a sign of life, in seconds; six hours without it.
        """
        self.longest_hold_s = longest_hold_s
        self.counted_to: float | None = None
        self.current_value: float | None = None
        self.read_at: float | None = None
        self.alive_at: float | None = None
        self.held_from = 0.0  # Since when the current value is counted.
        self.lost_at: float | None = None  # When a value that was lost was last known to be true.
        self.last_value: float | None = None
        self.area = 0.0
        self.observed_s = 0.0
        self.cadence = Cadence()
        self.step: float | None = None
        self.late = 0
        self.restored = False  # Whether the last value is of before a restart.
        self.unproven: Unproven | None = None

    def read(self, at: float, value: float) -> Sequence[Bin]:
        """Take a reading (POSIX seconds, base unit) and return the bins that it closes."""
        counted_to = self.counted_to
        if counted_to is not None and at < counted_to:
            if at < counted_to - LATE_S:
                self.late += 1
                return ()
            at = counted_to
        bins = self._count_to(at)
        if self.last_value is not None:
            difference = value - self.last_value
            self.step = smaller_step(self.step, difference)
            if self.read_at is not None and at > self.read_at:
                self.cadence.note(at - self.read_at, difference)
        self.current_value = self.last_value = value
        self.read_at, self.held_from, self.restored, self.lost_at = at, at, False, None
        self.alive_at = max(at, self.alive_at or at)
        return bins

    def take(self, reading: Reading) -> Sequence[Bin]:
        """Take a recorded reading and return the bins that it closes."""
        if reading.value is None:
            return self.lose(reading.at)
        bins = self.read(reading.at, reading.value)
        if reading.repeated_at is not None:
            self._repeat(reading.repeated_at)
        return bins

    def date_back(self, at: float) -> None:
        """Note that the current value was reported at an earlier POSIX time, when it was found."""
        if self.read_at is not None and self.alive_at is not None:
            self.read_at, self.alive_at = min(at, self.read_at), min(at, self.alive_at)

    def forget_cadence(self) -> None:
        """Forget how the source reports: it is another one."""
        self.cadence = Cadence()

    def show_life(self, at: float) -> None:
        """Note that the source's device was alive at a POSIX time, so that a held value holds."""
        if self.current_value is not None:
            self.alive_at = max(at, self.alive_at or at)

    def lose(self, at: float) -> Sequence[Bin]:
        """End the hold: from here on the source has no value."""
        bins = self._count_to(at)
        if self.current_value is not None:
            self.lost_at = self.alive_at
        self.current_value = self.read_at = self.alive_at = None
        return bins

    def advance(self, at: float) -> Sequence[Bin]:
        """Let time pass to a POSIX time and return the bins that it closes."""
        return self._count_to(at)

    def restart(self) -> None:
        """Forget how far time was counted, but keep the sensor's cadence and step."""
        self.counted_to = self.current_value = self.read_at = self.alive_at = self.lost_at = None
        self.area = self.observed_s = 0.0

    def hold_limit_s(self) -> float:
        """Return how long the current value holds without a sign of life, in seconds."""
        if not self.cadence.changes_only:
            return self.cadence.hold_limit_s
        if self.longest_hold_s is None or self.current_value is None:
            return LONGEST_HOLD_S
        return self.longest_hold_s(self.current_value)

    def holds(self, at: float) -> bool:
        """Tell whether the current value still holds at a POSIX time."""
        if self.current_value is None or self.alive_at is None:
            return False
        return at - self.alive_at <= self.hold_limit_s()

    def take_unproven(self) -> Unproven | None:
        """Return, once, the time of a value that held for long and then proved to be no air."""
        unproven, self.unproven = self.unproven, None
        return unproven

    def dump(self) -> dict[str, Any]:
        """Return its state as plain JSON values, without the current value: a restart ends it."""
        return {
            **self.dump_running(),
            "step": self.step,
            "last_value": self.last_value,
            "late": self.late,
        }

    def dump_running(self) -> dict[str, Any]:
        """Return the open slot as plain JSON values; surroundings need no more."""
        return {
            "counted_to": self.counted_to,
            "area": self.area,
            "observed_s": self.observed_s,
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take over what `dump` wrote. Raises StoredFormError or KeyError."""
        self.restore_running(data)
        checked.number(self.area, 0.0)
        step = data["step"]
        self.step = None if step is None else checked.number(step, LEAST_STEP, checked.HIGHEST)
        self.last_value = checked.optional(checked.concentration, data["last_value"])
        self.late = checked.integer(data["late"], 0)
        self.restored = True

    def restore_running(self, data: Mapping[str, Any]) -> None:
        """Take over what `dump_running` wrote. Raises StoredFormError or KeyError."""
        self.counted_to = checked.optional(checked.time, data["counted_to"])
        passed_s = (self.counted_to or 0.0) % SLOT_S
        self.observed_s = checked.number(data["observed_s"], 0.0, passed_s)
        most = checked.HIGHEST * self.observed_s
        self.area = checked.number(data["area"], -most, most)

    def _repeat(self, at: float) -> None:
        """Note when the current value was repeated last; it is ahead of what is counted."""
        if self.read_at is not None and at > self.read_at:
            self.read_at = at
            self.cadence.note_repeats()
            self.show_life(at)

    def _count_to(self, at: float) -> Sequence[Bin]:
        start = self.counted_to
        if start is None:
            self.counted_to = at
            return ()
        if at <= start:
            return ()
        if self._count_within_slot(start, at):
            self.counted_to = at
            return ()
        return self._count_slots(start, at)

    def _count_within_slot(self, start: float, at: float) -> bool:
        """Count time that ends in the slot it began in, as most readings do; False otherwise."""
        alive_at = self.alive_at
        if self.current_value is None or alive_at is None or at - alive_at >= LEAST_HOLD_S:
            return False
        if at >= (start // SLOT_S + 1) * SLOT_S:
            return False
        self.area += self.current_value * (at - start)
        self.observed_s += at - start
        return True

    def _count_slots(self, start: float, at: float) -> list[Bin]:
        held_to = start
        if self.current_value is not None and self.alive_at is not None:
            held_to = max(start, min(at, self.alive_at + self.hold_limit_s()))
        bins: list[Bin] = []
        slot = int(start // SLOT_S)
        while self.current_value is not None and start < held_to:
            end = min(held_to, (slot + 1) * SLOT_S)
            self.area += self.current_value * (end - start)
            self.observed_s += end - start
            start = end
            if start == (slot + 1) * SLOT_S:
                self._close(slot, bins)
                slot += 1
        if held_to < at:
            self._expire(held_to)
        if at >= (slot + 1) * SLOT_S:
            self._close(slot, bins)
        self.counted_to = at
        return bins

    def _expire(self, held_to: float) -> None:
        """End the hold; what held for long without a sign of life was no air."""
        if self.current_value is not None and self.alive_at is not None:
            since = max(self.alive_at, self.held_from)
            if held_to - since > LONGEST_HOLD_S:
                self.unproven = Unproven(self.current_value, since, held_to)
        self.current_value = None

    def _close(self, slot: int, bins: list[Bin]) -> None:
        if self.observed_s >= LEAST_OBSERVED_S:
            end = (slot + 1) * SLOT_S
            fresh = self.alive_at is None or end - self.alive_at <= FRESH_S
            quiet = not fresh and self.cadence.changes_only
            bins.append(Bin(slot, self.area / self.observed_s, self.observed_s, fresh, quiet))
        self.area = self.observed_s = 0.0
