"""Nothing goes through many rooms in one turn of the event loop, and nothing is done twice.

Time on a shared machine says little, so these tests count: in which turn of the loop each room,
channel or card had its work. `python -m benchmarks.cost loop` measures how long turns take.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
import gc
from threading import get_ident
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.air_baseline import diagnostics, services
from custom_components.air_baseline.card import feed
from custom_components.air_baseline.card.feed import Viewer
from custom_components.air_baseline.card.feeds import async_show_room
from custom_components.air_baseline.const import DOMAIN
from custom_components.air_baseline.coordinator import RoomCoordinator
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.issues.sources import SourceIssues
from custom_components.air_baseline.listeners import other_rooms, rooms
from custom_components.air_baseline.permissions import room_names
from custom_components.air_baseline.storage.frozen import FrozenRoom
from custom_components.air_baseline.storage.good_copy import KnownDays
from custom_components.air_baseline.storage.rooms import StoredRoom
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY
from custom_components.air_baseline.words import explanation
from custom_components.air_baseline.words.explanation import Words, async_page
from tests.automations import HOUR
from tests.home import (
    ATTRIBUTES,
    PM25,
    VOC,
    a_home,
    a_room,
    a_store,
    act,
    device_id,
    learned,
    pass_time,
    set_up,
    usual,
)

ROOMS = 12
TABS = 50
KINDS = (Pollutant.PM25, Pollutant.VOC_RATIO)


def room_id(room: int) -> str:
    return f"ROOM{room:02d}"


def source(room: int, pollutant: Pollutant) -> str:
    return f"sensor.{pollutant}_of_{room}"


def many_rooms() -> list[ConfigSubentryDataWithId]:
    return [
        a_room(
            room_id(room),
            f"area {room}",
            *KINDS,
            pm25_source=source(room, Pollutant.PM25),
            voc_source=source(room, Pollutant.VOC_RATIO),
        )
        for room in range(ROOMS)
    ]


class Home:
    """A home of learned rooms in which time passes."""

    def __init__(self, hass: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
        self.hass, self.clock, self.entry = hass, clock, a_home(*many_rooms())

    async def live(self, duration: timedelta, pm25: float | None = None) -> None:
        """Let time pass in usual air, or with the same PM2.5 in all rooms."""
        end = dt_util.utcnow() + duration
        while dt_util.utcnow() < end:
            at = dt_util.utcnow().timestamp()
            for room in range(ROOMS):
                for pollutant, like in ((Pollutant.PM25, PM25), (Pollutant.VOC_RATIO, VOC)):
                    high = pm25 if pollutant is Pollutant.PM25 else None
                    value = usual(at, pollutant) if high is None else high
                    self.hass.states.async_set(
                        source(room, pollutant), str(value), ATTRIBUTES[like]
                    )
            await pass_time(self.hass, self.clock, timedelta(minutes=5))

    @property
    def rooms(self) -> dict[str, RoomCoordinator]:
        found: dict[str, RoomCoordinator] = self.entry.runtime_data.rooms
        return found


@pytest.fixture
async def home(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> Home:
    channels = {pollutant: learned(pollutant, 36) for pollutant in KINDS}
    hass_storage[LEDGER_KEY] = a_store({room_id(room): channels for room in range(ROOMS)})
    made = Home(hass, clock)
    await set_up(hass, made.entry)
    await made.live(HOUR)
    return made


class Turns:
    """How often something was called in each turn of the loop."""

    def __init__(self) -> None:
        self.now = 0
        self.calls: Counter[int] = Counter()
        self._running = True
        self._tick()

    def _tick(self) -> None:
        """Count the turns: what asks for the next turn has one place in each of them."""
        self.now += 1
        if self._running:
            asyncio.get_running_loop().call_soon(self._tick)

    def stop(self) -> None:
        self._running = False

    @property
    def most(self) -> int:
        """Return how many calls the busiest turn had."""
        return max(self.calls.values(), default=0)

    @property
    def total(self) -> int:
        return self.calls.total()


@contextmanager
def counted(of: object, name: str) -> Iterator[Turns]:
    """Count the calls of a function or method in each turn."""
    called: Callable[..., Any] = getattr(of, name)
    turns = Turns()

    def note(*given: object, **named: object) -> object:
        turns.calls[turns.now] += 1
        return called(*given, **named)

    with patch.object(of, name, note):
        try:
            yield turns
        finally:
            turns.stop()


async def test_a_round_has_one_channel_in_a_turn(hass: HomeAssistant, home: Home) -> None:
    with counted(RoomCoordinator, "_advance") as turns:
        await home.live(timedelta(minutes=5))
    # What a room's last turn does with a channel that has had its own takes no time.
    assert turns.total == ROOMS * (2 * len(KINDS) - 1)
    assert turns.most == len(KINDS)


async def test_what_many_rooms_make_anew_is_collected_in_small_shares(
    hass: HomeAssistant, home: Home
) -> None:
    with patch.object(rooms, "COLLECT_ROOMS", 5), counted(gc, "collect") as turns:
        await home.live(timedelta(minutes=5))
    assert (turns.total, turns.most) == (ROOMS // 5, 1)
    with counted(gc, "collect") as turns:
        await home.live(timedelta(minutes=5))
    assert turns.total == 0, "a home of a few rooms leaves it to Python"


async def test_a_save_that_is_due_waits_for_the_round_and_takes_one_room_in_a_turn(
    hass: HomeAssistant, home: Home
) -> None:
    order: list[str] = []
    passing, freezing = RoomCoordinator.async_pass_time, FrozenRoom.of

    def passes(room: RoomCoordinator, now: float) -> None:
        order.append("room")
        if len(order) == 1:  # The save becomes due in the middle of the round.
            hass.async_create_task(home.entry.runtime_data.store._async_save_due(None))  # noqa: SLF001
        passing(room, now)

    def freezes(room: StoredRoom) -> object:
        order.append("save")
        return freezing(room)

    with (
        patch.object(RoomCoordinator, "async_pass_time", passes),
        patch.object(FrozenRoom, "of", freezes),
    ):
        await home.live(timedelta(minutes=5))
    assert order[:ROOMS] == ["room"] * ROOMS
    assert order.count("save") >= ROOMS
    with counted(FrozenRoom, "of") as turns:
        await home.entry.runtime_data.store.async_save()
    assert (turns.total, turns.most) == (ROOMS, 1)


@contextmanager
def threads(of: object, name: str) -> Iterator[list[int]]:
    """Note the thread of each call of a function or class method."""
    called: Callable[..., Any] = getattr(of, name)
    seen: list[int] = []

    def note(*given: object, **named: object) -> object:
        seen.append(get_ident())
        return called(*given, **named)

    with patch.object(of, name, note):
        yield seen


async def test_a_good_copy_is_read_and_compared_beside_the_loop(
    hass: HomeAssistant, home: Home, hass_storage: dict[str, Any]
) -> None:
    tomorrow = dt_util.utcnow() + timedelta(days=1)
    with threads(KnownDays, "of") as compared:
        await home.entry.runtime_data.store.async_keep_good(tomorrow.timestamp())
    assert len(hass_storage[GOOD_KEY]["data"]["rooms"]) == ROOMS
    assert len(compared) == ROOMS * len(KINDS)
    with threads(KnownDays, "of_stored") as read:
        await hass.config_entries.async_reload(home.entry.entry_id)
    assert len(read) == ROOMS * len(KINDS)
    assert get_ident() not in (*compared, *read)


async def test_repairs_are_reviewed_one_room_in_a_turn(
    hass: HomeAssistant, home: Home, clock: FrozenDateTimeFactory
) -> None:
    with counted(SourceIssues, "async_review") as turns:
        await home.live(timedelta(hours=1))
    assert turns.total >= ROOMS
    assert turns.most == 1


async def test_all_rooms_that_rise_are_compared_one_room_in_a_turn(
    hass: HomeAssistant, home: Home
) -> None:
    with counted(other_rooms, "_others") as looks, counted(SourceIssues, "async_review") as turns:
        await home.live(timedelta(minutes=40), pm25=90.0)
    assert all(room.channels[Pollutant.PM25].episodes for room in home.rooms.values())
    assert looks.total <= ROOMS + 8, "once for each rise, and once for each round"
    assert turns.most == 1
    episodes = [room.channels[Pollutant.PM25].episodes[-1] for room in home.rooms.values()]
    assert all(len(one.rooms) == ROOMS - 1 for one in episodes)
    with counted(other_rooms._Recent, "compare") as compared:  # noqa: SLF001
        await home.live(timedelta(minutes=5), pm25=90.0)
    assert (compared.total, compared.most) == (ROOMS, 1)


class Tabs:
    """Dashboards that are open in many tabs; what they were sent."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.sent: Counter[int] = Counter()

    async def open(self, user: User, *rooms: int, tabs: int = TABS) -> None:
        for tab in range(tabs):
            for room in rooms:
                viewer = Viewer(
                    user=user,
                    device_id=device_id(self._hass, room_id(room)),
                    send=partial(self._note, tab),
                )
                async_show_room(self._hass, room_id(room), viewer)
        await self._hass.async_block_till_done()

    def _note(self, tab: int, _sent: bytes) -> None:
        self.sent[tab] += 1


async def test_a_room_is_drawn_once_per_change_for_all_tabs(
    hass: HomeAssistant, home: Home, hass_admin_user: MockUser
) -> None:
    tabs = Tabs(hass)
    with counted(feed, "room_picture") as pictures, counted(Words, "page") as pages:
        await tabs.open(hass_admin_user, 0, 1, 2, 3)
    assert (pictures.total, pictures.most) == (4, 1)
    assert (pages.total, pages.most) == (4 * len(KINDS), len(KINDS))
    assert tabs.sent == Counter(dict.fromkeys(range(TABS), 4))
    with counted(feed, "room_picture") as pictures:
        await home.live(timedelta(minutes=5))
    assert 4 <= pictures.total <= 8, "once for what the readings changed, and once for the round"
    assert pictures.most == 1


async def test_a_repair_draws_only_the_rooms_that_it_is_about(
    hass: HomeAssistant, home: Home, hass_admin_user: MockUser
) -> None:
    tabs = Tabs(hass)
    await tabs.open(hass_admin_user, 0, 1, 2, 3)
    sent = tabs.sent.total()
    with counted(feed, "room_picture") as pictures:
        for number in range(20):
            ir.async_create_issue(
                hass,
                DOMAIN,
                f"source_missing_{room_id(2)}_{number}",
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key="source_missing",
                translation_placeholders={"room": "x"},
            )
        await hass.async_block_till_done()
    assert pictures.total == 1
    assert tabs.sent.total() == sent + TABS


async def test_diagnostics_have_one_channel_in_a_turn(hass: HomeAssistant, home: Home) -> None:
    with counted(diagnostics, "dump_channel") as turns:
        await diagnostics.async_get_config_entry_diagnostics(hass, home.entry)
    assert (turns.total, turns.most) == (ROOMS * len(KINDS), 1)


async def test_get_ledger_has_one_channel_in_a_turn(hass: HomeAssistant, home: Home) -> None:
    with counted(services, "ledger_report") as turns:
        await act(hass, "get_ledger", device_id=device_id(hass, room_id(0)))
    assert (turns.total, turns.most) == (len(KINDS), 1)


async def test_a_page_about_many_rooms_has_one_channel_in_a_turn(
    hass: HomeAssistant, home: Home
) -> None:
    targets: list[explanation.Explained] = [
        (room, pollutant, None) for room in home.rooms.values() for pollutant in room.channels
    ]
    names = room_names(targets[0][0], None, home.entry.subentries)
    with counted(explanation, "explain") as turns:
        await async_page(hass, targets, names)
    assert (turns.total, turns.most) == (ROOMS * len(KINDS), 1)


async def test_the_counting_sees_a_turn_that_is_too_full(hass: HomeAssistant) -> None:
    class Work:
        def do(self) -> None:
            pass

    work = Work()
    with counted(work, "do") as turns:
        for _ in range(3):
            work.do()
            await asyncio.sleep(0)
        assert (turns.total, turns.most) == (3, 1)
        work.do()
        work.do()
    assert turns.most == 2
