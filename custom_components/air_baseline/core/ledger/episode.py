"""An unusual episode as the ledger keeps it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from ..codes import OtherRooms
from ..reading.surroundings import OutdoorRise, Surroundings


class EpisodeEnd(StrEnum):
    """How an episode ended."""

    RECOVERED = "recovered"
    UNKNOWN = "unknown"
    LASTING = "lasting"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A stretch of sustained exceedance that the alert rule opened.

    `id` is the POSIX time of its start, `end` that of its end (None: still running). `day` and
    `part` are those of the start. Concentrations are in the base unit: `opened_level` is the
    sustained level at the start, `alert_level` the level it had to exceed, `high` the end of the
    range, and `peak` the highest sustained level so far. `beaten` of the `compared` reference
    days were lower. `rarity` is N of "as rare as one day in N here" (None: not known), and
    `by_level` says that the level of six hours was unusual, not a rise.

    Surroundings are None if not known. `outdoor_rose` says whether outdoor PM2.5 rose too:
    `outdoor` is its highest hour since the start, `outdoor_before` the mean of the 24 hours
    before (μg/m³). `window_open` is the share of the hour before the start with an open window.
    `other_rooms` is what is known of the other rooms, `rooms` lists the ids of those concerned.
    """

    id: int
    day: int
    part: int
    opened_level: float
    alert_level: float
    high: float
    beaten: int
    compared: int
    peak: float
    end: float | None = None
    outcome: EpisodeEnd | None = None
    outdoor_rose: bool | None = None
    outdoor: float | None = None
    outdoor_before: float | None = None
    window_open: float | None = None
    other_rooms: OtherRooms = OtherRooms.UNKNOWN
    rooms: tuple[str, ...] = ()
    rarity: int | None = None
    by_level: bool = False

    @property
    def withdrawn(self) -> bool:
        """Tell whether its range was taken out of force while it was running."""
        return self.outcome is EpisodeEnd.WITHDRAWN

    def with_surroundings(self, surroundings: Surroundings, at: float) -> Episode:
        """Return it, while it is running, with its surroundings updated at a POSIX time.

        Outdoor air is that of its highest hour since the start, compared with the 24 hours before
        the first; a rise stays a rise. The windows are those of the hour before the start.
        """
        windows, outdoor, episode = surroundings.window_open, surroundings.outdoor_pm25, self
        if windows is not None and at <= self.id:
            share = windows.of_last_hour(at)
            share = None if share is None else round(min(max(share, 0.0), 1.0), 3)
            episode = replace(self, window_open=share)
        rise = outdoor.rise(at) if outdoor is not None else None
        if rise is None or (self.outdoor is not None and rise.now <= self.outdoor):
            return episode
        now, before = (round(max(mean, 0.0), 1) for mean in (rise.now, rise.before))
        before = before if self.outdoor_before is None else self.outdoor_before
        rose = OutdoorRise(now, before).rose
        return replace(episode, outdoor=now, outdoor_before=before, outdoor_rose=rose)

    # What may be said of it: nothing that a range out of force would have to carry.

    @property
    def said_rarity(self) -> int | None:
        """Return its rarity, None for a withdrawn one."""
        return None if self.withdrawn else self.rarity

    @property
    def said_beaten(self) -> int | None:
        """Return how many reference days were lower, None for a withdrawn one."""
        return None if self.withdrawn else self.beaten

    @property
    def said_alert_level(self) -> float | None:
        """Return the level that it had to exceed (base unit), None for a withdrawn one."""
        return None if self.withdrawn else self.alert_level
