"""What was tried to break Air Baseline, how often, and what was found.

    python -m benchmarks.faults [--faults few|many|long] [TEST ...]

Runs all tests that are marked `faults`, or the named ones among them. `few` is what runs before
each change. `many`, the default, takes most of an hour. Exits with 1 if something was found, a
limit was exceeded, or a trial did not finish.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Final
from xml.etree import ElementTree as ET

from tests.faults import HOW_MUCH, MARK, PROPERTY

from .layout import Table

ROOT: Final = Path(__file__).parent.parent
HEAD: Final = ("what was tried", "how often", "found", "limit", "")
KEPT, BROKEN, NOT_RUN = "ok", "NOT OK", "DID NOT RUN"
TESTS_FAILED: Final = 1  # Exit statuses of pytest when it ran everything that it was asked for.


@dataclass(frozen=True, slots=True)
class Trial:
    """What was tried, how often, what was found, what is allowed, and the outcome."""

    what: str
    done: str = ""
    found: str = ""
    limit: str = ""
    outcome: str = NOT_RUN

    @property
    def row(self) -> tuple[str, ...]:
        """Return the row of the table."""
        return self.what, self.done, self.found, self.limit, self.outcome


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--faults", choices=HOW_MUCH, default="many")
    parser.add_argument(
        "tests", nargs="*", help="as pytest takes them: tests/storage/test_crash.py"
    )
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        status = _run(options.tests, options.faults, report)
        if status > TESTS_FAILED or not report.is_file():
            return status
        found = list(trials(ET.parse(report).getroot()))  # noqa: S314 - pytest wrote it
    table = Table("What was tried to break it", HEAD, [trial.row for trial in found])
    sys.stdout.write(table.text())
    return status or int(any(trial.outcome != KEPT for trial in found))


def trials(report: ET.Element) -> Iterator[Trial]:
    """Yield what each test of a JUnit report recorded.

    A test did not run if it failed outside a trial, was skipped, or recorded nothing.
    """
    for test in report.iter("testcase"):
        taken = list(_taken_down(test))
        yield from taken
        ended = all(test.find(end) is None for end in ("failure", "error", "skipped"))
        if not taken or (not ended and all(trial.outcome == KEPT for trial in taken)):
            yield Trial(f"{test.get('classname')}.{test.get('name')}")


def _taken_down(test: ET.Element) -> Iterator[Trial]:
    for one in test.iter("property"):
        if one.get("name") == PROPERTY:
            what, done, found, limit, kept = json.loads(one.get("value", ""))
            yield Trial(what, done, str(found), limit, KEPT if kept else BROKEN)


def _run(tests: Sequence[str], how_much: str, report: Path) -> int:
    """Run the marked tests; return pytest's exit status."""
    asked = ["-m", MARK, f"--faults={how_much}", "--quiet", *(tests or ["tests"])]
    options = [f"--junitxml={report}", "-o", "junit_family=xunit1"]  # The newer has no properties.
    pytest = [sys.executable, "-m", "pytest", *asked, *options]
    return subprocess.run(pytest, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
