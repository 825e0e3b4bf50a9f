"""A running mean compared with a published guideline, which holds for everybody.

This is measured. Nothing here is learned or depends on what is usual in a room.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import checked
from ..day import SLOT_S
from ..pollutant import Guideline
from ..reading.binning import Bin
from ..reading.running_sums import RunningSum, add_to, dump_sums, load_sums, mean_of

BUCKETS = 24  # Buckets of a mean, by judgement: it is kept as their sums, not as readings.
CLEAR_S = 1800.0  # Seconds that the mean must stay at or below the clearing level, by judgement.


@dataclass(frozen=True, slots=True)
class MeanSoFar:
    """The mean of what was observed (base unit), however little, and how many hours that is.

    `enough` says that it can be compared with the guideline, and `is_least` that it has a level
    at the end of the span in it, so that it can be higher.
    """

    mean: float
    hours: float
    enough: bool
    is_least: bool


class GuidelineMean:
    """The running mean of a guideline, and whether it is above the limit.

    The mean covers the last hours up to the end of the newest bin in buckets (of an hour for a
    24-hour mean), including the running one. `above` is None if the mean is not known;
    `low_since` is the POSIX time since which it has been at or below the clearing level.
    `end_at` is the last POSIX time of a level at the end of the span (None: none): a mean with
    such a level is the least that it can be.
    """

    __slots__ = ("above", "buckets", "end_at", "low_since", "spec")

    def __init__(self, guideline: Guideline) -> None:
        """Start with nothing observed."""
        self.spec = guideline
        self.buckets: list[RunningSum] = []
        self.above: bool | None = None
        self.low_since: float | None = None
        self.end_at: float | None = None

    def note_end(self, at: float) -> None:
        """Note a level at the end of the span (POSIX seconds)."""
        self.end_at = at if self.end_at is None else max(self.end_at, at)

    def proven(self, bin_: Bin) -> bool:
        """Tell whether a bin is air: a source that may be dead can only show that it is clean."""
        return not bin_.quiet or bin_.value <= self.spec.limit

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
        return self._mean_of_buckets(self._last_bucket(at))

    def is_least(self, at: float) -> bool:
        """Tell whether the mean up to a POSIX time has a level at the end of the span in it."""
        return self._has_end(self._last_bucket(at))

    def settled_is_least(self, at: float) -> bool:
        """Tell whether the settled mean has a level at the end of the span in it."""
        return self._has_end(int(at // self.bucket_s) - 1)

    def settled_mean(self, at: float) -> float | None:
        """Return the mean up to the last whole bucket, which changes once a bucket."""
        return self._mean_of_buckets(int(at // self.bucket_s) - 1)

    def so_far(self, at: float) -> MeanSoFar | None:
        """Return the mean up to a POSIX time, None if nothing was observed."""
        buckets = self._covered(self._last_bucket(at))
        mean = mean_of(buckets, 0.0)
        if mean is None:
            return None
        seconds = sum(observed for _, _, observed in buckets)
        enough = seconds >= self.spec.minimum_h * 3600.0
        return MeanSoFar(mean, seconds / 3600.0, enough, self.is_least(at))

    def _mean_of_buckets(self, last: int) -> float | None:
        return mean_of(self._covered(last), self.spec.minimum_h * 3600.0)

    def _covered(self, last: int) -> list[RunningSum]:
        """Return the buckets of the mean that ends with bucket `last`."""
        return [one for one in self.buckets if last - self._number < one[0] <= last]

    @property
    def _number(self) -> int:
        """Return the number of buckets that the mean covers."""
        return round(self.spec.hours * 3600.0 / self.bucket_s)

    def _last_bucket(self, at: float) -> int:
        return int((at - 1e-3) // self.bucket_s)

    def _has_end(self, last: int) -> bool:
        if self.end_at is None:
            return False
        return last - self._number < self.end_at // self.bucket_s <= last

    def dump(self) -> dict[str, Any]:
        """Return its state as plain JSON values."""
        return {
            "facts": dump_sums(self.buckets),
            "above": self.above,
            "low_since": self.low_since,
            **({} if self.end_at is None else {"end_at": self.end_at}),
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
        self.end_at = checked.optional(checked.time, data.get("end_at"))

    def set_back(self, since: float, at: float) -> None:
        """Forget what was counted since a POSIX time: the clock was ahead, and is at `at` now."""
        self.buckets = [one for one in self.buckets if one[0] < since // self.bucket_s]
        if self.end_at is not None and self.end_at >= since:
            self.end_at = None
        self.low_since = None
        self._judge(at)

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
