"""Keeps in mind what the year says of today, which follows from a ledger and a year.

It is never stored: after a restart, a correction or a first fill it is worked out again, so it is
there as soon as somebody asks.
"""

from collections.abc import Sequence

from ..ledger.day_summary import DaySummary
from ..ledger.entries import Entry
from ..ledger.ledger import Ledger
from ..year.year import Year
from .level_shift import reviewed
from .year_change import SameSeason, YearSays, find_creep

NOTHING = YearSays()


class YearWatch:
    """Works out what the year says, again only when days, corrections, weeks or the date differ."""

    __slots__ = ("_days", "_entries", "_known", "_today", "_year")

    def __init__(self) -> None:
        """Start with nothing known."""
        self._days: Sequence[DaySummary] | None = None
        self._entries: Sequence[Entry] | None = None
        self._year: Year | None = None
        self._today = 0
        self._known = NOTHING

    def says(self, ledger: Ledger, year: Year, today: int, effect: float) -> YearSays:
        """Return what it says on a day; `effect` is the smallest rise worth an alert (base unit).

        With weeks that were not asked before, this takes about 3 ms.
        """
        if not (
            self._days is ledger.days
            and self._entries is ledger.entries
            and self._year is year
            and self._today == today
        ):
            self._days, self._entries, self._year = ledger.days, ledger.entries, year
            self._today, self._known = today, _says(ledger, year, today, effect)
        return self._known


def _says(ledger: Ledger, year: Year, today: int, effect: float) -> YearSays:
    if not year.packed:
        return NOTHING
    same = SameSeason(ledger, year, today, effect)
    reviewed(ledger, today, 0.0, effect, same)  # What it would suspect, it asks `same` about.
    creep = find_creep(ledger, year, today, effect)
    return YearSays(as_last_year=same.explained, creep=creep)
