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
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant

from .alone import Alone, each_alone
from .episodes import PER_DAYS, Watched, counted_episodes, episodes, tuned, watch
from .incumbents import for_kind
from .plumes import Plume, delay_s, draw, draw_tries, inject
from .recordings import Cooking
from .runs import Run
from .sensors import Sensor, run
from .series import DAY, Mask, Series, on_grid
from .tables import binomial_interval

OURS: Final = "Air Baseline"
FIRST_WEEKS: Final = 35 * DAY  # Slots in which ours does not alert at all.


@dataclass(frozen=True, slots=True)
class Quiet:
    """A recording without plumes: what ours said, and what the watcher of each rule saw."""

    run: Run
    watched: dict[str, Watched]

    def ages(self, name: str, threshold: float) -> list[float]:
        """Return when a rule alerted, in days since the first bin."""
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
    """A plume, whether ours could alert when it began, and the delays of the rules that noticed.

    `usual` holds the delays at each rule's own threshold, `tuned` those at the threshold with as
    many false alarms as ours; in seconds, None without an alert. Ours is in both.
    """

    plume: Plume
    eligible: bool
    usual: dict[str, float | None]
    tuned: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Detection:
    """What a rule noticed: share of plumes, their number, median minutes until it noticed.

    `low` and `high` are the 95 % interval of the share, as if the plumes of one room differed as
    much as those of many rooms.
    """

    share: float
    number: int
    minutes: float
    low: float
    high: float

    def __str__(self) -> str:
        """Return the share with its interval.

        >>> str(detection([600.0, None, 1800.0, None]))
        '0.50 (0.07 to 0.93)'
        """
        return f"{self.share:.2f} ({self.low:.2f} to {self.high:.2f})"


def quiet(sensor: Sensor) -> Quiet:
    """Run ours and all rules over a sensor without plumes."""
    ours = run(sensor)
    series = _series(ours, sensor)
    return Quiet(ours, _watched(series, _could_alert(ours, series)))


def rates(found: Sequence[Quiet], pollutant: Pollutant) -> list[Rate]:
    """Return how often each rule alerts, tuned to the rate of ours; ours comes first."""
    days = sum(len(one.run.eligible) for one in found)
    number = sum(len(one.run.episodes) for one in found)
    ours = PER_DAYS * number / days if days else 0.0
    table = [Rate(OURS, ours, 0.0, float("nan"), float("nan"))]
    for rule in for_kind(pollutant):
        watched = [one.watched[rule.name] for one in found]
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


def find(sensor: Sensor, seed: int, table: Iterable[Rate]) -> list[Found]:
    """Put plumes into a sensor's recording, each alone; return which rules noticed which."""
    rules = [rate for rate in table if rate.name != OURS]
    plumes = draw_tries(sensor.times, sensor.levels, seed, sensor.offset_s)
    return [_found(alone, rules) for alone in each_alone(sensor, plumes)]


def find_repeated(sensor: Sensor, seed: int) -> list[Found]:
    """Put all plumes of one try into a sensor's recording; return which of them ours noticed."""
    plumes = draw(sensor.times, sensor.levels, seed, sensor.offset_s)
    highest = POLLUTANTS[sensor.pollutant].highest
    levels = inject(sensor.times, sensor.levels, plumes, sensor.step, highest)
    ours = run(replace(sensor, levels=levels, around=None))
    series = _series(ours, sensor)
    possible = _could_alert(ours, series)
    found = []
    for plume in plumes:
        delays = _delays(plume, {OURS: ours.episodes})
        found.append(Found(plume, bool(possible[_slot(series, plume.start)]), delays, delays))
    return found


def _found(alone: Alone, rules: Iterable[Rate]) -> Found:
    usual, hindsight = {OURS: alone.alerts}, {OURS: alone.alerts}
    watched = _watched(alone.series, None)
    for rate in rules:
        usual[rate.name] = _times(alone.series, watched[rate.name], rate.threshold)
        hindsight[rate.name] = _times(alone.series, watched[rate.name], rate.tuned)
    plume = alone.plume
    return Found(plume, alone.eligible, _delays(plume, usual), _delays(plume, hindsight))


def notice(sensor: Sensor, events: Iterable[Cooking]) -> list[dict[str, float | None]]:
    """Return for each labelled meal which rules noticed it, and how late.

    Ours is left out if it could not have alerted at all.
    """
    ours = run(sensor)
    series = _series(ours, sensor)
    watched = _watched(series, None)
    alert_times = {OURS: ours.episodes} if ours.said.alert_possible.any() else {}
    for rule in for_kind(sensor.pollutant):
        alert_times[rule.name] = _times(series, watched[rule.name], rule.threshold)
    return [_delays(event, alert_times) for event in events]


def detection(delays: Sequence[float | None]) -> Detection:
    """Summarise delays."""
    noticed = [delay / 60.0 for delay in delays if delay is not None]
    return Detection(
        len(noticed) / len(delays) if delays else float("nan"),
        len(delays),
        float(np.median(noticed)) if noticed else float("nan"),
        *binomial_interval(len(noticed), len(delays)),
    )


def of_plumes(found: Iterable[Found], name: str, *, usual: bool = False) -> Detection:
    """Return what a rule noticed of some plumes, tuned to our false alarms or as people use it."""
    return detection([(one.usual if usual else one.tuned)[name] for one in found])


def _watched(series: Series, counted: Mask | None) -> dict[str, Watched]:
    return {rule.name: watch(rule.score(series), counted) for rule in for_kind(series.pollutant)}


def _series(ours: Run, sensor: Sensor) -> Series:
    return on_grid(ours.said.start, ours.said.level, sensor.pollutant, sensor.offset_s)


def _could_alert(ours: Run, series: Series) -> Mask:
    could = np.zeros(len(series.levels), dtype=np.bool_)
    slots = np.round((ours.said.start - series.start) / SLOT_S).astype(np.int64)
    could[slots] = ours.said.alert_possible
    return could


def _times(series: Series, watched: Watched, threshold: float) -> list[float]:
    return [series.start + SLOT_S * (slot + 1) for slot in episodes(watched, threshold).tolist()]


def _slot(series: Series, at: float) -> int:
    return min(max(int((at - series.start) // SLOT_S), 0), len(series.levels) - 1)


def _delays(
    event: Plume | Cooking, alert_times: Mapping[str, Sequence[float]]
) -> dict[str, float | None]:
    return {name: delay_s(event.start, event.end, times) for name, times in alert_times.items()}


def _rate(watched: Sequence[Watched], threshold: float) -> float:
    days = sum(one.days for one in watched)
    number = sum(counted_episodes(one, threshold) for one in watched)
    return PER_DAYS * number / days if days else float("nan")


def _only_first(watched: Watched) -> Watched:
    first = np.arange(len(watched.held)) < FIRST_WEEKS
    return Watched(watched.held, watched.ceiling, first)
