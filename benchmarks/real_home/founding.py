"""Write the trial home: two rooms that have learned for 36 days, with the past in the recorder."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from custom_components.air_baseline.core.day import DAY_S, day_start, iso_day, locate
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY
from demo import home, recorder, storage
from demo.air import Place, Substance
from demo.house import PM25, VOC, House, Measure, Monitor, first_day_of
from demo.past import Lived, live

from .inside import AIR
from .run_hass import ORDER, put

ROOT: Final = Path(__file__).parent.parent.parent
INTEGRATION: Final = ROOT / "custom_components" / "air_baseline"
ZONE: Final = ZoneInfo("Europe/London")
LEARNED_DAYS: Final = 36  # The days of an alert are complete after 35.
OFF_S: Final = 2 * 3600.0  # The machine was off so long: no bin of the last hour is there.
GOOD_AGE_S: Final = 3 * 3600.0  # The good copy is so old.
CALM: Final = {Substance.PM25: 6.0, Substance.VOC: 120.0}  # In μg/m³ and ppb.

type Json = dict[str, Any]


def two_rooms(now: float) -> House:
    """Return the house: a living room with PM2.5 and VOC, a kitchen with PM2.5."""
    since = day_start(locate(now, ZONE)[0], ZONE) - LEARNED_DAYS * DAY_S
    living_room = Monitor(
        area="living_room",
        name="Living room",
        icon="mdi:sofa",
        room_id="01DEM0R00M0000000000000001",
        measures=(PM25, VOC),
        since=since,
        place=Place.LIVING_ROOM,
    )
    kitchen = replace(
        living_room,
        area="kitchen",
        name="Kitchen",
        icon="mdi:countertop",
        room_id="01DEM0R00M0000000000000002",
        measures=(PM25,),
        place=Place.KITCHEN,
    )
    return House(monitors=(living_room, kitchen), first_day=first_day_of(now, ZONE), zone=ZONE)


class Founder:
    """Writes homes; what the rooms lived through is computed once."""

    def __init__(self, now: float) -> None:
        """Let the rooms live until the machine was switched off, two hours before `now`."""
        self.off_at = now - OFF_S
        self.house = two_rooms(self.off_at)
        self._lived: Lived = live(self.house, self.off_at)

    def learned(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yield room, quantity and the dates of the learned days of each ledger."""
        for monitor in self.house.monitors:
            for pollutant, life in self._lived.lives[monitor.room_id].items():
                dates = [iso_day(summary.day) for summary in life.channel.ledger.days]
                yield monitor.name, pollutant.value, dates

    def found(
        self, folder: Path, port: int, language: str = "en", integration: Path = INTEGRATION
    ) -> None:
        """Write a home that listens on a port of this machine."""
        folder.mkdir(parents=True)
        then = datetime.fromtimestamp(self.off_at, UTC)
        entries = storage.entries(self.house, then, set_up=True)
        entries["entries"] = [one for one in entries["entries"] if one["domain"] == "air_baseline"]
        for key, data in (
            ("auth", storage.owner()),
            ("onboarding", storage.onboarding()),
            ("core.config", storage.home(ZONE.key) | {"language": language}),
            ("core.area_registry", storage.areas(self.house, then)),
            ("core.config_entries", entries),
            ("frontend.system_data", storage.frontend(storage.DASHBOARD_PATH)),
            ("lovelace_dashboards", storage.dashboards()),
            (f"lovelace.{storage.DASHBOARD_ID}", storage.dashboard()),
            ("http", storage.server(port, then)),
            *self._lived.files(self.off_at).items(),
        ):
            storage.write(folder, key, data)
        kept_at = {"kept_at": self.off_at - GOOD_AGE_S}
        ledger = json.loads((folder / ".storage" / LEDGER_KEY).read_text("utf-8"))
        good = ledger | {"key": GOOD_KEY, "data": ledger["data"] | kept_at}
        (folder / ".storage" / GOOD_KEY).write_text(json.dumps(good), "utf-8")
        recorder.write(folder, self.house, self.off_at, self._lived)
        (folder / "automations.yaml").write_text("[]\n")
        (folder / "configuration.yaml").write_text(f"{home.CONFIGURATION}inside:\n", "utf-8")
        (folder / "custom_components").mkdir()
        (folder / "custom_components" / "__init__.py").touch()  # Not those of this repository.
        for name, target in (
            ("air_baseline", integration),
            ("inside", ROOT / "benchmarks" / "real_home" / "inside"),
        ):
            (folder / "custom_components" / name).symlink_to(target)

    def air(self, folder: Path, stage: str, pm25: float, ledgers_s: float = 0.0) -> None:
        """Let the sensors of a home show this from now on; a stage has a name of its own.

        The witness looks at the ledgers each `ledgers_s` seconds, never if that is 0.
        """
        sensors = {
            monitor.source_id(measure): _sensor(monitor, measure, pm25)
            for monitor in self.house.monitors
            for measure in monitor.measures
        }
        order = {"stage": stage, "sensors": sensors, "ledgers": ledgers_s}
        put(folder / AIR, json.dumps(order))


def set_clock(folder: Path, wrong_s: float, rate: float = 1.0) -> None:
    """Set the wall clock of a home wrong by so many seconds; let time pass so many times faster."""
    put(folder / ORDER, json.dumps({"wrong_s": wrong_s, "rate": rate}))


def _sensor(monitor: Monitor, measure: Measure, pm25: float) -> Json:
    """Return what a sensor shows; VOC stays calm."""
    value = pm25 if measure.substance is Substance.PM25 else CALM[measure.substance]
    attributes = {
        "state_class": "measurement",
        "unit_of_measurement": measure.unit,
        "device_class": measure.device_class,
        "friendly_name": f"{monitor.name} monitor {measure.name}",
    }
    return {"value": value, "attributes": attributes}
