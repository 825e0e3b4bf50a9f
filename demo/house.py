"""A demo home: its rooms, monitors and ids; the config writer and the sensors share it."""

from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, replace
from datetime import date, timedelta, tzinfo
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from custom_components.air_baseline.core.day import locate

from .air import DAY_S, Air, Array, Place, Plume, Substance, toast
from .recording import Recording

SEED: Final = 4
LEARNED_DAYS: Final = 45  # Learned after three weeks, alerts possible after five, and some more.
TOAST_S: Final = 50 * 60.0  # The toast burned this long before the start.
MOVED_DAYS: Final = 16.0  # A shift this large is suspected within two weeks.
MOVED_TIMES: Final = 2.2  # The sensor's present place reads this many times as much.
YEAR_DAYS: Final = 365.25
NEW_DAYS: Final = 7.0  # A room this young has no earlier years.
SWING: Final = 0.35  # How much more there is in January than in July: e to the power of twice this.
JANUARY_DAY: Final = 14.0  # Days after the first of January 1970 on which a year has the most.

SENSORS_DOMAIN: Final = "demo_home"
RECORDING: Final = "recording.npy"  # In the home's folder.

NAMES: Final = {"pm25": "PM2.5", "voc_mass": "VOC", "voc_ratio": "VOC", "voc_index": "VOC index"}
DEVICE_CLASSES: Final = {
    "pm25": "pm25",
    "voc_mass": "volatile_organic_compounds",
    "voc_ratio": "volatile_organic_compounds_parts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a monitor measures: the pollutant as Air Baseline calls it, its unit and step."""

    substance: Substance
    quantity: str
    unit: str
    step: float = 1.0

    @property
    def name(self) -> str:
        """The name of the sensor in the frontend."""
        return NAMES[self.quantity]

    @property
    def device_class(self) -> str | None:
        """The device class of the sensor."""
        return DEVICE_CLASSES.get(self.quantity)


PM25: Final = Measure(substance=Substance.PM25, quantity="pm25", unit="μg/m³")
VOC: Final = Measure(substance=Substance.VOC, quantity="voc_ratio", unit="ppb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """The air monitor of a room.

    It came at the time `since`, has no value from `silent_from` on, and reads more since it was
    `moved` (POSIX seconds). Its air is that of a place in a home with a `seed` or, without a
    place, that of the recording.
    """

    area: str
    name: str
    icon: str
    room_id: str
    measures: tuple[Measure, ...]
    since: float
    silent_from: float | None = None
    moved: float | None = None
    place: Place | None = None
    seed: int = SEED

    def source_id(self, measure: Measure) -> str:
        """Return the entity id of one of its sensors."""
        return f"sensor.{self.area}_monitor_{measure.substance}"

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return the monitor that `asdict` wrote down."""
        measures = tuple(
            Measure(**{**one, "substance": Substance(one["substance"])}) for one in kept["measures"]
        )
        place = kept["place"] and Place(kept["place"])
        return cls(**{**kept, "measures": measures, "place": place})


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All rooms of a demo home, with the plumes that somebody made by hand.

    The recorder has hourly means of so many `years`, except of rooms that are new.
    """

    monitors: tuple[Monitor, ...]
    first_day: date
    zone: tzinfo
    by_hand: tuple[Plume, ...] = ()
    recording: Recording | None = None
    years: float = 0.0

    def level(self, monitor: Monitor, measure: Measure, at: float) -> float | None:
        """Return what a monitor shows at a time (POSIX seconds), None while it is off."""
        level = float(self.levels(monitor, measure, np.array([at]))[0])
        return None if np.isnan(level) else level

    def levels(self, monitor: Monitor, measure: Measure, times: Array) -> Array:
        """Return what a monitor shows at each of the ordered times, NaN while it is off."""
        if monitor.place is None:
            return self._recorded(times)
        levels = self._air(monitor).levels(monitor.place, measure.substance, times)
        if monitor.moved is not None:
            there = np.round(levels * MOVED_TIMES / measure.step) * measure.step
            levels = np.where(times < monitor.moved, levels, np.round(there, 1))
        silent_from = np.inf if monitor.silent_from is None else monitor.silent_from
        there_is: Array = np.where((times >= monitor.since) & (times < silent_from), levels, np.nan)
        return there_is

    def earlier_start(self, monitor: Monitor, now: float) -> float:
        """Return from when on the recorder has means of a monitor that came later."""
        known = self.years and monitor.place and now - monitor.since > NEW_DAYS * DAY_S
        return now - self.years * YEAR_DAYS * DAY_S if known else monitor.since

    def earlier_levels(self, monitor: Monitor, measure: Measure, times: Array) -> Array:
        """Return what was there before a monitor came, with more of everything in winter."""
        if monitor.place is None:
            return np.full(len(times), np.nan)
        levels = self._air(monitor).levels(monitor.place, measure.substance, times)
        season = np.exp(SWING * (_winter(times) - _winter(monitor.since)))
        earlier: Array = np.round(np.round(levels * season / measure.step) * measure.step, 1)
        return earlier

    def with_toast(self, at: float) -> Self:
        """Return the home with toast that starts to burn at a time."""
        return replace(self, by_hand=(*self.by_hand, toast(at)))

    def to_dict(self) -> dict[str, Any]:
        """Return what the sensors store of the home."""
        return {
            "monitors": [asdict(monitor) for monitor in self.monitors],
            "first_day": self.first_day.isoformat(),
            "plumes": [list(astuple(plume)) for plume in self.by_hand],
            "recorded": self.recording is not None,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any], zone: tzinfo, folder: Path) -> Self:
        """Return the home that `to_dict` stored, in a folder with its recording."""
        return cls(
            monitors=tuple(Monitor.from_dict(monitor) for monitor in kept["monitors"]),
            first_day=date.fromisoformat(kept["first_day"]),
            zone=zone,
            by_hand=tuple(_plume(*numbers) for numbers in kept["plumes"]),
            recording=Recording.load(folder / RECORDING) if kept["recorded"] else None,
        )

    def _air(self, monitor: Monitor) -> Air:
        by_hand = self.by_hand if monitor.seed == SEED else ()
        return Air(seed=monitor.seed, first_day=self.first_day, zone=self.zone, by_hand=by_hand)

    def _recorded(self, times: Array) -> Array:
        if self.recording is None:
            return np.full(len(times), np.nan)
        return self.recording.levels(times)


def family_home(now: float, zone: tzinfo, toast_s: float = TOAST_S, years: float = 0.0) -> House:
    """Return a home of four rooms as it is now (POSIX seconds); toast burned a while ago."""
    monitors = (
        Monitor(
            area="living_room",
            name="Living room",
            icon="mdi:sofa",
            room_id="01DEM0R00M0000000000000001",
            measures=(PM25, VOC),
            since=now - LEARNED_DAYS * DAY_S,
            place=Place.LIVING_ROOM,
        ),
        Monitor(
            area="bedroom",
            name="Bedroom",
            icon="mdi:bed",
            room_id="01DEM0R00M0000000000000002",
            measures=(replace(PM25, step=0.1),),
            since=now - 2 * DAY_S,
            place=Place.BEDROOM,
        ),
        Monitor(
            area="kitchen",
            name="Kitchen",
            icon="mdi:countertop",
            room_id="01DEM0R00M0000000000000004",
            measures=(PM25,),
            since=now - LEARNED_DAYS * DAY_S,
            moved=now - MOVED_DAYS * DAY_S,
            place=Place.KITCHEN,
        ),
        Monitor(
            area="study",
            name="Study",
            icon="mdi:desk",
            room_id="01DEM0R00M0000000000000003",
            measures=(PM25,),
            since=now - 33 * DAY_S,
            silent_from=now - 3 * DAY_S,
            place=Place.STUDY,
        ),
    )
    first_day = first_day_of(now, zone)
    house = House(monitors=monitors, first_day=first_day, zone=zone, years=years)
    return house.with_toast(now - toast_s)


def first_day_of(now: float, zone: tzinfo) -> date:
    """Return the first day of a home's generated air: today, which began at 04:00, has no plume."""
    today = date.fromordinal(locate(now, zone)[0])
    return today - timedelta(days=LEARNED_DAYS)


def _winter(at: Array | float) -> Array:
    """Return 1 in the middle of January and -1 in July, by POSIX times."""
    wave: Array = np.cos(2.0 * np.pi * (np.asarray(at) / DAY_S - JANUARY_DAY) / YEAR_DAYS)
    return wave


def _plume(start: float, burn_s: float, air_changes_per_h: float, pm25: float, voc: float) -> Plume:
    return Plume(
        start=start, burn_s=burn_s, air_changes_per_h=air_changes_per_h, pm25=pm25, voc=voc
    )
