"""What can happen to a channel besides a bin."""

from dataclasses import dataclass
from enum import StrEnum

from .ledger.day_summary import DaySummary
from .ledger.entries import Entry
from .ledger.episode import Episode


class EventKind(StrEnum):
    """What can happen to a channel besides a bin."""

    DAY_CLOSED = "day_closed"
    RANGE_LEARNED = "range_learned"
    DEMOTED = "demoted"
    CHANGE_SUSPECTED = "change_suspected"
    UNUSUAL_STARTED = "unusual_started"
    UNUSUAL_ENDED = "unusual_ended"
    CORRECTED = "corrected"
    RESET = "reset"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, with the day, episode or correction it is about."""

    kind: EventKind
    at: float
    summary: DaySummary | None = None
    episode: Episode | None = None
    correction: Entry | None = None
