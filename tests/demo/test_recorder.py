"""The demo's past is there when Home Assistant's own recorder opens the database."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
import sqlite3
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import SCHEMA_VERSION
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import numpy as np
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.air_baseline.core.pollutant import Pollutant
from demo import recorder
from demo.air import DAY_S, Place
from demo.house import family_home
from demo.past import Lived, live

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 19, 22, tzinfo=LONDON).timestamp()
HOUSE = family_home(NOW, LONDON)
SOURCE = "sensor.living_room_monitor_pm25"


@pytest.fixture(scope="module")
def past() -> Lived:
    """The past of every room."""
    return live(HOUSE, NOW)


@pytest.fixture(scope="module")
def folder(past: Lived, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database that script/demo writes."""
    folder = tmp_path_factory.mktemp("demo")
    recorder.write(folder, HOUSE, NOW, past)
    return folder


@pytest.fixture
def recorder_db_url(folder: Path) -> str:
    """Let Home Assistant's recorder open what was written."""
    return f"sqlite:///{folder / recorder.DATABASE}"


@pytest.fixture
def mock_recorder_before_hass(async_test_recorder: object) -> None:
    """Create the recorder before Home Assistant."""


@pytest.fixture(autouse=True)
async def in_london(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    """Put the home into the time zone of its air."""
    await hass.config.async_set_time_zone("Europe/London")


async def ask(hass: HomeAssistant, client: WebSocketGenerator, kind: str, **more: Any) -> Any:  # noqa: ANN401
    """Ask the recorder as the frontend does."""
    assert await async_setup_component(hass, "history", {})
    socket = await client(hass)
    await socket.send_json_auto_id({"type": kind, **more})
    answer = await socket.receive_json()
    assert answer["success"], answer
    return answer["result"]


async def kept(  # noqa: PLR0913 - what is asked for, and when
    hass: HomeAssistant,
    client: WebSocketGenerator,
    statistic_id: str,
    start: float,
    *,
    end: float = NOW,
    period: str = "hour",
) -> list[dict[str, Any]]:
    """Return the statistics of a period, as graphs ask for them."""
    rows = await ask(
        hass,
        client,
        "recorder/statistics_during_period",
        start_time=datetime.fromtimestamp(start, UTC).isoformat(),
        end_time=datetime.fromtimestamp(end, UTC).isoformat(),
        statistic_ids=[statistic_id],
        period=period,
        types=["mean", "min", "max"],
    )
    return list(rows[statistic_id])


async def test_nothing_is_migrated_or_repaired(
    recorder_mock: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    assert recorder_mock.schema_version == SCHEMA_VERSION
    assert not recorder_mock.migration_in_progress
    assert [record for record in caplog.records if "corrupt" in record.message] == []
    assert not list(Path(recorder_mock.db_url.removeprefix("sqlite:///")).parent.glob("*.corrupt*"))


async def test_every_sensor_has_six_weeks_of_hourly_and_five_minute_statistics(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    for period, a_day in (("hour", 24), ("5minute", 288)):
        rows = await kept(hass, hass_ws_client, SOURCE, NOW - 60 * DAY_S, period=period)
        assert 0.98 * 45 * a_day <= len(rows) <= 45 * a_day
        assert all(row["min"] <= row["mean"] <= row["max"] for row in rows)
        assert rows[-1]["end"] / 1000.0 <= NOW < rows[-1]["end"] / 1000.0 + DAY_S / a_day


async def test_a_statistic_matches_the_air_of_its_hour(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    start = NOW // 3600 * 3600 - 20 * DAY_S
    (row,) = await kept(hass, hass_ws_client, SOURCE, start, end=start + 3600)
    monitor = next(one for one in HOUSE.monitors if one.place is Place.LIVING_ROOM)
    minutes = np.arange(start, start + 3600, 60.0, dtype=np.float64)
    air = HOUSE.levels(monitor, monitor.measures[0], minutes)
    assert row["mean"] == pytest.approx(np.nanmean(air))
    assert (row["min"], row["max"]) == (np.nanmin(air), np.nanmax(air))


async def test_the_units_are_those_of_the_sensors(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    known = await ask(hass, hass_ws_client, "recorder/list_statistic_ids")
    units = {one["statistic_id"]: one["statistics_unit_of_measurement"] for one in known}
    assert {name: unit for name, unit in units.items() if name.startswith("sensor.")} == {
        monitor.source_id(measure): measure.unit
        for monitor in HOUSE.monitors
        for measure in monitor.measures
    }


async def test_the_last_days_have_every_change_and_a_gap_is_unavailable(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    study = "sensor.study_monitor_pm25"
    states = await ask(
        hass,
        hass_ws_client,
        "history/history_during_period",
        start_time=datetime.fromtimestamp(NOW - 30 * DAY_S, UTC).isoformat(),
        end_time=datetime.fromtimestamp(NOW, UTC).isoformat(),
        entity_ids=[SOURCE, study],
        minimal_response=True,
        no_attributes=True,
        significant_changes_only=False,
    )
    assert NOW - states[SOURCE][0]["lu"] == pytest.approx(10 * DAY_S, abs=120)
    assert NOW - states[SOURCE][-1]["lu"] < 1800
    changed = [state["s"] for state in states[SOURCE]]
    assert all(one != after for one, after in pairwise(changed))
    assert states[study][-1]["s"] == "unavailable"
    assert NOW - states[study][-1]["lu"] == pytest.approx(3 * DAY_S, abs=120)


async def test_the_learned_ranges_are_stored_by_the_hour(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, past: Lived
) -> None:
    living_room = HOUSE.monitors[0].room_id
    usual = f"air_baseline:{living_room.lower()}_pm25_usual"
    bands = await kept(hass, hass_ws_client, usual, NOW - 60 * DAY_S)
    assert 15 * 24 < len(bands) < 30 * 24  # From the day on which the room was learned.
    assert all(band["min"] < band["mean"] < band["max"] for band in bands)
    typical = past.lives[living_room][Pollutant.PM25].channel.judge(NOW).typical
    assert typical
    assert (bands[-1]["min"], bands[-1]["max"]) == (typical.low, typical.high)


def test_the_recorder_finds_a_clean_shutdown(folder: Path) -> None:
    with sqlite3.connect(folder / recorder.DATABASE) as database:
        (ended,) = database.execute(
            "SELECT end FROM recorder_runs ORDER BY start LIMIT 1"
        ).fetchone()
    assert datetime.fromisoformat(ended).replace(tzinfo=UTC).timestamp() == NOW


def test_the_earlier_years_are_there_only_of_rooms_that_are_not_new(tmp_path: Path) -> None:
    recorder.write(tmp_path, family_home(NOW, LONDON, years=2.0), NOW)
    with sqlite3.connect(tmp_path / recorder.DATABASE) as database:
        counted = dict(
            database.execute(
                "SELECT statistic_id, count(DISTINCT start_ts) FROM statistics JOIN "
                "statistics_meta ON statistics_meta.id = metadata_id GROUP BY statistic_id"
            ).fetchall()
        )
        (first,) = database.execute("SELECT min(start_ts) FROM statistics").fetchone()
    hours = 2 * 365.25 * 24
    assert counted.pop("sensor.bedroom_monitor_pm25") <= 49
    assert all(0.98 * hours < count <= hours + 1 for count in counted.values())
    assert first == pytest.approx(NOW - 2 * 365.25 * DAY_S, abs=2 * 3600)
