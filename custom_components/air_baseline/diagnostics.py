"""Diagnostics: every number behind the statements, without names, entity ids and ids of rooms."""

import asyncio
from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from .const import CONF_OUTDOOR_PM25, CONF_OUTDOOR_TEMPERATURE, CONF_REGISTERED
from .coordinator import AirBaselineConfigEntry, RoomCoordinator
from .core.channel import Channel
from .core.codes import LearningState
from .core.day import iso_day
from .core.explaining.explain import explain
from .core.storage.channel import dump_channel
from .core.storage.ledger import ENTRY_COLUMNS, SURROUNDINGS_COLUMNS, entry_rows
from .core.year.week import WeekOrigin

# Of a stored forecast and its standing: how likely its range is to hold, and what it has held.
_CLAIMS = frozenset({"confidence", "next_14_days"})
_RECORD = frozenset({"recent_mark", "held", "forecasts"})


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AirBaselineConfigEntry
) -> dict[str, Any]:
    """Return all rooms without their names, which can reveal where people live.

    An entry that is not loaded has only its options.
    """
    if entry.state is not ConfigEntryState.LOADED:
        return {"options": _options(entry), "rooms": []}
    return {
        "options": _options(entry),
        "rooms": [await _async_room(room) for room in tuple(entry.runtime_data.rooms.values())],
        "unreadable_rooms": len(entry.runtime_data.unreadable),
        "damage": {
            "recovered": len(entry.runtime_data.damage.recovered),
            "lost": len(entry.runtime_data.damage.lost),
        },
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: AirBaselineConfigEntry, device: dr.DeviceEntry
) -> dict[str, Any]:
    """Return one room, nothing if it is gone or not loaded."""
    if entry.state is not ConfigEntryState.LOADED:
        return {}
    room = entry.runtime_data.rooms.get(device.config_subentry_id or "")
    return await _async_room(room) if room else {}


def _options(entry: AirBaselineConfigEntry) -> dict[str, Any]:
    """Return the options, with the entities redacted."""
    redacted = {CONF_OUTDOOR_PM25, CONF_OUTDOOR_TEMPERATURE, CONF_REGISTERED}
    return async_redact_data(dict(entry.options), redacted)


def _without_names(stored: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a stored channel without the names that its owner gave, and ids of other rooms."""
    if isinstance(stored, list):
        return [_without_names(item) for item in stored]
    if not isinstance(stored, dict):
        return stored
    plain = {name: _without_names(value) for name, value in stored.items()}
    if "beside_columns" in plain:
        place = SURROUNDINGS_COLUMNS.index("rooms")
        plain["beside"] = [_redacted(row, place) for row in plain["beside"]]
    if "entries_columns" in plain:
        place = ENTRY_COLUMNS.index("name")
        plain["entries"] = [_redacted(row, place) for row in entry_rows(stored)]
        plain.pop("entries_packed", None)
    return plain


def _redacted(row: list[Any], place: int) -> list[Any]:
    return [*row[:place], row[place] and REDACTED, *row[place + 1 :]]


def _in_force(stored: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Return a stored channel without what was worked out for a range that is not in force."""
    today = stored.get("today")
    if not today or channel.state(dt_util.utcnow().timestamp()) is LearningState.LEARNED:
        return stored
    forecast = today.get("forecast") or {"standing": {}}
    kept = {name: value for name, value in forecast.items() if name not in _CLAIMS}
    known = forecast["standing"].items()
    kept["standing"] = {name: value for name, value in known if name not in _RECORD}
    return stored | {"today": today | {"forecast": kept}}


def _explained(channel: Channel) -> dict[str, Any]:
    """Return the explanation of a channel without the ids of other rooms."""
    explained = explain(channel, dt_util.utcnow().timestamp()).as_dict()
    around = explained["surroundings"]
    return explained | {"surroundings": around | {"rooms": around["rooms"] and REDACTED}}


def _year(channel: Channel) -> dict[str, Any]:
    """Return how large the year of a channel is, and what bounds it."""
    year = channel.year
    weeks = year.all_weeks
    return {
        "kept": channel.keeps_year,
        "bytes": len(year.packed),
        "weeks": len(weeks),
        "weeks_that_count": len(year.weeks),
        "hourly_weeks": sum(week.origin is WeekOrigin.HOURLY for week in weeks),
        "waiting_days": len(year.waiting),
        "first_day": iso_day(weeks[0].seen_days[0]) if weeks else None,
        "last_day": iso_day(weeks[-1].seen_days[-1]) if weeks else None,
    }


async def _async_room(room: RoomCoordinator) -> dict[str, Any]:
    """Return the channels of a room; after each, other tasks can run: there may be many."""
    known: dict[str, Any] = {}
    for pollutant, source in tuple(room.sources.items()):
        if (channel := room.channels.get(pollutant)) is None:
            continue  # It was removed meanwhile.
        known[pollutant.value] = {
            "unit": source.unit,
            "unit_problem": room.unit_problem.get(pollutant),
            "explanation": _explained(channel),
            "stored": _in_force(_without_names(dump_channel(channel)), channel),
            "year": _year(channel),
        }
        await asyncio.sleep(0)
    return known
