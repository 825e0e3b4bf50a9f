"""What of the surroundings a reader may be told; the rest counts as not known."""

from dataclasses import dataclass, replace
from typing import Final

from ..codes import OtherRooms
from ..ledger.episode import Episode
from ..reading.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Whether a reader may be told of the air outdoors, of the windows and of other rooms."""

    outdoors: bool = True
    windows: bool = True
    rooms: bool = True

    def around(self, known: Surroundings) -> Surroundings:
        """Return the surroundings as if nothing were known of what may not be told."""
        return Surroundings(
            outdoor_pm25=known.outdoor_pm25 if self.outdoors else None,
            outdoor_temperature=known.outdoor_temperature if self.outdoors else None,
            window_open=known.window_open if self.windows else None,
            latitude=known.latitude,
        )

    def of(self, episode: Episode) -> Episode:
        """Return an episode as if nothing were known of what may not be told."""
        if not self.outdoors:
            episode = replace(episode, outdoor=None, outdoor_before=None, outdoor_rose=None)
        if not self.windows:
            episode = replace(episode, window_open=None)
        if not self.rooms:
            episode = replace(episode, other_rooms=OtherRooms.UNKNOWN, rooms=())
        return episode


ALL: Final = Told()
