"""Does the record of a channel give reason to doubt it: has the level shifted for good?"""

from .baseline import medians_by_day
from .change import SEASON_QUIET_DAYS, find_return, find_shift
from .correction import passed, suspected
from .counts import day_counts
from .day import DAY_S
from .ledger import WINDOW_DAYS, Cause, Entry, EntryKind, Ledger


def find_doubt(ledger: Ledger, today: int, at: float) -> Entry | None:
    """Return what the days before today give reason to enter, without an id; None for nothing.

    That is a change of the level that is suspected, or one that has passed by itself.
    """
    if any(
        entry.kind is EntryKind.SEASON and abs(at - entry.at) < SEASON_QUIET_DAYS * DAY_S
        for entry in ledger.entries
    ):
        return None
    days = ledger.evidence(today, WINDOW_DAYS)
    medians = medians_by_day(days, day_counts(days))
    shift = ledger.shift
    gone = find_return(medians, shift.from_day or 0) if shift else None
    if shift is not None and gone is not None:
        return passed(at, shift, gone[1])
    shifts = [change for change in ledger.changes() if change.cause is not Cause.TOO_MANY_ALERTS]
    first = max([ledger.epoch_day, *(change.from_day or 0 for change in shifts)])
    found = find_shift([pair for pair in medians if pair[0] >= first])
    return suspected(at, found.from_day, today, Cause.LEVEL_SHIFT) if found else None
