"""A running mean compared with a published guideline, which holds for everybody.

This is measured. Nothing here is learned or depends on what is usual in a room.
"""

from collections.abc import Mapping
from typing import Any

from .. import checked
from ..day import SLOT_S
from ..pollutant import Guideline
from ..reading.binning import Bin
from ..reading.running_sums import RunningSum, add_to, dump_sums, load_sums, mean_of

BUCKETS = 24  # Buckets of a mean, by judgement: it is kept as their sums, not as readings.
CLEAR_S = 1800.0  # Seconds that the mean must stay at or below the clearing level, by judgement.


class GuidelineMean:
    """The running mean of a guideline, and whether it is above the limit.

    The mean covers the last hours up to the end of the newest bin in buckets (of an hour for a
    24-hour mean), including the running one. `above` is None if the mean is not known;
    `low_since` is the POSIX time since which it has been at or below the clearing level.
    """

    __slots__ = ("above", "buckets", "low_since", "spec")

    def __init__(self, guideline: Guideline) -> None:
        """Start with nothing observed."""
        self.spec = guideline
        self.buckets: list[RunningSum] = []
        self.above: bool | None = None
        self.low_since: float | None = None

    def take(self, bin_: Bin) -> None:
        """Count one bin and update `above`."""
        index, area = int(bin_.start // self.bucket_s), bin_.value * bin_.observed_s
        add_to(self.buckets, index, area, bin_.observed_s)
        del self.buckets[: -BUCKETS - 1]
        self._judge(bin_.end)

    @property
    def bucket_s(self) -> float:
        """Return the length of a bucket in seconds."""
        return max(float(SLOT_S), self.spec.hours * 3600.0 / BUCKETS)

    def mean(self, at: float) -> float | None:
        """Return the mean up to a POSIX time (base unit), None if too little was observed."""
        return self._mean_of_buckets(int((at - 1e-3) // self.bucket_s))

    def settled_mean(self, at: float) -> float | None:
        """Return the mean up to the last whole bucket, which changes once a bucket."""
        return self._mean_of_buckets(int(at // self.bucket_s) - 1)

    def _mean_of_buckets(self, last: int) -> float | None:
        oldest = last - round(self.spec.hours * 3600.0 / self.bucket_s)
        buckets = [bucket for bucket in self.buckets if oldest < bucket[0] <= last]
        return mean_of(buckets, self.spec.minimum_h * 3600.0)

    def dump(self) -> dict[str, Any]:
        """Return its state as plain JSON values."""
        return {
            "facts": dump_sums(self.buckets),
            "above": self.above,
            "low_since": self.low_since,
        }

    def restore(self, data: Mapping[str, Any], counted_to: float) -> None:
        """Take over what `dump` wrote up to a POSIX time. Raises StoredFormError or KeyError."""
        last = int(counted_to // self.bucket_s)
        self.buckets = load_sums(data["facts"], BUCKETS + 1, last, self.bucket_s)
        for _, total, _ in self.buckets:
            checked.number(total, 0.0)
        self.above = checked.optional(checked.flag, data["above"])
        low_since = data["low_since"]
        self.low_since = None if low_since is None else checked.number(low_since, 0.0, counted_to)

    def is_above(self, at: float) -> bool | None:
        """Return whether the mean is above the guideline, None if that is not known."""
        return None if self.mean(at) is None else self.above

    def _judge(self, at: float) -> None:
        mean = self.mean(at)
        if mean is None:
            self.above = self.low_since = None
        elif mean > self.spec.limit:
            self.above, self.low_since = True, None
        elif not self.above:
            self.above = False
        elif mean > self.spec.clear:
            self.low_since = None
        elif self.low_since is None:
            self.low_since = at
        elif at - self.low_since >= CLEAR_S:
            self.above, self.low_since = False, None
