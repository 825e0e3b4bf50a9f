"""How long a big home keeps the event loop busy in one turn, where that happened or could happen.

A turn is all that the loop runs between two looks at its sockets and timers. It is measured in
processor time of the loop's thread, so other programs on the machine do not count, and without
the garbage collections of all objects, which grow with Home Assistant and not with what we do.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import thread_time
from typing import Any, Final
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.air_baseline import diagnostics
from custom_components.air_baseline.card.feed import Viewer
from custom_components.air_baseline.card.feeds import async_show_home, async_show_room
from custom_components.air_baseline.card.home_feed import HomeViewer
from custom_components.air_baseline.clock import TICK_SECOND
from custom_components.air_baseline.const import DOMAIN
from custom_components.air_baseline.core.day import DAY_S, SLOT_S
from custom_components.air_baseline.core.known_time import LEAP_S
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.flows.candidates import async_candidates
from custom_components.air_baseline.flows.discovery import async_find_rooms
from tests.home import usual

from .cost_home import (
    KINDS,
    a_home,
    a_home_assistant,
    last_noon,
    report,
    room_id,
    settle_garbage,
    whole_collections,
)
from .figures import Figure

NOON: Final = last_noon() + timedelta(days=1)
BLOCK_MS: Final = 50.0
ROOMS: Final = (200, 500)
SHOWN: Final = 4  # Rooms on a dashboard.
TABS: Final = 50
TRIES: Final = 3
ROUND_S: Final = LEAP_S / 2.0  # Between rounds that only let the clock go on: more is a leap.
RISE_S: Final = 2400.0  # Of smoke, in which every room opens an episode.

type Level = Callable[[float, Pollutant], float]
type Act = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Case:
    """Something that happens, after something else that is not measured."""

    what: str
    act: Act
    before: Act | None = None
    tries: int = TRIES


class Turns:
    """The processor time (s) of each turn of the loop."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.longest = 0.0


@contextmanager
def turns() -> Iterator[Turns]:
    """Measure the turns of the running loop while the context is open."""
    loop: Any = asyncio.get_running_loop()
    seen, run_once = Turns(), loop._run_once  # noqa: SLF001 - a loop has no hook for its turns

    def measured() -> None:
        begun, collected = thread_time(), sum(pauses)
        run_once()
        took = thread_time() - begun - (sum(pauses) - collected)
        seen.longest = max(seen.longest, took)

    with whole_collections() as pauses, patch.object(loop, "_run_once", measured):
        yield seen


async def longest(act: Callable[[], Awaitable[object]], hass: HomeAssistant) -> float:
    """Return the longest turn (ms) of something and of what follows from it."""
    await hass.async_block_till_done(wait_background_tasks=True)
    settle_garbage()
    with turns() as seen:
        await asyncio.sleep(0)
        await act()
        await hass.async_block_till_done(wait_background_tasks=True)
    return 1e3 * seen.longest


class Home:
    """A big home whose clock is moved by hand; everything else is Home Assistant's own."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, rooms: int) -> None:
        """Start at the next noon: timers are set by the real clock, and must lie behind."""
        self.hass, self.entry, self.rooms = hass, entry, rooms
        self.at = NOON.timestamp()

    def now(self) -> datetime:
        """Return the time of the home."""
        return dt_util.utc_from_timestamp(self.at)

    async def live(self, until: float, level: Level) -> None:
        """Let all sources report each five minutes, with a round of the clock after each."""
        while self.at < until:
            self.at += SLOT_S
            await self._report(level)
            self.at = self.at // SLOT_S * SLOT_S + TICK_SECOND
            async_fire_time_changed(self.hass, self.now())
            await self.hass.async_block_till_done(wait_background_tasks=True)

    async def rise(self) -> None:
        """Let the air of every room rise at once."""
        await self.live(self.at + RISE_S, lambda at, _: 900.0 + at % 97)

    async def an_hour(self) -> None:
        """Let an hour pass in one step: everything that is due by then happens."""
        self.at += 3600.0 - SLOT_S
        await self.live(self.at + SLOT_S, usual)

    async def fill_day(self) -> None:
        """Let all sources report to just before 04:00, with few rounds of the clock."""
        four = self.at // DAY_S * DAY_S + 4 * 3600.0
        four += DAY_S if four <= self.at else 0.0
        while self.at < four - SLOT_S:
            await self._report_until(min(self.at + ROUND_S, four - SLOT_S))
            async_fire_time_changed(self.hass, self.now())
            await self.hass.async_block_till_done(wait_background_tasks=True)

    async def _report_until(self, until: float) -> None:
        while self.at < until:
            self.at += SLOT_S
            await self._report(usual)

    async def _report(self, level: Level) -> None:
        for room in range(self.rooms):
            for pollutant in KINDS:
                report(self.hass, room, pollutant, level(self.at, pollutant), self.at)
            await asyncio.sleep(0)


async def loop(rooms: Sequence[int] = ROOMS) -> list[Figure]:
    """Measure homes of several sizes."""
    figures = []
    for number in rooms:
        async with _a_home(number) as (home, start_ms):
            figures.append(Figure(f"{number} rooms, start", [start_ms], "ms", BLOCK_MS))
            for case in _cases(home):
                found = [await _longest(case, home.hass) for _ in range(case.tries)]
                figures.append(Figure(f"{number} rooms, {case.what}", found, "ms", BLOCK_MS))
    return figures


async def _longest(case: Case, hass: HomeAssistant) -> float:
    if case.before is not None:
        await case.before()
    return await longest(case.act, hass)


@asynccontextmanager
async def _a_home(rooms: int) -> AsyncIterator[tuple[Home, float]]:
    """Run a home that has lived for half an hour; also return the longest turn of its start."""
    async with a_home_assistant(rooms, end=NOON) as hass:
        entry = a_home(rooms)
        home = Home(hass, entry, rooms)
        with patch.object(dt_util, "utcnow", home.now):
            start_ms = await longest(lambda: hass.config_entries.async_add(entry), hass)
            await home.live(home.at + 1800.0, usual)
            yield home, start_ms


def _cases(home: Home) -> Sequence[Case]:
    hass = home.hass

    async def diagnose() -> None:
        await diagnostics.async_get_config_entry_diagnostics(hass, home.entry)

    def slot() -> Awaitable[None]:
        return home.live(home.at + SLOT_S, usual)

    return [
        Case(f"{TABS} tabs x {SHOWN} cards opened", lambda: _open(hass)),
        Case("  ten repairs change", lambda: _repairs(hass)),
        Case("  a round with open cards", slot),
        Case("all risen at once", home.rise, tries=1),
        Case("  a round after that", slot),
        Case("explain", lambda: _act(hass, "explain")),
        Case("get_ledger", lambda: _act(hass, "get_ledger")),
        Case("diagnostics", diagnose),
        Case("list of sensors", lambda: _discover(hass)),
        Case("an hour in one step", home.an_hour),
        Case("04:00", slot, before=home.fill_day, tries=1),
    ]


async def _repairs(hass: HomeAssistant) -> None:
    """Let repairs change one after another, as they do when many rooms have news."""
    for number in range(10):
        issue_id = f"trial_{room_id(0)}_{number}"
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="store_newer",
        )
        await asyncio.sleep(0)
        ir.async_delete_issue(hass, DOMAIN, issue_id)


async def _open(hass: HomeAssistant) -> list[Viewer]:
    """Open dashboards in some tabs: the home and some rooms. What is sent goes nowhere.

    Half of them are of a user whose rights have to be looked up for each room.
    """
    owner = await hass.auth.async_create_system_user("Owner", group_ids=["system-admin"])
    guest = await hass.auth.async_create_system_user("Guest", group_ids=["system-users"])
    viewers = []
    for tab in range(TABS):
        user = guest if tab % 2 else owner
        async_show_home(hass, HomeViewer(user=user, send=lambda _sent: None))
        for room in range(SHOWN):
            viewer = Viewer(
                user=user,
                device_id=_device(hass, room),
                send=lambda _sent: None,
            )
            async_show_room(hass, room_id(room), viewer)
            viewers.append(viewer)
    return viewers


def _device(hass: HomeAssistant, room: int) -> str:
    (device,) = dr.async_get(hass).async_get_devices(identifiers={(DOMAIN, room_id(room))})
    return device.id


async def _act(hass: HomeAssistant, action: str) -> None:
    given = {"device_id": _device(hass, 0)}
    await hass.services.async_call(DOMAIN, action, given, blocking=True, return_response=True)


async def _discover(hass: HomeAssistant) -> None:
    await async_find_rooms(hass, await async_candidates(hass, ()))
