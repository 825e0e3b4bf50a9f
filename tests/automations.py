"""Automations for tests: making them, running them, reading their traces."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.components.automation.const import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.air_baseline.core.alerting.episode import opened
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.home import (
    KITCHEN,
    PM25,
    STEP,
    VOC,
    Level,
    a_home,
    a_room,
    a_store,
    learned,
    pass_time,
    restart,
    set_up,
    shown,
    steady,
    usual,
)

HOUR = timedelta(hours=1)
RUN = {"action": "test.run", "data_template": {"entity_id": "{{ trigger.entity_id }}"}}


@dataclass
class Kitchen:
    """A kitchen with a PM2.5 and a VOC source, and the time that passes in it."""

    hass: HomeAssistant
    clock: FrozenDateTimeFactory
    files: dict[str, Any]
    monkeypatch: pytest.MonkeyPatch
    waits: bool = False  # An automation may be waiting.

    async def learn(self, days: int = 36) -> MockConfigEntry:
        """Set up the kitchen with ledgers of the given number of days."""
        channels = {
            pollutant: learned(pollutant, days)
            for pollutant in (Pollutant.PM25, Pollutant.VOC_RATIO)
        }
        self.files[LEDGER_KEY] = a_store({KITCHEN: channels})
        self.entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO))
        await set_up(self.hass, self.entry)
        return self.entry

    def rare(self, days: int | None) -> None:
        """Make every episode that opens as rare as one in so many days."""
        rare(self.monkeypatch, days)

    async def restart(self) -> None:
        await restart(self.hass, self.entry, self.files)

    async def breathe(
        self, duration: timedelta = HOUR, *, step: timedelta = STEP, **levels: Level
    ) -> None:
        """Let time pass; pm25 and voc read usual air unless their level is given."""
        sources = {
            PM25: levels.get("pm25", usual),
            VOC: levels.get("voc", lambda at: usual(at, Pollutant.VOC_RATIO)),
        }
        await pass_time(self.hass, self.clock, duration, sources, step=step, waits=self.waits)

    async def plume(self, duration: timedelta = HOUR) -> None:
        """Let time pass with high PM2.5 and usual VOC."""
        await self.breathe(duration, pm25=steady(80))

    async def silence(self, duration: timedelta = HOUR) -> None:
        """Let time pass without a reading."""
        await pass_time(self.hass, self.clock, duration, waits=self.waits)

    def says(self, entity_id: str) -> str:
        return shown(self.hass, entity_id).state


def rare(monkeypatch: pytest.MonkeyPatch, days: int | None) -> None:
    """Make every episode that opens as rare as one in so many days; None: rarity is not known."""

    def as_rare(*given: Any) -> Episode:
        return replace(opened(*given), rarity=days)

    monkeypatch.setattr("custom_components.air_baseline.core.channel.opened", as_rare)


async def automate(hass: HomeAssistant, *automations: dict[str, Any]) -> None:
    """Set up automations; each runs the action test.run unless it has its own."""
    numbered = [
        {"id": f"a{number}", "alias": f"a{number}", "actions": [RUN], **automation}
        for number, automation in enumerate(automations)
    ]
    assert await async_setup_component(hass, AUTOMATION_DOMAIN, {AUTOMATION_DOMAIN: numbered})
    await hass.async_block_till_done()
    for number in range(len(automations)):
        state = hass.states.get(f"automation.a{number}")
        assert state is not None
        assert state.state == "on", state


def when(trigger: str, target: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the part of an automation that holds one of our triggers."""
    return {
        "triggers": [{"trigger": f"air_baseline.{trigger}", "target": target, "options": options}]
    }


class Tracer:
    """A person who looks at the traces of an automation in the frontend."""

    def __init__(self, hass: HomeAssistant, user: User, sign_in: WebSocketGenerator) -> None:
        self._hass = hass
        self._user = user
        self._sign_in = sign_in

    async def look(self, automation: str = "a0") -> list[dict[str, Any]]:
        """Return the traces of an automation, oldest first."""
        (token,) = self._user.refresh_tokens.values()  # An access token lasts half an hour.
        socket = await self._sign_in(self._hass, self._hass.auth.async_create_access_token(token))
        which = {"domain": "automation", "item_id": automation}
        await socket.send_json_auto_id({"type": "trace/list", **which})
        found: list[dict[str, Any]] = []
        for short in (await socket.receive_json())["result"]:
            await socket.send_json_auto_id(
                {"type": "trace/get", **which, "run_id": short["run_id"]}
            )
            found.append((await socket.receive_json())["result"])
        return found


def steps(trace: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """Return the results of one step of a trace."""
    return [step["result"] for step in trace["trace"].get(path, [])]
