"""A write that is under way or waits when something else happens; real files."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event
import time
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import storage
from homeassistant.util.file import write_utf8_file_atomic
import pytest

from custom_components import air_baseline
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY
from tests.conftest import DOMAIN
from tests.files import disk, kitchen, read, write
from tests.home import KITCHEN, NOON, PM25, a_home, a_room, act, device_id, pass_time, set_up, usual

pytestmark = pytest.mark.on_disk

DAYS = [str(NOON.date() - timedelta(days=ago)) for ago in (3, 5, 7)]
KEYS = (LEDGER_KEY, OPEN_KEY, GOOD_KEY)


@dataclass
class Disk:
    """A disk that can be made to wait with the next write of one file."""

    key: str = ""
    reached: Event = field(default_factory=Event)
    released: Event = field(default_factory=Event)

    def hold(self, key: str) -> None:
        """Hold the next write of a file until it is released."""
        self.key = key
        self.reached.clear()
        self.released.clear()

    def write(self, path: str, *content: Any, **options: Any) -> None:
        """Write a file as Home Assistant does."""
        if Path(path).name == self.key:
            self.key = ""
            self.reached.set()
            assert self.released.wait(10)
        write_utf8_file_atomic(path, *content, **options)

    async def until_reached(self) -> None:
        """Wait until the write that is held has begun."""
        assert await asyncio.get_running_loop().run_in_executor(None, self.reached.wait, 10)


@pytest.fixture
def slow(hass: HomeAssistant) -> Iterator[Disk]:
    """Return a disk that can wait."""
    disk = Disk()
    with patch.object(storage, "write_utf8_file_atomic", disk.write):
        yield disk
    disk.released.set()


async def a_kitchen(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> Any:  # noqa: ANN401
    """Run a learned kitchen until its first whole is written."""
    for key in (LEDGER_KEY, GOOD_KEY):
        write(hass, key, kitchen(36))
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(minutes=20), {PM25: usual})
    return entry


def files(hass: HomeAssistant) -> list[str]:
    return sorted(path.name for path in disk(hass, "").glob(f"{DOMAIN}*"))


@pytest.mark.parametrize("key", KEYS)
async def test_removal_while_a_file_is_written_leaves_no_file(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, slow: Disk, key: str
) -> None:
    entry = await a_kitchen(hass, clock)
    store = entry.runtime_data.store
    slow.hold(key)
    at = clock().timestamp() + 10 * 86_400.0
    act_now = store.async_save() if key == OPEN_KEY else store.async_keep_good(at)
    writing = hass.async_create_task(act_now)
    await slow.until_reached()
    removal = hass.async_create_task(hass.config_entries.async_remove(entry.entry_id))
    for _ in range(200):
        await asyncio.sleep(0)
    slow.released.set()
    await asyncio.gather(writing, removal)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert files(hass) == []


async def test_a_save_that_waits_for_its_turn_writes_nothing_after_a_removal(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await a_kitchen(hass, clock)
    store = entry.runtime_data.store
    async with store.turn:
        waiting = hass.async_create_task(store.async_keep_good(clock().timestamp() + 1e6))
        store.async_save_soon()
        clock.tick(60)
        await pass_time(hass, clock, timedelta(0))
        assert not waiting.done()
        await hass.config_entries.async_remove(entry.entry_id)
        assert files(hass) == []
    await waiting
    await hass.async_block_till_done(wait_background_tasks=True)
    await pass_time(hass, clock, timedelta(minutes=40))
    assert files(hass) == []


async def test_a_store_that_was_closed_writes_nothing_over_what_came_later(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await a_kitchen(hass, clock)
    older = entry.runtime_data.store
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await act(hass, "strike_days", start_date=DAYS[0])
    before = {name: disk(hass, name).read_bytes() for name in files(hass)}
    older.async_save_soon()
    await older.async_save(whole=True)
    await older.async_keep_good(clock().timestamp() + 1e6)
    assert {name: disk(hass, name).read_bytes() for name in files(hass)} == before


async def test_a_setup_that_fails_in_the_middle_leaves_no_save_behind(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, LEDGER_KEY, kitchen(36))
    before = disk(hass, LEDGER_KEY).read_bytes()
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))

    def fail(_: object, entry: Any) -> None:  # noqa: ANN401
        entry.runtime_data.store.async_save_soon()
        raise RuntimeError("in the middle")

    with patch.object(air_baseline, "async_backfill", fail):
        await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(minutes=20), {PM25: usual})
    assert disk(hass, LEDGER_KEY).read_bytes() == before


async def test_removal_after_a_setup_that_failed_while_it_wrote_leaves_no_file(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, slow: Disk
) -> None:
    """Such a store is not unloaded, so nothing waits for it but the lock that all share."""
    write(hass, LEDGER_KEY, kitchen(36))
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    slow.hold(LEDGER_KEY)
    tasks: list[asyncio.Task[None]] = []

    async def fail(_: object, entry: Any) -> None:  # noqa: ANN401
        tasks.append(asyncio.ensure_future(entry.runtime_data.store.async_save()))
        await slow.until_reached()
        raise RuntimeError("in the middle")

    with patch.object(air_baseline, "async_clear_requests", fail):
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
    removal = asyncio.ensure_future(hass.config_entries.async_remove(entry.entry_id))
    for _ in range(200):
        await asyncio.sleep(0)
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.2)
    slow.released.set()
    await asyncio.gather(*tasks, removal)
    assert files(hass) == []


async def test_what_was_confirmed_is_in_every_later_file(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, slow: Disk
) -> None:
    """A save hangs in the disk, others and two corrections wait behind it."""
    entry = await a_kitchen(hass, clock)
    store = entry.runtime_data.store
    slow.hold(OPEN_KEY)
    tasks = [hass.async_create_task(store.async_save())]
    await slow.until_reached()
    tasks += [
        hass.async_create_task(step)
        for step in (
            store.async_save(),
            strike(hass, DAYS[0]),
            store.async_save(whole=True),
            strike(hass, DAYS[1]),
            store.async_save(),
        )
    ]
    for _ in range(100):
        await asyncio.sleep(0)
    done = [task.done() for task in tasks]
    slow.released.set()
    await asyncio.gather(*tasks)
    assert not any(done)
    assert len(entries(read(hass, LEDGER_KEY))) == 2


async def strike(hass: HomeAssistant, day: str) -> None:
    """Exclude a day, and wait for nothing else."""
    given = {"device_id": device_id(hass), "start_date": day}
    await hass.services.async_call(
        DOMAIN, "strike_days", given, blocking=True, return_response=True
    )


def entries(stored: dict[str, Any]) -> list[Any]:
    channel = stored["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    found: list[Any] = channel["entries"]
    return found


async def test_a_confirmed_correction_is_on_the_disk_at_that_moment(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, slow: Disk
) -> None:
    await a_kitchen(hass, clock)
    for number, day in enumerate(DAYS, start=1):
        slow.hold(OPEN_KEY)
        correction = hass.async_create_task(strike(hass, day))
        await slow.until_reached()
        assert not correction.done()
        assert len(entries(read(hass, LEDGER_KEY))) == number - 1
        slow.released.set()
        await correction
        assert len(entries(read(hass, LEDGER_KEY))) == number
