"""An unusual episode from start to end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .. import checked
from ..day import HOURS, INSIDE_SLOTS, PART_HOURS
from ..ledger.episode import Episode, EpisodeEnd
from ..reading.binning import Bin
from ..reading.sustained_level import SustainedLevel
from .forecast import Forecast

LASTING_S = 24 * 3600.0  # Seconds after which an episode ends as lasting, by judgement.
# Slots (6 h) inside the range before another episode, after a lasting one, by judgement.
LASTING_INSIDE_SLOTS = 72


def opened(today: Forecast, hour: int, sustained: SustainedLevel, at: float) -> Episode:
    """Return the episode that opens at a POSIX time because a sustained level is too high.

    It exceeds the alert level of the hour, with what 15 minutes held or with what an hour held.
    """
    part, threshold = hour // PART_HOURS, today.threshold
    rise, held = threshold.score_of(sustained.held, hour), sustained.held
    high_before = threshold.before[part] > threshold.record
    by_level = high_before and rise <= threshold.bar
    hold = int(sustained.low <= today.alert_levels[hour])
    return Episode(
        id=int(at),
        day=today.day,
        part=part,
        opened_level=held[hold] or 0.0,
        alert_level=today.alert_levels[hold * HOURS + hour],
        high=today.ranges[part].high,
        beaten=len(threshold.scores) if by_level else threshold.beaten(rise),
        compared=len(threshold.scores),
        peak=sustained.low,
        rarity=threshold.rarity(rise, by_level=high_before),
        by_level=by_level,
    )


@dataclass(slots=True, eq=False)
class EpisodeWatch:
    """Follow the episodes of one channel from start to end.

    `inside_slots` counts the latest bins in a row inside the range, `blocked_slots` those still
    needed after a lasting episode.
    """

    current: Episode | None = None
    inside_slots: int = 0
    blocked_slots: int = 0

    def follow(self, bin_: Bin, sustained: float | None, high: float) -> Episode | None:
        """Update the running episode with a bin; return it if this bin ended it.

        `sustained` is the sustained level, if known, and `high` the end of the range (base unit).
        """
        inside = bin_.value <= high
        self.inside_slots = self.inside_slots + 1 if inside else 0
        if self.current is None:
            if self.blocked_slots:
                self.blocked_slots = self.blocked_slots - 1 if inside else LASTING_INSIDE_SLOTS
            return None
        if sustained is not None and sustained > self.current.peak:
            self.current = replace(self.current, peak=sustained)
        if self.inside_slots >= INSIDE_SLOTS:
            return self.end(bin_.end, EpisodeEnd.RECOVERED)
        if bin_.end - self.current.id >= LASTING_S:
            return self.end(bin_.end, EpisodeEnd.LASTING)
        return None

    def dump(self) -> dict[str, Any]:
        """Return its state as plain JSON values."""
        return {
            "episode": self.current.id if self.current else None,
            "inside_slots": self.inside_slots,
            "blocked_slots": self.blocked_slots,
        }

    def restore(self, data: Mapping[str, Any], episodes: Iterable[Episode]) -> None:
        """Take over what `dump` wrote, with all episodes. Raises StoredFormError or KeyError."""
        running = checked.optional(checked.integer, data["episode"])
        self.current = next((episode for episode in episodes if episode.id == running), None)
        self.inside_slots = checked.integer(data["inside_slots"], 0)
        self.blocked_slots = checked.integer(data["blocked_slots"], 0, LASTING_INSIDE_SLOTS)

    @property
    def may_open(self) -> bool:
        """Tell whether a new episode may begin."""
        return self.current is None and not self.blocked_slots

    def open(self, episode: Episode) -> None:
        """Follow a new episode."""
        self.current = episode
        self.inside_slots = 0

    def end(self, at: float, outcome: EpisodeEnd) -> Episode | None:
        """End the running episode, if any, and return it."""
        if self.current is None:
            return None
        ended = replace(self.current, end=at, outcome=outcome)
        self.current = None
        if outcome is EpisodeEnd.LASTING:
            self.blocked_slots = LASTING_INSIDE_SLOTS
        return ended
