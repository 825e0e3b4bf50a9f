"""The results of a whole run as plain values; `group` sums up sensors that were run alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.pollutant import Pollutant

from .detection import Delays, Found, Rate
from .regimes import Regime
from .relearning import AfterChange, Smoke
from .runs import Run
from .scenarios import Thin
from .tables import (
    AGES,
    SHOWN_STATES,
    Coverage,
    FirstClaims,
    PromiseKept,
    Share,
    changes_per_year,
    claims_in_unseen_conditions,
    coverage,
    first_claims,
    in_the_week,
    in_unseen_conditions,
    on_weekends,
    promise,
    rooms_in_band,
)
from .trust import Statement, Trust, statements, trust

NAMES: Final = {Pollutant.PM25: "PM2.5", Pollutant.VOC_RATIO: "VOC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Everything about sensors that were run alike.

    `states` is coverage by state and age; `week`, `weekend` and `unseen` are that of `learned` on
    weekdays and at weekends, and that of everything on days in conditions never seen.
    """

    title: str
    pollutant: Pollutant
    promise: Promise
    season: Regime | None
    sensors: int
    states: tuple[tuple[LearningState, tuple[int, int], Coverage], ...]
    by_state: dict[LearningState, Coverage]
    by_age: tuple[Coverage, ...]
    week: Coverage
    weekend: Coverage
    unseen: Coverage
    unseen_claims: int
    band: Share
    kept: PromiseKept
    trust: Trust | None
    said: list[Statement]
    first: FirstClaims
    changes: float
    too_early: int

    @property
    def name(self) -> str:
        """Return the group's name in tables."""
        return f"{self.title}, {NAMES[self.pollutant]}, promise {self.promise}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours and the rules on one pollutant: false alarms and plumes.

    `found` are plumes that came alone; `repeated` are those that came every 21 days and were
    never answered, for ours only.
    """

    pollutant: Pollutant
    rates: list[Rate]
    found: list[Found]
    repeated: list[Found]


@dataclass(frozen=True, slots=True)
class RecordedSmoke:
    """Nine days of real smoke: rooms, those that could alert, episodes, the most in one room."""

    promise: Promise
    rooms: int
    eligible: int
    episodes: int
    most: int


@dataclass(slots=True, kw_only=True)
class Results:
    """The results of a whole run; `block` are the seeds that its homes are from.

    `pooled` is confidence over all seasons, `cooking` which rules noticed each meal of a room,
    `autumn` when each rule alerted, in days, for all homes together. `outdoor_rose` is how many
    episodes in smoke said that outdoor air rose as well, and how many there were.
    """

    block: range
    homes: int
    days: int
    groups: list[Group] = field(default_factory=list)
    recorded: list[Group] = field(default_factory=list)
    pooled: dict[Pollutant, Trust | None] = field(default_factory=dict)
    smoke: list[tuple[Pollutant, Promise, Smoke]] = field(default_factory=list)
    recorded_smoke: list[RecordedSmoke] = field(default_factory=list)
    outdoor_rose: tuple[int, int] = (0, 0)
    changed: list[tuple[Regime, Pollutant, AfterChange]] = field(default_factory=list)
    thin: list[tuple[Pollutant, Thin]] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    recorded_comparisons: list[Comparison] = field(default_factory=list)
    cooking: list[tuple[str, Delays]] = field(default_factory=list)
    autumn: dict[Pollutant, dict[str, list[float]]] = field(default_factory=dict)


def group(title: str, season: Regime | None, chosen: Promise, runs: Sequence[Run]) -> Group:
    """Sum up sensors of one pollutant that were run alike."""
    said = statements(runs)
    return Group(
        title=title,
        pollutant=runs[0].pollutant,
        promise=chosen,
        season=season,
        sensors=len(runs),
        states=tuple(
            (state, ages, found)
            for state in SHOWN_STATES
            for ages in AGES
            if (found := coverage(runs, state, ages)).bins
        ),
        by_state={state: coverage(runs, state) for state in SHOWN_STATES},
        by_age=tuple(coverage(runs, ages=ages) for ages in AGES),
        week=coverage(runs, LearningState.LEARNED, also=in_the_week),
        weekend=coverage(runs, LearningState.LEARNED, also=on_weekends),
        unseen=coverage(runs, also=in_unseen_conditions),
        unseen_claims=claims_in_unseen_conditions(runs),
        band=rooms_in_band(runs),
        kept=promise(runs),
        trust=trust(said),
        said=said,
        first=first_claims(runs),
        changes=changes_per_year(runs),
        too_early=sum(run.claims_before_learned for run in runs),
    )
