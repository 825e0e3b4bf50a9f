"""Can the source be believed now: is it alive, warmed up, and not stuck?"""

from collections.abc import Mapping
from typing import Any

from .. import checked
from ..day import DAY_S, HOUR_S, SLOT_S, WINDOW_DAYS
from ..pollutant import Pollutant, PollutantSpec

NO_SOURCE_S = 86_400.0  # Without a reading for so long there is no source.
FLAT_S = 24 * 3600.0  # Longest legitimate flat runs in real homes: 8 to 45 hours.
FLAT_ZERO_S = 72 * 3600.0  # Very clean rooms read PM2.5 0 for days.
FLAT_RECORD_DAYS = 60  # A run so long ago says little about the sensor's present state.
OFF_S = 6 * 3600.0  # Silent this long, it was off: metal oxide warms up, a flat run is over.
WARM_UP_AGAIN_S = 3600.0


def flat_limit_s(concentration: float, longest_h: int, spec: PollutantSpec) -> float:
    """Return for how long one value can last before the sensor counts as stuck, in seconds.

    `longest_h` is the longest run on record. Very clean rooms read PM2.5 0 for days.
    """
    zero = concentration == 0.0 and spec.pollutant is Pollutant.PM25
    return max(FLAT_ZERO_S if zero else FLAT_S, longest_h * HOUR_S)


class SensorHealth:
    """Follow one source: its last reading, its warm-up and runs of one value.

    `flat_longest_h` is the longest run that ended in the open day, `stuck` says that the
    present run is longer than this source has ever had.
    """

    __slots__ = (
        "flat_longest_h",
        "flat_since",
        "flat_value",
        "last_read",
        "rejected",
        "spec",
        "stuck",
        "warm_until",
    )

    def __init__(self, spec: PollutantSpec) -> None:
        """Start with a source that was never seen."""
        self.spec = spec
        self.last_read: float | None = None
        self.warm_until: float | None = None
        self.flat_value: float | None = None
        self.flat_since = 0.0
        self.flat_longest_h = 0
        self.stuck = False
        self.rejected = 0

    def see(self, at: float, value: float) -> None:
        """Note a plausible reading; one that comes late says nothing about what came since."""
        last = self.last_read
        if last is not None and at < last:
            return
        was_off = last is None or at - last > OFF_S
        if value != self.flat_value or was_off:
            if self.flat_value is not None:
                flat_to = last if last is not None and was_off else at
                run_h = int((flat_to - self.flat_since) // 3600.0)
                self.flat_longest_h = max(self.flat_longest_h, run_h)
            self.flat_value, self.flat_since, self.stuck = value, at, False
        if self.spec.warm_up_s and was_off:
            self._warm_up(at, self.spec.warm_up_s if last is None else WARM_UP_AGAIN_S)
        self.last_read = at

    def restart(self) -> None:
        """Forget when the source was last seen: the clock had been wrong."""
        self.last_read = self.flat_value = None
        self.flat_since = 0.0
        self.warm_until = None

    def skip_warm_up(self, at: float) -> None:
        """Note that the source had been running before a time, as its own history shows."""
        self.last_read = at
        self.warm_until = at

    def ran_before(self, since: float, until: float) -> None:
        """Spare a source its warm-up that ran from one time to another, as its history shows."""
        if not self.spec.warm_up_s or until - since < self.spec.warm_up_s:
            return
        if self.last_read is None:
            self.skip_warm_up(until)
        elif self.warm_until is not None:
            seen = self.warm_until - self.spec.warm_up_s
            if since <= seen and seen - until <= OFF_S:
                self.warm_until = None

    def alive(self, at: float) -> bool:
        """Tell whether there was a reading within a day."""
        return self.last_read is not None and at - self.last_read <= NO_SOURCE_S

    def warming_up(self, at: float) -> bool:
        """Tell whether the sensor is too new, or was off too long, to be believed."""
        return self.warm_until is not None and at < self.warm_until

    def becomes_stuck(self, at: float, longest_h: int) -> bool:
        """Tell whether the present run has just become longer than any on record (hours)."""
        if self.stuck or self.flat_value is None:
            return False
        limit_s = flat_limit_s(self.flat_value, longest_h, self.spec)
        self.stuck = at - self.flat_since > limit_s
        return self.stuck

    def end_day(self) -> int:
        """Return the longest run that ended in the day, in hours, and begin another day."""
        longest, self.flat_longest_h = self.flat_longest_h, 0
        return longest

    def flat_slots(self, at: float) -> range:
        """Return the slots of the present run up to a time, as far as days are kept."""
        since = max(self.flat_since, at - WINDOW_DAYS * DAY_S)
        return range(int(since // SLOT_S), int(at // SLOT_S))

    def dump(self) -> dict[str, Any]:
        """Return what it knows as plain JSON values."""
        return {
            "last_read": self.last_read,
            "warm_until": self.warm_until,
            "flat_value": self.flat_value,
            "flat_since": self.flat_since,
            "flat_longest_h": self.flat_longest_h,
            "stuck": self.stuck,
            "rejected": self.rejected,
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take over what `dump` wrote; raises StoredFormError or KeyError."""
        self.last_read = checked.optional(checked.time, data["last_read"])
        last_read, warm_until = self.last_read or 0.0, data["warm_until"]
        if warm_until is not None:
            latest = last_read + self.spec.warm_up_s
            self.warm_until = checked.number(warm_until, 0.0, latest)
        self.flat_value = checked.optional(checked.level, data["flat_value"])
        self.flat_since = checked.number(data["flat_since"], 0.0, last_read)
        self.flat_longest_h = checked.integer(data["flat_longest_h"], 0)
        self.stuck = checked.flag(data["stuck"])
        self.rejected = checked.integer(data["rejected"], 0)

    def _warm_up(self, at: float, duration_s: float) -> None:
        self.warm_until = max(at + duration_s, self.warm_until or 0.0)
