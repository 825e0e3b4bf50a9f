"""Units, spans, the scale and the prior, compared with scipy and published ranges."""

from math import expm1, inf, nan

from hypothesis import given, strategies as st
import numpy as np
import pytest
from scipy import stats

from custom_components.air_baseline.core.pollutant import (
    CELL_WIDTH,
    CELLS,
    POLLUTANTS,
    Pollutant,
    Prior,
    UnitError,
    cell_index,
    from_scale,
    normal_unit,
    round_outward,
    to_scale,
)
from tests.core.properties import repeatable

PRIORS = {
    pollutant: found.prior for pollutant, found in POLLUTANTS.items() if found.prior is not None
}
SPANS = [(pollutant, spec.highest) for pollutant, spec in POLLUTANTS.items()]


def log_normal(prior: Prior) -> stats.distributions.rv_frozen:
    return stats.lognorm(s=np.log(prior.gsd), scale=prior.median)


@pytest.mark.parametrize("pollutant", PRIORS)
def test_the_prior_is_the_log_normal_distribution(pollutant: Pollutant) -> None:
    edges = np.append(np.expm1(CELL_WIDTH * np.arange(CELLS)), np.inf)
    expected = np.diff(log_normal(PRIORS[pollutant]).cdf(edges))
    assert PRIORS[pollutant].shares() == pytest.approx(expected.tolist(), abs=1e-12)
    assert sum(PRIORS[pollutant].shares()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("pollutant", "low", "high"),
    [(Pollutant.PM25, 0.7, 24.0), (Pollutant.VOC_RATIO, 8.0, 470.0)],
)
def test_eight_of_ten_readings_of_other_homes_lie_in_the_published_range(
    pollutant: Pollutant, low: float, high: float
) -> None:
    assert log_normal(PRIORS[pollutant]).ppf([0.1, 0.9]) == pytest.approx([low, high], rel=0.05)


def test_a_sensor_that_centres_itself_has_no_prior() -> None:
    assert set(PRIORS) == set(Pollutant) - {Pollutant.VOC_INDEX}


@pytest.mark.parametrize("index", range(CELLS))
def test_a_cell_is_a_tenth_of_the_scale_wide(index: int) -> None:
    assert cell_index(expm1(CELL_WIDTH * (index + 0.001))) == index
    assert cell_index(expm1(CELL_WIDTH * (index + 0.999))) == index


@given(concentration=st.floats(0.0, 1e6))
@repeatable
def test_the_scale_can_be_inverted(concentration: float) -> None:
    assert from_scale(to_scale(concentration)) == pytest.approx(concentration)
    assert to_scale(concentration) == pytest.approx(float(np.log(1.0 + concentration)))


@given(
    low=st.floats(0.0, 1e4),
    width=st.floats(0.0, 1e4),
    step=st.sampled_from([0.1, 0.5, 1.0, 5.0]),
)
@repeatable
def test_edges_are_rounded_outward_by_less_than_a_step(
    low: float, width: float, step: float
) -> None:
    bottom, top = round_outward(low, low + width, step)
    noise = 1e-8 * step
    assert low - step < bottom <= low + noise
    assert low + width - noise <= top < low + width + step
    assert round_outward(bottom, top, step) == (bottom, top)
    assert bottom / step == pytest.approx(round(bottom / step))
    assert top / step == pytest.approx(round(top / step))


def test_a_multiple_of_the_step_stays_despite_float_noise() -> None:
    assert round_outward(3.0 - 1e-12, 7.0 + 1e-12, 1.0) == (3.0, 7.0)


@pytest.mark.parametrize(("pollutant", "highest"), SPANS)
@pytest.mark.parametrize(
    ("value", "plausible"), [(0.0, True), (-0.001, False), (nan, False), (inf, False)]
)
def test_a_level_beyond_the_span_of_the_sensor_is_not_believed(
    pollutant: Pollutant, highest: float, value: float, *, plausible: bool
) -> None:
    spec = POLLUTANTS[pollutant]
    assert spec.plausible(value) is plausible
    assert spec.plausible(highest)
    assert not spec.plausible(highest * 1.000001)


@pytest.mark.parametrize(("pollutant", "highest"), SPANS)
def test_up_to_ten_times_the_span_a_value_counts_as_its_end(
    pollutant: Pollutant, highest: float
) -> None:
    spec = POLLUTANTS[pollutant]
    for times in (1.0, 1.5, 2.854, 10.0):
        assert spec.level(times * highest) == highest
    for refused in (10.001 * highest, 1e300, -0.001, -1.0, nan, inf):
        assert spec.level(refused) is None
    assert spec.level(0.3 * highest) == 0.3 * highest


PM25, MASS = Pollutant.PM25, Pollutant.VOC_MASS
RATIO, INDEX = Pollutant.VOC_RATIO, Pollutant.VOC_INDEX


@pytest.mark.parametrize(
    ("pollutant", "unit", "value"),
    [
        *((PM25, "μg/m³", value) for value in (6553.5, 6553.4, 3276.7, 65535, 65534, 32767, -1)),
        *((RATIO, "ppb", value) for value in (65535, 65534)),
        *((RATIO, "ppm", value) for value in (65.535, 65.534, 327.67, 65535, 6553.5)),
        *((MASS, "mg/m³", value) for value in (655.35, 327.67, 65535)),
        *((INDEX, "", value) for value in (65535, 6553.5, 3276.7, 655.35, 32767)),
    ],
)
@pytest.mark.parametrize("last", [None, 12.0, 1e9])
def test_beyond_the_span_a_word_for_no_reading_is_refused(
    pollutant: Pollutant, unit: str, value: float, last: float | None
) -> None:
    spec = POLLUTANTS[pollutant]
    factor = spec.factor(unit)
    assert spec.level(value * factor, factor, last) is None


@pytest.mark.parametrize(
    ("pollutant", "unit", "value"),
    [
        (PM25, "μg/m³", 655.35),
        *((RATIO, "ppb", value) for value in (32767, 6553.5, 3276.7)),
        *((RATIO, "ppm", value) for value in (32.767, 6.5535)),
        *((MASS, "μg/m³", value) for value in (65535, 65534, 32767)),
        (MASS, "mg/m³", 65.535),
        (INDEX, "", 327.67),
    ],
)
def test_in_the_span_a_word_for_no_reading_is_taken_only_if_the_air_walked_there(
    pollutant: Pollutant, unit: str, value: float
) -> None:
    spec = POLLUTANTS[pollutant]
    factor = spec.factor(unit)
    level = value * factor
    for last in (None, 0.0, 0.4 * level, 3.0 * level):
        assert spec.level(level, factor, last) is None
    for last in (0.6 * level, level, 1.5 * level):
        assert spec.level(level, factor, last) == level
    assert spec.level(level + 0.1 * factor, factor, None) == min(level + 0.1 * factor, spec.highest)


def test_a_word_for_no_reading_counts_only_in_the_unit_of_the_source() -> None:
    ratio = POLLUTANTS[RATIO]
    assert ratio.level(32.767, 1.0) == 32.767
    assert ratio.level(32.767 * 1000.0, 1000.0) is None


@pytest.mark.parametrize(
    ("pollutant", "value", "unit", "base"),
    [
        (Pollutant.PM25, 12.0, "μg/m³", 12.0),
        (Pollutant.PM25, 12.0, "µg/m³", 12.0),
        (Pollutant.PM25, 0.25, " mg/m³ ", 250.0),
        (Pollutant.VOC_MASS, 0.25, "mg/m³", 250.0),
        (Pollutant.VOC_RATIO, 0.25, "ppm", 250.0),
        (Pollutant.VOC_RATIO, 250.0, "ppb", 250.0),
        (Pollutant.VOC_INDEX, 100.0, None, 100.0),
    ],
)
def test_values_are_converted_into_the_base_unit(
    pollutant: Pollutant, value: float, unit: str | None, base: float
) -> None:
    assert POLLUTANTS[pollutant].to_base(value, unit) == base


@pytest.mark.parametrize(
    ("pollutant", "unit"),
    [
        (Pollutant.PM25, "ppb"),
        (Pollutant.PM25, None),
        (Pollutant.VOC_MASS, "ppm"),
        (Pollutant.VOC_RATIO, "μg/m³"),
        (Pollutant.VOC_INDEX, "%"),
    ],
)
def test_pollutants_are_never_converted_into_each_other(
    pollutant: Pollutant, unit: str | None
) -> None:
    with pytest.raises(UnitError, match=pollutant.value):
        POLLUTANTS[pollutant].to_base(1.0, unit)


def test_both_signs_for_micro_are_one_unit() -> None:
    assert normal_unit("µg/m³") == normal_unit("μg/m³")
