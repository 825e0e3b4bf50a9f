"""The ledger as it is stored: the whole, as the open parts continue it, and in today's columns."""

import json
from typing import Any
from zlib import crc32

from custom_components.air_baseline.core.storage.days import COLUMNS, OLDER_COLUMNS
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
    """Return stored data as it is written today: with a dash for what days did not always have."""
    if isinstance(stored, list):
        return [in_columns_of_today(item) for item in stored]
    if not isinstance(stored, dict):
        return stored
    found = {name: in_columns_of_today(item) for name, item in stored.items()}
    if found.get("days_columns") == OLDER_COLUMNS:
        lines = [f"{line} -" for line in found["days"]]
        checksum = crc32("\n".join(lines).encode())
        found |= {"days_columns": COLUMNS, "days": lines, "days_checksum": checksum}
    return found
