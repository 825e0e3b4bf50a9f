"""How much is known: from usable days and their coverages to a learning state.

Days are the unit of evidence. The five-minute means of a day are worth 0.5 to 0.7 independent
values (recordings: integrated autocorrelation of 36 to 47 hours), so readings are not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..codes import LearningState, Missing
from ..day import PART_HOURS, PARTS, is_weekend
from ..ledger.day_summary import DayOrigin, DaySummary, valid_days
from ..ledger.entries import Change
from ..ledger.histogram import ALL_PARTS
from ..ledger.ledger import Ledger
from ..ledger.seen_parts import LEAST_PARTS, is_enough, parts_of
from .confidence import CONFIDENCE_DAYS
from .forecast_record import ForecastRecord, forecast_record
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

    def provisional(self, seen: int) -> bool:
        """Tell whether the days are enough for a first range of the parts in a mask."""
        return (
            self.days >= PROVISIONAL_DAYS
            and self.weekend >= PROVISIONAL_WEEKEND
            and self._fewest(seen) >= PROVISIONAL_PARTS
        )

    def missing(self, seen: int) -> dict[Missing, int]:
        """Return how many days of each kind `learned` still needs, in the parts of a mask."""
        lacks = {
            Missing.DAYS: LEARNED_DAYS - self.days,
            Missing.WEEKEND_DAYS: LEARNED_WEEKEND - self.weekend,
            Missing.WEEK_DAYS: LEARNED_WEEK - self.week,
            Missing.PARTS: LEARNED_PARTS - self._fewest(seen),
        }
        return {what: -int(-number // 1) for what, number in lacks.items() if number > 0}

    def _fewest(self, seen: int) -> float:
        return min(self.parts[part] for part in parts_of(seen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What follows from the ledger alone at the start of a day.

    `first` is the first day that `tally` counts. `scored_days` is the number of coverages that
    count, `recent_coverage` the mean of the last 14 and `coverage_28d` the mean over 28 days
    (None: fewer than seven). `missing` is what `learned` still needs, `earliest` the first day that
    could be learned (None: learned, or too far ahead). `since` is the day of the change that made
    the state `changing`. `from_history` counts the imported days. `unseen` is the mask of the
    parts that the source is usually off in. `slid` is by how many days `earliest` is later than
    what could be said on the first day with readings.
    `forecasts` says how those of two weeks came out.
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
    from_history: int = 0
    unseen: int = 0
    slid: int = 0
    forecasts: ForecastRecord = field(default_factory=ForecastRecord)

    @property
    def seen(self) -> int:
        """Return the mask of the parts that are learned, as `Ledger.seen_parts` does."""
        usual = ALL_PARTS & ~self.unseen
        return usual if is_enough(usual) else ALL_PARTS


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
    usual = ledger.usual_parts(today)
    known = Standing(tally=counted, unseen=ALL_PARTS & ~usual)
    seen = known.seen
    state = _state(ledger, counted, recent, seen)
    changes = (entry.correction for entry in ledger.changes())
    doubt = next((change for change in changes if _doubts(ledger, change)), None)
    if doubt is not None and not _trusted_again(recent):
        state = LearningState.CHANGING
    else:
        doubt = None
    if state is not LearningState.COLLECTING and _stale(ledger, today):
        state = LearningState.STALE
    of_28d = [coverage for day, coverage in coverages if day >= today - COVERAGE_DAYS]
    missing = _missing(counted, recent, known) if state is not LearningState.LEARNED else {}
    earliest = _earliest(days, known, recent, today) if missing else None
    return replace(
        known,
        state=state,
        first=days[0].day if days else None,
        scored_days=len(coverages),
        recent_coverage=mean,
        coverage_28d=sum(of_28d) / len(of_28d) if len(of_28d) >= CONFIDENCE_DAYS else None,
        missing=tuple(missing.items()),
        earliest=earliest,
        slid=_slid(ledger, known, earliest, today) if missing else 0,
        since=doubt.from_day if doubt else None,
        from_history=sum(summary.origin is not DayOrigin.LIVE for summary in ledger.days),
        forecasts=forecast_record(ledger, dict(coverages), today),
    )


def _state(ledger: Ledger, counted: Tally, recent: Sequence[float], seen: int) -> LearningState:
    mean = sum(recent) / len(recent) if recent else 0.0
    if _was_learned(ledger) and counted.days >= KEEP_DAYS and mean >= KEEP_COVERAGE:
        return LearningState.LEARNED
    if not counted.missing(seen) and _trusted_again(recent):
        return LearningState.LEARNED
    return LearningState.PROVISIONAL if counted.provisional(seen) else LearningState.COLLECTING


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
    recent = [summary for summary in ledger.days if today - STALE_OF <= summary.day < today]
    return sum(valid_days(recent, ledger.seen_parts(today))) < STALE_DAYS


def short_of_readings(ledger: Ledger, today: int) -> tuple[int, int]:
    """Return how many of how many last days had too few readings to be evidence."""
    known = [summary for summary in ledger.days if ledger.epoch_day <= summary.day < today]
    first = max(today - STALE_OF, known[0].day) if known else today
    recent = [summary for summary in known if summary.day >= first]
    return today - first - sum(valid_days(recent, ledger.seen_parts(today))), today - first


def _missing(counted: Tally, recent: Sequence[float], known: Standing) -> dict[Missing, int]:
    missing = counted.missing(known.seen)
    usual = (ALL_PARTS & ~known.unseen).bit_count()
    if usual < LEAST_PARTS:
        missing[Missing.HOURS] = PART_HOURS * (LEAST_PARTS - usual)
    if len(recent) < LEARNED_SCORED_DAYS:
        missing[Missing.SCORED_DAYS] = LEARNED_SCORED_DAYS - len(recent)
    elif not _trusted_again(recent):
        missing[Missing.RECORD] = 1
    return missing


def _slid(ledger: Ledger, known: Standing, earliest: int | None, today: int) -> int:
    """Return by how many days `earliest` is later than on the first day with readings."""
    kept = (summary.day for summary in ledger.days if ledger.epoch_day <= summary.day < today)
    start = next(kept, today)
    said = _earliest([], Standing(unseen=known.unseen), [], start)
    return 0 if said is None else max((earliest or today + LOOKAHEAD_DAYS) - said, 0)


def _earliest(
    days: Sequence[DaySummary], known: Standing, recent: Sequence[float], today: int
) -> int | None:
    """Return the first day that could be learned if all goes well, None if it is too far ahead.

    All goes well if every day from now on is complete in the parts that the source is usually on
    in, and its coverage is 0.80. None too if it is on for too little of the day.
    """
    if not is_enough(ALL_PARTS & ~known.unseen):
        return None
    counted = known.tally
    past = {summary.day: summary for summary in days}
    for ahead in range(LOOKAHEAD_DAYS):
        coverages = [*recent, *[TARGET] * ahead][-LEARNED_SCORED_DAYS:]
        if not counted.missing(known.seen) and _trusted_again(coverages):
            return today + ahead
        counted = counted.plus(today + ahead, 1.0, known.seen)
        leaving = past.get(today + ahead - EVIDENCE_DAYS)
        if leaving is not None:
            counted = counted.plus(leaving.day, -leaving.credit, leaving.usable)
    return None
