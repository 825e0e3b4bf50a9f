"""What is left of a room, and of the whole integration, once it is removed: nothing.

With a real recorder and real files.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.db_schema import (
    Statistics,
    StatisticsMeta,
    StatisticsShortTerm,
)
from homeassistant.components.recorder.util import session_scope
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy import select

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import GOOD_KEY, LEDGER_KEY
from tests.census import census
from tests.conftest import DOMAIN
from tests.files import damage, disk, read, write
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    PM25,
    Level,
    a_home,
    a_room,
    a_store,
    act,
    device_id,
    issues,
    learned,
    pass_time,
    set_up,
    settle,
    shown,
    steady,
    usual,
)
from tests.recorded import HOUR, SLOT, keep

pytestmark = pytest.mark.on_disk

KITCHEN_BAND = "air_baseline:01kitchen_pm25_usual"
BEDROOM_BAND = "air_baseline:01bedroom_voc_index_usual"
VOC_BAND = "air_baseline:01kitchen_voc_ratio_usual"
CORRUPT = f"{LEDGER_KEY}.corrupt."
REMEMBERED = ("deleted_devices", "deleted_entities")  # By Home Assistant itself, for 30 days.


@dataclass
class Home:
    """Two rooms, and the time that passes in them."""

    hass: HomeAssistant
    clock: FrozenDateTimeFactory
    entry: MockConfigEntry

    async def breathe(self, duration: timedelta, **high: float) -> None:
        """Let time pass with usual air, or with a steady level of pm25 or of the index."""
        levels: dict[str, Level] = {PM25: usual, INDEX: lambda at: usual(at, Pollutant.VOC_INDEX)}
        for name, source in (("pm25", PM25), ("index", INDEX)):
            if name in high:
                levels[source] = steady(high[name])
        await pass_time(self.hass, self.clock, duration, levels)

    async def live(self) -> None:
        """Rise in one room and then in the other, be corrected, lose a source."""
        await self.breathe(HOUR)
        await self.breathe(HOUR, pm25=90)
        await self.breathe(HOUR)
        await self.breathe(HOUR, index=450)
        await act(self.hass, "strike_days", start_date="2026-02-01", end_date="2026-02-02")
        await recorded(self.hass)  # What is not written yet would be removed when loaded next.
        await self.remove_voc()
        await self.breathe(HOUR / 2)

    async def remove_voc(self) -> None:
        room = self.entry.subentries[KITCHEN]
        data = {key: value for key, value in room.data.items() if not key.startswith("voc")}
        self.hass.config_entries.async_update_subentry(self.entry, room, data=data)
        await self.hass.async_block_till_done()

    async def remove_kitchen(self) -> None:
        self.hass.config_entries.async_remove_subentry(self.entry, KITCHEN)
        await self.hass.async_block_till_done()

    async def remove(self) -> None:
        await self.hass.config_entries.async_remove(self.entry.entry_id)
        await self.hass.async_block_till_done()


def two_rooms() -> MockConfigEntry:
    """Return a kitchen with a window, and a bedroom."""
    kitchen = a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO)
    kitchen["data"] = {**kitchen["data"], "windows": ["binary_sensor.window"]}
    return a_home(kitchen, a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX))


@pytest.fixture
async def home(recorder_mock: object, hass: HomeAssistant, clock: FrozenDateTimeFactory) -> Home:
    """Set up a home that has learned, from the good copy of a file that was damaged."""
    await keep(hass, HOUR, 3)
    await keep(hass, SLOT, 1)
    assert await async_setup_component(hass, "frontend", {})
    store = a_store(
        {
            KITCHEN: {
                pollutant: learned(pollutant, 36)
                for pollutant in (Pollutant.PM25, Pollutant.VOC_RATIO)
            },
            BEDROOM: {Pollutant.VOC_INDEX: learned(Pollutant.VOC_INDEX, 36)},
        }
    )
    write(hass, GOOD_KEY, store)
    write(hass, LEDGER_KEY, store)
    damage(hass, LEDGER_KEY, lambda whole: whole[:1000])
    hass.states.async_set("binary_sensor.window", "off")
    entry = two_rooms()
    await set_up(hass, entry)
    return Home(hass, clock, entry)


async def recorded(hass: HomeAssistant) -> Counter[str]:
    """Return which statistics the recorder has, ours or not, and in how many rows."""
    await hass.async_block_till_done(wait_background_tasks=True)
    await async_wait_recording_done(hass)

    def count() -> Counter[str]:
        with session_scope(hass=hass, read_only=True) as session:
            known = select(StatisticsMeta.id, StatisticsMeta.statistic_id)
            names = dict(session.execute(known).tuples().all())
            rows = [
                number
                for table in (Statistics, StatisticsShortTerm)
                for number in session.scalars(select(table.metadata_id))
            ]
        return Counter(names.get(number or 0) or "nothing known" for number in (*names, *rows))

    return await get_instance(hass).async_add_executor_job(count)


def without(counted: Counter[str], prefix: str) -> Counter[str]:
    return Counter({name: n for name, n in counted.items() if not name.startswith(prefix)})


def registered(hass: HomeAssistant) -> set[str]:
    """Return our entities, devices and repairs, and the repairs about what is ours."""
    entities = er.async_get(hass).entities.values()
    repairs = ir.async_get(hass).issues.values()
    return {
        *(entity.unique_id for entity in entities if entity.platform == DOMAIN),
        *(
            key
            for device in dr.async_get(hass).devices
            for domain, key in device.identifiers
            if domain == DOMAIN
        ),
        *(one.issue_id for one in repairs if DOMAIN in (one.domain, one.issue_domain)),
    }


def files(hass: HomeAssistant) -> list[str]:
    """Return the names of our files."""
    return sorted(path.name for path in disk(hass, "").glob(f"{DOMAIN}*"))


async def mentions(hass: HomeAssistant, what: str) -> list[str]:
    """Return which files of Home Assistant mention something, once all of them are written."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    found = {path.name: json.loads(path.read_text("utf-8")) for path in disk(hass, "").iterdir()}
    for name in REMEMBERED:
        for stored in found.values():
            stored["data"].pop(name, None)
    return [name for name, stored in found.items() if what in json.dumps(stored)]


async def test_removing_a_room_removes_what_is_its_own_and_nothing_else(home: Home) -> None:
    hass = home.hass
    await home.live()
    rows, known = await recorded(hass), registered(hass)
    asked = [one.rpartition("_")[0] for one in issues(hass)]
    assert rows.keys() >= {PM25, KITCHEN_BAND, BEDROOM_BAND}
    assert set(asked) >= {f"unusual_episode_{KITCHEN}", f"unusual_episode_{BEDROOM}"}
    assert stored(hass, LEDGER_KEY, KITCHEN)["retired"]
    await hass.config_entries.async_reload(home.entry.entry_id)  # It saves what is known now.
    bedroom = stored(hass, LEDGER_KEY, BEDROOM)
    await home.remove_kitchen()
    assert await recorded(hass) == without(rows, KITCHEN_BAND)
    assert registered(hass) == {one for one in known if KITCHEN not in one}
    assert hass.states.get("sensor.kitchen_pm25_learning") is None
    for key in (LEDGER_KEY, GOOD_KEY):
        data = read(hass, key)["data"]
        assert set(data["rooms"]) == {BEDROOM}
        assert not data.get("context"), "it was the window's"
    assert stored(hass, LEDGER_KEY, BEDROOM) == bedroom
    assert shown(hass, "sensor.bedroom_voc_learning").state == "learned"
    explained = (await act(hass, "explain", device_id=device_id(hass, BEDROOM)))["quantities"]
    assert "Kitchen" not in json.dumps(explained)


async def test_a_room_removed_while_nothing_is_loaded_leaves_as_little(home: Home) -> None:
    hass = home.hass
    await home.live()
    rows = await recorded(hass)
    await hass.config_entries.async_unload(home.entry.entry_id)
    await home.remove_kitchen()
    assert await recorded(hass) == rows
    await hass.config_entries.async_setup(home.entry.entry_id)
    assert await recorded(hass) == without(rows, KITCHEN_BAND)
    assert not [one for one in registered(hass) if KITCHEN in one]
    assert set(read(hass, LEDGER_KEY)["data"]["rooms"]) == {BEDROOM}


async def test_removing_the_integration_leaves_nothing(home: Home) -> None:
    hass = home.hass
    await home.live()
    rows, ours = await recorded(hass), er.async_entries_for_config_entry
    entities = [one.entity_id for one in ours(er.async_get(hass), home.entry.entry_id)]
    assert [name for name in files(hass) if name.startswith(CORRUPT)]
    await home.remove()
    assert await recorded(hass) == without(rows, DOMAIN)
    assert rows.keys() >= {PM25, KITCHEN_BAND, BEDROOM_BAND}
    assert registered(hass) == set()
    assert files(hass) == []
    assert not [one for one in entities if hass.states.get(one)]
    assert not [url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if DOMAIN in url]
    await home.breathe(2 * HOUR, pm25=90)
    assert await recorded(hass) == without(rows, DOMAIN)
    assert registered(hass) == set()
    assert files(hass) == []
    for name in (DOMAIN, KITCHEN, BEDROOM):
        assert await mentions(hass, name) == []


async def test_a_home_added_again_starts_clean_and_is_removed_again(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    hass = home.hass
    await home.live()
    await home.remove()
    await home.breathe(HOUR)
    caplog.clear()  # It holds the errors, and with them our objects.
    before = census(hass)
    for _ in range(2):
        home.entry = two_rooms()
        await set_up(hass, home.entry)
        await home.breathe(HOUR)
        assert shown(hass, "sensor.kitchen_pm25_learning").state == "collecting"
        for room in (KITCHEN, BEDROOM):
            report = await act(hass, "get_ledger", device_id=device_id(hass, room))
            assert report["set_aside"] == []
            for channel in report["quantities"].values():
                assert [channel[what] for what in ("days", "corrections", "episodes")] == [[]] * 3
        assert issues(hass) == []
        assert without(await recorded(hass), PM25) == Counter()
        await home.remove()
        await home.breathe(HOUR)
    after = census(hass)
    assert {what: n for what, n in after.items() if n > before[what] and what != "files"} == {}


async def test_an_action_on_a_room_that_is_being_removed_comes_too_late(home: Home) -> None:
    hass = home.hass
    await keep(hass, HOUR, 60)
    relearn = asyncio.create_task(act(hass, "relearn_from_history", quantity="pm25"))
    await settle()
    await home.remove()
    with pytest.raises(ServiceValidationError, match="removed before this finished"):
        await relearn
    assert files(hass) == []


async def test_removing_a_source_removes_its_entities(home: Home) -> None:
    hass = home.hass
    await home.breathe(HOUR)
    rows, known = await recorded(hass), registered(hass)
    voc = {one for one in known if one.startswith(f"{KITCHEN}_voc")}
    assert voc
    await home.remove_voc()
    assert registered(hass) == known - voc
    assert await recorded(hass) == without(rows, VOC_BAND)


async def test_another_pollutant_takes_over_the_names_of_the_entities(home: Home) -> None:
    hass, room = home.hass, home.entry.subentries[KITCHEN]
    data = {**room.data, "voc_kind": "voc_mass", "voc_unit": "μg/m³"}
    hass.config_entries.async_update_subentry(home.entry, room, data=data)
    await hass.async_block_till_done()
    known = er.async_get(hass).async_get("sensor.kitchen_voc_learning")
    assert known is not None
    assert known.unique_id == f"{KITCHEN}_voc_mass_learning"


def stored(hass: HomeAssistant, key: str, room: str) -> dict[str, Any]:
    """Return a room as it is in a file."""
    found: dict[str, Any] = read(hass, key)["data"]["rooms"][room]
    return found
