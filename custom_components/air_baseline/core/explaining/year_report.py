"""Everything that a channel keeps of before the last 90 days, in a form that people can read.

It is written as `ledger_report` writes days.
"""

from typing import Any

from ..day import PARTS, iso_day, part_hours
from ..pollutant import PollutantSpec, cell_index
from ..year.week import Week
from ..year.year import Year
from .ledger_report import MINUTES_PER_SLOT, cell_span


def year_report(year: Year, spec: PollutantSpec) -> dict[str, Any]:
    """Return the weeks of a year, and the corrections that reach it, as plain JSON values."""
    counted = {week.number for week in year.weeks}
    return {
        "weeks": [
            {**_week(week, spec), "counts": week.number in counted} for week in year.all_weeks
        ],
        "counts_from": iso_day(year.room.now) if year.room.now else None,
        "same_hours_from": iso_day(year.hours.now) if year.hours.now else None,
        "struck_days": [iso_day(day) for day, _ in year.struck],
        "waiting_days": [iso_day(summary.day) for summary in year.waiting],
    }


def _week(week: Week, spec: PollutantSpec) -> dict[str, Any]:
    short, long = week.part_peaks
    last = cell_index(spec.highest)
    shut, mostly_open = week.windows
    return {
        "from": iso_day(week.first_day),
        "days": [iso_day(day) for day in week.seen_days],
        "hourly_days": week.hourly.bit_count(),
        "observed_hours": round(week.hours, 1),
        "mark": week.coverage,
        "marked_days": week.scored,
        "outdoor_temperatures": list(week.temperatures) if week.temperatures else None,
        "days_with_windows_shut": shut,
        "days_with_windows_open": mostly_open,
        "surroundings": {name: list(extremes) for name, extremes in week.surroundings.items()},
        "parts": [
            {
                "hours": "{:02d} to {:02d}".format(*part_hours(part)),
                "minutes_at_level": {
                    cell_span(cell, last): slots * MINUTES_PER_SLOT
                    for cell, slots in enumerate(week.counts[part].tolist())
                    if slots
                },
                "held_15_minutes": short[part],
                "held_60_minutes": long[part],
            }
            for part in range(PARTS)
        ],
    }
