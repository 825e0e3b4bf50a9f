"""What a sensor read, in a seeded home or a recording, and the core's run over it."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant

from .homes import Season, record
from .recordings import Source, read, readings, sensor_step
from .runs import Run, SurroundingsSeries, replay
from .series import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What a sensor read: times (POSIX), levels (base unit, NaN: lost), its step."""

    name: str
    pollutant: Pollutant
    times: Array
    levels: Array
    step: float
    zone: tzinfo = UTC
    around: SurroundingsSeries | None = None

    @property
    def offset_s(self) -> float:
        """Return local time minus UTC at the first reading."""
        offset = datetime.fromtimestamp(self.times[0], self.zone).utcoffset()
        return offset.total_seconds() if offset else 0.0


def home_sensor(
    seed: int, days: int, season: Season, pollutant: Pollutant, *, context: bool = False
) -> Sensor:
    """Return one sensor of a seeded home, with its surroundings if wanted."""
    recording = record(seed, days, season)
    pm25 = pollutant is Pollutant.PM25
    return Sensor(
        name=f"home {seed}",
        pollutant=pollutant,
        times=recording.times,
        levels=recording.pm25 if pm25 else recording.voc,
        step=recording.step if pm25 else 1.0,
        around=SurroundingsSeries(recording.outdoor, recording.temperature, recording.window)
        if context
        else None,
    )


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
    return Channel(POLLUTANTS[sensor.pollutant], sensor.zone, promise)
