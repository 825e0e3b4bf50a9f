"""What surrounds a room and explains its air: outdoor air and temperature, open windows.

None of it is required. The channels of a home share the outdoor values, those of a room share
its windows: each value is followed once, and a channel only asks for means. Surroundings are
read by calls of their own, so they add nothing to the cost of a reading of the air.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from .. import checked
from ..day import DAY_S, HOUR_S, SLOT_S, SLOTS_PER_HOUR, locate
from .binning import Bin, Binner
from .running_sums import RunningSum, add_to, dump_sums, load_sums, mean_of

HOURS = 24  # Hours of a mean.
LEAST_H = 18.0  # Known hours of 24, by judgement: the mean of a morning is colder than any day's.
LEAST_BEFORE_H = 6.0  # Known hours of 24, by judgement: fewer tell too little of the air before.
MOSTLY_OPEN = 0.5  # Share of a day from which windows count as open, by judgement.
LEAST_SLOTS = 6  # Slots of the 12 of an hour, by judgement.

# Outdoor air rose if the last hour is higher than the 24 hours before by `ROSE_BY` and by the
# factor `ROSE_TIMES`. Recordings: that held in 3 % of all hours in nine homes with an outdoor
# monitor, and with one of 35 rises of 10 μg/m³ in the main room.
ROSE_BY = 5.0  # μg/m³: beyond the noise of consumer sensors (recordings).
ROSE_TIMES = 1.5  # Times the mean before (recordings).


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySurroundings:
    """The surroundings of one day or 24 hours; None for what is not known.

    Means outdoors are in μg/m³ and °C, `window_open` is the share of the time with an open window.
    """

    outdoor_pm25: float | None = None
    outdoor_temperature: float | None = None
    window_open: float | None = None


@dataclass(frozen=True, slots=True)
class OutdoorRise:
    """Outdoor PM2.5 of the last hour (`now`) and of the 24 hours before it (μg/m³)."""

    now: float
    before: float

    @property
    def rose(self) -> bool:
        """Tell whether the last hour counts as a rise.

        >>> OutdoorRise(38.0, 12.0).rose, OutdoorRise(16.0, 12.0).rose, OutdoorRise(5.0, 1.0).rose
        (True, False, False)
        """
        return self.now >= self.before + ROSE_BY and self.now >= ROSE_TIMES * self.before


class SurroundingMean:
    """One value of the surroundings, as time-weighted means over an hour, 24 hours and a day.

    A value holds as that of air does. Calls can come late or in any order.

    >>> from datetime import UTC
    >>> mean = SurroundingMean(UTC)
    >>> for half_hour in range(49):
    ...     mean.read(1800.0 * half_hour, 10.0 if half_hour < 24 else 20.0)
    >>> mean.of_last_hours(24 * 3600.0), mean.of_last_hour(24 * 3600.0)
    (15.0, 20.0)
    """

    __slots__ = ("binner", "bins", "days", "hours", "zone")

    def __init__(self, zone: tzinfo) -> None:
        """Start with nothing known."""
        self.zone = zone
        self.binner = Binner()
        self.bins: list[tuple[int, float]] = []  # Slot and value of the last hour.
        self.hours: list[RunningSum] = []  # Hour (POSIX / 3600) and its sum.
        self.days: list[RunningSum] = []  # The open day and the one before.

    def read(self, at: float, value: float) -> None:
        """Take a reading: POSIX seconds; μg/m³, °C, or 1 for open and 0 for shut."""
        for bin_ in self.binner.read(at, value):
            self._take(bin_)

    def lose(self, at: float) -> None:
        """Note that the source has no value from a POSIX time on."""
        for bin_ in self.binner.lose(at):
            self._take(bin_)

    def advance(self, at: float) -> None:
        """Let time pass to a POSIX time."""
        for bin_ in self.binner.advance(at):
            self._take(bin_)

    def of_day(self, day: int) -> float | None:
        """Return the mean of the open day or the one before, None if under 18 hours are known."""
        return mean_of([bucket for bucket in self.days if bucket[0] == day], LEAST_H * HOUR_S)

    def of_last_hours(self, at: float) -> float | None:
        """Return the mean of the 24 hours up to a POSIX time, the running hour included.

        None if under 18 hours are known. The hours since 04:00 alone would not do: by noon their
        mean is colder than that of any whole day.
        """
        last = int((at - 1e-3) // HOUR_S)
        return mean_of(self._sums(last - HOURS + 1, last), LEAST_H * HOUR_S)

    def of_last_hour(self, at: float) -> float | None:
        """Return the mean of the 12 slots up to a POSIX time, None if under six are known."""
        last = int(at // SLOT_S)
        values = [value for slot, value in self.bins if last - SLOTS_PER_HOUR <= slot < last]
        return sum(values) / len(values) if len(values) >= LEAST_SLOTS else None

    def rise(self, at: float) -> OutdoorRise | None:
        """Return the last hour and the 24 hours before it, None if either is not known."""
        first = int((at - HOUR_S) // HOUR_S)
        now = self.of_last_hour(at)
        before = mean_of(self._sums(first - HOURS, first - 1), LEAST_BEFORE_H * HOUR_S)
        return None if now is None or before is None else OutdoorRise(now, before)

    def dump(self) -> dict[str, Any]:
        """Return its state as plain JSON values, without the current value: a restart ends it."""
        return {
            **self.binner.dump_running(),
            "bins": [list(pair) for pair in self.bins],
            "hours": dump_sums(self.hours),
            "days": dump_sums(self.days),
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take over what `dump` wrote. Raises StoredFormError or KeyError."""
        self.binner.restore_running(data)
        counted_to = self.binner.counted_to or 0.0
        self.bins = [
            (
                checked.integer(slot, 0, int(counted_to // SLOT_S)),
                checked.number(value, -checked.HIGHEST, checked.HIGHEST),
            )
            for slot, value in checked.rows(data["bins"], 2, SLOTS_PER_HOUR)
        ]
        self.hours = load_sums(data["hours"], HOURS + 2, int(counted_to // HOUR_S), HOUR_S)
        self.days = load_sums(data["days"], 2, checked.LATEST_DAY, 2 * DAY_S)

    def _sums(self, first: int, last: int) -> list[RunningSum]:
        return [bucket for bucket in self.hours if first <= bucket[0] <= last]

    def _take(self, bin_: Bin) -> None:
        area, seconds = bin_.value * bin_.observed_s, bin_.observed_s
        self.bins = [*self.bins[1 - SLOTS_PER_HOUR :], (bin_.slot, bin_.value)]
        add_to(self.hours, int(bin_.start // HOUR_S), area, seconds)
        del self.hours[: -HOURS - 2]
        add_to(self.days, locate(bin_.start, self.zone)[0], area, seconds)
        del self.days[:-2]

    def begin_again(self) -> None:
        """Forget the last two days: the clock was ahead, so their times are wrong."""
        self.binner.restart()
        self.bins, self.hours, self.days = [], [], []


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """The surroundings that a channel can ask for; None for what no source measures.

    Channels that share a `SurroundingMean` share its readings. `latitude` is that of the home, in
    degrees north.
    """

    outdoor_pm25: SurroundingMean | None = None
    outdoor_temperature: SurroundingMean | None = None
    window_open: SurroundingMean | None = None
    latitude: float | None = None

    def known(self) -> list[SurroundingMean]:
        """Return the values that a source measures."""
        values = (self.outdoor_pm25, self.outdoor_temperature, self.window_open)
        return [value for value in values if value is not None]

    def advance(self, at: float) -> None:
        """Let time pass to a POSIX time."""
        for value in self.known():
            value.advance(at)

    def of_day(self, day: int) -> DaySurroundings:
        """Return the means of the open day or the one before."""
        return self._each(lambda value: value.of_day(day))

    def of_last_hours(self, at: float) -> DaySurroundings:
        """Return the means of the 24 hours up to a POSIX time."""
        return self._each(lambda value: value.of_last_hours(at))

    def _each(self, mean: Callable[[SurroundingMean], float | None]) -> DaySurroundings:
        means = [
            None if value is None else mean(value)
            for value in (self.outdoor_pm25, self.outdoor_temperature, self.window_open)
        ]
        pm25, temperature, window = means
        return DaySurroundings(
            outdoor_pm25=None if pm25 is None else round(max(pm25, 0.0), 1),
            outdoor_temperature=None if temperature is None else round(temperature, 1),
            window_open=None if window is None else round(min(max(window, 0.0), 1.0), 3),
        )
