"""What happens when the disk is full, is read-only, or fails; real files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
import os
from pathlib import Path
import shutil
import tempfile

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, NotSavedError
from tests.conftest import DOMAIN, Fixer
from tests.faults import DAMAGE, Faults, complaints
from tests.files import damage, disk, full_disk, kitchen, read, set_aside, write
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    VOC,
    a_home,
    a_room,
    act,
    issues,
    pass_time,
    set_up,
    shown,
    steady,
    usual,
)

pytestmark = pytest.mark.on_disk

LEARNING = "sensor.kitchen_pm25_learning"
DAY = NOON.date() - timedelta(days=3)
NOBODY = 65534  # A user who may write nothing here.


@pytest.fixture
def hass_config_dir() -> Iterator[str]:
    """Give every test its own files, in a folder that another user can read."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield str(folder)
    shutil.rmtree(folder)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder read-only; permissions do not stop root, so become nobody."""
    before, me = folder.stat().st_mode, os.geteuid()
    for file in folder.iterdir():
        file.chmod(0o644)
    folder.chmod(0o555)
    if me == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)
        folder.chmod(before)


DISKS = {"full": lambda _: full_disk(), "read-only": read_only}


def entry_ids(hass: HomeAssistant) -> list[int]:
    """Return the ids of the kitchen's entries that are on disk."""
    entries = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]["entries"]
    return [row[0] for row in entries]


async def a_kitchen(hass: HomeAssistant) -> MockConfigEntry:
    """Set up a kitchen that has learned."""
    for key in (LEDGER_KEY, GOOD_KEY):
        write(hass, key, kitchen(36))
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO))
    await set_up(hass, entry)
    return entry


@pytest.mark.parametrize("kind", DISKS)
async def test_a_correction_that_could_not_be_saved_is_not_confirmed_but_saved_later(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, kind: str
) -> None:
    await a_kitchen(hass)
    before = disk(hass, LEDGER_KEY).read_bytes()
    with DISKS[kind](disk(hass, "")):
        with pytest.raises(NotSavedError, match="could not be saved"):
            await act(hass, "strike_days", start_date=str(DAY))
        await pass_time(hass, clock, timedelta(minutes=30), {PM25: usual})
        assert disk(hass, LEDGER_KEY).read_bytes() == before
        (day,) = [
            day
            for day in (await act(hass, "get_ledger"))["quantities"]["pm25"]["days"]
            if day["struck_parts"]
        ]
        assert day["day"] == str(DAY), "it counts"
    await pass_time(hass, clock, timedelta(minutes=20), {PM25: usual})
    assert len(entry_ids(hass)) == 1


async def test_an_answer_that_could_not_be_saved_says_so(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    await a_kitchen(hass)
    await pass_time(hass, clock, timedelta(hours=1), {PM25: steady(80)})
    (issue_id,) = issues(hass)
    page = await fixer.choose(await fixer.begin(issue_id), "real")
    with full_disk():
        page = await fixer.confirm(page)
    assert page["reason"] == "not_saved"
    assert issues(hass) == [], "the answer counts"
    await pass_time(hass, clock, timedelta(minutes=20), {PM25: usual})
    assert len(entry_ids(hass)) == 1


@pytest.mark.parametrize("kind", DISKS)
async def test_a_week_on_a_disk_that_accepts_no_writes_is_learned_and_saved_afterwards(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    faults: Faults,
    kind: str,
) -> None:
    await a_kitchen(hass)
    half_hour = timedelta(minutes=30)
    with DISKS[kind](disk(hass, "")):
        await pass_time(hass, clock, timedelta(days=7), {PM25: usual}, step=half_hour)
        assert shown(hass, LEARNING).state == "learned"
        saves_failed = sum(f"Error writing config for {DOMAIN}" in text for text in caplog.messages)
        days = (await act(hass, "get_ledger"))["quantities"]["pm25"]["days"]
        known = [day["day"] for day in days]
    await pass_time(hass, clock, timedelta(minutes=20), {PM25: usual})
    stored = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert clock().timestamp() - stored["source"]["last_read"] <= 15 * 60
    assert len(stored["days"]) == len(known)
    week = [str(NOON.date() + timedelta(days=after)) for after in range(7)]
    assert known[-7:] == week, "each of its days was learned"
    observed = [day["observed"] for day in days[-6:]]
    assert min(observed) > 0.98, "nothing of a day was lost"
    assert saves_failed > 7 * 24, "one each hour at least"
    found = complaints(caplog.records, "Error writing config for")
    faults.check(f"{kind} disk", f"{saves_failed} saves failed", found, "0")


async def test_a_disk_that_cannot_be_read_is_not_damage_and_is_tried_again(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    write(hass, LEDGER_KEY, kitchen(36))
    ledger = disk(hass, LEDGER_KEY)
    before = ledger.read_bytes()
    ledger.rename(f"{ledger}.away")
    ledger.symlink_to(ledger)  # Reading it fails with a disk error, even for root.
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    assert entry.state.value == "setup_retry"
    assert entry.error_reason_translation_key == "store_unreadable"
    assert ledger.is_symlink()
    ledger.unlink()
    disk(hass, f"{LEDGER_KEY}.away").rename(ledger)
    await pass_time(hass, clock, timedelta(minutes=2), step=timedelta(seconds=10))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state.value == "loaded"
    assert shown(hass, LEARNING).state == "learned"
    assert ledger.read_bytes() == before
    assert not set_aside(hass)
    assert not issues(hass)


async def test_a_good_copy_that_cannot_be_read_is_not_needed(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, LEDGER_KEY, kitchen(36))
    disk(hass, GOOD_KEY).symlink_to(disk(hass, GOOD_KEY))
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    assert shown(hass, LEARNING).state == "learned"


@pytest.mark.parametrize("part", ["whole", "channel"])
async def test_damage_on_a_full_disk_still_leads_to_the_good_copy(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    part: str,
) -> None:
    for key in (LEDGER_KEY, GOOD_KEY):
        write(hass, key, kitchen(36))
    damage(
        hass,
        LEDGER_KEY,
        lambda whole: whole[:99] if part == "whole" else whole.replace(b'"paused": f', b'"p": f'),
    )
    with full_disk():
        await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
        assert shown(hass, LEARNING).state == "learned"
        assert issues(hass) == ["store_recovered"]
    assert complaints(caplog.records, *DAMAGE) == []


async def test_a_power_cut_between_the_two_files_leaves_both_valid(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    """The ledger is written, the good copy is not, or the other way round."""
    entry = await a_kitchen(hass)
    await pass_time(hass, clock, timedelta(hours=25), {PM25: usual, VOC: usual})
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    old_good, new = disk(hass, GOOD_KEY).read_bytes(), disk(hass, LEDGER_KEY).read_bytes()
    await hass.config_entries.async_unload(entry.entry_id)
    for ledger, good in ((new, old_good), (old_good.replace(b"_good", b""), new)):
        disk(hass, LEDGER_KEY).write_bytes(ledger)
        disk(hass, GOOD_KEY).write_bytes(good.replace(b'ledger"', b'ledger_good"'))
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert shown(hass, LEARNING).state == "learned"
        assert issues(hass) == []
        await hass.config_entries.async_unload(entry.entry_id)


async def test_an_episode_is_reported_once_even_if_the_power_is_cut_a_moment_later(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await a_kitchen(hass)
    minute = timedelta(minutes=1)
    while shown(hass, "binary_sensor.kitchen_pm25_unusual").state != "on":
        await pass_time(hass, clock, minute, {PM25: steady(80)}, step=minute)
    reported = shown(hass, "event.kitchen_inference")
    assert reported.attributes["event_type"] == "unusual_started"
    await pass_time(hass, clock, timedelta(seconds=2), step=timedelta(seconds=1))
    on_disk = disk(hass, LEDGER_KEY).read_bytes()
    await hass.config_entries.async_unload(entry.entry_id)
    disk(hass, LEDGER_KEY).write_bytes(on_disk)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    asked = issues(hass)
    assert len(asked) == 1, "the question is still there"
    assert shown(hass, "binary_sensor.kitchen_pm25_unusual").state == "on"
    await pass_time(hass, clock, timedelta(hours=1), {PM25: steady(80)})
    again = shown(hass, "event.kitchen_inference")
    assert again.state in (reported.state, "unknown"), "not reported a second time"
    assert issues(hass) == asked


def test_not_saved_is_an_error_that_people_see() -> None:
    assert issubclass(NotSavedError, HomeAssistantError)
