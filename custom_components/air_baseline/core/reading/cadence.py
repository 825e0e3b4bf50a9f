"""How a source reports: at intervals, or only what changed; and how long its silence means nothing.

Many sensors send a value only when it differs from the last one, so steady air makes them silent
for hours. Others repeat it, and their silence means that something is wrong. It is not stored:
after a restart an integration may report in another way, and a source that repeats shows it soon.
"""

from array import array
from collections.abc import Collection, Iterable
from itertools import pairwise
from statistics import median

from ..day import DAY_S

KEPT = 31  # Intervals. By judgement: a steady median that still follows a new cadence.
LEAST_HOLD_S = 1800.0  # Seconds. By judgement: a busy network can lose some reports.
HOLD_INTERVALS = 4  # Median intervals for which a value holds, by judgement.
LONGEST_HOLD_S = 6 * 3600.0  # Seconds. By judgement: a sensor this slow says nothing about now.
REPEATS_KEPT = 60  # Repeats, by judgement: about a day of a sensor that repeats at night.
LONG_REPEATS = 3  # Repeats, by judgement: so many were as late as the latest that counts.
HOLD_REPEATS = 2  # Times as long as these a value holds, by judgement: one report can be lost.
MOVES_KEPT = 100  # Readings. By judgement: an integration that reports in another way shows it.
REPEATS_FROM = 2  # Repeats among them, by judgement: a rename writes one value again.
# Moves by the smallest step from which a source leaves the repeats out that it does not have, and
# how many of them a repeat stands against. Recordings: sources with that many single steps repeat
# 0.5 to 4 times as often as they move by one.
STEPS_FROM = 8  # Moves (recordings).
STEPS_PER_REPEAT = 16  # Moves (recordings).
SLACK = 0.01  # Share of a step, by judgement: the noise of floats.
REGULAR_FROM = 10  # Intervals, by judgement: fewer can be alike by chance.
REGULAR_TIMES = 1.5  # Times, between long and short intervals. Recordings: at intervals below 1.1.
# Seconds since a silence in which a source can be called regular, by judgement: what is silent at
# weekends is silent again by then.
REGULAR_AFTER_S = 7 * DAY_S
SILENCES_A_DAY = 0.5  # Silences a day from which a file's source is not regular, by judgement.


class Cadence:
    """The intervals between a source's readings, and how far its values moved.

    >>> cadence = Cadence()
    >>> cadence.note(60.0, 2.0)
    >>> cadence.changes_only
    True
    >>> cadence.note(60.0, 0.0)
    >>> cadence.note(60.0, 0.0)
    >>> cadence.changes_only, cadence.hold_limit_s
    (False, 1800.0)
    """

    __slots__ = ("intervals", "moves", "regular_s", "repeat_intervals", "said")

    def __init__(self) -> None:
        """Start with a source that may report only changes."""
        # As deques, they would take two kilobytes more in each channel.
        self.intervals = array("d")
        self.repeat_intervals = array("d")
        self.moves = array("d")
        self.regular_s: float = REGULAR_AFTER_S  # Seconds since the last silence.
        self.said: bool | None = None  # What a person said of a file.

    def note(self, interval_s: float, difference: float) -> None:
        """Note a reading: the seconds since the last one, and how far its value moved."""
        known = len(self.intervals) >= REGULAR_FROM
        silent = known and interval_s > LEAST_HOLD_S and interval_s > self.hold_limit_s
        self.regular_s = 0.0 if silent else self.regular_s + interval_s
        _keep(self.intervals, interval_s, KEPT)
        if not difference:
            _keep(self.repeat_intervals, interval_s, REPEATS_KEPT)
        _keep(self.moves, abs(difference), MOVES_KEPT)

    def note_repeats(self) -> None:
        """Note that a value was repeated at unknown intervals, as the recorder keeps it."""
        for _ in range(REPEATS_FROM):
            _keep(self.moves, 0.0, MOVES_KEPT)

    @property
    def changes_only(self) -> bool:
        """Tell whether the source reports only changes, so far as is known."""
        if self.said is not None:
            return self.said
        if (known := _leaves_repeats_out(self.moves)) is not None:
            return known
        return self.regular_s < REGULAR_AFTER_S or not _regular(self.intervals)

    @property
    def hold_limit_s(self) -> float:
        """Return how long a value of a source that reports at intervals holds, in seconds.

        A source can repeat its value more rarely than it reports changes, so both count.
        """
        limit_s = HOLD_INTERVALS * median(self.intervals) if self.intervals else 0.0
        if len(self.repeat_intervals) >= LONG_REPEATS:
            usual_s = sorted(self.repeat_intervals)[-LONG_REPEATS]
            limit_s = max(limit_s, HOLD_REPEATS * usual_s)
        return min(max(LEAST_HOLD_S, limit_s), LONGEST_HOLD_S)


def _keep(numbers: array[float], number: float, most: int) -> None:
    """Add a number, and forget the oldest one if they are more than that."""
    numbers.append(number)
    if len(numbers) > most:
        del numbers[0]


def reports_only_changes(readings: Iterable[tuple[float, float | None]]) -> bool:
    """Tell from all readings of a file (POSIX seconds; None ends one) how their source reports.

    >>> reports_only_changes([(0.0, 5.0), (60.0, 6.0), (7200.0, 5.0)])
    True
    >>> reports_only_changes([(0.0, 5.0), (60.0, 5.0), (120.0, 5.0), (180.0, 6.0)])
    False
    """
    moves = [
        (after - before, abs(value - last))
        for (before, last), (after, value) in pairwise(readings)
        if last is not None and value is not None
    ]
    known = _leaves_repeats_out([size for _, size in moves])
    if known is not None:
        return known
    intervals = [interval_s for interval_s, _ in moves]
    limit_s = max(LEAST_HOLD_S, HOLD_INTERVALS * median(intervals)) if intervals else 0.0
    silences = sum(interval_s > limit_s for interval_s in intervals)
    often = silences >= max(1.0, SILENCES_A_DAY * sum(intervals) / DAY_S)
    return often or not _regular(intervals)


def _leaves_repeats_out(moves: Collection[float]) -> bool | None:
    """Tell from the sizes of moves whether a source never repeats a value; None: not known."""
    repeats = sum(not size for size in moves)
    least = min((size for size in moves if size), default=0.0) * (1.0 + SLACK)
    single_steps = sum(0.0 < size <= least for size in moves)
    if single_steps >= STEPS_FROM and repeats * STEPS_PER_REPEAT <= single_steps:
        return True
    return False if repeats >= REPEATS_FROM else None


def _regular(intervals: Collection[float]) -> bool:
    """Tell whether nearly all intervals are alike."""
    if len(intervals) < REGULAR_FROM:
        return False
    ordered, outside = sorted(intervals), len(intervals) // 10
    return ordered[-1 - outside] <= REGULAR_TIMES * ordered[outside]
