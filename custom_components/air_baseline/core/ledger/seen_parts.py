"""Which parts of the day a source is on in: a purifier's sensor is off at night.

A day is evidence for the parts that the source is usually on in. The others have no range of
their own and no alerts, and nothing waits for them.
"""

from collections.abc import Sequence
from functools import lru_cache

from ..day import PARTS
from .day_summary import DaySummary
from .histogram import ALL_PARTS

RECENT_DAYS = 14  # Days with readings, by judgement: two of each day of the week.
LEAST_DAYS = 7  # Days with readings, by judgement: before a week nothing is called usual.
ON_SHARE = 0.4  # Share of these days that a part must be usable on, by judgement.
# Days with a part that had been off, by judgement: as many as `learned` needs of each part.
SETTLED_DAYS = 14
LATEST_DAYS = 7  # Days with readings, by judgement: as many as show a lasting shift.
COMMON_SHARE = (
    0.5  # Share of days that must have a part for days to be compared in it, by judgement.
)
LEAST_PARTS = 4  # Parts, by judgement: half of a day is needed to speak of days at all.


def parts_of(mask: int) -> list[int]:
    """Return the parts in a mask.

    >>> parts_of(0b101)
    [0, 2]
    """
    return [part for part in range(PARTS) if mask >> part & 1]


def is_enough(parts: int) -> bool:
    """Tell whether a source is on for long enough, in a mask of parts, to learn from it."""
    return parts.bit_count() >= LEAST_PARTS


def usual_parts(days: Sequence[DaySummary]) -> int:
    """Return the mask of the parts that a source is usually on in, from days oldest first.

    These are the parts that were usable on two of five of the last 14 days with readings. A part
    that had been off before is left out until it has been seen on 14 days, or on two of five of
    all days. All parts in the first week, when it is too early to tell.
    """
    return _usual(tuple([summary.usable for summary in days if summary.usable]))


@lru_cache(maxsize=64)  # A forecast asks several times, and rooms are often seen alike.
def _usual(masks: tuple[int, ...]) -> int:
    if len(masks) < LEAST_DAYS:
        return ALL_PARTS
    recent = masks[-RECENT_DAYS:]
    on = _had_by(recent, ON_SHARE * len(recent))
    settled = on & _had_by(masks, min(ON_SHARE * len(masks), SETTLED_DAYS))
    return settled if is_enough(settled) else on


def common_parts(days: Sequence[DaySummary], seen: int) -> int:
    """Return the parts among `seen` (a mask) that at least half of the days with readings have.

    Days are compared with each other in these. The last week must have them too: when a source
    begins to be off at night, its days have not become higher. All of `seen` if they are too few.
    """
    return _common(tuple([summary.usable for summary in days if summary.usable]), seen)


@lru_cache(maxsize=64)  # As above.
def _common(masks: tuple[int, ...], seen: int) -> int:
    if len(masks) < LEAST_DAYS:
        return seen
    latest = masks[-LATEST_DAYS:]
    common = seen & _had_by(masks, COMMON_SHARE * len(masks))
    common &= _had_by(latest, COMMON_SHARE * len(latest))
    return common if is_enough(common) else seen


def _had_by(masks: Sequence[int], least: float) -> int:
    """Return the mask of the parts that at least a number of the masks have."""
    had = (sum(mask >> part & 1 for mask in masks) for part in range(PARTS))
    return sum(1 << part for part, number in enumerate(had) if number >= least)
