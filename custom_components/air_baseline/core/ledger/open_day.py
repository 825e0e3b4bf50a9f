"""The day of one channel that is still being observed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import checked
from ..codes import LearningState
from ..day import PART_HOURS, PARTS, iso_day
from ..reading.surroundings import DaySurroundings
from ..reading.sustained_level import SustainedLevel
from .day_summary import NO_SURROUNDINGS, DayOrigin, DaySummary, pack_record
from .histogram import ALL_PARTS, is_valid, no_counts, remove_slots
from .histogram_text import MOST_SLOTS, decode_counts, encode_counts
from .hour_peaks import (
    NO_PEAKS,
    note_peaks,
    of_part_peaks,
    peaks_of_text,
    peaks_text,
    without_parts,
)


class OpenDay:
    """The day that is still being observed.

    `take` counts one bin; `close` returns the day summary. `void` says that the range changed
    during the day, which therefore gets no coverage. `unseen` says that at some time of the day
    the conditions had not been seen before. `inside` sums the shares of the `scored_slots`.
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
        """Start an unobserved day with the number of possible slots of each part."""
        self.day = day
        self.slots = slots
        self.counts = no_counts()
        self.peaks = bytearray(NO_PEAKS)
        self.inside = 0.0
        self.scored_slots = 0
        self.void = False
        self.unseen = False
        self.eligible = False

    def take(
        self, hour: int, cell: int, sustained: SustainedLevel | None, inside: float | None
    ) -> None:
        """Count one bin: its hour, cell, sustained level and share inside the range.

        `sustained` is None if it is not known, `inside` if there is no range.
        """
        slots = self.counts[hour // PART_HOURS]
        slots[cell] = min(slots[cell] + 1, MOST_SLOTS)
        if sustained is not None:
            note_peaks(self.peaks, hour, sustained.held)
        if inside is not None:
            self.inside += inside
            self.scored_slots += 1

    def remove(self, cell: int, slots: Sequence[int]) -> None:
        """Remove up to `slots` (one number per part) from a cell: that time counts as missing."""
        remove_slots(self.counts, cell, slots)
        self.peaks[:] = without_parts(self.peaks, slots)
        self.void = True

    def dump(self) -> dict[str, Any]:
        """Return its state without the counts as plain JSON values."""
        return {
            "day": iso_day(self.day),
            "peaks": peaks_text(self.peaks),
            "inside": self.inside,
            "marked": self.scored_slots,
            "void": self.void,
            **({"unseen": True} if self.unseen else {}),
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take over what `dump` wrote, with the counts as `histogram`.

        Raises StoredFormError, KeyError, or ValueError for the histogram.
        """
        self.counts = decode_counts(checked.text(data["histogram"]))
        self.peaks[:] = _peaks(data["peaks"])
        self.scored_slots = checked.integer(data["marked"], 0)
        self.inside = checked.number(data["inside"], 0.0, float(self.scored_slots))
        self.void = checked.flag(data["void"])
        self.unseen = checked.flag(data.get("unseen", False))

    @property
    def observed(self) -> int:
        """Return the number of slots observed so far."""
        return sum(sum(part) for part in self.counts)

    def observed_in(self, parts: int) -> bool:
        """Tell whether anything was observed in the parts of a mask."""
        return any(any(slots) for part, slots in enumerate(self.counts) if parts >> part & 1)

    def close(  # noqa: PLR0913 - everything known of a day apart from its bins
        self,
        *,
        issued: Sequence[float],
        head: int,
        state: LearningState,
        longest_run_h: int = 0,
        surroundings: DaySurroundings = NO_SURROUNDINGS,
        origin: DayOrigin = DayOrigin.LIVE,
        seen: int = ALL_PARTS,
        next_14_days: tuple[int, int] | None = None,
    ) -> DaySummary:
        """Return the summary of the day; it has a coverage if it is valid and not void.

        `seen` is the mask of the parts that it must have been observed in.
        """
        observed = np.array([sum(part) for part in self.counts])
        valid = bool(is_valid(observed, np.array(self.slots), seen))
        scored = valid and self.scored_slots and not self.void
        return DaySummary(
            day=self.day,
            origin=origin,
            slots=self.slots,
            record=pack_record(
                encode_counts(self.counts), bytes(self.peaks), issued, surroundings, next_14_days
            ),
            coverage=round(self.inside / self.scored_slots, 4) if scored else None,
            head=head,
            state=state,
            eligible=self.eligible,
            longest_run_h=longest_run_h,
        )


def _peaks(stored: object) -> bytes:
    """Return stored peaks; before hours had them, they were a list with one of each part."""
    if isinstance(stored, str):
        return peaks_of_text(stored)
    peaks = checked.items(stored, PARTS)
    if len(peaks) != PARTS:
        raise checked.StoredFormError(f"{len(peaks)} peaks instead of {PARTS}")
    return of_part_peaks([checked.optional(checked.concentration, peak) for peak in peaks])
