"""What can happen to a channel, apart from bins."""

from dataclasses import dataclass
from enum import StrEnum

from .ledger.day_summary import DaySummary
from .ledger.entries import Entry
from .ledger.episode import Episode


class EventKind(StrEnum):
    """What can happen to a channel, apart from bins."""

    DAY_CLOSED = "day_closed"
    RANGE_LEARNED = "range_learned"
    DEMOTED = "demoted"
    CHANGE_SUSPECTED = "change_suspected"
    UNUSUAL_STARTED = "unusual_started"
    UNUSUAL_ENDED = "unusual_ended"
    CORRECTED = "corrected"
    RESET = "reset"
    UNDONE = "undone"
    MONTH_CLOSED = "month_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at a POSIX time, with the day, episode or correction concerned.

    `last_day` is the last day (ordinal) that was open in a month that has closed.
    """

    kind: EventKind
    at: float
    summary: DaySummary | None = None
    episode: Episode | None = None
    correction: Entry | None = None
    last_day: int | None = None
