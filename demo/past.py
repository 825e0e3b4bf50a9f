"""The weeks before the demo began, lived through by the core as it would live them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from math import inf, isnan, nan
from typing import Any, Final

import numpy as np

from custom_components.air_baseline.core import snapshot
from custom_components.air_baseline.core.alert import Promise
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import SLOT_S
from custom_components.air_baseline.core.quantity import QUANTITIES, Kind

from .air import DAY_S, Air, Place, Pollutant
from .house import CONF_SILENT_FROM, MONITORS, Monitor, air_of

CADENCE_S: Final = 60.0
TICK_S: Final = 2.0  # The integration looks at the clock this long after a slot has ended.
KINDS: Final = {Pollutant.PM25: Kind.PM25, Pollutant.VOC: Kind.VOC_RATIO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """When a sensor came, from when on it had no value, and now (POSIX seconds)."""

    since: float
    silent_from: float
    now: float


def ledgers(kept: Mapping[str, Any], now: float, zone: tzinfo) -> dict[str, Any]:
    """Return what the integration would have stored by now, from what the sensors keep."""
    air = air_of(kept, zone)
    rooms = {}
    for monitor in MONITORS:
        life = Life(
            since=now - monitor.days * DAY_S,
            silent_from=kept[CONF_SILENT_FROM].get(monitor.place, now),
            now=now,
        )
        rooms[monitor.room_id] = _room(monitor, air, life)
    return {"rooms": rooms}


def _room(monitor: Monitor, air: Air, life: Life) -> dict[str, Any]:
    channels = {
        pollutant: live_through(air, monitor.place, pollutant, life)
        for pollutant in monitor.measures
    }
    return {
        "channels": {
            KINDS[pollutant].value: snapshot.dump(channel)
            for pollutant, channel in channels.items()
        },
        "retired": [],
        "asked": _asked(monitor, channels),
    }


def _asked(monitor: Monitor, channels: Mapping[Pollutant, Channel]) -> dict[str, Any]:
    """Return the question that the integration asked when the running episode began."""
    running = {
        KINDS[pollutant].value: channel.watch.current.id
        for pollutant, channel in channels.items()
        if channel.watch.current
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
    return {f"unusual_episode_{monitor.room_id}_{first}": question}


def live_through(air: Air, place: Place, pollutant: Pollutant, life: Life) -> Channel:
    """Return the channel of a sensor as it is now."""
    channel = Channel(QUANTITIES[KINDS[pollutant]], air.zone, Promise.MONTH)
    readings = _readings(air, place, pollutant, life)
    at, value = next(readings)
    for tick in _multiples(SLOT_S, life.since, life.now - TICK_S):
        while at < tick + TICK_S:
            _hear(channel, at, value)
            at, value = next(readings, (inf, nan))
        channel.advance(tick + TICK_S)
        channel.take_events()
    while at < life.now:
        _hear(channel, at, value)
        at, value = next(readings, (inf, nan))
    channel.advance(life.now)
    channel.take_events()
    return channel


def _hear(channel: Channel, at: float, value: float) -> None:
    if isnan(value):
        channel.lose(at)
    else:
        channel.read(at, value)


def _readings(
    air: Air, place: Place, pollutant: Pollutant, life: Life
) -> Iterator[tuple[float, float]]:
    """Yield time and level, a day at a time, and at last that there is none."""
    since = life.since
    while since < life.silent_from:
        end = min(since + DAY_S, life.silent_from)
        times = np.array(list(_multiples(CADENCE_S, since, end)))
        if len(times):
            levels = air.levels(place, pollutant, times)
            yield from zip(times.tolist(), levels.tolist(), strict=True)
        since = end
    yield life.silent_from, nan


def _multiples(step: float, since: float, until: float) -> Iterator[float]:
    """Yield the multiples of a step from a time up to another."""
    yield from (np.arange(np.ceil(since / step), np.ceil(until / step)) * step).tolist()
