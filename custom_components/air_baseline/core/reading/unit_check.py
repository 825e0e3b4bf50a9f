"""Whether a source can be in the unit that it reports: its first day tells.

A source whose median lies above the end of the span has another unit than it says: 450 "ppm" of
VOC is an index, or ppb. Such a source is refused before anything is learned from it.
"""

from collections.abc import Mapping
from typing import Any

from .. import checked
from ..day import HOUR_S
from ..pollutant import REFUSED_FROM, PollutantSpec

# Seconds of readings that settle the unit. By judgement: a whole day, because an index can read
# low for a night. Until then the median of what was seen so far decides.
FIRST_S = 24 * HOUR_S
# Seconds inside the span after which a refused unit is right again. By judgement: a label or a
# template that was corrected, not a value that happens to be low.
RIGHT_AGAIN_S = HOUR_S
LONGEST_S = 1800.0  # Seconds for which a reading counts here at most, by judgement: as it holds.


class UnitCheck:
    """How long the readings of a source lay inside and above the span, in one unit.

    Another unit (`factor`, None if not known) begins again. `doubted` says that the unit cannot
    be right, `settled` that a day of readings showed that it can.

    >>> from ..pollutant import POLLUTANTS, Pollutant
    >>> check = UnitCheck(POLLUTANTS[Pollutant.VOC_RATIO])
    >>> check.take(0.0, 450_000.0, 1000.0), check.take(60.0, 450.0, 1.0)
    (False, True)
    """

    __slots__ = (
        "_above",
        "_at",
        "_inside_since",
        "above_s",
        "doubted",
        "factor",
        "inside_s",
        "settled",
        "spec",
    )

    def __init__(self, spec: PollutantSpec) -> None:
        """Start with a source that has not reported."""
        self.spec = spec
        self.factor: float | None = None
        self.above_s = self.inside_s = 0.0
        self.doubted = self.settled = self._above = False
        self._at: float | None = None
        self._inside_since: float | None = None

    def take(self, at: float, value: float, factor: float) -> bool:
        """Take a value (POSIX seconds, base unit); tell whether its unit can be right."""
        if factor != self.factor:
            if self.factor is not None:
                self._begin()
            self.factor = factor
        if self.settled or not 0.0 <= value <= REFUSED_FROM * self.spec.highest:
            return not self.doubted
        self._count(at)
        above = not self.spec.plausible(value)
        self._at, self._above = at, above
        if above:
            self._inside_since = None
        elif self._inside_since is None:
            self._inside_since = at
        if not self.doubted:
            first = not self.above_s and not self.inside_s
            self.doubted = self.above_s > self.inside_s or (first and above)
        elif self._inside_since is not None and at - self._inside_since >= RIGHT_AGAIN_S:
            self.doubted, self.above_s, self.inside_s = False, 0.0, RIGHT_AGAIN_S
        self._settle()
        return not self.doubted

    def settle(self) -> None:
        """Note that days of readings are known, all in a unit that can be right."""
        if not self.doubted:
            self.above_s, self.inside_s = 0.0, FIRST_S
        self._settle()

    def dump(self) -> dict[str, Any]:
        """Return its state as plain JSON values, nothing if the unit is not known."""
        if self.factor is None:
            return {}
        state = {"factor": self.factor, "inside_s": self.inside_s, "above_s": self.above_s}
        return {"unit_check": {**state, "doubted": self.doubted}}

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take over the state that `dump` wrote. Raises StoredFormError or KeyError."""
        self.factor = checked.number(data["factor"], 0.0)
        self.inside_s = checked.number(data["inside_s"], 0.0)
        self.above_s = checked.number(data["above_s"], 0.0)
        self.doubted = checked.flag(data["doubted"])
        self._settle()

    def _begin(self) -> None:
        self.above_s = self.inside_s = 0.0
        self.doubted = self.settled = self._above = False
        self._at = self._inside_since = None

    def _settle(self) -> None:
        self.settled = not self.doubted and self.inside_s + self.above_s >= FIRST_S

    def _count(self, at: float) -> None:
        """Count the time of the last value."""
        if self._at is None:
            return
        passed_s = min(max(at - self._at, 0.0), LONGEST_S)
        if self._above:
            self.above_s += passed_s
        else:
            self.inside_s += passed_s
