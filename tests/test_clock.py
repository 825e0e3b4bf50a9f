"""One clock: a round after each slot, its phases one after the other, however time is set."""

import ast
import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.air_baseline import clock as clock_module
from custom_components.air_baseline.clock import Clock, Phase, Round
from tests.home import NOON, STEP, a_home, set_up, settle

INTEGRATION = Path(__file__).parent.parent / "custom_components" / "air_baseline"
HOUR = timedelta(hours=1)


@pytest.fixture
async def entry(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> MockConfigEntry:
    """Set a home up at noon."""
    entry = a_home()
    await set_up(hass, entry)
    return entry


async def pass_to(hass: HomeAssistant, clock: FrozenDateTimeFactory, after: timedelta) -> None:
    """Let the clock go on to so long after noon."""
    clock.move_to(NOON + after)
    async_fire_time_changed(hass)
    await settle()


class Follower:
    """Somebody who takes some turns of the loop in each phase, and keeps what he was told."""

    def __init__(self, clock: Clock) -> None:
        self.happened: list[str] = []
        self.rounds: list[Round] = []
        for phase in Phase:
            clock.async_on(phase, partial(self._follow, phase))

    async def _follow(self, phase: Phase, round_: Round) -> None:
        self.happened.append(f"{phase.value} begin")
        for _ in range(5):
            await asyncio.sleep(0)
        self.happened.append(f"{phase.value} end")
        if phase is Phase.CARDS:
            self.rounds.append(round_)


async def test_each_phase_begins_when_the_one_before_has_ended(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    follower = Follower(entry.runtime_data.clock)
    await pass_to(hass, clock, STEP)
    usual = ["surroundings", "rooms", "other rooms", "repairs", "cards"]
    assert follower.happened == [f"{name} {edge}" for name in usual for edge in ("begin", "end")]
    follower.happened.clear()
    await pass_to(hass, clock, HOUR)
    hourly = ["surroundings", "rooms", "other rooms", "repairs", "statistics", "cards"]
    assert follower.happened == [f"{name} {edge}" for name in hourly for edge in ("begin", "end")]


@pytest.mark.parametrize("phase", Phase)
async def test_a_phase_that_fails_is_reported_once_and_stops_no_other(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    phase: Phase,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: Round) -> None:
        raise ValueError("it is broken")

    entry.runtime_data.clock.async_on(phase, fail)
    follower = Follower(entry.runtime_data.clock)
    await pass_to(hass, clock, HOUR)
    await pass_to(hass, clock, 2 * HOUR)
    assert len(follower.rounds) == 2
    assert follower.happened.count(f"{phase.value} end") == 2
    assert caplog.text.count("ValueError: it is broken") == 1
    assert f"The phase {phase.value} of a round failed" in caplog.text


async def test_a_round_that_lasts_longer_than_a_slot_is_followed_by_one_up_to_now(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock_module, "PATIENCE_S", 2 * 3600.0)
    done = asyncio.Event()

    async def take_long(_: Round) -> None:
        await done.wait()

    entry.runtime_data.clock.async_on(Phase.ROOMS, take_long)
    follower = Follower(entry.runtime_data.clock)
    ends = [11 * STEP, 12 * STEP, 13 * STEP, 24 * STEP, 25 * STEP]
    for end in ends:
        await pass_to(hass, clock, end)
    assert follower.happened.count("rooms begin") == 0
    clock.tick(timedelta(minutes=2))
    done.set()
    await settle()
    first, second = follower.rounds
    assert (int(first.at), first.hours) == (int((NOON + ends[0]).timestamp()), ())
    assert second.at == (NOON + ends[-1] + timedelta(minutes=2)).timestamp()
    assert [int(at) for at in second.hours] == [
        int((NOON + hours * HOUR).timestamp()) for hours in (1, 2)
    ]
    await pass_to(hass, clock, 26 * STEP)
    assert len(follower.rounds) == 3, "and the next slot has its own"


@pytest.mark.parametrize("phase", Phase)
async def test_a_listener_that_never_ends_stops_no_other(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    phase: Phase,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def hang(_: Round) -> None:
        await asyncio.Event().wait()

    entry.runtime_data.clock.async_on(phase, hang)
    follower = Follower(entry.runtime_data.clock)
    for slots in range(12, 25):
        await pass_to(hass, clock, slots * STEP)
    assert len(follower.rounds) > 1
    assert {int(hour) for round_ in follower.rounds for hour in round_.hours} >= {
        int((NOON + HOUR).timestamp())
    }
    assert caplog.text.count(f"The phase {phase.value} of a round failed") == 1


async def test_after_unloading_nothing_runs_and_a_running_round_ends(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    done = asyncio.Event()

    async def take_long(_: Round) -> None:
        await done.wait()

    async def write(*_: object) -> None:
        """Take long to save, so that what waits could go on."""
        done.set()
        await settle()

    entry.runtime_data.clock.async_on(Phase.ROOMS, take_long)
    follower = Follower(entry.runtime_data.clock)
    await pass_to(hass, clock, STEP)
    with patch.object(Store, "_async_write_data", write):
        assert await hass.config_entries.async_unload(entry.entry_id)
    assert done.is_set()
    for slots in range(2, 15):
        await pass_to(hass, clock, slots * STEP)
    assert follower.happened == ["surroundings begin", "surroundings end"]


async def test_a_round_that_is_cut_short_among_the_rooms_holds_up_no_save(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    """It ends between two of them; the next load lets time pass in the others."""
    data = entry.runtime_data
    clock.move_to(NOON + STEP)
    async_fire_time_changed(hass)
    await asyncio.sleep(0)
    assert data.store.turn.locked(), "the second room is still to come"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not data.store.turn.locked()
    assert await hass.config_entries.async_setup(entry.entry_id)


TIMERS = {  # If the clock is set back by a year, they wait for a year.
    "async_track_point_in_time",
    "async_track_point_in_utc_time",
    "async_track_time_change",
    "async_track_utc_time_change",
}


def timers(source: str) -> int:
    """Return how often a module asks for a pattern of the clock, however it names that."""
    nodes = list(ast.walk(ast.parse(source)))
    imported = {
        alias.asname or alias.name: alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    used = [imported.get(node.id) for node in nodes if isinstance(node, ast.Name)]
    used += [node.attr for node in nodes if isinstance(node, ast.Attribute)]
    return sum(name in TIMERS for name in used)


def test_no_module_has_a_timer_that_waits_for_a_time_of_the_clock() -> None:
    found = {
        path.relative_to(INTEGRATION).as_posix(): number
        for path in INTEGRATION.rglob("*.py")
        if (number := timers(path.read_text("utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        """
from homeassistant.helpers.event import async_track_utc_time_change
async_track_utc_time_change(hass, look, second=3)
""",
        """
from homeassistant.helpers.event import async_track_time_change as track
stop = partial(track, hass)
""",
        """
from homeassistant.helpers import event
event.async_track_utc_time_change(hass, look)
""",
    ],
)
def test_another_timer_is_found(source: str) -> None:
    assert timers(source) == 1
