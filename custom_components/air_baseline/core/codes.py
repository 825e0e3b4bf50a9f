"""The codes that a channel reports; the words for them are translations."""

from enum import StrEnum


class LearningState(StrEnum):
    """How far the learning of one channel has come."""

    NO_SOURCE = "no_source"
    COLLECTING = "collecting"
    PROVISIONAL = "provisional"
    LEARNED = "learned"
    CHANGING = "changing"
    STALE = "stale"
    PAUSED = "paused"
    CLOCK_WRONG = "clock_wrong"


class Basis(StrEnum):
    """Whose days a typical range is based on."""

    EVERYONE = "everyone"
    MIXED = "mixed"
    THIS_ROOM = "this_room"


class Compared(StrEnum):
    """The sustained level compared with the typical range."""

    NOT_ENOUGH_DATA = "not_enough_data"
    LOWER = "lower"
    USUAL = "usual"
    HIGHER = "higher"
    NOTABLE = "notable"
    UNUSUAL = "unusual"


class Reason(StrEnum):
    """Why no alert can be given."""

    NOT_LEARNED = "not_learned"
    REFERENCE_DAYS = "reference_days"
    SILENT = "silent"
    NOT_SEEN = "not_seen"
    CONDITIONS_UNSEEN = "conditions_unseen"
    SCALE_END = "scale_end"
    CHANGING = "changing"
    PAUSED = "paused"
    STALE = "stale"
    CLOCK_WRONG = "clock_wrong"


class Refused(StrEnum):
    """Why a reading was refused."""

    IMPOSSIBLE = "impossible"
    UNIT = "unit"


class HistoryState(StrEnum):
    """How far the import of a source's history has come."""

    UNUSED = "unused"
    WAITING = "waiting"
    READING = "reading"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    READ = "read"

    @property
    def over(self) -> bool:
        """Tell whether it needs no further attempt."""
        return self in {HistoryState.READ, HistoryState.EMPTY}


class YearGap(StrEnum):
    """Why nothing is known of the time before some day of the year."""

    NO_RECORDER = "no_recorder"
    NOT_KEPT = "not_kept"
    OTHER_UNIT = "other_unit"
    UNIT_CHANGED = "unit_changed"
    IMPLAUSIBLE = "implausible"


class Condition(StrEnum):
    """A present condition that a room has not had before."""

    COLDER = "colder"
    WARMER = "warmer"
    WINDOWS_OPEN = "windows_open"
    WINDOWS_SHUT = "windows_shut"


class Missing(StrEnum):
    """What a channel still needs before it is learned."""

    DAYS = "days"
    WEEKEND_DAYS = "weekend_days"
    WEEK_DAYS = "week_days"
    PARTS = "parts"
    SCORED_DAYS = "marks"
    RECORD = "record"
    WARM_UP = "warm_up"
    HOURS = "hours"


class OtherRooms(StrEnum):
    """What is known about the other rooms when the air of one room rose."""

    ONLY_THIS_ROOM = "only_this_room"
    SHARED = "shared"
    UNKNOWN = "unknown"
