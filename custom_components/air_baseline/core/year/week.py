"""What is kept of one week of one channel after its days have left the window.

A week begins on Monday. Its days are added up: a part of a day that was not usable, or that was
excluded, is not among them, and a day without any such part has not been seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..codes import LearningState
from ..day import HOURS, PART_HOURS, PARTS, SLOTS_PER_HOUR
from ..ledger.day_summary import DayOrigin, DaySummary, day_counts
from ..ledger.histogram import ALL_PARTS
from ..ledger.hour_peaks import HOLDS, NO_PEAK, PEAK_STEP
from ..ledger.seen_parts import parts_of
from ..pollutant import CELLS, from_scale
from ..reading.surroundings import MOSTLY_OPEN

WEEK_DAYS: Final = 7  # Days; follows from the calendar.
WEEKEND: Final = 0b1100000  # A mask of the days, bit 0 for Monday; follows from the week.
MOST_COUNT: Final = 255  # Slots of one cell in one part; follows from a byte. A week has 252.
NO_PEAKS: Final = bytes([NO_PEAK]) * (len(HOLDS) * PARTS)
OUTDOOR_PM25: Final = "outdoor_pm25"

type Counts = NDArray[np.uint8]  # Slots spent in each cell (part, cell).
type Extremes = tuple[float, float]  # The lowest and the highest daily mean.


class WeekOrigin(StrEnum):
    """Where most days of a week came from; the values are the stored form."""

    LIVED = "lived"
    HOURLY = "hourly"


def week_of(day: int) -> int:
    """Return the number of the week of a day (proleptic ordinal).

    >>> from custom_components.air_baseline.core.day import parse_day
    >>> week_of(parse_day("2026-01-05")) - week_of(parse_day("2026-01-04"))
    1
    """
    return (day - 1) // WEEK_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week: `number` counts weeks (see `week_of`); masks of days have bit 0 for Monday.

    `seen` are the days that it adds up, and `hourly` those of them that are hourly means. `cells`
    are the slots spent in each cell, a byte each (part, cell), and `peaks` the codes of the highest
    sustained levels (hold, part; see `hour_peaks`). `coverage` is the mean coverage of the
    `scored` days, which had a learned range. `temperatures` are those outdoors (°C), `windows` the
    numbers of days on which windows were mostly shut and mostly open, and `surroundings` what else
    was known of them by name, each as its lowest and highest daily mean.
    """

    number: int
    seen: int = 0
    hourly: int = 0
    cells: bytes = bytes(PARTS * CELLS)
    peaks: bytes = NO_PEAKS
    coverage: float | None = None
    scored: int = 0
    temperatures: Extremes | None = None
    windows: tuple[int, int] = (0, 0)
    surroundings: Mapping[str, Extremes] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def first_day(self) -> int:
        """Return its Monday (proleptic ordinal)."""
        return self.number * WEEK_DAYS + 1

    @property
    def first_seen(self) -> int:
        """Return the first day that it adds up (proleptic ordinal)."""
        return self.first_day + (self.seen & -self.seen).bit_length() - 1

    @property
    def last_seen(self) -> int:
        """Return the last day that it adds up (proleptic ordinal)."""
        return self.first_day + self.seen.bit_length() - 1

    @property
    def seen_days(self) -> list[int]:
        """Return the days that it adds up (proleptic ordinals)."""
        return [self.first_day + place for place in range(WEEK_DAYS) if self.seen >> place & 1]

    @property
    def days(self) -> int:
        """Return the number of days that it adds up."""
        return self.seen.bit_count()

    @property
    def weekend_days(self) -> int:
        """Return how many of them are Saturdays and Sundays."""
        return (self.seen & WEEKEND).bit_count()

    @property
    def origin(self) -> WeekOrigin:
        """Return where most of its days came from."""
        hourly = 2 * self.hourly.bit_count() > self.days
        return WeekOrigin.HOURLY if hourly else WeekOrigin.LIVED

    @property
    def counts(self) -> Counts:
        """Return the slots spent in each cell (part, cell)."""
        return np.frombuffer(self.cells, dtype=np.uint8).reshape(PARTS, CELLS)

    @property
    def hours(self) -> float:
        """Return how many hours were observed."""
        return int(self.counts.sum(dtype=int)) / SLOTS_PER_HOUR

    @property
    def part_peaks(self) -> list[list[float | None]]:
        """Return the highest sustained level of each part (base unit), None for none, by hold."""
        levels = [
            None if code == NO_PEAK else round(from_scale(code * PEAK_STEP), 1)
            for code in self.peaks
        ]
        return [levels[:PARTS], levels[PARTS:]]

    def has(self, day: int) -> bool:
        """Tell whether a day is among those that it adds up."""
        return week_of(day) == self.number and bool(self.seen & _bit(day))

    def with_day(
        self, summary: DaySummary, parts: int = ALL_PARTS, counts: Counts | None = None
    ) -> Week:
        """Return the week with a day added, in the parts of a mask; each day is added once.

        Its counts may be known already. An hourly mean hides peaks, so such a day adds none.
        """
        usable = summary.usable & parts
        counts = day_counts([summary])[0] if counts is None else counts
        if not usable or self.has(summary.day):
            return self
        hourly = summary.origin is DayOrigin.HOURLY
        known, bit = summary.surroundings, _bit(summary.day)
        coverage = summary.coverage if summary.state is LearningState.LEARNED else None
        temperatures, pm25 = known.outdoor_temperature, known.outdoor_pm25
        surroundings = dict(self.surroundings)
        if pm25 is not None:
            surroundings[OUTDOOR_PM25] = _widened(surroundings.get(OUTDOOR_PM25), pm25)
        return replace(
            self,
            seen=self.seen | bit,
            hourly=self.hourly | (bit if hourly else 0),
            cells=_added(self.counts, counts, usable),
            peaks=self.peaks if hourly else _raised(self.peaks, summary.peaks, usable),
            coverage=self.coverage if coverage is None else self._mean(coverage),
            scored=self.scored + (coverage is not None),
            temperatures=(
                self.temperatures
                if temperatures is None
                else _widened(self.temperatures, temperatures)
            ),
            windows=_with_windows(self.windows, known.window_open),
            surroundings=MappingProxyType(surroundings),
        )

    def _mean(self, coverage: float) -> float:
        total = (self.coverage or 0.0) * self.scored + coverage
        return round(total / (self.scored + 1), 4)


def _bit(day: int) -> int:
    return 1 << (day - 1) % WEEK_DAYS


def _widened(known: Extremes | None, value: float) -> Extremes:
    return (value, value) if known is None else (min(known[0], value), max(known[1], value))


def _with_windows(known: tuple[int, int], share: float | None) -> tuple[int, int]:
    if share is None:
        return known
    shut, mostly_open = known
    return (shut, mostly_open + 1) if share >= MOSTLY_OPEN else (shut + 1, mostly_open)


def _added(known: Counts, day: Counts, parts: int) -> bytes:
    total = known.astype(np.uint16)
    total[parts_of(parts)] += day[parts_of(parts)]
    return np.minimum(total, MOST_COUNT).astype(np.uint8).tobytes()


def _raised(known: bytes, hours: bytes, parts: int) -> bytes:
    """Return the peaks of parts with those of the hours of a day, in the parts of a mask."""
    raised = bytearray(known)
    for place in range(len(raised)):
        hold, part = divmod(place, PARTS)
        first = hold * HOURS + part * PART_HOURS
        codes = [code for code in hours[first : first + PART_HOURS] if code != NO_PEAK]
        if parts >> part & 1 and codes:
            raised[place] = max([*codes, *([raised[place]] if raised[place] != NO_PEAK else [])])
    return bytes(raised)
