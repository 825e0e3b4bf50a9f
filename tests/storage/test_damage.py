"""Thousands of damaged stores: each ends in the last good copy or a clean start, and is reported.

A flipped bit that leaves a possible number is not noticed: nothing here can tell it from what
was measured. It must then do no harm beyond itself.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
import json
import logging
from time import process_time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.json import json_loads
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import WINDOW_DAYS, locate
from custom_components.air_baseline.core.explaining.day_chart import day_chart
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.explaining.ledger_report import ledger_report
from custom_components.air_baseline.core.explaining.view import view
from custom_components.air_baseline.core.ledger.correction import (
    episode_normal,
    episode_real,
    start_over,
)
from custom_components.air_baseline.core.ledger.ledger import UndoError
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.reading.surroundings import Surroundings
from custom_components.air_baseline.core.storage.channel import (
    dump_channel,
    load_channel,
)
from custom_components.air_baseline.storage.ha_store import NewerStoreError
from custom_components.air_baseline.storage.rooms import Loaded, RoomsReader, read_surroundings
from custom_components.air_baseline.storage.store import (
    GOOD_KEY,
    LEDGER_KEY,
    OPEN_KEY,
    STORAGE_VERSION,
)
from tests.conftest import DOMAIN
from tests.eventful import FIXTURES, eventful_home, put_released
from tests.faults import DAMAGE, Faults, complaints
from tests.files import disk, read, set_aside
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    PM25,
    VOC,
    ZONE,
    act,
    device_id,
    issue,
    pass_time,
    set_up,
    shown,
    usual,
)
from tests.mutations import Mutation, mutation

pytestmark = pytest.mark.on_disk

PRESENT = FIXTURES / f"store_v{STORAGE_VERSION}"
LEDGER, GOOD, OPEN = ((PRESENT / key).read_bytes() for key in (LEDGER_KEY, GOOD_KEY, OPEN_KEY))
AT = datetime.fromisoformat(json.loads((PRESENT / "shown.json").read_bytes())["at"])
ROOMS = {KITCHEN: (Pollutant.PM25, Pollutant.VOC_RATIO), BEDROOM: (Pollutant.VOC_INDEX,)}
SOURCES = {
    PM25: usual,
    VOC: lambda at: usual(at, Pollutant.VOC_RATIO),
    INDEX: lambda at: usual(at, Pollutant.VOC_INDEX),
}
SURROUNDINGS = ("outdoor_pm25", "outdoor_temperature", "window_open")
RUN_S, EVERY_S = 30 * 3600, 1500  # Two days close.
LEARNING = ("kitchen_pm25", "kitchen_voc", "bedroom_voc")
NO_STATE = ("unavailable", "unknown")
AT_ONCE_S = 2.0  # Of the processor; reading and running take some hundredths of a second.


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Catch warnings and errors only: a thousand set-ups log much else."""
    caplog.set_level(logging.WARNING)
    return caplog.records


def data_of(file: bytes | None) -> object:
    """Return what Home Assistant's storage gives of a file; None for what it refuses."""
    try:
        stored: Any = json_loads(file or b"")
        version = stored["version"]
        if version > STORAGE_VERSION:
            raise NewerStoreError
        return stored["data"] if version in range(1, STORAGE_VERSION + 1) else None
    except KeyError, TypeError, ValueError:
        return None


@pytest.mark.log_lines(100 * 12)  # Of a hundred damaged stores: some of a dozen parts.
@pytest.mark.timeout(2 * 3600)
def test_the_reader_and_the_core_survive_any_damage(faults: Faults) -> None:
    found, tried = list[str](), set[str]()
    times, newer, reported = faults.times(100, 10_000), 0, 0
    for seed in range(times):
        damaged = mutation(seed, LEDGER, GOOD, OPEN)
        begun = process_time()
        try:
            data, good = data_of(damaged.ledger), data_of(damaged.good)
            opened = data_of(damaged.opened)
            loaded = RoomsReader(ZONE, MONTH_DAYS, ROOMS).read(data, good, opened)
            found += [f"{damaged.what}: {wrong}" for wrong in _run_on(loaded, data, tried)]
            loaded.note_salvaged()
            reported += loaded.found
        except NewerStoreError:
            newer += 1
        except Exception as error:  # noqa: BLE001 - any error is wrong
            found.append(f"{damaged.what}: {error!r}")
        if (took := process_time() - begun) > AT_ONCE_S:
            found.append(f"{damaged.what}: {took:.1f} s")
    done = f"{times} damaged stores, {reported} reported, {newer} newer"
    faults.check("read by the store's reader, and run on with", done, found, "0")
    assert times / 5 < reported < times, "damage is reported, and not always noticed"
    assert newer < times / 5, "nearly all is read"
    assert len(tried) > times / 20, "some of it can still be read"


def _run_on(loaded: Loaded, data: object, tried: set[str]) -> Iterator[str]:
    """Run on with what was read, with the same only once; yield what is wrong with it."""
    means = read_surroundings(data.get("context") if isinstance(data, dict) else None, ZONE)
    surroundings: dict[str, Any] = dict(zip(SURROUNDINGS, means.values(), strict=False))
    for room_id, room in loaded.rooms.items():
        room.drop_retired(AT.timestamp())
        for pollutant, channel in room.channels.items():
            channel.surroundings = Surroundings(**surroundings)
            parts = [
                dump_channel(channel),
                *(mean.dump() for mean in means.values()),
            ]
            if (whole := json.dumps(parts)) not in tried:
                tried.add(whole)
                for wrong in _run_channel_on(channel):
                    yield f"{room_id} {pollutant}: {wrong}"
    fates = {*loaded.recovered, *loaded.lost}
    for room_id, pollutants in ROOMS.items():
        there = loaded.rooms[room_id].channels if room_id in loaded.rooms else {}
        for pollutant in pollutants:
            known = (room_id, pollutant.value) in fates or loaded.damaged
            if pollutant not in there and not known and _was_listed(data, room_id, pollutant):
                yield f"{room_id} {pollutant}: gone without a word"


def _was_listed(data: object, room_id: str, pollutant: Pollutant) -> bool:
    """Return whether a file names a channel; one that it does not was removed from the room."""
    try:
        return pollutant in data["rooms"][room_id]["channels"]  # type: ignore[index]
    except KeyError, TypeError:
        return False


def _run_channel_on(channel: Channel) -> Iterator[str]:
    pollutant, at = channel.spec.pollutant, AT.timestamp()
    today = locate(at, channel.zone)[0]
    before = {
        summary.day
        for summary in channel.ledger.days
        if today - WINDOW_DAYS + 5 < summary.day < today
    }
    channel.advance(at)
    for after in range(0, RUN_S, EVERY_S):
        channel.read(at + after, usual(at + after, pollutant))
    at += RUN_S
    channel.advance(at)
    if not channel.paused and not channel.health.alive(at):
        yield "readings are not read"
    days = {summary.day for summary in channel.ledger.days}
    resets = channel.ledger.epoch_day
    if not {day for day in before if day >= resets} <= days:
        yield f"{len(before - days)} days are gone"
    if today not in days and not channel.paused and not channel.health.warming_up(at):
        yield "the day that passed is not known"
    _ask(channel, at)
    for episode in channel.episodes[-2:]:
        channel.correct(at, episode_real(episode, at, channel.zone))
        channel.correct(at, episode_normal(episode, at, channel.zone))
    channel.correct(at, start_over(locate(at, channel.zone)[0] + 1))
    try:
        channel.undo(at)
    except UndoError:
        yield "a start over cannot be undone"
    kept = json.loads(json.dumps(dump_channel(channel), allow_nan=False))
    again = load_channel(kept, channel.zone, channel.promise_days)
    if json.loads(json.dumps(dump_channel(again))) != kept:
        yield "it is not what was written"


def _ask(channel: Channel, at: float) -> None:
    """Read all that is shown of a channel."""
    view(channel, at)
    day_chart(channel, at)
    for episode in (None, *channel.episodes):
        explain(channel, at, episode)
    json.dumps(ledger_report(channel), allow_nan=False)


@pytest.mark.log_lines(20 * 12)  # Of twenty damaged stores: some of a dozen parts.
@pytest.mark.timeout(4 * 3600)
async def test_home_assistant_survives_any_damage(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    faults: Faults,
    logged: list[logging.LogRecord],
) -> None:
    clock.move_to(AT)
    disk(hass, "").mkdir(exist_ok=True)
    entry = eventful_home()
    entry.add_to_hass(hass)
    times, found = faults.times(20, 1000), list[str]()
    for seed in range(times):
        damaged = mutation(seed, LEDGER, GOOD, OPEN)
        clock.move_to(AT)
        found += [f"{damaged.what}: {wrong}" for wrong in await _try(hass, clock, entry, damaged)]
        found += [f"{damaged.what}: {wrong}" for wrong in complaints(logged, *DAMAGE)]
        logged.clear()
    faults.check("loaded by Home Assistant", f"{times} damaged stores", found, "0")


async def _try(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry, damaged: Mutation
) -> list[str]:
    """Start Home Assistant with damaged files, run for two hours; return what is wrong."""
    for path in disk(hass, "").glob(f"{DOMAIN}.*"):
        path.unlink()
    for key, file in damaged.files.items():
        disk(hass, key).write_bytes(file)
    begun = process_time()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    took = process_time() - begun
    found = [f"{took:.1f} s to load"] if took > AT_ONCE_S else []
    if entry.state is ConfigEntryState.LOADED:
        found += await _live(hass, clock, entry)
    elif entry.error_reason_translation_key != "store_newer" or not issue(hass, "store_newer"):
        found.append(f"{entry.state}: {entry.reason}")
    else:
        found += [
            f"{key} is gone" for key, file in damaged.files.items() if not kept(hass, key, file)
        ]
    await hass.config_entries.async_unload(entry.entry_id)
    if entry.state is not ConfigEntryState.NOT_LOADED:
        found.append(f"{entry.state} when unloaded")
    for issue_id in ("store_recovered", "store_newer"):
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    for source in SOURCES:
        hass.states.async_remove(source)
    return found


def kept(hass: HomeAssistant, key: str, file: bytes) -> bool:
    """Return whether a file is unchanged in its place, or was set aside unchanged as damaged."""
    path = disk(hass, key)
    return (path.is_file() and path.read_bytes() == file) or set_aside(hass, key) == [file]


async def _live(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry
) -> list[str]:
    """Run a loaded home, read all that it knows, save it; return what is wrong."""
    await pass_time(hass, clock, timedelta(hours=2), SOURCES, step=timedelta(minutes=15))
    damage = entry.runtime_data.damage
    fates = (damage.lost, damage.recovered, damage.partly)
    rooms = [{room for room, _ in fate} for fate in fates]
    recovery = issue(hass, "store_recovered")
    reported = (
        [
            set(str((recovery.data or {}).get(fate, "")).split())
            for fate in ("lost", "recovered", "partly")
        ]
        if recovery
        else []
    )
    found = [f"reported: {reported}, met: {rooms}"] if any(rooms) and reported != rooms else []
    if damage.damaged and recovery is None:
        found.append("a damaged file was not reported")
    for room in ROOMS:
        for ask in ("get_ledger", "explain"):
            await act(hass, ask, device_id=device_id(hass, room))
    states = {name: shown(hass, f"sensor.{name}_learning").state for name in LEARNING}
    found += [f"{name} is {state}" for name, state in states.items() if state in NO_STATE]
    await hass.config_entries.async_unload(entry.entry_id)
    written = data_of(disk(hass, LEDGER_KEY).read_bytes())
    again = RoomsReader(ZONE, MONTH_DAYS, ROOMS).read(written, None)
    if again.lost or again.recovered or again.damaged:
        found.append(f"written so that it cannot be read: {again.lost}")
    return found


async def test_a_good_copy_from_the_future_is_rewritten(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    clock.move_to(AT)
    put_released(hass, PRESENT.name)
    later = (AT + timedelta(days=9000)).timestamp()
    good = read(hass, GOOD_KEY)
    good["data"]["kept_at"] = later
    disk(hass, GOOD_KEY).write_text(json.dumps(good), "utf-8")
    await set_up(hass, eventful_home())
    await pass_time(hass, clock, timedelta(hours=2), step=timedelta(minutes=30))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert read(hass, GOOD_KEY)["data"]["kept_at"] < later


@pytest.mark.parametrize(
    ("after", "kept"), [(timedelta(days=-31), []), (timedelta(days=9000), [AT.timestamp()])]
)
async def test_what_was_set_aside_long_ago_is_dropped_and_what_was_in_the_future_is_of_today(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, after: timedelta, kept: list[float]
) -> None:
    clock.move_to(AT)
    put_released(hass, PRESENT.name)
    stored = read(hass, LEDGER_KEY)
    stored["data"]["rooms"][KITCHEN]["retired"][0]["at"] = (AT + after).timestamp()
    disk(hass, LEDGER_KEY).write_text(json.dumps(stored), "utf-8")
    entry = eventful_home()
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    retired = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["retired"]
    assert [item["at"] for item in retired] == kept
