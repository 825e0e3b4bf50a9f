"""The life of an unusual episode, and what goes on in the meantime outdoors and at the windows."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .. import checked
from ..day import INSIDE_SLOTS
from ..ledger.episode import Episode, EpisodeEnd
from ..reading.binning import Bin
from ..reading.surroundings import OutdoorRise, Surroundings
from ..reading.sustained_level import SustainedLevel
from .forecast import Forecast


def opened(
    today: Forecast, part: int, sustained: SustainedLevel, concentration: float, at: float
) -> Episode:
    """Return the episode that opens at a time, when a level is held above the alert level."""
    typical = today.ranges[part]
    return Episode(
        id=int(at),
        day=today.day,
        part=part,
        opened_level=sustained.low,
        alert_level=concentration,
        high=typical.high,
        beaten=today.threshold.beaten(today.threshold.score_of(sustained.low, part)),
        compared=len(today.threshold.scores),
        peak=sustained.low,
    )


def with_surroundings(episode: Episode, surroundings: Surroundings, at: float) -> Episode:
    """Return a running episode with what is measured beside it brought up to date.

    Outdoor air is that of its highest hour since the start, against the 24 hours before the
    first; what rose stays so. The windows are those of the hour before the start.
    """
    if surroundings.window_open is not None and at <= episode.id:
        share = surroundings.window_open.of_last_hour(at)
        share = None if share is None else round(min(max(share, 0.0), 1.0), 3)
        episode = replace(episode, window_open=share)
    rise = surroundings.outdoor_pm25.rise(at) if surroundings.outdoor_pm25 is not None else None
    if rise is None:
        return episode
    before, highest = episode.outdoor_before, episode.outdoor
    before = round(max(rise.before, 0.0), 1) if before is None else before
    if highest is not None and rise.now <= highest:
        return episode
    highest = round(max(rise.now, 0.0), 1)
    return replace(
        episode,
        outdoor=highest,
        outdoor_before=before,
        outdoor_rose=OutdoorRise(highest, before).rose,
    )


class InsideWatch:
    """Since when the air of a channel has been inside its learned range, as other rooms ask.

    `above_at` is the last time at which its held level was above it, `inside_from` since when
    it was watched without a break and not above; None where that cannot be said.
    """

    __slots__ = ("above_at", "inside_from")

    def __init__(self) -> None:
        """Start with nothing known."""
        self.above_at: float | None = None
        self.inside_from: float | None = None

    def take(self, at: float, sustained: SustainedLevel | None, high: float | None) -> None:
        """Note what was held up to a time beside the end of the range, if one is learned."""
        if sustained is None or high is None:
            self.inside_from = None
        elif sustained.low > high:
            self.above_at, self.inside_from = at, None
        elif self.inside_from is None:
            self.inside_from = at


LASTING_S = 24 * 3600.0
LASTING_INSIDE_SLOTS = 72  # After a lasting episode the air must be inside for 6 hours.
COOL_DOWN_S = 6 * 3600.0


class EpisodeWatch:
    """Follow one channel's episodes from start to recovery."""

    __slots__ = ("blocked_slots", "cool_until", "current", "inside_slots")

    def __init__(self) -> None:
        """Start with no episode."""
        self.current: Episode | None = None
        self.inside_slots = 0
        self.blocked_slots = 0
        self.cool_until = 0.0

    def follow(self, bin_: Bin, sustained: float | None, high: float) -> Episode | None:
        """Bring the running episode up to date; return it if this bin ended it."""
        self.inside_slots = self.inside_slots + 1 if bin_.value <= high else 0
        if self.current is None:
            if self.blocked_slots:
                self.blocked_slots = (
                    self.blocked_slots - 1 if self.inside_slots else LASTING_INSIDE_SLOTS
                )
            return None
        if sustained is not None and sustained > self.current.peak:
            self.current = replace(self.current, peak=sustained)
        if self.inside_slots >= INSIDE_SLOTS:
            return self.end(bin_.end, EpisodeEnd.RECOVERED)
        if bin_.end - self.current.id >= LASTING_S:
            return self.end(bin_.end, EpisodeEnd.LASTING)
        return None

    def dump(self) -> dict[str, Any]:
        """Return what it knows as plain JSON values."""
        return {
            "episode": self.current.id if self.current else None,
            "inside_slots": self.inside_slots,
            "blocked_slots": self.blocked_slots,
            "cool_until": self.cool_until,
        }

    def restore(self, data: Mapping[str, Any], episodes: Iterable[Episode], latest: float) -> None:
        """Take over what `dump` wrote; `episodes` are all, `latest` is how long it can cool down.

        Raises StoredFormError or KeyError.
        """
        running = checked.optional(checked.integer, data["episode"])
        self.current = next((one for one in episodes if one.id == running), None)
        self.inside_slots = checked.integer(data["inside_slots"], 0)
        self.blocked_slots = checked.integer(data["blocked_slots"], 0, LASTING_INSIDE_SLOTS)
        self.cool_until = checked.number(data["cool_until"], 0.0, latest)

    def may_open(self, at: float) -> bool:
        """Tell whether a new episode may begin at a time."""
        return self.current is None and not self.blocked_slots and at >= self.cool_until

    def open(self, episode: Episode) -> None:
        """Begin an episode."""
        self.current = episode
        self.inside_slots = 0

    def end(self, at: float, outcome: EpisodeEnd) -> Episode | None:
        """End the running episode, if any, and return it."""
        if self.current is None:
            return None
        ended = replace(self.current, end=at, outcome=outcome)
        self.current = None
        self.cool_until = at + COOL_DOWN_S
        if outcome is EpisodeEnd.LASTING:
            self.blocked_slots = LASTING_INSIDE_SLOTS
        return ended
