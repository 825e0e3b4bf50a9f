"""The demo: its air is plausible and the same every time, its home is one Home Assistant reads."""

from datetime import UTC, date, datetime, timedelta
from fcntl import LOCK_EX, flock
from itertools import pairwise
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant import config_entries, core_config
from homeassistant.auth import auth_store
from homeassistant.components import onboarding
from homeassistant.components.frontend import storage as frontend_storage
from homeassistant.components.http import config as http_config
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
import numpy as np
import pytest

from custom_components.air_baseline.coordinator import room_sources
from custom_components.air_baseline.core import snapshot
from custom_components.air_baseline.core.alert import Promise
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.quantity import Kind
from custom_components.air_baseline.core.state import LearningState
from custom_components.air_baseline.store import LEDGER_KEY, STORAGE_VERSION
from demo import storage
from demo.air import DAY_S, ROOMS, Air, Array, Place, Pollutant, plumes_of_day, toast
from demo.home import MARK, HomeError, prepare
from demo.house import MONITORS, air_of, beginning, source_id, with_toast
from demo.past import ledgers

LONDON = ZoneInfo("Europe/London")
FIRST_DAY = date(2026, 10, 9)  # The clocks go back on the 25th.
START = datetime(2026, 10, 9, tzinfo=LONDON).timestamp()
NOW = datetime(2026, 11, 23, 19, 20, tzinfo=LONDON)
SENSORS = [(monitor.place, pollutant) for monitor in MONITORS for pollutant in monitor.measures]


def air(seed: int = 7) -> Air:
    return Air(seed=seed, first_day=FIRST_DAY, zone=LONDON)


def every(seconds: float, start: float, end: float) -> Array:
    return np.arange(start, end, seconds, dtype=np.float64)


def weeks(place: Place, pollutant: Pollutant, days: int = 42) -> tuple[Array, Array]:
    times = every(300.0, START, START + days * DAY_S)
    return times, air().levels(place, pollutant, times)


def hours(times: Array) -> Array:
    return np.array([datetime.fromtimestamp(at, LONDON).hour for at in times.tolist()])


@pytest.mark.parametrize(("place", "pollutant"), SENSORS)
def test_equal_seeds_give_equal_air_and_others_do_not(place: Place, pollutant: Pollutant) -> None:
    times = every(60.0, START, START + 3 * DAY_S)
    levels = air().levels(place, pollutant, times)
    np.testing.assert_array_equal(levels, air().levels(place, pollutant, times))
    assert np.mean(levels != air(seed=8).levels(place, pollutant, times)) > 0.5


@pytest.mark.parametrize(("place", "pollutant"), SENSORS)
def test_a_live_reading_is_the_one_that_a_recording_has(place: Place, pollutant: Pollutant) -> None:
    times = every(7777.0, START, START + 20 * DAY_S)
    one_by_one = [air().level(place, pollutant, at) for at in times.tolist()]
    at_once = [None if np.isnan(x) else x for x in air().levels(place, pollutant, times).tolist()]
    assert one_by_one == at_once


def test_a_later_plume_does_not_change_the_past() -> None:
    kept = beginning(NOW.timestamp(), LONDON)
    burnt = air_of(with_toast(kept, NOW.timestamp() + 3600.0), LONDON)
    times = every(60.0, NOW.timestamp() - DAY_S, NOW.timestamp() + 3600.0)
    before = air_of(kept, LONDON).levels(Place.LIVING_ROOM, Pollutant.PM25, times)
    np.testing.assert_array_equal(before, burnt.levels(Place.LIVING_ROOM, Pollutant.PM25, times))


@pytest.mark.parametrize(("place", "pollutant"), SENSORS)
def test_levels_are_steps_of_the_sensor_from_zero_up(place: Place, pollutant: Pollutant) -> None:
    levels = weeks(place, pollutant)[1]
    levels = levels[~np.isnan(levels)]
    steps = levels / ROOMS[place].step[pollutant]
    assert levels.min() >= 0
    assert np.abs(steps - np.round(steps)).max() < 1e-6


def test_the_air_moves_without_leaps() -> None:
    """Between two readings ten seconds apart there is noise and no more, at midnight too."""
    times = every(10.0, START + 20 * 3600, START + 30 * 3600)
    levels = air().levels(Place.LIVING_ROOM, Pollutant.VOC, times)
    assert np.nanmax(np.abs(np.diff(levels)) / levels[:-1]) < 0.3


@pytest.mark.parametrize(
    ("place", "pollutant", "median", "high"),
    [
        (Place.LIVING_ROOM, Pollutant.PM25, (3, 12), (15, 120)),
        (Place.LIVING_ROOM, Pollutant.VOC, (70, 200), (200, 900)),
        (Place.BEDROOM, Pollutant.PM25, (2, 10), (6, 50)),
        (Place.STUDY, Pollutant.PM25, (2, 10), (5, 40)),
    ],
)
def test_quantiles_are_those_of_a_plausible_home(
    place: Place, pollutant: Pollutant, median: tuple[int, int], high: tuple[int, int]
) -> None:
    levels = weeks(place, pollutant)[1]
    middle, top = np.nanquantile(levels, (0.5, 0.99))
    assert median[0] <= middle <= median[1]
    assert high[0] <= top <= high[1]


def test_evenings_are_dustier_than_nights() -> None:
    times, levels = weeks(Place.LIVING_ROOM, Pollutant.PM25)
    evening, night = (hours(times) // 3 == part for part in (6, 1))
    assert np.nanmean(levels[evening]) > 2 * np.nanmean(levels[night])


def test_homes_are_cleaned_at_weekends() -> None:
    times, levels = weeks(Place.LIVING_ROOM, Pollutant.VOC)
    weekend = np.array([datetime.fromtimestamp(at, LONDON).weekday() >= 5 for at in times.tolist()])
    noon = hours(times) // 3 == 4
    assert np.nanmean(levels[noon & weekend]) > 1.5 * np.nanmean(levels[noon & ~weekend])


def test_sensors_are_off_now_and_then_and_seldom_for_long() -> None:
    times, levels = weeks(Place.LIVING_ROOM, Pollutant.PM25)
    off = np.isnan(levels)
    assert 0 < off.mean() < 0.02
    edges = np.flatnonzero(np.diff(off.astype(int)))
    assert all(
        times[end] - times[begin] <= 2 * 3600.0 for begin, end in pairwise(edges) if off[end]
    )


def test_a_day_is_drawn_from_the_generator_that_is_passed_in() -> None:
    plumes = [plumes_of_day(np.random.default_rng(5), START, weekend=True) for _ in range(2)]
    assert plumes[0] == plumes[1]
    assert all(START <= plume.start < START + DAY_S for plume in plumes[0])


def test_toast_stays_for_most_of_an_hour() -> None:
    shape = toast(0.0).shape(np.array([0.0, 600.0, 3300.0]))
    assert shape[0] == 0
    assert shape[1] == pytest.approx(1)
    assert shape[2] > 0.6


@pytest.fixture(scope="module")
def rooms() -> dict[str, Any]:
    """What the integration would have stored about each room."""
    stored = ledgers(beginning(NOW.timestamp(), LONDON), NOW.timestamp(), LONDON)["rooms"]
    return {monitor.place: stored[monitor.room_id] for monitor in MONITORS}


def channel(rooms: dict[str, Any], place: Place, kind: Kind) -> Channel:
    return snapshot.load(rooms[place]["channels"][kind], LONDON, Promise.MONTH)


@pytest.mark.parametrize("kind", [Kind.PM25, Kind.VOC_RATIO])
def test_the_living_room_is_learned_and_can_alert(rooms: dict[str, Any], kind: Kind) -> None:
    living_room = channel(rooms, Place.LIVING_ROOM, kind)
    judged = living_room.judge(NOW.timestamp())
    assert judged.state is LearningState.LEARNED
    assert judged.reason is None
    assert len(living_room.ledger.days) > 40


def test_the_living_room_has_an_episode_and_was_asked_about_it(rooms: dict[str, Any]) -> None:
    judged = channel(rooms, Place.LIVING_ROOM, Kind.PM25).judge(NOW.timestamp())
    assert judged.unusual
    (asked,) = rooms[Place.LIVING_ROOM]["asked"].values()
    assert asked["episodes"][Kind.PM25] == judged.episode
    assert not asked["answered"]


def test_the_bedroom_is_collecting(rooms: dict[str, Any]) -> None:
    judged = channel(rooms, Place.BEDROOM, Kind.PM25).judge(NOW.timestamp())
    assert judged.state is LearningState.COLLECTING
    assert judged.unusual is None


def test_the_study_has_days_and_no_source(rooms: dict[str, Any]) -> None:
    study = channel(rooms, Place.STUDY, Kind.PM25)
    assert study.judge(NOW.timestamp()).state is LearningState.NO_SOURCE
    assert study.source.last_read == pytest.approx(NOW.timestamp() - 3 * DAY_S, abs=60.0)
    assert len(study.ledger.days) > 28


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo home as written at first."""
    folder = tmp_path_factory.mktemp("demo") / "home"
    assert prepare(folder, port=8123, now=NOW, zone=LONDON, fresh=False)
    return folder


def stored(folder: Path, key: str) -> dict[str, Any]:
    return dict(json.loads((folder / ".storage" / key).read_text()))


@pytest.mark.parametrize("key", storage.VERSIONS)
def test_each_file_is_of_the_version_that_home_assistant_reads(home: Path, key: str) -> None:
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
        "onboarding": (onboarding.STORAGE_VERSION, 1),
        LEDGER_KEY: (STORAGE_VERSION, 1),
    }
    file = stored(home, key)
    assert (file["version"], file["minor_version"]) == expected[key]
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

    assert [area.name for area in areas.async_list_areas()] == ["Living room", "Bedroom", "Study"]
    (owner,) = await accounts.async_get_users()
    assert owner.is_owner
    (entry,) = entries.async_entries("air_baseline")
    sources = {
        source.entity_id
        for room in entry.subentries.values()
        for source in room_sources(room.data).values()
    }
    assert sources == {source_id(place, pollutant) for place, pollutant in SENSORS}


def test_the_server_is_for_this_machine_alone(home: Path) -> None:
    written = stored(home, "http")["data"]["stable"]
    about = {key: written.pop(key) for key in ("created_at", "error", "error_message")}
    assert about == {"created_at": NOW.isoformat(), "error": None, "error_message": None}
    assert written["server_host"] == ["127.0.0.1"]
    assert http_config.HTTP_STORAGE_SCHEMA(written) == written


def test_a_second_start_keeps_what_the_user_did(home: Path) -> None:
    (home / "automations.yaml").write_text("# mine\n")
    ledger = stored(home, LEDGER_KEY)
    later = NOW + timedelta(days=1)
    assert not prepare(home, port=8124, now=later, zone=LONDON, fresh=False)
    assert (home / "automations.yaml").read_text() == "# mine\n"
    assert stored(home, LEDGER_KEY) == ledger
    assert stored(home, "http")["data"]["stable"]["server_port"] == 8124


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "configuration.yaml").write_text("default_config:\n")
    with pytest.raises(HomeError, match="not a demo home"):
        prepare(tmp_path, port=8123, now=NOW, zone=LONDON, fresh=True)
    assert [path.name for path in tmp_path.iterdir()] == ["configuration.yaml"]


def test_a_home_that_is_running_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / MARK).touch()
    with (tmp_path / ".ha_run.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        with pytest.raises(HomeError, match="running"):
            prepare(tmp_path, port=8123, now=NOW.astimezone(UTC), zone=LONDON, fresh=True)
