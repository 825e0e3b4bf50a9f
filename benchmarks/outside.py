"""Anybody's rule on the seeded homes: how often it alarms falsely, and what it notices.

A rule is a Python file (see `Rule`) or a folder with a file for each recording, in the form that
`script/replay --jsonl` writes. All rules, and ours, get the same readings: each home once as it is,
and once with a plume every three weeks, all of them in one recording. The first five weeks are for
learning and are not scored.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
import json
from numbers import Real
from pathlib import Path
from statistics import median
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np

from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.day import DAY_S, SLOT_S
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant

from .episodes import COOL_SLOTS, PER_DAYS
from .plumes import Plume, delay_s, draw
from .regimes import PLAIN
from .seeds import seeds
from .sensors import Sensor, home_sensor
from .series import Array

LEARNING_DAYS: Final = 35  # Days before anything is scored, so that every rule could learn.
COOL_S: Final = COOL_SLOTS * SLOT_S
POLLUTANT: Final = Pollutant.PM25
LEAST_SAID: Final = (
    0.9  # Of the slots with readings, by judgement: a file with fewer was cut short.
)
NEAR_SLOTS: Final = 1  # Slots around a moment in which its level was read: a bin can begin before.
TOLERANCE: Final = 0.01  # Of a level, and in μg/m³, by judgement: files are rounded.


class RuleError(Exception):
    """A rule cannot be run; the message says why."""


@runtime_checkable
class Rule(Protocol):
    """What a Python file gives by its function `make()`: a new rule for each recording.

    Both methods are called in the order of the readings, `usual` before the level is known.
    """

    def usual(self, at: float) -> tuple[float, float] | None:
        """Return the usual low and high at a POSIX time, None if nothing is said."""

    def read(self, at: float, level: float) -> bool | None:
        """Take a level (μg/m³) and tell whether it is unusual, None if nothing is said."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The readings of a home (POSIX times, μg/m³), and the plumes that were put in."""

    name: str
    times: Array
    levels: Array
    plumes: tuple[Plume, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What a rule said at a POSIX time of a level: the range before it, and if it is unusual."""

    at: float
    level: float
    low: float | None
    high: float | None
    unusual: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a rule did; None where it said nothing that could be scored.

    `false_alarms` are the episodes in 30 days on which it said anything about alarms, `noticed` of
    `plumes` had an alert, `minutes` is the median delay, and `held` the share of time inside its
    range.
    """

    name: str
    watched_days: int
    false_alarms: float | None
    noticed: int
    plumes: int
    minutes: float | None
    held: float | None

    def __str__(self) -> str:
        """Return a row of the table.

        >>> print(Score(name="x", watched_days=9, false_alarms=1.0, noticed=1, plumes=2,
        ...     minutes=20.0, held=None))
        x                               9    1.0       1 of 2        20  no range
        """
        alarms = "none said" if self.false_alarms is None else f"{self.false_alarms:.1f}"
        minutes = "-" if self.minutes is None else f"{self.minutes:.0f}"
        held = "no range" if self.held is None else f"{self.held:.0%}"
        noticed = f"{self.noticed} of {self.plumes}"
        return f"{self.name:<24}{self.watched_days:>9}{alarms:>7}{noticed:>13}{minutes:>10}  {held}"


HEADER: Final = f"{'rule':<24}{'days':>9}{'alarms':>7}{'noticed':>13}{'minutes':>10}  range held"


class Ours:
    """Air Baseline as an outside rule: the example of one."""

    def __init__(self) -> None:
        """Start with an empty ledger, in a home in UTC."""
        self._channel = Channel(POLLUTANTS[POLLUTANT], UTC, MONTH_DAYS)

    def usual(self, at: float) -> tuple[float, float] | None:
        """Return the range that was issued before the day."""
        self._channel.advance(at)
        typical = self._channel.judge(at).typical
        return None if typical is None else (typical.low, typical.high)

    def read(self, at: float, level: float) -> bool | None:
        """Take a level."""
        self._channel.read(at, level)
        self._channel.take_events()
        return self._channel.judge(at).unusual


def recordings(block: range, homes: int, days: int) -> Iterator[Recording]:
    """Yield each home of a block of seeds as it is and with plumes."""
    for seed in seeds(block, homes):
        sensor = home_sensor(seed, days, PLAIN, POLLUTANT)
        known = np.isfinite(sensor.levels)
        yield Recording(f"home-{seed}", sensor.times[known], sensor.levels[known])
        yield _with_plumes(sensor, seed)


def _with_plumes(sensor: Sensor, seed: int) -> Recording:
    plumes = draw(sensor.awake, sensor.measured, seed, sensor.offset_s)
    first, last = float(sensor.times[0]), float(sensor.times[-1]) + SLOT_S
    times, levels = sensor.with_plumes(plumes, first, last)
    known = np.isfinite(levels)
    return Recording(f"home-{seed}-plumes", times[known], levels[known], plumes)


def write_inputs(folder: Path, block: range, homes: int, days: int) -> int:
    """Write each recording as a CSV file for `script/replay` and the like; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    written = list(recordings(block, homes, days))
    for one in written:
        rows = "".join(
            f"{datetime.fromtimestamp(at, UTC).isoformat()},{level:g}\n"
            for at, level in zip(one.times, one.levels, strict=True)
        )
        (folder / f"{one.name}.csv").write_text(f"time,pm25\n{rows}", encoding="utf-8")
    return len(written)


def score_rule(path: Path, block: range, homes: int, days: int) -> Score:
    """Return how a rule does: a Python file or a folder of JSON lines. Raises RuleError."""
    known = recordings(block, homes, days)
    if path.suffix == ".py":
        return scored(path.stem, ((one, _run_file(path, one)) for one in known))
    if not path.is_dir():
        raise RuleError(f"{path} is neither a Python file nor a folder")
    return scored(path.name, ((one, said_in(path, one)) for one in known))


def score_ours(block: range, homes: int, days: int) -> Score:
    """Return how Air Baseline does on the same recordings."""
    known = recordings(block, homes, days)
    return scored("Air Baseline", ((one, run(Ours(), one)) for one in known))


def _run_file(path: Path, recording: Recording) -> Iterator[Statement]:
    """Yield what the rule in a Python file says; whatever its code raises is a RuleError."""
    try:
        yield from run(_made(path), recording)
    except RuleError:
        raise
    except Exception as error:
        raise RuleError(f"{path}: {type(error).__name__}: {error}") from error


def _made(path: Path) -> Rule:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise RuleError(f"{path} is no Python file")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    rule = module.make() if hasattr(module, "make") else None
    if not isinstance(rule, Rule):
        raise RuleError(f"{path} has no function make() that returns a rule with usual and read")
    return rule


def run(rule: Rule, recording: Recording) -> Iterator[Statement]:
    """Yield what a rule says, strictly in order: the range before the level is known to it.

    Raises ValueError and TypeError if it says something else than a range and whether it is so.
    """
    for at, level in zip(recording.times.tolist(), recording.levels.tolist(), strict=True):
        low, high = rule.usual(at) or (None, None)
        yield _statement(at, level, low, high, rule.read(at, level))


def _statement(at: float, level: float, low: object, high: object, unusual: object) -> Statement:
    """Return what was said, checked. Raises TypeError."""
    if not isinstance(unusual, bool | np.bool_ | None):
        raise TypeError(f"unusual is {unusual!r}, not true, false or null")
    said = None if unusual is None else bool(unusual)
    return Statement(at, level, _bound(low), _bound(high), said)


def _bound(said: object) -> float | None:
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, Real):
        raise TypeError(f"{said!r} is no end of a range")
    return float(said)


def said_in(folder: Path, recording: Recording) -> Iterator[Statement]:
    """Yield what the file of a recording says, one JSON object per line. Raises RuleError.

    Lines without `at` are about a day and are not scored. The others must be about this recording:
    at its times, with its levels, and about nearly all of it.
    """
    path = folder / f"{recording.name}.jsonl"
    if not path.is_file():
        raise RuleError(f"{path} is missing; --inputs writes the readings")
    last = -np.inf
    read, slots = set((recording.times // SLOT_S).tolist()), set[float]()
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                said: dict[str, Any] = json.loads(line)
                if "at" not in said:
                    continue
                at = datetime.fromisoformat(said["at"]).timestamp()
                level = float(said["measured"])
                bounds = said.get("low"), said.get("high")
                statement = _statement(at, level, *bounds, said.get("unusual"))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise RuleError(f"{path}, line {number}: {error}") from error
            if at <= last:
                raise RuleError(f"{path}, line {number}: not later than the line before")
            if not _was_read(recording, at, level):
                raise RuleError(f"{path}, line {number}: the recording has no {level:g} then")
            last = at
            slots.add(at // SLOT_S)
            yield statement
    if len(slots & read) < LEAST_SAID * len(read):
        raise RuleError(f"{path} has {len(slots & read)} of {len(read)} moments: was it cut short?")


def _was_read(recording: Recording, at: float, level: float) -> bool:
    """Tell whether a recording has about this level at a POSIX time, or just around it."""
    around = (at - NEAR_SLOTS * SLOT_S, at + (NEAR_SLOTS + 1) * SLOT_S)
    first, last = np.searchsorted(recording.times, around).tolist()
    near = recording.levels[first:last]
    margin = TOLERANCE * (1.0 + abs(level))
    return bool(len(near)) and near.min() - margin <= level <= near.max() + margin


def scored(name: str, runs: Iterable[tuple[Recording, Iterable[Statement]]]) -> Score:
    """Return the score of all recordings."""
    days = alarms = inside = ranged = 0
    delays: list[float | None] = []
    for recording, statements in runs:
        first = float(recording.times[0]) + LEARNING_DAYS * DAY_S
        said = [one for one in statements if one.at >= first]
        starts = list(_episodes(said))
        if recording.plumes:
            late = [plume for plume in recording.plumes if plume.start >= first]
            delays += [delay_s(plume.start, plume.end, starts) for plume in late]
            continue
        days += len({one.at // DAY_S for one in said if one.unusual is not None})
        alarms += len(starts)
        known = [one for one in said if one.low is not None and one.high is not None]
        ranged += len(known)
        inside += sum((one.low or 0.0) <= one.level <= (one.high or 0.0) for one in known)
    seen = [delay for delay in delays if delay is not None]
    return Score(
        name=name,
        watched_days=days,
        false_alarms=PER_DAYS * alarms / days if days else None,
        noticed=len(seen),
        plumes=len(delays),
        minutes=median(seen) / 60.0 if seen else None,
        held=inside / ranged if ranged else None,
    )


def _episodes(said: Sequence[Statement]) -> Iterator[float]:
    """Yield when episodes begin: unusual, after six hours without (a rule may flicker)."""
    last = -np.inf
    for one in said:
        if one.unusual:
            if one.at - last > COOL_S:
                yield one.at
            last = one.at
