"""Which parts of the day are learned, from the parts that days were observed in."""

from collections.abc import Sequence

import pytest

from custom_components.air_baseline.core.day import PARTS
from custom_components.air_baseline.core.ledger.day_summary import DaySummary, valid_days
from custom_components.air_baseline.core.ledger.histogram import ALL_PARTS
from custom_components.air_baseline.core.ledger.seen_parts import common_parts, usual_parts
from tests.core.rooms import MONDAY, a_day, a_ledger

NIGHT = 0b10000001  # From 01:00 to 07:00.
DAYTIME = ALL_PARTS & ~NIGHT
EVENING = 0b00100000


def lived(masks: Sequence[int]) -> list[DaySummary]:
    """Return days that were observed in the parts of masks, the last one on the day before."""
    first = MONDAY - len(masks)
    return [
        a_day(first + after, [{8.0: 36} if mask >> part & 1 else {} for part in range(PARTS)])
        for after, mask in enumerate(masks)
    ]


@pytest.mark.parametrize(
    ("masks", "seen"),
    [
        ([], ALL_PARTS),
        ([DAYTIME] * 6, ALL_PARTS),
        ([DAYTIME] * 7, DAYTIME),
        ([EVENING] * 7, EVENING),
        ([ALL_PARTS] * 60, ALL_PARTS),
        ([ALL_PARTS] * 40 + [DAYTIME] * 8, ALL_PARTS),
        ([ALL_PARTS] * 40 + [DAYTIME] * 9, DAYTIME),
        ([DAYTIME, DAYTIME, DAYTIME, ALL_PARTS, ALL_PARTS] * 4, ALL_PARTS),
        ([DAYTIME, DAYTIME, ALL_PARTS] * 8, DAYTIME),
        ([DAYTIME] * 40 + [ALL_PARTS] * 13, DAYTIME),
        ([DAYTIME] * 40 + [ALL_PARTS] * 14, ALL_PARTS),
        ([DAYTIME] * 9 + [ALL_PARTS] * 6, ALL_PARTS),
        ([DAYTIME, 0, 0] * 7, DAYTIME),
        ([0b1111] * 20 + [0b11110000] * 9, 0b11110000),
    ],
)
def test_a_part_is_seen_if_most_days_have_it(masks: Sequence[int], seen: int) -> None:
    assert usual_parts(lived(masks)) == seen


@pytest.mark.parametrize(
    ("masks", "compared"),
    [
        ([], ALL_PARTS),
        ([DAYTIME] * 6, ALL_PARTS),
        ([DAYTIME] * 7, DAYTIME),
        ([ALL_PARTS] * 40, ALL_PARTS),
        ([ALL_PARTS] * 40 + [DAYTIME] * 3, ALL_PARTS),
        ([ALL_PARTS] * 40 + [DAYTIME] * 4, DAYTIME),
        ([DAYTIME] * 20 + [ALL_PARTS] * 19, DAYTIME),
        ([DAYTIME] * 20 + [ALL_PARTS] * 20, ALL_PARTS),
        ([0b1111] * 20 + [0b11110000] * 9, ALL_PARTS),
    ],
)
def test_days_are_compared_in_the_parts_that_half_of_them_and_the_last_week_have(
    masks: Sequence[int], compared: int
) -> None:
    assert common_parts(lived(masks), ALL_PARTS) == compared
    assert common_parts(lived(masks), DAYTIME) == compared & DAYTIME


@pytest.mark.parametrize(("slots", "valid"), [(32, True), (31, False)])
def test_a_day_is_evidence_if_enough_of_the_seen_parts_was_observed(
    slots: int, *, valid: bool
) -> None:
    day = a_day(MONDAY, [{}, {8.0: 36}, {8.0: slots + 1}, {8.0: slots}, {8.0: 30}, {}, {}, {}])
    assert not day.valid
    assert valid_days([day], DAYTIME) == [valid]
    assert valid_days([day], ALL_PARTS) == [False]
    assert valid_days([], DAYTIME) == []


def test_a_ledger_counts_what_its_source_is_usually_on_in() -> None:
    day = [{}, {}, {8.0: 36}, {8.0: 36}, {8.0: 36}, {8.0: 36}, {}, {}]  # 12 hours.
    ledger = a_ledger(a_day(MONDAY - back, day) for back in range(40, 0, -1))
    assert ledger.seen_parts(MONDAY) == 0b00111100
    assert len(ledger.evidence(MONDAY, 60)) == len(ledger.reference(69)) == 40
    assert ledger.seen_parts(MONDAY - 34) == ALL_PARTS, "six days do not tell"
    few = a_ledger(a_day(MONDAY - back, [*day[:5], {}, {}, {}]) for back in range(40, 0, -1))
    assert few.usual_parts(MONDAY) == 0b00011100
    assert few.seen_parts(MONDAY) == ALL_PARTS, "too little to learn from"
    assert few.evidence(MONDAY, 60) == few.reference(69) == []
