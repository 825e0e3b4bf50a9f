"""The weeks before the demo began, as the core would have lived through them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, isnan, nan
from typing import Any, Final
from uuid import uuid4

import numpy as np

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import SLOT_S
from custom_components.air_baseline.core.explaining.day_chart import hour_range
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel
from custom_components.air_baseline.core.storage.open_part import StoredWhole, open_part
from custom_components.air_baseline.storage.packed import pack

from .air import DAY_S, HOUR_S
from .house import House, Measure, Monitor
from .storage import LEDGER_KEY, OPEN_KEY

CADENCE_S: Final = 60.0
TICK_S: Final = 2.0  # The integration checks the clock this long after the end of a slot.


type Usual = list[tuple[float, float, float, float]]


@dataclass(frozen=True, slots=True)
class Life:
    """The outcome of a channel, and the usual range of each hour while it was learned.

    For each such hour: its start (POSIX seconds) and the low, middle and high of its range, in
    the unit of the sensor.
    """

    channel: Channel
    usual: Usual


@dataclass(frozen=True, slots=True)
class Lived:
    """The lives of a home's rooms, by room id and pollutant."""

    lives: Mapping[str, Mapping[Pollutant, Life]]

    def files(self, saved_at: float) -> dict[str, dict[str, Any]]:
        """Return what the integration would have stored by then: the whole, and what is open."""
        channels = {
            room_id: {pollutant: life.channel for pollutant, life in lives.items()}
            for room_id, lives in self.lives.items()
        }
        rooms = {room_id: _stored(room_id, room) for room_id, room in channels.items()}
        whole = {"id": uuid4().hex, "saved_at": saved_at, "rooms": rooms}
        parts = {room_id: pack(_open(room)) for room_id, room in rooms.items()}
        opened = {"continues": whole["id"], "saved_at": saved_at, "rooms": parts}
        return {LEDGER_KEY: whole, OPEN_KEY: opened}


def live(house: House, now: float) -> Lived:
    """Run through the past of every room up to now (POSIX seconds)."""
    return Lived(
        {
            monitor.room_id: {
                Pollutant(measure.quantity): live_through(house, monitor, measure, now)
                for measure in monitor.measures
            }
            for monitor in house.monitors
        }
    )


def _stored(room_id: str, channels: Mapping[Pollutant, Channel]) -> dict[str, Any]:
    return {
        "channels": {
            pollutant.value: dump_channel(channel) for pollutant, channel in channels.items()
        },
        "retired": [],
        "asked": _asked(room_id, channels),
    }


def _open(room: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is open in a room; nothing has changed since it was stored."""
    channels = {}
    for name, channel in room["channels"].items():
        stored = StoredWhole.of(channel, days=None, former=None)
        if stored is not None:
            channels[name] = open_part(channel, stored)
    return {"channels": channels}


def _asked(room_id: str, channels: Mapping[Pollutant, Channel]) -> dict[str, Any]:
    """Return the question that the integration asked when the present episode began."""
    running = {
        pollutant.value: channel.episode_watch.current.id
        for pollutant, channel in channels.items()
        if channel.episode_watch.current
    }
    if not running:
        return {}
    first = min(running.values())
    question = {
        "kind": "unusual_episode",
        "at": float(first),
        "answered": False,
        "episodes": running,
    }
    return {f"unusual_episode_{room_id}_{first}": question}


def live_through(house: House, monitor: Monitor, measure: Measure, now: float) -> Life:
    """Return the life of a sensor up to now."""
    spec = POLLUTANTS[Pollutant(measure.quantity)]
    channel = Channel(spec, house.zone)
    factor = spec.factor(measure.unit)
    usual: Usual = []
    readings = _readings(house, monitor, measure, now)
    at, value = next(readings)
    for tick in _multiples(SLOT_S, monitor.since, now - TICK_S):
        while at < tick + TICK_S:
            _hear(channel, at, value * factor)
            at, value = next(readings, (inf, nan))
        channel.advance(tick + TICK_S)
        channel.take_events()
        if tick % HOUR_S == 0 and (held := hour_range(channel, tick + TICK_S)):
            usual.append((tick, held.low / factor, held.middle / factor, held.high / factor))
    while at < now:
        _hear(channel, at, value * factor)
        at, value = next(readings, (inf, nan))
    channel.advance(now)
    channel.take_events()
    return Life(channel, usual)


def _hear(channel: Channel, at: float, value: float) -> None:
    if isnan(value):
        channel.lose(at)
    else:
        channel.read(at, value)


def _readings(
    house: House, monitor: Monitor, measure: Measure, now: float
) -> Iterator[tuple[float, float]]:
    """Yield time and level, a day at a time, and None at the end."""
    since = monitor.since
    silent_from = now if monitor.silent_from is None else monitor.silent_from
    while since < silent_from:
        end = min(since + DAY_S, silent_from)
        times = np.array(list(_multiples(CADENCE_S, since, end)))
        if len(times):
            levels = house.levels(monitor, measure, times)
            yield from zip(times.tolist(), levels.tolist(), strict=True)
        since = end
    yield silent_from, nan


def _multiples(step: float, since: float, until: float) -> Iterator[float]:
    """Yield the multiples of a step from one time up to another."""
    yield from (np.arange(np.ceil(since / step), np.ceil(until / step)) * step).tolist()
