"""A real MQTT broker in a process of its own, and devices that publish through it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
import json
from pathlib import Path
import socket
import subprocess
import sys
from time import sleep

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.home import pass_time, settle

HOST = "127.0.0.1"
TRIES, WAIT_S = 200, 0.05
TRIES_BACK, AGAIN = 500, 50  # For a message to come back.
TICK = timedelta(milliseconds=20)  # Home Assistant subscribes some tenths of a second later.
KEEP_ALIVE_S = 65_535  # The longest: tests move the clock on by hours.


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def broker(folder: Path) -> Iterator[int]:
    """Run a broker; yield its port."""
    port, settings = _free_port(), folder / "broker.json"
    settings.write_text(
        json.dumps(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}"}},
                "plugins": {
                    "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
                },
            }
        )
    )
    command = [sys.executable, "-m", "amqtt.scripts.broker_script", "-c", str(settings)]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            for _ in range(TRIES):
                with suppress(OSError), socket.create_connection((HOST, port), 1.0):
                    break
                sleep(WAIT_S)
            yield port
        finally:
            process.terminate()


class Device:
    """A device of a Zigbee bridge: one topic with all its values, and its availability."""

    def __init__(self, hass: HomeAssistant, clock: FrozenDateTimeFactory, name: str) -> None:
        self._hass = hass
        self._clock = clock
        self._topic = f"bridge/{name}"
        self._back = 0

    async def announce(self, **classes: str) -> None:
        """Let Home Assistant discover a sensor for each value (its device class; "" for none)."""
        await mqtt.async_subscribe(self._hass, f"{self._topic}/done", self._came_back)
        for value, device_class in classes.items():
            told = {
                "state_topic": self._topic,
                "availability_topic": f"{self._topic}/availability",
                "value_template": f"{{{{ value_json.{value} }}}}",
                "name": value,
                "unique_id": f"{self._topic}_{value}",
                "default_entity_id": f"sensor.{self._topic.split('/')[1]}_{value}",
                "device": {"identifiers": [self._topic], "name": self._topic.split("/")[1]},
                "state_class": "measurement",
            }
            if device_class:
                told["device_class"] = device_class
            if device_class == "pm25":
                told["unit_of_measurement"] = "µg/m³"
            if device_class == "temperature":
                told["unit_of_measurement"] = "°C"
            name = f"homeassistant/sensor/{self._topic.replace('/', '_')}_{value}/config"
            await self._send(name, json.dumps(told))
        await self._send(f"{self._topic}/availability", "online")

    async def publish(self, values: Mapping[str, float]) -> None:
        """Publish all values at once, and wait until Home Assistant has taken them."""
        await self._send(self._topic, json.dumps(values))

    async def leave(self) -> None:
        """Let the bridge say that the device does not answer."""
        await self._send(f"{self._topic}/availability", "offline")

    @callback
    def _came_back(self, _message: object) -> None:
        self._back += 1

    async def _send(self, topic: str, payload: str) -> None:
        before = self._back
        await mqtt.async_publish(self._hass, topic, payload, retain=topic.endswith("/config"))
        for tried in range(TRIES_BACK):
            if self._back > before:
                break
            if tried % AGAIN == 0:  # Home Assistant may not have subscribed yet.
                await mqtt.async_publish(self._hass, f"{self._topic}/done", "")
            await _wait(self._hass, self._clock)
        assert self._back > before, "the broker does not answer"
        await settle()


async def _wait(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    """Let a little time pass, in the home and for the broker."""
    await hass.async_add_executor_job(sleep, 0.001)
    await pass_time(hass, clock, TICK, step=TICK, waits=True)


def _touch(path: str) -> None:
    Path(path).touch()


async def connect(hass: HomeAssistant, clock: FrozenDateTimeFactory, port: int) -> None:
    """Set up Home Assistant's own integration with a broker."""
    entry = MockConfigEntry(
        domain="mqtt",
        version=2,
        minor_version=1,
        data={"broker": HOST, "port": port, "keepalive": KEEP_ALIVE_S},
        options={"discovery": True},
    )
    entry.add_to_hass(hass)
    configuration = hass.config.path("configuration.yaml")  # It also reads sensors from there.
    await hass.async_add_executor_job(_touch, configuration)
    assert await hass.config_entries.async_setup(entry.entry_id)
    for _ in range(TRIES_BACK):
        if mqtt.is_connected(hass):
            break
        await _wait(hass, clock)
