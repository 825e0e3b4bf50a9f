"""Doubt that too many alerts raise, and a shift of the level that explains them."""

from dataclasses import replace

import pytest

from custom_components.air_baseline.core.learning.level_shift import find_doubt
from custom_components.air_baseline.core.ledger.correction import passed, suspected
from custom_components.air_baseline.core.ledger.entries import Cause, EntryKind
from custom_components.air_baseline.core.ledger.ledger import Ledger
from tests.core.rooms import MONDAY, a_day, a_ledger

SMOKE = MONDAY + 60  # The first of nine days.
LEVELS = [8.0] * 60 + [80.0] * 9 + [8.0] * 2
SHIFT = replace(suspected(0.0, SMOKE, SMOKE + 5, Cause.LEVEL_SHIFT), id=2)


def a_past(days: int, *causes: Cause, alerts_from: int = SMOKE + 4) -> Ledger:
    alerts = replace(suspected(0.0, alerts_from, alerts_from, Cause.TOO_MANY_ALERTS), id=1)
    entries = [alerts if cause is Cause.TOO_MANY_ALERTS else SHIFT for cause in causes]
    summaries = [a_day(MONDAY + day, {LEVELS[day]: 36}) for day in range(days)]
    return a_ledger(summaries, entries=tuple(entries))


def test_a_shift_is_found_although_its_alerts_raised_doubt_before() -> None:
    found = find_doubt(a_past(67, Cause.TOO_MANY_ALERTS), MONDAY + 67, 0.0)
    assert found is not None
    assert (found.cause, found.from_day) == (Cause.LEVEL_SHIFT, SMOKE)


def test_a_known_shift_is_not_found_again() -> None:
    ledger = a_past(67, Cause.TOO_MANY_ALERTS, Cause.LEVEL_SHIFT)
    assert find_doubt(ledger, MONDAY + 67, 0.0) is None


def test_a_shift_that_passed_ends_the_doubt_that_its_alerts_raised() -> None:
    ledger = a_past(71, Cause.TOO_MANY_ALERTS, Cause.LEVEL_SHIFT)
    gone = find_doubt(ledger, MONDAY + 71, 0.0)
    assert gone is not None
    assert (gone.kind, gone.from_day, gone.to_day) == (
        EntryKind.CHANGE_PASSED,
        SMOKE,
        SMOKE + 8,
    )
    after = ledger.with_entry(replace(gone, id=3))
    assert (ledger.change_day, after.change_day) == (SMOKE + 4, 0)
    assert not list(after.changes())


@pytest.mark.parametrize("alerts_from", [SMOKE - 1, SMOKE + 9])
def test_alerts_outside_the_shift_that_passed_keep_their_doubt(alerts_from: int) -> None:
    ledger = a_past(71, Cause.TOO_MANY_ALERTS, Cause.LEVEL_SHIFT, alerts_from=alerts_from)
    gone = replace(passed(0.0, SHIFT, SMOKE + 8), id=3)
    assert ledger.with_entry(gone).change_day == alerts_from
