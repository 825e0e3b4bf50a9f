"""Days that are damper than all before are told from others, without a look ahead."""

import numpy as np

from benchmarks.humidity import BEYOND, LEAST_BINS, LEAST_DAYS, split


def test_a_day_is_damper_only_than_the_days_before_it() -> None:
    near, dampest = 50.0 + BEYOND - 0.1, 50.0 + 2.0 * BEYOND
    humidity = [50.0] * LEAST_DAYS + [near, dampest, dampest]
    days = np.repeat(np.arange(len(humidity)), LEAST_BINS)
    inside = np.where(days == LEAST_DAYS + 1, 0.5, 1.0)
    damper, other = split(dict(enumerate(humidity)), days.tolist(), inside)
    assert damper == (LEAST_BINS / 2, LEAST_BINS, 1)
    assert other == (2.0 * LEAST_BINS, 2 * LEAST_BINS, 2)


def test_days_with_hardly_a_range_do_not_count() -> None:
    humidity = dict(enumerate([50.0] * LEAST_DAYS + [90.0]))
    days = [LEAST_DAYS] * LEAST_BINS
    inside = np.array([float("nan"), *[1.0] * (LEAST_BINS - 1)])
    assert split(humidity, days, inside) == ((0.0, 0, 0), (0.0, 0, 0))
