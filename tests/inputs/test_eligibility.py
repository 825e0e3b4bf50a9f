"""What decides that an entity is a source: class, unit and values before names, words not parts."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.reading.number import plain_float
from custom_components.air_baseline.inputs.described import Seen, describe
from custom_components.air_baseline.inputs.eligibility import (
    Measurement,
    Refusal,
    as_said,
    classify,
    could_be,
    may_stay,
    refuse_outdoor_pm25,
    speaks_of_air,
)
from custom_components.air_baseline.inputs.names import OUTDOORS, says, words_of

INDEX = Measurement(Pollutant.VOC_INDEX, "")
PARTS = "volatile_organic_compounds_parts"


def show(hass: HomeAssistant, entity_id: str, value: object, **attributes: object) -> str:
    hass.states.async_set(entity_id, str(value), attributes)
    return entity_id


@pytest.mark.parametrize(
    "name",
    [
        *("VOC", "VOCs", "TVOC", "VOC-Index", "VOCIndex", "voc_index_2", "Flüchtige organische"),
        *("COV", "Indice COV", "Qualité COV", "Índice de COV", "COVT", "indice di COV"),
        *("Composés organiques volatils", "Compuestos orgánicos volátiles", "Composti organici "),
        *("Compostos orgânicos voláteis", "Vluchtige organische stoffen", "VOS-index"),
        *("LZO", "Wskaźnik LZO", "Lotne związki organiczne", "flyktige organiske forbindelser"),
        *("IAQ", "Static IAQ", "Volatile Organic Compounds Index"),
    ],
)
async def test_an_index_is_known_by_its_words_in_every_language(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, name: str
) -> None:
    entity = entity_registry.async_get_or_create("sensor", "x", "1", original_name=name)
    show(hass, entity.entity_id, 103)
    if name == "Composti organici ":
        assert classify(hass, entity.entity_id) is Refusal.NOT_AIR, "half of the words"
    else:
        assert classify(hass, entity.entity_id) == INDEX


@pytest.mark.parametrize(
    "name",
    [
        *("avocado_water", "vocal_range", "equivocal", "covid_cases", "advocate", "niaqara"),
        *("invoca", "provocation_count", "discovered", "vossen", "plzo"),
    ],
)
async def test_a_part_of_a_word_is_no_word(hass: HomeAssistant, name: str) -> None:
    entity_id = show(hass, f"sensor.{name}", 103, state_class="measurement")
    assert classify(hass, entity_id) is Refusal.NOT_AIR
    assert not speaks_of_air(describe(hass, entity_id))


@pytest.mark.parametrize("place", ["Lower Level", "Main Level", "Level 2", "Quality Street"])
@pytest.mark.parametrize("value", ["103", "4"])
async def test_the_words_of_a_room_are_no_evidence(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, place: str, value: str
) -> None:
    area = ar.async_get(hass).async_get_or_create(place)
    entity = entity_registry.async_get_or_create(
        "sensor", "mqtt", "1", original_name=f"{place} VOC index"
    )
    entity_registry.async_update_entity(entity.entity_id, area_id=area.id)
    show(hass, entity.entity_id, value, friendly_name=f"{place} VOC index")
    assert classify(hass, entity.entity_id) == INDEX


async def test_the_words_of_a_floor_are_no_evidence(hass: HomeAssistant) -> None:
    fr.async_get(hass).async_create("Upper Level")
    show(hass, "sensor.upper_level_voc", 4)
    assert classify(hass, "sensor.upper_level_voc") == INDEX
    show(hass, "sensor.other_level_voc", 4)
    assert classify(hass, "sensor.other_level_voc") is Refusal.LEVELS


@pytest.mark.parametrize(
    ("device", "entity", "expected"),
    [
        ("VOC monitor", "Uptime", Refusal.NOT_AIR),
        ("VOC monitor", "VOC", INDEX),
        ("VOC", "VOC", INDEX),
        ("IAQ box", "Restarts", Refusal.NOT_AIR),
        ("Calibration rig", "VOC index", INDEX),
        ("Avocado", "Moisture", Refusal.NOT_AIR),
        ("NOx and CO2 station", "VOC index", INDEX),
    ],
)
async def test_the_words_of_a_device_are_no_evidence(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    device: str,
    entity: str,
    expected: Measurement | Refusal,
) -> None:
    owner = MockConfigEntry(domain="x")
    owner.add_to_hass(hass)
    made = dr.async_get(hass).async_get_or_create(
        config_entry_id=owner.entry_id, identifiers={("x", "1")}, name=device
    )
    known = entity_registry.async_get_or_create(
        "sensor", "x", "1", original_name=entity, has_entity_name=True, device_id=made.id,
        config_entry=owner, suggested_object_id=f"{device} {entity}",
    )  # fmt: skip
    show(hass, known.entity_id, 103, friendly_name=f"{device} {entity}", state_class="measurement")
    assert classify(hass, known.entity_id) == expected


@pytest.mark.parametrize(
    ("value", "attributes", "expected"),
    [
        ("Normal", {}, Refusal.TEXT),
        ("on", {}, Refusal.TEXT),
        ("True", {}, Refusal.TEXT),
        ("2026-03-01", {}, Refusal.TEXT),
        ("1_000", {}, Refusal.TEXT),
        ("٣", {}, Refusal.TEXT),
        ("3", {"options": ["1", "2", "3"]}, Refusal.TEXT),
        ("3", {"device_class": "enum"}, Refusal.TEXT),
        ("2026-03-01T10:00:00+00:00", {"device_class": "timestamp"}, Refusal.TIME),
        ("2026-03-01", {"device_class": "date"}, Refusal.TIME),
        ("103", {"state_class": "total_increasing"}, Refusal.NOT_AIR),
        ("103", {"device_class": "carbon_dioxide"}, Refusal.NOT_AIR),
        ("103", {"device_class": "duration"}, Refusal.NOT_AIR),
        ("103", {"unit_of_measurement": "%"}, Refusal.UNIT),
        ("30000", {}, Refusal.ABOVE_SPAN),
        ("unknown", {}, Refusal.NO_VALUE),
        ("unavailable", {}, Refusal.NO_VALUE),
        ("103", {}, INDEX),
        ("0", {}, INDEX),
        ("450", {"unit_of_measurement": "ppm"}, Refusal.UNIT),
    ],
)
async def test_values_and_attributes_decide_before_a_name(
    hass: HomeAssistant, value: str, attributes: dict[str, Any], expected: Measurement | Refusal
) -> None:
    assert classify(hass, show(hass, "sensor.voc_index", value, **attributes)) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("voc_level", "2", Refusal.LEVELS),
        ("voc_level", "103", INDEX),
        ("voc_quality", "5", Refusal.LEVELS),
        ("qualite_cov", "103", INDEX),
        ("qualite_cov", "Bonne", Refusal.TEXT),
        ("voc_status", "1", Refusal.LEVELS),
        ("voc_alarm", "0", Refusal.LEVELS),
        ("tvoc_ppb", "250", Refusal.UNIT),
        ("iaq_accuracy", "3", Refusal.ABOUT_SENSOR),
        ("iaq_genauigkeit", "3", Refusal.ABOUT_SENSOR),
        ("voc_kalibrierung", "100", Refusal.ABOUT_SENSOR),
        ("voc_raw", "120", Refusal.RESISTANCE),
        ("voc_gas_resistance", "120", Refusal.RESISTANCE),
        ("voc_and_nox", "120", Refusal.NOT_AIR),
    ],
)
async def test_what_stands_beside_an_index_is_refused_for_what_it_is(
    hass: HomeAssistant, name: str, value: str, expected: Measurement | Refusal
) -> None:
    assert classify(hass, show(hass, f"sensor.{name}", value)) == expected


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        ("shelf_tvoc", "ppb", Measurement(Pollutant.VOC_RATIO, "ppb")),
        ("shelf_voc", "ppm", Measurement(Pollutant.VOC_RATIO, "ppm")),
        ("shelf_cov", "µg/m³", Measurement(Pollutant.VOC_MASS, "μg/m³")),
        ("shelf_cov", "µg/m3", Measurement(Pollutant.VOC_MASS, "μg/m3")),
        ("shelf_pm2_5", "μg/m³", Measurement(Pollutant.PM25, "μg/m³")),
        ("shelf_pm25", "µg/m³", Measurement(Pollutant.PM25, "μg/m³")),
        ("shelf_pm25", "ppb", Refusal.UNIT),
        ("shelf_pm25", None, Refusal.UNIT),
        ("shelf_pm10", "μg/m³", Refusal.NOT_AIR),
        ("shelf_dust", "μg/m³", Refusal.NOT_AIR),
        ("shelf_eco2_of_tvoc", "ppm", Refusal.NOT_AIR),
    ],
)
async def test_without_a_class_a_name_says_what_and_the_unit_says_how(
    hass: HomeAssistant, name: str, unit: str | None, expected: Measurement | Refusal
) -> None:
    entity_id = show(hass, f"sensor.{name}", 0.4, unit_of_measurement=unit)
    assert classify(hass, entity_id) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["450", "460", "455"], Refusal.ABOVE_SPAN),
        (["0.2", "0.3", "450"], Measurement(Pollutant.VOC_RATIO, "ppm")),
        (["unavailable"], Measurement(Pollutant.VOC_RATIO, "ppm")),
        (["Normal", "Normal", "0.3"], Refusal.TEXT),
    ],
)
async def test_the_values_of_the_last_hours_count_with_that_of_now(
    hass: HomeAssistant, values: list[str], expected: Measurement | Refusal
) -> None:
    show(hass, "sensor.a", "unavailable")
    entity = {"device_class": PARTS, "unit_of_measurement": "ppm"}
    show(hass, "sensor.a", "unknown", **entity)
    assert classify(hass, "sensor.a", Seen.of(values)) == expected


@pytest.mark.parametrize(
    ("value", "attributes", "pollutant", "expected"),
    [
        ("103", {}, Pollutant.VOC_INDEX, INDEX),
        ("103", {"device_class": "aqi"}, Pollutant.VOC_INDEX, INDEX),
        ("501", {}, Pollutant.VOC_INDEX, Refusal.OUTSIDE),
        ("-1", {}, Pollutant.VOC_INDEX, Refusal.OUTSIDE),
        ("Good", {}, Pollutant.VOC_INDEX, Refusal.TEXT),
        ("unknown", {}, Pollutant.VOC_INDEX, Refusal.NO_VALUE),
        ("103", {"unit_of_measurement": "ppb"}, Pollutant.VOC_INDEX, Refusal.UNIT),
        ("103", {"device_class": "humidity"}, Pollutant.VOC_INDEX, Refusal.NOT_AIR),
        ("103", {"device_class": "timestamp"}, Pollutant.VOC_INDEX, Refusal.TIME),
        ("103", {"state_class": "total"}, Pollutant.VOC_INDEX, Refusal.NOT_AIR),
        (
            "12",
            {"unit_of_measurement": "μg/m³"},
            Pollutant.PM25,
            Measurement(Pollutant.PM25, "μg/m³"),
        ),
        ("1200", {"unit_of_measurement": "μg/m³"}, Pollutant.PM25, Refusal.OUTSIDE),
        ("12", {}, Pollutant.PM25, Refusal.UNIT),
        (
            "12",
            {"unit_of_measurement": "μg/m³", "device_class": "pm10"},
            Pollutant.PM25,
            Refusal.NOT_AIR,
        ),
    ],
)
async def test_what_somebody_says_is_checked_against_what_was_seen(
    hass: HomeAssistant,
    value: str,
    attributes: dict[str, Any],
    pollutant: Pollutant,
    expected: Measurement | Refusal,
) -> None:
    entity_id = show(hass, "sensor.shelf", value, **attributes)
    assert as_said(hass, entity_id, pollutant) == expected


async def test_some_glitches_do_not_refute_what_somebody_says(hass: HomeAssistant) -> None:
    show(hass, "sensor.shelf", 103)
    usual = ["103"] * 19
    assert as_said(hass, "sensor.shelf", Pollutant.VOC_INDEX, Seen.of([*usual, "65535"])) == INDEX
    often = Seen.of([*usual[:8], "65535", "65535"])
    assert as_said(hass, "sensor.shelf", Pollutant.VOC_INDEX, often) is Refusal.OUTSIDE


async def test_only_what_unit_and_class_leave_open_can_be_said(hass: HomeAssistant) -> None:
    def sayable(**attributes: object) -> list[Pollutant]:
        return could_be(describe(hass, show(hass, "sensor.shelf", 103, **attributes)))

    assert sayable() == sayable(device_class="aqi") == [Pollutant.VOC_INDEX]
    assert sayable(unit_of_measurement="μg/m³") == [Pollutant.PM25, Pollutant.VOC_MASS]
    assert sayable(unit_of_measurement="ppb") == [Pollutant.VOC_RATIO]
    assert sayable(unit_of_measurement="%") == []
    assert sayable(device_class="temperature") == []
    assert sayable(device_class="pm10", unit_of_measurement="μg/m³") == []
    assert sayable(state_class="total_increasing") == []
    assert could_be(describe(hass, show(hass, "sensor.shelf", "Good"))) == []


async def test_a_source_stays_what_it_was_taken_for_unless_it_cannot_be_that(
    hass: HomeAssistant,
) -> None:
    shelf = show(hass, "sensor.shelf", 103)
    assert may_stay(hass, shelf, Pollutant.VOC_INDEX, Refusal.NOT_AIR) == INDEX
    assert may_stay(hass, shelf, Pollutant.VOC_INDEX, Refusal.TEXT) is None
    show(hass, shelf, 103, unit_of_measurement="ppb")
    assert may_stay(hass, shelf, Pollutant.VOC_INDEX, Refusal.NOT_AIR) is None


async def test_what_is_outdoors_is_refused_with_words_that_its_page_has(
    hass: HomeAssistant,
) -> None:
    for name in ("iaq_accuracy", "voc_level", "voc_index"):
        assert refuse_outdoor_pm25(hass, show(hass, f"sensor.{name}", 3)) is Refusal.NOT_AIR
    particles = {"device_class": "pm25", "unit_of_measurement": "μg/m³"}
    assert refuse_outdoor_pm25(hass, show(hass, "sensor.garden", 3, **particles)) is None
    assert refuse_outdoor_pm25(hass, show(hass, "sensor.garden", "low", **particles)) is (
        Refusal.TEXT
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("12", 12.0), ("1e2", 100.0), ("-0.5", -0.5), (" 7 ", 7.0)),
        *(
            ("1_000", None),
            ("\u0663", None),
            ("\uff11\uff12", None),
            ("nan", None),
            ("inf", None),
            ("", None),
        ),
        *(("12,5", None), ("0x1F", None)),
    ],
)
def test_a_number_is_plain_ascii(text: str, number: float | None) -> None:
    assert plain_float(text) == number


@pytest.mark.parametrize(
    "area",
    [
        *("Outdoor", "Front garden", "Balcony", "Terrace", "Garten", "Balkon", "Terrasse"),
        *("Jardin", "Balcon", "Extérieur", "Jardín", "Terraza", "Giardino", "Balcone", "Tuin"),
        *("Ogród", "Taras", "Jardim", "Varanda", "Área externa", "Draußen", "Buiten"),
    ],
)
def test_outside_is_known_in_every_language(area: str) -> None:
    assert says([words_of(area)], OUTDOORS)


@pytest.mark.parametrize("area", ["Kindergarten", "Wintergarten", "Hofmann", "Kitchen", "Level 2"])
def test_a_room_that_only_sounds_like_outside_is_none(area: str) -> None:
    assert not says([words_of(area)], OUTDOORS)
