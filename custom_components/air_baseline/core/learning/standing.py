"""How much is known: from usable days and their track record to a learning state.

Days are the unit of evidence. Five-minute means are worth 0.5 to 0.7 independent values a
day (integrated autocorrelation 36 to 47 hours in real homes), so readings are never counted.
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

EVIDENCE_DAYS = 60  # Older days say too little about the season.
PROVISIONAL_DAYS, PROVISIONAL_WEEKEND, PROVISIONAL_PARTS = 7, 1, 4
LEARNED_DAYS, LEARNED_WEEKEND, LEARNED_WEEK = 21, 4, 8
LEARNED_PARTS = 14  # A part never seen before stops changing after 10 to 14 days of it.
LEARNED_SCORED_DAYS = 14
PROMOTE_COVERAGE, KEEP_COVERAGE = 0.70, 0.60
KEEP_DAYS = 14
STALE_DAYS, STALE_OF = 5, 14
COVERAGE_DAYS = 28  # Days over which "the range held" is told.
LOOKAHEAD_DAYS = 120


@dataclass(frozen=True, slots=True)
class Tally:
    """Usable days counted: all, weekend days, week days, and days that have each part."""

    days: float = 0.0
    weekend: float = 0.0
    week: float = 0.0
    parts: tuple[float, ...] = (0.0,) * PARTS

    def plus(self, day: int, credit: float, usable: int) -> Tally:
        """Return the tally with one day more (or less, with a negative credit)."""
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
        """Tell whether a first picture may be shown."""
        return (
            self.days >= PROVISIONAL_DAYS
            and self.weekend >= PROVISIONAL_WEEKEND
            and min(self.parts) >= PROVISIONAL_PARTS
        )

    @property
    def missing(self) -> dict[Missing, int]:
        """Return what the days lack for `learned`, with how many of it."""
        lacks = {
            Missing.DAYS: LEARNED_DAYS - self.days,
            Missing.WEEKEND_DAYS: LEARNED_WEEKEND - self.weekend,
            Missing.WEEK_DAYS: LEARNED_WEEK - self.week,
            Missing.PARTS: LEARNED_PARTS - min(self.parts),
        }
        return {what: -int(-number // 1) for what, number in lacks.items() if number > 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the ledger alone says at the start of a day.

    `first` is the first of the days that `tally` counts, `held` the mean mark over 28 days,
    `earliest` the first day that could be `learned`, `since` the change that made the state
    `changing`, `from_history` the days in memory that were not lived.
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
    """Count usable days."""
    known = [(summary.credit, is_weekend(summary.day), summary.usable) for summary in summaries]
    days = sum((credit for credit, _, _ in known), 0.0)
    weekend = sum((credit for credit, at_weekend, _ in known if at_weekend), 0.0)
    parts = tuple(
        sum((credit for credit, _, usable in known if usable >> part & 1), 0.0)
        for part in range(PARTS)
    )
    return Tally(days, weekend, days - weekend, parts)


def standing(ledger: Ledger, today: int) -> Standing:
    """Return what is known at the start of a day, from its ledger."""
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
    held = [coverage for day, coverage in coverages if day >= today - COVERAGE_DAYS]
    missing = _missing(counted, recent) if state is not LearningState.LEARNED else {}
    return Standing(
        state=state,
        tally=counted,
        first=days[0].day if days else None,
        scored_days=len(coverages),
        recent_coverage=mean,
        coverage_28d=sum(held) / len(held) if held else None,
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
    """Tell whether the last day that counts ended as learned."""
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
    """Tell whether a change that puts the range in doubt was not followed by trust yet."""
    if not change.doubts or change.from_day < ledger.epoch_day:
        return False
    return not any(
        summary.day >= change.found_day and summary.state is LearningState.LEARNED
        for summary in ledger.days
    )


def _stale(ledger: Ledger, today: int) -> bool:
    """Tell whether the source was hardly seen of late; a day set aside was seen all the same."""
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
    """Return the first day that could be learned if all goes well from now on.

    That is, if every day is complete and its range holds as much as it should.
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
