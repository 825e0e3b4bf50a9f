"""Automations that start when air becomes unusual, no longer is, or a range is learned."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import area_registry as ar, entity_registry as er, label_registry as lr
import pytest

from tests.automations import Kitchen, Tracer, automate, steps, when
from tests.home import PM25, act, device_id, report, shown, steady, usual

UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
UNUSUAL_VOC = "binary_sensor.kitchen_voc_unusual"
LEARNING = "sensor.kitchen_pm25_learning"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def targets(hass: HomeAssistant) -> dict[str, dict[str, Any]]:
    """Return the ways to name the kitchen: entity, room, area, floorless label."""
    label = lr.async_get(hass).async_create("Air").label_id
    er.async_get(hass).async_update_entity(UNUSUAL, labels={label})
    return {
        "entity": {"entity_id": UNUSUAL},
        "room": {"device_id": device_id(hass)},
        "area": {"area_id": "kitchen"},
        "label": {"label_id": label},
    }


@pytest.mark.parametrize("way", ["entity", "room", "area", "label"])
async def test_an_episode_runs_an_automation_once_however_the_room_is_named(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
    way: str,
) -> None:
    await kitchen.learn()
    target = targets(hass)[way]
    await automate(hass, when("unusual_detected", target), when("unusual_cleared", target))
    await kitchen.breathe()
    assert runs == []
    await kitchen.plume()
    assert [run.data["entity_id"] for run in runs] == [UNUSUAL]
    await kitchen.plume()
    assert len(runs) == 1, "once per episode"
    await kitchen.breathe()
    assert [run.data["entity_id"] for run in runs] == [UNUSUAL, UNUSUAL]


async def test_an_entity_of_others_or_of_another_sort_runs_nothing(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
) -> None:
    await kitchen.learn()
    other = er.async_get(hass).async_get_or_create(
        "binary_sensor", "other", "1", translation_key="pm25_unusual"
    )
    er.async_get(hass).async_update_entity(other.entity_id, area_id="kitchen")
    plain = "binary_sensor.nobodys"
    await automate(hass, when("unusual_detected", {"area_id": "kitchen", "entity_id": plain}))
    guideline = "binary_sensor.kitchen_pm25_above_guideline"
    for entity_id in (other.entity_id, plain, guideline):
        for state in ("off", "on"):
            hass.states.async_set(entity_id, state, {"rarity_days": 90})
            await hass.async_block_till_done()
    assert runs == []


async def test_an_entity_of_another_sort_is_refused(
    hass: HomeAssistant,
    kitchen: Kitchen,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await kitchen.learn()
    target = {"entity_id": "sensor.kitchen_pm25_compared"}
    with pytest.raises(AssertionError, match="unavailable"):
        await automate(hass, when("range_learned", target))
    assert "sensor.kitchen_pm25_compared cannot be used here" in caplog.text
    assert "choose the room, or sensor.kitchen_pm25_learning" in caplog.text


async def test_a_room_that_is_still_learning_runs_nothing_and_the_trace_says_why(
    hass: HomeAssistant,
    kitchen: Kitchen,
    tracer: Tracer,
    runs: list[ServiceCall],
) -> None:
    await kitchen.learn(30)
    await automate(hass, when("unusual_detected", {"entity_id": UNUSUAL}))
    await kitchen.breathe(18 * HOUR, pm25=steady(300))
    assert runs == []
    traces = await tracer.look()
    assert {trace["script_execution"] for trace in traces} == {"not_triggered"}
    (step,) = steps(traces[-1], "trigger/0")
    assert step["reason"] == "reference_days"
    assert step["data"] == {"entity_id": UNUSUAL, "days": 31.0}


async def test_a_silent_sensor_runs_nothing_and_the_trace_says_why(
    hass: HomeAssistant,
    kitchen: Kitchen,
    tracer: Tracer,
    runs: list[ServiceCall],
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    target = {"entity_id": UNUSUAL}
    await automate(hass, when("unusual_detected", target), when("unusual_cleared", target))
    await kitchen.plume()
    runs.clear()
    report(hass, PM25, "unavailable")
    await kitchen.silence()
    assert kitchen.says(UNUSUAL) == "unknown"
    await kitchen.breathe()
    assert kitchen.says(UNUSUAL) == "off"
    assert runs == [], "neither cleared while it is not known, nor when it is known again"
    for automation in ("a0", "a1"):
        *_, trace = await tracer.look(automation)
        assert trace["script_execution"] == "not_triggered"
        assert [step["reason"] for step in steps(trace, "trigger/0")] == ["silent"]


async def test_high_air_that_lasts_for_a_day_is_not_cleared(
    hass: HomeAssistant, kitchen: Kitchen, tracer: Tracer, runs: list[ServiceCall]
) -> None:
    await kitchen.learn()
    # The air is so clean before that the day as a whole stays usual.
    await kitchen.breathe(14 * HOUR, pm25=lambda at: max(usual(at) - 2.0, 0.0))
    await automate(hass, when("unusual_cleared", {"entity_id": UNUSUAL}))
    await kitchen.plume()
    assert kitchen.says(UNUSUAL) == "on"
    await kitchen.breathe(24 * HOUR, pm25=lambda at: 80 + at // 600 % 7, step=10 * MINUTE)
    assert kitchen.says(UNUSUAL) == "off", "an episode ends after a day"
    assert shown(hass, UNUSUAL).attributes["outcome"] == "lasting"
    assert kitchen.says("sensor.kitchen_pm25_compared") in ("higher", "notable")
    assert runs == []
    *_, trace = await tracer.look()
    assert [step["reason"] for step in steps(trace, "trigger/0")] == ["lasting"]


@pytest.mark.parametrize("days", [59, None])
async def test_an_episode_that_is_not_rare_enough_runs_nothing_and_the_trace_says_why(
    hass: HomeAssistant,
    kitchen: Kitchen,
    tracer: Tracer,
    runs: list[ServiceCall],
    days: int | None,
) -> None:
    kitchen.rare(days)
    await kitchen.learn()
    await automate(hass, when("unusual_detected", {"area_id": "kitchen"}, minimum_rarity=60))
    await kitchen.breathe()
    await kitchen.plume()
    assert kitchen.says(UNUSUAL) == "on"
    assert runs == []
    *_, trace = await tracer.look()
    (step,) = steps(trace, "trigger/0")
    assert step["reason"] == "rarity_below_minimum"
    assert step["data"] == {"entity_id": UNUSUAL, "rarity_days": days, "minimum": 60.0}


@pytest.mark.parametrize(("days", "number"), [(60, 3), (None, 2)])
async def test_the_minimum_rarity_itself_is_enough_and_none_is_every_episode(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
    days: int | None,
    number: int,
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
    target = {"entity_id": UNUSUAL}
    await automate(hass, *(when("unusual_detected", target, **options) for options in asked))
    await kitchen.plume()
    assert len(runs) == number


async def test_a_rarity_that_no_room_can_know_is_refused(
    hass: HomeAssistant, kitchen: Kitchen, caplog: pytest.LogCaptureFixture
) -> None:
    await kitchen.learn()
    with pytest.raises(AssertionError, match="unavailable"):
        await automate(hass, when("unusual_detected", {"entity_id": UNUSUAL}, minimum_rarity=91))
    assert "must be at most 90" in caplog.text


async def test_an_automation_of_before_runs_on_for_every_episode_and_the_log_says_so(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    await automate(hass, when("unusual_detected", {"entity_id": UNUSUAL}, minimum_confidence=100))
    assert "still says minimum_confidence, which is ignored" in caplog.text
    assert "minimum_rarity" in caplog.text
    await kitchen.plume()
    assert len(runs) == 1


async def test_for_waits_and_ends_with_the_episode(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    ways = [
        when("unusual_detected", {"entity_id": UNUSUAL}, **{"for": {"minutes": minutes}})
        for minutes in (30, 180)
    ]
    await automate(hass, *ways)
    await kitchen.plume(40 * MINUTE)
    assert kitchen.says(UNUSUAL) == "on"
    assert runs == []
    await kitchen.plume(30 * MINUTE)
    assert len(runs) == 1
    await kitchen.breathe(3 * HOUR)
    assert len(runs) == 1


@pytest.mark.parametrize(("behavior", "number"), [("each", 2), ("first", 1), ("all", 1)])
async def test_two_pollutants_of_a_room_count_as_core_counts(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
    behavior: str,
    number: int,
) -> None:
    await kitchen.learn()
    await kitchen.breathe()
    room = {"device_id": device_id(hass)}
    await automate(hass, when("unusual_detected", room, behavior=behavior))
    await kitchen.plume()
    assert len(runs) == (behavior != "all")
    await kitchen.breathe(pm25=steady(80), voc=steady(2000))
    assert kitchen.says(UNUSUAL_VOC) == "on"
    assert len(runs) == number


@pytest.mark.parametrize("again", ["restart", "reload"])
async def test_a_restart_or_a_reload_is_not_another_episode(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
    again: str,
) -> None:
    entry = await kitchen.learn()
    await kitchen.breathe()
    target = {"area_id": "kitchen"}
    await automate(hass, when("unusual_detected", target), when("unusual_cleared", target))
    await kitchen.plume()
    episode = shown(hass, UNUSUAL).attributes["episode"]
    assert len(runs) == 1
    if again == "restart":
        await kitchen.restart()
    else:
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    await kitchen.plume()
    assert shown(hass, UNUSUAL).attributes["episode"] == episode
    assert len(runs) == 1
    await kitchen.breathe()
    assert len(runs) == 2, "it is cleared once"
    assert shown(hass, UNUSUAL).attributes["episode"] is None


async def test_an_episode_is_noticed_even_if_nothing_was_known_before(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
) -> None:
    await kitchen.learn()
    await automate(hass, when("unusual_detected", {"entity_id": UNUSUAL}))
    assert kitchen.says(UNUSUAL) == "off"
    await kitchen.silence()
    assert kitchen.says(UNUSUAL) == "unknown", "no readings yet"
    await kitchen.plume(10 * MINUTE)
    assert kitchen.says(UNUSUAL) == "unknown"
    await kitchen.plume(10 * MINUTE)
    assert kitchen.says(UNUSUAL) == "on", "never off in between"
    assert len(runs) == 1


async def test_a_script_can_wait_for_an_episode(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    await kitchen.learn()
    waits = {"wait_for_trigger": when("unusual_detected", {"area_id": "kitchen"})["triggers"]}
    actions = [waits, {"action": "test.run"}]
    asked = {"triggers": [{"trigger": "event", "event_type": "ask"}], "actions": actions}
    await automate(hass, asked)
    kitchen.waits = True
    hass.bus.async_fire("ask")
    await kitchen.breathe()
    assert runs == []
    await kitchen.plume()
    assert len(runs) == 1


async def test_a_range_is_reported_when_it_is_learned_not_when_it_is_shown_again(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
) -> None:
    await kitchen.learn(20)
    await automate(hass, when("range_learned", {"entity_id": LEARNING}))
    await kitchen.breathe(36 * HOUR)
    assert kitchen.says(LEARNING) == "learned"
    assert len(runs) == 1
    for action in ("turn_off", "turn_on"):
        await hass.services.async_call(
            "switch", action, {"entity_id": "switch.kitchen_keep_learning"}, blocking=True
        )
        await kitchen.breathe()
    await kitchen.silence(25 * HOUR)
    assert kitchen.says(LEARNING) == "no_source"
    await kitchen.breathe()
    assert kitchen.says(LEARNING) == "learned"
    assert len(runs) == 1
    await act(hass, "reset")
    await act(hass, "undo")
    assert kitchen.says(LEARNING) == "learned"
    assert len(runs) == 2, "learned again, as the event of the room reports"


async def test_a_suspected_change_is_reported_once(
    hass: HomeAssistant,
    kitchen: Kitchen,
    runs: list[ServiceCall],
) -> None:
    await kitchen.learn()
    await automate(hass, when("change_suspected", {"device_id": device_id(hass)}))
    for _ in range(20):
        await kitchen.breathe(24 * HOUR, pm25=lambda at: 4 * usual(at) + 20, step=10 * MINUTE)
        if runs:
            break
    assert kitchen.says(LEARNING) == "learned"
    await kitchen.restart()
    await kitchen.breathe(26 * HOUR, pm25=lambda at: 4 * usual(at) + 20, step=10 * MINUTE)
    assert [run.data["entity_id"] for run in runs] == [LEARNING]


def test_the_area_ids_of_these_tests_are_home_assistants(hass: HomeAssistant) -> None:
    """The ids that these tests use for areas are those that Home Assistant makes."""
    assert ar.async_get(hass).async_get_or_create("Kitchen").id == "kitchen"
