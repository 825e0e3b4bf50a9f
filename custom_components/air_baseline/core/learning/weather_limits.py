"""Were days like this one seen before? Outside what was seen, a range is a guess.

On seeded homes the range held 0.805 of the time on days within the temperatures of the
learned days and 0.660 outside them (VOC).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..codes import Condition
from ..ledger.day_summary import DaySummary
from ..reading.surroundings import DaySurroundings

LEAST_DAYS = 7  # With fewer days that have the value, nothing is known about conditions.
BEYOND_C = 1.0  # Colder or warmer than all days seen by more than this is unseen.
MOSTLY_OPEN = 0.5  # Share of 24 hours from which windows are mostly open, else mostly shut.
LEAST_WINDOW_DAYS = 5  # Days with windows like that before the state counts as seen.


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherLimits:
    """What the days of a ledger were like; None with too few that know.

    `temperatures` are the lowest and the highest day mean outdoors (°C), `windows` the days on
    which they were mostly shut and mostly open.
    """

    temperatures: tuple[float, float] | None = None
    windows: tuple[int, int] | None = None

    def unseen(self, now: DaySurroundings) -> tuple[Condition, ...]:
        """Return which of the present conditions were not seen before.

        >>> limits = WeatherLimits(temperatures=(8.0, 21.0), windows=(30, 2))
        >>> limits.unseen(DaySurroundings(outdoor_temperature=6.9, window_open=0.7))
        (<Condition.COLDER: 'colder'>, <Condition.WINDOWS_OPEN: 'windows_open'>)
        >>> limits.unseen(DaySurroundings(outdoor_temperature=7.0, window_open=0.2))
        ()
        """
        found = []
        if self.temperatures is not None and now.outdoor_temperature is not None:
            low, high = self.temperatures
            if now.outdoor_temperature < low - BEYOND_C:
                found.append(Condition.COLDER)
            if now.outdoor_temperature > high + BEYOND_C:
                found.append(Condition.WARMER)
        if self.windows is not None and now.window_open is not None:
            is_open = now.window_open >= MOSTLY_OPEN
            if self.windows[is_open] < LEAST_WINDOW_DAYS:
                found.append(Condition.WINDOWS_OPEN if is_open else Condition.WINDOWS_SHUT)
        return tuple(found)


def weather_limits(days: Sequence[DaySummary]) -> WeatherLimits:
    """Return what valid days in force were like."""
    known = [day.surroundings for day in days]
    temperatures = [day.outdoor_temperature for day in known if day.outdoor_temperature is not None]
    shares = [day.window_open for day in known if day.window_open is not None]
    mostly_open = sum(share >= MOSTLY_OPEN for share in shares)
    enough = len(temperatures) >= LEAST_DAYS
    return WeatherLimits(
        temperatures=(min(temperatures), max(temperatures)) if enough else None,
        windows=(len(shares) - mostly_open, mostly_open) if len(shares) >= LEAST_DAYS else None,
    )
