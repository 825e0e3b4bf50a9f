"""Home Assistant's own helpers, set up to listen to a source like ours."""

from collections.abc import Mapping
from typing import Any, Final

PEERS: Final = ("statistics", "derivative", "filter")


def peers(heard: Mapping[str, str]) -> dict[str, Any]:
    """Return the configuration of a helper of each kind, by the entity that it listens to."""
    helpers: dict[str, dict[str, Any]] = {
        "statistics": {
            "entity_id": heard["statistics"],
            "state_characteristic": "mean",
            "sampling_size": 500,
        },
        "derivative": {"source": heard["derivative"]},
        "filter": {
            "entity_id": heard["filter"],
            "filters": [
                {"filter": "lowpass", "window_size": 1, "precision": 2, "time_constant": 10}
            ],
        },
    }
    return {
        "recorder": {},
        "sensor": [{"platform": name, "name": name, **given} for name, given in helpers.items()],
    }
