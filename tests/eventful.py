"""A home with everything stored that can be stored, written by the integration itself."""

from dataclasses import replace
from datetime import timedelta
import json
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.codes import HistoryState
from custom_components.air_baseline.core.ledger.entries import Entry, Relearned
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel, load_channel
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY
from tests.files import disk, write
from tests.home import (
    ATTRIBUTES,
    BEDROOM,
    INDEX,
    KITCHEN,
    NOON,
    PM25,
    VOC,
    ZONE,
    a_home,
    a_room,
    a_store,
    act,
    learned,
    pass_time,
    report,
    set_up,
    shown,
    usual,
)

OUTDOORS = {"outdoor_pm25": "sensor.garden_pm25", "outdoor_temperature": "sensor.garden"}
TEMPERATURE = {"device_class": "temperature", "unit_of_measurement": "°C"}
WINDOW = "binary_sensor.kitchen_window"
DAYS = 36
EXCLUDED = NOON - timedelta(days=9)
HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=10)


def eventful_home(**given: Any) -> MockConfigEntry:
    """Return the home of `run_eventful_home`: two rooms, outdoor sensors, a window.

    The kitchen has more data if it is given.
    """
    kitchen = a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO)
    kitchen["data"] = {**kitchen["data"], "windows": [WINDOW], **given}
    return a_home(kitchen, a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX), **OUTDOORS)


async def run_eventful_home(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> MockConfigEntry:
    """Run a home with learned rooms for some hours; return its entry, loaded.

    In the end there are ledgers in use, one from before relearning, and one of a source
    that is gone; corrections, an episode that ended, one that runs, and questions.
    """
    channels = {
        pollutant: learned(pollutant, DAYS) for pollutant in (Pollutant.PM25, Pollutant.VOC_RATIO)
    }
    channels[Pollutant.PM25] = _relearned(channels[Pollutant.PM25])
    gone = {Pollutant.VOC_MASS: learned(Pollutant.VOC_MASS, 3)}
    bedroom = {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 10)}
    write(hass, LEDGER_KEY, a_store({KITCHEN: channels | gone, BEDROOM: bedroom}))
    report(hass, WINDOW, "on")
    entry = eventful_home()
    await set_up(hass, entry)
    await _breathe(hass, clock, HOUR, pm25=80.0)
    await act(hass, "correct_episode", verdict="normal", quantity="pm25")
    await act(hass, "name_episode", name="Räucherkerze 🕯", quantity="pm25")
    missed = {"from": EXCLUDED - 3 * HOUR, "to": EXCLUDED}
    await act(hass, "mark_missed", **missed, quantity="pm25")
    await _breathe(hass, clock, 2 * HOUR)
    await act(hass, "strike_days", start_date=str(EXCLUDED.date()))
    report(hass, WINDOW, "off")
    await _breathe(hass, clock, 7 * HOUR)
    await _breathe(hass, clock, HOUR, voc_ratio=2000.0)
    assert shown(hass, "binary_sensor.kitchen_voc_unusual").state == "on"
    return entry


async def _breathe(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    duration: timedelta,
    **odd: float,
) -> None:
    """Let time pass with usual air, except for the pollutants given a level of their own."""
    for _ in range(duration // MINUTES):
        at = dt_util.utcnow().timestamp()
        for source, pollutant in (
            (PM25, Pollutant.PM25),
            (VOC, Pollutant.VOC_RATIO),
            (INDEX, Pollutant.VOC_INDEX),
        ):
            report(hass, source, odd.get(pollutant, usual(at, pollutant)))
        report(hass, OUTDOORS["outdoor_pm25"], 9.0, **ATTRIBUTES[PM25])
        report(hass, OUTDOORS["outdoor_temperature"], 4.0, **TEMPERATURE)
        await pass_time(hass, clock, MINUTES, step=MINUTES)


def _relearned(stored: dict[str, Any]) -> dict[str, Any]:
    """Return a channel that was relearned from history a day ago."""
    channel = load_channel(stored, ZONE, MONTH_DAYS)
    assert channel.open_day is not None
    channel.open_day.unseen, channel.history = True, HistoryState.READ
    at = NOON.timestamp() - 86_400.0
    entry = Entry(id=1, at=at, correction=Relearned(from_day=channel.ledger.days[-1].day))
    former = replace(channel.ledger, days=channel.ledger.days[-5:])
    channel.ledger = replace(channel.ledger, entries=(entry,), former=former)
    kept: dict[str, Any] = json.loads(json.dumps(dump_channel(channel)))
    return kept


FIXTURES = Path(__file__).parent / "fixtures"


def put_released(hass: HomeAssistant, version: str, *keys: str) -> None:
    """Put the files of a released version in their place; the ledger comes with its open parts."""
    disk(hass, "").mkdir(exist_ok=True)
    wanted = keys or (LEDGER_KEY, GOOD_KEY)
    for key in (*wanted, OPEN_KEY):
        released = FIXTURES / version / key
        if key in wanted or (LEDGER_KEY in wanted and released.is_file()):
            shutil.copyfile(released, disk(hass, key))
