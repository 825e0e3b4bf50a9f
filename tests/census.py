"""What is there at a moment, by kind: of what should not grow."""

from asyncio import TimerHandle
from collections import Counter
import gc
from pathlib import Path

from homeassistant.core import HomeAssistant

from custom_components.air_baseline.const import DOMAIN


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
    counted.update(
        f"object {type(one).__name__}"
        for one in gc.get_objects()
        if type(one).__module__.startswith(f"custom_components.{DOMAIN}")
    )
    return counted
