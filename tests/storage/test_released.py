"""Every form of the store that was ever released loads, and shows what it showed then.

`fixtures/store_vN` holds both files as `run_eventful_home` left them with the integration of
that time, and `shown.json`: when that was, and what the entities showed at that moment.
"""

from datetime import datetime, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.alerting.promise import rarities
from custom_components.air_baseline.core.day import PARTS
from custom_components.air_baseline.storage.store import (
    GOOD_KEY,
    LEDGER_KEY,
    OPEN_KEY,
    STORAGE_VERSION,
)
from tests.conftest import DOMAIN
from tests.eventful import FIXTURES, eventful_home, put_released, run_eventful_home
from tests.files import disk, read, set_aside
from tests.home import KITCHEN, issues, pass_time, set_up, shown
from tests.stored import in_columns_of_today

pytestmark = pytest.mark.on_disk

RELEASED = sorted(path.name for path in FIXTURES.glob("store_v*"))
PRESENT = f"store_v{STORAGE_VERSION}"
FORMER = [version for version in RELEASED if version != PRESENT]


def states(hass: HomeAssistant) -> dict[str, str]:
    """Return what our entities show, without events, which Home Assistant remembers itself."""
    known = er.async_get(hass).entities.values()
    return {
        one.entity_id: shown(hass, one.entity_id).state
        for one in known
        if one.platform == DOMAIN and one.disabled_by is None and one.domain != "event"
    }


def ledgers(stored: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the ledgers of a stored file, without what changes by the minute."""
    running = {"source", "today", "facts", "version", "unit_check", "end_at", "day_hours"}
    return [
        {name: value for name, value in channel.items() if name not in running}
        for room in stored["data"]["rooms"].values()
        for channel in room["channels"].values()
    ]


def may_alert(entry: MockConfigEntry) -> set[str]:
    """Return the kitchen's pollutants that have an alert level in each part of today."""
    channels = entry.runtime_data.rooms[KITCHEN].channels
    return {
        pollutant.value
        for pollutant, channel in channels.items()
        if (today := channel.forecast) is not None
        and today.eligible
        and (*today.threshold.bars,) == rarities(channel.promise_days)
        and all(today.alert_level(part) for part in range(PARTS))
    }


def written_down(stored: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what was written down for the open days, without what is made again from days.

    `bar` was the alert threshold before there was a threshold for each rarity, and `quota`
    followed from the other values of a standing.
    """
    made_again = {"bar", "threshold", "promise", "quota"}
    forecasts = [
        dict(channel["today"]["forecast"])
        for room in stored["data"]["rooms"].values()
        for channel in room["channels"].values()
        if channel["today"]
    ]
    return [
        {name: value for name, value in known.items() if name not in made_again}
        for forecast in forecasts
        for known in (forecast.pop("standing"), forecast)
    ]


def form(data: Any) -> Any:  # noqa: ANN401
    """Return the names and columns of stored data without its values; all rows are alike."""
    if isinstance(data, dict):
        return {
            name: value if name.endswith("_columns") else form(value)
            for name, value in data.items()
            if not name.startswith(("unusual_", "range_"))
        }
    return (
        [form(data[0])] if isinstance(data, list) and data and isinstance(data[0], dict) else None
    )


@pytest.mark.parametrize("version", RELEASED)
@pytest.mark.parametrize("only", [LEDGER_KEY, GOOD_KEY])
async def test_every_released_form_loads_and_shows_what_it_showed(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, version: str, only: str
) -> None:
    put_released(hass, version, only)
    before = read(hass, only)
    expected = json.loads((FIXTURES / version / "shown.json").read_text("utf-8"))
    kept_at = before["data"].get("kept_at")
    clock.move_to(
        dt_util.utc_from_timestamp(kept_at) if kept_at else datetime.fromisoformat(expected["at"])
    )
    entry = eventful_home()
    await set_up(hass, entry)
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"
    assert ("store_recovered" in issues(hass)) == (only == GOOD_KEY)
    if only == LEDGER_KEY:
        assert states(hass) == expected["states"]
        assert set_aside(hass) == []
        assert may_alert(entry) == {"pm25", "voc_ratio"}
    await hass.config_entries.async_unload(entry.entry_id)
    after = read(hass, LEDGER_KEY)
    assert ledgers(after) == ledgers(in_columns_of_today(before))
    if only == LEDGER_KEY:
        assert written_down(after) == written_down(before)


def files(hass: HomeAssistant) -> dict[str, bytes]:
    """Return our files that are there, by their keys."""
    keys = (LEDGER_KEY, GOOD_KEY, OPEN_KEY)
    return {key: disk(hass, key).read_bytes() for key in keys if disk(hass, key).is_file()}


@pytest.mark.parametrize("version", FORMER)
async def test_files_of_an_earlier_form_are_kept_for_thirty_days(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, version: str
) -> None:
    put_released(hass, version)
    clock.move_to(
        datetime.fromisoformat(json.loads((FIXTURES / version / "shown.json").read_text())["at"])
    )
    before = files(hass)

    def copies(key: str) -> list[bytes]:
        found = disk(hass, key).parent.glob(f"{key}.{version.removeprefix('store_')}.*")
        return [path.read_bytes() for path in found]

    entry = eventful_home()
    await set_up(hass, entry)
    for key, whole in before.items():
        assert copies(key) == [whole]
        assert read(hass, key)["version"] == STORAGE_VERSION
    # Meanwhile the clock can be ahead, since nobody watched it.
    for days, kept in ((29, 1), (1, 1), (31, 0)):
        clock.tick(timedelta(days=days))
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert [len(copies(key)) for key in before] == [kept] * len(before)


async def test_a_clock_that_is_wrong_at_some_starts_removes_no_copy_of_an_earlier_form(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    put_released(hass, "store_v2")
    clock.move_to(dt_util.utc_from_timestamp(read(hass, GOOD_KEY)["data"]["kept_at"]))
    entry = eventful_home()
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)

    def copies() -> int:
        return len(list(disk(hass, "").glob(f"{DOMAIN}*.v2.*")))

    assert copies() == 2
    for days in (40, 0, 0, -40):
        clock.tick(timedelta(days=days, minutes=10))
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert copies() == 2
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("version", FORMER)
async def test_the_way_back_is_as_described(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, version: str
) -> None:
    """The copies under their old names load again and are as they were; what is open has one too.

    If it has none, the file is deleted.
    """
    put_released(hass, version)
    before = files(hass)
    clock.move_to(
        datetime.fromisoformat(json.loads((FIXTURES / version / "shown.json").read_text())["at"])
    )
    entry = eventful_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=1))
    await hass.config_entries.async_unload(entry.entry_id)
    disk(hass, OPEN_KEY).unlink()
    for key in before:
        (copy,) = disk(hass, "").glob(f"{key}.{version.removeprefix('store_')}.*")
        copy.rename(disk(hass, key))
    assert files(hass) == before
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"
    assert "store_recovered" not in issues(hass)


def test_the_page_about_the_way_back_names_the_form_of_today() -> None:
    page = (FIXTURES.parent.parent / "docs" / "troubleshooting.md").read_text("utf-8")
    assert f"today's is {STORAGE_VERSION}." in " ".join(page.split())


async def test_removal_leaves_no_copy_of_an_earlier_form(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    put_released(hass, "store_v1")
    entry = eventful_home()
    await set_up(hass, entry)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert list(disk(hass, "").glob(f"{DOMAIN}*")) == []


async def test_the_current_form_is_among_those_released_and_the_fixture_holds_all_of_it(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = await run_eventful_home(hass, clock)
    now, current = dt_util.utcnow(), states(hass)
    await entry.runtime_data.store.async_save()
    put_aside = {key: read(hass, key) for key in (LEDGER_KEY, OPEN_KEY, GOOD_KEY)}
    await hass.config_entries.async_unload(entry.entry_id)
    put_released(hass, PRESENT)
    for key, written in put_aside.items():
        assert form(in_columns_of_today(read(hass, key))) == form(written)
    assert put_aside[OPEN_KEY]["data"]["continues"] == put_aside[LEDGER_KEY]["data"]["id"]
    assert set(put_aside[OPEN_KEY]["data"]) == {"continues", "saved_at", "rooms", "context"}
    known = json.loads((FIXTURES / PRESENT / "shown.json").read_text("utf-8"))
    assert datetime.fromisoformat(known["at"]) == now
    assert set(known["states"]) == set(current)
    room = read(hass, LEDGER_KEY)["data"]["rooms"][KITCHEN]
    pm25, voc = room["channels"]["pm25"], room["channels"]["voc_ratio"]
    assert room["retired"]
    assert len(room["asked"]) == 2
    assert pm25["former"]["days"]
    assert pm25["facts"]
    assert {row[2] for row in pm25["entries"]} == {
        "relearned",
        "episode_normal",
        "named",
        "missed",
        "strike",
    }
    assert voc["today"]["episode"] == voc["episodes"][-1][0]
    assert all(None not in row for row in voc["beside"])
    surroundings = read(hass, LEDGER_KEY)["data"]["context"]
    assert all(mean["hours"] and mean["days"] for mean in surroundings.values())
