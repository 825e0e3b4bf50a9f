"""How much is known: from usable days and their coverages to a learning state.

Days are the unit of evidence. The five-minute means of a day are worth 0.5 to 0.7 independent
values (recordings: integrated autocorrelation of 36 to 47 hours), so readings are not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..codes import LearningState, Missing
from ..day import PARTS, is_weekend
from ..ledger.day_summary import DayOrigin, DaySummary
from ..ledger.entries import Cause, Change
from ..ledger.histogram import ALL_PARTS
from ..ledger.ledger import Ledger
from .typical_range import TARGET

EVIDENCE_DAYS = 60  # Days. By judgement: older days tell too little of the present season.
# Usable days, those at weekends, and those with each part: all by judgement.
PROVISIONAL_DAYS, PROVISIONAL_WEEKEND, PROVISIONAL_PARTS = 7, 1, 4
# Usable days, those at weekends, and those in the week: all by judgement.
LEARNED_DAYS, LEARNED_WEEKEND, LEARNED_WEEK = 21, 4, 8
LEARNED_PARTS = 14  # Days with each part, by judgement: a new part settles in 10 to 14 days.
LEARNED_SCORED_DAYS = 14  # Scored days, by judgement.
# Mean coverage that a range needs to become learned and to stay so, by judgement.
PROMOTE_COVERAGE, KEEP_COVERAGE = 0.70, 0.60
KEEP_DAYS = 14  # Usable days that a learned range needs to stay so, by judgement.
STALE_DAYS, STALE_OF = 5, 14  # Stale under 5 valid days in the last 14, by judgement.
COVERAGE_DAYS = 28  # Days of the share that is reported, by judgement.
LOOKAHEAD_DAYS = 120  # Days that the search for the first learned day goes ahead, by judgement.


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of usable days: all, at weekends, in the week, and with each part."""

    days: float = 0.0
    weekend: float = 0.0
    week: float = 0.0
    parts: tuple[float, ...] = (0.0,) * PARTS

    def plus(self, day: int, credit: float, usable: int) -> Tally:
        """Return the tally with one more day, or one less if the credit is negative.

        `usable` is the mask of the usable parts of the day.
        """
        weekend = is_weekend(day)
        return Tally(
            self.days + credit,
            self.weekend + (credit if weekend else 0.0),
            self.week + (0.0 if weekend else credit),
            tuple(
                seen + (credit if usable >> part & 1 else 0.0)
                for part, seen in enumerate(self.parts)
            ),
        )

    @property
    def provisional(self) -> bool:
        """Tell whether the days are enough for a first range."""
        return (
            self.days >= PROVISIONAL_DAYS
            and self.weekend >= PROVISIONAL_WEEKEND
            and min(self.parts) >= PROVISIONAL_PARTS
        )

    @property
    def missing(self) -> dict[Missing, int]:
        """Return how many days of each kind are missing for `learned`."""
        lacks = {
            Missing.DAYS: LEARNED_DAYS - self.days,
            Missing.WEEKEND_DAYS: LEARNED_WEEKEND - self.weekend,
            Missing.WEEK_DAYS: LEARNED_WEEK - self.week,
            Missing.PARTS: LEARNED_PARTS - min(self.parts),
        }
        return {what: -int(-number // 1) for what, number in lacks.items() if number > 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What follows from the ledger alone at the start of a day.

    `first` is the first day that `tally` counts. `scored_days` is the number of coverages that
    count, `recent_coverage` the mean of the last 14 and `coverage_28d` the mean over 28 days
    (None: no coverage). `missing` is what `learned` still needs, `earliest` the first day that
    could be learned (None: learned, or too far ahead). `since` is the day of the change that made
    the state `changing`, and `quota` says that too many alerts did. `from_history` counts the
    imported days.
    """

    state: LearningState = LearningState.COLLECTING
    tally: Tally = field(default_factory=Tally)
    first: int | None = None
    scored_days: int = 0
    recent_coverage: float | None = None
    coverage_28d: float | None = None
    missing: tuple[tuple[Missing, int], ...] = ()
    earliest: int | None = None
    since: int | None = None
    quota: bool = False
    from_history: int = 0


def tally(summaries: Sequence[DaySummary]) -> Tally:
    """Return the tally of usable days."""
    known = [(summary.credit, is_weekend(summary.day), summary.usable) for summary in summaries]
    days = sum((credit for credit, _, _ in known), 0.0)
    weekend = sum((credit for credit, at_weekend, _ in known if at_weekend), 0.0)
    parts = tuple(
        sum((credit for credit, _, usable in known if usable >> part & 1), 0.0)
        for part in range(PARTS)
    )
    return Tally(days, weekend, days - weekend, parts)


def standing(ledger: Ledger, today: int) -> Standing:
    """Return what follows from a ledger at the start of the day `today`."""
    days = ledger.evidence(today, EVIDENCE_DAYS)
    counted = tally(days)
    coverages = ledger.coverages()
    recent = [coverage for _, coverage in coverages[-LEARNED_SCORED_DAYS:]]
    mean = sum(recent) / len(recent) if recent else None
    state = _state(ledger, counted, recent)
    changes = (entry.correction for entry in ledger.changes())
    doubt = next((change for change in changes if _doubts(ledger, change)), None)
    if doubt is not None and not _trusted_again(recent):
        state = LearningState.CHANGING
    else:
        doubt = None
    if state is not LearningState.COLLECTING and _stale(ledger, today):
        state = LearningState.STALE
    of_28d = [coverage for day, coverage in coverages if day >= today - COVERAGE_DAYS]
    missing = _missing(counted, recent) if state is not LearningState.LEARNED else {}
    return Standing(
        state=state,
        tally=counted,
        first=days[0].day if days else None,
        scored_days=len(coverages),
        recent_coverage=mean,
        coverage_28d=sum(of_28d) / len(of_28d) if of_28d else None,
        missing=tuple(missing.items()),
        earliest=_earliest(days, counted, recent, today) if missing else None,
        since=doubt.from_day if doubt else None,
        quota=doubt is not None and doubt.cause is Cause.TOO_MANY_ALERTS,
        from_history=sum(summary.origin is not DayOrigin.LIVE for summary in ledger.days),
    )


def _state(ledger: Ledger, counted: Tally, recent: Sequence[float]) -> LearningState:
    mean = sum(recent) / len(recent) if recent else 0.0
    if _was_learned(ledger) and counted.days >= KEEP_DAYS and mean >= KEEP_COVERAGE:
        return LearningState.LEARNED
    if not counted.missing and _trusted_again(recent):
        return LearningState.LEARNED
    return LearningState.PROVISIONAL if counted.provisional else LearningState.COLLECTING


def _was_learned(ledger: Ledger) -> bool:
    """Tell whether the last day that counts was learned."""
    first = ledger.change_day
    for summary in reversed(ledger.days):
        if summary.day < first:
            return False
        if summary.head in ledger.chain:
            return summary.state is LearningState.LEARNED
    return False


def _trusted_again(recent: Sequence[float]) -> bool:
    return len(recent) >= LEARNED_SCORED_DAYS and sum(recent) / len(recent) >= PROMOTE_COVERAGE


def _doubts(ledger: Ledger, change: Change) -> bool:
    """Tell whether a change puts the range in doubt and it has not been learned since."""
    if not change.doubts or change.from_day < ledger.epoch_day:
        return False
    return not any(
        summary.day >= change.found_day and summary.state is LearningState.LEARNED
        for summary in ledger.days
    )


def _stale(ledger: Ledger, today: int) -> bool:
    """Tell whether few of the last days are valid; an excluded day is valid too."""
    recent = (summary for summary in ledger.days if today - STALE_OF <= summary.day < today)
    return sum(summary.valid for summary in recent) < STALE_DAYS


def _missing(counted: Tally, recent: Sequence[float]) -> dict[Missing, int]:
    missing = counted.missing
    if len(recent) < LEARNED_SCORED_DAYS:
        missing[Missing.SCORED_DAYS] = LEARNED_SCORED_DAYS - len(recent)
    elif not _trusted_again(recent):
        missing[Missing.RECORD] = 1
    return missing


def _earliest(
    days: Sequence[DaySummary], counted: Tally, recent: Sequence[float], today: int
) -> int | None:
    """Return the first day that could be learned if all goes well, None if it is too far ahead.

    All goes well if every day from now on is complete and its coverage is 0.80.
    """
    past = {summary.day: summary for summary in days}
    for ahead in range(LOOKAHEAD_DAYS):
        coverages = [*recent, *[TARGET] * ahead][-LEARNED_SCORED_DAYS:]
        if not counted.missing and _trusted_again(coverages):
            return today + ahead
        counted = counted.plus(today + ahead, 1.0, ALL_PARTS)
        leaving = past.get(today + ahead - EVIDENCE_DAYS)
        if leaving is not None:
            counted = counted.plus(leaving.day, -leaving.credit, leaving.usable)
    return None
