"""What a home writes to the disk in a day: all bytes of all files of ours, the good copy included.

The clock is frozen and moved forward, so that timers run as usual. Readings are noisy, as those of
real sensors are: noise is what cannot be written in few bytes. A quiet day and one with episodes
and corrections, for one room and for ten.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from unittest.mock import patch

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory, StepTickTimeFactory, TickingDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, event, storage
from homeassistant.util import dt as dt_util
from homeassistant.util.file import write_utf8_file_atomic
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.air_baseline.const import DOMAIN
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY
from tests.home import usual

from .cost_home import KINDS, a_home, a_home_assistant, last_noon, report, room_id
from .figures import Figure

# Megabytes (of a million bytes) a day, for each number of rooms with two channels.
BUDGETS_MB: Final = {1: 0.5, 10: 3.0}
EVERY: Final = timedelta(minutes=1)
SLOT: Final = timedelta(minutes=5)
DAY: Final = timedelta(days=1)
LEAST, MOST = 0.8, 1.25  # Times the usual air, in each reading.
# Slots of a busy day: an hour with high air in each of three rooms, then six corrections, each
# undone half an hour later.
HOUR: Final = 12
HIGH_FROM: Final = (24, 48, 72)
HIGH_TIMES: Final = 12.0  # Times the usual air.
CORRECTED: Final = range(96, 96 + 6 * HOUR, HOUR)

type Clock = FrozenDateTimeFactory | StepTickTimeFactory | TickingDateTimeFactory


@dataclass(slots=True)
class Written:
    """How often each file was written, and how many bytes."""

    sizes: dict[str, int] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)

    def write(self, path: str, data: bytes | str, private: bool = False, mode: str = "w") -> None:  # noqa: FBT001, FBT002 - Home Assistant's signature
        """Write a file as Home Assistant does."""
        write_utf8_file_atomic(path, data, private, mode=mode)
        key = Path(path).name
        self.sizes[key] = self.sizes.get(key, 0) + len(data)
        self.times[key] = self.times.get(key, 0) + 1

    def clear(self) -> None:
        """Begin again."""
        self.sizes.clear()
        self.times.clear()

    @property
    def ours(self) -> float:
        """Return the megabytes of our files."""
        return sum(size for key, size in self.sizes.items() if key.startswith(DOMAIN)) / 1e6


@contextmanager
def written() -> Iterator[Written]:
    """Count what Home Assistant's storage writes."""
    counted = Written()
    with patch.object(storage, "write_utf8_file_atomic", counted.write):
        yield counted


async def disk() -> list[Figure]:
    """Measure a quiet and a busy day of homes of two sizes."""
    figures = []
    for rooms, budget in BUDGETS_MB.items():
        async with _a_learned_home(rooms) as (hass, clock, counted):
            await _live(hass, clock, rooms, DAY / 4)  # To the first whole that is written.
            for name in ("quiet", "busy"):
                counted.clear()
                await _live(hass, clock, rooms, DAY, busy=name == "busy")
                figures += [Figure(f"{rooms} rooms, a {name} day", [counted.ours], "MB", budget)]
                for key in (LEDGER_KEY, GOOD_KEY, OPEN_KEY):
                    size = counted.sizes.get(key, 0) / 1e6
                    figures += [Figure(f"  {key}, {counted.times.get(key, 0)} times", [size], "MB")]
    return figures


@asynccontextmanager
async def _a_learned_home(rooms: int) -> AsyncIterator[tuple[HomeAssistant, Clock, Written]]:
    with (
        freeze_time(last_noon()) as clock,
        patch.object(dt_util, "utcnow", _now),  # Home Assistant's are bound to the real clock.
        patch.object(event, "time_tracker_utcnow", _now),
        written() as counted,
    ):
        async with a_home_assistant(rooms) as hass:
            await hass.config_entries.async_add(a_home(rooms))
            await hass.async_block_till_done()
            yield hass, clock, counted


def _now() -> datetime:
    return datetime.now(UTC)


async def _live(
    hass: HomeAssistant, clock: Clock, rooms: int, duration: timedelta, *, busy: bool = False
) -> None:
    """Let time pass."""
    chance = Random(rooms)  # noqa: S311 - noise, not secrets
    for slot in range(duration // SLOT):
        high = [first <= slot < first + HOUR and busy for first in HIGH_FROM]
        for _ in range(SLOT // EVERY):
            clock.tick(EVERY)
            at = clock().timestamp()
            for room in range(rooms):
                times = HIGH_TIMES if any(high[room : room + 1]) else 1.0
                for pollutant in KINDS:
                    factor = times * chance.uniform(LEAST, MOST)
                    report(hass, room, pollutant, round(usual(at, pollutant) * factor, 2), at)
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        for undo, first in ((False, 0), (True, HOUR // 2)):
            if busy and slot - first in CORRECTED:
                await _correct(hass, slot // HOUR % rooms, undo=undo)


async def _correct(hass: HomeAssistant, room: int, *, undo: bool) -> None:
    """Exclude a day of a room, or undo that."""
    (device,) = dr.async_get(hass).async_get_devices(identifiers={(DOMAIN, room_id(room))})
    day = (dt_util.utcnow() - timedelta(days=9)).date().isoformat()
    action, given = ("undo", {}) if undo else ("strike_days", {"start_date": day})
    await hass.services.async_call(DOMAIN, action, {"device_id": device.id, **given}, blocking=True)
