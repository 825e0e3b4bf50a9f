"""The running mean compared with a guideline, checked against hours worked out by hand."""

import pytest

from custom_components.air_baseline.core.alerting.guideline import GuidelineMean
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Guideline, Pollutant
from custom_components.air_baseline.core.reading.binning import Bin

FIRST = 5_866_668  # A slot that begins an hour.
HOUR = 12


def guideline(pollutant: Pollutant) -> Guideline:
    found = POLLUTANTS[pollutant].guideline
    assert found is not None
    return found


@pytest.fixture
def pm25() -> GuidelineMean:
    return GuidelineMean(guideline(Pollutant.PM25))


@pytest.fixture
def voc() -> GuidelineMean:
    return GuidelineMean(guideline(Pollutant.VOC_MASS))


def breathe(watch: GuidelineMean, start: int, slots: int, concentration: float) -> float:
    """Take bins of one level and return the time at which the last one ends."""
    for slot in range(start, start + slots):
        watch.take(Bin(FIRST + slot, concentration, 300.0))
    return (FIRST + start + slots) * 300.0


def test_the_mean_of_a_day_needs_eighteen_hours(pm25: GuidelineMean) -> None:
    at = breathe(pm25, 0, 18 * HOUR - 1, 20.0)
    assert pm25.mean(at) is None
    assert pm25.is_above(at) is None
    at = breathe(pm25, 18 * HOUR - 1, 1, 20.0)
    assert pm25.mean(at) == pytest.approx(20.0)
    assert pm25.is_above(at) is True


def test_the_mean_covers_only_the_last_day(pm25: GuidelineMean) -> None:
    breathe(pm25, 0, 12 * HOUR, 100.0)
    breathe(pm25, 12 * HOUR, 12 * HOUR, 10.0)
    at = breathe(pm25, 24 * HOUR, 6 * HOUR, 4.0)
    assert pm25.mean(at) == pytest.approx((6 * 100.0 + 12 * 10.0 + 6 * 4.0) / 24)


def test_the_mean_weighs_observed_time(pm25: GuidelineMean) -> None:
    breathe(pm25, 0, 20 * HOUR, 10.0)
    pm25.take(Bin(FIRST + 20 * HOUR, 70.0, 60.0))
    at = (FIRST + 20 * HOUR + 1) * 300.0
    assert pm25.mean(at) == pytest.approx((72_000 * 10.0 + 60 * 70.0) / 72_060)


def test_a_mean_exactly_at_the_limit_is_not_above_it(pm25: GuidelineMean) -> None:
    assert pm25.is_above(breathe(pm25, 0, 20 * HOUR, 15.0)) is False


def test_above_clears_after_half_an_hour_at_the_clearing_level() -> None:
    watch = GuidelineMean(Guideline(hours=1, minimum_h=0.5, limit=15.0, clear=13.5, source=""))
    breathe(watch, 0, HOUR, 15.1)
    shown: dict[float, tuple[float, bool | None]] = {}
    for slot, concentration in enumerate([13.6] * 13 + [13.5] * 20, start=HOUR):
        at = breathe(watch, slot, 1, concentration)
        shown[at] = (round(watch.mean(at) or 0.0, 3), watch.is_above(at))
    reached = next(at for at, (mean, _) in shown.items() if mean <= 13.5)
    cleared = next(at for at, (_, above) in shown.items() if above is False)
    assert cleared - reached == 1800.0


def test_a_rise_within_the_half_hour_restarts_it() -> None:
    watch = GuidelineMean(Guideline(hours=1, minimum_h=0.5, limit=15.0, clear=13.5, source=""))
    breathe(watch, 0, HOUR, 16.0)
    breathe(watch, HOUR, HOUR + 3, 12.0)
    breathe(watch, 2 * HOUR + 3, 2, 40.0)
    at = breathe(watch, 2 * HOUR + 5, 4, 12.0)
    assert watch.is_above(at) is True


def test_silence_makes_the_result_unknown_and_discards_it(pm25: GuidelineMean) -> None:
    at = breathe(pm25, 0, 24 * HOUR, 20.0)
    assert pm25.is_above(at) is True
    assert pm25.is_above(at + 7 * 3600) is None
    later = breathe(pm25, 40 * HOUR, 1, 14.0)
    assert pm25.is_above(later) is None
    assert pm25.is_above(breathe(pm25, 40 * HOUR + 1, 18 * HOUR, 14.0)) is False


def test_an_hourly_mean_needs_three_quarters_of_the_hour(voc: GuidelineMean) -> None:
    assert voc.is_above(breathe(voc, 0, 8, 1500.0)) is None
    assert voc.is_above(breathe(voc, 8, 1, 1500.0)) is True


def test_an_hourly_mean_is_updated_every_five_minutes(voc: GuidelineMean) -> None:
    breathe(voc, 0, HOUR, 300.0)
    at = breathe(voc, HOUR, 3, 1500.0)
    assert voc.mean(at) == pytest.approx((9 * 300.0 + 3 * 1500.0) / 12)


def test_memory_is_bounded_by_the_guideline_not_by_time(pm25: GuidelineMean) -> None:
    breathe(pm25, 0, 10 * 24 * HOUR, 5.0)
    assert len(pm25.buckets) <= 25


def test_the_settled_mean_leaves_out_the_current_hour(pm25: GuidelineMean) -> None:
    breathe(pm25, 0, 20 * HOUR, 10.0)
    at = breathe(pm25, 20 * HOUR, 6, 99.0)
    assert pm25.settled_mean(at) == pytest.approx(10.0)
    at = breathe(pm25, 20 * HOUR + 6, 6, 99.0)
    assert pm25.settled_mean(at) == pytest.approx((20 * 10.0 + 99.0) / 21)


def test_a_mean_with_a_level_at_the_end_of_the_span_is_the_least(pm25: GuidelineMean) -> None:
    at = breathe(pm25, 0, 20 * HOUR, 10.0)
    assert not pm25.is_least(at)
    pm25.note_end(at)
    at = breathe(pm25, 20 * HOUR, HOUR, 1000.0)
    assert pm25.is_least(at)
    assert pm25.settled_is_least(at)
    again = GuidelineMean(guideline(Pollutant.PM25))
    again.restore(pm25.dump(), at)
    assert again.dump() == pm25.dump()
    assert again.is_least(at)
    at = breathe(pm25, 21 * HOUR, 23 * HOUR - 1, 10.0)
    assert pm25.is_least(at)
    at = breathe(pm25, 44 * HOUR - 1, 2, 10.0)
    assert not pm25.is_least(at)
    old = {name: value for name, value in pm25.dump().items() if name != "end_at"}
    again = GuidelineMean(guideline(Pollutant.PM25))
    again.restore(old, at)
    assert not again.is_least(at)


def test_the_mean_so_far_is_known_from_the_first_bin(pm25: GuidelineMean) -> None:
    assert pm25.so_far(FIRST * 300.0) is None
    found = pm25.so_far(breathe(pm25, 0, 2 * HOUR, 190.0))
    assert found is not None
    assert found.mean == pytest.approx(190.0)
    assert (found.hours, found.enough) == (2.0, False)
    found = pm25.so_far(breathe(pm25, 2 * HOUR, 17 * HOUR, 10.0))
    assert found is not None
    assert (found.hours, found.enough) == (19.0, True)
    assert found.mean == pytest.approx((2 * 190.0 + 17 * 10.0) / 19)


def test_the_mean_so_far_covers_no_more_than_the_mean(pm25: GuidelineMean) -> None:
    at = breathe(pm25, 0, 40 * HOUR, 20.0)
    found = pm25.so_far(at)
    assert found is not None
    assert (found.mean, found.hours) == (pm25.mean(at), 24.0)
    assert pm25.so_far(at + 86_400.0) is None


def test_the_mean_so_far_can_be_the_least(voc: GuidelineMean) -> None:
    at = breathe(voc, 0, 3, 900.0)
    voc.note_end(FIRST * 300.0)
    found = voc.so_far(at)
    assert found is not None
    assert (found.is_least, found.hours, found.enough) == (True, 0.25, False)
