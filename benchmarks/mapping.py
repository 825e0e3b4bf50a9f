"""Two sensors of one room, mapped on one half of their days and scored on the other.

`python -m benchmarks.mapping FOLDER` reads the rooms of a folder of recordings that have a
reference monitor (`pm25_ref_ugm3`) next to the room's own sensor (`pm25_ugm3`). Each half is the
half that maps once, and each sensor is the old one once. What is printed and how it is scored:

- *before*, *after*: the error of hourly means, as the median factor between both sensors' levels
  (1 + x), without the mapping and with it.
- *inside*: the share of the other half's days whose median is within the mapping's interval. Every
  second room has chosen how wide it is, the others have not; both are printed.
- *slope*: what a free slope would be, and the error *after* with it in place of one.
"""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from custom_components.air_baseline.core.past.history_import import (
    Past,
    PastDay,
    PastDays,
    means,
    new_binner,
    past_days,
)
from custom_components.air_baseline.core.past.sensor_mapping import (
    NoMapping,
    Refused,
    SensorMapping,
    common_hours,
    map_sensors,
    slope_of,
)
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.reading.binning import Reading

from .recordings import COLUMNS, Source, read, sources
from .series import Array

SPEC: Final = POLLUTANTS[Pollutant.PM25]
REFERENCE: Final = "pm25_ref_ugm3"
SENSOR: Final = COLUMNS[Pollutant.PM25]


type Days = dict[int, PastDay]


@dataclass(frozen=True, slots=True)
class Score:
    """How a mapping from one half of the days did on the other; errors are on the scale."""

    name: str
    chose: bool  # Whether its room has chosen how wide the interval is.
    found: SensorMapping | Refused
    before: float
    after: float
    free: float
    inside: float


def halves(days: Sequence[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the days that map and those that score: the first half, then the second.

    >>> list(halves([1, 2, 3]))
    [([1, 2], [3]), ([2, 3], [1])]
    """
    number = (len(days) + 1) // 2
    yield list(days[:number]), list(days[number:])
    yield list(days[-number:]), list(days[:-number])


def score(name: str, old: PastDays, new: PastDays, *, chose: bool) -> Iterator[Score]:
    """Yield the scores of both halves of the days that two sensors have in common."""
    common = [day for day in sorted(old.days) if day in new.days]
    shared = [day for day in common if common_hours(*_only(old, new, [day]))]
    for mapped, others in halves(shared):
        if not others:
            continue
        first, second = map(PastDays, _only(old, new, mapped))
        found = map_sensors(first, second, SPEC)
        seen = np.concatenate(common_hours(*_only(old, new, mapped)))
        ahead = common_hours(*_only(old, new, others))
        hours = np.concatenate(ahead)
        offset = found.offset if isinstance(found, SensorMapping) else 0.0
        spread = found.spread if isinstance(found, SensorMapping) else float("nan")
        slope = slope_of(seen)
        free = float(np.median(seen[:, 1] - slope * seen[:, 0]))
        days = [abs(float(np.median(day[:, 1] - day[:, 0])) - offset) for day in ahead]
        yield Score(
            name=name,
            chose=chose,
            found=found,
            before=_error(hours, 1.0, 0.0),
            after=_error(hours, 1.0, offset),
            free=_error(hours, slope, free),
            inside=float(np.mean([day <= spread for day in days])),
        )


def _only(old: PastDays, new: PastDays, days: Sequence[int]) -> tuple[Days, Days]:
    return {day: old.days[day] for day in days}, {day: new.days[day] for day in days}


def _error(hours: Array, slope: float, offset: float) -> float:
    return float(np.median(np.abs(hours[:, 1] - slope * hours[:, 0] - offset)))


def past_of(source: Source, column: str) -> PastDays:
    """Return the whole days of one column of a recording, as a recorder would keep them."""
    times, levels = read(source, column)
    if not len(times):
        return PastDays()
    pairs = zip(times.tolist(), levels.tolist(), strict=True)
    readings = [Reading(at, level) for at, level in pairs]
    rows = means(readings, times[-1], new_binner(SPEC))
    return past_days(Past(rows), SPEC, source.zone, float(times[-1]))


def scores(folder: Path) -> Iterator[Score]:
    """Yield the scores of all rooms of a folder that have both sensors, either one as the old."""
    chose = False
    for source in sources(folder, Pollutant.PM25):
        both = past_of(source, REFERENCE), past_of(source, SENSOR)
        if not (both[0].days and both[1].days):
            continue
        chose = not chose  # Rooms come by name; the first has chosen.
        name = source.path.name.split(".")[0]
        yield from score(f"{name}, reference to sensor", *both, chose=chose)
        yield from score(f"{name}, sensor to reference", *both[::-1], chose=chose)


def _line(one: Score) -> str:
    found = one.found
    errors = f"x{np.exp(one.before):.2f} | x{np.exp(one.after):.2f} | x{np.exp(one.free):.2f}"
    if isinstance(found, Refused):
        return f"| {one.name} | {found.days} | {found.reason} | | {errors} | |"
    new, low, high = found.said
    said = f"{found.level:.1f} is {new:.1f} ({low:.1f} to {high:.1f})"
    name, inside = f"{one.name} | {found.days}", f"{one.inside:.2f}"
    return f"| {name} | {said} | {found.slope:.2f} | {errors} | {inside} |"


def report(found: Sequence[Score]) -> str:
    """Return the scores as a table, and the means of those that were offered a mapping."""
    lines = [
        "| old to new | days | mapping | slope | before | after | with slope | inside |",
        "|---|---|---|---|---|---|---|---|",
        *map(_line, found),
    ]
    offered = [one for one in found if isinstance(one.found, SensorMapping)]
    kinds = [
        ("offered", offered),
        ("offered, rooms that chose the margin", [one for one in offered if one.chose]),
        ("offered, other rooms", [one for one in offered if not one.chose]),
    ]
    for reason in NoMapping:
        of_it = [
            one for one in found if isinstance(one.found, Refused) and one.found.reason is reason
        ]
        kinds.append((reason.value, of_it))
    for name, some in kinds:
        if some:
            middle = [
                float(np.exp(np.mean([getattr(one, what) for one in some])))
                for what in ("before", "after", "free")
            ]
            worse = sum(one.after > one.before for one in some)
            inside = (
                np.nanmean([one.inside for one in some]) if some[0] in offered else float("nan")
            )
            lines.append(
                f"{name}: {len(some)}; before x{middle[0]:.2f}, after x{middle[1]:.2f}, with a "
                f"slope x{middle[2]:.2f}; worse {worse}; days inside {inside:.2f}"
            )
    return "\n".join(lines)


def main() -> None:
    """Print the table of a folder."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    print(report(list(scores(parser.parse_args().folder))))


if __name__ == "__main__":
    main()
