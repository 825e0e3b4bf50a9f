"""One room of a regime: what ours and the simple rules made of its months, and of its plumes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.pollutant import Pollutant

from .cache import cached
from .detection import OURS, Observed, Rate, noticed, observe
from .incumbents import INCUMBENTS
from .regimes import Regime
from .runs import STATES, Run
from .sensors import home_sensor
from .series import DAY
from .trust import statements

# Of the rules that people use, those that notice most (docs/honesty/README.md).
SIMPLE: Final = tuple(one for one in INCUMBENTS if one.name.startswith(("hour-of-day", "168")))


@dataclass(frozen=True, slots=True)
class Job:
    """A room to run; without plumes, only its months; without rules, only ours."""

    regime: Regime
    seed: int
    days: int
    pollutant: Pollutant
    plumes: bool = True
    rules: bool = True


@dataclass(frozen=True, slots=True)
class PlumeTally:
    """A plume: its size and POSIX start, whether ours could alert then, minutes until noticed.

    `minutes` are ours, `simple` those of each simple rule, tuned; None if it was not noticed.
    """

    size: float
    start: int
    eligible: bool
    minutes: float | None
    simple: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a room comes to.

    `alerts` were given on `eligible` of all closed `days`; `changes` are the days on which a
    change was suspected, `learned` the first day of a learned range (None: never). `rarities` are
    those of the alerts, in days. Of the `slots` of the recording, `learned_slots` were judged by a
    learned range, and in `able_slots` ours could alert. `held` and `closed` count the learned
    slots inside the range: by the share of the value on an edge, and with the edges. Of
    `fortnights`, the range held 70 to 90 % in `kept`; `brier` is the sum of the squared errors of
    the confidence in that. In `inside` of them it held what its 80 % interval had said (None: a
    record of before there was one).
    """

    regime: str
    seed: int
    pollutant: str
    days: int
    eligible: int
    alerts: int
    rarities: list[float]
    changes: list[int]
    learned: int | None
    slots: int
    learned_slots: int
    able_slots: int
    held: float
    closed: float
    fortnights: int
    kept: int
    brier: float
    plumes: list[PlumeTally]
    inside: int | None = None

    @property
    def home(self) -> str:
        """Return the home, as what is resampled."""
        return f"{self.regime} {self.seed}"

    @property
    def number_of_changes(self) -> int:
        """Return how often a change was suspected."""
        return len(self.changes)


@dataclass(frozen=True, slots=True)
class Room:
    """A room that was run: its tally, and what is needed to tune the simple rules to ours."""

    tally: Tally
    observed: Observed


def run_room(job: Job, folder: Path | None = None, variant: str = "") -> Room:
    """Run a room, or take it from a folder; `variant` names a core that was changed."""
    return cached(folder, (job, variant), lambda: _run(job))


def tallies(rooms: Sequence[Room], table: Sequence[Rate]) -> list[Tally]:
    """Return the tallies of rooms, with what the simple rules noticed once they are tuned."""
    return [replace(room.tally, plumes=_with_simple(room, table)) for room in rooms]


def as_json(tally: Tally) -> dict[str, Any]:
    """Return a tally as plain JSON values, without what the simple rules noticed."""
    plumes = [(one.size, one.start, one.eligible, one.minutes) for one in tally.plumes]
    return {**asdict(replace(tally, plumes=[])), "plumes": plumes}


def from_json(plain: dict[str, Any]) -> Tally:
    """Return the tally that `as_json` made plain."""
    return Tally(**{**plain, "plumes": [PlumeTally(*plume) for plume in plain["plumes"]]})


def _run(job: Job) -> Room:
    sensor = home_sensor(job.seed, job.days, job.regime, job.pollutant)
    observed = observe(sensor, job.seed if job.plumes else None, SIMPLE if job.rules else ())
    tally = _tally(job, observed.run)
    plumes = [
        PlumeTally(one.plume.size, int(one.plume.start), one.eligible, _minutes(one.tuned[OURS]))
        for one in noticed(observed, [])
    ]
    light = replace(observed, run=observed.run.without_bins())
    return Room(replace(tally, plumes=plumes), light)


def _tally(job: Job, run: Run) -> Tally:
    said = run.said
    learned = (said.state == STATES.index(LearningState.LEARNED)) & np.isfinite(said.low)
    level, low, high = said.level[learned], said.low[learned], said.high[learned]
    fortnights = statements([run])
    return Tally(
        regime=job.regime.name,
        seed=job.seed,
        pollutant=job.pollutant.value,
        days=len(run.days),
        eligible=len(run.eligible),
        alerts=len(run.episodes),
        rarities=[round(rarity, 1) for rarity in run.rarities],
        changes=run.changes,
        learned=min(run.learned, default=None),
        slots=job.days * DAY,
        learned_slots=int(learned.sum()),
        able_slots=int(said.alert_possible.sum()),
        held=round(float(said.inside[learned].sum()), 1),
        closed=float(((low <= level) & (level <= high)).sum()),
        fortnights=len(fortnights),
        kept=sum(one.came for one in fortnights),
        brier=round(sum((one.stated - one.came) ** 2 for one in fortnights), 4),
        plumes=[],
        inside=sum(one.inside for one in fortnights),
    )


def _with_simple(room: Room, table: Sequence[Rate]) -> list[PlumeTally]:
    found = noticed(room.observed, table)
    return [
        replace(
            plume,
            simple={
                rate.name: _minutes(one.tuned[rate.name]) for rate in table if rate.name != OURS
            },
        )
        for plume, one in zip(room.tally.plumes, found, strict=True)
    ]


def _minutes(delay_s: float | None) -> float | None:
    return None if delay_s is None else round(delay_s / 60.0, 1)
