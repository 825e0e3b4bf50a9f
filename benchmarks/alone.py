"""Plumes that come one at a time, and what ours said of each.

Ours runs through the recording once. Where a plume begins, a copy of the channel continues with
the plume until nobody can notice it any more. It says what a run of its own would have said.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import SLOT_S

from .plumes import LATE_S, Plume
from .recordings import readings
from .runs import Recorder, Run
from .sensors import Sensor, new_channel
from .series import Series, on_grid


@dataclass(frozen=True, slots=True)
class Alone:
    """A plume that came alone: whether ours could alert when it began, and when it did (POSIX).

    `series` are the levels with the plume, until nobody could notice it any more.
    """

    plume: Plume
    eligible: bool
    alerts: list[float]
    series: Series


def run_with_plumes(sensor: Sensor, plumes: Iterable[Plume]) -> tuple[Run, list[Alone]]:
    """Run ours over a sensor, and put plumes, ordered by their start, in one by one."""
    recorder = Recorder(sensor.name, new_channel(sensor))
    bins = _Bins(sensor)
    alone: list[Alone] = []
    for plume, other in plumes_met(sensor, recorder, plumes):
        slot = int(plume.start // SLOT_S)
        eligible = any(
            said.reason is None for said in other.judged if said.bin and said.bin.slot == slot
        )
        alone.append(Alone(plume, eligible, other.run.episodes, bins.series(recorder, other)))
    return recorder.result(), alone


def plumes_met(
    sensor: Sensor, recorder: Recorder, plumes: Iterable[Plume], done: int = 0
) -> Iterator[tuple[Plume, Recorder]]:
    """Let a recorder go on through a sensor, from its reading number `done` to the end.

    Yield each plume, in the order of their starts, with a copy of the recorder that met it.
    """
    for plume in plumes:
        first = int(np.searchsorted(sensor.times, plume.start))
        recorder.read(readings(sensor.times[done:first], sensor.levels[done:first]))
        done = first
        times, levels = sensor.with_plumes([plume], plume.start, plume.end + 2.0 * LATE_S)
        other = Recorder(sensor.name, copy_of(recorder.channel))
        other.read(readings(times, levels))
        yield plume, other
    recorder.read(readings(sensor.times[done:], sensor.levels[done:]))


class _Bins:
    """The bins of a run so far, as a series that others can continue."""

    def __init__(self, sensor: Sensor) -> None:
        self.sensor = sensor
        self.starts: list[float] = []
        self.values: list[float] = []
        self.taken = 0

    def series(self, recorder: Recorder, other: Recorder) -> Series:
        """Return the bins of a run, continued by those of another."""
        for judgement in recorder.judged[self.taken :]:
            if judgement.bin is not None:
                self.starts.append(judgement.bin.start)
                self.values.append(judgement.bin.value)
        self.taken = len(recorder.judged)
        later = [judgement.bin for judgement in other.judged if judgement.bin is not None]
        return on_grid(
            np.array([*self.starts, *(bin_.start for bin_ in later)]),
            np.array([*self.values, *(bin_.value for bin_ in later)]),
            self.sensor.pollutant,
            self.sensor.offset_s,
        )


def copy_of(channel: Channel) -> Channel:
    """Return a channel that continues on its own; what never changes is shared."""
    lasting = (channel.spec, channel.zone, channel.ledger, channel.year, channel.forecast)
    shared = (*lasting, channel.season_watch)  # It remembers only what follows from these.
    return deepcopy(channel, {id(part): part for part in shared})
