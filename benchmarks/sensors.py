"""What a sensor read, in a seeded home or a recording, and the core's run over it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import numpy as np

from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import SLOT_S
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant

from .homes import Air, air_of, sensor_of
from .plumes import Plume, added, inject
from .recordings import Source, read, readings, sensor_step
from .regimes import Regime
from .runs import Run, SurroundingsSeries, replay
from .sensing import Instrument
from .series import Array


@dataclass(frozen=True, slots=True)
class MadeUp:
    """The air of a seeded home at each slot (POSIX starts), and the sensor that measures it."""

    times: Array
    air: Array
    instrument: Instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What a sensor read: times (POSIX), levels (base unit, NaN: lost), its step.

    `made_up` is where a seeded home's readings come from, None for a recording.
    """

    name: str
    pollutant: Pollutant
    times: Array
    levels: Array
    step: float
    zone: tzinfo = UTC
    around: SurroundingsSeries | None = None
    made_up: MadeUp | None = None

    @property
    def offset_s(self) -> float:
        """Return local time minus UTC at the first reading."""
        offset = datetime.fromtimestamp(self.times[0], self.zone).utcoffset()
        return offset.total_seconds() if offset else 0.0

    @property
    def measured(self) -> Array:
        """Return what it measured, reported or not."""
        if self.made_up is not None:
            return self.made_up.instrument.measure(self.made_up.air)
        return self.levels

    @property
    def awake(self) -> Array:
        """Return the times at which it measured, reported or not."""
        if self.made_up is not None:
            awake: Array = self.made_up.times[~self.made_up.instrument.off]
        else:
            awake = self.times[np.isfinite(self.levels)]
        return awake

    def with_plumes(
        self, plumes: Iterable[Plume], first: float, last: float
    ) -> tuple[Array, Array]:
        """Return the readings from a time to before another, had there been plumes.

        In a seeded home they come into the air, before the sensor; on a recording they can only
        be put on top of what the sensor showed.
        """
        made_up = self.made_up
        if made_up is None:
            here = slice(*np.searchsorted(self.times, [first, last]))
            times, levels = self.times[here], self.levels[here]
            highest = POLLUTANTS[self.pollutant].highest
            return times, inject(times, levels, plumes, self.step, highest)
        start, stop = np.searchsorted(made_up.times, [first, last])
        times = made_up.times[start:stop]
        air = made_up.air[start:stop] + added(times, plumes)
        return reported(times, made_up.instrument, made_up.instrument.report(air, int(start)))


def home_sensor(
    seed: int, days: int, regime: Regime, pollutant: Pollutant, *, context: bool = False
) -> Sensor:
    """Return one sensor of a seeded home, with its surroundings if wanted."""
    air = air_of(seed, days, regime)
    name = "pm25" if pollutant is Pollutant.PM25 else "voc"
    levels = air.pm25 if pollutant is Pollutant.PM25 else air.voc
    instrument = sensor_of(seed, levels, name, regime)
    times, shown = reported(air.times, instrument, instrument.shown)
    return Sensor(
        name=f"home {seed}",
        pollutant=pollutant,
        times=times,
        levels=shown,
        step=instrument.step,
        around=_around(air, times) if context else None,
        made_up=MadeUp(air.times, levels, instrument),
    )


def reported(times: Array, instrument: Instrument, shown: Array) -> tuple[Array, Array]:
    """Return the readings of consecutive slots; a sensor with a dead band is silent at times."""
    if not instrument.dead_band:
        return times, shown
    heard = np.isfinite(shown)
    return times[heard], shown[heard]


def recorded_sensor(source: Source) -> Sensor:
    """Return the sensor of a recording."""
    times, levels = read(source)
    return Sensor(
        name=source.name,
        pollutant=source.pollutant,
        times=times,
        levels=levels,
        step=sensor_step(levels),
        zone=source.zone,
    )


def run(sensor: Sensor, promise: Promise = Promise.MONTH) -> Run:
    """Run the core over a sensor."""
    pairs = readings(sensor.times, sensor.levels)
    return replay(sensor.name, new_channel(sensor, promise), pairs, sensor.around)


def new_channel(sensor: Sensor, promise: Promise = Promise.MONTH) -> Channel:
    """Return a channel that knows nothing about a sensor yet."""
    return Channel(POLLUTANTS[sensor.pollutant], sensor.zone, promise.days)


def _around(air: Air, times: Array) -> SurroundingsSeries:
    heard = np.round((times - air.times[0]) / SLOT_S).astype(np.int64)
    return SurroundingsSeries(air.outdoor[heard], air.temperature[heard], air.window[heard])
