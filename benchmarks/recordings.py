"""A folder of recordings, `<set>/<room>.csv.gz`, and the labels of some of them."""

from collections.abc import Iterable, Iterator
import csv
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
import gzip
from io import TextIOWrapper
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.reading.binning import LEAST_STEP

from .series import Array

COLUMNS: Final = {Pollutant.PM25: "pm25_ugm3", Pollutant.VOC_RATIO: "voc"}
# Sets whose README names the local zone; sets with several zones, by the start of the room.
ZONES: Final = {
    "awair_home_us": "America/New_York",
    "air_justice_lab_outdoor_us": "America/New_York",
    "uhoo_cooking_it": "Europe/Rome",
    "southwark_sck_uk": "Europe/London",
    "lbnl_newhomes_us/home2": "America/Los_Angeles",
    "lbnl_newhomes_us/home3": "America/Denver",
    "lbnl_newhomes_us/home4": "America/New_York",
    "lbnl_newhomes_us/home5": "America/Chicago",
}
OUTDOORS: Final = frozenset({"air_justice_lab_outdoor_us"})  # Sets without rooms.
COOKING: Final = "cooking_events.csv"
MAIN_ROOM: Final = "main"
RISE: Final = 10.0  # μg/m³ by which cooking must raise the main room to count.


@dataclass(frozen=True, slots=True)
class Source:
    """One column of one file."""

    path: Path
    pollutant: Pollutant

    @property
    def name(self) -> str:
        """Return the room's name in tables."""
        return f"{self.path.parent.name}/{self.path.name.split('.')[0]}"

    @property
    def zone(self) -> tzinfo:
        """Return the local zone, UTC if it is not known."""
        known = [zone for start, zone in ZONES.items() if self.name.startswith(start)]
        return ZoneInfo(known[0]) if known else UTC


@dataclass(frozen=True, slots=True)
class Cooking:
    """A labelled meal: POSIX start and end."""

    start: float
    end: float


def sources(folder: Path, pollutant: Pollutant) -> Iterator[Source]:
    """Yield the rooms of a pollutant in a folder; a column can exist and hold nothing."""
    for path in sorted(folder.glob("*/*.csv.gz")):
        if path.parent.name in OUTDOORS:
            continue
        with TextIOWrapper(gzip.open(path), encoding="utf-8", newline="") as file:
            if any(row.get(COLUMNS[pollutant]) for row in csv.DictReader(file)):
                yield Source(path, pollutant)


def outdoor_sources(folder: Path) -> Iterator[Source]:
    """Yield the outdoor sensors of a folder, which measure PM2.5."""
    for path in sorted(folder.glob("*/*.csv.gz")):
        if path.parent.name in OUTDOORS:
            yield Source(path, Pollutant.PM25)


@lru_cache(maxsize=4)
def read(source: Source, column: str | None = None) -> tuple[Array, Array]:
    """Return times (POSIX) and levels; an empty cell is no reading.

    By default they are in the column of the source's pollutant.
    """
    column = column or COLUMNS[source.pollutant]
    with TextIOWrapper(gzip.open(source.path), encoding="utf-8", newline="") as file:
        rows = [(row["timestamp"], row[column]) for row in csv.DictReader(file) if row.get(column)]
    times = [datetime.fromisoformat(time).timestamp() for time, _ in rows]
    return np.array(times), np.array([float(level) for _, level in rows])


def sensor_step(levels: Array) -> float:
    """Return the smallest difference that a sensor shows."""
    steps = np.diff(np.unique(levels))
    return max(float(steps.min()), LEAST_STEP) if len(steps) else 1.0


def cooking(folder: Path) -> dict[str, tuple[Cooking, ...]]:
    """Return, by main room, the labelled meals that raised its PM2.5 by 10 μg/m³ or more."""
    found: dict[str, tuple[Cooking, ...]] = {}
    for path in sorted(folder.glob(f"*/{COOKING}")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if float(row["pm25_rise_main"] or 0.0) >= RISE:
                    room = f"{path.parent.name}/{row['home']}_{MAIN_ROOM}"
                    meal = Cooking(_posix(row["start_utc"]), _posix(row["end_utc"]))
                    found[room] = (*found.get(room, ()), meal)
    return found


def readings(times: Array, levels: Array) -> Iterable[tuple[float, float]]:
    """Return times and levels as pairs."""
    return zip(times.tolist(), levels.tolist(), strict=True)


def _posix(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
