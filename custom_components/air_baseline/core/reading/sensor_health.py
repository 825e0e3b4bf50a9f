"""Whether the source can be believed: it is alive, has warmed up, and is not stuck."""

from collections.abc import Mapping
from typing import Any

from .. import checked
from ..day import HOUR_S
from ..pollutant import Pollutant, PollutantSpec

NO_SOURCE_S = 86_400.0  # Seconds without a reading after which there is no source, by judgement.
FLAT_S = 24 * 3600.0  # Seconds. Recordings: the longest genuine runs of one value last 8 to 45 h.
FLAT_ZERO_S = 72 * 3600.0  # Seconds. Recordings: very clean rooms read PM2.5 0 for days.
FLAT_RECORD_DAYS = 60  # Days. By judgement: an older run says little about the sensor now.
OFF_S = 6 * 3600.0  # Seconds of silence that mean the sensor was off, by judgement.
WARM_UP_AGAIN_S = 3600.0  # Seconds for a metal-oxide sensor that was off, by judgement.


def flat_limit_s(concentration: float, longest_h: int, spec: PollutantSpec) -> float:
    """Return how long one value (base unit) can last before the sensor is stuck, in seconds.

    `longest_h` is the longest run on record, in hours.
    """
    zero = concentration == 0.0 and spec.pollutant is Pollutant.PM25
    return max(FLAT_ZERO_S if zero else FLAT_S, longest_h * HOUR_S)


class SensorHealth:
    """Follow one source: its last reading, its warm-up and its runs of one value.

    `life_at` is when its device last showed a sign of life apart from its own readings, and
    `listened_from` since when a first reading has been waited for.
    `flat_longest_h` is the longest run that ended in the open day, in hours. `stuck` says that
    the present run has passed its limit (see `flat_limit_s`). `rejected` counts readings beyond
    the plausible span. Times are POSIX seconds, None if not known.
    """

    __slots__ = (
        "flat_longest_h",
        "flat_since",
        "flat_value",
        "last_read",
        "life_at",
        "listened_from",
        "rejected",
        "spec",
        "stuck",
        "warm_until",
    )

    def __init__(self, spec: PollutantSpec) -> None:
        """Start with a source that has never sent a reading."""
        self.spec = spec
        self.last_read: float | None = None
        self.life_at: float | None = None
        self.listened_from: float | None = None
        self.warm_until: float | None = None
        self.flat_value: float | None = None
        self.flat_since = 0.0
        self.flat_longest_h = 0
        self.stuck = False
        self.rejected = 0

    def see(self, at: float, value: float, *, held: bool = False) -> None:
        """Note a plausible reading (POSIX seconds, base unit); ignore one that comes late.

        `held` says that the value before it held up to then, however old it was.
        """
        last = self.last_read
        if last is not None and at < last:
            return
        was_off = last is None or (at - last > OFF_S and not held)
        if value != self.flat_value or was_off:
            if self.flat_value is not None:
                flat_to = last if last is not None and was_off else at
                run_h = int((flat_to - self.flat_since) // 3600.0)
                self.flat_longest_h = max(self.flat_longest_h, run_h)
            self.flat_value, self.flat_since, self.stuck = value, at, False
        if self.spec.warm_up_s and was_off:
            self._warm_up(at, self.spec.warm_up_s if last is None else WARM_UP_AGAIN_S)
        self.last_read = at

    def set_back(self, since: float, back_s: float) -> None:
        """Set the times back that were noted since a POSIX time, when the clock was ahead.

        What went on goes on: a run of one value keeps its length, a warm-up what is left of it.
        """

        def true(at: float) -> float:
            return max(at - back_s, 0.0) if at >= since else at

        self.last_read = None if self.last_read is None else true(self.last_read)
        self.life_at = None if self.life_at is None else true(self.life_at)
        if self.listened_from is not None:
            self.listened_from = true(self.listened_from)
        self.warm_until = None if self.warm_until is None else true(self.warm_until)
        self.flat_since = true(self.flat_since)

    def listen(self, at: float) -> None:
        """Note that a reading is waited for at a POSIX time; the first one counts."""
        if self.listened_from is None:
            self.listened_from = at

    def date_back(self, at: float) -> None:
        """Note that the last reading was reported at an earlier POSIX time, when it was found.

        So its run began then at the latest, and so did a warm-up that it began.
        """
        if self.last_read is None or at >= self.last_read:
            return
        self.last_read, self.flat_since = at, min(at, self.flat_since)
        if self.warm_until is not None:
            self.warm_until = min(self.warm_until, at + self.spec.warm_up_s)

    def show_life(self, at: float) -> None:
        """Note a sign of life of the source's device at a POSIX time."""
        self.life_at = max(at, self.life_at or at)

    def skip_warm_up(self, at: float) -> None:
        """Note that the source was running up to a POSIX time, as its history shows."""
        self.last_read = at
        self.warm_until = at

    def ran_before(self, since: float, until: float) -> None:
        """Skip the warm-up if history shows the source running long enough (POSIX seconds)."""
        if not self.spec.warm_up_s or until - since < self.spec.warm_up_s:
            return
        if self.last_read is None:
            self.skip_warm_up(until)
        elif self.warm_until is not None:
            seen = self.warm_until - self.spec.warm_up_s
            if since <= seen and seen - until <= OFF_S:
                self.warm_until = None

    def alive(self, at: float) -> bool:
        """Tell whether there was a reading in the 24 hours before a POSIX time."""
        return self.last_read is not None and at - self.last_read <= NO_SOURCE_S

    def longest_hold_s(self, value: float) -> float:
        """Return how long a value (base unit) holds without a sign of life, in seconds.

        That is for a source that reports only changes; no longer than a value that repeats.
        """
        return flat_limit_s(value, 0, self.spec)

    def warming_up(self, at: float) -> bool:
        """Tell whether the sensor is too new, or was off too long, to be believed yet."""
        return self.warm_until is not None and at < self.warm_until

    def becomes_stuck(self, at: float, longest_h: int) -> bool:
        """Update `stuck`; tell whether the present run has just passed its limit.

        `longest_h` is the longest run on record, in hours.
        """
        if self.stuck or self.flat_value is None:
            return False
        limit_s = flat_limit_s(self.flat_value, longest_h, self.spec)
        self.stuck = at - self.flat_since > limit_s
        return self.stuck

    def end_day(self) -> int:
        """Return the longest run that ended in the day, in hours, and begin the next day."""
        longest, self.flat_longest_h = self.flat_longest_h, 0
        return longest

    def dump(self) -> dict[str, Any]:
        """Return its state as plain JSON values.

        Before the first reading there is no sign of life to keep, so its place has
        `listened_from`.
        """
        return {
            "last_read": self.last_read,
            "life_at": self.listened_from if self.last_read is None else self.life_at,
            "warm_until": self.warm_until,
            "flat_value": self.flat_value,
            "flat_since": self.flat_since,
            "flat_longest_h": self.flat_longest_h,
            "stuck": self.stuck,
            "rejected": self.rejected,
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take over what `dump` wrote. Raises StoredFormError or KeyError."""
        self.last_read = checked.optional(checked.time, data["last_read"])
        life_at = checked.optional(checked.time, data.get("life_at"))
        if self.last_read is None:
            self.listened_from = life_at
        else:
            self.life_at = life_at
        last_read, warm_until = self.last_read or 0.0, data["warm_until"]
        if warm_until is not None:
            latest = last_read + self.spec.warm_up_s
            self.warm_until = checked.number(warm_until, 0.0, latest)
        self.flat_value = checked.optional(checked.concentration, data["flat_value"])
        self.flat_since = checked.number(data["flat_since"], 0.0, last_read)
        self.flat_longest_h = checked.integer(data["flat_longest_h"], 0)
        self.stuck = checked.flag(data["stuck"])
        self.rejected = checked.integer(data["rejected"], 0)

    def _warm_up(self, at: float, duration_s: float) -> None:
        self.warm_until = max(at + duration_s, self.warm_until or 0.0)
