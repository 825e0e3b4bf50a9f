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
# Share of repeats. Recordings: sources repeat 0.01 to 0.9 of their values, or are at least regular
# (0.002 to 0.006, where values are very fine).
REPEATS_FROM = 0.01
# Readings from which the share of single steps counts, by judgement: fewer prove nothing.
STEPS_FROM = 100
# Share of moves by the smallest step. Recordings: each source with that many repeats 0.08 of its
# values or more, so one that never does leaves the repeats out.
STEPS_SHARE = 0.04
REGULAR_FROM = 10  # Intervals, by judgement: fewer can be alike by chance.
SLACK = 0.01  # Share of a step, by judgement: the noise of floats.
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

    __slots__ = (
        "intervals",
        "least_move",
        "noted",
        "repeat_intervals",
        "repeated",
        "said",
        "single_steps",
    )

    def __init__(self) -> None:
        """Start with a source that may report only changes."""
        self.intervals: deque[float] = deque(maxlen=KEPT)
        self.repeat_intervals: deque[float] = deque(maxlen=KEPT)
        self.noted = 0
        self.repeated = 0.0  # Share of the readings noted.
        self.single_steps = 0.0  # The same.
        self.least_move: float | None = None
        self.said: bool | None = None  # What a person said of a file.

    def note(self, interval_s: float, difference: float) -> None:
        """Note a reading: the seconds since the last one, and how far its value moved."""
        self.intervals.append(interval_s)
        if not difference:
            self.repeat_intervals.append(interval_s)
        self._note_move(abs(difference))

    def note_repeats(self) -> None:
        """Note that a value was repeated at unknown intervals, as the recorder keeps it."""
        self._note_move(0.0)

    @property
    def changes_only(self) -> bool:
        """Tell whether the source reports only changes, so far as is known."""
        if self.said is not None:
            return self.said
        if self.repeated >= REPEATS_FROM:
            return False
        leaves_out = self.noted >= STEPS_FROM and self.single_steps >= STEPS_SHARE
        return leaves_out or not _regular(self.intervals)

    @property
    def hold_limit_s(self) -> float:
        """Return how long a value of a source that reports at intervals holds, in seconds.

        A source can repeat its value more rarely than it reports changes, so both count.
        """
        typical = [median(known) for known in (self.intervals, self.repeat_intervals) if known]
        longest = HOLD_INTERVALS * max(typical, default=0.0)
        return min(max(LEAST_HOLD_S, longest), LONGEST_HOLD_S)

    def _note_move(self, size: float) -> None:
        if size and (self.least_move is None or size < self.least_move * (1.0 - SLACK)):
            self.least_move, self.single_steps = size, 0.0
        single = self.least_move is not None and 0.0 < size <= self.least_move * (1.0 + SLACK)
        kept = self.noted / (self.noted + 1)
        self.repeated = self.repeated * kept + (not size) * (1.0 - kept)
        self.single_steps = self.single_steps * kept + single * (1.0 - kept)
        self.noted = min(self.noted + 1, SHARE_KEPT - 1)


def reports_only_changes(readings: Iterable[tuple[float, float | None]]) -> bool:
    """Tell from all readings of a file (POSIX seconds; None ends one) how their source reports.

    >>> reports_only_changes([(0.0, 5.0), (60.0, 6.0), (7200.0, 5.0)])
    True
    >>> reports_only_changes([(0.0, 5.0), (60.0, 5.0), (120.0, 6.0)])
    False
    """
    moves = [
        (after - before, abs(value - last))
        for (before, last), (after, value) in pairwise(readings)
        if last is not None and value is not None
    ]
    sizes = [size for _, size in moves]
    if sizes.count(0.0) > REPEATS_FROM * len(sizes):
        return False
    single = min((size for size in sizes if size), default=0.0) * (1.0 + SLACK)
    single_steps = sum(0.0 < size <= single for size in sizes)
    leaves_out = len(sizes) >= STEPS_FROM and single_steps >= STEPS_SHARE * len(sizes)
    return leaves_out or not _regular([interval_s for interval_s, _ in moves])


def _regular(intervals: Collection[float]) -> bool:
    """Tell whether nearly all intervals are alike."""
    if len(intervals) < REGULAR_FROM:
        return False
    ordered, outside = sorted(intervals), len(intervals) // 10
    return ordered[-1 - outside] <= REGULAR_TIMES * ordered[outside]
