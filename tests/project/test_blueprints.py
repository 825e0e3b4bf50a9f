"""The blueprints, each made into a real automation and run."""

from datetime import datetime, timedelta
import json
from pathlib import Path
import re
import shutil
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.const import EVENT_CALL_SERVICE, EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant, ServiceCall, State
from homeassistant.helpers import device_registry as dr, restore_state
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.automations import Kitchen
from tests.home import (
    INDEX,
    KITCHEN,
    NOON,
    PM25,
    a_home,
    a_store,
    act,
    device_id,
    learned,
    report,
    set_up,
    settle,
    shown,
    steady,
)

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "custom_components" / "air_baseline" / "blueprints"
UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
UNUSUAL_VOC = "binary_sensor.kitchen_voc_unusual"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Let Home Assistant find the blueprints where a user has them."""
    target = Path(hass_tmp_config_dir) / "blueprints" / "automation" / "air_baseline"
    shutil.copytree(FOLDER, target, dirs_exist_ok=True)
    return hass_tmp_config_dir


async def make(hass: HomeAssistant, blueprint: str, **given: Any) -> None:
    """Make an automation from a blueprint."""
    automation = {
        "id": "made",
        "alias": "Made",
        "use_blueprint": {"path": f"air_baseline/{blueprint}.yaml", "input": given},
    }
    assert await async_setup_component(hass, AUTOMATION_DOMAIN, {AUTOMATION_DOMAIN: [automation]})
    await hass.async_block_till_done()
    assert shown(hass, "automation.made").state == "on"


def test_blueprints_say_where_they_come_from_and_what_they_need() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    found = sorted(FOLDER.glob("*.yaml"))
    oldest = json.loads((ROOT / "hacs.json").read_text("utf-8"))["homeassistant"]
    assert len(found) == 3
    for path in found:
        blueprint = load_yaml_dict(str(path))["blueprint"]
        assert blueprint["source_url"].endswith(
            f"/main/custom_components/air_baseline/blueprints/{path.name}"
        )
        assert blueprint["homeassistant"]["min_version"] == oldest
        assert all(field["name"] for field in blueprint["input"].values())
        address = blueprint["source_url"].replace(":", "%3A").replace("/", "%2F")
        assert f"redirect/blueprint_import/?blueprint_url={address})" in readme


# Notify and ask.


@pytest.fixture
async def phone(hass: HomeAssistant) -> tuple[str, list[ServiceCall]]:
    """Register a phone with the Home Assistant app; return its device and what it is sent."""
    assert await async_setup_component(hass, "mobile_app", {})
    entry = MockConfigEntry(
        domain="mobile_app",
        data={
            "app_data": {"push_token": "token", "push_url": "http://localhost/push"},
            "app_id": "io.robbie.HomeAssistant",
            "app_name": "Home Assistant",
            "app_version": "1",
            "device_id": "phone",
            "device_name": "Phone",
            "manufacturer": "Maker",
            "model": "Model",
            "os_name": "OS",
            "os_version": "1",
            "supports_encryption": False,
            "user_id": "1",
            "webhook_id": "webhook",
        },
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    sent = async_mock_service(hass, "notify", "mobile_app_phone")
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device.id, sent


@pytest.mark.parametrize(("button", "verdict"), [(0, "real"), (1, "normal")])
async def test_an_episode_is_sent_to_a_phone_and_its_buttons_correct_it(
    hass: HomeAssistant,
    kitchen: Kitchen,
    phone: tuple[str, list[ServiceCall]],
    button: int,
    verdict: str,
) -> None:
    device, sent = phone
    await kitchen.learn()
    await make(hass, "notify_and_ask", rooms=[device_id(hass)], phone=device)
    await kitchen.breathe()
    await kitchen.plume()
    (notification,) = sent
    assert notification.data["title"] == "Kitchen: unusual air"
    assert notification.data["message"].startswith("PM2.5: sustained peak of 79.3 μg/m³")
    assert (
        "the highest rise at this time of day in 35 comparable days" in notification.data["message"]
    )
    buttons = notification.data["data"]["actions"]
    assert [shown["title"] for shown in buttons] == [
        "It was real",
        "Normal here",
        "Remind me later",
    ]
    other = buttons[button]["action"].replace("automation.made", "automation.other")
    for ignored in ({"action": other}, {"action": "OPEN_DOOR"}, {}):
        hass.bus.async_fire("mobile_app_notification_action", ignored)
    await hass.async_block_till_done()
    assert shown(hass, UNUSUAL).attributes["corrections"] == 0
    await kitchen.restart()
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    hass.bus.async_fire("mobile_app_notification_action", {"action": buttons[button]["action"]})
    await hass.async_block_till_done()
    (call,) = [call for call in calls if call.data["service"] == "correct_episode"]
    assert call.data["service_data"] == {
        "device_id": device_id(hass),
        "quantity": "pm25",
        "episode": shown(hass, UNUSUAL).attributes["episode"],
        "verdict": verdict,
    }
    assert call.context.user_id is None, "whoever has the phone can answer"
    assert sent[1].data["message"] == "clear_notification"
    assert sent[1].data["data"]["tag"] == notification.data["data"]["tag"]
    (correction,) = (await act(hass, "get_ledger"))["quantities"]["pm25"]["corrections"]
    assert correction["kind"] == f"episode_{verdict}"
    assert shown(hass, UNUSUAL).attributes["corrections"] == 1


@pytest.mark.parametrize(("days", "number"), [(60, 1), (59, 0), (None, 0)])
async def test_only_an_episode_that_is_rare_enough_is_sent_and_says_how_rare_it_is(
    hass: HomeAssistant,
    kitchen: Kitchen,
    phone: tuple[str, list[ServiceCall]],
    days: int | None,
    number: int,
) -> None:
    kitchen.rare(days)
    device, sent = phone
    await kitchen.learn()
    room = device_id(hass)
    await make(hass, "notify_and_ask", rooms=[room], phone=device, minimum_rarity=60)
    await kitchen.breathe()
    await kitchen.plume()
    assert kitchen.says(UNUSUAL) == "on"
    assert len(sent) == number
    for notification in sent:
        assert "As rare as once in 60 days here, or rarer." in notification.data["message"]


async def test_an_automation_from_the_blueprint_of_before_keeps_its_input_and_runs(
    hass: HomeAssistant, kitchen: Kitchen, phone: tuple[str, list[ServiceCall]]
) -> None:
    device, sent = phone
    await kitchen.learn()
    room = device_id(hass)
    await make(hass, "notify_and_ask", rooms=[room], phone=device, minimum_confidence=100)
    await kitchen.breathe()
    await kitchen.plume()
    assert len(sent) == 1


async def test_without_a_phone_the_notification_is_in_home_assistant(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    sent = async_mock_service(hass, "persistent_notification", "create")
    await make(hass, "notify_and_ask", rooms=[device_id(hass)], words_title="merkwürdige Luft")
    await kitchen.breathe()
    await kitchen.plume()
    (notification,) = (call.data for call in sent)
    assert notification["title"] == "Kitchen: merkwürdige Luft"
    assert notification["message"].startswith("PM2.5: sustained peak")
    assert f"[Kitchen](/air_baseline/room/{device_id(hass)})" in notification["message"]


async def test_a_reminder_comes_while_the_episode_lasts(
    hass: HomeAssistant, kitchen: Kitchen, phone: tuple[str, list[ServiceCall]]
) -> None:
    kitchen.waits = True
    device, sent = phone
    await kitchen.learn()
    await make(hass, "notify_and_ask", rooms=[device_id(hass)], phone=device, snooze=90)
    await kitchen.breathe()
    await kitchen.plume()
    snooze = sent[-1].data["data"]["actions"][2]["action"]
    hass.bus.async_fire("mobile_app_notification_action", {"action": snooze})
    await settle()
    assert sent[-1].data["message"] == "clear_notification"
    await kitchen.plume(95 * MINUTE)
    assert sent[-1].data["title"] == "Kitchen: unusual air"
    assert [call.data["message"][:5] for call in sent] == ["PM2.5", "clear", "PM2.5"]


# Run a purifier.


@pytest.fixture
async def purifier(hass: HomeAssistant, kitchen: Kitchen) -> str:
    """Set up a purifier that a helper switches; automations will wait."""
    kitchen.waits = True
    assert await async_setup_component(hass, "homeassistant", {})
    booleans = {"input_boolean": {"purifier": {"name": "Purifier"}}}
    assert await async_setup_component(hass, "input_boolean", booleans)
    return "input_boolean.purifier"


async def purify(hass: HomeAssistant, purifier: str, **given: Any) -> None:
    await make(hass, "purifier_while_unusual", room=device_id(hass), purifier=[purifier], **given)


async def test_a_purifier_runs_while_the_air_is_unusual(
    hass: HomeAssistant, kitchen: Kitchen, purifier: str
) -> None:
    await kitchen.learn()
    await purify(hass, purifier)
    await kitchen.breathe()
    assert kitchen.says(purifier) == "off"
    await kitchen.plume()
    assert kitchen.says(purifier) == "on"
    await kitchen.breathe(20 * MINUTE)
    assert kitchen.says(purifier) == "on", "not yet back for half an hour"
    await kitchen.breathe(20 * MINUTE)
    assert kitchen.says(purifier) == "off"


@pytest.mark.parametrize(("days", "then"), [(60, "on"), (59, "off")])
async def test_a_purifier_runs_only_for_an_episode_that_is_rare_enough(
    hass: HomeAssistant,
    kitchen: Kitchen,
    purifier: str,
    days: int,
    then: str,
) -> None:
    kitchen.rare(days)
    await kitchen.learn()
    await purify(hass, purifier, minimum_rarity=60)
    await kitchen.breathe()
    await kitchen.plume()
    during = (kitchen.says(UNUSUAL), kitchen.says(purifier))
    await kitchen.breathe()
    assert (during, kitchen.says(purifier)) == (("on", then), "off")


async def test_a_purifier_runs_no_longer_than_the_longest_run_time(
    hass: HomeAssistant, kitchen: Kitchen, purifier: str
) -> None:
    await kitchen.learn()
    await purify(hass, purifier, longest=2)
    await kitchen.breathe()
    await kitchen.plume(2 * HOUR)
    assert kitchen.says(purifier) == "on"
    await kitchen.plume()
    assert (kitchen.says(UNUSUAL), kitchen.says(purifier)) == ("on", "off")
    await kitchen.plume(2 * HOUR)
    assert kitchen.says(purifier) == "off", "once per episode"


async def test_another_pollutant_that_becomes_unusual_restarts_the_run_time(
    hass: HomeAssistant, kitchen: Kitchen, purifier: str
) -> None:
    await kitchen.learn()
    await purify(hass, purifier, longest=2)
    await kitchen.breathe()
    await kitchen.plume()
    await kitchen.breathe(voc=steady(3000))
    assert (kitchen.says(UNUSUAL), kitchen.says(UNUSUAL_VOC)) == ("off", "on")
    assert kitchen.says(purifier) == "on"
    await kitchen.breathe(voc=steady(3000))
    assert kitchen.says(purifier) == "on", "over two hours for the first, under two for the other"
    await kitchen.breathe()
    assert kitchen.says(purifier) == "off"


async def test_a_purifier_runs_on_while_the_sensor_is_silent_until_its_time_is_over(
    hass: HomeAssistant, kitchen: Kitchen, purifier: str
) -> None:
    await kitchen.learn()
    await purify(hass, purifier)
    await kitchen.breathe()
    await kitchen.plume()
    hass.states.async_set(PM25, "unavailable")
    await kitchen.silence(2 * HOUR)
    assert (kitchen.says(UNUSUAL), kitchen.says(purifier)) == ("unknown", "on")
    await kitchen.silence(2 * HOUR)
    assert (kitchen.says(UNUSUAL), kitchen.says(purifier)) == ("unknown", "off")


async def test_a_room_that_is_still_learning_never_runs_a_purifier(
    hass: HomeAssistant, kitchen: Kitchen, purifier: str
) -> None:
    await kitchen.learn(5)
    await purify(hass, purifier)
    await kitchen.plume(3 * HOUR)
    assert kitchen.says(UNUSUAL) == "unknown"
    assert kitchen.says(purifier) == "off"


async def last_ran(hass: HomeAssistant, hass_storage: dict[str, Any], at: datetime | None) -> None:
    """Restore when the automation last ran, as it does after a restart."""
    ran = at.isoformat() if at else None
    state = State("automation.made", "on", {"last_triggered": ran})
    hass_storage[restore_state.STORAGE_KEY] = {
        "version": restore_state.STORAGE_VERSION,
        "data": [{"state": state.as_dict(), "last_seen": NOON.isoformat()}],
    }
    await restore_state.async_get(hass).async_load()


async def start_again(hass: HomeAssistant, purifier: str, was: str) -> None:
    """Start Home Assistant with the automation, and with the purifier as it was."""
    turn = f"turn_{was}"
    await hass.services.async_call("input_boolean", turn, {"entity_id": purifier}, blocking=True)
    hass.set_state(CoreState.starting)
    await purify(hass, purifier)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settle()


@pytest.mark.parametrize("was", ["on", "off"])
async def test_after_a_restart_during_an_episode_a_purifier_runs_on(
    hass: HomeAssistant, hass_storage: dict[str, Any], kitchen: Kitchen, purifier: str, was: str
) -> None:
    await last_ran(hass, hass_storage, NOON + 95 * MINUTE)
    await kitchen.learn()
    await kitchen.breathe()
    await kitchen.plume()
    await start_again(hass, purifier, was)
    assert (kitchen.says(UNUSUAL), kitchen.says(purifier)) == ("on", "on")
    await kitchen.plume(3 * HOUR)
    assert kitchen.says(purifier) == "on"
    await kitchen.plume()
    assert kitchen.says(purifier) == "off", "the longest run time counts from the episode's start"


@pytest.mark.parametrize(
    "case",
    [
        ("on", NOON, "off"),  # It had been started, and the air is usual again.
        ("on", NOON - 8 * HOUR, "on"),  # Somebody turned it on.
        ("on", None, "on"),
        ("off", NOON, "off"),
    ],
)
async def test_after_a_restart_without_an_episode_only_its_own_run_is_ended(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    kitchen: Kitchen,
    purifier: str,
    case: tuple[str, datetime | None, str],
) -> None:
    was, ran_at, then = case
    await last_ran(hass, hass_storage, ran_at)
    await kitchen.learn()
    await kitchen.breathe()
    assert kitchen.says(UNUSUAL) == kitchen.says(UNUSUAL_VOC) == "off"
    await start_again(hass, purifier, was)
    await kitchen.breathe(10 * MINUTE)
    assert kitchen.says(purifier) == then


@pytest.mark.parametrize("was", ["on", "off"])
async def test_after_a_restart_a_purifier_is_not_turned_on_while_nothing_is_known(
    hass: HomeAssistant, hass_storage: dict[str, Any], kitchen: Kitchen, purifier: str, was: str
) -> None:
    await last_ran(hass, hass_storage, NOON - HOUR)
    await kitchen.learn()
    await kitchen.silence(HOUR)
    assert kitchen.says(UNUSUAL) == "unknown"
    await start_again(hass, purifier, was)
    await kitchen.silence(HOUR)
    assert kitchen.says(purifier) == was
    await kitchen.silence(HOUR + 5 * MINUTE)
    assert kitchen.says(purifier) == "off", "its time is over"


# The weekly summary.


async def test_the_week_is_summarised_for_every_room(hass: HomeAssistant, kitchen: Kitchen) -> None:
    kitchen.files[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    report(hass, INDEX, 100)
    await set_up(hass, a_home())
    await kitchen.breathe()
    sent = async_mock_service(hass, "persistent_notification", "create")
    await make(hass, "weekly_summary", day="tue")
    for day in range(8):
        kitchen.clock.move_to(datetime(2026, 3, 2 + day, 9, 0, 0, tzinfo=dt_util.UTC))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        assert len(sent) == (day >= 1) + (day >= 8), day
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.made"})
    summary = sent[0].data
    assert summary["title"] == "Weekly air summary"
    kitchen_text, bedroom_text = (
        summary["message"].removeprefix("## Kitchen\n").split("## Bedroom\n")
    )
    assert "PM2.5: usual here in the morning (07:00 to 10:00): 2 to 11 μg/m³.\n" in kitchen_text
    assert "**What happened**\n- No unusual episodes, and nothing was marked" in kitchen_text
    assert "**How well the range held**\n- Inside the usual range: " in kitchen_text
    assert "the target is 80%" in kitchen_text
    assert "- Days with readings: 7." in kitchen_text
    assert "The range is recalculated" not in kitchen_text
    first = bedroom_text.strip().splitlines()[0]
    assert re.match(r"Ready about \d+ March\. 0 of 21 days so far; ", first), first
    assert "Usable days still needed: 21." in bedroom_text
    assert "\n\n\n\n" not in summary["message"]


async def test_the_summary_is_sent_as_configured_about_the_chosen_rooms(
    hass: HomeAssistant, kitchen: Kitchen, runs: list[ServiceCall]
) -> None:
    await kitchen.learn()
    send = [{"action": "test.run", "data": {"text": "{{ title }}: {{ message }}"}}]
    room = device_id(hass)
    await make(hass, "weekly_summary", day="mon", time="13:00:00", rooms=[room], send=send)
    await kitchen.breathe()
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.made"})
    (sent,) = runs
    assert sent.data["text"].startswith("Weekly air summary: ## Kitchen")
    assert sent.data["text"].count("##") == 1
