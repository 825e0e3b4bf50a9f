"""What a year of memory is worth: homes of three years, and recordings longer than one.

    python -m benchmarks.year_report [--tuning] [--homes N] [--data FOLDER] [--page FILE]

Runs the core strictly in order over seeded homes: those that only report, unless `--tuning` is
given. Prints the page, or writes it with its figure. Most rooms take whole days at once; some are
run slot by slot for the alerts. `--cache` keeps each room in a folder, so that a long run can be
continued.
"""

import argparse
from functools import partial
import os
from pathlib import Path
import sys
from typing import Final

from custom_components.air_baseline.core.day import DAY_S

from .compute import KINDS as POLLUTANTS, workers
from .recordings import Source, outdoor_sources, read
from .seeds import REPORTING, TUNING, seeds
from .year_page import YearReport, draw, page
from .year_rates import NOTICED_DAYS
from .year_rooms import CONTEXT_EVERY, YearJob, YearTally, run_recording, run_year_room
from .years import KINDS, MOVED_DAYS, REPLACED_DAYS, YEAR, YEARS, Turn

HOMES: Final = 3  # Of each kind; of those in which nothing changes, half as many more.
ALERT_HOMES: Final = 1  # Of each kind in which nothing changes, run slot by slot, both ways.
# Homes of one year have the turns below 50 (see `seeds`), and 50 to 55 showed what to mend.
FIRST_TURN: Final = 60
TURNED_HOMES: Final = 7  # More of each kind whose sensor is moved or replaced: until it is noticed.
LAST_DAYS: Final = {
    Turn.MOVED: MOVED_DAYS[1] + NOTICED_DAYS,
    Turn.REPLACED: REPLACED_DAYS[1] + NOTICED_DAYS,
}


def main(arguments: list[str] | None = None) -> int:
    """Print or write the page."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.tuning and options.page is not None:
        parser.error("a page is written from the reporting seeds only")
    block = TUNING if options.tuning else REPORTING
    jobs = year_jobs(block, options.homes, options.alert_homes, options.turned_homes)
    with workers(options.jobs) as pool:
        rooms = pool.each(partial(_tally, folder=options.cache), jobs)
        recorded = pool.each(partial(_recorded, folder=options.cache), _long(options.data))
    report = YearReport(block=block, rooms=rooms, recorded=recorded)
    if options.page is None:
        sys.stdout.write(page(report))
    else:
        options.page.write_text(page(report), encoding="utf-8")
        draw(report, options.page.parent)
    return 0


def year_jobs(block: range, homes: int, alert_homes: int, turned_homes: int) -> list[YearJob]:
    """Return the rooms of all kinds; no two kinds share a home, and no alerts share one either.

    The rooms of one home follow each other. Those with alerts run without the year and with it,
    in homes whose surroundings are known, because the year moves nothing else. The further homes
    whose sensor is moved or replaced end when that has been noticed or not.
    """
    jobs: list[YearJob] = []
    for turn, kind in enumerate(KINDS, start=FIRST_TURN):
        number = homes + homes // 2 if kind.steady else homes
        more = CONTEXT_EVERY * alert_homes if kind.steady else turned_homes if kind.turns else 0
        known = seeds(block, number + more, turn)
        lengths = [YEARS * YEAR] * number
        if kind.turns:
            lengths += [LAST_DAYS[kind.turn]] * more
        for seed, days in zip(known, lengths, strict=False):
            jobs += (
                YearJob(kind.name, seed, pollutant, days=days, twin=twin)
                for twin in (False, True)
                for pollutant in POLLUTANTS
                if kind.turns or not twin
            )
        for seed in known[len(lengths) :]:
            both = (
                YearJob(kind.name, seed, pollutant, alerts=True, year=year)
                for pollutant in POLLUTANTS
                for year in (False, True)
            )
            jobs += (job for job in both if job.context)
    return jobs


def _long(folder: Path | None) -> list[Source]:
    """Return the recordings of a folder that are longer than a year."""
    known = outdoor_sources(folder) if folder else ()
    return [source for source in known if _days(source) > YEAR]


def _days(source: Source) -> float:
    times, _ = read(source)
    return float(times[-1] - times[0]) / DAY_S


def _tally(job: YearJob, folder: Path | None) -> YearTally:
    sys.stderr.write(f"running: {job}\n")
    return run_year_room(job, folder).tally


def _recorded(source: Source, folder: Path | None) -> YearTally:
    sys.stderr.write(f"running: {source.name}\n")
    return run_recording(source, folder).tally


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.year_report", description=__doc__)
    parser.add_argument("--homes", type=int, default=HOMES, help="homes of each kind")
    parser.add_argument(
        "--alert-homes", type=int, default=ALERT_HOMES, help="homes run slot by slot as well"
    )
    parser.add_argument(
        "--turned-homes", type=int, default=TURNED_HOMES,
        help="more homes of each kind whose sensor is moved or replaced",
    )  # fmt: skip
    parser.add_argument(
        "--tuning", action="store_true", help="homes that rules are chosen on; never published"
    )
    parser.add_argument("--data", type=Path, help="a folder of recordings")
    parser.add_argument("--page", type=Path, help="a file for the page")
    parser.add_argument("--cache", type=Path, help="a folder that keeps each room")
    parser.add_argument("--jobs", type=int, default=os.process_cpu_count() or 1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
