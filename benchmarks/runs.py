"""One strictly prequential run of the core over one sensor's recording.

Everything recorded here was said before the moment that it is about: ranges are frozen at
04:00, and a bin is judged by the range in force before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from functools import cache

import numpy as np
from numpy.typing import NDArray

from custom_components.air_baseline.core.alerting.judgement import Judgement
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import Basis, Compared, LearningState, Reason
from custom_components.air_baseline.core.day import DAY_S, is_weekend, locate
from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.reading.surroundings import SurroundingMean, Surroundings

type Array = NDArray[np.float64]

STATES = tuple(LearningState)
REASONS = tuple(Reason)
NO_REASON = -1  # An alert could be given.
MISSING = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said about each bin, as arrays of one length.

    `start` is in POSIX seconds, `age` in days since the first reading; `state` and `reason` are
    indexes into STATES and REASONS. `inside` is the share of the bin that counts as inside on a
    coarse sensor. NaN where no range was shown, or no confidence given.
    """

    start: Array
    age: Array
    weekend: NDArray[np.bool_]
    state: NDArray[np.int8]
    reason: NDArray[np.int8]
    level: Array
    low: Array
    high: Array
    inside: Array
    confidence: Array

    @property
    def alert_possible(self) -> NDArray[np.bool_]:
        """Return the bins for which an alert could be given or was running."""
        possible: NDArray[np.bool_] = self.reason == NO_REASON
        return possible


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A closed day: days since the first reading, its coverage, what was said then.

    `next_14_days` are the low and high percent of them that the range should hold.
    """

    age: int
    coverage: float | None
    confidence: float | None
    eligible: bool
    next_14_days: tuple[int, int] | None = None


@dataclass(slots=True, kw_only=True)
class Run:
    """A run: what was said, and what happened on which day after the first reading."""

    name: str
    pollutant: Pollutant
    said: Said
    episodes: list[float] = field(default_factory=list)
    rarities: list[float] = field(default_factory=list)
    outdoor_rose: list[bool | None] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)
    learned: list[int] = field(default_factory=list)
    days: list[ClosedDay] = field(default_factory=list)
    claims_before_learned: int = 0

    @property
    def eligible(self) -> list[int]:
        """Return the ages of the days on which an alert could be given."""
        return [day.age for day in self.days if day.eligible]

    @property
    def first(self) -> float:
        """Return the POSIX time of the first reading."""
        return float(self.said.start[0] - self.said.age[0] * DAY_S)

    def without_bins(self) -> Run:
        """Return the run without what was said about each bin, which takes most of the space."""
        return replace(self, said=_said([], 0.0, UTC))


@dataclass(frozen=True, slots=True)
class SurroundingsSeries:
    """What goes on around a sensor, at its own times: outdoor PM2.5 (μg/m³), °C, open windows."""

    outdoor: Array
    temperature: Array
    window: Array


class Recorder:
    """Runs a new channel over readings, and keeps what it says and does."""

    def __init__(self, name: str, channel: Channel) -> None:
        """Start before the first reading."""
        self.channel = channel
        self.run = Run(
            name=name, pollutant=channel.spec.pollutant, said=_said([], 0.0, channel.zone)
        )
        self.judged: list[Judgement] = []
        self.first: float | None = None

    def read(self, readings: Iterable[tuple[float, float]]) -> None:
        """Take time-ordered readings (POSIX seconds, base unit; NaN: lost)."""
        channel = self.channel
        for at, level in readings:
            self.first = at if self.first is None else self.first
            new = channel.lose(at) if level != level else channel.read(at, level)  # noqa: PLR0124
            self.judged.extend(new)
            if new:
                for event in channel.take_events():
                    _note(self.run, event, self.first, channel)

    def result(self) -> Run:
        """Return the run so far."""
        run = self.run
        run.said = _said(self.judged, self.first or 0.0, self.channel.zone)
        run.claims_before_learned = sum(claims_too_early(judgement) for judgement in self.judged)
        return run


def replay(
    name: str,
    channel: Channel,
    readings: Iterable[tuple[float, float]],
    around: SurroundingsSeries | None = None,
) -> Run:
    """Run a new channel over time-ordered readings (POSIX seconds, base unit; NaN: lost)."""
    recorder = Recorder(name, channel)
    recorder.read(readings if around is None else _with_context(channel, readings, around))
    return recorder.result()


def _with_context(
    channel: Channel, readings: Iterable[tuple[float, float]], around: SurroundingsSeries
) -> Iterator[tuple[float, float]]:
    """Yield the readings, each after the surroundings of its moment were read."""
    means = [SurroundingMean(channel.zone) for _ in range(3)]
    outdoor, temperature, window = means
    channel.surroundings = Surroundings(
        outdoor_pm25=outdoor, outdoor_temperature=temperature, window_open=window
    )
    columns = (around.outdoor.tolist(), around.temperature.tolist(), around.window.tolist())
    for (at, level), *values in zip(readings, *columns, strict=True):
        for mean, value in zip(means, values, strict=True):
            mean.read(at, value)
        yield at, level


def personal(judgement: Judgement) -> bool:
    """Tell whether something was said about the room itself."""
    said = judgement.basis is Basis.THIS_ROOM or judgement.unusual is not None
    return said or judgement.compared not in (None, Compared.NOT_ENOUGH_DATA)


def claims_too_early(judgement: Judgement) -> bool:
    """Tell whether a personal claim was made in a state that does not allow it."""
    allowed = judgement.state in (LearningState.LEARNED, LearningState.CHANGING)
    return not allowed and personal(judgement)


def _note(run: Run, event: Event, first: float, channel: Channel) -> None:
    age = int((event.at - first) // DAY_S)
    if event.kind is EventKind.UNUSUAL_STARTED:
        run.episodes.append(event.at)
        if event.episode is not None:
            run.rarities.append(float(event.episode.rarity or 0))
    elif event.kind is EventKind.UNUSUAL_ENDED and event.episode is not None:
        run.outdoor_rose.append(event.episode.outdoor_rose)
    elif event.kind is EventKind.CHANGE_SUSPECTED:
        run.changes.append(age)
    elif event.kind is EventKind.RANGE_LEARNED:
        run.learned.append(age)
    elif event.summary is not None:
        today, closed = channel.forecast, event.summary
        confidence = today.confidence if today else None
        ahead = today.next_14_days if today else None
        run.days.append(ClosedDay(age, closed.coverage, confidence, closed.eligible, ahead))


def _said(judged: list[Judgement], first: float, zone: tzinfo) -> Said:
    weekend = cache(is_weekend)
    bins = [judgement.bin for judgement in judged if judgement.bin is not None]
    ranges = [judgement.typical for judgement in judged]
    levels = [bin_.value for bin_ in bins]
    start = np.array([bin_.start for bin_ in bins])
    return Said(
        start=start,
        age=(start - first) / DAY_S,
        weekend=np.array([weekend(locate(bin_.start, zone)[0]) for bin_ in bins], dtype=np.bool_),
        state=np.array([STATES.index(judgement.state) for judgement in judged], dtype=np.int8),
        reason=np.array([_reason(judgement) for judgement in judged], dtype=np.int8),
        level=np.array(levels),
        low=np.array([part.low if part else MISSING for part in ranges]),
        high=np.array([part.high if part else MISSING for part in ranges]),
        inside=np.array(
            [
                part.inside(level) if part else MISSING
                for part, level in zip(ranges, levels, strict=True)
            ]
        ),
        confidence=np.array(
            [MISSING if said.confidence is None else said.confidence for said in judged]
        ),
    )


def _reason(judgement: Judgement) -> int:
    return NO_REASON if judgement.reason is None else REASONS.index(judgement.reason)
