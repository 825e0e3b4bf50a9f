"""An unusual episode, as the ledger keeps it."""

from dataclasses import dataclass
from enum import StrEnum

from ..codes import OtherRooms


class EpisodeEnd(StrEnum):
    """How an episode ended."""

    RECOVERED = "recovered"
    UNKNOWN = "unknown"
    LASTING = "lasting"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A stretch of sustained exceedance that the alert rule opened.

    `id` is the POSIX time of its start; levels are in the base unit. `alert_level` had to be
    exceeded, `beaten` of the `compared` reference days were lower, `peak` is the highest
    level held so far.

    Beside the air: `outdoor_rose` says whether outdoor PM2.5 rose too (None: not known), as
    its highest hour since the start (`outdoor`, μg/m³) against the day before it
    (`outdoor_before`). `window_open` is the share of the hour before the start in which a
    window was open. `together` is what is known of the other rooms, `rooms` which they are.
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
