"""What is wrong with the readings of one source, since when, and whether that is proven."""

from dataclasses import dataclass

from ..core.ledger.entries import Trouble

PROOF_S = 2 * 3600.0  # Seconds. By judgement: a restarted source can send odd values for a while.
# Seconds without trouble that end one which had come back. By judgement: a unit that flips each
# second is one trouble, not thousands.
QUIET_S = 3600.0
LONGEST_S = 1800.0  # Seconds for which a reading counts here at most, by judgement: as it holds.


# Shares of the time that prove a trouble of readings, by judgement. A unit is never wrong; single
# impossible values are glitches, which cost only their own time.
LEAST_SHARE = {Trouble.UNIT_CHANGED: 0.1, Trouble.ABOVE_SPAN: 0.75, Trouble.IMPLAUSIBLE: 0.75}


@dataclass(slots=True)
class _Run:
    """One trouble (POSIX seconds): its first and last reading, and how long it lasted in all.

    `now` says that the last reading had it, and `returned` that it had gone and came back.
    """

    first: float
    last: float
    at: float
    odd_s: float = 0.0
    now: bool = True
    returned: bool = False

    def follow(self, at: float, *, odd: bool) -> bool:
        """Take a reading; tell whether the trouble is still to be kept in mind."""
        if self.now:
            self.odd_s += min(max(at - self.at, 0.0), LONGEST_S)
        over = not 0.0 <= at - self.last <= QUIET_S and not self.now
        if over:
            return False
        self.returned |= odd and not self.now
        self.at, self.now = at, odd
        if odd:
            self.last = at
        return True


class SourceWatch:
    """Follows the readings of one source.

    >>> watch = SourceWatch()
    >>> for second in range(3 * 3600):
    ...     news = watch.take(float(second), Trouble.UNIT_CHANGED if second % 2 else None)
    >>> watch.has(Trouble.UNIT_CHANGED), watch.proven(Trouble.UNIT_CHANGED)
    (True, True)
    """

    def __init__(self) -> None:
        """Start with a source that has not reported."""
        self._runs: dict[Trouble, _Run] = {}

    def take(self, at: float, trouble: Trouble | None) -> bool:
        """Take a reading (POSIX seconds) and what is wrong with it, None if nothing is.

        Return whether the trouble is news: the reading before did not have it.
        """
        before = self._runs.get(trouble) if trouble else None
        news = trouble is not None and not (before and before.now)
        self._runs = {
            what: run for what, run in self._runs.items() if run.follow(at, odd=what is trouble)
        }
        if trouble is not None and trouble not in self._runs:
            self._runs[trouble] = _Run(at, at, at)
        return news

    def has(self, trouble: Trouble) -> bool:
        """Tell whether a source has a trouble; one that came back ends after a quiet hour."""
        run = self._runs.get(trouble)
        return run is not None and (run.now or run.returned)

    def found(self) -> list[tuple[bool, bool]]:
        """Return of each trouble whether the source has it, and whether it is proven."""
        return [(self.has(trouble), self.proven(trouble)) for trouble in LEAST_SHARE]

    def proven(self, trouble: Trouble) -> bool:
        """Tell whether a trouble lasted long enough to report it."""
        run = self._runs.get(trouble)
        if run is None or run.last - run.first < PROOF_S:
            return False
        return run.odd_s >= LEAST_SHARE[trouble] * (run.last - run.first)
