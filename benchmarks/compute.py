"""Run everything once, strictly in order, and keep the results as plain values."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing import Pool
from multiprocessing.pool import Pool as Processes
from pathlib import Path
from typing import Final

from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.day import DAY_S
from custom_components.air_baseline.core.pollutant import Pollutant

from .cache import cached
from .detection import (
    OURS,
    Delays,
    Found,
    Observed,
    Rate,
    find_repeated,
    notice,
    noticed,
    observe,
    rates,
)
from .plumes import TRIES
from .recordings import Cooking, Source, cooking, read, sources
from .regimes import AUTUMN, PLAIN, SEASONS, SMOKE, WINTER, Regime
from .relearning import BEGINS, after_change, outdoor_rose, smoke
from .results import Comparison, RecordedSmoke, Results, group
from .runs import Run
from .scenarios import SCENARIOS, Thin, thin
from .seeds import seeds
from .sensors import home_sensor, recorded_sensor, run
from .trust import Statement, trust

KINDS: Final = (Pollutant.PM25, Pollutant.VOC_RATIO)
# The fortnight's promise is tried in the seasons that were hardest on the month's.
FORTNIGHT_TOO: Final = (PLAIN, AUTUMN, WINTER, SMOKE)
# Seasons that are run again with known surroundings: outdoor air, temperature, windows.
WITH_CONTEXT: Final = (PLAIN, WINTER, SMOKE)
THIN_ROOMS: Final = 4
LONG_DAYS: Final = 120  # Plumes are put into recordings of at least this length.
SMOKED_SET: Final = "southwark_sck_uk"
SMOKED: Final = (
    datetime(2023, 9, 2, tzinfo=UTC).timestamp(),
    datetime(2023, 9, 11, tzinfo=UTC).timestamp(),
)

type Job = tuple[int, int, Regime, Pollutant, Promise]
type Tell = Callable[[str], None]


class Workers:
    """Do the same work on many things, in several processes if wanted."""

    def __init__(self, processes: Processes | None, folder: Path | None = None) -> None:
        """Take a pool of processes, or none, and a folder that keeps each result, if any."""
        self.processes = processes
        self.folder = folder

    def each[T, R](self, work: Callable[[T], R], things: Iterable[T]) -> list[R]:
        """Return the result of the work for each thing, in their order."""
        done = partial(_done, self.folder, work)
        if self.processes is None:
            return [done(thing) for thing in things]
        return self.processes.map(done, things, chunksize=1)


@contextmanager
def workers(jobs: int, folder: Path | None = None) -> Iterator[Workers]:
    """Give a number of processes; with one, it is the present process."""
    if jobs <= 1:
        yield Workers(None, folder)
        return
    with Pool(jobs) as processes:
        yield Workers(processes, folder)


def _done[T, R](folder: Path | None, work: Callable[[T], R], thing: T) -> R:
    if folder is None:  # A partial of a function has no name.
        return work(thing)
    return cached(folder, (work.__name__, thing), partial(work, thing))


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to run: seeds of the homes, how many of each season, days, recordings if any.

    `cache` is a folder that keeps each room, so that a long run can be continued.
    """

    block: range
    homes: int
    days: int
    data: Path | None = None
    cache: Path | None = None

    def of(self, season: Regime, pollutant: Pollutant, promise: Promise) -> list[Job]:
        """Return the sensors of a season."""
        chosen = seeds(self.block, self.homes)
        return [(seed, self.days, season, pollutant, promise) for seed in chosen]

    @property
    def thin_rooms(self) -> range:
        """Return the seeds of the homes with thin data."""
        return seeds(self.block, THIN_ROOMS)


def compute(plan: Plan, jobs: int, tell: Tell) -> Results:
    """Run everything; `tell` receives what is being run."""
    results = Results(block=plan.block, homes=plan.homes, days=plan.days)
    with workers(jobs, plan.cache) as pool:
        for pollutant in KINDS:
            _seasons(plan, pollutant, pool, results, tell)
            _with_context(plan, pollutant, pool, results, tell)
        tell("thin data")
        trials = [(name, plan.thin_rooms, pollutant) for name in SCENARIOS for pollutant in KINDS]
        found = pool.each(_thin, trials)
        results.thin = [
            (pollutant, one) for (*_, pollutant), one in zip(trials, found, strict=True)
        ]
        if plan.data is not None:
            _recordings(plan.data, pool, results, tell)
    return results


def _seasons(plan: Plan, pollutant: Pollutant, pool: Workers, results: Results, tell: Tell) -> None:
    said: list[Statement] = []
    plain: dict[Promise, list[Run]] = {}
    for season in SEASONS:
        for chosen in (Promise.MONTH, Promise.FORTNIGHT):
            if chosen is Promise.FORTNIGHT and season not in FORTNIGHT_TOO:
                continue
            if season is SMOKE and pollutant is not Pollutant.PM25:
                continue  # Smoke is only particles here: VOC homes would be the plain ones again.
            tell(f"{pollutant}, {season} homes, {chosen}")
            jobs = plan.of(season, pollutant, chosen)
            if season in (PLAIN, AUTUMN) and chosen is Promise.MONTH:
                runs = _with_rules(season, pollutant, jobs, pool, results)
            else:
                runs = pool.each(_run_home, jobs)
            if season is PLAIN:
                plain[chosen] = runs
            summed = group(f"{season} homes", season, chosen, runs)
            results.groups.append(summed)
            if season is SMOKE:
                results.smoke.append((pollutant, chosen, smoke(runs, plain[chosen])))
            if chosen is Promise.MONTH:
                said += summed.said
                if season in BEGINS:
                    results.changed.append((season, pollutant, after_change(runs, BEGINS[season])))
    results.pooled[pollutant] = trust(said)


def _with_context(
    plan: Plan, pollutant: Pollutant, pool: Workers, results: Results, tell: Tell
) -> None:
    for season in WITH_CONTEXT:
        if season is SMOKE and pollutant is not Pollutant.PM25:
            continue
        tell(f"{pollutant}, {season} homes, surroundings known")
        runs = pool.each(_run_home_with_context, plan.of(season, pollutant, Promise.MONTH))
        results.groups.append(group(f"{season} homes, surroundings", season, Promise.MONTH, runs))
        if season is SMOKE:
            results.outdoor_rose = outdoor_rose(runs)


def _with_rules(
    season: Regime, pollutant: Pollutant, jobs: list[Job], pool: Workers, results: Results
) -> list[Run]:
    """Run ours and the rules; on plain homes, put plumes in as well."""
    plumes = season is PLAIN
    observed = pool.each(_observe_home, [(job, plumes) for job in jobs])
    table = rates(observed, pollutant)
    if plumes:
        found = [one for home in observed for one in noticed(home, table)]
        repeated = pool.each(_find_repeated, jobs)
        results.comparisons.append(Comparison(pollutant, table, found, _flat(repeated)))
    else:
        results.autumn[pollutant] = {
            rate.name: sorted(age for one in observed for age in _ages(one, rate)) for rate in table
        }
    return [one.run for one in observed]


def _ages(found: Observed, rate: Rate) -> list[float]:
    if rate.name == OURS:
        return [(at - found.run.first) / DAY_S for at in found.run.episodes]
    return found.ages(rate.name, rate.threshold)


def _recordings(data: Path, pool: Workers, results: Results, tell: Tell) -> None:
    for pollutant in KINDS:
        tell(f"{pollutant}, recordings")
        files = list(sources(data, pollutant))
        runs = pool.each(_run_source, [(source, Promise.MONTH) for source in files])
        if runs:
            results.recorded.append(group("recordings", None, Promise.MONTH, runs))
        long = [source for source in files if _days(source) >= LONG_DAYS]
        if long:
            _long_recordings(long, pollutant, pool, results)
    smoked = [one for one in sources(data, Pollutant.PM25) if one.path.parent.name == SMOKED_SET]
    for chosen in (Promise.MONTH, Promise.FORTNIGHT):
        runs = pool.each(_run_source, [(source, chosen) for source in smoked])
        results.recorded_smoke.append(_recorded_smoke(chosen, runs))
    meals = [(source, cooking(data).get(source.name)) for source in sources(data, Pollutant.PM25)]
    labelled = [(source, found) for source, found in meals if found]
    results.cooking = [
        (source.name, meal)
        for (source, _), room in zip(labelled, pool.each(_notice, labelled), strict=True)
        for meal in room
    ]


def _long_recordings(
    long: list[Source], pollutant: Pollutant, pool: Workers, results: Results
) -> None:
    observed = pool.each(_observe_source, long)
    table = rates(observed, pollutant)
    found = [one for room in observed for one in noticed(room, table)]
    # There are few of them, so each is run with the plumes of every try.
    trials = [(source, seed) for source in long for seed in range(TRIES)]
    repeated = pool.each(_find_source_repeated, trials)
    results.recorded_comparisons.append(Comparison(pollutant, table, found, _flat(repeated)))


def _flat(found: Iterable[list[Found]]) -> list[Found]:
    return [one for some in found for one in some]


def _recorded_smoke(chosen: Promise, runs: list[Run]) -> RecordedSmoke:
    first, last = SMOKED
    counts = [sum(first <= at < last for at in one.episodes) for one in runs]
    eligible = sum(
        bool(one.said.alert_possible[(one.said.start >= first) & (one.said.start < last)].any())
        for one in runs
    )
    return RecordedSmoke(chosen, len(runs), eligible, sum(counts), max(counts, default=0))


def _days(source: Source) -> float:
    times, _ = read(source)
    return float(times[-1] - times[0]) / DAY_S


def _thin(trial: tuple[str, range, Pollutant]) -> Thin:
    return thin(*trial)


def _run_home(job: Job) -> Run:
    return run(home_sensor(*job[:4]), job[4])


def _run_home_with_context(job: Job) -> Run:
    return run(home_sensor(*job[:4], context=True), job[4])


def _observe_home(trial: tuple[Job, bool]) -> Observed:
    job, plumes = trial
    return observe(home_sensor(*job[:4]), job[0] if plumes else None)


def _find_repeated(job: Job) -> list[Found]:
    return find_repeated(home_sensor(*job[:4]), job[0])


def _run_source(trial: tuple[Source, Promise]) -> Run:
    return run(recorded_sensor(trial[0]), trial[1])


def _observe_source(source: Source) -> Observed:
    return observe(recorded_sensor(source), 0)


def _find_source_repeated(trial: tuple[Source, int]) -> list[Found]:
    source, seed = trial
    return find_repeated(recorded_sensor(source), seed)


def _notice(trial: tuple[Source, tuple[Cooking, ...]]) -> list[Delays]:
    source, meals = trial
    return notice(recorded_sensor(source), meals)
