"""Which faults the tests find that a mutation tool, or a person, puts into the code.

    python -m benchmarks.mutation [--mutants N] [--seed N] [--jobs N] [--minutes N]
                                   [--file PART]
    python -m benchmarks.mutation planted [NAME ...]

Draws mutants of the store, the coordinator, the channel, the ledger, the import and the clock, and
runs tests against each in a copy of the tree. Results are kept in .cache, so a run can be
continued. Exits with 1 if fewer than 95 % were killed, or a survivor is not explained in
`explained.py`. `planted` puts in the faults of `planted.py` instead, and each of their tests must
fail.
"""

import argparse
from math import inf
import sys

from .planted import run_planted
from .run import run_mutants


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mutation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--mutants", type=int, default=60, help="how many are drawn")
    parser.add_argument("--seed", type=int, default=1, help="which ones are drawn")
    parser.add_argument("--jobs", type=int, default=1, help="how many are tried at a time")
    parser.add_argument("--minutes", type=float, default=inf, help="begin none after that time")
    parser.add_argument("--file", default="", help="only files whose path has this in it")
    parser.add_argument("what", nargs="?", choices=("drawn", "planted"), default="drawn")
    parser.add_argument("names", nargs="*", help="only these planted faults")
    options = parser.parse_args(arguments)
    if options.what == "planted":
        return run_planted(options.names)
    most_s = options.minutes * 60.0
    return run_mutants(options.mutants, options.seed, options.jobs, options.file, most_s)


if __name__ == "__main__":
    sys.exit(main())
