"""A real Home Assistant with a home of learned rooms, and a probe that measures a blocked loop.

The probe is a task that sleeps for a millisecond and notes how late it woke up: the longest that
anything else in the loop would have had to wait.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
import gc
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident
from time import perf_counter, thread_time
from typing import Any, Final

from homeassistant import auth, bootstrap, loader
from homeassistant.config_entries import ConfigEntries, ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.home import ATTRIBUTES, PM25, VOC, ZONE, a_room, a_store, learned

from .entry import an_entry

LEARNED_DAYS: Final = 90
KINDS: Final = (Pollutant.PM25, Pollutant.VOC_RATIO)
PROBE_S: Final = 0.001
OLDEST: Final = 2  # The garbage generation that looks at all objects.
PLATFORMS: Final = ("sensor", "binary_sensor", "event", "switch", "button")


def source(room: int, pollutant: Pollutant) -> str:
    """Return the entity that measures a pollutant of a room."""
    return f"sensor.{pollutant.value}_of_{room}"


def room_id(room: int) -> str:
    """Return the id of a room's subentry."""
    return f"ROOM{room:04d}"


def last_noon() -> datetime:
    """Return the last noon, which is far from both ends of a day."""
    now = datetime.now(UTC)
    noon = now.replace(hour=12, minute=0, second=3, microsecond=0)
    return noon if noon <= now else noon - timedelta(days=1)


def a_home(rooms: int, pollutants: tuple[Pollutant, ...] = KINDS) -> ConfigEntry:
    """Return the config entry of a home with some rooms."""
    subentries = []
    for room in range(rooms):
        sources = {
            f"{'pm25' if pollutant is Pollutant.PM25 else 'voc'}_source": source(room, pollutant)
            for pollutant in pollutants
        }
        subentries.append(a_room(room_id(room), f"room {room}", *pollutants, **sources))
    return an_entry(subentries)


def report(hass: HomeAssistant, room: int, pollutant: Pollutant, value: float, at: float) -> None:
    """Let a source report a value at a POSIX time."""
    attributes = ATTRIBUTES[PM25 if pollutant is Pollutant.PM25 else VOC]
    hass.states.async_set(source(room, pollutant), f"{value:g}", attributes, timestamp=at)


@asynccontextmanager
async def a_home_assistant(
    rooms: int, config: dict[str, Any] | None = None, end: datetime | None = None
) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant whose store holds some learned rooms that are not yet set up.

    `config` configures other integrations; the rooms have learned until `end`.
    """
    config, end = config or {}, end or last_noon()
    with TemporaryDirectory() as folder:
        _store(folder, rooms, end)
        hass = await _start(folder)
        if "recorder" in config:
            async_initialize_recorder(hass)
        for component in sorted({*config, *PLATFORMS}, key=lambda name: name != "recorder"):
            await async_setup_component(hass, component, {component: [], **config})
        hass.set_state(CoreState.running)
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)  # The recorder waits for it.
        for room in range(rooms):
            for pollutant in KINDS:
                report(hass, room, pollutant, 6.0, end.timestamp())
        await hass.async_block_till_done()
        settle_garbage()
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


def _store(folder: str, rooms: int, end: datetime) -> None:
    channels = {pollutant: learned(pollutant, LEARNED_DAYS, end=end) for pollutant in KINDS}
    stored = a_store({room_id(room): channels for room in range(rooms)})
    path = Path(folder, ".storage", LEDGER_KEY)
    path.parent.mkdir()
    path.write_text(json.dumps(stored))


async def _start(folder: str) -> HomeAssistant:
    hass = HomeAssistant(folder)
    hass.config_entries = ConfigEntries(hass, {})
    hass.config.skip_pip = True
    loader.async_setup(hass)
    await bootstrap.async_load_base_functionality(hass)
    await hass.config.async_set_time_zone(str(ZONE))
    hass.auth = await auth.auth_manager_from_config(hass, [], [])
    return hass


def settle_garbage() -> None:
    """Collect once and freeze what is left: it is long-lived, so later collections skip it."""
    gc.collect()
    gc.freeze()


@contextmanager
def whole_collections() -> Iterator[list[float]]:
    """Note how long this thread collects garbage among all objects (s)."""
    pauses: list[float] = []
    began, ours = 0.0, get_ident()

    def note(phase: str, info: dict[str, int]) -> None:
        nonlocal began
        if info["generation"] < OLDEST or get_ident() != ours:
            return
        if phase == "start":
            began = thread_time()
        else:
            pauses.append(thread_time() - began)

    gc.callbacks.append(note)
    try:
        yield pauses
    finally:
        gc.callbacks.remove(note)


class Probe:
    """How long the loop was blocked, in seconds."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.longest = 0.0

    async def watch(self) -> None:
        """Note the longest delay until cancelled."""
        while True:
            due = perf_counter() + PROBE_S
            await asyncio.sleep(PROBE_S)
            self.longest = max(self.longest, perf_counter() - due)


@contextmanager
def probe() -> Iterator[Probe]:
    """Watch the loop while the context is open."""
    seen = Probe()
    task = asyncio.get_running_loop().create_task(seen.watch())
    try:
        yield seen
    finally:
        task.cancel()
