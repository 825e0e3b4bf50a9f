"""How hard the tests try to break the integration, and a record of what they find.

A few trials run with the test suite; `python -m benchmarks.faults` runs many of the same,
and prints what each has recorded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import json
import logging

from hypothesis import HealthCheck, settings

OURS = "custom_components.air_baseline"  # The loggers of the integration.
HOW_MUCH = ("few", "many", "long")
DAMAGE = (  # What is logged about damaged files, by us and by Home Assistant.
    "Unrecoverable error decoding storage",
    "cannot be read",
    "could not be copied",
    "is damaged and was set aside",
)
MARK = "faults"  # Marks the tests that use `faults`.
PROPERTY = "fault"  # In pytest's report: what was tried, how often, found, limit, kept.


@dataclass(frozen=True, slots=True)
class Faults:
    """How much to try, and where to record the results."""

    how_much: str
    record: Callable[[str, object], None]

    def times(self, few: int, many: int, long: int | None = None) -> int:
        """Return a number of trials."""
        return {"few": few, "many": many, "long": long or many}[self.how_much]

    def draws(self, times: int) -> settings:
        """Return settings for `times` examples, the same ones each time if only few are tried."""
        return settings(
            max_examples=times,
            derandomize=self.how_much == "few",
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )

    def check(self, what: str, done: str, found: Sequence[str], limit: str) -> None:
        """Record what was done and found; fail if anything was found."""
        self.record(PROPERTY, json.dumps([what, done, len(found), limit, not found]))
        assert not found, f"{what}: {len(found)} of {done}, the first: {found[0]}"

    def measure(self, what: str, done: str, measured: float, most: float, unit: str) -> None:
        """Record what was measured; fail if it is over its limit."""
        kept = measured <= most
        value, limit = f"{measured:.3g} {unit}".strip(), f"{most:.3g} {unit}".strip()
        self.record(PROPERTY, json.dumps([what, done, value, limit, kept]))
        assert kept, f"{what}: {value}, at most {limit}"


def complaints(records: Sequence[logging.LogRecord], *expected: str) -> list[str]:
    """Return the log messages that no user should see.

    These are tracebacks and errors of whoever logs them, and our own warnings. `expected` are
    parts of messages that a test provokes on purpose. Home Assistant itself logs a traceback for
    each file that is not JSON, and for each that it could not write; we cannot prevent those.
    """
    return [
        record.getMessage()
        for record in records
        if _is_complaint(record) and not any(part in record.getMessage() for part in expected)
    ]


def _is_complaint(record: logging.LogRecord) -> bool:
    if record.name in ("homeassistant.util.json", "homeassistant.util.file"):
        return False
    traceback = record.exc_info is not None and record.exc_info[0] is not None
    least = logging.WARNING if record.name.startswith(OURS) else logging.ERROR
    return traceback or record.levelno >= least
