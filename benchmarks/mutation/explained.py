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


EXPLAINED: Final[tuple[Explained, ...]] = ()
