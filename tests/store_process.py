"""The store alone in a process that a test kills: no Home Assistant around it, one channel in it.

Time is virtual: a minute passes with each reading, so days close all the time. One day after
another is excluded, then all of that is undone, then again. What was tried, confirmed and read goes
into a diary, a JSON object per line.
"""

import asyncio
from contextlib import suppress
import json
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
import os
from pathlib import Path
import sys
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import DAY_S, iso_day
from custom_components.air_baseline.core.ledger.correction import exclude_days
from custom_components.air_baseline.core.ledger.entries import DaysExcluded
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.rooms import StoredRoom
from custom_components.air_baseline.storage.store import SAVE_EVERY_S, LedgerStore
from tests.home import KITCHEN, ZONE, usual

DIARY = "diary.jsonl"
MOST_EXCLUDED = 20
CORRECT_EVERY = 20  # Readings: minutes, so that a save without a correction comes in between.

AHEAD = "tests.ahead_of_plugin"  # Loaded before the plugin there too, if it is here.

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload([*({AHEAD} & sys.modules.keys()), __name__])


def started(folder: Path) -> BaseProcess:
    """Start the store on a folder with its files; the caller kills it."""
    process = _CONTEXT.Process(target=_live, args=(folder,))
    process.start()
    return process


def excluded(channel: Channel) -> list[str]:
    """Return the days that are excluded by corrections."""
    entries = channel.ledger.of(DaysExcluded)
    return sorted(iso_day(entry.correction.from_day) for entry in entries)


def _live(folder: Path) -> None:
    with suppress(KeyboardInterrupt):
        asyncio.run(_write_for_ever(folder))


async def _write_for_ever(folder: Path) -> None:
    diary = os.open(folder / DIARY, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(**what: Any) -> None:
        os.write(diary, f"{json.dumps(what)}\n".encode())

    rooms: dict[str, StoredRoom] = {}
    store = LedgerStore(HomeAssistant(str(folder)), lambda: rooms)
    loaded = await store.async_load(ZONE, MONTH_DAYS, [KITCHEN])
    rooms.update(loaded.rooms)
    write(damage=loaded.found)
    channel = rooms[KITCHEN].channels[Pollutant.PM25]
    saved = good = at = channel.binner.counted_to or 0.0
    number, growing = 0, True
    while True:
        number, at = number + 1, at + 60.0
        channel.read(at, usual(at) + number % 2)
        write(read=at)
        if at - good >= DAY_S:
            good = at
            await store.async_keep_good(at)
        if number % CORRECT_EVERY == 0:
            known = excluded(channel)
            growing = (growing and len(known) < MOST_EXCLUDED) or not known
            _correct(channel, at, known, growing=growing)
            write(tried=excluded(channel))
            await store.async_save_or_raise()
            saved = at
            write(confirmed=excluded(channel))
        elif at - saved >= SAVE_EVERY_S:
            await store.async_save()
            saved = at
        await asyncio.sleep(0)


def _correct(channel: Channel, at: float, known: list[str], *, growing: bool) -> None:
    if growing:
        free = (one.day for one in channel.ledger.days if iso_day(one.day) not in known)
        channel.correct(at, exclude_days([next(free)]))
    else:
        channel.undo(at)
