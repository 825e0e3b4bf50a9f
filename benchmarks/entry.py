"""The config entry of a home, for the benchmarks that run a real Home Assistant."""

from collections.abc import Iterable
from types import MappingProxyType

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigSubentryDataWithId

DOMAIN = "air_baseline"


def an_entry(rooms: Iterable[ConfigSubentryDataWithId], domain: str = DOMAIN) -> ConfigEntry:
    """Return a home of some rooms, not yet set up."""
    return ConfigEntry(
        version=1,
        minor_version=1,
        domain=domain,
        title="Air Baseline",
        data={},
        options={"promise": "month"},
        source=SOURCE_USER,
        unique_id=None,
        discovery_keys=MappingProxyType({}),
        subentries_data=rooms,
    )
