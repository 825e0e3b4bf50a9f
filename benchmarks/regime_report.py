"""What the method is worth in homes of sixteen kinds.

    python -m benchmarks.regime_report [--tuning] [--homes N] [--smoke FOLDER] [--page FILE]

Runs the core strictly in order over seeded homes: those that only report, unless `--tuning` is
given. Prints the page, or writes it. `--record` keeps what each room came to (compressed, if its
name ends with `.gz`), and `--before` compares with such a record, plume by plume. `--cache` keeps
each room in a folder, so that a long run can be continued.
"""

import argparse
from collections.abc import Iterable
from functools import partial
import gzip
import json
import os
from pathlib import Path
import sys
from typing import Final

from .compute import KINDS, Workers, workers
from .detection import rates
from .june_smoke import smoked
from .regime_page import Report, page
from .regimes import AUTUMN, MOVED, PLAIN, REGIMES
from .rooms import Job, Tally, as_json, from_json, run_room, tallies
from .seeds import REPORTING, TUNING, seeds

DAYS: Final = 240
GZIP: Final = ".gz"  # How the name of a record ends that is kept compressed.
TWIN_DAYS: Final = 160  # A move on day 90, and the weeks in which it can be noticed.
TWINS: Final = (MOVED, PLAIN, AUTUMN)


def main(arguments: list[str] | None = None) -> int:
    """Print or write the page."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.tuning and options.page is not None:
        parser.error("a page is written from the reporting seeds only")
    block = TUNING if options.tuning else REPORTING
    chosen = options.regimes or [regime.name for regime in REGIMES]
    with workers(options.jobs) as pool:
        rooms = _run(pool, regime_jobs(block, options.homes, options.days, chosen), options.cache)
        twins = _run(pool, twin_jobs(block, options.moved), options.cache)
    if options.record is not None:
        _keep(options.record, rooms)
    report = Report(
        block=block,
        homes=options.homes,
        days=options.days,
        rooms=rooms,
        twins=twins,
        before=_kept(options.before) if options.before else [],
        smoke=list(smoked(options.smoke)) if options.smoke else [],
    )
    if options.page is None:
        sys.stdout.write(page(report))
    else:
        options.page.write_text(page(report), encoding="utf-8")
    return 0


def regime_jobs(block: range, homes: int, days: int, chosen: Iterable[str]) -> list[Job]:
    """Return the rooms of the chosen regimes; no two regimes share a home."""
    return [
        Job(regime, seed, days, pollutant)
        for turn, regime in enumerate(REGIMES)
        if regime.name in chosen
        for seed in seeds(block, homes, turn)
        for pollutant in KINDS
    ]


def twin_jobs(block: range, homes: int) -> list[Job]:
    """Return the rooms of moved homes and of the same homes unmoved, without plumes."""
    return [
        Job(regime, seed, TWIN_DAYS, pollutant, plumes=False, rules=False)
        for regime in TWINS
        for seed in seeds(block, homes, len(REGIMES))
        for pollutant in KINDS
    ]


def _run(pool: Workers, jobs: list[Job], folder: Path | None) -> list[Tally]:
    """Run rooms, and tune the simple rules to ours on all rooms of a pollutant."""
    done: list[Tally] = []
    for pollutant in KINDS:
        some = [job for job in jobs if job.pollutant is pollutant]
        sys.stderr.write(f"running: {pollutant}, {len(some)} rooms\n")
        rooms = pool.each(partial(run_room, folder=folder), some)
        done += tallies(rooms, rates([room.observed for room in rooms], pollutant))
    return done


def _keep(path: Path, rooms: Iterable[Tally]) -> None:
    """Write a record: one room a line."""
    lines = (json.dumps(as_json(room), separators=(",", ":")) for room in rooms)
    data = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == GZIP else data)


def _kept(path: Path) -> list[Tally]:
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == GZIP else data
    return [from_json(json.loads(line)) for line in text.splitlines()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.regime_report", description=__doc__)
    parser.add_argument("--homes", type=int, default=12, help="homes of each regime")
    parser.add_argument("--moved", type=int, default=60, help="moved homes, each with its twins")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--regimes", nargs="*", help="names of regimes; all without any")
    parser.add_argument(
        "--tuning", action="store_true", help="homes that rules are chosen on; never published"
    )
    parser.add_argument("--smoke", type=Path, help="recordings of the smoke of June 2023")
    parser.add_argument("--page", type=Path, help="a file for the page")
    parser.add_argument("--record", type=Path, help="a file for what each room came to")
    parser.add_argument("--before", type=Path, help="such a file of an earlier run")
    parser.add_argument("--cache", type=Path, help="a folder that keeps each room")
    parser.add_argument("--jobs", type=int, default=os.process_cpu_count() or 1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
