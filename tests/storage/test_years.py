"""The years on disk: when they are written, and what becomes of damage. Real files."""

from datetime import UTC, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.year import dump_year
from custom_components.air_baseline.core.year.year import NO_YEAR, Year
from custom_components.air_baseline.storage.ha_store import YEAR_VERSION
from custom_components.air_baseline.storage.rooms import MOST_RETIRED, StoredRoom
from custom_components.air_baseline.storage.store import LEDGER_KEY
from custom_components.air_baseline.storage.years import YEAR_GOOD_KEY, YEAR_KEY
from tests.conftest import DOMAIN
from tests.core.rooms import a_day
from tests.eventful import FIXTURES
from tests.files import damage, disk, full_disk, kitchen, read, set_aside, write
from tests.home import (
    BEDROOM,
    KITCHEN,
    NOON,
    PM25,
    VOC,
    a_home,
    a_room,
    act,
    pass_time,
    set_up,
    usual,
)

pytestmark = pytest.mark.on_disk

ONLY_90_DAYS = "keep_90_days_only"
TODAY = NOON.date().toordinal()
AIR = {PM25: usual, VOC: lambda at: usual(at, Pollutant.VOC_RATIO)}
DAY, HALF_HOUR = timedelta(days=1), timedelta(minutes=30)


def a_year(level: float = 8.0) -> Year:
    """Return ten weeks of a year ago."""
    days = (a_day(TODAY - 400 + place, {level: 36}) for place in range(70))
    return NO_YEAR.with_days((day, 255) for day in days)


def stored(*years: tuple[str, Year], version: int = YEAR_VERSION) -> dict[str, Any]:
    """Return a stored file of the kitchen's years, by quantity."""
    rooms = {KITCHEN: {name: dump_year(year) for name, year in years}}
    return {"version": version, "minor_version": 1, "data": {"rooms": rooms}}


def channel(entry: MockConfigEntry, pollutant: Pollutant = Pollutant.PM25) -> Channel:
    found: Channel = entry.runtime_data.rooms[KITCHEN].channels[pollutant]
    return found


async def a_learned_home(hass: HomeAssistant, days: int = 36, **options: Any) -> MockConfigEntry:
    write(hass, LEDGER_KEY, kitchen(days))
    entry = a_home(**options)
    await set_up(hass, entry)
    return entry


async def test_a_store_without_a_year_begins_one_as_days_leave(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await a_learned_home(hass, 90)
    first = channel(entry).ledger.days[0].day
    assert not disk(hass, YEAR_KEY).exists()
    await pass_time(hass, clock, DAY, AIR, step=HALF_HOUR)
    (week,) = channel(entry).year.weeks
    assert week.seen_days[-1] == first + 6 - (first - 1) % 7
    file = read(hass, YEAR_KEY)
    assert file["version"] == YEAR_VERSION
    assert file["data"]["rooms"][KITCHEN]["pm25"] == dump_year(channel(entry).year)
    assert disk(hass, YEAR_KEY).stat().st_mode & 0o777 == 0o600
    assert read(hass, YEAR_GOOD_KEY)["data"] == file["data"]
    written = disk(hass, YEAR_KEY).stat().st_mtime_ns
    await pass_time(hass, clock, 2 * DAY, AIR, step=HALF_HOUR)
    assert disk(hass, YEAR_KEY).stat().st_mtime_ns == written, "once a week"


async def test_a_year_is_there_again_after_a_restart(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, YEAR_KEY, stored(("pm25", a_year())))
    entry = await a_learned_home(hass)
    assert channel(entry).year == a_year()
    assert channel(entry, Pollutant.VOC_RATIO).year == NO_YEAR
    before = disk(hass, YEAR_KEY).read_bytes()
    await hass.config_entries.async_reload(entry.entry_id)
    assert channel(entry).year == a_year()
    assert disk(hass, YEAR_KEY).read_bytes() == before


async def test_a_correction_that_reaches_the_year_is_written_and_undone(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, YEAR_KEY, stored(("pm25", a_year())))
    entry = await a_learned_home(hass)
    await act(hass, "reset")
    assert channel(entry).year.weeks == []
    kept = read(hass, YEAR_KEY)["data"]["rooms"][KITCHEN]["pm25"]
    assert kept["room"] == [0, TODAY + 1]
    await act(hass, "undo")
    assert channel(entry).year == a_year()
    assert read(hass, YEAR_KEY)["data"]["rooms"][KITCHEN]["pm25"] == dump_year(a_year())


async def test_a_damaged_year_comes_from_the_good_copy(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = stored(("pm25", a_year()), ("voc_ratio", a_year(100.0)))
    wrong["data"]["rooms"][KITCHEN]["pm25"]["room"] = [1, 2]
    write(hass, YEAR_KEY, wrong)
    write(hass, YEAR_GOOD_KEY, stored(("pm25", a_year(9.0))))
    entry = await a_learned_home(hass)
    assert channel(entry).year == a_year(9.0)
    assert channel(entry, Pollutant.VOC_RATIO).year == a_year(100.0)
    assert "was taken from the good copy" in caplog.text
    assert len(set_aside(hass, YEAR_KEY)) == 1
    await entry.runtime_data.store.async_save()
    assert read(hass, YEAR_KEY)["data"]["rooms"][KITCHEN]["pm25"] == dump_year(a_year(9.0))


@pytest.mark.parametrize("how", ["truncated", "wrong"])
async def test_a_damaged_file_without_a_good_copy_costs_no_more_than_the_year(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    issue_registry: ir.IssueRegistry,
    how: str,
) -> None:
    whole = stored(("pm25", a_year()))
    if how == "wrong":
        whole["data"]["rooms"][KITCHEN]["pm25"] = "damaged"
    write(hass, YEAR_KEY, whole)
    if how == "truncated":
        damage(hass, YEAR_KEY, lambda data: data[: len(data) // 2])
    entry = await a_learned_home(hass)
    assert channel(entry).year == NO_YEAR
    assert len(channel(entry).ledger.days) == 36
    assert len(set_aside(hass, YEAR_KEY)) == 1
    issue = issue_registry.async_get_issue(DOMAIN, "store_recovered")
    assert issue is not None
    assert issue.data is not None
    assert issue.data["partly"] == KITCHEN
    said = "is lost; another one begins" if how == "wrong" else f"{YEAR_KEY} is damaged"
    assert said in caplog.text


async def test_a_damaged_file_as_a_whole_comes_from_the_good_copy(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, YEAR_KEY, stored(("pm25", a_year())))
    damage(hass, YEAR_KEY, lambda data: data[:100])
    write(hass, YEAR_GOOD_KEY, stored(("pm25", a_year())))
    entry = await a_learned_home(hass)
    assert channel(entry).year == a_year()


async def test_a_channel_that_is_lost_keeps_its_year(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, YEAR_KEY, stored(("pm25", a_year())))
    damaged = kitchen(36)
    damaged["data"]["rooms"][KITCHEN]["channels"]["pm25"] = "damaged"
    write(hass, LEDGER_KEY, damaged)
    entry = a_home()
    await set_up(hass, entry)
    assert not channel(entry).ledger.days
    assert channel(entry).year == a_year()


async def test_a_file_of_the_first_form_is_read_and_kept(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    """It was written before a year could have one from before a file was taken in."""
    first = json.loads((FIXTURES / "year_v1" / YEAR_KEY).read_text("utf-8"))
    write(hass, YEAR_KEY, first)
    before = disk(hass, YEAR_KEY).read_bytes()
    entry = await a_learned_home(hass)
    assert channel(entry).year == a_year()
    (kept,) = disk(hass, YEAR_KEY).parent.glob(f"{YEAR_KEY}.v1.*")
    assert kept.read_bytes() == before
    assert read(hass, YEAR_KEY)["version"] == YEAR_VERSION


async def test_a_newer_file_is_not_touched(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    write(hass, YEAR_KEY, stored(("pm25", a_year()), version=YEAR_VERSION + 1))
    before = disk(hass, YEAR_KEY).read_bytes()
    write(hass, LEDGER_KEY, kitchen(36))
    entry = a_home()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert issue_registry.async_get_issue(DOMAIN, "store_newer") is not None
    assert disk(hass, YEAR_KEY).read_bytes() == before


async def test_a_full_disk_keeps_the_days_that_the_year_could_not_take(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await a_learned_home(hass, 90)
    first = channel(entry).ledger.days[0].day
    with full_disk():
        await pass_time(hass, clock, DAY, AIR, step=HALF_HOUR)
        assert len(channel(entry).year.weeks) == 1
    kept = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]["channels"]["pm25"]
    assert len(kept["days"]) >= 90, "the whole is as it was"
    await entry.runtime_data.store.async_save()
    assert disk(hass, YEAR_KEY).exists()
    assert channel(entry).year.weeks[0].seen_days[0] in {first, first + 1}


async def test_the_year_goes_when_only_90_days_are_wanted(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, YEAR_KEY, stored(("pm25", a_year())))
    write(hass, YEAR_GOOD_KEY, stored(("pm25", a_year())))
    entry = await a_learned_home(hass)
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    wanted = {"promise": "month", ONLY_90_DAYS: True, "everyone_may_correct": False}
    asked = await hass.config_entries.options.async_configure(flow["flow_id"], wanted)
    assert (asked["type"], asked["step_id"]) == (FlowResultType.FORM, "forget")
    assert channel(entry).year == a_year(), "it is said first"
    done = await hass.config_entries.options.async_configure(flow["flow_id"], {})
    await hass.async_block_till_done()
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert channel(entry).year == NO_YEAR
    assert [*disk(hass, "").glob(f"{YEAR_KEY}*")] == []
    assert len(channel(entry).ledger.days) == 36
    channel(entry).fill_year(NOON.timestamp(), [a_day(TODAY - 200, origin=DayOrigin.HOURLY)])
    assert channel(entry).year == NO_YEAR
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    wanted[ONLY_90_DAYS] = False
    await hass.config_entries.options.async_configure(flow["flow_id"], wanted)
    await hass.async_block_till_done()
    assert channel(entry).keeps_year


async def test_a_home_of_90_days_reads_and_keeps_no_year(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, YEAR_KEY, stored(("pm25", a_year())))
    entry = await a_learned_home(hass, 90, **{ONLY_90_DAYS: True})
    assert channel(entry).year == NO_YEAR
    await pass_time(hass, clock, DAY, AIR, step=HALF_HOUR)
    assert channel(entry).year == NO_YEAR
    assert [*disk(hass, "").glob(f"{YEAR_KEY}*")] == []


async def test_a_replaced_sensor_takes_its_year_with_it(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    write(hass, YEAR_KEY, stored(("pm25", a_year())))
    entry = await a_learned_home(hass)
    room = entry.subentries[KITCHEN]
    hass.config_entries.async_update_subentry(
        entry, room, data={**room.data, "start_anew": ["pm25"]}
    )
    await hass.async_block_till_done()
    assert channel(entry).year == NO_YEAR
    (retired,) = entry.runtime_data.stored[KITCHEN].retired
    assert retired["year"] == dump_year(a_year())
    assert "pm25" not in read(hass, YEAR_KEY)["data"]["rooms"].get(KITCHEN, {})


def test_a_sensor_replaced_again_and_again_sets_the_last_few_aside() -> None:
    room = StoredRoom()
    for turn in range(3 * MOST_RETIRED):
        replaced = Channel(POLLUTANTS[Pollutant.PM25], UTC)
        replaced.year = a_year(8.0 + turn)
        room.channels[Pollutant.PM25] = replaced
        room.retire(Pollutant.PM25, 1000.0 + turn)
        room.channels[Pollutant.PM25] = Channel(POLLUTANTS[Pollutant.PM25], UTC)
        room.retire(Pollutant.PM25, 1000.5 + turn)
    last = [1000.0 + turn for turn in range(2 * MOST_RETIRED, 3 * MOST_RETIRED)]
    assert [item["at"] for item in room.retired] == last
    assert all("year" in item for item in room.retired)


async def test_removing_a_room_or_the_integration_leaves_nothing(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    for key in (YEAR_KEY, YEAR_GOOD_KEY):
        write(hass, key, stored(("pm25", a_year())))
    write(hass, LEDGER_KEY, kitchen(36))
    entry = a_home(
        a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO),
        a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX),
    )
    await set_up(hass, entry)
    hass.config_entries.async_remove_subentry(entry, KITCHEN)
    await hass.async_block_till_done()
    for key in (YEAR_KEY, YEAR_GOOD_KEY):
        assert KITCHEN not in disk(hass, key).read_text("utf-8")
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert [*disk(hass, "").glob(f"{DOMAIN}*")] == []
