"""How a source reports: at intervals, or only what changed; and how long its silence means nothing.

Many sensors send a value only when it differs from the last one, so steady air makes them silent
for hours. Others repeat it, and their silence means that something is wrong. It is not stored:
after a restart an integration may report in another way, and a source that repeats shows it soon.
"""

from collections import deque
from collections.abc import Collection, Iterable
from itertools import pairwise
from statistics import median

KEPT = 31  # Intervals. By judgement: a steady median that still follows a new cadence.
LEAST_HOLD_S = 1800.0  # Seconds. By judgement: a busy network can lose some reports.
HOLD_INTERVALS = 4  # Median intervals for which a value holds, by judgement.
LONGEST_HOLD_S = 6 * 3600.0  # Seconds. By judgement: a sensor this slow says nothing about now.
SHARE_KEPT = 300  # Readings. By judgement: about a day of a sensor that reports only changes.
# Share of repeats. Recordings: sensors that report at intervals repeat 0.04 to 0.9 of their
# values, unless their values are so fine that they are at least regular.
REPEATS_FROM = 0.01
REGULAR_FROM = 10  # Intervals, by judgement: fewer can be alike by chance.
REGULAR_TIMES = 1.5  # Times, between long and short intervals. Recordings: at intervals below 1.1.


class Cadence:
    """The intervals between a source's readings, and how often one repeats the one before.

    >>> cadence = Cadence()
    >>> cadence.note(60.0, 2.0)
    >>> cadence.changes_only
    True
    >>> cadence.note(60.0, 0.0)
    >>> cadence.changes_only, cadence.hold_limit_s
    (False, 1800.0)
    """

    __slots__ = ("intervals", "noted", "repeat_intervals", "repeated", "said")

    def __init__(self) -> None:
        """Start with a source that may report only changes."""
        self.intervals: deque[float] = deque(maxlen=KEPT)
        self.repeat_intervals: deque[float] = deque(maxlen=KEPT)
        self.noted = 0
        self.repeated = 0.0
        self.said: bool | None = None  # What a person said of a file.

    def note(self, interval_s: float, difference: float) -> None:
        """Note a reading: the seconds since the last one, and how far its value moved."""
        self.intervals.append(interval_s)
        if not difference:
            self.repeat_intervals.append(interval_s)
        self._note_repeat(repeated=not difference)

    def note_repeats(self) -> None:
        """Note that a value was repeated at unknown intervals, as the recorder keeps it."""
        self._note_repeat(repeated=True)

    @property
    def changes_only(self) -> bool:
        """Tell whether the source reports only changes, so far as is known."""
        if self.said is not None:
            return self.said
        return self.repeated < REPEATS_FROM and not _regular(self.intervals)

    @property
    def hold_limit_s(self) -> float:
        """Return how long a value of a source that reports at intervals holds, in seconds.

        A source can repeat its value more rarely than it reports changes, so both count.
        """
        typical = [median(known) for known in (self.intervals, self.repeat_intervals) if known]
        longest = HOLD_INTERVALS * max(typical, default=0.0)
        return min(max(LEAST_HOLD_S, longest), LONGEST_HOLD_S)

    def _note_repeat(self, *, repeated: bool) -> None:
        self.repeated = (self.repeated * self.noted + repeated) / (self.noted + 1)
        self.noted = min(self.noted + 1, SHARE_KEPT - 1)


def reports_only_changes(readings: Iterable[tuple[float, float | None]]) -> bool:
    """Tell from all readings of a file (POSIX seconds; None ends one) how their source reports.

    >>> reports_only_changes([(0.0, 5.0), (60.0, 6.0), (7200.0, 5.0)])
    True
    >>> reports_only_changes([(0.0, 5.0), (60.0, 5.0), (120.0, 6.0)])
    False
    """
    moves = [
        (after - before, value == last)
        for (before, last), (after, value) in pairwise(readings)
        if last is not None and value is not None
    ]
    if sum(repeats for _, repeats in moves) > REPEATS_FROM * len(moves):
        return False
    return not _regular([interval_s for interval_s, _ in moves])


def _regular(intervals: Collection[float]) -> bool:
    """Tell whether nearly all intervals are alike."""
    if len(intervals) < REGULAR_FROM:
        return False
    ordered, outside = sorted(intervals), len(intervals) // 10
    return ordered[-1 - outside] <= REGULAR_TIMES * ordered[outside]
