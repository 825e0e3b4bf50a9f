"""The rooms that are found by area when the integration is added."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import DOMAIN
from tests.home import shown

VOC_CLASS = "volatile_organic_compounds"

type Known = dict[str, Any]


def put(hass: HomeAssistant, name: str, area: str | None, **known: Any) -> str:
    """Register a sensor in an area, of PM2.5 unless described otherwise."""
    entities = er.async_get(hass)
    described = {"original_device_class": "pm25", "unit_of_measurement": "μg/m³", **known}
    entity = entities.async_get_or_create(
        "sensor", "esphome", name, suggested_object_id=name, **described
    )
    entities.async_update_entity(entity.entity_id, area_id=area)
    return entity.entity_id


async def offered(hass: HomeAssistant, **fields: Any) -> ConfigFlowResult:
    """Fill in the page for the home."""
    page = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    return await hass.config_entries.flow.async_configure(page["flow_id"], fields)


def rooms(page: ConfigFlowResult) -> list[str]:
    """Return the rooms on the list; all are ticked."""
    assert page["step_id"] == "rooms"
    assert page["data_schema"] is not None
    ((field, selector),) = page["data_schema"].schema.items()
    options = selector.config["options"]
    assert field.default() == [option["value"] for option in options]
    return [option["label"] for option in options]


async def test_three_clicks_lead_to_watched_rooms(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    pm25 = put(hass, "p", "kitchen")
    voc = put(hass, "v", "kitchen", original_device_class=VOC_CLASS, unit_of_measurement="mg/m³")
    put(hass, "b", "bedroom")
    page = await offered(hass, use_history=False)
    assert rooms(page) == ["Bedroom: PM2.5", "Kitchen: PM2.5, VOC"]
    assert page["description_placeholders"] is not None
    assert "at most about 3 a month" in page["description_placeholders"]["total"]
    done = await hass.config_entries.flow.async_configure(page["flow_id"], {"rooms": ["kitchen"]})
    await hass.async_block_till_done()
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert "next_flow" not in done
    entry = done["result"]
    assert entry.options == {"promise": "month"}
    (room,) = entry.subentries.values()
    assert (room.title, room.unique_id) == ("Kitchen", "kitchen")
    assert room.data == {
        "area_id": "kitchen",
        "use_history": False,
        "pm25_source": pm25,
        "pm25_unit": "μg/m³",
        "voc_source": voc,
        "voc_kind": "voc_mass",
        "voc_unit": "mg/m³",
        "registered": {one: er.async_get(hass).entities[one].id for one in (pm25, voc)},
        "places": dict.fromkeys((pm25, voc), "kitchen"),
    }
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "no_source"


async def test_unticking_all_leads_to_the_page_for_one_room(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    put(hass, "p", "kitchen")
    page = await offered(hass)
    done = await hass.config_entries.flow.async_configure(page["flow_id"], {"rooms": []})
    assert done["result"].subentries == {}
    assert done["next_flow"]


async def test_the_area_is_that_of_the_device_unless_the_entity_has_its_own(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, device_registry: dr.DeviceRegistry
) -> None:
    owner = MockConfigEntry(domain="esphome")
    owner.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=owner.entry_id, identifiers={("esphome", "1")}
    )
    put(hass, "p", None, device_id=device.id)
    put(hass, "q", "kitchen", device_id=device.id, original_name="Air")
    device_registry.async_update_device(device.id, area_id="bedroom")
    assert rooms(await offered(hass)) == ["Bedroom: PM2.5", "Kitchen: PM2.5"]


async def test_what_cannot_be_a_source_is_not_offered(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    outdoors = put(hass, "outdoors", "kitchen")
    put(hass, "nowhere", None)
    put(hass, "off", "kitchen", disabled_by=er.RegistryEntryDisabler.USER)
    put(hass, "hidden", "kitchen", hidden_by=er.RegistryEntryHider.USER)
    put(hass, "aqi", "kitchen", original_device_class="aqi", unit_of_measurement=None)
    put(hass, "gas", "kitchen", original_device_class=None, unit_of_measurement="kΩ")
    put(hass, "odd", "kitchen", unit_of_measurement="ppm")
    page = await offered(hass, outdoor_pm25=outdoors)
    assert page["type"] is FlowResultType.CREATE_ENTRY
    assert page["next_flow"]


INDEX: Known = {
    "original_device_class": None,
    "unit_of_measurement": None,
    "original_name": "VOC Index",
}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"original_device_class": VOC_CLASS}, INDEX),
        ({}, {"state": "unavailable"}),
        ({"capabilities": {"state_class": "measurement"}}, {}),
        ({}, {"entity_category": er.EntityCategory.DIAGNOSTIC}),
    ],
)
async def test_of_several_sensors_the_best_is_chosen_and_named(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, better: Known, worse: Known
) -> None:
    for name, different in (("z", better), ("a", worse)):
        known = {"state": "5", **different}
        state = known.pop("state")
        entity_id = put(hass, name, "kitchen", **known)
        kept = er.async_get(hass).async_get(entity_id)
        assert kept is not None
        attributes = {
            "device_class": kept.original_device_class,
            "unit_of_measurement": kept.unit_of_measurement,
            "friendly_name": f"Shelf {name}",
        }
        hass.states.async_set(entity_id, state, attributes)
    (label,) = rooms(await offered(hass))
    assert label.endswith("(Shelf z)")


async def test_of_equal_sensors_the_first_by_name_is_chosen(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    for name in ("b", "a"):
        put(hass, name, "kitchen")
    assert rooms(await offered(hass)) == ["Kitchen: PM2.5 (sensor.a)"]
