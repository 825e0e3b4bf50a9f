"""An entry of each earlier version is read, gets today's number, and loses nothing."""

import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    RegistryEntryWithDefaults,
    mock_registry,
)

from custom_components.air_baseline.const import DOMAIN, ENTRY_VERSION
from tests.home import set_up

FIXTURES = Path(__file__).parent / "fixtures" / "entry"  # Each written by the code of its version.
VERSION, MINOR_VERSION = ENTRY_VERSION


def kept(minor_version: int) -> dict[str, Any]:
    """Return an entry as Home Assistant kept it."""
    path = FIXTURES / f"v{VERSION}_{minor_version}.json"
    entry: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert (entry["version"], entry["minor_version"]) == (VERSION, minor_version)
    return entry


def put_registered(hass: HomeAssistant, entry: dict[str, Any]) -> None:
    """Register the sources of all rooms under the ids that the rooms know, in their areas."""
    sources: dict[str, er.RegistryEntry] = {
        entity_id: RegistryEntryWithDefaults(
            entity_id=entity_id,
            unique_id=entity_id,
            platform="esphome",
            id=registry_id,
            area_id=room["data"]["area_id"],
        )
        for room in entry["subentries"]
        for entity_id, registry_id in room["data"]["registered"].items()
    }
    sources |= {
        entity_id: RegistryEntryWithDefaults(
            entity_id=entity_id, unique_id=entity_id, platform="esphome", id=registry_id
        )
        for entity_id, registry_id in entry["options"].get("registered", {}).items()
    }
    mock_registry(hass, sources)


def test_each_earlier_version_has_a_fixture() -> None:
    names = {path.stem for path in FIXTURES.iterdir()}
    assert names == {f"v{VERSION}_{minor}" for minor in range(1, MINOR_VERSION)}


@pytest.mark.parametrize("minor_version", range(1, MINOR_VERSION))
async def test_an_entry_of_an_earlier_version_keeps_all_that_was_chosen(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, minor_version: int
) -> None:
    known = kept(minor_version)
    put_registered(hass, known)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=known["title"],
        entry_id=known["entry_id"],
        version=VERSION,
        minor_version=minor_version,
        data=known["data"],
        options=known["options"],
        subentries_data=known["subentries"],
    )
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == ENTRY_VERSION
    assert (dict(entry.data), dict(entry.options)) == (known["data"], known["options"])
    for room in known["subentries"]:
        now = entry.subentries[room["subentry_id"]]
        places = dict.fromkeys(room["data"]["registered"], room["data"]["area_id"])
        assert (now.title, now.unique_id) == (room["title"], room["unique_id"])
        assert dict(now.data) == {"places": places, **room["data"]}
        channels = entry.runtime_data.rooms[room["subentry_id"]].channels
        assert {channel.promise_days for channel in channels.values()} == {60}, "no scarcer budget"
        assert all(channel.keeps_year for channel in channels.values())
