"""A source that never rests and a person who never stops correcting, for the crash tests.

It runs inside a real Home Assistant that is killed. What is there after the start, what was
tried and what was confirmed goes into a file, a JSON object per line.
"""

import asyncio
import json
import os
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.typing import ConfigType

DOMAIN = "crash_source"
SOURCE, OURS, ROOM = "sensor.kitchen_pm25", "air_baseline", "01KITCHEN"
READING_S = 0.002
MOST_EXCLUDED = 20


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Start once everything that is stored has been loaded."""
    hass.async_create_background_task(_feed(hass), "crash source readings")
    hass.async_create_background_task(_correct(hass), "crash source corrections")
    return True


async def _feed(hass: HomeAssistant) -> None:
    number = 0
    while True:
        number += 1
        hass.states.async_set(
            SOURCE,
            str(4 + number % 5),
            {"device_class": "pm25", "unit_of_measurement": "μg/m³"},
        )
        await asyncio.sleep(READING_S)


async def _correct(hass: HomeAssistant) -> None:
    """Exclude one more day, and one more, then undo them one by one, as fast as each is confirmed.

    So what is confirmed differs from all that was confirmed shortly before.
    """
    diary = await hass.async_add_executor_job(
        os.open, hass.config.path("diary.jsonl"), os.O_WRONLY | os.O_APPEND | os.O_CREAT
    )
    ledger = (await _act(hass, "get_ledger"))["quantities"]["pm25"]
    numbers = (await _act(hass, "explain"))["quantities"]["pm25"]["numbers"]
    _write(diary, ledger=ledger, numbers=numbers)
    days = [day["day"] for day in ledger["days"]][:MOST_EXCLUDED]
    excluded = [day["day"] for day in ledger["days"] if day["struck_parts"]]
    while True:
        for day in [day for day in days if day not in excluded]:
            _write(diary, tried=sorted([*excluded, day]))
            await _act(hass, "strike_days", start_date=day)
            excluded.append(day)
            _write(diary, confirmed=sorted(excluded))
        while excluded:
            _write(diary, tried=sorted(excluded[:-1]))
            await _act(hass, "undo")
            excluded.pop()
            _write(diary, confirmed=sorted(excluded))


async def _act(hass: HomeAssistant, action: str, **given: Any) -> dict[str, Any]:
    (device,) = dr.async_get(hass).async_get_devices(identifiers={(OURS, ROOM)})
    answer = await hass.services.async_call(
        OURS, action, {"device_id": device.id, **given}, blocking=True, return_response=True
    )
    return dict(answer or {})


def _write(diary: int, **what: Any) -> None:
    """Write a line at once; what a killed process has written stays written."""
    os.write(diary, f"{json.dumps(what)}\n".encode())
