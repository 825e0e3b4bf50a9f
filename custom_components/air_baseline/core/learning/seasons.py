"""Which seasons count as seen; near the equator there are none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from ..ledger.ledger import Ledger
from ..year.year import Year
from .last_year import TimeOfYear, season_of, seasons_seen

TROPIC_DEG = 23.4  # Degrees of latitude; follows from the tilt of the earth.
# Days that make a season seen, by judgement: a fortnight has all days of the week twice.
LEAST_DAYS = 14
_ORDER: Final = tuple(TimeOfYear)


@dataclass(frozen=True, slots=True)
class Seasons:
    """The present season and its year, None where there are none, and the ones that were seen.

    `seen` has the years of each season, oldest first: "2026", or "2025/26" for one that goes on
    in another year. Those of a season that was not seen are empty.
    """

    present: TimeOfYear | None = None
    year: str | None = None
    seen: Mapping[TimeOfYear, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def following(self) -> tuple[TimeOfYear, ...]:
        """Return all seasons, the present one last, none where there are none."""
        if self.present is None:
            return ()
        place = _ORDER.index(self.present) + 1
        return _ORDER[place:] + _ORDER[:place]


class SeasonWatch:
    """Works out the seasons that a channel has seen, again only when something has changed."""

    __slots__ = ("_known", "_of")

    def __init__(self) -> None:
        """Start with nothing known."""
        self._of: tuple[Ledger, Year, float | None, int] | None = None
        self._known = Seasons()

    def seasons(self, ledger: Ledger, year: Year, latitude: float | None, today: int) -> Seasons:
        """Return the seasons that the days of a ledger and the weeks of a year have seen.

        The latitude is in degrees north, None if it is not known.
        """
        known = self._of
        if known is None or not (
            known[0] is ledger and known[1] is year and known[2:] == (latitude, today)
        ):
            self._of = ledger, year, latitude, today
            self._known = _seasons(ledger, year, latitude, today)
        return self._known


def _seasons(ledger: Ledger, year: Year, latitude: float | None, today: int) -> Seasons:
    if latitude is None or abs(latitude) < TROPIC_DEG:
        return Seasons()
    southern = latitude < 0.0
    over_new_year = TimeOfYear.SUMMER if southern else TimeOfYear.WINTER

    def name(season: TimeOfYear, begun: int) -> str:
        return f"{begun}/{(begun + 1) % 100:02d}" if season is over_new_year else str(begun)

    found = [
        (one.season, name(one.season, one.year))
        for one in seasons_seen(year, ledger, southern=southern)
        if one.days >= LEAST_DAYS
    ]
    present, begun = season_of(today, southern=southern)
    return Seasons(
        present,
        name(present, begun),
        MappingProxyType(
            {season: tuple(year for known, year in found if known is season) for season in _ORDER}
        ),
    )
