"""Whatever happens around a room that an assistant may hear of, its answers stay the same."""

from collections.abc import Mapping
from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.intent import COMPARE, PROPOSE, WHAT_WAS, WHY_NO_ALERT
from custom_components.air_baseline.storage.store import LEDGER_KEY, OPEN_KEY
from tests.assistants import Assistant, call
from tests.home import (
    BEDROOM,
    INDEX,
    KITCHEN,
    NOON,
    PM25,
    VOC,
    a_home,
    a_room,
    a_store,
    days_of,
    learned,
    pass_time,
    report,
    set_up,
    shown,
    steady,
    usual,
    with_days,
)

COMPARED, UNUSUAL = "sensor.kitchen_pm25_compared", "binary_sensor.kitchen_pm25_unusual"
OUTDOORS, COLD = "sensor.garden_pm25", "sensor.garden_temperature"
WINDOW = "binary_sensor.kitchen_window"
ATTRIBUTES = {
    OUTDOORS: {"device_class": "pm25", "unit_of_measurement": "μg/m³"},
    COLD: {"device_class": "temperature", "unit_of_measurement": "°C"},
    WINDOW: {},
    VOC: {"device_class": "volatile_organic_compounds_parts", "unit_of_measurement": "ppb"},
    INDEX: {},
}
CALM = {OUTDOORS: 3, COLD: 10.0, WINDOW: "off", VOC: 120, INDEX: 100}
# What is around the kitchen in its last hours, where it differs from calm.
AROUND: tuple[Mapping[str, object], ...] = (
    {},
    *({OUTDOORS: level} for level in (20, 39, 41, 60, 79, 81, 300, "unavailable")),
    *({WINDOW: state} for state in ("on", "unavailable")),
    *({COLD: state} for state in (9.0, "unavailable")),
    {VOC: 9000, INDEX: 450},
    {VOC: "unavailable", INDEX: "unavailable"},
    dict.fromkeys((OUTDOORS, COLD, WINDOW), "unavailable"),
)
# These decide whether an alert is possible, so they are tried while there is none.
WEATHER: tuple[Mapping[str, object], ...] = (
    {},
    {COLD: -15.0},
    {COLD: 35.0},
    {WINDOW: "on"},
    {COLD: -15.0, WINDOW: "on"},
    {COLD: "unavailable", WINDOW: "unavailable"},
)


def stored() -> dict[str, Any]:
    """Return a kitchen of 40 days at 10 °C outdoors, with windows shut, and a bedroom."""
    kitchen = learned(Pollutant.PM25, 40)
    days = [day | {"context": "3.0,10.0,0.0"} for day in days_of(kitchen)]
    voc, index = (learned(one, 36) for one in (Pollutant.VOC_RATIO, Pollutant.VOC_INDEX))
    return a_store(
        {
            KITCHEN: {
                Pollutant.PM25: with_days(kitchen, days) | {"today": None},
                Pollutant.VOC_RATIO: voc,
            },
            BEDROOM: {Pollutant.VOC_INDEX: index},
        }
    )


async def a_life(  # noqa: PLR0913 - all that differs
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    files: dict[str, Any],
    assistant: Assistant,
    around: Mapping[str, object],
    *,
    high: float | None,
    before: timedelta = timedelta(hours=2),
    after: timedelta = timedelta(),
) -> str:
    """Live from noon on as if for the first time, and return all that an assistant is told."""
    for entry in hass.config_entries.async_entries("air_baseline"):
        await hass.config_entries.async_remove(entry.entry_id)
    for entity_id in (PM25, *ATTRIBUTES):
        hass.states.async_remove(entity_id)
    await hass.async_block_till_done()
    clock.move_to(NOON)
    files.pop(OPEN_KEY, None)
    files[LEDGER_KEY] = stored()
    entry = _home()
    _report(hass, CALM)
    await set_up(hass, entry)
    assistant.expose(COMPARED, PM25)
    assistant.expose(*ATTRIBUTES, exposed=False)
    await _breathe(hass, clock, timedelta(hours=17), CALM, None)  # Another day began at 04:00.
    await _breathe(hass, clock, before, {**CALM, **around}, None)
    await _breathe(hass, clock, timedelta(hours=1), {**CALM, **around}, high)
    await _breathe(hass, clock, after, {**CALM, **around}, None)
    return await _told(hass, assistant)


def _home() -> MockConfigEntry:
    kitchen = a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO)
    kitchen["data"] = {**kitchen["data"], "windows": [WINDOW]}
    bedroom = a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX)
    return a_home(kitchen, bedroom, outdoor_pm25=OUTDOORS, outdoor_temperature=COLD)


def _report(hass: HomeAssistant, levels: Mapping[str, object]) -> None:
    for entity_id, level in levels.items():
        report(hass, entity_id, level, **ATTRIBUTES[entity_id])


async def _breathe(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    duration: timedelta,
    around: Mapping[str, object],
    high: float | None,
) -> None:
    step = timedelta(minutes=10)
    for _ in range(duration // step):
        _report(hass, around)
        await pass_time(hass, clock, step, {PM25: usual if high is None else steady(high)})


async def _told(hass: HomeAssistant, assistant: Assistant) -> str:
    names = ("Kitchen", "bedroom", "")
    times = ("07:30", "17:30", "2026-03-02 20:00", "2026-02-20 10:00")
    assistant.model.results.clear()
    steps = [
        call(tool, room=name) for tool in ("compare_with_usual", "explain_alert") for name in names
    ]
    steps += [call("what_was", room=name, time=time) for name in names for time in times]
    steps += [
        call("propose_answer", room=name, verdict=one)
        for name in names
        for one in ("real", "normal")
    ]
    reply = await assistant.say("Tell me everything", *steps)
    results = [result | {"token": ""} for result in assistant.model.results]
    spoken = [await _spoken(hass, kind, {}) for kind in (COMPARE, WHY_NO_ALERT)]
    spoken += [await _spoken(hass, WHAT_WAS, {"hour": hour}) for hour in (7, 17, 20)]
    spoken += [await _spoken(hass, PROPOSE, {"verdict": one}) for one in ("real", "normal")]
    return json.dumps([reply, results, assistant.model.prompt, spoken], ensure_ascii=False)


async def _spoken(hass: HomeAssistant, kind: str, given: Mapping[str, object]) -> str:
    slots = {name: {"value": value} for name, value in given.items()}
    response = await intent.async_handle(hass, "test", kind, slots, assistant="conversation")
    return str(response.speech["plain"]["speech"])


@pytest.fixture
async def assistant(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_admin_user: User
) -> Assistant:
    assistant = Assistant(hass, hass_admin_user)
    await assistant.set_up()
    return assistant


@pytest.mark.parametrize("after", [timedelta(), timedelta(hours=2)])
async def test_what_is_around_a_running_or_an_ended_episode_changes_no_answer(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    assistant: Assistant,
    after: timedelta,
) -> None:
    told = []
    for around in AROUND:
        told.append(
            await a_life(hass, clock, hass_storage, assistant, around, high=80.0, after=after)
        )
        assert shown(hass, UNUSUAL).state == ("off" if after else "on"), around
        assert told[-1] == told[0], around
    assert "sustained peak of 80" in told[0]
    assert "sensors are not exposed" in told[0]


@pytest.mark.parametrize("high", [None, 15.0])
async def test_the_weather_and_the_windows_of_a_calm_room_change_no_answer(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    assistant: Assistant,
    high: float | None,
) -> None:
    told, reasons = [], set()
    for around in WEATHER:
        life = a_life(
            hass, clock, hass_storage, assistant, around, high=high, before=timedelta(hours=13)
        )
        told.append(await life)
        reasons.add(shown(hass, UNUSUAL).attributes.get("reason"))
        assert told[-1] == told[0], around
    assert reasons == {None, "conditions_unseen"}
    assert "one starts above" in told[0]
    assert "as never seen here; whether that is so now is left out" in told[0]
