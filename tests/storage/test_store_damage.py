"""What happens when a file on disk is damaged, or newer than this version. Real files."""

from datetime import timedelta
import json
from random import Random
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, STORAGE_VERSION
from tests.conftest import DOMAIN
from tests.files import Damage, damage, disk, kitchen, read, set_aside, write
from tests.home import (
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

pytestmark = pytest.mark.on_disk

LEARNING = "sensor.kitchen_pm25_learning"
VOC_LEARNING = "sensor.kitchen_voc_learning"


def reported(registry: ir.IssueRegistry) -> dict[str, Any] | None:
    """Return the data of the repair about damage, None where there is none."""
    issue = registry.async_get_issue(DOMAIN, "store_recovered")
    return issue.data if issue else None


def wrong(data: object) -> Damage:
    """Return damage that replaces the data by JSON of a wrong shape or type."""
    return lambda _: json.dumps(
        {"version": STORAGE_VERSION, "minor_version": 1, "key": LEDGER_KEY, "data": data}
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
    assert reported(issue_registry) == {"lost": BEDROOM, "recovered": KITCHEN}
    assert set_aside(hass) == [damaged]


@pytest.mark.parametrize("how", UNREADABLE.values(), ids=UNREADABLE)
async def test_with_both_files_unreadable_the_rooms_start_clean_and_that_is_reported(
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
    assert reported(issue_registry) == {"lost": f"{BEDROOM} {KITCHEN}", "recovered": ""}
    assert len(set_aside(hass)) == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert set(read(hass, LEDGER_KEY)["data"]["rooms"]) == {KITCHEN, BEDROOM}


async def test_a_first_start_is_not_damage(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    await set_up(hass, a_home())
    assert reported(issue_registry) is None
    assert set_aside(hass) == []


async def test_a_file_that_vanished_is_replaced_by_the_good_copy(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    write(hass, GOOD_KEY, kitchen(36))
    await set_up(hass, a_home())
    assert shown(hass, LEARNING).state == "learned"
    assert reported(issue_registry) == {"lost": BEDROOM, "recovered": KITCHEN}


IN_A_CHANNEL: dict[str, Any] = {
    "null": None,
    "a list": [],
    "another pollutant": {"quantity": "voc_index"},
    "a version that is a text": {"version": "1"},
    "days that are a number": {"days": 7},
    "a day of the wrong width": {"days": [["2026-03-01"]]},
    "columns in another order": {"days_columns": "kind day"},
    "a time that is not a number": {"source": {"counted_to": "noon"}},
    "no paused": {"paused": None},
}


@pytest.mark.parametrize("wrong_value", IN_A_CHANNEL.values(), ids=IN_A_CHANNEL)
async def test_only_a_damaged_channel_comes_from_the_good_copy(
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
    assert reported(issue_registry) == {"lost": "", "recovered": KITCHEN}
    assert set_aside(hass) == [damaged]


async def test_a_damaged_room_leaves_the_others_alone(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    stored = a_store({BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 36)}})
    stored["data"]["rooms"][KITCHEN] = "a kitchen"
    write(hass, LEDGER_KEY, stored)
    write(hass, GOOD_KEY, kitchen(3))
    await set_up(hass, a_home())
    assert shown(hass, LEARNING).attributes["usable_days"] == 3
    assert shown(hass, "sensor.bedroom_voc_learning").state == "learned"
    assert reported(issue_registry) == {"lost": "", "recovered": KITCHEN}


@pytest.mark.parametrize("name", ["01KITCHEM", "pn25"])
async def test_a_damaged_name_of_a_room_or_pollutant_is_noticed(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    name: str,
) -> None:
    stored = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    write(hass, GOOD_KEY, stored)
    write(hass, LEDGER_KEY, stored)
    right = (KITCHEN if name[0] == "0" else "pm25").encode()
    damage(hass, LEDGER_KEY, lambda whole: whole.replace(right, name.encode(), 1))
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    assert shown(hass, LEARNING).state == "learned"
    assert reported(issue_registry) == {"lost": "", "recovered": KITCHEN}


async def test_only_a_channel_damaged_in_both_files_is_lost(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    for key in (LEDGER_KEY, GOOD_KEY):
        stored = kitchen(36)
        stored["data"]["rooms"][KITCHEN]["channels"]["pm25"]["days"] = "gone"
        write(hass, key, stored)
    await set_up(hass, a_home())
    assert shown(hass, LEARNING).attributes["usable_days"] == 0
    assert shown(hass, VOC_LEARNING).state == "learned"
    assert reported(issue_registry) == {"lost": KITCHEN, "recovered": ""}


def flip(hass: HomeAssistant, whole: bytes, place: int, bit: int) -> None:
    """Write the whole file with one bit flipped."""
    flipped = bytearray(whole)
    flipped[place] ^= bit
    damage(hass, LEDGER_KEY, lambda _: bytes(flipped))


@pytest.mark.log_lines(100)  # Each byte is another start.
async def test_whatever_byte_is_wrong_the_entry_loads_or_refuses_as_newer(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    stored = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 8)}})
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
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    chance = Random(1)  # noqa: S311 - positions, not secrets
    for _ in range(100):
        await hass.config_entries.async_unload(entry.entry_id)
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        flip(hass, whole, place, bit)
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
async def test_only_a_damaged_question_is_discarded(
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


async def test_a_source_removed_from_a_room_is_not_damage(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    write(hass, LEDGER_KEY, kitchen(36))
    write(hass, GOOD_KEY, kitchen(36))
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    for _ in range(2):
        await hass.config_entries.async_reload(entry.entry_id)
    assert reported(issue_registry) is None
    await hass.config_entries.async_unload(entry.entry_id)
    room = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]
    assert set(room["channels"]) == {"pm25"}
    assert len(room["retired"]) == 1


async def test_a_newer_file_is_refused_and_left_unchanged(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, LEDGER_KEY, kitchen(3) | {"version": STORAGE_VERSION + 1})
    before = disk(hass, LEDGER_KEY).read_bytes()
    entry = a_home()
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await pass_time(hass, clock, timedelta(hours=1), {PM25: usual, VOC: usual, INDEX: usual})
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert disk(hass, LEDGER_KEY).read_bytes() == before
    assert set_aside(hass) == []


async def test_a_newer_good_copy_is_refused_too(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, LEDGER_KEY, kitchen(3))
    write(hass, GOOD_KEY, kitchen(3) | {"version": STORAGE_VERSION + 1})
    entry = a_home()
    await set_up(hass, entry)
    assert entry.error_reason_translation_key == "store_newer"
