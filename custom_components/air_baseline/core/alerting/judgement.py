"""What can be said about a moment: only this module decides `compared` and `unusual`."""

from dataclasses import dataclass
from typing import Final

from ..codes import Basis, Compared, Condition, LearningState, Reason
from ..day import PART_HOURS
from ..learning.typical_range import PartRange
from ..reading.binning import Bin
from ..reading.sustained_level import SustainedLevel
from .forecast import Forecast

_REASON_OF_STATE: Final = {
    LearningState.CLOCK_WRONG: Reason.CLOCK_WRONG,
    LearningState.PAUSED: Reason.PAUSED,
    LearningState.NO_SOURCE: Reason.SILENT,
    LearningState.STALE: Reason.STALE,
    LearningState.CHANGING: Reason.CHANGING,
    LearningState.PROVISIONAL: Reason.NOT_LEARNED,
    LearningState.COLLECTING: Reason.NOT_LEARNED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What can be said about one moment; the range was in force before the moment was seen.

    `typical` is the range of the part, None if none is shown. `confidence` is a probability and
    `next_14_days` the percent of them that the range should hold (low and high), both None unless
    a learned range is in force. `sustained` is the sustained level (base unit), None if not known.
    `unusual` is None if no alert can be given, for the `reason`. `episode` is the id of the
    running episode, `unseen` the conditions that no day in force has had, `bin` what was judged.
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
    part, running = hour // PART_HOURS, episode is not None
    reason = reason_against(today, state, sustained, part, unseen=unseen)
    shown = today if today and today.ranges and today.shown and today.sees(part) else None
    in_force = today if today and today.ranges and state is LearningState.LEARNED else None
    confident = None if unseen else in_force
    if in_force is None:
        compared = Compared.NOT_ENOUGH_DATA if reason is Reason.NOT_LEARNED else None
    else:
        compared = Compared.UNUSUAL if running else _compared(in_force, sustained, hour)
    return Judgement(
        state=state,
        typical=shown.ranges[part] if shown else None,
        basis=shown.basis if shown else None,
        confidence=confident.confidence if confident else None,
        next_14_days=confident.next_14_days if confident else None,
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
    if (of_state := _REASON_OF_STATE.get(state)) is not None:
        return of_state
    if today is None:
        return Reason.REFERENCE_DAYS
    reasons = (
        (not today.sees(part), Reason.NOT_SEEN),
        (not today.threshold.enough or not today.scored >> part & 1, Reason.REFERENCE_DAYS),
        (sustained is None, Reason.SILENT),
        (not today.in_reach(part), Reason.SCALE_END),
        (bool(unseen), Reason.CONDITIONS_UNSEEN),
        (today.reported, Reason.CHANGING),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _compared(today: Forecast, sustained: SustainedLevel | None, hour: int) -> Compared | None:
    part = hour // PART_HOURS
    if not today.sees(part):
        return Compared.NOT_ENOUGH_DATA
    if sustained is None:
        return None
    if sustained.high < today.ranges[part].low:
        return Compared.LOWER
    if sustained.exceeds(today.notable_levels, hour):
        return Compared.NOTABLE  # The range of a part can be wide: a record is never usual.
    return Compared.USUAL if sustained.low <= today.ranges[part].high else Compared.HIGHER
