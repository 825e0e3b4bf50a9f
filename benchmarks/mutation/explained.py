"""Mutants that no test can or should kill, each with the reason.

A mutant is known by its code, not by its line number: where that code is gone, the explanation is
out of date, and both the benchmark and tests/benchmarks/test_mutation.py say so.
"""

from dataclasses import dataclass
from typing import Final

from .areas import PACKAGE
from .sites import Mutant


@dataclass(frozen=True, slots=True)
class Explained:
    """A mutant and why it survives.

    `equivalent` says that no behaviour differs, so that no test could ever fail. `path` is from
    the integration's folder; the others are those of `Mutant`.
    """

    path: str
    inside: str
    operator: str
    before: str
    after: str
    why: str
    equivalent: bool = True

    def fits(self, mutant: Mutant) -> bool:
        """Tell whether this is the mutant that is meant."""
        mine = f"{PACKAGE}/{self.path}", self.inside, self.operator, self.before, self.after
        other = mutant.path, mutant.inside, mutant.operator, mutant.before, mutant.after
        return mine == other


EXPLAINED: Final[tuple[Explained, ...]] = (
    Explained(
        "coordinator.py",
        "RoomCoordinator.__init__",
        "assignment",
        "self._logged_failure: tuple[type[Exception], str] | None = None",
        'self._logged_failure: tuple[type[Exception], str] | None = ""',
        "it is only compared with failures, and neither of the two equals one",
    ),
    Explained(
        "core/past/history_import.py",
        "PastDay",
        "assignment",
        "longest_run_h: int = 0",
        "longest_run_h: int = None",
        "the only code that makes such a day gives it",
    ),
    Explained(
        "core/past/history_import.py",
        "PastDay",
        "number",
        "longest_run_h: int = 0",
        "longest_run_h: int = 1",
        "the only code that makes such a day gives it",
    ),
    Explained(
        "core/storage/ledger.py",
        "_Row.parts",
        "number",
        'return checked.integer(self._row["parts"], 0, ALL_PARTS)',
        'return checked.integer(self._row["parts"], 1, ALL_PARTS)',
        "no correction without parts is ever made, and one that is read has no effect",
        equivalent=False,
    ),
    Explained(
        "storage/frozen.py",
        "OpenRoom.__init__",
        "assignment",
        "self.size = 0",
        "self.size = None",
        "it is asked for only after a write, which makes the text, and the size is known then",
    ),
    Explained(
        "storage/store.py",
        "LedgerStore.__init__",
        "assignment",
        "self._good_days: Known = {}",
        "self._good_days: Known = None",
        "a store that writes was loaded before, which reads these days",
    ),
)
