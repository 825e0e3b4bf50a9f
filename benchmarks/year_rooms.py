"""Three years of one room, strictly in order: what each season of them came to."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from functools import lru_cache
from pathlib import Path
from typing import Final

from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import DAY_S, HOURS, locate
from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.ledger.day_summary import DaySummary
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.reading.surroundings import SurroundingMean, Surroundings

from .cache import cached
from .recordings import Source, readings
from .sensors import recorded_sensor
from .series import DAY, HOUR, Array
from .year_channel import DaysChannel, QuickChannel
from .year_review import NOTHING_SAID, Reviewed, review
from .years import KINDS, YEAR, YEARS, Kind, YearHome, year_sensor, years_of

SEASONS: Final = ("winter", "spring", "summer", "autumn")
WINTER: Final = 0
FIRST_WEEKS: Final = 28  # Days.
STEADY: Final = frozenset(kind.name for kind in KINDS if kind.steady)
CONTEXT_EVERY: Final = 3  # One home in so many has an outdoor thermometer and window contacts.
BEGIN: Final = 4 * HOUR  # Slots before the first day begins, at 04:00.
COLDEST: Final = (1, 15)  # Month and day, north of the equator.


@dataclass(frozen=True, slots=True)
class YearJob:
    """A room to run: the name of its kind, its home, its pollutant.

    With `alerts` it runs slot by slot, and with `year` it keeps one: that moves no range, but
    conditions that it has seen are not new. A `twin` is the same room in which nothing but the
    seasons changes.
    """

    kind: str
    seed: int
    pollutant: Pollutant
    days: int = YEARS * YEAR
    alerts: bool = False
    twin: bool = False
    year: bool = False

    @property
    def context(self) -> bool:
        """Tell whether the weather outside and the windows of the home are known."""
        return self.seed % CONTEXT_EVERY == 0


@dataclass(slots=True, kw_only=True)
class SeasonTally:
    """One season of one year of a room; years are counted from the first reading, from 0 on.

    Of the `days`, `learned` had a learned range and `eligible` allowed an alert. `held` is the sum
    of the coverages of the `scored` days, `first_held` that of its first four weeks.
    """

    year: int
    season: int
    days: int = 0
    learned: int = 0
    eligible: int = 0
    held: float = 0.0
    scored: int = 0
    first_held: float = 0.0
    first_scored: int = 0
    alerts: int = 0


@dataclass(slots=True, kw_only=True)
class YearTally:
    """What the years of a room come to.

    `turned` is the day on which its sensor changed (of a `twin`: that of the other one), None for
    none. `changes` are the days, counted from the first, on which a change was suspected, and
    `review` is what the year says.
    """

    kind: str
    seed: int
    pollutant: str
    context: bool
    alerts: bool
    twin: bool
    turned: int | None
    year: bool = False
    seasons: list[SeasonTally] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)
    review: Reviewed = NOTHING_SAID

    @property
    def home(self) -> str:
        """Return the home, as what is resampled."""
        return f"{self.kind} {self.seed}"

    @property
    def steady(self) -> bool:
        """Tell whether nothing but the seasons changes."""
        return self.twin or self.kind in STEADY


@dataclass(frozen=True, slots=True)
class YearRoom:
    """A room that was run: its tally, and its closed days, from which rules can be tried."""

    tally: YearTally
    days: list[DaySummary]
    coldest: float


def run_year_room(job: YearJob, folder: Path | None = None) -> YearRoom:
    """Run a room, or take it from a folder."""
    return cached(folder, job, lambda: with_review(_run(job)))


def run_recording(source: Source, folder: Path | None = None) -> YearRoom:
    """Run a recording; its seasons are those of the calendar, north of the equator."""
    return cached(folder, source, lambda: with_review(_run_recording(source)))


def with_review(room: YearRoom) -> YearRoom:
    """Return a room with what the year says of its days."""
    said = review(room.days, room.days[0].day, Pollutant(room.tally.pollutant))
    return replace(room, tally=replace(room.tally, review=said))


def season_of(day: float, coldest: float) -> int:
    """Return the season of a day: a quarter of the year around its coldest day, and so on.

    >>> [season_of(day, coldest=10.0) for day in (0, 50, 60, 150, 340, 330)]
    [0, 0, 1, 2, 0, 3]
    """
    return int(((day - coldest) / YEAR * 4.0 + 0.5) % 4.0)


class YearRecorder:
    """Runs a new channel over readings of years, and keeps what each of its days came to."""

    def __init__(
        self, channel: QuickChannel, tally: YearTally, coldest: float, first: float
    ) -> None:
        """Start at the first reading (POSIX time), `coldest` days before the first coldest day."""
        self.channel, self.tally, self.coldest, self.first = channel, tally, coldest, first
        self.first_day = locate(first, channel.zone)[0]
        self.days: list[DaySummary] = []
        self._seasons: dict[tuple[int, int], SeasonTally] = {}

    def read(self, at: float, level: float) -> None:
        """Take a reading (POSIX seconds, base unit; NaN: lost)."""
        if level == level:  # noqa: PLR0124 - NaN: lost
            self.channel.read(at, level)
        else:
            self.channel.lose(at)
        self._note_all()

    def take_day(self, day: int, levels: Array) -> None:
        """Take the levels of the slots of a whole day."""
        if isinstance(self.channel, DaysChannel):
            self.channel.take_day(day, levels)
            self._note_all()

    def result(self) -> YearRoom:
        """Return the room so far."""
        seasons = self._seasons
        self.tally.seasons = [seasons[key] for key in sorted(seasons)]
        return YearRoom(self.tally, self.days, self.coldest)

    def _note_all(self) -> None:
        if self.channel.events:
            for event in self.channel.take_events():
                self._note(event)

    def _note(self, event: Event) -> None:
        age = (event.at - self.first) / DAY_S
        if event.kind is EventKind.DAY_CLOSED and event.summary is not None:
            self._close(event.summary)
        elif event.kind is EventKind.UNUSUAL_STARTED:
            self._season(age).alerts += 1
        elif event.kind is EventKind.CHANGE_SUSPECTED:
            self.tally.changes.append(int(age))

    def _close(self, summary: DaySummary) -> None:
        self.days.append(summary)
        age = summary.day - self.first_day
        season = self._season(age)
        learned = summary.state is LearningState.LEARNED
        season.days += 1
        season.learned += learned
        season.eligible += summary.eligible
        if learned and summary.coverage is not None:
            season.held += summary.coverage
            season.scored += 1
            if self._of_first_weeks(age):
                season.first_held += summary.coverage
                season.first_scored += 1

    def _season(self, age: float) -> SeasonTally:
        key = int(age // YEAR), season_of(age, self.coldest)
        return self._seasons.setdefault(key, SeasonTally(year=key[0], season=key[1]))

    def _of_first_weeks(self, age: int) -> bool:
        """Tell whether the season began less than four weeks before a day."""
        return season_of(age, self.coldest) != season_of(age - FIRST_WEEKS, self.coldest)


@lru_cache(maxsize=1)
def _home(seed: int, days: int, kind: Kind) -> YearHome:
    """Return a home; the rooms of one home follow each other."""
    return years_of(seed, days, kind)


def _run(job: YearJob) -> YearRoom:
    kind = next(one for one in KINDS if one.name == job.kind)
    home = _home(job.seed, job.days + 1, kind)
    pm25 = job.pollutant is Pollutant.PM25
    air, name = (home.pm25, "pm25") if pm25 else (home.voc, "voc")
    instrument, turned = year_sensor(job.seed, air, name, kind)
    if job.twin:
        instrument, _ = year_sensor(job.seed, air, name, KINDS[0])
    tally = YearTally(
        kind=job.kind,
        seed=job.seed,
        pollutant=job.pollutant.value,
        context=job.context,
        alerts=job.alerts,
        twin=job.twin,
        turned=turned,
        year=job.year,
    )
    whole = slice(BEGIN, BEGIN + job.days * DAY)
    times, levels = home.times[whole], instrument.shown[whole]
    channel = (QuickChannel if job.alerts else DaysChannel)(POLLUTANTS[job.pollutant], UTC)
    channel.keeps_year = job.year
    recorder = YearRecorder(channel, tally, home.coldest, float(times[0]))
    around = _around(channel, home, whole) if job.context else iter(())
    if isinstance(channel, DaysChannel):
        channel.binner.step = instrument.step
        for day, of_day in enumerate(levels.reshape(-1, DAY), start=recorder.first_day):
            next(around, None)
            recorder.take_day(day, of_day)
        return recorder.result()
    for place, (at, level) in enumerate(readings(times, levels)):
        if not place % DAY:
            next(around, None)
        recorder.read(at, level)
    return recorder.result()


def _around(channel: QuickChannel, home: YearHome, whole: slice) -> Iterator[None]:
    """Read the surroundings of each day, hour by hour; a window is open for a share of each."""
    temperature, window = SurroundingMean(channel.zone), SurroundingMean(channel.zone)
    channel.surroundings = Surroundings(outdoor_temperature=temperature, window_open=window)
    hours = home.times[whole].reshape(-1, HOURS, HOUR)[..., 0]
    degrees = home.temperature[whole].reshape(-1, HOURS, HOUR).mean(axis=2)
    shares = home.window[whole].reshape(-1, HOURS, HOUR).mean(axis=2)
    for day in zip(hours.tolist(), degrees.tolist(), shares.tolist(), strict=True):
        for at, mean, share in zip(*day, strict=True):
            temperature.read(at, mean)
            window.read(at, share)
        yield


def _run_recording(source: Source) -> YearRoom:
    sensor = recorded_sensor(source)
    channel = QuickChannel(POLLUTANTS[sensor.pollutant], sensor.zone)
    channel.binner.cadence.said, channel.keeps_year = None, False
    tally = YearTally(
        kind=source.name,
        seed=0,
        pollutant=sensor.pollutant.value,
        context=False,
        alerts=True,
        twin=False,
        turned=None,
    )
    first = float(sensor.times[0])
    began = date.fromordinal(locate(first, sensor.zone)[0])
    coldest = (date(began.year + 1, *COLDEST) - began).days % YEAR
    recorder = YearRecorder(channel, tally, float(coldest), first)
    for at, level in readings(sensor.times, sensor.levels):
        recorder.read(at, level)
    return recorder.result()
