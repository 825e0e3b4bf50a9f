"""From a state to a concentration, and from an entity to what it measures."""

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.inputs.eligibility import Measurement, Refusal, classify
from custom_components.air_baseline.inputs.readings import (
    UnitChangedError,
    celsius,
    concentration,
    outdoor_pm25,
    reading_of,
)

MASS, PARTS = "volatile_organic_compounds", "volatile_organic_compounds_parts"


def a_state(value: str, unit: str | None = None, device_class: str | None = None) -> State:
    given = {"unit_of_measurement": unit, "device_class": device_class}
    return State("sensor.a", value, {key: item for key, item in given.items() if item is not None})


@pytest.mark.parametrize(
    ("pollutant", "unit", "value", "base"),
    [
        (Pollutant.PM25, "μg/m³", "12.5", 12.5),
        (Pollutant.PM25, "µg/m³", "12.5", 12.5),  # The micro sign instead of the Greek letter.
        (Pollutant.PM25, "ug/m3", "12.5", 12.5),
        (Pollutant.PM25, "mg/m³", "0.0125", 12.5),
        (Pollutant.VOC_MASS, "mg/m³", "0.4", 400.0),
        (Pollutant.VOC_MASS, "μg/m³", "400", 400.0),
        (Pollutant.VOC_RATIO, "ppb", "250", 250.0),
        (Pollutant.VOC_RATIO, "ppm", "0.25", 250.0),
        (Pollutant.VOC_INDEX, None, "103", 103.0),
        (Pollutant.VOC_INDEX, "", "103", 103.0),
        (Pollutant.VOC_INDEX, "IAQ", "103", 103.0),
        (Pollutant.VOC_INDEX, "VOC Index", "103", 103.0),
        (Pollutant.PM25, "μg/m³", "1e1", 10.0),
        (Pollutant.PM25, "μg/m³", "-3", -3.0),  # Judged and counted by the core.
    ],
)
def test_a_concentration_is_converted_to_the_base_unit(
    pollutant: Pollutant, unit: str | None, value: str, base: float
) -> None:
    spec = POLLUTANTS[pollutant]
    found = concentration(a_state(value, unit), spec)
    assert found is not None
    assert found[0] == pytest.approx(base)
    assert found[0] / found[1] == pytest.approx(float(value))


@pytest.mark.parametrize(
    "value", ["unknown", "unavailable", "", "good", "12,5", "5 μg/m³", "nan", "NaN", "inf", "-inf"]
)
@pytest.mark.parametrize("pollutant", Pollutant)
def test_what_is_not_a_number_is_not_a_reading(pollutant: Pollutant, value: str) -> None:
    spec = POLLUTANTS[pollutant]
    assert concentration(a_state(value, spec.unit), spec) is None


def test_an_entity_that_is_gone_gives_no_reading() -> None:
    assert concentration(None, POLLUTANTS[Pollutant.PM25]) is None


@pytest.mark.parametrize(
    ("pollutant", "unit"),
    [
        (Pollutant.PM25, "ppm"),
        (Pollutant.PM25, None),
        (Pollutant.VOC_MASS, "ppb"),
        (Pollutant.VOC_RATIO, "μg/m³"),
        (Pollutant.VOC_RATIO, "%"),
        (Pollutant.VOC_INDEX, "ppb"),
    ],
)
def test_a_unit_of_another_pollutant_is_never_mixed_in(
    pollutant: Pollutant, unit: str | None
) -> None:
    with pytest.raises(UnitChangedError) as error:
        concentration(a_state("5", unit), POLLUTANTS[pollutant])
    assert error.value.unit == (unit or "")


@pytest.mark.parametrize("odd", [7, 0.5, True, ["μg/m³"], {"unit": "μg/m³"}])
@pytest.mark.parametrize("attribute", ["unit_of_measurement", "device_class"])
def test_an_attribute_that_is_not_text_is_wrong(attribute: str, odd: object) -> None:
    state = State("sensor.a", "5", {"unit_of_measurement": "μg/m³", attribute: odd})
    with pytest.raises(UnitChangedError):
        concentration(state, POLLUTANTS[Pollutant.PM25])


@pytest.mark.parametrize(
    ("shown", "unit", "expected"),
    [
        ("-12.5", "°C", -12.5),
        ("14", "°F", -10.0),
        ("1e300", "°C", None),
        ("-101", "°C", None),
        ("0", "K", None),
        ("inf", "°C", None),
        ("nan", "°C", None),
        ("5", "μg/m³", None),
    ],
)
def test_an_impossible_temperature_is_none(shown: str, unit: str, expected: float | None) -> None:
    found = celsius(State("sensor.garden", shown, {"unit_of_measurement": unit}))
    assert found == (None if expected is None else pytest.approx(expected))


def test_a_missing_value_says_nothing_about_its_unit() -> None:
    assert concentration(a_state("unavailable", "ppm"), POLLUTANTS[Pollutant.PM25]) is None


@pytest.mark.parametrize(
    ("pollutant", "device_class", "fits"),
    [
        (Pollutant.PM25, "pm25", True),
        (Pollutant.PM25, None, True),
        (Pollutant.PM25, "pm10", False),
        (Pollutant.PM25, MASS, False),
        (Pollutant.VOC_MASS, MASS, True),
        (Pollutant.VOC_MASS, "pm25", False),
        (Pollutant.VOC_RATIO, PARTS, True),
        (Pollutant.VOC_RATIO, "carbon_dioxide", False),
        (Pollutant.VOC_INDEX, None, True),
        (Pollutant.VOC_INDEX, "aqi", True),
        (Pollutant.VOC_INDEX, "pm25", False),
    ],
)
def test_a_device_class_of_another_pollutant_is_never_mixed_in(
    pollutant: Pollutant, device_class: str | None, *, fits: bool
) -> None:
    spec = POLLUTANTS[pollutant]
    state = a_state("5", spec.unit, device_class)
    if fits:
        assert concentration(state, spec) == (5.0, 1.0)
        return
    with pytest.raises(UnitChangedError) as error:
        concentration(state, spec)
    assert error.value.unit == f"{device_class} {spec.unit}".strip()


async def test_a_registered_name_identifies_an_index_whatever_the_entity_id(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    known = entity_registry.async_get_or_create
    spelled_out = "total_volatile_organic_component_index"
    for entity in (
        known("sensor", "x", "1", original_name="VOC index"),
        known("sensor", "x", "2", translation_key="voc_index"),
        known("sensor", "x", "3", translation_key=spelled_out),
    ):
        hass.states.async_set(entity.entity_id, "100")
        assert classify(hass, entity.entity_id) == Measurement(Pollutant.VOC_INDEX, "")


async def test_only_sensors_can_be_sources(hass: HomeAssistant) -> None:
    hass.states.async_set("number.voc_index", "1")
    assert classify(hass, "number.voc_index") is Refusal.NOT_SENSOR


async def test_the_state_takes_precedence_over_the_registration(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entity = entity_registry.async_get_or_create(
        "sensor", "x", "1", original_device_class=MASS, unit_of_measurement="mg/m³"
    )
    assert classify(hass, entity.entity_id) == Measurement(Pollutant.VOC_MASS, "mg/m³")
    hass.states.async_set(
        entity.entity_id, "9", {"device_class": PARTS, "unit_of_measurement": "ppb"}
    )
    assert classify(hass, entity.entity_id) == Measurement(Pollutant.VOC_RATIO, "ppb")


async def test_a_device_class_that_the_user_chose_counts(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entity = entity_registry.async_get_or_create("sensor", "x", "1", unit_of_measurement="μg/m³")
    assert classify(hass, entity.entity_id) is Refusal.NOT_AIR
    entity_registry.async_update_entity(entity.entity_id, device_class="pm25")
    assert classify(hass, entity.entity_id) == Measurement(Pollutant.PM25, "μg/m³")


def test_recorded_states_are_read_by_the_rule_of_live_ones() -> None:
    """A jump to 655.35 is a gap, and so is 6553.5; 1500 is the end of the span."""
    spec = POLLUTANTS[Pollutant.PM25]
    levels: list[float | None] = []
    before = None
    for value in ("6", "655.35", "7", "6553.5", "unavailable", "1500", "655.35", "-1"):
        state = a_state(value, spec.unit)
        level = reading_of(state, spec, 0.0, before).value
        before = before if level is None else level
        levels.append(level)
    assert levels == [6.0, None, 7.0, None, None, 1000.0, 655.35, None]
    assert outdoor_pm25(a_state("1500", spec.unit)) == 1000.0
    assert outdoor_pm25(a_state("655.35", spec.unit)) is None
