"""Surroundings through Home Assistant: outdoor sensors, contacts, and rooms that rise at once."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import DOMAIN
from tests.home import (
    BEDROOM,
    KITCHEN,
    PM25,
    a_home,
    a_room,
    a_store,
    act,
    days_of,
    learned,
    pass_time,
    report,
    restart,
    set_up,
    shown,
    steady,
    usual,
    with_days,
)

OUTDOOR, COLD, WINDOW = "sensor.garden_pm25", "sensor.garden_temperature", "binary_sensor.window"
BEDROOM_PM25 = "sensor.bedroom_pm25"
PARTICLES = {"device_class": "pm25", "unit_of_measurement": "μg/m³"}
DEGREES = {"device_class": "temperature", "unit_of_measurement": "°C"}
UNUSUAL = "binary_sensor.kitchen_pm25_unusual"


def stored(temperature: float | None = None) -> dict[str, Any]:
    """Return a kitchen of 40 learned days, with that temperature outdoors."""
    channel = learned(Pollutant.PM25, 40)
    known = "-" if temperature is None else f"-,{temperature},-"
    days = [day | {"context": known} for day in days_of(channel)]
    return a_store({KITCHEN: {Pollutant.PM25: with_days(channel, days) | {"today": None}}})


def home(**options: str) -> MockConfigEntry:
    return a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25), **options)


async def breathe(  # noqa: PLR0913 - the weather of a home
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hours: float,
    *,
    air: float | None = None,
    outdoor: float = 12.0,
    temperature: float = 10.0,
) -> None:
    """Let time pass; each source reports its level every ten minutes."""
    for _ in range(round(hours * 6)):
        report(hass, OUTDOOR, outdoor, **PARTICLES)
        report(hass, COLD, temperature, **DEGREES)
        await pass_time(
            hass, clock, timedelta(minutes=10), {PM25: usual if air is None else steady(air)}
        )


async def test_a_home_with_an_outdoor_sensor_says_that_outdoor_air_rose_too(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = stored()
    await set_up(hass, home(outdoor_pm25=OUTDOOR))
    await breathe(hass, clock, 8)
    await breathe(hass, clock, 1.5, air=90.0, outdoor=38.0)
    assert shown(hass, UNUSUAL).state == "on"
    text = str(await act(hass, "explain"))
    assert "Outdoor PM2.5 rose too: 38 μg/m³, previously 12." in text
    assert "outdoor air" not in text.lower()


async def test_a_day_colder_than_any_seen_gives_no_alert_and_says_why(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = stored(10.0)
    await set_up(hass, home(outdoor_temperature=COLD))
    await breathe(hass, clock, 20, temperature=-5.0)
    assert shown(hass, UNUSUAL).attributes["reason"] == "conditions_unseen"
    await breathe(hass, clock, 1, air=90.0, temperature=-5.0)
    assert shown(hass, UNUSUAL).state == "unknown"
    assert shown(hass, "sensor.kitchen_pm25_confidence").state == "unknown"
    text = str(await act(hass, "explain"))
    assert "Colder outdoors (24-hour mean -5 °C)" in text


async def test_without_surroundings_nothing_changes(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = stored(10.0)
    await set_up(hass, home())
    await breathe(hass, clock, 20, temperature=-5.0)
    await breathe(hass, clock, 1, air=90.0, temperature=-5.0, outdoor=38.0)
    assert shown(hass, UNUSUAL).state == "on"
    text = str(await act(hass, "explain")).lower()
    assert "outdoor pm2.5 rose" not in text
    assert "outdoor air, whether a window was open" in text


async def test_surroundings_survive_a_restart(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = stored(10.0)
    entry = home(outdoor_temperature=COLD)
    await set_up(hass, entry)
    await breathe(hass, clock, 20, temperature=-5.0)
    await restart(hass, entry, hass_storage)
    await breathe(hass, clock, 1, temperature=-5.0)
    assert shown(hass, UNUSUAL).attributes["reason"] == "conditions_unseen"


async def test_damaged_surroundings_are_discarded_and_the_rest_is_kept(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = stored(10.0)
    hass_storage[LEDGER_KEY]["data"]["context"] = {"outdoor_temperature": {"hours": 3}}
    await set_up(hass, home(outdoor_temperature=COLD))
    await breathe(hass, clock, 1, temperature=-5.0)
    assert shown(hass, UNUSUAL).state == "off"


async def test_a_renamed_outdoor_sensor_is_followed_and_a_removed_one_is_not_known(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    registry = er.async_get(hass)
    sensor = registry.async_get_or_create(
        "sensor", "test", "garden", suggested_object_id="garden_pm25"
    )
    contact = registry.async_get_or_create(
        "binary_sensor", "test", "window", suggested_object_id="window"
    )
    room = a_room(KITCHEN, "kitchen", Pollutant.PM25)
    room["data"] = {**room["data"], "windows": [contact.entity_id]}
    entry = a_home(room)
    await set_up(hass, entry)
    hass.config_entries.async_update_entry(
        entry, options={"promise": "month", "outdoor_pm25": sensor.entity_id}
    )
    await hass.async_block_till_done()
    registry.async_update_entity(sensor.entity_id, new_entity_id="sensor.yard_pm25")
    await hass.async_block_till_done()
    registry.async_update_entity(contact.entity_id, new_entity_id="binary_sensor.pane")
    await hass.async_block_till_done()
    assert entry.options["outdoor_pm25"] == "sensor.yard_pm25"
    assert list(entry.subentries[KITCHEN].data["windows"]) == ["binary_sensor.pane"]
    registry.async_remove("sensor.yard_pm25")
    await breathe(hass, clock, 0.5)
    assert "outdoor_air" in str(await act(hass, "explain"))


async def test_contacts_say_whether_a_window_was_open(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    hass_storage[LEDGER_KEY] = stored()
    room = a_room(KITCHEN, "kitchen", Pollutant.PM25)
    room["data"] = {**room["data"], "windows": [WINDOW, "binary_sensor.door"]}
    hass.states.async_set(WINDOW, "on")
    hass.states.async_set("binary_sensor.door", "unavailable")
    await set_up(hass, a_home(room))
    await breathe(hass, clock, 2)
    await breathe(hass, clock, 1, air=90.0)
    assert shown(hass, UNUSUAL).state == "on"
    assert "A window was open in the hour before." in str(await act(hass, "explain"))


@pytest.mark.parametrize(
    ("bedroom", "sentence"),
    [
        (90.0, "Also above the usual range in the same hour: Bedroom."),
        (6.0, "Only this room rose. Still in the usual range: Bedroom."),
    ],
)
async def test_the_other_room_is_mentioned(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    bedroom: float,
    sentence: str,
) -> None:
    channel = learned(Pollutant.PM25, 40)
    hass_storage[LEDGER_KEY] = a_store(
        {KITCHEN: {Pollutant.PM25: channel}, BEDROOM: {Pollutant.PM25: channel}}
    )
    second = a_room(BEDROOM, "bedroom", Pollutant.PM25, pm25_source=BEDROOM_PM25)
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25), second))
    for hours, kitchen, other in ((3.0, None, None), (1.0, 90.0, bedroom)):
        for _ in range(round(hours * 12)):
            report(hass, BEDROOM_PM25, 6.0 if other is None else other, **PARTICLES)
            await pass_time(
                hass,
                clock,
                timedelta(minutes=5),
                {PM25: steady(6.0 if kitchen is None else kitchen)},
            )
    assert shown(hass, UNUSUAL).state == "on"
    assert sentence in str(await act(hass, "explain"))


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"outdoor_pm25": "sensor.nowhere"}, {"outdoor_pm25": "source_missing"}),
        ({"outdoor_pm25": COLD}, {"outdoor_pm25": "source_not_air"}),
        ({"outdoor_temperature": OUTDOOR}, {"outdoor_temperature": "source_not_temperature"}),
        ({"outdoor_temperature": "sensor.nowhere"}, {"outdoor_temperature": "source_missing"}),
    ],
)
async def test_a_sensor_that_cannot_be_outdoors_is_refused(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    given: dict[str, str],
    error: dict[str, str],
) -> None:
    report(hass, OUTDOOR, 12, **PARTICLES)
    report(hass, COLD, 10, **DEGREES)
    page = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    flow_id = page["flow_id"]
    for step in ("rooms", "home"):
        page = await hass.config_entries.flow.async_configure(flow_id, {})
        assert page["step_id"] == step
    page = await hass.config_entries.flow.async_configure(flow_id, given)
    assert page["errors"] == error
    good = {"outdoor_pm25": OUTDOOR, "outdoor_temperature": COLD}
    done = await hass.config_entries.flow.async_configure(flow_id, good)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["result"].options == {"promise": "month", "keep_90_days_only": False, **good}


async def test_a_room_and_the_outdoors_cannot_share_a_sensor(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    report(hass, PM25, 5)
    report(hass, OUTDOOR, 5, **PARTICLES)
    entry = home(outdoor_pm25=OUTDOOR)
    await set_up(hass, entry)
    page = await hass.config_entries.options.async_init(entry.entry_id)
    flow_id = page["flow_id"]
    page = await hass.config_entries.options.async_configure(flow_id, {"outdoor_pm25": PM25})
    assert page["errors"] == {"outdoor_pm25": "source_indoors"}
    done = await hass.config_entries.options.async_configure(flow_id, {"promise": "fortnight"})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert dict(entry.options) == {
        "promise": "fortnight",
        "everyone_may_correct": False,
        "keep_90_days_only": False,
    }
