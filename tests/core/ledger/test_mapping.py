"""Days of an old sensor, counted as the new one would have counted them."""

import numpy as np
import pytest

from custom_components.air_baseline.core.alerting.forecast import Forecast, forecast
from custom_components.air_baseline.core.alerting.promise import MONTH_DAYS
from custom_components.air_baseline.core.codes import LearningState
from custom_components.air_baseline.core.ledger.correction import map_sensor, report_change
from custom_components.air_baseline.core.ledger.ledger import Ledger
from custom_components.air_baseline.core.ledger.mapping import mapped_counts
from custom_components.air_baseline.core.pollutant import CELLS, to_scale
from tests.core.rooms import MONDAY, PM25, a_day, a_ledger

TODAY = MONDAY + 40
AT = 1_770_000_000.0
FACTOR = 1.5


def counted(*cells: int) -> np.ndarray:
    counts = np.zeros((len(cells), 8, CELLS), dtype=np.uint8)
    for day, cell in enumerate(cells):
        counts[day, :, cell] = 36
    return counts


def middles(counts: np.ndarray) -> list[float]:
    return [float(np.average(np.arange(CELLS), weights=day[0])) for day in counts]


def test_only_days_before_a_mapping_are_converted_and_all_time_stays() -> None:
    counts = counted(20, 20, 20)
    mapped = mapped_counts(counts, [5, 6, 7], [(6, 0.5, 0.1)])
    assert middles(mapped) == pytest.approx([25.0, 20.0, 20.0], abs=0.01)
    assert mapped.sum(axis=2) == pytest.approx(counts.sum(axis=2))
    assert mapped_counts(counts, [6, 7, 8], [(6, 0.5, 0.1)]) is counts
    assert mapped_counts(counts, [6, 7, 8], []) is counts


def test_days_before_two_mappings_are_converted_twice() -> None:
    mapped = mapped_counts(counted(20, 20, 20), [5, 6, 7], [(6, 0.5, 0.0), (7, -0.2, 0.0)])
    assert middles(mapped) == pytest.approx([23.0, 18.0, 20.0], abs=0.01)


def test_a_mapping_that_may_be_wrong_spreads_the_time() -> None:
    wide, narrow = (
        mapped_counts(counted(20), [5], [(6, 0.5, spread)])[0, 0] for spread in (0.4, 0.05)
    )
    inside = [cells[23:28].sum() / 36 for cells in (wide, narrow)]
    assert inside[0] < 0.8 < inside[1]
    assert wide[21:30].sum() == pytest.approx(36.0), "as far as the spread"


@pytest.mark.parametrize(("cell", "offset", "at"), [(98, 0.5, 99), (1, -0.5, 0)])
def test_what_leaves_the_scale_is_at_its_end(cell: int, offset: float, at: int) -> None:
    mapped = mapped_counts(counted(cell), [5], [(6, offset, 0.1)])
    assert middles(mapped) == [at]


def ranges(ledger: Ledger) -> Forecast:
    return forecast(ledger, TODAY, PM25, MONTH_DAYS, 0.1)


def test_the_range_after_a_mapping_is_that_of_the_new_sensor_and_in_doubt() -> None:
    days = [a_day(day, state=LearningState.LEARNED) for day in range(MONDAY, TODAY)]
    plain = a_ledger(days)
    offset = to_scale(FACTOR - 1.0)
    ledger = plain.with_correction(AT, map_sensor(TODAY, 10.0, offset, 0.05))
    similar = plain.with_correction(AT, report_change(TODAY, TODAY, similar=True))
    old, moved, new = ranges(plain), ranges(similar), ranges(ledger)
    assert new.standing.state is moved.standing.state is LearningState.CHANGING
    assert new.own_share == moved.own_share, "old days count as after a reported move"
    for part in range(8):
        before, after = moved.ranges[part].y_middle, new.ranges[part].y_middle
        assert after == pytest.approx(before + offset, abs=0.12)
        assert old.ranges[part].y_middle < after
    assert ranges(ledger.undo(AT)) == old
