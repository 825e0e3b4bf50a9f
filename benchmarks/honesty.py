"""Are the promises kept? `python -m benchmarks.honesty [--homes N] [--days N] [--data FOLDER]`.

Runs the core strictly in order over seeded homes, and over any folder of recordings, and
prints how often its ranges held, whether its confidence came true, how often it alerted,
and whether anybody was told anything about their room before the evidence allowed it. Ends
with an error where a promise is broken on the seeded homes.
"""

import argparse
from collections.abc import Iterable, Iterator
import csv
from datetime import UTC, datetime
import gzip
from io import TextIOWrapper
from multiprocessing import Pool
from pathlib import Path
import sys

from core.alert import RULES, Promise
from core.quantity import Kind
from core.state import LearningState

from .homes import Season, record
from .runs import Run, replay
from .tables import AGES, brier, coverage, promise, reliability, rooms_in_band, statements

MEASURED = {Kind.PM25: "pm25_ugm3", Kind.VOC_RATIO: "voc"}
COVERED = (0.75, 0.85)
LEAST_ROOMS = 0.80
DAYS_PER_ALERT = 30.0
SHOWN_STATES = (
    LearningState.COLLECTING,
    LearningState.PROVISIONAL,
    LearningState.LEARNED,
    LearningState.CHANGING,
)

type Job = tuple[int, int, Season, Kind, Promise]


def run_home(job: Job) -> Run:
    """Run the core over one sensor of one seeded home."""
    seed, days, season, kind, chosen = job
    recording = record(seed, days, season)
    levels = recording.pm25 if kind is Kind.PM25 else recording.voc
    readings = zip(recording.times.tolist(), levels.tolist(), strict=True)
    return replay(f"{season} {seed}", kind, readings, UTC, chosen)


def run_file(job: tuple[Path, Kind]) -> Run:
    """Run the core over one column of one recording."""
    path, kind = job
    return replay(f"{path.parent.name}/{path.name}", kind, _readings(path, MEASURED[kind]), UTC)


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; return 1 where a promise is broken on the seeded homes."""
    options = _parser().parse_args(arguments)
    broken: list[str] = []
    with Pool() as pool:
        for season in Season:
            for kind in MEASURED:
                for chosen in (Promise.MONTH, Promise.FORTNIGHT):
                    jobs = [
                        (seed, options.days, season, kind, chosen) for seed in range(options.homes)
                    ]
                    runs = list(pool.imap_unordered(run_home, jobs))
                    broken += show(f"{season} homes, {kind}, {chosen}", runs, chosen)
        if options.data is not None:
            for kind, column in MEASURED.items():
                files = [(path, kind) for path in _recordings(options.data, column)]
                runs = list(pool.imap_unordered(run_file, files))
                show(f"recordings, {kind}, {Promise.MONTH}", runs, Promise.MONTH)
    for promise_ in broken:
        sys.stdout.write(f"BROKEN: {promise_}\n")
    return 1 if broken else 0


def show(title: str, runs: list[Run], chosen: Promise) -> list[str]:
    """Print the tables of some runs; return the promises that they break."""
    print(f"\n{title}: {len(runs)} sensors")
    print(f"{'state':<12}{'days':>9}{'bins':>10}{'closed':>8}{'open':>7}{'fair':>7}{'width':>7}")
    for state in SHOWN_STATES:
        for ages in AGES:
            found = coverage(runs, state, ages)
            if found.bins:
                print(
                    f"{state:<12}{f'{ages[0]}-{ages[1]}' if ages[1] < 1000 else '60+':>9}"  # noqa: PLR2004
                    f"{found.bins:>10}{found.closed:>8.3f}{found.open:>7.3f}"
                    f"{found.fair:>7.3f}{found.width:>7.2f}"
                )
    within, rooms = rooms_in_band(runs)
    episodes, days, pooled, worst = promise(runs)
    told = sum(run.claims_before_learned for run in runs)
    print(f"rooms older than 21 days that held 70 to 90 %: {within} of {rooms}")
    print(f"episodes {episodes} on {days} eligible days: {pooled:.2f} in 30, p90 room {worst:.2f}")
    print(f"changes suspected: {sum(len(run.changes) for run in runs)}; told too early: {told}")
    _show_confidence(runs)
    return [f"{title}: {what}" for what in _broken(runs, chosen)]


def _show_confidence(runs: list[Run]) -> None:
    said = statements(runs)
    if not said:
        return
    score, constant = brier(said)
    rows = "  ".join(
        f"{stated:.2f}→{true:.2f} ({number})" for stated, true, number in reliability(said)
    )
    print(f"confidence stated→came true: {rows}; Brier {score:.3f}, constant {constant:.3f}")


def _broken(runs: list[Run], chosen: Promise) -> list[str]:
    found = coverage(runs, LearningState.LEARNED, (0.0, float("inf")))
    within, rooms = rooms_in_band(runs)
    *_, pooled, _ = promise(runs)
    most = DAYS_PER_ALERT / RULES[chosen].days
    checks = {
        f"the range held {found.fair:.3f}": COVERED[0] <= found.fair <= COVERED[1],
        f"only {within} of {rooms} rooms held 70 to 90 %": within >= LEAST_ROOMS * rooms,
        f"{pooled:.2f} episodes in 30 days": pooled <= max(most, 1.0),
        "somebody was told too early": not any(run.claims_before_learned for run in runs),
    }
    return [what for what, kept in checks.items() if not kept]


def _recordings(folder: Path, column: str) -> Iterator[Path]:
    """Yield the recordings below a folder that have a column."""
    for path in sorted(folder.glob("*/*.csv.gz")):
        with TextIOWrapper(gzip.open(path), encoding="utf-8") as source:
            if column in source.readline().strip().split(","):
                yield path


def _readings(path: Path, column: str) -> Iterable[tuple[float, float]]:
    with TextIOWrapper(gzip.open(path), encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            if row[column]:
                yield datetime.fromisoformat(row["timestamp"]).timestamp(), float(row[column])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.honesty", description=__doc__)
    parser.add_argument("--homes", type=int, default=40, help="seeded homes of each season")
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--data", type=Path, help="a folder of recordings: <set>/<room>.csv.gz")
    return parser


if __name__ == "__main__":
    sys.exit(main())
