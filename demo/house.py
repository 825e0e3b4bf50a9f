"""The demo home: its rooms, monitors and ids; the config writer and the sensors share them."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final

from .air import DAY_S, Air, Place, Plume, Pollutant, toast

SEED: Final = 4
LEARNED_DAYS: Final = 45  # Three weeks to be learned, five until an alert is possible, some more.
TOAST_S: Final = 50 * 60.0  # How long before the beginning the toast burned.

SENSORS_DOMAIN: Final = "demo_home"
SENSORS_ENTRY_ID: Final = "01DEM0SENS0RS0000000000000"
BASELINE_ENTRY_ID: Final = "01DEM0A1RBASE00000000000000"
CONF_SEED: Final = "seed"
CONF_FIRST_DAY: Final = "first_day"
CONF_PLUMES: Final = "plumes"
CONF_SILENT_FROM: Final = "silent_from"  # By place: POSIX seconds.

UNITS: Final = {Pollutant.PM25: "μg/m³", Pollutant.VOC: "ppb"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """The air monitor of a room: what it measures, how long ago it came and fell silent."""

    place: Place
    name: str
    icon: str
    room_id: str
    measures: tuple[Pollutant, ...]
    days: float
    silent_days: float = 0.0


MONITORS: Final = (
    Monitor(
        place=Place.LIVING_ROOM,
        name="Living room",
        icon="mdi:sofa",
        room_id="01DEM0R00M0000000000000001",
        measures=(Pollutant.PM25, Pollutant.VOC),
        days=LEARNED_DAYS,
    ),
    Monitor(
        place=Place.BEDROOM,
        name="Bedroom",
        icon="mdi:bed",
        room_id="01DEM0R00M0000000000000002",
        measures=(Pollutant.PM25,),
        days=2.0,
    ),
    Monitor(
        place=Place.STUDY,
        name="Study",
        icon="mdi:desk",
        room_id="01DEM0R00M0000000000000003",
        measures=(Pollutant.PM25,),
        days=33.0,
        silent_days=3.0,
    ),
)


def source_id(place: Place, pollutant: Pollutant) -> str:
    """Return the entity id of a sensor.

    >>> source_id(Place.LIVING_ROOM, Pollutant.PM25)
    'sensor.living_room_monitor_pm25'
    """
    return f"sensor.{place}_monitor_{pollutant}"


def beginning(now: float, zone: tzinfo, toast_s: float = TOAST_S) -> dict[str, Any]:
    """Return what the sensors keep of a home that begins at a time (POSIX seconds)."""
    first_day = datetime.fromtimestamp(now, zone).date() - timedelta(days=LEARNED_DAYS)
    return {
        CONF_SEED: SEED,
        CONF_FIRST_DAY: first_day.isoformat(),
        CONF_PLUMES: [list(astuple(toast(now - toast_s)))],
        CONF_SILENT_FROM: {
            monitor.place.value: now - monitor.silent_days * DAY_S
            for monitor in MONITORS
            if monitor.silent_days
        },
    }


def air_of(kept: Mapping[str, Any], zone: tzinfo) -> Air:
    """Return the air of a home from what its sensors keep."""
    return Air(
        seed=kept[CONF_SEED],
        first_day=date.fromisoformat(kept[CONF_FIRST_DAY]),
        zone=zone,
        by_hand=tuple(_plume(*numbers) for numbers in kept[CONF_PLUMES]),
    )


def with_toast(kept: Mapping[str, Any], at: float) -> dict[str, Any]:
    """Return what the sensors keep once toast burns from a time on."""
    return {**kept, CONF_PLUMES: [*kept[CONF_PLUMES], list(astuple(toast(at)))]}


def _plume(start: float, burn_s: float, air_changes_per_h: float, pm25: float, voc: float) -> Plume:
    return Plume(
        start=start, burn_s=burn_s, air_changes_per_h=air_changes_per_h, pm25=pm25, voc=voc
    )
