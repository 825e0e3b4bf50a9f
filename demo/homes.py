"""Other homes for the demo: many rooms, or one room with the user's own recording."""

from dataclasses import replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from custom_components.air_baseline.core.pollutant import (
    POLLUTANTS,
    Pollutant,
    UnitError,
    normal_unit,
)
from script.csv_file import RecordingError

from .air import DAY_S, Substance
from .house import SEED, House, Measure, Monitor, family_home, first_day_of
from .recording import Recording

# Rooms beyond the family's: days since the monitor came, was moved, fell silent.
AGES: Final = (
    (45.0, None, None),
    (1.0, None, None),
    (30.0, None, None),
    (12.0, None, None),
    (45.0, None, None),
    (45.0, 16.0, None),
    (24.0, None, None),
    (35.0, None, 2.0),
    (6.0, None, None),
    (45.0, None, None),
)


def big_home(rooms: int, now: float, zone: ZoneInfo) -> House:
    """Return a home with many rooms: the family's, and more flats with rooms like these.

    Each flat has air of its own, and its rooms differ in age and state.
    """
    family = family_home(now, zone)
    monitors = list(family.monitors[:rooms])
    for number in range(len(family.monitors), rooms):
        flat, like = divmod(number, len(family.monitors))
        monitors.append(_neighbour(family.monitors[like], number, flat, now))
    return replace(family, monitors=tuple(monitors))


def _neighbour(like: Monitor, number: int, flat: int, now: float) -> Monitor:
    came, moved, silent = AGES[number % len(AGES)]
    return replace(
        like,
        area=f"{like.area}_{flat + 1}",
        name=f"{like.name} {flat + 1}",
        room_id=f"01DEM0R00M{number + 1:016d}",
        since=now - came * DAY_S,
        moved=None if moved is None else now - moved * DAY_S,
        silent_from=None if silent is None else now - silent * DAY_S,
        seed=SEED + flat,
    )


def recorded_home(path: Path, measure: Measure, column: str, now: float, zone: ZoneInfo) -> House:
    """Return a home whose only room replays a recording, the end of it live."""
    recording = Recording.read(path, column).moved_to(now, zone)
    name = path.name.removesuffix(".gz").removesuffix(".csv").replace("_", " ").strip()
    monitor = Monitor(
        area="recording",
        name=name.capitalize() or "Recording",
        icon="mdi:chart-timeline-variant",
        room_id="01DEM0R00M0000000000000001",
        measures=(replace(measure, step=recording.step),),
        since=float(recording.times[0]),
    )
    return House(
        monitors=(monitor,), first_day=first_day_of(now, zone), zone=zone, recording=recording
    )


def measure_of(quantity: str, unit: str | None) -> Measure:
    """Return what a recording measures; RecordingError if the pollutant has no such unit."""
    known = POLLUTANTS[Pollutant(quantity)]
    unit = known.unit if unit is None else normal_unit(unit)
    try:
        known.factor(unit)
    except UnitError as error:
        units = ", ".join(sorted(one or "none" for one in known.units))
        raise RecordingError(f"{error}; known: {units}") from error
    substance = Substance.PM25 if known.pollutant is Pollutant.PM25 else Substance.VOC
    return Measure(substance=substance, quantity=quantity, unit=unit)
