"""Doubt that too many alerts raise, and a shift of the level that explains them."""

import pytest

from custom_components.air_baseline.core.learning.level_shift import find_doubt
from custom_components.air_baseline.core.ledger.correction import change_passed, suspect_change
from custom_components.air_baseline.core.ledger.entries import Cause, ChangeSuspected, Entry
from custom_components.air_baseline.core.ledger.ledger import Ledger
from tests.core.rooms import MONDAY, a_day, a_ledger, an_entry

SMOKE = MONDAY + 60  # The first of nine days.
LEVELS = [8.0] * 60 + [80.0] * 9 + [8.0] * 2


def suspected(number: int, from_day: int, found_day: int, cause: Cause) -> Entry:
    (change,) = suspect_change(from_day, found_day, cause).corrections
    return an_entry(change, number)


SHIFT = suspected(2, SMOKE, SMOKE + 5, Cause.LEVEL_SHIFT)


def a_past(days: int, *causes: Cause, alerts_from: int = SMOKE + 4) -> Ledger:
    alerts = suspected(1, alerts_from, alerts_from, Cause.TOO_MANY_ALERTS)
    entries = [alerts if cause is Cause.TOO_MANY_ALERTS else SHIFT for cause in causes]
    summaries = [a_day(MONDAY + day, {LEVELS[day]: 36}) for day in range(days)]
    return a_ledger(summaries, entries=tuple(entries))


def test_a_shift_is_found_although_its_alerts_raised_doubt_before() -> None:
    found = find_doubt(a_past(67, Cause.TOO_MANY_ALERTS), MONDAY + 67, 0.0)
    assert found is not None
    (change,) = found.corrections
    assert isinstance(change, ChangeSuspected)
    assert (change.cause, change.from_day) == (Cause.LEVEL_SHIFT, SMOKE)


def test_a_known_shift_is_not_found_again() -> None:
    ledger = a_past(67, Cause.TOO_MANY_ALERTS, Cause.LEVEL_SHIFT)
    assert find_doubt(ledger, MONDAY + 67, 0.0) is None


def test_a_shift_that_passed_ends_the_doubt_that_its_alerts_raised() -> None:
    ledger = a_past(71, Cause.TOO_MANY_ALERTS, Cause.LEVEL_SHIFT)
    gone = find_doubt(ledger, MONDAY + 71, 0.0)
    assert gone is not None
    assert gone == change_passed(SMOKE, SMOKE + 8, replaces=SHIFT.id)
    after = ledger.with_correction(0.0, gone)
    assert (ledger.change_day, after.change_day) == (SMOKE + 4, 0)
    assert not list(after.changes())


@pytest.mark.parametrize("alerts_from", [SMOKE - 1, SMOKE + 9])
def test_alerts_outside_the_shift_that_passed_keep_their_doubt(alerts_from: int) -> None:
    ledger = a_past(71, Cause.TOO_MANY_ALERTS, Cause.LEVEL_SHIFT, alerts_from=alerts_from)
    gone = change_passed(SMOKE, SMOKE + 8, replaces=SHIFT.id)
    assert ledger.with_correction(0.0, gone).change_day == alerts_from
