"""Plumes put into a recording one at a time, and what ours said of each.

Ours runs through the recording once. Where a plume begins, a copy of the channel continues with
the plume until nobody can notice it any more. It says what a run of its own would have said.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from custom_components.air_baseline.core.alerting.judgement import Judgement
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import SLOT_S
from custom_components.air_baseline.core.event import EventKind

from .plumes import LATE_S, Plume, inject
from .recordings import readings
from .sensors import Sensor, new_channel
from .series import Array, Series, on_grid


@dataclass(frozen=True, slots=True)
class Alone:
    """A plume that came alone: whether ours could alert when it began, and when it did (POSIX).

    `series` are the levels with the plume, until nobody could notice it any more.
    """

    plume: Plume
    eligible: bool
    alerts: list[float]
    series: Series


def each_alone(sensor: Sensor, plumes: Iterable[Plume]) -> Iterator[Alone]:
    """Put plumes, ordered by their start, into a sensor's recording one by one."""
    channel = new_channel(sensor)
    past: list[Judgement] = []
    done = 0
    for plume in plumes:
        first, last = np.searchsorted(sensor.times, [plume.start, plume.end + 2.0 * LATE_S])
        past += _read(channel, sensor.times[done:first], sensor.levels[done:first])
        channel.take_events()
        done = int(first)
        times, levels = sensor.times[first:last], sensor.levels[first:last]
        shown = inject(times, levels, [plume], sensor.step, channel.spec.highest)
        other = _copy(channel)
        judged = _read(other, times, shown)
        alerts = [one.at for one in other.take_events() if one.kind is EventKind.UNUSUAL_STARTED]
        bins = [judgement.bin for judgement in (*past, *judged) if judgement.bin]
        yield Alone(
            plume,
            _could_alert(judged, plume.start),
            alerts,
            on_grid(
                np.array([bin_.start for bin_ in bins]),
                np.array([bin_.value for bin_ in bins]),
                sensor.pollutant,
                sensor.offset_s,
            ),
        )


def _read(channel: Channel, times: Array, levels: Array) -> list[Judgement]:
    judged: list[Judgement] = []
    for at, level in readings(times, levels):
        judged += channel.lose(at) if level != level else channel.read(at, level)  # noqa: PLR0124
    return judged


def _copy(channel: Channel) -> Channel:
    """Return a channel that continues on its own; what never changes is shared."""
    lasting = (channel.spec, channel.zone, channel.ledger, channel.forecast)
    return deepcopy(channel, {id(part): part for part in lasting})


def _could_alert(judged: Iterable[Judgement], at: float) -> bool:
    slot = int(at // SLOT_S)
    return any(one.reason is None for one in judged if one.bin and one.bin.slot == slot)
