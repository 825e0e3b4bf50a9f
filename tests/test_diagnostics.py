"""What a person can send along with a report: every number, and nothing about the home."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY, STORAGE_VERSION
from tests.conftest import DOMAIN
from tests.home import (
    ATTRIBUTES,
    BEDROOM,
    INDEX,
    KITCHEN,
    PM25,
    a_home,
    a_room,
    a_store,
    device_id,
    issues,
    learned,
    pass_time,
    report,
    set_up,
    steady,
)

REVEALING = "zarathustra"
AREAS = {KITCHEN: "kitchen", BEDROOM: "bedroom"}
SOURCE, OTHER = f"sensor.{REVEALING}_den_pm25", f"sensor.{REVEALING}_den_voc_index"

type Downloader = Callable[[str], Awaitable[dict[str, Any]]]


@pytest.fixture
async def entry(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a home with revealing names, and with a repair of each sort."""
    area = ar.async_get(hass).async_get_or_create(f"{REVEALING.title()}'s den")
    room = a_room(KITCHEN, area.id, Pollutant.PM25, Pollutant.VOC_INDEX)
    room["data"] = {**room["data"], "pm25_source": SOURCE, "voc_source": OTHER}
    stored = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    stored["data"]["rooms"][KITCHEN]["channels"]["voc_index"] = "damaged"
    hass_storage[LEDGER_KEY] = stored
    entry = a_home(room)
    await set_up(hass, entry)
    for _ in range(15):
        report(hass, OTHER, 100, unit_of_measurement="ppb")
        report(hass, SOURCE, 80, **ATTRIBUTES[PM25])
        await pass_time(hass, clock, timedelta(minutes=10))
    assert len(issues(hass)) == 3, "an episode, a wrong unit, damage"
    return entry


@pytest.fixture
async def download(
    hass: HomeAssistant, hass_admin_user: User, hass_client: ClientSessionGenerator
) -> Downloader:
    """Download as an administrator does."""
    await async_setup_component(hass, "diagnostics", {})
    await hass.async_block_till_done()

    async def get(path: str) -> dict[str, Any]:
        (token,) = hass_admin_user.refresh_tokens.values()
        client = await hass_client(hass.auth.async_create_access_token(token))
        response = await client.get(f"/api/diagnostics/config_entry/{path}")
        assert response.status == HTTPStatus.OK
        downloaded: dict[str, Any] = await response.json()
        return downloaded

    return get


async def test_diagnostics_hold_no_name_and_no_entity(
    hass: HomeAssistant, entry: MockConfigEntry, download: Downloader
) -> None:
    home = await download(entry.entry_id)
    room = await download(f"{entry.entry_id}/device/{device_id(hass)}")
    for downloaded in (home, room):
        text = json.dumps(downloaded, ensure_ascii=False).casefold()
        assert len(text) > 5000
        assert REVEALING not in text
        assert "sensor." not in text


async def test_diagnostics_hold_every_number_behind_what_is_shown(
    entry: MockConfigEntry, download: Downloader
) -> None:
    data = (await download(entry.entry_id))["data"]
    assert data["options"] == {"promise": "month"}
    assert data["damage"] == {"recovered": 0, "lost": 1}
    (room,) = data["rooms"]
    pm25 = room["pm25"]
    assert pm25["unit"] == "μg/m³"
    assert pm25["unit_problem"] is None
    assert pm25["explanation"]["state"] == "learned"
    assert pm25["explanation"]["unusual"] is True
    assert len(pm25["stored"]["days"]) == 36
    assert room["voc_index"]["unit_problem"] == "ppb"


async def test_one_room_can_be_downloaded_alone(
    hass: HomeAssistant, entry: MockConfigEntry, download: Downloader
) -> None:
    data = (await download(f"{entry.entry_id}/device/{device_id(hass)}"))["data"]
    assert set(data) == {"pm25", "voc_index"}


async def test_a_device_without_a_room_has_no_diagnostics(
    hass: HomeAssistant, entry: MockConfigEntry, download: Downloader
) -> None:
    stray = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "stray")}
    )
    assert (await download(f"{entry.entry_id}/device/{stray.id}"))["data"] == {}


async def test_an_entry_that_could_not_be_loaded_can_be_downloaded_too(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    download: Downloader,
) -> None:
    kitchen = device_id(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage[LEDGER_KEY]["version"] = STORAGE_VERSION + 1
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    data = (await download(entry.entry_id))["data"]
    assert data == {"options": {"promise": "month"}, "rooms": []}
    assert (await download(f"{entry.entry_id}/device/{kitchen}"))["data"] == {}


async def test_an_episode_that_other_rooms_shared_names_none_of_them(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    download: Downloader,
) -> None:
    rooms = {KITCHEN: Pollutant.PM25, BEDROOM: Pollutant.VOC_INDEX}
    hass_storage[LEDGER_KEY] = a_store(
        {room: {one: learned(one, 36)} for room, one in rooms.items()}
    )
    kitchen, bedroom = (a_room(room, area, rooms[room]) for room, area in AREAS.items())
    entry = a_home(kitchen, bedroom)
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=1), {PM25: steady(80), INDEX: steady(480)})
    for path in (entry.entry_id, f"{entry.entry_id}/device/{device_id(hass)}"):
        text = json.dumps((await download(path))["data"])
        assert '"together": "shared"' in text
        assert '"beside": [[' in text
        assert KITCHEN not in text
        assert BEDROOM not in text
