"""The pages about a store that is damaged or was written by a newer version. Real files."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY, STORAGE_VERSION
from tests.conftest import Fixer
from tests.files import damage, disk, kitchen, write
from tests.home import KITCHEN, a_home, a_room, act, issue, issues, set_up, shown

pytestmark = pytest.mark.on_disk

LEARNING = "sensor.kitchen_pm25_learning"
PRESENT_FORM, NEWER_FORM = STORAGE_VERSION, STORAGE_VERSION + 1
NEWER, RECOVERED = "store_newer", "store_recovered"


def put_aside(hass: HomeAssistant) -> list[str]:
    """Return the names of the files that were put aside as newer, without their times."""
    found = disk(hass, LEDGER_KEY).parent.glob("air_baseline.*.newer.*")
    return sorted(path.name.partition(".newer.")[0] for path in found)


def left(hass: HomeAssistant) -> list[str]:
    """Return the names of all our files that are there."""
    return [path.name for path in disk(hass, LEDGER_KEY).parent.glob("air_baseline*")]


async def refused(
    hass: HomeAssistant,
    *,
    ledger_version: int = STORAGE_VERSION,
    good_version: int = STORAGE_VERSION,
) -> MockConfigEntry:
    """Start with files of these versions."""
    write(hass, LEDGER_KEY, kitchen(36) | {"version": ledger_version})
    write(hass, GOOD_KEY, kitchen(30) | {"version": good_version})
    entry = a_home()
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert issues(hass) == [NEWER]
    return entry


async def test_a_newer_store_can_be_left_as_it_is(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    await refused(hass, ledger_version=NEWER_FORM)
    before = disk(hass, LEDGER_KEY).read_bytes()
    page = await fixer.begin(NEWER)
    assert page["menu_options"] == ["restore", "start_over", "leave"]
    done = await fixer.choose(page, "leave")
    assert done["reason"] == "left"
    assert disk(hass, LEDGER_KEY).read_bytes() == before
    assert issues(hass) == [NEWER]


async def test_the_last_good_copy_of_this_version_can_be_loaded(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    entry = await refused(hass, ledger_version=NEWER_FORM)
    page = await fixer.choose(await fixer.begin(NEWER), "restore")
    assert put_aside(hass) == [], "nothing happens before it is confirmed"
    assert (await fixer.choose(page, "init"))["step_id"] == "init", "and the page leads back"
    done = await fixer.confirm(await fixer.choose(page, "restore"))
    assert done["reason"] == "restored"
    assert entry.state is ConfigEntryState.LOADED
    assert shown(hass, LEARNING).attributes["usable_days"] == 30
    assert put_aside(hass) == [LEDGER_KEY]
    assert issue(hass, NEWER) is None


async def test_a_newer_good_copy_alone_is_put_aside(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    await refused(hass, good_version=NEWER_FORM)
    page = await fixer.choose(await fixer.begin(NEWER), "restore")
    await fixer.confirm(page)
    assert shown(hass, LEARNING).attributes["usable_days"] == 36
    assert put_aside(hass) == [GOOD_KEY]


async def test_without_a_good_copy_one_can_start_over_and_removal_leaves_nothing(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    entry = await refused(hass, ledger_version=NEWER_FORM, good_version=NEWER_FORM)
    page = await fixer.begin(NEWER)
    assert page["menu_options"] == ["start_over", "leave"]
    page = await fixer.choose(await fixer.choose(page, "start_over"), "init")
    done = await fixer.confirm(await fixer.choose(page, "start_over"))
    assert done["reason"] == "started_over"
    assert shown(hass, LEARNING).attributes["usable_days"] == 0
    assert put_aside(hass) == [LEDGER_KEY, GOOD_KEY]
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert left(hass) == []


async def test_a_page_that_comes_too_late_says_so(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    entry = await refused(hass, ledger_version=NEWER_FORM)
    pages = [await fixer.begin(NEWER) for _ in range(2)]
    write(hass, LEDGER_KEY, kitchen(36))
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert issues(hass) == []
    for page, choice in zip(pages, ("restore", "start_over"), strict=True):
        done = await fixer.choose(page, choice)
        assert (done["type"], done["reason"]) == ("abort", "gone")
    assert put_aside(hass) == []


async def recovered(hass: HomeAssistant) -> None:
    """Start with a damaged file and a good copy of it."""
    write(hass, LEDGER_KEY, kitchen(36))
    write(hass, GOOD_KEY, kitchen(36))
    damage(hass, LEDGER_KEY, lambda whole: whole[:100])
    await set_up(hass, a_home())
    assert issues(hass) == [RECOVERED]


async def test_what_was_recovered_can_be_kept(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    await recovered(hass)
    page = await fixer.begin(RECOVERED)
    assert page["menu_options"] == ["keep", "start_over"]
    rooms = {"lost": "Bedroom", "recovered": "Kitchen", "partly": "–"}
    assert page["description_placeholders"] == rooms
    done = await fixer.choose(page, "keep")
    assert done["reason"] == "kept"
    assert shown(hass, LEARNING).state == "learned"
    assert issues(hass) == []


async def test_what_was_recovered_can_be_started_over_and_that_undone(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    await recovered(hass)
    page = await fixer.choose(await fixer.begin(RECOVERED), "start_over")
    assert page["description_placeholders"] == {"recovered": "Kitchen"}
    page = await fixer.choose(await fixer.choose(page, "init"), "start_over")
    assert shown(hass, LEARNING).state == "learned"
    done = await fixer.confirm(page)
    assert done["reason"] == "started_over"
    assert shown(hass, LEARNING).state == "collecting"
    assert issues(hass) == []
    await act(hass, "undo")
    assert shown(hass, LEARNING).state == "learned"


async def test_rooms_removed_after_the_damage_are_not_mentioned(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, fixer: Fixer
) -> None:
    write(hass, LEDGER_KEY, kitchen(36))
    write(hass, GOOD_KEY, kitchen(36))
    damage(hass, LEDGER_KEY, lambda whole: whole[:100])
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO))
    await set_up(hass, entry)
    page = await fixer.begin(RECOVERED)
    hass.config_entries.async_remove_subentry(entry, KITCHEN)
    await hass.async_block_till_done()
    done = await fixer.choose(page, "start_over")
    assert (done["type"], done["reason"]) == ("abort", "gone")
