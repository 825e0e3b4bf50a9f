"""Ours and the rules that people use: false alarms, and what each notices.

All see the same bins. False alarms are counted, and thresholds tuned, on the slots on which
ours could have alerted. Plumes are counted on those slots, and once more over all plumes.

Each plume is put in alone, because the question is whether a rule notices it in this home. All
plumes in one recording make it another home: one alert in 21 days is no news there, and leaves
more alerts unanswered than a promise of one false alarm in 35 days allows. That is reported
separately.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from custom_components.air_baseline.core.day import SLOT_S
from custom_components.air_baseline.core.pollutant import Pollutant

from .alone import Alone, run_with_plumes
from .episodes import PER_DAYS, Watched, counted_episodes, episodes, tuned, watch
from .incumbents import Incumbent, for_kind
from .intervals import Estimate, mean_by_home
from .plumes import Plume, delay_s, draw, draw_tries
from .recordings import Cooking
from .runs import Run
from .sensors import Sensor, run
from .series import DAY, Mask, Series, on_grid

OURS: Final = "Air Baseline"
FIRST_WEEKS: Final = 35 * DAY  # Slots in which ours does not alert at all.
WINDOW_S: Final = 86_400.0  # What a rule did so long before a plume decides if it may alert anew.

type Delays = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Tried:
    """A plume that came alone, and what each rule's watcher saw of it, from a day before on."""

    plume: Plume
    eligible: bool
    ours: list[float]
    start: float
    watched: dict[str, Watched]


@dataclass(frozen=True, slots=True)
class Observed:
    """A recording: what ours said without plumes, what each rule's watcher saw, the plumes."""

    run: Run
    watched: dict[str, Watched]
    tried: list[Tried]

    def ages(self, name: str, threshold: float) -> list[float]:
        """Return when a rule alerted without plumes, in days since the first bin."""
        return [float(slot + 1) / DAY for slot in episodes(self.watched[name], threshold)]


@dataclass(frozen=True, slots=True)
class Rate:
    """Episodes of a rule in 30 days with nothing injected.

    `usual` is the rate at its own threshold where ours could alert, `first_weeks` likewise in the
    first five weeks. `threshold` is its own; at `tuned` it alerts as often as ours.
    """

    name: str
    usual: float
    first_weeks: float
    threshold: float
    tuned: float


@dataclass(frozen=True, slots=True)
class Found:
    """A plume in a home, whether ours could alert when it began, and who noticed it how late.

    `usual` holds the delays at each rule's own threshold, `tuned` those at the threshold with as
    many false alarms as ours; in seconds, None without an alert. Ours is in both.
    """

    home: str
    plume: Plume
    eligible: bool
    usual: Delays
    tuned: Delays


@dataclass(frozen=True, slots=True)
class Detection:
    """What a rule noticed: share of plumes, their number, median minutes until it noticed.

    The share has its interval over homes.
    """

    of_all: Estimate
    number: int
    minutes: float

    @property
    def share(self) -> float:
        """Return the share alone."""
        return self.of_all.value

    def __str__(self) -> str:
        """Return the share with its interval.

        >>> str(detection([("a", 600.0), ("a", None), ("b", 1800.0), ("b", None)]))
        '0.50 (0.50 to 0.50)'
        """
        return str(self.of_all)


def observe(
    sensor: Sensor, seed: int | None = None, rules: Sequence[Incumbent] | None = None
) -> Observed:
    """Run ours and the rules (by default all) over a sensor; with a seed, try plumes as well."""
    chosen = for_kind(sensor.pollutant) if rules is None else rules
    awake, measured = sensor.awake, sensor.measured
    plumes = () if seed is None else draw_tries(awake, measured, seed, sensor.offset_s)
    ours, alone = run_with_plumes(sensor, plumes)
    series = _series(ours, sensor)
    watched = _watched(series, chosen, _could_alert(ours, series))
    return Observed(ours, watched, [_tried(one, chosen) for one in alone])


def rates(observed: Sequence[Observed], pollutant: Pollutant) -> list[Rate]:
    """Return how often each rule alerts without plumes, and the threshold that matches ours."""
    number = sum(len(one.run.episodes) for one in observed)
    days = sum(len(one.run.eligible) for one in observed)
    ours = PER_DAYS * number / days if days else 0.0
    table = [Rate(OURS, ours, 0.0, float("nan"), float("nan"))]
    for rule in for_kind(pollutant):
        watched = [one.watched[rule.name] for one in observed if rule.name in one.watched]
        if not watched:
            continue
        could = sum(one.days for one in watched)  # Fewer than the days of ours, because of gaps.
        table.append(
            Rate(
                rule.name,
                _rate(watched, rule.threshold),
                _rate([_only_first(one) for one in watched], rule.threshold),
                rule.threshold,
                tuned(watched, PER_DAYS * number / could if could else 0.0),
            )
        )
    return table


def noticed(observed: Observed, table: Iterable[Rate]) -> list[Found]:
    """Return who noticed which plume of a recording, and how late."""
    rules = [rate for rate in table if rate.name != OURS]
    found = []
    for tried in observed.tried:
        usual, hindsight = {OURS: tried.ours}, {OURS: tried.ours}
        for rate in rules:
            watched = tried.watched[rate.name]
            usual[rate.name] = _times(tried.start, watched, rate.threshold)
            hindsight[rate.name] = _times(tried.start, watched, rate.tuned)
        plume = tried.plume
        delays = _delays(plume, usual), _delays(plume, hindsight)
        found.append(Found(observed.run.name, plume, tried.eligible, *delays))
    return found


def find_repeated(sensor: Sensor, seed: int) -> list[Found]:
    """Put all plumes of one try into a sensor's recording; return which of them ours noticed."""
    plumes = draw(sensor.awake, sensor.measured, seed, sensor.offset_s)
    times, levels = sensor.with_plumes(plumes, sensor.times[0], float("inf"))
    ours = run(replace(sensor, times=times, levels=levels, around=None))
    series = _series(ours, sensor)
    possible = _could_alert(ours, series)
    found = []
    for plume in plumes:
        delays = _delays(plume, {OURS: ours.episodes})
        eligible = bool(possible[_slot(series, plume.start)])
        found.append(Found(sensor.name, plume, eligible, delays, delays))
    return found


def notice(sensor: Sensor, events: Iterable[Cooking]) -> list[Delays]:
    """Return for each labelled meal which rules noticed it, and how late.

    Ours is left out if it could not have alerted at all.
    """
    ours = run(sensor)
    series = _series(ours, sensor)
    rules = for_kind(sensor.pollutant)
    watched = _watched(series, rules, None)
    alert_times = {OURS: ours.episodes} if ours.said.alert_possible.any() else {}
    for rule in rules:
        alert_times[rule.name] = _times(series.start, watched[rule.name], rule.threshold)
    return [_delays(event, alert_times) for event in events]


def detection(delays: Sequence[tuple[str, float | None]]) -> Detection:
    """Summarise delays, each with its home."""
    minutes = [delay / 60.0 for _, delay in delays if delay is not None]
    share = mean_by_home((home, float(delay is not None)) for home, delay in delays)
    return Detection(share, len(delays), float(np.median(minutes)) if minutes else float("nan"))


def of_plumes(found: Iterable[Found], name: str, *, usual: bool = False) -> Detection:
    """Return what a rule noticed of some plumes, tuned to our false alarms or as people use it."""
    return detection([(one.home, (one.usual if usual else one.tuned)[name]) for one in found])


def _tried(alone: Alone, rules: Iterable[Incumbent]) -> Tried:
    series = alone.series
    first = max(_slot(series, alone.plume.start - WINDOW_S), 0)
    return Tried(
        alone.plume,
        alone.eligible,
        alone.alerts,
        series.times[first],
        {name: one.since(first) for name, one in _watched(series, rules, None).items()},
    )


def _watched(
    series: Series, rules: Iterable[Incumbent], counted: Mask | None
) -> dict[str, Watched]:
    return {rule.name: watch(rule.score(series), counted) for rule in rules}


def _series(ours: Run, sensor: Sensor) -> Series:
    return on_grid(ours.said.start, ours.said.level, sensor.pollutant, sensor.offset_s)


def _could_alert(ours: Run, series: Series) -> Mask:
    could = np.zeros(len(series.levels), dtype=np.bool_)
    slots = np.round((ours.said.start - series.start) / SLOT_S).astype(np.int64)
    could[slots] = ours.said.alert_possible
    return could


def _times(start: float, watched: Watched, threshold: float) -> list[float]:
    return [start + SLOT_S * (slot + 1) for slot in episodes(watched, threshold).tolist()]


def _slot(series: Series, at: float) -> int:
    return min(max(int((at - series.start) // SLOT_S), 0), len(series.levels) - 1)


def _delays(event: Plume | Cooking, alert_times: Mapping[str, Sequence[float]]) -> Delays:
    return {name: delay_s(event.start, event.end, times) for name, times in alert_times.items()}


def _rate(watched: Sequence[Watched], threshold: float) -> float:
    days = sum(one.days for one in watched)
    number = sum(counted_episodes(one, threshold) for one in watched)
    return PER_DAYS * number / days if days else float("nan")


def _only_first(watched: Watched) -> Watched:
    first = np.arange(len(watched.held)) < FIRST_WEEKS
    return Watched(watched.held, watched.ceiling, first)
