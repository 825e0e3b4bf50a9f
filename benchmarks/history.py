"""What importing a home's own history costs in a real Home Assistant, with its budgets.

    python -m benchmarks.history

A recorder's database is made in a temporary folder: two years of hourly means and ten days of
five-minute means for twenty sources. Then ten rooms start from it: from the 90 days that a ledger
keeps, and then the year of each from what lies before. Exits with 1 if a budget is exceeded.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
import gc
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from time import monotonic, thread_time, time
from types import MappingProxyType
from typing import Any, Final

from homeassistant import bootstrap, loader
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.db_schema import Statistics, StatisticsShortTerm
from homeassistant.components.recorder.models import StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    get_metadata,
)
from homeassistant.config_entries import (
    ConfigEntries,
    ConfigEntry,
    ConfigSubentryDataWithId,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component
import numpy as np
from sqlalchemy import insert

from custom_components.air_baseline.coordinator import loaded_rooms
from custom_components.air_baseline.core.year.year import Year

from .entry import DOMAIN, an_entry
from .figures import Figure, show

INTEGRATION: Final = Path(__file__).parent.parent / "custom_components" / DOMAIN
ROOMS: Final = 10
HOUR_S, SLOT_S, DAY_S = 3600, 300, 86_400
HOURS: Final = 2 * 365 * 24
SLOTS: Final = 10 * DAY_S // SLOT_S
ROWS_AT_ONCE: Final = 20_000

TOTAL_S, YEARS_S, BLOCK_MS = 20.0, 60.0, 50.0  # The budgets.
GIVE_UP_S: Final = 300.0
WEEKS: Final = 90  # Weeks of two years that have left the 90 days, and some less.
OLDEST: Final = 2  # The garbage generation that looks at all objects.
LOOK_S: Final = 0.001  # How often the event loop is checked.
SCHEDULED: Final = Path("/proc/thread-self/schedstat")  # Of Linux: nanoseconds run, and waited.

UNITS: Final[Mapping[str, str]] = MappingProxyType({"pm25": "μg/m³", "voc": "ppb"})
CLASSES: Final = MappingProxyType({"pm25": "concentration", "voc": "unitless"})
DEVICE_CLASSES: Final = MappingProxyType(
    {"pm25": "pm25", "voc": "volatile_organic_compounds_parts"}
)
USUAL: Final = MappingProxyType({"pm25": 6.0, "voc": 150.0})


@dataclass(slots=True)
class Loop:
    """The longest time that the event loop was blocked, and by what.

    Python halts all threads while it collects the garbage of the whole Home Assistant. How long
    that takes depends on the size of the home, so these pauses are counted separately. So is the
    time for which the thread of the loop could run and had no processor: other programs took it.
    """

    late_s: float = 0.0
    blocked_s: float = 0.0  # Without the wait for a processor.
    worked_s: float = 0.0
    pauses_s: list[float] = field(default_factory=list)
    _paused_at: float | None = None

    async def watch(self) -> None:
        """Check the loop again and again until cancelled."""
        gc.callbacks.append(self._note)
        try:
            while True:
                at, worked, paused = monotonic(), thread_time(), self._paused()
                waited = waited_s()
                await asyncio.sleep(LOOK_S)
                late = monotonic() - at - LOOK_S - (self._paused() - paused)
                self.late_s = max(self.late_s, late)
                self.blocked_s = max(self.blocked_s, late - (waited_s() - waited))
                self.worked_s = max(self.worked_s, thread_time() - worked)
        finally:
            gc.callbacks.remove(self._note)

    def _paused(self) -> float:
        """Return the seconds of all pauses, including one whose end was not reported yet."""
        running = 0.0 if self._paused_at is None else monotonic() - self._paused_at
        return sum(self.pauses_s) + running

    def _note(self, phase: str, info: Mapping[str, int]) -> None:
        if info["generation"] < OLDEST:
            return
        if phase == "start":
            self._paused_at = monotonic()
        elif self._paused_at is not None:
            self.pauses_s.append(monotonic() - self._paused_at)
            self._paused_at = None


def waited_s() -> float:
    """Return how long this thread has waited for a processor so far; 0 where nobody counts it."""
    try:
        return int(SCHEDULED.read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def sources() -> Iterator[tuple[str, str]]:
    """Yield the entity and the pollutant's name of every source."""
    for room in range(ROOMS):
        for quantity in UNITS:
            yield f"sensor.room_{room}_{quantity}", quantity


async def start(folder: Path) -> HomeAssistant:
    """Start a Home Assistant that has a recorder."""
    (folder / "custom_components").mkdir()
    (folder / "custom_components" / DOMAIN).symlink_to(INTEGRATION)
    hass = HomeAssistant(str(folder))
    hass.config.skip_pip = True
    hass.config_entries = ConfigEntries(hass, {})
    loader.async_setup(hass)
    await bootstrap.async_load_base_functionality(hass)
    await hass.config.async_set_time_zone("Europe/London")
    async_initialize_recorder(hass)
    config = {"recorder": {"db_url": f"sqlite:///{folder / 'home.db'}"}}
    if not await async_setup_component(hass, "recorder", config):
        raise RuntimeError("the recorder did not start")
    await hass.async_start()
    await get_instance(hass).async_recorder_ready.wait()
    return hass


async def remember(hass: HomeAssistant) -> int:
    """Fill the recorder's database; return its number of rows."""
    ids = {}
    for entity_id, quantity in sources():
        metadata = StatisticMetaData(
            mean_type=StatisticMeanType.ARITHMETIC,
            has_sum=False,
            name=None,
            source="recorder",
            statistic_id=entity_id,
            unit_class=CLASSES[quantity],
            unit_of_measurement=UNITS[quantity],
        )
        async_import_statistics(hass, metadata, [])
    recorder = get_instance(hass)
    await recorder.async_block_till_done()
    known = await recorder.async_add_executor_job(get_metadata, hass)
    ids = {entity_id: number for entity_id, (number, _) in known.items()}
    return await recorder.async_add_executor_job(_insert, hass, ids)


def _insert(hass: HomeAssistant, ids: Mapping[str, int]) -> int:
    now, number = int(time()), 0
    tables: tuple[tuple[Any, int, int], ...] = (
        (Statistics, HOUR_S, HOURS),
        (StatisticsShortTerm, SLOT_S, SLOTS),
    )
    with get_instance(hass).get_session() as session:
        for place, (entity_id, quantity) in enumerate(sources()):
            chance = np.random.default_rng(place)
            for table, step, count in tables:
                levels = np.round(USUAL[quantity] * np.exp(0.4 * chance.normal(size=count)))
                first = now // step * step - count * step
                rows = [
                    {
                        "metadata_id": ids[entity_id],
                        "start_ts": float(first + index * step),
                        "created_ts": float(first + (index + 1) * step),
                        "mean": level,
                        "min": level,
                        "max": level,
                    }
                    for index, level in enumerate(levels.tolist())
                ]
                for after in range(0, count, ROWS_AT_ONCE):
                    session.execute(insert(table), rows[after : after + ROWS_AT_ONCE])
                number += count
        session.commit()
    return number


def home() -> ConfigEntry:
    """Return ten rooms that are allowed to start from history."""
    rooms = [
        ConfigSubentryDataWithId(
            subentry_id=f"ROOM{room}",
            subentry_type="room",
            title=f"Room {room}",
            unique_id=f"room_{room}",
            data={
                "area_id": f"room_{room}",
                "pm25_source": f"sensor.room_{room}_pm25",
                "pm25_unit": "μg/m³",
                "voc_source": f"sensor.room_{room}_voc",
                "voc_kind": "voc_ratio",
                "voc_unit": "ppb",
                "use_history": True,
            },
        )
        for room in range(ROOMS)
    ]
    return an_entry(rooms)


def progress(hass: HomeAssistant) -> list[tuple[str, int]]:
    """Return what the rooms say about their history, and how many days of it they have."""
    return [
        (state.attributes["history"], state.attributes["history_days"])
        for state in hass.states.async_all("sensor")
        if state.entity_id.endswith("_learning")
    ]


def years(hass: HomeAssistant) -> list[Year]:
    """Return the years that have been read."""
    return [
        channel.year
        for room in loaded_rooms(hass).values()
        for channel in room.channels.values()
        if channel.year.read
    ]


async def measure(hass: HomeAssistant) -> tuple[float, float, Loop, Loop]:
    """Let the rooms import their history, and then their years.

    Returns the seconds of both, and how the loop was blocked meanwhile.
    """
    for entity_id, quantity in sources():
        hass.states.async_set(
            entity_id,
            str(USUAL[quantity]),
            {
                "device_class": DEVICE_CLASSES[quantity],
                "unit_of_measurement": UNITS[quantity],
            },
        )
    hass.set_state(CoreState.starting)  # So that the rooms wait until all of them are there.
    await hass.config_entries.async_add(home())
    await hass.async_block_till_done()
    if {said for said, _ in progress(hass)} != {"waiting"}:
        raise RuntimeError(f"the rooms do not wait for their history: {progress(hass)}")
    loop = Loop()
    watching = asyncio.create_task(loop.watch())
    began = monotonic()
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    while any(said in ("waiting", "reading") for said, _ in progress(hass)):
        if monotonic() - began > GIVE_UP_S:
            raise RuntimeError(f"the history was not read: {progress(hass)}")
        await asyncio.sleep(0.05)
    took = monotonic() - began
    watching.cancel()
    if any(said != "read" or days < 80 for said, days in progress(hass)):  # noqa: PLR2004
        raise RuntimeError(f"days are missing: {progress(hass)}")
    later, began = Loop(), monotonic()
    watching = asyncio.create_task(later.watch())
    while len(years(hass)) < len(list(sources())):
        if monotonic() - began > GIVE_UP_S:
            raise RuntimeError(f"years were not read: {len(years(hass))}")
        await asyncio.sleep(0.05)
    took_years = monotonic() - began
    watching.cancel()
    weeks = [len(year.all_weeks) for year in years(hass)]  # Unpacking takes milliseconds each.
    if min(weeks) < WEEKS:
        raise RuntimeError(f"weeks are missing: {weeks}")
    return took, took_years, loop, later


async def run(folder: Path) -> list[Figure]:
    """Make the home, let it import, return the figures."""
    hass = await start(folder)
    kept = await remember(hass)
    took, took_years, loop, later = await measure(hass)
    await hass.async_stop(force=True)
    channels = len(list(sources()))
    read = channels * (SLOTS + 90 * 24)
    return [
        Figure(f"history of {channels} channels, in all", [took], "s", TOTAL_S),
        *of_loop(loop),
        Figure("  rows that the recorder held", [kept / 1000], "1000"),
        Figure("  rows read", [read / 1000], "1000"),
        Figure(f"years of {channels} channels, in all", [took_years], "s", YEARS_S),
        *of_loop(later),
        Figure("  rows read", [channels * (HOURS - 90 * 24) / 1000], "1000"),
    ]


def of_loop(loop: Loop) -> list[Figure]:
    """Return what the loop was blocked by; the budget is that of what a quiet machine sees."""
    return [
        Figure("  longest loop block", [1e3 * loop.blocked_s], "ms", BLOCK_MS),
        Figure("  longest with waits for a processor", [1e3 * loop.late_s], "ms"),
        Figure("  longest work in the loop", [1e3 * loop.worked_s], "ms"),
        Figure("  longest pause for garbage", [1e3 * max(loop.pauses_s, default=0.0)], "ms"),
    ]


def figures() -> list[Figure]:
    """Measure in a temporary folder."""
    with TemporaryDirectory() as folder:
        return asyncio.run(run(Path(folder)))


def main() -> int:
    """Measure, print the table, and return the exit code."""
    return show({"history": figures()})


if __name__ == "__main__":
    sys.exit(main())
