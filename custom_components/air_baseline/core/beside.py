"""What goes on beside an episode: outdoors, at the windows, in the other rooms."""

from dataclasses import replace

from .context import Context, OutdoorRise
from .forecast import Forecast
from .judgement import Held
from .ledger import Episode


def opened(today: Forecast, part: int, held: Held, level: float, at: float) -> Episode:
    """Return the episode that opens at a time, when a level is held above the alert level."""
    typical = today.ranges[part]
    return Episode(
        id=int(at),
        day=today.day,
        part=part,
        opened_level=held.low,
        alert_level=level,
        high=typical.high,
        beaten=today.bar.beaten(today.bar.score(held.low, part)),
        compared=len(today.bar.scores),
        peak=held.low,
    )


def beside(episode: Episode, context: Context, at: float) -> Episode:
    """Return a running episode with what is measured beside it brought up to date.

    Outdoor air is that of its highest hour since the start, against the 24 hours before the
    first; what rose stays so. The windows are those of the hour before the start.
    """
    if context.window_open is not None and at <= episode.id:
        share = context.window_open.of_last_hour(at)
        share = None if share is None else round(min(max(share, 0.0), 1.0), 3)
        episode = replace(episode, window_open=share)
    rise = context.outdoor_pm25.rise(at) if context.outdoor_pm25 is not None else None
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

    def take(self, at: float, held: Held | None, high: float | None) -> None:
        """Note what was held up to a time beside the end of the range, if one is learned."""
        if held is None or high is None:
            self.inside_from = None
        elif held.low > high:
            self.above_at, self.inside_from = at, None
        elif self.inside_from is None:
            self.inside_from = at
