"""What can be said about a moment: only this module decides `compared` and `unusual`."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ..codes import Basis, Compared, Condition, LearningState, Reason
from ..day import PART_HOURS
from ..learning.typical_range import PartRange
from ..reading.binning import Bin
from ..reading.sustained_level import SustainedLevel
from .forecast import Forecast

_REASON_OF_STATE: Final = MappingProxyType(
    {
        LearningState.CLOCK_WRONG: Reason.CLOCK_WRONG,
        LearningState.PAUSED: Reason.PAUSED,
        LearningState.NO_SOURCE: Reason.SILENT,
        LearningState.STALE: Reason.STALE,
        LearningState.CHANGING: Reason.CHANGING,
        LearningState.PROVISIONAL: Reason.NOT_LEARNED,
        LearningState.COLLECTING: Reason.NOT_LEARNED,
    }
)
_THIN = frozenset({LearningState.COLLECTING, LearningState.PROVISIONAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What can be said about one moment; the range was in force before the moment was seen.

    `typical` is the range of the part, None if none is shown. `confidence` is a probability and
    `next_14_days` the percent of them that the range should hold (low and high), both None unless
    a learned range is in force. `sustained` is the sustained level (base unit), None if not known.
    `unusual` is None if no alert can be given, for the `reason`. `episode` is the id of the
    running episode, and `unseen` are the conditions that no day in force has had. `bin` is the bin
    that was judged.
    """

    state: LearningState
    typical: PartRange | None
    basis: Basis | None
    confidence: float | None
    next_14_days: tuple[int, int] | None
    sustained: float | None
    compared: Compared | None
    unusual: bool | None
    reason: Reason | None
    episode: int | None
    unseen: tuple[Condition, ...] = ()
    bin: Bin | None = None


def judge(  # noqa: PLR0913 - each argument changes independently
    today: Forecast | None,
    state: LearningState,
    sustained: SustainedLevel | None,
    hour: int,
    episode: int | None,
    *,
    unseen: tuple[Condition, ...] = (),
) -> Judgement:
    """Return what can be said in an hour from today's forecast, the state and the level.

    In conditions that were never seen the range is a guess: it is shown, but without confidence,
    and nothing is called unusual or notable. They do not end a running episode (its id).
    """
    part = hour // PART_HOURS
    reason = reason_against(today, state, sustained, part, unseen=unseen)
    seen = today is not None and today.sees(part)
    typical = today.ranges[part] if today and today.ranges and today.shown and seen else None
    confident = state is LearningState.LEARNED and not unseen
    running = episode is not None
    compared = _compared(today, state, sustained, hour, running=running)
    return Judgement(
        state=state,
        typical=typical,
        basis=today.basis if today and typical else None,
        confidence=today.confidence if today and confident else None,
        next_14_days=today.next_14_days if today and confident else None,
        sustained=sustained.low if sustained else None,
        compared=Compared.HIGHER if compared is Compared.NOTABLE and unseen else compared,
        unusual=True if running else (False if reason is None else None),
        reason=None if running else reason,
        episode=episode,
        unseen=unseen,
    )


def reason_against(
    today: Forecast | None,
    state: LearningState,
    sustained: SustainedLevel | None,
    part: int,
    *,
    unseen: tuple[Condition, ...] = (),
) -> Reason | None:
    """Return why no alert can be given in a part of the day, None if one can."""
    by_state = _REASON_OF_STATE.get(state)
    if by_state is not None:
        return by_state
    if today is not None and not today.sees(part):
        return Reason.NOT_SEEN
    if today is None or not today.threshold.enough or not today.scored >> part & 1:
        return Reason.REFERENCE_DAYS
    if sustained is None:
        return Reason.SILENT
    return _doubt(today, part, unseen)


def _doubt(today: Forecast, part: int, unseen: tuple[Condition, ...]) -> Reason | None:
    if not today.in_reach(part):
        return Reason.SCALE_END
    if unseen:
        return Reason.CONDITIONS_UNSEEN
    return Reason.CHANGING if today.reported else None


def _compared(
    today: Forecast | None,
    state: LearningState,
    sustained: SustainedLevel | None,
    hour: int,
    *,
    running: bool,
) -> Compared | None:
    if state in _THIN:
        return Compared.NOT_ENOUGH_DATA
    if state is not LearningState.LEARNED or today is None or not today.ranges:
        return None
    if running:
        return Compared.UNUSUAL
    if not today.sees(hour // PART_HOURS):
        return Compared.NOT_ENOUGH_DATA
    return _compared_with_range(today, sustained, hour) if sustained else None


def _compared_with_range(today: Forecast, sustained: SustainedLevel, hour: int) -> Compared:
    typical = today.ranges[hour // PART_HOURS]
    if sustained.high < typical.low:
        return Compared.LOWER
    if sustained.exceeds(today.notable_levels, hour):
        return Compared.NOTABLE  # The range of a part can be wide: a record is never usual.
    return Compared.USUAL if sustained.low <= typical.high else Compared.HIGHER
