"""Setting up: the page for the home, the pages for rooms, and everything that is refused."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    FlowType,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import DOMAIN
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    PM25,
    VOC,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    device_id,
    learned,
    onward,
    pass_time,
    report,
    set_up,
    shown,
    usual,
)

PARTICLES = {"device_class": "pm25", "unit_of_measurement": "μg/m³"}
VOC_CLASS = "volatile_organic_compounds"


@pytest.fixture
def empty(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> MockConfigEntry:
    """Return an entry without rooms, not set up yet."""
    entry = MockConfigEntry(domain=DOMAIN, title="Air Baseline", options={"promise": "month"})
    entry.add_to_hass(hass)
    return entry


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    """Begin to add a room."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "room"), context=SubentryFlowContext(source=SOURCE_USER)
    )


async def answer(hass: HomeAssistant, flow_id: str, **fields: object) -> SubentryFlowResult:
    """Fill in the page of a room, and confirm the page about its history."""
    result = await hass.config_entries.subentries.async_configure(flow_id, fields)
    if result.get("step_id") == "history":
        result = await hass.config_entries.subentries.async_configure(flow_id, {})
    await hass.async_block_till_done()
    return result


async def add_room(
    hass: HomeAssistant, entry: MockConfigEntry, **fields: str
) -> SubentryFlowResult:
    return await answer(hass, (await begin(hass, entry))["flow_id"], **fields)


def suggested(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form suggests."""
    return {
        str(field): field.description["suggested_value"]
        for field in result["data_schema"].schema
        if field.description
    }


def placeholders(result: Mapping[str, Any]) -> dict[str, str]:
    """Return what a page says that only the home knows."""
    return dict(result["description_placeholders"])


async def test_setting_up_goes_straight_on_to_the_first_room(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    report(hass, PM25, 5)
    page = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert page["type"] is FlowResultType.FORM
    assert page["step_id"] == "user"
    found = await hass.config_entries.flow.async_configure(page["flow_id"], {})
    assert found["step_id"] == "rooms"  # The sensor has no area, so no room is offered.
    created = await onward(hass, page["flow_id"], {}, promise="fortnight")
    assert created["type"] is FlowResultType.CREATE_ENTRY
    entry = created["result"]
    assert entry.title == "Air Baseline"
    assert entry.data == {"use_history": True}
    assert entry.options == {"promise": "fortnight", "keep_90_days_only": False}
    kind, flow_id = created["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    room = await answer(hass, flow_id, area_id="kitchen", pm25_source=PM25)
    assert room["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = entry.subentries.values()
    assert (subentry.title, subentry.unique_id) == ("Kitchen", "kitchen")
    assert subentry.data == {
        "area_id": "kitchen",
        "use_history": True,
        "pm25_source": PM25,
        "pm25_unit": "μg/m³",
    }
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "collecting"


async def test_the_promise_is_a_month_unless_something_else_is_chosen(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    page = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    page = await hass.config_entries.flow.async_configure(page["flow_id"], {})
    assert page["step_id"] == "home"
    with pytest.raises(InvalidData):
        await hass.config_entries.flow.async_configure(page["flow_id"], {"promise": "never"})
    created = await hass.config_entries.flow.async_configure(page["flow_id"], {})
    assert created["result"].options == {"promise": "month", "keep_90_days_only": False}


async def test_there_is_one_entry_only(hass: HomeAssistant, empty: MockConfigEntry) -> None:
    page = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert page["type"] is FlowResultType.ABORT
    assert page["reason"] == "single_instance_allowed"


async def test_another_promise_keeps_what_was_learned(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    entry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(hours=1), {PM25: usual})
    assert shown(hass, "binary_sensor.kitchen_pm25_unusual").state == "off"
    page = await hass.config_entries.options.async_init(entry.entry_id)
    assert suggested(page) == {"promise": "month"}
    done = await hass.config_entries.options.async_configure(
        page["flow_id"], {"promise": "two_months"}
    )
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    await pass_time(hass, clock, timedelta(hours=1), {PM25: usual})
    unusual = shown(hass, "binary_sensor.kitchen_pm25_unusual")
    assert unusual.state == "unknown"
    assert unusual.attributes["reason"] == "reference_days"
    assert unusual.attributes["learning_state"] == "learned"


async def test_the_home_can_have_a_budget_and_the_page_says_what_it_comes_to(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    """The numbers are those of the sensors of now: three, in two rooms."""
    entry = a_home()
    await set_up(hass, entry)
    for chosen, options, days in (
        ({}, {}, "35"),
        ({"alerts_of_home": 1}, {"alerts_of_home": 1}, "90"),
        # The field of Home Assistant's own page gives a number with a point.
        ({"alerts_of_home": 2.0}, {"alerts_of_home": 2}, "45"),
        # Of more than the promises come to, nothing is left to share.
        ({"alerts_of_home": 3}, {"alerts_of_home": 3}, "35"),
        ({}, {}, "35"),
    ):
        page = await hass.config_entries.options.async_init(entry.entry_id)
        done = await hass.config_entries.options.async_configure(page["flow_id"], chosen)
        assert done["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        others = {"promise": "month", "keep_90_days_only": False, "everyone_may_correct": False}
        assert entry.options == {**others, **options}
        page = await hass.config_entries.options.async_init(entry.entry_id)
        assert suggested(page) == entry.options
        assert placeholders(page) == {"sensors": "3", "days": days}
        hass.config_entries.options.async_abort(page["flow_id"])


@pytest.mark.parametrize("budget", [0, -1, 31, 0.5, "many", "nan", [2]])
async def test_a_budget_that_is_none_is_refused(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, budget: object
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    page = await hass.config_entries.options.async_init(entry.entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            page["flow_id"], {"alerts_of_home": budget}
        )
    assert "alerts_of_home" not in entry.options


async def test_the_field_for_the_budget_can_be_sent_to_the_browser(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_client: ClientSessionGenerator
) -> None:
    await async_setup_component(hass, "config", {})
    entry = a_home()
    await set_up(hass, entry)
    client = await hass_client()
    response = await client.post(
        "/api/config/config_entries/options/flow", json={"handler": entry.entry_id}
    )
    page = await response.json()
    (field,) = [field for field in page["data_schema"] if field["name"] == "alerts_of_home"]
    assert field["optional"]
    assert field["selector"]["number"] == {"min": 1.0, "max": 30.0, "step": 1.0, "mode": "box"}
    assert page["description_placeholders"]["sensors"] == "3"


MILLIGRAMS = {"unit_of_measurement": "mg/m³"}


@pytest.mark.parametrize(
    ("source", "attributes", "stored"),
    [
        ("pm25_source=sensor.a", PARTICLES, ("μg/m³",)),
        ("pm25_source=sensor.a", PARTICLES | {"unit_of_measurement": "µg/m³"}, ("μg/m³",)),
        ("pm25_source=sensor.a", PARTICLES | MILLIGRAMS | {"state": "0.005"}, ("mg/m³",)),
        ("voc_source=sensor.a", {"device_class": VOC_CLASS} | MILLIGRAMS, ("voc_mass", "mg/m³")),
        (
            "voc_source=sensor.a",
            {"device_class": f"{VOC_CLASS}_parts", "unit_of_measurement": "ppm"},
            ("voc_ratio", "ppm"),
        ),
        ("voc_source=sensor.office_voc_index", {}, ("voc_index", "")),
        ("voc_source=sensor.bme680_iaq", {"unit_of_measurement": "IAQ"}, ("voc_index", "")),
        ("voc_source=sensor.bme680_iaq", {"device_class": "aqi"}, ("voc_index", "")),
    ],
)
async def test_these_entities_can_be_a_source(
    hass: HomeAssistant,
    empty: MockConfigEntry,
    source: str,
    attributes: dict[str, str],
    stored: tuple[str, ...],
) -> None:
    field, _, entity_id = source.partition("=")
    value = attributes.get("state", "5")
    hass.states.async_set(entity_id, value, attributes)
    result = await add_room(hass, empty, area_id="kitchen", **{field: entity_id})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (room,) = empty.subentries.values()
    assert tuple(room.data.values()) == ("kitchen", True, entity_id, *stored)


@pytest.mark.parametrize(
    ("entity_id", "attributes", "error"),
    [
        ("sensor.a", PARTICLES | {"unit_of_measurement": "ppm"}, "source_unit"),
        ("sensor.a", {"device_class": "pm25"}, "source_unit"),
        ("sensor.gas", {"unit_of_measurement": "kΩ"}, "source_resistance"),
        ("sensor.voc_gas", {"unit_of_measurement": "ohm"}, "source_resistance"),
        ("sensor.a", {"device_class": "aqi"}, "source_air_quality_index"),
        ("sensor.voc_index", {"unit_of_measurement": "ppb"}, "source_unit"),
        ("sensor.voc_quality", {}, "source_levels"),
        ("sensor.voc_index", {"options": ["5"]}, "source_text"),
        ("sensor.voc", {"device_class": "date"}, "source_time"),
        ("sensor.voc", {"state": "unknown"}, "source_no_value"),
        ("sensor.voc", {"state": "501"}, "source_above_span"),
        ("sensor.voc_accuracy", {}, "source_about_sensor"),
        ("sensor.a", {"device_class": "temperature"}, "source_not_air"),
        ("sensor.a", {"device_class": VOC_CLASS, "unit_of_measurement": "ppb"}, "source_unit"),
        ("sensor.a", PARTICLES, "source_other_quantity"),
        ("sensor.nowhere", None, "source_missing"),
    ],
)
async def test_these_entities_cannot_be_a_source_of_voc(
    hass: HomeAssistant,
    empty: MockConfigEntry,
    entity_id: str,
    attributes: dict[str, Any] | None,
    error: str,
) -> None:
    if attributes is not None:
        hass.states.async_set(entity_id, attributes.get("state", "5"), attributes)
    result = await add_room(hass, empty, area_id="kitchen", voc_source=entity_id)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"voc_source": error}
    assert not empty.subentries


async def test_voc_cannot_be_the_source_of_pm25(
    hass: HomeAssistant, empty: MockConfigEntry
) -> None:
    report(hass, VOC, 100)
    result = await add_room(hass, empty, area_id="kitchen", pm25_source=VOC)
    assert result["errors"] == {"pm25_source": "source_other_quantity"}


async def test_only_a_sensor_can_be_a_source(hass: HomeAssistant, empty: MockConfigEntry) -> None:
    hass.states.async_set("number.voc_index", "5")
    with pytest.raises(InvalidData):
        await add_room(hass, empty, area_id="kitchen", voc_source="number.voc_index")


async def test_our_own_entities_cannot_be_a_source(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    result = await add_room(
        hass, entry, area_id="bedroom", pm25_source="sensor.kitchen_pm25_usual_high"
    )
    assert result["errors"] == {"pm25_source": "source_own"}


async def test_an_unavailable_source_is_judged_by_its_registration(
    hass: HomeAssistant, empty: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    known = entity_registry.async_get_or_create(
        "sensor",
        "esphome",
        "1",
        original_device_class=f"{VOC_CLASS}_parts",
        unit_of_measurement="ppb",
    )
    hass.states.async_set(known.entity_id, "unavailable")
    result = await add_room(hass, empty, area_id="kitchen", voc_source=known.entity_id)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    hass.states.async_set("sensor.b", "unavailable", {"device_class": "pm25"})
    result = await add_room(hass, empty, area_id="bedroom", pm25_source="sensor.b")
    assert result["errors"] == {"pm25_source": "source_unit"}


async def test_errors_are_shown_field_by_field_and_the_same_page_recovers(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    report(hass, "sensor.hall_pm25", 5, **PARTICLES)
    flow_id = (await begin(hass, entry))["flow_id"]
    refused = await answer(hass, flow_id, area_id="kitchen", pm25_source=PM25, voc_source=INDEX)
    assert refused["errors"] == {
        "area_id": "area_taken",
        "pm25_source": "source_missing",
        "voc_source": "source_missing",
    }
    assert suggested(refused) == {
        "area_id": "kitchen",
        "use_history": True,
        "pm25_source": PM25,
        "voc_source": INDEX,
    }
    report(hass, PM25, 5)
    refused = await answer(hass, flow_id, area_id="hall", pm25_source=PM25)
    assert refused["errors"] == {"pm25_source": "source_taken"}
    refused = await answer(hass, flow_id, area_id="hall")
    assert refused["errors"] == {"base": "no_source"}
    done = await answer(hass, flow_id, area_id="hall", pm25_source="sensor.hall_pm25")
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["title"] == "hall"  # An area that is gone has no name but its id.
    assert shown(hass, "sensor.hall_pm25_learning").state == "collecting"


async def test_the_lists_offer_sensors_of_integrations_that_have_one_without_a_class(
    hass: HomeAssistant, empty: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    def known(platform: str, unit: str | None = None, **named: Any) -> None:
        entity = entity_registry.async_get_or_create(
            "sensor", platform, "1", unit_of_measurement=unit, **named
        )
        hass.states.async_set(entity.entity_id, "100", {"unit_of_measurement": unit})

    known("airgradient", translation_key="total_volatile_organic_component_index")
    known("esphome", original_name="VOC Index")
    known("foobot", "μg/m³", original_name="PM2.5")
    known("mqtt", original_name="Outside")
    page = await begin(hass, empty)
    assert page["data_schema"] is not None
    for field, platforms in (
        ("voc_source", [None, "airgradient", "esphome"]),
        ("pm25_source", [None, "foobot"]),
    ):
        offered = page["data_schema"].schema[field].config["filter"]
        assert [item.get("integration") for item in offered] == platforms


def sayable(page: Mapping[str, Any]) -> list[str]:
    """Return what somebody may say of sensors on a page."""
    assert page["data_schema"] is not None
    selector = page["data_schema"].schema.get("said")
    return [option["label"] for option in selector.config["options"]] if selector else []


async def test_the_page_of_a_room_lists_what_can_be_taken_and_what_not_and_why(
    hass: HomeAssistant, empty: MockConfigEntry
) -> None:
    report(hass, PM25, 5)
    report(hass, "sensor.shelf_voc_quality", "Normal")
    report(hass, "sensor.water_meter", 12)
    page = await begin(hass, empty)
    assert page["description_placeholders"] == {
        "found": "> **Sensors that can be chosen**\n>\n"
        "> - kitchen pm25: PM2.5\n>\n"
        "> **Found, but not taken**\n>\n"
        "> - shelf voc quality: This sensor shows words, not numbers."
    }
    assert sayable(page) == ["water meter: VOC index"]


async def test_somebody_can_say_what_a_sensor_is_and_the_room_keeps_it(
    hass: HomeAssistant, empty: MockConfigEntry
) -> None:
    report(hass, "sensor.shelf", 103)
    page = await begin(hass, empty)
    refused = await answer(hass, page["flow_id"], area_id="kitchen", voc_source="sensor.shelf")
    assert refused["errors"] == {"voc_source": "source_not_air"}
    said = ["voc_index:sensor.shelf"]
    report(hass, "sensor.shelf", 700)
    refused = await answer(hass, page["flow_id"], area_id="kitchen", said=said)
    assert refused["errors"] == {"said": "source_outside"}
    report(hass, "sensor.shelf", 103)
    done = await answer(hass, page["flow_id"], area_id="kitchen", said=said)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    (room,) = empty.subentries.values()
    assert room.data["voc_source"] == "sensor.shelf"
    assert (room.data["voc_kind"], room.data["voc_unit"]) == ("voc_index", "")

    # Its reading goes on, and its page does not ask again, whatever the value is now.
    await hass.config_entries.async_setup(empty.entry_id)
    await hass.async_block_till_done()
    assert shown(hass, "sensor.kitchen_voc_learning").state == "collecting"
    for value in ("103", "unavailable"):
        hass.states.async_set("sensor.shelf", value)
        again = await empty.start_subentry_reconfigure_flow(hass, room.subentry_id)
        assert suggested(again)["voc_source"] == "sensor.shelf"
        done = await answer(hass, again["flow_id"], area_id="bedroom", voc_source="sensor.shelf")
        assert done["reason"] == "reconfigure_successful"


async def test_what_somebody_says_is_one_sensor_for_a_field_of_no_other_room(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    report(hass, VOC, 100)
    report(hass, "sensor.hall_voc_index", 100)
    report(hass, "sensor.shelf", 103)
    page = await begin(hass, entry)
    fields = {"area_id": "hall", "said": ["voc_index:sensor.shelf"]}
    refused = await answer(hass, page["flow_id"], voc_source="sensor.hall_voc_index", **fields)
    assert refused["errors"] == {"said": "source_field_filled"}
    page = await begin(hass, entry)
    hass.config_entries.async_update_subentry(
        entry,
        entry.subentries[BEDROOM],
        data={**entry.subentries[BEDROOM].data, "voc_source": "sensor.shelf"},
    )
    refused = await answer(hass, page["flow_id"], **fields)
    assert refused["errors"] == {"said": "source_taken"}


async def test_a_changed_area_keeps_what_was_learned(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    report(hass, PM25, 5)
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    assert suggested(page) == {"area_id": "kitchen", "pm25_source": PM25}
    done = await answer(hass, page["flow_id"], area_id="bedroom", pm25_source=PM25)
    assert done["type"] is FlowResultType.ABORT
    assert done["reason"] == "reconfigure_successful"
    room = entry.subentries[KITCHEN]
    assert (room.title, room.unique_id, room.data["area_id"]) == ("Bedroom", "bedroom", "bedroom")
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"
    await hass.config_entries.async_unload(entry.entry_id)
    assert hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]["retired"] == []


@pytest.mark.parametrize(
    "labels",
    [
        ("Shelf", "kitchen pm25 → Shelf"),
        ("kitchen pm25", r"sensor\.kitchen\_pm25 → sensor\.new"),
    ],
)
async def test_a_replaced_source_starts_over_and_the_old_ledger_is_set_aside(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    labels: tuple[str, str],
) -> None:
    name, line = labels
    hass_storage[LEDGER_KEY] = a_store(
        {
            KITCHEN: {
                Pollutant.PM25: learned(Pollutant.PM25, 36),
                Pollutant.VOC_RATIO: learned(Pollutant.VOC_RATIO, 36),
            }
        }
    )
    entry = a_home()
    await set_up(hass, entry)
    await pass_time(hass, clock, timedelta(minutes=10), {PM25: usual, VOC: usual})
    hass.states.async_set("sensor.new", "3", {**PARTICLES, "friendly_name": name})
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    fields = {"area_id": "kitchen", "pm25_source": "sensor.new", "voc_source": VOC}
    async with entry.setup_lock:  # As while Home Assistant is busy with the entry.
        asked = await hass.config_entries.subentries.async_configure(page["flow_id"], fields)
        assert asked["type"] is FlowResultType.MENU
        assert asked["step_id"] == "replaced"
        unknown = (
            "Whether they read alike is not known: the history of both cannot be read right now."
        )
        assert asked["description_placeholders"] == {"sources": f"> - {line}. {unknown}"}
        assert asked["menu_options"] == ["keep_ledger", "start_anew"]
        await hass.config_entries.subentries.async_configure(
            page["flow_id"], {"next_step_id": "start_anew"}
        )
        report(hass, PM25, 60)  # The old source must not teach the new channel.
        await asyncio.sleep(0)
    await hass.async_block_till_done()
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "collecting"
    assert shown(hass, "sensor.kitchen_voc_learning").state == "learned"
    await hass.config_entries.async_unload(entry.entry_id)
    room = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]
    assert room["channels"]["pm25"]["source"]["last_value"] == 3
    assert room["channels"]["pm25"]["source"]["step"] is None, "no other value was read"
    assert room["channels"]["pm25"]["days"] == []
    (aside,) = room["retired"]
    assert (aside["at"], len(aside["channel"]["days"])) == (clock().timestamp(), 36)
    assert "Traceback" not in caplog.text


async def test_what_was_learned_can_be_kept_for_a_replacement_source(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    report(hass, "sensor.new", 5, **PARTICLES)
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    await answer(hass, page["flow_id"], area_id="kitchen", pm25_source="sensor.new")
    done = await answer(hass, page["flow_id"], next_step_id="keep_ledger")
    assert done["reason"] == "reconfigure_successful"
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "learned"
    await hass.config_entries.async_unload(entry.entry_id)
    room = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]
    assert room["retired"] == []
    assert room["channels"]["pm25"]["source"]["last_value"] == 5


async def test_a_changed_area_moves_the_device_but_keeps_a_name_that_was_given(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    device_registry: dr.DeviceRegistry,
) -> None:
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    hass.config_entries.async_update_subentry(entry, entry.subentries[KITCHEN], title="Galley")
    await hass.async_block_till_done()
    report(hass, PM25, 5)
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    await answer(hass, page["flow_id"], area_id="bedroom", pm25_source=PM25)
    assert entry.subentries[KITCHEN].title == "Galley"
    device = device_registry.async_get(device_id(hass))
    assert device is not None
    assert device.area_id == "bedroom"


async def test_a_reconfigured_room_can_keep_its_own_sources_but_not_take_anothers(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    for source in (PM25, VOC, INDEX):
        report(hass, source, 5)
    page = await entry.start_subentry_reconfigure_flow(hass, BEDROOM)
    refused = await answer(hass, page["flow_id"], area_id="kitchen", voc_source=VOC)
    assert refused["step_id"] == "reconfigure"
    assert refused["errors"] == {"area_id": "area_taken", "voc_source": "source_taken"}
    done = await answer(hass, page["flow_id"], area_id="bedroom", voc_source=INDEX)
    assert done["reason"] == "reconfigure_successful"


@pytest.mark.parametrize(
    ("choice", "state", "set_aside"),
    [("keep_ledger", "learned", []), ("start_anew", "collecting", ["pm25"])],
)
@pytest.mark.usefixtures("clock")
async def test_a_choice_made_while_the_store_cannot_be_read_waits_until_it_can(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    choice: str,
    state: str,
    set_aside: list[str],
) -> None:
    newer = {"version": 9, "minor_version": 1, "key": LEDGER_KEY, "data": {}}
    hass_storage[LEDGER_KEY] = dict(newer)
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    hass.states.async_set("sensor.new", "3", PARTICLES)
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    await answer(hass, page["flow_id"], area_id="kitchen", pm25_source="sensor.new")
    done = await answer(hass, page["flow_id"], next_step_id=choice)
    assert done["reason"] == "reconfigure_successful"
    assert entry.subentries[KITCHEN].data["pm25_source"] == "sensor.new"
    assert hass_storage[LEDGER_KEY] == newer

    # The room can be changed again meanwhile; what was chosen still waits.
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    done = await answer(hass, page["flow_id"], area_id="bedroom", pm25_source="sensor.new")
    assert done["reason"] == "reconfigure_successful"

    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass, "sensor.bedroom_pm25_learning").state == state
    room = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]
    assert [one["channel"]["quantity"] for one in room["retired"]] == set_aside, "saved at once"
    assert "start_anew" not in entry.subentries[KITCHEN].data
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.config_entries.async_unload(entry.entry_id)
    room = hass_storage[LEDGER_KEY]["data"]["rooms"][KITCHEN]
    assert len(room["retired"]) == len(set_aside), "once only"


async def test_a_source_that_waits_to_start_over_has_nothing_to_keep(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 36)
    await hass.config_entries.async_unload(entry.entry_id)
    for source in ("sensor.new", "sensor.newer"):
        hass.states.async_set(source, "3", PARTICLES)
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    await answer(hass, page["flow_id"], area_id="kitchen", pm25_source="sensor.new")
    await answer(hass, page["flow_id"], next_step_id="start_anew")
    page = await entry.start_subentry_reconfigure_flow(hass, KITCHEN)
    done = await answer(hass, page["flow_id"], area_id="kitchen", pm25_source="sensor.newer")
    assert done["reason"] == "reconfigure_successful", "it is not asked again"
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass, "sensor.kitchen_pm25_learning").state == "collecting"


async def test_outdoor_sources_are_checked(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entry = a_home()
    await set_up(hass, entry)
    report(hass, PM25, 5)
    page = await hass.config_entries.options.async_init(entry.entry_id)
    fields = {"outdoor_pm25": PM25, "outdoor_temperature": "sensor.nowhere"}
    refused = await hass.config_entries.options.async_configure(page["flow_id"], fields)
    assert refused["errors"] == {
        "outdoor_pm25": "source_indoors",
        "outdoor_temperature": "source_missing",
    }
    assert fields.items() <= suggested(refused).items()


async def test_windows_must_be_contacts(hass: HomeAssistant, empty: MockConfigEntry) -> None:
    report(hass, PM25, 5)
    hass.states.async_set("binary_sensor.window", "off", {"device_class": "window"})
    hass.states.async_set("binary_sensor.motion", "off", {"device_class": "motion"})
    flow_id = (await begin(hass, empty))["flow_id"]
    windows = ["binary_sensor.window", "binary_sensor.motion"]
    fields = {"area_id": "kitchen", "pm25_source": PM25}
    refused = await answer(hass, flow_id, **fields, windows=windows)
    assert refused["errors"] == {"windows": "source_not_opening"}
    done = await answer(hass, flow_id, **fields, windows=windows[:1])
    assert done["type"] is FlowResultType.CREATE_ENTRY
    (room,) = empty.subentries.values()
    assert room.data["windows"] == ["binary_sensor.window"]
