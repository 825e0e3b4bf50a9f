"""What is on disk: when it is written, and what happens when it is damaged. Real files."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
import json
from pathlib import Path
from random import Random
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.air_baseline.core.quantity import Kind
from custom_components.air_baseline.store import GOOD_KEY, LEDGER_KEY

from .conftest import DOMAIN
from .home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    NOON,
    PM25,
    VOC,
    a_home,
    a_room,
    a_store,
    learned,
    pass_time,
    set_up,
    shown,
    usual,
)

LEARNING = "sensor.kitchen_pm25_learning"
VOC_LEARNING = "sensor.kitchen_voc_learning"

type Damage = Callable[[bytes], bytes]


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let storage be the real one."""
    return {}


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give every test its own files."""
    return hass_tmp_config_dir


def disk(hass: HomeAssistant, key: str) -> Path:
    return Path(hass.config.path(".storage", key))


def write(hass: HomeAssistant, key: str, stored: dict[str, Any], *, kept_at: float = 0.0) -> None:
    if key == GOOD_KEY:
        stored["data"]["kept_at"] = kept_at or NOON.timestamp()
    disk(hass, key).parent.mkdir(exist_ok=True)
    disk(hass, key).write_text(json.dumps({**stored, "key": key}), "utf-8")


def read(hass: HomeAssistant, key: str) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(disk(hass, key).read_text("utf-8"))
    return stored


def damage(hass: HomeAssistant, key: str, how: Damage) -> bytes:
    damaged = how(disk(hass, key).read_bytes())
    disk(hass, key).write_bytes(damaged)
    return damaged


def set_aside(hass: HomeAssistant, key: str = LEDGER_KEY) -> list[bytes]:
    found = disk(hass, key).parent.glob(f"{key}.corrupt.*")
    return [path.read_bytes() for path in found]


def told(registry: ir.IssueRegistry) -> dict[str, Any] | None:
    """Return what the repair about damage says, None where there is none."""
    issue = registry.async_get_issue(DOMAIN, "store_recovered")
    return issue.data if issue else None


def kitchen(days: int) -> dict[str, Any]:
    """Return a store in which the kitchen knows both its quantities for so many days."""
    return a_store({KITCHEN: {kind: learned(kind, days) for kind in (Kind.PM25, Kind.VOC_RATIO)}})


async def test_what_is_learned_comes_back_unchanged(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, LEDGER_KEY, kitchen(36))
    before = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    entry = a_home()
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    after = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert after == before
    assert disk(hass, LEDGER_KEY).stat().st_mode & 0o777 == 0o600


async def test_it_is_saved_every_fifteen_minutes_however_often_something_changes(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    saves: list[float] = []
    for _ in range(50):
        await pass_time(hass, clock, timedelta(minutes=1), {PM25: usual}, step=timedelta(minutes=1))
        if disk(hass, LEDGER_KEY).exists():
            rooms = read(hass, LEDGER_KEY)["data"]["rooms"]
            last = rooms[KITCHEN]["channels"]["pm25"]["source"]["last_read"]
            saves += [last] if last not in saves else []
    gaps = [later - earlier for earlier, later in pairwise(saves)]
    assert saves[0] - NOON.timestamp() == 15 * 60
    assert len(saves) == 3
    assert all(15 * 60 <= gap <= 20 * 60 for gap in gaps), gaps


async def test_a_correction_is_saved_before_it_is_answered(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, device_registry: dr.DeviceRegistry
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    device = device_registry.async_get_device_by_identifier((DOMAIN, KITCHEN), entry.entry_id)
    assert device is not None
    assert not disk(hass, LEDGER_KEY).exists()
    await hass.services.async_call(DOMAIN, "reset", {"device_id": device.id}, blocking=True)
    channel = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert "reset" in channel["entries"][0]


async def test_a_stop_saves_what_was_not_saved_yet(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    await pass_time(hass, clock, timedelta(minutes=5), {PM25: usual})
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    channel = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert channel["source"]["last_read"] == clock().timestamp()


async def test_a_good_copy_is_kept_once_a_day(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await set_up(hass, a_home())
    kept: set[float] = set()
    for _ in range(3 * 26 * 2):
        await pass_time(hass, clock, timedelta(minutes=30), step=timedelta(minutes=30))
        if disk(hass, GOOD_KEY).exists():
            kept.add(read(hass, GOOD_KEY)["data"]["kept_at"])
    gaps = [later - earlier for earlier, later in pairwise(sorted(kept))]
    assert len(gaps) >= 2
    assert all(24 * 3600 <= gap < 26 * 3600 for gap in gaps), gaps


async def test_what_is_heard_while_unloading_is_not_saved_over_newer_data(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    unloading = hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))
    while not unloading.done():
        clock.tick(300)
        async_fire_time_changed(hass)
        await asyncio.sleep(0)
    await hass.async_block_till_done()
    write(hass, LEDGER_KEY, kitchen(36))
    newer = disk(hass, LEDGER_KEY).read_bytes()
    await pass_time(hass, clock, timedelta(minutes=40))
    assert disk(hass, LEDGER_KEY).read_bytes() == newer


def wrong(data: object) -> Damage:
    """Return a damage that leaves JSON of a wrong shape or type in the place of the data."""
    return lambda _: json.dumps(
        {"version": 1, "minor_version": 1, "key": LEDGER_KEY, "data": data}
    ).encode()


UNREADABLE: dict[str, Damage] = {
    "truncated": lambda whole: whole[: len(whole) // 2],
    "empty": lambda _: b"",
    "zeros": lambda whole: bytes(len(whole)),
    "not UTF-8": lambda whole: b"\xff" + whole,
    "a list": lambda _: b"[]",
    "a number": lambda _: b"7",
    "no data": lambda _: b'{"version": 1, "minor_version": 1}',
    "no version": lambda _: b'{"data": {"rooms": {}}}',
    "an impossible version": lambda _: b'{"version": "x", "minor_version": 1, "data": {}}',
    "version zero": lambda _: b'{"version": 0, "minor_version": 1, "data": {}}',
    "null": wrong(None),
    "a text": wrong("rooms"),
    "no rooms": wrong({}),
    "a list of rooms": wrong({"rooms": []}),
}


@pytest.mark.parametrize("how", UNREADABLE.values(), ids=UNREADABLE)
async def test_an_unreadable_file_is_set_aside_and_the_good_copy_used(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    how: Damage,
) -> None:
    write(hass, LEDGER_KEY, kitchen(36))
    write(hass, GOOD_KEY, kitchen(36))
    damaged = damage(hass, LEDGER_KEY, how)
    await set_up(hass, a_home())
    assert shown(hass, LEARNING).state == "learned"
    assert shown(hass, VOC_LEARNING).state == "learned"
    assert told(issue_registry) == {"lost": BEDROOM, "recovered": KITCHEN}
    assert set_aside(hass) == [damaged]


@pytest.mark.parametrize("how", UNREADABLE.values(), ids=UNREADABLE)
async def test_with_both_files_unreadable_the_rooms_start_clean_and_it_is_said(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    how: Damage,
) -> None:
    for key in (LEDGER_KEY, GOOD_KEY):
        write(hass, key, kitchen(36))
        damage(hass, key, how)
    entry = a_home()
    await set_up(hass, entry)
    assert shown(hass, LEARNING).state == "no_source"
    assert told(issue_registry) == {"lost": f"{BEDROOM} {KITCHEN}", "recovered": ""}
    assert len(set_aside(hass)) == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert set(read(hass, LEDGER_KEY)["data"]["rooms"]) == {KITCHEN, BEDROOM}


async def test_a_first_start_is_no_damage(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    await set_up(hass, a_home())
    assert told(issue_registry) is None
    assert set_aside(hass) == []


async def test_a_file_that_vanished_is_replaced_by_the_good_copy(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    write(hass, GOOD_KEY, kitchen(36))
    await set_up(hass, a_home())
    assert shown(hass, LEARNING).state == "learned"
    assert told(issue_registry) == {"lost": BEDROOM, "recovered": KITCHEN}


IN_A_CHANNEL: dict[str, Any] = {
    "null": None,
    "a list": [],
    "another quantity": {"quantity": "voc_index"},
    "a version that is a text": {"version": "1"},
    "days that are a number": {"days": 7},
    "a day of the wrong width": {"days": [["2026-03-01"]]},
    "columns in another order": {"days_columns": ["kind", "day"]},
    "a time that is no number": {"source": {"counted_to": "noon"}},
    "no paused": {"paused": None},
}


@pytest.mark.parametrize("wrong_value", IN_A_CHANNEL.values(), ids=IN_A_CHANNEL)
async def test_a_damaged_channel_alone_comes_from_the_good_copy(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    wrong_value: object,
) -> None:
    stored = kitchen(36)
    channels = stored["data"]["rooms"][KITCHEN]["channels"]
    changed = isinstance(wrong_value, dict)
    channels["pm25"] = channels["pm25"] | wrong_value if changed else wrong_value
    write(hass, LEDGER_KEY, stored)
    damaged = disk(hass, LEDGER_KEY).read_bytes()
    write(hass, GOOD_KEY, kitchen(3))
    await set_up(hass, a_home())
    assert shown(hass, LEARNING).attributes["usable_days"] == 3
    assert shown(hass, VOC_LEARNING).state == "learned"
    assert told(issue_registry) == {"lost": "", "recovered": KITCHEN}
    assert set_aside(hass) == [damaged]


async def test_a_damaged_room_leaves_the_others_alone(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    stored = a_store({BEDROOM: {Kind.VOC_INDEX: learned(Kind.VOC_INDEX, 36)}})
    stored["data"]["rooms"][KITCHEN] = "a kitchen"
    write(hass, LEDGER_KEY, stored)
    write(hass, GOOD_KEY, kitchen(3))
    await set_up(hass, a_home())
    assert shown(hass, LEARNING).attributes["usable_days"] == 3
    assert shown(hass, "sensor.bedroom_voc_learning").state == "learned"
    assert told(issue_registry) == {"lost": "", "recovered": KITCHEN}


@pytest.mark.parametrize("name", ["01KITCHEM", "pn25"])
async def test_a_damaged_name_of_a_room_or_quantity_is_noticed(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    name: str,
) -> None:
    stored = a_store({KITCHEN: {Kind.PM25: learned(Kind.PM25, 36)}})
    write(hass, GOOD_KEY, stored)
    write(hass, LEDGER_KEY, stored)
    right = (KITCHEN if name[0] == "0" else "pm25").encode()
    damage(hass, LEDGER_KEY, lambda whole: whole.replace(right, name.encode(), 1))
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Kind.PM25)))
    assert shown(hass, LEARNING).state == "learned"
    assert told(issue_registry) == {"lost": "", "recovered": KITCHEN}


async def test_a_channel_damaged_in_both_files_is_lost_alone(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    for key in (LEDGER_KEY, GOOD_KEY):
        stored = kitchen(36)
        stored["data"]["rooms"][KITCHEN]["channels"]["pm25"]["days"] = "gone"
        write(hass, key, stored)
    await set_up(hass, a_home())
    assert shown(hass, LEARNING).attributes["usable_days"] == 0
    assert shown(hass, VOC_LEARNING).state == "learned"
    assert told(issue_registry) == {"lost": KITCHEN, "recovered": ""}


async def test_whatever_byte_is_wrong_the_entry_loads_or_refuses_as_newer(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    stored = a_store({KITCHEN: {Kind.PM25: learned(Kind.PM25, 8)}})
    stored["data"]["rooms"][KITCHEN]["asked"] = {
        f"unusual_episode_{KITCHEN}_1": {
            "kind": "unusual_episode",
            "at": NOON.timestamp(),
            "answered": False,
            "episodes": {"pm25": 1},
        }
    }
    write(hass, LEDGER_KEY, stored)
    whole = disk(hass, LEDGER_KEY).read_bytes()
    entry = a_home(a_room(KITCHEN, "kitchen", Kind.PM25))
    await set_up(hass, entry)
    chance = Random(1)  # noqa: S311 - positions, not secrets
    for _ in range(100):
        await hass.config_entries.async_unload(entry.entry_id)
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        flipped = bytes(byte ^ bit if i == place else byte for i, byte in enumerate(whole))
        damage(hass, LEDGER_KEY, lambda _, flipped=flipped: flipped)  # type: ignore[misc]
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        refused = entry.error_reason_translation_key == "store_newer"
        assert entry.state is ConfigEntryState.LOADED or refused, whole[place - 20 : place + 20]


QUESTIONS: dict[str, Any] = {
    "not a mapping": 7,
    "empty": {},
    "without a time": {"kind": "unusual_episode", "answered": False, "episodes": {}},
    "a text for a time": {"kind": "range_learned", "at": "now", "answered": False},
    "no episodes": {"kind": "unusual_episode", "at": 1.0, "answered": False},
    "an episode of nothing": {
        "kind": "unusual_episode",
        "at": 1.0,
        "answered": False,
        "episodes": {"radon": 1},
    },
    "an unknown kind": {"kind": "weather", "at": 1.0, "answered": False, "episodes": {}},
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
async def test_a_damaged_question_is_forgotten_and_nothing_else(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    question: object,
) -> None:
    stored = kitchen(36)
    stored["data"]["rooms"][KITCHEN]["asked"] = {f"unusual_episode_{KITCHEN}_1": question}
    write(hass, LEDGER_KEY, stored)
    await set_up(hass, a_home())
    assert shown(hass, LEARNING).state == "learned"
    assert not [issue for domain, issue in issue_registry.issues if domain == DOMAIN]


async def test_a_source_taken_out_of_a_room_is_not_damage(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    write(hass, LEDGER_KEY, kitchen(36))
    write(hass, GOOD_KEY, kitchen(36))
    entry = a_home(a_room(KITCHEN, "kitchen", Kind.PM25))
    await set_up(hass, entry)
    for _ in range(2):
        await hass.config_entries.async_reload(entry.entry_id)
    assert told(issue_registry) is None
    await hass.config_entries.async_unload(entry.entry_id)
    room = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]
    assert set(room["channels"]) == {"pm25"}
    assert len(room["retired"]) == 1


async def test_a_newer_file_is_refused_and_not_a_byte_of_it_changed(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, LEDGER_KEY, kitchen(3) | {"version": 2})
    before = disk(hass, LEDGER_KEY).read_bytes()
    entry = a_home()
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await pass_time(hass, clock, timedelta(hours=1), {PM25: usual, VOC: usual, INDEX: usual})
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert disk(hass, LEDGER_KEY).read_bytes() == before
    assert set_aside(hass) == []


async def test_a_newer_good_copy_is_refused_as_well(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, LEDGER_KEY, kitchen(3))
    write(hass, GOOD_KEY, kitchen(3) | {"version": 2})
    entry = a_home()
    await set_up(hass, entry)
    assert entry.error_reason_translation_key == "store_newer"


async def test_removing_the_integration_leaves_no_file_not_even_a_damaged_one(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    for key in (LEDGER_KEY, GOOD_KEY):
        write(hass, key, kitchen(3))
        damage(hass, key, UNREADABLE["truncated"])
    entry: MockConfigEntry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=2), step=timedelta(hours=1))
    assert len([*disk(hass, "").glob(f"{DOMAIN}*")]) == 4
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert [*disk(hass, "").glob(f"{DOMAIN}*")] == []
