"""The rooms that are found by area when the integration is added."""

from functools import partial
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigFlowContext,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from tests.conftest import DOMAIN
from tests.home import onward, shown
from tests.recorded import HOUR, keep

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
    return await onward(hass, page["flow_id"], fields)


def listed(page: ConfigFlowResult, name: str) -> list[str]:
    """Return the labels of a list on the page, none where it is not there."""
    assert page["step_id"] == "rooms"
    assert page["data_schema"] is not None
    selector = page["data_schema"].schema.get(name)
    return [option["label"] for option in selector.config["options"]] if selector else []


def ticked(page: ConfigFlowResult) -> list[str]:
    """Return the areas that are ticked."""
    assert page["data_schema"] is not None
    (field,) = [field for field in page["data_schema"].schema if field == "rooms"]
    default: list[str] = field.default()
    return default


def rooms(page: ConfigFlowResult) -> list[str]:
    """Return the rooms on the list; all are ticked."""
    labels = listed(page, "rooms")
    assert len(ticked(page)) == len(labels)
    return labels


def found(page: ConfigFlowResult) -> str:
    """Return what the page says of choices, and of what is not taken and why."""
    assert page["description_placeholders"] is not None
    text = page["description_placeholders"]["found"]
    assert all(line.startswith(">") for line in text.splitlines())
    lines = [line.removeprefix(">").removeprefix(" ") for line in text.splitlines()]
    return "" if lines == ["–"] else "\n".join(lines)


def show(hass: HomeAssistant, entity_id: str, value: object, **attributes: object) -> str:
    """Show a value of a sensor as it is registered, or of one that is not registered."""
    known = er.async_get(hass).async_get(entity_id)
    given: dict[str, object] = {}
    if known is not None:
        given = {
            "device_class": known.original_device_class,
            "unit_of_measurement": known.unit_of_measurement,
        }
    hass.states.async_set(entity_id, str(value), given | attributes)
    return entity_id


async def test_set_up_says_what_a_budget_of_the_home_means_for_each_sensor(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    areas = [ar.async_get(hass).async_create(f"Room {number}").id for number in range(10)]
    for area in areas:
        put(hass, area, area)
    page = await offered(hass)
    page = await hass.config_entries.flow.async_configure(page["flow_id"], {"rooms": areas})
    assert page["step_id"] == "home"
    assert page["description_placeholders"] == {"sensors": "10"}
    chosen = {"alerts_of_home": 2}
    done = await hass.config_entries.flow.async_configure(page["flow_id"], chosen)
    await hass.async_block_till_done()
    assert done["result"].options == {
        "promise": "month",
        "alerts_of_home": 2,
        "keep_90_days_only": False,
    }
    rooms_of = done["result"].runtime_data.rooms.values()
    channels = [channel for room in rooms_of for channel in room.channels.values()]
    assert [channel.promise_days for channel in channels] == [150] * 10


async def test_three_clicks_lead_to_watched_rooms(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    pm25 = put(hass, "p", "kitchen")
    voc = put(hass, "v", "kitchen", original_device_class=VOC_CLASS, unit_of_measurement="mg/m³")
    put(hass, "b", "bedroom")
    page = await offered(hass, use_history=False)
    assert rooms(page) == ["Bedroom: PM2.5", "Kitchen: PM2.5, VOC"]
    done = await onward(hass, page["flow_id"], {"rooms": ["kitchen"]})
    await hass.async_block_till_done()
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert "next_flow" not in done
    entry = done["result"]
    assert entry.options == {"promise": "month", "keep_90_days_only": False}
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
    done = await onward(hass, page["flow_id"], {"rooms": []})
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


async def test_what_cannot_be_a_source_is_listed_with_the_sentence_why(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    put(hass, "off", "kitchen", disabled_by=er.RegistryEntryDisabler.USER)
    put(hass, "hidden", "kitchen", hidden_by=er.RegistryEntryHider.USER)
    put(hass, "aqi", "kitchen", original_device_class="aqi", unit_of_measurement=None)
    put(hass, "voc_gas", "kitchen", original_device_class=None, unit_of_measurement="kΩ")
    put(hass, "odd", "kitchen", unit_of_measurement="ppm")
    put(hass, "avocado", "kitchen", original_device_class="timestamp", unit_of_measurement=None)
    page = await offered(hass)
    assert listed(page, "rooms") == listed(page, "no_area") == []
    lines = found(page).split("\n- ")
    assert lines.pop(0) == "**Found, but not taken**\n"
    assert [line.partition("): ")[0].replace("\\", "") for line in lines] == [
        "sensor.aqi (Kitchen",
        "sensor.odd (Kitchen",
        "sensor.voc_gas (Kitchen",
    ]
    assert "air quality index" in lines[0]
    assert "does not support this sensor's unit" in lines[1]
    assert "raw gas resistance" in lines[2]
    done = await onward(hass, page["flow_id"], {})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["next_flow"]


async def test_a_home_without_sensors_of_the_air_has_no_list(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    show(hass, "sensor.water_meter", 12)
    page = await offered(hass)
    assert page["type"] is FlowResultType.CREATE_ENTRY
    assert page["next_flow"]


async def test_a_sensor_without_an_area_is_offered_and_its_area_is_asked(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    nowhere = put(hass, "nowhere", None)
    particles = {"device_class": "pm25", "unit_of_measurement": "μg/m³"}
    show(hass, "sensor.yaml", 5, friendly_name="From *YAML*", **particles)
    show(hass, "sensor.third", 5, **particles)
    page = await offered(hass)
    assert listed(page, "rooms") == []
    assert listed(page, "no_area") == [
        "From *YAML*: PM2.5",
        "sensor.nowhere: PM2.5",
        "third: PM2.5",
    ]
    configure = partial(onward, hass)
    chosen = ["sensor.third", "sensor.yaml", nowhere]
    page = await configure(page["flow_id"], {"no_area": chosen})
    assert page["step_id"] == "area"
    assert page["description_placeholders"] == {"sensor": "third", "quantity": "PM2.5"}
    page = await configure(page["flow_id"], {"area_id": "kitchen"})
    assert page["description_placeholders"] == {
        "sensor": r"From \*YAML\*",
        "quantity": "PM2.5",
    }
    page = await configure(page["flow_id"], {"area_id": "kitchen"})
    assert page["errors"] == {"area_id": "area_has_sensor"}
    assert page["data_schema"] is not None
    (field,) = page["data_schema"].schema
    assert field.description == {"suggested_value": "kitchen"}
    page = await configure(page["flow_id"], {})  # Left out.
    done = await configure(page["flow_id"], {"area_id": "bedroom"})
    await hass.async_block_till_done()
    chosen_sources = {
        room.title: room.data["pm25_source"] for room in done["result"].subentries.values()
    }
    assert chosen_sources == {"Kitchen": "sensor.third", "Bedroom": nowhere}


@pytest.mark.parametrize("name", ["Garten", "Back balcony", "Terrasse", "Jardín"])
async def test_an_area_outdoors_is_offered_but_not_ticked(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    area_registry: ar.AreaRegistry,
    name: str,
) -> None:
    put(hass, "p", area_registry.async_get_or_create(name).id)
    put(hass, "k", "kitchen")
    page = await offered(hass)
    assert sorted(listed(page, "rooms")) == sorted(
        [f"{name}: PM2.5 – seems to be outdoors", "Kitchen: PM2.5"]
    )
    assert ticked(page) == ["kitchen"]


def device(hass: HomeAssistant, platform: str, name: str, **known: Any) -> str:
    """Register a device in the kitchen."""
    owner = MockConfigEntry(domain=platform)
    owner.add_to_hass(hass)
    made = dr.async_get(hass).async_get_or_create(
        config_entry_id=owner.entry_id, identifiers={(platform, name)}, name=name, **known
    )
    dr.async_get(hass).async_update_device(made.id, area_id="kitchen")
    return made.id


async def test_monitors_come_before_purifiers_before_services(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entity_registry: er.EntityRegistry
) -> None:
    service = device(hass, "airly", "Town", entry_type=dr.DeviceEntryType.SERVICE)
    purifier = device(hass, "vesync", "Cleaner")
    monitor = device(hass, "awair", "Shelf")
    entity_registry.async_get_or_create("fan", "vesync", "1", device_id=purifier)
    put(hass, "a_town", None, device_id=service)
    put(hass, "b_cleaner", None, device_id=purifier)
    put(hass, "c_shelf", None, device_id=monitor)
    page = await offered(hass)
    assert rooms(page) == ["Kitchen: PM2.5 (sensor.c_shelf)"]
    text = found(page).replace("\\", "")
    assert text == (
        "**Chosen from several sensors**\n\n"
        "- Kitchen, PM2.5: sensor.c_shelf (days of history: 0). Not chosen: "
        "sensor.b_cleaner (days of history: 0), sensor.a_town (days of history: 0)"
    )


async def test_of_equal_sensors_that_of_a_device_is_chosen(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    put(hass, "a_mean", "kitchen")
    put(hass, "b_shelf", None, device_id=device(hass, "awair", "Shelf"))
    assert rooms(await offered(hass)) == ["Kitchen: PM2.5 (sensor.b_shelf)"]


async def test_a_service_alone_is_offered_but_not_ticked(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entity_registry: er.EntityRegistry
) -> None:
    weather = device(hass, "met", "Forecast")
    entity_registry.async_get_or_create("weather", "met", "1", device_id=weather)
    put(hass, "town", None, device_id=weather)
    page = await offered(hass)
    assert listed(page, "rooms") == ["Kitchen: PM2.5 – from an online service, not from this room"]
    assert ticked(page) == []
    # In a room that has a sensor of its own, the air of the town is left out.
    put(hass, "v", "kitchen", original_device_class=VOC_CLASS, unit_of_measurement="mg/m³")
    hass.config_entries.flow.async_abort(page["flow_id"])
    page = await offered(hass)
    assert rooms(page) == ["Kitchen: VOC"]
    assert found(page).replace("\\", "") == (
        "**Found, but not taken**\n\n"
        "- sensor.town (Kitchen) – from an online service, not from this room"
    )


async def test_a_sensor_that_says_outdoors_is_no_source_of_a_room(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    put(hass, "outdoor_pm25", "kitchen")
    page = await offered(hass)
    assert listed(page, "rooms") == ["Kitchen: PM2.5 – seems to be outdoors"]
    hass.config_entries.flow.async_abort(page["flow_id"])
    put(hass, "z", "kitchen")
    assert rooms(await offered(hass)) == ["Kitchen: PM2.5 (sensor.z)"]


async def test_what_somebody_places_does_not_replace_what_was_chosen(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    put(hass, "p", "kitchen")
    nowhere = put(hass, "nowhere", None)
    page = await offered(hass)
    configure = partial(onward, hass)
    page = await configure(page["flow_id"], {"rooms": ["kitchen"], "no_area": [nowhere]})
    page = await configure(page["flow_id"], {"area_id": "kitchen"})
    assert page["errors"] == {"area_id": "area_has_sensor"}
    done = await configure(page["flow_id"], {})
    await hass.async_block_till_done()
    assert [room.data["pm25_source"] for room in done["result"].subentries.values()] == ["sensor.p"]


async def test_a_thermostat_that_shows_the_weather_is_no_service(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, entity_registry: er.EntityRegistry
) -> None:
    thermostat = device(hass, "ecobee", "Thermostat")
    for domain in ("weather", "climate"):
        entity_registry.async_get_or_create(domain, "ecobee", domain, device_id=thermostat)
    put(hass, "p", None, device_id=thermostat)
    assert rooms(await offered(hass)) == ["Kitchen: PM2.5"]


async def test_the_sensor_with_most_history_is_chosen(
    recorder_mock: object, hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    for name, days in (("b_monitor", 45), ("c_monitor", 12), ("a_new", 0)):
        entity_id = show(hass, put(hass, name, "kitchen"), 5)
        if days:
            await keep(hass, HOUR, days, source=entity_id)
    page = await offered(hass)
    assert rooms(page) == ["Kitchen: PM2.5 (b monitor)"]
    assert found(page) == (
        "**Chosen from several sensors**\n\n"
        "- Kitchen, PM2.5: b monitor (days of history: 45). Not chosen: "
        "c monitor (days of history: 12), a new (days of history: 0)"
    )


async def test_the_values_of_the_last_hours_speak_for_a_sensor_that_is_away(
    recorder_mock: object, hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    parts = {"original_device_class": f"{VOC_CLASS}_parts", "unit_of_measurement": "ppm"}
    wrong, right = (put(hass, name, name, **parts) for name in ("kitchen", "bedroom"))
    text = put(hass, "voc_index", "kitchen", **INDEX, capabilities={"state_class": "measurement"})
    for values in ((450, 0.4, "Good"), (460, 0.5, "Bad"), ("unavailable",) * 3):
        for entity_id, value in zip((wrong, right, text), values, strict=True):
            show(hass, entity_id, value)
        await async_wait_recording_done(hass)
        clock.tick(600)
    page = await offered(hass)
    assert rooms(page) == ["Bedroom: VOC"]
    lines = found(page).split("\n- ")[1:]
    assert "higher than a sensor with this unit can measure" in lines[0]
    assert "words, not numbers" in lines[1]


async def test_a_concentration_with_less_history_comes_before_an_index(
    recorder_mock: object, hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    index = show(hass, put(hass, "a_index", "kitchen", **INDEX), 100)
    await keep(hass, HOUR, 30, source=index, unit=None)
    voc = put(hass, "b", "kitchen", original_device_class=VOC_CLASS, unit_of_measurement="mg/m³")
    show(hass, voc, 0.3)
    assert rooms(await offered(hass)) == ["Kitchen: VOC (b)"]


async def test_somebody_can_say_what_a_sensor_is(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    plain = {"original_device_class": None, "unit_of_measurement": None}
    shelf = show(hass, put(hass, "shelf", "kitchen", **plain), 700)
    desk = show(hass, put(hass, "desk", None, **plain), 95)
    show(hass, put(hass, "words", "kitchen", **plain), "Good")
    put(hass, "v", "kitchen", original_device_class=VOC_CLASS, unit_of_measurement="mg/m³")
    page = await offered(hass)
    assert listed(page, "said") == ["desk: VOC index", "shelf: VOC index"]
    configure = partial(onward, hass)
    answers = {"rooms": ["kitchen"], "said": [f"voc_index:{shelf}", f"voc_index:{desk}"]}
    page = await configure(page["flow_id"], answers)
    assert page["errors"] == {"said": "said_refused"}
    assert page["description_placeholders"] is not None
    assert page["description_placeholders"]["sensor"] == "shelf"
    assert "do not fit" in page["description_placeholders"]["reason"]
    show(hass, shelf, 102)
    page = await configure(page["flow_id"], answers)
    assert page["step_id"] == "area"
    page = await configure(page["flow_id"], {"area_id": "kitchen"})
    assert page["errors"] == {"area_id": "area_has_sensor"}
    done = await configure(page["flow_id"], {"area_id": "bedroom"})
    await hass.async_block_till_done()
    kept = {
        room.title: (room.data["voc_source"], room.data["voc_kind"])
        for room in done["result"].subentries.values()
    }
    # What somebody says comes before what was found.
    assert kept == {"Kitchen": (shelf, "voc_index"), "Bedroom": (desk, "voc_index")}


async def test_two_sensors_of_one_kind_cannot_be_said_for_one_room(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    plain = {"original_device_class": None, "unit_of_measurement": None}
    known = [show(hass, put(hass, name, "kitchen", **plain), 95) for name in ("a", "b")]
    put(hass, "p", "kitchen")
    page = await offered(hass)
    said = [f"voc_index:{entity_id}" for entity_id in known]
    configure = partial(onward, hass)
    page = await configure(page["flow_id"], {"rooms": ["kitchen"], "said": said})
    assert page["errors"] == {"said": "area_has_sensor"}


async def test_a_long_list_of_what_is_not_taken_ends_with_a_number(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    for number in range(23):
        show(hass, f"sensor.voc_{number:02}", "Normal")
    text = found(await offered(hass))
    assert text.count("shows words, not numbers") == 20
    assert text.endswith("\n- And more sensors: 3")


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


async def look_again(hass: HomeAssistant) -> ConfigFlowResult:
    """Reconfigure the entry."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    context = ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
    return await hass.config_entries.flow.async_init(DOMAIN, context=context)


async def test_to_reconfigure_is_to_look_again_for_rooms_that_are_not_there_yet(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, area_registry: ar.AreaRegistry
) -> None:
    put(hass, "cooker", "kitchen")
    outdoors = put(hass, "balcony", "balcony")
    configure = partial(onward, hass)
    page = await offered(hass)
    chosen = {"rooms": ["kitchen"]}
    entry = (await configure(page["flow_id"], chosen, outdoor_pm25=outdoors))["result"]
    await hass.async_block_till_done()
    options = dict(entry.options)
    assert (await look_again(hass))["reason"] == "no_rooms_added"

    nowhere = put(hass, "nowhere", None)
    put(hass, "second", "kitchen")
    put(hass, "bedside", "bedroom")
    page = await look_again(hass)
    assert rooms(page) == ["Bedroom: PM2.5"]
    page = await configure(page["flow_id"], {"rooms": ["bedroom"], "no_area": [nowhere]})
    page = await configure(page["flow_id"], {"area_id": "kitchen"})
    assert page["errors"] == {"area_id": "area_taken"}
    done = await configure(page["flow_id"], {"area_id": area_registry.async_create("Office").id})
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "rooms_added")
    await hass.async_block_till_done()
    assert [room.title for room in entry.subentries.values()] == ["Kitchen", "Bedroom", "Office"]
    assert dict(entry.options) == options
    for room in ("kitchen", "bedroom", "office"):
        assert shown(hass, f"sensor.{room}_pm25_learning").state in ("collecting", "no_source")


async def test_a_room_that_was_added_while_somebody_looked_again_is_not_added_twice(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    put(hass, "cooker", "kitchen")
    configure = partial(onward, hass)
    entry = (await configure((await offered(hass))["flow_id"], {"rooms": ["kitchen"]}))["result"]
    put(hass, "bedside", "bedroom")
    pages = [await look_again(hass) for _ in range(2)]
    ends = [await configure(page["flow_id"], {"rooms": ["bedroom"]}) for page in pages]
    assert [end["reason"] for end in ends] == ["rooms_added", "no_rooms_added"]
    assert [room.title for room in entry.subentries.values()] == ["Kitchen", "Bedroom"]


def contact(hass: HomeAssistant, name: str, area: str, device_class: str = "window") -> str:
    """Register a contact in an area."""
    entities = er.async_get(hass)
    entity = entities.async_get_or_create(
        "binary_sensor",
        "zha",
        name,
        suggested_object_id=name,
        original_device_class=device_class,
        original_name=name,
    )
    entities.async_update_entity(entity.entity_id, area_id=area)
    return entity.entity_id


async def test_contacts_of_the_chosen_rooms_are_offered_and_windows_are_ticked(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    put(hass, "p", "kitchen")
    put(hass, "b", "bedroom")
    pane, door = contact(hass, "pane", "kitchen"), contact(hass, "door", "kitchen", "door")
    contact(hass, "alarm", "kitchen", "smoke")
    contact(hass, "other", "bedroom")
    page = await offered(hass)
    configure = hass.config_entries.flow.async_configure
    page = await configure(page["flow_id"], {"rooms": ["kitchen"]})
    assert page["data_schema"] is not None
    field = next(field for field in page["data_schema"].schema if field == "windows")
    labels = page["data_schema"].schema[field].config["options"]
    assert [one["label"] for one in labels] == [f"Kitchen: {one}" for one in (door, pane)]
    assert field.default() == [pane]
    done = await configure(page["flow_id"], {"windows": [door, pane]})
    await hass.async_block_till_done()
    (room,) = done["result"].subentries.values()
    assert room.data["windows"] == [door, pane]
    assert "windows" not in done["result"].options

    page = await look_again(hass)
    page = await configure(page["flow_id"], {"rooms": ["bedroom"]})
    assert page["step_id"] == "windows"
    done = await configure(page["flow_id"], {"windows": []})
    assert done["reason"] == "rooms_added"


async def test_a_room_without_contacts_is_not_asked_for_windows(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    put(hass, "p", "kitchen")
    contact(hass, "other", "bedroom")
    page = await offered(hass)
    configure = hass.config_entries.flow.async_configure
    page = await configure(page["flow_id"], {"rooms": ["kitchen"]})
    assert page["data_schema"] is not None
    assert "windows" not in [str(field) for field in page["data_schema"].schema]


async def test_a_sensor_of_a_chosen_room_is_not_also_outdoors(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    source = show(hass, put(hass, "p", "kitchen"), 5)
    page = await offered(hass)
    page = await onward(hass, page["flow_id"], {"rooms": ["kitchen"]}, outdoor_pm25=source)
    assert page["errors"] == {"outdoor_pm25": "source_indoors"}
