"""Every part of the core that remembers air, behind one interface, for the contracts of all.

A learner takes readings and passing time. `outputs` holds its result for each bin and `events`
what it reported otherwise, with times counted from `origin`; `memory` is all that it keeps.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, override

from custom_components.air_baseline.core.alerting.episode import EpisodeWatch
from custom_components.air_baseline.core.alerting.guideline import GuidelineMean
from custom_components.air_baseline.core.alerting.judgement import Judgement
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import SLOT_S, locate, locate_hour, part_slots
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.ledger.open_day import OpenDay
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant, cell_index
from custom_components.air_baseline.core.reading.binning import Bin, Binner
from custom_components.air_baseline.core.reading.sustained_level import (
    SustainedLevel,
    SustainedWindow,
)
from custom_components.air_baseline.core.storage.channel import dump_channel

HIGH = 20.0  # The upper edge of the range for episodes.


class Bins:
    """Readings to bins."""

    def __init__(self, origin: float, _pollutant: Pollutant) -> None:
        self.origin = origin
        self.binner = Binner()
        self.outputs: list[object] = []
        self.events: list[object] = []

    def read(self, at: float, concentration: float) -> None:
        self.take(self.binner.read(at, concentration))

    def advance(self, at: float) -> None:
        self.take(self.binner.advance(at))

    def take(self, bins: Sequence[Bin]) -> None:
        for bin_ in bins:
            self.outputs.append((bin_.start - self.origin, bin_.value, bin_.observed_s))

    def memory(self) -> Any:  # noqa: ANN401
        return [*self.binner.cadence.intervals, *self.binner.cadence.repeat_intervals]


class GuidelineMeans(Bins):
    """Bins to the mean that a guideline limits."""

    def __init__(self, origin: float, pollutant: Pollutant) -> None:
        super().__init__(origin, pollutant)
        guideline = POLLUTANTS[pollutant].guideline
        assert guideline is not None
        self.watch = GuidelineMean(guideline)

    @override
    def take(self, bins: Sequence[Bin]) -> None:
        for bin_ in bins:
            self.watch.take(bin_)
            self.outputs.append((self.watch.mean(bin_.end), self.watch.is_above(bin_.end)))

    @override
    def memory(self) -> Any:
        return self.watch.buckets


class Episodes(Bins):
    """Bins to episodes above a fixed range."""

    def __init__(self, origin: float, pollutant: Pollutant) -> None:
        super().__init__(origin, pollutant)
        self.sustained, self.watch = SustainedWindow(), EpisodeWatch()

    @override
    def take(self, bins: Sequence[Bin]) -> None:
        for bin_ in bins:
            self.sustained.take(bin_)
            level = self.sustained.level(bin_.end)
            ended = self.watch.follow(bin_, level.low if level else None, HIGH)
            if level and level.low > HIGH and self.watch.may_open:
                self.watch.open(an_episode(bin_.end, level.low))
            now = ended or self.watch.current
            self.outputs.append(now and from_origin(now, self.origin))

    @override
    def memory(self) -> Any:
        return self.sustained.bins


class Days(Bins):
    """Bins to days in a ledger."""

    def __init__(self, origin: float, pollutant: Pollutant) -> None:
        super().__init__(origin, pollutant)
        self.ledger = Ledger()
        self.today: OpenDay | None = None

    @override
    def take(self, bins: Sequence[Bin]) -> None:
        for bin_ in bins:
            day, hour = locate_hour(bin_.start, UTC)
            if self.today is None or day > self.today.day:
                self.close()
                self.today = OpenDay(day, part_slots(day, UTC))
            level = SustainedLevel(bin_.value, bin_.value, bin_.value)
            self.today.take(hour, cell_index(bin_.value), level, None)

    def close(self) -> None:
        if self.today is not None:
            summary = self.today.close(issued=(), head=0, state=LearningState.COLLECTING)
            self.ledger = self.ledger.with_day(summary)
            self.events.append((summary.histogram, summary.part_peaks))

    @override
    def memory(self) -> Any:
        return [summary.histogram for summary in self.ledger.days]


class Whole:
    """A channel with all its parts."""

    def __init__(self, origin: float, pollutant: Pollutant) -> None:
        self.origin = origin
        self.channel = Channel(POLLUTANTS[pollutant], UTC)
        self.outputs: list[object] = []
        self.events: list[object] = []

    def read(self, at: float, concentration: float) -> None:
        self.take(self.channel.read(at, concentration))

    def advance(self, at: float) -> None:
        self.take(self.channel.advance(at))

    def take(self, judgements: Sequence[Judgement]) -> None:
        for judged in judgements:
            assert judged.bin is not None
            bin_ = replace(judged.bin, slot=judged.bin.slot - int(self.origin // SLOT_S))
            episode = judged.episode and judged.episode - int(self.origin)
            self.outputs.append(replace(judged, bin=bin_, episode=episode))
        for event in self.channel.take_events():
            summary = event.summary and replace(
                event.summary, day=event.summary.day - day_of(self.origin)
            )
            shifted = event.episode and from_origin(event.episode, self.origin)
            self.events.append((event.kind, event.at - self.origin, summary, shifted))

    def memory(self) -> Any:  # noqa: ANN401
        return dump_channel(self.channel)


type Learner = Bins | Whole


def day_of(at: float) -> int:
    return datetime.fromtimestamp(at, UTC).toordinal()


def from_origin(episode: Episode, origin: float) -> Episode:
    end = None if episode.end is None else episode.end - origin
    return replace(episode, id=episode.id - int(origin), day=episode.day - day_of(origin), end=end)


def an_episode(at: float, concentration: float) -> Episode:
    return Episode(
        id=int(at),
        day=locate(at, UTC)[0],
        part=0,
        opened_level=concentration,
        alert_level=HIGH,
        high=HIGH,
        beaten=34,
        compared=34,
        peak=concentration,
    )


LEARNERS: dict[str, tuple[Callable[[float, Pollutant], Learner], Pollutant]] = {
    "binner": (Bins, Pollutant.PM25),
    "guideline_of_a_day": (GuidelineMeans, Pollutant.PM25),
    "guideline_of_an_hour": (GuidelineMeans, Pollutant.VOC_MASS),
    "episodes": (Episodes, Pollutant.PM25),
    "ledger": (Days, Pollutant.VOC_RATIO),
    **{f"channel_{pollutant.value}": (Whole, pollutant) for pollutant in Pollutant},
}
