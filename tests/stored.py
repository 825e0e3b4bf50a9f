"""The ledger as it is stored: the whole, as the open parts continue it, and in today's columns."""

import json
from typing import Any

from custom_components.air_baseline.core.storage.days import dump_days, load_days
from custom_components.air_baseline.core.storage.ledger import (
    ENTRY_COLUMNS,
    EPISODE_COLUMNS,
    FORMER_ENTRY_COLUMNS,
    FORMER_EPISODE_COLUMNS,
)
from custom_components.air_baseline.core.storage.open_part import with_open_part
from custom_components.air_baseline.storage.packed import unpack


def continued(stored: dict[str, Any], opened: dict[str, Any] | None) -> dict[str, Any]:
    """Return a stored file as its open parts continue it, if they are of this whole."""
    if opened is None or opened["data"]["continues"] != stored["data"].get("id"):
        return stored
    stored = json.loads(json.dumps(stored))
    for room_id, packed in opened["data"]["rooms"].items():
        room, part = stored["data"]["rooms"][room_id], unpack(packed)
        room["asked"] = part.get("asked", room["asked"])
        for name, channel in part["channels"].items():
            room["channels"][name] = with_open_part(room["channels"][name], channel)
    if "context" in opened["data"]:
        stored["data"]["context"] = unpack(opened["data"]["context"])
    return stored


def in_columns_of_today(stored: Any) -> Any:  # noqa: ANN401 - JSON
    """Return stored data with its days, entries and episodes as they are written today."""
    if isinstance(stored, list):
        return [in_columns_of_today(item) for item in stored]
    if not isinstance(stored, dict):
        return stored
    found = {name: in_columns_of_today(item) for name, item in stored.items()}
    if found.get("episodes_columns") == list(FORMER_EPISODE_COLUMNS):
        found["episodes_columns"] = list(EPISODE_COLUMNS)
        found["episodes"] = [[*row, None, False] for row in found["episodes"]]
    if tuple(found.get("entries_columns", ())) in FORMER_ENTRY_COLUMNS:
        more = [None] * (len(ENTRY_COLUMNS) - len(found["entries_columns"]))
        found["entries_columns"] = list(ENTRY_COLUMNS)
        found["entries"] = [[*row, *more] for row in found["entries"]]
    return found | (dump_days(load_days(found)) if "days_columns" in found else {})
