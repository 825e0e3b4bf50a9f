"""What is closed is written seldom; what is open continues it, and is of no use without it."""

from base64 import b64decode, b64encode
from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.frozen import Whole
from custom_components.air_baseline.storage.packed import pack, unpack
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, OPEN_KEY
from tests.files import disk, kitchen, read, set_aside, write
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    VOC,
    a_home,
    a_room,
    act,
    issue,
    issues,
    pass_time,
    set_up,
    shown,
    usual,
)

pytestmark = pytest.mark.on_disk

AIR = {PM25: usual, VOC: lambda at: usual(at, Pollutant.VOC_RATIO)}
DAYS = [str(NOON.date() - timedelta(days=ago)) for ago in (3, 5, 7)]
FILES = (LEDGER_KEY, OPEN_KEY, GOOD_KEY)


async def a_kitchen(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> MockConfigEntry:
    """Run a learned kitchen until its first whole is written."""
    for key in (LEDGER_KEY, GOOD_KEY):
        write(hass, key, kitchen(36))
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO))
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(minutes=20), AIR)
    return entry


async def restart(
    hass: HomeAssistant, entry: MockConfigEntry, changed: dict[str, bytes] | None = None
) -> None:
    """Start again from the files as they are, some of them changed: the process was killed."""
    there = [key for key in FILES if disk(hass, key).is_file()]
    files = {key: disk(hass, key).read_bytes() for key in there} | (changed or {})
    await hass.config_entries.async_unload(entry.entry_id)
    for key, content in files.items():
        disk(hass, key).write_bytes(content)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def excluded(hass: HomeAssistant) -> list[str]:
    days = (await act(hass, "get_ledger"))["quantities"]["pm25"]["days"]
    return [day["day"] for day in days if day["struck_parts"]]


def observed(hass: HomeAssistant) -> Any:  # noqa: ANN401
    channel = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    return channel["source"]["last_read"]


async def test_a_quiet_day_writes_the_whole_once_and_the_open_part_every_fifteen_minutes(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await a_kitchen(hass, clock)
    wholes, opened, saves = set[str](), set[float](), list[float]()
    for _ in range(24 * 6):
        await pass_time(hass, clock, timedelta(minutes=10), AIR)
        await hass.async_block_till_done(wait_background_tasks=True)
        whole = json.loads(disk(hass, LEDGER_KEY).read_bytes())["data"]
        wholes.add(whole["id"])
        if disk(hass, OPEN_KEY).is_file():
            opened.add(json.loads(disk(hass, OPEN_KEY).read_bytes())["data"]["saved_at"])
        saves.append(clock().timestamp() - observed(hass))
    assert len(wholes) == 2, "as it was, and after 04:00"
    assert 60 <= len(opened) <= 97
    assert max(saves) <= 16 * 60
    assert disk(hass, OPEN_KEY).stat().st_size < 2500
    assert disk(hass, OPEN_KEY).stat().st_mode & 0o777 == 0o600


async def test_a_correction_writes_the_open_part_alone_and_survives_a_kill(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await a_kitchen(hass, clock)
    whole = disk(hass, LEDGER_KEY).read_bytes()
    for number, day in enumerate(DAYS, start=1):
        await act(hass, "strike_days", start_date=day)
        assert disk(hass, LEDGER_KEY).read_bytes() == whole
        entries = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]["entries"]
        assert len(entries) == number
    before = (await act(hass, "get_ledger"))["quantities"]
    await restart(hass, entry)
    assert (await act(hass, "get_ledger"))["quantities"] == before
    assert await excluded(hass) == sorted(DAYS)
    assert issues(hass) == []


async def test_an_open_part_of_an_older_whole_is_of_no_use_and_no_damage(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await a_kitchen(hass, clock)
    await act(hass, "strike_days", start_date=DAYS[0])
    older = disk(hass, OPEN_KEY).read_bytes()
    await pass_time(hass, clock, timedelta(hours=20), AIR)
    await act(hass, "undo")
    await restart(hass, entry, {OPEN_KEY: older})
    assert await excluded(hass) == [DAYS[0]], "as the whole of 04:00 has it"
    assert issues(hass) == []
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"


def flipped(opened: bytes, room: str = KITCHEN) -> bytes:
    """Return the open parts with one bit of a room's flipped."""
    stored = json.loads(opened)
    packed = bytearray(b64decode(stored["data"]["rooms"][room]))
    packed[len(packed) // 2] ^= 4
    stored["data"]["rooms"][room] = b64encode(packed).decode()
    return json.dumps(stored).encode()


def with_part(opened: bytes, packed: str) -> bytes:
    """Return the open parts with another text for the kitchen."""
    stored = json.loads(opened)
    stored["data"]["rooms"][KITCHEN] = packed
    return json.dumps(stored).encode()


OPEN_DAMAGE: dict[str, Any] = {
    "a flipped bit": flipped,
    "cut short": lambda opened: opened[: len(opened) // 2],
    "empty": lambda _: b"",
    "no text": lambda opened: opened.replace(b'"01KITCHEN": "', b'"01KITCHEN": 7, "x": "'),
    "packed nonsense": lambda opened: with_part(opened, pack({"channels": {"pm25": {}}})),
}


@pytest.mark.parametrize("how", OPEN_DAMAGE.values(), ids=OPEN_DAMAGE)
async def test_a_damaged_open_part_costs_only_what_is_newer_than_the_whole_and_is_told(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    how: Any,  # noqa: ANN401
) -> None:
    entry = await a_kitchen(hass, clock)
    await act(hass, "strike_days", start_date=DAYS[0])
    await pass_time(hass, clock, timedelta(hours=18), AIR)
    await act(hass, "strike_days", start_date=DAYS[1])
    damaged = how(disk(hass, OPEN_KEY).read_bytes())
    await restart(hass, entry, {OPEN_KEY: damaged})
    assert await excluded(hass) == [DAYS[0]]
    found = issue(hass, "store_recovered")
    assert found is not None
    assert found.data == {"lost": "", "recovered": KITCHEN}
    assert set_aside(hass, OPEN_KEY) == [damaged]
    await pass_time(hass, clock, timedelta(minutes=20), AIR)
    await restart(hass, entry)
    assert await excluded(hass) == [DAYS[0]]


async def test_a_damaged_whole_with_its_good_copy_and_its_open_part_loses_nothing(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await a_kitchen(hass, clock)
    await pass_time(hass, clock, timedelta(hours=18), AIR)
    await act(hass, "strike_days", start_date=DAYS[1])
    await restart(hass, entry, {LEDGER_KEY: disk(hass, LEDGER_KEY).read_bytes()[:999]})
    assert await excluded(hass) == [DAYS[1]]
    assert issue(hass, "store_recovered") is not None


async def test_after_a_reload_the_ledger_alone_holds_everything(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await a_kitchen(hass, clock)
    await act(hass, "strike_days", start_date=DAYS[0])
    await hass.config_entries.async_unload(entry.entry_id)
    disk(hass, OPEN_KEY).unlink()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert await excluded(hass) == [DAYS[0]]


async def test_a_shutdown_writes_the_open_part(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await a_kitchen(hass, clock)
    await pass_time(hass, clock, timedelta(minutes=5), AIR)
    whole = disk(hass, LEDGER_KEY).read_bytes()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert observed(hass) == clock().timestamp()
    assert disk(hass, LEDGER_KEY).read_bytes() == whole


def test_the_whole_is_written_again_when_open_parts_have_grown_by_as_much() -> None:
    whole = Whole("x", {}, 1000)
    for size in (100, 100, 90):
        whole.note(size)
    assert whole.spent == 0
    for _ in range(4):
        whole.note(340)
    assert not whole.outgrown
    whole.note(91)
    assert whole.outgrown


def test_packed_values_are_as_they_were_or_refused() -> None:
    values = {"channels": {"pm25": {"facts": [[1, 2.5, None]], "name": "Küche"}}}
    packed = pack(values)
    assert unpack(packed) == values
    for wrong in (None, 7, "", "?", packed[:-8], packed[:40], pack(values)[4:], "eA=="):
        with pytest.raises(StoredFormError):
            unpack(wrong)
