"""Facts that hold for everybody: a running mean beside a published guideline.

Measured only. Nothing here is learned, and nothing here says what is usual in a room.
"""

from ..day import SLOT_S
from ..pollutant import Guideline
from ..reading.binning import Bin

BUCKETS = 24  # A running mean is kept as sums over this many stretches, not as readings.
CLEAR_S = 1800.0  # The mean must stay at or below the clearing level for so long.


class GuidelineMean:
    """The running mean of a guideline and whether it is above the limit.

    The mean covers the last hours up to the end of the newest bin, in whole buckets (an hour
    for a day's mean), the running one included.
    """

    __slots__ = ("above", "buckets", "low_since", "spec")

    def __init__(self, guideline: Guideline) -> None:
        """Start with nothing observed."""
        self.spec = guideline
        self.buckets: list[tuple[int, float, float]] = []
        self.above: bool | None = None
        self.low_since: float | None = None

    def take(self, bin_: Bin) -> None:
        """Count one bin and judge the mean."""
        index = int(bin_.start // self.bucket_s)
        total, observed_s = bin_.value * bin_.observed_s, bin_.observed_s
        if self.buckets and self.buckets[-1][0] == index:
            _, before, before_s = self.buckets.pop()
            total, observed_s = total + before, observed_s + before_s
        self.buckets.append((index, total, observed_s))
        del self.buckets[: -BUCKETS - 1]
        self._judge(bin_.end)

    @property
    def bucket_s(self) -> float:
        """Return the seconds of one bucket."""
        return max(float(SLOT_S), self.spec.hours * 3600.0 / BUCKETS)

    def mean(self, at: float) -> float | None:
        """Return the running mean (base unit), None where too little was observed."""
        return self._mean_of_buckets(int((at - 1e-3) // self.bucket_s))

    def settled_mean(self, at: float) -> float | None:
        """Return the mean up to the last whole bucket, so that it moves once a bucket."""
        return self._mean_of_buckets(int(at // self.bucket_s) - 1)

    def _mean_of_buckets(self, last: int) -> float | None:
        oldest = last - round(self.spec.hours * 3600.0 / self.bucket_s)
        kept = [bucket for bucket in self.buckets if oldest < bucket[0] <= last]
        observed_s = sum(bucket[2] for bucket in kept)
        if observed_s < self.spec.minimum_h * 3600.0:
            return None
        return sum(bucket[1] for bucket in kept) / observed_s

    def is_above(self, at: float) -> bool | None:
        """Return whether the mean is above the guideline; None where that is not known."""
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
