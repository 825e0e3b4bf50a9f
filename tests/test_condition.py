"""Automations that continue only if air is unusual, if it is usual, or if a range is learned."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.util import dt as dt_util
import pytest

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.automations import Kitchen, Tracer, automate, steps
from tests.home import (
    BEDROOM,
    KITCHEN,
    a_home,
    a_room,
    a_store,
    device_id,
    learned,
    set_up,
    shown,
    steady,
)

UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
COMPARED = "sensor.kitchen_pm25_compared"
LEARNING = "sensor.kitchen_pm25_learning"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

RUN = {"action": "test.run"}


def only_if(condition: str, target: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return an automation that runs on the event `ask`, if a condition of ours passes."""
    given = {"condition": f"air_baseline.{condition}", "target": target, "options": options}
    return {
        "triggers": [{"trigger": "event", "event_type": "ask"}],
        "conditions": [given],
        "actions": [RUN],
    }


async def ask(hass: HomeAssistant, runs: list[ServiceCall]) -> int:
    """Fire the event `ask`; return how many automations ran."""
    runs.clear()
    hass.bus.async_fire("ask")
    await hass.async_block_till_done()
    return len(runs)


@pytest.mark.parametrize("way", ["entity", "room", "area"])
async def test_is_unusual_passes_while_an_episode_runs(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall], way: str
) -> None:
    await kitchen.learn()
    target: dict[str, Any] = {
        "entity": {"entity_id": UNUSUAL},
        "room": {"device_id": device_id(hass)},
        "area": {"area_id": "kitchen"},
    }[way]
    await automate(hass, only_if("is_unusual", target))
    await kitchen.breathe()
    assert await ask(hass, runs) == 0
    await kitchen.plume()
    assert await ask(hass, runs) == 1
    await kitchen.breathe()
    assert await ask(hass, runs) == 0


async def test_usual_is_only_what_is_known_to_be_usual_or_lower(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    await kitchen.learn()
    await automate(hass, only_if("is_usual", {"entity_id": COMPARED}))
    passed: dict[str, int] = {}
    for level in (6, 0, 20, 40, 80):
        await kitchen.breathe(50 * MINUTE, pm25=steady(level))
        passed[kitchen.says(COMPARED)] = await ask(hass, runs)
    await kitchen.silence(25 * HOUR)
    passed[kitchen.says(COMPARED)] = await ask(hass, runs)
    assert passed.pop("higher", passed.pop("notable", None)) == 0
    assert passed == {"usual": 1, "lower": 1, "unusual": 0, "unknown": 0}


async def test_a_room_that_is_still_learning_is_neither_usual_nor_unusual_nor_learned(
    hass: HomeAssistant, kitchen: Kitchen, tracer: Tracer, runs: list[ServiceCall]
) -> None:
    await kitchen.learn(5)
    await automate(
        hass,
        *(
            only_if(condition, {"device_id": device_id(hass)}, behavior=behavior)
            for condition in ("is_unusual", "is_usual", "is_learned")
            for behavior in ("any", "all")
        ),
    )
    await kitchen.breathe()
    assert await ask(hass, runs) == 0
    reasons = []
    for automation in ("a0", "a2", "a4"):
        *_, trace = await tracer.look(automation)
        (step,) = steps(trace, "condition/0")
        reasons.append(step["reasons"])
    assert reasons == [
        {UNUSUAL: "not_learned", "binary_sensor.kitchen_voc_unusual": "not_learned"},
        {COMPARED: "not_learned", "sensor.kitchen_voc_compared": "not_learned"},
        {LEARNING: "collecting", "sensor.kitchen_voc_learning": "collecting"},
    ]


async def test_a_learned_room_passes_and_a_paused_one_does_not(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    await kitchen.learn(24)
    await automate(hass, only_if("is_learned", {"area_id": "kitchen"}, behavior="all"))
    await kitchen.breathe()
    assert await ask(hass, runs) == 1
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.kitchen_keep_learning"}, blocking=True
    )
    assert await ask(hass, runs) == 0


@pytest.mark.parametrize("condition", ["is_unusual", "is_usual", "is_learned"])
async def test_all_of_nothing_does_not_pass(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall], condition: str
) -> None:
    await kitchen.learn()
    nothing = [{"area_id": "bedroom"}, {"entity_id": "sensor.nobodys"}]
    await automate(hass, *(only_if(condition, target, behavior="all") for target in nothing))
    assert await ask(hass, runs) == 0


async def test_all_does_not_pass_while_one_is_not_known(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    await kitchen.learn()
    ways = [
        only_if("is_usual", {"area_id": "kitchen"}, behavior=behavior)
        for behavior in ("any", "all")
    ]
    await automate(hass, *ways)
    await kitchen.breathe(50 * MINUTE, pm25=steady(6), voc=steady(120))
    assert await ask(hass, runs) == 2
    hass.states.async_set("sensor.kitchen_voc", "unavailable")
    await kitchen.breathe(50 * MINUTE, pm25=steady(6), voc=lambda _: float("nan"))
    assert kitchen.says("sensor.kitchen_voc_compared") == "unknown"
    assert await ask(hass, runs) == 1


@pytest.mark.parametrize("days", [60, None])
async def test_an_episode_must_reach_the_minimum_rarity(
    hass: HomeAssistant,
    kitchen: Kitchen,
    tracer: Tracer,
    runs: list[ServiceCall],
    days: int | None,
) -> None:
    kitchen.rare(days)
    await kitchen.learn()
    await kitchen.breathe()
    asked: list[dict[str, Any]] = [
        {},
        {"minimum_rarity": 0},
        {"minimum_rarity": 60},
        {"minimum_rarity": 61},
    ]
    target = {"area_id": "kitchen"}
    await automate(hass, *(only_if("is_unusual", target, **options) for options in asked))
    await kitchen.plume()
    assert await ask(hass, runs) == (3 if days else 2)
    *_, trace = await tracer.look("a3")
    (step,) = steps(trace, "condition/0")
    assert step["reasons"] == {
        UNUSUAL: "rarity_below_minimum",
        "binary_sensor.kitchen_voc_unusual": "off",
    }


async def test_a_condition_of_before_passes_for_every_episode_and_the_log_says_so(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    await automate(hass, only_if("is_unusual", {"entity_id": UNUSUAL}, minimum_confidence=100))
    assert "still says minimum_confidence, which is ignored" in caplog.text
    await kitchen.plume()
    assert await ask(hass, runs) == 1


@pytest.mark.parametrize("options", [{}, {"minimum_rarity": 10}])
async def test_for_requires_an_episode_of_that_length(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
    options: dict[str, Any],
) -> None:
    kitchen.rare(35)
    await kitchen.learn()
    half = {"for": {"minutes": 30}, **options}
    await automate(hass, only_if("is_unusual", {"entity_id": UNUSUAL}, **half))
    await kitchen.breathe()
    await kitchen.plume(45 * MINUTE)
    assert kitchen.says(UNUSUAL) == "on"
    assert await ask(hass, runs) == 0
    await kitchen.plume(30 * MINUTE)
    assert await ask(hass, runs) == 1


async def test_lower_and_usual_are_one_stretch_of_usual_air(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    await kitchen.learn()
    half = {"for": {"minutes": 30}}
    await automate(hass, only_if("is_usual", {"entity_id": COMPARED}, **half))
    await kitchen.breathe(pm25=steady(13))
    passed = []
    for cell, minutes in ((6, 25), (0, 40)):
        await kitchen.breathe(minutes * MINUTE, pm25=steady(cell))
        passed.append((kitchen.says(COMPARED), await ask(hass, runs)))
    assert passed == [("usual", 0), ("lower", 1)]
    assert dt_util.utcnow() - shown(hass, COMPARED).last_changed < 30 * MINUTE


async def test_for_counts_from_when_the_minimum_rarity_is_reached(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    entry = await kitchen.learn()
    ways = [
        only_if("is_unusual", {"entity_id": UNUSUAL}, **{"for": {"minutes": 30}, **options})
        for options in ({}, {"minimum_rarity": 60})
    ]
    await automate(hass, *ways)
    await hass.config_entries.async_unload(entry.entry_id)  # So that the states are ours to set.
    passed = []
    for days in (35, 90, 90):
        hass.states.async_set(UNUSUAL, "on", {"rarity_days": days})
        await kitchen.silence(20 * MINUTE)
        passed.append(await ask(hass, runs))
    assert passed == [0, 1, 2]


async def test_the_trace_shows_the_reasons_of_its_own_run_only(
    hass: HomeAssistant, kitchen: Kitchen, tracer: Tracer, runs: list[ServiceCall]
) -> None:
    entry = await kitchen.learn()
    await automate(hass, only_if("is_usual", {"area_id": "kitchen"}, behavior="all"))
    await hass.config_entries.async_unload(entry.entry_id)  # So that the states are ours to set.
    both = (COMPARED, "sensor.kitchen_voc_compared")
    for higher in both:
        for entity_id in both:
            hass.states.async_set(entity_id, "higher" if entity_id == higher else "usual")
        assert await ask(hass, runs) == 0
    reasons = [steps(trace, "condition/0")[0]["reasons"] for trace in await tracer.look()]
    assert reasons == [{higher: "higher"} for higher in both]


async def test_an_entity_of_another_sort_is_refused(
    hass: HomeAssistant, kitchen: Kitchen, caplog: pytest.LogCaptureFixture
) -> None:
    await kitchen.learn()
    guideline = {"entity_id": "binary_sensor.kitchen_pm25_above_guideline"}
    with pytest.raises(AssertionError, match="unavailable"):
        await automate(hass, only_if("is_unusual", guideline))
    assert "above_guideline cannot be used here" in caplog.text


async def test_rooms_are_tested_as_one_target(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    kitchen.files[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 24)}})
    await set_up(
        hass,
        a_home(
            a_room(KITCHEN, "kitchen", Pollutant.PM25),
            a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX),
        ),
    )
    everywhere = {"area_id": ["kitchen", "bedroom"]}
    ways = [only_if("is_learned", everywhere, behavior=behavior) for behavior in ("any", "all")]
    await automate(hass, *ways)
    await kitchen.breathe()
    assert await ask(hass, runs) == 1
