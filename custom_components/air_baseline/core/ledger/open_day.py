"""The day of one channel that is being observed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import checked
from ..codes import LearningState
from ..day import PARTS, iso_day
from ..reading.surroundings import DaySurroundings
from .day_summary import NO_SURROUNDINGS, DayOrigin, DaySummary, pack_record
from .histogram import VALID_DAY, no_counts, observed_share, remove_slots
from .histogram_text import MOST_SLOTS, decode_counts, encode_counts


class OpenDay:
    """The day that is being observed.

    `take` counts one bin; `close` gives the digest. `void` says that the range changed
    during the day, so that the day gets no mark, `unseen` that conditions were not seen
    before at some time of it.
    """

    __slots__ = (
        "counts",
        "day",
        "eligible",
        "inside",
        "peaks",
        "scored_slots",
        "slots",
        "unseen",
        "void",
    )

    def __init__(self, day: int, slots: tuple[int, ...]) -> None:
        """Start an unobserved day with the number of slots of each of its parts."""
        self.day = day
        self.slots = slots
        self.counts = no_counts()
        self.peaks: list[float | None] = [None] * PARTS
        self.inside = 0.0
        self.scored_slots = 0
        self.void = False
        self.unseen = False
        self.eligible = False

    def take(self, part: int, cell: int, sustained: float | None, inside: float | None) -> None:
        """Count one bin: its part, histogram level, held level and share inside the range."""
        self.counts[part][cell] = min(self.counts[part][cell] + 1, MOST_SLOTS)
        peak = self.peaks[part]
        if sustained is not None and (peak is None or sustained > peak):
            self.peaks[part] = sustained
        if inside is not None:
            self.inside += inside
            self.scored_slots += 1

    def remove(self, cell: int, slots: Sequence[int]) -> None:
        """Take up to `slots` of each part from a level: that time counts as missing."""
        remove_slots(self.counts, cell, slots)
        for part, taken in enumerate(slots):
            if taken:
                self.peaks[part] = None
        self.void = True

    def dump(self) -> dict[str, Any]:
        """Return what it knows, but its counts, as plain JSON values."""
        return {
            "day": iso_day(self.day),
            "peaks": list(self.peaks),
            "inside": self.inside,
            "marked": self.scored_slots,
            "void": self.void,
            **({"unseen": True} if self.unseen else {}),
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take over what `dump` wrote, and the counts; raises StoredFormError or KeyError."""
        self.counts = decode_counts(checked.text(data["histogram"]))
        peaks = checked.items(data["peaks"], PARTS)
        if len(peaks) != PARTS:
            raise checked.StoredFormError(f"{len(peaks)} peaks")
        self.peaks = [checked.optional(checked.level, peak) for peak in peaks]
        self.scored_slots = checked.integer(data["marked"], 0)
        self.inside = checked.number(data["inside"], 0.0, float(self.scored_slots))
        self.void = checked.flag(data["void"])
        self.unseen = checked.flag(data.get("unseen", False))

    @property
    def observed(self) -> int:
        """Return the number of slots observed so far."""
        return sum(sum(part) for part in self.counts)

    def close(  # noqa: PLR0913 - all that is known of a day beside its bins
        self,
        *,
        issued: Sequence[float],
        head: int,
        state: LearningState,
        longest_run_h: int = 0,
        surroundings: DaySurroundings = NO_SURROUNDINGS,
        origin: DayOrigin = DayOrigin.LIVE,
    ) -> DaySummary:
        """Return what the day leaves behind; it is marked if it is valid and not void."""
        observed = np.array([sum(part) for part in self.counts])
        valid = observed_share(observed, np.array(self.slots)) >= VALID_DAY
        marked = valid and self.scored_slots and not self.void
        peaks = [None if peak is None else round(peak, 1) for peak in self.peaks]
        return DaySummary(
            day=self.day,
            origin=origin,
            slots=self.slots,
            record=pack_record(encode_counts(self.counts), peaks, issued, surroundings),
            coverage=round(self.inside / self.scored_slots, 4) if marked else None,
            head=head,
            state=state,
            eligible=self.eligible,
            longest_run_h=longest_run_h,
        )
