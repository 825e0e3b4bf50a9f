"""What the logbook shows of inferences and corrections.

The frontend shows the event type of an event entity in words, from the translations of the
entity (2026.10); tests/project/test_translations.py checks that every type has one. What a
correction was about is a line of its own.
"""

import re
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.air_baseline.const import EVENT_CORRECTED
from custom_components.air_baseline.logbook import async_describe_events
from tests.automations import Kitchen
from tests.home import NOON, STEP, act, shown
from tests.words import LANGUAGES, holes, words

INFERENCE = "event.kitchen_inference"
UNUSUAL = "binary_sensor.kitchen_pm25_unusual"


@pytest.mark.usefixtures("recorder_mock", "hass_access_token")
async def test_inferences_and_corrections_are_in_the_logbook(
    hass: HomeAssistant,
    kitchen: Kitchen,
    hass_admin_user: User,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await async_setup_component(hass, "logbook", {})
    await kitchen.learn()
    await kitchen.breathe()
    await kitchen.plume()
    await kitchen.breathe()
    await act(hass, "correct_episode", quantity="pm25", verdict="real")
    await kitchen.breathe(STEP)
    await async_wait_recording_done(hass)
    (token,) = hass_admin_user.refresh_tokens.values()
    socket = await hass_ws_client(hass, hass.auth.async_create_access_token(token))
    await socket.send_json_auto_id(
        {
            "type": "logbook/get_events",
            "start_time": NOON.isoformat(),
            "entity_ids": [INFERENCE, UNUSUAL],
        }
    )
    lines: list[dict[str, Any]] = (await socket.receive_json())["result"]
    assert [line["state"] for line in lines if line["entity_id"] == UNUSUAL] == ["on", "off"]
    episode = shown(hass, "binary_sensor.kitchen_pm25_unusual")  # Over, but answered.
    assert episode.state == "off"
    (said,) = [line for line in lines if line.get("domain") == "air_baseline"]
    assert said["name"] == "Kitchen"
    assert re.fullmatch(r"corrected: the episode \(today 13:\d\d\) was real", said["message"])
    lines = [line for line in lines if line is not said]
    events = [line for line in lines if line["entity_id"] == INFERENCE]
    assert [line["attributes"]["event_type"] for line in events] == [
        "unusual_started",
        "unusual_ended",
        "corrected",
    ]
    assert all("message" not in line for line in events), (
        "the frontend shows it in its own language"
    )


LINES = {
    "en": [
        "corrected: the episode (today 13:20) was real",
        "undone: the episode (today 13:20) was real",
    ],
    "de": [
        "Korrigiert: Die Episode (heute 13:20) war echt",
        "Zurückgenommen: Die Episode (heute 13:20) war echt",
    ],
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_lines_are_in_the_language_of_the_home(
    hass: HomeAssistant, kitchen: Kitchen, language: str
) -> None:
    hass.config.language = language
    described: dict[str, Any] = {}
    async_describe_events(hass, lambda _domain, kind, describe: described.update({kind: describe}))
    happened = async_capture_events(hass, EVENT_CORRECTED)
    await kitchen.learn()
    await kitchen.breathe()
    await kitchen.plume()
    await act(hass, "correct_episode", quantity="pm25", verdict="real")
    await act(hass, "undo")
    await act(hass, "correct_episode", quantity="pm25", verdict="normal")
    await act(hass, "strike_days", start_date="2026-02-20", quantity="pm25")
    lines = [described[EVENT_CORRECTED](one)["message"] for one in happened]
    assert len(set(lines)) == 4
    common, english = words(language)["common"], words()["common"]
    for line, key in zip(lines, ["corrected", "undone", "corrected", "corrected"], strict=True):
        assert line.startswith(common[f"logbook_{key}"].partition("{")[0])
        assert not holes(line)
        assert language == "en" or not line.startswith(english[f"logbook_{key}"].partition("{")[0])
    said = [re.sub(r"13:\d\d", "13:20", line) for line in lines[:2]]
    assert said == LINES.get(language, said)
    assert all(common["time_today"].partition("{")[0] in line for line in lines[:3])
