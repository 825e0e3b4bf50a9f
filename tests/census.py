"""Counts and sizes of what should not grow over time."""

from asyncio import TimerHandle
from collections import Counter, deque
import gc
from pathlib import Path
import sys

from homeassistant.core import HomeAssistant
import numpy as np

from custom_components.air_baseline.const import DOMAIN

PLAIN = (str, bytes, int, float, tuple, list, dict, set, frozenset, deque, np.ndarray)


def census(hass: HomeAssistant) -> Counter[str]:
    """Count what could be left behind: listeners, timers, states, files, our objects."""
    gc.collect()
    counted = Counter(
        {f"listeners of {event}": n for event, n in hass.bus.async_listeners().items()}
    )
    scheduled: list[TimerHandle] = hass.loop._scheduled  # type: ignore[attr-defined]  # noqa: SLF001
    counted["timers"] = sum(not handle.cancelled() for handle in scheduled)
    counted["states"] = len(hass.states.async_all())
    counted["files"] = sum(path.is_file() for path in Path(hass.config.config_dir).rglob("*"))
    counted.update(f"object {type(one).__name__}" for one in gc.get_objects() if _is_ours(one))
    return counted


def weight(root: object) -> int:
    """Return the size of one of our objects and of everything it holds, in bytes."""
    counted: dict[int, object] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) not in counted and (isinstance(one, PLAIN) or _is_ours(one)):
            counted[id(one)] = one
            waiting += gc.get_referents(one)
    return sum(sys.getsizeof(one) for one in counted.values())


def _is_ours(one: object) -> bool:
    return type(one).__module__.startswith(f"custom_components.{DOMAIN}")
