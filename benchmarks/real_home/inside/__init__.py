"""The sources of the trial home, and a witness of what people could see in it.

It runs inside a real Home Assistant. It reads the air of its sensors from a file, and writes what
it sees into another, a JSON object per line: each state of an entity of Air Baseline, the
repairs that are open, and how many days and corrections each ledger has. Nothing here depends on
the wall clock.
"""

import asyncio
from collections.abc import Iterator
import json
from pathlib import Path
from time import monotonic
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

DOMAIN = "inside"
OURS = "air_baseline"
AIR, DIARY = "air.json", "witness.jsonl"
LOOK_S = 0.2  # Seconds between two looks at the file.
READING_S = 20.0  # Seconds between two readings of a sensor.


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Feed the sensors from now on, and look on."""
    witness = Witness(hass)
    hass.bus.async_listen(EVENT_STATE_CHANGED, witness.async_note)
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STARTED, witness.async_note_start)
    hass.async_create_background_task(witness.async_live(), "sources of the trial")
    return True


class Witness:
    """Feeds the sensors and writes the diary."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin before the first stage is read."""
        self._hass = hass
        self._stage = ""
        self._since = monotonic()
        self._readings = 0
        self._diary: list[dict[str, Any]] = []

    async def async_live(self) -> None:
        """Follow the file for ever."""
        hass, last_reading, last_look = self._hass, 0.0, 0.0
        while True:
            order = await hass.async_add_executor_job(_read, Path(hass.config.path(AIR)))
            if news := order["stage"] != self._stage:
                self._stage, self._since = order["stage"], monotonic()
                for state in self._ours():
                    self._note(state)
            if news or monotonic() - last_reading >= READING_S:
                last_reading = monotonic()
                self._read(order["sensors"])
            if order["ledgers"] and hass.is_running and monotonic() - last_look >= order["ledgers"]:
                last_look = monotonic()
                await self._async_look()
            lines, self._diary = self._diary, []
            await hass.async_add_executor_job(_write, Path(hass.config.path(DIARY)), lines)
            await asyncio.sleep(LOOK_S)

    def _read(self, sensors: dict[str, Any]) -> None:
        """Let each sensor read one more or less in turn: a value that stays looks stuck."""
        self._readings += 1
        for entity_id, sensor in sensors.items():
            value = sensor["value"] + self._readings % 3 - 1
            self._hass.states.async_set(entity_id, f"{value:.0f}", sensor["attributes"])

    @callback
    def async_note(self, event: Event[EventStateChangedData]) -> None:
        """Note a state of one of the entities of Air Baseline."""
        entity = er.async_get(self._hass).async_get(event.data["entity_id"])
        if entity and entity.platform == OURS and event.data["new_state"]:
            self._note(event.data["new_state"])

    @callback
    def async_note_start(self, _: Event) -> None:
        """Note that Home Assistant has started."""
        self._take_down({"started": True})

    def _note(self, state: State) -> None:
        entity = er.async_get(self._hass).async_get(state.entity_id)
        key = entity.translation_key if entity else None
        about = {name: state.attributes[name] for name in ("reason",) if state.attributes.get(name)}
        self._take_down({"entity": state.entity_id, "key": key, "state": state.state, **about})

    def _take_down(self, what: dict[str, Any]) -> None:
        when = {"stage": self._stage, "after": round(monotonic() - self._since, 1)}
        self._diary.append(
            {**when, "clock": dt_util.utcnow().isoformat(timespec="seconds"), **what}
        )

    def _ours(self) -> Iterator[State]:
        for entity in er.async_get(self._hass).entities.values():
            if entity.platform == OURS and (state := self._hass.states.get(entity.entity_id)):
                yield state

    async def _async_look(self) -> None:
        """Note the open repairs, and the days and corrections of each ledger."""
        repairs = sorted(
            issue.issue_id
            for issue in ir.async_get(self._hass).issues.values()
            if issue.domain == OURS and issue.active and issue.dismissed_version is None
        )
        ledgers: dict[str, int] = {}
        for entry in self._hass.config_entries.async_loaded_entries(OURS):
            known = dr.async_get(self._hass)
            for device in dr.async_entries_for_config_entry(known, entry.entry_id):
                ledgers |= await self._async_days(device)
        self._take_down({"repairs": repairs, "days": ledgers})

    async def _async_days(self, device: dr.DeviceEntry) -> dict[str, int]:
        try:
            answer = await self._hass.services.async_call(
                OURS, "get_ledger", {"device_id": device.id}, blocking=True, return_response=True
            )
        except Exception as error:  # noqa: BLE001 - it is written down instead
            self._take_down({"failed": str(error)})
            return {}
        found: dict[str, Any] = dict(answer or {})
        return {
            f"{device.name} {quantity}": len(ledger["days"])
            for quantity, ledger in found["quantities"].items()
        }


def _read(path: Path) -> dict[str, Any]:
    order: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return order


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    if lines:
        with path.open("a", encoding="utf-8") as diary:
            diary.writelines(f"{json.dumps(line)}\n" for line in lines)
