"""The demo: its rooms have the past that they should, and Home Assistant reads its home."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, flock
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant import config_entries, core_config
from homeassistant.auth import auth_store
from homeassistant.components import onboarding
from homeassistant.components.frontend import storage as frontend_storage
from homeassistant.components.http import config as http_config
from homeassistant.components.lovelace import dashboard
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
import pytest

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.storage.channel import load_channel
from custom_components.air_baseline.inputs.room_config import room_sources
from custom_components.air_baseline.storage.rooms import OpenParts, RoomsReader
from custom_components.air_baseline.storage.store import (
    LEDGER_KEY,
    OPEN_KEY,
    STORAGE_VERSION,
)
from demo import storage
from demo.air import DAY_S, Place
from demo.home import MARK, HomeError, prepare
from demo.homes import big_home
from demo.house import family_home
from demo.past import live
from tests.stored import continued
from tests.versions import before

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 19, 20, tzinfo=LONDON)
HOUSE = family_home(NOW.timestamp(), LONDON)


@pytest.fixture(scope="module")
def rooms() -> dict[str, Any]:
    """What the integration would have stored about each room."""
    stored = live(HOUSE, NOW.timestamp()).files(NOW.timestamp())[LEDGER_KEY]["rooms"]
    return {monitor.area: stored[monitor.room_id] for monitor in HOUSE.monitors}


def channel(rooms: dict[str, Any], place: Place, pollutant: Pollutant) -> Channel:
    return load_channel(rooms[place]["channels"][pollutant], LONDON, MONTH_DAYS)


def test_the_open_parts_continue_the_whole() -> None:
    files = live(HOUSE, NOW.timestamp()).files(NOW.timestamp())
    whole, opened = files[LEDGER_KEY], files[OPEN_KEY]
    assert OpenParts(opened, whole).continues
    reader = RoomsReader(LONDON, MONTH_DAYS, whole["rooms"])
    loaded = reader.read(whole, None, opened)
    assert not loaded.found
    assert continued({"data": whole}, {"data": opened}) == {"data": whole}
    assert {key: set(room.channels) for key, room in loaded.rooms.items()} == {
        key: set(room["channels"]) for key, room in whole["rooms"].items()
    }


@pytest.mark.parametrize("pollutant", [Pollutant.PM25, Pollutant.VOC_RATIO])
def test_the_living_room_is_learned_and_can_alert(
    rooms: dict[str, Any], pollutant: Pollutant
) -> None:
    living_room = channel(rooms, Place.LIVING_ROOM, pollutant)
    judged = living_room.judge(NOW.timestamp())
    assert judged.state is LearningState.LEARNED
    assert judged.reason is None
    assert len(living_room.ledger.days) > 40


def test_the_living_room_has_an_episode_and_a_question_about_it(rooms: dict[str, Any]) -> None:
    judged = channel(rooms, Place.LIVING_ROOM, Pollutant.PM25).judge(NOW.timestamp())
    assert judged.unusual
    (asked,) = rooms[Place.LIVING_ROOM]["asked"].values()
    assert asked["episodes"][Pollutant.PM25] == judged.episode
    assert not asked["answered"]


def test_the_bedroom_is_collecting(rooms: dict[str, Any]) -> None:
    judged = channel(rooms, Place.BEDROOM, Pollutant.PM25).judge(NOW.timestamp())
    assert judged.state is LearningState.COLLECTING
    assert judged.unusual is None


def test_the_kitchen_is_asked_about_since_its_sensor_was_moved(rooms: dict[str, Any]) -> None:
    kitchen = channel(rooms, Place.KITCHEN, Pollutant.PM25)
    judged = kitchen.judge(NOW.timestamp())
    assert judged.state is LearningState.LEARNED
    assert kitchen.ledger.shift is not None
    assert len(kitchen.ledger.days) > 40


def test_the_study_has_days_and_no_source(rooms: dict[str, Any]) -> None:
    study = channel(rooms, Place.STUDY, Pollutant.PM25)
    assert study.judge(NOW.timestamp()).state is LearningState.NO_SOURCE
    assert study.health.last_read == pytest.approx(NOW.timestamp() - 3 * DAY_S, abs=60.0)
    assert len(study.ledger.days) > 28


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo home as it is first written."""
    folder = tmp_path_factory.mktemp("demo") / "home"
    assert prepare(folder, port=8123, now=NOW, zone=LONDON, fresh=False, make=family_home)
    return folder


def stored(folder: Path, key: str) -> dict[str, Any]:
    return dict(json.loads((folder / ".storage" / key).read_text()))


@pytest.mark.parametrize("key", storage.VERSIONS)
def test_each_file_has_the_version_that_home_assistant_reads(home: Path, key: str) -> None:
    expected = {
        "auth": (auth_store.STORAGE_VERSION, 1),
        "core.area_registry": (ar.STORAGE_VERSION_MAJOR, ar.STORAGE_VERSION_MINOR),
        "core.config": (core_config.CORE_STORAGE_VERSION, core_config.CORE_STORAGE_MINOR_VERSION),
        "core.config_entries": (
            config_entries.STORAGE_VERSION,
            config_entries.STORAGE_VERSION_MINOR,
        ),
        "frontend.system_data": (frontend_storage.STORAGE_VERSION_SYSTEM_DATA, 1),
        "http": (http_config.STORAGE_VERSION, http_config.STORAGE_MINOR_VERSION),
        "lovelace.air_baseline": (dashboard.CONFIG_STORAGE_VERSION, 1),
        "lovelace_dashboards": (dashboard.DASHBOARDS_STORAGE_VERSION, 1),
        "onboarding": (onboarding.STORAGE_VERSION, 1),
        LEDGER_KEY: (STORAGE_VERSION, 1),
        OPEN_KEY: (STORAGE_VERSION, 1),
    }
    file = stored(home, key)
    # A newer Home Assistant migrates what was written for the pinned one.
    assert (file["version"], file["minor_version"]) <= expected[key]
    assert file["key"] == key


async def test_home_assistant_reads_what_was_written(
    hass: HomeAssistant, hass_storage: dict[str, Any], home: Path
) -> None:
    hass_storage.update({key: stored(home, key) for key in storage.VERSIONS})
    areas = ar.AreaRegistry(hass)
    await areas.async_load()
    entries = config_entries.ConfigEntries(hass, {})
    await entries.async_initialize()
    accounts = auth_store.AuthStore(hass)
    await accounts.async_load()

    assert [area.name for area in areas.async_list_areas()] == [
        monitor.name for monitor in HOUSE.monitors
    ]
    (owner,) = await accounts.async_get_users()
    assert owner.is_owner
    (entry,) = entries.async_entries("air_baseline")
    sources = {
        source.entity_id
        for room in entry.subentries.values()
        for source in room_sources(room.data).values()
    }
    assert sources == {
        monitor.source_id(measure) for monitor in HOUSE.monitors for measure in monitor.measures
    }


def test_the_dashboard_is_the_start_page(home: Path) -> None:
    (board,) = stored(home, "lovelace_dashboards")["data"]["items"]
    assert (
        stored(home, "frontend.system_data")["data"]["core"]["default_panel"] == board["url_path"]
    )
    shown = stored(home, f"lovelace.{board['id']}")["data"]["config"]
    assert shown == {"strategy": {"type": "custom:air-baseline"}}


def test_a_home_that_is_not_set_up_has_only_sensors(tmp_path: Path) -> None:
    prepare(tmp_path, port=8123, now=NOW, zone=LONDON, fresh=True, make=family_home, set_up=False)
    (entry,) = stored(tmp_path, "core.config_entries")["data"]["entries"]
    assert entry["domain"] == "demo_home"
    assert not (tmp_path / ".storage" / LEDGER_KEY).exists()


def test_a_home_links_to_the_checkout_or_has_what_hacs_would_install(tmp_path: Path) -> None:
    integration = tmp_path / "custom_components" / "air_baseline"
    for released in (True, False, True):
        prepare(
            tmp_path,
            port=8123,
            now=NOW,
            zone=LONDON,
            fresh=not integration.exists(),
            make=family_home,
            set_up=False,
            released=released,
        )
        assert integration.is_symlink() is not released
        assert (integration / "manifest.json").is_file()


def test_a_big_home_has_rooms_in_all_states_each_with_its_own_air() -> None:
    house = big_home(50, NOW.timestamp(), LONDON)
    assert house.monitors[:4] == HOUSE.monitors
    assert len({(monitor.area, monitor.name, monitor.room_id) for monitor in house.monitors}) == 50
    assert len({(monitor.place, monitor.seed) for monitor in house.monitors}) == 50
    part = replace(house, monitors=house.monitors[4:14])
    states = {
        life.channel.judge(NOW.timestamp()).state
        for room in live(part, NOW.timestamp()).lives.values()
        for life in room.values()
    }
    assert states >= {
        LearningState.COLLECTING,
        LearningState.LEARNED,
        LearningState.NO_SOURCE,
    }


@before("2026.11", "the form of http's settings is that of the pinned version; it is migrated")
def test_the_server_is_for_this_machine_only(home: Path) -> None:
    written = stored(home, "http")["data"]["stable"]
    about = {key: written.pop(key) for key in ("created_at", "error", "error_message")}
    assert about == {"created_at": NOW.isoformat(), "error": None, "error_message": None}
    assert written["server_host"] == ["127.0.0.1"]
    assert http_config.HTTP_STORAGE_SCHEMA(written) == written


def test_a_second_start_keeps_what_the_user_did(home: Path) -> None:
    (home / "automations.yaml").write_text("# mine\n")
    ledger = stored(home, LEDGER_KEY)
    later = NOW + timedelta(days=1)
    assert not prepare(home, port=8124, now=later, zone=LONDON, fresh=False, make=family_home)
    assert (home / "automations.yaml").read_text() == "# mine\n"
    assert stored(home, LEDGER_KEY) == ledger
    assert stored(home, "http")["data"]["stable"]["server_port"] == 8124


def test_a_folder_that_is_not_a_demo_home_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "configuration.yaml").write_text("default_config:\n")
    with pytest.raises(HomeError, match="not a demo home"):
        prepare(tmp_path, port=8123, now=NOW, zone=LONDON, fresh=True, make=family_home)
    assert [path.name for path in tmp_path.iterdir()] == ["configuration.yaml"]


def test_a_home_that_is_running_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / MARK).touch()
    with (tmp_path / ".ha_run.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        with pytest.raises(HomeError, match="running"):
            prepare(
                tmp_path,
                port=8123,
                now=NOW.astimezone(UTC),
                zone=LONDON,
                fresh=True,
                make=family_home,
            )
