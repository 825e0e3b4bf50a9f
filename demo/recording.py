"""The user's own recording, shifted in time so that its past ends now and the rest follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from math import ceil
from pathlib import Path
from typing import Final, Self

import numpy as np

from custom_components.air_baseline.core.reading.number import plain_float
from script.csv_file import RecordingError, rows

from .air import DAY_S, HOUR_S, Array

LIVE_S: Final = 6 * HOUR_S  # At least this much is kept back for the live part.
LEAST_S: Final = 2 * DAY_S
LONG_S: Final = 56 * DAY_S  # From this length on, weekdays stay what they were.
HOLD_S: Final = 30 * 60.0  # A value holds this long, or for four usual intervals, as in the core.
HOLD_INTERVALS: Final = 4


@dataclass(frozen=True, slots=True)
class Recording:
    """Ordered times (POSIX seconds) and levels, NaN where a cell held no number."""

    times: Array
    values: Array

    def levels(self, times: Array) -> Array:
        """Return the level that holds at each of the times, NaN where none does."""
        last = np.searchsorted(self.times, times, side="right") - 1
        hold = max(HOLD_S, HOLD_INTERVALS * float(np.median(np.diff(self.times))))
        held = (last >= 0) & (times - self.times[last] <= hold)
        levels: Array = np.where(held, self.values[last], np.nan)
        return levels

    @property
    def step(self) -> float:
        """The smallest difference between two of its levels."""
        steps = np.diff(np.unique(self.values[~np.isnan(self.values)]))
        return float(steps.min()) if len(steps) else 1.0

    def moved_to(self, now: float, zone: tzinfo) -> Self:
        """Return the recording as if it ended some hours or days from now.

        It is shifted by whole days on the wall clock, by whole weeks if it is long. Hours beyond
        a clock change are off by one.
        """
        first, last = (datetime.fromtimestamp(float(at), zone) for at in self.times[[0, -1]])
        unit = timedelta(days=7 if (last - first).total_seconds() >= LONG_S else 1)
        here = datetime.fromtimestamp(now, zone).replace(tzinfo=None)
        ahead = here - (last.replace(tzinfo=None) - timedelta(seconds=LIVE_S))
        then = (here - ceil(ahead / unit) * unit).replace(tzinfo=zone)
        return type(self)(self.times + (now - then.timestamp()), self.values)

    def save(self, path: Path) -> None:
        """Write it to a file."""
        np.save(path, np.stack([self.times, self.values]))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        times, values = np.load(path)
        return cls(times, values)

    @classmethod
    def read(cls, path: Path, column: str) -> Self:
        """Read a column of a CSV file; an empty cell says nothing new.

        Raises RecordingError and OSError.
        """
        found = {at: plain_float(text) for at, (text,) in rows(path, [column]) if text}
        times = np.array(sorted(found), dtype=np.float64)
        values = np.array([found[at] for at in times.tolist()], dtype=np.float64)
        if times[-1] - times[0] < LEAST_S:
            hours = (times[-1] - times[0]) / HOUR_S
            raise RecordingError(
                f"{path.name} spans {hours:.0f} hours; there is something to see "
                f"from {LEAST_S / DAY_S:.0f} days on, and it is learned after three to five weeks"
            )
        return cls(times, values)
