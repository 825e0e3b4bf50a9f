"""Whether a room's relative humidity would tell when the usual range is a guess, or explain a rise.

Over recordings with humidity, strictly in order. A day is damper than any before if its mean is
beyond that of all days so far. Then the range should hold less than on other days, if that is
worth saying. A rise is explained by mist or steam if the humidity rises with it.

    python -m benchmarks.humidity FOLDER
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import locate
from custom_components.air_baseline.core.pollutant import Pollutant

from .intervals import Estimate, ratio
from .layout import Table
from .recordings import Source, read, sources
from .runs import STATES
from .sensors import recorded_sensor, run
from .series import Array

COLUMN: Final = "rh_pct"
BEYOND: Final = 2.0  # Percentage points beyond the dampest day so far that count as damper.
LEAST_DAYS: Final = 7  # Days with humidity before one can be damper than all, as for temperature.
LEAST_BINS: Final = 100  # Five-minute bins of a day with a range: a third of it.
QUARTER_S: Final = 900
STEP: Final = 4  # Quarters of an hour over which a rise is looked for.
ROSE_TIMES: Final = 1.5  # A rise of the air: by this factor within the hour,
ROSE_BY: Final = {Pollutant.PM25: 10.0, Pollutant.VOC_RATIO: 100.0}  # and by this (base unit).
DAMPER_BY: Final = 5.0  # Percentage points within the hour: more than a sensor's noise.


@dataclass(frozen=True, slots=True)
class Found:
    """One room: bins inside and all bins of its damper and of its other days, and its rises."""

    damper_days: int
    damper: tuple[float, int]
    other_days: int
    other: tuple[float, int]
    rises: int
    damp_rises: int
    hours: int
    damp_hours: int


def look_at(source: Source) -> Found | None:
    """Return what a room's humidity tells, None if it was not measured."""
    times, values = read(source, COLUMN)
    if not len(times):
        return None
    sensor = recorded_sensor(source)
    days = np.array([locate(time, sensor.zone)[0] for time in times])
    means = {int(day): float(np.mean(values[days == day])) for day in np.unique(days)}
    said = run(sensor).said
    learned = said.state == STATES.index(LearningState.LEARNED)
    inside = np.where(learned, said.inside, np.nan)
    damper, other = split(means, [locate(at, sensor.zone)[0] for at in said.start], inside)
    rises = list(_rises(sensor.times, sensor.levels, times, values, source))
    return Found(
        damper_days=damper[2],
        damper=damper[:2],
        other_days=other[2],
        other=other[:2],
        rises=sum(rose for rose, _ in rises),
        damp_rises=sum(rose and damp for rose, damp in rises),
        hours=sum(not rose for rose, _ in rises),
        damp_hours=sum(not rose and damp for rose, damp in rises),
    )


def split(
    means: Mapping[int, float], days: Sequence[int], inside: Array
) -> tuple[tuple[float, int, int], tuple[float, int, int]]:
    """Return bins inside, bins and days: of the days damper than all before, and of the others.

    `means` is the humidity of each day. `days` are those of the bins, `inside` is the share of a
    bin inside the range, NaN without one.
    """
    totals = [[0.0, 0, 0], [0.0, 0, 0]]
    seen: list[float] = []
    for day, mean in sorted(means.items()):
        known = inside[np.array(days) == day]
        known = known[np.isfinite(known)]
        if len(seen) >= LEAST_DAYS and len(known) >= LEAST_BINS:
            total = totals[mean <= max(seen) + BEYOND]
            total[0] += float(known.sum())
            total[1] += len(known)
            total[2] += 1
        seen.append(mean)
    (damp, damp_bins, damp_days), (dry, dry_bins, dry_days) = totals
    return (damp, int(damp_bins), int(damp_days)), (dry, int(dry_bins), int(dry_days))


def _rises(
    times: Array, levels: Array, at: Array, values: Array, source: Source
) -> Iterator[tuple[bool, bool]]:
    """Yield for each quarter of an hour whether the air rose within the hour, and the humidity."""
    air, damp = _quarters(times, levels), _quarters(at, values)
    for quarter, level in air.items():
        before = air.get(quarter - STEP)
        now, then = damp.get(quarter), damp.get(quarter - STEP)
        if before is not None and now is not None and then is not None:
            rose = level >= before + ROSE_BY[source.pollutant] and level >= ROSE_TIMES * before
            yield rose, now >= then + DAMPER_BY


def _quarters(times: Array, values: Array) -> dict[int, float]:
    known = np.isfinite(values)
    places, where = np.unique((times[known] // QUARTER_S).astype(np.int64), return_inverse=True)
    sums = np.bincount(where, weights=values[known]) / np.bincount(where)
    return dict(zip(places.tolist(), sums.tolist(), strict=True))


def _share(pairs: Sequence[tuple[float, int]]) -> Estimate:
    return ratio([one for one, _ in pairs], [number for _, number in pairs])


def main(arguments: list[str] | None = None) -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    rows = []
    for pollutant in ROSE_BY:
        looked = [look_at(source) for source in sources(options.folder, pollutant)]
        rooms = [one for one in looked if one is not None]
        rows.append(
            (
                pollutant.value,
                str(len(rooms)),
                f"{sum(one.damper_days for one in rooms)}",
                str(_share([one.damper for one in rooms])),
                f"{sum(one.other_days for one in rooms)}",
                str(_share([one.other for one in rooms])),
                f"{sum(one.rises for one in rooms)}",
                str(_share([(one.damp_rises, one.rises) for one in rooms])),
                str(_share([(one.damp_hours, one.hours) for one in rooms])),
            )
        )
    header = (
        "",
        "rooms",
        "damper days",
        "held",
        "other days",
        "held",
        "rises",
        "damp",
        "else damp",
    )
    print(Table("Humidity of the room", header, rows).text())


if __name__ == "__main__":
    main()
