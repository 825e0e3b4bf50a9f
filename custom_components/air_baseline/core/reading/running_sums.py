"""Sums over buckets of time, from which means over hours and days are made.

A sum is (index of the bucket, value times seconds, seconds).
"""

from collections.abc import Sequence

from .. import checked

type RunningSum = tuple[int, float, float]


def add_to(sums: list[RunningSum], index: int, area: float, seconds: float) -> None:
    """Add to the last sum in place, or append a sum if the bucket is a new one."""
    if sums and sums[-1][0] == index:
        _, before, before_s = sums.pop()
        area, seconds = area + before, seconds + before_s
    sums.append((index, area, seconds))


def mean_of(sums: Sequence[RunningSum], least_s: float) -> float | None:
    """Return the mean over some sums, None if they have no or fewer than `least_s` seconds."""
    seconds = sum(seconds for _, _, seconds in sums)
    if not seconds or seconds < least_s:
        return None
    return sum(area for _, area, _ in sums) / seconds


def dump_sums(sums: Sequence[RunningSum]) -> list[list[float]]:
    """Return sums as plain JSON values."""
    return [list(running) for running in sums]


def load_sums(data: object, most: int, last: int, longest_s: float) -> list[RunningSum]:
    """Return the sums that `dump_sums` wrote.

    There are at most `most` of them, with an index up to `last` and up to `longest_s` seconds.
    Raises StoredFormError for anything else.
    """
    sums: list[RunningSum] = []
    for index, area, observed in checked.rows(data, 3, most):
        seconds = checked.number(observed, 0.0, longest_s)
        highest = checked.HIGHEST * seconds
        sums.append(
            (checked.integer(index, 0, last), checked.number(area, -highest, highest), seconds)
        )
    return sums
