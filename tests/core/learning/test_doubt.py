"""A shift of the level that raises doubt, and one that has passed by itself."""

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


def a_past(days: int, *entries: Entry) -> Ledger:
    summaries = [a_day(MONDAY + day, {LEVELS[day]: 36}) for day in range(days)]
    return a_ledger(summaries, entries=entries)


def test_a_shift_is_found() -> None:
    found = find_doubt(a_past(67), MONDAY + 67, 0.0)
    assert found is not None
    (change,) = found.corrections
    assert isinstance(change, ChangeSuspected)
    assert (change.cause, change.from_day) == (Cause.LEVEL_SHIFT, SMOKE)


def test_a_known_shift_is_not_found_again() -> None:
    assert find_doubt(a_past(67, SHIFT), MONDAY + 67, 0.0) is None


def test_a_shift_that_passed_ends_its_doubt() -> None:
    ledger = a_past(71, SHIFT)
    gone = find_doubt(ledger, MONDAY + 71, 0.0)
    assert gone is not None
    assert gone == change_passed(SMOKE, SMOKE + 8, replaces=SHIFT.id)
    after = ledger.with_correction(0.0, gone)
    assert (ledger.change_day, after.change_day) == (SMOKE, 0)
    assert not list(after.changes())


@pytest.mark.parametrize("zone_from", [SMOKE - 1, SMOKE + 4, SMOKE + 9])
def test_a_doubt_of_another_cause_stays_when_a_shift_has_passed(zone_from: int) -> None:
    zone = suspected(1, zone_from, zone_from, Cause.TIME_ZONE)
    gone = change_passed(SMOKE, SMOKE + 8, replaces=SHIFT.id)
    after = a_past(71, zone, SHIFT).with_correction(0.0, gone)
    assert after.change_day == zone_from
