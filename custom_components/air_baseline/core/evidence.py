"""How much is known: usable days to a learning state, the track record to confidence.

Days are the unit of evidence. Five-minute means are worth 0.5 to 0.7 independent values a
day (integrated autocorrelation 36 to 47 hours in real homes), so readings are never counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import erf, sqrt

from .baseline import TARGET, dial
from .day import PARTS, is_weekend
from .digest import ALL_PARTS, DayKind, Digest
from .ledger import Cause, Entry, EntryKind, Ledger
from .quantity import LEVEL_WIDTH
from .state import LearningState, Missing

EVIDENCE_DAYS = 60  # Older days say too little about the season.
PROVISIONAL_DAYS, PROVISIONAL_WEEKEND, PROVISIONAL_PARTS = 7, 1, 4
LEARNED_DAYS, LEARNED_WEEKEND, LEARNED_WEEK = 21, 4, 8
LEARNED_PARTS = 14  # A part never seen before stops changing after 10 to 14 days of it.
LEARNED_MARKS = 14
PROMOTE_MARK, KEEP_MARK = 0.70, 0.60
KEEP_DAYS = 14
STALE_DAYS, STALE_OF = 5, 14
HELD_DAYS = 28  # Days over which "the range held" is told.

CONFIDENCE_MARKS = 7
# Chosen by Brier score on seeded homes of every season; better than a constant on held-out
# seeds too (docs/developers/statistics.md). The dial brings coverage back to the target, so
# the mean of what is to come is drawn to it strongly.
MEAN_MARKS = 30.0
SPREAD_MARKS = 60.0  # A level that wanders says more of days to come than 60 marks do.
MARK_HALF_LIFE = 60.0
AHEAD_DAYS = 14
# Of days like those before, a range at dial position theta holds 0.80 + theta. Of theta 0.73 is
# left in the mean of 14 days, as each mark takes back a twentieth; some of it was needed.
DIAL_AHEAD = 0.5
USUAL_WANDER, WANDER_DAYS = 0.3, 14.0  # About the median of seeded homes.
WANDER_SPREAD = 0.8  # Spread of marks for a wander of 1; of 0.65 to 0.85 the best.
MOST_SPREAD = 0.4  # Marks lie between 0 and 1: with a mean of 0.80 they cannot differ more.
PROMISED_LOW, PROMISED_HIGH = 0.70, 0.90
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
    marks: int = 0
    recent_mark: float | None = None
    held: float | None = None
    missing: tuple[tuple[Missing, int], ...] = ()
    earliest: int | None = None
    since: int | None = None
    quota: bool = False
    from_history: int = 0


def tally(digests: Sequence[Digest]) -> Tally:
    """Count usable days."""
    known = [(digest.credit, is_weekend(digest.day), digest.usable) for digest in digests]
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
    marks = ledger.marks()
    recent = [mark for _, mark in marks[-LEARNED_MARKS:]]
    mean = sum(recent) / len(recent) if recent else None
    state = _state(ledger, counted, recent)
    doubt = next((change for change in ledger.changes() if _doubts(ledger, change)), None)
    if doubt is not None and not _trusted_again(recent):
        state = LearningState.CHANGING
    else:
        doubt = None
    if state is not LearningState.COLLECTING and _stale(ledger, today):
        state = LearningState.STALE
    held = [mark for day, mark in marks if day >= today - HELD_DAYS]
    missing = _missing(counted, recent) if state is not LearningState.LEARNED else {}
    return Standing(
        state=state,
        tally=counted,
        first=days[0].day if days else None,
        marks=len(marks),
        recent_mark=mean,
        held=sum(held) / len(held) if held else None,
        missing=tuple(missing.items()),
        earliest=_earliest(days, counted, recent, today) if missing else None,
        since=doubt.from_day if doubt else None,
        quota=doubt is not None and doubt.cause is Cause.TOO_MANY_ALERTS,
        from_history=sum(digest.kind is not DayKind.LIVE for digest in ledger.days),
    )


def wander(medians: Sequence[float], width: float) -> float:
    """Return how far the level strays from day to day, in widths of the range.

    The standard deviation of the last 60 day medians, drawn to 0.3 as if there were 14 more;
    medians and width are on the scale.

    >>> round(wander([], 1.0), 2), round(wander([1.0, 3.0] * 20, 2.0), 2)
    (0.3, 0.46)
    """
    recent = medians[-EVIDENCE_DAYS:]
    mean = sum(recent) / len(recent) if recent else 0.0
    squares = sum((median - mean) ** 2 for median in recent) / max(width, LEVEL_WIDTH) ** 2
    return sqrt((squares + WANDER_DAYS * USUAL_WANDER**2) / (len(recent) + WANDER_DAYS))


def confidence(marks: Sequence[tuple[float, float]], wandered: float) -> float | None:
    """Return the probability that the range holds 70 to 90 % of the next 14 days.

    `marks` are (age in days, mark), oldest first; `wandered` is what `wander` returns. None
    before 7 marks. Marks are weighed by age; their mean is drawn to 0.80 as if there were 30
    more, their spread to what the wander of the level makes of it as if there were 60 more;
    the mean of 14 future marks is taken as normal. It is expected where the record or the dial
    puts it, whichever is farther from 0.80.

    >>> confidence([(1.0, 0.8)] * 6, 0.3) is None
    True
    >>> [round(confidence([(1.0, 0.8)] * 14, wandered), 2) for wandered in (0.2, 0.3, 0.5)]
    [0.98, 0.87, 0.63]
    """
    if len(marks) < CONFIDENCE_MARKS:
        return None
    pairs = [(2.0 ** (-max(age, 0.0) / MARK_HALF_LIFE), mark) for age, mark in marks]
    total = sum(weight for weight, _ in pairs)
    if not total:
        return None
    own = sum(weight * mark for weight, mark in pairs) / total
    of_record = (total * own + MEAN_MARKS * TARGET) / (total + MEAN_MARKS)
    of_dial = TARGET + DIAL_AHEAD * dial([mark for _, mark in marks])
    mean = max(of_record, of_dial, key=lambda expected: abs(expected - TARGET))
    squares = sum(weight * (mark - own) ** 2 for weight, mark in pairs)
    spread = min(WANDER_SPREAD * wandered, MOST_SPREAD)
    variance = (squares + SPREAD_MARKS * spread**2) / (total + SPREAD_MARKS)
    sd = sqrt(variance * (1.0 / (total + MEAN_MARKS) + 1.0 / AHEAD_DAYS))
    return _normal_cdf((PROMISED_HIGH - mean) / sd) - _normal_cdf((PROMISED_LOW - mean) / sd)


def _normal_cdf(z: float) -> float:
    return 0.5 * (1.0 + erf(z / sqrt(2.0)))


def _state(ledger: Ledger, counted: Tally, recent: Sequence[float]) -> LearningState:
    mean = sum(recent) / len(recent) if recent else 0.0
    if _was_learned(ledger) and counted.days >= KEEP_DAYS and mean >= KEEP_MARK:
        return LearningState.LEARNED
    if not counted.missing and _trusted_again(recent):
        return LearningState.LEARNED
    return LearningState.PROVISIONAL if counted.provisional else LearningState.COLLECTING


def _was_learned(ledger: Ledger) -> bool:
    """Tell whether the last day that counts ended as learned."""
    first = ledger.change_day
    for digest in reversed(ledger.days):
        if digest.day < first:
            return False
        if digest.head in ledger.chain:
            return digest.state is LearningState.LEARNED
    return False


def _trusted_again(recent: Sequence[float]) -> bool:
    return len(recent) >= LEARNED_MARKS and sum(recent) / len(recent) >= PROMOTE_MARK


def _doubts(ledger: Ledger, entry: Entry) -> bool:
    """Tell whether an inferred change has not been followed by trust yet."""
    if entry.kind is not EntryKind.CHANGE_DETECTED or (entry.from_day or 0) < ledger.epoch_day:
        return False
    found = entry.to_day or entry.from_day or 0
    return not any(
        digest.day >= found and digest.state is LearningState.LEARNED for digest in ledger.days
    )


def _stale(ledger: Ledger, today: int) -> bool:
    """Tell whether the source was hardly seen of late; a day set aside was seen all the same."""
    recent = (digest for digest in ledger.days if today - STALE_OF <= digest.day < today)
    return sum(digest.valid for digest in recent) < STALE_DAYS


def _missing(counted: Tally, recent: Sequence[float]) -> dict[Missing, int]:
    missing = counted.missing
    if len(recent) < LEARNED_MARKS:
        missing[Missing.MARKS] = LEARNED_MARKS - len(recent)
    elif not _trusted_again(recent):
        missing[Missing.RECORD] = 1
    return missing


def _earliest(
    days: Sequence[Digest], counted: Tally, recent: Sequence[float], today: int
) -> int | None:
    """Return the first day that could be learned if all goes well from now on.

    That is, if every day is complete and its range holds as much as it should.
    """
    past = {digest.day: digest for digest in days}
    for ahead in range(LOOKAHEAD_DAYS):
        marks = [*recent, *[TARGET] * ahead][-LEARNED_MARKS:]
        if not counted.missing and _trusted_again(marks):
            return today + ahead
        counted = counted.plus(today + ahead, 1.0, ALL_PARTS)
        leaving = past.get(today + ahead - EVIDENCE_DAYS)
        if leaving is not None:
            counted = counted.plus(leaving.day, -leaving.credit, leaving.usable)
    return None
