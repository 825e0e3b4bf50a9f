"""A suspected shift as a question: nothing depends on it until a person answers."""

from collections.abc import Callable

import pytest

from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.day import DAY_S
from custom_components.air_baseline.core.learning.level_shift import reviewed
from custom_components.air_baseline.core.learning.standing import standing
from custom_components.air_baseline.core.ledger.correction import (
    exclude_days,
    its_the_season,
    report_change,
    suspect_change,
    suspect_shift,
)
from custom_components.air_baseline.core.ledger.entries import (
    Cause,
    Change,
    ChangePassed,
    ChangeSuspected,
    Draft,
    Entry,
)
from custom_components.air_baseline.core.ledger.ledger import Ledger
from tests.core.rooms import MONDAY, Spent, a_day, a_ledger

MOVED = MONDAY + 60
EFFECT = 2.0  # μg/m³.
BEFORE: Spent = {8.0: 20, 40.0: 16}
SINCE: Spent = {16.0: 20, 80.0: 16}
FELL: Spent = {4.0: 20, 20.0: 16}
LOUD: Spent = {40.0: 20, 200.0: 16}


def a_past(days: int) -> Ledger:
    """Return days of a sensor that reads twice as much from day 60 on."""
    return a_ledger(
        a_day(
            MONDAY + day,
            SINCE if day >= 60 else BEFORE,
            coverage=0.8,
            state=LearningState.LEARNED,
        )
        for day in range(days)
    )


def lived(ledger: Ledger, first: int, last: int, spent: Spent) -> Ledger:
    """Return the ledger after some more days, reviewed at the end of each."""
    for day in range(first, last):
        known = a_day(MONDAY + day, spent, coverage=0.8, state=LearningState.LEARNED)
        ledger = reviewed(ledger.with_day(known), MONDAY + day + 1, 0.0, EFFECT)
    return ledger


def shift_of(ledger: Ledger) -> Entry[Change]:
    assert ledger.shift is not None
    return ledger.shift


def test_a_shift_is_suspected_from_its_first_day_and_once() -> None:
    ledger = lived(a_past(60), 60, 85, SINCE)
    (entry,) = ledger.entries
    assert isinstance(entry.correction, ChangeSuspected)
    assert (entry.correction.from_day, entry.correction.cause) == (MOVED, Cause.LEVEL_SHIFT)
    assert 7 <= entry.correction.found_day - MOVED <= 15


def test_nothing_depends_on_a_suspected_shift() -> None:
    plain, asked = a_past(80), lived(a_past(60), 60, 80, SINCE)
    today = MONDAY + 80
    assert asked.shift is not None
    assert [asked.factor(day) for day in range(MONDAY, today)] == [1.0] * 80
    assert (asked.change_day, asked.head, list(asked.changes())) == (0, 0, [])
    assert asked.coverages() == plain.coverages()
    assert asked.evidence(today, 60) == list(asked.days[-60:])
    assert standing(asked, today) == standing(plain, today)
    assert standing(asked, today).state is LearningState.LEARNED


def test_a_shift_that_goes_back_is_forgotten_and_its_days_count() -> None:
    asked = lived(a_past(60), 60, 80, FELL)
    assert shift_of(asked).correction == suspect_shift(MOVED, MOVED + 14).corrections[0]
    back = [lived(asked, 80, day, BEFORE) for day in range(81, 102)]
    assert back[0].shift == asked.shift
    assert back[-1].shift is None
    assert back[-1].factor(MOVED) == 1.0
    assert (list(back[-1].changes()), back[-1].effects.moving) == ([], asked.effects.moving)


def test_the_days_of_a_shift_that_has_passed_are_not_compared_again() -> None:
    asked = lived(a_past(60), 60, 78, FELL)
    back = lived(asked, 78, 98, BEFORE)
    assert (shift_of(asked).correction.from_day, back.shift) == (MOVED, None)
    assert back.effects.suspected_day > MONDAY + 78
    assert lived(back, 98, 125, BEFORE).shift is None
    moved = lived(lived(back, 98, 125, BEFORE), 125, 150, FELL)
    assert shift_of(moved).correction.from_day == MONDAY + 125


@pytest.mark.parametrize("ends", ["passes", "is answered"])
def test_an_older_shift_does_not_come_back_when_a_later_one_is_over(ends: str) -> None:
    older = lived(a_past(60), 60, 100, SINCE)
    later = lived(older, 100, 120, LOUD)
    assert shift_of(older).correction.from_day == MOVED
    assert shift_of(later).correction.from_day == MONDAY + 100
    if ends == "is answered":
        over = later.with_correction(0.0, its_the_season(shift_of(later).id))
    else:
        over = lived(later, 120, 145, SINCE)
    assert over.shift is None
    assert lived(over, 145, 170, SINCE).shift is None


@pytest.mark.parametrize(
    "answer",
    [
        lambda entry: its_the_season(entry.id),
        lambda entry: exclude_days([MOVED], replaces=entry.id),
        lambda entry: report_change(MOVED, MOVED + 20, similar=True, replaces=entry.id),
    ],
    ids=["season", "at fault", "similar"],
)
def test_an_answer_ends_the_question_and_it_is_not_asked_again(
    answer: Callable[[Entry], Draft],
) -> None:
    asked = lived(a_past(60), 60, 80, SINCE)
    answered = asked.with_correction(0.0, answer(shift_of(asked)))
    assert answered.shift is None
    assert lived(answered, 80, 130, SINCE).shift is None


def test_an_answer_that_is_undone_opens_the_question_again() -> None:
    asked = lived(a_past(60), 60, 80, SINCE)
    answered = asked.with_correction(0.0, its_the_season(shift_of(asked).id))
    assert answered.undo(0.0).shift == asked.shift


def test_a_change_that_a_person_marks_settles_the_question() -> None:
    asked = lived(a_past(60), 60, 80, SINCE)
    assert asked.with_correction(0.0, report_change(MOVED, MOVED + 20)).shift is None


def test_an_answer_to_a_shift_outlives_the_folding_of_many_corrections() -> None:
    asked = lived(a_past(60), 60, 80, SINCE)
    ledger = asked.with_correction(0.0, its_the_season(shift_of(asked).id))
    for day in range(20):
        ledger = ledger.with_correction(0.0, exclude_days([MONDAY + day]))
    folded = ledger.with_correction(0.0, exclude_days([MONDAY])).fold(40 * DAY_S)
    assert len(folded.entries) < len(ledger.entries) + 1
    assert folded.shift is None
    assert folded.effects.suspected_day == MOVED


def test_a_doubt_that_was_stored_earlier_keeps_its_effect() -> None:
    draft = suspect_change(MOVED, MOVED + 7, Cause.LEVEL_SHIFT)
    ledger = a_past(80).with_correction(0.0, draft)
    assert ledger.factor(MOVED - 1) == 0.25
    assert reviewed(ledger, MONDAY + 80, 0.0, EFFECT) == ledger
    assert ledger.change_day == MOVED


def test_high_days_that_are_over_are_excluded_without_a_question() -> None:
    smoke: Spent = {90.0: 36}
    ledger = lived(lived(a_past(60), 60, 69, smoke), 69, 71, BEFORE)
    (entry,) = ledger.entries
    assert entry.correction == ChangePassed(from_day=MOVED, to_day=MOVED + 8)
    assert [ledger.factor(MONDAY + day) for day in (59, 60, 68, 69)] == [1.0, 0.0, 0.0, 1.0]
    assert standing(ledger, MONDAY + 71).state is LearningState.LEARNED
