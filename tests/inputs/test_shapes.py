"""The sensors of the main brands, as their integrations describe them: what each is taken for.

The shapes are those of the integrations' own sources; a device and its entities are registered as
those do, and each shows a value that such a sensor shows.
"""

from typing import Any, NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import slugify
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.inputs.eligibility import Measurement, Refusal, classify

MASS, PARTS = "volatile_organic_compounds", "volatile_organic_compounds_parts"
LEVEL_OPTIONS = ["low", "medium", "high", "critical"]

PM25 = Measurement(Pollutant.PM25, "μg/m³")
VOC_MASS = Measurement(Pollutant.VOC_MASS, "μg/m³")
VOC_MG = Measurement(Pollutant.VOC_MASS, "mg/m³")
VOC_PPB = Measurement(Pollutant.VOC_RATIO, "ppb")
VOC_PPM = Measurement(Pollutant.VOC_RATIO, "ppm")
INDEX = Measurement(Pollutant.VOC_INDEX, "")


class Shape(NamedTuple):
    """An entity as its integration describes it, with a value, and what it is taken for."""

    platform: str
    device: str
    name: str | None  # None: that of the device class, which the frontend translates.
    device_class: str | None
    unit: str | None
    value: str
    taken: Measurement | Refusal
    key: str | None = None  # The translation key.
    state_class: str | None = "measurement"
    options: list[str] | None = None


SHAPES = [
    # Monitors of Home Assistant's own integrations.
    Shape("awair", "Bedroom", None, "pm25", "μg/m³", "7.2", PM25),
    Shape("awair", "Bedroom", None, PARTS, "ppb", "310", VOC_PPB),
    Shape("awair", "Bedroom", "Score", None, "%", "92", Refusal.NOT_AIR, "score"),
    Shape("airthings", "Hall", None, PARTS, "ppb", "120", VOC_PPB, state_class=None),
    Shape("airthings", "Hall", None, "pm25", "μg/m³", "3", PM25, state_class=None),
    Shape("airthings_ble", "Wave Plus", None, PARTS, "ppb", "98", VOC_PPB),
    Shape("airgradient", "I-9PSL", "VOC index", None, None, "103", INDEX,
          "total_volatile_organic_component_index"),
    Shape("airgradient", "I-9PSL", "NOx index", None, None, "1", Refusal.NOT_AIR, "nitrogen_index"),
    Shape("airgradient", "I-9PSL", "Raw VOC", None, "ticks", "31820", Refusal.RESISTANCE,
          "raw_total_volatile_organic_component"),
    Shape("airgradient", "I-9PSL", "PM2.5 particle count", None, "particles/dL", "320",
          Refusal.UNIT, "pm02_count"),
    Shape("airgradient", "I-9PSL", "VOC index learning offset", "duration", "h", "12",
          Refusal.NOT_AIR, "tvoc_learning_offset", None),
    Shape("airq", "air-Q", None, PARTS, "ppb", "210", VOC_PPB),
    Shape("airq", "air-Q", "VOC (Industrial)", PARTS, "ppb", "80", VOC_PPB,
          "industrial_volatile_organic_compounds"),
    Shape("airq", "air-Q", "Virus index", None, "%", "81", Refusal.NOT_AIR, "virus_index"),
    Shape("qingping", "Air Monitor", None, "pm25", "μg/m³", "9", PM25),
    Shape("sensibo", "Elements", "TVOC", None, "ppb", "140", VOC_PPB, "tvoc"),
    Shape("sensibo", "AirQ", "AirQ TVOC", None, "ppb", "140", VOC_PPB, "airq_tvoc"),
    Shape("sensibo", "Elements", None, "aqi", None, "35", Refusal.AIR_QUALITY_INDEX),
    Shape("sensibo", "Pure", "Pure AQI", "enum", None, "good", Refusal.TEXT, "pm25_pure", None,
          ["good", "moderate", "bad"]),
    Shape("foobot", "Foobot", "PM2.5", None, "μg/m³", "12.4", PM25, state_class=None),
    Shape("foobot", "Foobot", "VOC", None, "ppb", "260", VOC_PPB, state_class=None),
    Shape("foobot", "Foobot", "index", None, "%", "31", Refusal.NOT_AIR, state_class=None),
    Shape("airvisual_pro", "Node", None, MASS, "μg/m³", "400", VOC_MASS),
    Shape("airvisual_pro", "Node", "Outdoor air quality index", "aqi", None, "40",
          Refusal.AIR_QUALITY_INDEX, "outdoor_air_quality_index"),
    Shape("purpleair", "Yard", None, "pm25", "μg/m³", "6", PM25),
    Shape("purpleair", "Yard", "Volatile organic compounds air quality index", "aqi", None, "64",
          INDEX, "voc_aqi"),
    Shape("purpleair", "Yard", "PM2.5 count concentration", None, "particles/100mL", "300",
          Refusal.UNIT, "pm2_5_count_concentration"),
    # Thermostats, purifiers, hubs.
    Shape("ecobee", "Thermostat", None, MASS, "μg/m³", "512", VOC_MASS),
    Shape("ecobee", "Thermostat", None, "aqi", None, "58", Refusal.AIR_QUALITY_INDEX),
    Shape("vesync", "Levoit", None, "pm25", "μg/m³", "4", PM25),
    Shape("xiaomi_miio", "Purifier", "TVOC", MASS, "μg/m³", "33", VOC_MASS, "tvoc"),
    Shape("xiaomi_miio", "Purifier", "PM2.5", "pm25", "μg/m³", "5", PM25, "aqi"),
    Shape("dyson_local", "Dyson", "Dyson Volatile Organic Compounds Index", "aqi", None, "3",
          INDEX),
    Shape("dyson_local", "Dyson", "Dyson Nitrogen Dioxide Index", "aqi", None, "1",
          Refusal.AIR_QUALITY_INDEX),
    Shape("dyson_local", "Dyson", "Dyson Formaldehyde", MASS, None, "1", Refusal.UNIT),
    Shape("tuya", "Air box", "Volatile organic compounds", MASS, "mg/m³", "0.12", VOC_MG,
          "voc"),
    Shape("tuya", "Air box", "PM2.5", "pm25", "μg/m³", "15", PM25, "pm25"),
    Shape("tuya", "Air box", "Air quality", "enum", None, "great", Refusal.TEXT, "air_quality",
          None, ["great", "mild"]),
    Shape("smartthings", "Samsung", None, PARTS, "ppm", "0.2", VOC_PPM),
    Shape("smartthings", "Samsung", "PM2.5 health concern", "enum", None, "good", Refusal.TEXT,
          "pm25_health_concern", None, ["good", "moderate"]),
    Shape("lg_thinq", "Puricare", None, "pm25", "μg/m³", "8", PM25),
    # Matter, HomeKit, Zigbee.
    Shape("matter", "Air monitor", None, PARTS, "ppm", "0.3", VOC_PPM),
    Shape("matter", "Air monitor", "TVOC level", "enum", None, "low", Refusal.TEXT, "tvoc_level",
          None, LEVEL_OPTIONS),
    Shape("matter", "ALPSTUGA", None, "pm25", "μg/m³", "11", PM25),
    Shape("homekit_controller", "Eve Room", "Volatile Organic Compound Density", MASS, "μg/m³",
          "290", VOC_MASS),
    Shape("homekit_controller", "Eve Room", "Air Quality", "aqi", None, "1",
          Refusal.AIR_QUALITY_INDEX),
    Shape("zha", "Aqara TVOC", "VOC level", PARTS, "ppb", "180", VOC_PPB),
    Shape("zha", "VINDSTYRKA", "VOC index", None, None, "97", INDEX, "voc_index"),
    Shape("zha", "VINDSTYRKA", "Particulate matter", "pm25", "μg/m³", "2", PM25),
    Shape("mqtt", "Vindstyrka", "VOC index", None, None, "112", INDEX),
    Shape("mqtt", "Vindstyrka", "PM25", "pm25", "µg/m³", "4", PM25),
    Shape("mqtt", "Tuya box", "VOC", MASS, "mg/m³", "0.3", VOC_MG),
    Shape("mqtt", "Aqara", "VOC parts", PARTS, "ppb", "77", VOC_PPB),
    Shape("mqtt", "Aqara", "Air quality", None, None, "excellent", Refusal.TEXT, None, None),
    # ESPHome: the names are the owner's, the rest is the component's.
    Shape("esphome", "Shelf", "VOC", "aqi", None, "104", INDEX),
    Shape("esphome", "Shelf", "NOx", "aqi", None, "1", Refusal.AIR_QUALITY_INDEX),
    Shape("esphome", "Shelf", "IAQ", None, "IAQ", "52", INDEX),
    Shape("esphome", "Shelf", "Static IAQ", None, "IAQ", "48", INDEX),
    Shape("esphome", "Shelf", "IAQ Accuracy", None, None, "3", Refusal.ABOUT_SENSOR),
    Shape("esphome", "Shelf", "IAQ Accuracy", None, None, "Calibrating", Refusal.TEXT, None, None),
    Shape("esphome", "Shelf", "IAQ Classification", None, None, "Good", Refusal.TEXT, None, None),
    Shape("esphome", "Shelf", "Gas Resistance", None, "Ω", "98000", Refusal.RESISTANCE),
    Shape("esphome", "Shelf", "VOC Gas Resistance", None, "kΩ", "98", Refusal.RESISTANCE),
    Shape("esphome", "Shelf", "Breath VOC Equivalent", None, "ppm", "0.51", VOC_PPM),
    Shape("esphome", "Shelf", "CO2 Equivalent", None, "ppm", "612", Refusal.NOT_AIR),
    Shape("esphome", "Shelf", "IAQ CO2 equivalent", None, "ppm", "612", Refusal.NOT_AIR),
    Shape("esphome", "Shelf", "TVOC", None, "ppb", "55", VOC_PPB),
    Shape("esphome", "Shelf", "SGP30 TVOC Baseline", None, None, "35291", Refusal.ABOUT_SENSOR),
    # Other fields of this kind.
    Shape("healthbox", "Healthbox", "VOC", PARTS, "ppm", "450", Refusal.ABOVE_SPAN),
    Shape("template", "", "Lower Level VOC index", None, None, "101", INDEX, state_class=None),
    Shape("openplantbook", "Avocado", "Last watered", "timestamp", None,
          "2026-03-01T10:00:00+00:00", Refusal.TIME, state_class=None),
    Shape("openplantbook", "Avocado", "Avocado last watered", None, None, "2026-03-01",
          Refusal.TEXT, state_class=None),
]  # fmt: skip


def register(hass: HomeAssistant, shape: Shape) -> str:
    """Register an entity of a shape with its device, and show its value."""
    owner = MockConfigEntry(domain=shape.platform)
    owner.add_to_hass(hass)
    device = None
    if shape.device:
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=owner.entry_id,
            identifiers={(shape.platform, shape.device)},
            name=shape.device,
        )
    name = shape.name or (shape.device_class or "").replace("_", " ")
    full = name if name.startswith(shape.device) else f"{shape.device} {name}"
    capabilities: dict[str, Any] = {}
    if shape.state_class:
        capabilities["state_class"] = shape.state_class
    if shape.options:
        capabilities["options"] = shape.options
    entity = er.async_get(hass).async_get_or_create(
        "sensor",
        shape.platform,
        full,
        suggested_object_id=slugify(full),
        config_entry=owner,
        device_id=device.id if device else None,
        has_entity_name=full != name,
        original_name=shape.name,
        original_device_class=shape.device_class,
        translation_key=shape.key,
        unit_of_measurement=shape.unit,
        capabilities=capabilities,
    )
    given = {
        "friendly_name": full,
        "device_class": shape.device_class,
        "unit_of_measurement": shape.unit,
        **capabilities,
    }
    hass.states.async_set(
        entity.entity_id,
        shape.value,
        {key: value for key, value in given.items() if value is not None},
    )
    return entity.entity_id


@pytest.mark.parametrize(
    "shape", SHAPES, ids=lambda shape: f"{shape.platform}-{shape.name or shape.device_class}"
)
async def test_a_brand_is_taken_as_what_it_measures(hass: HomeAssistant, shape: Shape) -> None:
    assert classify(hass, register(hass, shape)) == shape.taken


@pytest.mark.parametrize(
    "shape",
    [shape for shape in SHAPES if isinstance(shape.taken, Measurement) and shape.state_class],
    ids=lambda shape: f"{shape.platform}-{shape.name or shape.device_class}",
)
async def test_a_sensor_that_is_away_is_taken_as_it_is_registered(
    hass: HomeAssistant, shape: Shape
) -> None:
    entity_id = register(hass, shape)
    hass.states.async_set(entity_id, "unavailable")
    assert classify(hass, entity_id) == shape.taken
