"""How much is tried to break the integration, and what is written down of it.

A few trials run before each change; `python -m benchmarks.faults` asks for many of the same,
and prints what each has taken down.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import json
import logging

from hypothesis import HealthCheck, settings

HOW_MUCH = ("few", "many", "long")
MARK = "faults"  # Of the tests that ask for how much to try.
PROPERTY = "fault"  # Of a test in pytest's report: what was tried, how often, found, limit, kept.


@dataclass(frozen=True, slots=True)
class Faults:
    """How much to try, and where to write down what came of it."""

    how_much: str
    record: Callable[[str, object], None]

    def times(self, few: int, many: int, long: int | None = None) -> int:
        """Return a number of trials."""
        return {"few": few, "many": many, "long": long or many}[self.how_much]

    def draws(self, times: int) -> settings:
        """Let hypothesis draw so often, the same again where few are asked for."""
        return settings(
            max_examples=times,
            derandomize=self.how_much == "few",
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )

    def check(self, what: str, done: str, found: Sequence[str], limit: str) -> None:
        """Write down what was done and found; fail where something was found."""
        self.record(PROPERTY, json.dumps([what, done, len(found), limit, not found]))
        assert not found, f"{what}: {len(found)} of {done}, the first: {found[0]}"

    def measure(self, what: str, done: str, measured: float, most: float, unit: str) -> None:
        """Write down what was measured; fail where it is over its limit."""
        kept = measured <= most
        said, limit = f"{measured:.3g} {unit}".strip(), f"{most:.3g} {unit}".strip()
        self.record(PROPERTY, json.dumps([what, done, said, limit, kept]))
        assert kept, f"{what}: {said}, at most {limit}"


def complaints(records: Sequence[logging.LogRecord]) -> list[str]:
    """Return what a log holds that no user should meet: a traceback, or an error of ours.

    Home Assistant itself writes a traceback about each file that is no JSON, and about each
    that it could not write; those are not ours to take away.
    """
    own = ("homeassistant.util.json", "homeassistant.util.file")
    return [
        record.getMessage()
        for record in records
        if record.exc_info and record.exc_info[0] is not None and record.name not in own
    ]
