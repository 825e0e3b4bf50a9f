"""Are the promises kept? Runs the core and the rules people use today, and reports it.

    python -m benchmarks.honesty [--data FOLDER] [--report FOLDER]
    python -m benchmarks.honesty --rule FILE    scores anybody's rule, next to ours
    python -m benchmarks.honesty --inputs FOLDER    writes the readings that rules are scored on

Everything runs strictly in order, over seeded homes and over any folder of recordings. All
tables are printed; `--report` writes a page with plots. Exits with 1 if a promise is broken on
the seeded homes.
"""

import argparse
import os
from pathlib import Path
import sys

from .compute import Plan, compute
from .layout import all_tables
from .outside import HEADER, RuleError, score_ours, score_rule, write_inputs
from .promises import broken
from .report import write_report
from .seeds import REPORTING, TUNING


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; return 1 if a promise is broken on the seeded homes."""
    options = _parser().parse_args(arguments)
    if options.rule is not None or options.inputs is not None:
        return _outside(options)
    block = TUNING if options.tuning else REPORTING
    plan = Plan(block, options.homes, options.days, options.data, options.cache)
    results = compute(plan, options.jobs, _tell)
    for table in all_tables(results):
        sys.stdout.write(table.text())
    failed = broken(results)
    sys.stdout.write("\n")
    for promise in failed:
        sys.stdout.write(f"BROKEN: {promise}\n")
    if not failed:
        sys.stdout.write("All promises are kept.\n")
    if options.report is not None:
        write_report(results, failed, options.report)
        sys.stdout.write(f"The report is in {options.report}\n")
    return 1 if failed else 0


def _outside(options: argparse.Namespace) -> int:
    """Write the readings for outside rules, or score one; return the exit status.

    Everybody may tune on the homes, unless those that report are asked for.
    """
    block = REPORTING if options.reporting else TUNING
    if options.inputs is not None:
        number = write_inputs(options.inputs, block, options.homes, options.days)
        sys.stdout.write(f"{number} recordings are in {options.inputs}\n")
        return 0
    try:
        theirs = score_rule(options.rule, block, options.homes, options.days)
    except RuleError as error:
        sys.stderr.write(f"honesty: {error}\n")
        return 2
    ours = score_ours(block, options.homes, options.days)
    sys.stdout.write(f"{HEADER}\n{theirs}\n{ours}\n")
    return 0


def _tell(what: str) -> None:
    sys.stderr.write(f"running: {what}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.honesty", description=__doc__)
    parser.add_argument("--homes", type=int, default=24, help="seeded homes of each season")
    parser.add_argument(
        "--tuning", action="store_true", help="homes that rules are chosen on; never published"
    )
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--jobs", type=int, default=os.process_cpu_count() or 1)
    parser.add_argument("--data", type=Path, help="a folder of recordings: <set>/<room>.csv.gz")
    parser.add_argument("--cache", type=Path, help="a folder that keeps each room")
    parser.add_argument("--rule", type=Path, help="a rule: a Python file, or a folder of .jsonl")
    parser.add_argument("--inputs", type=Path, help="a folder for the readings of outside rules")
    parser.add_argument(
        "--reporting", action="store_true", help="score a rule on homes on which none was tuned"
    )
    parser.add_argument("--report", type=Path, help="a folder for a page with plots")
    return parser


if __name__ == "__main__":
    sys.exit(main())
