"""What each rule of the method earns: each is switched off alone, and the same homes run again.

    python -m benchmarks.ablation [--rules NAME ...] [--homes N] [--tuning] [--jobs N]

A row says how much *more* there is with a rule than without it, with the 95 % interval over
homes. A rule whose row says "the same" changed nothing at all in these homes.
"""

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from math import isfinite
import os
from pathlib import Path
import sys
from typing import Final

from . import regime_rates as rate
from .ablation_rules import RULES, switched_off
from .compute import KINDS, Workers, workers
from .intervals import Estimate, between, difference
from .layout import Table
from .regimes import AUTUMN, MOVED, PLAIN, REGIMES, SMOKE
from .rooms import Job, Tally, run_room
from .seeds import REPORTING, TUNING, name_of, seeds
from .tables import PER_DAYS, YEAR_DAYS

DAYS: Final = 180
HOMES_OF: Final = (*REGIMES, PLAIN, AUTUMN, SMOKE, MOVED)
LASTING: Final = {regime.name for regime in HOMES_OF if regime.lasting}
HEAD: Final = ("rule", "found", "alerts in 30 days", "fortnights held",
               "needless changes a room-year", "Brier score")  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Print what each rule earns, as it is known."""
    options = _parser().parse_args(arguments)
    block = TUNING if options.tuning else REPORTING
    chosen = options.rules or [rule.name for rule in RULES]
    some = ablation_jobs(block, options.homes, options.days, options.regimes)
    with workers(options.jobs) as pool:
        whole = _run(pool, some, options.cache, "")
        rows = [("with all rules", *figures(whole))]
        for rule in RULES:
            if rule.name in chosen:
                sys.stderr.write(f"running without: {rule.what}\n")
                without = _run(pool, some, options.cache, rule.name)
                rows.append((f"{rule.name}: {rule.what}", *earned(whole, without)))
    note = f"{len(some)} rooms, {options.days} days, {name_of(block)}"
    sys.stdout.write(Table("What each rule earns", HEAD, rows, note).text())
    return 0


def ablation_jobs(block: range, homes: int, days: int, chosen: Sequence[str]) -> list[Job]:
    """Return one room of each home, of both pollutants in turn."""
    return [
        Job(regime, seed, days, KINDS[(turn + seed) % len(KINDS)], rules=False)
        for turn, regime in enumerate(HOMES_OF)
        if not chosen or regime.name in chosen
        for seed in seeds(block, homes, turn)
    ]


def figures(rooms: Sequence[Tally]) -> Iterator[str]:
    """Yield what there is with all rules."""
    yield str(rate.found(rooms))
    yield str(rate.alerts(rooms))
    yield str(rate.fortnights(rooms))
    yield str(rate.changes(_still(rooms)))
    yield str(rate.brier(rooms))


def earned(whole: Sequence[Tally], without: Sequence[Tally]) -> Iterator[str]:
    """Yield how much more there is with a rule than without it."""
    if list(whole) == list(without):
        yield from ["the same"] * (len(HEAD) - 1)
        return
    yield _more(rate.gain(without, whole))
    yield _more(_difference(whole, without, "alerts", "eligible", PER_DAYS))
    yield _more(_difference(whole, without, "kept", "fortnights"))
    still, others = _still(whole), _still(without)
    yield _more(_difference(still, others, "number_of_changes", "days", YEAR_DAYS))
    yield _more(_difference(whole, without, "brier", "fortnights"))


def _difference(
    whole: Sequence[Tally], without: Sequence[Tally], total: str, number: str, scale: float = 1.0
) -> Estimate:
    """Return the difference of a ratio of two fields of the tallies."""
    after, before = (
        ([getattr(room, total) for room in rooms], [getattr(room, number) for room in rooms])
        for rooms in (whole, without)
    )
    return difference(after, before, scale)


def _more(found: Estimate) -> str:
    if not isfinite(found.value):
        return "-"
    return f"{found.value:+.3f} ({between(found.low, found.high, '+.3f')})"


def _still(rooms: Sequence[Tally]) -> list[Tally]:
    return [room for room in rooms if room.regime not in LASTING]


def _run(pool: Workers, jobs: Sequence[Job], folder: Path | None, without: str) -> list[Tally]:
    return pool.each(partial(_room, folder=folder, without=without), jobs)


def _room(job: Job, folder: Path | None, without: str) -> Tally:
    rule = next((rule for rule in RULES if rule.name == without), None)
    if rule is None:
        return run_room(job, folder).tally
    with switched_off(rule):
        return run_room(job, folder, without).tally


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ablation", description=__doc__)
    names = [rule.name for rule in RULES]
    parser.add_argument("--rules", nargs="*", choices=names, help="all without any")
    parser.add_argument("--homes", type=int, default=2, help="homes of each regime")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--regimes", nargs="*", default=[], help="names of regimes; all without")
    parser.add_argument(
        "--tuning", action="store_true", help="homes that rules are chosen on; never published"
    )
    parser.add_argument("--cache", type=Path, help="a folder that keeps each room")
    parser.add_argument("--jobs", type=int, default=os.process_cpu_count() or 1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
