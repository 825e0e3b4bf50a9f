"""The usual range as a threshold of Home Assistant's own air-quality automations."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
import pytest

from tests.automations import Kitchen, automate
from tests.home import PM25, device_id, shown, steady

HIGH = "sensor.kitchen_pm25_usual_high"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def crossed(target: dict[str, Any], pollutant: str = "pm25", high: str = HIGH) -> dict[str, Any]:
    """Return an automation that starts when a level rises above what is usual here."""
    above = {"type": "above", "value": {"entity": high}}
    return {
        "triggers": [
            {
                "trigger": f"air_quality.{pollutant}_crossed_threshold",
                "target": target,
                "options": {"threshold": above},
            }
        ]
    }


@pytest.fixture
def source_in_kitchen(hass: HomeAssistant) -> None:
    """Register the source as an entity in the kitchen."""
    registry = er.async_get(hass)
    entry = registry.async_get_or_create(
        "sensor", "maker", "1", suggested_object_id="kitchen_pm25", original_device_class="pm25"
    )
    assert entry.entity_id == PM25
    registry.async_update_entity(PM25, area_id="kitchen")


async def test_the_usual_high_can_be_a_threshold_of_a_core_trigger(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    await kitchen.learn()
    await kitchen.breathe(10 * MINUTE, pm25=steady(6), voc=steady(120))
    voc = {"pollutant": "voc_ratio", "high": "sensor.kitchen_voc_usual_high"}
    await automate(
        hass,
        crossed({"entity_id": PM25}),
        crossed({"entity_id": "sensor.kitchen_voc"}, **voc),
    )
    high = float(kitchen.says(HIGH))
    assert 8 <= high <= 14
    assert shown(hass, HIGH).attributes["device_class"] == "pm25"
    await kitchen.breathe(10 * MINUTE, pm25=steady(high - 1), voc=steady(120))
    assert runs == []
    await kitchen.breathe(10 * MINUTE, pm25=steady(high + 1), voc=steady(120))
    assert [run.data["entity_id"] for run in runs] == [PM25]
    await kitchen.breathe(10 * MINUTE, pm25=steady(6), voc=steady(900))
    assert [run.data["entity_id"] for run in runs] == [PM25, "sensor.kitchen_voc"]


async def test_a_room_that_is_still_learning_has_no_threshold(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    await kitchen.learn(5)
    await kitchen.breathe(10 * MINUTE, pm25=steady(6))
    await automate(hass, crossed({"entity_id": PM25}))
    await kitchen.breathe(HOUR, pm25=steady(300))
    assert kitchen.says(HIGH) == "unknown"
    assert runs == []


@pytest.mark.usefixtures("source_in_kitchen")
async def test_core_automations_for_an_area_or_a_room_ignore_our_entities(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    await kitchen.learn()
    everything = {"threshold": {"type": "any"}}
    changed = [
        {
            "triggers": [
                {
                    "trigger": f"air_quality.{pollutant}_changed",
                    "target": target,
                    "options": everything,
                }
            ]
        }
        for pollutant in ("pm25", "voc_ratio")
        for target in ({"area_id": "kitchen"}, {"device_id": device_id(hass)})
    ]
    await automate(hass, *changed)
    before = kitchen.says(HIGH)
    await kitchen.breathe(18 * HOUR, step=10 * MINUTE)
    assert kitchen.says(HIGH) != before, "our entity changed too, so it would have been noticed"
    assert {run.data["entity_id"] for run in runs} == {PM25}
